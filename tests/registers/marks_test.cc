#include "registers/marks.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <numeric>

using namespace sendh;

namespace {

Key256 key_of(std::uint64_t n) {
    Key256 key{};
    for (std::size_t i = 0; i < 8; ++i) key[i] = static_cast<unsigned char>(n >> (8 * i));
    return key;
}
RandomId id_of(std::uint64_t n) {
    RandomId id{};
    for (std::size_t i = 0; i < 8; ++i) id[i] = static_cast<unsigned char>(n >> (8 * i));
    return id;
}
Token token_of(std::uint64_t n) {
    Token token;
    for (std::size_t i = 0; i < 8; ++i) token.bytes[i] = static_cast<unsigned char>(n >> (8 * i));
    return token;
}

}  // namespace

TEST_CASE("a row order is a permutation for every number of rows, and both ways agree") {
    std::vector<std::uint64_t> sizes = {4'095, 4'096, 4'097, 4'098, 4'160, 4'161, 9'999, 65'537};
    for (std::uint64_t n = 0; n <= 300; ++n) sizes.push_back(n);
    for (const std::uint64_t n : sizes) {
        const RowOrder order(key_of(1), id_of(n), n);
        std::vector<bool> taken(n);
        for (std::uint64_t row = 0; row < n; ++row) {
            const std::uint64_t at = order.position(row);
            REQUIRE(at < n);
            REQUIRE_FALSE(taken[at]);
            taken[at] = true;
            REQUIRE(order.row(at) == row);
        }
    }
    CHECK(rc::check("large ones", [] {
        const auto n = *rc::gen::inRange<std::uint64_t>(1, 100'000);
        const RowOrder order(key_of(*rc::gen::arbitrary<std::uint32_t>()), id_of(n), n);
        const auto row = *rc::gen::inRange<std::uint64_t>(0, n);
        const std::uint64_t at = order.position(row);
        RC_ASSERT(at < n);
        RC_ASSERT(order.row(at) == row);
    }));
}

TEST_CASE("positions asked together are those asked one by one") {
    CHECK(rc::check([] {
        std::vector<RowOrder> orders;
        for (std::size_t i = *rc::gen::inRange<std::size_t>(1, 6); i > 0; --i)
            orders.emplace_back(key_of(1), id_of(i),
                                *rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(1, 50),
                                                rc::gen::inRange<std::uint64_t>(4'090, 9'000)));
        std::vector<RowOrder::Asked> asked;
        std::vector<std::uint64_t> alone;
        for (std::size_t i = *rc::gen::inRange<std::size_t>(0, 40); i > 0; --i) {
            const RowOrder& order = orders[*rc::gen::inRange<std::size_t>(0, orders.size())];
            asked.push_back({&order, *rc::gen::inRange<std::uint64_t>(0, order.rows())});
            alone.push_back(order.position(asked.back().row));
        }
        RowOrder::positions(asked);
        for (std::size_t i = 0; i < asked.size(); ++i) RC_ASSERT(asked[i].row == alone[i]);
    }));
}

TEST_CASE("a row order of 2^32 rows works") {
    const RowOrder order(key_of(1), id_of(1), RowOrder::most_rows);
    for (const std::uint64_t row : {std::uint64_t{0}, std::uint64_t{12'345}, RowOrder::most_rows - 1})
        CHECK(order.row(order.position(row)) == row);
}

TEST_CASE("over keys every order of four rows is as likely") {
    std::map<std::uint64_t, int> seen;
    const int keys = 24'000;
    for (int k = 0; k < keys; ++k) {
        const RowOrder order(key_of(7), id_of(static_cast<std::uint64_t>(k)), 4);
        std::uint64_t name = 0;
        for (std::uint64_t row = 0; row < 4; ++row) name = name * 4 + order.position(row);
        ++seen[name];
    }
    REQUIRE(seen.size() == 24);
    double chi = 0;
    for (const auto& [name, times] : seen) chi += (times - 1'000.0) * (times - 1'000.0) / 1'000;
    CHECK(chi < 49.7);  // 23 degrees of freedom, 0.1 %
}

TEST_CASE("orders change with the key and with the copy, and with nothing else") {
    const auto rows = [](const RowOrder& order) {
        std::vector<std::uint64_t> out;
        for (std::uint64_t i = 0; i < order.rows(); ++i) out.push_back(order.row(i));
        return out;
    };
    const auto one = rows({key_of(1), id_of(1), 1'000});
    CHECK(one == rows({key_of(1), id_of(1), 1'000}));
    CHECK(one != rows({key_of(2), id_of(1), 1'000}));
    CHECK(one != rows({key_of(1), id_of(2), 1'000}));
}

TEST_CASE("the same key, copy and rows give the same file for ever") {
    // Computed by another program from the description in marks.h, with hashlib's BLAKE2b and SHA-256.
    const RowOrder order(key_of(1), id_of(1), 10);
    std::vector<std::uint64_t> rows;
    for (std::uint64_t i = 0; i < 10; ++i) rows.push_back(order.row(i));
    CHECK(rows == std::vector<std::uint64_t>{9, 6, 8, 7, 3, 0, 5, 1, 4, 2});
    const RowOrder large(key_of(1), id_of(1), 5'000);
    std::vector<std::uint64_t> positions;
    for (const std::uint64_t row : {0U, 1U, 2U, 2'500U, 4'999U}) positions.push_back(large.position(row));
    CHECK(positions == std::vector<std::uint64_t>{4568, 3719, 2553, 2247, 1639});
    CHECK(mark_key_commitment(key_of(1)) ==
          "2c1b9cb0fb2b523089f049710b751302146c250de019e587ca88ae18fdf6d687");
}

TEST_CASE("coins fall as often as the share says, and not by each other") {
    const double share = .3;
    int held = 0;
    int both = 0;
    for (std::uint64_t k = 0; k < 20'000; ++k) {
        const RecipientMarks marks(key_of(3), id_of(k));
        const bool a = marks.holds(token_of(1), share);
        held += a;
        both += a && marks.holds(token_of(2), share);
    }
    CHECK(std::abs(held - 6'000) < 4 * 65);  // 4 standard deviations
    CHECK(std::abs(both - 1'800) < 4 * 41);
    const RecipientMarks marks(key_of(3), id_of(5));
    CHECK_FALSE(marks.holds(token_of(1), 0));
    CHECK(marks.holds(token_of(1), 1));
}

TEST_CASE("spellings are chosen evenly, row by row, and the same for one recipient") {
    std::array<int, 3> chosen{};
    const RecipientMarks marks(key_of(3), id_of(5));
    for (std::uint64_t i = 0; i < 9'000; ++i) ++chosen[marks.variant(token_of(i), "designation", 3)];
    for (const int times : chosen) CHECK(std::abs(times - 3'000) < 4 * 45);
    CHECK(marks.variant(token_of(1), "a", 1'000) ==
          RecipientMarks(key_of(3), id_of(5)).variant(token_of(1), "a", 1'000));
    CHECK(marks.variant(token_of(1), "a", 1'000) != marks.variant(token_of(1), "b", 1'000));
}
