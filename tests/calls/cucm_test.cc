#include <doctest/doctest.h>

#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

const std::string header =
    R"("cdrRecordType","globalCallID_callId","dateTimeOrigination","callingPartyNumber","origCause_value",)"
    R"("destCause_value","originalCalledPartyNumber","finalCalledPartyNumber","lastRedirectDn","dateTimeConnect",)"
    R"("dateTimeDisconnect","origDeviceName","destDeviceName","duration")"
    "\n"
    "INTEGER,INTEGER,INTEGER,VARCHAR(50),INTEGER,INTEGER,VARCHAR(50),VARCHAR(50),VARCHAR(50),INTEGER,INTEGER,"
    "VARCHAR(129),VARCHAR(129),INTEGER\n";

struct Row {
    std::string time = "1737622032", cli = "971500000001", cause_in = "0", cause_out = "16",
                dialled = "9876500010", reached = "9876500010", redirect = "9876500010",
                connect = "1737622040", trunk_in = "ILD-GW", trunk_out = "SEP001122334455", duration = "30";
    [[nodiscard]] std::string text() const {
        return "1,5001," + time + ",\"" + cli + "\"," + cause_in + "," + cause_out + ",\"" + dialled +
               "\",\"" + reached + "\",\"" + redirect + "\"," + connect + ",1737622070,\"" + trunk_in +
               "\",\"" + trunk_out + "\"," + duration + "\n";
    }
};

Reading read(const Row& row) { return read_layout("cucm", header + row.text()); }

RejectCode why(const Row& row) {
    const Reading r = read(row);
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.rejected == 1);
    CHECK(r.rejects[0].line == 3);
    return r.rejects[0].code;
}

}  // namespace

TEST_CASE("the shared CUCM sample is read whole; its row of SQL types is no row") {
    const auto bytes = sample("cucm_cdr_sample.csv");
    if (!bytes) {
        MESSAGE("skipped: no shared data");
        return;
    }
    REQUIRE(*recognise(head_of(*bytes)) == find_layout("cucm"));
    const Reading r = read_layout("cucm", *bytes);
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == 1);
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.time[0] == at("2023-09-05T07:46:40Z"));
    CHECK(r.calls.duration[0] == 15);
    CHECK(r.calls.disposition[0] == Disposition::answered);
    CHECK(r.calls.redirect[0].is_none());
}

TEST_CASE("a record of CUCM is a call, its times are UTC") {
    const Reading r = read({});
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.summary.rows == 1);
    CHECK(r.calls.time[0] == at("2025-01-23T08:47:12Z"));
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(971500000001));
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500010));
    CHECK(r.calls.redirect[0].is_none());
    CHECK(r.calls.duration[0] == 30);
    CHECK(r.names.name(r.calls.trunk_in[0]) == "ILD-GW");
    CHECK(r.names.name(r.calls.trunk_out[0]) == "SEP001122334455");
    CHECK(r.calls.line[0] == 3);
    CHECK(*recognise(head_of(header + Row{}.text())) == find_layout("cucm"));
}

TEST_CASE("who was dialled is the callee, and a redirection is kept") {
    Row row;
    row.reached = "9876500011";
    const Reading r = read(row);
    CHECK(r.calls.callee.at(0) == PhoneNumber::from_e164(919876500010));
    CHECK(r.calls.redirect.at(0) == PhoneNumber::from_e164(919876500010));
    row.dialled = "";
    const Reading reached = read(row);
    CHECK(reached.calls.callee.at(0) == PhoneNumber::from_e164(919876500011));
    CHECK(reached.calls.redirect.at(0).is_none());
}

TEST_CASE("connect 0 means not answered; the cause tells how") {
    Row row;
    row.connect = "0";
    row.duration = "0";
    CHECK(read(row).calls.disposition.at(0) == Disposition::unanswered);
    row.cause_out = "17";
    CHECK(read(row).calls.disposition.at(0) == Disposition::busy);
    row.cause_in = "1";
    CHECK(read(row).calls.disposition.at(0) == Disposition::failed);
    row.connect = "1737622040";
    CHECK(read(row).calls.disposition.at(0) == Disposition::answered);
}

TEST_CASE("a header and its types that stand again are no rows") {
    const Reading r = read_layout("cucm", header + Row{}.text() + header + Row{}.text());
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == 2);
    CHECK(r.summary.accepted == 2);
    CHECK(r.has_note("the header stands again at line 4"));
    // Types in a file that lost its header are not enough to be read.
    CHECK(read_layout("cucm", "INTEGER,INTEGER\n").fault);
}

TEST_CASE("each way in which a record of CUCM can be wrong has its reason") {
    Row row;
    for (const char* time : {"0", "", "yesterday", "99999999999999"}) {
        row.time = time;
        CHECK(why(row) == RejectCode::bad_time);
    }
    row = {};
    row.connect = "soon";
    CHECK(why(row) == RejectCode::bad_time);
    row = {};
    row.dialled = "";
    row.reached = "";
    CHECK(why(row) == RejectCode::bad_callee);
    row.dialled = "9.8765E+09";
    CHECK(why(row) == RejectCode::scientific);
    row = {};
    row.cli = "9.7150E+11";
    CHECK(why(row) == RejectCode::scientific);
    row = {};
    row.duration = "x";
    CHECK(why(row) == RejectCode::bad_duration);
    row = {};
    row.dialled = "98\xE9";
    CHECK(why(row) == RejectCode::bad_encoding);
    CHECK(read_layout("cucm", header + "1,2,3\n").rejects.at(0).code == RejectCode::column_count);
    CHECK(read_layout("cucm", header + "1,\"2,3\n").rejects.at(0).code == RejectCode::broken_row);
}

TEST_CASE("a file without what CUCM records need is refused with the column") {
    const Reading r =
        read_layout("cucm", "dateTimeOrigination,callingPartyNumber,duration\n1737622032,1,2\n");
    REQUIRE(r.fault);
    CHECK(r.fault->message().find("finalCalledPartyNumber") != std::string::npos);
}
