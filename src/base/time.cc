#include "base/time.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "base/text.h"

namespace sendh {

namespace {

// Days from 1970-01-01 (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
constexpr std::int64_t days_from_civil(std::int64_t y, unsigned m, unsigned d) {
    y -= m <= 2;
    const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
    const auto yoe = static_cast<unsigned>(y - era * 400);
    const unsigned doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + static_cast<std::int64_t>(doe) - 719468;
}

constexpr int days_in_month(int year, int month) {
    constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

// Reads exactly `width` digits at the front of text and drops them.
bool take(std::string_view& text, std::size_t width, int& out) {
    if (text.size() < width) return false;
    int value = 0;
    for (std::size_t i = 0; i < width; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        value = value * 10 + (text[i] - '0');
    }
    out = value;
    text.remove_prefix(width);
    return true;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<Zone> take_offset(std::string_view text) {
    if (text == "Z" || text == "z") return Zone{0};
    const int sign = !text.empty() && text.front() == '-' ? -1 : 1;
    if (!take(text, '+') && !take(text, '-')) return std::nullopt;
    int hours = 0;
    int minutes = 0;
    if (!take(text, 2, hours)) return std::nullopt;
    const bool colon = take(text, ':');
    if ((colon || !text.empty()) && !take(text, 2, minutes)) return std::nullopt;
    if (!text.empty() || hours > 14 || minutes > 59) return std::nullopt;
    return Zone{sign * (hours * 3600 + minutes * 60)};
}

}  // namespace

Result<Zone> parse_zone(std::string_view text) {
    constexpr const char* give = "give Asia/Kolkata, UTC or an offset such as +05:30";
    const std::string name = lower_ascii(text);
    if (name == "asia/kolkata" || name == "asia/calcutta" || name == "ist") return Zone{};
    if (name == "utc" || name == "etc/utc" || name == "gmt") return Zone{0};
    if (auto zone = take_offset(text)) return *zone;
    if (text.size() == 5 && text[2] == ':') {  // +5:30
        if (auto zone = take_offset(std::string(text).insert(1, "0"))) return *zone;
    }
    const std::string near = nearest(name, {"asia/kolkata", "asia/calcutta", "etc/utc"});
    if (!near.empty()) {
        return Fault{
            FaultKind::input, "unknown time zone", without_numbers(text),
            std::string("did you mean ") + (near == "etc/utc" ? "UTC" : "Asia/Kolkata") + "? else " + give};
    }
    const bool is_place = name.find('/') != std::string::npos;
    const bool is_short = name.size() >= 2 && name.size() <= 5 &&
                          name.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos;
    if (is_place || is_short) {
        return Fault{
            FaultKind::input, "time zones other than Asia/Kolkata and UTC are not known by name",
            without_numbers(text),
            "give the offset that its clocks had in the file, such as +04:00; if they changed within the "
            "file (daylight saving), split the file at the change and give each part its offset"};
    }
    return Fault{FaultKind::input, "unknown time zone", without_numbers(text), give};
}

std::string to_text(Zone zone) {
    if (zone == Zone{}) return "Asia/Kolkata";
    if (zone.offset_seconds == 0) return "UTC";
    const int minutes = std::abs(zone.offset_seconds) / 60;
    char out[16];
    std::snprintf(out, sizeof out, "%c%02d:%02d", zone.offset_seconds < 0 ? '-' : '+', minutes / 60,
                  minutes % 60);
    return out;
}

std::optional<Micros> to_micros(const CivilTime& c, Zone zone) {
    if (c.year < 1900 || c.year > 2200 || c.month < 1 || c.month > 12 || c.day < 1) return std::nullopt;
    if (c.day > days_in_month(c.year, c.month)) return std::nullopt;
    if (c.hour < 0 || c.hour > 23 || c.minute < 0 || c.minute > 59 || c.second < 0 || c.second > 60)
        return std::nullopt;
    if (c.micro < 0 || c.micro >= micros_per_second) return std::nullopt;
    const std::int64_t days =
        days_from_civil(c.year, static_cast<unsigned>(c.month), static_cast<unsigned>(c.day));
    const std::int64_t seconds =
        days * 86'400 + c.hour * 3600 + c.minute * 60 + c.second - zone.offset_seconds;
    return Micros{seconds * micros_per_second + c.micro};
}

CivilTime to_civil(Micros instant, Zone zone) {
    const std::int64_t local = instant.value + zone.offset_seconds * micros_per_second;
    std::int64_t days = local / micros_per_day;
    std::int64_t rest = local % micros_per_day;
    if (rest < 0) {
        rest += micros_per_day;
        --days;
    }
    const std::int64_t z = days + 719468;
    const std::int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    const auto doe = static_cast<unsigned>(z - era * 146097);
    const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const unsigned mp = (5 * doy + 2) / 153;
    const unsigned month = mp < 10 ? mp + 3 : mp - 9;
    CivilTime c;
    c.year = static_cast<int>(static_cast<std::int64_t>(yoe) + era * 400 + (month <= 2));
    c.month = static_cast<int>(month);
    c.day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
    const auto seconds = static_cast<int>(rest / micros_per_second);
    c.hour = seconds / 3600;
    c.minute = seconds / 60 % 60;
    c.second = seconds % 60;
    c.micro = static_cast<int>(rest % micros_per_second);
    return c;
}

std::optional<Micros> parse_iso(std::string_view text, Zone zone) {
    CivilTime c;
    if (!take(text, 4, c.year) || !take(text, '-') || !take(text, 2, c.month) || !take(text, '-') ||
        !take(text, 2, c.day)) {
        return std::nullopt;
    }
    if (text.empty()) return to_micros(c, zone);
    if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
    if (!take(text, 2, c.hour) || !take(text, ':') || !take(text, 2, c.minute)) return std::nullopt;
    const bool seconds = take(text, ':');
    if (seconds && !take(text, 2, c.second)) return std::nullopt;
    if (seconds && take(text, '.')) {
        int scale = 100'000;
        if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
        while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
            c.micro += (text.front() - '0') * scale;
            scale /= 10;
            text.remove_prefix(1);
        }
    }
    if (take(text, ' ') && text.empty()) return std::nullopt;
    if (text == "UTC") text = "Z";
    if (!text.empty()) {
        const auto offset = take_offset(text);
        if (!offset) return std::nullopt;
        zone = *offset;
    }
    return to_micros(c, zone);
}

std::string iso_date(Micros instant, Zone zone) {
    const CivilTime c = to_civil(instant, zone);
    char out[32];
    std::snprintf(out, sizeof out, "%04d-%02d-%02d", c.year, c.month, c.day);
    return out;
}

std::string readable_time(Micros instant, Zone zone) {
    const CivilTime c = to_civil(instant, zone);
    char out[64];
    std::snprintf(out, sizeof out, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day, c.hour, c.minute,
                  c.second);
    return out;
}

std::string iso_time(Micros instant, Zone zone) {
    std::string out = readable_time(instant, zone);
    out[10] = 'T';
    if (zone.offset_seconds == 0) return out + "Z";
    const int minutes = std::abs(zone.offset_seconds) / 60;
    char tail[16];
    std::snprintf(tail, sizeof tail, "%c%02d:%02d", zone.offset_seconds < 0 ? '-' : '+', minutes / 60,
                  minutes % 60);
    return out + tail;
}

Micros now() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return Micros{std::chrono::duration_cast<std::chrono::microseconds>(since).count()};
}

}  // namespace sendh
