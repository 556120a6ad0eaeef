// The series table: which number series were given to whom, as a regulator or operator publishes it, with the
// date it was true. A numbering plan says which numbers are possible (in India every mobile number beginning
// with 6 to 9); only such a table says which were ever handed out.
//
// The answer is allocated, not allocated or unknown, and unknown is never evidence: a series that no row
// covers, and a row that names neither status nor operator (published lists leave operators blank for series
// in use), are unknown. The operator is the first owner: numbers move (the LRN of a record tells today's).
//
// Series are kept as intervals of left-aligned numbers: the E.164 digits filled up to 15 with zeros, so that
// a prefix covers numbers of every length. Where rows overlap, the later as-of date holds; among rows of one
// date the narrower one; among equals the later row.
//
// Thread rule: immutable once made; share freely.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/phone_number.h"
#include "base/time.h"
#include "numbering/plan.h"

namespace sendh {

enum class Allocation : std::uint8_t { unknown, allocated, not_allocated };
inline constexpr int allocations = 3;
[[nodiscard]] std::string_view name_of(Allocation allocation);
// "allocated", "yes", "in use", "not allocated", "spare", "vacant", "no", "withdrawn" …; "" and "unknown" are
// unknown; nothing for another word.
[[nodiscard]] std::optional<Allocation> parse_allocation(std::string_view text);

// Left-aligned numbers first … last.
struct SeriesSpan {
    std::uint64_t first = 0, last = 0;
    friend constexpr bool operator==(SeriesSpan, SeriesSpan) = default;
};

// A series as tables write it: "6001", "+97150", "98260-98269", "9876xxxxxx", "0755". Without + it is in the
// national form of `home`. Nothing for what is no series; so is anything narrower than 100 numbers, which
// would be people's numbers and not a series.
[[nodiscard]] std::optional<SeriesSpan> parse_series(std::string_view text, Region home);
// From and to as whole numbers or as prefixes of one length.
[[nodiscard]] std::optional<SeriesSpan> parse_series(std::string_view from, std::string_view to, Region home);

// The number's digits followed by zeros, as 15 digits. REQUIRES: number.is_e164().
[[nodiscard]] std::uint64_t left_aligned(PhoneNumber number);

struct SeriesRow {
    SeriesSpan span;
    Allocation allocation = Allocation::unknown;
    std::string operator_name, area;
    Micros as_of;
};

struct SeriesAnswer {
    Allocation allocation = Allocation::unknown;
    std::string_view operator_name, area;  // of the table; live as long as it
    std::optional<Micros> as_of;           // nothing: no row covers the number
};

class SeriesTable {
public:
    SeriesTable() = default;
    explicit SeriesTable(std::vector<SeriesRow> rows);
    [[nodiscard]] SeriesAnswer find(PhoneNumber number) const;  // log n
    [[nodiscard]] bool empty() const { return rows_.empty(); }

private:
    struct Piece {
        std::uint64_t first;
        std::uint32_t row;  // + 1; 0: no row covers it
    };
    std::vector<SeriesRow> rows_;
    std::vector<Piece> pieces_;  // disjoint, ascending; each ends where the next begins
};

}  // namespace sendh
