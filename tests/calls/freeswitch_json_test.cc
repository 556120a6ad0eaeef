#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

using nlohmann::json;

// As mod_json_cdr writes a leg that came in and was transferred once: the newest profile first.
json leg() {
    return json::parse(R"({
      "core-uuid": "d80e22e0-4c15-11ea-97a0-9dd79410affb", "switchname": "pbx",
      "channel_data": {"state": "CS_REPORTING", "direction": "inbound", "flags": "0=1"},
      "variables": {"direction": "inbound", "uuid": "b9d0a33e-4c15-11ea-978a-9dd79410affb",
        "start_stamp": "2025-01-23%2014%3A17%3A12", "start_epoch": "1737622032", "start_uepoch": "1737622032250000",
        "answer_uepoch": "1737622040000000", "billsec": "30", "hangup_cause": "NORMAL_CLEARING",
        "bridge_channel": "sofia/internal/7001%4010.0.0.7"},
      "app_log": {"applications": [{"app_name": "bridge", "app_data": "user/7001"}]},
      "callflow": [
        {"dialplan": "XML", "profile_index": "2",
         "caller_profile": {"caller_id_number": "971500000001", "destination_number": "7001", "rdnis": "9876500010",
                            "chan_name": "sofia/ild-gw/971500000001@10.0.0.9"},
         "times": {"created_time": "1737622032250000", "answered_time": "1737622040000000"}},
        {"dialplan": "XML", "profile_index": "1",
         "caller_profile": {"caller_id_number": "971500000001", "destination_number": "9876500010", "rdnis": "",
                            "chan_name": "sofia/ild-gw/971500000001@10.0.0.9",
                            "originatee": {"originatee_caller_profiles": [{"destination_number": "7001"}]}},
         "times": {"created_time": "1737622032250000", "answered_time": "1737622040000000"}}]})");
}

Reading read(const json& document) { return read_layout("freeswitch_json", document.dump() + "\n"); }

RejectCode why(const json& document) {
    const Reading r = read(document);
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.rejected == 1);
    return r.rejects[0].code;
}

}  // namespace

TEST_CASE("a document of mod_json_cdr is a call to the number that was dialled first") {
    const Reading r = read(leg());
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.time[0].value == at("2025-01-23T14:17:12").value + 250'000);
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(971500000001));
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500010));
    CHECK(r.calls.redirect[0].is_none());
    CHECK(r.calls.duration[0] == 30);
    CHECK(r.calls.disposition[0] == Disposition::answered);
    CHECK(r.names.name(r.calls.trunk_in[0]) == "ild-gw");
    CHECK(r.names.name(r.calls.trunk_out[0]) == "internal");
    CHECK(*recognise(head_of(leg().dump())) == find_layout("freeswitch_json"));
}

TEST_CASE("one line each, pretty-printed, or in an array: all documents are read") {
    const std::string pretty = leg().dump(1, '\t');
    CHECK(read_layout("freeswitch_json", pretty + "\n" + pretty + "\n").summary.accepted == 2);
    CHECK(read_layout("freeswitch_json", "[" + pretty + "," + leg().dump() + "]").summary.accepted == 2);
    CHECK(*recognise(head_of("[\n" + pretty)) == find_layout("freeswitch_json"));
    const Reading r = read_layout("freeswitch_json", pretty + "\n" + pretty.substr(0, 300) + "\n" + pretty);
    CHECK(r.summary.accepted == 2);
    CHECK(r.summary.rejected == 1);
    CHECK(r.has_note("1 record is not JSON"));
    CHECK(r.calls.line.at(1) > 20);
}

TEST_CASE("older versions have one profile instead of a list") {
    json old = leg();
    old["callflow"] = old["callflow"][1];
    const Reading r = read(old);
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500010));
    CHECK(r.names.name(r.calls.trunk_in[0]) == "ild-gw");
}

TEST_CASE("each place of the time is used when the better one is missing, and URL encoding is undone") {
    json document = leg();
    document["variables"].erase("start_uepoch");
    CHECK(read(document).calls.time.at(0).value == at("2025-01-23T14:17:12").value + 250'000);
    document["variables"]["start_uepoch"] = "0";
    document["callflow"][1]["times"]["created_time"] = 0;
    CHECK(read(document).calls.time.at(0) == at("2025-01-23T14:17:12"));
    document["variables"].erase("start_epoch");
    CHECK(read(document).calls.time.at(0) == at("2025-01-23T14:17:12"));
    document["callflow"][1]["caller_profile"]["caller_id_number"] = "%2B971500000001";
    CHECK(read(document).calls.cli.at(0) == PhoneNumber::from_e164(971500000001));
    document["callflow"][1]["caller_profile"]["caller_id_number"] = "%FF%ZZ%2";
    CHECK(read(document).calls.cli_class.at(0) == NumberClass::not_digits);
}

TEST_CASE("a leg that the switch set up itself has its trunks the other way round") {
    json document = leg();
    document["variables"]["direction"] = "outbound";
    document["variables"]["sip_gateway_name"] = "carrier-b";
    const Reading r = read(document);
    CHECK(r.names.name(r.calls.trunk_out.at(0)) == "carrier-b");
    CHECK(r.names.name(r.calls.trunk_in.at(0)) == "internal");
}

TEST_CASE("redirection and endings") {
    json document = leg();
    document["callflow"][1]["caller_profile"]["rdnis"] = "9876500020";
    CHECK(read(document).calls.redirect.at(0) == PhoneNumber::from_e164(919876500020));
    document["variables"]["billsec"] = 0;
    document["variables"]["answer_uepoch"] = "0";
    document["callflow"][1]["times"]["answered_time"] = "0";
    document["callflow"][0]["times"]["answered_time"] = "0";
    CHECK(read(document).calls.disposition.at(0) == Disposition::unanswered);
    document["variables"]["hangup_cause"] = "USER_BUSY";
    CHECK(read(document).calls.disposition.at(0) == Disposition::busy);
    document["variables"].erase("hangup_cause");
    document["variables"].erase("billsec");
    CHECK(read(document).calls.disposition.at(0) == Disposition::unknown);
    CHECK(read(document).calls.duration.at(0) == -1);
}

TEST_CASE("each way in which a document can be wrong has its reason") {
    json document = leg();
    document["callflow"][1]["caller_profile"]["destination_number"] = "park";
    CHECK(why(document) == RejectCode::bad_callee);
    document["callflow"][1]["caller_profile"].erase("destination_number");
    CHECK(why(document) == RejectCode::bad_callee);
    document["callflow"][1]["caller_profile"]["destination_number"] = 9.8765e9;
    document["variables"]["billsec"] = "x";
    CHECK(why(document) == RejectCode::bad_duration);
    document = leg();
    document["callflow"][1]["caller_profile"]["caller_id_number"] = "9.7150E+11";
    CHECK(why(document) == RejectCode::scientific);
    document = leg();
    document["variables"]["start_uepoch"] = "soon";
    CHECK(why(document) == RejectCode::bad_time);
    document["variables"] = {{"billsec", 1}};
    document.erase("callflow");
    CHECK(why(document) == RejectCode::bad_time);
    document = leg();
    document["variables"]["billsec"] = {1};
    CHECK(why(document) == RejectCode::bad_value);
    const Reading twice = read_layout("freeswitch_json", R"({"variables":{"billsec":"1","billsec":"2"}})"
                                                         "\n" +
                                                             leg().dump());
    CHECK(twice.rejects.at(0).code == RejectCode::bad_value);
    CHECK(twice.rejects.at(0).column == "variables.billsec");
    CHECK(twice.summary.accepted == 1);
    const Reading bad_bytes = read_layout("freeswitch_json", "{\"variables\":{\"x\":\"\xE9\"}}\n{\"a\":\"" +
                                                                 std::string("\0\"}\n", 4) + leg().dump());
    CHECK(bad_bytes.rejects.at(0).code == RejectCode::bad_encoding);
    CHECK(bad_bytes.rejects.at(1).code == RejectCode::broken_row);
    CHECK(bad_bytes.summary.accepted == 1);
    CHECK(read_layout("freeswitch_json", "").fault);
    CHECK(read_layout("freeswitch_json", "\xFF\xFE{").fault);
}

TEST_CASE("other JSON is not taken for FreeSWITCH's, and the way out is told") {
    const auto fault = recognise(head_of("{\"from\":\"971500000001\",\"to\":\"9876500010\"}\n"));
    REQUIRE_FALSE(fault.ok());
    CHECK(fault.fault().message().find("format = \"jsonl\"") != std::string::npos);
    CHECK(find_layout("freeswitch_json")->recognise(head_of("\"variables\",\"callflow\"\n")) == 0);
    CHECK(find_layout("freeswitch_json")->recognise(head_of("{\"variables\":1}")) == 0);
}
