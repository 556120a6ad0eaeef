#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <random>

#include "detect/made_calls.h"

using namespace made;

namespace {

struct Grouped {
    std::vector<Campaign> campaigns;
    std::vector<std::uint32_t> of;  // by call
};

Grouped group(const std::vector<FlaggedCall>& calls, const Settings& settings = {}) {
    CampaignGrouper grouper(settings);
    for (const FlaggedCall& call : calls) grouper.observe(call);
    Grouped out{grouper.finish(), {}};
    for (const FlaggedCall& call : calls) out.of.push_back(grouper.campaign_of(call));
    return out;
}

FlaggedCall from(ParsedNumber cli, double hours, const char* trunk, const char* style,
                 const char* link = "") {
    return {at(hours), cli.number, cli.number_class, mobile(1).number, trunk, style, link};
}
FlaggedCall untimed(const char* style, const char* link = "") {
    FlaggedCall call = from(mobile(2), 0, "", style, link);
    call.time = Micros{};
    return call;
}
bool held(const Campaign& campaign, const std::string& by) {
    return std::find(campaign.held_by.begin(), campaign.held_by.end(), by) != campaign.held_by.end();
}
ParsedNumber in_block(std::uint64_t block, std::uint64_t n) {
    return {PhoneNumber::from_e164(block * 1'000'000 + n), NumberClass::foreign};
}

}  // namespace

TEST_CASE("two operations on two trunks stay two") {
    std::vector<FlaggedCall> calls;
    for (int i = 0; i < 30; ++i) {
        calls.push_back(
            from(mobile(static_cast<std::uint64_t>(i)), i, i % 3 == 0 ? "T8" : "T9", "spoofed_national"));
    }
    const Grouped g = group(calls);
    REQUIRE(g.campaigns.size() == 2);
    CHECK(g.campaigns[0].index == 1);
    CHECK(g.campaigns[0].calls == 20);
    CHECK(g.campaigns[0].held_by == std::vector<std::string>{"trunk T9", "reason spoofed_national"});
    CHECK(g.campaigns[0].first == at(1));
    CHECK(g.campaigns[0].last == at(29));
    CHECK(g.campaigns[1].calls == 10);
    CHECK(g.of[0] == 2);
    CHECK(g.of[1] == 1);
}

TEST_CASE("one operation over several CLI blocks on one trunk is one") {
    std::vector<FlaggedCall> calls;
    for (std::uint64_t i = 0; i < 30; ++i) {
        calls.push_back(from(in_block(971'500 + i % 5, i), double(i), "T9", "fan_out"));
    }
    const Grouped g = group(calls);
    REQUIRE(g.campaigns.size() == 1);
    CHECK(held(g.campaigns[0], "CLI block +971500"));
    CHECK(held(g.campaigns[0], "CLI block +971504"));
}

TEST_CASE("a CLI block holds an operation together over trunks, a spoofed national block does not") {
    CHECK(group({from(in_block(971'500, 1), 0, "T8", "fan_out"),
                 from(in_block(971'500, 2), 1, "T9", "one_ring")})
              .campaigns.size() == 1);
    CHECK(group({from(mobile(1), 0, "T8", "spoofed_national"), from(mobile(2), 1, "T9", "spoofed_national")})
              .campaigns.size() == 2);
}

TEST_CASE("a quiet time of more than the gap splits, one of just the gap does not") {
    for (const double gap : {72.0, 72.001}) {
        const std::vector<FlaggedCall> calls = {from(mobile(1), 0.5, "T9", "malformed"),
                                                from(mobile(2), 0.7, "T9", "malformed"),
                                                from(mobile(3), 0.7 + gap, "T9", "malformed")};
        const Grouped g = group(calls);
        CHECK(g.campaigns.size() == (gap > 72 ? 2 : 1));
        CHECK(g.of[0] == g.of[1]);
        CHECK((g.of[2] == g.of[1]) == (gap <= 72));
    }
}

TEST_CASE("a link holds reports without a trunk to calls with one") {
    const Grouped g =
        group({from(mobile(1), 0, "T9", "spoofed_national", "bad.example"),
               from(mobile(2), 5, "", "reported", "BAD.example "),
               from(mobile(3), 6, "", "reported", "other.example"), from(mobile(4), 300, "", "reported")});
    REQUIRE(g.campaigns.size() == 2);
    CHECK(g.campaigns[0].calls == 3);
    CHECK(held(g.campaigns[0], "link BAD.example"));
    CHECK(held(g.campaigns[0], "reason reported"));
    CHECK(g.of == std::vector<std::uint32_t>{1, 1, 1, 2});
}

TEST_CASE("calls without a time join the only episode of their key and stretch nothing") {
    const std::vector<FlaggedCall> calls = {from(mobile(1), 0, "", "reported"),
                                            from(mobile(2), 5, "", "reported"), untimed("reported")};
    const Grouped g = group(calls);
    REQUIRE(g.campaigns.size() == 1);
    CHECK(g.campaigns[0].calls == 3);
    CHECK(g.campaigns[0].first == at(0));
    CHECK(g.campaigns[0].last == at(5));
    CHECK(g.of[2] == 1);
}

TEST_CASE("calls without a time stand apart when their key has no episode, or several") {
    const Grouped alone =
        group({untimed("reported"), untimed("reported"), untimed("reported", "bad.example")});
    REQUIRE(alone.campaigns.size() == 2);
    CHECK(alone.campaigns[0].calls == 2);
    CHECK(alone.campaigns[0].first == Micros{});
    CHECK(alone.campaigns[1].held_by == std::vector<std::string>{"link bad.example"});
    CHECK(alone.of == std::vector<std::uint32_t>{1, 1, 2});

    const Grouped two = group({from(mobile(1), 0, "", "reported"), from(mobile(1), 1, "", "reported"),
                               from(mobile(2), 500, "", "reported"), untimed("reported")});
    CHECK(two.campaigns.size() == 3);
    CHECK(two.of[3] != two.of[0]);
    CHECK(two.of[3] != two.of[2]);
}

TEST_CASE("a call that was not observed is in no campaign") {
    CampaignGrouper grouper{Settings{}};
    grouper.observe(from(mobile(1), 0, "T9", "malformed"));
    CHECK(grouper.finish().size() == 1);
    CHECK(grouper.campaign_of(from(mobile(1), 0, "t9 ", "malformed")) == 1);
    CHECK(grouper.campaign_of(from(mobile(1), 0, "T8", "malformed")) == 0);
    CHECK(grouper.campaign_of(from(mobile(1), 9, "T9", "malformed")) == 0);
    CHECK(grouper.campaign_of(untimed("malformed")) == 0);
}

TEST_CASE("what holds a campaign shows no full number") {
    const Grouped g =
        group({from(in_block(971'500, 123'456), 0, "sip 919876543210", "fan_out", "9876543210.example")});
    REQUIRE(g.campaigns.size() == 1);
    for (const std::string& by : g.campaigns[0].held_by) {
        std::size_t run = 0;
        for (const char c : by) {
            run = c >= '0' && c <= '9' ? run + 1 : 0;
            CHECK(run <= 6);
        }
    }
    CHECK(held(g.campaigns[0], "CLI block +971500"));
}

TEST_CASE("many blocks are named up to a dozen, the rest is counted") {
    std::vector<FlaggedCall> calls;
    for (std::uint64_t i = 0; i < 40; ++i)
        calls.push_back(from(in_block(971'100 + i, i), 0, "T9", "fan_out"));
    const Grouped g = group(calls);
    REQUIRE(g.campaigns.size() == 1);
    CHECK(g.campaigns[0].held_by.size() == 15);
    CHECK(g.campaigns[0].held_by.back() == "and 28 more CLI blocks");
}

TEST_CASE("property: the order of the calls changes nothing") {
    CHECK(rc::check([] {
        constexpr std::array<const char*, 4> trunks = {"", "T8", "T9", "t9"};
        constexpr std::array<const char*, 3> styles = {"fan_out", "spoofed_national", "reported"};
        constexpr std::array<const char*, 3> links = {"", "bad.example", "Other.example"};
        const auto any = rc::gen::map(
            rc::gen::tuple(rc::gen::inRange<std::uint64_t>(0, 4), rc::gen::inRange(0, 400),
                           rc::gen::inRange<std::size_t>(0, 4), rc::gen::inRange<std::size_t>(0, 3),
                           rc::gen::inRange<std::size_t>(0, 3), rc::gen::inRange(0, 8)),
            [&](const auto& t) {
                const auto& [block, hours, trunk, style, link, kind] = t;
                FlaggedCall call = from(kind < 4 ? in_block(971'500 + block, 5) : mobile(block), hours,
                                        trunks[trunk], styles[style], links[link]);
                if (kind == 7) call.time = Micros{};
                if (kind == 6) call.time.value = hours % 2 == 0 ? INT64_MIN + hours : INT64_MAX - hours;
                return call;
            });
        const auto calls = *rc::gen::container<std::vector<FlaggedCall>>(any);
        auto shuffled = calls;
        std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937(*rc::gen::arbitrary<unsigned>()));
        Settings settings;
        settings.campaign_gap_hours = *rc::gen::inRange(0, 100);
        CampaignGrouper a(settings);
        CampaignGrouper b(settings);
        for (const FlaggedCall& call : calls) a.observe(call);
        for (const FlaggedCall& call : shuffled) b.observe(call);
        const auto x = a.finish();
        const auto y = b.finish();
        RC_ASSERT(x.size() == y.size());
        std::vector<std::uint64_t> members(x.size() + 1);
        for (const FlaggedCall& call : calls) {
            RC_ASSERT(a.campaign_of(call) == b.campaign_of(call));
            RC_ASSERT(a.campaign_of(call) != 0U);
            ++members[a.campaign_of(call)];
        }
        for (std::size_t i = 0; i < x.size(); ++i) {
            RC_ASSERT(x[i].calls == y[i].calls);
            RC_ASSERT(x[i].calls == members[i + 1]);
            RC_ASSERT(x[i].first == y[i].first);
            RC_ASSERT(x[i].last == y[i].last);
            RC_ASSERT(x[i].held_by == y[i].held_by);
        }
    }));
}
