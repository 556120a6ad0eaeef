// JsonRows: records of a JSON-lines file, or JSON documents one after another, one at a time, in bounded
// memory, with where each stands. A record becomes cells: the caller names the values it wants by path, and
// each path is a column. It is a tokenizer's view, not a document: numbers keep every digit as it was written
// (RFC 8259 grammar), strings lose their escapes, true and false are words, null and what is not there are
// empty cells. Private to this room.
//
// A path is keys with dots between them: "event.from"; in an array a number from 0 counts its elements, and
// "[last]" is the last one. A key that holds dots itself ("event.from": …) is found too.
//
// A record is refused, and the reading goes on behind it, when it is no JSON, longer than 1 MiB, nested
// deeper than 64, not UTF-8, holds a zero byte, when a key on a wanted path stands twice in one object, or
// when a wanted value is an object or an array. add_notes() says how often each was the reason.
//   lines      a line is a record; blank lines are none
//   documents  a document ends with its closing bracket, however many lines it has; several may stand on a
//   line,
//              and brackets and commas around them (one big array) are skipped. A `{` at the very start of a
//              line begins a new document even if the last one never ended.
// What is returned does not depend on how the source cuts the bytes into pieces.
//
// Thread rule: one JsonRows, one thread. The views of a row hold until the next call.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "calls/intake.h"
#include "calls/tabular.h"

namespace sendh {

struct JsonRow {
    DelimitedRow cells;                   // one field a path
    std::optional<tabular::Refusal> why;  // why the record cannot be read; then there are no fields
};

class JsonRows {
public:
    enum class Form : std::uint8_t { lines, documents };

    // Fault (input) for a path that is none.
    [[nodiscard]] static Result<JsonRows> open(ByteSource source, Form form, std::vector<std::string> paths);
    JsonRows(JsonRows&&) noexcept;
    JsonRows& operator=(JsonRows&&) noexcept;
    JsonRows(const JsonRows&) = delete;
    JsonRows& operator=(const JsonRows&) = delete;
    ~JsonRows();

    // false at the end of the input.
    [[nodiscard]] Result<bool> next(JsonRow& row);

    [[nodiscard]] const std::vector<std::string>& paths() const;
    // A value (null counts) stood at this path in some record so far.
    [[nodiscard]] bool seen(std::size_t path) const;
    // The paths that lead to values in the first records (up to 200 of them, among the first 20,000 values),
    // to say what there is.
    [[nodiscard]] std::vector<std::string> found() const;
    void add_notes(ReadSummary& summary) const;

private:
    struct State;
    explicit JsonRows(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// What the first bytes say before anybody asks for values: fault for an empty file, UTF-16, a workbook, a
// PDF. A zero byte is answered by its record.
[[nodiscard]] Done check_json_bytes(const FileHead& head);

// As tabular::read_table, for a reader of the same form. rows.paths() name the columns.
template <class Reader>
Result<ReadSummary> read_json(JsonRows& rows, const ReadOptions& options, NameTable& names,
                              const CallSink& sink, Reader& reader) {
    Intake intake(names, sink, options);
    JsonRow row;
    CallRow call;
    while (true) {
        SENDH_TRY(const bool more, rows.next(row));
        if (!more) break;
        call = CallRow{};
        call.line = row.cells.line;
        call.offset = row.cells.offset;
        std::optional<tabular::Refusal> refusal = row.why ? row.why : reader.take(row.cells, call);
        if (!refusal && !intake.times.possible(call.time))
            refusal = tabular::Refusal{RejectCode::bad_time, reader.time_column(row.cells)};
        if (!refusal) {
            SENDH_CHECK(intake.accept(call));
            continue;
        }
        if (refusal->stop) return reader.fault();
        const std::string column =
            refusal->column < 0 ? ""
                                : tabular::shown(rows.paths()[static_cast<std::size_t>(refusal->column)]);
        SENDH_CHECK(intake.refuse({row.cells.line, row.cells.offset, refusal->code, column, row.cells.raw}));
    }
    SENDH_CHECK(intake.finish());
    rows.add_notes(intake.summary);
    reader.finish(intake.summary);
    return std::move(intake.summary);
}

}  // namespace sendh
