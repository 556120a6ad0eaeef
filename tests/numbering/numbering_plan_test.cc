#include "numbering/numbering_plan.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>
#include <thread>
#include <vector>

using namespace sendh;

namespace {

const NumberingPlan& plan() { return NumberingPlan::builtin(); }

struct Expected {
    const char* text;
    const char* home;
    const char* e164;
    NumberReason reason;
    NumberType type;
    const char* region;
};

void check(const std::vector<Expected>& cases) {
    for (const Expected& c : cases) {
        CAPTURE(c.text);
        const PlannedNumber number = plan().parse(c.text, plan().territory(c.home));
        char e164[24];
        CHECK(std::string(e164, unveil_e164(number, e164)) == c.e164);
        CHECK(name_of(number.reason) == name_of(c.reason));
        CHECK(name_of(number.type) == name_of(c.type));
        CHECK(plan().id_of(number.territory) == c.region);
    }
}

rc::Gen<std::string> texts() {
    const auto piece = rc::gen::element<std::string>(
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "91", "98765", "00", "011", "+", " ", "-", "(", ")",
        ".", "x", "ext. ", ",", ";", "#", "~", "abc", "tel:", ";phone-context=+91", ";isub=", "९", "９", "＋",
        "\xFF", "\n", "/x");
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                        [](const std::vector<std::string>& v) {
                            std::string text;
                            for (const std::string& p : v) text += p;
                            return text;
                        });
}

}  // namespace

TEST_CASE("one number in all the ways that people write it") {
    for (const char* text :
         {"9876500001", "098765 00001", "+919876500001", "0091 98765 00001", "(+91) 98765-00001",
          "91 9876500001", "+91 (0) 98765.00001", "९८७६५००००१", "＋９１９８７６５００００１",
          "98765 00001 ext. 12", "98765 00001x12", "98765-00001;ext=12", "tel:98765-00001;phone-context=+91",
          "+0091 98765 00001", "call 98765 00001 now!"}) {
        CAPTURE(text);
        const PlannedNumber number = plan().parse(text, plan().territory("IN"));
        if (std::string(text).find("call") == 0) {
            CHECK(number.number() !=
                  PhoneNumber::from_e164(919876500001));  // letters behind it are digits of a keypad
            continue;
        }
        CHECK(number.number() == PhoneNumber::from_e164(919876500001));
        CHECK(number.valid());
        CHECK(number.type == NumberType::mobile);
        CHECK(number.calling_code() == 91);
    }
}

TEST_CASE("national prefixes, carrier codes and transform rules") {
    using R = NumberReason;
    using T = NumberType;
    check({{"0 11 15 2345-6789", "AR", "+5491123456789", R::possible, T::mobile, "AR"},
           {"0 15 11 98765-4321", "BR", "+5511987654321", R::possible, T::mobile, "BR"},
           {"464 1234", "AG", "+12684641234", R::possible, T::mobile, "AG"},
           {"06 1 234 5678", "HU", "+3612345678", R::possible, T::fixed_line, "HU"},
           {"06 12345678", "IT", "+390612345678", R::possible, T::fixed_line, "IT"},
           {"8 (701) 234-56-78", "KZ", "+77012345678", R::possible, T::mobile, "KZ"}});
}

TEST_CASE("a calling code that several countries share") {
    using R = NumberReason;
    using T = NumberType;
    check({{"+1 202 456 1111", "IN", "+12024561111", R::possible, T::fixed_line_or_mobile, "US"},
           {"+1 416 234 5678", "IN", "+14162345678", R::possible, T::fixed_line_or_mobile, "CA"},
           {"+1 800 234 5678", "IN", "+18002345678", R::possible, T::toll_free, "US"},
           {"+44 1481 256789", "IN", "+441481256789", R::possible, T::fixed_line, "GG"},
           {"+7 701 234 5678", "IN", "+77012345678", R::possible, T::mobile, "KZ"},
           {"+800 1234 5678", "IN", "+80012345678", R::possible, T::toll_free, "001"}});
}

TEST_CASE("what is no number says why, and gives none") {
    using R = NumberReason;
    using T = NumberType;
    check({{"", "IN", "", R::not_a_number, T::unknown, "ZZ"},
           {"1", "IN", "", R::not_a_number, T::unknown, "ZZ"},
           {"hello", "IN", "", R::not_a_number, T::unknown, "ZZ"},
           {"\xFF"
            "9876500001",
            "IN", "", R::not_a_number, T::unknown, "ZZ"},
           {"9876500001", "ZZ", "", R::invalid_country_code, T::unknown, "ZZ"},
           {"+999 12345678", "IN", "", R::invalid_country_code, T::unknown, "ZZ"},
           {"0012", "IN", "", R::too_short_after_prefix, T::unknown, "ZZ"},
           {"+911", "IN", "", R::too_short_to_be_a_number, T::unknown, "ZZ"},
           {"+91 987650000112345678", "IN", "", R::too_long_to_be_a_number, T::unknown, "ZZ"},
           {"98765000012345", "IN", "+9198765000012345", R::too_long, T::unknown, "IN"},
           {"+91 12", "IN", "+9112", R::too_short, T::unknown, "IN"}});
    CHECK(plan().parse("hello", plan().territory("IN")).number().is_none());
}

TEST_CASE("the tables are small and a damaged one is refused") {
    CHECK(plan().version().starts_with("libphonenumber-js "));
    CHECK_FALSE(NumberingPlan::over("").ok());
    alignas(8) static const char nonsense[256] = "senhplan";
    const auto refused = NumberingPlan::over({nonsense, sizeof nonsense});
    CHECK_FALSE(refused.ok());
    CHECK(refused.fault().kind == FaultKind::corrupt);
}

TEST_CASE("a column gives what its values give one by one, from any thread") {
    rc::check([] {
        const auto column = *rc::gen::container<std::vector<std::string>>(texts());
        const TerritoryId home =
            plan().territory(*rc::gen::element<std::string>("IN", "US", "GB", "AR", "ZZ"));
        std::string bytes;
        std::vector<std::uint32_t> offsets = {0};
        std::vector<std::string_view> views;
        for (const std::string& text : column) {
            bytes += text;
            offsets.push_back(static_cast<std::uint32_t>(bytes.size()));
            views.emplace_back(text);
        }
        std::vector<PlannedNumber> a(column.size());
        std::vector<PlannedNumber> b(column.size());
        std::thread other([&] { plan().parse(views, home, a); });
        plan().parse(bytes, offsets, home, b);
        other.join();
        for (std::size_t i = 0; i < column.size(); ++i) {
            const PlannedNumber one = plan().parse(column[i], home);
            RC_ASSERT(a[i] == one);
            RC_ASSERT(b[i] == one);
        }
    });
}

TEST_CASE("E.164 read from its own form is itself") {
    rc::check([] {
        const PlannedNumber once = plan().parse(*texts(), plan().territory("IN"));
        if (!once.valid()) return;
        char e164[24];
        const std::string text(e164, unveil_e164(once, e164));
        const PlannedNumber again = plan().parse(text, {});
        RC_ASSERT(again == once);
    });
}
