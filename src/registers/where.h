// Where: which rows of a register a copy gets, as the user writes it:
//
//   district=Bhopal                            the column's cell is this text
//   district=Bhopal|Indore and grade!="A B"    one of these; none of these; both conditions
//
// Columns match without case, spaces and punctuation; texts without case (ASCII) and without spaces at their
// ends. Double quotes keep what would mean something else: = ! | " and the word `and`; "" in them is a quote.
// Not a language: no brackets, no `or` over columns, no comparison of sizes.
//
// Faults (usage): what is wrong with which condition; an unknown column with the nearest known one.
// Thread rule: a value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sendh {

class Where {
public:
    struct Condition {
        std::size_t column = 0;
        bool equal = true;
        std::vector<std::string> texts;  // as written, trimmed
    };

    // "" holds for every row. columns: of the register.
    [[nodiscard]] static Result<Where> parse(std::string_view text, const std::vector<std::string>& columns);

    [[nodiscard]] bool empty() const { return conditions_.empty(); }
    [[nodiscard]] const std::vector<Condition>& conditions() const { return conditions_; }
    // cells: one for each column of the register; a cell that is not there counts as empty.
    [[nodiscard]] bool holds(const std::vector<std::string>& cells) const;
    // Are two cells the same text?
    [[nodiscard]] static bool same(std::string_view a, std::string_view b);

private:
    std::vector<Condition> conditions_;
};

}  // namespace sendh
