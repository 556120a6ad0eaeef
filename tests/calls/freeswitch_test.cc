#include <doctest/doctest.h>

#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

const std::string uuid = "d80e22e0-4c15-11ea-97a0-9dd79410affb";

std::string row(const std::string& cli = "971500000001", const std::string& callee = "9876500010",
                const std::string& start = "2025-01-23 14:17:12",
                const std::string& answer = "2025-01-23 14:17:20", const std::string& billsec = "30",
                const std::string& cause = "NORMAL_CLEARING") {
    return R"("Some ""Name""",")" + cli + "\",\"" + callee + "\",\"public\",\"" + start + "\",\"" + answer +
           "\",\"2025-01-23 14:17:50\",\"38\",\"" + billsec + "\",\"" + cause + "\",\"" + uuid +
           "\",\"\",\"\",\"PCMU\",\"PCMU\"\n";
}

RejectCode why(const std::string& bytes) {
    const Reading r = read_layout("freeswitch", bytes);
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.rejected == 1);
    return r.rejects[0].code;
}

}  // namespace

TEST_CASE("the shared FreeSWITCH sample is recognised; rows to an application have no called number") {
    const auto bytes = sample("freeswitch_cdr_csv_example_template.csv");
    if (!bytes) {
        MESSAGE("skipped: no shared data");
        return;
    }
    REQUIRE(*recognise(head_of(*bytes)) == find_layout("freeswitch"));
    const Reading r = read_layout("freeswitch", *bytes);
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == 10);
    REQUIRE(r.summary.accepted == 2);
    CHECK(r.calls.time[0] == at("2020-02-10T22:41:00"));
    CHECK(r.calls.disposition[0] == Disposition::unanswered);
    CHECK(r.calls.duration[1] == 32);
    for (const KeptReject& reject : r.rejects) {
        CHECK(reject.code == RejectCode::bad_callee);
        CHECK(reject.column == "destination_number");
    }
}

TEST_CASE("a row of the template \"example\" is a call") {
    const Reading r = read_layout("freeswitch", row());
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.time[0] == at("2025-01-23T14:17:12"));
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(971500000001));
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500010));
    CHECK(r.calls.duration[0] == 30);
    CHECK(r.calls.disposition[0] == Disposition::answered);
    CHECK(r.calls.trunk_in[0] == 0);
    CHECK(*recognise(head_of(row())) == find_layout("freeswitch"));
}

TEST_CASE("how a call ended follows from the time of answer, the seconds and the cause") {
    const auto ended = [](const std::string& answer, const std::string& billsec, const std::string& cause) {
        return read_layout("freeswitch",
                           row("971500000001", "9876500010", "2025-01-23 14:17:12", answer, billsec, cause))
            .calls.disposition.at(0);
    };
    CHECK(ended("", "0", "NORMAL_CLEARING") == Disposition::unanswered);
    CHECK(ended("", "0", "ORIGINATOR_CANCEL") == Disposition::unanswered);
    CHECK(ended("", "0", "NO_ANSWER") == Disposition::unanswered);
    CHECK(ended("", "0", "USER_BUSY") == Disposition::busy);
    CHECK(ended("", "0", "17") == Disposition::busy);
    CHECK(ended("", "0", "UNALLOCATED_NUMBER") == Disposition::failed);
    CHECK(ended("2025-01-23 14:17:20", "0", "NORMAL_CLEARING") == Disposition::answered);
    CHECK(ended("", "5", "USER_BUSY") == Disposition::answered);
}

TEST_CASE("each way in which a row of mod_cdr_csv can be wrong has its reason") {
    CHECK(why(row("971500000001", "9876500010", "")) == RejectCode::bad_time);
    CHECK(why(row("971500000001", "&park")) == RejectCode::bad_callee);
    CHECK(why(row("971500000001", "")) == RejectCode::bad_callee);
    CHECK(why(row("971500000001", "9.8765E+09")) == RejectCode::scientific);
    CHECK(why(row("9.7150E+11")) == RejectCode::scientific);
    CHECK(why(row("1", "9876500010", "2025-01-23 14:17:12", "", "x")) == RejectCode::bad_duration);
    CHECK(why("a,b,c\n") == RejectCode::column_count);
    CHECK(why("\"a,b\n") == RejectCode::broken_row);
    CHECK(why(row("971500000001", "98765\xE9")) == RejectCode::bad_encoding);
    CHECK(read_layout("freeswitch", std::string("a\0b", 3)).fault);
}

TEST_CASE("without the codecs, or with more columns behind them, the template is still recognised") {
    const std::string shorter =
        "n,971500000001,9876500010,public,2025-01-23 14:17:12,,2025-01-23 14:17:50,38,0,"
        "NO_ANSWER," +
        uuid + ",\n";
    CHECK(*recognise(head_of(shorter)) == find_layout("freeswitch"));
    CHECK(read_layout("freeswitch", shorter).summary.accepted == 1);
    std::string longer = row();
    longer.insert(longer.size() - 1, ",\"a\",\"b\"");
    CHECK(*recognise(head_of(longer)) == find_layout("freeswitch"));
    const std::string no_uuid =
        "n,971500000001,9876500010,public,2025-01-23 14:17:12,,2025-01-23 14:17:50,38,0,"
        "NO_ANSWER,x,,\n";
    CHECK(find_layout("freeswitch")->recognise(head_of(no_uuid)) == 0);
}

TEST_CASE("another template is read with a mapping file that holds it") {
    const std::string mapping =
        R"(template = '''"${caller_id_number}","${destination_number}","${start_epoch}","${billsec}","${hangup_cause}","${channel_name}","${bridge_channel}","${rdnis}","fixed","${a} ${b}"''')"
        "\n";
    const Reading r = read_by(mapping,
                              "\"971500000001\",\"9876500010\",\"1737622032\",\"0\",\"NORMAL_CLEARING\","
                              "\"sofia/ild-gw/971500000001@sbc\","
                              "\"sofia/internal/7001@pbx\",\"9876500020\",\"fixed\",\"x y\"\n"
                              "\"971500000001\",\"9876500010\",\"0\",\"5\"\n");
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.time[0] == at("2025-01-23T08:47:12Z"));
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(971500000001));
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500010));
    CHECK(r.calls.redirect[0] == PhoneNumber::from_e164(919876500020));
    CHECK(r.calls.duration[0] == 0);
    CHECK(r.calls.disposition[0] == Disposition::unanswered);  // the cause of a call that nobody took
    CHECK(r.names.name(r.calls.trunk_in[0]) == "ild-gw");
    CHECK(r.names.name(r.calls.trunk_out[0]) == "internal");
    CHECK(r.rejects.at(0).code == RejectCode::column_count);
}

TEST_CASE("[columns] of a mapping with a template speak of its variables, before the usual ones") {
    const std::string mapping =
        "template = '${caller_id_number};${ani};${destination_number};${start_stamp};${direction}'\n"
        "[columns]\ncli = \"ani\"\ndirection = \"direction\"\n"
        "[direction]\nincoming = [\"inbound\"]\n";
    const Reading r = read_by(mapping, "anonymous;971500000001;9876500010;2025-01-23 14:17:12;inbound\n");
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(971500000001));
    CHECK(r.calls.direction[0] == Direction::incoming);
    CHECK(r.calls.time[0] == at("2025-01-23T14:17:12"));
    // A rejected row names the variable.
    const Reading bad = read_by(mapping, "1;971500000001;;2025-01-23 14:17:12;inbound\n");
    CHECK(bad.rejects.at(0).column == "destination_number");
    // time_format is known from the variable.
    const Reading epoch = read_by(
        "template = '${start_uepoch},${start_epoch},${destination_number}'\n[columns]\ntime = "
        "\"start_epoch\"\n",
        "0,1737622032,9876500010\n");
    CHECK(epoch.calls.time.at(0) == at("2025-01-23T08:47:12Z"));
}

TEST_CASE("a template that cannot be used is refused with its line") {
    const auto fault_of = [](std::string_view toml) {
        const auto mapping = parse_mapping(toml, "m.toml");
        return mapping.ok() ? std::string() : mapping.fault().message();
    };
    const auto has = [](const std::string& text, std::string_view part) {
        return text.find(part) != std::string::npos;
    };
    CHECK(has(fault_of("template = ''\n"), "m.toml:1"));
    CHECK(has(fault_of("template = 'a,b,c'\n"), "names no ${variable}"));
    CHECK(has(fault_of("template = '${a}x${b}'\n"), "no row of ${variables}"));
    CHECK(has(fault_of("header = true\ntemplate = '${a},${b}'\n"), "m.toml:1"));
    CHECK(has(fault_of("template = '${start_stamp},${caller_id_number}'\n"), "no called number"));
    const std::string misspelt = fault_of(
        "template = '${start_stamp},${destination_number}'\n[columns]\ncallee = \"destinaton_number\"\n");
    CHECK(has(misspelt, "m.toml:3"));
    CHECK(has(misspelt, "did you mean destination_number?"));
    const Reading twice = read_by("template = '${destination_number},${destination_number},${start_stamp}'\n",
                                  "9876500010,9876500010,2025-01-23 14:17:12\n");
    REQUIRE(twice.fault);
    CHECK(has(twice.fault->message(), "stands in the template twice"));
    const Reading reports =
        read_reports("number\n9876500010\n", "template = '${destination_number},${start_stamp}'\n");
    REQUIRE(reports.fault);
    CHECK(has(reports.fault->message(), "reports are read from delimited files"));
}
