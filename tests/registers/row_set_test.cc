#include "registers/row_set.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <set>

using namespace sendh;

TEST_CASE("a row set keeps its rows, ranks them, and comes back from its bytes") {
    CHECK(rc::check("any rows", [](const std::set<std::uint16_t>& rows) {
        RowSet set;
        for (const std::uint16_t row : rows) set.add(row);
        RC_ASSERT(set.size() == rows.size());
        std::uint64_t rank = 0;
        for (const std::uint16_t row : rows) RC_ASSERT(set.rank(row) == rank++);
        RC_ASSERT(set.rows() == std::vector<std::int64_t>(rows.begin(), rows.end()));
        for (std::int64_t row = 0; row < 70'000; row += 7)
            RC_ASSERT(set.has(row) == (row < 65'536 && rows.contains(static_cast<std::uint16_t>(row))));
        const auto back = RowSet::decode(set.encoded());
        RC_ASSERT(back.ok());
        RC_ASSERT(*back == set);
    }));
}

TEST_CASE("a whole register is a few bytes") {
    RowSet set;
    for (std::int64_t row = 0; row < 1'000'000; ++row) set.add(row);
    CHECK(set.encoded().size() == 4);
}

TEST_CASE("bytes that are no row set are corrupt: cut short, empty runs, touching runs, overlong, too far") {
    using namespace std::string_literals;
    for (const std::string& bytes :
         {"\x01"s, "\x01\x80"s, "\x80"s, "\x01\x00"s, "\x01\x02\x00\x03"s, "\x81\x00\x01"s,
          "\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x01"s, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01"s,
          "\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7f"s}) {
        const auto set = RowSet::decode(bytes);
        REQUIRE_FALSE(set.ok());
        CHECK(set.fault().kind == FaultKind::corrupt);
    }
    CHECK(RowSet::decode("")->size() == 0);
    CHECK(RowSet::decode("\x00\x01"s)->rows() == std::vector<std::int64_t>{0});
}
