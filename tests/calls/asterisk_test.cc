#include <doctest/doctest.h>

#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

struct Row {
    std::string src = "971500000001", dst = "9876500010", clid = R"("""Name"" <971500000001>")",
                channel = "SIP/airtel-ild-0000a1b2", dstchannel = "PJSIP/desk-7-0000a1b3",
                start = R"("2025-01-23 14:17:12")", answer = R"("2025-01-23 14:17:20")", duration = "38",
                billsec = "30", disposition = "ANSWERED", flags = "DOCUMENTATION", more;

    [[nodiscard]] std::string text() const {
        return "\"\",\"" + src + "\",\"" + dst + "\",\"from-trunk\"," + clid + ",\"" + channel + "\",\"" +
               dstchannel + "\",\"Dial\",\"SIP/7,60,t\"," + start + "," + answer +
               ",\"2025-01-23 14:17:50\"," + duration + "," + billsec + ",\"" + disposition + "\",\"" +
               flags + "\"" + more + "\n";
    }
};

Reading read(const Row& row) { return read_layout("asterisk", row.text()); }

RejectCode why(const Row& row) {
    const Reading r = read(row);
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.rejected == 1);
    CHECK(r.rejects[0].line == 1);
    return r.rejects[0].code;
}

std::string trunk(const std::string& channel) {
    Row row;
    row.channel = channel;
    const Reading r = read(row);
    REQUIRE(r.summary.accepted == 1);
    return r.names.name(r.calls.trunk_in[0]);
}

}  // namespace

TEST_CASE("the shared Asterisk sample is recognised and read whole, rows of 16 and of 18 columns") {
    const auto bytes = sample("asterisk_master_variants.csv");
    if (!bytes) {
        MESSAGE("skipped: no shared data");
        return;
    }
    REQUIRE(*recognise(head_of(*bytes)) == find_layout("asterisk"));
    const Reading r = read_layout("asterisk", *bytes);
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.accepted == 4);
    CHECK(r.calls.time[0] == at("2019-03-04T02:31:39"));
    CHECK(r.names.name(r.calls.cli_text[0]) == "SOFTPHONE_A");
    CHECK(r.names.name(r.calls.trunk_in[0]) == "SOFTPHONE_A");
    CHECK(r.names.name(r.calls.trunk_out[1]) == "isoft");
    CHECK(r.calls.disposition[2] == Disposition::busy);
    CHECK(r.calls.duration[3] == 118);
    CHECK(r.calls.cli_class[3] == NumberClass::foreign);
}

TEST_CASE("a row of Master.csv is a call: CLI, callee, trunks, seconds of conversation, disposition") {
    const Reading r = read({});
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.time[0] == at("2025-01-23T14:17:12"));
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(971500000001));
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500010));
    CHECK(r.calls.duration[0] == 30);
    CHECK(r.calls.disposition[0] == Disposition::answered);
    CHECK(r.calls.direction[0] == Direction::unknown);
    CHECK(r.names.name(r.calls.trunk_in[0]) == "airtel-ild");
    CHECK(r.names.name(r.calls.trunk_out[0]) == "desk-7");
    CHECK(r.calls.line[0] == 1);
    CHECK(r.calls.offset[0] == 0);
}

TEST_CASE("16 to 21 columns are read, 15 and 22 are not") {
    for (const std::string more : {"", ",\"1.5\"", ",\"1.5\",\"\"", ",\"\",\"1.5\",7",
                                   ",\"1.5\",\"\",\"1.4\",7", ",\"1.5\",\"\",\"\",\"1.4\",7"}) {
        Row row;
        row.more = more;
        CAPTURE(more);
        CHECK(read(row).summary.accepted == 1);
        CHECK(*recognise(head_of(row.text())) == find_layout("asterisk"));
    }
    Row wide;
    wide.more = ",1,2,3,4,5,6";
    CHECK(why(wide) == RejectCode::column_count);
    const Reading narrow = read_layout("asterisk", "\"\",\"971500000001\",\"9876500010\"\n");
    CHECK(narrow.rejects.at(0).code == RejectCode::column_count);
}

TEST_CASE("the trunk is the peer in the name of the channel") {
    CHECK(trunk("SIP/peer-0000a") == "peer");
    CHECK(trunk("PJSIP/north-gw-1-0000abcd") == "north-gw-1");
    CHECK(trunk("IAX2/delhi-4711") == "delhi");
    CHECK(trunk("DAHDI/i1/9876500011-1a") == "DAHDI/i1");
    CHECK(trunk("DAHDI/3-1") == "DAHDI/3");
    CHECK(trunk("TELCHAN/5/19") == "TELCHAN/5");
    CHECK(trunk("SIP/no-serial-here") == "no-serial-here");
    CHECK(trunk("Local/7001@internal-0000a;1").empty());
    CHECK(trunk("").empty());
    CHECK(trunk("Bridge").empty());
}

TEST_CASE("an empty answer, and each disposition") {
    Row row;
    row.answer = "";
    row.billsec = "0";
    row.disposition = "NO ANSWER";
    const Reading r = read(row);
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.duration[0] == 0);
    CHECK(r.calls.disposition[0] == Disposition::unanswered);
    for (const auto& [word, meaning] :
         {std::pair{"BUSY", Disposition::busy}, std::pair{"FAILED", Disposition::failed},
          std::pair{"CONGESTION", Disposition::failed}, std::pair{"answered", Disposition::answered}}) {
        row.disposition = word;
        CHECK(read(row).calls.disposition.at(0) == meaning);
    }
    row.disposition = "VANISHED";
    const Reading strange = read(row);
    CHECK(strange.calls.disposition.at(0) == Disposition::unknown);
    CHECK(strange.has_note("unknown word in disposition (first at line 1)"));
}

TEST_CASE("without src the number in clid is the CLI; a name alone is no number") {
    Row row;
    row.src = "";
    CHECK(read(row).calls.cli.at(0) == PhoneNumber::from_e164(971500000001));
    row.clid = R"("""Name""")";
    CHECK(read(row).calls.cli_class.at(0) == NumberClass::none);
    row.clid = "\"<\"";
    CHECK(read(row).calls.cli_class.at(0) == NumberClass::none);
    row.src = "AD-OFFICE";
    const Reading named = read(row);
    CHECK(named.names.name(named.calls.cli_text.at(0)) == "AD-OFFICE");
}

TEST_CASE("times are local to the case, or to the zone that was given") {
    ReadOptions utc;
    utc.zone = Zone{0};
    CHECK(read_layout("asterisk", Row{}.text(), utc).calls.time.at(0) == at("2025-01-23T14:17:12Z"));
}

TEST_CASE("what a spreadsheet made of the dates is decided for the file, or refused") {
    Row row;
    row.start = "23/01/2025 14:17";
    const Reading day_first = read(row);
    REQUIRE_FALSE(day_first.fault);
    CHECK(day_first.calls.time.at(0) == at("2025-01-23T14:17:00"));
    CHECK(day_first.summary.date_order == DateOrder::day_first);
    row.start = "03/04/2025 14:17";
    const Reading open = read(row);
    REQUIRE(open.fault);
    CHECK(open.fault->message().find("--date-order") != std::string::npos);
}

TEST_CASE("each way in which a row of Master.csv can be wrong has its reason") {
    Row row;
    row.start = "\"\"";
    CHECK(why(row) == RejectCode::bad_time);
    row = {};
    row.start = "\"2025-02-30 10:00:00\"";
    CHECK(why(row) == RejectCode::bad_time);
    row = {};
    row.dst = "s";
    CHECK(why(row) == RejectCode::bad_callee);
    row.dst = "";
    CHECK(why(row) == RejectCode::bad_callee);
    row.dst = "9.8765E+09";
    CHECK(why(row) == RejectCode::scientific);
    row = {};
    row.src = "9.7150E+11";
    CHECK(why(row) == RejectCode::scientific);
    row = {};
    row.billsec = "long";
    CHECK(why(row) == RejectCode::bad_duration);
    row.billsec = "-1";
    CHECK(why(row) == RejectCode::bad_duration);
    row = {};
    row.dst = "98765\xE9";
    CHECK(why(row) == RejectCode::bad_encoding);

    const Reading unclosed = read_layout("asterisk", Row{}.text() + "\"\",\"971500000001,9876500010\n");
    CHECK(unclosed.summary.accepted == 1);
    CHECK(unclosed.rejects.at(0).code == RejectCode::broken_row);
    const Reading zero = read_layout("asterisk", Row{}.text() + std::string("\0\n", 2));
    REQUIRE(zero.fault);
    CHECK(zero.fault->message().find("zero byte") != std::string::npos);
}

TEST_CASE("two legs of one call stay two rows") {
    Row first, second;
    first.disposition = "NO ANSWER";
    first.more = ",\"1.5\",\"\",\"\",\"1.5\",7";
    second.dstchannel = "SIP/desk-8-0000a1b4";
    second.more = ",\"1.5\",\"\",\"\",\"1.5\",8";
    const Reading r = read_layout("asterisk", first.text() + second.text());
    CHECK(r.summary.accepted == 2);
}

TEST_CASE("columns of three dates and two numbers are not taken for Asterisk without its words") {
    Row row;
    row.disposition = "ok";
    CHECK(find_layout("asterisk")->recognise(head_of(row.text())) == 0);
    row = {};
    row.duration = "abc";
    CHECK(find_layout("asterisk")->recognise(head_of(row.text())) == 0);
    row = {};
    CHECK(find_layout("asterisk")->recognise(head_of("a,b\nc,d\n" + row.text())) == 0);
    CHECK(find_layout("asterisk")->recognise(head_of("")) == 0);
    // A broken row among good ones does not hide what the file is.
    std::string bytes = "x\n";
    for (int i = 0; i < 5; ++i) bytes += row.text();
    CHECK(find_layout("asterisk")->recognise(head_of(bytes)) == 75);
}
