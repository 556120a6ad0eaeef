// Rows of canaries as a register is on a day. A canary's row was drawn when it came in, and the register goes
// on: where all people of an office get another cell, so does the canary (registers/value_moves.h), from the
// day on which they did. That follows from the register's history alone, so nothing of it is stored, and
// copies given out before stay what they were: marks are computed from what an issue offered, not from cells.
//
// A canary must stay out of a copy, whoever it is for, when it would be told from the others by its row, or
// when its number or what tells people apart is somebody's by now. All numbers of a persona stay out
// together.
//
// Memory: a copy of the canaries' rows; where a value is gone, what ValueMoves takes.
// Faults: corrupt. Thread rule: one Case, one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "casework/case.h"
#include "registers/history.h"
#include "registers/value_moves.h"

namespace sendh {

struct CanaryRow {
    CanaryRecord record;
    std::vector<std::string> first;                                     // as it was drawn
    std::vector<std::pair<Micros, std::vector<std::string>>> versions;  // since when it is otherwise
    enum class Out : std::uint8_t { no, number_taken, person_taken, value_gone };
    Out out = Out::no;
    std::optional<std::size_t> column;  // whose value is gone

    [[nodiscard]] const std::vector<std::string>& cells() const {
        return versions.empty() ? first : versions.back().second;
    }
    // As it was on a day before.
    [[nodiscard]] const std::vector<std::string>& cells_on(const Day& day) const;
};

// pool: the case's canaries, of which those of the register are given back, in order.
[[nodiscard]] Result<std::vector<CanaryRow>> canary_rows(Case& c, const RegisterRecord& reg,
                                                         const std::vector<CanaryRecord>& pool,
                                                         const Day& day);

// "N3, N7", at most ten of them, "and 4 more".
[[nodiscard]] std::string named_canaries(const std::vector<std::int64_t>& ids);

// A row of the register as an update finds it, or brings it.
struct RowOfUpdate {
    std::string_view person;             // by which people are told apart
    std::string_view cells;              // joined
    std::optional<Micros> began, ended;  // ended by the update or before
    std::optional<Token> number;         // of one that comes in
    std::string_view newcomer;           // what tells apart somebody who comes in, where a column does
};
using EachRow = std::function<void(const std::function<void(const RowOfUpdate&)>&)>;
// What is to be said of canaries when rows come into a register. there: gives the rows that hold before,
// ended by it or not; coming: those that begin; each is asked several times. day: of the update.
[[nodiscard]] Result<std::vector<std::string>> notes_on_canaries(Case& c, const RegisterRecord& reg,
                                                                 const std::vector<CanaryRecord>& pool,
                                                                 const Day& day, const EachRow& there,
                                                                 const EachRow& coming);

}  // namespace sendh
