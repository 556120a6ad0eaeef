#include "calls/stated_period.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <utility>
#include <vector>

#include "base/text.h"

namespace sendh {

namespace {

constexpr int no_end = 99'991'231;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// yyyymmdd, yyyymmddHHMM or yyyymmddHHMMSS.
std::optional<WrittenDate> compact_date(std::string_view text) {
    if (text.size() != 8 && text.size() != 12 && text.size() != 14) return std::nullopt;
    const auto day = parse_integer(text.substr(0, 8));
    if (!day || *day < 19'900'101 || *day > 21'001'231) return std::nullopt;
    const auto number = static_cast<int>(*day);
    return WrittenDate{WrittenDate::Form::year_first, number % 100, number / 100 % 100, number / 10'000};
}

std::vector<WrittenDate> dates_in(std::string_view line) {
    std::vector<WrittenDate> out;
    for (std::size_t i = 0; i < line.size();) {
        const bool begins =
            is_digit(line[i]) && (i == 0 || (!is_digit(line[i - 1]) && !is_letter(line[i - 1])));
        std::size_t end = i;
        while (begins && end < line.size() &&
               (is_digit(line[end]) || is_letter(line[end]) ||
                std::string_view("/.-").find(line[end]) != std::string_view::npos))
            ++end;
        std::string_view word = line.substr(i, end - i);
        if (word.size() > 10 && word[10] == 'T' && word[4] == '-') word = word.substr(0, 10);
        if (auto date = compact_date(word)) {
            out.push_back(*date);
        } else if (auto written = split_date(word)) {
            out.push_back(*written);
        }
        i = std::max(end, i + 1);
    }
    return out;
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> beginnings) {
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](std::string_view b) { return text.starts_with(b); });
}

}  // namespace

std::array<int, 3> days_of(const WrittenDate& date) {
    const auto day = [](int year, int m, int d) {
        return m >= 1 && m <= 12 && d >= 1 && d <= 31 ? year * 10'000 + m * 100 + d : 0;
    };
    if (date.form != WrittenDate::Form::two_numbers && date.form != WrittenDate::Form::three_numbers) {
        const int only = day(date.year, date.second, date.first);
        return {only, only, only};
    }
    return {day(date.year, date.second, date.first), day(date.year, date.first, date.second),
            date.form == WrittenDate::Form::three_numbers
                ? day(2000 + date.first, date.second, date.year - 2000)
                : 0};
}

std::string text_of(const StatedPeriod& period) {
    const auto text = [](int day) {
        char out[48];
        std::snprintf(out, sizeof out, "%04d-%02d-%02d", day / 10'000, day / 100 % 100, day % 100);
        return std::string(out);
    };
    return text(period.first) + (period.last == no_end ? " and later" : " to " + text(period.last));
}

std::optional<StatedPeriod> stated_period(const FileHead& head, std::uint64_t header_line) {
    std::optional<WrittenDate> from;
    std::optional<WrittenDate> to;
    std::uint64_t at = 0;
    std::string_view rest = head.bytes;
    for (std::uint64_t number = 1; number < header_line && !rest.empty(); ++number) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, std::min<std::size_t>(end, 400));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const std::vector<WrittenDate> dates = dates_in(line);
        const std::string text = lower_ascii(line);
        const std::string key = column_key(line.substr(0, 40));
        if (dates.size() == 2 &&
            (text.find("from") != std::string::npos || text.find("range") != std::string::npos ||
             text.find("period") != std::string::npos || text.find("between") != std::string::npos)) {
            from = dates[0], to = dates[1], at = number;
        } else if (dates.size() == 1 && starts_with_any(key, {"from", "startdate", "periodfrom"})) {
            from = dates[0], at = number;
        } else if (dates.size() == 1 && starts_with_any(key, {"todate", "to2", "to1", "to0", "to3", "till",
                                                              "enddate", "upto", "periodto"})) {
            to = dates[0];
        }
    }
    if (!from) return std::nullopt;
    std::set<std::pair<int, int>> readings;
    const std::array<int, 3> first = days_of(*from);
    const std::array<int, 3> last = to ? days_of(*to) : std::array{no_end, no_end, no_end};
    for (std::size_t i = 0; i < first.size(); ++i) {
        if (first[i] != 0 && last[i] != 0 && first[i] <= last[i]) readings.emplace(first[i], last[i]);
    }
    if (readings.size() != 1) return std::nullopt;
    return StatedPeriod{readings.begin()->first, readings.begin()->second, at};
}

}  // namespace sendh
