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

DelimitedReader::DelimitedReader(ByteSource source, char delimiter)
    : source_(std::move(source)), delimiter_(delimiter), quote_reach_(longest_row) {}

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
    const std::size_t needed = std::max(wanted, 2 * before) + block_size;
    if (buffer_.size() < needed) buffer_.resize(needed);
    do {
        const std::span<char> room(buffer_.data() + end_, buffer_.size() - block_size - end_);
        SENDH_TRY(const std::size_t n, source_(room));
        if (n == 0) {
            at_end_ = true;
            break;
        }
        if (const void* nul = std::memchr(room.data(), '\0', n); nul != nullptr) {
            const auto at =
                static_cast<std::uint64_t>(static_cast<const char*>(nul) - buffer_.data()) + consumed_;
            return Fault{FaultKind::input,
                         "a zero byte: this is not UTF-8 text (UTF-16 from a spreadsheet, or a binary file?)",
                         "byte " + std::to_string(at), "save it as CSV UTF-8 and try again"};
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
        Extent extent = find_row(row);
        if (extent.found == Found::more) {
            SENDH_CHECK(fill());
            continue;
        }
        row.broken = false;
        if (extent.found == Found::unclosed) {
            extent = find_line(row);
            if (extent.found == Found::more) {
                SENDH_CHECK(fill());
                continue;
            }
            if (extent.found == Found::row) quote_reach_ = std::max(quote_reach_ / 2, shortest_reach);
            row.broken = true;
        }
        row.line = line_;
        row.offset = consumed_;
        if (extent.found == Found::over_long) {
            row.broken = true;
            over_long_.assign(text().substr(0, shown_of_over_long));
            row.raw = over_long_;
            row.fields.clear();
            row.ascii = is_ascii(row.raw);
            SENDH_CHECK(skip_line());
            return true;
        }
        row.raw = text().substr(0, extent.length);
        if (row.broken) split_plainly(row);
        begin_ += extent.length + extent.line_end;
        consumed_ += extent.length + extent.line_end;
        line_ += extent.lines;
        const bool may_be_blank = row.raw.empty() || !row.ascii || row.raw.front() <= ' ';
        if (may_be_blank && trim(row.raw).empty()) continue;
        return true;
    }
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
        Block block = reader.read(base + at);
        const std::size_t left = all.size() - at;
        if (left < block_size) {
            block.special &= (std::uint64_t{1} << left) - 1;
            block.high &= (std::uint64_t{1} << left) - 1;
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
                    if (unquoted_.capacity() < longest_row) unquoted_.reserve(longest_row + 2 * block_size);
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
            if (kept == std::string::npos && stop == i) {
                row.fields.push_back(window.substr(start, close - start));
            } else {
                if (unquoted_.capacity() < longest_row) unquoted_.reserve(longest_row + 2 * block_size);
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

char guess_delimiter(std::string_view sample) {
    constexpr std::array<char, 4> candidates = {',', '\t', ';', '|'};
    char best = ',';
    std::size_t best_score = 0;
    for (const char candidate : candidates) {
        DelimitedReader reader(memory_source(sample), candidate);
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
