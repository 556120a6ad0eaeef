#include "calls/tabular.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <future>

#include "base/text.h"

namespace sendh::tabular {

namespace {

constexpr std::string_view bom = "\xEF\xBB\xBF";

// Beginnings (as column keys) of lines that are no rows although they stand among them.
constexpr std::array<std::string_view, 16> headings_and_trailers = {"endofreport",
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
                                                                    "vodafoneidea",
                                                                    "reliancejio",
                                                                    "calldetailsof",
                                                                    "panindia"};
// Lines of a preamble that stand among the rows where reports were joined: they have a colon behind the
// label.
constexpr std::array<std::string_view, 12> labels = {
    "ticketnumber", "inputvalue", "daterange", "searchcriteria", "searchvalue", "startdate",
    "enddate",      "msisdn",     "imei",      "reporttype",     "fromdate",    "tilldate"};
constexpr std::array<std::string_view, 3> says_empty_keys = {"norecordsfound", "norecordfound",
                                                             "nodatafound"};
constexpr std::array<std::string_view, 5> says_how_many = {"cdrcount", "totalrecords", "totalnoofrecords",
                                                           "totalnumberofrecords", "noofrecords"};

bool starts_with_any(std::string_view text, std::span<const std::string_view> beginnings) {
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](std::string_view b) { return text.starts_with(b); });
}

bool contains_any(std::string_view text, std::span<const std::string_view> parts) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](std::string_view p) { return text.find(p) != std::string_view::npos; });
}

bool is_ruler(std::string_view field) {
    return field.size() >= 3 && field.find_first_not_of("-=_*#+~. ") == std::string_view::npos;
}

// INTEGER, VARCHAR(50) …: some switches tell the types of their columns in a row below the header.
bool is_sql_type(std::string_view field) {
    const std::string_view word = trim(field.substr(0, field.find('(')));
    return is_one_of(word, {"integer", "varchar", "uniqueidentifier", "char", "int", "bigint", "smallint",
                            "date", "datetime", "timestamp", "decimal"});
}

std::string utf8_of(std::string_view text) {
    return first_bad_utf8(text) ? utf8_from_latin1(text) : std::string(text);
}

std::vector<std::string> keys_of(const DelimitedRow& row) {
    std::vector<std::string> keys;
    for (std::string_view field : row.fields) {
        if (keys.empty() && field.starts_with(bom)) field.remove_prefix(bom.size());
        keys.push_back(first_bad_utf8(field) ? column_key(utf8_from_latin1(field)) : column_key(field));
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

struct Ends {
    std::size_t filled = 0;  // cells
    std::string_view first, last;
};

Ends ends_of(const DelimitedRow& row) {
    Ends ends;
    for (const std::string_view field : row.fields) {
        const std::string_view text = trim(field);
        if (text.empty()) continue;
        if (ends.filled++ == 0) ends.first = text;
        ends.last = text;
    }
    return ends;
}

struct Heading {
    bool is_one = false;
    bool says_empty = false;
    std::optional<std::uint64_t> declared;
};

Heading heading_of(std::string_view text, std::string_view last) {
    const std::string key = column_key(text.substr(0, 80));
    Heading heading;
    heading.says_empty = contains_any(key, says_empty_keys);
    const bool count = starts_with_any(key, says_how_many);
    const bool selected = key.ends_with("rowsselected") || key.ends_with("rowselected");
    const bool label = text.find(':') != std::string_view::npos && starts_with_any(key, labels);
    heading.is_one =
        heading.says_empty || count || selected || label || starts_with_any(key, headings_and_trailers);
    if (count) {
        last = dress_off(last);
        const std::size_t before = last.find_last_not_of("0123456789");
        const auto number = parse_integer(last.substr(before == std::string_view::npos ? 0 : before + 1));
        if (number) heading.declared = static_cast<std::uint64_t>(*number);
    }
    return heading;
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

bool is_binary(std::string_view bytes) {
    constexpr std::size_t beginning = 64;
    for (const std::string_view known : {"\xFF\xFE", "\xFE\xFF", "PK\x03\x04", "\xD0\xCF\x11\xE0", "%PDF-"}) {
        if (bytes.starts_with(known)) return false;
    }
    const std::string_view start = bytes.substr(0, beginning);
    const bool control = std::any_of(start.begin(), start.end(), [](char c) {
        return (c > 0 && c < '\t') || (c > '\r' && c < ' ' && c != '\x1A' && c != '\x1B') || c == '\x7F';
    });
    return control && (bytes.find('\0') != std::string_view::npos || first_bad_utf8(start).has_value());
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
    if (is_binary(bytes))
        return binary("the file is binary, not text", "is it the right layout? see --layout");
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

namespace {
void measure_surplus(const FileHead& head, Header& header) {
    DelimitedReader reader(head.bytes, header.form());
    DelimitedRow row;
    std::optional<std::size_t> least;
    for (int i = 0; i < surplus_rows;) {
        const auto more = reader.next(row);
        if (!more.ok() || !*more) break;
        if (row.line <= header.line || row.fields.size() < header.keys.size()) continue;
        least = std::min(least.value_or(row.fields.size()), row.fields.size());
        ++i;
    }
    header.surplus = least ? *least - header.keys.size() : 0;
}
}  // namespace

Header find_header(const FileHead& head, std::span<const LayoutColumn> columns) {
    std::vector<std::string> wanted;
    for (const LayoutColumn& column : columns) wanted.push_back(column_key(column.name));
    Header best;
    for (const char delimiter : {',', '\t', ';', '|'}) {
        if (head.bytes.find(delimiter) == std::string_view::npos) continue;
        DelimitedReader reader(head.bytes, delimiter);
        DelimitedRow row;
        for (int i = 0; i < header_search_rows; ++i) {
            const auto more = reader.next(row);
            if (!more.ok() || !*more) break;
            if (row.broken || row.fields.size() < 2 || row.fields.size() <= best.known) continue;
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
    best.found = true;
    measure_surplus(head, best);
    return best;
}

bool says_empty(const FileHead& head) {
    if (!head.whole) return false;
    DelimitedReader reader(head.bytes, ',');
    DelimitedRow row;
    for (int i = 0; i < header_search_rows; ++i) {
        const auto more = reader.next(row);
        if (!more.ok() || !*more) break;
        const Ends ends = ends_of(row);
        if (ends.filled == 0 || ends.filled > 2) continue;
        const Heading heading = heading_of(ends.first, ends.last);
        if (heading.says_empty || heading.declared == 0) return true;
    }
    return false;
}

Header header_after(const FileHead& head, char delimiter, std::uint64_t preamble) {
    DelimitedReader reader(head.bytes, delimiter);
    DelimitedRow row;
    while (true) {
        const auto more = reader.next(row);
        if (!more.ok() || !*more) return Header{delimiter, 0, 0, {}, {}};
        if (row.line <= preamble) continue;
        Header header = header_from(row, delimiter);
        header.known = header.keys.size();
        measure_surplus(head, header);
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
        if (row.line < header_.line) {
            const auto [filled, text, last] = ends_of(row);
            if (filled == 1 || filled == 2) {
                (void)is_heading(text, last);
            } else if (header_.found && filled >= 4 && 2 * filled >= header_.keys.size()) {
                break;  // as full as a row: of another report, or of this one
            }
        }
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
    if (notes.recoded_rows_++ == 0) notes.first_recoded_ = row.line;
}

bool DataRows::fit(DelimitedRow& row) const {
    const std::size_t columns = header_.keys.size();
    if (row.fields.size() == columns || columns == 0) return true;
    for (std::size_t i = row.fields.size(); i < columns; ++i) {
        if (!header_.names[i].empty()) return false;
    }
    if (row.fields.size() > columns + header_.surplus) return false;
    for (std::size_t i = columns; i < row.fields.size(); ++i) {
        if (!trim(row.fields[i]).empty()) return false;
    }
    row.fields.resize(columns);
    return true;
}

// A line of a preamble or a trailer: takes what it declares.
bool DataRows::is_heading(std::string_view text, std::string_view last) {
    const Heading heading = heading_of(text, last);
    if (!heading.is_one) return false;
    notes.says_empty_ = notes.says_empty_ || heading.says_empty;
    if (heading.declared) {
        notes.declared_ = heading.declared;
        notes.declared_in_all_ += *heading.declared;
    }
    return true;
}

bool DataRows::is_no_row(const DelimitedRow& row) {
    const auto [filled, text, last] = ends_of(row);
    if (filled == 0) return true;
    if (filled == 1 && is_ruler(text)) return true;
    if (filled > 1 && std::all_of(row.fields.begin(), row.fields.end(), [](std::string_view field) {
            return trim(field).empty() || is_sql_type(field);
        }))
        return true;
    if (!header_.keys.empty()) {
        std::vector<std::string> keys = keys_of(row);
        while (keys.size() > header_.keys.size() && keys.back().empty()) keys.pop_back();
        if (keys == header_.keys) {
            if (notes.repeated_headers_++ == 0) notes.first_repeated_ = row.line;
            return true;
        }
    }
    return filled <= 2 && is_heading(text, last);
}

Done DataRows::check_same_header(const DelimitedRow& row) const {
    if (header_.keys.size() < 3 || row.fields.size() * 2 < header_.keys.size()) return done();
    const std::vector<std::string> keys = keys_of(row);
    const auto named = std::count_if(header_.keys.begin(), header_.keys.end(),
                                     [](const std::string& key) { return !key.empty(); });
    const auto here = std::count_if(header_.keys.begin(), header_.keys.end(), [&](const std::string& key) {
        return !key.empty() && std::find(keys.begin(), keys.end(), key) != keys.end();
    });
    bool same = keys.size() >= header_.keys.size();
    for (std::size_t i = 0; same && i < header_.keys.size(); ++i) same = keys[i] == header_.keys[i];
    if (same || here < 3 || 3 * here < 2 * named) return done();
    return Fault{FaultKind::input, "another header, with the columns in another order",
                 "line " + std::to_string(row.line),
                 "files were joined: split this one at that line and import the parts"};
}

bool DataRows::was_recoded(int column) const {
    return std::find(recoded_columns_.begin(), recoded_columns_.end(), column) != recoded_columns_.end();
}

void TableNotes::join(const TableNotes& later) {
    if (recoded_rows_ == 0) first_recoded_ = later.first_recoded_;
    recoded_rows_ += later.recoded_rows_;
    if (repeated_headers_ == 0) first_repeated_ = later.first_repeated_;
    repeated_headers_ += later.repeated_headers_;
    says_empty_ = says_empty_ || later.says_empty_;
    if (later.declared_) declared_ = later.declared_;
    declared_in_all_ += later.declared_in_all_;
}

void TableNotes::add_to(ReadSummary& summary, const Header& header) const {
    if (says_empty_) {
        summary.notes.emplace_back("the report says that no records were found");
    } else if (summary.rows == 0) {
        summary.notes.emplace_back(header.keys.empty() ? "no rows"
                                                       : "a header without rows: an empty report");
    }
    if (declared_) {
        // Of joined reports each declares its own.
        const std::uint64_t declared = repeated_headers_ > 0 ? declared_in_all_ : *declared_;
        if (declared != summary.rows) {
            summary.notes.push_back("declared " + times(declared, "record", "records") + ", found " +
                                    grouped(summary.rows));
        }
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

Done Part::refuse(Reject reject) {
    const char* const begin = piece.bytes.data();
    const std::less<const char*> before;
    if (before(reject.raw.data(), begin) || !before(reject.raw.data(), begin + piece.bytes.size()))
        reject.raw = kept_.emplace_back(reject.raw);
    rejects.push_back(std::move(reject));
    return done();
}

void Part::clear() {
    calls.clear();
    names.keep_first(1);
    rejects.clear();
    kept_.clear();
    notes = {};
    fault.reset();
    reader.reset();
}

Assembly::Assembly(const Header& header, const ByteSource& source, const ReadOptions& options)
    : pieces_(source, header.form(), options.piece_size), crew_(options.crew) {}

namespace {
// A part that waits to be read, is being read, or is read; gone no sooner than its reader has left it.
class Running {
public:
    explicit Running(std::unique_ptr<Part> of) : part(std::move(of)) {}
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() {
        if (!claim()) wait();
    }

    // Somebody of the crew reads it, unless this thread does so before.
    void start(Crew& crew, const std::function<void(Part&)>& read) {
        ready_ = crew.start([&read, claimed = claimed_, of = part.get()] {
            if (!claimed->exchange(true)) read(*of);
        });
    }
    // True, once, if nobody has begun it: it is this thread's to read.
    [[nodiscard]] bool claim() {
        if (claimed_->exchange(true)) return false;
        here_ = true;
        return true;
    }
    [[nodiscard]] bool ready() const {
        return here_ ||
               (ready_.valid() && ready_.wait_for(std::chrono::seconds(0)) == std::future_status::ready);
    }
    void wait() {
        if (!here_) ready_.wait();
    }

    std::unique_ptr<Part> part;

private:
    std::shared_ptr<std::atomic<bool>> claimed_ = std::make_shared<std::atomic<bool>>(false);
    bool here_ = false;
    std::future<void> ready_;
};
}  // namespace

Done Assembly::run(const std::function<void(Part&)>& begin, const std::function<void(Part&)>& read,
                   const std::function<Done(Part&)>& take) {
    const std::size_t most = crew_ == nullptr ? 1 : 2 * crew_->size() + 2;
    std::vector<std::unique_ptr<Part>> idle;
    std::deque<Running> running;
    bool more = true;
    while (more || !running.empty()) {
        if (more && running.size() < most) {
            auto part = idle.empty() ? std::make_unique<Part>() : std::move(idle.back());
            if (!idle.empty()) idle.pop_back();
            SENDH_TRY(const auto next, pieces_.next(part->piece));
            rest_ = next == RowPieces::Next::rest;
            more = next == RowPieces::Next::piece;
            if (!more) continue;
            begin(*part);
            running.emplace_back(std::move(part));
            if (crew_ != nullptr) running.back().start(*crew_, read);
            continue;
        }
        // Rather than wait for the crew this thread reads what nobody has begun.
        Running& oldest = running.front();
        for (auto at = running.begin(); at != running.end() && !oldest.ready(); ++at) {
            if (at->claim()) read(*at->part);
        }
        oldest.wait();
        std::unique_ptr<Part> part = std::move(oldest.part);
        running.pop_front();
        SENDH_CHECK(take(*part));
        part->clear();
        idle.push_back(std::move(part));
    }
    return done();
}

std::optional<DelimitedReader> Assembly::rest() {
    return rest_ ? std::optional(pieces_.rest()) : std::nullopt;
}

Done deliver(Part& part, Intake& intake) {
    for (const Reject& reject : part.rejects) SENDH_CHECK(intake.refuse(reject));
    return intake.take(part.calls, part.names);
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
    const auto epoch = [&](std::int64_t per_second) {
        const auto at = epoch_time(cell, per_second);
        return at && at->value != 0 ? at : std::nullopt;  // 0: there was no time
    };
    switch (form_) {
        case TimeForm::epoch: instant = epoch(1); break;
        case TimeForm::epoch_ms: instant = epoch(1'000); break;
        case TimeForm::epoch_us: instant = epoch(1'000'000); break;
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
            const auto clock = time_since_midnight(rest, zone_);
            if (clock) instant = Micros{time.value + *clock};
            break;
        }
    }
    if (!instant) return Outcome::bad;
    time = *instant;
    if (date_only != nullptr && form_ == TimeForm::iso && cell.size() == 10) *date_only = true;
    return Outcome::read;
}

std::optional<std::int64_t> time_of_dated(std::string_view cell, std::string_view date_cell, Micros midnight,
                                          Zone zone) {
    const std::string_view date = Stamps::date_part(cell);
    if (date.size() == cell.size()) return std::nullopt;
    if (date != Stamps::date_part(date_cell)) {
        const auto same = parse_iso(date, zone);
        if (!same || *same != midnight) return std::nullopt;
    }
    const std::string_view rest = cell.substr(date.size());
    return time_since_midnight(rest.substr(rest.find_first_of("0123456789")), zone);
}

Result<DateDecision> decide_dates(const FileHead& head, const Header& header, int column,
                                  DateDecision decision, std::string_view (*date_part)(std::string_view)) {
    if (const auto period = stated_period(head, header.line)) decision.covers(*period);
    DataRows rows(DelimitedReader(head.bytes, header.form()), header);
    DelimitedRow row;
    while (true) {
        SENDH_TRY(const bool more, rows.next(row));
        if (!more) break;
        if (row.line < header.line) continue;
        const bool cut = !head.whole && row.offset + row.raw.size() >= head.bytes.size();
        if (cut || row.broken || static_cast<std::size_t>(column) >= row.fields.size()) continue;
        if (!rows.fit(row)) continue;
        const auto date = split_date(date_part(bare(row.fields[static_cast<std::size_t>(column)])));
        if (date) {
            decision.observe(*date, row.line);
        } else if (!header.keys.empty() && row.line > header.line &&
                   column_key(row.fields[static_cast<std::size_t>(column)]) ==
                       header.keys[static_cast<std::size_t>(column)]) {
            decision.another_report();  // the header stands again
        }
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

std::optional<RejectCode> take_redirect(std::string_view cell, Region home, std::uint64_t line,
                                        PhoneNumber& redirect, StrangeWords& strange) {
    if (is_blank(cell) || cell == "0") return std::nullopt;
    const ParsedNumber number = parse_number(cell, home);
    if (number.number_class == NumberClass::scientific) return RejectCode::scientific;
    if (is_dialable(number.number_class)) {
        redirect = number.number;
    } else if (number.number_class != NumberClass::none) {
        strange.count(line);
    }
    return std::nullopt;
}

bool fits_both(std::string_view cli, NumberClass number_class, Region home, int country) {
    if (country == 0 || !is_national(number_class)) return false;
    constexpr std::size_t longest = 15;
    std::string digits;
    for (const char c : cli) {
        if (c == '+') return false;
        if (c >= '0' && c <= '9') digits += c;
    }
    if (cli.ends_with(".0")) digits.pop_back();
    if (digits.size() > longest || digits.starts_with("00")) return false;
    const std::string abroad = "+" + std::to_string(country);
    const auto is_foreign = [&](std::string_view national) {
        return parse_number(abroad + std::string(national), home).number_class == NumberClass::foreign;
    };
    return is_foreign(digits) || (digits.starts_with('0') && is_foreign(digits.substr(1)));
}

void note_of_both(const StrangeWords& rows, std::string_view column, ReadSummary& summary) {
    if (rows.count() == 0) return;
    summary.notes.push_back(
        times(rows.count(), "row shows", "rows show") +
        " a CLI without country code that is a number of the home region and of the country in " +
        std::string(column) + " (first at line " + std::to_string(rows.first()) +
        "): kept as a number of the home region; that it came from abroad proves nothing before the carrier "
        "says "
        "how it writes numbers");
}

std::string_view sender_id(std::string_view cell, NumberClass number_class) {
    if (number_class != NumberClass::not_digits || cell.size() < 3 || cell.size() > 14) return {};
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto fits = [&](char c) {
        return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c & 0x80) != 0 ||
               std::string_view("-_.&").find(c) != std::string_view::npos;
    };
    if (!std::all_of(cell.begin(), cell.end(), fits)) return {};
    return std::count_if(cell.begin(), cell.end(), is_digit) <= 5 ? cell : std::string_view{};
}

}  // namespace sendh::tabular
