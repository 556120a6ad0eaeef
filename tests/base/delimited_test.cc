#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/delimited.h"
#include "base/text.h"

using namespace sendh;

namespace {

struct Row {
    std::vector<std::string> fields;
    std::string raw;
    std::uint64_t line = 0, offset = 0;
    bool ascii = true, broken = false;
    friend bool operator==(const Row&, const Row&) = default;
};

struct Table {
    std::vector<Row> rows;
    std::optional<Fault> fault;
    std::uint64_t bytes_read = 0;
};

using Fields = std::vector<std::string>;

// Gives at most `piece` bytes at a time.
ByteSource in_pieces(std::string_view bytes, std::size_t piece) {
    return [whole = memory_source(bytes), piece](std::span<char> out) {
        return whole(out.first(std::min(piece, out.size())));
    };
}

void read_all(DelimitedReader& reader, Table& table) {
    DelimitedRow row;
    while (true) {
        auto more = reader.next(row);
        if (!more.ok()) {
            table.fault = more.fault();
            break;
        }
        if (!*more) break;
        table.rows.push_back({{row.fields.begin(), row.fields.end()},
                              std::string(row.raw),
                              row.line,
                              row.offset,
                              row.ascii,
                              row.broken});
    }
    table.bytes_read = reader.bytes_read();
}

Table read(std::string_view bytes, char delimiter = ',', std::size_t piece = std::string::npos) {
    Table table;
    DelimitedReader reader(in_pieces(bytes, piece), delimiter);
    read_all(reader, table);
    return table;
}

// The same through RowPieces; `cuts` counts the pieces.
Table read_cut(std::string_view bytes, std::size_t piece_size, std::size_t piece = std::string::npos,
               std::size_t* cuts = nullptr, char delimiter = ',') {
    Table table;
    RowPieces pieces(in_pieces(bytes, piece), delimiter, piece_size);
    RowPiece part;
    while (!table.fault) {
        auto next = pieces.next(part);
        if (!next.ok()) {
            table.fault = next.fault();
        } else if (*next == RowPieces::Next::end) {
            break;
        } else if (*next == RowPieces::Next::rest) {
            DelimitedReader reader = pieces.rest();
            read_all(reader, table);
            break;
        } else {
            DelimitedReader reader(part, delimiter);
            read_all(reader, table);
            if (cuts != nullptr) ++*cuts;
        }
    }
    return table;
}

std::vector<Fields> fields(const Table& table) {
    std::vector<Fields> out;
    for (const Row& row : table.rows) out.push_back(row.fields);
    return out;
}

std::string pieces(const std::vector<std::string>& signs) {
    std::string out;
    for (const auto i :
         *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, signs.size())))
        out += signs[i];
    return out;
}

// Line of a byte, counting LF, CR LF and CR as one end each.
std::uint64_t line_of(std::string_view bytes, std::uint64_t offset) {
    std::uint64_t line = 1;
    for (std::size_t i = 0; i < offset; ++i) {
        if (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r')) ++line;
        if (bytes[i] == '\r') ++line;
    }
    return line;
}

}  // namespace

TEST_CASE("fields are what stands between delimiters, not trimmed") {
    CHECK(fields(read("a,b,c\n 1 ,,\n")) == std::vector<Fields>{{"a", "b", "c"}, {" 1 ", "", ""}});
    CHECK(fields(read("a\tb,c\n", '\t')) == std::vector<Fields>{{"a", "b,c"}});
    CHECK(fields(read("a;b", ';')) == std::vector<Fields>{{"a", "b"}});
    CHECK(read("").rows.empty());
    CHECK(read("\n\r\n\r \t\n").rows.empty());
}

TEST_CASE("LF, CR LF and CR end a line, and the last line needs no end") {
    for (const char* text :
         {"a,b\nc,d\n", "a,b\r\nc,d\r\n", "a,b\rc,d\r", "a,b\nc,d", "a,b\r\nc,d", "a,b\rc,d"}) {
        const Table t = read(text);
        CHECK(fields(t) == std::vector<Fields>{{"a", "b"}, {"c", "d"}});
        CHECK(t.rows[1].line == 2);
        CHECK(t.rows[1].raw == "c,d");
    }
    CHECK(read("a\n\r\nb\n").rows[1].line == 3);
    CHECK(read("a\r\r\nb\n").rows[1].line == 3);
}

TEST_CASE("blank lines are counted and not returned") {
    const Table t = read("\n\na,b\n  \n\t\r\n\r\nc,d\n\n");
    REQUIRE(t.rows.size() == 2);
    CHECK(t.rows[0].line == 3);
    CHECK(t.rows[0].offset == 2);
    CHECK(t.rows[1].line == 7);
    CHECK(t.bytes_read <= 20);
}

TEST_CASE("a byte order mark is skipped and counted") {
    const Table t = read(
        "\xEF\xBB\xBF"
        "a,b\nc,d\n");
    CHECK(fields(t) == std::vector<Fields>{{"a", "b"}, {"c", "d"}});
    CHECK(t.rows[0].offset == 3);
    CHECK(t.rows[0].line == 1);
    CHECK(t.rows[1].offset == 7);
    CHECK(read("\xEF\xBB\xBF").rows.empty());
    CHECK(fields(read("\xEF\xBB")) == std::vector<Fields>{{"\xEF\xBB"}});
    CHECK(fields(read("a\n\xEF\xBB\xBF"
                      "b\n"))[1] == Fields{"\xEF\xBB\xBF"
                                           "b"});
    CHECK(fields(read("\xEF\xBB\xBF\"a,b\",c\n")) == std::vector<Fields>{{"a,b", "c"}});
}

TEST_CASE("a quoted field holds delimiters, line ends and doubled quotes") {
    const Table t = read("a,\"b,\"\"x\"\"\n\r\nc\",d\nnext,1\n");
    CHECK(fields(t) == std::vector<Fields>{{"a", "b,\"x\"\n\r\nc", "d"}, {"next", "1"}});
    CHECK(t.rows[1].line == 4);
    CHECK(fields(read("\"\",\"\"\"\"\n")) == std::vector<Fields>{{"", "\""}});
    CHECK(fields(read("\"a\"\r\n\"b\"")) == std::vector<Fields>{{"a"}, {"b"}});
    CHECK_FALSE(t.rows[0].broken);
}

TEST_CASE("a quote inside an unquoted field is taken as it is") {
    CHECK(fields(read("5\" pipe,b\"\"c, \"d\"\n")) == std::vector<Fields>{{"5\" pipe", "b\"\"c", " \"d\""}});
    CHECK_FALSE(read("5\" pipe,b\n").rows[0].broken);
}

TEST_CASE("what any field holds comes back from its quoted form") {
    CHECK(rc::check("RFC 4180", [] {
        const char delimiter = *rc::gen::element(',', '\t', ';', '|');
        const std::string end = *rc::gen::element<std::string>("\n", "\r\n", "\r");
        const auto rows = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 5));
        std::vector<Fields> expected;
        std::string bytes;
        for (const std::size_t n : rows) {
            Fields& row = expected.emplace_back();
            for (std::size_t i = 0; i < n; ++i) {
                const std::string field =
                    pieces({"a", "1", "\"", ",", ";", "\t", "|", "\n", "\r", "\r\n", " ", "é", "\xFF"});
                std::string quoted = "\"";
                for (const char c : field) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
                const bool plain =
                    field.find_first_of(std::string("\"\r\n") + delimiter) == std::string::npos &&
                    *rc::gen::arbitrary<bool>();
                bytes += (i > 0 ? std::string(1, delimiter) : "") + (plain ? field : quoted + "\"");
                row.push_back(field);
            }
            bytes += end;
        }
        // A row of one empty or blank unquoted field is a blank line.
        std::erase_if(expected, [&](const Fields& row) { return row.size() == 1 && trim(row[0]).empty(); });
        std::vector<Fields> found = fields(read(bytes, delimiter));
        std::erase_if(found, [&](const Fields& row) { return row.size() == 1 && trim(row[0]).empty(); });
        if (delimiter == '\t') {  // a row of blanks and tabs may be a blank line
            const auto blank = [](const Fields& row) {
                return std::all_of(row.begin(), row.end(),
                                   [](const std::string& f) { return trim(f).empty(); });
            };
            std::erase_if(expected, blank);
            std::erase_if(found, blank);
        }
        RC_ASSERT(found == expected);
    }));
}

TEST_CASE("a quote that never closes spoils its own line and no other") {
    std::string bytes = "a,b\n1,\"open\n";
    for (int i = 0; i < 1000; ++i) bytes += "x" + std::to_string(i) + ",y\n";
    const Table t = read(bytes);
    REQUIRE(t.rows.size() == 1002);
    CHECK(t.rows[1].broken);
    CHECK(t.rows[1].raw == "1,\"open");
    CHECK(t.rows[1].fields == Fields{"1", "\"open"});
    CHECK_FALSE(t.rows[2].broken);
    CHECK(t.rows[2].fields == Fields{"x0", "y"});
    CHECK(t.rows[2].line == 3);
    CHECK(t.rows[1001].fields == Fields{"x999", "y"});
}

TEST_CASE("a quote that closes after more than 1 MiB is one that never closes") {
    const std::string bytes = "a,\"" + std::string(40, '-') + "\n" + [] {
        std::string body;
        while (body.size() < (2U << 20)) body += "body,line\n";
        return body;
    }() + "end\",z\nlast,1\n";
    const Table t = read(bytes);
    REQUIRE(t.rows.size() > 1000);
    CHECK(t.rows[0].broken);
    CHECK(t.rows[1].fields == Fields{"body", "line"});
    CHECK(t.rows.back().fields == Fields{"last", "1"});
}

TEST_CASE("a file of unclosed quotes is read in time that grows with its length") {
    std::string body;
    while (body.size() < 1'200'000) body += "some,more,fields\n";
    std::string bytes;
    for (int i = 0; i < 6; ++i) bytes += "\"open," + std::to_string(i) + "\n" + body;
    const Table t = read(bytes);
    std::vector<Fields> broken;
    for (const Row& row : t.rows) {
        if (row.broken) broken.push_back(row.fields);
    }
    REQUIRE(broken.size() == 6);
    for (std::size_t i = 0; i < 6; ++i) CHECK(broken[i] == Fields{"\"open", std::to_string(i)});
    CHECK(t.rows.size() == 6 * (1 + body.size() / 17));
}

TEST_CASE("a line over 1 MiB is broken, shown by its first 64 KiB, and the next line is whole") {
    const std::string bytes = "a,b\n" + std::string(3U << 20, 'x') + ",y\nc,d\n";
    const Table t = read(bytes);
    REQUIRE(t.rows.size() == 3);
    CHECK(t.rows[1].broken);
    CHECK(t.rows[1].raw == std::string(64U << 10, 'x'));
    CHECK(t.rows[1].line == 2);
    CHECK(t.rows[1].offset == 4);
    CHECK(t.rows[2].fields == Fields{"c", "d"});
    CHECK(t.rows[2].line == 3);
    CHECK(t.rows[2].offset == bytes.size() - 4);
    for (const std::size_t piece : {7919U, 65536U}) CHECK(read(bytes, ',', piece).rows == t.rows);
    CHECK(read(std::string(2U << 20, 'x')).rows.size() == 1);
    CHECK(read("\"" + std::string(2U << 20, 'x')).rows.size() == 1);
}

TEST_CASE("a row of just under 1 MiB is whole") {
    const std::string field(1'000'000, 'x');
    CHECK(read(field + ",y\n").rows[0].fields == Fields{field, "y"});
    CHECK(read("\"" + field + "\",y\n").rows[0].fields == Fields{field, "y"});
    CHECK_FALSE(read("\"" + field + "\",y\n").rows[0].broken);
    std::string quotes;
    for (int i = 0; i < 250'000; ++i) quotes += "\"\"";
    CHECK(read("\"" + quotes + "\",\"" + quotes + "\"\n").rows[0].fields ==
          Fields{std::string(250'000, '"'), std::string(250'000, '"')});
}

TEST_CASE("a zero byte is a fault of encoding that says where") {
    const Table t = read(std::string("a,b\n1,\0x\n", 9));
    REQUIRE(t.fault);
    CHECK(t.fault->kind == FaultKind::input);
    CHECK(t.fault->where == "byte 6");
    CHECK(t.fault->message().find("UTF-16") != std::string::npos);
    CHECK(read(std::string("\xFF\xFE"
                           "a\0,\0",
                           6))
              .fault);
}

TEST_CASE("a zero byte far behind the front breaks its row alone") {
    const std::string late = std::string(300'000, 'x') + "\n" + std::string("y\0,z\n", 5) + "1,2\n";
    const auto check = [](const Table& far) {
        REQUIRE_FALSE(far.fault);
        REQUIRE(far.rows.size() == 3);
        CHECK(far.rows[1].broken);
        CHECK(far.rows[1].fields.size() == 2);
        CHECK_FALSE(far.rows[2].broken);
    };
    for (const std::size_t piece : {std::size_t{1000}, std::string::npos}) {
        check(read(late, ',', piece));
        check(read_cut(late, 100'000, piece));
    }
}

TEST_CASE("a quoted field over line ends with text behind its second quote was never closed") {
    const Table t = read("1,\"A\n2,B\n3,\"C\n4,D\n");
    REQUIRE(t.rows.size() == 4);
    CHECK(t.rows[0].broken);
    CHECK_FALSE(t.rows[1].broken);
    CHECK(t.rows[2].broken);
    CHECK(read("1,\"A\nB\" \n").rows.size() == 1);
}

TEST_CASE("a space of two bytes behind a closing quote may come in two pieces") {
    const std::string bytes = "1,\"A\nB\"\xC2\xA0\n";
    REQUIRE(read(bytes).rows.size() == 1);
    for (std::size_t piece = 1; piece < bytes.size(); ++piece)
        CHECK(read(bytes, ',', piece).rows == read(bytes).rows);
}

TEST_CASE("a quoted field that holds a whole row was never closed, where it is known how long a row is") {
    const std::string bytes = "1,2,3,\"A\n1,2,3,B\n1,2,3,C\"\n1,2,3,D\n";
    DelimitedReader reader(memory_source(bytes), {',', 4});
    Table t;
    read_all(reader, t);
    REQUIRE(t.rows.size() == 4);
    CHECK(t.rows[0].broken);
    CHECK(read(bytes).rows.size() == 2);
}

TEST_CASE("a row knows whether it is plain ASCII") {
    const Table t = read("abc,1\nd,é\n\"x\",y\n\"ध\",y\n~\x7F,1\n");
    REQUIRE(t.rows.size() == 5);
    const std::vector<bool> expected = {true, false, true, false, true};
    for (std::size_t i = 0; i < 5; ++i) CHECK(t.rows[i].ascii == expected[i]);
}

TEST_CASE("a fault of the source ends the reading as it is") {
    int calls = 0;
    DelimitedReader reader(
        [&](std::span<char> out) -> Result<std::size_t> {
            if (calls++ > 0) return Fault{FaultKind::io, "cannot read", "tape", "turn it"};
            std::copy_n("a,b\n", 4, out.data());
            return std::size_t{4};
        },
        ',');
    DelimitedRow row;
    Result<bool> more = reader.next(row);
    if (more.ok()) more = reader.next(row);
    REQUIRE_FALSE(more.ok());
    CHECK(more.fault().message() == "cannot read: tape: turn it");
}

TEST_CASE("rows do not depend on how the bytes are cut, and line, offset and raw point at the file") {
    const std::vector<std::string> signs = {
        "a",
        "12",
        ",",
        ",",
        "\n",
        "\n",
        "\r\n",
        "\r",
        "\"",
        "\"",
        "\"\"",
        "\"x\"",
        "é",
        "\xFF",
        " ",
        "\xC2\xA0",
        "b,c\n",
        "\"q\n",
        "\xEF\xBB\xBF",
        "long enough to cross a block of sixty-four bytes, or nearly so,"};
    CHECK(rc::check("any mess", [&] {
        const std::string bytes = pieces(signs);
        const Table whole = read(bytes);
        RC_ASSERT(!whole.fault);
        std::uint64_t end = 0;
        for (const Row& row : whole.rows) {
            RC_ASSERT(row.offset >= end);
            RC_ASSERT(bytes.compare(row.offset, row.raw.size(), row.raw) == 0);
            RC_ASSERT(row.line == line_of(bytes, row.offset));
            RC_ASSERT(!row.fields.empty());
            RC_ASSERT(row.ascii == std::none_of(row.raw.begin(), row.raw.end(),
                                                [](char c) { return static_cast<unsigned char>(c) > 127; }));
            end = row.offset + row.raw.size();
        }
        RC_ASSERT(end <= bytes.size());
        for (const std::size_t piece : {std::size_t{1}, *rc::gen::inRange<std::size_t>(2, 80)}) {
            RC_ASSERT(read(bytes, ',', piece).rows == whole.rows);
        }
        Table in_place;
        DelimitedReader reader(std::string_view(bytes), ',');
        read_all(reader, in_place);
        RC_ASSERT(in_place.rows == whole.rows);
    }));
}

TEST_CASE("a file cut at row borders reads as the whole file does") {
    CHECK(rc::check([] {
        // Much of what makes a border hard to find, and little else.
        const auto symbols = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 9));
        constexpr std::array<const char*, 9> texts = {"\n", "\r\n",      "\r",       "\"",        ",",
                                                      "a",  "\"b\n,c\"", "\xC3\xA9", "long text "};
        std::string bytes = *rc::gen::element<std::string>("", "\xEF\xBB\xBF");
        for (const int symbol : symbols) bytes += texts.at(static_cast<std::size_t>(symbol));
        const auto piece_size = static_cast<std::size_t>(*rc::gen::inRange(1, 40));
        const auto piece = static_cast<std::size_t>(*rc::gen::inRange(1, 9));
        const Table whole = read(bytes);
        const Table cut = read_cut(bytes, piece_size, piece);
        RC_ASSERT(!cut.fault);
        RC_ASSERT(cut.rows == whole.rows);
    }));
}

TEST_CASE("unclosed quotes and lines over 1 MiB read the same when the file is cut") {
    std::string bytes = "a,b\n";
    for (int i = 0; i < 300; ++i) bytes += "1,\"never closed\n2,plain\n";
    bytes += "3,\"" + std::string(2 << 20, 'x') + "\"\n4,5\n";
    for (int i = 0; i < 3000; ++i) bytes += "6,\"closed, with a comma and a\nline\"\n7,8\n";
    bytes += std::string(5 << 20, 'y') + "\n9,10\n\"x\",\"y\"\n";
    for (const std::size_t piece_size : {std::size_t{100}, std::size_t{4'000}, std::size_t{1} << 20}) {
        CAPTURE(piece_size);
        std::size_t cuts = 0;
        const Table whole = read(bytes);
        const Table cut = read_cut(bytes, piece_size, 1 << 16, &cuts);
        CHECK(cut.rows.size() == whole.rows.size());
        CHECK(cut.rows == whole.rows);
        CHECK(cuts >= 1);
    }
}

TEST_CASE("a zero byte is found in any piece and says where") {
    std::string bytes = "a,b\n";
    for (int i = 0; i < 100; ++i) bytes += "1,2\n";
    bytes[333] = '\0';
    const Table cut = read_cut(bytes, 50, 7);
    REQUIRE(cut.fault);
    CHECK(cut.fault->where == "byte 333");
}

TEST_CASE("every byte belongs to a row, a line end or a blank line") {
    CHECK(rc::check("bytes_read", [] {
        const std::string bytes = pieces({"a", ",", "\n", "\r\n", "\"", "x\ny", "  ", "\"\""});
        const Table t = read(bytes);
        RC_ASSERT(t.bytes_read == bytes.size());
        std::string rest = bytes;
        for (auto row = t.rows.rbegin(); row != t.rows.rend(); ++row)
            rest.erase(row->offset, row->raw.size());
        RC_ASSERT(trim(rest).empty());
    }));
}

TEST_CASE("the delimiter is guessed by what splits evenly") {
    CHECK(guess_delimiter("a,b,c\n1,2,3\n") == ',');
    CHECK(guess_delimiter("a;b;c\n1,5;2;3\n1,7;8;9\n") == ';');
    CHECK(guess_delimiter("a\tb\n1\t2\n") == '\t');
    CHECK(guess_delimiter("a|b|c\n1|2|3\n") == '|');
    CHECK(guess_delimiter("name,number\n\"x;y;z\",1\n\"p;q;r\",2\n") == ',');
    CHECK(guess_delimiter("number\n9876500012\n") == ',');
    CHECK(guess_delimiter("") == ',');
    CHECK(guess_delimiter(std::string("a\0b", 3)) == ',');
}

TEST_CASE("a written field reads back the same") {
    CHECK(csv_field("plain") == "plain");
    CHECK(csv_field("a,b") == "\"a,b\"");
    CHECK(rc::check("any text", [](const std::string& text) {
        RC_PRE(text.find('\0') == std::string::npos);
        const std::string line = "x," + csv_field(text) + ",y\r\n";
        DelimitedReader reader(memory_source(line), ',');
        DelimitedRow row;
        const auto more = reader.next(row);
        RC_ASSERT(more.ok() && *more);
        RC_ASSERT(row.fields.size() == 3U);
        RC_ASSERT(row.fields[1] == text);
    }));
}
