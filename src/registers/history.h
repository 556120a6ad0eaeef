// The history of a register: what a row's dates mean, and what an update changes.
//
// A row of a register is never moved, renumbered or written over: marks of copies are computed from its
// place. Whoever leaves has his row ended, whoever joins gets one behind the last; a changed number or
// attribute ends a row and begins another of the same person. A row holds from the day it begins until the
// day before it ends: [joined, left); without a date always.
//
// It is not about copies (which rows a copy got is fixed when it is issued) and reads no files.
//
// Thread rule: values and pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/phone_number.h"
#include "base/time.h"

namespace sendh {

// A row that was taken back on the day it began, or before.
[[nodiscard]] inline bool never_held(const std::optional<Micros>& joined, const std::optional<Micros>& left) {
    return joined && left && *left <= *joined;
}

// A day in the zone of the case.
struct Day {
    std::string date;  // ISO
    Micros from, to;   // [from, to)

    // Does a row with these dates hold on some part of the day?
    [[nodiscard]] bool has(const std::optional<Micros>& joined, const std::optional<Micros>& left) const {
        return (!joined || *joined < to) && (!left || *left > from) && !never_held(joined, left);
    }
};
[[nodiscard]] Day day_at(Micros instant, Zone zone);

// Has a row with these dates held at some time up to `end`? A list that leaked by then may hold it, also
// where it has ended since.
[[nodiscard]] inline bool held_before(const std::optional<Micros>& joined, const std::optional<Micros>& left,
                                      Micros end) {
    return (!joined || *joined <= end) && !never_held(joined, left);
}

// A row of one state of a register.
struct StateRow {
    std::string person;  // what tells people apart, such as a staff number; "": the number does
    PhoneNumber number;
    std::string cells;  // all of its attributes, as one text
};

// What makes one state of a register into another. People are counted, not rows: somebody with three numbers
// joins once. left + changed_number + changed_other + unchanged = people before; with joined in the place of
// left, people after.
struct Difference {
    std::uint64_t joined = 0, left = 0;
    std::uint64_t changed_number = 0;  // another number, one more or one fewer; maybe other cells, too
    std::uint64_t changed_other = 0;   // other cells alone
    std::uint64_t unchanged = 0;
    struct Begun {
        std::size_t row = 0;    // of `after`
        bool newcomer = false;  // its person has no row in `before`
    };
    enum class How : std::uint8_t { joined, left, changed_number, changed_other };
    struct Person {
        How how = How::joined;
        std::optional<std::size_t> was, is;  // the first of his rows that ended, and that began
    };
    std::vector<Person> people;      // whom it is about
    std::vector<std::size_t> ended;  // rows of `before` that are not in `after`, ascending
    std::vector<Begun> begun;        // rows of `after` that are not in `before`, ascending

    [[nodiscard]] std::uint64_t people_before() const {
        return left + changed_number + changed_other + unchanged;
    }
    [[nodiscard]] bool empty() const { return ended.empty() && begun.empty(); }
};
[[nodiscard]] Difference difference(const std::vector<StateRow>& before, const std::vector<StateRow>& after);
inline constexpr std::array<std::string_view, 4> how_names = {"joined", "left", "changed_number",
                                                              "changed_other"};

}  // namespace sendh
