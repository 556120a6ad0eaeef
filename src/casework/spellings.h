// Spellings: lists of ways to write one word (`--variants designation=Asst. Director|Assistant Director`). A
// row of a copy that shows one of a list's texts in that column shows the one that its recipient's coin says
// (registers/marks.h).
//
// A list must not change what a row says. So of its texts, at most one may be a value of the register, unless
// those that are can be told to be spellings of one another: the same letters and digits, or word by word the
// same or an abbreviation with a full stop, whose letters stand in the other word in this order, the first
// one first ("Asst." for "Assistant").
//
// Faults (usage): lists that are not well-formed, no cell that shows any of them, two values.
// Thread rule: values and pure functions; check_spellings() uses the Case.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "casework/case.h"

namespace sendh {

struct Spelling {
    std::size_t column = 0;
    std::string name;  // of the list, for RecipientMarks::variant
    std::vector<std::string> texts;
    [[nodiscard]] std::optional<std::size_t> find(std::string_view cell) const;
};

[[nodiscard]] Result<std::vector<Spelling>> parse_spellings(const std::string& text,
                                                            const std::vector<std::string>& columns);

[[nodiscard]] bool spellings_of_one(std::string_view a, std::string_view b);

// Whether the lists fit the register; chosen: whether a row (with its cells) comes into the copy.
[[nodiscard]] Done check_spellings(
    Case& c, const RegisterRecord& reg, const std::vector<Spelling>& lists,
    const std::function<bool(const EntryRecord&, const std::vector<std::string>&)>& chosen);

}  // namespace sendh
