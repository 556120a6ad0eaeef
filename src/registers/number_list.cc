#include "registers/number_list.h"

#include <algorithm>
#include <array>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"

namespace sendh {

namespace {

constexpr std::array<std::string_view, 35> number_keys = {"number",
                                                          "mobile",
                                                          "msisdn",
                                                          "phone",
                                                          "mobilenumber",
                                                          "mobileno",
                                                          "phonenumber",
                                                          "phoneno",
                                                          "telephone",
                                                          "telephoneno",
                                                          "telephonenumber",
                                                          "contact",
                                                          "contactno",
                                                          "contactnumber",
                                                          "cell",
                                                          "cellphone",
                                                          "cellnumber",
                                                          "subscriber",
                                                          "subscribernumber",
                                                          "tel",
                                                          "e164",
                                                          "mobileno1",
                                                          "calleddnis",
                                                          "subscriberno",
                                                          "subscribermsisdn",
                                                          "mob",
                                                          "mobno",
                                                          "mobilephone",
                                                          "phno",
                                                          "phonenum",
                                                          "numbers",
                                                          "मोबाइल",
                                                          "मोबाइलनंबर",
                                                          "नंबर",
                                                          "फोन"};

constexpr std::string_view not_utf8 = "not UTF-8";
constexpr int first_year = 1900;

// What stands in the names of columns of call records alone.
constexpr std::array<std::string_view, 8> call_words = {
    "calling", "called", "calltime", "calldate", "callduration", "calltype", "calldirection", "bparty"};

struct Head {
    char delimiter = ',';
    std::string kept;  // bytes read so far
    ByteSource source;
};

// The first bytes, for guessing the delimiter, and a source that gives everything from the beginning.
Result<Head> look_ahead(const std::string& name, const ByteSource& source) {
    Head head;
    std::vector<char> buffer(64 * 1024);
    while (head.kept.size() < buffer.size()) {
        SENDH_TRY(const std::size_t n, source(buffer));
        if (n == 0) break;
        head.kept.append(buffer.data(), n);
    }
    if (trim(head.kept).empty()) {
        return Fault{FaultKind::input, "the file is empty", name, "check that the right file was delivered"};
    }
    const std::size_t last_end = head.kept.find_last_of("\r\n");  // what follows may be half a row
    head.delimiter = guess_delimiter(
        std::string_view(head.kept).substr(0, last_end == std::string::npos ? last_end : last_end + 1));
    auto kept = std::make_shared<std::string>(head.kept);
    auto at = std::make_shared<std::size_t>(0);
    head.source = [kept, at, source](std::span<char> out) -> Result<std::size_t> {
        if (*at == kept->size()) return source(out);
        const std::size_t n = std::min(out.size(), kept->size() - *at);
        std::copy_n(kept->data() + *at, n, out.data());
        *at += n;
        return n;
    };
    return head;
}

std::string at_line(const std::string& name, std::uint64_t line) { return name + ":" + std::to_string(line); }

Result<std::vector<std::string>> read_header(DelimitedReader& reader, const std::string& name) {
    DelimitedRow row;
    SENDH_TRY(const bool any, reader.next(row));
    if (!any)
        return Fault{FaultKind::input, "the file is empty", name, "check that the right file was delivered"};
    std::vector<std::string> header;
    for (const std::string_view field : row.fields) {
        if (first_bad_utf8(field)) {
            return Fault{FaultKind::input, "the header is not UTF-8", at_line(name, row.line),
                         "save the file as CSV UTF-8"};
        }
        header.emplace_back(trim(field));
    }
    std::unordered_set<std::string> seen;
    for (const std::string& column : header) {
        const std::string key = column_key(column);
        if (!key.empty() && !seen.insert(key).second) {
            return Fault{FaultKind::input, "two columns are called '" + without_numbers(column) + "'",
                         at_line(name, row.line), "rename one of them"};
        }
    }
    return header;
}

bool is_call_column(const std::string& name) {
    const std::string key = column_key(name);
    return std::any_of(call_words.begin(), call_words.end(),
                       [&](std::string_view word) { return key.find(word) != std::string::npos; });
}

std::string joined_names(const std::vector<std::string>& names) {
    std::string out;
    constexpr std::size_t most = 30;
    for (std::size_t i = 0; i < names.size() && i < most; ++i)
        out += (i == 0 ? "" : ", ") + without_numbers(names[i]);
    return names.size() > most ? out + ", and " + grouped(names.size() - most) + " more" : out;
}

Result<std::size_t> find_number_column(const std::vector<std::string>& header, const ListOptions& options,
                                       const std::string& where) {
    if (!options.number_column.empty()) {
        for (std::size_t i = 0; i < header.size(); ++i) {
            if (column_key(header[i]) == column_key(options.number_column)) return i;
        }
        const std::string near = nearest(options.number_column, header);
        return Fault{
            FaultKind::input,
            "there is no column '" + without_numbers(options.number_column) + "' in the " + options.what,
            where,
            (near.empty() ? "" : "did you mean '" + without_numbers(near) + "'? ") +
                "its columns are: " + joined_names(header)};
    }
    for (const std::string_view key : number_keys) {
        for (std::size_t i = 0; i < header.size(); ++i) {
            if (column_key(header[i]) == key) return i;
        }
    }
    if (const auto call_columns = std::count_if(header.begin(), header.end(), is_call_column);
        call_columns >= 2) {
        return Fault{FaultKind::input, "these look like call records, not a " + options.what, where,
                     "use `sendh calls import`; its columns are: " + joined_names(header)};
    }
    // A file without a header: its first row is a number already.
    for (const std::string& name : header) {
        const ParsedNumber parsed = parse_number(name, options.home);
        if (is_dialable(parsed.number_class) && parsed.number_class != NumberClass::short_code) {
            return Fault{FaultKind::input, "the first row holds a number: the header is missing", where,
                         "put a first line with column names, such as: number,name"};
        }
    }
    return Fault{FaultKind::input, "no column with numbers was found in the " + options.what, where,
                 "say which with --number-column; its columns are: " + joined_names(header)};
}

std::string_view why_broken(const DelimitedRow& row) {
    if (row.fields.empty()) return "the line is longer than 1 MiB";
    if (row.raw.find('\0') != std::string_view::npos) return "a zero byte stands in the row";
    return "the row is broken (a quote that never closes?)";
}

std::string_view reason_for(NumberClass c) {
    switch (c) {
        case NumberClass::none: return "the number is missing";
        case NumberClass::scientific:
            return "the number is in scientific notation: a spreadsheet has destroyed it; export it again as "
                   "text";
        case NumberClass::too_long: return "more than 15 digits";
        case NumberClass::not_digits: return "not a phone number";
        case NumberClass::national_length: return "wrong number of digits for a national number";
        case NumberClass::national_prefix: return "no national number begins like this";
        case NumberClass::foreign_unknown: return "no such country code";
        case NumberClass::foreign_length: return "wrong number of digits for its country";
        default: return "";
    }
}

// What is wrong with a file of which more than half of the rows are rejected: by what most of them have.
Fault too_many_rejects(const NumberList& list, const std::string& number_column) {
    const auto of_dates = std::count_if(list.rejects.begin(), list.rejects.end(),
                                        [](const ListReject& reject) { return reject.of_dates; });
    const bool dates = static_cast<std::size_t>(of_dates) * 2 > list.rejects.size();
    const ListReject& first =
        *std::find_if(list.rejects.begin(), list.rejects.end(),
                      [&](const ListReject& reject) { return reject.of_dates == dates; });
    const std::string share = grouped(list.rejects.size()) + " of " + grouped(list.rows_in) + " rows ";
    const std::string where = at_line(list.file_name, first.line);
    if (dates)
        return {
            FaultKind::input,
            share + "cannot be used, most of them because of their dates (first: " + first.reason + ")",
            where,
            "correct them; is the month written first? write dates as 2024-11-30 or 30/11/2024; nothing was "
            "stored"};
    if (first.reason == not_utf8)
        return {FaultKind::input, share + "cannot be used, the first because it is not UTF-8", where,
                "save the file as CSV UTF-8; nothing was stored"};
    return {FaultKind::input,
            share + "have no usable number in column '" + without_numbers(number_column) +
                "' (first: " + first.reason + ")",
            where, "is it the right column? say which with --number-column; nothing was stored"};
}

// 30/11/2024, 30-11-2024, 30.11.2024: its three numbers.
std::optional<std::array<int, 3>> three_numbers(std::string_view text) {
    std::array<int, 3> part = {0, 0, 0};
    std::size_t parts = 0;
    int digits = 0;
    for (const char c : text) {
        if (c >= '0' && c <= '9' && digits < 4) {
            part[parts] = part[parts] * 10 + (c - '0');
            ++digits;
        } else if ((c == '/' || c == '-' || c == '.') && digits > 0 && parts < 2) {
            ++parts;
            digits = 0;
        } else {
            return std::nullopt;
        }
    }
    return parts == 2 ? std::optional(part) : std::nullopt;
}

}  // namespace

std::optional<std::size_t> NumberList::column(std::initializer_list<std::string_view> keys) const {
    for (const std::string_view key : keys) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (column_key(columns[i]) == key) return i;
        }
    }
    return std::nullopt;
}

std::optional<std::size_t> PlainTable::column(std::initializer_list<std::string_view> names) const {
    for (const std::string_view name : names) {
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (keys[i] == name) return i;
        }
    }
    return std::nullopt;
}

Result<NumberList> read_number_list(const std::string& name, const ByteSource& source,
                                    const ListOptions& options) {
    SENDH_TRY(Head head, look_ahead(name, source));
    DelimitedReader reader(head.source, head.delimiter);
    SENDH_TRY(const std::vector<std::string> header, read_header(reader, name));
    SENDH_TRY(const std::size_t number_at, find_number_column(header, options, at_line(name, 1)));

    NumberList list;
    list.file_name = name;
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (i != number_at) list.columns.push_back(header[i]);
    }
    ListOptions::RowCheck dates;
    if (options.dates) {
        SENDH_TRY(dates, options.dates(list));
    }
    std::unordered_multimap<PhoneNumber, std::size_t> first_rows;
    DelimitedRow row;
    while (true) {
        SENDH_TRY(const bool more, reader.next(row));
        if (!more) break;
        ++list.rows_in;
        const auto refuse = [&](std::string_view reason) {
            list.rejects.push_back({row.line, std::string(reason), std::string(row.raw)});
        };
        if (row.broken) {
            refuse(why_broken(row));
            continue;
        }
        if (row.fields.size() > header.size() || number_at >= row.fields.size()) {
            refuse("the row has " + std::to_string(row.fields.size()) + " fields, the header " +
                   std::to_string(header.size()));
            continue;
        }
        if (first_bad_utf8(row.raw)) {
            refuse(not_utf8);
            continue;
        }
        const ParsedNumber parsed = parse_number(row.fields[number_at], options.home);
        if (!is_dialable(parsed.number_class)) {
            refuse(reason_for(parsed.number_class));
            continue;
        }
        ListRow entry{parsed.number, row.line, {}};
        for (std::size_t i = 0; i < header.size(); ++i) {
            if (i != number_at)
                entry.cells.emplace_back(i < row.fields.size() ? trim(row.fields[i]) : std::string_view{});
        }
        if (const std::string wrong = dates ? dates(entry) : ""; !wrong.empty()) {
            refuse(wrong);
            list.rejects.back().of_dates = true;
            continue;
        }
        const auto [begin, end] = first_rows.equal_range(parsed.number);
        if (std::any_of(begin, end,
                        [&](const auto& item) { return list.rows[item.second].cells == entry.cells; })) {
            ++list.duplicates;
            continue;
        }
        first_rows.emplace(parsed.number, list.rows.size());
        list.rows.push_back(std::move(entry));
    }
    if (list.rejects.size() * 2 > list.rows_in) return too_many_rejects(list, header[number_at]);
    return list;
}

Result<std::optional<Micros>> parse_date_cell(std::string_view cell, Zone zone, const std::string& where) {
    const std::string_view text = trim(cell);
    if (text.empty() || text == "-") return std::optional<Micros>{};
    if (const auto instant = parse_iso(text, zone)) return std::optional<Micros>{instant};
    if (const auto part = three_numbers(text); part && (*part)[2] >= first_year) {
        CivilTime civil;
        civil.day = (*part)[0];
        civil.month = (*part)[1];
        civil.year = (*part)[2];
        if (const auto instant = to_micros(civil, zone)) return std::optional<Micros>{instant};
    }
    return Fault{FaultKind::input, "not a date: '" + without_numbers(text) + "'", where,
                 "write it as 2024-11-30 or 30/11/2024"};
}

bool is_phone_cell(std::string_view cell, Region home) {
    const auto digits = std::count_if(cell.begin(), cell.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (digits < 7 || parse_date_cell(cell, Zone{}, "").ok()) return false;
    return is_dialable(parse_number(cell, home).number_class);
}

void DateOrderSigns::see(std::string_view cell) {
    const auto part = three_numbers(trim(cell));
    if (!part || (*part)[2] < first_year) return;
    const auto [first, second, year] = *part;
    const auto can_be = [](int day, int month) { return day >= 1 && day <= 31 && month >= 1 && month <= 12; };
    const bool day_first = can_be(first, second);
    const bool month_first = can_be(second, first);
    if (day_first && month_first) {
        either_ += first != second;
    } else {
        day_first_ += day_first;
        month_first_ += month_first;
    }
}

Result<PlainTable> read_plain_table(const std::string& name, const ByteSource& source,
                                    const std::string& what) {
    SENDH_TRY(Head head, look_ahead(name, source));
    DelimitedReader reader(head.source, head.delimiter);
    SENDH_TRY(const std::vector<std::string> header, read_header(reader, name));
    PlainTable table;
    table.file_name = name;
    for (const std::string& column : header) table.keys.push_back(column_key(column));
    DelimitedRow row;
    while (true) {
        SENDH_TRY(const bool more, reader.next(row));
        if (!more) return table;
        if (row.broken || row.fields.size() != header.size() || first_bad_utf8(row.raw)) {
            return Fault{FaultKind::input, "the row does not fit the header of the " + what,
                         at_line(name, row.line),
                         "it has " + std::to_string(row.fields.size()) + " fields, the header " +
                             std::to_string(header.size())};
        }
        auto& cells = table.rows.emplace_back();
        for (const std::string_view field : row.fields) cells.emplace_back(trim(field));
        table.lines.push_back(row.line);
    }
}

}  // namespace sendh
