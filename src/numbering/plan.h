// Numbers as call records hold them: from what stands in a cell to an E.164 number, its class, and why not.
// India's plan in full length rules (National Numbering Plan 2003 and the series added since: 140 and 160
// services), every other country by calling code, first digit and length, from the tables of
// numbering_plan.h.
//
// "Valid" never means "allocated": allocation comes from an imported series table.
//
// Thread rule: pure functions. No allocation for a number in ordinary form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/phone_number.h"

namespace sendh {

// What kind of number it is, or why it is none. Stored with every call: never renumber, only append.
enum class NumberClass : std::uint8_t {
    none,           // empty, withheld, "anonymous", "private", "unknown", "-"
    mobile,         // national mobile
    fixed,          // national fixed line
    toll_free,      // 1800, 1860 and the like
    telemarketing,  // 140
    service,        // 160: banks and government
    short_code,     // 3 to 6 digits
    foreign,        // valid by country code and length
    // From here on: not a number that the plan knows.
    too_long,         // more than 15 digits
    not_digits,       // letters or signs; also an SMS sender id
    national_length,  // national, wrong length
    national_prefix,  // national, first digit 0 or 1 outside known services
    foreign_unknown,  // no such country code
    foreign_length,   // country known; length (for this first digit) outside its plan
    scientific,       // 9.1626E+11: a spreadsheet has destroyed it; never guessed
};
inline constexpr int number_classes = 15;

// "mobile", "too_long" ...
[[nodiscard]] std::string_view name_of(NumberClass number_class);
[[nodiscard]] constexpr bool is_dialable(NumberClass c) {
    return c >= NumberClass::mobile && c <= NumberClass::foreign;
}
[[nodiscard]] constexpr bool is_national(NumberClass c) {
    return (c >= NumberClass::mobile && c <= NumberClass::service) || c == NumberClass::national_length ||
           c == NumberClass::national_prefix;
}

struct ParsedNumber {
    PhoneNumber number;  // E.164 where the class is mobile … foreign (not short codes); else as presented
    NumberClass number_class = NumberClass::none;
};

// Home region of a case: what national form means. India has rules of its own (its series for telemarketing
// and services, its short codes); every other region goes by the plan. `unknown` takes international form
// only.
class Region {
public:
    static const Region unknown;
    static const Region india;

    constexpr Region() = default;
    // The two letters; "" for unknown.
    [[nodiscard]] std::string id() const { return {id_, id_[0] == 0 ? 0U : 2U}; }
    friend constexpr bool operator==(Region, Region) = default;
    friend Region parse_region(std::string_view code);

private:
    constexpr Region(char a, char b) : id_{a, b} {}
    char id_[2] = {0, 0};
};
inline constexpr Region Region::unknown{};
inline constexpr Region Region::india{'I', 'N'};
// "IN", "ae"; unknown for what the plan does not know.
[[nodiscard]] Region parse_region(std::string_view code);

// Takes wrappers ('…', "…"), spaces, dashes, dots, brackets, a trailing ".0", +, 00, a leading 0, 91 with or
// without +, full-width and Devanagari digits, "tel:", "sip:…@…".
// country_hint: calling code of the country a record names (0: none). It decides only where bare digits
// fit both the home region and that country (6591234567: Indian mobile or Singapore).
[[nodiscard]] ParsedNumber parse_number(std::string_view text, Region home, int country_hint = 0);

// Calling code by English country name as operators write it ("United Arab Emirates", "UAE"); 0 if unknown.
[[nodiscard]] int calling_code_of(std::string_view country_name);

}  // namespace sendh
