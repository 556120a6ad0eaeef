#include <doctest/doctest.h>

#include "police_reports.h"
#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

const ReportLayout& common() { return report_layout("common"); }

std::string row(const std::string& time, const std::string& type = "MT", const std::string& toc = "VOICE") {
    return "T1,9876500001," + type + "," + toc + ",9876500002,4106,Jio," + time +
           ",41,404-98-1-1234,21.29,72.89,404-98-1-1234,21.29,72.89,-,860000000000001,404980000000001,-,HOME,"
           "GMSGZ20,ILD7,NLD3\n";
}

Reading read_rows(const std::string& rows, const ReadOptions& options = {}) {
    return read_layout("common", header_of(common()) + rows, options);
}

}  // namespace

TEST_CASE("one column holds date and time, in the zone of the case unless it says another") {
    const Reading r = read_rows(row("15/04/2026 09:42:17") + row("15-04-2026 9:42:17 AM") +
                                row("2026-04-15 09:42:17") + row("2026-04-15T04:12:17Z") +
                                row("15/04/2026 04:12:17 +00:00") + row("15-Apr-2026 09:42:17"));
    REQUIRE(r.summary.accepted == 6);
    for (std::size_t i = 0; i < 6; ++i) CHECK(r.calls.time[i] == at("2026-04-15T09:42:17"));
    const Reading bad = read_rows(row("15/04/2026 09:42:17") + row("15/04/2026") + row("09:42:17") + row(""));
    CHECK(bad.summary.accepted == 1);
    REQUIRE(bad.rejects.size() == 3);
    for (const KeptReject& reject : bad.rejects) {
        CHECK(reject.code == RejectCode::bad_time);
        CHECK(reject.column == "CALL_TIME");
    }
}

TEST_CASE("MT came to the target, MO went out from it") {
    const std::string time = "2026-04-15 09:42:17";
    const Reading r =
        read_rows(row(time, "MT") + row(time, "MO") + row(time, "SMS-MT") + row(time, "SMS-MO") +
                  row(time, "MT", "SMS") + row(time, "mo", "POST") + row(time, "CF"));
    const PhoneNumber target = PhoneNumber::from_e164(919876500001);
    const PhoneNumber party = PhoneNumber::from_e164(919876500002);
    REQUIRE(r.summary.accepted == 6);
    CHECK(r.calls.cli == std::vector{party, target, party, target, party, target});
    CHECK(r.calls.callee == std::vector{target, party, target, party, target, party});
    CHECK(r.calls.service == std::vector{Service::voice, Service::voice, Service::sms, Service::sms,
                                         Service::sms, Service::voice});
    CHECK(r.names.name(r.calls.trunk_in[0]) == "ILD7");
    CHECK(r.names.name(r.calls.trunk_out[0]) == "NLD3");
    REQUIRE(r.rejects.size() == 1);
    CHECK(r.rejects[0].code == RejectCode::bad_value);
    CHECK(r.rejects[0].column == "CALL_TYPE");
}

TEST_CASE("undecidable dates are refused until the user says the order") {
    const std::string rows = row("03/04/2026 09:42:17") + row("05/04/2026 09:42:17");
    const Reading r = read_rows(rows);
    REQUIRE(r.fault);
    CHECK(r.fault->what.find("cannot be told") != std::string::npos);
    ReadOptions said;
    said.date_order = DateOrder::day_first;
    const Reading s = read_rows(rows, said);
    REQUIRE(s.summary.accepted == 2);
    CHECK(s.calls.time[0] == at("2026-04-03T09:42:17"));
}
