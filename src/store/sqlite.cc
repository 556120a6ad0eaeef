#include "store/sqlite.h"

#include <sqlite3.h>

#include "base/file.h"

namespace sendh {

namespace {

Fault fault_of(sqlite3* database, int code) {
    const char* file = sqlite3_db_filename(database, "main");
    Fault fault{FaultKind::io, std::string("the catalogue: ") + sqlite3_errmsg(database),
                file != nullptr ? shown_path(file) : "", ""};
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED: fault.to_do = "another sendh is writing to this case; wait for it"; break;
        case SQLITE_FULL: fault.to_do = "the disk is full; free some space and run the command again"; break;
        case SQLITE_IOERR:
            fault.to_do = "the disk refused (full, failing, or a size limit); nothing was changed";
            break;
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
            fault.to_do = "the case cannot be written to; check the disk and the permissions of its folder";
            break;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            fault.kind = FaultKind::corrupt;
            fault.to_do = "the catalogue is damaged; restore the case from a backup";
            break;
        default: fault.kind = FaultKind::corrupt; break;
    }
    return fault;
}

}  // namespace

void SqlStatement::Finalise::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

SqlStatement& SqlStatement::bind(int position, std::int64_t value) {
    sqlite3_bind_int64(statement_.get(), position, value);
    return *this;
}
SqlStatement& SqlStatement::bind(int position, double value) {
    sqlite3_bind_double(statement_.get(), position, value);
    return *this;
}
SqlStatement& SqlStatement::bind(int position, std::string_view text) {
    sqlite3_bind_text64(statement_.get(), position, text.data() == nullptr ? "" : text.data(), text.size(),
                        SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}
SqlStatement& SqlStatement::bind_blob(int position, std::string_view bytes) {
    sqlite3_bind_blob64(statement_.get(), position, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(),
                        SQLITE_TRANSIENT);
    return *this;
}
SqlStatement& SqlStatement::bind_null(int position) {
    sqlite3_bind_null(statement_.get(), position);
    return *this;
}

Result<bool> SqlStatement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) {
        Fault fault = fault_of(sqlite3_db_handle(statement_.get()), code);
        sqlite3_reset(statement_.get());
        return fault;
    }
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    return false;
}

Done SqlStatement::run() {
    while (true) {
        SENDH_TRY(const bool more, step());
        if (!more) return done();
    }
}

std::int64_t SqlStatement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}
double SqlStatement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }
bool SqlStatement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}
std::string SqlStatement::text(int column) const {
    const void* bytes = sqlite3_column_blob(statement_.get(), column);
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return bytes == nullptr ? std::string()
                            : std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

Result<Database> Database::open_read_only(const std::filesystem::path& path) {
    std::error_code error;
    std::string uri = "file:";
    for (const char c : std::filesystem::absolute(path, error).string())
        uri += c == '?' ? "%3f" : c == '#' ? "%23" : c == '%' ? "%25" : std::string(1, c);
    Database database;
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2((uri + "?immutable=1").c_str(), &handle,
                                     SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
    database.database_.reset(handle);
    if (code != SQLITE_OK) return fault_of(handle, code);
    SENDH_CHECK(database.run("PRAGMA trusted_schema=OFF"));
    return database;
}

Result<Database> Database::open(const std::filesystem::path& path, bool create) {
    Database database;
    sqlite3* handle = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    database.database_.reset(handle);
    if (code != SQLITE_OK) {
        return Fault{FaultKind::io, "cannot open the catalogue", shown_path(path),
                     "check that the case is whole and that its folder may be read and written"};
    }
    sqlite3_busy_timeout(handle, 10'000);
    sqlite3_extended_result_codes(handle, 1);
    const std::string pragmas =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA "
        "trusted_schema=OFF; PRAGMA secure_delete=ON;";
    const int set = sqlite3_exec(handle, pragmas.c_str(), nullptr, nullptr, nullptr);
    if (set == SQLITE_OK) return database;
    // On a read-only or full disk WAL cannot make its index. Where nothing waits in it, the file alone is the
    // whole truth.
    std::error_code error;
    const int base = set & 0xff;
    const bool no_index = base == SQLITE_READONLY || base == SQLITE_CANTOPEN || base == SQLITE_FULL ||
                          set == SQLITE_IOERR_SHMSIZE || set == SQLITE_IOERR_SHMOPEN ||
                          set == SQLITE_IOERR_SHMMAP || set == SQLITE_IOERR_WRITE;
    const std::filesystem::path wal = path.string() + "-wal";
    const bool waits = std::filesystem::exists(wal, error) && std::filesystem::file_size(wal, error) > 0;
    if (!no_index || create || waits || error) return fault_of(handle, set);
    return open_read_only(path);
}

Done Database::run(const std::string& sql) {
    const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return fault_of(database_.get(), code);
    return done();
}

Result<SqlStatement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int code =
        sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
    if (code != SQLITE_OK) return fault_of(database_.get(), code);
    return SqlStatement(statement);
}

std::int64_t Database::last_row_id() const { return sqlite3_last_insert_rowid(database_.get()); }

Result<Transaction> Transaction::begin(Database& database) {
    SENDH_CHECK(database.run("BEGIN IMMEDIATE"));
    return Transaction(database);
}

Transaction::~Transaction() {
    if (database_ != nullptr) (void)database_->run("ROLLBACK").ok();
}

Done Transaction::commit() {
    SENDH_CHECK(database_->run("COMMIT"));
    database_ = nullptr;
    return done();
}

}  // namespace sendh
