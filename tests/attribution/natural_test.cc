#include "attribution/natural.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "attribution/log_space.h"

namespace sendh::attribution {
namespace {

bool near(double got, double want, double relative) {
    return std::abs(got - want) <= relative * std::abs(want);
}

bool sane(double x) { return std::isfinite(x); }

// The mean of E(Γ) after `left` more hits when the true odds are `truth`, over every possible course. The
// stratum of the next hit alternates by a rule that looks at the past, as a dialler might.
double mean_e(std::array<RiskEvent, 2> at, std::vector<RiskEvent>& past, int left, double truth,
              double gamma) {
    if (left == 0) return std::pow(10, log10_e(OddsLikelihood(past), gamma));
    std::size_t s = past.empty() || past.back().members_hit == 0 ? 0 : 1;
    if (at[s].members + at[s].others == 0) s = 1 - s;
    if (at[s].members + at[s].others == 0) return std::pow(10, log10_e(OddsLikelihood(past), gamma));
    const double m = static_cast<double>(at[s].members);
    const double u = static_cast<double>(at[s].others);
    double mean = 0;
    for (const bool z : {false, true}) {
        const double p = (z ? truth * m : u) / (truth * m + u);
        if (p == 0) continue;
        past.push_back({at[s].members, at[s].others, z ? 1 : 0, z ? 0 : 1});
        std::array<RiskEvent, 2> next = at;
        --(z ? next[s].members : next[s].others);
        mean += p * mean_e(next, past, left - 1, truth, gamma);
        past.pop_back();
    }
    return mean;
}

struct Drawn {
    Field field;
    std::vector<Hit> hits;
};

Drawn draw() {
    Drawn d;
    const std::size_t items = *rc::gen::inRange<std::size_t>(0, 60);
    for (std::size_t i = 0; i < items; ++i) {
        d.field.stratum.push_back(*rc::gen::inRange<std::uint32_t>(0, 6));
        d.field.member.push_back(*rc::gen::inRange<std::uint8_t>(0, 2));
    }
    const std::size_t hits = *rc::gen::inRange<std::size_t>(0, 60);
    for (std::size_t i = 0; i < hits; ++i) {
        d.hits.push_back(
            {*rc::gen::inRange<std::int64_t>(0, 20'000'000), *rc::gen::inRange<std::uint32_t>(0, 64)});
    }
    return d;
}

TEST_CASE("the exact safe logrank statistic agrees with the safestats package") {
    constexpr std::array<int, 6> y0{5, 4, 3, 3, 2, 1}, y1{5, 5, 4, 2, 2, 0}, obs0{1, 1, 0, 1, 0, 1},
        obs1{0, 0, 1, 0, 1, 0};
    std::vector<RiskEvent> events;
    for (std::size_t i = 0; i < y0.size(); ++i) events.push_back({y1[i], y0[i], obs1[i], obs0[i]});
    const double less = std::pow(10, log10_fixed_odds(events, .7));
    const double greater = std::pow(10, log10_fixed_odds(events, 1 / .7));
    CHECK(near(less, 1.1161610135479603, 1e-9));
    CHECK(near(greater, 0.7665818421101084, 1e-9));
    CHECK(near((less + greater) / 2, 0.9413714, 1e-7));
}

TEST_CASE(
    "the mean of E is at most one for every true odds up to the tolerated one, and one at it only if equal") {
    const std::array<RiskEvent, 2> start{{{2, 3, 0, 0}, {3, 2, 0, 0}}};
    std::vector<RiskEvent> past;
    for (const double gamma : {1.0, 1.7, 4.0}) {
        for (const double share : {.2, .6, .95, 1.0}) {
            const double mean = mean_e(start, past, 8, gamma * share, gamma);
            CHECK(mean <= 1 + 1e-9);
            if (share == 1.0) CHECK(near(mean, 1, 1e-9));
        }
    }
}

// The mean of E(1) over all orders in which six items can be hit at the given times, and over `seeds` draws.
double mean_over_orders(const Field& field, const std::array<std::int64_t, 6>& when, NaturalOptions options,
                        std::uint64_t seeds) {
    std::vector<std::uint32_t> order{0, 1, 2, 3, 4, 5};
    double sum = 0;
    double count = 0;
    do {
        std::vector<Hit> hits;
        for (std::size_t i = 0; i < order.size(); ++i) hits.push_back({when[i], order[i]});
        for (options.tie_seed = 0; options.tie_seed < seeds; ++options.tie_seed) {
            sum += std::pow(10, log10_e(OddsLikelihood(count_hits(field, hits, options).events), 1));
            count += 1;
        }
    } while (std::next_permutation(order.begin(), order.end()));
    return sum / count;
}

TEST_CASE("storms, ties and switchboards leave the mean of E at one over all orders of dialling") {
    const Field field{{0, 0, 0, 0, 1, 1}, {1, 0, 0, 1, 1, 0}};
    const std::vector<std::uint32_t> boards{1, 1, 0, 2, 0, 2};
    constexpr std::uint64_t kSeeds = 250;
    for (const auto& cluster : {std::vector<std::uint32_t>{}, boards}) {
        NaturalOptions options;
        options.storm_us = 2;
        options.cluster = cluster;
        CHECK(near(mean_over_orders(field, {0, 1, 2, 3, 4, 5}, options, 1), 1, 1e-9));
        CHECK(near(mean_over_orders(field, {0, 1, 5, 6, 9, 10}, options, 1), 1, 1e-9));
        CHECK(near(mean_over_orders(field, {0, 0, 2, 2, 2, 5}, options, kSeeds), 1, .1));
        CHECK(near(mean_over_orders(field, {0, 0, 0, 3, 3, 7}, options, kSeeds), 1, .1));
    }
}

TEST_CASE("without storms the hits of one moment in one stratum are one batch, and the mean stays at one") {
    Field field{{0, 0, 0, 0, 1, 1}, {1, 0, 0, 1, 1, 0}};
    NaturalOptions options;
    options.storm_us = 0;
    std::vector<std::uint32_t> order{0, 1, 2, 3, 4, 5};
    double sum = 0;
    do {
        std::vector<Hit> hits;
        for (std::size_t i = 0; i < 4; ++i) hits.push_back({i < 3 ? 0 : 5, order[i]});
        sum += std::pow(10, natural_evidence(field, hits, options).log10_e);
    } while (std::next_permutation(order.begin(), order.end()));
    CHECK(near(sum / 720, 1, 1e-9));
    const RiskEvent batch{2, 2, 1, 1};
    CHECK(near(std::pow(10, log10_fixed_odds({&batch, 1}, 2)), (8 / 13.0) / (4 / 6.0), 1e-12));
}

TEST_CASE("a storm and a switchboard count once") {
    Field field;
    for (std::uint32_t i = 0; i < 400; ++i) {
        field.stratum.push_back(i / 100);
        field.member.push_back(i % 4 == 0 ? 1 : 0);
    }
    std::vector<Hit> burst;
    for (std::uint32_t i = 0; i < 50; ++i) burst.push_back({1000 + 10 * std::int64_t{i}, 4 * i});
    const NaturalEvidence storm = natural_evidence(field, burst);
    CHECK(storm.hits_counted == 1);
    CHECK(storm.hits_swallowed == 49);
    CHECK(storm.members_hit == 50);
    const NaturalEvidence one = natural_evidence(field, std::span(burst).first(1));
    CHECK(storm.log10_e == one.log10_e);

    NaturalOptions options;
    options.cluster.assign(400, 0);
    for (const Hit& h : burst) options.cluster[h.item] = 7;
    for (std::size_t i = 0; i < burst.size(); ++i)
        burst[i].time_us = 5'000'000 * static_cast<std::int64_t>(i);
    CHECK(natural_evidence(field, burst, options).hits_counted == 1);
    CHECK(natural_evidence(field, burst).hits_counted == 50);
    CHECK(natural_evidence(field, burst).log10_e > 10);
}

TEST_CASE("any input gives finite numbers, whatever the strata are called, and the same bytes again") {
    CHECK(rc::check([] {
        const Drawn d = draw();
        NaturalOptions options;
        options.storm_us = *rc::gen::element<std::int64_t>(0, 1, 1'000'000);
        for (std::size_t i = 0; i < d.field.size(); ++i) {
            options.cluster.push_back(*rc::gen::inRange<std::uint32_t>(0, 4));
        }
        const NaturalEvidence a = natural_evidence(d.field, d.hits, options);
        RC_ASSERT(sane(a.log10_e) && sane(a.max_log10_e) && sane(a.gamma_star) && sane(a.omega));
        RC_ASSERT(sane(a.omega_interval.lo) && sane(a.omega_interval.hi) && sane(a.attainable_log10_e));
        RC_ASSERT(a.p_anytime > 0 && a.p_anytime <= 1);
        RC_ASSERT(a.omega_interval.lo <= a.omega * (1 + 1e-9) && a.omega <= a.omega_interval.hi * (1 + 1e-9));
        RC_ASSERT(a.hits_counted + a.hits_swallowed + a.hits_ignored ==
                  static_cast<std::int64_t>(d.hits.size()));

        Field renamed = d.field;
        for (auto& s : renamed.stratum) s = 1'000'003U - 7U * s;
        const NaturalEvidence b = natural_evidence(renamed, d.hits, options);
        RC_ASSERT(a.log10_e == b.log10_e && a.gamma_star == b.gamma_star && a.omega == b.omega);
        RC_ASSERT(a.omega_interval.lo == b.omega_interval.lo && a.omega_interval.hi == b.omega_interval.hi);
    }));
}

TEST_CASE("E(gamma) does not rise with gamma below the estimate, and gamma star is where it crosses") {
    CHECK(rc::check([] {
        std::vector<RiskEvent> events;
        const int n = *rc::gen::inRange(1, 80);
        for (int i = 0; i < n; ++i) {
            const bool z = *rc::gen::inRange(0, 10) < 6;
            events.push_back(
                {*rc::gen::inRange<std::int64_t>(1, 9), *rc::gen::inRange<std::int64_t>(1, 90), z, !z});
        }
        const OddsLikelihood l(events);
        double last = log10_e(l, 1);
        const double top = std::clamp(l.mle(), 1.0, 1e6);
        for (double gamma = 1; gamma < top; gamma *= 1.1) {
            const double now = log10_e(l, gamma);
            RC_ASSERT(sane(now));
            RC_ASSERT(now <= last + .05);
            last = now;
        }
        const double star = gamma_star(l, .05);
        RC_ASSERT((star == 0) == (log10_e(l, 1) < std::log10(20.0)));
        if (star > 0) RC_ASSERT(log10_e(l, star) >= std::log10(20.0) - 1e-9);
        if (star > 0 && star < .9 * kGammaLimit) RC_ASSERT(log10_e(l, star * 1.01) < std::log10(20.0) + .05);
    }));
}

TEST_CASE("no hits, no members, all members: nothing is claimed and nothing is infinite") {
    CHECK(natural_evidence(Field{}, {}).log10_e == 0);
    const std::vector<Hit> hits{{0, 0}, {5'000'000, 1}, {9'000'000, 2}};
    for (const std::uint8_t all : {std::uint8_t{0}, std::uint8_t{1}}) {
        const Field field{{0, 0, 0}, {all, all, all}};
        const NaturalEvidence e = natural_evidence(field, hits);
        CHECK(e.log10_e == 0);
        CHECK(e.p_anytime == 1);
        CHECK(e.attainable_log10_e == 0);
        CHECK(e.gamma_star == 0);
        CHECK(e.informative_hits == 0);
    }
    const Field one{{0, 0}, {1, 0}};
    const NaturalEvidence e = natural_evidence(one, std::span(hits).first(1));
    CHECK(e.omega == kOddsLimit);
    CHECK(e.omega_interval.unbounded);
}

TEST_CASE("a million hits are done in seconds and the path stays short") {
    Field field;
    std::vector<Hit> hits;
    std::uint64_t x = 1;
    for (std::uint32_t i = 0; i < 2'000'000; ++i) {
        x = x * 6364136223846793005U + 1442695040888963407U;
        field.stratum.push_back(i / 100);
        field.member.push_back((x >> 40U) % 10 == 0 ? 1 : 0);
        if (i % 2 == 0 || field.member.back() != 0) hits.push_back({2'000'000LL * i, i});
    }
    const auto start = std::chrono::steady_clock::now();
    const NaturalEvidence e = natural_evidence(field, hits);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    MESSAGE("hits " << e.hits_counted << ", seconds " << took.count());
    CHECK(took.count() < 60);
    CHECK(sane(e.log10_e));
    CHECK(e.log10_e > 1000);
    CHECK(e.path.size() <= 502);
    CHECK(e.path.back().log10_e == e.log10_e);
    const auto greatest =
        std::max_element(e.path.begin(), e.path.end(),
                         [](const PathPoint& a, const PathPoint& b) { return a.log10_e < b.log10_e; });
    CHECK(greatest->log10_e == e.max_log10_e);
}

}  // namespace
}  // namespace sendh::attribution
