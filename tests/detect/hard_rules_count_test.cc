#include <doctest/doctest.h>

#include "detect/detect.h"
#include "detect/hard_rules.h"
#include "made_calls.h"

using namespace sendh;
using namespace sendh::detect;

namespace {

struct Counted {
    Counted() { trunks.add({"abroad", "", Ingress::international}); }
    TrunkMap trunks;
    HardRules rules{trunks, [](const std::string& name) { return name; }};
    NameTable names;

    void add(NumberClass cli, const std::string& trunk = "", Direction direction = Direction::incoming,
             Service service = Service::voice) {
        CallRow row;
        row.cli = {PhoneNumber::from_bits(5), cli};
        row.callee = {PhoneNumber::from_e164(919'876'500'001), NumberClass::mobile};
        row.trunk_in = trunk;
        row.direction = direction;
        row.service = service;
        CallBatch batch;
        append(batch, row, names);
        rules.count(batch, names);
    }
    std::uint64_t of(std::string_view code) const {
        for (const auto& broken : rules.broken()) {
            if (broken.code == code) return broken.calls;
        }
        return 0;
    }
};

}  // namespace

TEST_CASE("calls that break a hard rule are counted by rule, others are not") {
    Counted c;
    c.add(NumberClass::too_long);
    c.add(NumberClass::too_long);
    c.add(NumberClass::national_length);
    c.add(NumberClass::foreign);
    c.add(NumberClass::mobile);
    CHECK(c.of("cli_too_long") == 2);
    CHECK(c.of("national_wrong_length") == 1);
    CHECK(c.rules.broken().size() == 2);
    CHECK(c.rules.calls() == 3);
}

TEST_CASE("what an own call or a message shows as its CLI breaks no rule") {
    Counted c;
    c.add(NumberClass::too_long, "", Direction::outgoing);
    c.add(NumberClass::too_long, "", Direction::incoming, Service::sms);
    CHECK(c.rules.calls() == 0);
}

TEST_CASE("a fixed line's number breaks a rule only on a trunk from abroad") {
    Counted c;
    c.add(NumberClass::fixed, "home");
    CHECK(c.rules.calls() == 0);
    c.add(NumberClass::fixed, "abroad");
    CHECK(c.of("fixed_line_from_abroad") == 1);
}

TEST_CASE("for every class and trunk the count agrees with the judge") {
    for (int k = 0; k < number_classes; ++k) {
        for (const char* trunk : {"", "abroad"}) {
            CAPTURE(k);
            CAPTURE(trunk);
            Counted c;
            c.add(static_cast<NumberClass>(k), trunk);
            CallRow row;
            row.cli = {PhoneNumber::from_bits(5), static_cast<NumberClass>(k)};
            row.callee = {PhoneNumber::from_e164(919'876'500'001), NumberClass::mobile};
            row.trunk_in = trunk;
            row.direction = Direction::incoming;
            row.time = Micros{1'000'000};
            CallBatch batch;
            append(batch, row, c.names);
            const Settings settings;
            const RoamingTable roaming;
            ProfileBuilder builder(settings);
            const auto profiles = builder.finish();
            const Judge judge(settings, c.trunks, roaming, *profiles, c.names);
            CHECK((c.rules.calls() > 0) == (judge.judge(batch, 0).verdict == Verdict::fake));
        }
    }
}
