#include "casework/cell_values.h"

#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/time.h"

namespace sendh {
namespace {

constexpr TimeShown date{true, false, false, false};
constexpr TimeShown time_of_day{false, true, false, false};
constexpr TimeShown both{true, true, false, false};

std::string text(double serial, TimeShown shown, bool from_1904 = false) {
    return time_text(serial, shown, from_1904).value_or("none");
}

std::string kind(std::string_view code) {
    const TimeShown s = shown_by(code);
    return std::string(s.date ? "date " : "") + (s.time ? "time " : "") + (s.elapsed ? "elapsed " : "") +
           (s.fractions ? "fractions" : "");
}

TEST_CASE("formats that show dates and times are told from those of numbers") {
    CHECK(kind("General").empty());
    CHECK(kind("0.00").empty());
    CHECK(kind("#,##0;[Red]-#,##0").empty());
    CHECK(kind("0.00E+00").empty());
    CHECK(kind("@").empty());
    CHECK(kind("\"days\" 0").empty());
    CHECK(kind("0\\d").empty());
    CHECK(kind("[$-409]0.0").empty());
    CHECK(kind("_(* #,##0.00_)").empty());
    CHECK(kind("dd/mm/yyyy") == "date ");
    CHECK(kind("[$-4009]dd\\-mmm\\-yy;@") == "date ");
    CHECK(kind("mmm") == "date ");
    CHECK(kind("hh:mm") == "time ");
    CHECK(kind("h:mm AM/PM") == "time ");
    CHECK(kind("mm:ss") == "time ");
    CHECK(kind("mm:ss.0") == "time fractions");
    CHECK(kind("[h]:mm:ss") == "time elapsed ");
    CHECK(kind("dd/mm/yyyy hh:mm:ss") == "date time ");
    CHECK(kind("yyyy\\-mm\\-dd\\ hh:mm:ss.000") == "date time fractions");
    CHECK(kind("m/d/yy h:mm") == "date time ");
    CHECK(kind("[Red]dd/mm/yyyy;0") == "date ");
    CHECK(kind("0;dd/mm/yyyy").empty());
    CHECK(kind("\"unclosed").empty());
    CHECK(kind("[unclosed").empty());
    CHECK(kind("\\").empty());
}

TEST_CASE("the built-in formats are those of the standard") {
    for (std::uint32_t id = 0; id < 60; ++id) {
        const TimeShown s = builtin_format(id);
        CHECK(s.date == ((id >= 14 && id <= 17) || id == 22));
        CHECK(s.time == ((id >= 18 && id <= 22) || (id >= 45 && id <= 47)));
        CHECK(s.elapsed == (id == 46));
    }
}

TEST_CASE("serial numbers become the dates that a spreadsheet shows") {
    CHECK(text(1, date) == "1900-01-01");
    CHECK(text(59, date) == "1900-02-28");
    CHECK(text(60, date) == "none");  // 29 February 1900
    CHECK(text(61, date) == "1900-03-01");
    CHECK(text(25569, date) == "1970-01-01");
    CHECK(text(45915, date) == "2025-09-15");
    CHECK(text(2958465, date) == "9999-12-31");
    CHECK(text(2958466, date) == "none");
    CHECK(text(-1, date) == "none");
    CHECK(text(0, date) == "none");
    CHECK(text(0, date, true) == "1904-01-01");
    CHECK(text(44453, date, true) == "2025-09-15");
}

TEST_CASE("times of day are rounded to the second, and nothing that a number holds is dropped") {
    CHECK(text(0.5, time_of_day) == "12:00:00");
    CHECK(text(0, time_of_day) == "00:00:00");
    CHECK(text(0.42736111111111108, time_of_day) == "10:15:24");
    CHECK(text(0.99999999, time_of_day) == "23:59:59");
    CHECK(text(45915.42736111111, both) == "2025-09-15 10:15:24");
    CHECK(text(45915, both) == "2025-09-15 00:00:00");
    CHECK(text(45915.999999999, both) == "2025-09-16 00:00:00");
    CHECK(text(45915.5, date) == "2025-09-15 12:00:00");
    CHECK(text(45915.5, time_of_day) == "2025-09-15 12:00:00");
    CHECK(text(0.25, both) == "06:00:00");
    CHECK(text(1.25, {false, true, true, false}) == "30:00:00");
    CHECK(text(0.000011574074, {false, true, false, true}) == "00:00:01");
    CHECK(text(0.0000173611, {false, true, false, true}) == "00:00:01.500");
}

TEST_CASE("every second of a century goes there and back") {
    CHECK(rc::check([] {
        const auto second = *rc::gen::inRange<std::int64_t>(0, 36'525LL * 86'400);
        const double serial = 25'569 + static_cast<double>(second) / 86'400;
        const Micros instant{second * micros_per_second};
        RC_ASSERT(time_text(serial, both, false) == readable_time(instant, Zone{0}));
    }));
}

TEST_CASE("numbers stay as they are written, and no digit is invented") {
    CHECK(number_text("919876500000") == "919876500000");
    CHECK(number_text("12.50") == "12.50");
    CHECK(number_text("-3") == "-3");
    CHECK(number_text("00123") == "00123");
    CHECK(number_text("9.1626E+11") == "9.1626E+11");
    CHECK(number_text("9.16E+11") == "9.16E+11");
    CHECK(number_text("9.19877E+11") == "9.19877E+11");
    CHECK(number_text("1E+20") == "1E+20");
    CHECK(number_text("3.4E-5") == "3.4E-5");
    CHECK(number_text("0E5") == "0E5");
    CHECK(number_text("1.5E400") == "1.5E400");
    for (const char* strange : {"", "-", ".", "E5", "1.2.3", "12a", "1E", "1E+", "text", ".5", "NaN", "--1"})
        CHECK(number_text(strange) == strange);
}

TEST_CASE("a fraction of zeros and an exponent that hides nothing are written out") {
    CHECK(number_text("919876500000.0") == "919876500000");
    CHECK(number_text("0.0") == "0");
    CHECK(number_text("9.19876500001E11") == "919876500001");
    CHECK(number_text("9.1987650001E+11") == "919876500010");
    CHECK(number_text("-9.19876500001E11") == "-919876500001");
    CHECK(number_text("1.5E1") == "15");
    CHECK(number_text("1.5E0") == "1.5E0");
}

TEST_CASE("digits written with an exponent by a library come back") {
    CHECK(rc::check([] {
        const auto number = *rc::gen::inRange<std::int64_t>(1'000'001, 999'999'999'999'999);
        const std::string digits = std::to_string(number);
        std::string mantissa = digits;
        while (mantissa.size() > 2 && mantissa.back() == '0') mantissa.pop_back();
        RC_PRE(mantissa.size() > 6);
        const std::string written =
            mantissa.substr(0, 1) + "." + mantissa.substr(1) + "E" + std::to_string(digits.size() - 1);
        RC_ASSERT(number_text(written) == digits);
    }));
}

}  // namespace
}  // namespace sendh
