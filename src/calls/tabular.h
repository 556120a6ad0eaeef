// What readers of delimited layouts share: finding the header, telling rows from rulers, trailers, repeated
// headers and blank lines, encodings, batching and counting. Private to this room.
//
// A layout brings a type with three functions and gives it to read_table:
//   std::optional<Refusal> take(const DelimitedRow&, CallRow&)   fills the call, or says why not
//   Fault fault()                                                after a Refusal with `stop`
//   void finish(ReadSummary&)                                    adds what it has to say
//
// Thread rule: one file, one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/delimited.h"
#include "calls/date_order.h"
#include "calls/reader.h"

namespace sendh::tabular {

inline constexpr std::size_t batch_rows = 65'536;
inline constexpr int header_search_rows = 40;

struct Header {
    char delimiter = ',';
    std::uint64_t line = 0;          // 0: the file has none; every row is data
    std::uint64_t known = 0;         // columns that the layout knows
    std::vector<std::string> names;  // as they stand, in UTF-8
    std::vector<std::string> keys;   // column_key of each

    // Index of the column of this name; -1 if there is none.
    [[nodiscard]] int find(std::string_view name) const;
    // "CALL_DATE", or "column 3" where there is no name.
    [[nodiscard]] std::string name(int column) const;
};

// What the first bytes say before anybody asks for columns: fault for an empty file, UTF-16, a zero byte, a
// workbook, a PDF.
[[nodiscard]] Done check_bytes(const FileHead& head);

// The row among the first 40 that holds most of the names, over the delimiters , tab ; and |. known == 0:
// none.
[[nodiscard]] Header find_header(const FileHead& head, std::span<const LayoutColumn> columns);
// The header of a given delimiter: the first row behind `preamble` lines; line == 0 if the head holds none.
[[nodiscard]] Header header_after(const FileHead& head, char delimiter, std::uint64_t preamble);
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
    void note(std::string_view column, std::string_view consequence, ReadSummary& summary) const;

private:
    std::uint64_t count_ = 0;
    std::uint64_t first_ = 0;
};

// The rows behind the header, one at a time.
class DataRows {
public:
    DataRows(ByteSource source, const Header& header)
        : reader_(std::move(source), header.delimiter), header_(header) {}

    [[nodiscard]] Result<bool> next(DelimitedRow& row);
    // Brings the fields to the number of columns (empty cells too many are dropped); false if that cannot be.
    [[nodiscard]] bool fit(DelimitedRow& row) const;
    // For a row that was not taken: it is none (ruler, trailer, repeated header, only empty cells).
    [[nodiscard]] bool is_no_row(const DelimitedRow& row);
    // The cell of the last row was not UTF-8.
    [[nodiscard]] bool was_recoded(int column) const;

    void add_notes(ReadSummary& summary) const;

private:
    void recode(DelimitedRow& row);

    DelimitedReader reader_;
    const Header& header_;
    std::deque<std::string> recoded_;
    std::vector<int> recoded_columns_;
    std::uint64_t recoded_rows_ = 0;
    std::uint64_t first_recoded_ = 0;
    std::uint64_t repeated_headers_ = 0;
    std::uint64_t first_repeated_ = 0;
    bool says_empty_ = false;
    std::optional<std::int64_t> declared_;
};

// Batches, counts and hands on.
class Intake {
public:
    Intake(NameTable& names, const CallSink& sink) : names_(names), sink_(sink) {}

    [[nodiscard]] Done accept(const CallRow& row) {
        append(batch_, row, names_);
        ++summary.accepted;
        ++summary.rows;
        return batch_.size() < batch_rows ? done() : flush();
    }
    [[nodiscard]] Done refuse(const DelimitedRow& row, RejectCode code, std::string column);
    [[nodiscard]] Done flush();

    ReadSummary summary;

private:
    CallBatch batch_;
    NameTable& names_;
    const CallSink& sink_;
};

// The dates of one column, decided for the file; a date like the one before costs a comparison.
class Days {
public:
    enum class Outcome : std::uint8_t { read, bad, stop };

    Days(DateDecision decision, Zone zone) : decision_(decision), zone_(zone) {}

    // Midnight, for a bare cell.
    [[nodiscard]] Outcome read(std::string_view cell, std::uint64_t line, Micros& midnight) {
        if (size_ != 0 && cell == std::string_view(text_, size_)) {
            midnight = midnight_;
            return Outcome::read;
        }
        return read_new(cell, line, midnight);
    }
    [[nodiscard]] const DateDecision& decision() const { return decision_; }

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

// Decides the order of the dates in `column` on the beginning of the file. date_part: what of a bare cell is
// the date.
[[nodiscard]] Result<DateDecision> decide_dates(const FileHead& head, const Header& header, int column,
                                                DateOrder stated, DateOrder documented,
                                                std::string_view (*date_part)(std::string_view));

// The called number of a call record: why it cannot be one.
[[nodiscard]] std::optional<RejectCode> callee_fault(NumberClass number_class);

// An alphabetic sender id (at most 5 digits in it) in a bare CLI cell; else "".
[[nodiscard]] std::string_view sender_id(std::string_view cell, NumberClass number_class);

template <class Reader>
Result<ReadSummary> read_table(const Header& header, const ByteSource& source, NameTable& names,
                               const CallSink& sink, Reader& reader) {
    DataRows rows(source, header);
    Intake intake(names, sink);
    DelimitedRow row;
    CallRow call;
    while (true) {
        SENDH_TRY(const bool more, rows.next(row));
        if (!more) break;
        if (row.broken) {
            SENDH_CHECK(intake.refuse(row, RejectCode::broken_row, ""));
            continue;
        }
        if (!rows.fit(row)) {
            if (!rows.is_no_row(row)) SENDH_CHECK(intake.refuse(row, RejectCode::column_count, ""));
            continue;
        }
        call = CallRow{};
        call.line = row.line;
        call.offset = row.offset;
        const std::optional<Refusal> refusal = reader.take(row, call);
        if (!refusal) {
            SENDH_CHECK(intake.accept(call));
            continue;
        }
        if (refusal->stop) return reader.fault();
        if (rows.is_no_row(row)) continue;
        const RejectCode code = rows.was_recoded(refusal->column) ? RejectCode::bad_encoding : refusal->code;
        SENDH_CHECK(intake.refuse(row, code, header.name(refusal->column)));
    }
    SENDH_CHECK(intake.flush());
    rows.add_notes(intake.summary);
    reader.finish(intake.summary);
    return std::move(intake.summary);
}

}  // namespace sendh::tabular
