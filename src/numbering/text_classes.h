// What a character is to the reader of phone numbers: the alphabet of the automaton over text (extensions).
// Compiler and reader both include it, so that they cannot disagree.
//
// Thread rule: pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "numbering/unicode_ranges.h"

namespace sendh {

enum class TextClass : std::uint8_t {
    other,       // ends every number
    digit,       // 0-9
    wide_digit,  // decimal digit of another script
    a,
    e,
    i,
    n,
    o,
    s,
    t,
    x,       // letters that introduce an extension
    letter,  // the other ASCII letters
    long_s,  // ſ: an s where case does not matter, but no letter of a keypad
    kelvin,  // K: the same, a k
    plus,    // + and its wide form
    star,
    space,
    no_break_space,
    hyphen,
    dot,
    wide_dot,
    slash,
    tilde,
    mark,  // other punctuation that numbers are written with
    backslash,
    comma,
    semicolon,
    colon,
    hash,
    wide_hash,
    tab,
    equals,
    wide_x,
    wide_e,
    wide_t,
    wide_n,
    wide_i,
    wide_tilde,
    cyrillic_d,
    cyrillic_o,
    cyrillic_b,  // доб
    o_acute,
    acute,     // anexo, extensión
    line_end,  // a line ends after it
};
inline constexpr int text_classes = static_cast<int>(TextClass::line_end) + 1;
static_assert(text_classes <= 64);

constexpr TextClass text_class_of_ascii(unsigned char c) {
    if (c >= '0' && c <= '9') return TextClass::digit;
    switch (c) {
        case 'a':
        case 'A': return TextClass::a;
        case 'e':
        case 'E': return TextClass::e;
        case 'i':
        case 'I': return TextClass::i;
        case 'n':
        case 'N': return TextClass::n;
        case 'o':
        case 'O': return TextClass::o;
        case 's':
        case 'S': return TextClass::s;
        case 't':
        case 'T': return TextClass::t;
        case 'x':
        case 'X': return TextClass::x;
        case '+': return TextClass::plus;
        case '*': return TextClass::star;
        case ' ': return TextClass::space;
        case '-': return TextClass::hyphen;
        case '.': return TextClass::dot;
        case '/': return TextClass::slash;
        case '~': return TextClass::tilde;
        case '(':
        case ')':
        case '[':
        case ']': return TextClass::mark;
        case '\\': return TextClass::backslash;
        case ',': return TextClass::comma;
        case ';': return TextClass::semicolon;
        case ':': return TextClass::colon;
        case '#': return TextClass::hash;
        case '\t': return TextClass::tab;
        case '=': return TextClass::equals;
        case '\n':
        case '\v':
        case '\f':
        case '\r': return TextClass::line_end;
        default: break;
    }
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? TextClass::letter : TextClass::other;
}

// Value of a decimal digit beyond ASCII; -1 when it is none.
constexpr int wide_digit_value(char32_t c) {
    const auto above = std::upper_bound(unicode::zeros.begin(), unicode::zeros.end(), c);
    if (above == unicode::zeros.begin()) return -1;
    const char32_t distance = c - *(above - 1);
    return distance < 10 ? static_cast<int>(distance) : -1;
}

constexpr TextClass text_class_of(char32_t c) {
    if (c < 0x80) return text_class_of_ascii(static_cast<unsigned char>(c));
    switch (c) {
        case 0xFF0B: return TextClass::plus;
        case 0xA0: return TextClass::no_break_space;
        case 0xAD:
        case 0x200B:
        case 0x2060:
        case 0x3000:
        case 0x2212:
        case 0x30FC:
        case 0x2053:
        case 0x223C:
        case 0xFF08:
        case 0xFF09:
        case 0xFF0D:
        case 0xFF0F:
        case 0xFF3B:
        case 0xFF3D: return TextClass::mark;
        case 0xFF0E: return TextClass::wide_dot;
        case 0xFF03: return TextClass::wide_hash;
        case 0xFF5E: return TextClass::wide_tilde;
        case 0xFF58:
        case 0xFF38: return TextClass::wide_x;
        case 0xFF45:
        case 0xFF25: return TextClass::wide_e;
        case 0xFF54:
        case 0xFF34: return TextClass::wide_t;
        case 0xFF4E:
        case 0xFF2E: return TextClass::wide_n;
        case 0xFF49:
        case 0xFF29: return TextClass::wide_i;
        case 0x434:
        case 0x414:
        case 0x1C81: return TextClass::cyrillic_d;
        case 0x43E:
        case 0x41E:
        case 0x1C82: return TextClass::cyrillic_o;
        case 0x431:
        case 0x411: return TextClass::cyrillic_b;
        case 0xF3:
        case 0xD3: return TextClass::o_acute;
        case 0x301: return TextClass::acute;
        case 0x17F: return TextClass::long_s;
        case 0x212A: return TextClass::kelvin;
        case 0x85:
        case 0x2028:
        case 0x2029: return TextClass::line_end;
        default: break;
    }
    if (c >= 0x2010 && c <= 0x2015) return TextClass::mark;
    return wide_digit_value(c) >= 0 ? TextClass::wide_digit : TextClass::other;
}

// Letters and numbers of any script (and #) may end a number; what is none is cut off at its end.
constexpr bool may_end_number(char32_t c) {
    if (c < 0x80)
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '#';
    const auto above =
        std::upper_bound(unicode::letters_and_numbers.begin(), unicode::letters_and_numbers.end(), c,
                         [](char32_t x, unicode::Range r) { return x < r.first; });
    return above != unicode::letters_and_numbers.begin() && c <= (above - 1)->last;
}

// An ASCII letter, as far as case-blind comparison goes.
constexpr bool is_letter(TextClass c) { return c >= TextClass::a && c <= TextClass::kelvin; }
// Punctuation that may stand between digits; x is a placeholder for carrier codes.
constexpr bool is_punctuation(TextClass c) {
    return c == TextClass::x || (c >= TextClass::star && c <= TextClass::mark);
}
// A bit for each class from first to last.
constexpr std::uint64_t bits_of(TextClass first, TextClass last) {
    std::uint64_t set = 0;
    for (auto c = static_cast<unsigned>(first); c <= static_cast<unsigned>(last); ++c)
        set |= std::uint64_t{1} << c;
    return set;
}
constexpr bool is_digit(TextClass c) { return c == TextClass::digit || c == TextClass::wide_digit; }

}  // namespace sendh
