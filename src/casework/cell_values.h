// Cells of a workbook as text: which number formats show a date or a time, what a serial number of such a
// cell means, and numbers as digits. ECMA-376 Part 1, 18.8.30 (numFmt) and 18.17.4 (dates and times).
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sendh {

struct TimeShown {
    bool date = false, time = false;
    bool elapsed = false;    // [h]:mm: hours beyond 24
    bool fractions = false;  // of a second
    [[nodiscard]] bool any() const { return date || time; }
};

// Of a built-in format, by its id: 14 to 17 date, 18 to 21 time, 22 both, 45 to 47 minutes and seconds.
[[nodiscard]] TimeShown builtin_format(std::uint32_t id);
// Of a format of the workbook's own: "dd/mm/yyyy hh:mm", "[$-409]h:mm AM/PM;@". Its first section counts.
[[nodiscard]] TimeShown shown_by(std::string_view format_code);

// A serial number as ISO text: `yyyy-mm-dd`, `yyyy-mm-dd hh:mm:ss` or `hh:mm:ss`, rounded to the second (to
// the millisecond where the format shows fractions) as the spreadsheet itself rounds. Nothing that the number
// holds is dropped: a date with a time of day comes out as both even where the format shows only one; a
// number below 1 has no date. Nothing: no date of the calendar (negative, after 9999, and 29 February 1900,
// which the 1900 system has and the calendar has not).
[[nodiscard]] std::optional<std::string> time_text(double serial, TimeShown shown, bool from_1904);

// A number of the XML as a cell of text: as it is written, with two exceptions that change no value. A
// fraction of zeros is left out (12.0). E notation is written out where that makes a whole number of at most
// 20 digits and either invents no zeros or keeps more than 6 significant digits: libraries write 919876500001
// as 9.19876500001E11. 9.1626E+11 stays: six digits or fewer is what a spreadsheet leaves of a number that it
// has destroyed.
[[nodiscard]] std::string number_text(std::string_view written);

}  // namespace sendh
