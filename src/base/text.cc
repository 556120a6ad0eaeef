#include "base/text.h"

#include <algorithm>
#include <charconv>

namespace sendh {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Length of the UTF-8 sequence at the front of text, 0 if ill-formed (RFC 3629, section 4).
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto tail = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
        return i < text.size() && byte(i) >= low && byte(i) <= high;
    };
    const unsigned b = byte(0);
    if (b < 0x80) return 1;
    if (b >= 0xC2 && b <= 0xDF) return tail(1) ? 2 : 0;
    if (b >= 0xE0 && b <= 0xEF) {
        const unsigned low = b == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = b == 0xED ? 0x9F : 0xBF;
        return tail(1, low, high) && tail(2) ? 3 : 0;
    }
    if (b >= 0xF0 && b <= 0xF4) {
        const unsigned low = b == 0xF0 ? 0x90 : 0x80;
        const unsigned high = b == 0xF4 ? 0x8F : 0xBF;
        return tail(1, low, high) && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

// "2024-11-02", optionally with a time: such a run of digits is no phone number.
bool looks_like_date(std::string_view run) {
    return run.size() >= 10 && run[4] == '-' && run[7] == '-' && (run[0] == '1' || run[0] == '2') &&
           (run[5] == '0' || run[5] == '1') && (run[8] >= '0' && run[8] <= '3');
}

}  // namespace

std::string_view trim(std::string_view text) {
    constexpr std::string_view nbsp = "\xC2\xA0";
    for (bool again = true; again;) {
        again = false;
        while (!text.empty() && is_space(text.front())) text.remove_prefix(1), again = true;
        while (!text.empty() && is_space(text.back())) text.remove_suffix(1), again = true;
        if (text.starts_with(nbsp)) text.remove_prefix(2), again = true;
        if (text.ends_with(nbsp)) text.remove_suffix(2), again = true;
    }
    return text;
}

std::string lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::optional<std::size_t> first_bad_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = sequence_length(text.substr(i));
        if (length == 0) return i;
        i += length;
    }
    return std::nullopt;
}

std::string utf8_from_latin1(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto b = static_cast<unsigned char>(c);
        if (b < 0x80) {
            out += c;
        } else {
            out += static_cast<char>(0xC0 | (b >> 6));
            out += static_cast<char>(0x80 | (b & 0x3F));
        }
    }
    return out;
}

std::string column_key(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || is_digit(c) || static_cast<unsigned char>(c) >= 0x80) out += c;
    }
    return lower_ascii(out);
}

std::string without_numbers(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        if (!is_digit(text[i])) {
            out += text[i++];
            continue;
        }
        std::size_t end = i;
        std::size_t last_digit = i;
        std::size_t digits = 0;
        while (end < text.size()) {
            const char c = text[end];
            if (is_digit(c)) {
                ++digits;
                last_digit = end;
            } else if ((c != ' ' && c != '-' && c != '.' && c != '(' && c != ')') || end - last_digit > 2) {
                break;
            }
            ++end;
        }
        const std::string_view run = text.substr(i, last_digit + 1 - i);
        i = last_digit + 1;
        if (digits < 7 || (looks_like_date(run) && digits <= 10)) {
            out += run;
            continue;
        }
        std::size_t seen = 0;
        for (const char c : run) {
            if (!is_digit(c)) continue;
            ++seen;
            if (seen <= 2 || seen > digits - 2) {
                out += c;
            } else {
                out += "•";
            }
        }
    }
    return out;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

std::optional<double> parse_double(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

std::optional<bool> parse_yes_no(std::string_view text) {
    const std::string word = lower_ascii(trim(text));
    for (const char* yes : {"yes", "y", "true", "1", "haan", "han", "हाँ", "हां", "जी हाँ"}) {
        if (word == yes) return true;
    }
    for (const char* no : {"no", "n", "false", "0", "nahin", "nahi", "नहीं", "नही"}) {
        if (word == no) return false;
    }
    return std::nullopt;
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const std::string& candidate : candidates) {
        std::vector<std::size_t> row(candidate.size() + 1);
        for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
        for (std::size_t i = 1; i <= word.size(); ++i) {
            std::size_t diagonal = row[0];
            row[0] = i;
            for (std::size_t j = 1; j < row.size(); ++j) {
                const std::size_t substitute = diagonal + (word[i - 1] != candidate[j - 1]);
                diagonal = row[j];
                row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
            }
        }
        if (row.back() < best_distance) {
            best_distance = row.back();
            best = candidate;
        }
    }
    return best;
}

std::string grouped(std::uint64_t value) {
    std::string digits = std::to_string(value);
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, ",");
    }
    return digits;
}

}  // namespace sendh
