// A thin layer over DuckDB's C API: a locked-down in-memory database, queries as streams of chunks, and
// columns written to a Parquet file. The only place that knows duckdb.h is duck.cc.
//
// Lock-down, in this order: no automatic installing or loading of extensions, files only below one folder,
// no external access, memory limit, configuration frozen.
//
// Faults: io (disk full, size limit, permissions), corrupt (unreadable Parquet), interrupted.
// Thread rule: one Duck, one thread (DuckDB's own workers aside).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/token.h"

namespace sendh {

enum class DuckType : std::uint8_t { i64, u64, i32, u32, u8, token, text };

struct DuckColumn {
    std::string name;
    DuckType type;
};

// Up to a vector's worth (2,048) of rows of a result. Views hold during the call that gave the chunk.
class DuckChunk {
public:
    [[nodiscard]] std::size_t rows() const { return rows_; }
    // REQUIRES: T is the column's type in the query's result.
    template <class T>
    [[nodiscard]] const T* data(std::size_t column) const {
        return static_cast<const T*>(raw_data(column));
    }
    [[nodiscard]] bool is_null(std::size_t column, std::size_t row) const;
    [[nodiscard]] std::string_view text(std::size_t column, std::size_t row) const;
    [[nodiscard]] Token token(std::size_t column, std::size_t row) const;

private:
    friend class Duck;
    [[nodiscard]] const void* raw_data(std::size_t column) const;
    void* chunk_ = nullptr;
    std::size_t rows_ = 0;
};

class DuckWriter {
public:
    template <class T>
    [[nodiscard]] T* data(std::size_t column) {
        return static_cast<T*>(raw_data(column));
    }
    void set_text(std::size_t column, std::size_t row, std::string_view text);
    void set_token(std::size_t column, std::size_t row, const Token& token);
    void set_null(std::size_t column, std::size_t row);

private:
    friend class Duck;
    [[nodiscard]] void* raw_data(std::size_t column);
    void* chunk_ = nullptr;
};

class Duck {
public:
    // folder: the only one whose files may be read and written; temporary files go to folder/tmp.
    [[nodiscard]] static Result<Duck> open(const std::filesystem::path& folder, int memory_mb, int threads);
    Duck(Duck&&) noexcept;
    ~Duck();

    [[nodiscard]] Done run(const std::string& sql);
    // Streams the result: memory does not grow with it. `take` may stop it with a fault, and may query or
    // write itself.
    [[nodiscard]] Done query(const std::string& sql, const std::function<Done(const DuckChunk&)>& take);

    // rows rows, filled a chunk at a time by fill(writer, first row, count), as a Parquet file at path,
    // compressed with zstd. Flushed and put in place under its name.
    using Fill = std::function<void(DuckWriter&, std::size_t first, std::size_t count)>;
    [[nodiscard]] Done write_parquet(const std::filesystem::path& path,
                                     const std::vector<DuckColumn>& columns, std::size_t rows,
                                     const Fill& fill);
    // The same rows as a table of this connection, in memory; replaces one of that name.
    [[nodiscard]] Done make_table(const std::string& name, const std::vector<DuckColumn>& columns,
                                  std::size_t rows, const Fill& fill);
    // The result of a query as a Parquet file, in place.
    [[nodiscard]] Done write_query(const std::string& sql, const std::filesystem::path& path);

private:
    struct State;
    [[nodiscard]] Done with_rows(const std::vector<DuckColumn>& columns, std::size_t rows, const Fill& fill,
                                 const std::function<Done()>& use);
    explicit Duck(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

[[nodiscard]] std::string sql_quoted(std::string_view text);  // 'it''s'
[[nodiscard]] std::string sql_token(const Token& token);      // '0123…'::UUID

}  // namespace sendh
