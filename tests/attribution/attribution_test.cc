#include "attribution/attribution.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "attribution/log_space.h"
#include "attribution/naming.h"
#include "attribution/posterior.h"

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

// Copies of one register of `rows` entries, each in an order of its own, with one canary in three.
struct World {
    std::vector<CopySpec> specs;
    std::vector<CanarySpec> canaries;
    std::vector<std::vector<std::uint32_t>> row_of;  // by copy, by entry
    std::vector<BitRow> held;                        // by canary

    World(Random& r, std::uint32_t copies, std::uint32_t rows, std::uint32_t canary_count,
          std::uint32_t copies_each = 1) {
        canaries.assign(canary_count, CanarySpec{1.0 / 3, CanaryLayer::recipient});
        held.assign(canary_count, BitRow(copies));
        for (std::uint32_t j = 0; j < copies; ++j) {
            CopySpec s{j / copies_each, rows, 0, rows, canary_count};
            for (std::uint32_t k = 0; k < canary_count; ++k) {
                const bool in = j % copies_each != 0 ? held[k].has(j - 1) : r.below(3) == 0;
                if (!in) continue;
                held[k].set(j);
                ++s.canaries_held;
            }
            specs.push_back(s);
            row_of.emplace_back(rows);
            std::iota(row_of.back().begin(), row_of.back().end(), 0U);
            for (std::size_t i = rows; i > 1; --i) std::swap(row_of.back()[i - 1], row_of.back()[r.below(i)]);
        }
    }
    std::vector<std::uint32_t> rows_of(std::uint32_t entry) const {
        std::vector<std::uint32_t> out;
        for (const auto& copy : row_of) out.push_back(copy[entry]);
        return out;
    }
};

bool same_bytes(const CopyScore& a, const CopyScore& b) {
    return std::bit_cast<std::uint64_t>(a.log10_e) == std::bit_cast<std::uint64_t>(b.log10_e) &&
           a.canaries == b.canaries && a.row_order == b.row_order &&
           a.natural_log10_lr == b.natural_log10_lr && a.member_hits == b.member_hits &&
           a.canary_hits == b.canary_hits;
}

TEST_CASE("the mean of the canary bet over all coins of an innocent copy is exactly one") {
    const std::vector<double> p{.1, 1 / 2.718281828459045, .8};
    double mean = 0;
    for (unsigned coins = 0; coins < 8; ++coins) {
        CoinBet bet;
        double probability = 1;
        for (std::size_t k = 0; k < 3; ++k) {
            const bool held = (coins >> k & 1U) != 0;
            bet.add(coin_factors(p[k]), held);
            probability *= held ? p[k] : 1 - p[k];
        }
        mean += probability * std::exp(bet.log_e());
    }
    CHECK(mean == doctest::Approx(1).epsilon(1e-12));
}

TEST_CASE("the canary bet is the mean of the design's formula over its grid") {
    CoinBet bet;
    const double p = .3;
    bet.add(coin_factors(p), true);
    bet.add(coin_factors(p), true);
    bet.add(coin_factors(p), false);
    double mean = 0;
    for (const double s : kCoinShares) {
        const double theta = p + s * (1 - p);
        mean += std::pow(theta / p, 2) * (1 - theta) / (1 - p) / static_cast<double>(kCoinShares.size());
    }
    CHECK(std::exp(bet.log_e()) == doctest::Approx(mean).epsilon(1e-12));
}

// The mean of e over all ways in which a copy can hold `held` of so many canaries; a bit each.
template <class E>
double mean_over_choices(std::uint32_t held, std::uint32_t offered, const E& e) {
    double sum = 0;
    double choices = 0;
    for (std::uint32_t choice = 0; choice < (1U << offered); ++choice) {
        if (static_cast<std::uint32_t>(std::popcount(choice)) != held) continue;
        sum += e(choice);
        ++choices;
    }
    return sum / choices;
}

TEST_CASE("given how many canaries a copy holds, the mean of the bet over all choices is exactly one") {
    constexpr std::uint32_t offered = 7;
    for (std::uint32_t held = 0; held <= offered; ++held) {
        CAPTURE(held);
        const double mean = mean_over_choices(held, offered, [&](std::uint32_t choice) {
            CoinBet bet;
            CoinsLeft left{held, offered};
            for (std::uint32_t k = 0; k < 5; ++k) {  // five of the seven are hit
                const bool x = (choice >> k & 1U) != 0;
                bet.add(left, x);
                --left.offered;
                left.held -= x ? 1 : 0;
            }
            return std::exp(bet.log_e());
        });
        CHECK(mean == doctest::Approx(1).epsilon(1e-12));
    }
}

TEST_CASE("so it is with canaries withdrawn for what was hit so far") {
    constexpr std::uint32_t offered = 7;
    for (std::uint32_t held = 0; held <= offered; ++held) {
        CAPTURE(held);
        const double mean = mean_over_choices(held, offered, [&](std::uint32_t choice) {
            Attribution a({{0, 10, held, 0, offered}}, std::vector<CanarySpec>(offered), 10);
            const auto row = [&](std::uint32_t k) {
                BitRow out(1);
                if ((choice >> k & 1U) != 0) out.set(0);
                return out;
            };
            const auto hit = [&](std::uint32_t k) {
                const BitRow holders = row(k);
                a.add({k, holders, {}, {}});
            };
            hit(0);
            hit(1);
            const std::uint32_t gone = (choice & 3U) == 3 ? 6 : 2;
            a.withdraw(gone, row(gone), {});
            for (std::uint32_t k = 2; k < offered; ++k) hit(k);  // that of the one withdrawn is ignored
            CHECK(a.ignored() == 1);
            return std::pow(10, a.score(0).log10_e);
        });
        CHECK(mean == doctest::Approx(1).epsilon(1e-12));
    }
}

TEST_CASE(
    "hits of before a copy was given out say nothing of it, and leave the canaries to the earlier one") {
    const std::vector<CopySpec> specs{{0, 10, 6, 20, 20}, {0, 10, 6, 20, 20}, {1, 10, 6, 20, 20}};
    Attribution a(specs, std::vector<CanarySpec>(20), 10);
    BitRow holders(3);
    holders.set(0);
    holders.set(1);
    BitRow there(3);
    there.set(0);
    there.set(2);
    const std::vector<std::uint32_t> rows{3, 4, 5};
    for (std::uint32_t k = 0; k < 4; ++k) a.add({k, holders, {}, rows, there});
    a.add({kNoCanary, holders, {}, rows, there});
    CHECK(a.score(0).canaries > 1);
    CHECK(a.score(0).shared_canaries == 0);
    CHECK(a.score(0).member_hits == 1);
    CHECK(a.score(1).log10_e == 0);
    CHECK(a.score(1).natural_log10_lr == 0);
    CHECK(a.score(1).row_hits == 0);
    CHECK(a.log_source_mixed(1) == 0);
    CHECK(a.score(2).log10_e < 0);
    const double before = a.score(0).log10_e;
    a.add({4, holders, {}, {}});
    CHECK(a.score(0).log10_e == before);
    CHECK(a.score(0).shared_canaries > 0);
    CHECK(a.score(1).shared_canaries > 0);
}

TEST_CASE("of two copies that hold the same hit canaries, the one that holds fewer others comes first") {
    std::vector<CanarySpec> canaries(20);
    Attribution a({{0, 10, 5, 0, 20}, {1, 10, 12, 0, 20}, {2, 10, 5, 0, 0}, {3, 10, 12, 0, 0}}, canaries, 10);
    BitRow all(4);
    for (std::size_t j = 0; j < 4; ++j) all.set(j);
    for (std::uint32_t k = 0; k < 4; ++k) a.add({k, all, all, {}});
    CHECK(a.score(0).log10_e > a.score(1).log10_e + 1);
    CHECK(a.score(2).log10_e == a.score(3).log10_e);  // it is not said how many coins were thrown
}

TEST_CASE("a copy that is dialled is named by canaries and row order, and no other") {
    Random r{7};
    const World w(r, 50, 2'000, 120);
    Attribution a(w.specs, w.canaries, 2'000);
    std::uint32_t canary = 0;
    for (std::uint32_t t = 0; t < 40; ++t) {
        const auto at = std::find(w.row_of[3].begin(), w.row_of[3].end(), t * 20);
        const auto entry = static_cast<std::uint32_t>(at - w.row_of[3].begin());
        const auto rows = w.rows_of(entry);
        a.add({kNoCanary, {}, {}, rows});
        while (canary < 120 && t % 4 == 0 && !w.held[canary].has(3)) ++canary;
        if (canary < 120 && t % 4 == 0) {
            a.add({canary, w.held[canary], {}, {}});
            ++canary;
        }
    }
    std::vector<double> e;
    for (const CopyScore& s : a.scores()) e.push_back(s.log10_e);
    const auto named = name_family_wise(e, .01);
    for (std::size_t j = 0; j < named.size(); ++j) CHECK(named[j] == (j == 3 ? 1 : 0));
    const CopyScore s = a.score(3);
    CHECK(s.canaries > 3);
    CHECK(s.row_order > 20);
    CHECK(s.log10_e == doctest::Approx(s.canaries + s.row_order));
    CHECK(s.natural_log10_lr == doctest::Approx(0));  // every copy holds everybody
    CHECK(confidence_set(a, .05)[3] == 1);
}

TEST_CASE("shared canaries speak against the recipient, own ones against the copy") {
    Random r{9};
    World w(r, 12, 50, 60, 3);
    // Twelve canaries more, with a coin for each copy.
    for (std::uint32_t k = 60; k < 72; ++k) {
        w.canaries.push_back({1.0 / 3, CanaryLayer::copy});
        w.held.emplace_back(12);
        for (std::uint32_t j = 0; j < 12; ++j) {
            if (j == 4 ? k % 2 == 0 : r.below(3) == 0) w.held.back().set(j);
        }
    }
    for (CopySpec& s : w.specs) s.rows = s.canaries_offered = 0;
    Attribution a(w.specs, w.canaries, 50);
    for (std::uint32_t k = 0; k < 60; ++k) {
        if (w.held[k].has(4)) a.add({k, w.held[k], {}, {}});
    }
    // Its recipient stands out; none of its copies does.
    for (std::size_t j = 3; j < 6; ++j) {
        CHECK(a.score(j).log10_e == 0);
        CHECK(a.score(j).shared_canaries > 5);
    }
    const auto recipients = a.recipients();
    REQUIRE(recipients.size() == 4);
    CHECK(recipients[1].log10_e > 5);
    CHECK(recipients[1].copies == std::vector<std::uint32_t>{3, 4, 5});
    CHECK(recipients[0].log10_e < 0);
    const auto classes = outcome_classes(a);
    CHECK(classes[3] == classes[4]);
    CHECK(classes[4] == classes[5]);
    CHECK(classes[2] != classes[3]);
    // What would separate them: an own canary, not a shared one.
    std::vector<Bits> candidates;
    for (const BitRow& b : w.held) candidates.push_back(b);
    const std::vector<std::uint32_t> alike{3, 4, 5};
    const auto next = separating(alike, candidates);
    REQUIRE(next);
    CHECK(*next >= 60);
    CHECK_FALSE(separating(alike, std::span(candidates).first(60)));
    for (std::uint32_t k = 60; k < 72; k += 2) a.add({k, w.held[k], {}, {}});
    CHECK(a.score(4).log10_e > a.score(3).log10_e);
    CHECK(outcome_classes(a)[3] != outcome_classes(a)[4]);
}

TEST_CASE("a canary counts once; unknown ones and those of no copy are counted apart") {
    std::vector<CanarySpec> canaries(6);
    canaries[4].layer = CanaryLayer::control;
    canaries[5].layer = CanaryLayer::master;
    Attribution a({{0, 10, 3, 0}, {1, 10, 3, 0}}, canaries, 10);
    BitRow first(2);
    first.set(0);
    a.add({0, first, {}, {}});
    const double once = a.score(0).log10_e;
    a.add({0, first, {}, {}});
    a.add({99, first, {}, {}});
    a.add({4, {}, {}, {}});
    a.add({5, {}, {}, {}});
    CHECK(a.score(0).log10_e == once);
    CHECK(once == doctest::Approx(.1884).epsilon(.5));
    CHECK(a.ignored() == 2);
    CHECK(a.canary_hits() == 1);
    CHECK(a.control_hits() == 1);
    CHECK(a.master_hits() == 1);
}

TEST_CASE("a coin that was never thrown for a copy says nothing about it") {
    Attribution a({{0, 10, 0, 0}, {1, 10, 1, 0}}, std::vector<CanarySpec>(2), 10);
    BitRow second(2);
    second.set(1);
    a.add({0, second, second, {}});
    CHECK(a.score(0).log10_e == 0);
    CHECK(a.score(1).log10_e > 0);
}

TEST_CASE(
    "canaries of the master that ring oftener than those never given out are seen, equal rates are not") {
    std::vector<CanarySpec> canaries(60);
    for (std::size_t k = 20; k < 40; ++k) canaries[k].layer = CanaryLayer::master;
    for (std::size_t k = 40; k < 60; ++k) canaries[k].layer = CanaryLayer::control;
    Attribution above({{0, 10, 10, 0}}, canaries, 10);
    for (std::uint32_t k = 20; k < 38; ++k) above.add({k, {}, {}, {}});
    CHECK(above.log10_master_against_control() > 3);
    CHECK(above.log10_planted_against_control() == doctest::Approx(0));
    Attribution chance({{0, 10, 10, 0}}, canaries, 10);
    for (std::uint32_t k = 0; k < 60; k += 2) chance.add({(k * 23) % 60, {}, {}, {}});
    CHECK(chance.log10_master_against_control() < 0);
    CHECK(chance.log10_planted_against_control() < 0);
}

TEST_CASE("threads and batches do not change a byte") {
    Random r{21};
    const World w(r, 700, 400, 30);
    std::vector<std::vector<std::uint32_t>> rows;
    std::vector<Observation> hits;
    for (std::uint32_t t = 0; t < 60; ++t) rows.push_back(w.rows_of((t * 7) % 400));
    for (std::uint32_t t = 0; t < 60; ++t) {
        hits.push_back({kNoCanary, {}, {}, rows[t]});
        if (t % 2 == 0) hits.push_back({t / 2, w.held[t / 2], {}, {}});
    }
    Attribution one(w.specs, w.canaries, 400, 1);
    Attribution four(w.specs, w.canaries, 400, 4);
    Attribution watched(w.specs, w.canaries, 400, 2);
    one.add(hits);
    four.add(hits);
    for (const Observation& h : hits) watched.add(h);
    for (std::size_t j = 0; j < 700; ++j) {
        CHECK(same_bytes(one.score(j), four.score(j)));
        CHECK(same_bytes(one.score(j), watched.score(j)));
        CHECK(one.outcome_class(j) == watched.outcome_class(j));
    }
}

TEST_CASE("anything that is fed in gives finite evidence") {
    CHECK(rc::check([] {
        const std::uint32_t copies = *rc::gen::inRange(0U, 70U);
        const std::uint32_t canary_count = *rc::gen::inRange(0U, 12U);
        std::vector<CopySpec> specs;
        for (std::uint32_t j = 0; j < copies; ++j) {
            specs.push_back({*rc::gen::inRange(0U, 4U), *rc::gen::inRange<std::uint64_t>(0, 30),
                             *rc::gen::inRange(0U, 9U), *rc::gen::inRange(0U, 9U),
                             *rc::gen::inRange(0U, 12U)});
        }
        std::vector<CanarySpec> canaries;
        for (std::uint32_t k = 0; k < canary_count; ++k) {
            const double p = *rc::gen::element(-1.0, 0.0, 1e-300, .2, .5, 1.0, 7.0, std::nan(""), INFINITY);
            canaries.push_back({p, static_cast<CanaryLayer>(*rc::gen::inRange(0, 4))});
        }
        Attribution a(specs, canaries, *rc::gen::inRange<std::uint64_t>(0, 30));
        for (int t = 0; t < 30; ++t) {
            std::vector<std::uint64_t> bits;
            for (std::size_t i = *rc::gen::inRange<std::size_t>(0, 3); i > 0; --i) {
                bits.push_back(*rc::gen::arbitrary<std::uint64_t>());
            }
            std::vector<std::uint32_t> rows;
            for (std::size_t i = *rc::gen::inRange<std::size_t>(0, 80); i > 0; --i) {
                rows.push_back(*rc::gen::oneOf(rc::gen::inRange(0U, 9U), rc::gen::just(kNoRow)));
            }
            const std::uint32_t canary = *rc::gen::oneOf(rc::gen::inRange(0U, 14U), rc::gen::just(kNoCanary));
            a.add({canary, bits, {}, rows});
        }
        const auto scores = a.scores();
        for (const CopyScore& s : scores) {
            RC_ASSERT(std::isfinite(s.log10_e) && std::isfinite(s.natural_log10_lr));
            RC_ASSERT(std::isfinite(s.canaries) && std::isfinite(s.shared_canaries));
        }
        for (const RecipientScore& s : a.recipients()) RC_ASSERT(std::isfinite(s.log10_e));
        RC_ASSERT(std::isfinite(a.log10_master_against_control()));
        const Posterior p = posterior(scores);
        double sum = p.none;
        for (const double x : p.copy) sum += x;
        RC_ASSERT(std::abs(sum - 1) < 1e-9 || copies == 0);
        RC_ASSERT(confidence_set(a, .05).size() == copies);
        RC_ASSERT(outcome_classes(a).size() == copies);
    }));
}

}  // namespace
}  // namespace sendh::attribution
