// The period that a report says it covers, in the lines above its header. It is evidence for the order in
// which its dates are written (calls/date_order.h), and a date outside of it is worth a word.
//
// Read in the forms that operators write:
//   Call Details of Mobile No '…' from '01-Apr-2026' to '30-Apr-2026'
//   Date Range :,2026-01-01 00:00:00 to 2026-06-30 23:59:59
//   From Date :- 01/01/2026 00:00:00      Till Date :- 23/03/2026 13:27:50
//   Start Date : 202601010000             End Date : 202606250000
// Days as yyyymmdd. A period whose own dates read two ways is none; one without an end goes on.
//
// Thread rule: values and pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "calls/reader.h"
#include "calls/written_time.h"

namespace sendh {

struct StatedPeriod {
    int first = 0, last = 0;  // both belong to it
    std::uint64_t line = 0;   // where it begins to be stated
};

// header_line: the line of the header, from 1. Nothing when no period is stated above it.
[[nodiscard]] std::optional<StatedPeriod> stated_period(const FileHead& head, std::uint64_t header_line);

// The day of a date with the day, the month and the year first; 0 where it cannot be read so.
[[nodiscard]] std::array<int, 3> days_of(const WrittenDate& date);

// "2026-04-01 to 2026-04-30"
[[nodiscard]] std::string text_of(const StatedPeriod& period);

}  // namespace sendh
