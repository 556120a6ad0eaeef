// DelimitedReader: rows of a CSV, TSV or semicolon file, one at a time, in bounded memory, with where each
// stands. RFC 4180 with the habits of real files: BOM skipped, CR LF or LF or CR, quotes doubled inside
// quotes, a quote inside an unquoted field taken as it is, blank lines counted but not returned.
// It knows nothing of columns.
//
// A row longer than 1 MiB, or a quote that never closes within that, is returned with `broken` set and the
// rest of its line skipped: one bad line must not swallow the file. Each quote that never closes halves how
// far the next one may run over line ends (down to 1 KiB), so that a file of nothing else is still read in
// time that grows with its length.
// A NUL byte means a wrong encoding (UTF-16?): fault (input).
// What is returned does not depend on how the source cuts the bytes into pieces.
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

struct DelimitedRow {
    std::vector<std::string_view> fields;  // unquoted, not trimmed
    std::string_view raw;      // the row as it stands in the file, without the line end; of a line
                               // over 1 MiB the first 64 KiB
    std::uint64_t line = 0;    // of its first byte, from 1
    std::uint64_t offset = 0;  // of its first byte, from 0 (BOM counted)
    bool ascii = true;         // no byte above 127 in raw
    bool broken = false;       // unclosed quote or over-long; fields are then split at delimiters only
};

class DelimitedReader {
public:
    DelimitedReader(ByteSource source, char delimiter);

    // false at the end of the input.
    [[nodiscard]] Result<bool> next(DelimitedRow& row);

    // Bytes of the rows returned so far, with all that stood between them.
    [[nodiscard]] std::uint64_t bytes_read() const { return consumed_; }

private:
    enum class Found : unsigned char { row, more, unclosed, over_long };
    struct Extent {
        Found found = Found::more;
        std::size_t length = 0;    // of the row without its line end
        std::size_t line_end = 0;  // bytes of the line end
        std::uint64_t lines = 1;
    };

    Result<bool> fill();
    Done skip_bom();
    Done skip_line();
    Extent find_row(DelimitedRow& row);
    Extent find_quoted_row(DelimitedRow& row);
    Extent find_line(DelimitedRow& row);
    void split_plainly(DelimitedRow& row) const;
    [[nodiscard]] std::string_view text() const { return {buffer_.data() + begin_, end_ - begin_}; }

    ByteSource source_;
    char delimiter_;
    std::vector<char> buffer_;  // with room behind end_ for a wide read
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

// The delimiter (`,` `\t` `;` `|`) that splits the first lines of a sample most evenly.
[[nodiscard]] char guess_delimiter(std::string_view sample);

}  // namespace sendh
