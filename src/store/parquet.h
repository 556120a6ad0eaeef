// ParquetFile: builds a Parquet file in memory, column by column, with the few types and encodings that
// segments of calls need. DuckDB reads it; so does everything else that reads Parquet. It is no general
// writer: data pages of version 1, one a column and row group, at most one optional column type, no nesting.
//
// Format: Apache Parquet 2.x (parquet-format: README, Encodings.md, BloomFilter.md, thrift compact protocol).
//   whole numbers  DELTA_BINARY_PACKED (Lemire, Boytsov 2015), then zstd; with least and greatest value
//   small numbers, names  RLE_DICTIONARY, then zstd
//   tokens         PLAIN and not compressed: they are ciphertext, nothing would be gained
// In front of the data lies one split-block Bloom filter (Putze, Sanders, Singler 2007) over the tokens of
// the columns that ask for it: whether a number can be in the file is told by one read of 32 bytes
// (TokenFilter).
//
// Faults: none while building. Thread rule: one object, one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "crypto/token.h"

namespace sendh {

enum class ParquetType : std::uint8_t { i64, u64, i32, u8, token, optional_token, name };

struct ParquetColumn {
    std::string name;
    ParquetType type;
    bool filtered = false;  // its tokens are in the Bloom filter
};

class ParquetFile {
public:
    // expected_tokens: how many go into the filter, about; 0: no filter.
    ParquetFile(std::vector<ParquetColumn> columns, std::size_t expected_tokens);
    ~ParquetFile();
    ParquetFile(const ParquetFile&) = delete;
    ParquetFile& operator=(const ParquetFile&) = delete;

    // A row group is complete when each column was added once, in their order. All must be equally long.
    void add(std::span<const std::int64_t> values);
    void add(std::span<const std::uint64_t> values);
    void add(std::span<const std::int32_t> values);
    void add(std::span<const std::uint8_t> values);  // each below 64
    void add(std::span<const Token> values);         // `Token{}` in an optional column: null
    // Indices into names.
    void add(std::span<const std::uint32_t> values, const std::vector<std::string>& names);

    // The whole file.
    [[nodiscard]] std::string finish();

private:
    struct Chunk;
    struct State;
    void add_chunk(Chunk chunk, std::string_view dictionary, std::size_t dictionary_values,
                   std::string_view page, bool compress);
    std::unique_ptr<State> state_;
};

// The filter of a file that ParquetFile made. Few bytes are read for a question; nothing is kept open.
class TokenFilter {
public:
    // Nothing if the file has no filter (an older case, a file written by DuckDB). Faults: io, corrupt.
    [[nodiscard]] static Result<std::optional<TokenFilter>> open(const std::filesystem::path& path);
    // false: the token is in none of the filtered columns; true: it probably is (one in a hundred times it is
    // not).
    [[nodiscard]] Result<bool> may_hold(const Token& token) const;

private:
    TokenFilter(File file, std::filesystem::path path, std::size_t from, std::size_t blocks)
        : file_(std::move(file)), path_(std::move(path)), from_(from), blocks_(blocks) {}
    File file_;
    std::filesystem::path path_;
    std::size_t from_;
    std::size_t blocks_;
};

}  // namespace sendh
