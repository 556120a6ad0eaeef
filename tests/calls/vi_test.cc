#include <doctest/doctest.h>

#include "police_reports.h"
#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

const ReportLayout& vi() { return report_layout("vi"); }

// A row whose two places, last free text and last cells may be anything.
std::string row(const std::string& first, const std::string& last, const std::string& network = "Guj - INDIA",
                const std::string& end = "-,-", const std::string& operator_name = "Vodafone - Gujarat") {
    return "09876500001,Incoming,POSTPAID,09876500002,4106," + operator_name + ",15-04-2026,10:08:37,26," +
           first + ",404056205320221," + last +
           ",404056205528433,-,Voice,860000000000003,404050000000001,-," + network +
           ",GMSGZ20_R17A,MTB,BSCRJ8O," + end + "\n";
}

Reading read_rows(const std::string& rows) {
    return read_layout("vi", vi().preamble + header_of(vi()) + "----------\n" + rows + "----------\n");
}

void check_call(const std::string& line) {
    CAPTURE(line);
    const Reading r = read_rows(line);
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(919876500002));
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500001));
    CHECK(r.calls.time[0] == at("2026-04-15T10:08:37"));
    CHECK(r.calls.duration[0] == 26);
    CHECK(r.calls.service[0] == Service::voice);
    CHECK(r.calls.redirect[0].is_none());
    CHECK(r.names.name(r.calls.trunk_in[0]) == "MTB");
    CHECK(r.names.name(r.calls.trunk_out[0]) == "BSCRJ8O");
}

void check_refused(const Reading& r) {
    CHECK(r.summary.accepted == 0);
    REQUIRE(r.rejects.size() == 1);
    CHECK(r.rejects[0].code == RejectCode::column_count);
}

}  // namespace

TEST_CASE("the shared Vi sample is read whole") {
    const auto bytes = sample("vi_lea_layout.csv");
    if (!bytes) {
        MESSAGE("skipped: no shared data");
        return;
    }
    REQUIRE(*recognise(head_of(*bytes)) == find_layout("vi"));
    const Reading r = read_layout("vi", *bytes);
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == 2);
    REQUIRE(r.summary.accepted == 2);
    CHECK(r.summary.notes.empty());
    CHECK(r.calls.direction == std::vector{Direction::incoming, Direction::outgoing});
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(919876500008));
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500007));
    CHECK(r.calls.callee[1] == PhoneNumber::from_e164(919876500009));
    CHECK(r.calls.time[1] == at("2026-01-01T10:32:38"));
    CHECK(r.calls.duration == std::vector{26, 13});
    CHECK(r.names.name(r.calls.trunk_in[0]) == "MTB");
    CHECK(r.names.name(r.calls.trunk_out[0]) == "BSCRJ8O");
    CHECK(r.names.name(r.calls.trunk_in[1]) == "BSCRJ9I");
}

TEST_CASE("rulers and notes in words are no rows, and notes are counted") {
    const Reading r =
        read_rows(row("A", "B") + "----------\nNote :- This is a System generated Report.\n" +
                  "1) Cell sites move, so places may differ.\n\"Times are local, as billed.\"\n");
    CHECK(r.summary.rows == 1);
    CHECK(r.summary.accepted == 1);
    CHECK(r.has_note("2 lines of words without a number (first at line 14)"));
    // What holds a number is a broken record, not a note.
    CHECK(read_rows(row("A", "B") + "09876500001,Incoming\n").summary.rejected == 1);
    CHECK(read_rows(row("A", "B") + "remark\n").summary.rejected == 1);
}

TEST_CASE("unquoted commas in the places change nothing else") {
    check_call(row("PLOT 7, MAIN ROAD", "B"));
    check_call(row("A", "PLOT 7, MAIN ROAD, NEAR BANK"));
    check_call(row("PLOT 7, MAIN ROAD", "PLOT 7, MAIN ROAD, 380015"));
    check_call(row("A,", ",B,"));
    check_call(row("A, 404056205320221", "B"));  // a piece that looks like a cell
    check_call(row("PLOT 7, MAIN ROAD", "B", "Guj - INDIA", ","));
    check_call(row("A", "B", "Guj - INDIA", "-,-", "Vodafone, Gujarat"));
    check_call(row("A,B", "C,D", "Guj - INDIA", "10.0.0.1,443", "Vodafone, Gujarat"));
}

TEST_CASE("a row that can be read in two ways is refused, never guessed") {
    // Is the comma in the network's name, in the MSC or in a trunk?
    check_refused(read_rows(row("A", "B", "Guj, INDIA")));
    check_refused(read_rows(row("A", "B", "Guj, INDIA", "-,")));
    check_refused(read_rows(row("PLOT 7, MAIN ROAD", "B", "Guj, INDIA")));
    // A cell without a name at the end.
    check_refused(read_rows(row("A", "B", "Guj - INDIA", "-,-,x")));
    // More commas than places have.
    check_refused(read_rows(row("1,2,3,4,5,6,7,8,9,10,1,2,3,4,5,6,7,8,9,10,1,2,3,4,5,6", "B")));
    // Nothing stands between the place and the trunks.
    check_refused(
        read_layout("vi",
                    "Target /A PARTY NUMBER,CALL_TYPE,B PARTY NUMBER,Call date,Call Initiation "
                    "Time,Last BTS Location,In TG,Out TG\n"
                    "09876500001,Incoming,09876500002,15-04-2026,10:08:37,PLOT 7, MAIN ROAD,MTB,X\n"));
}

TEST_CASE("a row that is shifted and cut to the right length is refused") {
    const Reading r = read_rows(row("PLOT 7, MAIN ROAD", "B", "Guj - INDIA", "-"));
    CHECK(r.summary.accepted == 0);
    REQUIRE(r.rejects.size() == 1);
    CHECK(r.rejects[0].code == RejectCode::column_count);
    CHECK(read_rows(row("A", "PLOT 7, MAIN ROAD", "Guj - INDIA", "-")).summary.rejected == 1);
}

TEST_CASE("commas are understood in any order of columns, and in rows that end in a surplus comma") {
    std::vector<std::string> columns = {"First BTS Location",
                                        "First Cell Global Id",
                                        "In TG",
                                        "Out TG",
                                        "Service Type",
                                        "IMEI",
                                        "Call date",
                                        "Call Initiation Time",
                                        "Target /A PARTY NUMBER",
                                        "CALL_TYPE",
                                        "B PARTY NUMBER"};
    const std::string rows =
        "PLOT 7, MAIN ROAD,404056205320221,MTB,BSCRJ8O,Voice,860000000000003,15-04-2026,10:08:37,09876500001,"
        "Incoming,09876500002\n";
    const Reading r = read_layout("vi", line_of(columns) + rows);
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.names.name(r.calls.trunk_in[0]) == "MTB");
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(919876500002));

    const std::string surplus = row("A", "B", "Guj - INDIA", "-,-,") + row("A", "B", "Guj - INDIA", "-,-,");
    const Reading s = read_rows(surplus + row("PLOT 7, MAIN ROAD", "B", "Guj - INDIA", "-,-,"));
    REQUIRE(s.summary.accepted == 3);
    for (std::size_t i = 0; i < 3; ++i) CHECK(s.names.name(s.calls.trunk_out[i]) == "BSCRJ8O");
}

TEST_CASE("a call type that does not say who called is refused") {
    std::string strange = row("A", "B");
    strange.replace(strange.find("Incoming"), 8, "Diverted");
    const Reading r = read_rows(strange);
    REQUIRE(r.rejects.size() == 1);
    CHECK(r.rejects[0].code == RejectCode::bad_value);
    CHECK(r.rejects[0].column == "CALL_TYPE");
}

TEST_CASE("a service that is neither voice nor SMS is said") {
    std::string strange = row("A", "B");
    strange.replace(strange.find("Voice"), 5, "Video");
    std::string stranger = row("A", "B");
    stranger.replace(stranger.find("Voice"), 5, "Hum");
    const Reading r = read_rows(strange + stranger);
    REQUIRE(r.summary.accepted == 2);
    CHECK(r.calls.service == std::vector{Service::other, Service::other});
    CHECK(r.has_note("1 row has an unknown word in Service Type"));
}
