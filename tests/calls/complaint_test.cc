#include <doctest/doctest.h>

#include "reading.h"

using namespace sendh;
using namespace sendh::test;

TEST_CASE("a report is read with everything that was told") {
    const Reading r = read_reports(
        "Number,Time,CLI,Text,Link,Threat,Asked to press key,knew-name,knew_designation,Knew "
        "Department,District,Language,Money lost\n"
        "9876500010,2025-01-23 14:17:12,+971500000001,\"Your service will stop, press "
        "9\nnow\",http://example.com/x,yes,Y,no,हाँ,,"
        "Bhopal,Hindi,0\n"
        "09876500011,2025-01-23,,,,,,,,,,,\n");
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == 2);
    REQUIRE(r.complaints.size() == 2);
    const Complaint& c = r.complaints[0];
    CHECK(c.line == 2);
    CHECK(c.number == PhoneNumber::from_e164(919876500010));
    CHECK(c.time == at("2025-01-23T14:17:12"));
    CHECK_FALSE(c.time_is_date_only);
    CHECK(c.cli.number == PhoneNumber::from_e164(971500000001));
    CHECK(c.text == "Your service will stop, press 9\nnow");
    CHECK(c.link == "http://example.com/x");
    CHECK(c.threat == true);
    CHECK(c.asked_to_press_key == true);
    CHECK(c.knew_name == false);
    CHECK(c.knew_designation == true);
    CHECK_FALSE(c.knew_department.has_value());
    CHECK(c.district == "Bhopal");
    CHECK(c.language == "Hindi");
    CHECK(c.money_lost == "0");
    CHECK(r.complaints[1].line == 4);
    CHECK(r.complaints[1].time_is_date_only);
    CHECK(r.complaints[1].time == at("2025-01-23T00:00:00"));
    CHECK_FALSE(r.complaints[1].threat.has_value());
}

TEST_CASE("only the number is required") {
    const Reading r = read_reports("mobile\n9876500010\nnobody\n\n9.19877E+11\n");
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == 3);
    CHECK(r.complaints.size() == 1);
    REQUIRE(r.rejects.size() == 2);
    CHECK(r.rejects[0].code == RejectCode::bad_callee);
    CHECK(r.rejects[1].code == RejectCode::scientific);
    CHECK(r.rejects[1].line == 5);
    const Reading none = read_reports("name,text\na,b\n");
    REQUIRE(none.fault);
    CHECK(none.fault->to_do.find("found: name, text") != std::string::npos);
}

TEST_CASE("a report whose CLI is destroyed or whose answer is unclear is kept, and noted") {
    const Reading r = read_reports("number,cli,threat\n9876500010,9.7150E+11,perhaps\n9876500011,,unknown\n");
    REQUIRE(r.complaints.size() == 2);
    CHECK(r.complaints[0].cli.number_class == NumberClass::none);
    CHECK_FALSE(r.complaints[0].threat.has_value());
    CHECK(r.has_note("destroyed by a spreadsheet in 1 report (first at line 2)"));
    CHECK(r.has_note("1 row has an unknown word in threat"));
}

TEST_CASE("times of reports: refused when undecidable, rejected when bad") {
    CHECK(read_reports("number,time\n9876500010,03/04/2025\n").fault);
    const Reading r =
        read_reports("number,time\n9876500010,03/04/2025 10:20\n9876500011,23/04/2025\n9876500012,soon\n");
    REQUIRE_FALSE(r.fault);
    CHECK(r.complaints.at(0).time == at("2025-04-03T10:20:00"));
    CHECK(r.complaints.at(1).time_is_date_only);
    CHECK(r.rejects.at(0).code == RejectCode::bad_time);
    CHECK(r.rejects.at(0).column == "time");
    CHECK(r.summary.date_evidence == "line 3 has day 23");
}

TEST_CASE("a mapping names the columns of reports") {
    const Reading r = read_reports(
        "When;Who was called;Shown\n03/04/2025;9876500010;971500000001\n",
        "date_order = \"day\"\n[columns]\nnumber = \"Who was called\"\ntime = \"When\"\ncli = 3\n");
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.complaints.size() == 1);
    CHECK(r.complaints[0].time == at("2025-04-03T00:00:00"));
    CHECK(r.complaints[0].cli.number == PhoneNumber::from_e164(971500000001));
}
