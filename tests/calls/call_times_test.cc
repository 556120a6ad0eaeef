// Times at which no call can have been, and times that are worth a word.
#include <doctest/doctest.h>

#include "ber_builder.h"
#include "reading.h"

using namespace sendh;
using namespace sendh::test;
using namespace sendh::test::build;

namespace {

ReadOptions in_july_2026() {
    ReadOptions options;
    options.now = at("2026-07-01T12:00:00");
    return options;
}

std::string ild(const std::vector<std::string>& dates) {
    std::string out = "CALL_TIME,CALL_DATE,CALLING_PARTY_NUMBER,CALLED_PARTY_NUMBER\n";
    for (const std::string& date : dates) out += "14:17:12," + date + ",971500000001,9876500010\n";
    return out;
}

}  // namespace

TEST_CASE("a time before 1980 or more than a year after now is refused, row by row") {
    const Reading r = read_layout(
        "ild", ild({"13/01/1925", "31/12/1979", "01/02/1980", "01/07/2027", "03/07/2027", "13/01/2069"}),
        in_july_2026());
    REQUIRE_FALSE(r.fault);
    CHECK(r.calls.line == std::vector<std::uint64_t>{4, 5});
    REQUIRE(r.rejects.size() == 4);
    for (const KeptReject& reject : r.rejects) {
        CHECK(reject.code == RejectCode::bad_time);
        CHECK(reject.column == "CALL_DATE");
    }
    // Of two digits, too.
    CHECK(read_layout("ild", ild({"13/01/69"}), in_july_2026()).rejects.size() == 1);
    // Who does not know what day it is refuses no time as too late.
    CHECK(read_layout("ild", ild({"13/01/2069"})).summary.accepted == 1);
}

TEST_CASE("a time after today or before 1990 is taken, counted, and said with its first line") {
    const Reading r = read_layout(
        "ild", ild({"13/06/2026", "01/07/2026", "30/07/2026", "13/01/1985", "31/12/1989", "13/01/1991"}),
        in_july_2026());
    CHECK(r.summary.accepted == 6);
    CHECK(r.has_note("3 calls lie after today or before 1990 (first at line 4)"));
    CHECK_FALSE(read_layout("ild", ild({"13/06/2026"}), in_july_2026()).has_note("1990"));
    // The same whatever parts the file is read in.
    Crew crew(2);
    ReadOptions options = in_july_2026();
    options.crew = &crew;
    options.piece_size = 60;
    const Reading parts =
        read_layout("ild", ild({"13/06/2026", "30/07/2026", "30/07/2026", "13/06/1925"}), options);
    CHECK(parts.summary.accepted == 3);
    CHECK(parts.rejects.size() == 1);
    CHECK(parts.has_note("2 calls lie after today or before 1990 (first at line 3)"));
}

TEST_CASE("seconds that a mapping file takes for milliseconds are no calls of 1970") {
    for (const char* form : {"epoch_ms", "epoch_us"}) {
        const std::string mapping = "time_format = \"" + std::string(form) +
                                    "\"\n[columns]\ntime = \"t\"\ncli = \"a\"\ncallee = \"b\"\n";
        const Reading csv = read_by(mapping, "t,a,b\n1737622032,971500000001,9876500010\n");
        REQUIRE(csv.rejects.size() == 1);
        CHECK(csv.rejects[0].code == RejectCode::bad_time);
        CHECK(csv.rejects[0].column == "t");
        const Reading json = read_by("format = \"jsonl\"\n" + mapping,
                                     "{\"t\":1737622032,\"a\":\"971500000001\",\"b\":\"9876500010\"}\n");
        REQUIRE(json.rejects.size() == 1);
        CHECK(json.rejects[0].code == RejectCode::bad_time);
        CHECK(json.rejects[0].column == "t");
    }
}

TEST_CASE("binary records are held to the same times, and named by their byte") {
    const auto gateway = [](const std::string& year) { return inc_gateway(stamp(year + "0123102025")); };
    const std::string bytes = gateway("26") + gateway("28") + gateway("27");
    const Reading r = read_layout("ts32298", bytes, in_july_2026());
    CHECK(r.summary.accepted == 2);
    REQUIRE(r.rejects.size() == 1);
    CHECK(r.rejects[0].code == RejectCode::bad_time);
    CHECK(r.rejects[0].column == "seizureTime");
    CHECK(r.rejects[0].offset == gateway("26").size());
    CHECK(r.has_note("1 call lies after today or before 1990 (first at byte " +
                     std::to_string(2 * gateway("26").size()) + ")"));
    const std::string event = app_of(
        3, app(21, "19700120102030") + app(45, "+0530") + app(49, bcd(subscriber)) + app(27, foreigner));
    const Reading roaming = read_layout("nrtrde", nrtrde(event, 1));
    REQUIRE(roaming.rejects.size() == 1);
    CHECK(roaming.rejects[0].column == "callEventStartTimeStamp");
}
