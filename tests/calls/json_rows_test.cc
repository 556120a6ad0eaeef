#include "calls/json_rows.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

using Form = JsonRows::Form;

struct Record {
    std::vector<std::string> cells;
    std::optional<RejectCode> why;
    int column = -1;
    std::string raw;
    std::uint64_t line = 0, offset = 0;
    friend bool operator==(const Record&, const Record&) = default;
};

struct Records {
    std::vector<Record> all;
    std::vector<std::string> notes;
    friend bool operator==(const Records&, const Records&) = default;
};

Records read(std::string_view bytes, Form form, const std::vector<std::string>& paths,
             std::size_t piece = 1 << 16) {
    Records out;
    auto rows = JsonRows::open(in_pieces(bytes, piece), form, paths);
    REQUIRE(rows.ok());
    JsonRow row;
    while (true) {
        const auto more = rows->next(row);
        REQUIRE(more.ok());
        if (!*more) break;
        Record record;
        for (const std::string_view field : row.cells.fields) record.cells.emplace_back(field);
        if (row.why) {
            record.why = row.why->code;
            record.column = row.why->column;
        }
        record.raw = row.cells.raw;
        record.line = row.cells.line;
        record.offset = row.cells.offset;
        out.all.push_back(std::move(record));
    }
    ReadSummary summary;
    summary.rows = out.all.size();
    rows->add_notes(summary);
    out.notes = summary.notes;
    return out;
}

std::vector<std::string> cells(std::string_view bytes, const std::vector<std::string>& paths) {
    const Records r = read(bytes, Form::lines, paths);
    REQUIRE(r.all.size() == 1);
    REQUIRE_FALSE(r.all[0].why);
    return r.all[0].cells;
}

std::optional<RejectCode> why(std::string_view bytes, const std::string& path = "a") {
    const Records r = read(bytes, Form::lines, {path});
    REQUIRE(r.all.size() == 1);
    return r.all[0].why;
}

using Cells = std::vector<std::string>;

}  // namespace

TEST_CASE("values of every kind become cells, and numbers keep their digits") {
    CHECK(cells(R"({"a":"x","b":12,"c":true,"d":false,"e":null})", {"a", "b", "c", "d", "e", "f"}) ==
          Cells{"x", "12", "true", "false", "", ""});
    CHECK(
        cells(
            R"({"a":9007199254740993,"b":123456789012345678901234567890,"c":9.1626E+11,"d":-0.50,"e":1e400})",
            {"a", "b", "c", "d", "e"}) ==
        Cells{"9007199254740993", "123456789012345678901234567890", "9.1626E+11", "-0.50", "1e400"});
    CHECK(cells("{\"a\":\"\\u0039\\\"\\u0938\\n\"}", {"a"}) == Cells{"9\"\xE0\xA4\xB8\n"});
    CHECK(cells("  { \"a\" : 1 }  \r", {"a"}) == Cells{"1"});
}

TEST_CASE("paths go through objects and arrays, and keys that hold dots are found too") {
    CHECK(cells(R"({"event":{"from":"1","to":[{"n":"2"},{"n":"3"}]}})",
                {"event.from", "event.to.0.n", "event.to.[last].n"}) == Cells{"1", "2", "3"});
    CHECK(cells(R"({"event.from":"1","event":{"x":2}})", {"event.from"}) == Cells{"1"});
    CHECK(cells(R"({"a":[{"n":"1","m":"2"},{"n":"3"}]})", {"a.[last].n", "a.[last].m"}) == Cells{"3", ""});
    CHECK(cells(R"(["x","y"])", {"1"}) == Cells{"y"});
    CHECK(cells(R"({"0":"x"})", {"0"}) == Cells{"x"});
    // The same value may be two columns.
    CHECK(cells(R"({"a":"1"})", {"a", "a"}) == Cells{"1", "1"});
    CHECK_FALSE(JsonRows::open(memory_source(""), Form::lines, {"a..b"}).ok());
    CHECK_FALSE(JsonRows::open(memory_source(""), Form::lines, {""}).ok());
}

TEST_CASE("what is no JSON is a broken row, and the reading goes on behind it") {
    for (const char* line : {"x",
                             "{",
                             "{\"a\":1",
                             "{\"a\":}",
                             "{\"a\":1}}",
                             "{\"a\":1} x",
                             "{\"a\":1}{\"a\":2}",
                             "{\"a\" 1}",
                             "{\"a\":1,}",
                             "{a:1}",
                             "{\"a\":01}",
                             "{\"a\":1.}",
                             "{\"a\":.5}",
                             "{\"a\":+1}",
                             "{\"a\":1e}",
                             "{\"a\":tru}",
                             "{\"a\":truex}",
                             "{\"a\":nul}",
                             "{\"a\":nulll}",
                             "{\"a\":\"\\q\"}",
                             "{\"a\":\"\\u12\"}",
                             "{\"a\":\"x}",
                             "{\"a\":\"\t\"}",
                             "[1,]",
                             "[1 2]",
                             "12",
                             "\"a\"",
                             "null",
                             "{\"b\":\"\\q\",\"a\":1}",
                             "{\"b\":-,\"a\":1}",
                             "{'a':1}",
                             "{\"a\":NaN}",
                             "{\"a\":\"\\ud800\"}"}) {
        CAPTURE(line);
        CHECK(why(line) == RejectCode::broken_row);
        const Records r = read(std::string(line) + "\n{\"a\":1}\n", Form::lines, {"a"});
        REQUIRE(r.all.size() == 2);
        CHECK(r.all[1].cells == Cells{"1"});
        CHECK(r.all[1].line == 2);
        REQUIRE(r.notes.size() == 1);
        CHECK(r.notes[0] == "1 record is not JSON (first at line 1)");
    }
}

TEST_CASE("what can be read two ways, or not as text, has a reason of its own") {
    CHECK(why(R"({"a":1,"a":2})") == RejectCode::bad_value);
    CHECK(why(R"({"x":{"y":1},"x":{"y":2}})", "x.y") == RejectCode::bad_value);
    CHECK(why(R"({"x":{"y":1},"x.y":2})", "x.y") == RejectCode::bad_value);
    CHECK_FALSE(why(R"({"b":1,"b":2,"a":1})"));
    CHECK(why(R"({"a":{"b":1}})") == RejectCode::bad_value);
    CHECK(why(R"({"a":[1]})") == RejectCode::bad_value);
    CHECK(why("{\"a\":\"\xE9\"}") == RejectCode::bad_encoding);
    CHECK(why("{\"b\":\"\xC0\x80\"}") == RejectCode::bad_encoding);
    CHECK(why(std::string_view("{\"a\":\"\0\"}", 9)) == RejectCode::broken_row);
    CHECK(why(std::string_view("{\"a\":1}\0", 8)) == RejectCode::broken_row);
    const auto nested = [](std::size_t depth) {
        return "{\"b\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
    };
    CHECK_FALSE(why(nested(64)));
    CHECK(why(nested(65)) == RejectCode::broken_row);
    CHECK(why(std::string(100'000, '[')) == RejectCode::broken_row);
    const Records r = read(nested(70) + "\n{\"a\":1,\"a\":1}\n{\"a\":{}}\n\xFF\n", Form::lines, {"a"});
    CHECK(r.notes == std::vector<std::string>{
                         "1 record is nested deeper than 64 levels (first at line 1)",
                         "1 record is not UTF-8 (first at line 4)",
                         "1 record has a key twice (first at line 2)",
                         "1 record has an object or a list where a value should be (first at line 3)"});
}

TEST_CASE("a line longer than 1 MiB is refused in bounded memory, and the reading goes on") {
    const std::string most = "{\"a\":\"" + std::string((1 << 20) - 8, 'x') + "\"}";
    REQUIRE(most.size() == 1 << 20);
    const std::string longer = "{\"a\":\"" + std::string(3 << 20, 'x') + "\"}";
    for (const Form form : {Form::lines, Form::documents}) {
        const Records r = read(most + "\n" + longer + "\n" + "{\"a\":\"" + std::string((1 << 20) - 7, 'x') +
                                   "\"}\n" + "{\"a\":2}\n",
                               form, {"a"});
        REQUIRE(r.all.size() == 4);
        CHECK_FALSE(r.all[0].why);
        CHECK(r.all[1].why == RejectCode::broken_row);
        CHECK(r.all[1].raw == longer.substr(0, 1 << 16));
        CHECK(r.all[2].why == RejectCode::broken_row);
        CHECK(r.all[3].cells == Cells{"2"});
        CHECK(r.all[3].line == 4);
        CHECK(r.notes == std::vector<std::string>{"2 records are longer than 1 MiB (first at line 2)"});
    }
}

TEST_CASE("documents one after another: on a line, over lines, in one big array") {
    for (const char* bytes :
         {"{\"a\":1}{\"a\":2}", "{\"a\":1}\n{\"a\":2}\n", "{\n\t\"a\":\t1\n}\n\n{\n\t\"a\":\t2\n}\n",
          "[{\"a\":1},\n {\"a\":2}]\n", "\xEF\xBB\xBF{\"a\":1} {\"a\":2}",
          "{\"a\":1,\"b\":\"}{\\\"\"}\r\n{\"a\":2,\"b\":[{}]}"}) {
        CAPTURE(bytes);
        const Records r = read(bytes, Form::documents, {"a"});
        REQUIRE(r.all.size() == 2);
        CHECK(r.all[0].cells == Cells{"1"});
        CHECK(r.all[1].cells == Cells{"2"});
    }
}

TEST_CASE("a document that never ends takes nothing with it but itself") {
    for (const char* cut :
         {"{\"a\":", "{\"a\":\"x", "{\n \"a\":1,\n \"b\":[", "{\"a\":1", "junk", "{\"a\":\"\\"}) {
        CAPTURE(cut);
        const std::string bytes = "{\"a\":1}\n" + std::string(cut) + "\n{\"a\":2}\n" + cut;
        const Records r = read(bytes, Form::documents, {"a"});
        REQUIRE(r.all.size() == 4);
        CHECK(r.all[0].cells == Cells{"1"});
        CHECK(r.all[1].why == RejectCode::broken_row);
        CHECK(r.all[1].raw == cut);
        CHECK(r.all[1].line == 2);
        CHECK(r.all[2].cells == Cells{"2"});
        CHECK(r.all[3].why == RejectCode::broken_row);
        CHECK(r.all[3].raw == cut);
    }
}

TEST_CASE("a line is taken exactly when another parser takes it") {
    const std::vector<std::string> signs = {
        "{",       "}",         "[",       "]",       ",",           ":",        "\"a\"",
        "\"b\"",   "1",         "-1",      "0",       "01",          "1.5",      "1e5 ",
        "1.e5",    "true",      "tru",     "null",    "\"",          "\\",       " ",
        "\"\\n\"", "x",         "\t",      "-",       "\"\\u0041\"", "\xC3\xA9", "\"\xC3\xA9\"",
        "\xE9",    "{\"a\":1}", "\"c\":2", "{\"b\":", "[[",          "]]"};
    CHECK(rc::check([&] {
        std::string line;
        for (const auto i :
             *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, signs.size())))
            line += signs[i];
        if (*rc::gen::inRange(0, 2) == 0) line = "{\"a\":" + line + "}";
        const Records r = read(line, Form::lines, {"zz"});
        if (trim(line).empty()) {
            RC_ASSERT(r.all.size() <= 1);
            return;
        }
        RC_ASSERT(r.all.size() == 1);
        const std::size_t first = line.find_first_not_of(" \t");
        const bool container = line[first] == '{' || line[first] == '[';
        RC_ASSERT(!r.all[0].why.has_value() == (container && nlohmann::json::accept(line)));
    }));
}

TEST_CASE("values are those that another parser finds") {
    CHECK(rc::check([](const std::map<std::string, std::string>& texts, std::int64_t number) {
        nlohmann::json json = {{"number", number}};
        std::vector<std::string> paths{"number"};
        Cells expected{std::to_string(number)};
        for (const auto& [key, text] : texts) {
            const std::string name = "k" + std::to_string(paths.size());
            json[name] = first_bad_utf8(text) ? utf8_from_latin1(text) : text;
            paths.push_back(name);
            expected.push_back(json[name].get<std::string>());
        }
        const Records r = read(json.dump(), Form::lines, paths);
        RC_ASSERT(r.all.size() == 1);
        RC_ASSERT(r.all[0].cells == expected);
        const Records pretty = read(json.dump(2) + json.dump(), Form::documents, paths);
        RC_ASSERT(pretty.all.size() == 2);
        RC_ASSERT(pretty.all[0].cells == expected);
        RC_ASSERT(pretty.all[1].cells == expected);
    }));
}

TEST_CASE("the pieces in which the bytes come make no difference, and records stand where they say") {
    const std::vector<std::string> signs = {"{\"a\":1}",
                                            "\n",
                                            "\r\n",
                                            "{",
                                            "}",
                                            "\"",
                                            "[",
                                            "]",
                                            ",",
                                            " ",
                                            "{\n \"a\":\n2}",
                                            "x",
                                            "\xEF\xBB\xBF",
                                            "\\",
                                            "\n{",
                                            "\xE9",
                                            "{\"a\":\"\\\"\"}"};
    CHECK(rc::check([&] {
        std::string bytes;
        for (const auto i :
             *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, signs.size())))
            bytes += signs[i];
        for (const Form form : {Form::lines, Form::documents}) {
            const Records whole = read(bytes, form, {"a"});
            RC_ASSERT(whole == read(bytes, form, {"a"}, *rc::gen::inRange<std::size_t>(1, 9)));
            for (const Record& record : whole.all) {
                RC_ASSERT(std::string_view(bytes).substr(record.offset).starts_with(record.raw));
                const auto before = std::string_view(bytes).substr(0, record.offset);
                RC_ASSERT(record.line ==
                          1 + static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n')));
            }
        }
    }));
}

TEST_CASE("the paths that are found are those of the first values, however few different ones there are") {
    std::string values;
    for (int i = 0; i < 19'999; ++i) values += "\"a\":1,";
    const auto found = [&](const std::string& more) {
        const std::string bytes = "{" + values + more + "\"late\":1}\n{\"b\":1}\n";
        auto rows = JsonRows::open(memory_source(bytes), Form::lines, {"b"});
        REQUIRE(rows.ok());
        JsonRow row;
        while (*rows->next(row)) CHECK_FALSE(row.why.has_value());
        CHECK(rows->seen(0));
        return rows->found();
    };
    CHECK(found("") == std::vector<std::string>{"a", "late"});
    CHECK(found("\"a\":1,") == std::vector<std::string>{"a"});
}
