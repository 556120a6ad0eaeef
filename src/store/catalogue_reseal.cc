// The catalogue under another key: which of its columns hold tokens and sealed texts, and their change in
// place.
#include <algorithm>
#include <array>

#include "base/progress.h"
#include "store/catalogue.h"
#include "store/catalogue_columns.h"
#include "store/place.h"
#include "store/segment.h"

namespace sendh {

using namespace columns;

namespace {

struct SealedColumn {
    const char* table;
    const char* column;
    const char* about;      // what seal() was told; nullptr: a token
    bool erasable = false;  // without bytes: erased
};

constexpr auto sealed_columns = std::to_array<SealedColumn>({
    {"rejects", "raw", "reject"},
    {"entries", "token", nullptr, true},
    {"entries", "attributes", "attributes", true},
    {"copy_rows", "token", nullptr, true},
    {"list_rows", "token", nullptr},
    {"population_rows", "token", nullptr},
    {"roaming", "token", nullptr},
    {"reports", "number", nullptr},
    {"reports", "cli", nullptr},
    {"reports", "sealed", "report"},
    {"issued_copies", "how", "copy"},
    {"canaries", "token", nullptr},
    {"canaries", "attributes", "attributes"},
});

// Columns of bytes that no key has made.
constexpr auto other_columns = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"issued_copies", "serial"},
    {"issued_copies", "recipient"},
    {"issued_copies", "members"},
    {"issued_copies", "pool"},
    {"issued_copies", "offered"},
});

bool is_known(const std::string& table, const std::string& column) {
    return std::any_of(sealed_columns.begin(), sealed_columns.end(),
                       [&](const SealedColumn& c) { return table == c.table && column == c.column; }) ||
           std::any_of(other_columns.begin(), other_columns.end(),
                       [&](const auto& c) { return c.first == table && c.second == column; });
}

// The primary key, as "a,b" and its width; "rowid" where the table has one.
Result<std::vector<std::string>> key_of(Database& database, const std::string& table) {
    SENDH_TRY(SqlStatement s, database.prepare("SELECT count(*) FROM pragma_table_list(?1) WHERE wr=1"));
    SENDH_CHECK(s.bind(1, table).step());
    if (s.integer(0) == 0) return std::vector<std::string>{"rowid"};
    SENDH_TRY(SqlStatement key,
              database.prepare("SELECT name FROM pragma_table_info(?1) WHERE pk>0 ORDER BY pk"));
    key.bind(1, table);
    return all<std::string>(std::move(key), [](const SqlStatement& row) { return row.text(0); });
}

std::string place_of(Database& database, const std::string& table, const std::vector<std::int64_t>& key) {
    if (table == "entries" && key.size() == 2) {
        RegisterRecord reg;
        if (auto s = database.prepare("SELECT name FROM registers WHERE id=?1"); s.ok()) {
            if (const auto found = s->bind(1, key[0]).step(); found.ok() && *found) reg.name = s->text(0);
        }
        return Place::of_entry(reg, key[1]).text();
    }
    if (table == "copy_rows" && key.size() == 2) return Place::of_copy(key[0], key[1] + 1).text();
    if (table == "issued_copies") return Place::of_copy(key[0]).text();
    if (table == "canaries") return Place::of_canary(key[0]).text();
    std::string out = "table " + table + ", row";
    for (const std::int64_t k : key) out += " " + std::to_string(k);
    return out;
}

Done reseal_column(Database& database, const SealedColumn& column, const Catalogue::Reseal& how) {
    SENDH_TRY(const std::vector<std::string> key, key_of(database, column.table));
    std::string names;
    std::string order;
    std::string after;
    std::string equal;
    for (std::size_t i = 0; i < key.size(); ++i) {
        const std::string position = "?" + std::to_string(i + 1);
        names += (i == 0 ? "" : ",") + key[i];
        after += (i == 0 ? "" : ",") + position;
        equal += (i == 0 ? "" : " AND ") + key[i] + "=" + position;
    }
    const std::string table = column.table;
    const std::string name = column.column;
    // Some rows at a time: a statement that reads a table while it is changed would be asking for trouble.
    constexpr int rows_at_a_time = 4'096;
    const std::string all_rows = "SELECT " + names + "," + name + " FROM " + table;
    const std::string ending = " ORDER BY " + names + " LIMIT " + std::to_string(rows_at_a_time);
    SENDH_TRY(SqlStatement first, database.prepare(all_rows + ending));
    SENDH_TRY(SqlStatement next,
              database.prepare(all_rows + " WHERE (" + names + ")>(" + after + ")" + ending));
    SENDH_TRY(SqlStatement update, database.prepare("UPDATE " + table + " SET " + name + "=?" +
                                                    std::to_string(key.size() + 1) + " WHERE " + equal));
    struct Row {
        std::vector<std::int64_t> key;
        std::string bytes;
    };
    std::vector<Row> rows;
    for (SqlStatement* select = &first;; select = &next) {
        SENDH_CHECK(check_interrupt("nothing was changed"));
        if (select == &next) {
            for (std::size_t i = 0; i < key.size(); ++i)
                next.bind(static_cast<int>(i) + 1, rows.back().key[i]);
        }
        rows.clear();
        while (true) {
            SENDH_TRY(const bool more, select->step());
            if (!more) break;
            Row row;
            for (std::size_t i = 0; i < key.size(); ++i)
                row.key.push_back(select->integer(static_cast<int>(i)));
            row.bytes = select->text(static_cast<int>(key.size()));
            rows.push_back(std::move(row));
        }
        for (Row& row : rows) {
            const auto faulty = [&](Fault fault) {
                fault.where = place_of(database, table, row.key) + " in catalogue.sqlite";
                fault.to_do = "restore that file, or the whole case, from a backup; nothing was changed";
                return fault;
            };
            if (row.bytes.empty() && column.erasable) continue;
            if (column.about != nullptr) {
                auto sealed = how.text(row.bytes, column.about);
                if (!sealed.ok()) return faulty(sealed.fault());
                row.bytes = std::move(*sealed);
            } else {
                if (row.bytes.size() != sizeof(Token))
                    return faulty({FaultKind::corrupt, "a number token is damaged", "",
                                   "restore the case from a backup"});
                const auto token = how.token(token_of(row.bytes));
                if (!token.ok()) return faulty(token.fault());
                row.bytes = bytes_of(*token);
            }
            for (std::size_t i = 0; i < key.size(); ++i) update.bind(static_cast<int>(i) + 1, row.key[i]);
            SENDH_CHECK(update.bind_blob(static_cast<int>(key.size()) + 1, row.bytes).run());
        }
        if (rows.size() < rows_at_a_time) return done();
    }
}

Done rename_files(Database& database, const std::string& table, const Catalogue::Reseal& how) {
    SENDH_TRY(SqlStatement s, database.prepare("SELECT name FROM " + table));
    SENDH_TRY(const auto names,
              all<std::string>(std::move(s), [](const SqlStatement& row) { return row.text(0); }));
    SENDH_TRY(SqlStatement update, database.prepare("UPDATE " + table + " SET name=?2 WHERE name=?1"));
    for (const std::string& name : names)
        SENDH_CHECK(update.bind(1, name).bind(2, how.file_name(name)).run());
    return done();
}

}  // namespace

Done Catalogue::reseal(const Reseal& how) {
    SENDH_TRY(
        SqlStatement s,
        database_.prepare("SELECT t.name,c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE "
                          "t.type='table' AND c.type='BLOB'"));
    SENDH_TRY(const auto found,
              (all<std::pair<std::string, std::string>>(std::move(s), [](const SqlStatement& row) {
                  return std::pair(row.text(0), row.text(1));
              })));
    for (const auto& [table, column] : found) {
        if (!is_known(table, column))
            return Fault{
                FaultKind::corrupt, "nobody knows how to change the key of a column of the catalogue",
                table + "." + column, "use the version of sendh that made this case; nothing was changed"};
    }
    for (const SealedColumn& column : sealed_columns) SENDH_CHECK(reseal_column(database_, column, how));
    SENDH_CHECK(rename_files(database_, "segments", how));
    SENDH_CHECK(rename_files(database_, "duplicates", how));
    SENDH_TRY(const auto found_last, detection());
    if (!found_last) return done();
    std::vector<std::string> names = found_last->campaigns;
    for (std::string& name : names) {
        if (holds_calls_of_campaigns(name)) name = how.file_name(name);
    }
    SENDH_TRY(SqlStatement rename, database_.prepare("UPDATE detection SET campaigns=?1"));
    return rename.bind(1, lines_of(names)).run();
}

}  // namespace sendh
