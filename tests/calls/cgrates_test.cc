#include <doctest/doctest.h>

#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

const std::string header =
    ":Tenant,ToR,OriginID,RequestType,Account,Subject,Destination,SetupTime,AnswerTime,Usage\n";

struct Row {
    std::string tor = "*voice", account = "971500000001", subject = "ANY2CNT", destination = "9876500010",
                setup = "2025-01-23 08:47:12 +0000 UTC", answer = "2025-01-23 08:47:20 +0000 UTC",
                usage = "30s";
    [[nodiscard]] std::string named() const {
        return "cgrates.org," + tor + ",abc,*prepaid," + account + "," + subject + "," + destination + "," +
               setup + "," + answer + "," + usage + "\n";
    }
    [[nodiscard]] std::string placed(bool direction) const {
        return "dbafe9c8,default," + tor + ",abc,*rated," + (direction ? "*out," : "") + "cgrates.org,call," +
               account + "," + subject + "," + destination + "," + setup + "," + answer + "," + usage +
               ",1.0100\n";
    }
};

Reading read(const Row& row) { return read_layout("cgrates", header + row.named()); }

RejectCode why(const Row& row) {
    const Reading r = read(row);
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.rejected == 1);
    return r.rejects[0].code;
}

std::int32_t seconds(const std::string& usage) {
    Row row;
    row.usage = usage;
    const Reading r = read(row);
    return r.summary.accepted == 1 ? r.calls.duration[0] : -2;
}

Micros time_of(const std::string& setup) {
    Row row;
    row.setup = setup;
    const Reading r = read(row);
    return r.summary.accepted == 1 ? r.calls.time[0] : Micros{-1};
}

}  // namespace

TEST_CASE("the shared CGRateS samples, with and without header, are recognised and read whole") {
    const auto placed = sample("cgrates_ers_default.csv");
    const auto named = sample("cgrates_ers_header.csv");
    if (!placed || !named) {
        MESSAGE("skipped: no shared data");
        return;
    }
    REQUIRE(*recognise(head_of(*placed)) == find_layout("cgrates"));
    REQUIRE(*recognise(head_of(*named)) == find_layout("cgrates"));
    const Reading r = read_layout("cgrates", *placed);
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.accepted == 2);
    CHECK(r.calls.time[0] == at("2013-11-07T08:42:25Z"));
    CHECK(r.calls.callee_class[0] == NumberClass::foreign);
    CHECK(r.calls.duration[1] == 20);
    const Reading one = read_layout("cgrates", *named);
    REQUIRE(one.summary.accepted == 1);
    CHECK(one.calls.time[0] == at("2018-01-07T17:00:00Z"));
    CHECK(one.calls.duration[0] == 300);
}

TEST_CASE("by name and by position, with and without Direction, the same call comes out") {
    for (const std::string& bytes : {header + Row{}.named(), Row{}.placed(true), Row{}.placed(false)}) {
        CAPTURE(bytes);
        REQUIRE(*recognise(head_of(bytes)) == find_layout("cgrates"));
        const Reading r = read_layout("cgrates", bytes);
        REQUIRE_FALSE(r.fault);
        REQUIRE(r.summary.accepted == 1);
        CHECK(r.calls.time[0] == at("2025-01-23T14:17:12"));
        CHECK(r.calls.cli[0] == PhoneNumber::from_e164(971500000001));
        CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500010));
        CHECK(r.calls.duration[0] == 30);
        CHECK(r.calls.disposition[0] == Disposition::answered);
        CHECK(r.calls.service[0] == Service::voice);
    }
}

TEST_CASE("usage is a duration with units, or nanoseconds; seconds without a unit are not guessed") {
    CHECK(seconds("10s") == 10);
    CHECK(seconds("1m30s") == 90);
    CHECK(seconds("1h0m0.9s") == 3600);
    CHECK(seconds("1.5h") == 5400);
    CHECK(seconds("1500ms") == 1);
    CHECK(seconds("2000000us") == 2);
    CHECK(seconds("2000000\xC2\xB5s") == 2);
    CHECK(seconds("30000000000") == 30);
    CHECK(seconds("30000000000ns") == 30);
    CHECK(seconds("0") == 0);
    CHECK(seconds("0s") == 0);
    CHECK(seconds("") == -1);
    for (const char* usage : {"30", "999999", "-5s", "5x", "s", "1m30", "1..5s", "9999999999999999999",
                              "99999999h", "1e3", "3000000h"}) {
        Row row;
        row.usage = usage;
        CAPTURE(usage);
        CHECK(why(row) == RejectCode::bad_duration);
    }
}

TEST_CASE("times are read in every form that CGRateS writes") {
    const Micros expected = at("2025-01-23T14:17:12");
    CHECK(time_of("2025-01-23 08:47:12 +0000 UTC") == expected);
    CHECK(time_of("2025-01-23 14:17:12 +0530 IST") == expected);
    CHECK(time_of("2025-01-23T08:47:12Z") == expected);
    CHECK(time_of("2025-01-23T14:17:12+05:30") == expected);
    CHECK(time_of("2025-01-23 14:17:12") == expected);  // local
    CHECK(time_of("20250123141712") == expected);
    CHECK(time_of("1737622032") == expected);
    CHECK(time_of("1737622032000") == expected);
    CHECK(time_of("2025-01-23 08:47:12.25 +0000 UTC").value == expected.value + 250'000);
    // Without a time of setup the time of answer.
    CHECK(time_of("") == at("2025-01-23T14:17:20"));
    CHECK(time_of("0001-01-01 00:00:00 +0000 UTC") == at("2025-01-23T14:17:20"));
    for (const char* setup : {"yesterday", "2025-01-23", "2025-13-23 08:47:12 +0000 UTC", "20251323141712",
                              "12", "2025-01-23 08:47:12 nonsense"}) {
        Row row;
        row.setup = setup;
        CAPTURE(setup);
        CHECK(why(row) == RejectCode::bad_time);
    }
}

TEST_CASE("the account is the CLI where it is a number, else the subject") {
    Row row;
    row.subject = "971500000002";
    CHECK(read(row).calls.cli.at(0) == PhoneNumber::from_e164(971500000001));
    row.account = "customer-a";
    CHECK(read(row).calls.cli.at(0) == PhoneNumber::from_e164(971500000002));
    row.subject = "*any";
    const Reading r = read(row);
    CHECK(r.names.name(r.calls.cli_text.at(0)) == "customer-a");
}

TEST_CASE("messages and data are no voice calls") {
    Row row;
    row.tor = "*sms";
    row.usage = "1";
    const Reading sms = read(row);
    REQUIRE(sms.summary.accepted == 1);
    CHECK(sms.calls.service[0] == Service::sms);
    CHECK(sms.calls.duration[0] == -1);
    CHECK(sms.calls.disposition[0] == Disposition::unknown);
    row.tor = "*data";
    CHECK(read(row).calls.service.at(0) == Service::other);
    row.tor = "*smoke";
    const Reading strange = read(row);
    CHECK(strange.calls.service.at(0) == Service::other);
    CHECK(strange.has_note("unknown word in ToR"));
}

TEST_CASE("no answer: no time of answer and no usage") {
    Row row;
    row.answer = "0001-01-01 00:00:00 +0000 UTC";
    row.usage = "0s";
    CHECK(read(row).calls.disposition.at(0) == Disposition::unanswered);
    row.usage = "1s";
    CHECK(read(row).calls.disposition.at(0) == Disposition::answered);
}

TEST_CASE("each other way in which a row of CGRateS can be wrong has its reason") {
    Row row;
    row.tor = "voice";
    CHECK(why(row) == RejectCode::bad_value);
    row = {};
    row.destination = "";
    CHECK(why(row) == RejectCode::bad_callee);
    row.destination = "9.8765E+09";
    CHECK(why(row) == RejectCode::scientific);
    row = {};
    row.account = "9.7150E+11";
    CHECK(why(row) == RejectCode::scientific);
    row = {};
    row.destination = "98\xE9";
    CHECK(why(row) == RejectCode::bad_encoding);
    CHECK(read_layout("cgrates", Row{}.placed(true) + "a,b\n").rejects.at(0).code ==
          RejectCode::column_count);
    CHECK(read_layout("cgrates", header + "a,b\n").rejects.at(0).code == RejectCode::column_count);
    CHECK(read_layout("cgrates", header + "\"a,b\n").rejects.at(0).code == RejectCode::broken_row);
    // Direction takes a place, so 13 columns with it are one too few.
    CHECK(read_layout("cgrates", "a,default,*voice,b,*rated,*out,t,call,1,2,3,4,5\n").rejects.at(0).code ==
          RejectCode::column_count);
}

TEST_CASE("a header that lacks what is needed is refused with the column") {
    const Reading r =
        read_layout("cgrates", ":Tenant,ToR,Account,Subject,SetupTime,Usage\nt,*voice,1,2,3,4\n");
    REQUIRE(r.fault);
    CHECK(r.fault->message().find("Destination") != std::string::npos);
}
