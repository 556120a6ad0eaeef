#include <doctest/doctest.h>

#include "police_reports.h"
#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

const ReportLayout& jio() { return report_layout("jio"); }

std::string row(const std::string& type, const std::string& calling = "'919876500001'",
                const std::string& called = "'919876500002'") {
    return calling + "," + called + ",'-','4106','15/04/2026','10:15:30','10:16:15','45','40585703AD319','" +
           "40585703AD323','" + type + "','-','860000000000002','405857000000001','JIO-PB'\n";
}

}  // namespace

TEST_CASE("the shared Jio sample is read whole") {
    const auto bytes = sample("jio_lea_layout.csv");
    if (!bytes) {
        MESSAGE("skipped: no shared data");
        return;
    }
    REQUIRE(*recognise(head_of(*bytes)) == find_layout("jio"));
    const Reading r = read_layout("jio", *bytes);
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == 2);
    REQUIRE(r.summary.accepted == 2);
    CHECK(r.summary.notes.empty());
    CHECK(r.calls.service == std::vector{Service::sms, Service::voice});
    CHECK(r.calls.direction == std::vector{Direction::incoming, Direction::outgoing});
    CHECK(r.names.name(r.calls.cli_text[0]) == "JP-JioPay-S");
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500005));
    CHECK(r.calls.cli[1] == PhoneNumber::from_e164(919876500005));
    CHECK(r.calls.callee[1] == PhoneNumber::from_e164(919876500006));
    CHECK(r.calls.time[1] == at("2026-01-01T10:15:30"));
    CHECK(r.calls.duration[1] == 45);
    CHECK(r.calls.trunk_in == std::vector<std::uint32_t>{0, 0});
    CHECK(r.calls.line == std::vector<std::uint64_t>{6, 7});
}

TEST_CASE("Jio's call types give direction and service") {
    struct Case {
        const char* type;
        Direction direction;
        Service service;
    };
    const std::vector<Case> cases = {{"a_in", Direction::incoming, Service::voice},
                                     {"a_out", Direction::outgoing, Service::voice},
                                     {"a_in_wifi", Direction::incoming, Service::voice},
                                     {"a_out_vw", Direction::outgoing, Service::voice},
                                     {"a_out_wv", Direction::outgoing, Service::voice},
                                     {"v_in", Direction::incoming, Service::voice},
                                     {"VDO-OUT", Direction::outgoing, Service::voice},
                                     {"Voice_IN", Direction::incoming, Service::voice},
                                     {"A2P_SMSIN", Direction::incoming, Service::sms},
                                     {"P2P_SMSIN", Direction::incoming, Service::sms},
                                     {"A2P_SMSIN_wifi", Direction::incoming, Service::sms},
                                     {"P2AOUT", Direction::outgoing, Service::sms},
                                     {"P2POUT", Direction::outgoing, Service::sms},
                                     {"SMS_IN", Direction::incoming, Service::sms},
                                     {"SMS_OUT", Direction::outgoing, Service::sms},
                                     {"-", Direction::unknown, Service::voice}};
    std::string rows;
    for (const Case& c : cases) rows += row(c.type);
    const Reading r = read_layout("jio", jio().preamble + header_of(jio()) + rows);
    REQUIRE(r.summary.accepted == cases.size());
    for (std::size_t i = 0; i < cases.size(); ++i) {
        CAPTURE(cases[i].type);
        CHECK(r.calls.direction[i] == cases[i].direction);
        CHECK(r.calls.service[i] == cases[i].service);
        CHECK(r.calls.cli[i] == PhoneNumber::from_e164(919876500001));
    }
    CHECK(r.summary.notes.empty());
}

TEST_CASE("a call type that Jio's reader does not know is taken and said") {
    const Reading r =
        read_layout("jio", jio().preamble + header_of(jio()) + row("a_in") + row("a_frw") + row("z_in"));
    REQUIRE(r.summary.accepted == 3);
    CHECK(r.calls.direction[1] == Direction::unknown);
    CHECK(r.calls.service[1] == Service::other);
    CHECK(r.calls.disposition[1] == Disposition::unknown);
    CHECK(r.has_note("2 rows have an unknown word in Call Type (first at line 6)"));
}

TEST_CASE("the records that Jio declares are compared with the rows found") {
    const auto report = [](const std::string& declared, int rows) {
        std::string out = jio().preamble + "Total Records :,'" + declared + "'\n" + header_of(jio());
        for (int i = 0; i < rows; ++i) out += row("a_in");
        return out;
    };
    CHECK(read_layout("jio", report("2", 2)).summary.notes.empty());
    CHECK(read_layout("jio", report("3", 2)).has_note("declared 3 records, found 2"));
    const Reading joined = read_layout("jio", report("2", 2) + report("3", 3));
    CHECK(joined.summary.rows == 5);
    CHECK(joined.summary.notes.size() == 1);
    CHECK(joined.has_note("the header stands again"));
    CHECK(read_layout("jio", report("2", 2) + report("3", 2)).has_note("declared 5 records, found 4"));
}
