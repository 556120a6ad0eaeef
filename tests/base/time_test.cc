#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <chrono>
#include <string>

#include "base/time.h"

using namespace sendh;

namespace {

constexpr Zone utc{0};
constexpr Zone india{};

std::optional<std::int64_t> iso(std::string_view text, Zone zone = utc) {
    const auto instant = parse_iso(text, zone);
    return instant ? std::optional(instant->value) : std::nullopt;
}

}  // namespace

TEST_CASE("a date of ISO 8601 is midnight in the zone given") {
    CHECK(iso("1970-01-01") == 0);
    CHECK(iso("2024-11-02") == 1'730'505'600 * micros_per_second);
    CHECK(iso("2024-11-02", india) == 1'730'505'600 * micros_per_second - 19'800 * micros_per_second);
    CHECK(iso("1969-12-31") == -micros_per_day);
}

TEST_CASE("an offset in the text holds against the zone given") {
    const auto noon = iso("2024-11-02T12:00:00Z");
    REQUIRE(noon);
    for (const char* text : {"2024-11-02T12:00:00Z", "2024-11-02 12:00:00Z", "2024-11-02 12:00:00 UTC",
                             "2024-11-02T17:30:00+05:30", "2024-11-02T17:30:00+0530",
                             "2024-11-02T08:00:00-04:00", "2024-11-02T08:00:00-0400",
                             "2024-11-02T13:00:00+01", "2024-11-02T12:00Z", "2024-11-02T17:30:00 +05:30"}) {
        CHECK_MESSAGE(iso(text, india) == noon, text);
    }
    CHECK(iso("2024-11-02T17:30:00", india) == noon);
}

TEST_CASE("fractions of a second are kept to the microsecond") {
    const auto whole = iso("2024-11-02T12:00:00Z");
    CHECK(iso("2024-11-02T12:00:00.5Z") == *whole + 500'000);
    CHECK(iso("2024-11-02T12:00:00.000001Z") == *whole + 1);
    CHECK(iso("2024-11-02T12:00:00.123456789Z") == *whole + 123'456);
}

TEST_CASE("what is no ISO date is nothing") {
    for (const char* text : {"",
                             "2024",
                             "2024-11",
                             "2024-1-2",
                             "24-11-02",
                             "2024/11/02",
                             "02-11-2024",
                             "2024-13-01",
                             "2024-00-10",
                             "2024-11-00",
                             "2024-11-31",
                             "2024-11-02T",
                             "2024-11-02T1",
                             "2024-11-02T24:00:00",
                             "2024-11-02T12:60:00",
                             "2024-11-02T12:00:61",
                             "2024-11-02T12:00:00.",
                             "2024-11-02T12:00:00.Z",
                             "2024-11-02T12:00.5",
                             "2024-11-02T12:00:00+",
                             "2024-11-02T12:00:00+5:30",
                             "2024-11-02T12:00:00+05:",
                             "2024-11-02T12:00:00+05:3",
                             "2024-11-02T12:00:00+15:00",
                             "2024-11-02T12:00:00+05:60",
                             "2024-11-02T12:00:00ZZ",
                             "2024-11-02T12:00:00 ",
                             "2024-11-02 ",
                             " 2024-11-02",
                             "2024-11-02x",
                             "1899-12-31",
                             "2201-01-01",
                             "2024-11-02T-1:00:00",
                             "9999999999-01-01",
                             "2024-11-02T12"}) {
        CHECK_MESSAGE(!iso(text), text);
    }
}

TEST_CASE("29 February stands in leap years only, and centuries are none unless 400 divides them") {
    CHECK(iso("2024-02-29"));
    CHECK(iso("2000-02-29"));
    CHECK_FALSE(iso("2023-02-29"));
    CHECK_FALSE(iso("1900-02-29"));
    CHECK_FALSE(iso("2100-02-29"));
    CHECK_FALSE(iso("2200-02-29"));
    CHECK(*iso("2024-03-01") - *iso("2024-02-28") == 2 * micros_per_day);
    CHECK(*iso("2100-03-01") - *iso("2100-02-28") == micros_per_day);
}

TEST_CASE("a field out of range is no instant") {
    const auto bad = [](CivilTime c) { return !to_micros(c, utc).has_value(); };
    CHECK_FALSE(bad({2024, 2, 29, 23, 59, 59, 999'999}));
    CHECK(bad({1899, 12, 31, 0, 0, 0, 0}));
    CHECK(bad({2201, 1, 1, 0, 0, 0, 0}));
    CHECK(bad({2024, 0, 1, 0, 0, 0, 0}));
    CHECK(bad({2024, 13, 1, 0, 0, 0, 0}));
    CHECK(bad({2024, 1, 0, 0, 0, 0, 0}));
    CHECK(bad({2024, 4, 31, 0, 0, 0, 0}));
    CHECK(bad({2024, 1, 1, 24, 0, 0, 0}));
    CHECK(bad({2024, 1, 1, -1, 0, 0, 0}));
    CHECK(bad({2024, 1, 1, 0, 60, 0, 0}));
    CHECK(bad({2024, 1, 1, 0, 0, 61, 0}));
    CHECK(bad({2024, 1, 1, 0, 0, 0, 1'000'000}));
    CHECK(bad({2024, 1, 1, 0, 0, 0, -1}));
}

TEST_CASE("a leap second is the first of the next minute") {
    CHECK(iso("2016-12-31T23:59:60Z") == iso("2017-01-01T00:00:00Z"));
}

TEST_CASE("every civil time of 1900 to 2200 comes back, and days agree with the standard library") {
    CHECK(rc::check("round trip", [] {
        const Zone zone{*rc::gen::inRange(-14 * 60, 14 * 60 + 1) * 60};
        CivilTime c;
        c.year = *rc::gen::inRange(1900, 2201);
        c.month = *rc::gen::inRange(1, 13);
        c.day = *rc::gen::inRange(1, 32);
        c.hour = *rc::gen::inRange(0, 24);
        c.minute = *rc::gen::inRange(0, 60);
        c.second = *rc::gen::inRange(0, 60);
        c.micro = *rc::gen::inRange(0, 1'000'000);
        const std::chrono::year_month_day date{std::chrono::year(c.year),
                                               std::chrono::month(static_cast<unsigned>(c.month)),
                                               std::chrono::day(static_cast<unsigned>(c.day))};
        const auto instant = to_micros(c, zone);
        RC_ASSERT(instant.has_value() == date.ok());
        if (!instant) return;
        const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
        const std::int64_t seconds =
            days * 86'400 + c.hour * 3600 + c.minute * 60 + c.second - zone.offset_seconds;
        RC_ASSERT(instant->value == seconds * micros_per_second + c.micro);
        const CivilTime back = to_civil(*instant, zone);
        RC_ASSERT(back.year == c.year);
        RC_ASSERT(back.month == c.month);
        RC_ASSERT(back.day == c.day);
        RC_ASSERT(back.hour == c.hour);
        RC_ASSERT(back.minute == c.minute);
        RC_ASSERT(back.second == c.second);
        RC_ASSERT(back.micro == c.micro);
        RC_ASSERT(parse_iso(iso_time(*instant, zone), utc)->value == instant->value - c.micro);
        RC_ASSERT(parse_iso(iso_date(*instant, zone), zone)->value ==
                  instant->value - ((c.hour * 60 + c.minute) * 60 + c.second) * micros_per_second - c.micro);
    }));
}

TEST_CASE("every day from 1900 to 2200 is the one after the day before") {
    std::int64_t expected = *iso("1900-01-01");
    std::size_t days = 0;
    for (int year = 1900; year <= 2200; ++year) {
        for (int month = 1; month <= 12; ++month) {
            for (int day = 1; day <= 31; ++day) {
                const auto instant = to_micros({year, month, day}, utc);
                if (!instant) continue;
                if (instant->value != expected) FAIL_CHECK(year << '-' << month << '-' << day);
                expected += micros_per_day;
                ++days;
            }
        }
    }
    CHECK(days == 109'938);
}

TEST_CASE("zones are names we know or offsets, and come back as text") {
    for (const char* name :
         {"Asia/Kolkata", "Asia/Calcutta", "IST", "+05:30", "+0530", "+5:30", "Asia/kolkata", "ist"})
        CHECK(parse_zone(name)->offset_seconds == 19'800);
    for (const char* name : {"UTC", "Etc/UTC", "GMT", "Z", "+00:00", "utc", "z"})
        CHECK(parse_zone(name)->offset_seconds == 0);
    CHECK(parse_zone("-0400")->offset_seconds == -14'400);
    CHECK(parse_zone("-03:30")->offset_seconds == -12'600);
    CHECK(parse_zone("+14:00")->offset_seconds == 50'400);
    for (const char* name :
         {"", "Asia/Kolkatta", "05:30", "+15:00", "+05:60", "+5", "EST", "+05:30x", "+05:", "++05:30"}) {
        CHECK_MESSAGE(!parse_zone(name).ok(), name);
    }
    for (int minutes = -14 * 60; minutes <= 14 * 60; minutes += 15) {
        const Zone zone{minutes * 60};
        CHECK(*parse_zone(to_text(zone)) == zone);
    }
}

TEST_CASE("a zone that is not taken is answered with what was meant, or with what to do") {
    const auto answer = [](std::string_view zone) { return parse_zone(zone).fault().message(); };
    for (const char* name : {"Asia/Kolkatta", "Asia/Kolkota", "Aisa/Kolkata"})
        CHECK_MESSAGE(answer(name).find("did you mean Asia/Kolkata?") != std::string::npos, name);
    for (const char* name : {"Europe/London", "America/New_York", "EST", "cet"}) {
        CHECK_MESSAGE(answer(name).find("not known by name") != std::string::npos, name);
        CHECK_MESSAGE(answer(name).find("split the file at the change") != std::string::npos, name);
    }
    for (const char* name : {"+5:3", "+5:300", "5:30", "+a:30", "half past"})
        CHECK_MESSAGE(answer(name).find("unknown time zone") != std::string::npos, name);
}

TEST_CASE("an unknown zone is a fault that says what to write and holds no number") {
    const auto zone = parse_zone("9876500012");
    REQUIRE_FALSE(zone.ok());
    CHECK(zone.fault().kind == FaultKind::input);
    CHECK(zone.fault().message().find("9876500012") == std::string::npos);
    CHECK(zone.fault().message().find("+05:30") != std::string::npos);
}

TEST_CASE("instants print in their zone") {
    const Micros instant{*iso("2024-11-02T20:00:05.25Z")};
    CHECK(iso_date(instant, utc) == "2024-11-02");
    CHECK(iso_date(instant, india) == "2024-11-03");
    CHECK(iso_time(instant, utc) == "2024-11-02T20:00:05Z");
    CHECK(iso_time(instant, india) == "2024-11-03T01:30:05+05:30");
    CHECK(iso_time(instant, Zone{-12'600}) == "2024-11-02T16:30:05-03:30");
    CHECK(readable_time(instant, india) == "2024-11-03 01:30:05");
}

TEST_CASE("parsing never fails otherwise than by saying nothing, whatever the bytes") {
    CHECK(rc::check("parse_iso", [](const std::string& text) {
        (void)parse_iso(text, Zone{});
        (void)parse_iso("2024-11-02" + text, Zone{});
        (void)parse_iso("2024-11-02T10:20:30" + text, Zone{});
    }));
}

TEST_CASE("now is later than this file and does not run backwards by days") {
    CHECK(now().value > *iso("2024-01-01"));
    CHECK(now().value < *iso("2200-01-01"));
}
