// A mapping file: how to read a delimited file of calls (or of reports), or JSON lines of calls, that no
// built-in layout fits. TOML; grammar with examples in docs/mapping-files.md. Unknown keys, formats and
// column meanings are refused when the mapping is parsed, with their line.
//
// Thread rule: immutable once parsed.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "calls/call_batch.h"
#include "calls/reader.h"
#include "calls/written_time.h"

namespace sendh {

// What a column of a call record can mean.
enum class Field : std::uint8_t {
    time,  // date and time in one cell
    date,  // or in two
    time_of_day,
    cli,
    callee,
    duration,
    direction,
    disposition,
    service,
    trunk_in,
    trunk_out,
    carrier,
    country,
    redirect,
};
inline constexpr int call_fields = 14;
[[nodiscard]] std::string_view name_of(Field field);

struct Mapping {
    // A column by its name or by its number; in JSON lines a value by its path (calls/json_rows.h).
    struct ColumnRef {
        std::string name;
        int index = -1;     // from 0; -1: by name
        unsigned line = 0;  // in the mapping file
    };

    std::string file_name;    // as it may be shown
    bool json_lines = false;  // else delimited
    // The variables of FreeSWITCH's mod_cdr_csv template, one a column ("" where the template holds none);
    // empty if there is no template.
    std::vector<std::string> template_columns;
    std::optional<char> delimiter;  // nothing: guessed
    bool header = true;
    std::uint64_t preamble = 0;  // lines before the header (or before the first row)
    std::optional<Zone> zone;    // before ReadOptions.zone, but for a stated one
    DateOrder date_order = DateOrder::undecided;
    TimeForm time_form = TimeForm::any;  // of `time`
    std::optional<TimeFormat> time_format, date_format, time_of_day_format;
    std::vector<std::string> nothing;  // cells that mean "empty", besides the usual ones
    std::array<std::optional<ColumnRef>, call_fields> columns;
    std::map<std::string, ColumnRef> report_columns;  // by name in calls/complaint.h

    // Words of the file; compared without case. Empty: the usual words.
    std::vector<std::pair<std::string, Direction>> directions;
    std::vector<std::pair<std::string, Disposition>> dispositions;
    std::vector<std::pair<std::string, Service>> services;

    [[nodiscard]] const std::optional<ColumnRef>& column(Field field) const {
        return columns[static_cast<std::size_t>(field)];
    }
};

// Names of the columns of a report (number, time, cli, text …); the table stands in calls/complaint.cc.
[[nodiscard]] const std::vector<std::string>& report_fields();

namespace tabular {
struct Header;
// A column of a mapping in the header of a file; fault when it is not there or stands there twice.
[[nodiscard]] Result<int> resolve(const Mapping& mapping, const Mapping::ColumnRef& ref,
                                  const Header& header);
}  // namespace tabular

}  // namespace sendh
