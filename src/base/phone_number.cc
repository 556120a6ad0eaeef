#include "base/phone_number.h"

namespace sendh {

namespace {

constexpr std::uint64_t digits_mask = (1ULL << 50) - 1;

// Two-digit country codes; every other zone-2..9 code has three (ITU-T E.164 assigned codes).
constexpr bool two_digit_code(unsigned code) {
    switch (code) {
        case 20:
        case 27:
        case 30:
        case 31:
        case 32:
        case 33:
        case 34:
        case 36:
        case 39:
        case 40:
        case 41:
        case 43:
        case 44:
        case 45:
        case 46:
        case 47:
        case 48:
        case 49:
        case 51:
        case 52:
        case 53:
        case 54:
        case 55:
        case 56:
        case 57:
        case 58:
        case 60:
        case 61:
        case 62:
        case 63:
        case 64:
        case 65:
        case 66:
        case 81:
        case 82:
        case 84:
        case 86:
        case 90:
        case 91:
        case 92:
        case 93:
        case 94:
        case 95:
        case 98: return true;
        default: return false;
    }
}

std::uint64_t hash_text(std::string_view text) {
    std::uint64_t h = 0xcbf29ce484222325ULL;
    for (const char c : text) {
        h ^= static_cast<unsigned char>(c);
        h *= 0x100000001b3ULL;
    }
    h ^= h >> 29;
    h *= 0xbf58476d1ce4e5b9ULL;
    h ^= h >> 32;
    return h;
}

std::string mask_middle(const std::string& digits) {
    std::string out = digits.substr(0, 2);
    for (std::size_t i = 4; i < digits.size(); ++i) out += "•";
    return out + digits.substr(digits.size() - 2);
}

// An extension of a switchboard names a person as well as a mobile does.
std::string mask_short(const std::string& digits) {
    std::string out;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (digits.size() > 2 && (i == 0 || i + 1 == digits.size())) {
            out += digits[i];
        } else {
            out += "•";
        }
    }
    return out;
}

}  // namespace

int digit_count(std::uint64_t value) {
    int n = 1;
    while (value >= 10) {
        value /= 10;
        ++n;
    }
    return n;
}

int country_digits(std::uint64_t e164) {
    int n = digit_count(e164);
    std::uint64_t head = e164;
    for (; n > 2; --n) head /= 10;
    const auto two = static_cast<unsigned>(head);
    if (two / 10 == 1 || two / 10 == 7 || two < 10) return 1;
    return two_digit_code(two) ? 2 : 3;
}

PhoneNumber PhoneNumber::from_presented(std::string_view presented) {
    if (presented.empty()) return {};
    bool digits = presented.size() <= 15;
    std::uint64_t value = 0;
    for (const char c : presented) {
        if (c < '0' || c > '9') {
            digits = false;
            break;
        }
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    if (digits)
        return PhoneNumber((1ULL << 60) | (static_cast<std::uint64_t>(presented.size()) << 56) | value);
    return PhoneNumber((2ULL << 60) | (hash_text(presented) & ((1ULL << 56) - 1)));
}

std::string PhoneNumber::masked() const {
    switch (kind()) {
        case Kind::none: return "withheld";
        case Kind::text: return "(text)";
        case Kind::digits: {
            const std::string digits = unveil_text(*this);
            return digits.size() <= 6 ? mask_short(digits) : mask_middle(digits);
        }
        case Kind::e164: break;
    }
    const std::string digits = std::to_string(bits_);
    const auto code = static_cast<std::size_t>(country_digits(bits_));
    if (digits.size() < code + 5) return "+" + digits.substr(0, code) + " " + "•••••";
    return "+" + digits.substr(0, code) + " " + mask_middle(digits.substr(code));
}

std::string unveil_text(PhoneNumber number) {
    const std::uint64_t bits = unveil(number);
    switch (number.kind()) {
        case PhoneNumber::Kind::e164: return "+" + std::to_string(bits);
        case PhoneNumber::Kind::digits: {
            const auto length = static_cast<std::size_t>((bits >> 56) & 15);
            std::string digits = std::to_string(bits & digits_mask);
            return length > digits.size() ? std::string(length - digits.size(), '0') + digits : digits;
        }
        default: return "";
    }
}

}  // namespace sendh
