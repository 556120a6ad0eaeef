#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>

#include "base/text.h"

using namespace sendh;

namespace {

// Not the code under test: does the text at `at` look like the pattern, in which 9 stands for any digit?
bool looks_like(std::string_view text, std::size_t at, std::string_view pattern) {
    if (text.size() < at + pattern.size()) return false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char c = text[at + i];
        if (pattern[i] == '9' ? c < '0' || c > '9' : c != pattern[i]) return false;
    }
    return true;
}

// What a careful reader would still take for a number, dates with their times aside.
bool shows_a_number(const std::string& text) {
    int digits = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (digits == 0 && looks_like(text, i, "9999-99-99")) {
            i += 10;
            if (looks_like(text, i, "T99:99") || looks_like(text, i, " 99:99")) {
                i += 6;
                if (looks_like(text, i, ":99")) i += 3;
                if (looks_like(text, i, ".999999")) i += 7;
            }
            digits = 0;
            continue;
        }
        const char c = text[i++];
        if (c >= '0' && c <= '9') {
            if (++digits == 7) return true;
        } else if (std::string_view("-. ()\t").find(c) == std::string_view::npos) {
            digits = 0;
        }
    }
    return false;
}

std::string pieces(const std::vector<std::string>& signs) {
    std::string out;
    for (const auto i :
         *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, signs.size())))
        out += signs[i];
    return out;
}

}  // namespace

TEST_CASE("UTF-8 is what RFC 3629 says, to the corners") {
    for (const std::string& good : std::vector<std::string>{
             "", "plain", std::string("\0", 1), "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80",
             "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF", "\xEF\xBB\xBF", "\xF0\x90\x80\x80",
             "\xF4\x8F\xBF\xBF", "\xE1\x80\x80\xE2\x82\xAC", "सेंध"}) {
        CHECK_MESSAGE(!first_bad_utf8(good), good);
    }
    for (const std::string& bad : std::vector<std::string>{"\x80",
                                                           "\xBF",
                                                           "\xC0\x80",
                                                           "\xC1\xBF",
                                                           "\xC2",
                                                           "\xC2\x41",
                                                           "\xC2\xC0",
                                                           "\xE0\x9F\xBF",
                                                           "\xE0\xA0",
                                                           "\xE0\xA0\x41",
                                                           "\xED\xA0\x80",
                                                           "\xED\xBF\xBF",
                                                           "\xE1\x80",
                                                           "\xF0\x8F\xBF\xBF",
                                                           "\xF0\x90\x80",
                                                           "\xF0\x90\x80\xC0",
                                                           "\xF4\x90\x80\x80",
                                                           "\xF5\x80\x80\x80",
                                                           "\xF8\x88\x80\x80\x80",
                                                           "\xFE",
                                                           "\xFF"}) {
        CHECK(first_bad_utf8(bad) == 0U);
        CHECK(first_bad_utf8("ab" + bad) == 2U);
        CHECK(first_bad_utf8("सें" + bad + "ध") == 9U);
    }
}

TEST_CASE("Latin-1 always becomes UTF-8") {
    CHECK(utf8_from_latin1("caf\xE9") == "café");
    CHECK(utf8_from_latin1("\x80\xFF") == "\xC2\x80\xC3\xBF");
    CHECK(rc::check("any bytes",
                    [](const std::string& bytes) { RC_ASSERT(!first_bad_utf8(utf8_from_latin1(bytes))); }));
}

TEST_CASE("trimming takes ASCII white space and no-break spaces, and nothing else") {
    CHECK(trim(" \t\r\n\f\v a b \xC2\xA0 ") == "a b");
    CHECK(trim("\xC2\xA0\xC2\xA0") == "");
    CHECK(trim("") == "");
    CHECK(trim(" ") == "");
    CHECK(trim("\xC2\xA9") == "\xC2\xA9");
    CHECK(trim("ा") == "ा");
}

TEST_CASE("lower case is ASCII's and leaves other bytes alone") {
    CHECK(lower_ascii("AZaz09Éñ") == "azaz09Éñ");
}

TEST_CASE("a column's key has no case, no spaces and no punctuation") {
    CHECK(column_key("Target /A PARTY NUMBER") == "targetapartynumber");
    CHECK(column_key("  Mobile-No. ") == "mobileno");
    CHECK(column_key("CALL_DURATION(sec)") == "calldurationsec");
    CHECK(column_key("\"Phone\"") == "phone");
    CHECK(column_key("---") == "");
    CHECK(column_key("मोबाइल नंबर") == "मोबाइलनंबर");
}

TEST_CASE("spaces and punctuation beyond ASCII are none of a column's key") {
    CHECK(column_key("Mobile\xC2\xA0No") == "mobileno");
    CHECK(column_key("\xEF\xBB\xBFNumber") == "number");
    CHECK(column_key("Mobile\xE2\x80\x93No\xE2\x80\x8B") == "mobileno");
    CHECK(column_key("“Phone”") == "phone");
    CHECK(column_key("नंबर।") == "नंबर");
    CHECK(column_key("é") == "é");
}

TEST_CASE("a number in a text keeps two and two digits") {
    CHECK(without_numbers("9876500012") == "98••••••12");
    CHECK(without_numbers("calls of 9876500012.csv") == "calls of 98••••••12.csv");
    CHECK(without_numbers("+91 98765-00012") == "+91••••••••12");
    CHECK(without_numbers("(022) 2345.6789") == "(02•••••••89");
    CHECK(without_numbers("1234567") == "12•••67");
    CHECK(without_numbers("a9876500012b9876500013c") == "a98••••••12b98••••••13c");
    CHECK(without_numbers("9876500012\n9876500013") == "98••••••12\n98••••••13");
}

TEST_CASE("separators do not save a number, however many and of whatever kind") {
    for (const char* text : {"98765 - 00012", "98765   00012", "98765 (0) - 0012", "9 8 7 6 5 0 0 0 1 2",
                             "98765......00012", "98765\t00012",
                             "98765\xC2\xA0"
                             "00012",
                             "98765\xE2\x80\x93"
                             "00012",
                             "98765\xE2\x80\x91"
                             "00012",
                             "98765 \xE2\x88\x92 00012", "(98765)[00012]", "98-76-50-00-12"}) {
        CHECK_MESSAGE(without_numbers(text).find("98••••••12") != std::string::npos, text);
    }
}

TEST_CASE("digits of other scripts are digits") {
    CHECK(without_numbers("९८७६५०००१२") == "९८••••••१२");
    CHECK(without_numbers("９８７６５０００１２") == "９８••••••１２");
    CHECK(without_numbers("৯৮৭৬৫০০০১২") == "৯৮••••••১২");
    CHECK(without_numbers("೯೮೭೬೫೦೦೦೧೨") == "೯೮••••••೧೨");
    CHECK(without_numbers("٩٨٧٦٥٠٠٠١٢") == "٩٨••••••١٢");
    CHECK(without_numbers("98765०००१२") == "98••••••१२");
    CHECK(without_numbers("सन् २०२४ में १२३४५६") == "सन् २०२४ में १२३४५६");
}

TEST_CASE("short codes, counts and names of trunks pass as they are") {
    for (const char* text : {"1909", "line 123456", "1,234,567 rows", "TG-101", "case 2024", "12:30:45", "सेंध",
                             "", "-", "a-b.c (d)"}) {
        CHECK(without_numbers(text) == text);
    }
}

TEST_CASE("dates and times as ISO writes them pass") {
    for (const char* text :
         {"2024-11-02", "2024-11-02T10:20:30", "2024-11-02T10:20:30+05:30",
          "2024-11-02T10:20:30.123456+05:30", "2024-11-02T10:20:30Z", "2024-11-02 10:20:30",
          "2024-11-02 10:20", "calls 2024-11-02.csv", "2024-11-02 to 2024-11-30", "2024-11-02 - 2024-11-30",
          "2024-11-02-2024-11-30", "2024-11-02:2024-11-02 0", "from 2024-11-02, 35 rows",
          "2024-11-02 35 rows", "(2024-11-02)"}) {
        CHECK(without_numbers(text) == text);
    }
}

TEST_CASE("a number does not pass by looking like a date") {
    CHECK(without_numbers("2987-06-1543") == "29••••••43");
    CHECK(without_numbers("1987-06-1543") == "19••••••43");
    CHECK(without_numbers("1123-41-2345") == "11••••••45");
    CHECK(without_numbers("2011-11-11-98765") == "20•••••••••65");
    CHECK(without_numbers("2011-11-11-2011-11-11-98765") == "20•••••••••••••••••65");
    CHECK(without_numbers("2011-11-11.98765") == "20•••••••••65");
    CHECK(without_numbers("2024-13-02") == "20••••02");
    CHECK(without_numbers("2024-00-12") == "20••••12");
    CHECK(without_numbers("98765 2024-11-02") == "98•••••••••02");
    CHECK(without_numbers("2024-11-02 9876500012") == "2024-11-02 98••••••12");
    CHECK(without_numbers("2024-11-02 10:20:30.1234567") != "2024-11-02 10:20:30.1234567");
}

TEST_CASE("no run of seven digits survives, whatever the text") {
    CHECK(rc::check("made of what numbers are made of", [] {
        const std::string text = pieces({"0", "1",   "2", "9", "98", "765", "2024-11-02", "-", " ", ".", "(",
                                         ")", "   ", "x", ":", "T",  "+",   "\n",         "•", "é", "\t"});
        const std::string shown = without_numbers(text);
        RC_ASSERT(!shows_a_number(shown));
        RC_ASSERT(without_numbers(shown) == shown);
        if (std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) < 7)
            RC_ASSERT(shown == text);
    }));
    CHECK(rc::check("a number hidden in any text", [](const std::string& before, const std::string& after) {
        const auto digits =
            *rc::gen::container<std::string>(10, rc::gen::inRange('0', static_cast<char>('9' + 1)));
        std::string written;
        for (const char c : digits) {
            written += c;
            written += pieces({"", "-", " ", ".", "(", ")"});
        }
        RC_ASSERT(!shows_a_number(without_numbers(before + "x" + written + after)));
        RC_ASSERT(without_numbers("x" + written).find(digits) == std::string::npos);
    }));
    CHECK(rc::check("well-formed stays well-formed", [](const std::string& bytes) {
        RC_ASSERT(
            !first_bad_utf8(without_numbers(utf8_from_latin1(bytes) + "1234567" + utf8_from_latin1(bytes))));
    }));
}

TEST_CASE("masking takes time that grows with the text, not with its square") {
    std::string dates;
    for (int i = 0; i < 100'000; ++i) dates += "2024-11-02-";
    CHECK(without_numbers(dates) == dates);
    const std::string spaces = "1" + std::string(1 << 20, ' ') + "x";
    CHECK(without_numbers(spaces) == spaces);
}

TEST_CASE("an integer is digits with one minus at most") {
    CHECK(parse_integer("0") == 0);
    CHECK(parse_integer("-12") == -12);
    CHECK(parse_integer("9223372036854775807") == INT64_MAX);
    CHECK(parse_integer("-9223372036854775808") == INT64_MIN);
    for (const char* text :
         {"", "-", "+1", "--1", "1 ", " 1", "1.0", "1e3", "0x10", "9223372036854775808", "१"})
        CHECK_FALSE(parse_integer(text));
    CHECK(rc::check("round trip", [](std::int64_t n) { RC_ASSERT(parse_integer(std::to_string(n)) == n); }));
}

TEST_CASE("a decimal number is read whole or not at all") {
    CHECK(parse_double("0.5") == 0.5);
    CHECK(parse_double("-1e-3") == -0.001);
    CHECK(parse_double("12") == 12.0);
    for (const char* text : {"", " 1", "1 ", "1,5", "0.5x", "+1", ".", "abc"})
        CHECK_FALSE(parse_double(text));
}

TEST_CASE("yes and no are understood in English and Hindi") {
    for (const char* yes : {"yes", "Y", "TRUE", "1", " Yes ", "haan", "Han", "हाँ", "हां", " जी हाँ\xC2\xA0"})
        CHECK(parse_yes_no(yes) == true);
    for (const char* no : {"no", "N", "False", "0", "nahin", "NAHI", "नहीं", "नही", "\tनहीं "})
        CHECK(parse_yes_no(no) == false);
    for (const char* neither : {"", " ", "maybe", "2", "yes no", "ye", "हा", "-"})
        CHECK_FALSE(parse_yes_no(neither));
}

TEST_CASE("the nearest candidate is one slip of the hand away, or none") {
    const std::vector<std::string> columns = {"number", "name", "designation", "department"};
    CHECK(nearest("nmuber", columns) == "number");
    CHECK(nearest("numbr", columns) == "number");
    CHECK(nearest("designaton", columns) == "designation");
    CHECK(nearest("number", columns) == "number");
    CHECK(nearest("zzz", columns).empty());
    CHECK(nearest("x", columns).empty());
    CHECK(nearest("", columns).empty());
    CHECK(nearest("number", {}).empty());
    CHECK(nearest("मोबाइ", {"मोबाइल"}) == "मोबाइल");
}

TEST_CASE("large numbers are grouped by thousands") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1000) == "1,000");
    CHECK(grouped(1234567) == "1,234,567");
    CHECK(grouped(UINT64_MAX) == "18,446,744,073,709,551,615");
}
