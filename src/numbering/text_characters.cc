#include "numbering/text_characters.h"

namespace sendh {

namespace {

using Character = TextCharacters::Character;

constexpr std::string_view keypad_of_letters = "22233344455566677778889999";

constexpr std::array<Character, 128> ascii = [] {
    std::array<Character, 128> table{};
    for (unsigned c = 0; c < 128; ++c) {
        Character& out = table[c];
        out.code = c;
        out.keypad = TextCharacters::no_key;
        out.kind = text_class_of_ascii(static_cast<unsigned char>(c));
        const unsigned lower = c | 0x20U;
        if (c >= '0' && c <= '9')
            out.digit = static_cast<std::uint8_t>(c - '0'), out.keypad = out.digit;
        else if (lower >= 'a' && lower <= 'z')
            out.keypad = static_cast<std::uint8_t>(keypad_of_letters[lower - 'a'] - '0');
    }
    return table;
}();

// For each 16 code points of the basic plane: where in them a run of ten digits begins, + 1. Runs keep to 16.
constexpr std::array<std::uint8_t, 4096> digit_runs = [] {
    std::array<std::uint8_t, 4096> table{};
    for (const char32_t zero : unicode::zeros) {
        if (zero < 0x10000) table[zero >> 4U] = static_cast<std::uint8_t>((zero & 15U) + 1);
    }
    return table;
}();
static_assert([] {
    for (const char32_t zero : unicode::zeros) {
        if (zero < 0x10000 && (zero & 15U) > 6) return false;
    }
    return true;
}());

int digit_value(char32_t c) {
    if (c >= 0x10000) return wide_digit_value(c);
    const int run = digit_runs[c >> 4U];
    const int value = static_cast<int>(c & 15U) - (run - 1);
    return run == 0 || value < 0 || value > 9 ? -1 : value;
}

// Not to be interchanged: controls, non-characters (Unicode 23.7); as libphonenumber has it.
bool may_be_interchanged(char32_t c) {
    return !(c <= 8 || c == 0x0B || (c >= 0x0E && c <= 0x1F) || (c >= 0x7F && c <= 0x9F) ||
             (c >= 0xD800 && c <= 0xDFFF) || (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFEU) == 0xFFFE);
}

constexpr char32_t not_utf8 = 0xFFFFFFFF;

// One code point beyond ASCII; at moves behind it.
char32_t decode(const unsigned char*& at, const unsigned char* end) {
    const unsigned lead = *at;
    const std::ptrdiff_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || end - at < length) return ++at, not_utf8;
    char32_t c = lead & (0x7FU >> static_cast<unsigned>(length));
    for (std::ptrdiff_t i = 1; i < length; ++i) {
        if ((at[i] & 0xC0U) != 0x80) return ++at, not_utf8;
        c = c << 6U | (at[i] & 0x3FU);
    }
    if ((length == 3 && c < 0x800) || (length == 4 && (c < 0x10000 || c > 0x10FFFF))) return ++at, not_utf8;
    at += length;
    return c;
}

bool starts_number(TextClass c) { return c == TextClass::plus || is_digit(c); }

}  // namespace

bool TextCharacters::add(std::string_view text) {
    const auto* at = static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
    const auto* const end = at + text.size();
    bool sound = true;
    while (at != end) {
        Character& out = data_[to_++];
        if (*at < 0x80) {
            out = ascii[*at++];
            kinds_ |= std::uint64_t{1} << static_cast<unsigned>(out.kind);
            sound =
                sound && (out.kind != TextClass::other || may_be_interchanged(out.code)) && out.code != 0x0B;
            continue;
        }
        const char32_t c = decode(at, end);
        out.code = c;
        const int digit = c == not_utf8 ? -1 : digit_value(c);
        out.digit = static_cast<std::uint8_t>(digit < 0 ? 0 : digit);
        out.keypad = no_key;
        out.kind = digit >= 0 ? TextClass::wide_digit : c == not_utf8 ? TextClass::other : text_class_of(c);
        kinds_ |= std::uint64_t{1} << static_cast<unsigned>(out.kind);
        sound = sound && c != not_utf8 && may_be_interchanged(c);
    }
    return sound;
}

void TextCharacters::cut_to_number() {
    while (from_ < to_ && !starts_number(data_[from_].kind)) ++from_;
    while (from_ < to_ && !may_end_number(data_[to_ - 1].code)) --to_;
}

// Of the first line that has them: what stands before the last \ or / that is followed by spaces and an x.
void TextCharacters::cut_second_number() {
    for (std::size_t line = from_; line < to_;) {
        std::size_t end = line;
        while (end < to_ && data_[end].kind != TextClass::line_end) ++end;
        for (std::size_t i = end; i-- > line;) {
            if (data_[i].code != '/' && data_[i].code != '\\') continue;
            std::size_t next = i + 1;
            while (next < end && data_[next].code == ' ') ++next;
            if (next == end || data_[next].code != 'x') continue;
            from_ = line;
            to_ = i;
            return;
        }
        line = end + 1;
    }
}

void TextCharacters::cut_subaddress() {
    constexpr std::string_view mark = ";isub=";
    if ((kinds_ & bits_of(TextClass::semicolon, TextClass::semicolon)) == 0) return;
    for (std::size_t i = from_; i + mark.size() <= to_; ++i) {
        std::size_t k = 0;
        while (k < mark.size() && data_[i + k].code == static_cast<unsigned char>(mark[k])) ++k;
        if (k == mark.size()) {
            to_ = i;
            return;
        }
    }
}

bool TextCharacters::read(std::string_view text) {
    constexpr std::string_view context = ";phone-context=";
    constexpr std::string_view scheme = "tel:";
    from_ = to_ = 0;
    kinds_ = 0;
    data_ = here_.data();
    if (text.size() > kept / 2) {
        elsewhere_.resize(2 * text.size());
        data_ = elsewhere_.data();
    }
    const std::size_t parameter = text.find(context);
    if (parameter == std::string_view::npos) {
        if (!add(text)) return false;
        cut_to_number();
        if (has_letters()) cut_second_number();
    } else {
        // tel:NUMBER;phone-context=+91 gives +91 NUMBER; a context that is a domain is of no use.
        const std::size_t start = parameter + context.size();
        if (start + 1 < text.size() && text[start] == '+') {
            const std::size_t end = text.find(';', start);
            (void)add(text.substr(start, end == std::string_view::npos ? end : end - start));
        }
        const std::size_t tel = text.find(scheme);
        const std::size_t number = tel == std::string_view::npos ? 0 : tel + scheme.size();
        (void)add(number <= parameter ? text.substr(number, parameter - number) : text.substr(number));
    }
    cut_subaddress();
    return from_ < to_;
}

}  // namespace sendh
