#include "store/duck.h"

#include <duckdb.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "base/file.h"
#include "base/progress.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/keyed_random.h"

namespace sendh {

namespace {

constexpr std::uint64_t top_bit = 1ULL << 63;

std::uint64_t big_endian(const unsigned char* bytes) {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
    return value;
}

// DuckDB keeps a UUID as a signed 128-bit integer with its top bit flipped, so that it sorts as its text.
duckdb_hugeint to_uuid(const Token& token) {
    duckdb_hugeint value;
    value.upper = static_cast<std::int64_t>(big_endian(token.bytes.data()) ^ top_bit);
    value.lower = big_endian(token.bytes.data() + 8);
    return value;
}

Token from_uuid(const duckdb_hugeint& value) {
    Token token;
    const std::uint64_t halves[2] = {static_cast<std::uint64_t>(value.upper) ^ top_bit, value.lower};
    for (std::size_t i = 0; i < 16; ++i)
        token.bytes[i] = static_cast<unsigned char>(halves[i / 8] >> (56 - 8 * (i % 8)));
    return token;
}

duckdb_type type_of(DuckType type) {
    switch (type) {
        case DuckType::i64: return DUCKDB_TYPE_BIGINT;
        case DuckType::u64: return DUCKDB_TYPE_UBIGINT;
        case DuckType::i32: return DUCKDB_TYPE_INTEGER;
        case DuckType::u32: return DUCKDB_TYPE_UINTEGER;
        case DuckType::u8: return DUCKDB_TYPE_UTINYINT;
        case DuckType::token: return DUCKDB_TYPE_UUID;
        case DuckType::text: return DUCKDB_TYPE_VARCHAR;
    }
    return DUCKDB_TYPE_INVALID;
}

// What a COPY reads from: rows that a Fill makes.
struct TableSource {
    const std::vector<DuckColumn>* columns = nullptr;
    std::size_t rows = 0;
    std::size_t at = 0;
    const std::function<void(void* chunk, std::size_t first, std::size_t count)>* fill = nullptr;
};

// One slot for the table function of a connection; a connection writes one table at a time.
struct TableSlot {
    TableSource* source = nullptr;
};

void bind_source(duckdb_bind_info info) {
    const auto* slot = static_cast<TableSlot*>(duckdb_bind_get_extra_info(info));
    for (const DuckColumn& column : *slot->source->columns) {
        duckdb_logical_type type = duckdb_create_logical_type(type_of(column.type));
        duckdb_bind_add_result_column(info, column.name.c_str(), type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_bind_set_cardinality(info, slot->source->rows, true);
}

void init_source(duckdb_init_info info) { duckdb_init_set_max_threads(info, 1); }

void read_source(duckdb_function_info info, duckdb_data_chunk chunk) {
    TableSource& source = *static_cast<TableSlot*>(duckdb_function_get_extra_info(info))->source;
    const std::size_t n = std::min<std::size_t>(duckdb_vector_size(), source.rows - source.at);
    if (n > 0) (*source.fill)(chunk, source.at, n);
    source.at += n;
    duckdb_data_chunk_set_size(chunk, n);
}

// The file of the store that a message of DuckDB is about; the folder if it names none.
std::filesystem::path file_in(const std::string& text, const std::filesystem::path& folder) {
    const std::size_t ending = text.find(".parquet");
    const std::size_t slash = ending == std::string::npos ? ending : text.rfind('/', ending);
    return slash == std::string::npos ? folder : folder / text.substr(slash + 1, ending + 8 - slash - 1);
}

Fault fault_of(const char* message, const std::filesystem::path& folder) {
    std::string text = message == nullptr ? "unknown" : message;
    const std::filesystem::path file = file_in(text, folder);
    text.resize(std::min(text.find('\n'), text.size()));  // below it stands the SQL
    const auto says = [&](const char* part) { return text.find(part) != std::string::npos; };
    if (says("No space left") || says("disk full") || says("File too large")) {
        return {FaultKind::io, "cannot write the call store", shown_path(folder),
                "the disk is full; free some space and run the command again; nothing was changed"};
    }
    if (says("Read-only file system") || says("Permission denied") || says("Failed to create")) {
        return {FaultKind::io, "cannot write the call store", shown_path(folder),
                "check the disk and the permissions of the case's folder"};
    }
    if (says("No files found") || says("Cannot open file") || says("No such file")) {
        return {FaultKind::corrupt, "a segment of the call store is missing", shown_path(file),
                "restore the case from a backup"};
    }
    if (says("INTERRUPT")) return {FaultKind::interrupted, "stopped on request", "", "nothing was changed"};
    if (says("Out of Memory") || says("OutOfMemory")) {
        return {FaultKind::io, "the memory limit was reached and nothing could be moved to the disk",
                shown_path(folder), "free some disk space"};
    }
    return {FaultKind::corrupt, "the call store cannot be read: " + without_numbers(text.substr(0, 300)),
            shown_path(file), "restore the case from a backup"};
}

}  // namespace

struct Duck::State {
    std::filesystem::path folder;
    std::filesystem::path scratch;  // of this process alone
    duckdb_database database = nullptr;
    duckdb_connection connection = nullptr;
    TableSlot slot;
    ~State() {
        if (connection != nullptr) duckdb_disconnect(&connection);
        if (database != nullptr) duckdb_close(&database);
        std::error_code ignored;
        std::filesystem::remove_all(scratch, ignored);
    }
};

const void* DuckChunk::raw_data(std::size_t column) const {
    return duckdb_vector_get_data(
        duckdb_data_chunk_get_vector(static_cast<duckdb_data_chunk>(chunk_), column));
}

bool DuckChunk::is_null(std::size_t column, std::size_t row) const {
    std::uint64_t* validity = duckdb_vector_get_validity(
        duckdb_data_chunk_get_vector(static_cast<duckdb_data_chunk>(chunk_), column));
    return validity != nullptr && !duckdb_validity_row_is_valid(validity, row);
}

std::string_view DuckChunk::text(std::size_t column, std::size_t row) const {
    // The views must point into the vector, not into a copy of the (possibly inlined) string.
    const auto* strings = data<duckdb_string_t>(column);
    const duckdb_string_t& s = strings[row];
    if (duckdb_string_is_inlined(s)) return {s.value.inlined.inlined, s.value.inlined.length};
    return {s.value.pointer.ptr, s.value.pointer.length};
}

Token DuckChunk::token(std::size_t column, std::size_t row) const {
    return from_uuid(data<duckdb_hugeint>(column)[row]);
}

void* DuckWriter::raw_data(std::size_t column) {
    return duckdb_vector_get_data(
        duckdb_data_chunk_get_vector(static_cast<duckdb_data_chunk>(chunk_), column));
}

void DuckWriter::set_text(std::size_t column, std::size_t row, std::string_view text) {
    duckdb_vector vector = duckdb_data_chunk_get_vector(static_cast<duckdb_data_chunk>(chunk_), column);
    duckdb_vector_assign_string_element_len(vector, row, text.data() == nullptr ? "" : text.data(),
                                            text.size());
}

void DuckWriter::set_token(std::size_t column, std::size_t row, const Token& token) {
    data<duckdb_hugeint>(column)[row] = to_uuid(token);
}

void DuckWriter::set_null(std::size_t column, std::size_t row) {
    duckdb_vector vector = duckdb_data_chunk_get_vector(static_cast<duckdb_data_chunk>(chunk_), column);
    duckdb_vector_ensure_validity_writable(vector);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
}

Duck::Duck(std::unique_ptr<State> state) : state_(std::move(state)) {}
Duck::Duck(Duck&&) noexcept = default;
Duck::~Duck() = default;

Result<Duck> Duck::open(const std::filesystem::path& folder, int memory_mb, int threads) {
    auto state = std::make_unique<State>();
    std::error_code error;
    state->folder = std::filesystem::absolute(folder, error);
    if (duckdb_open(nullptr, &state->database) != DuckDBSuccess ||
        duckdb_connect(state->database, &state->connection) != DuckDBSuccess) {
        return Fault{FaultKind::io, "DuckDB does not start", "", "is there enough memory?"};
    }
    // DuckDB's temporary files have the same names in each process. It makes the folder when it needs one.
    state->scratch = state->folder / ("tmp-" + sha256_hex(bytes_of(random_id())).substr(0, 16));
    Duck duck(std::move(state));
    const std::string place = duck.state_->folder.string();
    for (const std::string& setting : {
             std::string("SET autoinstall_known_extensions=false"),
             std::string("SET autoload_known_extensions=false"),
             "SET temp_directory=" + sql_quoted(duck.state_->scratch.string()),
             "SET allowed_directories=[" + sql_quoted(place + "/") + "]",
             std::string("SET enable_external_access=false"),
             "SET memory_limit='" + std::to_string(memory_mb) + "MB'",
             "SET threads=" + std::to_string(threads),
             std::string("SET preserve_insertion_order=true"),
             std::string("SET enable_progress_bar=false"),
         }) {
        SENDH_CHECK(duck.run(setting));
    }
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_table_function_set_name(function, "sendh_rows");
    duckdb_table_function_set_extra_info(function, &duck.state_->slot, nullptr);
    duckdb_table_function_set_bind(function, bind_source);
    duckdb_table_function_set_init(function, init_source);
    duckdb_table_function_set_function(function, read_source);
    const bool registered =
        duckdb_register_table_function(duck.state_->connection, function) == DuckDBSuccess;
    duckdb_destroy_table_function(&function);
    if (!registered)
        return Fault{FaultKind::io, "DuckDB does not take our table function", "", "is it version 1.4?"};
    SENDH_CHECK(duck.run("SET lock_configuration=true"));
    return duck;
}

Done Duck::run(const std::string& sql) {
    return query(sql, [](const DuckChunk&) { return done(); });
}

Done Duck::query(const std::string& sql, const std::function<Done(const DuckChunk&)>& take) {
    // A second query on a connection ends the stream of the first without a word, so each has its own.
    duckdb_connection connection = nullptr;
    duckdb_prepared_statement prepared = nullptr;
    duckdb_pending_result pending = nullptr;
    duckdb_result result{};
    bool have_result = false;
    Done outcome = done();
    if (duckdb_connect(state_->database, &connection) != DuckDBSuccess) {
        outcome = Fault{FaultKind::io, "DuckDB does not start", "", "is there enough memory?"};
    } else if (duckdb_prepare(connection, sql.c_str(), &prepared) != DuckDBSuccess) {
        outcome = fault_of(duckdb_prepare_error(prepared), state_->folder);
    } else if (duckdb_pending_prepared_streaming(prepared, &pending) != DuckDBSuccess) {
        outcome = fault_of(duckdb_pending_error(pending), state_->folder);
    } else if (duckdb_execute_pending(pending, &result) != DuckDBSuccess) {
        outcome = fault_of(duckdb_result_error(&result), state_->folder);
        have_result = true;
    } else {
        have_result = true;
        while (outcome.ok()) {
            duckdb_data_chunk chunk = duckdb_fetch_chunk(result);
            if (chunk == nullptr) {
                if (const char* error = duckdb_result_error(&result); error != nullptr && *error != '\0')
                    outcome = fault_of(error, state_->folder);
                break;
            }
            DuckChunk view;
            view.chunk_ = chunk;
            view.rows_ = duckdb_data_chunk_get_size(chunk);
            if (view.rows_ > 0) outcome = take(view);
            duckdb_destroy_data_chunk(&chunk);
            if (outcome.ok()) outcome = check_interrupt("nothing was changed");
        }
    }
    if (have_result) duckdb_destroy_result(&result);
    if (pending != nullptr) duckdb_destroy_pending(&pending);
    if (prepared != nullptr) duckdb_destroy_prepare(&prepared);
    if (connection != nullptr) duckdb_disconnect(&connection);
    return outcome;
}

Done Duck::with_rows(const std::vector<DuckColumn>& columns, std::size_t rows, const Fill& fill,
                     const std::function<Done()>& use) {
    const std::function<void(void*, std::size_t, std::size_t)> raw_fill = [&](void* chunk, std::size_t first,
                                                                              std::size_t count) {
        DuckWriter writer;
        writer.chunk_ = chunk;
        fill(writer, first, count);
    };
    TableSource source{&columns, rows, 0, &raw_fill};
    state_->slot.source = &source;
    auto used = use();
    state_->slot.source = nullptr;
    return used;
}

Done Duck::write_parquet(const std::filesystem::path& path, const std::vector<DuckColumn>& columns,
                         std::size_t rows, const Fill& fill) {
    return with_rows(columns, rows, fill, [&] { return write_query("SELECT * FROM sendh_rows()", path); });
}

Done Duck::make_table(const std::string& name, const std::vector<DuckColumn>& columns, std::size_t rows,
                      const Fill& fill) {
    return with_rows(columns, rows, fill, [&] {
        return run("CREATE OR REPLACE TABLE " + name + " AS SELECT * FROM sendh_rows()");
    });
}

Done Duck::write_query(const std::string& sql, const std::filesystem::path& path) {
    const std::filesystem::path temporary = state_->folder / (path.filename().string() + ".tmp");
    auto written = run("COPY (" + sql + ") TO " + sql_quoted(temporary.string()) +
                       " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 131072)");
    if (written.ok()) written = put_in_place(temporary, state_->folder / path.filename());
    if (!written.ok()) ::unlink(temporary.c_str());
    return written;
}

std::string sql_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        out += c;
        if (c == '\'') out += '\'';
    }
    return out + "'";
}

std::string sql_token(const Token& token) {
    const std::string hex = to_text(token);
    return "'" + hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
           hex.substr(16, 4) + "-" + hex.substr(20) + "'::UUID";
}

}  // namespace sendh
