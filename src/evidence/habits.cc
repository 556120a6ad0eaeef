#include "evidence/habits.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>

#include "base/text.h"

namespace sendh {

namespace {

constexpr std::size_t most_remembered = 200;
constexpr std::size_t fewest_for_a_habit = 5;
constexpr double fewest_rows = 50;
constexpr double fewest_rows_masked = 1'000;
constexpr double times_the_median = 5;
constexpr double deviations = 10;
constexpr double mad_to_sigma = 1.4826;
constexpr std::uint64_t rows_without_habit = 1'000;
constexpr int night_begins = 22;
constexpr int night_ends = 6;
constexpr std::ptrdiff_t fewest_nights = 4;
constexpr std::int64_t burst_time = 10 * 60 * micros_per_second;

bool in_clear(const LogEntry& entry) { return entry.kind != "reading"; }

// Of an even number the upper one of the two in the middle.
double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

std::string rounded(double value) { return grouped(static_cast<std::uint64_t>(std::llround(value))); }

std::optional<std::string> too_many_rows(const LogEntry& entry, const std::deque<std::uint64_t>& earlier) {
    const std::uint64_t rows = entry.count("rows");
    if (earlier.size() < fewest_for_a_habit) {
        if (entry.kind == "copy_issued" || !in_clear(entry) || rows <= rows_without_habit)
            return std::nullopt;
        return grouped(rows) + " rows in clear, and " +
               (earlier.empty() ? "no earlier reading of this kind"
                                : "only " + grouped(earlier.size()) + " earlier readings of this kind");
    }
    std::vector<double> values(earlier.begin(), earlier.end());
    const double middle = median(values);
    for (double& value : values) value = std::abs(value - middle);
    const double spread = median(values) * mad_to_sigma;
    const double floor = in_clear(entry) ? fewest_rows : fewest_rows_masked;
    const double most = std::max({floor, times_the_median * middle, middle + deviations * spread});
    if (static_cast<double>(rows) <= most) return std::nullopt;
    return grouped(rows) + " rows; the median of " + grouped(earlier.size()) + " earlier readings is " +
           rounded(middle) + ", and more than " + rounded(most) + " is unusual";
}

std::string clock(const CivilTime& time) {
    char out[32];
    std::snprintf(out, sizeof out, "%02d:%02d", time.hour, time.minute);
    return out;
}

template <class T>
void remember(std::deque<T>& memory, T value) {
    memory.push_back(value);
    if (memory.size() > most_remembered) memory.pop_front();
}

}  // namespace

bool is_reading(const LogEntry& entry) {
    return entry.kind == "reading" || entry.kind == "reveal" || entry.kind == "rejects_exported" ||
           entry.kind == "copy_issued";
}

std::vector<UnusualReason> ReadingHabits::see(const LogEntry& entry) {
    std::vector<UnusualReason> out;
    Earlier& user = users_[entry.who];
    const bool first = user.entries++ == 0;
    if (!is_reading(entry)) return out;

    // Lists of registers and the like show no rows of anybody.
    if (entry.count("rows") > 0) {
        auto& rows = user.rows[entry.kind + " " + entry.text("what")];
        if (const auto why = too_many_rows(entry, rows)) out.push_back({"rows", *why});
        remember(rows, entry.count("rows"));
    }

    if (in_clear(entry)) {
        const CivilTime local = to_civil(entry.time, zone_);
        const bool night = local.hour >= night_begins || local.hour < night_ends;
        const auto nights = std::count(user.at_night.begin(), user.at_night.end(), true);
        const bool habit =
            nights >= fewest_nights && static_cast<std::size_t>(nights) * 4 >= user.at_night.size();
        if (night && !habit)
            out.push_back({"night", "at " + clock(local) + ", between 22:00 and 06:00; of " +
                                        grouped(user.at_night.size()) + " earlier readings in clear " +
                                        grouped(static_cast<std::uint64_t>(nights)) + " were"});
        remember(user.at_night, night);
    }
    if (first) out.push_back({"first", "the first entry of this user in the log"});

    if (entry.count("rows") == 0) return out;
    // A clock that was set back begins anew.
    while (!user.recent.empty() &&
           (user.recent.front().value <= entry.time.value - burst_time || user.recent.front() > entry.time))
        user.recent.pop_front();
    user.recent.push_back(entry.time);
    const std::size_t many = user.recent.size();
    if (many < burst / 2) user.next_burst = burst;
    if (many >= user.next_burst) {
        user.next_burst *= 2;
        out.push_back({"burst", grouped(many) + " readings within 10 minutes"});
    }
    return out;
}

}  // namespace sendh
