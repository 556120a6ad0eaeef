#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>

#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

const std::string header =
    "CALL_TIME,CALL_DATE,CALLING_PARTY_NUMBER,CALLED_PARTY_NUMBER,CALL_DURATION_SEC,ORIG_SWITCH_ID,ORG_TRUNC_"
    "GROUP,"
    "TERM_TRUNC_GROUP,CALL_DIRECTION,CALL_TYPE,ORIG_CARR_NAME,TERM_CARR_NAME,Country\n";

std::string row(const std::string& date, const std::string& cli, const std::string& callee,
                const std::string& duration = "30", const std::string& time = "14:17:12") {
    return time + "," + date + "," + cli + "," + callee + "," + duration +
           ",SW1,T1,T2,IN,VOICE,Carrier A,Carrier B,\n";
}

const std::string good = row("23/01/2025", "971500000001", "9876500010");

}  // namespace

TEST_CASE("the shared ILD sample is read whole") {
    const auto bytes = sample("ild_layout.csv");
    if (!bytes) {
        MESSAGE("skipped: no shared data");
        return;
    }
    REQUIRE(*recognise(head_of(*bytes)) == find_layout("ild"));
    const Reading r = read_layout("ild", *bytes);
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == 1);
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.time[0] == at("2025-01-01T14:17:12"));
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(971500000001));
    CHECK(r.calls.cli_class[0] == NumberClass::foreign);
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500010));
    CHECK(r.calls.callee_class[0] == NumberClass::mobile);
    CHECK(r.calls.duration[0] == 30);
    CHECK(r.calls.direction[0] == Direction::incoming);  // the file says OUT of a foreign CLI
    CHECK(r.calls.disposition[0] == Disposition::answered);
    CHECK(r.calls.service[0] == Service::voice);
    CHECK(r.names.name(r.calls.trunk_in[0]) == "T1");
    CHECK(r.names.name(r.calls.trunk_out[0]) == "T2");
    CHECK(r.names.name(r.calls.carrier[0]) == "Carrier A");
    CHECK(r.calls.cli_text[0] == 0);
    CHECK(r.calls.redirect[0].is_none());
    CHECK(r.calls.line[0] == 2);
    CHECK(bytes->substr(r.calls.offset[0]).starts_with("14:17:12"));
    CHECK(r.summary.date_order == DateOrder::day_first);
    CHECK(r.summary.date_evidence == "the layout writes the day first");
}

TEST_CASE("columns are found by name, in any order, with others between them") {
    const Reading r =
        read_layout("ild",
                    "Country,Remark,Called Party Number,call-date,CALLING_PARTY_NUMBER,CALL_TIME\n"
                    "UAE,x,9876500010,23/01/2025,0097150 000 0001,9:17\n");
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.time[0] == at("2025-01-23T09:17:00"));
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(971500000001));
    CHECK(r.calls.duration[0] == -1);
    CHECK(r.calls.disposition[0] == Disposition::unknown);
    CHECK(r.calls.direction[0] == Direction::unknown);
    CHECK(r.calls.trunk_in[0] == 0);
}

TEST_CASE("tab-separated, quoted, with BOM and CR LF: the same calls") {
    std::string tabs = "\xEF\xBB\xBF" + header + good;
    for (char& c : tabs) c = c == ',' ? '\t' : c;
    std::string quoted;
    for (const char c : header + good) {
        if (c == ',')
            quoted += "\",\"";
        else if (c == '\n')
            quoted += "\"\r\n\"";
        else
            quoted += c;
    }
    quoted = "\"" + quoted.substr(0, quoted.size() - 1);
    for (const std::string& bytes : {tabs, quoted}) {
        REQUIRE(*recognise(head_of(bytes)) == find_layout("ild"));
        const Reading r = read_layout("ild", bytes);
        REQUIRE_FALSE(r.fault);
        CHECK(r.summary.rows == 1);
        REQUIRE(r.summary.accepted == 1);
        CHECK(r.calls.cli[0] == PhoneNumber::from_e164(971500000001));
        CHECK(r.calls.line[0] == 2);
    }
}

TEST_CASE("a fault in the CLI is no reject: it is what detection looks for") {
    const Reading r = read_layout("ild", header + row("23/01/2025", "9876500001987650001", "9876500010") +
                                             row("23/01/2025", "0123456789", "9876500010") +
                                             row("23/01/2025", "98765000", "9876500010") +
                                             row("23/01/2025", "", "9876500010") +
                                             row("23/01/2025", "VK-BANKIN", "9876500010") +
                                             row("23/01/2025", "9876X500001", "9876500010"));
    CHECK(r.summary.accepted == 6);
    CHECK(r.rejects.empty());
    CHECK(r.calls.cli_class == std::vector{NumberClass::too_long, NumberClass::national_prefix,
                                           NumberClass::national_length, NumberClass::none,
                                           NumberClass::not_digits, NumberClass::not_digits});
    CHECK(r.names.name(r.calls.cli_text[4]) == "VK-BANKIN");
    CHECK(r.calls.cli_text[5] == 0);  // more than five digits: no sender id
    CHECK(r.calls.cli_text[0] == 0);
}

TEST_CASE("each sort of dirt has its reason and its column") {
    const Reading r = read_layout(
        "ild",
        header + row("23/01/2025", "971500000001", "") + row("23/01/2025", "971500000001", "nobody") +
            row("23/01/2025", "971500000001", "98765000101234567") +
            row("23/01/2025", "971500000001", "9.19877E+11") +
            row("23/01/2025", "9.71500E+11", "9876500010") + row("45/01/2025", "971500000001", "9876500010") +
            row("30/02/2025", "971500000001", "9876500010") + row("", "971500000001", "9876500010") +
            row("23/01/2025", "971500000001", "9876500010", "30", "24:00:00") +
            row("23/01/2025", "971500000001", "9876500010", "-3") +
            row("23/01/2025", "971500000001", "9876500010", "long") + "14:17:12,23/01/2025,971500000001\n" +
            "14:17:12,\"23/01/2025,971500000001,9876500010,30,SW1,T1,T2,IN,VOICE,A,B,\n" + good);
    REQUIRE_FALSE(r.fault);
    const std::vector<std::pair<RejectCode, std::string>> expected = {
        {RejectCode::bad_callee, "CALLED_PARTY_NUMBER"},
        {RejectCode::bad_callee, "CALLED_PARTY_NUMBER"},
        {RejectCode::bad_callee, "CALLED_PARTY_NUMBER"},
        {RejectCode::scientific, "CALLED_PARTY_NUMBER"},
        {RejectCode::scientific, "CALLING_PARTY_NUMBER"},
        {RejectCode::bad_time, "CALL_DATE"},
        {RejectCode::bad_time, "CALL_DATE"},
        {RejectCode::bad_time, "CALL_DATE"},
        {RejectCode::bad_time, "CALL_TIME"},
        {RejectCode::bad_duration, "CALL_DURATION_SEC"},
        {RejectCode::bad_duration, "CALL_DURATION_SEC"},
        {RejectCode::column_count, ""},
        {RejectCode::broken_row, ""}};
    REQUIRE(r.rejects.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CAPTURE(i);
        CHECK(r.rejects[i].code == expected[i].first);
        CHECK(r.rejects[i].column == expected[i].second);
        CHECK(r.rejects[i].line == i + 2);
    }
    CHECK(r.summary.accepted == 1);
    CHECK(r.summary.rows == expected.size() + 1);
}

TEST_CASE("a trailing .0 and wrappers are survived") {
    const Reading r =
        read_layout("ild", header + row("'23/01/2025'", "971500000001.0", "'9876500010'", "30.0"));
    CHECK(r.rejects.empty());
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(971500000001));
    CHECK(r.calls.duration[0] == 30);
}

TEST_CASE(
    "empty cells too many are dropped where every row has them, and refuse a row that is alone with them") {
    const std::string plain = "14:17:12,23/01/2025,971500000001,9876500010,30,SW1,T1,T2,IN,VOICE,A,B,UAE";
    CHECK(read_layout("ild", header + plain + ",,\n" + plain + ",,\n").summary.accepted == 2);
    // A comma in the switch's name has shifted the rest: the trunk would be its second half.
    const Reading r = read_layout(
        "ild",
        header + plain + "\n14:17:12,23/01/2025,971500000001,9876500010,30,SW1,Mumbai,T1,T2,IN,VOICE,A,B,\n");
    CHECK(r.summary.accepted == 1);
    REQUIRE(r.rejects.size() == 1);
    CHECK(r.rejects[0].code == RejectCode::column_count);
}

TEST_CASE("two stray quotes break their rows, and not the rows between") {
    std::string bytes = header;
    for (int i = 0; i < 60; ++i) {
        bytes += row("23/01/2025", "971500000001", "9876500010", "30");
        if (i % 20 == 10)
            bytes += "14:17:12,23/01/2025,971500000001,9876500010,30,SW1,T1,T2,IN,VOICE,\"A,B,UAE\n";
        if (i % 20 == 15)
            bytes += "14:17:12,23/01/2025,971500000001,9876500010,30,SW1,T1,T2,IN,VOICE,A\",B,UAE\n";
    }
    const Reading r = read_layout("ild", bytes);
    CHECK(r.summary.rows == 66);
    CHECK(r.summary.accepted == 63);  // a quote within a cell is taken as it is
    REQUIRE(r.rejects.size() == 3);
    for (const auto& reject : r.rejects) CHECK(reject.code == RejectCode::broken_row);
}

TEST_CASE("what is as full as a row above the header is counted and refused") {
    const std::string plain = row("23/01/2025", "971500000001", "9876500010", "30");
    const Reading r = read_layout(
        "ild", "Report of gateway,X\nFrom,01/01/2025,To,31/01/2025\n" + plain + plain + header + plain);
    CHECK(r.summary.rows == 3);
    CHECK(r.summary.accepted == 1);
    REQUIRE(r.rejects.size() == 2);
    CHECK(r.rejects[0].code == RejectCode::above_header);
    CHECK(r.rejects[0].line == 3);
}

TEST_CASE("a second header with its columns in another order stops the reading") {
    std::string other = header;
    const std::string calling = "CALLING_PARTY_NUMBER";
    const std::string called = "CALLED_PARTY_NUMBER";
    other.replace(other.find(calling), calling.size(), "?");
    other.replace(other.find(called), called.size(), calling);
    other.replace(other.find('?'), 1, called);
    const Reading r = read_layout("ild", header + row("23/01/2025", "971500000001", "9876500010", "30") +
                                             other + row("23/01/2025", "9876500010", "971500000001", "30"));
    REQUIRE(r.fault);
    CHECK(r.fault->where == "line 3");
}

TEST_CASE("blank lines, lines of empty cells, rulers and a repeated header are no rows") {
    const Reading r = read_layout("ild", header + "-----------\n\n   \n,,,,,,,,,,,,\n" + good + header +
                                             good + "*** END OF REPORT ***\nTotal Records : 5\n");
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == 2);
    CHECK(r.summary.accepted == 2);
    CHECK(r.has_note("the header stands again at line 7"));
    CHECK(r.has_note("declared 5 records, found 2"));
}

TEST_CASE("a header without rows is an empty report, and said") {
    const Reading r = read_layout("ild", header);
    REQUIRE(recognise(head_of(header)).ok());
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == 0);
    CHECK(r.has_note("empty report"));
}

TEST_CASE("a duration of zero is an unanswered call; of an SMS it says nothing") {
    const Reading r = read_layout(
        "ild", header + row("23/01/2025", "971500000001", "9876500010", "0") +
                   "14:17:12,23/01/2025,971500000001,9876500010,0,SW1,T1,T2,IN,SMS,A,B,\n" +
                   "14:17:12,23/01/2025,971500000001,9876500010,00:01:05,SW1,-,T2,OUT,FAX,A,B,\n" +
                   "14:17:12,23/01/2025,971500000001,9876500010,5,SW1,T1,T2,SIDEWAYS,HOLOGRAM,A,B,\n");
    CHECK(r.calls.disposition == std::vector{Disposition::unanswered, Disposition::unknown,
                                             Disposition::unknown, Disposition::unknown});
    CHECK(r.calls.service == std::vector{Service::voice, Service::sms, Service::other, Service::other});
    CHECK(r.calls.duration[2] == 65);
    CHECK(r.calls.trunk_in[2] == 0);
    CHECK(r.calls.direction[3] == Direction::unknown);
    CHECK(r.has_note("unknown word in CALL_DIRECTION (first at line 5)"));
    CHECK(r.has_note("unknown word in CALL_TYPE (first at line 5)"));
}

TEST_CASE("the country tells a foreign number from an Indian one on its side only") {
    const auto with = [](const std::string& cli, const std::string& callee, const std::string& direction) {
        return "14:17:12,23/01/2025," + cli + "," + callee + ",0,SW1,T1,T2," + direction +
               ",VOICE,A,B,Singapore\n";
    };
    const Reading r = read_layout("ild", header + with("6591234567", "6598765001", "IN") +
                                             with("6598765001", "6591234567", "OUT") +
                                             with("6591234567", "9876500010", "OUT"));
    REQUIRE(r.summary.accepted == 3);
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(6591234567));
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(916598765001));
    CHECK(r.calls.cli[1] == PhoneNumber::from_e164(916598765001));
    CHECK(r.calls.callee[1] == PhoneNumber::from_e164(6591234567));
    CHECK(r.calls.cli[2] == PhoneNumber::from_e164(6591234567));
}

TEST_CASE("the order of dates is decided by evidence and said") {
    SUBCASE("a day above 12 in the first place") {
        const Reading r = read_layout("ild", header + row("03/04/2025", "971500000001", "9876500010") + good);
        CHECK(r.summary.date_order == DateOrder::day_first);
        CHECK(r.summary.date_evidence == "line 3 has day 23");
        CHECK(r.calls.time[0] == at("2025-04-03T14:17:12"));
    }
    SUBCASE("a day above 12 in the second place") {
        const Reading r = read_layout("ild", header + row("03/04/2025", "971500000001", "9876500010") +
                                                 row("01/23/2025", "971500000001", "9876500010"));
        CHECK(r.summary.date_order == DateOrder::month_first);
        CHECK(r.summary.date_evidence == "line 3 has day 23");
        CHECK(r.calls.time[0] == at("2025-03-04T14:17:12"));
    }
    SUBCASE("both: the file is refused with both lines") {
        const Reading r =
            read_layout("ild", header + good + good + row("01/23/2025", "971500000001", "9876500010"));
        REQUIRE(r.fault);
        CHECK(r.fault->kind == FaultKind::input);
        CHECK(r.fault->where ==
              "line 2 has day 23 in the first place, line 4 has day 23 in the second place");
        CHECK(r.fault->to_do.find("--date-order") != std::string::npos);
    }
    SUBCASE("both, the second behind the head") {
        const std::string bytes =
            header + good + good + good + row("01/23/2025", "971500000001", "9876500010");
        const Reading r = read_layout("ild", bytes, {}, 64, header.size() + good.size() + 5);
        REQUIRE(r.fault);
        CHECK(r.fault->where ==
              "line 2 has day 23 in the first place, line 5 has day 23 in the second place");
    }
    SUBCASE("nothing in the head, a contradiction behind it") {
        const std::string open = row("03/04/2025", "971500000001", "9876500010");
        const std::string bytes = header + open + open + row("01/23/2025", "971500000001", "9876500010");
        const Reading r = read_layout("ild", bytes, {}, 64, header.size() + open.size() + 5);
        REQUIRE(r.fault);
        CHECK(r.fault->what.find("contradicts") != std::string::npos);
        CHECK(r.fault->where == "line 4 has day 23 in the second place");
    }
    SUBCASE("nothing in the head, support behind it") {
        const std::string open = row("03/04/2025", "971500000001", "9876500010");
        const Reading r =
            read_layout("ild", header + open + open + good, {}, 64, header.size() + open.size() + 5);
        REQUIRE_FALSE(r.fault);
        CHECK(r.summary.date_evidence == "line 4 has day 23");
    }
    SUBCASE("stated by the user: contradictions are rejected one by one") {
        ReadOptions options;
        options.date_order = DateOrder::day_first;
        const Reading r =
            read_layout("ild", header + good + row("01/23/2025", "971500000001", "9876500010"), options);
        REQUIRE_FALSE(r.fault);
        CHECK(r.summary.accepted == 1);
        CHECK(r.rejects.at(0).code == RejectCode::bad_time);
        CHECK(r.summary.date_evidence == "stated by the user");
    }
    SUBCASE("dates that need no decision") {
        const Reading r = read_layout("ild", header + row("2025-01-02", "971500000001", "9876500010") +
                                                 row("02-Jan-2025", "971500000001", "9876500010"));
        CHECK(r.calls.time == std::vector{at("2025-01-02T14:17:12"), at("2025-01-02T14:17:12")});
    }
}

TEST_CASE("times are in the zone of the options") {
    ReadOptions options;
    options.zone = Zone{0};
    const Reading r = read_layout("ild", header + good, options);
    CHECK(r.calls.time[0] == *parse_iso("2025-01-23T14:17:12Z", Zone{}));
}

TEST_CASE("a missing column is named, with what was found") {
    const std::string bytes =
        "CALL_TIME,CALLING_PARTY_NUMBER,CALLED_PARTY_NUMBER,CALL_DURATION_SEC,ORG_TRUNC_GROUP,"
        "TERM_TRUNC_GROUP,CALL_DIRECTION,CALL_TYPE\n1,2,3,4,5,6,7,8\n";
    REQUIRE(*recognise(head_of(bytes)) == find_layout("ild"));
    const Reading r = read_layout("ild", bytes);
    REQUIRE(r.fault);
    CHECK(r.fault->what == "layout ild needs the column CALL_DATE");
    CHECK(r.fault->where == "line 1");
    CHECK(r.fault->to_do.find("found: CALL_TIME, CALLING_PARTY_NUMBER") != std::string::npos);
}

TEST_CASE("a column that stands in the header twice is refused") {
    const Reading r =
        read_layout("ild", "CALL_TIME,CALL_DATE,CALLING_PARTY_NUMBER,CALLED_PARTY_NUMBER,call date\n");
    REQUIRE(r.fault);
    CHECK(r.fault->what.find("twice") != std::string::npos);
}

TEST_CASE("Latin-1 in free text is read and noted; in a date it is a bad encoding") {
    const std::string bytes =
        header + "14:17:12,23/01/2025,971500000001,9876500010,30,SW1,T1,T2,IN,VOICE,Soci\xE9t\xE9,B,\n" +
        row("23\xE9/01/2025", "971500000001", "9876500010") +
        row("23/01/2025", "971500000001\xA0", "9876500010\xA0");
    const Reading r = read_layout("ild", bytes);
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.accepted == 2);
    CHECK(r.names.name(r.calls.carrier[0]) == "Société");
    CHECK(r.calls.callee[1] == PhoneNumber::from_e164(919876500010));
    CHECK(r.rejects.at(0).code == RejectCode::bad_encoding);
    CHECK(r.rejects.at(0).column == "CALL_DATE");
    CHECK(r.has_note("3 rows are not UTF-8 (first at line 2): read as Latin-1"));
}

TEST_CASE("a sink that refuses stops the reading with its fault") {
    NameTable names;
    const std::string bytes = header + good + "x\n";
    const Fault full = {FaultKind::io, "disk full", "", ""};
    const CallSink no_calls = {[&](CallBatch&) -> Done { return full; },
                               [](const Reject&) { return done(); }};
    const CallSink no_rejects = {[](CallBatch&) { return done(); },
                                 [&](const Reject&) -> Done { return full; }};
    for (const CallSink& sink : {no_calls, no_rejects}) {
        const auto r = find_layout("ild")->read(head_of(bytes), memory_source(bytes), {}, names, sink);
        REQUIRE_FALSE(r.ok());
        CHECK(r.fault().what == "disk full");
    }
}

TEST_CASE("batches hold at most 65,536 rows and lose none") {
    std::string bytes = header;
    for (int i = 0; i < 70'000; ++i) bytes += good;
    NameTable names;
    std::vector<std::size_t> sizes;
    const CallSink sink = {[&](CallBatch& batch) {
                               sizes.push_back(batch.size());
                               if (sizes.size() == 1) batch = CallBatch{};  // a sink may keep the batch
                               return done();
                           },
                           [](const Reject&) { return done(); }};
    const auto r = find_layout("ild")->read(head_of(bytes), memory_source(bytes), {}, names, sink);
    REQUIRE(r.ok());
    CHECK(r.value().accepted == 70'000);
    CHECK(sizes.size() > 1);
    CHECK(*std::max_element(sizes.begin(), sizes.end()) <= 65'536);
    CHECK(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}) == 70'000);
}

TEST_CASE("a CLI that is a number at home and in the country of the row is kept, counted and never guessed") {
    const auto with = [](const std::string& cli, const std::string& country,
                         const std::string& direction = "IN") {
        return "14:17:12,23/01/2025," + cli + ",9876500010,0,SW1,T1,T2," + direction + ",VOICE,A,B," +
               country + "\n";
    };
    const Reading r = read_layout(
        "ild", header + with("971500000001", "United Arab Emirates") + with("07911123456", "United Kingdom") +
                   with("2125550123", "United States") + with("9841234567", "Nepal"));
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.accepted == 4);
    CHECK(r.calls.cli[3] == PhoneNumber::from_e164(919841234567));
    CHECK(
        r.has_note("3 rows show a CLI without country code that is a number of the home region and of the "
                   "country in Country (first at line 3)"));
    for (const std::string& note : r.summary.notes) CHECK(note.find("9841234567") == std::string::npos);
    // Written with its country code, no number of that country, of no country, at home, or going out: no
    // doubt.
    const Reading sure =
        read_layout("ild", header + with("+919841234567", "Nepal") + with("00919841234567", "Nepal") +
                               with("919841234567", "Nepal") + with("9876500001", "Singapore") +
                               with("9841234567", "") + with("9841234567", "India") +
                               with("9841234567", "Atlantis") + with("9841234567", "Nepal", "OUT"));
    CHECK(sure.summary.accepted == 8);
    CHECK_FALSE(sure.has_note("without country code"));
}

TEST_CASE("a spreadsheet's date before the time of day is passed over if it is the row's date") {
    for (const char* time :
         {"2025-01-23 14:17:12", "23/01/2025 14:17:12", "2025-01-23T14:17:12", "23/01/2025 2:17:12 PM"}) {
        CAPTURE(time);
        const Reading r =
            read_layout("ild", header + row("23/01/2025", "971500000001", "9876500010", "30", time));
        REQUIRE(r.summary.accepted == 1);
        CHECK(r.calls.time[0] == at("2025-01-23T14:17:12"));
    }
    for (const char* time : {"2025-01-24 14:17:12", "24/01/2025 14:17:12", "2025-01-23 24:17:12",
                             "2025-01-23", "2025-01-23 ", "x 14:17:12"}) {
        CAPTURE(time);
        const Reading r =
            read_layout("ild", header + row("23/01/2025", "971500000001", "9876500010", "30", time));
        REQUIRE(r.rejects.size() == 1);
        CHECK(r.rejects[0].column == "CALL_TIME");
    }
    // Also in the date: a cell of date and midnight.
    CHECK(read_layout("ild", header + row("2025-01-23 00:00:00", "971500000001", "9876500010", "30",
                                          "2025-01-23 14:17:12"))
              .calls.time.at(0) == at("2025-01-23T14:17:12"));
}
