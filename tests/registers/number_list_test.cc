#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>

#include "registers/number_list.h"

using namespace sendh;

namespace {

Result<NumberList> read(const std::string& bytes,
                        const ListOptions& options = {"register", "", Region::india}) {
    return read_number_list("list.csv", memory_source(bytes), options);
}

Fault fault_of(const std::string& bytes, const ListOptions& options = {"register", "", Region::india}) {
    const auto list = read(bytes, options);
    REQUIRE_FALSE(list.ok());
    return list.fault();
}

bool says(const Fault& fault, std::string_view part) {
    return fault.message().find(part) != std::string::npos;
}

bool adds_up(const NumberList& list) {
    return list.rows_in == list.rows.size() + list.rejects.size() + list.duplicates;
}

// One reject with its reason, of a list whose other rows are good.
ListReject reject_of(const std::string& row) {
    const auto list = read("number,name\n9876500010,A\n9876500011,B\n" + row + "\n");
    REQUIRE(list.ok());
    CHECK(adds_up(*list));
    REQUIRE(list->rejects.size() == 1);
    CHECK(list->rejects[0].line == 4);
    CHECK(list->rejects[0].raw == row);
    return list->rejects[0];
}

}  // namespace

TEST_CASE("a list keeps numbers, cells and the order of its rows") {
    const auto list = read(
        "Name,Mobile No.,Department\nAsha, 98765 00010 "
        ",Home\nRavi,+91-9876500011,\nMeena,919876500012,Finance\n");
    REQUIRE(list.ok());
    CHECK(list->file_name == "list.csv");
    CHECK(list->columns == std::vector<std::string>{"Name", "Department"});
    REQUIRE(list->rows.size() == 3);
    CHECK(list->rows[0].number == PhoneNumber::from_e164(919876500010));
    CHECK(list->rows[1].number == PhoneNumber::from_e164(919876500011));
    CHECK(list->rows[2].number == PhoneNumber::from_e164(919876500012));
    CHECK(list->rows[0].cells == std::vector<std::string>{"Asha", "Home"});
    CHECK(list->rows[1].cells == std::vector<std::string>{"Ravi", ""});
    CHECK(list->rows[2].line == 4);
    CHECK(list->rows_in == 3);
    CHECK(adds_up(*list));
}

TEST_CASE("columns match without case, spaces and punctuation, in any script and with any delimiter") {
    for (const char* name : {"number", "NUMBER", "Mobile", "mobile_no", "Phone Number", "MSISDN",
                             "Contact No.", "Tel.", "मोबाइल नंबर", "Mobile\xC2\xA0No"}) {
        for (const char* delimiter : {",", ";", "\t", "|"}) {
            const auto list =
                read(std::string(name) + delimiter + "Full Name\n9876500010" + delimiter + "A\n");
            REQUIRE_MESSAGE(list.ok(), name);
            CHECK(list->rows.size() == 1);
            CHECK(list->column({"nothing", "fullname"}) == 0U);
            CHECK_FALSE(list->column({"number"}));
        }
    }
}

TEST_CASE("a header alone is enough to tell the delimiter, with or without a line end") {
    for (const char* bytes :
         {"number;name", "number;name\n", "number;name\r", "number;name\r9876500010;A\r9876500011;B"}) {
        const auto list = read(bytes);
        REQUIRE_MESSAGE(list.ok(), bytes);
        CHECK(list->columns == std::vector<std::string>{"name"});
    }
    CHECK(read("number;name\r9876500010;A\r9876500011;B")->rows.size() == 2);
}

TEST_CASE("the column with the numbers can be said") {
    const std::string bytes = "mobile,office line,name\n9876500010,1123456789,A\n";
    CHECK(read(bytes)->rows[0].number == PhoneNumber::from_e164(919876500010));
    const auto list = read(bytes, {"register", "Office-Line", Region::india});
    REQUIRE(list.ok());
    CHECK(list->columns == std::vector<std::string>{"mobile", "name"});
    CHECK(list->rows[0].cells == std::vector<std::string>{"9876500010", "A"});
}

TEST_CASE("a said column that is not there is a fault with the nearest and all there are") {
    const Fault fault = fault_of("mobile,name\n9876500010,A\n", {"register", "moblie", Region::india});
    CHECK(fault.kind == FaultKind::input);
    CHECK(says(fault, "did you mean 'mobile'"));
    CHECK(says(fault, "mobile, name"));
}

TEST_CASE("no column with numbers is a fault that names the columns and the option") {
    const Fault fault = fault_of("who,where\nA,B\n");
    CHECK(fault.kind == FaultKind::input);
    CHECK(says(fault, "register"));
    CHECK(says(fault, "--number-column"));
    CHECK(says(fault, "who, where"));
    CHECK(says(fault, "list.csv:1"));
}

TEST_CASE("a missing header is told, and the number in its place is not shown") {
    for (const char* bytes :
         {"9876500010,Asha\n9876500011,Ravi\n", "Asha,+91 98765 00010\nRavi,+91 98765 00011\n"}) {
        const Fault fault = fault_of(bytes);
        CHECK(says(fault, "header is missing"));
        CHECK_FALSE(says(fault, "00010"));
    }
    const Fault named =
        fault_of("9876500010,Asha\n9876500011,Ravi\n", {"register", "9876500011", Region::india});
    CHECK_FALSE(says(named, "9876500010"));
    CHECK_FALSE(says(named, "9876500011"));
}

TEST_CASE("an empty file is a fault") {
    for (const char* bytes : {"", "\n\n  \r\n", "\xEF\xBB\xBF", "\xEF\xBB\xBF\n"}) {
        const Fault fault = fault_of(bytes);
        CHECK(fault.kind == FaultKind::input);
        CHECK(says(fault, "empty"));
    }
}

TEST_CASE("a wrong encoding is a fault") {
    CHECK(says(fault_of(std::string("n\0u\0m\0b\0e\0r\0\n\0", 14)), "UTF-8"));
    CHECK(says(fault_of("number,nam\xE9\n9876500010,A\n"), "UTF-8"));
    const Fault rows = fault_of("number,name\n9876500010,\xE9\n9876500011,\xE9\n");
    CHECK(says(rows, "not UTF-8"));
    CHECK(says(rows, "list.csv:2"));
}

TEST_CASE("call records are told from a list") {
    CHECK(says(fault_of("calling_party,called_party,call_date\n1,2,3\n"), "sendh calls import"));
}

TEST_CASE("two columns of one name are a fault") {
    const Fault fault = fault_of("number,Name,NAME \n9876500010,A,B\n");
    CHECK(says(fault, "two columns"));
    CHECK(read("number,,\n9876500010,A,B\n").ok());
}

TEST_CASE("a row whose number cannot be one is rejected with its line and why") {
    CHECK(reject_of(",C").reason.find("missing") != std::string::npos);
    CHECK(reject_of("-,C").reason.find("missing") != std::string::npos);
    CHECK(reject_of("9.8765E+11,C").reason.find("scientific") != std::string::npos);
    CHECK(reject_of("abc,C").reason.find("not a phone number") != std::string::npos);
    CHECK(reject_of("98765,00010,C").reason.find("3 fields") != std::string::npos);
    CHECK(reject_of("1234567890123456789,C").reason.find("15 digits") != std::string::npos);
    CHECK_FALSE(reject_of("98765000,C").reason.empty());
    CHECK(reject_of("9876500012,\xE9").reason.find("UTF-8") != std::string::npos);
    CHECK(reject_of("9876500012,\"C").reason.find("quote") != std::string::npos);
    CHECK_FALSE(reject_of("+9990000000,C").reason.empty());
}

TEST_CASE("a reject's reason never holds the number") {
    CHECK(rc::check("any row", [] {
        const auto row = *rc::gen::container<std::string>(
            rc::gen::element('0', '1', '9', '8', '+', '-', '.', 'E', 'x', ' ', ',', '"'));
        const auto list = read("number,name\n9876500010,A\n9876500011,B\n9876500012,C\n" + row + "\n");
        RC_ASSERT(list.ok());
        RC_ASSERT(adds_up(*list));
        for (const ListReject& reject : list->rejects) {
            RC_ASSERT(reject.reason.find_first_not_of(' ') != std::string::npos);
            const auto digits = std::count_if(reject.reason.begin(), reject.reason.end(),
                                              [](char c) { return c >= '0' && c <= '9'; });
            RC_ASSERT(digits <= 4);
        }
    }));
}

TEST_CASE("a number that stood before with the same cells is a duplicate; with other cells it is a row") {
    const auto list =
        read("number,name\n9876500010,A\n+91 9876500010, A\n9876500010,B\n9876500010,A\n9876500011,A\n");
    REQUIRE(list.ok());
    CHECK(list->rows.size() == 3);
    CHECK(list->duplicates == 2);
    CHECK(list->rejects.empty());
    CHECK(list->rows_in == 5);
    CHECK(adds_up(*list));
}

TEST_CASE("more than half of the rows rejected is the wrong column; half is not") {
    CHECK(read("number,name\n9876500010,A\nx,B\n").ok());
    const Fault fault = fault_of("number,name\n9876500010,A\nx,B\ny,C\n");
    CHECK(fault.kind == FaultKind::input);
    CHECK(says(fault, "2 of 3"));
    CHECK(says(fault, "number"));
    CHECK(says(fault, "list.csv:3"));
    CHECK(says(fault, "nothing was stored"));
}

TEST_CASE("a short row is filled up, and blank lines are no rows") {
    const auto list = read("number,name,place\n\n9876500010\n\n9876500011,A\n");
    REQUIRE(list.ok());
    REQUIRE(list->rows.size() == 2);
    CHECK(list->rows[0].cells == std::vector<std::string>{"", ""});
    CHECK(list->rows[0].line == 3);
    CHECK(list->rows_in == 2);
}

TEST_CASE("a list longer than what is looked ahead is read whole, in any pieces") {
    std::string bytes = "number,name\n";
    for (int i = 0; i < 20'000; ++i)
        bytes += std::to_string(9'876'500'000 + i) + ",name " + std::to_string(i) + "\n";
    for (const std::size_t piece : {std::size_t{1000}, std::size_t{1} << 20}) {
        const ByteSource whole = memory_source(bytes);
        const auto list = read_number_list(
            "list.csv", [&](std::span<char> out) { return whole(out.first(std::min(piece, out.size()))); },
            {"register", "", Region::india});
        REQUIRE(list.ok());
        REQUIRE(list->rows.size() == 20'000);
        CHECK(list->rows[19'999].number == PhoneNumber::from_e164(919'876'519'999));
        CHECK(list->rows[19'999].line == 20'001);
    }
}

TEST_CASE(
    "a row whose dates cannot be is rejected by the caller's word; a file of such rows is a fault of dates") {
    ListOptions options{"register", "", Region::india};
    options.dates = [](const NumberList& list) -> Result<ListOptions::RowCheck> {
        const auto at = list.column({"joined"});
        if (!at) return Fault{FaultKind::input, "no column joined", list.file_name + ":1", ""};
        return ListOptions::RowCheck([at](const ListRow& row) {
            return row.cells[*at] == "bad" ? std::string("no date") : std::string();
        });
    };
    const auto list = read("number,joined\n9876500010,bad\n9876500011,\nx,bad\n9876500012,good\n", options);
    REQUIRE(list.ok());
    CHECK(adds_up(*list));
    REQUIRE(list->rejects.size() == 2);
    CHECK(list->rejects[0].reason == "no date");
    CHECK(list->rejects[0].of_dates);
    CHECK(list->rejects[0].raw == "9876500010,bad");
    CHECK_FALSE(list->rejects[1].of_dates);

    const Fault dates = fault_of("number,joined\nx,\n9876500010,bad\n9876500011,bad\n9876500012,\n", options);
    CHECK(says(dates, "3 of 4 rows cannot be used, most of them because of their dates (first: no date)"));
    CHECK(says(dates, "list.csv:3"));
    CHECK(says(dates, "is the month written first?"));
    CHECK(
        says(fault_of("number,joined\nx,\ny,bad\n9876500011,bad\n9876500012,\n", options), "right column?"));
    CHECK(says(fault_of("number,left\n9876500010,bad\n", options), "no column joined"));
}

TEST_CASE("which of day and month comes first is told by dates that can be one way only") {
    const auto signs = [](std::initializer_list<const char*> cells) {
        DateOrderSigns out;
        for (const char* cell : cells) out.see(cell);
        return out;
    };
    CHECK(signs({"01/02/2024", "12/31/2024", "02-01-2024"}).doubtful());
    CHECK(signs({"01/02/2024", "12/31/2024", "02-01-2024"}).either() == 2);
    CHECK_FALSE(signs({"01/02/2024", "12/31/2024", "31/12/2024"}).doubtful());
    CHECK_FALSE(signs({"01/02/2024", "2024-12-31", "31/31/2024", "", "soon"}).doubtful());
    CHECK_FALSE(signs({"2024-01-02", "12/31/2024"}).doubtful());
    CHECK_FALSE(signs({"01/01/2024", "12/31/2024"}).doubtful());  // the same either way
}

TEST_CASE("a row that is broken says by what") {
    CHECK(reject_of("\"9876500012,B").reason == "the row is broken (a quote that never closes?)");
    const auto list = read("number,name\n9876500010,A\n9876500011,B\n9876500012,\"" +
                           std::string(2 << 20, 'x') + "\"\n9876500013,C\n");
    REQUIRE(list.ok());
    CHECK(list->rows.size() == 3);
    REQUIRE(list->rejects.size() == 1);
    CHECK(list->rejects[0].reason == "the line is longer than 1 MiB");
}

TEST_CASE("rows in = accepted + rejected + duplicates, whatever is in the file") {
    CHECK(rc::check("any mess", [] {
        const std::vector<std::string> signs = {"9876500010", "9876500011", ",",    ",",      "\n",
                                                "\n",         "\r\n",       "\"",   "x",      " ",
                                                "+91",        "1909",       "\xFF", "9.8E+11"};
        std::string bytes = "number,name\n";
        for (const auto i :
             *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, signs.size())))
            bytes += signs[i];
        const auto list = read(bytes);
        if (!list.ok()) {
            RC_ASSERT(list.fault().kind == FaultKind::input);
            RC_ASSERT(list.fault().message().find("98765000") == std::string::npos);
            return;
        }
        RC_ASSERT(adds_up(*list));
        for (const ListRow& row : list->rows) RC_ASSERT(row.cells.size() == list->columns.size());
    }));
}

TEST_CASE("date cells are read day first, as Indian offices write them") {
    const Zone utc{0};
    const auto second = parse_iso("2024-11-02", utc);
    for (const char* cell :
         {"2024-11-02", "02/11/2024", "2/11/2024", "02-11-2024", "02.11.2024", " 02/11/2024 "})
        CHECK(**parse_date_cell(cell, utc, "x:1") == *second);
    CHECK(**parse_date_cell("02/11/2024", Zone{}, "x:1") == *parse_iso("2024-11-02", Zone{}));
    CHECK(**parse_date_cell("2024-11-02 10:20:30", utc, "x:1") == *parse_iso("2024-11-02T10:20:30Z", utc));
    for (const char* cell : {"", "  ", "-"}) CHECK_FALSE(parse_date_cell(cell, utc, "x:1")->has_value());
    for (const char* cell : {"31/02/2024", "11/30/2024", "02/11/24", "02/11", "02/11/2024/1", "//",
                             "02//2024", "2024/11/02", "today", "02/11/20244", "0.5", "1e3", "/2/11/2024"}) {
        const auto date = parse_date_cell(cell, utc, "list.csv:7");
        REQUIRE_MESSAGE(!date.ok(), cell);
        CHECK(date.fault().kind == FaultKind::input);
        CHECK(date.fault().where == "list.csv:7");
    }
    CHECK_FALSE(says(parse_date_cell("9876500012", utc, "x:1").fault(), "9876500012"));
}

TEST_CASE("a plain table is read by the keys of its columns") {
    const auto table = read_plain_table(
        "t.csv", memory_source("Trunk Name;Carrier;Ingress\nT1 ;A;international\nT2;\"B;C\";own\n"),
        "trunk map");
    REQUIRE(table.ok());
    CHECK(table->keys == std::vector<std::string>{"trunkname", "carrier", "ingress"});
    CHECK(table->rows ==
          std::vector<std::vector<std::string>>{{"T1", "A", "international"}, {"T2", "B;C", "own"}});
    CHECK(table->lines == std::vector<std::uint64_t>{2, 3});
    CHECK(table->column({"name", "ingress"}) == 2U);
    CHECK_FALSE(table->column({"name"}));
}

TEST_CASE("a row that does not fit a plain table's header is a fault with its line") {
    for (const char* row : {"a", "a,b,c", "a,\"b", "a,\xFF"}) {
        const auto table =
            read_plain_table("t.csv", memory_source(std::string("x,y\n1,2\n") + row + "\n"), "trunk map");
        REQUIRE_FALSE(table.ok());
        CHECK(table.fault().where == "t.csv:3");
        CHECK(says(table.fault(), "trunk map"));
    }
    CHECK(says(read_plain_table("t.csv", memory_source(""), "trunk map").fault(), "empty"));
}
