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

bool starts_with_pair(std::string_view text, std::size_t at, char low, char high) {
    return at + 1 < text.size() && text[at] >= low && text[at] <= high && is_digit(text[at + 1]);
}

bool starts_with_date(std::string_view text) {
    const bool year = (text.starts_with("19") || text.starts_with("20") || text.starts_with("21")) &&
                      starts_with_pair(text, 2, '0', '9');
    const bool shape = year && text.size() >= 10 && text[4] == '-' && starts_with_pair(text, 5, '0', '1') &&
                       text[7] == '-' && starts_with_pair(text, 8, '0', '3');
    if (!shape) return false;
    const int month = (text[5] - '0') * 10 + (text[6] - '0');
    const int day = (text[8] - '0') * 10 + (text[9] - '0');
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

// Length of the date at the front of text ("2024-11-02", with a time behind it as ISO 8601 or a log writes
// it), 0 if there is none.
std::size_t one_date_length(std::string_view text) {
    if (!starts_with_date(text)) return 0;
    std::size_t at = 10;
    const auto pair_behind = [&](char sign, char high) {
        return at < text.size() && text[at] == sign && starts_with_pair(text, at + 1, '0', high);
    };
    if ((pair_behind('T', '2') || pair_behind(' ', '2')) && at + 3 < text.size() && text[at + 3] == ':' &&
        starts_with_pair(text, at + 4, '0', '5')) {
        at += 6;
        if (pair_behind(':', '6')) at += 3;
        if (at < text.size() && text[at] == '.') {
            std::size_t stop = at + 1;
            while (stop < text.size() && is_digit(text[stop]) && stop <= at + 6) ++stop;
            if (stop > at + 1) at = stop;
        }
        if ((pair_behind('+', '1') || pair_behind('-', '1')) && at + 3 < text.size() && text[at + 3] == ':' &&
            starts_with_pair(text, at + 4, '0', '5'))
            at += 6;
    }
    return at;
}

// The same of one date or several in a chain ("2024-11-02-2024-11-30"), 0 when digits go on behind them:
// "2011-11-11-98765" is no date. Such a run of digits is no phone number.
std::size_t date_length(std::string_view text) {
    for (std::size_t at = 0;;) {
        const std::size_t date = one_date_length(text.substr(at));
        if (date == 0) return 0;
        at += date;
        const std::string_view rest = text.substr(at);
        if (!rest.empty() && is_digit(rest[0])) return 0;
        if (rest.size() < 2 || (rest[0] != '-' && rest[0] != '.') || !is_digit(rest[1])) return at;
        ++at;
    }
}

// Bytes of the decimal digit at the front of text, 0 if there is none: ASCII, full-width, Arabic-Indic, and
// those of the Indian scripts from Devanagari to Malayalam.
std::size_t digit_length(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    if (is_digit(text[0])) return 1;
    if (byte(0) == 0xD9 && byte(1) >= 0xA0 && byte(1) <= 0xA9) return 2;
    if (byte(0) == 0xDB && byte(1) >= 0xB0 && byte(1) <= 0xB9) return 2;
    if (byte(0) == 0xE0 && byte(1) >= 0xA5 && byte(1) <= 0xB5 && byte(1) % 2 == 1 && byte(2) >= 0xA6 &&
        byte(2) <= 0xAF)
        return 3;
    if (byte(0) == 0xEF && byte(1) == 0xBC && byte(2) >= 0x90 && byte(2) <= 0x99) return 3;
    return 0;
}

// Bytes of the space, dash, dot or bracket at the front of text that may stand between the digits of a
// number.
std::size_t separator_length(std::string_view text) {
    if (std::string_view(" \t-._()[]").find(text[0]) != std::string_view::npos) return 1;
    if (text.starts_with("\xC2\xA0")) return 2;  // no-break space
    if (text.size() < 3) return 0;
    const auto last = static_cast<unsigned char>(text[2]);
    if (text.starts_with("\xE2\x80"))
        return (last >= 0x80 && last <= 0x95) || last == 0xAF ? 3 : 0;  // spaces, dashes
    return text.starts_with("\xE2\x88\x92") ? 3 : 0;                    // minus
}

// Bytes of the space or punctuation beyond ASCII at the front of text: no-break space, U+2000 to U+206F,
// danda, ideographic space, byte order mark.
std::size_t wide_sign_length(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    if (byte(0) < 0x80) return 0;
    const auto last = byte(2);
    switch (byte(0) << 8U | byte(1)) {
        case 0xC2A0: return 2;
        case 0xE280: return last >= 0x80 && last <= 0xBF ? 3 : 0;
        case 0xE281: return last >= 0x80 && last <= 0xAF ? 3 : 0;
        case 0xE0A5: return last == 0xA4 || last == 0xA5 ? 3 : 0;
        case 0xE380: return last == 0x80 ? 3 : 0;
        case 0xEFBB: return last == 0xBF ? 3 : 0;
        default: return 0;
    }
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
        if (static_cast<unsigned char>(text[i]) < 0x80) {
            ++i;
            continue;
        }
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
    for (std::size_t i = 0; i < name.size();) {
        if (const std::size_t sign = wide_sign_length(name.substr(i)); sign > 0) {
            i += sign;
            continue;
        }
        const char c = name[i++];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || is_digit(c) || static_cast<unsigned char>(c) >= 0x80)
            out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

std::string without_numbers(std::string_view text) {
    std::string out;
    std::vector<std::string_view> digits;
    for (std::size_t i = 0; i < text.size();) {
        if (const std::size_t date = date_length(text.substr(i)); date > 0) {
            out += text.substr(i, date);
            i += date;
            continue;
        }
        digits.clear();
        std::size_t end = i;  // behind the last digit
        for (std::size_t at = i; at < text.size();) {
            if (const std::size_t length = digit_length(text.substr(at)); length > 0) {
                digits.push_back(text.substr(at, length));
                end = at += length;
            } else if (const std::size_t gap = digits.empty() ? 0 : separator_length(text.substr(at));
                       gap > 0) {
                at += gap;
            } else {
                break;
            }
        }
        if (digits.empty()) {
            out += text[i++];
            continue;
        }
        if (digits.size() < 7) {
            out += text.substr(i, end - i);
        } else {
            for (std::size_t d = 0; d < digits.size(); ++d)
                out += d < 2 || d + 2 >= digits.size() ? digits[d] : "•";
        }
        i = end;
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
        std::vector<std::size_t> above = row;
        for (std::size_t i = 1; i <= word.size(); ++i) {
            const std::vector<std::size_t> above_that = std::move(above);
            above = row;
            row[0] = i;
            for (std::size_t j = 1; j < row.size(); ++j) {
                row[j] = std::min(
                    {above[j] + 1, row[j - 1] + 1, above[j - 1] + (word[i - 1] != candidate[j - 1])});
                const bool swapped =
                    i > 1 && j > 1 && word[i - 1] == candidate[j - 2] && word[i - 2] == candidate[j - 1];
                if (swapped) row[j] = std::min(row[j], above_that[j - 2] + 1);
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
