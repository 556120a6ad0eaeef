// DelimitedReader: rows of a CSV, TSV or semicolon file, one at a time, in bounded memory, with where each
// stands. RFC 4180 with the habits of real files: BOM skipped, CR LF or LF or CR, quotes doubled inside
// quotes, a quote inside an unquoted field taken as it is, blank lines counted but not returned.
// It knows nothing of columns.
//
// A row longer than 1 MiB, or a quote that never closes within that, is returned with `broken` set and the
// rest of its line skipped: one bad line must not swallow the file. Each quote that never closes halves how
// far the next one may run over line ends (down to 1 KiB), so that a file of nothing else is still read in
// time that grows with its length. A quoted field that runs over line ends counts as never closed, too, when
// text stands behind its second quote, or when a line in it has the delimiters of a whole row
// (DelimitedForm): then the second quote is another stray one, and what lies between are rows. A NUL byte
// among the first 256 KiB means a wrong encoding (UTF-16?): fault (input). Further behind it breaks its row
// alone. What is returned does not depend on how the source cuts the bytes into pieces.
//
// Thread rule: one reader, one thread. The views of a row hold until the next call.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sendh {

// Where bytes come from: fills the buffer, says how many (0: end). File, pipe, memory, decompressor.
using ByteSource = std::function<Result<std::size_t>(std::span<char>)>;

[[nodiscard]] ByteSource memory_source(std::string_view bytes);  // the bytes must outlive the source

// How rows are written. columns: of a whole row; 0: not known, then a quoted field may hold any line.
struct DelimitedForm {
    DelimitedForm(char d, std::size_t c = 0)
        : delimiter(d), columns(c) {}  // NOLINT(google-explicit-constructor)
    char delimiter;
    std::size_t columns;
};

struct DelimitedRow {
    std::vector<std::string_view> fields;  // unquoted, not trimmed
    std::string_view raw;      // the row as it stands in the file, without the line end; of a line
                               // over 1 MiB the first 64 KiB
    std::uint64_t line = 0;    // of its first byte, from 1
    std::uint64_t offset = 0;  // of its first byte, from 0 (BOM counted)
    bool ascii = true;         // no byte above 127 in raw
    bool broken = false;  // unclosed quote, NUL byte or over-long; fields are then split at delimiters only
};

// Where in a file reading begins, and how far a quote may run over line ends from here on.
struct DelimitedPlace {
    std::uint64_t line = 1;
    std::uint64_t offset = 0;
    std::size_t quote_reach = 1 << 20;
};

// Whole rows of a file, cut out by RowPieces.
struct RowPiece {
    std::vector<char> bytes;
    std::size_t size = 0;  // of them
    bool nuls = false;     // among them
    DelimitedPlace from;
};

class DelimitedReader {
public:
    DelimitedReader(ByteSource source, DelimitedForm form, const DelimitedPlace& from = {});
    // Read where it lies; it must stay as it is. A NUL byte breaks its row alone.
    DelimitedReader(std::string_view text, DelimitedForm form, const DelimitedPlace& from = {});
    DelimitedReader(const RowPiece& piece, DelimitedForm form);

    // false at the end of the input.
    [[nodiscard]] Result<bool> next(DelimitedRow& row);

    // Bytes of the rows returned so far, with all that stood between them.
    [[nodiscard]] std::uint64_t bytes_read() const { return consumed_; }

private:
    friend class RowPieces;
    DelimitedReader(std::string_view text, DelimitedForm form, const DelimitedPlace& from, bool nuls);
    enum class Found : unsigned char { row, more, unclosed, over_long };
    struct Extent {
        Found found = Found::more;
        std::size_t length = 0;    // of the row without its line end
        std::size_t line_end = 0;  // bytes of the line end
        std::uint64_t lines = 1;
    };

    enum class Step : unsigned char { row, blank, more, over_long };
    Result<bool> fill();
    Done skip_bom();
    Step step(DelimitedRow& row);
    Done skip_line();
    Extent find_row(DelimitedRow& row);
    Extent find_quoted_row(DelimitedRow& row);
    Extent find_line(DelimitedRow& row);
    void split_plainly(DelimitedRow& row) const;
    [[nodiscard]] bool holds_a_row(std::string_view quoted) const;
    [[nodiscard]] std::string_view text() const { return {data_ + begin_, end_ - begin_}; }

    ByteSource source_;
    char delimiter_;
    std::size_t columns_;
    bool nuls_ = false;  // seen so far
    std::vector<char> buffer_;
    const char* data_ = nullptr;  // the buffer, or what is read where it lies
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t quote_reach_;
    bool at_end_ = false;
    bool started_ = false;
    std::uint64_t line_ = 1;
    std::uint64_t consumed_ = 0;
    std::string unquoted_;  // fields in which quotes were doubled
    std::string over_long_;
};

// RowPieces: cuts a file into pieces of about a MiB that begin and end at row borders, so that they can be
// read at the same time. What DelimitedReader returns for the pieces, one after the other, is what it returns
// for the file.
//
// Where no quote stands a piece is cut at a line end, at the speed of memory; elsewhere the rows are walked
// through. A file with a line over 1 MiB is not cut from there on: `rest` gives what is left.
//
// Faults: those of the source; input for a NUL byte.
// Thread rule: one object, one thread; a piece belongs to whoever has it.
class RowPieces {
public:
    // piece_size: about how long a piece is to be.
    RowPieces(ByteSource source, DelimitedForm form, std::size_t piece_size = 1 << 20);

    enum class Next : unsigned char { piece, rest, end };
    [[nodiscard]] Result<Next> next(RowPiece& piece);
    // REQUIRES: next() said `rest`. Once; this object must outlive the reader.
    [[nodiscard]] DelimitedReader rest();

private:
    Done fill(RowPiece& piece, std::size_t wanted);
    // How many bytes at the front are whole rows; moves `after_`. 0: no row ends in there.
    std::size_t cut_at_lines(const RowPiece& piece);
    std::size_t cut_at_rows(const RowPiece& piece);

    ByteSource source_;
    DelimitedForm form_;
    std::size_t piece_size_;
    std::vector<char> kept_;  // read, and not yet part of a piece
    DelimitedPlace after_;    // where the next piece begins
    bool at_end_ = false;
    bool nuls_ = false;            // so far: what is kept may hold one
    bool quotes_ = false;          // in what is not part of a piece yet
    std::uint64_t line_ends_ = 0;  // in the same
    bool over_long_ = false;
};

// A field as RFC 4180 writes it: in quotes when it needs them.
[[nodiscard]] std::string csv_field(std::string_view text);

// The delimiter (`,` `\t` `;` `|`) that splits the first lines of a sample most evenly.
[[nodiscard]] char guess_delimiter(std::string_view sample);

}  // namespace sendh
