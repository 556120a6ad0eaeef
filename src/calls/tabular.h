// What readers of delimited layouts share: finding the header, telling rows from rulers, trailers, repeated
// headers and blank lines, encodings, batching and counting. Private to this room.
//
// A layout brings a type and gives it to read_table, which copies it so that parts of a file are read at the
// same time:
//   std::optional<Refusal> take(const DelimitedRow&, CallRow&)
//                                      fills the call, or says why not; looks at no other row
//   int time_column(const DelimitedRow&)  where the time of a call stands
//   Fault fault()                      after a Refusal with `stop`
//   void join(const Reader& later)     adds the counts of a copy that read a later part
//   void finish(ReadSummary&)          adds what it has to say
// and, where the layout needs them:
//   DateDecision& dates()              what was decided about the file's dates
//   bool realign(DelimitedRow&)        brings a row with more fields than columns into form; false if that
//                                      cannot be. Else DataRows::fit does it.
//   bool is_remark(const DelimitedRow&)  a row that was not taken is a line of words; counts it
//
// Thread rule: one file, one thread, which may have a crew to help it (ReadOptions::crew).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/crew.h"
#include "base/delimited.h"
#include "base/text.h"
#include "calls/date_order.h"
#include "calls/intake.h"
#include "calls/reader.h"

namespace sendh::tabular {

inline constexpr int header_search_rows = 40;
inline constexpr int surplus_rows = 50;  // looked at for Header::surplus

struct Header {
    char delimiter = ',';
    std::uint64_t line = 0;          // 0: the file has none; every row is data
    std::uint64_t known = 0;         // columns that the layout knows
    std::vector<std::string> names;  // as they stand, in UTF-8
    std::vector<std::string> keys;   // column_key of each
    bool found = false;              // looked for by its names, not told
    std::size_t surplus = 0;         // cells that every row at the head has behind the last column

    [[nodiscard]] DelimitedForm form() const { return {delimiter, keys.size()}; }
    // Index of the column of this name; -1 if there is none.
    [[nodiscard]] int find(std::string_view name) const;
    // "CALL_DATE", or "column 3" where there is no name.
    [[nodiscard]] std::string name(int column) const;
};

// Bytes of no text and of no kind of file that check_bytes knows by name: control characters near the
// beginning, and zero bytes or what is not UTF-8.
[[nodiscard]] bool is_binary(std::string_view bytes);
// What the first bytes say before anybody asks for columns: fault for an empty file, UTF-16, a zero byte, a
// workbook, a PDF, any other binary file.
[[nodiscard]] Done check_bytes(const FileHead& head);

// The row among the first 40 that holds most of the names, over the delimiters , tab ; and |. known == 0:
// none.
[[nodiscard]] Header find_header(const FileHead& head, std::span<const LayoutColumn> columns);
// The header of a given delimiter: the first row behind `preamble` lines; line == 0 if the head holds none.
[[nodiscard]] Header header_after(const FileHead& head, char delimiter, std::uint64_t preamble);
// A whole file that says that it holds no record ("No records found", "CDR COUNT : 0").
[[nodiscard]] bool says_empty(const FileHead& head);
// Fault when a required column is missing or a name stands twice.
[[nodiscard]] Done check_header(const Header& header, const Layout& layout);

// A piece of a file as it may stand in a message: short, in one line, without phone numbers.
[[nodiscard]] std::string shown(std::string_view text);
// Names in a row, at most 30 of them.
[[nodiscard]] std::string shown(const std::vector<std::string>& names);

// A cell without outer space and '…' wrappers.
[[nodiscard]] std::string_view dress_off(std::string_view cell);
[[nodiscard]] inline std::string_view bare(std::string_view cell) {
    const auto plain = [](char c) { return c > ' ' && c != '\'' && c != '"'; };
    return cell.empty() || (plain(cell.front()) && plain(cell.back())) ? cell : dress_off(cell);
}
// Nothing stands in a bare cell: "", "-", "---", NULL, _N, \N.
[[nodiscard]] bool is_blank(std::string_view cell);
// A bare cell as a name: blank ones are "".
[[nodiscard]] inline std::string_view as_name(std::string_view cell) {
    return is_blank(cell) ? std::string_view{} : cell;
}

[[nodiscard]] bool same_word(std::string_view text, std::string_view lower_case_word);
[[nodiscard]] bool is_one_of(std::string_view text, std::initializer_list<std::string_view> lower_case_words);

struct Refusal {
    RejectCode code = RejectCode::bad_value;
    int column = -1;
    bool stop = false;  // the file as a whole cannot be read: see fault()
};

// Cells that hold a word the reader does not know, for one note at the end.
class StrangeWords {
public:
    void count(std::uint64_t line) {
        if (count_++ == 0) first_ = line;
    }
    void join(const StrangeWords& later) {
        if (count_ == 0) first_ = later.first_;
        count_ += later.count_;
    }
    void note(std::string_view column, std::string_view consequence, ReadSummary& summary) const;
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] std::uint64_t first() const { return first_; }

private:
    std::uint64_t count_ = 0;
    std::uint64_t first_ = 0;
};

// What rows that are none say about the file, and how its cells were read.
class TableNotes {
public:
    // Adds those of a later part.
    void join(const TableNotes& later);
    void add_to(ReadSummary& summary, const Header& header) const;

private:
    friend class DataRows;
    std::uint64_t recoded_rows_ = 0;
    std::uint64_t first_recoded_ = 0;
    std::uint64_t repeated_headers_ = 0;
    std::uint64_t first_repeated_ = 0;
    bool says_empty_ = false;
    std::optional<std::uint64_t> declared_;
    std::uint64_t declared_in_all_ = 0;  // of joined reports
};

// The rows behind the header, one at a time.
class DataRows {
public:
    DataRows(DelimitedReader reader, const Header& header) : reader_(std::move(reader)), header_(header) {}

    [[nodiscard]] Result<bool> next(DelimitedRow& row);
    // Brings the fields to the number of columns; false if that cannot be. Empty cells too many are dropped
    // where every row at the head has as many: elsewhere they may say that a delimiter in a cell has shifted
    // the rest.
    [[nodiscard]] bool fit(DelimitedRow& row) const;
    // For a row that was not taken: it is none (ruler, trailer, repeated header, only empty cells).
    [[nodiscard]] bool is_no_row(const DelimitedRow& row);
    // Fault: a header of the same names in another order, from which on the columns are others.
    [[nodiscard]] Done check_same_header(const DelimitedRow& row) const;
    // The cell of the last row was not UTF-8.
    [[nodiscard]] bool was_recoded(int column) const;

    TableNotes notes;

private:
    void recode(DelimitedRow& row);
    bool is_heading(std::string_view text, std::string_view last);

    DelimitedReader reader_;
    const Header& header_;
    std::deque<std::string> recoded_;
    std::vector<int> recoded_columns_;
};

// The dates of one column, decided for the file; a date like the one before costs a comparison.
class Days {
public:
    enum class Outcome : std::uint8_t { read, bad, stop };

    Days(DateDecision decision, Zone zone) : decision_(decision), zone_(zone) {}

    // Midnight, for a bare cell.
    [[nodiscard]] Outcome read(std::string_view cell, std::uint64_t line, Micros& midnight) {
        if (size_ != 0 && same_short(cell, {text_, size_})) {
            midnight = midnight_;
            return Outcome::read;
        }
        return read_new(cell, line, midnight);
    }
    [[nodiscard]] const DateDecision& decision() const { return decision_; }
    [[nodiscard]] DateDecision& decision() { return decision_; }

private:
    Outcome read_new(std::string_view cell, std::uint64_t line, Micros& midnight);

    DateDecision decision_;
    Zone zone_;
    char text_[24] = {};
    std::size_t size_ = 0;
    Micros midnight_;
};

// Cells that hold date and time, or in reports a date alone.
class Stamps {
public:
    // format: needed for TimeForm::format; outlives this.
    Stamps(TimeForm form, const TimeFormat* format, Zone zone, DateDecision decision)
        : form_(form), format_(format), zone_(zone), days_(decision, zone) {}

    // date_only: nullptr where a time of day has to be there.
    [[nodiscard]] Days::Outcome read(std::string_view cell, std::uint64_t line, Micros& time,
                                     bool* date_only = nullptr);
    [[nodiscard]] const DateDecision& decision() const { return days_.decision(); }
    [[nodiscard]] DateDecision& decision() { return days_.decision(); }
    // A bare cell without its time of day.
    [[nodiscard]] static std::string_view date_part(std::string_view cell) {
        return cell.substr(0, end_of_date(cell));
    }

private:
    TimeForm form_;
    const TimeFormat* format_;
    Zone zone_;
    Days days_;
};

// Decides the order of the dates in `column` on the beginning of the file, by the period too that is stated
// above the header. date_part: what of a bare cell is the date.
[[nodiscard]] Result<DateDecision> decide_dates(const FileHead& head, const Header& header, int column,
                                                DateDecision decision,
                                                std::string_view (*date_part)(std::string_view));

// The time of day in a bare cell that holds the date too, beside a cell of its own for it (spreadsheets make
// one): since `midnight`, which is what the date cell says. Nothing unless both say the same day.
[[nodiscard]] std::optional<std::int64_t> time_of_dated(std::string_view cell, std::string_view date_cell,
                                                        Micros midnight, Zone zone);

// The called number of a call record: why it cannot be one.
[[nodiscard]] std::optional<RejectCode> callee_fault(NumberClass number_class);

// The number that sent the call on. A number that Excel has destroyed refuses the row; what is no number
// leaves the call without one and is counted, for a note that ends with no_redirect. Blank or 0: there was
// none.
[[nodiscard]] std::optional<RejectCode> take_redirect(std::string_view cell, Region home, std::uint64_t line,
                                                      PhoneNumber& redirect, StrangeWords& strange);
inline constexpr std::string_view no_redirect = "no number, so no redirection is kept";

// The CLI of a call from abroad reads as a number of the home region, is written without a country code, and
// is a number of the country of the record too (9841234567 of Nepal, 07911123456 of the United Kingdom):
// which of them it is, nobody wrote down. country: its calling code, 0 if the record names none.
[[nodiscard]] bool fits_both(std::string_view cli, NumberClass number_class, Region home, int country);
// For such rows, counted.
void note_of_both(const StrangeWords& rows, std::string_view column, ReadSummary& summary);

// A sender id in a bare CLI cell: 3 to 14 bytes of letters, digits (at most 5) and signs between them, as
// operators give them to businesses; else "". A longer text may be a person's name, and is not kept.
[[nodiscard]] std::string_view sender_id(std::string_view cell, NumberClass number_class);

// A part of a table: cut from the file, read by whoever has time, taken in the order of the file.
struct Part {
    [[nodiscard]] Done accept(const CallRow& row) {
        append(calls, row, names);
        return done();
    }
    [[nodiscard]] Done refuse(Reject reject);
    void clear();

    RowPiece piece;
    CallBatch calls;
    NameTable names;  // of `calls`
    std::vector<Reject> rejects;
    TableNotes notes;
    std::optional<Fault> fault;
    CallTimes times;
    DateOrder assumed = DateOrder::undecided;  // the order of dates that it was read with
    std::shared_ptr<void> reader;              // the copy that reads it

private:
    std::deque<std::string> kept_;  // raw rows that do not lie in the piece
};

// Cuts the source into parts and brings them, read, back in order. The calls of a part have the names of
// `names` then.
class Assembly {
public:
    Assembly(const Header& header, const ByteSource& source, const ReadOptions& options);

    // begin: on this thread, before a part is read; read: on any; take: on this thread, in order. When it
    // returns, with an error too, nobody uses what it was given.
    [[nodiscard]] Done run(const std::function<void(Part&)>& begin, const std::function<void(Part&)>& read,
                           const std::function<Done(Part&)>& take);
    // What cannot be cut, after run(); nothing if the file has ended.
    [[nodiscard]] std::optional<DelimitedReader> rest();

private:
    RowPieces pieces_;
    Crew* crew_;
    bool rest_ = false;
};

// Gives every row an answer. Out: accept(const CallRow&), refuse(Reject) and times.
template <class Reader, class Out>
Done read_rows(DataRows& rows, const Header& header, Reader& reader, Out& out) {
    DelimitedRow row;
    CallRow call;
    while (true) {
        SENDH_TRY(const bool more, rows.next(row));
        if (!more) return done();
        if (row.broken || row.line < header.line) {
            const RejectCode code = row.broken ? RejectCode::broken_row : RejectCode::above_header;
            SENDH_CHECK(out.refuse(Reject{row.line, row.offset, code, "", row.raw}));
            continue;
        }
        const auto is_no_row = [&] {
            if (rows.is_no_row(row)) return true;
            if constexpr (requires { reader.is_remark(row); }) return reader.is_remark(row);
            return false;
        };
        bool fits = false;
        if constexpr (requires { reader.realign(row); }) {
            fits = row.fields.size() > header.keys.size() ? reader.realign(row) : rows.fit(row);
        } else {
            fits = rows.fit(row);
        }
        if (!fits) {
            SENDH_CHECK(rows.check_same_header(row));
            if (!is_no_row())
                SENDH_CHECK(out.refuse(Reject{row.line, row.offset, RejectCode::column_count, "", row.raw}));
            continue;
        }
        call = CallRow{};
        call.line = row.line;
        call.offset = row.offset;
        std::optional<Refusal> refusal = reader.take(row, call);
        if (!refusal && !out.times.possible(call.time))
            refusal = Refusal{RejectCode::bad_time, reader.time_column(row)};
        if (!refusal) {
            SENDH_CHECK(out.accept(call));
            continue;
        }
        if (refusal->stop) return reader.fault();
        SENDH_CHECK(rows.check_same_header(row));
        if (is_no_row()) continue;
        const RejectCode code = rows.was_recoded(refusal->column) ? RejectCode::bad_encoding : refusal->code;
        SENDH_CHECK(out.refuse(Reject{row.line, row.offset, code, header.name(refusal->column), row.raw}));
    }
}

// Hands the calls of a part on.
[[nodiscard]] Done deliver(Part& part, Intake& intake);

template <class Reader>
Result<ReadSummary> read_table(const Header& header, const ByteSource& source, const ReadOptions& options,
                               NameTable& names, const CallSink& sink, Reader& reader) {
    constexpr bool has_dates = requires { reader.dates(); };
    Intake intake(names, sink, options);
    TableNotes notes;
    const auto begin = [&](Part& part) {
        part.reader = std::make_shared<Reader>(reader);
        part.times = intake.times;
        if constexpr (has_dates) part.assumed = reader.dates().settled();
    };
    const auto read = [&](Part& part) {
        DataRows rows(DelimitedReader(part.piece, header.form()), header);
        const Done outcome = read_rows(rows, header, *static_cast<Reader*>(part.reader.get()), part);
        if (!outcome.ok()) part.fault = outcome.fault();
        part.notes = rows.notes;
    };
    const auto take = [&](Part& part) -> Done {
        if constexpr (has_dates) {
            if (part.assumed != reader.dates().settled()) {
                part.clear();
                begin(part);
                read(part);
            }
            if (!reader.dates().join(static_cast<Reader*>(part.reader.get())->dates())) return reader.fault();
        }
        if (part.fault) return *part.fault;
        reader.join(*static_cast<Reader*>(part.reader.get()));
        notes.join(part.notes);
        return deliver(part, intake);
    };
    Assembly assembly(header, source, options);
    SENDH_CHECK(assembly.run(begin, read, take));
    if (auto rest = assembly.rest()) {
        DataRows rows(std::move(*rest), header);
        SENDH_CHECK(read_rows(rows, header, reader, intake));
        notes.join(rows.notes);
    }
    SENDH_CHECK(intake.finish());
    notes.add_to(intake.summary, header);
    reader.finish(intake.summary);
    return std::move(intake.summary);
}

}  // namespace sendh::tabular
