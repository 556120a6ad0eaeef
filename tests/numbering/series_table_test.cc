#include "numbering/series_table.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace sendh;

namespace {

constexpr Micros in_2021{1'609'459'200'000'000};
constexpr Micros in_2024{1'704'067'200'000'000};

PhoneNumber mobile(std::uint64_t national) { return PhoneNumber::from_e164(910'000'000'000 + national); }

SeriesRow row(std::string_view series, Allocation allocation, std::string name, Micros as_of) {
    const auto span = parse_series(series, Region::india);
    REQUIRE(span.has_value());
    return {*span, allocation, std::move(name), "", as_of};
}

}  // namespace

TEST_CASE("a series is the same in every form tables write it") {
    const SeriesSpan series{916'001'000'000'000, 916'001'999'999'999};
    for (const char* text :
         {"6001", "+916001", "00916001", "6001xxxxxx", "'6001'", " 6001 ", "06001", "6001******",
          "916001xxxxxx", "6001000000-6001999999", "60010-60019", "6001 - 6001"}) {
        CAPTURE(std::string(text));
        const auto span = parse_series(text, Region::india);
        REQUIRE(span.has_value());
        CHECK(*span == series);
    }
    CHECK(parse_series("0755", Region::india) == SeriesSpan{917'550'000'000'000, 917'559'999'999'999});
    CHECK(parse_series("+97150", Region::india) == SeriesSpan{971'500'000'000'000, 971'509'999'999'999});
    CHECK(parse_series("+97150", Region::unknown).has_value());
}

TEST_CASE("what is no series, or so narrow that it names people, is refused") {
    for (const char* text :
         {"", "abc", "9876500001", "987650000", "98765000xx1", "9876500000-9876500050", "6001-60019",
          "6009-6001", "+0", "-", "60010000000000000", "9876500001x", "6001;6002", "1234567890123xx"}) {
        CAPTURE(std::string(text));
        CHECK_FALSE(parse_series(text, Region::india).has_value());
    }
    CHECK_FALSE(parse_series("6001", Region::unknown).has_value());
}

TEST_CASE("a number that no row covers is unknown") {
    const SeriesTable table({row("6001", Allocation::allocated, "A", in_2021)});
    CHECK(table.find(mobile(6001'000000)).allocation == Allocation::allocated);
    CHECK(table.find(mobile(6001'999999)).operator_name == "A");
    CHECK(table.find(mobile(6002'000000)).allocation == Allocation::unknown);
    CHECK_FALSE(table.find(mobile(6000'999999)).as_of.has_value());
    CHECK_FALSE(table.find(PhoneNumber{}).as_of.has_value());
    CHECK_FALSE(SeriesTable{}.find(mobile(6001'000000)).as_of.has_value());
}

TEST_CASE("the later date holds, then the narrower series, then the later row") {
    const SeriesTable table(
        {row("60", Allocation::not_allocated, "", in_2024), row("6001", Allocation::allocated, "A", in_2021),
         row("60015", Allocation::allocated, "B", in_2024), row("6001", Allocation::allocated, "C", in_2021),
         row("7", Allocation::allocated, "D", in_2021), row("7000", Allocation::allocated, "E", in_2021),
         row("7000", Allocation::allocated, "F", in_2021)});
    CHECK(table.find(mobile(6001'000000)).allocation == Allocation::not_allocated);
    CHECK(table.find(mobile(6001'500000)).operator_name == "B");
    CHECK(table.find(mobile(7000'500000)).operator_name == "F");
    CHECK(table.find(mobile(7001'500000)).operator_name == "D");
}

TEST_CASE("words for allocation are known, and others are not guessed") {
    CHECK(parse_allocation("Not Allocated") == Allocation::not_allocated);
    CHECK(parse_allocation("ALLOTTED") == Allocation::allocated);
    CHECK(parse_allocation("") == Allocation::unknown);
    CHECK_FALSE(parse_allocation("perhaps").has_value());
}

TEST_CASE("the table answers as a search through all rows does") {
    rc::check([] {
        const auto count = *rc::gen::inRange<std::size_t>(0, 30);
        std::vector<SeriesRow> rows;
        for (std::size_t i = 0; i < count; ++i) {
            const auto digits = *rc::gen::inRange(0, 4);
            std::uint64_t prefix = *rc::gen::inRange<std::uint64_t>(6, 10);
            std::uint64_t step = 1'000'000'000'000;
            for (int d = 0; d < digits; ++d) {
                prefix = prefix * 10 + *rc::gen::inRange<std::uint64_t>(0, 3);
                step /= 10;
            }
            const std::uint64_t first = 910'000'000'000'000 + prefix * step;
            rows.push_back(
                {{first, first + step - 1},
                 *rc::gen::element(Allocation::unknown, Allocation::allocated, Allocation::not_allocated),
                 std::to_string(i),
                 "",
                 *rc::gen::element(in_2021, in_2024)});
        }
        const SeriesTable table(rows);
        for (int k = 0; k < 40; ++k) {
            const std::uint64_t national = *rc::gen::inRange<std::uint64_t>(5'999'999'990, 9'333'333'333);
            const std::uint64_t value = (910'000'000'000 + national) * 1'000;
            const SeriesRow* best = nullptr;
            for (const SeriesRow& r : rows) {
                if (value < r.span.first || value > r.span.last) continue;
                const bool better = best == nullptr || r.as_of > best->as_of ||
                                    (r.as_of == best->as_of &&
                                     r.span.last - r.span.first <= best->span.last - best->span.first);
                if (better) best = &r;
            }
            const SeriesAnswer answer = table.find(mobile(national));
            RC_ASSERT(answer.as_of.has_value() == (best != nullptr));
            if (best != nullptr) {
                RC_ASSERT(std::string(answer.operator_name) == best->operator_name);
                RC_ASSERT(answer.allocation == best->allocation);
            }
        }
    });
}
