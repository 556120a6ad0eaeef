// Registers and their history in the catalogue.
#include "store/catalogue_registers.h"

#include "store/catalogue.h"
#include "store/catalogue_columns.h"

namespace sendh {

using namespace columns;

namespace {

constexpr const char* erased_key = "erased_not_overwritten";

}  // namespace

Result<std::int64_t> Catalogue::add_register(const RegisterRecord& r,
                                             const std::vector<EntryRecord>& entries) {
    SENDH_TRY(SqlStatement s,
              database_.prepare("INSERT INTO registers(name,columns,added_at,joined_column,left_column,"
                                "person_column) VALUES(?1,?2,?3,?4,?5,?6)"));
    s.bind(1, r.name).bind(2, lines_of(r.columns)).bind(3, r.added_at.value);
    SENDH_CHECK(s.bind(4, r.joined_column).bind(5, r.left_column).bind(6, r.person_column).run());
    const std::int64_t id = database_.last_row_id();
    SENDH_CHECK(add_entries(id, entries));
    return id;
}

Done Catalogue::add_entries(std::int64_t register_id, const std::vector<EntryRecord>& entries) {
    SENDH_TRY(SqlStatement insert, database_.prepare("INSERT INTO entries VALUES(?1,?2,?3,?4,?5,?6)"));
    for (const EntryRecord& entry : entries) {
        insert.bind(1, register_id)
            .bind(2, entry.row)
            .bind_blob(3, bytes_of(entry.token))
            .bind_blob(6, entry.sealed_attributes);
        bind_time(insert, 4, entry.joined);
        bind_time(insert, 5, entry.left);
        SENDH_CHECK(insert.run());
    }
    return done();
}

Result<std::vector<RegisterRecord>> Catalogue::registers() {
    const std::string columns = format_ < 5 ? "'','',''" : "joined_column,left_column,person_column";
    SENDH_TRY(SqlStatement s,
              database_.prepare("SELECT id,name,columns,added_at,(SELECT count(*) FROM entries WHERE "
                                "register=id AND token<>x'')," +
                                columns + " FROM registers ORDER BY id"));
    return all<RegisterRecord>(std::move(s), [](const SqlStatement& row) {
        return RegisterRecord{row.integer(0),         row.text(1), names_of(row.text(2)), count(row, 4),
                              Micros{row.integer(3)}, row.text(5), row.text(6),           row.text(7)};
    });
}

Done Catalogue::scan_entries(std::int64_t register_id, const std::function<Done(const EntryRecord&)>& take) {
    SENDH_TRY(SqlStatement s,
              database_.prepare("SELECT row,token,joined,left,attributes FROM entries WHERE register=?1 AND "
                                "token<>x'' ORDER BY row"));
    s.bind(1, register_id);
    while (true) {
        SENDH_TRY(const bool more, s.step());
        if (!more) return done();
        SENDH_CHECK(take({s.integer(0), token_of(s.text(1)), time_of(s, 2), time_of(s, 3), s.text(4)}));
    }
}

Result<std::vector<EntryRecord>> Catalogue::entries(std::int64_t register_id) {
    std::vector<EntryRecord> out;
    SENDH_CHECK(scan_entries(register_id, [&](const EntryRecord& entry) {
        out.push_back(entry);
        return done();
    }));
    return out;
}

Result<std::int64_t> Catalogue::next_row(std::int64_t register_id) {
    SENDH_TRY(SqlStatement s,
              database_.prepare("SELECT coalesce(max(row)+1,0) FROM entries WHERE register=?1"));
    SENDH_CHECK(s.bind(1, register_id).step());
    return s.integer(0);
}

Done Catalogue::end_entry(std::int64_t register_id, std::int64_t row, Micros left) {
    SENDH_TRY(SqlStatement s, database_.prepare("UPDATE entries SET left=?3 WHERE register=?1 AND row=?2"));
    return s.bind(1, register_id).bind(2, row).bind(3, left.value).run();
}

Done Catalogue::set_person_column(std::int64_t register_id, const std::string& column) {
    SENDH_TRY(SqlStatement s, database_.prepare("UPDATE registers SET person_column=?2 WHERE id=?1"));
    return s.bind(1, register_id).bind(2, column).run();
}

Done Catalogue::add_change(std::int64_t register_id, const RegisterChange& c) {
    SENDH_TRY(SqlStatement s,
              database_.prepare("INSERT INTO register_changes(register,kind,date,made_at,joined,left,"
                                "changed_number,changed_other,unchanged,rows) "
                                "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)"));
    s.bind(1, register_id).bind(2, c.kind).bind(4, c.made_at.value);
    bind_time(s, 3, c.date);
    s.bind(5, number(c.joined)).bind(6, number(c.left)).bind(7, number(c.changed_number));
    return s.bind(8, number(c.changed_other)).bind(9, number(c.unchanged)).bind(10, number(c.rows)).run();
}

Result<std::vector<RegisterChange>> Catalogue::changes(std::int64_t register_id) {
    if (format_ < 5) return std::vector<RegisterChange>{};
    SENDH_TRY(SqlStatement s,
              database_.prepare("SELECT kind,date,made_at,joined,left,changed_number,changed_other,"
                                "unchanged,rows FROM register_changes WHERE register=?1 ORDER BY id"));
    s.bind(1, register_id);
    return all<RegisterChange>(std::move(s), [](const SqlStatement& row) {
        return RegisterChange{row.text(0),   time_of(row, 1), Micros{row.integer(2)},
                              count(row, 3), count(row, 4),   count(row, 5),
                              count(row, 6), count(row, 7),   count(row, 8)};
    });
}

Done Catalogue::erase_entries(std::int64_t register_id, const std::vector<std::int64_t>& rows,
                              const std::vector<Token>& numbers) {
    SENDH_TRY(SqlStatement entry, database_.prepare("UPDATE entries SET token=x'',joined=NULL,left=NULL,"
                                                    "attributes=x'' WHERE register=?1 AND row=?2"));
    for (const std::int64_t row : rows) SENDH_CHECK(entry.bind(1, register_id).bind(2, row).run());
    SENDH_TRY(SqlStatement copy,
              database_.prepare("UPDATE copy_rows SET token=x'' WHERE token=?2 AND copy IN (SELECT id FROM "
                                "copies WHERE register=?1)"));
    for (const Token& token : numbers)
        SENDH_CHECK(copy.bind(1, register_id).bind_blob(2, bytes_of(token)).run());
    return set_meta(erased_key, "1");
}

Done Catalogue::remove_register(std::int64_t register_id) {
    for (const char* sql :
         {"DELETE FROM entries WHERE register=?1", "DELETE FROM register_changes WHERE register=?1",
          "DELETE FROM registers WHERE id=?1"}) {
        SENDH_TRY(SqlStatement s, database_.prepare(sql));
        SENDH_CHECK(s.bind(1, register_id).run());
    }
    return set_meta(erased_key, "1");
}

Result<bool> Catalogue::holds_erased() {
    SENDH_TRY(const std::string noted, meta(erased_key));
    return !noted.empty();
}

Done Catalogue::compact() {
    SENDH_CHECK(database_.run("VACUUM"));
    SENDH_TRY(SqlStatement s, database_.prepare("PRAGMA wal_checkpoint(TRUNCATE)"));
    SENDH_CHECK(s.step());
    if (s.integer(0) != 0)
        return Fault{FaultKind::io, "another sendh is reading this case", "",
                     "wait until it has finished, then run the command again"};
    SENDH_CHECK(s.step());
    SENDH_TRY(SqlStatement noted, database_.prepare("DELETE FROM meta WHERE key=?1"));
    return noted.bind(1, erased_key).run();
}

Result<std::vector<std::pair<std::string, std::uint64_t>>> Catalogue::places_of(const Token& token,
                                                                                std::int64_t but_register) {
    std::vector<std::pair<std::string, std::uint64_t>> out;
    for (const char* sql :
         {"SELECT 'register '''||name||'''',count(*) FROM entries JOIN registers ON id=register WHERE "
          "token=?1 AND register<>?2 GROUP BY id ORDER BY id",
          "SELECT 'list '''||name||'''',count(*) FROM list_rows JOIN lists ON id=list WHERE token=?1 AND "
          "?2=?2 GROUP BY id ORDER BY id",
          "SELECT 'population',count(*) FROM population_rows WHERE token=?1 AND ?2=?2",
          "SELECT 'roaming',count(*) FROM roaming WHERE token=?1 AND ?2=?2",
          "SELECT 'reports',count(*) FROM reports WHERE (number=?1 OR cli=?1) AND ?2=?2"}) {
        SENDH_TRY(SqlStatement s, database_.prepare(sql));
        s.bind_blob(1, bytes_of(token)).bind(2, but_register);
        while (true) {
            SENDH_TRY(const bool more, s.step());
            if (!more) break;
            if (count(s, 1) > 0) out.emplace_back(s.text(0), count(s, 1));
        }
    }
    return out;
}

}  // namespace sendh
