#include "calls/written_time.h"

#include <array>
#include <limits>

#include "base/text.h"

namespace sendh {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Up to `most` digits at the front of text; how many there were.
std::size_t take_number(std::string_view& text, std::size_t most, int& out) {
    std::size_t n = 0;
    int value = 0;
    while (n < most && n < text.size() && is_digit(text[n])) value = value * 10 + (text[n++] - '0');
    if (n > 0) out = value;
    text.remove_prefix(n);
    return n;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

// A month's English name, three letters or in full, without case.
int take_month(std::string_view& text) {
    constexpr std::array<std::string_view, 12> months = {"january",   "february", "march",    "april",
                                                         "may",       "june",     "july",     "august",
                                                         "september", "october",  "november", "december"};
    std::size_t n = 0;
    while (n < text.size() && ((text[n] >= 'a' && text[n] <= 'z') || (text[n] >= 'A' && text[n] <= 'Z'))) ++n;
    if (n < 3 || n > 9) return 0;
    char word[9];
    for (std::size_t i = 0; i < n; ++i) word[i] = static_cast<char>(text[i] | 0x20);
    const std::string_view low(word, n);
    for (std::size_t m = 0; m < months.size(); ++m) {
        if (low == months[m] || low == months[m].substr(0, 3) || (low == "sept" && m == 8)) {
            text.remove_prefix(n);
            return static_cast<int>(m) + 1;
        }
    }
    return 0;
}

std::optional<bool> take_half_of_day(std::string_view& text) {
    if (text.size() < 2 || (text[1] | 0x20) != 'm') return std::nullopt;
    const char c = static_cast<char>(text[0] | 0x20);
    if (c != 'a' && c != 'p') return std::nullopt;
    text.remove_prefix(2);
    return c == 'p';
}

std::optional<int> hour_of(int hour, bool afternoon) {
    if (hour < 1 || hour > 12) return std::nullopt;
    return hour % 12 + (afternoon ? 12 : 0);
}

// A fraction of a second behind its point.
bool take_fraction(std::string_view& text, int& micro) {
    int scale = 100'000;
    micro = 0;
    if (text.empty() || !is_digit(text.front())) return false;
    while (!text.empty() && is_digit(text.front())) {
        micro += (text.front() - '0') * scale;
        scale /= 10;
        text.remove_prefix(1);
    }
    return true;
}

std::optional<int> full_year(int year, std::size_t digits) {
    if (digits == 4) return year;
    if (digits == 2) return 2000 + year;
    return std::nullopt;
}

constexpr std::int64_t in_micros(std::int64_t h, std::int64_t m, std::int64_t s) {
    return ((h * 60 + m) * 60 + s) * micros_per_second;
}

}  // namespace

std::optional<WrittenDate> split_date(std::string_view text) {
    if (text.size() > 11 && (text[8] == ' ' || text[9] == ' ' || text[10] == ' ')) {
        const std::size_t gap = text.rfind(' ');
        if (text.substr(gap + 1) == "00:00:00" || text.substr(gap + 1) == "00:00")
            text = trim(text.substr(0, gap));
    }
    WrittenDate date;
    const std::size_t n = take_number(text, 4, date.first);
    if (n == 0 || n == 3 || text.empty()) return std::nullopt;
    const char separator = text.front();
    if (separator != '/' && separator != '-' && separator != '.' && separator != ' ') return std::nullopt;
    text.remove_prefix(1);
    if (n == 4) {
        if (separator == ' ') return std::nullopt;
        date.form = WrittenDate::Form::year_first;
        date.year = date.first;
        const std::size_t m = take_number(text, 2, date.second);
        if (m == 0 || !take(text, separator)) return std::nullopt;
        const std::size_t d = take_number(text, 2, date.first);
        return d > 0 && text.empty() ? std::optional(date) : std::nullopt;
    }
    if (const int month = take_month(text)) {
        date.form = WrittenDate::Form::named_month;
        date.second = month;
    } else if (separator == ' ' || take_number(text, 2, date.second) == 0) {
        return std::nullopt;
    }
    if (!take(text, separator)) return std::nullopt;
    const std::size_t y = take_number(text, 4, date.year);
    const auto year = full_year(date.year, y);
    if (!year || !text.empty()) return std::nullopt;
    if (n == 2 && y == 2 && date.form == WrittenDate::Form::two_numbers)
        date.form = WrittenDate::Form::three_numbers;
    date.year = *year;
    return date;
}

std::optional<std::int64_t> time_of_day(std::string_view text) {
    const auto digit = [&](std::size_t i) { return static_cast<unsigned>(text[i] - '0'); };
    if (text.size() == 8 && text[2] == ':' && text[5] == ':') {
        const unsigned h1 = digit(0), h2 = digit(1), m1 = digit(3), m2 = digit(4), s1 = digit(6),
                       s2 = digit(7);
        if (h1 > 2 || h2 > 9 || m1 > 5 || m2 > 9 || s1 > 5 || s2 > 9 || h1 * 10 + h2 > 23)
            return std::nullopt;
        return in_micros(h1 * 10 + h2, m1 * 10 + m2, s1 * 10 + s2);
    }
    int hour = 0;
    int minute = 0;
    int second = 0;
    int micro = 0;
    const std::size_t n = take_number(text, 2, hour);
    if (n == 0 || text.empty()) return std::nullopt;
    if (take(text, ':')) {
        if (take_number(text, 2, minute) != 2) return std::nullopt;
        if (take(text, ':') && take_number(text, 2, second) != 2) return std::nullopt;
        if (take(text, '.') && !take_fraction(text, micro)) return std::nullopt;
        text = trim(text);
        if (const auto afternoon = take_half_of_day(text)) {
            const auto full = hour_of(hour, *afternoon);
            if (!full) return std::nullopt;
            hour = *full;
        }
    } else if (n != 2 || text.size() != 4 || take_number(text, 2, minute) != 2 ||
               take_number(text, 2, second) != 2) {
        return std::nullopt;
    }
    if (!text.empty() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    return in_micros(hour, minute, second) + micro;
}

std::optional<std::int64_t> time_since_midnight(std::string_view text, Zone zone) {
    if (const auto time = time_of_day(text)) return time;
    const std::size_t at = text.find_last_of("+-Zz");
    if (at == std::string_view::npos || at < 4) return std::nullopt;
    const auto time = time_of_day(trim(text.substr(0, at)));
    const auto stated = parse_zone(text.substr(at));
    if (!time || !stated.ok()) return std::nullopt;
    return *time + micros_per_second * (zone.offset_seconds - stated->offset_seconds);
}

std::optional<std::int32_t> seconds_of(std::string_view text) {
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    std::int64_t total = 0;
    std::int64_t part = 0;
    std::size_t digits = 0;
    int colons = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_digit(c)) {
            part = part * 10 + (c - '0');
            if (++digits > 10) return std::nullopt;
        } else if (c == ':' && digits > 0 && colons < 2) {
            total = (total + part) * 60;
            part = 0;
            digits = 0;
            ++colons;
        } else if (c == '.' && digits > 0) {
            for (const char f : text.substr(i + 1)) {
                if (!is_digit(f)) return std::nullopt;
            }
            break;
        } else {
            return std::nullopt;
        }
        if (colons > 0 && part > 59) return std::nullopt;
    }
    if (digits == 0 || total + part > most) return std::nullopt;
    return static_cast<std::int32_t>(total + part);
}

std::optional<Micros> epoch_time(std::string_view text, std::int64_t per_second) {
    constexpr std::int64_t first = -2'208'988'800LL;  // 1900
    constexpr std::int64_t last = 7'289'654'400LL;    // 2201
    const std::string_view whole = text.substr(0, text.find('.'));
    const auto value = parse_integer(whole);
    if (!value) return std::nullopt;
    std::int64_t fraction = 0;
    if (whole.size() < text.size()) {
        std::string_view rest = text.substr(whole.size() + 1);
        int micro = 0;
        if (!rest.empty() && (!take_fraction(rest, micro) || !rest.empty())) return std::nullopt;
        fraction = micro / per_second;
    }
    if (*value / per_second < first || *value / per_second >= last) return std::nullopt;
    return Micros{*value * (micros_per_second / per_second) + fraction};
}

std::size_t end_of_date(std::string_view text) {
    for (std::size_t i = 1; i + 3 < text.size(); ++i) {
        if ((text[i] != ' ' && text[i] != 'T') || !is_digit(text[i + 1])) continue;
        if (text[i + 2] != ':' && (!is_digit(text[i + 2]) || text[i + 3] != ':')) continue;
        while (i > 0 && (text[i - 1] == ' ' || text[i - 1] == ',')) --i;
        return i;
    }
    return text.size();
}

Result<TimeFormat> TimeFormat::parse(std::string_view format, Gives gives) {
    TimeFormat out;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') {
            out.format_ += format[i];
            continue;
        }
        const char c = i + 1 < format.size() ? format[++i] : '\0';
        if (c == 'T') {
            out.format_ += "%H:%M:%S";
        } else if (c == 'F') {
            out.format_ += "%Y-%m-%d";
        } else if (std::string_view("YymdeHIMSfpbBz%").find(c) != std::string_view::npos && c != '\0') {
            out.format_ += '%';
            out.format_ += c == 'e' ? 'd' : c == 'B' ? 'b' : c;
        } else {
            return Fault{FaultKind::input,
                         "a time format does not know %" + std::string(1, c == '\0' ? ' ' : c), "",
                         "use %Y %y %m %d %e %H %I %M %S %f %p %b %B %z %T %F %%"};
        }
    }
    std::string present;
    for (std::size_t i = 0; i + 1 < out.format_.size(); ++i) {
        if (out.format_[i] == '%') present += out.format_[++i];
    }
    const auto has = [&](std::string_view any) { return present.find_first_of(any) != std::string::npos; };
    const bool date = has("Yy") && has("mb") && has("d");
    const bool time = (has("H") || (has("I") && has("p"))) && has("M");
    if ((gives != Gives::time && !date) || (gives != Gives::date && !time)) {
        const char* what = gives == Gives::date   ? "a date format needs year, month and day"
                           : gives == Gives::time ? "a time format needs hour (%H, or %I with %p) and minute"
                                                  : "a time format needs year, month, day, hour and minute";
        return Fault{FaultKind::input, what, "", "for example %d/%m/%Y %H:%M:%S"};
    }
    return out;
}

std::optional<TimeFormat::Parts> TimeFormat::read(std::string_view text) const {
    Parts parts;
    CivilTime& c = parts.civil;
    std::optional<bool> afternoon;
    int twelve = 0;
    const std::string_view format = format_;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] == ' ') {
            while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
            continue;
        }
        if (format[i] != '%') {
            if (!take(text, format[i])) return std::nullopt;
            continue;
        }
        bool ok = false;
        switch (format[++i]) {
            case 'Y': ok = take_number(text, 4, c.year) == 4; break;
            case 'y': ok = take_number(text, 2, c.year) == 2, c.year += 2000; break;
            case 'm': ok = take_number(text, 2, c.month) > 0; break;
            case 'd':
                take(text, ' ');
                ok = take_number(text, 2, c.day) > 0;
                break;
            case 'H': ok = take_number(text, 2, c.hour) > 0; break;
            case 'I': ok = take_number(text, 2, twelve) > 0; break;
            case 'M': ok = take_number(text, 2, c.minute) > 0; break;
            case 'S': ok = take_number(text, 2, c.second) > 0; break;
            case 'f': ok = take_fraction(text, c.micro); break;
            case 'p': afternoon = take_half_of_day(text), ok = afternoon.has_value(); break;
            case 'b': c.month = take_month(text), ok = c.month > 0; break;
            case 'z': {
                std::size_t n = !text.empty() && (text.front() == 'Z' || text.front() == 'z') ? 1 : 0;
                if (n == 0) {
                    while (n < text.size() && n < 6 &&
                           (is_digit(text[n]) || text[n] == ':' || (n == 0 && text[n] != ' ')))
                        ++n;
                }
                const auto zone = parse_zone(text.substr(0, n));
                ok = n > 0 && zone.ok();
                if (ok) parts.zone = *zone;
                text.remove_prefix(n);
                break;
            }
            default: ok = take(text, '%'); break;
        }
        if (!ok) return std::nullopt;
    }
    if (!text.empty()) return std::nullopt;
    if (afternoon && twelve > 0) {
        const auto hour = hour_of(twelve, *afternoon);
        if (!hour) return std::nullopt;
        c.hour = *hour;
    }
    if (afternoon && twelve == 0 && format.find("%I") != std::string_view::npos) return std::nullopt;
    return parts;
}

}  // namespace sendh
