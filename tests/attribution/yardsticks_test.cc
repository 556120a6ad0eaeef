#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "attribution/guilt.h"
#include "attribution/rank_correlation.h"
#include "attribution/stratified.h"

namespace sendh::attribution {
namespace {

TEST_CASE("the guilt probability of the paper comes out, and what is wrong with it") {
    BitRow both(2);
    both.set(0);
    both.set(1);
    BitRow first(2);
    first.set(0);
    BitRow second(2);
    second.set(1);
    const std::vector<Bits> three{both, first, second};
    CHECK(guilt_probability(2, three, .2)[0] == doctest::Approx(.88).epsilon(1e-12));
    CHECK(guilt_probability(2, three, .2)[1] == doctest::Approx(.88).epsilon(1e-12));
    CHECK(guilt_probability(2, three, .5)[1] == doctest::Approx(.625).epsilon(1e-12));
    // 16 leaked items; the first agent holds all, the second eight of them.
    std::vector<Bits> sixteen(8, both);
    sixteen.resize(16, first);
    CHECK(guilt_probability(2, sixteen, .2)[1] == doctest::Approx(.983204).epsilon(1e-6));
    CHECK(guilt_probability(2, sixteen, .5)[1] == doctest::Approx(.899887).epsilon(1e-6));
    CHECK(guilt_probability(2, sixteen, .9)[1] == doctest::Approx(.336580).epsilon(1e-5));
    CHECK(guilt_probability(2, sixteen, .5)[0] > guilt_probability(2, sixteen, .5)[1]);
    CHECK(guilt_probability(2, std::vector<Bits>{first}, 0)[0] == 1);
    CHECK(guilt_probability(2, {}, .2) == std::vector<double>{0, 0});
}

TEST_CASE("Tardos' symmetric score has mean zero and variance one for an innocent copy") {
    for (const double p : {.15, 1 / 2.718281828, .9}) {
        for (const bool hit : {false, true}) {
            const double in = tardos_score(p, true, hit);
            const double out = tardos_score(p, false, hit);
            CHECK(p * in + (1 - p) * out == doctest::Approx(0));
            CHECK(p * in * in + (1 - p) * out * out == doctest::Approx(1));
        }
    }
    CHECK(tardos_length(2, .01) == 182);  // 9.8696 · 4 · 4.6052
}

TEST_CASE("Spearman's series agrees with counting at nine and ten pairs") {
    std::vector<double> x(10);
    std::iota(x.begin(), x.end(), 0.0);
    for (const std::vector<double>& y : {std::vector<double>{2, 0, 1, 4, 3, 6, 5, 8, 9, 7},
                                         std::vector<double>{9, 7, 8, 6, 5, 3, 4, 2, 0, 1},
                                         std::vector<double>{0, 5, 1, 6, 2, 7, 3, 8, 4, 9}}) {
        const Spearman s = spearman(x, y);
        CHECK_FALSE(s.exact);
        // All ten! orders.
        std::vector<int> p(10);
        std::iota(p.begin(), p.end(), 0);
        double at_most = 0;
        do {
            int sum = 0;
            for (int i = 0; i < 10; ++i) {
                const int d = p[static_cast<std::size_t>(i)] - i;
                sum += d * d;
            }
            at_most += sum <= s.s ? 1 : 0;
        } while (std::next_permutation(p.begin(), p.end()));
        CHECK(s.p_greater == doctest::Approx(at_most / 3'628'800).epsilon(.02));
    }
}

TEST_CASE("rank correlation takes ties, constants and short sequences") {
    const std::vector<double> constant(12, 3.0);
    std::vector<double> rising(12);
    std::iota(rising.begin(), rising.end(), 0.0);
    CHECK(spearman(rising, constant).rho == 0);
    CHECK(spearman(rising, constant).p_greater == 1);
    CHECK(spearman(rising, rising).rho == doctest::Approx(1));
    CHECK(spearman(rising, rising).p_greater < 1e-5);
    CHECK(kendall(rising, rising).p_greater == doctest::Approx(1 / 479'001'600.0));
    CHECK(kendall({}, {}).p_greater == 1);
    std::vector<double> tied = rising;
    tied[3] = tied[4];
    CHECK(spearman(rising, tied).p_greater < 1e-4);
    CHECK_FALSE(kendall(rising, tied).exact);
}

TEST_CASE("the chi-square tail is right at known points") {
    CHECK(chi_square_above(3.841458820694124, 1) == doctest::Approx(.05).epsilon(1e-9));
    CHECK(chi_square_above(5.991464547107979, 2) == doctest::Approx(.05).epsilon(1e-9));
    CHECK(chi_square_above(18.307038053275146, 10) == doctest::Approx(.05).epsilon(1e-9));
    CHECK(chi_square_above(16.918977604620448, 9) == doctest::Approx(.05).epsilon(1e-9));
    CHECK(chi_square_above(-1, 3) == 1);
}

TEST_CASE("the mean of the two-streams e-value over all answers is at most one at equal rates") {
    for (const double rate : {.1, .5, .8}) {
        double mean = 0;
        for (unsigned answers = 0; answers < 1U << 10U; ++answers) {
            TwoStreams e;
            double p = 1;
            for (unsigned i = 0; i < 10; i += 2) {
                const int a = (answers >> i & 1U) != 0 ? 1 : 0;
                const int b = (answers >> (i + 1) & 1U) != 0 ? 1 : 0;
                e.add(a, b);
                p *= (a == 1 ? rate : 1 - rate) * (b == 1 ? rate : 1 - rate);
            }
            mean += p * std::exp(e.log_e());
        }
        CHECK(mean <= 1 + 1e-9);
    }
}

TEST_CASE("any tables give finite yardsticks") {
    CHECK(rc::check([] {
        std::vector<Table2x2> tables;
        const auto k = *rc::gen::inRange(0, 5);
        for (int i = 0; i < k; ++i) {
            tables.push_back({*rc::gen::inRange<std::int64_t>(-2, 9), *rc::gen::inRange<std::int64_t>(0, 9),
                              *rc::gen::inRange<std::int64_t>(0, 9), *rc::gen::inRange<std::int64_t>(0, 9)});
        }
        const MantelHaenszel m = mantel_haenszel(tables);
        RC_ASSERT(std::isfinite(m.odds_ratio) && std::isfinite(m.interval.lo) &&
                  std::isfinite(m.interval.hi));
        RC_ASSERT(m.p >= 0 && m.p <= 1 && std::isfinite(m.breslow_day) && std::isfinite(m.tarone));
        const PoissonRatio p =
            poisson_ratio(*rc::gen::inRange<std::int64_t>(-1, 5), *rc::gen::element(0., 1., 7.),
                          *rc::gen::inRange<std::int64_t>(0, 5), 3.);
        RC_ASSERT(std::isfinite(p.ratio) && std::isfinite(p.interval.hi));
    }));
}

}  // namespace
}  // namespace sendh::attribution
