#include "attribution/row_order.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace sendh::attribution {
namespace {

struct Random {
    std::uint64_t state;
    std::uint64_t next() {
        std::uint64_t x = state += 0x9e3779b97f4a7c15U;
        x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
        x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
        return x ^ (x >> 31U);
    }
    std::uint32_t below(std::size_t n) { return static_cast<std::uint32_t>(next() % n); }
    double unit() { return static_cast<double>(next() >> 11U) * 0x1p-53; }
};

std::vector<std::uint32_t> permutation(Random& r, std::uint32_t n) {
    std::vector<std::uint32_t> rows(n);
    std::iota(rows.begin(), rows.end(), 0U);
    for (std::size_t i = n; i > 1; --i) std::swap(rows[i - 1], rows[r.below(i)]);
    return rows;
}

// Greatest distance between the sorted values and the uniform law, times √n.
double kolmogorov(std::vector<double> p) {
    std::sort(p.begin(), p.end());
    const double n = static_cast<double>(p.size());
    double d = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
        const double at = static_cast<double>(i);
        d = std::max({d, p[i] - at / n, (at + 1) / n - p[i]});
    }
    return d * std::sqrt(n);
}

TEST_CASE("the factors of all free rows add up to their number: the expectation is exactly one") {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        Random r{seed};
        const std::uint32_t n = 2 + r.below(90);
        const std::vector<std::uint32_t> random = permutation(r, n);
        RowOrder order(n);
        for (std::uint32_t t = 0; t + 1 < n; ++t) {
            double sum = 0;
            std::uint32_t free = 0;
            for (std::uint32_t row = 0; row < n; ++row) {
                RowOrder copy = order;
                const std::uint32_t before = copy.left();
                const double factor = copy.hit(row);
                if (copy.left() == before) continue;
                CHECK(factor == order.factor(row));
                sum += factor;
                ++free;
            }
            REQUIRE(free == n - t);
            REQUIRE(sum == doctest::Approx(free).epsilon(1e-11));
            // In order at first, then anyhow: the fronts get into every position.
            order.hit(seed % 2 == 0 && t < n / 2 ? (t * 3) % n : random[t]);
            if (order.hits() != t + 1) {
                for (std::uint32_t row = 0; order.hits() != t + 1; ++row) order.hit(row);
            }
        }
        order.hit(0);
        CHECK(std::isfinite(order.log_e()));
    }
}

TEST_CASE("the steps of all free rows tile the unit interval, each by as much as it should") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        Random r{seed + 100};
        const std::uint32_t n = 3 + r.below(60);
        const std::vector<std::uint32_t> random = permutation(r, n);
        RowOrder order(n);
        for (std::uint32_t t = 0; t + 1 < n; ++t) {
            order.hit(random[t]);
            const double free = n - t - 1;
            double length = 0;
            for (std::uint32_t i = t + 1; i < n; ++i) {
                const RowOrder::Step s = order.forward_step(random[i]);
                CHECK(s.lower >= 0);
                CHECK(s.upper <= 1 + 1e-12);
                CHECK(s.upper > s.lower);
                const double ties = (s.upper - s.lower) * free;
                length += 1 / ties / free;  // each of `ties` rows shares one step
                CHECK(ties == doctest::Approx(std::round(ties)));
            }
            // As many different steps as the widest gap has rows; together they are the whole.
            double covered = 0;
            std::vector<double> seen;
            for (std::uint32_t i = t + 1; i < n; ++i) {
                const RowOrder::Step s = order.forward_step(random[i]);
                if (std::find(seen.begin(), seen.end(), s.lower) != seen.end()) continue;
                seen.push_back(s.lower);
                covered += s.upper - s.lower;
            }
            REQUIRE(covered == doctest::Approx(1));
            CHECK(length == doctest::Approx(static_cast<double>(seen.size()) / free));
        }
    }
}

TEST_CASE("an innocent copy has uniform p-values, whatever a dialler does who does not know its order") {
    std::vector<double> p;
    std::vector<double> late;
    for (std::uint64_t run = 0; run < 400; ++run) {
        Random r{run * 7'919 + 3};
        constexpr std::uint32_t kRows = 700;
        const std::vector<std::uint32_t> row_of = permutation(r, kRows);
        RowOrder order(kRows);
        // The dialler follows the order of another copy, in four places, and then some in number order.
        const std::vector<std::uint32_t> other = permutation(r, kRows);
        for (std::uint32_t t = 0; t < 120; ++t) {
            const std::uint32_t entry = t < 80 ? other[(t % 4) * 170 + t / 4]
                                               : (static_cast<std::uint32_t>(run) * 37 + t * 2) % kRows;
            const std::uint32_t left = order.left();
            const RowOrder::Step s = order.forward_step(row_of[entry]);
            order.hit(row_of[entry]);
            if (order.left() == left || t == 0) continue;
            const double drawn = s.lower + r.unit() * (s.upper - s.lower);
            p.push_back(drawn);
            if (t > 60) late.push_back(drawn);
        }
    }
    REQUIRE(p.size() > 30'000);
    // Exceeded with probability 1e-4 by chance; the seeds are fixed.
    CHECK(kolmogorov(p) < 2.225);
    CHECK(kolmogorov(late) < 2.225);
}

TEST_CASE("an innocent copy reaches 20 in at most one run of twenty, looked at after every hit") {
    int reached = 0;
    constexpr int kRuns = 4'000;
    for (std::uint64_t run = 0; run < kRuns; ++run) {
        Random r{run * 104'729 + 11};
        const std::vector<std::uint32_t> rows = permutation(r, 300);
        RowOrder order(300);
        double most = 0;
        for (std::uint32_t t = 0; t < 60; ++t) {
            order.hit(rows[t]);
            most = std::max(most, order.log_e());
        }
        reached += most >= std::log(20.0) ? 1 : 0;
    }
    CHECK(reached <= kRuns / 20);
    CHECK(reached > 0);
}

// Hits until E reaches 10^6 (10,000 copies at α = .01) on 50,000 rows, one in fifty of which becomes a hit;
// the median of 41 runs.
std::uint32_t median_hits(std::uint32_t diallers, bool backward, double jitter, double strays) {
    std::vector<std::uint32_t> needed;
    for (std::uint64_t run = 0; run < 41; ++run) {
        Random r{run * 7'907 + 5};
        RowOrder order(50'000);
        std::vector<double> at;
        for (std::uint32_t k = 0; k < diallers; ++k) at.push_back(50'000.0 / diallers * k);
        const double begin = r.below(50'000);
        while (order.log_e() < std::log(1e6) && order.hits() < 100) {
            double& front = at[r.below(diallers)];
            front += 1 + std::floor(std::log(1 - r.unit()) / std::log1p(-.02));
            double row = begin + (backward ? -front : front) + jitter * 50'000 * (2 * r.unit() - 1);
            if (r.unit() < strays) row = r.below(50'000);
            order.hit(static_cast<std::uint32_t>(row - 50'000 * std::floor(row / 50'000)));
        }
        needed.push_back(order.hits());
    }
    std::sort(needed.begin(), needed.end());
    return needed[needed.size() / 2];
}

TEST_CASE("a copy that is dialled stands out within the hits the design asks for") {
    CHECK(median_hits(1, false, 0, 0) <= 7);
    CHECK(median_hits(1, true, 0, 0) <= 7);
    CHECK(median_hits(4, false, 0, 0) <= 12);
    CHECK(median_hits(10, false, 0, 0) <= 20);
    CHECK(median_hits(1, false, .05, .1) <= 26);
}

TEST_CASE("rows outside the copy and rows hit before are no hits") {
    RowOrder order(10);
    CHECK(order.hit(10) == 1);
    CHECK(order.hit(4'000'000'000U) == 1);
    CHECK(order.hits() == 0);
    order.hit(3);
    CHECK(order.hit(3) == 1);
    CHECK(order.factor(3) == 1);
    CHECK(order.hits() == 1);
    CHECK(RowOrder(0).hit(0) == 1);
}

TEST_CASE("any sequence of rows gives finite evidence") {
    CHECK(rc::check([] {
        const std::uint32_t n = *rc::gen::inRange<std::uint32_t>(0, 200);
        RowOrder order(n);
        const auto rows = *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange(0U, n + 3));
        for (const std::uint32_t row : rows) {
            RC_ASSERT(std::isfinite(order.factor(row)));
            RC_ASSERT(std::isfinite(order.hit(row)));
        }
        RC_ASSERT(order.left() + order.hits() == n);
    }));
}

TEST_CASE("a million hits in one copy stay finite") {
    constexpr std::uint32_t kRows = 1'000'000;
    RowOrder order(kRows);
    for (std::uint32_t t = 0; t < kRows; ++t) order.hit(static_cast<std::uint32_t>(t * 7'919ULL % kRows));
    CHECK(order.left() == 0);
    CHECK(std::isfinite(order.log_e()));
}

TEST_CASE("counting hit rows agrees with counting by hand") {
    CHECK(rc::check([] {
        const std::uint32_t n = *rc::gen::inRange<std::uint32_t>(1, 300'000);
        HitRows rows(n);
        std::vector<std::uint32_t> kept;
        for (int i = 0; i < 60; ++i) {
            const std::uint32_t row = *rc::gen::inRange<std::uint32_t>(0, n);
            const auto at = std::lower_bound(kept.begin(), kept.end(), row);
            const HitRows::Place place = rows.find(row);
            RC_ASSERT(place.below == static_cast<std::uint32_t>(at - kept.begin()));
            RC_ASSERT(place.hit == (at != kept.end() && *at == row));
            if (place.hit) continue;
            rows.insert(row, place);
            kept.insert(at, row);
            RC_ASSERT(rows.hits() == kept.size());
        }
    }));
}

}  // namespace
}  // namespace sendh::attribution
