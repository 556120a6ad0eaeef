#include <doctest/doctest.h>

#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

const std::string preamble =
    "BHARTI AIRTEL LIMITED \n\nPAN India \n\nCall Details of Mobile No '9876500001' from '01-Jun-2025' to "
    "'05-Jun-2026' \n\n";
const std::string header =
    "Target No,Call Type,TOC,B Party No,LRN No,LRN TSP-LSA,Date,Time,Dur(s),First CGI Lat/Long,First "
    "CGI,Last CGI Lat/Long,"
    "Last CGI,SMSC No,Service Type,IMEI,IMSI,Call Fow No,Roam Nw,SW & MSC ID,IN TG,OUT TG,Vowifi First UE "
    "IP,Port1,"
    "Vowifi Last UE IP,Port2\n";

std::string row(const std::string& type, const std::string& party, const std::string& date = "'15/04/2026'",
                const std::string& forward = "-", const std::string& target = "'9876500001'") {
    return target + "," + type + ",Post," + party + ",4106,VODA-GJ," + date +
           ",09:42:17,41,,404-98-1-1,,404-98-1-2,'-',Voice," + "'860000000000001','404980000000001'," +
           forward + ",AIR GJ,'9898000001',TGIN1,TGOUT1,,,,\n";
}

}  // namespace

TEST_CASE("the shared Airtel sample is read whole") {
    const auto bytes = sample("airtel_lea_layout.csv");
    if (!bytes) {
        MESSAGE("skipped: no shared data");
        return;
    }
    REQUIRE(*recognise(head_of(*bytes)) == find_layout("airtel"));
    const Reading r = read_layout("airtel", *bytes);
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == 2);
    REQUIRE(r.summary.accepted == 2);
    CHECK(r.calls.service == std::vector{Service::sms, Service::voice});
    CHECK(r.calls.direction == std::vector{Direction::incoming, Direction::outgoing});
    CHECK(r.names.name(r.calls.cli_text[0]) == "AD-Airtel-S");
    CHECK(r.calls.cli_class[0] == NumberClass::not_digits);
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500001));
    CHECK(r.calls.cli[1] == PhoneNumber::from_e164(919876500001));
    CHECK(r.calls.callee[1] == PhoneNumber::from_e164(919876500002));
    CHECK(r.calls.time[1] == at("2026-04-15T09:42:17"));
    CHECK(r.calls.duration[1] == 41);
    CHECK(r.calls.line == std::vector<std::uint64_t>{8, 9});
    CHECK(r.summary.date_evidence == "line 8 has day 15");
}

TEST_CASE("the call type says who called whom") {
    const Reading r =
        read_layout("airtel", preamble + header + row("IN", "'9876500002'") + row("OUT", "'9876500002'") +
                                  row("SMT", "'9876500002'") + row("SMO", "'57575'") + row("in", "'-'"));
    REQUIRE(r.summary.accepted == 5);
    const PhoneNumber target = PhoneNumber::from_e164(919876500001);
    const PhoneNumber party = PhoneNumber::from_e164(919876500002);
    CHECK(r.calls.cli == std::vector{party, target, party, target, PhoneNumber{}});
    CHECK(r.calls.callee == std::vector{target, party, target, PhoneNumber::from_presented("57575"), target});
    CHECK(r.calls.service ==
          std::vector{Service::voice, Service::voice, Service::sms, Service::sms, Service::voice});
    CHECK(r.calls.callee_class[3] == NumberClass::short_code);
    CHECK(r.names.name(r.calls.trunk_in[0]) == "TGIN1");
    CHECK(r.names.name(r.calls.trunk_out[0]) == "TGOUT1");
    CHECK(r.calls.disposition[2] == Disposition::unknown);
}

TEST_CASE("a call type that does not say who called is rejected") {
    const Reading r =
        read_layout("airtel", preamble + header + row("IN", "'9876500002'") + row("ROAM", "'9876500002'"));
    REQUIRE(r.rejects.size() == 1);
    CHECK(r.rejects[0].code == RejectCode::bad_value);
    CHECK(r.rejects[0].column == "Call Type");
}

TEST_CASE("a destroyed target or party is rejected, whoever called") {
    const Reading r =
        read_layout("airtel", preamble + header + row("IN", "'9.19877E+11'") + row("OUT", "9.19877E+11") +
                                  row("IN", "'9876500002'", "'15/04/2026'", "-", "9.19877E+11") +
                                  row("OUT", "'9876500002'", "'15/04/2026'", "-", "9.19877E+11") +
                                  row("OUT", "'AD-Airtel-S'"));
    REQUIRE(r.rejects.size() == 5);
    for (std::size_t i = 0; i < 4; ++i) CHECK(r.rejects[i].code == RejectCode::scientific);
    CHECK(r.rejects[0].column == "B Party No");
    CHECK(r.rejects[2].column == "Target No");
    CHECK(r.rejects[4].code == RejectCode::bad_callee);
}

TEST_CASE("a forwarding number is kept as the redirect") {
    const Reading r =
        read_layout("airtel", preamble + header + row("IN", "'9876500002'", "'15/04/2026'", "'9876500003'") +
                                  row("IN", "'9876500002'"));
    CHECK(r.calls.redirect == std::vector{PhoneNumber::from_e164(919876500003), PhoneNumber{}});
}

TEST_CASE("a report without records has zero rows and says so") {
    for (const std::string& bytes :
         {preamble + "No records found\n", preamble + header + "No records found\n",
          preamble + header + "No Record Found,,,,,,,,,,,,,,,,,,,,,,,,,\n", preamble + header}) {
        const auto layout = recognise(head_of(bytes));
        REQUIRE(layout.ok());
        CHECK(*layout == find_layout("airtel"));
        const Reading r = read_layout("airtel", bytes);
        REQUIRE_FALSE(r.fault);
        CHECK(r.summary.rows == 0);
        CHECK(r.summary.notes.size() == 1);
    }
}

TEST_CASE("the header may stand at row 30, and reports may be joined") {
    std::string bytes = "BHARTI AIRTEL LIMITED\n";
    for (int i = 0; i < 28; ++i) bytes += "line " + std::to_string(i) + " of a covering letter\n";
    bytes += header + row("IN", "'9876500002'") + preamble + header + row("IN", "'9876500003'");
    REQUIRE(*recognise(head_of(bytes)) == find_layout("airtel"));
    const Reading r = read_layout("airtel", bytes);
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == 2);
    CHECK(r.summary.accepted == 2);
    CHECK(r.has_note("the header stands again"));
}

TEST_CASE("a preamble without header or records is a fault that helps") {
    const Reading r = read_layout("airtel", preamble);
    REQUIRE(r.fault);
    CHECK(r.fault->what == "no header of layout airtel");
    CHECK(r.fault->message().find("9876500001") == std::string::npos);
}

TEST_CASE("an unquoted comma never moves the trunks") {
    const auto with = [](const std::string& from, const std::string& to) {
        std::string line = row("IN", "'9876500002'");
        line.replace(line.find(from), from.size(), to);
        return read_layout("airtel", preamble + header + line);
    };
    // Behind the coordinates stand cell, service, IMEI and IMSI.
    const Reading place = with(",,404-98-1-1,", ",21.29, 72.89,404-98-1-1,");
    REQUIRE(place.summary.accepted == 1);
    CHECK(place.names.name(place.calls.trunk_in[0]) == "TGIN1");
    CHECK(place.names.name(place.calls.trunk_out[0]) == "TGOUT1");
    // Behind the network's name stands nothing that says where it ends.
    const Reading network = with("AIR GJ", "AIR GJ, INDIA");
    REQUIRE(network.rejects.size() == 1);
    CHECK(network.rejects[0].code == RejectCode::column_count);
    // Not even if it stands in every row, and the last cells are blank.
    std::string line = row("IN", "'9876500002'");
    line.replace(line.find("AIR GJ"), 6, "AIR GJ, INDIA");
    line.replace(line.find("TGOUT1"), 6, "10.92.26.67");
    const Reading all = read_layout("airtel", preamble + header + line + line + line);
    CHECK(all.summary.accepted == 0);
    CHECK(all.rejects.size() == 3);
}
