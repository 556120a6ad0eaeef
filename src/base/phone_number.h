// PhoneNumber: a phone number as a type of its own, so that it cannot reach a screen, a log or a file by
// accident. It converts to nothing, streams nowhere and compares only with its like (tests in
// tests/must_not_compile hold this). The two ways out are `masked()`, the default view, and `unveil()`,
// which stands out in every review; a number leaves memory only as a token (crypto/token.h).
//
// 64 bits:  63..60 kind   59..50 see below   49..0 digits as an integer
//   kind 0  E.164: country code and national number, no leading zero, at most 15 digits
//   kind 1  other digits, as presented (short codes, malformed CLIs, extensions), at most 15;
//           bits 59..56 hold how many, so leading zeros survive
//   kind 2  text or more than 15 digits: 56 bits of a hash of the presented form; joins, does not reverse
// The value 0 is "no number" (withheld, empty).
//
// Thread rule: a value.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace sendh {

class PhoneNumber {
public:
    enum class Kind : std::uint8_t { none, e164, digits, text };

    constexpr PhoneNumber() = default;

    // REQUIRES: value has at most 15 digits and is not 0.
    static constexpr PhoneNumber from_e164(std::uint64_t value) { return PhoneNumber(value); }
    // Other digits as presented; more than 15, or anything else, becomes Kind::text.
    static PhoneNumber from_presented(std::string_view presented);
    // The inverse of unveil(); for the token room and the store.
    static constexpr PhoneNumber from_bits(std::uint64_t bits) { return PhoneNumber(bits); }

    [[nodiscard]] constexpr Kind kind() const {
        if (bits_ == 0) return Kind::none;
        switch (bits_ >> 60) {
            case 0: return Kind::e164;
            case 1: return Kind::digits;
            default: return Kind::text;
        }
    }
    [[nodiscard]] constexpr bool is_e164() const { return kind() == Kind::e164; }
    [[nodiscard]] constexpr bool is_none() const { return bits_ == 0; }

    // "+91 98••••••12": country code as far as `country_digits` says, two digits, dots, two digits.
    // Of up to 6 digits (extensions, short codes) the first and the last are shown: "2••0"; of two, none.
    [[nodiscard]] std::string masked() const;

    friend constexpr bool operator==(PhoneNumber, PhoneNumber) = default;
    friend constexpr auto operator<=>(PhoneNumber, PhoneNumber) = default;

    // The 64 bits in clear. Named to be noticed.
    friend constexpr std::uint64_t unveil(PhoneNumber number) { return number.bits_; }

private:
    constexpr explicit PhoneNumber(std::uint64_t bits) : bits_(bits) {}
    std::uint64_t bits_ = 0;
};

// The number as digits in clear ("+919876500000", "1909"): only for a reveal that was asked for and
// recorded, and for copies handed to their recipient. Text kinds give "".
[[nodiscard]] std::string unveil_text(PhoneNumber number);

// Digits of the country calling code at the front of an E.164 value (1 to 3), by the ITU's assignment of
// zones (E.164 Annex to Operational Bulletin 1114); 1 for zones 1 and 7.
[[nodiscard]] int country_digits(std::uint64_t e164);
[[nodiscard]] int digit_count(std::uint64_t value);

}  // namespace sendh

template <>
struct std::hash<sendh::PhoneNumber> {
    std::size_t operator()(sendh::PhoneNumber number) const noexcept {
        std::uint64_t x = unveil(number);
        x ^= x >> 33;
        x *= 0xff51afd7ed558ccdULL;
        x ^= x >> 33;
        return static_cast<std::size_t>(x);
    }
};
