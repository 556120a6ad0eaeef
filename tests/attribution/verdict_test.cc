#include "attribution/verdict.h"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "attribution/power.h"

namespace sendh::attribution {
namespace {

bool says(const std::vector<Reason>& reasons, Code code) {
    return std::any_of(reasons.begin(), reasons.end(), [&](const Reason& r) { return r.code == code; });
}

NaturalEvidence evidence(double log10_e, double gamma) {
    NaturalEvidence n;
    n.members = 1'000;
    n.others = 9'000;
    n.members_hit = 80;
    n.others_hit = 20;
    n.mixed_strata = 100;
    n.hits_counted = n.informative_hits = 100;
    n.log10_e = n.max_log10_e = log10_e;
    n.attainable_log10_e = 90;
    n.gamma_star = gamma;
    return n;
}

RivalEvidence behind(double log10_ratio) { return {RivalKind::sweep, 0, log10_ratio, {}}; }

// Members scattered, strata of 100; `hits` of the register and every fifth from anywhere.
Investigation leaked(std::uint32_t hits) {
    Field f;
    for (std::uint32_t i = 0; i < 20'000; ++i) {
        f.stratum.push_back(i / 100);
        f.member.push_back(i * 2'654'435'761U % 100 < 3 ? 1 : 0);
    }
    std::vector<Hit> out;
    for (std::uint32_t i = 0; out.size() < hits; ++i) {
        const std::uint32_t item = i * 7'919U % 20'000;
        if (f.member[item] != 0 || i % 200 == 3) out.push_back({i * 2'000'000LL, item});
    }
    return investigate(f, out);
}

TEST_CASE("each threshold opens its level") {
    const std::vector<RivalEvidence> far{behind(-30)};
    CHECK(judge(evidence(1.2, 1), far).level == Level::no_evidence);
    CHECK(judge(evidence(1.31, 1), far).level == Level::indicated);
    CHECK(judge(evidence(3.01, 1.2), far).level == Level::strong);
    CHECK(judge(evidence(6.01, 1.9), far).level == Level::strong);
    CHECK(judge(evidence(6.01, 2), far).level == Level::very_strong);
    CHECK(judge(evidence(6.01, 2), far, {}, 2).level == Level::strong);
    CHECK(judge(evidence(6.01, 2), std::vector{behind(-1.5)}).level == Level::strong);
    CHECK(name(Level::very_strong) == "very_strong");
    CHECK(name(Code::need_marked_copies) == "need_marked_copies");
    CHECK(name(Code::population_misses_members) == "population_misses_members");
}

TEST_CASE("a rival within twenty withholds any claim and says which") {
    const std::vector<RivalEvidence> rivals{behind(-30), {RivalKind::list, 0, -1.2, {}}};
    const Verdict v = judge(evidence(50, 9), rivals);
    CHECK(v.level == Level::cannot_tell);
    REQUIRE(says(v.reasons, Code::rival_explains));
    for (const Reason& r : v.reasons) {
        if (r.code == Code::rival_explains) CHECK(r.index == 1);
    }
    CHECK(says(v.needs, Code::need_hits_off_rival));
}

TEST_CASE("without a population nothing can be told, and the answers needed are counted") {
    Field f{{0, 0, 0, 0}, {1, 1, 1, 1}};
    const std::vector<Hit> hits{{0, 0}, {5'000'000, 1}, {9'000'000, 2}};
    const Verdict v = investigate(f, hits).verdict;
    CHECK(v.level == Level::cannot_tell);
    CHECK(says(v.reasons, Code::no_population));
    CHECK(says(v.needs, Code::need_other_numbers));
    CHECK(investigate({}, {}).verdict.level == Level::cannot_tell);
    CHECK(says(investigate({{0}, {0}}, {}).verdict.reasons, Code::no_members));
    CHECK(says(investigate({{0, 1}, {0, 1}}, {}).verdict.reasons, Code::no_mixed_strata));
}

TEST_CASE("too few hits to reach the lowest level is not the same as no evidence") {
    const Verdict v = leaked(1).verdict;
    CHECK(v.level == Level::cannot_tell);
    CHECK(says(v.reasons, Code::too_few_hits));
}

TEST_CASE("the level follows the evidence of today, not the greatest ever") {
    NaturalEvidence n = evidence(.5, 0);
    n.max_log10_e = 12;
    CHECK(judge(n, {}).level == Level::no_evidence);
}

TEST_CASE("a scattered register that was dialled is very strong, and the bytes are the same again") {
    const Investigation a = leaked(60);
    CHECK(a.verdict.level == Level::very_strong);
    const Investigation b = leaked(60);
    CHECK(a.verdict.log10_e == b.verdict.log10_e);
    CHECK(a.verdict.reasons == b.verdict.reasons);
}

TEST_CASE("one contiguous official run that was swept is never claimed") {
    for (std::uint32_t first = 3'000; first < 3'100; first += 17) {
        Field f;
        std::vector<Hit> hits;
        for (std::uint32_t i = 0; i < 10'000; ++i) {
            const bool official = i >= first && i < first + 555;
            f.stratum.push_back(i / 100);
            f.member.push_back(official ? 1 : 0);
            if (official) hits.push_back({i * 5'000'000LL, i});
        }
        const Verdict v = investigate(f, hits).verdict;
        CHECK(v.level == Level::cannot_tell);
        std::reverse(hits.begin(), hits.end());
        for (Hit& h : hits) h.time_us = -h.time_us;
        CHECK(investigate(f, hits).verdict.level == Level::cannot_tell);
    }
}

TEST_CASE("what the population does not show is said") {
    const Verdict v = judge(evidence(8, 3), std::vector{behind(-30)}, {}, 0, {2'000, 100});
    CHECK(says(v.reasons, Code::population_misses_members));
    CHECK(says(v.reasons, Code::hits_outside_population));
}

TEST_CASE("any evidence gives finite reasons") {
    CHECK(rc::check([] {
        Field f;
        const std::uint32_t items = *rc::gen::inRange<std::uint32_t>(0, 50);
        for (std::uint32_t i = 0; i < items; ++i) {
            f.stratum.push_back(i / 10);
            f.member.push_back(*rc::gen::inRange<std::uint8_t>(0, 2));
        }
        std::vector<Hit> hits;
        const int n = *rc::gen::inRange(0, 40);
        for (int i = 0; i < n; ++i)
            hits.push_back({i * 2'000'000LL, *rc::gen::inRange<std::uint32_t>(0, 50)});
        Thresholds t;
        t.indicated = *rc::gen::element(20.0, 0.0, -1.0, std::nan(""), 1e300);
        const Verdict v = investigate(f, hits, {}, {}, t, *rc::gen::element(0.0, 3.0, -1.0, 1e9)).verdict;
        for (const Reason& r : v.reasons) RC_ASSERT(std::isfinite(r.value) && std::isfinite(r.limit));
        for (const Reason& r : v.needs) RC_ASSERT(std::isfinite(r.value) && std::isfinite(r.limit));
    }));
}

TEST_CASE("the number of control answers is just enough") {
    const ControlsNeeded few = controls_needed({40, 30, 0}, 20);
    REQUIRE(few.reachable);
    CHECK(log10_batch_e(40, 30, few.controls, 0) >= std::log10(20));
    CHECK(log10_batch_e(40, 30, few.controls - 1, 0) < std::log10(20));
    const ControlsNeeded more = controls_needed({40, 30, .1}, 1000);
    REQUIRE(more.reachable);
    CHECK(more.controls > few.controls);
    CHECK(more.log10_e >= 3);
    CHECK_FALSE(controls_needed({40, 0, 0}, 20).reachable);
    CHECK_FALSE(controls_needed({40, 30, 1}, 20).reachable);
}

TEST_CASE("the number of hits needed grows with the level and falls with the odds") {
    const HitsNeeded a = hits_needed({3, 97, 50}, 20);
    const HitsNeeded b = hits_needed({3, 97, 50}, 1e6);
    const HitsNeeded c = hits_needed({3, 97, 5}, 20);
    REQUIRE((a.reachable && b.reachable && c.reachable));
    CHECK(a.hits < b.hits);
    CHECK(a.hits < c.hits);
    CHECK(a.hits <= a.hits_likely);
    CHECK_FALSE(hits_needed({3, 97, 1}, 20).reachable);
    CHECK(std::isfinite(static_cast<double>(hits_needed({-1, std::nan(""), 0}, -5).hits)));
}

}  // namespace
}  // namespace sendh::attribution
