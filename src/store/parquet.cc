#include "store/parquet.h"

#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <limits>
#include <type_traits>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sendh {

namespace {

constexpr std::string_view magic = "PAR1";
constexpr int zstd_level = 1;
constexpr std::size_t block_bytes = 32;
constexpr std::size_t bits_a_token = 10;
constexpr std::size_t bytes_a_token = 24;  // of a file, about, for each token in the filter

// Thrift compact protocol, as far as it is needed.
class Thrift {
public:
    enum Type : unsigned {
        yes = 1,
        no = 2,
        byte = 3,
        i16 = 4,
        i32 = 5,
        i64 = 6,
        binary = 8,
        list = 9,
        structure = 12
    };

    void field(int id, Type type) {
        out_ += static_cast<char>(static_cast<unsigned>(id - last_) << 4 | type);
        last_ = id;
    }
    void number(int id, std::int64_t value, Type type = i64) {
        field(id, type);
        zigzag(value);
    }
    void text(int id, std::string_view value) {
        field(id, binary);
        raw_text(value);
    }
    void begin(int id) {
        field(id, structure);
        nest();
    }
    void nest() {
        outer_.push_back(last_);
        last_ = 0;
    }
    void end() {
        out_ += '\0';
        last_ = outer_.back();
        outer_.pop_back();
    }
    void begin_list(int id, Type type, std::size_t size) {
        field(id, list);
        if (size < 15) {
            out_ += static_cast<char>(size << 4 | type);
        } else {
            out_ += static_cast<char>(0xF0U | type);
            varint(size);
        }
    }
    void zigzag(std::int64_t value) {
        varint(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
    }
    void varint(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
        out_ += static_cast<char>(value);
    }
    void raw_text(std::string_view value) {
        varint(value.size());
        out_ += value;
    }
    void stop() { out_ += '\0'; }
    std::string& bytes() { return out_; }

private:
    std::string out_;
    std::vector<int> outer_;
    int last_ = 0;
};

// Numbers of the format.
constexpr int plain = 0, rle = 3, delta_packed = 5, rle_dictionary = 8;
constexpr int data_page = 0, dictionary_page = 2;
constexpr int uncompressed = 0, zstd_codec = 6;

struct TypeNumbers {
    int physical, length, repetition, converted;
};
TypeNumbers numbers_of(ParquetType type) {
    switch (type) {
        case ParquetType::i64: return {2, 0, 0, -1};
        case ParquetType::u64: return {2, 0, 0, 14};
        case ParquetType::i32: return {1, 0, 0, -1};
        case ParquetType::u8: return {1, 0, 0, 11};
        case ParquetType::token: return {7, 16, 0, -1};
        case ParquetType::optional_token: return {7, 16, 1, -1};
        case ParquetType::name: return {6, 0, 0, 0};
    }
    return {};
}

// Puts numbers of any width into bytes, the lowest bit first.
class BitPacker {
public:
    explicit BitPacker(std::string& out) : out_(out) {}
    // REQUIRES: value has no bit above width.
    void put(std::uint64_t value, unsigned width) {
        held_ |= value << bits_;
        if (bits_ + width < 64) {
            bits_ += width;
            return;
        }
        out_.append(reinterpret_cast<const char*>(&held_), sizeof held_);
        held_ = bits_ == 0 ? 0 : value >> (64 - bits_);
        bits_ = bits_ + width - 64;
    }
    // To the next whole byte.
    void flush() {
        for (; bits_ > 0; bits_ -= std::min(bits_, 8U)) {
            out_ += static_cast<char>(static_cast<unsigned char>(held_));
            held_ >>= 8;
        }
    }

private:
    std::string& out_;
    std::uint64_t held_ = 0;
    unsigned bits_ = 0;
};
static_assert(std::endian::native == std::endian::little);

// DELTA_BINARY_PACKED: blocks of 128 values in four miniblocks.
template <class Number>
std::string packed_deltas(std::span<const Number> values) {
    using Unsigned = std::make_unsigned_t<Number>;
    constexpr std::size_t block = 128;
    constexpr std::size_t mini = 32;
    Thrift head;
    head.varint(block);
    head.varint(block / mini);
    head.varint(values.size());
    head.zigzag(values.empty() ? 0 : values.front());
    std::string out = std::move(head.bytes());
    out.reserve(out.size() + values.size() * 3);
    std::array<Unsigned, block> deltas;
    for (std::size_t at = 1; at < values.size(); at += block) {
        const std::size_t count = std::min(block, values.size() - at);
        Number least = std::numeric_limits<Number>::max();
        for (std::size_t i = 0; i < count; ++i) {
            deltas[i] = static_cast<Unsigned>(static_cast<Unsigned>(values[at + i]) -
                                              static_cast<Unsigned>(values[at + i - 1]));
            least = std::min(least, static_cast<Number>(deltas[i]));
        }
        Thrift start;
        start.zigzag(least);
        out += start.bytes();
        std::array<unsigned, block / mini> widths{};
        for (std::size_t m = 0; m < widths.size(); ++m) {
            Unsigned all = 0;
            for (std::size_t i = m * mini; i < std::min(count, (m + 1) * mini); ++i) {
                deltas[i] = static_cast<Unsigned>(deltas[i] - static_cast<Unsigned>(least));
                all |= deltas[i];
            }
            widths[m] = static_cast<unsigned>(std::bit_width(all));
            out += static_cast<char>(widths[m]);
        }
        BitPacker packer(out);
        for (std::size_t m = 0; m * mini < count; ++m) {
            for (std::size_t i = m * mini; i < (m + 1) * mini; ++i)
                packer.put(i < count ? deltas[i] : 0, widths[m]);
            packer.flush();
        }
    }
    return out;
}

// RLE and bit-packing hybrid: runs of equal groups of eight, groups packed otherwise.
template <class Number>
void hybrid(std::span<const Number> values, unsigned width, std::string& out) {
    Thrift header;
    const auto flush_header = [&] {
        out += header.bytes();
        header.bytes().clear();
    };
    const auto value_at = [&](std::size_t i) { return i < values.size() ? values[i] : Number{0}; };
    std::size_t i = 0;
    const auto run_at = [&](std::size_t from) {
        std::size_t to = from;
        while (to < values.size() && values[to] == values[from]) ++to;
        return to - from;
    };
    while (i < values.size()) {
        const std::size_t run = run_at(i);
        if (run >= 32 || i + run == values.size()) {
            header.varint(run << 1);
            flush_header();
            std::uint64_t value = values[i];
            for (unsigned bytes = 0; bytes < (width + 7) / 8; ++bytes, value >>= 8)
                out += static_cast<char>(value);
            i += run;
            continue;
        }
        std::size_t groups = 0;
        while (i + 8 * groups < values.size()) {
            const std::size_t from = i + 8 * groups;
            if (groups > 0 && value_at(from) == value_at(from + 7) && run_at(from) >= 32) break;
            ++groups;
        }
        header.varint(groups << 1 | 1);
        flush_header();
        BitPacker packer(out);
        for (std::size_t k = 0; k < 8 * groups; ++k) packer.put(value_at(i + k), width);
        packer.flush();
        i += 8 * groups;
    }
}

template <class Number>
std::string dictionary_page_of(std::span<const Number> indices, std::size_t entries) {
    const unsigned width =
        std::max(1U, static_cast<unsigned>(std::bit_width(entries == 0 ? 0 : entries - 1)));
    std::string out(1, static_cast<char>(width));
    hybrid(indices, width, out);
    return out;
}

template <class Number>
std::string little_endian(Number value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

// Split-block Bloom filter (parquet-format/BloomFilter.md).
constexpr std::array<std::uint32_t, 8> salts = {0x47b6137bU, 0x44974d91U, 0x8824ad5bU, 0xa2b7289dU,
                                                0x705495c7U, 0x2df1424bU, 0x9efc4947U, 0x5c6bfb31U};
using FilterBlock = std::array<std::uint32_t, 8>;
std::uint64_t filter_hash(const Token& token) { return XXH64(token.bytes.data(), token.bytes.size(), 0); }
std::size_t filter_block(std::uint64_t hash, std::size_t blocks) {
    return static_cast<std::size_t>((hash >> 32) * blocks >> 32);
}
FilterBlock filter_mask(std::uint64_t hash) {
    FilterBlock mask;
    for (std::size_t i = 0; i < mask.size(); ++i)
        mask[i] = 1U << ((static_cast<std::uint32_t>(hash) * salts[i]) >> 27);
    return mask;
}
std::string filter_header(std::size_t bytes) {
    Thrift t;
    t.number(1, static_cast<std::int64_t>(bytes), Thrift::i32);
    for (int id = 2; id <= 4; ++id) {  // BLOCK, XXHASH, UNCOMPRESSED
        t.begin(id);
        t.begin(1);
        t.end();
        t.end();
    }
    t.stop();
    return t.bytes();
}

}  // namespace

struct ParquetFile::Chunk {
    std::int64_t values = 0, uncompressed_size = 0, compressed_size = 0;
    std::int64_t dictionary_at = -1, data_at = 0;
    int encoding = plain, codec = uncompressed;
    std::string least, greatest;
};

struct ParquetFile::State {
    std::vector<ParquetColumn> columns;
    std::string bytes{magic};
    std::size_t filter_blocks = 0;
    std::size_t filter_at = 0, filter_size = 0;  // with its header
    std::size_t filter_bits_at = 0;
    std::vector<Chunk> chunks;  // row group after row group
    std::int64_t rows = 0;
    ZSTD_CCtx* zstd = ZSTD_createCCtx();
    std::string compressed;
    ~State() { ZSTD_freeCCtx(zstd); }

    [[nodiscard]] const ParquetColumn& column() const { return columns[chunks.size() % columns.size()]; }
};

ParquetFile::ParquetFile(std::vector<ParquetColumn> columns, std::size_t expected_tokens)
    : state_(std::make_unique<State>()) {
    State& s = *state_;
    s.columns = std::move(columns);
    if (expected_tokens == 0) return;
    s.filter_blocks = (expected_tokens * bits_a_token / 8 + block_bytes - 1) / block_bytes;
    s.filter_at = s.bytes.size();
    s.bytes += filter_header(s.filter_blocks * block_bytes);
    s.filter_bits_at = s.bytes.size();
    s.bytes.reserve(s.bytes.size() + s.filter_blocks * block_bytes + expected_tokens * bytes_a_token);
    s.bytes.resize(s.bytes.size() + s.filter_blocks * block_bytes);
    s.filter_size = s.bytes.size() - s.filter_at;
}

ParquetFile::~ParquetFile() = default;

void ParquetFile::add_chunk(Chunk chunk, std::string_view dictionary, std::size_t dictionary_values,
                            std::string_view page, bool compress) {
    State& s = *state_;
    chunk.codec = compress ? zstd_codec : uncompressed;
    const auto put_page = [&](std::string_view plain_bytes, int type, std::int64_t values, int encoding) {
        std::string_view bytes = plain_bytes;
        if (compress) {
            s.compressed.resize(ZSTD_compressBound(bytes.size()));
            const std::size_t n = ZSTD_compressCCtx(s.zstd, s.compressed.data(), s.compressed.size(),
                                                    bytes.data(), bytes.size(), zstd_level);
            bytes = std::string_view(s.compressed).substr(0, n);
        }
        Thrift t;
        t.number(1, type, Thrift::i32);
        t.number(2, static_cast<std::int64_t>(plain_bytes.size()), Thrift::i32);
        t.number(3, static_cast<std::int64_t>(bytes.size()), Thrift::i32);
        t.begin(type == data_page ? 5 : 7);
        t.number(1, values, Thrift::i32);
        t.number(2, encoding, Thrift::i32);
        if (type == data_page) {
            t.number(3, rle, Thrift::i32);
            t.number(4, rle, Thrift::i32);
        }
        t.end();
        t.stop();
        s.bytes += t.bytes();
        s.bytes += bytes;
        chunk.uncompressed_size += static_cast<std::int64_t>(t.bytes().size() + plain_bytes.size());
        chunk.compressed_size += static_cast<std::int64_t>(t.bytes().size() + bytes.size());
    };
    if (dictionary_values > 0) {
        chunk.dictionary_at = static_cast<std::int64_t>(s.bytes.size());
        put_page(dictionary, dictionary_page, static_cast<std::int64_t>(dictionary_values), plain);
    }
    chunk.data_at = static_cast<std::int64_t>(s.bytes.size());
    put_page(page, data_page, chunk.values, chunk.encoding);
    if (s.chunks.size() % s.columns.size() == 0) s.rows += chunk.values;
    s.chunks.push_back(std::move(chunk));
}

void ParquetFile::add(std::span<const std::int64_t> values) {
    Chunk chunk;
    chunk.values = static_cast<std::int64_t>(values.size());
    chunk.encoding = delta_packed;
    if (!values.empty()) {
        const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
        chunk.least = little_endian(*least);
        chunk.greatest = little_endian(*greatest);
    }
    add_chunk(std::move(chunk), {}, 0, packed_deltas(values), true);
}

void ParquetFile::add(std::span<const std::uint64_t> values) {
    Chunk chunk;
    chunk.values = static_cast<std::int64_t>(values.size());
    chunk.encoding = delta_packed;
    const std::span<const std::int64_t> same(reinterpret_cast<const std::int64_t*>(values.data()),
                                             values.size());
    add_chunk(std::move(chunk), {}, 0, packed_deltas(same), true);
}

void ParquetFile::add(std::span<const std::int32_t> values) {
    Chunk chunk;
    chunk.values = static_cast<std::int64_t>(values.size());
    chunk.encoding = delta_packed;
    add_chunk(std::move(chunk), {}, 0, packed_deltas(values), true);
}

void ParquetFile::add(std::span<const std::uint8_t> values) {
    std::array<std::uint8_t, 256> entry{};
    std::string dictionary;
    std::array<bool, 256> seen{};
    for (const std::uint8_t v : values) seen[v] = true;
    std::uint8_t entries = 0;
    for (std::uint32_t v = 0; v < 256; ++v) {
        if (!seen[v]) continue;
        entry[v] = entries++;
        dictionary += little_endian(v);
    }
    std::vector<std::uint8_t> indices(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) indices[i] = entry[values[i]];
    Chunk chunk;
    chunk.values = static_cast<std::int64_t>(values.size());
    chunk.encoding = rle_dictionary;
    add_chunk(std::move(chunk), dictionary, entries,
              dictionary_page_of(std::span<const std::uint8_t>(indices), entries), true);
}

void ParquetFile::add(std::span<const Token> values) {
    State& s = *state_;
    const ParquetColumn& column = s.column();
    Chunk chunk;
    chunk.values = static_cast<std::int64_t>(values.size());
    if (column.filtered && s.filter_blocks > 0) {
        char* const bits = s.bytes.data() + s.filter_bits_at;
        for (const Token& token : values) {
            const std::uint64_t hash = filter_hash(token);
            char* const at = bits + filter_block(hash, s.filter_blocks) * block_bytes;
            const FilterBlock mask = filter_mask(hash);
            FilterBlock block;
            std::memcpy(block.data(), at, block_bytes);
            for (std::size_t i = 0; i < block.size(); ++i) block[i] |= mask[i];
            std::memcpy(at, block.data(), block_bytes);
        }
    }
    if (column.type == ParquetType::token) {
        add_chunk(std::move(chunk), {}, 0,
                  {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Token)}, false);
        return;
    }
    std::vector<std::uint8_t> there(values.size());
    std::string present;
    for (std::size_t i = 0; i < values.size(); ++i) {
        there[i] = values[i] == Token{} ? 0 : 1;
        if (there[i] != 0)
            present.append(reinterpret_cast<const char*>(values[i].bytes.data()), sizeof(Token));
    }
    std::string levels;
    hybrid(std::span<const std::uint8_t>(there), 1, levels);
    add_chunk(std::move(chunk), {}, 0,
              little_endian(static_cast<std::uint32_t>(levels.size())) + levels + present, false);
}

void ParquetFile::add(std::span<const std::uint32_t> values, const std::vector<std::string>& names) {
    constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
    std::vector<std::uint32_t> entry(names.size(), none);
    std::vector<std::uint32_t> indices(values.size());
    std::string dictionary;
    std::uint32_t entries = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::uint32_t& e = entry[values[i]];
        if (e == none) {
            e = entries++;
            dictionary += little_endian(static_cast<std::uint32_t>(names[values[i]].size()));
            dictionary += names[values[i]];
        }
        indices[i] = e;
    }
    Chunk chunk;
    chunk.values = static_cast<std::int64_t>(values.size());
    chunk.encoding = rle_dictionary;
    add_chunk(std::move(chunk), dictionary, entries,
              dictionary_page_of(std::span<const std::uint32_t>(indices), entries), true);
}

std::string ParquetFile::finish() {
    State& s = *state_;
    Thrift t;
    t.number(1, 2, Thrift::i32);
    t.begin_list(2, Thrift::structure, s.columns.size() + 1);
    t.nest();
    t.text(4, "calls");
    t.number(5, static_cast<std::int64_t>(s.columns.size()), Thrift::i32);
    t.end();
    for (const ParquetColumn& column : s.columns) {
        const TypeNumbers n = numbers_of(column.type);
        t.nest();
        t.number(1, n.physical, Thrift::i32);
        if (n.length > 0) t.number(2, n.length, Thrift::i32);
        t.number(3, n.repetition, Thrift::i32);
        t.text(4, column.name);
        if (n.converted >= 0) t.number(6, n.converted, Thrift::i32);
        if (n.length > 0) {  // UUID
            t.begin(10);
            t.begin(14);
            t.end();
            t.end();
        }
        t.end();
    }
    t.number(3, s.rows);
    const std::size_t groups = s.chunks.size() / s.columns.size();
    t.begin_list(4, Thrift::structure, groups);
    for (std::size_t g = 0; g < groups; ++g) {
        t.nest();
        t.begin_list(1, Thrift::structure, s.columns.size());
        std::int64_t size = 0;
        for (std::size_t c = 0; c < s.columns.size(); ++c) {
            const Chunk& chunk = s.chunks[g * s.columns.size() + c];
            const ParquetColumn& column = s.columns[c];
            size += chunk.uncompressed_size;
            t.nest();
            t.number(2, chunk.dictionary_at >= 0 ? chunk.dictionary_at : chunk.data_at);
            t.begin(3);
            t.number(1, numbers_of(column.type).physical, Thrift::i32);
            const bool dictionary = chunk.dictionary_at >= 0;
            t.begin_list(2, Thrift::i32, dictionary ? 2 : 1);
            t.zigzag(chunk.encoding);
            if (dictionary) t.zigzag(plain);
            t.begin_list(3, Thrift::binary, 1);
            t.raw_text(column.name);
            t.number(4, chunk.codec, Thrift::i32);
            t.number(5, chunk.values);
            t.number(6, chunk.uncompressed_size);
            t.number(7, chunk.compressed_size);
            t.number(9, chunk.data_at);
            if (dictionary) t.number(11, chunk.dictionary_at);
            if (!chunk.least.empty()) {
                t.begin(12);
                t.number(3, 0);
                t.text(5, chunk.greatest);
                t.text(6, chunk.least);
                t.end();
            }
            if (column.filtered && s.filter_size > 0) {
                t.number(14, static_cast<std::int64_t>(s.filter_at));
                t.number(15, static_cast<std::int64_t>(s.filter_size), Thrift::i32);
            }
            t.end();
            t.end();
        }
        t.number(2, size);
        t.number(3, s.chunks[g * s.columns.size()].values);
        t.end();
    }
    t.text(6, "sendh");
    t.stop();
    s.bytes += t.bytes();
    s.bytes += little_endian(static_cast<std::uint32_t>(t.bytes().size()));
    s.bytes += magic;
    return std::move(s.bytes);
}

Result<std::optional<TokenFilter>> TokenFilter::open(const std::filesystem::path& path) {
    SENDH_TRY(File file, open_to_read(path));
    // Only our own files have a filter in front: they begin with exactly the header we write.
    std::array<char, 64> head{};
    const ssize_t n = ::pread(file.descriptor(), head.data(), head.size(), 0);
    if (n < 0) return io_fault("cannot read a segment", path, errno);
    const std::string_view bytes(head.data(), static_cast<std::size_t>(n));
    constexpr std::size_t number_at = 5;  // behind the magic and the head of field 1
    if (bytes.size() < 32 || !bytes.starts_with(magic) || bytes[4] != 0x15)
        return std::optional<TokenFilter>{};
    std::uint64_t value = 0;
    std::size_t at = number_at;
    for (unsigned shift = 0; at < number_at + 5; shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes[at++]);
        value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if ((byte & 0x80) == 0) break;
    }
    const auto size = static_cast<std::size_t>(value >> 1);
    const std::string header = filter_header(size);
    if (size == 0 || size % block_bytes != 0 || bytes.substr(magic.size(), header.size()) != header)
        return std::optional<TokenFilter>{};
    return std::optional<TokenFilter>(
        TokenFilter(std::move(file), path, magic.size() + header.size(), size / block_bytes));
}

Result<bool> TokenFilter::may_hold(const Token& token) const {
    const std::uint64_t hash = filter_hash(token);
    FilterBlock block;
    const auto at = static_cast<off_t>(from_ + filter_block(hash, blocks_) * block_bytes);
    const ssize_t n = ::pread(file_.descriptor(), block.data(), block_bytes, at);
    if (n < 0) return io_fault("cannot read a segment", path_, errno);
    if (static_cast<std::size_t>(n) != block_bytes)
        return Fault{FaultKind::corrupt, "a segment of the call store is too short", shown_path(path_),
                     "restore the case from a backup"};
    const FilterBlock mask = filter_mask(hash);
    for (std::size_t i = 0; i < mask.size(); ++i) {
        if ((block[i] & mask[i]) == 0) return false;
    }
    return true;
}

}  // namespace sendh
