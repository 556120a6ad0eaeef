// Serial: a cell that counts something: text, digits, text ("EMP/0042", "10017"), or a day ("2023-01-05",
// "5/1/2023"). Two cells of one shape differ in the value alone.
//
// Thread rule: values and pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sendh {

struct Serial {
    std::string before, after;  // a day: its separator and nothing
    std::size_t width = 0;   // digits at least: leading noughts are filled in. A day: 1 without them, else 2
    std::int64_t value = 0;  // a day: days since 1970-01-01
    bool is_day = false, year_first = false;

    [[nodiscard]] std::string text() const;
    // The same for all cells that differ in the value alone.
    [[nodiscard]] std::string shape() const;
};

// The last run of up to 17 digits counts. Nothing: there is none.
[[nodiscard]] std::optional<Serial> serial_of(std::string_view cell);

// Nothing for what is no date, or one with a time of day or in a form that would not come back the same.
[[nodiscard]] std::optional<Serial> day_of_cell(std::string_view cell);

}  // namespace sendh
