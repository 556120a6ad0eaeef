#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <limits>
#include <numeric>
#include <random>

#include "detect/made_calls.h"

using namespace made;

namespace {

// n unanswered calls of one CLI to n people, one every `hours`.
void dial(Calls& calls, ParsedNumber cli, int n, double hours, std::uint64_t first_callee = 1000) {
    for (int i = 0; i < n; ++i) {
        calls.add(cli, mobile(first_callee + static_cast<std::uint64_t>(i)), i * hours);
    }
}

// People who know each other: 50 CLIs, 6 calls each to two people, as they talk in the world at hand.
void acquaintances(Calls& calls, int seconds) {
    for (std::uint64_t cli = 0; cli < 50; ++cli) {
        for (std::uint64_t i = 0; i < 6; ++i) {
            calls.talk(foreign(50'000'000 + cli * 1000), mobile(500'000 + cli * 2 + i % 2),
                       double(cli) + 30 * double(i), i < 3 ? seconds : 200);
        }
    }
}

}  // namespace

TEST_CASE("cold_calls: five different callees without an answer, four are not enough") {
    for (const int n : {4, 5}) {
        Calls calls;
        dial(calls, foreign(1), n, 50);
        const Judgement j = calls.last();
        CHECK(j.verdict == (n == 5 ? Verdict::fake : Verdict::ordinary));
        CHECK(has(j, "cold_calls") == (n == 5));
        if (n == 5) {
            CHECK(j.style == "fan_out");
            CHECK(hit(j, "cold_calls")->value == 5);
            CHECK(hit(j, "cold_calls")->threshold == 5);
        }
    }
}

TEST_CASE("cold_calls: talks speak against it, and what counts as little is relative") {
    const auto verdict = [](int talks, int others_talk) {
        Calls calls;
        acquaintances(calls, others_talk);
        for (int i = 0; i < 10; ++i) {
            calls.talk(foreign(1), mobile(1000 + static_cast<std::uint64_t>(i)), 20 * i, i < talks ? 60 : 5);
        }
        return calls.last().verdict;
    };
    // Others: half brief, half long: 1/3. Needed: .33 + .3 * .67 = .53.
    CHECK(verdict(4, 5) == Verdict::fake);
    CHECK(verdict(5, 5) == Verdict::ordinary);
    // Others never brief: the floor of .5 holds.
    CHECK(verdict(5, 200) == Verdict::fake);
    CHECK(verdict(6, 200) == Verdict::ordinary);
}

TEST_CASE(
    "cold_calls: a redial or an answered call back below ten callees clears, an unanswered one does not") {
    Calls redial;
    dial(redial, foreign(1), 6, 30);
    redial.add(foreign(1), mobile(1000), 500);
    CHECK(redial.last().verdict == Verdict::ordinary);

    Calls back;
    dial(back, foreign(1), 6, 30);
    back.call_back(foreign(1), mobile(1003), 400);
    dial(back, foreign(1), 1, 30);
    back.rows.back() = back.rows.front();
    const auto judgements = back.judge();
    CHECK(judgements.front().verdict == Verdict::ordinary);
    CHECK(has(judgements.front(), "called_back"));

    Calls missed;
    dial(missed, foreign(1), 6, 30);
    missed.call_back(foreign(1), mobile(1003), 400, 0);
    CHECK(missed.judge().front().verdict == Verdict::fake);
}

TEST_CASE("a call to the CLI before it ever called is an acquaintance, too") {
    Calls calls;
    calls.call_back(foreign(1), mobile(1003), -10);
    dial(calls, foreign(1), 6, 30);
    CHECK(calls.last().verdict == Verdict::ordinary);
}

TEST_CASE("who calls back a spoofed national CLI reaches its owner: that clears nothing") {
    Calls calls;
    dial(calls, mobile(9), 15, 1);
    for (std::uint64_t i = 0; i < 5; ++i) calls.call_back(mobile(9), mobile(1000 + i), 20 + double(i));
    CHECK(calls.judge().front().verdict == Verdict::fake);
}

TEST_CASE("one call twice in the data over its legs is no redial") {
    Calls calls;
    dial(calls, foreign(1), 6, 30);
    for (int i = 0; i < 6; ++i) {
        CallRow leg = calls.rows[static_cast<std::size_t>(i)];
        leg.time.value += micros_per_second;
        calls.rows.push_back(leg);
    }
    CHECK(calls.last().verdict == Verdict::fake);
    CHECK(hit(calls.last(), "cold_calls")->value == 6);
    for (std::size_t i = 6; i < 12; ++i) calls.rows[i].time.value += 4 * micros_per_hour;
    CHECK(calls.last().verdict == Verdict::ordinary);
}

TEST_CASE("who tries again soon after not getting through makes no acquaintance") {
    Calls calls;
    dial(calls, foreign(1), 20, 1);
    for (std::size_t i = 0; i < 20; ++i) {
        CallRow again = calls.rows[i];
        again.time.value += micros_per_hour / 2;
        calls.rows.push_back(again);
    }
    std::sort(calls.rows.begin(), calls.rows.end(),
              [](const CallRow& a, const CallRow& b) { return a.time < b.time; });
    CHECK(calls.last().verdict == Verdict::fake);
}

TEST_CASE("mass_dialling: fifty people in a day, however long they talk") {
    const auto verdict = [](int n) {
        Calls calls;
        for (int i = 0; i < n; ++i)
            calls.talk(foreign(1), mobile(1000 + static_cast<std::uint64_t>(i)), i * 0.3, 90);
        return calls.last();
    };
    CHECK(has(verdict(50), "mass_dialling"));
    CHECK(verdict(50).verdict == Verdict::fake);
    CHECK(verdict(49).verdict == Verdict::ordinary);
}

TEST_CASE("an outgoing leg of a gateway is judged when it brings a call from abroad to a national number") {
    Calls calls;
    dial(calls, foreign(1), 20, 1);
    for (CallRow& row : calls.rows) row.direction = Direction::outgoing;
    CHECK(calls.last().verdict == Verdict::fake);
}

TEST_CASE("fan_out: fifteen calls in five days even when nobody knows how they ended") {
    const auto verdict = [](int n, double hours) {
        Calls calls;
        for (int i = 0; i < n; ++i) {
            CallRow& row = calls.add(foreign(1), mobile(1000 + static_cast<std::uint64_t>(i)), i * hours);
            row.duration = -1;
            row.disposition = Disposition::unknown;
        }
        return calls.last();
    };
    CHECK(has(verdict(15, 1), "fan_out"));
    CHECK(verdict(15, 1).verdict == Verdict::fake);
    CHECK(verdict(14, 1).verdict == Verdict::ordinary);
    CHECK(verdict(15, 24).verdict == Verdict::ordinary);
}

TEST_CASE("fan_out: a business that dials like this, but talks, is ordinary") {
    Calls calls;
    for (int i = 0; i < 60; ++i) {
        calls.talk(foreign(1), mobile(1000 + static_cast<std::uint64_t>(i)), i, i % 3 == 0 ? 0 : 90);
    }
    CHECK(fakes(calls.judge()) == 0);
}

TEST_CASE("fan-out rules look at calls from abroad only") {
    Calls domestic;
    for (int i = 0; i < 100; ++i)
        domestic.add(mobile(9), mobile(1000 + static_cast<std::uint64_t>(i)), i, "D1");
    for (int i = 0; i < 100; ++i)
        domestic.add(mobile(8), mobile(1000 + static_cast<std::uint64_t>(i)), i, "");
    CHECK(fakes(domestic.judge()) == 0);

    // A spoofed national CLI that fans out is fake without roaming data; its owner's calls at home are not.
    Calls spoofed;
    dial(spoofed, mobile(9), 15, 1);
    CHECK(spoofed.last().verdict == Verdict::fake);
    CHECK(has(spoofed.last(), "fan_out"));
    CHECK(has(spoofed.last(), "national_from_abroad"));
    spoofed.add(mobile(9), mobile(1), 60, "D1");
    CHECK(spoofed.last().verdict == Verdict::ordinary);

    // Low and slow needs more than a few calls of a person on holiday.
    Calls holiday;
    dial(holiday, mobile(9), 14, 1);
    CHECK(holiday.last().verdict == Verdict::undecidable);
}

TEST_CASE("family abroad is ordinary: the same people again and again") {
    Calls calls;
    for (int i = 0; i < 9; ++i)
        calls.add(foreign(1), mobile(i < 7 ? static_cast<std::uint64_t>(i) : 0), 10 * i);
    const Judgement j = calls.last();
    CHECK(j.verdict == Verdict::ordinary);
    CHECK(hit(j, "repeat_callees")->value == doctest::Approx(7.0 / 9));
    CHECK(hit(j, "repeat_callees")->threshold == doctest::Approx(0.85));
    calls.rows.erase(calls.rows.begin());
    CHECK_FALSE(has(calls.last(), "repeat_callees"));  // eight calls
}

TEST_CASE("one_ring: more than 49 callees in 24 hours, mostly without an answer") {
    const auto judgement = [](int n, double hours, int answered) {
        Calls calls;
        dial(calls, foreign(1), n, hours);
        for (int i = 0; i < answered; ++i) {
            CallRow& row = calls.rows[static_cast<std::size_t>(i)];
            row.duration = 200;
            row.disposition = Disposition::answered;
        }
        return calls.last();
    };
    CHECK(hit(judgement(50, 0.1, 0), "one_ring")->value == 50);
    CHECK(judgement(50, 0.1, 0).style == "one_ring");
    CHECK_FALSE(has(judgement(49, 0.1, 0), "one_ring"));
    CHECK_FALSE(has(judgement(50, 0.5, 0), "one_ring"));  // 49 in 24 h
    CHECK(has(judgement(50, 0.1, 10), "one_ring"));
    CHECK_FALSE(has(judgement(50, 0.1, 11), "one_ring"));
}

TEST_CASE("one_ring lives on call backs: they do not clear it, repeats do") {
    Calls calls;
    dial(calls, foreign(1), 60, 0.1);
    for (std::uint64_t i = 0; i < 10; ++i) calls.call_back(foreign(1), mobile(1000 + i), 30 + double(i));
    const Judgement j = calls.judge().front();
    CHECK(j.verdict == Verdict::fake);
    CHECK(j.style == "one_ring");
    CHECK(has(j, "called_back"));
    dial(calls, foreign(1), 60, 0.1);
    for (std::size_t i = 70; i < 130; ++i) calls.rows[i].time.value += 48 * micros_per_hour;
    const Judgement repeated = calls.judge().front();
    CHECK(has(repeated, "one_ring"));
    CHECK(has(repeated, "repeat_callees"));
    CHECK(repeated.verdict == Verdict::ordinary);
}

TEST_CASE("hard rules are not cancelled by innocent habits") {
    Calls calls;
    for (int i = 0; i < 20; ++i) calls.add({mobile(9).number, NumberClass::fixed}, mobile(1), 5 * i);
    const Judgement j = calls.last();
    CHECK(has(j, "repeat_callees"));
    CHECK(j.verdict == Verdict::fake);
}

TEST_CASE("range_fan_out: CLIs of one range that take turns; acquaintances among them stay ordinary") {
    const auto world = [](int clis, bool same_range) {
        Calls calls;
        for (int i = 0; i < clis; ++i) {
            const auto n = static_cast<std::uint64_t>(i);
            for (std::uint64_t k = 0; k < 3; ++k) {
                calls.add(foreign(same_range ? n : n * 1000), mobile(1000 + n * 3 + k), 12.0 * i + double(k));
            }
        }
        for (int i = 0; i < 4; ++i) calls.talk(foreign(900), mobile(1), 30 * i, 200);
        return calls.judge();
    };
    const auto five = world(5, true);
    CHECK(fakes(five) == 15);
    CHECK(hit(five.front(), "range_fan_out")->value == 15);
    CHECK(five.front().style == "fan_out");
    CHECK(five.back().verdict == Verdict::ordinary);
    CHECK(fakes(world(4, true)) == 0);
    CHECK(fakes(world(20, false)) == 0);
}

TEST_CASE("range_fan_out: who talks in a range where somebody else dials is ordinary") {
    Calls calls;
    for (std::uint64_t i = 0; i < 30; ++i) calls.add(foreign(i), mobile(1000 + i), double(i));
    for (std::uint64_t i = 0; i < 8; ++i) calls.talk(foreign(800), mobile(2000 + i), 10 * double(i), 60);
    calls.talk(foreign(900), mobile(3000), 5, 300);
    const auto judgements = calls.judge();
    CHECK(fakes(judgements) == 30);
    CHECK(judgements[29].verdict == Verdict::fake);
}

TEST_CASE("range_fan_out: a busy range of people who talk is ordinary") {
    Calls calls;
    for (std::uint64_t i = 0; i < 200; ++i) {
        calls.talk(foreign(i), mobile(1000 + i), double(i), i % 2 == 0 ? 0 : 150);
    }
    CHECK(fakes(calls.judge()) == 0);
}

TEST_CASE("callee_flood: five CLIs from abroad within five seconds") {
    const auto count = [](int clis, double last_second, NumberClass callee = NumberClass::mobile,
                          const char* trunk = "T9") {
        Calls calls;
        for (int i = 0; i < clis; ++i) {
            const double second = i + 1 == clis ? last_second : 1;
            calls.add(foreign(static_cast<std::uint64_t>(i) * 1000), {mobile(1).number, callee},
                      second / 3600, trunk);
        }
        calls.add(foreign(77'000), {mobile(1).number, callee}, 1);  // an hour later
        const auto judgements = calls.judge();
        CHECK(judgements.back().verdict == Verdict::ordinary);
        return fakes(judgements);
    };
    CHECK(count(5, 5.5) == 5);
    CHECK(count(5, 6.5) == 0);
    CHECK(count(4, 2) == 0);
    CHECK(count(5, 5.5, NumberClass::mobile, "") == 5);
    CHECK(count(5, 5.5, NumberClass::toll_free) == 0);

    Calls same_cli;
    for (int i = 0; i < 8; ++i)
        same_cli.add(foreign(static_cast<std::uint64_t>(i % 2)), mobile(1), i / 3600.0);
    CHECK(fakes(same_cli.judge()) == 0);
}

TEST_CASE("callee_flood: a switchboard is always flooded") {
    Calls calls;
    for (std::uint64_t i = 0; i < 30 * 3600; i += 1) {
        calls.talk(foreign(i * 1000 % 90'000'000), mobile(1), double(i) / 3600, 100);
    }
    CHECK_FALSE(has(calls.last(), "callee_flood"));
}

namespace {

// Small worlds with little room, so that parties meet again.
rc::Gen<CallRow> any_row() {
    return rc::gen::map(
        rc::gen::tuple(rc::gen::inRange(0, number_classes), rc::gen::inRange<std::uint64_t>(0, 12),
                       rc::gen::inRange<std::uint64_t>(0, 12),
                       rc::gen::oneOf(rc::gen::inRange<std::int64_t>(0, 20 * micros_per_second),
                                      rc::gen::inRange<std::int64_t>(0, 20 * micros_per_day),
                                      rc::gen::arbitrary<std::int64_t>()),
                       rc::gen::inRange(-1, 300), rc::gen::inRange(0, 5), rc::gen::inRange(0, 4),
                       rc::gen::inRange(0, 5), rc::gen::arbitrary<bool>()),
        [](const auto& t) {
            constexpr std::array<const char*, 5> trunks = {"", "T9", "D1", "P1", "nowhere"};
            CallRow row;
            const auto cli_class = static_cast<NumberClass>(std::get<0>(t));
            const std::uint64_t n = std::get<1>(t);
            row.cli = cli_class == NumberClass::foreign  ? foreign(n)
                      : cli_class == NumberClass::mobile ? mobile(n)
                      : cli_class == NumberClass::none   ? ParsedNumber{}
                                                       : of_class(cli_class, std::string(n + 1, '1').c_str());
            row.callee = std::get<2>(t) == 11 ? ParsedNumber{} : mobile(std::get<2>(t));
            row.time = {std::get<3>(t)};
            row.duration = std::get<4>(t);
            row.disposition = static_cast<Disposition>(std::get<5>(t));
            row.direction = static_cast<Direction>(std::get<6>(t));
            row.trunk_in = trunks[static_cast<std::size_t>(std::get<7>(t))];
            if (std::get<8>(t)) row.redirect = foreign(99).number;
            return row;
        });
}

bool same(const Judgement& a, const Judgement& b) {
    return a.verdict == b.verdict && a.style == b.style && a.needs == b.needs &&
           std::equal(a.indicators.begin(), a.indicators.end(), b.indicators.begin(), b.indicators.end(),
                      [](const IndicatorHit& x, const IndicatorHit& y) {
                          return x.code == y.code && x.direction == y.direction && x.value == y.value &&
                                 x.threshold == y.threshold;
                      });
}

}  // namespace

TEST_CASE("property: the verdict of a call depends neither on its batch nor on the order of rows") {
    CHECK(rc::check([] {
        const auto rows = *rc::gen::container<std::vector<CallRow>>(any_row());
        const auto seed = *rc::gen::arbitrary<unsigned>();
        Calls calls;
        calls.rows = rows;
        const auto together = calls.judge();

        std::vector<std::size_t> order(rows.size());
        std::iota(order.begin(), order.end(), 0U);
        std::shuffle(order.begin(), order.end(), std::mt19937(seed));
        NameTable names;
        const Judge judge(calls.settings, calls.trunks, calls.roaming, *calls.profiles, names);
        for (const std::size_t i : order) {
            CallBatch alone;
            append(alone, rows[i], names);
            RC_ASSERT(same(judge.judge(alone, 0), together[i]));
        }
    }));
}

TEST_CASE("property: habits do not depend on the order in which rows arrive") {
    CHECK(rc::check([] {
        Calls calls;
        calls.rows = *rc::gen::container<std::vector<CallRow>>(any_row());
        std::vector<std::size_t> order(calls.rows.size());
        std::iota(order.begin(), order.end(), 0U);
        std::shuffle(order.begin(), order.end(), std::mt19937(*rc::gen::arbitrary<unsigned>()));
        Calls shuffled;
        for (const std::size_t i : order) shuffled.rows.push_back(calls.rows[i]);
        const auto judgements = calls.judge();
        const auto others = shuffled.judge();
        for (std::size_t i = 0; i < order.size(); ++i) RC_ASSERT(same(others[i], judgements[order[i]]));
    }));
}

TEST_CASE(
    "property: undecidable says what it needs, ordinary has no style, calls that go abroad are ordinary") {
    CHECK(rc::check([] {
        Calls calls;
        calls.rows = *rc::gen::container<std::vector<CallRow>>(any_row());
        const auto judgements = calls.judge();
        for (std::size_t i = 0; i < judgements.size(); ++i) {
            const Judgement& j = judgements[i];
            RC_ASSERT((j.verdict == Verdict::undecidable) == !j.needs.empty());
            RC_ASSERT((j.verdict == Verdict::ordinary) == j.style.empty());
            const CallRow& row = calls.rows[i];
            if (row.direction == Direction::outgoing && !is_national(row.callee.number_class))
                RC_ASSERT(j.indicators.empty());
        }
    }));
}
