#include "casework/cell_values.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/text.h"
#include "base/time.h"

namespace sendh {

namespace {

constexpr std::size_t significant_of_destroyed = 6;
constexpr std::size_t most_digits = 20;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// The format's letters that count, in lower case: no literals, colours, locales; an elapsed part as H, M or
// S.
std::string letters_of(std::string_view code) {
    std::string out;
    for (std::size_t i = 0; i < code.size(); ++i) {
        const char c = code[i];
        if (c == ';') break;
        if (c == '"') {
            i = std::min(code.find('"', i + 1), code.size());
        } else if (c == '\\' || c == '_' || c == '*') {
            ++i;
        } else if (c == '[') {
            const std::size_t end = std::min(code.find(']', i), code.size());
            const std::string inside = lower_ascii(code.substr(i + 1, end - i - 1));
            const bool elapsed = !inside.empty() && (inside.find_first_not_of('h') == std::string::npos ||
                                                     inside.find_first_not_of('m') == std::string::npos ||
                                                     inside.find_first_not_of('s') == std::string::npos);
            if (elapsed) out += static_cast<char>(inside[0] - ('a' - 'A'));
            i = end;
        } else {
            out += lower(c);
        }
    }
    return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string clock(std::int64_t milliseconds) {
    const std::int64_t seconds = milliseconds / 1'000;
    char text[40];
    std::snprintf(text, sizeof text, "%02lld:%02d:%02d", static_cast<long long>(seconds / 3'600),
                  static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
    std::string out = text;
    if (const auto rest = static_cast<int>(milliseconds % 1'000); rest != 0) {
        std::snprintf(text, sizeof text, ".%03d", rest);
        out += text;
    }
    return out;
}

}  // namespace

TimeShown builtin_format(std::uint32_t id) {
    TimeShown shown;
    shown.date = (id >= 14 && id <= 17) || id == 22;
    shown.time = (id >= 18 && id <= 22) || (id >= 45 && id <= 47);
    shown.elapsed = id == 46;
    shown.fractions = id == 47;
    return shown;
}

TimeShown shown_by(std::string_view format_code) {
    std::string code = letters_of(format_code);
    for (const char* word : {"general", "am/pm", "a/p"}) {
        for (std::size_t at = code.find(word); at != std::string::npos; at = code.find(word))
            code.replace(at, std::string_view(word).size(), word[0] == 'a' ? "p" : "");
    }
    TimeShown shown;
    char before = 0;  // the last letter that was a part of a date or time
    for (std::size_t i = 0; i < code.size(); ++i) {
        const char c = code[i];
        switch (c) {
            case 'y':
            case 'd': shown.date = true; break;
            case 'h':
            case 's':
            case 'p': shown.time = true; break;
            case 'H':
            case 'M':
            case 'S': shown.time = shown.elapsed = true; break;
            case 'm': {
                const std::size_t end = std::min(code.find_first_not_of('m', i), code.size());
                const std::size_t next = std::min(code.find_first_of("ydhsHS", end), code.size());
                const bool minutes = before == 'h' || before == 'H' ||
                                     (next < code.size() && (code[next] == 's' || code[next] == 'S'));
                (minutes ? shown.time : shown.date) = true;
                i = end - 1;
                break;
            }
            default: break;
        }
        if (c == 's' || c == 'S') {
            const std::size_t end = std::min(code.find_first_not_of('s', i), code.size());
            if (code.substr(end).starts_with(".0")) shown.fractions = true;
        }
        if (std::string_view("ydhsmHMS").find(c) != std::string_view::npos) before = c;
    }
    return shown;
}

std::optional<std::string> time_text(double serial, TimeShown shown, bool from_1904) {
    constexpr double last_day = 2'958'466;  // 1 January 10000 in the 1900 system
    constexpr std::int64_t day_ms = 86'400'000;
    constexpr std::int64_t epoch = 25'569;     // 1 January 1970 in the 1900 system, from 1 March 1900 on
    constexpr std::int64_t days_1904 = 1'462;  // between the two systems
    if (!(serial >= 0) || serial >= last_day) return std::nullopt;
    const std::int64_t unit = shown.fractions ? 1 : 1'000;
    auto ms = static_cast<std::int64_t>(
                  std::llround(serial * static_cast<double>(day_ms) / static_cast<double>(unit))) *
              unit;
    if (shown.elapsed && !shown.date) return clock(ms);
    const bool no_date = serial < 1 && !(from_1904 && shown.date);
    if (no_date) ms = std::min(ms, day_ms - unit);
    const std::int64_t time = ms % day_ms;
    std::int64_t day = ms / day_ms;
    if (no_date) {
        if (!shown.time && time == 0) return std::nullopt;
        return clock(time);
    }
    if (from_1904) {
        day += days_1904;
    } else if (day == 60) {
        return std::nullopt;
    } else if (day < 60) {
        ++day;  // the 1900 system counts a 29 February 1900
    }
    const Micros instant{((day - epoch) * day_ms + time) * 1'000};
    std::string text = iso_date(instant, Zone{0});
    if (shown.time || time != 0) text += " " + clock(time);
    return text;
}

std::string number_text(std::string_view written) {
    std::string as_it_is(written);
    std::string_view rest = written;
    const bool negative = rest.starts_with('-');
    if (negative) rest.remove_prefix(1);
    std::string digits;
    std::size_t fraction = 0;
    bool point = false;
    std::size_t i = 0;
    for (; i < rest.size() && (is_digit(rest[i]) || (rest[i] == '.' && !point)); ++i) {
        if (rest[i] == '.') {
            point = true;
        } else {
            digits += rest[i];
            fraction += point ? 1 : 0;
        }
    }
    if (digits.size() == fraction) return as_it_is;
    std::int64_t exponent = 0;
    if (i < rest.size()) {
        if (lower(rest[i]) != 'e') return as_it_is;
        std::string_view tail = rest.substr(i + 1);
        if (tail.starts_with('+')) tail.remove_prefix(1);
        const auto value = parse_integer(tail);
        if (!value || *value < 0 || *value > static_cast<std::int64_t>(most_digits)) return as_it_is;
        exponent = *value;
    }
    while (fraction > 0 && digits.back() == '0') {
        digits.pop_back();
        --fraction;
    }
    const auto shift = static_cast<std::size_t>(exponent);
    if (fraction > shift) return as_it_is;
    const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    const std::size_t last = digits.find_last_not_of('0');
    const std::size_t significant = last == std::string::npos ? 0 : last - first + 1;
    const std::size_t zeros = shift - fraction;
    if (shift > 0 && zeros > 0 && significant <= significant_of_destroyed) return as_it_is;
    std::string whole = digits.substr(shift > 0 || point ? first : 0) + std::string(zeros, '0');
    if (shift > 0 && whole.size() > most_digits) return as_it_is;
    return (negative ? "-" : "") + whole;
}

}  // namespace sendh
