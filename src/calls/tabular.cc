#include "calls/tabular.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sendh::tabular {

namespace {

constexpr std::string_view bom = "\xEF\xBB\xBF";

// Beginnings (as column keys) of lines that are no rows although they stand among them.
constexpr std::array<std::string_view, 14> headings_and_trailers = {"endofreport",
                                                                    "endoffile",
                                                                    "totalrecords",
                                                                    "totalnoofrecords",
                                                                    "totalnumberofrecords",
                                                                    "noofrecords",
                                                                    "systemgenerated",
                                                                    "thisissystemgenerated",
                                                                    "thisisasystemgenerated",
                                                                    "note",
                                                                    "disclaimer",
                                                                    "bhartiairtel",
                                                                    "calldetailsof",
                                                                    "panindia"};
constexpr std::array<std::string_view, 3> says_empty = {"norecordsfound", "norecordfound", "nodatafound"};
constexpr std::array<std::string_view, 5> says_how_many = {"cdrcount", "totalrecords", "totalnoofrecords",
                                                           "totalnumberofrecords", "noofrecords"};

bool starts_with_any(std::string_view text, std::span<const std::string_view> beginnings) {
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](std::string_view b) { return text.starts_with(b); });
}

bool is_ruler(std::string_view field) {
    return field.size() >= 3 && field.find_first_not_of("-=_*#+~. ") == std::string_view::npos;
}

std::string utf8_of(std::string_view text) {
    return first_bad_utf8(text) ? utf8_from_latin1(text) : std::string(text);
}

std::vector<std::string> keys_of(const DelimitedRow& row) {
    std::vector<std::string> keys;
    for (std::string_view field : row.fields) {
        if (keys.empty() && field.starts_with(bom)) field.remove_prefix(bom.size());
        keys.push_back(column_key(utf8_of(field)));
    }
    return keys;
}

Header header_from(const DelimitedRow& row, char delimiter) {
    Header header;
    header.delimiter = delimiter;
    header.line = row.line;
    header.keys = keys_of(row);
    for (const std::string_view field : row.fields) header.names.emplace_back(trim(utf8_of(field)));
    return header;
}

std::string times(std::uint64_t count, std::string_view one, std::string_view many) {
    return grouped(count) + " " + std::string(count == 1 ? one : many);
}

Fault binary(std::string_view what, std::string_view to_do) {
    return {FaultKind::input, std::string(what), "byte 0", std::string(to_do)};
}

}  // namespace

int Header::find(std::string_view name) const {
    const std::string key = column_key(name);
    const auto at = std::find(keys.begin(), keys.end(), key);
    return at == keys.end() || key.empty() ? -1 : static_cast<int>(at - keys.begin());
}

std::string Header::name(int column) const {
    if (column < 0) return "";
    const auto i = static_cast<std::size_t>(column);
    return i < names.size() && !names[i].empty() ? shown(names[i]) : "column " + std::to_string(column + 1);
}

Done check_bytes(const FileHead& head) {
    std::string_view bytes = head.bytes;
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
        return binary("the file is UTF-16, not UTF-8", "save it as CSV UTF-8 and try again");
    }
    if (bytes.starts_with("PK\x03\x04")) {
        return binary("the file is a workbook or a ZIP archive, not text",
                      "save the sheet as CSV UTF-8 and try again");
    }
    if (bytes.starts_with("\xD0\xCF\x11\xE0")) {
        return binary("the file is an old workbook (.xls), not text",
                      "save the sheet as CSV UTF-8 and try again");
    }
    if (bytes.starts_with("%PDF-"))
        return binary("the file is a PDF, not text", "ask for the records as CSV");
    if (const std::size_t nul = bytes.find('\0'); nul != std::string_view::npos) {
        return Fault{FaultKind::input,
                     "a zero byte: this is not UTF-8 text (UTF-16 from a spreadsheet, or a binary file?)",
                     "byte " + std::to_string(nul), "save it as CSV UTF-8 and try again"};
    }
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    if (trim(bytes).empty()) {
        return Fault{FaultKind::input, "the file is empty", "byte 0",
                     "ask for it again: an empty report has at least a header"};
    }
    return done();
}

Header find_header(const FileHead& head, std::span<const LayoutColumn> columns) {
    std::vector<std::string> wanted;
    for (const LayoutColumn& column : columns) wanted.push_back(column_key(column.name));
    Header best;
    for (const char delimiter : {',', '\t', ';', '|'}) {
        DelimitedReader reader(memory_source(head.bytes), delimiter);
        DelimitedRow row;
        for (int i = 0; i < header_search_rows; ++i) {
            const auto more = reader.next(row);
            if (!more.ok() || !*more) break;
            if (row.broken || row.fields.size() < 2) continue;
            const std::vector<std::string> keys = keys_of(row);
            const auto known =
                static_cast<std::uint64_t>(std::count_if(wanted.begin(), wanted.end(), [&](const auto& key) {
                    return std::find(keys.begin(), keys.end(), key) != keys.end();
                }));
            if (known <= best.known) continue;
            best = header_from(row, delimiter);
            best.known = known;
        }
    }
    return best;
}

Header header_after(const FileHead& head, char delimiter, std::uint64_t preamble) {
    DelimitedReader reader(memory_source(head.bytes), delimiter);
    DelimitedRow row;
    while (true) {
        const auto more = reader.next(row);
        if (!more.ok() || !*more) return Header{delimiter, 0, 0, {}, {}};
        if (row.line <= preamble) continue;
        Header header = header_from(row, delimiter);
        header.known = header.keys.size();
        return header;
    }
}

Done check_header(const Header& header, const Layout& layout) {
    if (header.known < 2) {
        return Fault{FaultKind::input, "no header of layout " + std::string(layout.name),
                     "the first " + std::to_string(header_search_rows) + " lines",
                     "try --layout auto, or give a mapping file: --layout MAPPING.toml"};
    }
    const std::string where = "line " + std::to_string(header.line);
    std::string missing;
    for (const LayoutColumn& column : layout.columns) {
        if (!column.required || header.find(column.name) >= 0) continue;
        missing += missing.empty() ? "" : ", ";
        missing += column.name;
    }
    if (!missing.empty()) {
        return Fault{
            FaultKind::input, "layout " + std::string(layout.name) + " needs the column " + missing, where,
            "found: " + shown(header.names) + "; name the columns in a mapping file: --layout MAPPING.toml"};
    }
    std::vector<std::string> sorted = header.keys;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        if (sorted[i].empty() || sorted[i] != sorted[i - 1]) continue;
        return Fault{FaultKind::input,
                     "the column " + header.name(header.find(sorted[i])) + " stands in the header twice",
                     where, "say by number which one counts, in a mapping file: --layout MAPPING.toml"};
    }
    return done();
}

std::string shown(std::string_view text) {
    constexpr std::size_t longest = 60;
    std::string out = without_numbers(utf8_of(trim(text)));
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    }
    if (out.size() <= longest) return out;
    out.resize(longest);
    while (first_bad_utf8(out)) out.pop_back();
    return out + "…";
}

std::string shown(const std::vector<std::string>& names) {
    constexpr std::size_t most = 30;
    std::string out;
    for (std::size_t i = 0; i < names.size() && i < most; ++i) out += (i == 0 ? "" : ", ") + shown(names[i]);
    if (names.size() > most) out += ", and " + std::to_string(names.size() - most) + " more";
    return out;
}

std::string_view dress_off(std::string_view cell) {
    for (bool again = true; again;) {
        cell = trim(cell);
        again = false;
        for (const char quote : {'\'', '"'}) {
            if (cell.size() >= 2 && cell.front() == quote && cell.back() == quote) {
                cell = cell.substr(1, cell.size() - 2);
                again = true;
            }
        }
    }
    if (cell.starts_with('\'')) cell.remove_prefix(1);
    return trim(cell);
}

bool is_blank(std::string_view cell) {
    if (cell.empty()) return true;
    if (cell.front() == '-') return cell.find_first_not_of('-') == std::string_view::npos;
    return cell == "NULL" || cell == "null" || cell == "_N" || cell == "\\N";
}

bool same_word(std::string_view text, std::string_view lower_case_word) {
    if (text.size() != lower_case_word.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != lower_case_word[i]) return false;
    }
    return true;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> lower_case_words) {
    return std::any_of(lower_case_words.begin(), lower_case_words.end(),
                       [&](std::string_view w) { return same_word(text, w); });
}

void StrangeWords::note(std::string_view column, std::string_view consequence, ReadSummary& summary) const {
    if (count_ == 0) return;
    summary.notes.push_back(times(count_, "row has", "rows have") + " an unknown word in " +
                            std::string(column) + " (first at line " + std::to_string(first_) +
                            "): " + std::string(consequence));
}

Result<bool> DataRows::next(DelimitedRow& row) {
    recoded_columns_.clear();
    do {
        SENDH_TRY(const bool more, reader_.next(row));
        if (!more) return false;
    } while (row.line <= header_.line);
    if (!row.ascii) recode(row);
    return true;
}

// Cells that are not UTF-8 are read as Latin-1.
void DataRows::recode(DelimitedRow& row) {
    if (!first_bad_utf8(row.raw)) return;
    recoded_.clear();
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
        if (!first_bad_utf8(row.fields[i])) continue;
        row.fields[i] = recoded_.emplace_back(utf8_from_latin1(row.fields[i]));
        recoded_columns_.push_back(static_cast<int>(i));
    }
    if (recoded_rows_++ == 0) first_recoded_ = row.line;
}

bool DataRows::fit(DelimitedRow& row) const {
    const std::size_t columns = header_.keys.size();
    if (row.fields.size() == columns || columns == 0) return true;
    for (std::size_t i = row.fields.size(); i < columns; ++i) {
        if (!header_.names[i].empty()) return false;
    }
    for (std::size_t i = columns; i < row.fields.size(); ++i) {
        if (!trim(row.fields[i]).empty()) return false;
    }
    row.fields.resize(columns);
    return true;
}

bool DataRows::is_no_row(const DelimitedRow& row) {
    std::size_t filled = 0;
    std::string_view text;
    std::string_view last;
    for (const std::string_view field : row.fields) {
        if (trim(field).empty()) continue;
        if (filled++ == 0) text = trim(field);
        last = trim(field);
    }
    if (filled == 0) return true;
    if (filled == 1 && is_ruler(text)) return true;
    if (!header_.keys.empty()) {
        std::vector<std::string> keys = keys_of(row);
        while (keys.size() > header_.keys.size() && keys.back().empty()) keys.pop_back();
        if (keys == header_.keys) {
            if (repeated_headers_++ == 0) first_repeated_ = row.line;
            return true;
        }
    }
    if (filled > 2) return false;
    const std::string key = column_key(text.substr(0, 80));
    const bool empty = starts_with_any(key, says_empty);
    const bool count = starts_with_any(key, says_how_many);
    const bool selected = key.ends_with("rowsselected") || key.ends_with("rowselected");
    if (!empty && !count && !selected && !starts_with_any(key, headings_and_trailers)) return false;
    says_empty_ = says_empty_ || empty;
    if (count) {
        const std::size_t digits = last.find_last_not_of("0123456789");
        declared_ = parse_integer(last.substr(digits == std::string_view::npos ? 0 : digits + 1));
    }
    return true;
}

bool DataRows::was_recoded(int column) const {
    return std::find(recoded_columns_.begin(), recoded_columns_.end(), column) != recoded_columns_.end();
}

void DataRows::add_notes(ReadSummary& summary) const {
    if (says_empty_) {
        summary.notes.emplace_back("the report says that no records were found");
    } else if (summary.rows == 0) {
        summary.notes.emplace_back(header_.keys.empty() ? "no rows"
                                                        : "a header without rows: an empty report");
    }
    if (declared_ && static_cast<std::uint64_t>(*declared_) != summary.rows) {
        summary.notes.push_back("declared " +
                                times(static_cast<std::uint64_t>(*declared_), "record", "records") +
                                ", found " + grouped(summary.rows));
    }
    if (repeated_headers_ > 0) {
        summary.notes.push_back(
            "the header stands again at line " + std::to_string(first_repeated_) +
            (repeated_headers_ > 1 ? " and " + times(repeated_headers_ - 1, "time", "times") + " more" : "") +
            ": files joined together?");
    }
    if (recoded_rows_ > 0) {
        summary.notes.push_back(times(recoded_rows_, "row is", "rows are") + " not UTF-8 (first at line " +
                                std::to_string(first_recoded_) + "): read as Latin-1");
    }
}

Done Intake::refuse(const DelimitedRow& row, RejectCode code, std::string column) {
    ++summary.rejected;
    ++summary.rows;
    return sink_.reject(Reject{row.line, row.offset, code, std::move(column), row.raw});
}

Done Intake::flush() {
    if (batch_.size() == 0) return done();
    SENDH_CHECK(sink_.accept(batch_));
    batch_.clear();
    batch_.reserve(batch_rows);
    return done();
}

Days::Outcome Days::read_new(std::string_view cell, std::uint64_t line, Micros& midnight) {
    const auto date = split_date(cell);
    if (!date) return Outcome::bad;
    CivilTime civil;
    switch (decision_.read(*date, line, civil)) {
        case DateDecision::Reading::impossible: return Outcome::bad;
        case DateDecision::Reading::contradiction: return Outcome::stop;
        case DateDecision::Reading::read: break;
    }
    const auto instant = to_micros(civil, zone_);
    if (!instant) return Outcome::bad;
    midnight = *instant;
    if (cell.size() <= sizeof text_) {
        std::copy(cell.begin(), cell.end(), text_);
        size_ = cell.size();
        midnight_ = midnight;
    }
    return Outcome::read;
}

Days::Outcome Stamps::read(std::string_view cell, std::uint64_t line, Micros& time, bool* date_only) {
    using Outcome = Days::Outcome;
    std::optional<Micros> instant;
    switch (form_) {
        case TimeForm::epoch: instant = epoch_time(cell, 1); break;
        case TimeForm::epoch_ms: instant = epoch_time(cell, 1'000); break;
        case TimeForm::epoch_us: instant = epoch_time(cell, 1'000'000); break;
        case TimeForm::iso: instant = parse_iso(cell, zone_); break;
        case TimeForm::format:
            if (const auto parts = format_->read(cell))
                instant = to_micros(parts->civil, parts->zone.value_or(zone_));
            break;
        case TimeForm::any: {
            if (cell.size() > 10) instant = parse_iso(cell, zone_);
            if (instant) break;
            const std::string_view date = date_part(cell);
            const bool alone = date.size() == cell.size();
            if (alone && date_only == nullptr) return Outcome::bad;
            if (const Outcome outcome = days_.read(date, line, time); outcome != Outcome::read)
                return outcome;
            if (date_only != nullptr) *date_only = alone;
            if (alone) return Outcome::read;
            std::string_view rest = cell.substr(date.size());
            rest.remove_prefix(rest.find_first_of("0123456789"));
            const auto clock = time_of_day(rest);
            if (clock) instant = Micros{time.value + *clock};
            break;
        }
    }
    if (!instant) return Outcome::bad;
    time = *instant;
    if (date_only != nullptr && form_ == TimeForm::iso && cell.size() == 10) *date_only = true;
    return Outcome::read;
}

Result<DateDecision> decide_dates(const FileHead& head, const Header& header, int column, DateOrder stated,
                                  DateOrder documented, std::string_view (*date_part)(std::string_view)) {
    DateDecision decision(stated, documented);
    DataRows rows(memory_source(head.bytes), header);
    DelimitedRow row;
    while (true) {
        SENDH_TRY(const bool more, rows.next(row));
        if (!more) break;
        const bool cut = !head.whole && row.offset + row.raw.size() >= head.bytes.size();
        if (cut || row.broken || static_cast<std::size_t>(column) >= row.fields.size()) continue;
        if (!rows.fit(row)) continue;
        const auto date = split_date(date_part(bare(row.fields[static_cast<std::size_t>(column)])));
        if (date) decision.observe(*date, row.line);
    }
    SENDH_CHECK(decision.decide(head.whole));
    return decision;
}

std::optional<RejectCode> callee_fault(NumberClass number_class) {
    switch (number_class) {
        case NumberClass::none:
        case NumberClass::not_digits:
        case NumberClass::too_long: return RejectCode::bad_callee;
        case NumberClass::scientific: return RejectCode::scientific;
        default: return std::nullopt;
    }
}

std::string_view sender_id(std::string_view cell, NumberClass number_class) {
    if (number_class != NumberClass::not_digits) return {};
    const auto digits = std::count_if(cell.begin(), cell.end(), [](char c) { return c >= '0' && c <= '9'; });
    return digits <= 5 ? cell : std::string_view{};
}

}  // namespace sendh::tabular
