#include "base/delimited.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

struct Kept {
    std::vector<std::string> fields;
    std::string raw;
    std::uint64_t line = 0, offset = 0;
    bool ascii = true, broken = false;
    friend bool operator==(const Kept&, const Kept&) = default;
};

std::vector<Kept> rows_of(std::string_view bytes, std::size_t piece = 1 << 16, char delimiter = ',') {
    DelimitedReader reader(in_pieces(bytes, piece), delimiter);
    DelimitedRow row;
    std::vector<Kept> out;
    while (true) {
        const auto more = reader.next(row);
        REQUIRE(more.ok());
        if (!*more) break;
        out.push_back({{row.fields.begin(), row.fields.end()},
                       std::string(row.raw),
                       row.line,
                       row.offset,
                       row.ascii,
                       row.broken});
    }
    return out;
}

std::string fields_of(std::string_view bytes) {
    std::string out;
    for (const Kept& row : rows_of(bytes)) {
        for (const std::string& field : row.fields) out += "[" + field + "]";
        out += row.broken ? "!" : ";";
    }
    return out;
}

}  // namespace

TEST_CASE("rows and fields of ordinary files") {
    CHECK(fields_of("a,b\nc,d\n") == "[a][b];[c][d];");
    CHECK(fields_of("a,b\r\nc,d") == "[a][b];[c][d];");
    CHECK(fields_of("a,b\rc,d\r") == "[a][b];[c][d];");
    CHECK(fields_of("\xEF\xBB\xBF"
                    "a\n") == "[a];");
    CHECK(fields_of("a,\n,b\n,\n") == "[a][];[][b];[][];");
    CHECK(fields_of("\n\n a \n  \n\xC2\xA0\nb\n") == "[ a ];[b];");
    CHECK(fields_of("") == "");
    CHECK(fields_of("a") == "[a];");
}

TEST_CASE("quotes: delimiters, line ends and doubled quotes inside, a quote in an unquoted field as it is") {
    CHECK(fields_of("\"a,b\",c\n") == "[a,b][c];");
    CHECK(fields_of("\"a\nb\",c\nd\n") == "[a\nb][c];[d];");
    CHECK(fields_of("\"a \"\"b\"\" c\",\"\",\"\"\"\"\n") == "[a \"b\" c][][\"];");
    CHECK(fields_of("a\"b,c\n") == "[a\"b][c];");
    CHECK(fields_of("\"a\"b,c\n") == "[ab][c];");
    CHECK(fields_of("x,\"a\"") == "[x][a];");
    const auto rows = rows_of("\"a\r\nb\"\nc\n");
    REQUIRE(rows.size() == 2);
    CHECK(rows[1].line == 3);
    CHECK(rows[1].offset == 7);
}

TEST_CASE("a quote that never closes spoils its own line only") {
    CHECK(fields_of("a,\"b\nc,d\ne,f\n") == "[a][\"b]![c][d];[e][f];");
    std::string far = "a,\"b\n";
    for (int i = 0; i < 300'000; ++i) far += "c,d\n";
    const auto rows = rows_of(far, 4096);
    CHECK(rows.size() == 300'001);
    CHECK(rows[0].broken);
    CHECK(rows[300'000].line == 300'001);
}

TEST_CASE("a file of nothing but unclosed quotes is read in reasonable time") {
    std::string bytes;
    for (int i = 0; i < 200'000; ++i) bytes += "b\",\"\n";
    const auto rows = rows_of(bytes);
    CHECK(rows.size() == 200'000);
}

TEST_CASE("a line over 1 MiB is broken and skipped, whatever the pieces") {
    const std::string monster(3 << 20, 'x');
    const std::string bytes = "a,b\n" + monster + "\r\nc,d\n" + "\"" + monster + "\"\ne,f\n";
    for (const std::size_t piece : {std::size_t{1} << 12, std::size_t{1} << 20, std::size_t{100} << 20}) {
        const auto rows = rows_of(bytes, piece);
        REQUIRE(rows.size() == 5);
        CHECK(rows[1].broken);
        CHECK(rows[1].line == 2);
        CHECK(rows[1].offset == 4);
        CHECK(bytes.substr(4).starts_with(rows[1].raw));
        CHECK(rows[2].fields == std::vector<std::string>{"c", "d"});
        CHECK(rows[2].line == 3);
        CHECK(rows[3].broken);
        CHECK(rows[4].line == 5);
    }
    const std::string longest(1 << 20, 'x');
    CHECK_FALSE(rows_of(longest + "\n")[0].broken);
    CHECK(rows_of(longest + "x\n")[0].broken);
}

TEST_CASE("a zero byte is a wrong encoding, with its place") {
    const std::string bytes = std::string("a,b\nc") + '\0' + "d\n";
    DelimitedReader reader(memory_source(bytes), ',');
    DelimitedRow row;
    const auto more = reader.next(row);
    REQUIRE_FALSE(more.ok());
    CHECK(more.fault().where == "byte 5");
}

TEST_CASE("rows know whether they are plain ASCII") {
    const auto rows = rows_of("a,b\nc,\xC3\xA9\nd,e\n\"\xC3\xA9\"\n");
    CHECK(rows[0].ascii);
    CHECK_FALSE(rows[1].ascii);
    CHECK(rows[2].ascii);
    CHECK_FALSE(rows[3].ascii);
}

TEST_CASE("rows do not depend on the pieces in which the bytes come, and point at their text") {
    const auto sign =
        rc::gen::element<std::string>("a", "b,", ",", "\"", "\"\"", "\n", "\r", "\r\n", " ", "\xC3\xA9",
                                      "\xFF", "\xEF\xBB\xBF", std::string(70, 'z'), "\",\"");
    CHECK(rc::check([&] {
        std::string bytes;
        for (const std::string& piece : *rc::gen::container<std::vector<std::string>>(sign)) bytes += piece;
        const auto whole = rows_of(bytes);
        const auto piece = *rc::gen::inRange<std::size_t>(1, 10);
        RC_ASSERT(rows_of(bytes, piece) == whole);
        std::uint64_t last = 0;
        for (const Kept& row : whole) {
            RC_ASSERT(bytes.compare(row.offset, row.raw.size(), row.raw) == 0);
            RC_ASSERT(row.offset >= last);
            last = row.offset + row.raw.size();
        }
    }));
}

TEST_CASE("the delimiter that splits most evenly is guessed") {
    CHECK(guess_delimiter("a,b,c\n1,2,3\n") == ',');
    CHECK(guess_delimiter("a;b;c\n1,5;2;3\n") == ';');
    CHECK(guess_delimiter("a\tb\n1\t2\n") == '\t');
    CHECK(guess_delimiter("a|b\n1|2\n") == '|');
    CHECK(guess_delimiter("") == ',');
}
