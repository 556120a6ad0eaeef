#include "casework/workbook.h"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/delimited.h"
#include "containers.h"

namespace sendh {
namespace {

RandomBytes random_bytes(const std::string& bytes) {
    return {bytes.size(), [&bytes](std::uint64_t offset, std::span<char> out) -> Result<std::size_t> {
                const std::size_t at = std::min<std::uint64_t>(offset, bytes.size());
                const std::size_t n = std::min(out.size(), bytes.size() - at);
                std::copy_n(bytes.data() + at, n, out.data());
                return n;
            }};
}

Result<std::string> csv_of(const std::string& bytes, std::size_t sheet = 0,
                           std::vector<std::string>* notes = nullptr) {
    SENDH_TRY(const auto book, Workbook::open(random_bytes(bytes)));
    SENDH_TRY(const auto reader, SheetReader::open(book, sheet));
    std::string out;
    std::string buffer(1'000, '\0');
    while (true) {
        SENDH_TRY(const std::size_t n, reader->read(buffer));
        if (n == 0) break;
        out.append(buffer, 0, n);
    }
    if (notes != nullptr) *notes = reader->notes();
    return out;
}

std::string csv(const std::string& rows, const test::Book& like = {}) {
    test::Book book = like;
    book.sheets = {{"Sheet1", rows}};
    const auto text = csv_of(book.bytes());
    return text.ok() ? *text : "fault: " + text.fault().message();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_CASE("cells of every type become text") {
    test::Book book;
    book.texts = {"<t>one</t>", "<t xml:space=\"preserve\"> two </t>",
                  "<r><t>th</t></r><r><rPr/><t>ree</t></r><rPh><t>phonetic</t></rPh>", "<t/>"};
    CHECK(
        csv(R"(<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c>)"
            R"(<c r="D1" t="inlineStr"><is><t>in</t><rPh><t>x</t></rPh></is></c><c r="E1" t="str"><f>A1</f><v>made</v></c>)"
            R"(<c r="F1" t="b"><v>1</v></c><c r="G1" t="b"><v>0</v></c><c r="H1" t="e"><v>#N/A</v></c>)"
            R"(<c r="I1"><v>919876500000</v></c><c r="J1" t="n"><v>12.5</v></c><c r="K1" t="d"><v>2025-09-15T10:00:00</v></c>)"
            R"(<c r="L1" t="s"><v>3</v></c></row>)",
            book) == "one, two ,three,in,made,TRUE,FALSE,#N/A,919876500000,12.5,2025-09-15T10:00:00\n");
}

TEST_CASE("a number keeps its digits, and what is destroyed stays destroyed") {
    CHECK(
        csv(R"(<row><c><v>9.1626E+11</v></c><c><v>919876500001</v></c><c><v>9.19876500001E11</v></c></row>)") ==
        "9.1626E+11,919876500001,919876500001\n");
}

TEST_CASE("dates come out as ISO text, by the style of the cell") {
    test::Book book;
    book.formats = {"0", "14", "21", "22", "dd/mm/yyyy hh:mm", "46", "0.00"};
    const std::string rows =
        R"(<row r="1"><c r="A1" s="1"><v>45915</v></c><c r="B1" s="2"><v>0.5</v></c><c r="C1" s="3"><v>45915.25</v></c>)"
        R"(<c r="D1" s="4"><v>45915.25</v></c><c r="E1" s="5"><v>1.5</v></c><c r="F1" s="6"><v>45915</v></c>)"
        R"(<c r="G1" s="99"><v>7</v></c><c r="H1" s="1"><v>-5</v></c><c r="I1" s="1" t="str"><v>text</v></c></row>)";
    CHECK(csv(rows, book) ==
          "2025-09-15,12:00:00,2025-09-15 06:00:00,2025-09-15 06:00:00,36:00:00,45915,7,-5,text\n");
    book.from_1904 = true;
    CHECK(csv(R"(<row><c s="1"><v>44453</v></c></row>)", book) == "2025-09-15\n");
}

TEST_CASE("row n is line n: missing and empty rows are empty lines") {
    CHECK(csv(R"(<row r="2"><c r="A2"><v>1</v></c></row><row r="3"/><row r="4"><c r="A4" s="0"/></row>)"
              R"(<row r="5"><c r="B5"><v>2</v></c></row>)") == "\n1\n\n\n,2\n");
    CHECK(csv("").empty());
    // Where the file leaves the references out, they are counted.
    CHECK(csv("<row><c><v>1</v></c><c/><c><v>3</v></c></row><row><c><v>4</v></c></row>") == "1,,3\n4,,\n");
}

TEST_CASE("rows are filled up to the widest so far") {
    CHECK(
        csv(R"(<row><c><v>1</v></c></row><row><c r="C2"><v>2</v></c></row><row><c r="A3"><v>3</v></c></row>)") ==
        "1\n,,2\n3,,\n");
}

TEST_CASE("a text with commas, quotes or line breaks stays one cell on one line") {
    test::Book book;
    book.texts = {"<t>a, \"b\"</t>", "<t>two\nlines\r\n</t>", "<t>x_x000D__x000a_y_x0041__xZZZZ_</t>",
                  "<t>a;b</t>", "<t>&#x0915;&amp;&lt;</t>"};
    CHECK(
        csv(R"(<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>3</v></c><c t="s"><v>4</v></c></row>)",
            book) == "\"a, \"\"b\"\"\",two lines ,x  yA_xZZZZ_,\"a;b\",क&<\n");
}

TEST_CASE("any texts in any places come back through the reader of CSV, with the rows' numbers") {
    CHECK(rc::check([] {
        const auto table = *rc::gen::container<std::vector<std::vector<std::string>>>(
            rc::gen::container<std::vector<std::string>>(rc::gen::container<std::string>(
                rc::gen::element('a', ',', '"', ';', '|', '\t', ' ', '&', '<', '_', '0', '\''))));
        std::string rows;
        std::vector<std::pair<std::uint64_t, std::vector<std::string>>> expected;
        std::size_t widest = 0;
        for (std::size_t r = 0; r < table.size(); ++r) {
            std::size_t used = 0;
            rows += "<row r=\"" + std::to_string(r * 2 + 1) + "\">";
            for (std::size_t i = 0; i < table[r].size(); ++i) {
                rows += "<c t=\"inlineStr\"><is><t>" + test::xml_text(table[r][i]) + "</t></is></c>";
                if (!table[r][i].empty()) used = i + 1;
            }
            rows += "</row>";
            if (used == 0) continue;
            std::vector<std::string> cells(table[r].begin(),
                                           table[r].begin() + static_cast<std::ptrdiff_t>(used));
            for (std::string& cell : cells) std::replace(cell.begin(), cell.end(), '\t', ' ');
            widest = std::max(widest, used);
            cells.resize(widest);
            // A line of nothing but spaces is blank to the reader.
            if (widest == 1 && cells[0].find_first_not_of(' ') == std::string::npos) continue;
            expected.emplace_back(r * 2 + 1, cells);
        }
        const std::string text = csv(rows);
        DelimitedReader reader(memory_source(text), ',');
        DelimitedRow row;
        for (const auto& [line, cells] : expected) {
            const auto more = reader.next(row);
            RC_ASSERT(more.ok());
            RC_ASSERT(*more);
            RC_ASSERT(row.line == line);
            RC_ASSERT(std::vector<std::string>(row.fields.begin(), row.fields.end()) == cells);
        }
        RC_ASSERT(!*reader.next(row));
    }));
}

TEST_CASE("formulas without a value and merged cells are said") {
    test::Book book;
    book.sheets = {{"Sheet1", "<row><c><f>1+1</f></c><c><f>2</f><v>2</v></c></row>", "visible",
                    "<mergeCells><mergeCell ref=\"A1:B1\"/><mergeCell ref=\"A2:B2\"/></mergeCells>"}};
    std::vector<std::string> notes;
    CHECK(*csv_of(book.bytes(), 0, &notes) == ",2\n");
    REQUIRE(notes.size() == 2);
    CHECK(has(notes[0], "1 cell holds a formula without a value"));
    CHECK(has(notes[1], "2 ranges are merged"));
}

TEST_CASE("sheets come in the order of the workbook, hidden ones too, and empty ones are told") {
    test::Book book;
    book.sheets = {{"First", ""}, {"Second & more", "<row><c><v>2</v></c></row>", "veryHidden"}};
    const std::string bytes = book.bytes();
    const auto open = Workbook::open(random_bytes(bytes));
    REQUIRE(open.ok());
    REQUIRE((*open)->sheets().size() == 2);
    CHECK((*open)->sheets()[1].name == "Second & more");
    CHECK((*open)->sheets()[1].hidden);
    CHECK_FALSE((*open)->sheets()[0].hidden);
    CHECK(*(*SheetReader::open(*open, 0))->is_empty());
    CHECK_FALSE(*(*SheetReader::open(*open, 1))->is_empty());
}

TEST_CASE("a workbook is told from other archives by its members") {
    test::Book book;
    book.sheets = {{"Sheet1", ""}};
    const auto kind = [](const std::string& bytes) { return *kind_of_zip(random_bytes(bytes)); };
    CHECK(kind(book.bytes()) == ZipKind::workbook);
    CHECK(kind(test::zip({{"calls.csv", "x"}})) == ZipKind::archive);
    CHECK(kind(test::zip({{"xl/workbook.bin", "x"}})) == ZipKind::binary_workbook);
    CHECK(kind(test::zip({{"mimetype", "x"}, {"content.xml", "x"}})) == ZipKind::open_document);
    CHECK(kind(test::zip({{"word/document.xml", "x"}})) == ZipKind::document);
}

TEST_CASE("XML that is damaged, cut or out of order is a fault that says where") {
    const auto fault = [](const std::string& rows) { return csv(rows); };
    CHECK(has(fault("<row><c><v>1</v></row>"), "XML is damaged"));
    CHECK(has(fault("<row><c><v>1</v></row>"), "of xl/worksheets/sheet1.xml"));
    CHECK(has(fault("<row r=\"2\"/><row r=\"2\"/>"), "rows of the sheet are not in order"));
    CHECK(has(fault("<row r=\"0\"/>"), "not in order"));
    CHECK(has(fault("<row r=\"1048577\"/>"), "not in order"));
    CHECK(has(fault("<row r=\"x\"/>"), "not in order"));
    CHECK(has(fault("<row><c r=\"B1\"/><c r=\"A1\"/></row>"), "cells of row 1 are not in order"));
    CHECK(has(fault("<row><c r=\"XFE1\"/></row>"), "not in order"));
    CHECK(has(fault("<row><c r=\"1\"/></row>"), "not in order"));
    CHECK(has(fault("<row><c t=\"s\"><v>0</v></c></row>"), "shared text that is not there"));
    CHECK(has(fault("<row><c t=\"s\"><v>-1</v></c></row>"), "shared text that is not there"));
    CHECK(has(fault("<row><c t=\"str\"><v>" + std::string(140'000, 'x') + "</v></c></row>"),
              "32,767 characters"));
    CHECK(has(fault("<row><c t=\"" + std::string(2'000'000, 'x') + "\"/></row>"), "more than 128 KiB"));
    const auto nested = [](int depth) {  // below the two elements of a sheet
        std::string rows;
        for (int i = 0; i < depth; ++i) rows += "<x>";
        for (int i = 0; i < depth; ++i) rows += "</x>";
        return rows;
    };
    CHECK(fault(nested(62)).empty());
    CHECK(has(fault(nested(63)), "nested deeper than 64 elements"));
    std::string names;
    for (int i = 0; i < 200'000; ++i) names += "<x" + std::to_string(i) + "/>";
    CHECK(has(fault(names), "ever new names"));
}

TEST_CASE("entities of its own are refused, and with them the bombs made of them") {
    test::Book book;
    book.doctype = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]>";
    book.sheets = {{"Sheet1", "<row><c t=\"str\"><v>&a;</v></c></row>"}};
    const auto text = csv_of(book.bytes());
    REQUIRE_FALSE(text.ok());
    CHECK(has(text.fault().what, "entities of its own"));
}

TEST_CASE("a workbook without its parts is a fault or goes without them") {
    test::Book book;
    book.sheets = {{"Sheet1", "<row><c s=\"0\"><v>45915</v></c></row>"}};
    const auto without = [&](const std::string& name) {
        std::vector<test::Member> members = book.members();
        std::erase_if(members, [&](const test::Member& m) { return m.name == name; });
        const auto text = csv_of(test::zip(members));
        return text.ok() ? *text : text.fault().what;
    };
    CHECK(without("xl/styles.xml") == "45915\n");
    CHECK(without("xl/sharedStrings.xml") == "45915\n");
    CHECK(has(without("xl/workbook.xml"), "no xl/workbook.xml"));
    CHECK(has(without("xl/_rels/workbook.xml.rels"), "does not say where a sheet lies"));
    CHECK(has(without("xl/worksheets/sheet1.xml"), "the sheet is not in the workbook"));
}

TEST_CASE("names in a workbook are limited, and no part is two sheets") {
    const auto fault = [](const std::vector<test::Member>& members) {
        const auto book = Workbook::open(random_bytes(test::zip(members)));
        return book.ok() ? "" : book.fault().what;
    };
    test::Book book;
    book.sheets = {{std::string(2'048, 'x'), ""}};
    CHECK(fault(book.members()) == "");
    book.sheets = {{std::string(2'049, 'x'), ""}};
    CHECK(has(fault(book.members()), "names longer than 2,048 bytes"));
    book.sheets.assign(4'000, {std::string(1'500, 'x'), ""});
    CHECK(has(fault(book.members()), "4,194,304 together"));

    const auto relation = [&](const std::string& from, const std::string& to) {
        book.sheets = {{"First", ""}, {"Second", ""}};
        std::vector<test::Member> members = book.members();
        for (test::Member& m : members) {
            const std::size_t at = m.name.ends_with(".rels") ? m.bytes.find(from) : std::string::npos;
            if (at != std::string::npos) m.bytes.replace(at, from.size(), to);
        }
        return fault(members);
    };
    CHECK(has(relation("worksheets/sheet2.xml", "worksheets/Sheet1.xml"), "two sheets of the workbook lie"));
    CHECK(has(relation("worksheets/sheet2.xml", std::string(3'000, 'x')), "names longer than"));
    CHECK(has(relation("Id=\"rId1\"", "Id=\"" + std::string(3'000, 'x') + "\""), "names longer than"));
}

TEST_CASE("a sheet costs the same however many there are") {
    const auto cost = [](std::size_t count) {
        test::Book book;
        for (std::size_t i = 0; i < count; ++i) book.sheets.push_back({"S" + std::to_string(i), ""});
        const std::string bytes = book.bytes();
        std::uint64_t given = 0;
        const RandomBytes inner = random_bytes(bytes);
        const auto open = Workbook::open({bytes.size(), [&](std::uint64_t offset, std::span<char> out) {
                                              auto n = inner.read_at(offset, out);
                                              given += n.ok() ? *n : 0;
                                              return n;
                                          }});
        REQUIRE(open.ok());
        for (std::size_t i = count; i-- > 0;) CHECK(*(*SheetReader::open(*open, i))->is_empty());
        return given / count;
    };
    CHECK(cost(2'000) < cost(500) * 3 / 2);
    CHECK(cost(2'000) < 400'000);
}

TEST_CASE("a damaged member that is no part of the sheets does not matter") {
    test::Book book;
    book.sheets = {{"Sheet1", "<row><c><v>1</v></c></row>"}};
    std::string bytes = book.bytes();
    const auto spoilt = [&](const std::string& name) {
        std::string out = bytes;
        out[out.find(name) - 30] = 'X';
        const auto text = csv_of(out);
        return text.ok() ? *text : text.fault().what;
    };
    CHECK(spoilt("[Content_Types].xml") == "1\n");
    CHECK(has(spoilt("xl/worksheets/sheet1.xml"), "the ZIP archive is damaged"));
}

TEST_CASE("wide and long sheets stay within memory") {
    std::string rows;
    for (int i = 0; i < 2'000; ++i)
        rows += "<row><c r=\"XFD" + std::to_string(i + 1) + "\"><v>1</v></c></row>";
    CHECK(csv(rows).size() == 2'000U * 16'385U);
    CHECK(csv(R"(<row r="1048576"><c><v>1</v></c></row>)").size() == 1'048'577U);
}

}  // namespace
}  // namespace sendh
