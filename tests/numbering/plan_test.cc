#include "numbering/plan.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <fstream>
#include <string>
#include <vector>

using namespace sendh;

namespace {

struct Case {
    const char* text;
    NumberClass number_class;
    std::uint64_t e164;  // 0: none
    int hint = 0;
};

void check(const std::vector<Case>& cases, Region home = Region::india) {
    for (const Case& c : cases) {
        CAPTURE(c.text);
        CAPTURE(c.hint);
        const ParsedNumber parsed = parse_number(c.text, home, c.hint);
        CHECK(name_of(parsed.number_class) == name_of(c.number_class));
        CHECK(parsed.number.is_e164() == (c.e164 != 0));
        if (c.e164 != 0) CHECK(unveil(parsed.number) == c.e164);
    }
}

constexpr auto bad = std::uint64_t{0};

}  // namespace

TEST_CASE("an Indian mobile number is the same number in every form it is written in") {
    constexpr std::uint64_t number = 919876500001;
    check({{"9876500001", NumberClass::mobile, number},
           {"09876500001", NumberClass::mobile, number},
           {"919876500001", NumberClass::mobile, number},
           {"0919876500001", NumberClass::mobile, number},
           {"+919876500001", NumberClass::mobile, number},
           {"00919876500001", NumberClass::mobile, number},
           {"+91 98765 00001", NumberClass::mobile, number},
           {"+91-98765-00001", NumberClass::mobile, number},
           {"(+91) 98765.00001", NumberClass::mobile, number},
           {"+91 (0) 98765 00001", NumberClass::mobile, number},
           {"'9876500001'", NumberClass::mobile, number},
           {"'9876500001", NumberClass::mobile, number},
           {"\"9876500001\"", NumberClass::mobile, number},
           {"=\"9876500001\"", NumberClass::mobile, number},
           {" 9876500001\t", NumberClass::mobile, number},
           {"9876500001.0", NumberClass::mobile, number},
           {"919876500001.0", NumberClass::mobile, number},
           {"tel:+91-98765-00001;phone-context=example.com", NumberClass::mobile, number},
           {"sip:+919876500001@ims.example.com;user=phone", NumberClass::mobile, number},
           {"\"Somebody\" <sip:09876500001@example.com>;tag=1", NumberClass::mobile, number},
           {"SIPS:%2B919876500001@example.com", NumberClass::mobile, number},
           {"\xE2\x80\x9C"
            "9876500001\xE2\x80\x9D",
            NumberClass::mobile, number},
           {"\xE2\x80\xAA+91 98765\xE2\x80\x91"
            "00001\xE2\x80\xAC",
            NumberClass::mobile, number},
           {"98765\xC2\xA0"
            "00001",
            NumberClass::mobile, number},
           {"९८७६५०००\xE0\xA5\xA6१", NumberClass::mobile, number},
           {"９８７６５００００１", NumberClass::mobile, number},
           {"＋９１９８７６５００００１", NumberClass::mobile, number}});
}

TEST_CASE("Indian classes: mobile, fixed, toll free, telemarketing, service, short code") {
    check({{"6000000001", NumberClass::mobile, 916000000001},
           {"2227500001", NumberClass::fixed, 912227500001},
           {"02227500001", NumberClass::fixed, 912227500001},
           {"3324700001", NumberClass::fixed, 913324700001},
           {"4428500001", NumberClass::fixed, 914428500001},
           {"1123300001", NumberClass::fixed, 911123300001},  // Delhi
           {"01123300001", NumberClass::fixed, 911123300001},
           {"+911123300001", NumberClass::fixed, 911123300001},
           {"1412700001", NumberClass::fixed, 911412700001},   // Jaipur
           {"01722700001", NumberClass::fixed, 911722700001},  // Chandigarh
           {"1800110000", NumberClass::toll_free, 911800110000},
           {"18001100001", NumberClass::toll_free, 9118001100001},
           {"1800110000123", NumberClass::toll_free, 911800110000123},
           {"+9118601100001", NumberClass::toll_free, 9118601100001},
           {"1400000001", NumberClass::telemarketing, 911400000001},
           {"+911400000001", NumberClass::telemarketing, 911400000001},
           {"1600000001", NumberClass::service, 911600000001},
           {"911610000001", NumberClass::national_prefix, bad},
           {"1909", NumberClass::short_code, bad},
           {"112", NumberClass::short_code, bad},
           {"57645", NumberClass::short_code, bad},
           {"139139", NumberClass::short_code, bad}});
    CHECK(unveil_text(parse_number("1909", Region::india).number) == "1909");
    CHECK(is_dialable(NumberClass::short_code));
}

TEST_CASE("national numbers of a wrong length or with a first digit outside the plan say so") {
    check({{"+91987650000", NumberClass::national_length, bad},
           {"+9198765000012", NumberClass::national_length, bad},
           {"0091987650000", NumberClass::national_length, bad},
           {"91987650000", NumberClass::national_length, bad},
           {"987650000", NumberClass::national_length, bad},
           {"98765000", NumberClass::national_length, bad},
           {"098765000012", NumberClass::national_length, bad},
           {"+911909", NumberClass::national_length, bad},
           {"+91", NumberClass::national_length, bad},
           {"12", NumberClass::national_length, bad},
           {"0123456789", NumberClass::national_prefix, bad},
           {"1234567890", NumberClass::national_prefix, bad},
           {"911234567890", NumberClass::national_prefix, bad},
           {"+911234567890", NumberClass::national_prefix, bad},
           {"+910123456789", NumberClass::national_prefix, bad},
           {"910987650000", NumberClass::national_prefix, bad},
           {"1111111111", NumberClass::national_prefix, bad},
           {"0000000000", NumberClass::national_prefix, bad}});
}

TEST_CASE("foreign numbers are judged by country code, first digit and length") {
    check({{"971500000001", NumberClass::foreign, 971500000001},
           {"+971500000001", NumberClass::foreign, 971500000001},
           {"00971500000001", NumberClass::foreign, 971500000001},
           {"+971 50 000 0001", NumberClass::foreign, 971500000001},
           {"+15550100", NumberClass::foreign_length, bad},
           {"+12025550100", NumberClass::foreign, 12025550100},
           {"12025550100", NumberClass::foreign, 12025550100},
           {"+442079460000", NumberClass::foreign, 442079460000},
           {"+9715000000012", NumberClass::foreign_length, bad},
           {"+97150000000", NumberClass::foreign_length, bad},
           {"+971", NumberClass::foreign_length, bad},
           {"+1", NumberClass::foreign_length, bad},
           {"+11555010000", NumberClass::foreign_length, bad},
           {"+9995550100000", NumberClass::foreign_unknown, bad},
           {"+2105550100", NumberClass::foreign_unknown, bad},
           {"+0123456789", NumberClass::foreign_unknown, bad},
           {"999555010000", NumberClass::foreign_unknown, bad},
           {"9715000000012", NumberClass::foreign_length, bad}});
}

TEST_CASE("the country a record names decides only where digits fit both plans") {
    check({{"6591234567", NumberClass::mobile, 916591234567},
           {"6591234567", NumberClass::foreign, 6591234567, 65},
           {"6591234567", NumberClass::mobile, 916591234567, 971},
           {"9876500001", NumberClass::mobile, 919876500001, 971},
           {"18005550100", NumberClass::toll_free, 9118005550100},
           {"18005550100", NumberClass::foreign, 18005550100, 1},
           {"+919876500001", NumberClass::mobile, 919876500001, 65},
           {"919876500001", NumberClass::mobile, 919876500001, 971},
           {"37255501", NumberClass::national_length, bad},
           {"3725550100", NumberClass::foreign, 3725550100, 372},
           {"29999001", NumberClass::national_length, bad, 372}});
}

TEST_CASE("what is no number says why") {
    const std::string long_digits(16, '9');
    check({{"", NumberClass::none, bad},
           {"  ", NumberClass::none, bad},
           {"-", NumberClass::none, bad},
           {"---", NumberClass::none, bad},
           {"''", NumberClass::none, bad},
           {"NULL", NumberClass::none, bad},
           {"_N", NumberClass::none, bad},
           {"anonymous", NumberClass::none, bad},
           {"Anonymous", NumberClass::none, bad},
           {"sip:anonymous@anonymous.invalid", NumberClass::none, bad},
           {"PRIVATE", NumberClass::none, bad},
           {"unavailable", NumberClass::none, bad},
           {"Unknown", NumberClass::none, bad},
           {"restricted", NumberClass::none, bad},
           {"Withheld", NumberClass::none, bad},
           {long_digits.c_str(), NumberClass::too_long, bad},
           {"+9198765000019876", NumberClass::too_long, bad},
           {"9 8 7 6 5 0 0 0 0 1 1 1 1 1 1 1", NumberClass::too_long, bad},
           {"AD-Airtel-S", NumberClass::not_digits, bad},
           {"98765ABC01", NumberClass::not_digits, bad},
           {"98765*0001", NumberClass::not_digits, bad},
           {"9876+500001", NumberClass::not_digits, bad},
           {"++919876500001", NumberClass::not_digits, bad},
           {"+", NumberClass::not_digits, bad},
           {"#", NumberClass::not_digits, bad},
           {"\xFF\xFE", NumberClass::not_digits, bad}});
    CHECK(parse_number("", Region::india).number.is_none());
    CHECK(parse_number("anonymous", Region::india).number.is_none());
    CHECK(parse_number("AD-Airtel-S", Region::india).number.kind() == PhoneNumber::Kind::text);
    CHECK(parse_number("0123456789", Region::india).number == PhoneNumber::from_presented("0123456789"));
}

TEST_CASE("a number that a spreadsheet has destroyed is never guessed") {
    for (const char* text : {"9.1626E+11", "9.19876E+11", "9.19876e+11", "9.19877E11", "9E+11", "9,19876E+11",
                             "'9.19876E+11'"}) {
        CAPTURE(text);
        const ParsedNumber parsed = parse_number(text, Region::india);
        CHECK(parsed.number_class == NumberClass::scientific);
        CHECK_FALSE(parsed.number.is_e164());
    }
    check({{"9E11", NumberClass::not_digits, bad}, {"E+11", NumberClass::not_digits, bad}});
}

TEST_CASE("without a home region only international forms are numbers") {
    check({{"+919876500001", NumberClass::foreign, 919876500001},
           {"00971500000001", NumberClass::foreign, 971500000001},
           {"971500000001", NumberClass::foreign, 971500000001},
           {"112", NumberClass::short_code, bad},
           {"+91987650000", NumberClass::foreign_length, bad}},
          Region::unknown);
    CHECK(parse_region("IN") == Region::india);
    CHECK(parse_region("XX") == Region::unknown);
}

TEST_CASE("another home region goes by its plan") {
    check({{"020 7946 0000", NumberClass::fixed, 442079460000},
           {"07400 123456", NumberClass::mobile, 447400123456},
           {"+44 7400 123456", NumberClass::mobile, 447400123456},
           {"0044 7400 123456", NumberClass::mobile, 447400123456},
           {"0800 123 4567", NumberClass::toll_free, 448001234567},
           {"+91 98765 00001", NumberClass::foreign, 919876500001},
           {"00 91 98765 00001", NumberClass::foreign, 919876500001},
           {"919876500001", NumberClass::foreign, 919876500001},
           {"999", NumberClass::short_code, bad},
           {"+44 7400 1234567890123", NumberClass::too_long, bad},
           {"074001234567", NumberClass::national_length, bad},
           {"anonymous", NumberClass::none, bad}},
          parse_region("GB"));
    check({{"(212) 555-0123", NumberClass::mobile, 12125550123},
           {"011 44 7400 123456", NumberClass::foreign, 447400123456},
           {"+1 416 555 0123", NumberClass::foreign, 14165550123}},
          parse_region("US"));
    CHECK(parse_region("gb").id() == "GB");
    CHECK(Region::unknown.id().empty());
}

TEST_CASE("countries are known by the names that operators write") {
    for (const auto& country : std::vector<std::pair<const char*, int>>{{"United Arab Emirates", 971},
                                                                        {"UAE", 971},
                                                                        {"U.A.E.", 971},
                                                                        {"uae - Etisalat", 971},
                                                                        {"India", 91},
                                                                        {"USA", 1},
                                                                        {"United States of America", 1},
                                                                        {"Canada", 1},
                                                                        {"UK", 44},
                                                                        {"United Kingdom", 44},
                                                                        {"Nepal", 977},
                                                                        {"Sri Lanka", 94},
                                                                        {"SINGAPORE", 65},
                                                                        {"Hong Kong", 852},
                                                                        {"Korea, Republic of", 82},
                                                                        {"Viet Nam", 84},
                                                                        {"Russian Federation", 7},
                                                                        {"KSA", 966},
                                                                        {"Saudi Arabia Mobile", 966},
                                                                        {"Côte d'Ivoire", 225},
                                                                        {"Ivory Coast", 225},
                                                                        {"Trinidad & Tobago", 1},
                                                                        {"Bosnia and Herzegovina", 387},
                                                                        {"The Gambia", 220},
                                                                        {"Czech Republic", 420},
                                                                        {"DR Congo", 243},
                                                                        {"Myanmar (Burma)", 95},
                                                                        {"Pakistan", 92},
                                                                        {"971", 971},
                                                                        {"+65", 65},
                                                                        {"AE", 971},
                                                                        {"Ruritania", 0},
                                                                        {"", 0},
                                                                        {"999", 0},
                                                                        {"12", 0},
                                                                        {"-", 0}}) {
        INFO(std::string(country.first));
        CHECK(calling_code_of(country.first) == country.second);
    }
}

TEST_CASE("classes have stable names and groups") {
    CHECK(name_of(NumberClass::none) == "none");
    CHECK(name_of(NumberClass::scientific) == "scientific");
    CHECK(name_of(NumberClass::national_prefix) == "national_prefix");
    CHECK(is_national(NumberClass::national_length));
    CHECK_FALSE(is_dialable(NumberClass::too_long));
}

TEST_CASE("nothing that can stand in a cell breaks the parser") {
    CHECK(rc::check([](const std::string& bytes, bool at_home) {
        const Region home = at_home ? Region::india
                                    : *rc::gen::element(Region::unknown, parse_region("GB"),
                                                        parse_region("US"), parse_region("IT"));
        const ParsedNumber parsed = parse_number(bytes, home, 65);
        const NumberClass c = parsed.number_class;
        RC_ASSERT(parsed.number.is_e164() == (is_dialable(c) && c != NumberClass::short_code));
        RC_ASSERT(parsed.number.is_none() == (c == NumberClass::none));
    }));
    const auto sign = rc::gen::element<std::string>("0", "1", "9", "6", "+", " ", "-", ".", "(", ")", "'",
                                                    "\"", "E", "a", "%2B", "sip:", "@", "<", ">", "९", "９",
                                                    "\xE2", "\x80", "=", "tel:", ";");
    CHECK(rc::check([&] {
        std::string text;
        for (const std::string& piece : *rc::gen::container<std::vector<std::string>>(sign)) text += piece;
        const ParsedNumber parsed = parse_number(text, Region::india);
        RC_ASSERT(parsed.number.is_none() == (parsed.number_class == NumberClass::none));
    }));
}

TEST_CASE("formatting characters do not change the answer") {
    CHECK(rc::check([](bool plus) {
        const auto count = *rc::gen::inRange<std::size_t>(1, 19);
        const auto digits =
            *rc::gen::container<std::string>(count, rc::gen::inRange('0', static_cast<char>('9' + 1)));
        const int hint = *rc::gen::element(0, 1, 65, 971);
        const std::string clean = (plus ? "+" : "") + digits;
        std::string dressed = plus ? "+" : "";
        for (const char d : digits) {
            dressed += *rc::gen::element<std::string>("", "", " ", "-", "\xC2\xA0", "\xE2\x80\x8B", "[", ")");
            dressed += d;
        }
        dressed = "'" + dressed + " '";
        const ParsedNumber a = parse_number(clean, Region::india, hint);
        const ParsedNumber b = parse_number(dressed, Region::india, hint);
        RC_ASSERT(a.number_class == b.number_class);
        RC_ASSERT(a.number == b.number);
    }));
}

TEST_CASE("an E.164 number read from its own form is itself") {
    CHECK(rc::check([] {
        const auto digits = *rc::gen::container<std::string>(
            *rc::gen::inRange<std::size_t>(7, 16), rc::gen::inRange('0', static_cast<char>('9' + 1)));
        const ParsedNumber once = parse_number(digits, Region::india, *rc::gen::element(0, 1, 65, 971));
        if (!once.number.is_e164()) return;
        const ParsedNumber again = parse_number(unveil_text(once.number), Region::india);
        RC_ASSERT(again.number == once.number);
        RC_ASSERT(again.number_class == once.number_class);
    }));
}
