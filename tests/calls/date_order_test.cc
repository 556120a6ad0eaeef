// In which order the dates of a file are read, and what is said about it.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/crew.h"
#include "police_reports.h"
#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

const std::string ild_header =
    "CALL_TIME,CALL_DATE,CALLING_PARTY_NUMBER,CALLED_PARTY_NUMBER,CALL_DURATION_SEC,CALL_DIRECTION\n";

std::string ild(const std::vector<std::string>& dates, const std::string& above = "") {
    std::string out = above + ild_header;
    for (const std::string& date : dates) out += "14:17:12," + date + ",971500000001,9876500010,30,IN\n";
    return out;
}

std::string report(const std::string& layout, const std::string& preamble,
                   const std::vector<std::string>& dates) {
    std::string out = preamble + header_of(report_layout(layout));
    for (const std::string& date : dates) {
        ReportedCall call;
        call.date = date;
        out += row_of(report_layout(layout), call);
    }
    return out;
}

ReadOptions in_july_2026() {
    ReadOptions options;
    options.now = at("2026-07-01T12:00:00");
    return options;
}

std::vector<std::string> days_read(const Reading& r) {
    std::vector<std::string> out;
    for (const Micros time : r.calls.time) out.push_back(iso_date(time, Zone{}));
    return out;
}

const std::string airtel_april =
    "BHARTI AIRTEL LIMITED\n\nCall Details of Mobile No '9876500001' from '01-Apr-2026' to '30-Apr-2026'\n\n";

}  // namespace

TEST_CASE("the period that a report states decides the order of its dates, in every form it is written in") {
    const std::vector<std::string> dates = {"04/05/2026", "04/06/2026"};
    for (const std::string& preamble :
         {airtel_april,
          std::string("BHARTI AIRTEL LIMITED\nDate Range :,2026-04-01 00:00:00 to 2026-04-30 23:59:59\n"),
          std::string(
              "BHARTI AIRTEL LIMITED\nFrom Date :- 01/04/2026 00:00:00\nTill Date :- 30/04/2026 13:27:50\n"),
          std::string("BHARTI AIRTEL LIMITED\nStart Date : 202604010000\nEnd Date : 202604302359\n"),
          std::string("BHARTI AIRTEL LIMITED\r\nPeriod : 01.04.2026 - 30.04.2026\r\n")}) {
        CAPTURE(preamble);
        const Reading r = read_layout("airtel", report("airtel", preamble, dates));
        REQUIRE_FALSE(r.fault);
        CHECK(days_read(r) == std::vector<std::string>{"2026-04-05", "2026-04-06"});
        CHECK(r.summary.date_order == DateOrder::month_first);
        CHECK(
            r.summary.date_evidence ==
            "only with the month first do all dates lie in the period that the report states, 2026-04-01 to "
            "2026-04-30");
        CHECK(r.summary.notes.empty());
    }
    // The user goes before it.
    ReadOptions options;
    options.date_order = DateOrder::day_first;
    const Reading stated = read_layout("airtel", report("airtel", airtel_april, dates), options);
    CHECK(days_read(stated) == std::vector<std::string>{"2026-05-04", "2026-06-04"});
    CHECK(stated.has_note("dates lie outside of it (first at line 6)"));
}

TEST_CASE("a period decides whether a year of two digits stands first") {
    for (const char* end : {"", "End Date : 202606250000\n"}) {
        const Reading r = read_layout("bsnl", report("bsnl", std::string("Start Date : 202601010000\n") + end,
                                                     {"26/06/19", "26/05/02"}));
        REQUIRE_FALSE(r.fault);
        CHECK(days_read(r) == std::vector<std::string>{"2026-06-19", "2026-05-02"});
        CHECK(r.summary.date_order == DateOrder::year_first);
        CHECK(r.summary.notes.empty());
    }
    const Reading last =
        read_layout("bsnl", report("bsnl", "Start Date : 202601010000\n", {"19/06/26", "02-05-26"}));
    CHECK(days_read(last) == std::vector<std::string>{"2026-06-19", "2026-05-02"});
    CHECK(last.summary.date_order == DateOrder::day_first);
}

TEST_CASE("where no order fits the stated period, or it reads two ways itself, it decides nothing") {
    const Reading none = read_layout("airtel", report("airtel", airtel_april, {"03/07/2026", "05/08/2026"}));
    REQUIRE_FALSE(none.fault);
    CHECK(days_read(none) == std::vector<std::string>{"2026-07-03", "2026-08-05"});
    CHECK(none.has_note(
        "the report states the period 2026-04-01 to 2026-04-30 (line 3), but dates lie outside of "
        "it, in whatever order they are read (first at line 6)"));
    CHECK(none.has_note("as this layout writes them"));
    // A date that proves its order may lie outside, too.
    CHECK(read_layout("airtel", report("airtel", airtel_april, {"23/07/2026"}))
              .has_note("but dates lie outside of it ("));
    const std::string open = "BHARTI AIRTEL LIMITED\nFrom Date : 01/04/2026\nTo Date : 05/06/2026\n";
    CHECK(read_layout("airtel", report("airtel", open, {"07/03/2026"})).summary.date_evidence ==
          "the layout writes the day first");
    // Of joined reports the first one's period says nothing about the rows of the others.
    const std::string joined = report("airtel", airtel_april, {"23/04/2026"}) +
                               report("airtel", "from '01-Jun-2026' to '30-Jun-2026'\n", {"23/06/2026"});
    CHECK_FALSE(read_layout("airtel", joined).has_note("outside"));
    // Numbers and other dates above the header are no period.
    const Reading other = read_layout(
        "airtel",
        report("airtel", "BHARTI AIRTEL LIMITED\nReport of 05/06/2026\nSearch Value : 202601010000\n",
               {"03/07/2026"}));
    CHECK(days_read(other) == std::vector<std::string>{"2026-07-03"});
    CHECK_FALSE(other.has_note("period"));
}

TEST_CASE("an order that only the layout's habit gives is said to be one; a proof anywhere silences it") {
    const Reading r = read_layout("ild", ild({"05/05/2025", "03/04/2025", "05/06/2025"}));
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.accepted == 3);
    REQUIRE(r.summary.notes.size() == 1);
    CHECK(r.summary.notes[0] ==
          "dates: day first, as this layout writes them; no row proves it (line 3 reads two ways); "
          "--date-order "
          "says otherwise");
    CHECK(read_layout("ild", ild({"03/04/2025", "13/04/2025"})).summary.notes.empty());
    CHECK(read_layout("ild", ild({"05/05/2025"})).summary.notes.empty());
    CHECK(read_layout("ild", ild({"2025-04-03"})).summary.notes.empty());
    ReadOptions options;
    options.date_order = DateOrder::day_first;
    CHECK(read_layout("ild", ild({"03/04/2025"}), options).summary.notes.empty());
    // The proof may stand far behind the beginning that is looked at.
    std::vector<std::string> dates(200, "03/04/2025");
    dates.emplace_back("13/04/2025");
    CHECK(read_layout("ild", ild(dates), {}, 1 << 16, 600).summary.notes.empty());
}

TEST_CASE("a year of two digits: its age may decide, and is said to be no proof; else the user has to say") {
    const Reading first = read_layout("ild", ild({"26/06/19", "26/05/02"}), in_july_2026());
    REQUIRE_FALSE(first.fault);
    CHECK(days_read(first) == std::vector<std::string>{"2026-06-19", "2026-05-02"});
    CHECK(first.summary.date_evidence ==
          "only with the year first do all dates lie within the last ten years");
    CHECK(first.has_note("dates: year first, because only so"));
    CHECK(first.has_note("no row proves it"));
    const Reading last = read_layout("ild", ild({"19/06/26", "02/05/26"}), in_july_2026());
    CHECK(days_read(last) == std::vector<std::string>{"2026-06-19", "2026-05-02"});
    // Day or month: the layout's habit, once the year is known to stand last.
    const Reading habit = read_layout("ild", ild({"03/04/26", "05/06/26"}), in_july_2026());
    CHECK(days_read(habit) == std::vector<std::string>{"2026-04-03", "2026-06-05"});
    CHECK(habit.has_note("as this layout writes them"));

    const Reading open = read_layout("ild", ild({"19/06/26"}), in_july_2026());
    REQUIRE(open.fault);
    CHECK(open.fault->what.find("the year or the day") != std::string::npos);
    CHECK(open.fault->to_do.find("--date-order day, or --date-order year") != std::string::npos);
    CHECK(open.fault->to_do.find("month") == std::string::npos);     // line 2 has day 19
    CHECK(read_layout("ild", ild({"26/06/19", "26/05/02"})).fault);  // nobody knows what day it is
    ReadOptions options;
    options.date_order = DateOrder::year_first;
    for (const char* date : {"26/05/02", "26-05-02", "26.05.02"})
        CHECK(days_read(read_layout("ild", ild({date}), options)) == std::vector<std::string>{"2026-05-02"});
    CHECK(read_layout("ild", ild({"26/05/2002"}), options).rejects.size() == 1);
    options.date_order = DateOrder::month_first;
    CHECK(days_read(read_layout("ild", ild({"05/02/26"}), options)) ==
          std::vector<std::string>{"2026-05-02"});
    // What only one order can read needs neither.
    CHECK(days_read(read_layout("ild", ild({"19/06/99"}))) == std::vector<std::string>{"2099-06-19"});
    CHECK(days_read(read_layout("ild", ild({"19/06/45", "07/06/15"}))).size() == 2);
}

TEST_CASE("a year of two digits that is disproven makes the file unreadable, also far behind its beginning") {
    const Reading both = read_layout("ild", ild({"26/06/19", "12/25/45"}), in_july_2026());
    REQUIRE(both.fault);
    CHECK(both.fault->what == "dates are written in two orders");
    CHECK(both.fault->where.find("line 3 has day 25 in the second place") != std::string::npos);
    std::vector<std::string> dates(200, "26/06/19");
    dates[1] = "26/05/02";
    dates.emplace_back("13/06/45");
    const Reading late = read_layout("ild", ild(dates), in_july_2026(), 1 << 16, 600);
    REQUIRE(late.fault);
    CHECK(late.fault->what.find("contradicts the order") != std::string::npos);
    CHECK(late.fault->where.find("line 202") != std::string::npos);
}

TEST_CASE("a period decides alike however the dates are written, and parts change nothing") {
    Crew crew(2);
    CHECK(rc::check([&] {
        const bool short_year = *rc::gen::arbitrary<bool>();
        const int order = *rc::gen::inRange(0, short_year ? 3 : 2);
        const auto days = *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 29));
        RC_PRE(!days.empty());
        std::vector<std::string> dates;
        std::vector<std::string> expected;
        for (const int d : days) {
            const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
            const std::string y = short_year ? "26" : "2026";
            const std::string day = two(d);
            dates.push_back(order == 0   ? day + "/04/" + y
                            : order == 1 ? "04/" + day + "/" + y
                                         : "26/04/" + day);
            expected.push_back("2026-04-" + day);
        }
        ReadOptions options;
        options.crew = &crew;
        options.piece_size = *rc::gen::inRange<std::size_t>(50, 2000);
        const Reading r = read_layout("airtel", report("airtel", airtel_april, dates), options);
        RC_ASSERT(!r.fault);
        RC_ASSERT(days_read(r) == expected);
    }));
}
