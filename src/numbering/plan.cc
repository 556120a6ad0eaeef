#include "numbering/plan.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "numbering/numbering_plan.h"
#include "numbering/plan_countries.h"

namespace sendh {

namespace {

constexpr std::array<std::string_view, number_classes> names = {"none",
                                                                "mobile",
                                                                "fixed",
                                                                "toll_free",
                                                                "telemarketing",
                                                                "service",
                                                                "short_code",
                                                                "foreign",
                                                                "too_long",
                                                                "not_digits",
                                                                "national_length",
                                                                "national_prefix",
                                                                "foreign_unknown",
                                                                "foreign_length",
                                                                "scientific"};
static_assert(names.size() == static_cast<std::size_t>(NumberClass::scientific) + 1);

constexpr std::size_t longest_number = 15;
constexpr int india_code = 91;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::uint64_t value_of(std::string_view digits) {
    std::uint64_t value = 0;
    for (const char c : digits) value = value * 10 + static_cast<unsigned>(c - '0');
    return value;
}

std::size_t digits_of_code(int code) { return code < 10 ? 1 : code < 100 ? 2 : 3; }

// digits: country code and national number, at most 15. The lengths are those of numbers that the country's
// plan knows, by first digit: coarser than validity, so that a range opened after the metadata was made is no
// forgery.
NumberClass foreign_class(std::string_view digits, int code) {
    if (code == 0) return NumberClass::foreign_unknown;
    const std::string_view national = digits.substr(digits_of_code(code));
    if (national.empty()) return NumberClass::foreign_length;
    return NumberingPlan::builtin().knows_length(code, national[0] - '0', national.size())
               ? NumberClass::foreign
               : NumberClass::foreign_length;
}
NumberClass foreign_class(std::string_view digits) {
    return foreign_class(digits, NumberingPlan::builtin().calling_code_at(digits));
}

bool fits_country(std::string_view digits, int code) {
    return digits.size() <= longest_number && NumberingPlan::builtin().calling_code_at(digits) == code &&
           foreign_class(digits, code) == NumberClass::foreign;
}

// Area codes that begin with 1: three digits and a subscriber number of seven, or four and six.
bool area_code_with_one(std::string_view nsn) {
    const auto in = [](char c, std::string_view set) { return set.find(c) != std::string_view::npos; };
    const bool subscriber = nsn[3] >= '2' && nsn[3] <= '7';
    std::string_view three;
    std::string_view four;
    switch (nsn[1]) {
        case '1': return nsn[2] >= '2' && nsn[2] <= '7';  // Delhi
        case '2': three = "01249", four = "35678"; break;
        case '3': three = "01235", four = "346789"; break;
        case '4': three = "145", four = "236789"; break;
        case '5': three = "14", four = "02356789"; break;
        case '6': three = "14", four = "2356789"; break;
        case '7': three = "1257", four = "34689"; break;
        case '8': three = "01346", four = "25789"; break;
        case '9': three = "14", four = "02356789"; break;
        default: return false;
    }
    if (in(nsn[2], three) && subscriber) return true;
    return in(nsn[2], four) && nsn[4] >= '2' && nsn[4] <= '7';
}

NumberClass indian_class(std::string_view nsn) {
    const std::size_t n = nsn.size();
    if (n >= 10 && n <= 13 && (nsn.starts_with("1800") || nsn.starts_with("1860")))
        return NumberClass::toll_free;
    if (n == 13 && (nsn.starts_with("1803") || nsn.starts_with("1861") || nsn.starts_with("1862"))) {
        return NumberClass::toll_free;
    }
    if (n != 10) return NumberClass::national_length;
    if (nsn[0] >= '6') return NumberClass::mobile;
    if (nsn[0] >= '2') return NumberClass::fixed;
    if (nsn.starts_with("140")) return NumberClass::telemarketing;
    if (nsn.starts_with("160")) return NumberClass::service;
    if (nsn[0] == '1' && nsn != "1234567890" && area_code_with_one(nsn)) return NumberClass::fixed;
    return NumberClass::national_prefix;
}

ParsedNumber as_presented(std::string_view digits, NumberClass number_class) {
    return {PhoneNumber::from_presented(digits), number_class};
}

ParsedNumber as_indian(std::string_view nsn, std::string_view presented) {
    const NumberClass c = indian_class(nsn);
    if (!is_dialable(c)) return as_presented(presented, c);
    std::uint64_t scale = 1;
    for (std::size_t i = 0; i < nsn.size(); ++i) scale *= 10;
    return {PhoneNumber::from_e164(india_code * scale + value_of(nsn)), c};
}

ParsedNumber as_foreign(std::string_view digits) {
    const NumberClass c = foreign_class(digits);
    if (c != NumberClass::foreign) return as_presented(digits, c);
    return {PhoneNumber::from_e164(value_of(digits)), c};
}

ParsedNumber international(std::string_view digits, Region home) {
    if (digits.empty()) return as_presented("+", NumberClass::not_digits);
    if (digits.size() > longest_number) return as_presented(digits, NumberClass::too_long);
    if (home == Region::india && digits.starts_with("91")) return as_indian(digits.substr(2), digits);
    return as_foreign(digits);
}

ParsedNumber bare_indian(std::string_view digits, int hint) {
    const std::size_t n = digits.size();
    const bool zero = digits[0] == '0';
    if (n >= 3 && n <= 6 && !zero) return as_presented(digits, NumberClass::short_code);
    if (hint != 0 && hint != india_code && n >= 7 && fits_country(digits, hint))
        return {PhoneNumber::from_e164(value_of(digits)), NumberClass::foreign};
    if (zero) {
        if (n == 10) return as_presented(digits, NumberClass::national_prefix);
        std::string_view rest = digits.substr(1);
        if (rest.size() == 12 && rest.starts_with("91") && rest[2] >= '6') rest.remove_prefix(2);
        return as_indian(rest, digits);
    }
    if (n == 10) return as_indian(digits, digits);
    if (n > 10 && digits.starts_with("91")) return as_indian(digits.substr(2), digits);
    if (indian_class(digits) == NumberClass::toll_free) return as_indian(digits, digits);
    if (n < 10) return as_presented(digits, NumberClass::national_length);
    return as_foreign(digits);
}

NumberClass class_of(NumberType type) {
    switch (type) {
        case NumberType::fixed_line: return NumberClass::fixed;
        case NumberType::toll_free:
        case NumberType::shared_cost:
        case NumberType::uan: return NumberClass::toll_free;
        // Also a range that the plan does not know yet: nothing may rest on its being a fixed line.
        default: return NumberClass::mobile;
    }
}

// Any other home region: its national form, prefixes and ranges by the plan.
ParsedNumber by_plan(std::string_view digits, bool plus, Region home, int hint) {
    if (digits.size() > longest_number + 5) return as_presented(digits, NumberClass::too_long);
    const NumberingPlan& plan = NumberingPlan::builtin();
    const TerritoryId region = plan.territory(home.id());
    const std::size_t n = digits.size();
    char text[longest_number + 6];
    text[0] = '+';
    std::copy(digits.begin(), digits.end(), text + 1);
    const PlannedNumber number = plan.parse(std::string_view(text, n + 1).substr(plus ? 0 : 1), region);
    const int home_code = plan.calling_code_of(region);
    const bool national = number.parsed() && number.calling_code() == home_code &&
                          (number.territory == region || number.territory == TerritoryId{});
    if (!plus && !(national && number.valid())) {
        if (n >= 3 && n <= 6 && digits[0] != '0') return as_presented(digits, NumberClass::short_code);
        if (hint != 0 && hint != home_code && n >= 7 && fits_country(digits, hint)) return as_foreign(digits);
    }
    char e164[24];
    const std::size_t size = unveil_e164(number, e164);
    if (size == 0) {
        if (n > longest_number) return as_presented(digits, NumberClass::too_long);
        return as_presented(digits, plus ? NumberClass::foreign_unknown : NumberClass::national_length);
    }
    const std::string_view whole(e164 + 1, size - 1);
    if (whole.size() > longest_number) return as_presented(digits, NumberClass::too_long);
    if (!national) return as_foreign(whole);
    if (number.valid()) return {PhoneNumber::from_e164(value_of(whole)), class_of(number.type)};
    const std::string_view nsn = whole.substr(digits_of_code(home_code));
    if (plan.knows_length(home_code, nsn[0] - '0', nsn.size()))
        return {PhoneNumber::from_e164(value_of(whole)), NumberClass::mobile};
    // 971501234567 without a plus is no national number of the region, but a number of the plan.
    if (!plus && foreign_class(digits) == NumberClass::foreign) return as_foreign(digits);
    const bool possible = number.reason == NumberReason::possible;
    return as_presented(digits, possible ? NumberClass::national_prefix : NumberClass::national_length);
}

// digits: ASCII digits only, at least one.
ParsedNumber classify(std::string_view digits, bool plus, Region home, int hint) {
    if (home != Region::india && home != Region::unknown && !digits.empty())
        return by_plan(digits, plus, home, hint);
    if (plus) return international(digits, home);
    if (digits.size() > 2 && digits[0] == '0' && digits[1] == '0' && digits[2] != '0') {
        return international(digits.substr(2), home);
    }
    if (digits.size() > longest_number) return as_presented(digits, NumberClass::too_long);
    if (home == Region::india) return bare_indian(digits, hint);
    if (digits.size() >= 3 && digits.size() <= 6 && digits[0] != '0') {
        return as_presented(digits, NumberClass::short_code);
    }
    return as_foreign(digits);
}

bool all_digits(std::string_view text) {
    for (const char c : text) {
        if (!is_digit(c)) return false;
    }
    return !text.empty();
}

// Outer quotes of any make, and the formula form ="…" of spreadsheets.
std::string_view without_wrappers(std::string_view text) {
    constexpr std::array<std::string_view, 4> curly = {"\xE2\x80\x98", "\xE2\x80\x99", "\xE2\x80\x9C",
                                                       "\xE2\x80\x9D"};
    for (bool again = true; again;) {
        again = false;
        text = trim(text);
        if (text.starts_with("=\"") || text.starts_with("='")) text.remove_prefix(1), again = true;
        if (!text.empty() && (text.front() == '\'' || text.front() == '"'))
            text.remove_prefix(1), again = true;
        if (!text.empty() && (text.back() == '\'' || text.back() == '"')) text.remove_suffix(1), again = true;
        for (const std::string_view quote : curly) {
            if (text.starts_with(quote)) text.remove_prefix(quote.size()), again = true;
            if (text.ends_with(quote)) text.remove_suffix(quote.size()), again = true;
        }
    }
    return text;
}

bool starts_without_case(std::string_view text, std::string_view prefix) {
    if (text.size() < prefix.size()) return false;
    for (std::size_t i = 0; i < prefix.size(); ++i) {
        if ((text[i] | 0x20) != prefix[i] && text[i] != prefix[i]) return false;
    }
    return true;
}

// What a URI says the number is: tel:NUMBER;…  sip:NUMBER@…  "Name" <sip:NUMBER@…>
std::string_view without_scheme(std::string_view text) {
    if (const auto open = text.find('<'); open != std::string_view::npos) {
        const auto close = text.find('>', open);
        if (close != std::string_view::npos) text = text.substr(open + 1, close - open - 1);
    }
    for (const std::string_view scheme : {"tel:", "sip:", "sips:"}) {
        if (!starts_without_case(text, scheme)) continue;
        text.remove_prefix(scheme.size());
        text = text.substr(0, text.find_first_of("@;?"));
        break;
    }
    return text;
}

bool says_nothing(std::string_view text) {
    if (text == "_N" || text == "\\N") return true;
    constexpr std::array<std::string_view, 24> words = {"anonymous",
                                                        "private",
                                                        "unavailable",
                                                        "unknown",
                                                        "restricted",
                                                        "null",
                                                        "withheld",
                                                        "none",
                                                        "nil",
                                                        "na",
                                                        "blocked",
                                                        "hidden",
                                                        "notavailable",
                                                        "nocallerid",
                                                        "noclid",
                                                        "privatenumber",
                                                        "unknownnumber",
                                                        "unknowncaller",
                                                        "anonymouscaller",
                                                        "numberwithheld",
                                                        "numberunavailable",
                                                        "idunavailable",
                                                        "notapplicable",
                                                        "nan"};
    char key[24];
    std::size_t n = 0;
    for (const char c : text) {
        if (is_digit(c) || static_cast<unsigned char>(c) >= 0x80) return false;
        const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (low < 'a' || low > 'z') continue;
        if (n == sizeof key) return false;
        key[n++] = low;
    }
    return std::find(words.begin(), words.end(), std::string_view(key, n)) != words.end();
}

// 9.1626E+11, 9,19876e11, 9E+11.
bool is_scientific(std::string_view text) {
    const std::size_t e = text.find_first_of("eE");
    if (e == std::string_view::npos || e == 0 || e + 1 >= text.size()) return false;
    std::string_view mantissa = text.substr(0, e);
    std::string_view exponent = text.substr(e + 1);
    if (mantissa.front() == '+' || mantissa.front() == '-') mantissa.remove_prefix(1);
    const bool sign = exponent.front() == '+' || exponent.front() == '-';
    if (sign) exponent.remove_prefix(1);
    const std::size_t point = mantissa.find_first_of(".,");
    const bool fraction = point != std::string_view::npos;
    const std::string_view whole = mantissa.substr(0, point);
    if (!all_digits(whole) || !all_digits(exponent) || exponent.size() > 3) return false;
    if (fraction && point + 1 < mantissa.size() && !all_digits(mantissa.substr(point + 1))) return false;
    return fraction || sign;
}

// Length of a formatting character at the front of text; 0 if it is none.
std::size_t formatting(std::string_view text) {
    switch (text[0]) {
        case ' ':
        case '\t':
        case '-':
        case '.':
        case '(':
        case ')':
        case '[':
        case ']': return 1;
        default: break;
    }
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    if (byte(0) == 0xC2 && (byte(1) == 0xA0 || byte(1) == 0xAD)) return 2;
    if (byte(0) == 0xE2 && byte(1) == 0x80) {
        const unsigned b = byte(2);  // spaces, zero-width and direction marks, dashes
        return (b >= 0x80 && b <= 0x95) || (b >= 0xAA && b <= 0xAF) ? 3 : 0;
    }
    if (byte(0) == 0xE2 && byte(1) == 0x81)
        return byte(2) == 0x9F || (byte(2) >= 0xA0 && byte(2) <= 0xAF) ? 3 : 0;
    if (byte(0) == 0xE2 && byte(1) == 0x88 && byte(2) == 0x92) return 3;  // minus sign
    if (byte(0) == 0xE3 && byte(1) == 0x80 && byte(2) == 0x80) return 3;
    if (byte(0) == 0xEF && byte(1) == 0xBB && byte(2) == 0xBF) return 3;
    return 0;
}

// A full-width or Devanagari digit at the front of text (three bytes), or '+' for the full-width plus; else
// 0.
char wide_digit(std::string_view text) {
    if (text.size() < 3) return 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) == 0xEF && byte(1) == 0xBC) {
        if (byte(2) >= 0x90 && byte(2) <= 0x99) return static_cast<char>('0' + (byte(2) - 0x90));
        return byte(2) == 0x8B ? '+' : '\0';
    }
    if (byte(0) == 0xE0 && byte(1) == 0xA5 && byte(2) >= 0xA6 && byte(2) <= 0xAF) {
        return static_cast<char>('0' + (byte(2) - 0xA6));
    }
    return 0;
}

// Of each byte: 0-9 its digit; then what it does in a number of plain form.
enum Byte : std::uint8_t { dressing = 10, sign = 11, strange = 12 };
constexpr std::array<std::uint8_t, 256> plain_bytes = [] {
    std::array<std::uint8_t, 256> table{};
    for (auto& b : table) b = strange;
    for (unsigned d = 0; d < 10; ++d) table['0' + d] = static_cast<std::uint8_t>(d);
    for (const char c : {' ', '\t', '-', '(', ')', '[', ']'}) table[static_cast<unsigned char>(c)] = dressing;
    table['+'] = sign;
    return table;
}();

// A number in plain dress: digits, one + in front of them, and spaces, dashes and brackets anywhere. Leaves
// everything else to parse_dressed, which gives the same answer for these.
bool parse_plain(std::string_view text, Region home, int hint, ParsedNumber& out) {
    char digits[24];
    std::size_t n = 0;
    bool plus = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::uint8_t byte = plain_bytes[static_cast<unsigned char>(text[i])];
        if (byte < 10) {
            if (n == sizeof digits) return false;
            digits[n++] = text[i];
        } else if (byte == sign) {
            if (plus || n != 0) return false;
            plus = true;
        } else if (byte == strange || (plus && text.substr(i, 3) == "(0)")) {
            return false;
        }
    }
    if (n == 0) return false;
    out = classify({digits, n}, plus, home, hint);
    return true;
}

ParsedNumber parse_dressed(std::string_view text, Region home, int hint) {
    text = without_wrappers(text);
    text = without_wrappers(without_scheme(text));
    if (text.empty() || says_nothing(text)) return {};
    if (is_scientific(text)) return as_presented(text, NumberClass::scientific);
    std::string_view rest = text;
    if (rest.ends_with(".0") &&
        all_digits(rest.substr(rest[0] == '+' ? 1 : 0, rest.size() - (rest[0] == '+' ? 3 : 2)))) {
        rest.remove_suffix(2);
    }
    std::string digits;
    bool plus = false;
    if (starts_without_case(rest, "%2b")) {
        plus = true;
        rest.remove_prefix(3);
    }
    while (!rest.empty()) {
        if (is_digit(rest[0])) {
            digits += rest[0];
            rest.remove_prefix(1);
        } else if (plus && rest.starts_with("(0)")) {
            rest.remove_prefix(3);
        } else if (const std::size_t skip = formatting(rest); skip > 0) {
            rest.remove_prefix(skip);
        } else {
            const char wide = wide_digit(rest);
            const char c = rest[0] == '+' ? '+' : wide;
            if (c == 0 || (c == '+' && (plus || !digits.empty())))
                return as_presented(text, NumberClass::not_digits);
            if (c == '+') {
                plus = true;
            } else {
                digits += c;
            }
            rest.remove_prefix(wide != 0 ? 3 : 1);
        }
    }
    if (digits.empty()) return plus ? as_presented(text, NumberClass::not_digits) : ParsedNumber{};
    return classify(digits, plus, home, hint);
}

// Lower-case letters of a country's name, at most `size`; 0 when there are more.
std::size_t country_key(std::string_view name, char* key, std::size_t size) {
    std::size_t n = 0;
    for (const char c : name) {
        const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (low < 'a' || low > 'z') continue;
        if (n == size) return 0;
        key[n++] = low;
    }
    return n;
}

int code_by_key(std::string_view key) {
    const auto at =
        std::lower_bound(plan_data::country_names.begin(), plan_data::country_names.end(), key,
                         [](const plan_data::CountryName& a, std::string_view b) { return a.key < b; });
    return at != plan_data::country_names.end() && at->key == key ? at->code : 0;
}

int code_by_name(std::string_view name) {
    char buffer[64];
    std::string_view key(buffer, country_key(name, buffer, sizeof buffer));
    if (key.empty()) return 0;
    if (const int code = code_by_key(key)) return code;
    if (key.starts_with("the")) return code_by_key(key.substr(3));
    for (const std::string_view tail :
         {"mobile", "mob", "cellular", "fixed", "landline", "proper", "others", "other", "roc"}) {
        if (key.ends_with(tail)) {
            if (const int code = code_by_key(key.substr(0, key.size() - tail.size()))) return code;
        }
    }
    return 0;
}

}  // namespace

std::string_view name_of(NumberClass number_class) {
    return names.at(static_cast<std::size_t>(number_class));
}

Region parse_region(std::string_view code) {
    if (code.size() != 2) return Region::unknown;
    const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
    const char id[2] = {upper(code[0]), upper(code[1])};
    const NumberingPlan& plan = NumberingPlan::builtin();
    const TerritoryId territory = plan.territory({id, 2});
    return territory == TerritoryId{} ? Region::unknown : Region{id[0], id[1]};
}

ParsedNumber parse_number(std::string_view text, Region home, int country_hint) {
    std::string_view digits = text;
    if (digits.size() > 2 && digits.front() == '\'' && digits.back() == '\'')
        digits = digits.substr(1, digits.size() - 2);
    const bool plus = !digits.empty() && digits.front() == '+';
    if (plus) digits.remove_prefix(1);
    if (all_digits(digits)) return classify(digits, plus, home, country_hint);
    ParsedNumber plain;
    if (parse_plain(text, home, country_hint, plain)) return plain;
    return parse_dressed(text, home, country_hint);
}

int calling_code_of(std::string_view country_name) {
    std::string_view name = trim(country_name);
    if (name.starts_with('+')) name.remove_prefix(1);
    if (all_digits(name)) {
        if (name.size() > 3 || name[0] == '0') return 0;
        const int code = NumberingPlan::builtin().calling_code_at(name);
        return code != 0 && digits_of_code(code) == name.size() ? code : 0;
    }
    if (const int code = code_by_name(name)) return code;
    for (const char cut : {'(', ',', '-', '/', ':'}) {
        const std::size_t at = name.find(cut);
        if (at == std::string_view::npos || at == 0) continue;
        if (const int code = code_by_name(name.substr(0, at))) return code;
    }
    return 0;
}

}  // namespace sendh
