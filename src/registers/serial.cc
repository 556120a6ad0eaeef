#include "registers/serial.h"

#include "base/text.h"
#include "base/time.h"
#include "registers/number_list.h"

namespace sendh {

namespace {

constexpr std::size_t most_digits = 17;
constexpr Zone utc{0};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string padded(std::int64_t value, std::size_t width) {
    std::string digits = std::to_string(value);
    return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

}  // namespace

std::string Serial::text() const {
    if (!is_day) return before + padded(value, width) + after;
    std::string iso = iso_date(Micros{value * micros_per_day}, utc);
    if (year_first) return iso;
    const auto part = [&](std::size_t at, std::size_t size) {
        return padded(parse_integer(iso.substr(at, size)).value_or(0), width);
    };
    return part(8, 2) + before + part(5, 2) + before + iso.substr(0, 4);
}

std::string Serial::shape() const {
    return before + '\x1f' + after + '\x1f' + std::to_string(width) + (year_first ? "y" : "");
}

std::optional<Serial> serial_of(std::string_view cell) {
    const std::size_t last = cell.find_last_of("0123456789");
    if (last == std::string_view::npos) return std::nullopt;
    std::size_t first = last;
    while (first > 0 && is_digit(cell[first - 1])) --first;
    if (last + 1 - first > most_digits) return std::nullopt;
    const std::string_view digits = cell.substr(first, last + 1 - first);
    Serial out;
    out.before = cell.substr(0, first);
    out.after = cell.substr(last + 1);
    // Without leading noughts the width says nothing: 9 and 10 are of one shape.
    out.width = digits.front() == '0' ? digits.size() : 0;
    out.value = parse_integer(digits).value_or(0);
    return out;
}

std::optional<Serial> day_of_cell(std::string_view cell) {
    const auto date = parse_date_cell(cell, utc, "");
    if (!date.ok() || !*date) return std::nullopt;
    Serial out;
    out.is_day = true;
    out.value = (*date)->value / micros_per_day - ((*date)->value % micros_per_day < 0 ? 1 : 0);
    const std::size_t sign = cell.find_first_of("/-.");
    out.year_first = sign == 4;
    if (sign != std::string_view::npos && !out.year_first) out.before = cell.substr(sign, 1);
    for (out.width = 2; out.width > 0; --out.width) {
        if (out.text() == cell) return out;
    }
    return std::nullopt;
}

}  // namespace sendh
