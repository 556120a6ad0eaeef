#include <doctest/doctest.h>

#include "police_reports.h"
#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

const ReportLayout& bsnl() { return report_layout("bsnl"); }

std::string report(int rows, const std::string& count) {
    std::string out = bsnl().preamble + header_of(bsnl());
    for (int i = 0; i < rows; ++i) out += row_of(bsnl(), {});
    return out + "*** END OF REPORT ***\nCDR COUNT : " + count + "\n";
}

}  // namespace

TEST_CASE("the shared BSNL sample is read whole") {
    const auto bytes = sample("bsnl_lea_layout.csv");
    if (!bytes) {
        MESSAGE("skipped: no shared data");
        return;
    }
    REQUIRE(*recognise(head_of(*bytes)) == find_layout("bsnl"));
    const Reading r = read_layout("bsnl", *bytes);
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == 2);
    REQUIRE(r.summary.accepted == 2);
    CHECK(r.summary.notes.empty());
    CHECK(r.calls.service == std::vector{Service::sms, Service::voice});
    CHECK(r.calls.cli_class[0] == NumberClass::short_code);
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500003));
    CHECK(r.calls.callee[1] == PhoneNumber::from_e164(919876500004));
    CHECK(r.calls.time[1] == at("2026-06-19T12:15:04"));
    CHECK(r.calls.duration[1] == 760);
    CHECK(r.names.name(r.calls.trunk_in[1]) == "BSZJDV1");
    CHECK(r.names.name(r.calls.trunk_out[1]) == "RJILKO_C");
    CHECK(r.calls.trunk_in[0] == 0);
}

TEST_CASE("the count at the end is compared with the rows found") {
    CHECK(read_layout("bsnl", report(2, "2")).summary.notes.empty());
    const Reading r = read_layout("bsnl", report(2, "3"));
    CHECK(r.summary.rows == 2);
    CHECK(r.summary.rejected == 0);
    CHECK(r.has_note("declared 3 records, found 2"));
    const Reading joined = read_layout("bsnl", report(2, "2") + report(1, "1"));
    CHECK(joined.summary.rows == 3);
    CHECK(joined.summary.notes.size() == 1);
    CHECK(read_layout("bsnl", report(2, "2") + report(1, "2")).has_note("declared 4 records, found 3"));
}

TEST_CASE("the original calling party is the redirect") {
    ReportedCall call;
    call.redirect = "919876500003";
    const Reading r = read_layout("bsnl", report_of(bsnl(), {call}));
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.redirect[0] == PhoneNumber::from_e164(919876500003));
}

TEST_CASE("commas and semicolons in places change nothing else") {
    for (const char* place :
         {"Hill II C; Kolkata; Lat-22.39; Long-88.43", "Hill II C, Kolkata; Lat-22.39; Long-88.43"}) {
        ReportedCall call;
        call.place = place;
        const Reading r = read_layout("bsnl", report_of(bsnl(), {call}));
        REQUIRE(r.summary.accepted == 1);
        CHECK(r.names.name(r.calls.trunk_in[0]) == "TGIN1");
        CHECK(r.names.name(r.calls.trunk_out[0]) == "TGOUT1");
    }
}
