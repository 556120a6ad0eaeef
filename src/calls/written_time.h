// Dates and times as people and switches write them, taken apart without deciding what nobody wrote down:
// 03/04/2025 stays two numbers until calls/date_order.h has decided for the whole file, and so does 26/05/02,
// which may begin with the year.
//
// Thread rule: values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sendh {

struct WrittenDate {
    enum class Form : std::uint8_t {
        two_numbers,    // 03/04/2025: which is the day is open
        year_first,     // 2025-04-03
        named_month,    // 03-Apr-2025
        three_numbers,  // 03/04/25: even which is the year is open
    };
    Form form = Form::two_numbers;
    int first = 0;   // two and three numbers: as written; else the day
    int second = 0;  // two and three numbers: as written; else the month
    int year = 0;    // three_numbers: 2000 and the last one
};

// A date and nothing else. Separators / - . or, around a named month, a space. Years of two digits are 20yy.
// A midnight written behind a date (as spreadsheets do)
// is dropped. Numbers are not checked for range.
[[nodiscard]] std::optional<WrittenDate> split_date(std::string_view text);

// "9:17:12", "14:17", "14:17:12.250", "2:17:12 PM", "141712": microseconds since midnight.
[[nodiscard]] std::optional<std::int64_t> time_of_day(std::string_view text);

// The same with an offset from UTC behind it ("14:17:12+05:30", "2:17 PM Z"): what to add to the midnight of
// the date in `zone`. The offset goes before the zone.
[[nodiscard]] std::optional<std::int64_t> time_since_midnight(std::string_view text, Zone zone);

// "41", "41.0", "00:00:41", "0:41": whole seconds (a fraction is cut off).
[[nodiscard]] std::optional<std::int32_t> seconds_of(std::string_view text);

// Seconds (10^9 …) or finer since 1970; `per_second` units in a second. A decimal fraction is allowed.
[[nodiscard]] std::optional<Micros> epoch_time(std::string_view text, std::int64_t per_second);

// How date and time stand in one cell.
enum class TimeForm : std::uint8_t { any, iso, epoch, epoch_ms, epoch_us, format };

// Where the time of day begins in a cell that holds date and time ("23/01/2025 9:17:12 PM"), with the gap
// before it; text.size() if there is none.
[[nodiscard]] std::size_t end_of_date(std::string_view text);

// A form like strptime's: %Y %y %m %d %e %H %I %M %S %f %p %b %B %z %T %F %%; a space stands for any number
// of spaces, every other character for itself.
class TimeFormat {
public:
    // What the form has to give.
    enum class Gives : std::uint8_t { date_and_time, date, time };
    // Fault (input) that names an unknown % or a missing part.
    [[nodiscard]] static Result<TimeFormat> parse(std::string_view format, Gives gives);

    struct Parts {
        CivilTime civil;
        std::optional<Zone> zone;
    };
    // Nothing unless the whole text fits.
    [[nodiscard]] std::optional<Parts> read(std::string_view text) const;

private:
    std::string format_;
};

}  // namespace sendh
