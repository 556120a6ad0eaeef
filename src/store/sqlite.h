// A thin layer over SQLite: database and statement with RAII, every failure a Fault with what to do.
//
// Faults: io (full, read-only, locked by another sendh), corrupt (not a database, malformed).
// Thread rule: one Database and its Statements, one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sendh {

class SqlStatement {
public:
    SqlStatement(SqlStatement&&) noexcept = default;
    // Positions count from 1.
    SqlStatement& bind(int position, std::int64_t value);
    SqlStatement& bind(int position, double value);
    SqlStatement& bind(int position, std::string_view text);
    SqlStatement& bind_blob(int position, std::string_view bytes);
    SqlStatement& bind_null(int position);
    // true: a row is there; false: done (and reset, ready to be bound again).
    [[nodiscard]] Result<bool> step();
    // For statements without rows.
    [[nodiscard]] Done run();
    // Columns count from 0; REQUIRES: step() gave true.
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] std::string text(int column) const;  // also blobs
    [[nodiscard]] bool is_null(int column) const;

private:
    friend class Database;
    struct Finalise {
        void operator()(sqlite3_stmt* statement) const;
    };
    explicit SqlStatement(sqlite3_stmt* statement) : statement_(statement) {}
    std::unique_ptr<sqlite3_stmt, Finalise> statement_;
};

class Database {
public:
    // WAL, synchronous FULL, foreign keys on, what is deleted overwritten. create: make it when it is not
    // there. On a read-only disk it can be read and every write is a fault.
    [[nodiscard]] static Result<Database> open(const std::filesystem::path& path, bool create);
    Database(Database&&) noexcept = default;
    Database& operator=(Database&&) noexcept = default;

    [[nodiscard]] Result<SqlStatement> prepare(std::string_view sql);
    [[nodiscard]] Done run(const std::string& sql);
    [[nodiscard]] std::int64_t last_row_id() const;

private:
    [[nodiscard]] static Result<Database> open_read_only(const std::filesystem::path& path);
    Database() = default;
    struct Close {
        void operator()(sqlite3* database) const;
    };
    std::unique_ptr<sqlite3, Close> database_;
};

// Begins a write transaction; rolled back at the end unless committed.
class Transaction {
public:
    [[nodiscard]] static Result<Transaction> begin(Database& database);
    Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    [[nodiscard]] Done commit();

private:
    explicit Transaction(Database& database) : database_(&database) {}
    Database* database_;
};

}  // namespace sendh
