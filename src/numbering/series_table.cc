#include "numbering/series_table.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "base/text.h"
#include "numbering/numbering_plan.h"

namespace sendh {

namespace {

constexpr std::array<std::string_view, allocations> names = {"unknown", "allocated", "not_allocated"};
static_assert(names.size() == static_cast<std::size_t>(Allocation::not_allocated) + 1);

constexpr std::size_t aligned_digits = 15;
constexpr std::size_t wild_digits = 2;  // at least so many last digits are open

constexpr std::uint64_t power_of_ten(std::size_t n) {
    std::uint64_t value = 1;
    for (; n != 0; --n) value *= 10;
    return value;
}

struct Prefix {
    std::string digits;     // with the country code
    std::size_t open = 0;   // trailing x's
    std::size_t whole = 0;  // digits of a whole number; 0: not known
};

std::optional<Prefix> prefix_of(std::string_view text, Region home) {
    text = trim(text);
    while (!text.empty() && (text.front() == '\'' || text.front() == '"')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == '\'' || text.back() == '"')) text.remove_suffix(1);
    Prefix out;
    bool plus = false;
    for (const char c : text) {
        if (c >= '0' && c <= '9') {
            if (out.open != 0) return std::nullopt;
            out.digits += c;
        } else if (c == 'x' || c == 'X' || c == '*') {
            ++out.open;
        } else if (c == '+' && !plus && out.digits.empty()) {
            plus = true;
        } else if (c != ' ') {
            return std::nullopt;
        }
    }
    if (!plus && out.digits.starts_with("00")) {
        plus = true;
        out.digits.erase(0, 2);
    }
    if (out.digits.empty()) return std::nullopt;
    const int home_code =
        home == Region::unknown
            ? 0
            : NumberingPlan::builtin().calling_code_of(NumberingPlan::builtin().territory(home.id()));
    const std::string code = home_code == 0 ? "" : std::to_string(home_code);
    if (!plus) {
        if (code.empty()) return std::nullopt;
        // 919876…: longer than a national number can be, and beginning like one with its code.
        const bool with_code = home == Region::india && out.digits.size() + out.open > 10;
        if (with_code && !out.digits.starts_with(code)) return std::nullopt;
        if (out.digits.starts_with('0')) out.digits.erase(0, 1);
        if (!with_code) out.digits.insert(0, code);
    }
    if (home == Region::india && out.digits.starts_with(code)) out.whole = 12;
    if (out.digits.size() < 2 || out.digits.starts_with('0')) return std::nullopt;
    if (out.digits.size() + out.open > aligned_digits) return std::nullopt;
    if (out.whole != 0 && out.digits.size() + out.open > out.whole) return std::nullopt;
    return out;
}

std::uint64_t value_of(const std::string& digits) {
    std::uint64_t value = 0;
    for (const char c : digits) value = value * 10 + static_cast<unsigned>(c - '0');
    return value;
}

// Whole numbers of a country have at least so many digits behind a series.
bool leaves_a_hundred(const Prefix& prefix) {
    if (prefix.open != 0) return prefix.open >= wild_digits;
    return prefix.digits.size() + wild_digits <= (prefix.whole != 0 ? prefix.whole : 12U);
}

}  // namespace

std::uint64_t left_aligned(PhoneNumber number) {
    constexpr std::uint64_t least = power_of_ten(aligned_digits - 1);
    std::uint64_t value = unveil(number);
    while (value != 0 && value < least) value *= 10;
    return value;
}

std::string_view name_of(Allocation allocation) { return names.at(static_cast<std::size_t>(allocation)); }

std::optional<Allocation> parse_allocation(std::string_view text) {
    const std::string word = column_key(text);
    for (const char* w : {"", "unknown", "na", "notknown", "null"}) {
        if (word == w) return Allocation::unknown;
    }
    for (const char* w : {"allocated", "allotted", "assigned", "yes", "y", "true", "1", "inuse", "active",
                          "used", "working", "live"}) {
        if (word == w) return Allocation::allocated;
    }
    for (const char* w : {"notallocated", "unallocated", "notallotted", "notassigned", "unassigned", "no",
                          "n", "false", "0", "spare", "vacant", "free", "withdrawn", "reserved", "notinuse",
                          "unused", "surrendered", "returned"}) {
        if (word == w) return Allocation::not_allocated;
    }
    return std::nullopt;
}

std::optional<SeriesSpan> parse_series(std::string_view text, Region home) {
    if (const std::size_t dash = text.find_first_of("-\xE2"); dash != std::string_view::npos) {
        const std::size_t width = text[dash] == '-'                               ? 1
                                  : text.substr(dash).starts_with("\xE2\x80\x93") ? 3
                                                                                  : 0;
        if (width == 0) return std::nullopt;
        return parse_series(text.substr(0, dash), text.substr(dash + width), home);
    }
    const auto prefix = prefix_of(text, home);
    if (!prefix || !leaves_a_hundred(*prefix)) return std::nullopt;
    const std::uint64_t step = power_of_ten(aligned_digits - prefix->digits.size());
    const std::uint64_t first = value_of(prefix->digits) * step;
    return SeriesSpan{first, first + step - 1};
}

std::optional<SeriesSpan> parse_series(std::string_view from, std::string_view to, Region home) {
    const auto low = prefix_of(from, home);
    const auto high = prefix_of(to, home);
    if (!low || !high || low->digits.size() != high->digits.size() || low->open != high->open)
        return std::nullopt;
    const std::uint64_t step = power_of_ten(aligned_digits - low->digits.size());
    const std::uint64_t a = value_of(low->digits);
    const std::uint64_t b = value_of(high->digits);
    if (b < a) return std::nullopt;
    // Whole numbers: at least a hundred of them.
    if (!leaves_a_hundred(*low) && b - a + 1 < power_of_ten(wild_digits)) return std::nullopt;
    return SeriesSpan{a * step, (b + 1) * step - 1};
}

SeriesTable::SeriesTable(std::vector<SeriesRow> rows) : rows_(std::move(rows)) {
    std::vector<std::uint32_t> order(rows_.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto width = [&](std::uint32_t i) { return rows_[i].span.last - rows_[i].span.first; };
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        if (rows_[a].as_of != rows_[b].as_of) return rows_[a].as_of < rows_[b].as_of;
        return width(a) > width(b);
    });
    // Each row paints over those before it.
    std::map<std::uint64_t, std::uint32_t> painted{{0, 0}};
    for (const std::uint32_t i : order) {
        const SeriesSpan span = rows_[i].span;
        const auto behind = std::prev(painted.upper_bound(span.last + 1))->second;
        painted.erase(painted.lower_bound(span.first), painted.upper_bound(span.last));
        painted[span.first] = i + 1;
        painted.emplace(span.last + 1, behind);
    }
    for (const auto& [first, row] : painted) {
        if (!pieces_.empty() && pieces_.back().row == row) continue;
        pieces_.push_back({first, row});
    }
}

SeriesAnswer SeriesTable::find(PhoneNumber number) const {
    if (pieces_.empty() || !number.is_e164()) return {};
    const std::uint64_t value = left_aligned(number);
    const auto next = std::upper_bound(pieces_.begin(), pieces_.end(), value,
                                       [](std::uint64_t v, const Piece& piece) { return v < piece.first; });
    if (next == pieces_.begin()) return {};
    const std::uint32_t row = std::prev(next)->row;
    if (row == 0) return {};
    const SeriesRow& r = rows_[row - 1];
    return {r.allocation, r.operator_name, r.area, r.as_of};
}

}  // namespace sendh
