#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "base/phone_number.h"

using namespace sendh;

namespace {

std::size_t digits_in(const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }));
}

// ITU-T E.164 assigned country codes (Annex to Operational Bulletin 1114), zones 2 to 9, by hand.
const std::set<int> two_digit_codes = {20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46,
                                       47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63,
                                       64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98};
const std::set<int> three_digit_codes = {
    211, 212, 213, 216, 218, 220, 221, 222, 223, 224, 225, 226, 227, 228, 229, 230, 231, 232, 233,
    234, 235, 236, 237, 238, 239, 240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252,
    253, 254, 255, 256, 257, 258, 260, 261, 262, 263, 264, 265, 266, 267, 268, 269, 290, 291, 297,
    298, 299, 350, 351, 352, 353, 354, 355, 356, 357, 358, 359, 370, 371, 372, 373, 374, 375, 376,
    377, 378, 379, 380, 381, 382, 383, 385, 386, 387, 389, 420, 421, 423, 500, 501, 502, 503, 504,
    505, 506, 507, 508, 509, 590, 591, 592, 593, 594, 595, 596, 597, 598, 599, 670, 672, 673, 674,
    675, 676, 677, 678, 679, 680, 681, 682, 683, 685, 686, 687, 688, 689, 690, 691, 692, 800, 808,
    850, 852, 853, 855, 856, 870, 878, 880, 881, 882, 883, 886, 888, 960, 961, 962, 963, 964, 965,
    966, 967, 968, 970, 971, 972, 973, 974, 975, 976, 977, 979, 992, 993, 994, 995, 996, 998};

}  // namespace

TEST_CASE("the kind of a number follows from what it was made of") {
    CHECK(PhoneNumber().kind() == PhoneNumber::Kind::none);
    CHECK(PhoneNumber().is_none());
    CHECK(PhoneNumber::from_presented("").is_none());
    CHECK(PhoneNumber::from_e164(919876500000).kind() == PhoneNumber::Kind::e164);
    CHECK(PhoneNumber::from_e164(999'999'999'999'999).is_e164());
    CHECK(PhoneNumber::from_presented("1909").kind() == PhoneNumber::Kind::digits);
    CHECK(PhoneNumber::from_presented("0").kind() == PhoneNumber::Kind::digits);
    CHECK(PhoneNumber::from_presented("999999999999999").kind() == PhoneNumber::Kind::digits);
    CHECK(PhoneNumber::from_presented("9999999999999999").kind() == PhoneNumber::Kind::text);
    CHECK(PhoneNumber::from_presented("AD-BANKIN").kind() == PhoneNumber::Kind::text);
    CHECK(PhoneNumber::from_presented("+919876500000").kind() == PhoneNumber::Kind::text);
    CHECK_FALSE(PhoneNumber::from_presented("0").is_none());
}

TEST_CASE(
    "up to 15 digits survive from_presented, leading zeros too; two presentations are never one number") {
    CHECK(unveil_text(PhoneNumber::from_presented("0001909")) == "0001909");
    CHECK(unveil_text(PhoneNumber::from_presented("000000000000000")) == "000000000000000");
    CHECK(PhoneNumber::from_presented("01909") != PhoneNumber::from_presented("1909"));
    CHECK(PhoneNumber::from_presented("919876500000") != PhoneNumber::from_e164(919876500000));
    CHECK(rc::check("digits come back", [] {
        const auto n = *rc::gen::inRange<std::size_t>(1, 16);
        const auto digits =
            *rc::gen::container<std::string>(n, rc::gen::inRange('0', static_cast<char>('9' + 1)));
        const PhoneNumber number = PhoneNumber::from_presented(digits);
        RC_ASSERT(number.kind() == PhoneNumber::Kind::digits);
        RC_ASSERT(unveil_text(number) == digits);
        RC_ASSERT(PhoneNumber::from_bits(unveil(number)) == number);
    }));
}

TEST_CASE("text joins with itself, is told apart from other text, and does not come back") {
    const PhoneNumber a = PhoneNumber::from_presented("AD-BANKIN");
    CHECK(a == PhoneNumber::from_presented("AD-BANKIN"));
    CHECK(a != PhoneNumber::from_presented("AD-BANKIM"));
    CHECK(unveil_text(a).empty());
    CHECK(unveil_text(PhoneNumber()).empty());
    CHECK(a.masked() == "(text)");
    CHECK(rc::check("any text is a number of kind text", [](const std::string& text) {
        const PhoneNumber number = PhoneNumber::from_presented("x" + text);
        RC_ASSERT(number.kind() == PhoneNumber::Kind::text);
        RC_ASSERT(PhoneNumber::from_bits(unveil(number)) == number);
    }));
}

TEST_CASE("the mask shows the country, two digits and two digits, and no more") {
    CHECK(PhoneNumber::from_e164(919876500012).masked() == "+91 98••••••12");
    CHECK(PhoneNumber::from_e164(12025550123).masked() == "+1 20••••••23");
    CHECK(PhoneNumber::from_e164(971500000001).masked() == "+971 50•••••01");
    CHECK(PhoneNumber::from_e164(9112345).masked() == "+91 12•45");
    CHECK(PhoneNumber::from_e164(911234).masked() == "+91 •••••");
    CHECK(PhoneNumber::from_presented("9876500012").masked() == "98••••••12");
    CHECK(PhoneNumber::from_presented("1234567").masked() == "12•••67");
    CHECK(rc::check("never more than four digits of a national number", [] {
        const auto value = *rc::gen::inRange<std::uint64_t>(1, 999'999'999'999'999);
        const PhoneNumber number = PhoneNumber::from_e164(value);
        const std::string masked = number.masked();
        RC_ASSERT(digits_in(masked) <= static_cast<std::size_t>(country_digits(value)) + 4);
        if (value > 99) RC_ASSERT(masked.find(std::to_string(value)) == std::string::npos);
    }));
    CHECK(rc::check("nor of what was presented", [] {
        const auto n = *rc::gen::inRange<std::size_t>(7, 16);
        const auto digits =
            *rc::gen::container<std::string>(n, rc::gen::inRange('0', static_cast<char>('9' + 1)));
        RC_ASSERT(digits_in(PhoneNumber::from_presented(digits).masked()) == 4U);
    }));
}

TEST_CASE("of extensions and short codes the ends are shown, if anything is left between them") {
    CHECK(PhoneNumber::from_presented("2340").masked() == "2••0");
    CHECK(PhoneNumber::from_presented("98765").masked() == "9•••5");
    CHECK(PhoneNumber::from_presented("007").masked() == "0•7");
    CHECK(PhoneNumber::from_presented("123456").masked() == "1••••6");
    CHECK(PhoneNumber::from_presented("42").masked() == "••");
    CHECK(PhoneNumber::from_presented("4").masked() == "•");
    CHECK(PhoneNumber().masked() == "withheld");
}

TEST_CASE("the country code has as many digits as the ITU gave it, in all zones") {
    const auto with_tail = [](int code) { return std::stoull(std::to_string(code) + "12345678"); };
    CHECK(country_digits(with_tail(1)) == 1);
    CHECK(country_digits(with_tail(1242)) == 1);  // the Bahamas stand within zone 1
    CHECK(country_digits(with_tail(7)) == 1);
    CHECK(country_digits(with_tail(77)) == 1);  // Kazakhstan
    for (const int code : two_digit_codes) CHECK_MESSAGE(country_digits(with_tail(code)) == 2, code);
    for (const int code : three_digit_codes) CHECK_MESSAGE(country_digits(with_tail(code)) == 3, code);
}

TEST_CASE("digits are counted over the whole range") {
    CHECK(digit_count(0) == 1);
    CHECK(digit_count(9) == 1);
    CHECK(digit_count(10) == 2);
    CHECK(digit_count(999'999'999'999'999) == 15);
    CHECK(digit_count(UINT64_MAX) == 20);
}

TEST_CASE("a number is shown in clear only by name") {
    CHECK(unveil_text(PhoneNumber::from_e164(919876500000)) == "+919876500000");
    CHECK(unveil(PhoneNumber::from_e164(919876500000)) == 919876500000);
}

TEST_CASE("equal numbers have equal hashes, and neighbours spread") {
    const std::hash<PhoneNumber> hash;
    CHECK(hash(PhoneNumber::from_e164(919876500000)) == hash(PhoneNumber::from_e164(919876500000)));
    std::set<std::size_t> buckets;
    for (std::uint64_t i = 0; i < 1024; ++i)
        buckets.insert(hash(PhoneNumber::from_e164(919876500000 + i)) % 1024);
    CHECK(buckets.size() > 500);
}
