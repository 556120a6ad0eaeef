#include "base/delimited.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/text.h"

namespace sendh {

namespace {

constexpr std::size_t longest_row = 1 << 20;
constexpr std::size_t shortest_reach = 1 << 10;
constexpr std::size_t first_buffer = 1 << 14;
constexpr std::size_t good_buffer = 1 << 18;
constexpr std::size_t shown_of_over_long = 1 << 16;
constexpr std::size_t block_size = 64;
constexpr std::uint64_t encoding_shows_within = 1 << 18;

// Where the bytes that matter stand in a block of 64.
struct Block {
    std::uint64_t special = 0;  // delimiter, CR, LF, quote
    std::uint64_t high = 0;     // above 127
};

#if defined(__SSE2__)
class BlockReader {
public:
    explicit BlockReader(char delimiter)
        : delimiter_(_mm_set1_epi8(delimiter)),
          lf_(_mm_set1_epi8('\n')),
          cr_(_mm_set1_epi8('\r')),
          quote_(_mm_set1_epi8('"')) {}

    [[nodiscard]] Block read(const char* at) const {
        Block block;
        for (unsigned i = 0; i < 4; ++i) {
            __m128i bytes;
            std::memcpy(&bytes, at + std::size_t{16} * i, sizeof bytes);
            const __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(bytes, lf_), _mm_cmpeq_epi8(bytes, cr_));
            const __m128i others =
                _mm_or_si128(_mm_cmpeq_epi8(bytes, delimiter_), _mm_cmpeq_epi8(bytes, quote_));
            block.special |= mask(_mm_or_si128(ends, others)) << (16 * i);
            block.high |= mask(bytes) << (16 * i);
        }
        return block;
    }

private:
    static std::uint64_t mask(__m128i bytes) {
        return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(bytes)));
    }
    __m128i delimiter_, lf_, cr_, quote_;
};
#else
class BlockReader {
public:
    explicit BlockReader(char delimiter) : delimiter_(delimiter) {}

    [[nodiscard]] Block read(const char* at) const {
        Block block;
        for (unsigned i = 0; i < block_size; ++i) {
            const char c = at[i];
            if (c == delimiter_ || c == '\n' || c == '\r' || c == '"') block.special |= std::uint64_t{1} << i;
            if (static_cast<unsigned char>(c) >= 0x80) block.high |= std::uint64_t{1} << i;
        }
        return block;
    }

private:
    char delimiter_;
};
#endif

bool is_ascii(std::string_view text) {
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::size_t first_line_break(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' || text[i] == '\r') return i;
    }
    return std::string_view::npos;
}

std::uint64_t lines_of(std::string_view raw) {
    std::uint64_t lines = 1;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        lines += raw[i] == '\n' || (raw[i] == '\r' && (i + 1 == raw.size() || raw[i + 1] != '\n')) ? 1U : 0U;
    }
    return lines;
}

Fault zero_byte(std::uint64_t offset) {
    return {FaultKind::input,
            "a zero byte: this is not UTF-8 text (UTF-16 from a spreadsheet, or a binary file?)",
            "byte " + std::to_string(offset), "save it as CSV UTF-8 and try again"};
}

// What stands in some bytes.
struct Glance {
    std::uint64_t line_ends = 0;  // LF, CR, or CR LF
    bool quote = false;
    bool nul = false;
};

// `before`: the byte in front of them.
Glance glance(const char* at, std::size_t size, char before) {
    Glance found;
    bool after_cr = before == '\r';
#if defined(__SSE2__)
    const __m128i lf = _mm_set1_epi8('\n');
    const __m128i cr = _mm_set1_epi8('\r');
    const __m128i quote = _mm_set1_epi8('"');
    const auto mask = [](__m128i bytes) {
        return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(bytes)));
    };
    __m128i quotes = _mm_setzero_si128();
    std::uint64_t nuls = 0;
    std::size_t i = 0;
    for (; i + block_size <= size; i += block_size) {
        std::uint64_t lfs = 0;
        std::uint64_t crs = 0;
        __m128i least = _mm_set1_epi8(-1);
        for (unsigned k = 0; k < 4; ++k) {
            __m128i bytes;
            std::memcpy(&bytes, at + i + std::size_t{16} * k, sizeof bytes);
            lfs |= mask(_mm_cmpeq_epi8(bytes, lf)) << (16 * k);
            crs |= mask(_mm_cmpeq_epi8(bytes, cr)) << (16 * k);
            quotes = _mm_or_si128(quotes, _mm_cmpeq_epi8(bytes, quote));
            least = _mm_min_epu8(least, bytes);
        }
        nuls |= mask(_mm_cmpeq_epi8(least, _mm_setzero_si128()));
        const std::uint64_t pairs = lfs & (crs << 1 | (after_cr ? 1U : 0U));
        found.line_ends +=
            static_cast<std::uint64_t>(std::popcount(lfs) + std::popcount(crs) - std::popcount(pairs));
        after_cr = crs >> 63 != 0;
    }
    found.quote = mask(quotes) != 0;
    found.nul = nuls != 0;
#else
    std::size_t i = 0;
#endif
    for (; i < size; ++i) {
        const char c = at[i];
        if (c == '\r' || (c == '\n' && !after_cr)) ++found.line_ends;
        after_cr = c == '\r';
        found.quote = found.quote || c == '"';
        found.nul = found.nul || c == '\0';
    }
    return found;
}

}  // namespace

ByteSource memory_source(std::string_view bytes) {
    auto at = std::make_shared<std::size_t>(0);
    return [bytes, at](std::span<char> out) -> Result<std::size_t> {
        const std::size_t n = std::min(out.size(), bytes.size() - *at);
        if (n > 0) std::memcpy(out.data(), bytes.data() + *at, n);
        *at += n;
        return n;
    };
}

DelimitedReader::DelimitedReader(ByteSource source, DelimitedForm form, const DelimitedPlace& from)
    : source_(std::move(source)),
      delimiter_(form.delimiter),
      columns_(form.columns),
      quote_reach_(from.quote_reach),
      started_(from.offset != 0),
      line_(from.line),
      consumed_(from.offset) {}

DelimitedReader::DelimitedReader(std::string_view text, DelimitedForm form, const DelimitedPlace& from)
    : DelimitedReader(text, form, from, text.find('\0') != std::string_view::npos) {}

DelimitedReader::DelimitedReader(const RowPiece& piece, DelimitedForm form)
    : DelimitedReader(std::string_view(piece.bytes.data(), piece.size), form, piece.from, piece.nuls) {}

DelimitedReader::DelimitedReader(std::string_view text, DelimitedForm form, const DelimitedPlace& from,
                                 bool nuls)
    : delimiter_(form.delimiter),
      columns_(form.columns),
      nuls_(nuls),
      data_(text.data()),
      end_(text.size()),
      quote_reach_(from.quote_reach),
      at_end_(true),
      started_(from.offset != 0),
      line_(from.line),
      consumed_(from.offset) {}

// Reads until what is there has at least doubled, so that looking at a row again and again stays cheap;
// false when nothing more came.
Result<bool> DelimitedReader::fill() {
    if (at_end_) return false;
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    const std::size_t before = end_;
    const std::size_t wanted = buffer_.empty() ? first_buffer : std::min(4 * buffer_.size(), good_buffer);
    const std::size_t needed = std::max(wanted, 2 * before);
    if (buffer_.size() < needed) buffer_.resize(needed);
    data_ = buffer_.data();
    do {
        const std::span<char> room(buffer_.data() + end_, buffer_.size() - end_);
        SENDH_TRY(const std::size_t n, source_(room));
        if (n == 0) {
            at_end_ = true;
            break;
        }
        if (const void* nul = std::memchr(room.data(), '\0', n); nul != nullptr) {
            const auto offset = static_cast<std::uint64_t>(static_cast<const char*>(nul) - data_) + consumed_;
            if (offset < encoding_shows_within) return zero_byte(offset);
            nuls_ = true;
        }
        end_ += n;
    } while (end_ < 2 * before);
    return end_ > before;
}

Done DelimitedReader::skip_bom() {
    started_ = true;
    while (text().size() < 3) {
        SENDH_TRY(const bool more, fill());
        if (!more) break;
    }
    if (text().starts_with("\xEF\xBB\xBF")) {
        begin_ += 3;
        consumed_ += 3;
    }
    return done();
}

Result<bool> DelimitedReader::next(DelimitedRow& row) {
    if (!started_) SENDH_CHECK(skip_bom());
    while (true) {
        if (text().empty()) {
            SENDH_TRY(const bool more, fill());
            if (!more) return false;
        }
        switch (step(row)) {
            case Step::row: return true;
            case Step::blank: break;
            case Step::more: SENDH_CHECK(fill()); break;
            case Step::over_long:
                row.line = line_;
                row.offset = consumed_;
                row.broken = true;
                over_long_.assign(text().substr(0, shown_of_over_long));
                row.raw = over_long_;
                row.fields.clear();
                row.ascii = is_ascii(row.raw);
                SENDH_CHECK(skip_line());
                return true;
        }
    }
}

// Goes over the row at the front of the text. more: it cannot be told yet where it ends.
DelimitedReader::Step DelimitedReader::step(DelimitedRow& row) {
    Extent extent = find_row(row);
    if (extent.found == Found::more) return Step::more;
    row.broken = false;
    if (extent.found == Found::unclosed) {
        extent = find_line(row);
        if (extent.found == Found::more) return Step::more;
        if (extent.found == Found::row) quote_reach_ = std::max(quote_reach_ / 2, shortest_reach);
        row.broken = true;
    }
    if (extent.found == Found::over_long) return Step::over_long;
    row.line = line_;
    row.offset = consumed_;
    row.raw = text().substr(0, extent.length);
    if (nuls_ && row.raw.find('\0') != std::string_view::npos) row.broken = true;
    if (row.broken) split_plainly(row);
    begin_ += extent.length + extent.line_end;
    consumed_ += extent.length + extent.line_end;
    line_ += extent.lines;
    const bool may_be_blank = row.raw.empty() || !row.ascii || row.raw.front() <= ' ';
    return may_be_blank && trim(row.raw).empty() ? Step::blank : Step::row;
}

// The row at the front of the text, cut into its fields.
DelimitedReader::Extent DelimitedReader::find_row(DelimitedRow& row) {
    const std::string_view all = text();
    const char* const base = all.data();
    const BlockReader reader(delimiter_);
    std::uint64_t high = 0;
    std::size_t field = 0;
    row.fields.clear();
    for (std::size_t at = 0; at < all.size(); at += block_size) {
        const std::size_t left = all.size() - at;
        Block block;
        if (left >= block_size) {
            block = reader.read(base + at);
        } else {
            std::array<char, block_size> last{};
            std::memcpy(last.data(), base + at, left);
            block = reader.read(last.data());
        }
        for (; block.special != 0; block.special &= block.special - 1) {
            const auto bit = static_cast<std::size_t>(std::countr_zero(block.special));
            const std::size_t i = at + bit;
            const char c = base[i];
            if (c == delimiter_) {
                row.fields.emplace_back(base + field, i - field);
                field = i + 1;
            } else if (c == '"') {
                if (i == field) return find_quoted_row(row);
            } else {
                if (i > longest_row) return {Found::over_long};
                if (c == '\r' && i + 1 == all.size() && !at_end_) return {Found::more};
                row.fields.emplace_back(base + field, i - field);
                row.ascii = ((high | (block.high & ((std::uint64_t{1} << bit) - 1))) == 0);
                const bool pair = c == '\r' && i + 1 < all.size() && base[i + 1] == '\n';
                return {Found::row, i, pair ? 2U : 1U, 1};
            }
        }
        high |= block.high;
    }
    if (all.size() > longest_row) return {Found::over_long};
    if (!at_end_) return {Found::more};
    row.fields.emplace_back(base + field, all.size() - field);
    row.ascii = high == 0;
    return {Found::row, all.size(), 0, 0};
}

// The same with quoted fields. Beyond its first line a row may run on for quote_reach_ bytes at most.
DelimitedReader::Extent DelimitedReader::find_quoted_row(DelimitedRow& row) {
    const std::string_view all = text();
    const std::size_t first_line = std::min(first_line_break(all), all.size());
    if (first_line > longest_row) return {Found::unclosed};
    if (first_line == all.size() && !at_end_) return {Found::more};
    const std::size_t reach = std::max(quote_reach_, first_line + 2);
    const std::string_view window = all.substr(0, reach);
    const bool whole = at_end_ && window.size() == all.size();
    const Extent unfinished{all.size() > reach || at_end_ ? Found::unclosed : Found::more};

    row.fields.clear();
    unquoted_.clear();
    for (std::size_t i = 0;;) {
        if (i < window.size() && window[i] == '"') {
            const std::size_t start = ++i;
            std::size_t kept =
                std::string::npos;  // where the field begins in unquoted_, once it has to be copied
            std::size_t piece = start;
            std::size_t close = 0;
            while (true) {
                close = window.find('"', i);
                if (close == std::string_view::npos || (close + 1 == window.size() && !whole))
                    return unfinished;
                if (close + 1 == window.size() || window[close + 1] != '"') break;
                if (kept == std::string::npos) {
                    unquoted_.reserve(window.size());
                    kept = unquoted_.size();
                }
                unquoted_ += window.substr(piece, close + 1 - piece);
                i = piece = close + 2;
            }
            i = close + 1;
            std::size_t stop = i;
            while (stop < window.size() && window[stop] != delimiter_ && window[stop] != '\n' &&
                   window[stop] != '\r')
                ++stop;
            if (stop == window.size() && !whole) return unfinished;
            const std::string_view quoted = window.substr(start, close - start);
            if (quoted.find_first_of("\r\n") != std::string_view::npos &&
                (!trim(window.substr(i, stop - i)).empty() || holds_a_row(quoted)))
                return {Found::unclosed};
            if (kept == std::string::npos && stop == i) {
                row.fields.push_back(window.substr(start, close - start));
            } else {
                unquoted_.reserve(window.size());  // fields point into it: it must not move
                if (kept == std::string::npos) kept = unquoted_.size();
                unquoted_ += window.substr(piece, close - piece);
                unquoted_ += window.substr(i, stop - i);
                row.fields.emplace_back(unquoted_.data() + kept, unquoted_.size() - kept);
            }
            i = stop;
        } else {
            std::size_t stop = i;
            while (stop < window.size() && window[stop] != delimiter_ && window[stop] != '\n' &&
                   window[stop] != '\r')
                ++stop;
            row.fields.push_back(window.substr(i, stop - i));
            i = stop;
        }
        if (i < window.size() && window[i] == delimiter_) {
            ++i;
            continue;
        }
        if (i == window.size() && !whole) return unfinished;
        if (i < window.size() && window[i] == '\r' && i + 1 == window.size() && !whole) return unfinished;
        if (i > longest_row) return {Found::unclosed};
        const std::string_view raw = window.substr(0, i);
        row.ascii = is_ascii(raw);
        if (i == window.size()) return {Found::row, i, 0, lines_of(raw) - 1};
        const bool pair = window[i] == '\r' && i + 1 < window.size() && window[i + 1] == '\n';
        return {Found::row, i, pair ? 2U : 1U, i > first_line ? lines_of(raw) : 1};
    }
}

// A line behind the first one with the delimiters of a whole row.
bool DelimitedReader::holds_a_row(std::string_view quoted) const {
    if (columns_ < 4) return false;
    for (std::size_t at = first_line_break(quoted); at < quoted.size();) {
        const std::string_view rest = quoted.substr(at + 1);
        const std::size_t length = std::min(first_line_break(rest), rest.size());
        const std::string_view line = rest.substr(0, length);
        if (static_cast<std::size_t>(std::count(line.begin(), line.end(), delimiter_)) + 1 >= columns_)
            return true;
        at += 1 + length;
    }
    return false;
}

// The physical line at the front of the text.
DelimitedReader::Extent DelimitedReader::find_line(DelimitedRow& row) {
    const std::string_view all = text();
    const std::size_t stop = first_line_break(all);
    if (std::min(stop, all.size()) > longest_row) return {Found::over_long};
    if (stop == std::string_view::npos && !at_end_) return {Found::more};
    const std::size_t length = std::min(stop, all.size());
    row.ascii = is_ascii(all.substr(0, length));
    if (stop == std::string_view::npos) return {Found::row, length, 0, 0};
    if (all[stop] == '\r' && stop + 1 == all.size() && !at_end_) return {Found::more};
    const bool pair = all[stop] == '\r' && stop + 1 < all.size() && all[stop + 1] == '\n';
    return {Found::row, length, pair ? 2U : 1U, 1};
}

// The rest of a line that is too long to be kept.
Done DelimitedReader::skip_line() {
    while (true) {
        const std::size_t stop = first_line_break(text());
        const bool found = stop != std::string_view::npos;
        if (found && text()[stop] == '\r' && stop + 1 == text().size() && !at_end_) {
            SENDH_CHECK(fill());
            continue;
        }
        std::size_t drop = found ? stop + 1 : text().size();
        if (found && text()[stop] == '\r' && drop < text().size() && text()[drop] == '\n') ++drop;
        begin_ += drop;
        consumed_ += drop;
        if (found) {
            ++line_;
            return done();
        }
        SENDH_TRY(const bool more, fill());
        if (!more) return done();
    }
}

void DelimitedReader::split_plainly(DelimitedRow& row) const {
    row.fields.clear();
    for (std::size_t i = 0;;) {
        const std::size_t stop = std::min(row.raw.find(delimiter_, i), row.raw.size());
        row.fields.push_back(row.raw.substr(i, stop - i));
        if (stop == row.raw.size()) return;
        i = stop + 1;
    }
}

RowPieces::RowPieces(ByteSource source, DelimitedForm form, std::size_t piece_size)
    : source_(std::move(source)), form_(form), piece_size_(piece_size) {}

Done RowPieces::fill(RowPiece& piece, std::size_t wanted) {
    while (piece.size < wanted && !at_end_) {
        // Most files are small: no MiB is cleared for them.
        const std::size_t room =
            std::min(wanted, std::max({first_buffer, piece.bytes.size(), 4 * piece.size}));
        if (piece.bytes.size() < room) piece.bytes.resize(room);
        SENDH_TRY(const std::size_t n, source_({piece.bytes.data() + piece.size, room - piece.size}));
        at_end_ = n == 0;
        piece.size += n;
    }
    return done();
}

Result<RowPieces::Next> RowPieces::next(RowPiece& piece) {
    if (over_long_) return Next::rest;
    piece.from = after_;
    if (piece.bytes.size() < kept_.size()) piece.bytes.resize(kept_.size());
    std::copy(kept_.begin(), kept_.end(), piece.bytes.begin());
    piece.size = kept_.size();
    piece.nuls = nuls_;
    for (std::size_t wanted = std::max(piece_size_, kept_.size() + 1);; wanted *= 2) {
        const std::size_t looked_at = piece.size;
        SENDH_CHECK(fill(piece, wanted));
        if (piece.size == 0) return Next::end;
        const char before = looked_at == 0 ? '\n' : piece.bytes[looked_at - 1];
        const Glance seen = glance(piece.bytes.data() + looked_at, piece.size - looked_at, before);
        if (seen.nul) {
            nuls_ = piece.nuls = true;
            const auto* at = std::find(piece.bytes.data() + looked_at, piece.bytes.data() + piece.size, '\0');
            const std::uint64_t offset = after_.offset + static_cast<std::uint64_t>(at - piece.bytes.data());
            if (offset < encoding_shows_within) return zero_byte(offset);
        }
        quotes_ = quotes_ || seen.quote;
        line_ends_ += seen.line_ends;
        const std::size_t cut = quotes_ ? cut_at_rows(piece) : cut_at_lines(piece);
        if (cut > 0) {
            kept_.assign(piece.bytes.begin() + static_cast<std::ptrdiff_t>(cut),
                         piece.bytes.begin() + static_cast<std::ptrdiff_t>(piece.size));
            if (quotes_) {
                const Glance left = glance(kept_.data(), kept_.size(), '\n');
                quotes_ = left.quote;
                line_ends_ = left.line_ends;
            }
            piece.size = cut;
            return Next::piece;
        }
        over_long_ = over_long_ || piece.size > 4 * longest_row;
        if (over_long_) {
            kept_.assign(piece.bytes.begin(), piece.bytes.begin() + static_cast<std::ptrdiff_t>(piece.size));
            return Next::rest;
        }
    }
}

std::size_t RowPieces::cut_at_lines(const RowPiece& piece) {
    const char* const data = piece.bytes.data();
    std::size_t cut = piece.size;
    const bool open = !at_end_ && data[cut - 1] == '\r';  // its LF may follow
    if (open) --cut;
    while (!at_end_ && cut > 0 && data[cut - 1] != '\n' && data[cut - 1] != '\r') --cut;
    if (cut == 0) return 0;
    after_.line += line_ends_ - (open ? 1 : 0);
    after_.offset += cut;
    line_ends_ = open ? 1 : 0;
    return cut;
}

std::size_t RowPieces::cut_at_rows(const RowPiece& piece) {
    DelimitedReader walker(piece, form_);
    walker.at_end_ = at_end_;
    if (!walker.started_) {
        walker.started_ = true;
        if (walker.text().starts_with("\xEF\xBB\xBF")) {
            walker.begin_ += 3;
            walker.consumed_ += 3;
        }
    }
    DelimitedRow row;
    while (!walker.text().empty()) {
        const auto step = walker.step(row);
        over_long_ = step == DelimitedReader::Step::over_long;
        if (over_long_ || step == DelimitedReader::Step::more) break;
    }
    after_ = {walker.line_, walker.consumed_, walker.quote_reach_};
    return static_cast<std::size_t>(walker.consumed_ - piece.from.offset);
}

DelimitedReader RowPieces::rest() {
    const auto at = std::make_shared<std::size_t>(0);
    return {[this, at](std::span<char> out) -> Result<std::size_t> {
                if (*at == kept_.size()) return at_end_ ? Result<std::size_t>(std::size_t{0}) : source_(out);
                const std::size_t n = std::min(out.size(), kept_.size() - *at);
                std::memcpy(out.data(), kept_.data() + *at, n);
                *at += n;
                return n;
            },
            form_, after_};
}

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        out += c;
        if (c == '"') out += '"';
    }
    return out + "\"";
}

char guess_delimiter(std::string_view sample) {
    constexpr std::array<char, 4> candidates = {',', '\t', ';', '|'};
    char best = ',';
    std::size_t best_score = 0;
    for (const char candidate : candidates) {
        DelimitedReader reader(sample, candidate);
        DelimitedRow row;
        std::size_t score = 0;
        std::size_t last = 0;
        for (int i = 0; i < 30; ++i) {
            auto more = reader.next(row);
            if (!more.ok() || !*more) break;
            const std::size_t n = row.fields.size();
            if (n > 1) score += n == last ? 4 * n : n;
            last = n;
        }
        if (score > best_score) {
            best_score = score;
            best = candidate;
        }
    }
    return best;
}

}  // namespace sendh
