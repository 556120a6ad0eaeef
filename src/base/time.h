// Micros: an instant as microseconds since 1970-01-01 00:00 UTC; the only form in which the system keeps
// time. Zone: a fixed offset from UTC. (C++20's time zones are not in this compiler; the zones that call
// records of the users come in have been constant for decades. A zone whose clocks change is refused: a file
// from there is split at the change, and each part given its offset.)
//
// Thread rule: values and pure functions.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sendh {

struct Micros {
    std::int64_t value = 0;
    friend constexpr auto operator<=>(Micros, Micros) = default;
};

inline constexpr std::int64_t micros_per_second = 1'000'000;
inline constexpr std::int64_t micros_per_hour = 3'600 * micros_per_second;
inline constexpr std::int64_t micros_per_day = 24 * micros_per_hour;

struct Zone {
    std::int32_t offset_seconds = 19'800;  // +05:30
    friend constexpr bool operator==(Zone, Zone) = default;
};

// "Asia/Kolkata", "IST", "UTC", "Z" (without regard to case), "+05:30", "+5:30", "-0400". Fault (input)
// otherwise: with the name that was probably meant, or with what to do for a zone whose clocks change.
[[nodiscard]] Result<Zone> parse_zone(std::string_view text);
[[nodiscard]] std::string to_text(Zone zone);

struct CivilTime {
    int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, micro = 0;
};

// Nothing when a field is out of range (month 13, 30 February, hour 24). Years 1900 to 2200.
[[nodiscard]] std::optional<Micros> to_micros(const CivilTime& civil, Zone zone);
[[nodiscard]] CivilTime to_civil(Micros instant, Zone zone);

// ISO 8601 date, or date and time: "2024-11-02", "2024-11-02T10:20:30(.ffffff)(Z|+05:30)", space for T.
// Without an offset the zone given holds.
[[nodiscard]] std::optional<Micros> parse_iso(std::string_view text, Zone zone);

[[nodiscard]] std::string iso_date(Micros instant, Zone zone);       // 2024-11-02
[[nodiscard]] std::string iso_time(Micros instant, Zone zone);       // 2024-11-02T10:20:30+05:30
[[nodiscard]] std::string readable_time(Micros instant, Zone zone);  // 2024-11-02 10:20:30

// The wall clock, now.
[[nodiscard]] Micros now();

}  // namespace sendh
