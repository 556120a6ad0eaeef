#include <doctest/doctest.h>

#include "calls/mapping.h"
#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

std::string fault_of(std::string_view toml) {
    const auto mapping = parse_mapping(toml, "m.toml");
    return mapping.ok() ? "" : mapping.fault().message();
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

constexpr std::string_view by_name = R"(
[columns]
time = "timestamp"
cli = "ani"
callee = "dnis"
)";

}  // namespace

TEST_CASE("a file is read by a mapping of names") {
    const Reading r = read_by(by_name,
                              "timestamp,ani,dnis,queue\n2026-07-01T08:00:00Z,+971500000001,+919876500010,x\n"
                              "2026-07-01 13:30:00,971500000002,9876500011,\n");
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.accepted == 2);
    CHECK(r.calls.time[0] == at("2026-07-01T13:30:00"));
    CHECK(r.calls.time[1] == at("2026-07-01T13:30:00"));
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(971500000001));
    CHECK(r.summary.date_order == DateOrder::year_first);
    CHECK(r.summary.date_evidence == "dates begin with the year");
}

TEST_CASE("the examples in docs/mapping-files.md work") {
    const char* source = std::getenv("SENDH_SOURCE_DIR");
    if (source == nullptr) {
        MESSAGE("skipped: SENDH_SOURCE_DIR is not set");
        return;
    }
    const auto page = read_whole(std::filesystem::path(source) / "docs/mapping-files.md", 1 << 20);
    REQUIRE(page.ok());
    const std::size_t begin = page.value().find("```toml\n") + 8;
    const Reading r = read_by(page.value().substr(begin, page.value().find("```", begin) - begin),
                              "Export\nof today\nSTART;HOUR;A;B;SEC;DIR;CAUSE;TRUNK_IN;TRUNK_OUT\n"
                              "03/04/2025;10:20:30;971500000001;9876500010;12;MTC;16;T1;n.a.\n");
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.direction[0] == Direction::incoming);
    CHECK(r.calls.disposition[0] == Disposition::answered);
    CHECK(r.names.name(r.calls.trunk_in[0]) == "T1");
    const auto example = [&](std::string_view heading) {
        const std::size_t at = page.value().find("```toml\n", page.value().find(heading)) + 8;
        return page.value().substr(at, page.value().find("```", at) - at);
    };
    const Reading lines =
        read_by(example("## JSON lines"),
                R"({"event":{"at":1737622032250,"from":"971500000001","to":[{"number":"9876500010"}]},)"
                R"("legs":[{"trunk":"T1"},{"trunk":"T2"}],"answered":true})"
                "\n");
    REQUIRE_FALSE(lines.fault);
    REQUIRE(lines.summary.accepted == 1);
    CHECK(lines.calls.disposition[0] == Disposition::answered);
    CHECK(lines.names.name(lines.calls.trunk_in[0]) == "T2");
    const Reading by_template =
        read_by(example("## Templates of FreeSWITCH"),
                R"("anonymous","9876500010","1737622032","12","NORMAL_CLEARING","971500000001")"
                "\n");
    REQUIRE_FALSE(by_template.fault);
    REQUIRE(by_template.summary.accepted == 1);
    CHECK(by_template.calls.cli[0] == PhoneNumber::from_e164(971500000001));
    CHECK(by_template.calls.time[0] == at("2025-01-23T14:17:12"));
}

TEST_CASE("every key of a mapping does what the document says") {
    const Reading r =
        read_by(R"(
delimiter = ";"
header = true
preamble = 2
zone = "UTC"
date_order = "day"
nothing = ["n.a."]
[columns]
date = "DAY"
time_of_day = 2
cli = "A"
callee = "B"
duration = "SEC"
direction = "DIR"
disposition = "END"
service = "KIND"
trunk_in = "TIN"
trunk_out = "TOUT"
carrier = "CARR"
country = "LAND"
redirect = "C"
[direction]
incoming = ["in", "MTC"]
outgoing = ["out"]
transit = ["via"]
[disposition]
answered = ["OK"]
busy = ["BSY"]
failed = ["ERR"]
unanswered = ["RNA"]
[service]
voice = ["v"]
sms = ["s"]
other = ["d"]
)",
                "A report\nof yesterday\n\nDAY;CLOCK;A;B;SEC;DIR;END;KIND;TIN;TOUT;CARR;LAND;C\n"
                "03/04/2025;10:20:30;6591234567;9876500010;12;mtc;ok;v;T1;T2;C1;Singapore;9876500099\n"
                "03/04/2025;10:20:31;9876500010;6591234567;0;OUT;bsy;S;n.a.;-;;Singapore;\n"
                "04/04/2025;10:20:32;n.a.;9876500010;n.a.;elsewhere;;d;T1;T2;C1;;\n");
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.accepted == 3);
    CHECK(r.calls.time[0] == *parse_iso("2025-04-03T10:20:30Z", Zone{}));
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(6591234567));
    CHECK(r.calls.callee[1] == PhoneNumber::from_e164(6591234567));
    CHECK(r.calls.cli_class[2] == NumberClass::none);
    CHECK(r.calls.duration == std::vector<std::int32_t>{12, 0, -1});
    CHECK(r.calls.direction == std::vector{Direction::incoming, Direction::outgoing, Direction::unknown});
    CHECK(r.calls.disposition == std::vector{Disposition::answered, Disposition::busy, Disposition::unknown});
    CHECK(r.calls.service == std::vector{Service::voice, Service::sms, Service::other});
    CHECK(r.names.name(r.calls.trunk_in[0]) == "T1");
    CHECK(r.calls.trunk_in[1] == 0);
    CHECK(r.names.name(r.calls.carrier[2]) == "C1");
    CHECK(r.calls.redirect[0] == PhoneNumber::from_e164(919876500099));
    CHECK(r.has_note("unknown word in direction (first at line 7)"));
    CHECK(r.summary.date_evidence == "the mapping file says so");
}

TEST_CASE("a file without a header is read by column numbers") {
    const std::string_view toml =
        "header = false\npreamble = 1\ndelimiter = \"tab\"\ntime_format = \"epoch\"\n"
        "[columns]\ntime = 1\ncli = 2\ncallee = 4\n";
    const Reading r = read_by(toml,
                              "Report\n1735689600\t971500000001\tx\t9876500010\n1735689601\t1\n1735689602\ta"
                              "\tb\t9876500011\te\tf\n");
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == 3);
    CHECK(r.summary.accepted == 2);
    CHECK(r.calls.time[0] == *parse_iso("2025-01-01T00:00:00Z", Zone{}));
    CHECK(r.rejects.at(0).code == RejectCode::column_count);
    CHECK(r.rejects.at(0).line == 3);
}

TEST_CASE("forms of time") {
    const auto time_of = [](const std::string& format, const std::string& cell) -> std::optional<Micros> {
        const Reading r =
            read_by("time_format = \"" + format + "\"\n[columns]\ntime = \"t\"\ncallee = \"b\"\n",
                    "t|b\n" + cell + "|9876500010\n");
        if (r.fault || r.calls.size() == 0) return std::nullopt;
        return r.calls.time[0];
    };
    const Micros expected = at("2025-01-23T14:17:12");
    CHECK(time_of("epoch", std::to_string(expected.value / 1'000'000)) == expected);
    CHECK(time_of("epoch", std::to_string(expected.value / 1'000'000) + ".5") ==
          Micros{expected.value + 500'000});
    CHECK(time_of("epoch_ms", std::to_string(expected.value / 1'000) + "") == expected);
    CHECK(time_of("epoch_us", std::to_string(expected.value)) == expected);
    CHECK(time_of("iso", "2025-01-23T14:17:12+05:30") == expected);
    CHECK(time_of("auto", "23/01/2025 14:17:12") == expected);
    CHECK(time_of("auto", "23-01-2025 02:17:12 PM") == expected);
    CHECK(time_of("auto", "23-Jan-2025 14:17:12") == expected);
    CHECK(time_of("auto", "23/01/2025, 14:17:12") == expected);
    CHECK(time_of("auto", "2025/01/23 14:17:12") == expected);
    CHECK(time_of("%d/%m/%Y %H:%M:%S", "23/01/2025 14:17:12") == expected);
    CHECK(time_of("%m-%d-%y %I:%M:%S %p", "01-23-25 2:17:12 pm") == expected);
    CHECK(time_of("%y%m%d%H%M%S", "250123141712") == expected);
    CHECK(time_of("%d %b %Y at %T", "23 January 2025 at 14:17:12") == expected);
    CHECK(time_of("%FT%T.%f%z", "2025-01-23T08:47:12.000Z") == expected);
    CHECK_FALSE(time_of("%d/%m/%Y %H:%M:%S", "23/01/2025 14:17"));
    CHECK_FALSE(time_of("%d/%m/%Y %H:%M:%S", "23/01/2025 14:17:12 x"));
    CHECK_FALSE(time_of("%d/%m/%Y %H:%M:%S", "31/02/2025 14:17:12"));
    CHECK_FALSE(time_of("epoch", "99999999999999"));
    CHECK_FALSE(time_of("iso", "23/01/2025 14:17:12"));
    CHECK_FALSE(time_of("auto", "23/01/2025"));
    CHECK_FALSE(time_of("auto", "25-12-01 10:20:30"));
}

TEST_CASE("an order of dates that nothing shows is refused, unless it cannot matter") {
    const std::string open = "timestamp,ani,dnis\n03/04/2025 10:20:30,971500000001,9876500010\n";
    const Reading r = read_by(by_name, open);
    REQUIRE(r.fault);
    CHECK(has(r.fault->message(), "--date-order day"));
    CHECK(r.fault->where == "line 2");

    ReadOptions options;
    options.date_order = DateOrder::month_first;
    const Reading stated = read_by(by_name, open, options);
    REQUIRE_FALSE(stated.fault);
    CHECK(stated.calls.time[0] == at("2025-03-04T10:20:30"));

    const std::string same = "timestamp,ani,dnis\n03/03/2025 10:20:30,971500000001,9876500010\n";
    CHECK_FALSE(read_by(by_name, same).fault);
    CHECK(read_by(by_name, same + same, {}, 64, same.size()).fault);  // the head is not the whole file
    CHECK_FALSE(read_by(by_name, "timestamp,ani,dnis\n").fault);
}

TEST_CASE("an unknown key is refused with its line and the nearest known one") {
    CHECK(has(fault_of("\n[columns]\ncalee = 3\ntime = 1\n"), "m.toml:3: did you mean [columns] callee?"));
    CHECK(has(fault_of("delimeter = \",\"\n"), "m.toml:1: did you mean delimiter?"));
    CHECK(has(fault_of("[direction]\nincomming = [\"IN\"]\n"), "did you mean [direction] incoming?"));
    CHECK(has(fault_of("qqqqqqqq = 1\n"), "docs/mapping-files.md"));
}

TEST_CASE("a mapping that cannot work is refused when it is parsed") {
    CHECK(has(fault_of("not toml"), "m.toml:1"));
    CHECK(has(fault_of("a = 1\n[,b]\n"), "no name follows [: m.toml:2"));
    CHECK(has(fault_of(std::string_view("a = 1\nb\0", 8)),
              "control character: this is no text file: m.toml:2"));
    CHECK(has(fault_of("sp\xC3\xA9"
                       "cial = 1\n"),
              "outside quotes"));
    CHECK(has(fault_of("[columns]\ntime = 1\n"), "no called number"));
    CHECK(
        has(fault_of("[columns]\ncallee = 1\ntime = 2\ndate = 3\ntime_of_day = 4\n"), "both time and date"));
    CHECK(has(fault_of("[columns]\ncallee = 1\ndate = 3\n"), "go together"));
    CHECK(has(fault_of("[columns]\ncallee = 0\ntime = 1\n"), "numbered from 1"));
    CHECK(has(fault_of("[columns]\ncallee = \"\"\n"), "names no column"));
    CHECK(has(fault_of("header = false\n[columns]\ncallee = \"B\"\ntime = 1\n"), "no column names"));
    CHECK(has(fault_of("header = \"perhaps\"\n[columns]\ncallee = 1\ntime = 2\n"), "neither true nor false"));
    CHECK(has(fault_of("delimiter = \"ab\"\n[columns]\ncallee = 1\ntime = 2\n"), "delimiter"));
    CHECK(has(fault_of("delimiter = \"5\"\n[columns]\ncallee = 1\ntime = 2\n"), "delimiter"));
    CHECK(has(fault_of("preamble = -1\n[columns]\ncallee = 1\ntime = 2\n"), "preamble"));
    CHECK(has(fault_of("zone = \"Mars\"\n[columns]\ncallee = 1\ntime = 2\n"), "time zone"));
    CHECK(has(fault_of("date_order = \"week\"\n[columns]\ncallee = 1\ntime = 2\n"), "date_order"));
    CHECK(has(fault_of("time_format = \"%Q\"\n[columns]\ncallee = 1\ntime = 2\n"), "%Q"));
    CHECK(has(fault_of("time_format = \"%Y-%m\"\n[columns]\ncallee = 1\ntime = 2\n"),
              "needs year, month, day"));
    CHECK(has(fault_of("time_format = \"soon\"\n[columns]\ncallee = 1\ntime = 2\n"), "time_format"));
    CHECK(has(
        fault_of("[columns]\ncallee = 1\ntime = 2\n[direction]\nincoming = [\"X\"]\noutgoing = [\"x\"]\n"),
        "two things"));
}

TEST_CASE("a column that the file does not have, or has twice, is named") {
    const Reading missing = read_by(by_name, "timestamp,ani,queue\n");
    REQUIRE(missing.fault);
    CHECK(missing.fault->message() == "the file has no column dnis: m.toml:5: found: timestamp, ani, queue");
    const Reading twice = read_by(by_name, "timestamp,ani,dnis,DNIS\n");
    REQUIRE(twice.fault);
    CHECK(has(twice.fault->what, "twice"));
    const Reading number = read_by("[columns]\ntime = 1\ncallee = 9\n", "a,b\n1,2\n");
    REQUIRE(number.fault);
    CHECK(has(number.fault->what, "no column 9"));
}

TEST_CASE("a mapping of reports does not read calls") {
    const Reading r = read_by("[columns]\nnumber = \"x\"\n", "x,y\n9876500010,1\n");
    REQUIRE(r.fault);
    CHECK(has(r.fault->to_do, "callee"));
}
