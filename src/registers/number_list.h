// NumberList: a list of people's or lines' numbers from a CSV file: register, copy, rival list, population,
// roaming table. UTF-8 with a header; columns match without case, spaces and punctuation; row order kept.
//
// Rows in = accepted + rejected + duplicates: a row whose number cannot be one, or whose dates cannot be, is
// rejected with its line; a number that stood in an earlier row with the same cells is a duplicate.
//
// Faults (input): empty file, no header, no number column (names the columns there are and the option to
// say which), wrong encoding. More than half of the rows rejected is a fault, too: it is the wrong column, or
// dates in another order.
// Thread rule: a value.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/delimited.h"
#include "base/phone_number.h"
#include "base/result.h"
#include "base/time.h"
#include "numbering/plan.h"

namespace sendh {

struct ListRow {
    PhoneNumber number;
    std::uint64_t line = 0;
    std::vector<std::string> cells;  // of all columns but the number's, in file order
};

struct ListReject {
    std::uint64_t line = 0;
    std::string reason;  // "number in scientific notation", "not a phone number", "number missing" ...
    std::string raw;     // holds a number: seal or drop, never show
    bool of_dates = false;
};

struct NumberList {
    std::string file_name;             // as it may be shown
    std::vector<std::string> columns;  // without the number column
    std::vector<ListRow> rows;
    std::vector<ListReject> rejects;
    std::uint64_t rows_in = 0, duplicates = 0;

    // Position in `columns` of the first column whose key is one of these; nothing if there is none.
    [[nodiscard]] std::optional<std::size_t> column(std::initializer_list<std::string_view> keys) const;
    // "FILE:LINE", as it may be shown.
    [[nodiscard]] std::string place_of(const ListRow& row) const {
        return file_name + ":" + std::to_string(row.line);
    }
};

struct ListOptions {
    std::string what;           // "register", for messages
    std::string number_column;  // "" finds it: number, mobile, msisdn, phone ...
    Region home = Region::india;
    // Made when the columns are known (`list` has no rows yet): says of a row with a number why its dates
    // cannot be, or "".
    using RowCheck = std::function<std::string(const ListRow&)>;
    std::function<Result<RowCheck>(const NumberList& list)> dates = nullptr;
};

// name: of the file, as it may be shown.
[[nodiscard]] Result<NumberList> read_number_list(const std::string& name, const ByteSource& source,
                                                  const ListOptions& options);

// A date cell ("2024-11-02", "02/11/2024", "02-11-2024": day first, as Indian offices write); nothing when
// it is empty; fault when it is no date.
[[nodiscard]] Result<std::optional<Micros>> parse_date_cell(std::string_view cell, Zone zone,
                                                            const std::string& where);

// Does the cell hold a phone number (seven digits or more, no date)?
[[nodiscard]] bool is_phone_cell(std::string_view cell, Region home);
// Whether days or months come first in the dates of a file: what can be told from those that are written with
// the year behind.
class DateOrderSigns {
public:
    void see(std::string_view cell);
    // Dates that can be with the month first alone, while none shows that the day is: others may be read the
    // wrong way round.
    [[nodiscard]] bool doubtful() const { return month_first_ > 0 && day_first_ == 0 && either_ > 0; }
    [[nodiscard]] std::uint64_t either() const { return either_; }

private:
    std::uint64_t day_first_ = 0, month_first_ = 0, either_ = 0;
};

// A plain table by column name, for trunk maps: header and rows as text.
struct PlainTable {
    std::string file_name;
    std::vector<std::string> keys;  // column_key of the header
    std::vector<std::vector<std::string>> rows;
    std::vector<std::uint64_t> lines;
    [[nodiscard]] std::optional<std::size_t> column(std::initializer_list<std::string_view> names) const;
};
[[nodiscard]] Result<PlainTable> read_plain_table(const std::string& name, const ByteSource& source,
                                                  const std::string& what);

}  // namespace sendh
