#include <doctest/doctest.h>

#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

const std::string header =
    "START_DATE;START_HOUR;A_MSISDN;A_IMSI;B_MSISDN;C_NUM;CALL_REFERENCE;CALL_TYPE;CELL_ID;EVENT_DURATION;"
    "EVENT_TYPE;"
    "FILENAME;ORIG_START_TIME;RECORD_TYPE;SUBSCRIBER_TYPE;TRUNK_IN;TRUNK_OUT\n";

struct Row {
    std::string date = "20250123", hour = "14", a = "971500000001", b = "919876500010", c = "_N",
                call_type = "_N", duration = "30", event_type = "VOICE", time = "250123141712",
                record_type = "MTC", trunk_in = "ILDIN1", trunk_out = "_N";
    [[nodiscard]] std::string text() const {
        return date + ";" + hour + ";" + a + ";_N;" + b + ";" + c + ";ref1;" + call_type + ";_N;" + duration +
               ";" + event_type + ";f1;" + time + ";" + record_type + ";_N;" + trunk_in + ";" + trunk_out +
               "\n";
    }
};

Reading read(const Row& row) { return read_layout("msc", header + row.text()); }

RejectCode why(const Row& row) {
    const Reading r = read(row);
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.rejected == 1);
    return r.rejects[0].code;
}

}  // namespace

TEST_CASE("a row of an MSC export is a call, with its trunks; _N is nothing") {
    REQUIRE(*recognise(head_of(header + Row{}.text())) == find_layout("msc"));
    const Reading r = read({});
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.time[0] == at("2025-01-23T14:17:12"));
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(971500000001));
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500010));
    CHECK(r.calls.redirect[0].is_none());
    CHECK(r.calls.duration[0] == 30);
    CHECK(r.calls.direction[0] == Direction::incoming);
    CHECK(r.calls.disposition[0] == Disposition::answered);
    CHECK(r.names.name(r.calls.trunk_in[0]) == "ILDIN1");
    CHECK(r.calls.trunk_out[0] == 0);
}

TEST_CASE("columns in any order, and an absent A number, are taken") {
    const std::string bytes =
        "TRUNK_OUT;TRUNK_IN;RECORD_TYPE;ORIG_START_TIME;EVENT_DURATION;B_MSISDN;A_MSISDN\n"
        "T2;T1;MOC;250123141712;0;919876500010;_N\n";
    REQUIRE(*recognise(head_of(bytes)) == find_layout("msc"));
    const Reading r = read_layout("msc", bytes);
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.cli_class[0] == NumberClass::none);
    CHECK(r.calls.direction[0] == Direction::outgoing);
    CHECK(r.calls.disposition[0] == Disposition::unanswered);
    CHECK(r.names.name(r.calls.trunk_out[0]) == "T2");
}

TEST_CASE("the time may carry its offset; without it the start date and a time of day are taken") {
    Row row;
    row.time = "250123084712+0000";
    CHECK(read(row).calls.time.at(0) == at("2025-01-23T14:17:12"));
    row.time = "20250123141712";
    CHECK(read(row).calls.time.at(0) == at("2025-01-23T14:17:12"));
    row.time = "_N";
    CHECK(why(row) == RejectCode::bad_time);  // an hour is no time
    row.hour = "14:17:12";                    // beside 20250123
    CHECK(read(row).calls.time.at(0) == at("2025-01-23T14:17:12"));
    row.hour = "141712";
    CHECK(read(row).calls.time.at(0) == at("2025-01-23T14:17:12"));
    row.date = "20251323";
    CHECK(why(row) == RejectCode::bad_time);
    row.date = "23/01/2025";
    row.hour = "14:17:12";
    CHECK(read(row).calls.time.at(0) == at("2025-01-23T14:17:12"));
    // Without ORIG_START_TIME in the header an open date is asked for.
    const std::string dated = "START_DATE;START_HOUR;A_MSISDN;B_MSISDN\n";
    const Reading open = read_layout("msc", dated + "03/04/2025;14:17:12;971500000001;919876500010\n");
    REQUIRE(open.fault);
    CHECK(open.fault->message().find("--date-order") != std::string::npos);
    CHECK(read_layout("msc", dated + "23/04/2025;14:17:12;971500000001;919876500010\n").summary.accepted ==
          1);
    const Reading compact = read_layout("msc", dated + "20250403;14:17:12;971500000001;919876500010\n");
    REQUIRE(compact.summary.accepted == 1);
    CHECK(compact.calls.time[0] == at("2025-04-03T14:17:12"));
    CHECK(compact.summary.date_evidence == "START_DATE begins with the year");
    // With it, it decides nothing.
    row = {};
    row.date = "03/04/2025";
    CHECK(read(row).summary.accepted == 1);
    CHECK(read_layout("msc", "A_MSISDN;B_MSISDN;TRUNK_IN\n1;2;3\n").fault);
}

TEST_CASE("record, call and event types tell direction and service") {
    const auto kind = [](const std::string& record, const std::string& call, const std::string& event) {
        Row row;
        row.record_type = record;
        row.call_type = call;
        row.event_type = event;
        const Reading r = read(row);
        return std::pair(r.calls.direction.at(0), r.calls.service.at(0));
    };
    using D = Direction;
    using S = Service;
    CHECK(kind("SMS-MO", "_N", "_N") == std::pair(D::outgoing, S::sms));
    CHECK(kind("smsmt", "_N", "_N") == std::pair(D::incoming, S::sms));
    CHECK(kind("7", "_N", "_N") == std::pair(D::incoming, S::sms));
    CHECK(kind("0", "_N", "_N") == std::pair(D::outgoing, S::voice));
    CHECK(kind("3", "_N", "_N") == std::pair(D::incoming, S::voice));
    CHECK(kind("TRANSIT", "_N", "VOICE") == std::pair(D::transit, S::voice));
    CHECK(kind("_N", "MTC", "SMS") == std::pair(D::incoming, S::sms));
    CHECK(kind("_N", "_N", "_N") == std::pair(D::unknown, S::voice));
    CHECK(kind("MTC", "_N", "DATA") == std::pair(D::incoming, S::other));
    Row row;
    row.record_type = "POC";
    row.call_type = "a very long word that is none";
    const Reading r = read(row);
    CHECK(r.calls.direction.at(0) == D::unknown);
    CHECK(r.has_note("unknown word in RECORD_TYPE"));
    CHECK(r.has_note("unknown word in CALL_TYPE"));
}

TEST_CASE("C_NUM is the redirecting number") {
    Row row;
    row.c = "919876500020";
    CHECK(read(row).calls.redirect.at(0) == PhoneNumber::from_e164(919876500020));
    row.c = "voicemail";
    CHECK(read(row).calls.redirect.at(0).is_none());
}

TEST_CASE("each way in which a row of an MSC export can be wrong has its reason") {
    Row row;
    for (const char* time :
         {"250230141712", "2501231417", "25012314171x", "250123141712+99:99", "251323141712"}) {
        row.time = time;
        CAPTURE(time);
        CHECK(why(row) == RejectCode::bad_time);
    }
    row = {};
    row.b = "_N";
    CHECK(why(row) == RejectCode::bad_callee);
    row.b = "9.8765E+09";
    CHECK(why(row) == RejectCode::scientific);
    row = {};
    row.a = "9.7150E+11";
    CHECK(why(row) == RejectCode::scientific);
    row = {};
    row.duration = "long";
    CHECK(why(row) == RejectCode::bad_duration);
    row = {};
    row.b = "98\xE9";
    CHECK(why(row) == RejectCode::bad_encoding);
    CHECK(read_layout("msc", header + "a;b\n").rejects.at(0).code == RejectCode::column_count);
    CHECK(read_layout("msc", header + "\"a;b\n").rejects.at(0).code == RejectCode::broken_row);
}
