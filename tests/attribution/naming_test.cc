#include "attribution/naming.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "attribution/counts.h"
#include "attribution/negative_control.h"
#include "attribution/posterior.h"
#include "attribution/power.h"
#include "attribution/snapshot.h"
#include "attribution/sources.h"

namespace sendh::attribution {
namespace {

using Named = std::vector<std::uint8_t>;

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

TEST_CASE("a copy is named from n/alpha on, and e-BH lowers the bar when several stand out") {
    CHECK(log10_naming_threshold(1'000, .01) == doctest::Approx(5));
    const std::vector<double> e{5.0, 4.9, 4.8, -3, std::nan("")};
    CHECK(name_family_wise(std::vector<double>{2.7, 2.6}, .004) == Named{1, 0});
    CHECK(name_family_wise(e, 5e-5) == Named{1, 0, 0, 0, 0});
    // 5/alpha = 10^5: 1 · e_(1), 2 · e_(2) = 10^5.2, 3 · e_(3) = 10^5.28.
    CHECK(name_e_bh(e, 5e-5) == Named{1, 1, 1, 0, 0});
    CHECK(name_e_bh({}, .01).empty());
}

TEST_CASE("e-BH names all that the family-wise bound names, and never more with a smaller alpha") {
    CHECK(rc::check([] {
        std::vector<double> e;
        const auto n = *rc::gen::inRange<std::size_t>(0, 40);
        for (std::size_t i = 0; i < n; ++i) e.push_back(*rc::gen::inRange(-300, 600) / 100.0);
        const Named strict = name_family_wise(e, .01);
        const Named loose = name_e_bh(e, .01);
        const Named looser = name_e_bh(e, .05);
        for (std::size_t i = 0; i < n; ++i) {
            RC_ASSERT(strict[i] <= loose[i]);
            RC_ASSERT(loose[i] <= looser[i]);
        }
    }));
}

TEST_CASE("size is paid for: a copy that holds everybody does not win, the one that holds the hits does") {
    const double everybody = log_membership({10'000, 100, 10'000, 100});
    const double right = log_membership({10'000, 100, 1'000, 95});
    const double wrong = log_membership({10'000, 100, 1'000, 10});
    CHECK(everybody == doctest::Approx(0));
    CHECK(right > 100);
    CHECK(wrong < 0);
    // By hand: q = .5, two hits inside and one outside of a tenth of the register.
    CHECK(log_membership({100, 3, 10, 2}, .5) == doctest::Approx(std::log(5.5 * 5.5 * .5)));
    CHECK(max_log_membership({100, 3, 10, 2}) >= log_membership({100, 3, 10, 2}, .63));
    CHECK(max_log_membership({100, 3, 10, 0}) == 0);
}

TEST_CASE("the source likelihood of all sequences of hits adds up to one, and its bound is a bound") {
    // Five items, two of them in the copy; three hits.
    double sum = 0;
    for (int first = 0; first < 5; ++first) {
        for (int second = 0; second < 5; ++second) {
            for (int third = 0; third < 5; ++third) {
                if (first == second || first == third || second == third) continue;
                HazardLikelihood l;
                double inside = 2;
                double outside = 3;
                for (const int v : {first, second, third}) {
                    l.add(inside, outside, v < 2);
                    --(v < 2 ? inside : outside);
                }
                sum += std::exp(l.mixed()) / (5 * 4 * 3);
            }
        }
    }
    CHECK(sum == doctest::Approx(1).epsilon(1e-12));
    CHECK(rc::check([] {
        HazardLikelihood l;
        std::vector<std::array<double, 3>> hits;
        double inside = *rc::gen::inRange(0, 50);
        double outside = *rc::gen::inRange(0, 200);
        for (int t = *rc::gen::inRange(0, 100); t > 0 && inside + outside > 0; --t) {
            const bool z = outside < 1 || (inside >= 1 && *rc::gen::inRange(0, 2) == 0);
            l.add(inside, outside, z);
            hits.push_back({inside, outside, z ? 1. : 0.});
            --(z ? inside : outside);
        }
        RC_ASSERT(std::isfinite(l.mixed()) && std::isfinite(l.best()));
        for (double log_omega = 0; log_omega < 13; log_omega += .05) {
            double value = 0;
            for (const auto& [m, u, z] : hits) {
                value += z * log_omega - std::log((std::exp(log_omega) * m + u) / (m + u));
            }
            RC_ASSERT(value <= l.best() + 1e-9);
        }
    }));
}

TEST_CASE("the confidence set holds the copy that was dialled as often as it says") {
    int missing = 0;
    constexpr int kRuns = 400;
    double size = 0;
    for (int run = 0; run < kRuns; ++run) {
        Random r{static_cast<std::uint64_t>(run) * 31 + 5};
        std::vector<CopySpec> specs;
        for (std::uint32_t j = 0; j < 30; ++j) specs.push_back({j, 0, 0, 0});
        std::vector<std::pair<int, BitRow>> hits;
        for (int k = 0; k < 460; ++k) {
            BitRow held(30);
            for (std::size_t j = 0; j < 30; ++j) {
                if (r.unit() >= (k < 60 ? .37 : .5)) continue;
                held.set(j);
                if (k < 60) {
                    ++specs[j].canaries_held;
                } else {
                    ++specs[j].members;
                }
            }
            const bool hit = r.unit() < 1 - (1 - .02) * (held.has(0) ? 1 - .15 : 1);
            if (hit) hits.emplace_back(k, held);
        }
        for (std::size_t i = hits.size(); i > 1; --i) std::swap(hits[i - 1], hits[r.below(i)]);
        Attribution a(specs, std::vector<CanarySpec>(60), 400);
        bool ever = false;
        for (const auto& [k, held] : hits) {
            a.add({k < 60 ? static_cast<std::uint32_t>(k) : kNoCanary, held, {}, {}});
            ever = ever || confidence_set(a, .05)[0] == 0;
        }
        missing += ever ? 1 : 0;
        const Named in = confidence_set(a, .05);
        size += static_cast<double>(std::count(in.begin(), in.end(), 1)) / kRuns;
    }
    CHECK(clopper_pearson(missing, kRuns, .999).lo <= .05);
    CHECK(size < 6);
}

TEST_CASE("exoneration is conditional and its numbers are binomial") {
    const Exoneration e = exonerate(100, 3, .1, .05);
    CHECK(e.expected == 5);  // P(X <= 4) = .024, P(X <= 5) = .058
    CHECK(e.p == doctest::Approx(.0078365).epsilon(1e-4));
    CHECK(e.excluded);
    CHECK_FALSE(exonerate(100, 5, .1, .05).excluded);
    CHECK(exonerate(0, 0, .5, .05).expected == 0);
    CHECK_FALSE(exonerate(10, 0, 0, .05).excluded);
    CHECK(exonerate(10, 0, 1, .05).expected == 10);
}

TEST_CASE("how much of a copy can have been dialled, given how few of its numbers were called") {
    CHECK(dialled_at_most(100, 0, .05) == doctest::Approx(1 - std::pow(.05, .01)));  // (1 - share)^100 = .05
    CHECK(dialled_at_most(10, 3, .05) == doctest::Approx(.6066).epsilon(1e-3));      // R: binom.test(3, 10)
    CHECK(dialled_at_most(10, 10, .05) == 1);
    CHECK(dialled_at_most(0, 0, .05) == 1);
    CHECK(dialled_at_most(1'000'000, 0, .01) < 5e-6);
    const double share = dialled_at_most(50'000, 25, .01);
    CHECK_FALSE(exonerate(50'000, 25, share * .99, .01).excluded);
    CHECK(exonerate(50'000, 25, share * 1.1, .01).excluded);
}

TEST_CASE("a posterior needs a prior, and keeps to it when there is no evidence") {
    std::vector<CopyScore> none(4);
    const Posterior p = posterior(none, {.2, {}});
    CHECK(p.none == doctest::Approx(.2));
    CHECK(p.copy[2] == doctest::Approx(.2));
    const Posterior weighted = posterior(none, {.5, {3, 1, 0, 0}});
    CHECK(weighted.copy[0] == doctest::Approx(.375));
    CHECK(weighted.copy[3] == 0);
    none[1].log10_e = 6;
    const auto likeliest = suspects(posterior(none), 2);
    REQUIRE(likeliest.size() == 2);
    CHECK(likeliest[0].copy == 1);
    CHECK(likeliest[0].probability > .999);
}

TEST_CASE("next are the numbers of the likely copy, and first those just ahead of the front") {
    Attribution a({{0, 1'000, 0, 1'000}, {1, 1'000, 0, 1'000}}, {}, 2'000);
    BitRow first(2);
    first.set(0);
    for (std::uint32_t t = 0; t < 8; ++t) {
        const std::vector<std::uint32_t> rows{100 + 3 * t, kNoRow};
        a.add({kNoCanary, first, {}, rows});
    }
    const auto likeliest = suspects(posterior(a.scores()), 2);
    REQUIRE(likeliest[0].copy == 0);
    const auto risk = [&](std::uint32_t row) {
        const std::vector<std::uint32_t> rows{row, kNoRow};
        return next_hit(a, likeliest, {kNoCanary, first, {}, rows});
    };
    CHECK(risk(123) > 10 * risk(600));
    CHECK(risk(123) > risk(140));
    CHECK(risk(90) < risk(123));
    for (std::uint32_t row = 123; row < 140; ++row) CHECK(risk(row) < risk(row - 1));
    double sum = 0;
    for (std::uint32_t row = 0; row < 1'000; ++row) {
        if (row < 100 || row > 121 || (row - 100) % 3 != 0) sum += risk(row);
    }
    CHECK(sum == doctest::Approx(likeliest[0].probability).epsilon(1e-9));
}

TEST_CASE("who joined and who left date the copy") {
    Random r{3};
    // Ten people join every date and stay for 60; the copy is of date 70.
    int covered = 0;
    for (int run = 0; run < 60; ++run) {
        std::vector<std::uint64_t> on_date;
        for (int d = 0; d < 120; ++d) on_date.push_back(static_cast<std::uint64_t>(10 * std::min(d + 1, 60)));
        SnapshotDates dates(1'200, on_date);
        std::vector<int> people(1'200);
        std::iota(people.begin(), people.end(), 0);
        for (std::size_t i = people.size(); i > 1; --i) std::swap(people[i - 1], people[r.below(i)]);
        for (const int person : people) {
            const int from = person / 10;
            BitRow there(120);
            for (int d = from; d < std::min(120, from + 60); ++d) there.set(static_cast<std::size_t>(d));
            if (r.unit() < (there.has(70) ? .25 : .005)) dates.add(there);
        }
        const SnapshotDates::Interval s = dates.interval(.05);
        covered += s.first <= 70 && 70 <= s.last ? 1 : 0;
        CHECK(s.dated);
        CHECK(s.last - s.first < 25);
        const auto lr = dates.log10_lr();
        CHECK(lr[70] > 5);
        CHECK(lr[10] < lr[70]);
    }
    CHECK(covered >= 54);
    CHECK_FALSE(SnapshotDates(10, {}).interval(.05).dated);
}

TEST_CASE("columns: what callers know is evidence only as far as others know it too") {
    CHECK(log10_column(20, 18, .05) > 10);
    CHECK(log10_column(20, 1, .05) < 0);
    CHECK(log10_column(0, 0, .05) == doctest::Approx(0));
    CHECK(log10_column(20, 18, 20, 2) > 3);
    CHECK(log10_column(20, 18, 20, 18) < 0);
    CHECK(log10_column(5, 9, 0, 3) == doctest::Approx(0));
}

TEST_CASE("an unrelated campaign stands in for the population") {
    const std::vector<ControlledHits> leak{{40, 2, 20, 21}, {30, 3, 12, 15}};
    const NegativeControl l = negative_control(leak);
    REQUIRE(l.usable);
    CHECK(l.log10_e > 4);
    CHECK(l.odds_ratio > 5);
    CHECK(l.odds_interval.lo > 2);
    const std::vector<ControlledHits> alike{{40, 20, 20, 10}, {30, 15, 31, 16}};
    CHECK(negative_control(alike).log10_e < 0);
    // Only members were asked: nothing can be told.
    CHECK_FALSE(negative_control(std::vector<ControlledHits>{{40, 0, 20, 0}}).usable);
}

TEST_CASE("one source, two sources and none are told apart, and their shares are found") {
    for (const std::size_t leaked : {0U, 1U, 2U, 3U}) {
        Random r{leaked + 77};
        constexpr std::size_t kCopies = 40;
        std::vector<std::uint64_t> sizes(kCopies, 0);
        std::vector<BitRow> held;
        for (int v = 0; v < 4'000; ++v) {
            BitRow in(kCopies);
            double stays = 1 - .01;
            for (std::size_t j = 0; j < kCopies; ++j) {
                if (r.unit() >= .3) continue;
                in.set(j);
                ++sizes[j];
                if (j % 7 == 0 && j / 7 < leaked) stays *= 1 - .2;
            }
            if (r.unit() >= stays) held.push_back(in);
        }
        const std::vector<Bits> hits(held.begin(), held.end());
        const Sources s = find_sources(4'000, sizes, hits);
        REQUIRE_FALSE(s.sets.empty());
        REQUIRE(s.sets[0].copies.size() == leaked);
        for (std::size_t i = 0; i < leaked; ++i) {
            CHECK(s.sets[0].copies[i] == 7 * i);
            CHECK(s.sets[0].lambda[i] == doctest::Approx(.2).epsilon(.25));
            CHECK(s.probability[7 * i] > .9);
        }
        CHECK(s.sets[0].beta == doctest::Approx(.01).epsilon(1));
        CHECK(s.sets[0].posterior > .8);
    }
}

TEST_CASE("the fit of one source is the exact maximum") {
    // 100 of 1,000 numbers in the copy, 30 of them hit; 18 of the 900 others.
    const std::vector<std::uint64_t> size{100};
    const std::vector<std::uint64_t> patterns{18, 30};
    const SourceFit f = fit_sources(1'000, size, patterns);
    CHECK(f.beta == doctest::Approx(.02).epsilon(1e-9));
    CHECK(1 - (1 - f.beta) * (1 - f.lambda[0]) == doctest::Approx(.3).epsilon(1e-9));
    const double exact = 30 * std::log(.3) + 70 * std::log(.7) + 18 * std::log(.02) + 882 * std::log(.98);
    CHECK(f.log_likelihood == doctest::Approx(exact).epsilon(1e-9));
}

TEST_CASE("any counts give finite likelihoods") {
    CHECK(rc::check([] {
        const auto any = [] {
            return *rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(0, 20),
                                   rc::gen::arbitrary<std::uint64_t>());
        };
        const MemberCounts c{any(), any(), any(), any()};
        RC_ASSERT(std::isfinite(log_membership(c)) && std::isfinite(max_log_membership(c)));
        RC_ASSERT(std::isfinite(log_membership(c, std::nan(""))));
        const std::vector<std::uint64_t> sizes{any(), any()};
        const std::vector<std::uint64_t> patterns{any() % 1'000, any() % 1'000, any() % 1'000, any() % 1'000};
        RC_ASSERT(std::isfinite(fit_sources(any(), sizes, patterns).log_likelihood));
        RC_ASSERT(exonerate(any(), any(), *rc::gen::element(-1., 0., .3, 1., 9.), .05).p >= 0);
    }));
}

TEST_CASE("canaries and hits needed follow the design's formulas") {
    const CanariesNeeded one = canaries_needed({1'000, .01, .3, 1});
    CHECK(one.by_formula == doctest::Approx(104.3).epsilon(1e-3));
    CHECK(one.p == doctest::Approx(.367879).epsilon(1e-5));
    CHECK(one.planned == 209);
    CHECK(one.expected_factor == doctest::Approx(10).epsilon(.01));
    CHECK(canaries_needed({1'000, .01, .3, 3}).planned >= 600);
    CHECK(canaries_needed({1'000, .01, .3, 2}).p == .15);
    const LevelHits hits = hits_per_level({1, 10, 20});
    CHECK(hits.indicated.hits < hits.strong.hits);
    CHECK(hits.strong.hits < hits.very_strong.hits);
}

// KL(P^t || U^t) of the rows of t hits on a circle, every way in which they can come about summed up:
// diallers begin anywhere and go on by geometric gaps, strays fall anywhere. No e-process grows by more in
// the mean.
double exact_growth(std::size_t rows, std::size_t diallers, double density, double strays, int hits) {
    std::vector<double> gap(rows);  // by distance; one round further is the same row
    double norm = 0;
    for (std::size_t d = 1; d <= rows; ++d)
        norm += gap[d % rows] = density * std::pow(1 - density, static_cast<double>(d - 1));
    for (double& g : gap) g /= norm;
    // Where each dialler was last; `rows`: nowhere yet.
    std::size_t states = 1;
    for (std::size_t k = 0; k < diallers; ++k) states *= rows + 1;
    const double n = static_cast<double>(rows);
    const std::function<double(const std::vector<double>&, int)> divergence =
        [&](const std::vector<double>& before, int left) {
            double sum = 0;
            for (std::size_t row = 0; row < rows; ++row) {
                std::vector<double> after(states, 0.0);
                double p = 0;
                for (std::size_t state = 0; state < states; ++state) {
                    if (before[state] <= 0) continue;
                    after[state] += before[state] * strays / n;
                    std::size_t unit = 1;
                    for (std::size_t k = 0; k < diallers; ++k, unit *= rows + 1) {
                        const std::size_t at = state / unit % (rows + 1);
                        const double law = at == rows ? 1 / n : gap[(row + rows - at) % rows];
                        after[state + row * unit - at * unit] +=
                            before[state] * (1 - strays) / static_cast<double>(diallers) * law;
                    }
                }
                for (const double x : after) p += x;
                if (p <= 0) continue;
                sum += left == 1 ? p * std::log(p) : divergence(after, left - 1);
            }
            return sum;
        };
    std::vector<double> begin(states, 0.0);
    begin.back() = 1;
    return divergence(begin, hits) + hits * std::log(n);
}

TEST_CASE("in order without gaps a hit is worth log(rows): one to begin, and 9.2 of 10.8 nats") {
    CHECK(row_order_hits_floor({100, .01, 50'000, 1, 1, 0, 0}) ==
          doctest::Approx(1 + std::log(1e4) / std::log(5e4)));
    CHECK(row_order_hits_floor({100, .01, 50'000, .01, 4, 0, 0}) >
          row_order_hits_floor({100, .01, 50'000, .01, 1, 0, 0}));
    CHECK(row_order_hits_floor({100, .01, 50'000, .01, 1, 1, 0}) == 1e300);
    CHECK(row_order_growth({100, .01, 40, .3, 1, 0, 0}, 4) ==
          doctest::Approx(exact_growth(40, 1, .3, 0, 2) * 3).epsilon(1e-9));
    // Jitter over a tenth of the rows leaves log(10) a hit.
    CHECK(row_order_growth({100, .01, 50'000, 1, 1, 0, .05}, 5) == doctest::Approx(4 * std::log(10.0)));
    CHECK(row_order_growth({100, .01, 50'000, .004, 1, 0, 1e-9}, 5) ==
          doctest::Approx(row_order_growth({100, .01, 50'000, .004, 1, 0, 0}, 5)));
}

TEST_CASE("property: the floor lies at or below what an exact oracle of the habits needs") {
    CHECK(rc::check([] {
        const auto diallers = *rc::gen::inRange<std::size_t>(1, 4);
        const auto rows = *rc::gen::inRange<std::size_t>(2, diallers == 1 ? 14 : diallers == 2 ? 8 : 5);
        const int hits = *rc::gen::inRange(1, diallers == 1 ? 5 : 6);
        const double density = *rc::gen::element(1., .7, .3, .1, .01, .0005);
        const double strays = *rc::gen::element(0., .05, .3, .6, .95);
        const double exact = exact_growth(rows, diallers, density, strays, hits);
        const RowOrderPlan plan{2, .01, rows, density, diallers, strays, 0};
        RC_ASSERT(row_order_growth(plan, hits) >= exact - 1e-9);
        // A threshold that the oracle is just at.
        const RowOrderPlan at{1, std::exp(-std::max(exact, 1e-6)), rows, density, diallers, strays, 0};
        if (exact > 1e-3) RC_ASSERT(row_order_hits_floor(at) <= hits + 1e-6);
    }));
}

TEST_CASE("property: a floor is finite or 1e300, and rises with strays, diallers, jitter and gaps") {
    CHECK(rc::check([] {
        RowOrderPlan plan;
        plan.copies = *rc::gen::inRange<std::uint64_t>(1, 100'000);
        plan.rows = *rc::gen::inRange<std::uint64_t>(1, 10'000'000);
        plan.diallers = *rc::gen::inRange<std::uint64_t>(1, 50);
        plan.density = *rc::gen::element(1., .5, .02, .0011, .0009, 1e-5, 0., -1.);
        plan.strays = *rc::gen::element(0., .1, .6, .99, 2.);
        const double floor = row_order_hits_floor(plan);
        RC_ASSERT((floor > 0 && floor < 1e13) || floor == 1e300);
        if (floor > 1e4) return;  // a hit is worth next to nothing
        const auto not_less = [&](auto change) {
            RowOrderPlan harder = plan;
            change(harder);
            return row_order_hits_floor(harder) >= floor * (1 - 1e-3);
        };
        RC_ASSERT(not_less([](RowOrderPlan& p) { p.strays = std::min(1., p.strays + .05); }));
        RC_ASSERT(not_less([](RowOrderPlan& p) { ++p.diallers; }));
        RC_ASSERT(not_less([](RowOrderPlan& p) { p.jitter = .1; }));
        RC_ASSERT(not_less([](RowOrderPlan& p) { p.density *= .8; }));
    }));
}

}  // namespace
}  // namespace sendh::attribution
