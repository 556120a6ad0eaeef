// When a call can have been. What lies outside was read wrongly, or written by a clock that was wrong:
// seconds since 1970 taken for milliseconds, a year of two digits out of the last century, a switch that had
// lost its time.
//
//   impossible  before 1980 (no exchange that writes such records is older), or more than a year after now:
//               the row is refused (bad_time)
//   doubtful    before 1990, or more than a day after now: taken, counted and said
//
// Thread rule: a value.
#pragma once

#include <limits>
#include <optional>

#include "base/time.h"

namespace sendh {

class CallTimes {
public:
    CallTimes() = default;
    // Without now, no time is too late.
    explicit CallTimes(std::optional<Micros> now) {
        if (!now) return;
        last_likely_ = now->value + micros_per_day;
        last_ = now->value + 366 * micros_per_day;
    }
    [[nodiscard]] bool possible(Micros time) const { return time.value >= first && time.value <= last_; }
    [[nodiscard]] bool doubtful(Micros time) const {
        return time.value < first_likely || time.value > last_likely_;
    }

private:
    static constexpr std::int64_t first = 315'532'800 * micros_per_second;         // 1980-01-01
    static constexpr std::int64_t first_likely = 631'152'000 * micros_per_second;  // 1990-01-01
    std::int64_t last_likely_ = std::numeric_limits<std::int64_t>::max();
    std::int64_t last_ = std::numeric_limits<std::int64_t>::max();
};

}  // namespace sendh
