#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

const std::string mapping =
    "format = \"jsonl\"\n"
    "time_format = \"epoch_ms\"\n"
    "[columns]\n"
    "time = \"event.at\"\n"
    "cli = \"event.from\"\n"
    "callee = \"event.to\"\n"
    "duration = \"seconds\"\n"
    "disposition = \"answered\"\n"
    "trunk_in = \"route.in\"\n"
    "[disposition]\n"
    "answered = [\"true\"]\n"
    "unanswered = [\"false\"]\n";

std::string line(const std::string& from = "\"+971500000001\"", const std::string& to = "\"9876500010\"",
                 const std::string& when = "1737622032250", const std::string& seconds = "30") {
    return "{\"event\":{\"at\":" + when + ",\"from\":" + from + ",\"to\":" + to + "},\"seconds\":" + seconds +
           ",\"answered\":true,\"route\":{\"in\":\"T1\",\"out\":null}}\n";
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string fault_of(std::string_view toml) {
    const auto parsed = parse_mapping(toml, "m.toml");
    return parsed.ok() ? std::string() : parsed.fault().message();
}

}  // namespace

TEST_CASE("JSON lines are read by paths in a mapping file") {
    const Reading r = read_by(mapping, line());
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.time[0].value == at("2025-01-23T14:17:12").value + 250'000);
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(971500000001));
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500010));
    CHECK(r.calls.duration[0] == 30);
    CHECK(r.calls.disposition[0] == Disposition::answered);
    CHECK(r.names.name(r.calls.trunk_in[0]) == "T1");
}

TEST_CASE("numbers may be JSON numbers: no digit is lost, and a destroyed one is said so") {
    const Reading r =
        read_by(mapping, line("971500000001", "919876500010") + line("9.1626E+11", "919876500010") +
                             line("null", "9.8765e+09") + line("9007199254740993", "919876500010.0"));
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.summary.accepted == 2);
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(971500000001));
    CHECK(r.calls.callee[1] == PhoneNumber::from_e164(919876500010));
    CHECK(r.calls.cli_class[1] == NumberClass::too_long);
    REQUIRE(r.rejects.size() == 2);
    CHECK(r.rejects[0].code == RejectCode::scientific);
    CHECK(r.rejects[0].column == "event.from");
    CHECK(r.rejects[1].code == RejectCode::scientific);
    CHECK(r.rejects[1].column == "event.to");
}

TEST_CASE("each broken line is a reject with its line and reason, and the next one is read") {
    const std::string bytes =
        line() + "{\"event\":\n" + line("\"\"", "\"\"") + line("\"1\"", "\"9876500010\"", "\"x\"") +
        line("\"1\"", "\"9876500010\"", "1737622032250", "\"long\"") + "{\"event\":{\"to\":\"\xE9\"}}\n" +
        std::string("\0\n", 2) + "{\"event\":{\"to\":\"" + std::string(2 << 20, '9') + "\"}}\n" +
        "{\"seconds\":1,\"seconds\":2}\n\n" + line("\"1\"", "{\"a\":1}") + line();
    const Reading r = read_by(mapping, bytes);
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.accepted == 2);
    CHECK(r.summary.rows == 11);
    std::vector<std::pair<std::uint64_t, RejectCode>> reasons;
    for (const KeptReject& reject : r.rejects) reasons.emplace_back(reject.line, reject.code);
    CHECK(reasons == std::vector<std::pair<std::uint64_t, RejectCode>>{{2, RejectCode::broken_row},
                                                                       {3, RejectCode::bad_callee},
                                                                       {4, RejectCode::bad_time},
                                                                       {5, RejectCode::bad_duration},
                                                                       {6, RejectCode::bad_encoding},
                                                                       {7, RejectCode::broken_row},
                                                                       {8, RejectCode::broken_row},
                                                                       {9, RejectCode::bad_value},
                                                                       {11, RejectCode::bad_value}});
    CHECK(r.rejects[7].column == "seconds");
    CHECK(r.has_note("1 record is longer than 1 MiB (first at line 8)"));
    CHECK(r.has_note("1 record holds a zero byte (first at line 7)"));
    for (const std::string& note : r.summary.notes) CHECK_FALSE(has(note, "98765"));
}

TEST_CASE("times: seconds, milliseconds and microseconds since 1970, ISO with offset, local otherwise") {
    const auto time_of = [](const std::string& settings, const std::string& value) {
        const Reading r =
            read_by("format = \"jsonl\"\n" + settings + "[columns]\ntime = \"t\"\ncallee = \"b\"\n",
                    "{\"t\":" + value + ",\"b\":\"9876500010\"}\n");
        return r.summary.accepted == 1 ? r.calls.time[0] : Micros{-1};
    };
    const Micros expected = at("2025-01-23T14:17:12");
    CHECK(time_of("time_format = \"epoch\"\n", "1737622032") == expected);
    CHECK(time_of("time_format = \"epoch_ms\"\n", "1737622032000") == expected);
    CHECK(time_of("time_format = \"epoch_us\"\n", "\"1737622032000000\"") == expected);
    CHECK(time_of("", "\"2025-01-23T08:47:12Z\"") == expected);
    CHECK(time_of("", "\"2025-01-23T14:17:12+05:30\"") == expected);
    CHECK(time_of("", "\"2025-01-23 14:17:12\"") == expected);
    CHECK(time_of("zone = \"UTC\"\n", "\"2025-01-23T08:47:12\"") == expected);
    CHECK(time_of("time_format = \"%d.%m.%Y %H:%M:%S\"\n", "\"23.01.2025 14:17:12\"") == expected);
    CHECK(time_of("", "\"23/01/2025 14:17:12\"") == expected);
    const Reading open = read_by("format = \"jsonl\"\n[columns]\ntime = \"t\"\ncallee = \"b\"\n",
                                 "{\"t\":\"03/04/2025 14:17:12\",\"b\":\"9876500010\"}\n");
    REQUIRE(open.fault);
    CHECK(has(open.fault->message(), "--date-order"));
}

TEST_CASE("a path that leads nowhere is told before anything is read, with the paths there are") {
    const Reading r =
        read_by("format = \"jsonl\"\n[columns]\ntime = \"event.at\"\ncallee = \"event.too\"\n", line());
    REQUIRE(r.fault);
    const std::string message = r.fault->message();
    CHECK(has(message, "no record has a value at event.too"));
    CHECK(has(message, "m.toml:4"));
    CHECK(has(message, "did you mean event.to?"));
    CHECK(has(message, "event.from"));
    // What may be missing is only noted.
    const Reading optional = read_by(
        "format = \"jsonl\"\ntime_format = \"epoch_ms\"\n[columns]\ntime = \"event.at\"\ncallee = "
        "\"event.to\"\n"
        "trunk_in = \"trunk\"\n",
        line());
    CHECK(optional.summary.accepted == 1);
    CHECK(optional.has_note("no record has a value at trunk"));
}

TEST_CASE("no fault shows a number that stands as a key") {
    const Reading r = read_by("format = \"jsonl\"\n[columns]\ntime = \"t\"\ncallee = \"b\"\n",
                              "{\"9876500010\":1,\"971500000001\":2}\n");
    REQUIRE(r.fault);
    CHECK_FALSE(has(r.fault->message(), "9876500010"));
    CHECK_FALSE(has(r.fault->message(), "971500000001"));
}

TEST_CASE("what JSON lines do not have is refused in the mapping, with its line") {
    CHECK(has(fault_of("format = \"json\"\n[columns]\ntime = \"t\"\ncallee = \"b\"\n"), "m.toml:1"));
    for (const char* key : {"delimiter = \",\"", "header = true", "preamble = 1", "template = '${a},${b}'"}) {
        CAPTURE(key);
        const std::string fault = fault_of("format = \"jsonl\"\n" + std::string(key) +
                                           "\n[columns]\ntime = \"t\"\ncallee = \"b\"\n");
        CHECK(has(fault, "m.toml:2"));
        CHECK(has(fault, "JSON lines have no"));
    }
    CHECK(
        has(fault_of("format = \"jsonl\"\n[columns]\ntime = \"t\"\ncallee = \"a..b\"\n"), "no path of keys"));
    CHECK(has(fault_of("format = \"jsonl\"\n[columns]\ntime = \"t\"\ncallee = \"." + std::string(300, 'x') +
                       "\"\n"),
              "no path of keys"));
    CHECK(fault_of("format = \"jsonl\"\n[columns]\ntime = 0\ncallee = 1\n").empty());  // elements of an array
    const Reading reports = read_reports("number\n9876500010\n", mapping);
    REQUIRE(reports.fault);
    CHECK(has(reports.fault->message(), "reports are read from delimited files"));
}

TEST_CASE("an empty file, a workbook and UTF-16 are named, a head of nothing but broken lines is read") {
    CHECK(has(read_by(mapping, "").fault->message(), "empty"));
    CHECK(has(read_by(mapping, "PK\x03\x04").fault->message(), "workbook"));
    CHECK(has(read_by(mapping, "\xFF\xFE{").fault->message(), "UTF-16"));
    const Reading r = read_by(mapping, "x\ny\n");
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rejected == 2);
}

TEST_CASE("rows = accepted + rejected for whatever stands in JSON lines, in pieces of any size") {
    const std::vector<std::string> signs = {line(),        line("1", "2", "3"),
                                            "{\"event\":", "\n",
                                            "\r\n",        "{",
                                            "}",           "\"",
                                            "\\",          "\xE9",
                                            "x",           ",",
                                            ":",           "[",
                                            "]",           "1e5",
                                            "{}\n",        "{\"event\":{\"to\":\"9876500010\"}}\n"};
    CHECK(rc::check([&] {
        std::string bytes = line();
        for (const auto i :
             *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, signs.size())))
            bytes += signs[i];
        if (const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size()); *rc::gen::inRange(0, 2) == 0)
            bytes[at] = *rc::gen::arbitrary<char>();
        const Reading whole = read_by(mapping, bytes);
        const Reading pieces = read_by(mapping, bytes, {}, *rc::gen::inRange<std::size_t>(1, 64));
        RC_ASSERT(whole.fault.has_value() == pieces.fault.has_value());
        if (whole.fault) return;
        RC_ASSERT(whole.summary.rows == whole.summary.accepted + whole.summary.rejected);
        RC_ASSERT(whole.summary.accepted == whole.calls.size());
        RC_ASSERT(whole.summary.rejected == whole.rejects.size());
        RC_ASSERT(whole.rejects == pieces.rejects);
        RC_ASSERT(whole.calls.callee == pieces.calls.callee);
        RC_ASSERT(whole.calls.offset == pieces.calls.offset);
        RC_ASSERT(whole.summary.notes == pieces.summary.notes);
        for (const KeptReject& reject : whole.rejects)
            RC_ASSERT(std::string_view(bytes).substr(reject.offset).starts_with(reject.raw));
    }));
}
