#include "store/catalogue.h"

#include "base/file.h"
#include "base/text.h"
#include "store/catalogue_columns.h"
#include "store/catalogue_copies.h"
#include "store/catalogue_log.h"
#include "store/catalogue_registers.h"

namespace sendh {

using namespace columns;

namespace {

constexpr const char* tables = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE files(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL, layout TEXT NOT NULL,
    bytes INTEGER NOT NULL, rows INTEGER NOT NULL, accepted INTEGER NOT NULL, rejected INTEGER NOT NULL,
    duplicates INTEGER NOT NULL, imported_at INTEGER NOT NULL, detail TEXT NOT NULL,
    CHECK (rows = accepted + rejected + duplicates)) STRICT;
CREATE INDEX files_by_sha ON files(sha256);
CREATE TABLE rejects(file INTEGER NOT NULL REFERENCES files(id), line INTEGER NOT NULL, offset INTEGER NOT NULL,
    code TEXT NOT NULL, column_name TEXT NOT NULL, raw BLOB NOT NULL) STRICT;
CREATE INDEX rejects_by_file ON rejects(file);
CREATE TABLE segments(name TEXT PRIMARY KEY, file INTEGER NOT NULL REFERENCES files(id), rows INTEGER NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL) STRICT;
CREATE TABLE duplicates(name TEXT PRIMARY KEY, file INTEGER NOT NULL REFERENCES files(id)) STRICT;
CREATE TABLE registers(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, columns TEXT NOT NULL, added_at INTEGER NOT NULL) STRICT;
CREATE TABLE entries(register INTEGER NOT NULL REFERENCES registers(id), row INTEGER NOT NULL, token BLOB NOT NULL,
    joined INTEGER, left INTEGER, attributes BLOB NOT NULL, PRIMARY KEY(register, row)) STRICT, WITHOUT ROWID;
CREATE TABLE copies(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, register INTEGER NOT NULL REFERENCES registers(id),
    recipient TEXT NOT NULL, date TEXT NOT NULL, columns TEXT NOT NULL, canaries INTEGER NOT NULL, recorded_at INTEGER NOT NULL) STRICT;
CREATE TABLE copy_rows(copy INTEGER NOT NULL REFERENCES copies(id), row INTEGER NOT NULL, token BLOB NOT NULL,
    PRIMARY KEY(copy, row)) STRICT, WITHOUT ROWID;
CREATE TABLE lists(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE list_rows(list INTEGER NOT NULL REFERENCES lists(id), row INTEGER NOT NULL, token BLOB NOT NULL,
    PRIMARY KEY(list, row)) STRICT, WITHOUT ROWID;
CREATE TABLE populations(id INTEGER PRIMARY KEY, kind TEXT NOT NULL) STRICT;
CREATE TABLE population_rows(population INTEGER NOT NULL REFERENCES populations(id), row INTEGER NOT NULL, token BLOB NOT NULL,
    line_type TEXT NOT NULL, operator TEXT NOT NULL, called INTEGER, PRIMARY KEY(population, row)) STRICT, WITHOUT ROWID;
CREATE TABLE trunks(name TEXT PRIMARY KEY, carrier TEXT NOT NULL, ingress TEXT NOT NULL) STRICT;
CREATE TABLE roaming_spans(id INTEGER PRIMARY KEY, complete INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL) STRICT;
CREATE TABLE roaming(span INTEGER NOT NULL REFERENCES roaming_spans(id), token BLOB NOT NULL, first INTEGER NOT NULL,
    last INTEGER NOT NULL) STRICT;
CREATE TABLE reports(file INTEGER NOT NULL REFERENCES files(id), line INTEGER NOT NULL, number BLOB NOT NULL, cli BLOB NOT NULL,
    cli_class INTEGER NOT NULL, time INTEGER, date_only INTEGER NOT NULL, threat INTEGER, key_press INTEGER, knew_name INTEGER,
    knew_designation INTEGER, knew_department INTEGER, sealed BLOB NOT NULL, PRIMARY KEY(file, line)) STRICT, WITHOUT ROWID;
CREATE TABLE detection(id INTEGER PRIMARY KEY CHECK (id = 1), verdicts TEXT NOT NULL, campaigns TEXT NOT NULL, calls INTEGER NOT NULL,
    fake INTEGER NOT NULL, undecidable INTEGER NOT NULL, undecidable_roaming INTEGER NOT NULL, made_at INTEGER NOT NULL,
    rule TEXT NOT NULL, state INTEGER NOT NULL) STRICT;
CREATE TABLE campaigns(position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, calls INTEGER NOT NULL, numbers INTEGER NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, held_by TEXT NOT NULL) STRICT;
CREATE TABLE findings(id INTEGER PRIMARY KEY, register TEXT NOT NULL, made_at INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
)sql";

// What format 2 has and format 1 has not.
constexpr const char* tables_of_format_2 = R"sql(
CREATE TABLE series(id INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES files(id), first INTEGER NOT NULL, last INTEGER NOT NULL,
    allocation INTEGER NOT NULL, operator TEXT NOT NULL, area TEXT NOT NULL, as_of INTEGER NOT NULL) STRICT;
)sql";

FileRecord file_row(const SqlStatement& s) {
    FileRecord f;
    f.id = s.integer(0);
    f.kind = s.text(1);
    f.name = s.text(2);
    f.sha256 = s.text(3);
    f.layout = s.text(4);
    f.bytes = count(s, 5);
    f.rows = count(s, 6);
    f.accepted = count(s, 7);
    f.rejected = count(s, 8);
    f.duplicates = count(s, 9);
    f.imported_at = Micros{s.integer(10)};
    f.detail = s.text(11);
    return f;
}

constexpr const char* file_columns =
    "SELECT id,kind,name,sha256,layout,bytes,rows,accepted,rejected,duplicates,imported_at,detail FROM "
    "files ";

}  // namespace

Result<Catalogue> Catalogue::create(const std::filesystem::path& path) {
    SENDH_TRY(Database database, Database::open(path, true));
    SENDH_TRY(Transaction transaction, Transaction::begin(database));
    SENDH_CHECK(database.run(tables));
    SENDH_CHECK(database.run(tables_of_format_2));
    SENDH_CHECK(database.run(tables_of_format_3));
    SENDH_CHECK(database.run(tables_of_format_4));
    SENDH_CHECK(database.run(tables_of_format_5));
    SENDH_CHECK(database.run(tables_of_format_7));
    SENDH_CHECK(database.run("PRAGMA user_version=" + std::to_string(catalogue_format)));
    SENDH_CHECK(transaction.commit());
    return Catalogue(std::move(database), catalogue_format);
}

Done Catalogue::upgrade(const std::string& who) {
    if (format_ == catalogue_format) return done();
    SENDH_TRY(Transaction transaction, Transaction::begin(database_));
    // Another process may have done it since this one opened the catalogue.
    SENDH_TRY(SqlStatement version, database_.prepare("PRAGMA user_version"));
    SENDH_CHECK(version.step());
    format_ = version.integer(0);
    SENDH_CHECK(version.step());
    if (format_ >= catalogue_format) return transaction.commit();
    if (format_ < 2) SENDH_CHECK(database_.run(tables_of_format_2));
    if (format_ < 3) SENDH_CHECK(database_.run(tables_of_format_3));
    if (format_ < 4) SENDH_CHECK(database_.run(tables_of_format_4));
    if (format_ < 5) SENDH_CHECK(database_.run(tables_of_format_5));
    if (format_ < 7) SENDH_CHECK(database_.run(tables_of_format_7));
    // Campaigns without their calls: detection is to be run again.
    if (format_ < 5) {
        SENDH_TRY(const std::int64_t state, evidence_state());
        SENDH_CHECK(set_meta("evidence_state", std::to_string(state + 1)));
    }
    SENDH_CHECK(log_upgrade(who, format_));
    SENDH_CHECK(database_.run("PRAGMA user_version=" + std::to_string(catalogue_format)));
    SENDH_CHECK(transaction.commit());
    format_ = catalogue_format;
    return done();
}

Result<Catalogue> Catalogue::open(const std::filesystem::path& path) {
    const Fault strange{FaultKind::corrupt, "this is not the catalogue of a case", shown_path(path),
                        "restore the case from a backup"};
    std::error_code error;
    if (std::filesystem::file_size(path, error) == 0 && !error)
        return strange;  // SQLite would make one of it
    SENDH_TRY(Database database, Database::open(path, false));
    SENDH_TRY(SqlStatement version, database.prepare("PRAGMA user_version"));
    SENDH_CHECK(version.step());
    const std::int64_t format = version.integer(0);
    if (format > catalogue_format) {
        return Fault{FaultKind::corrupt,
                     "this case was made by a newer version of sendh (format " + std::to_string(format) +
                         ", this one reads " + std::to_string(catalogue_format) + ")",
                     shown_path(path.parent_path()), "use the newer version; nothing was changed"};
    }
    if (format < 1) return strange;
    SENDH_CHECK(version.step());
    return Catalogue(std::move(database), format);
}

Result<std::string> Catalogue::meta(const std::string& key) {
    SENDH_TRY(SqlStatement s, database_.prepare("SELECT value FROM meta WHERE key=?1"));
    SENDH_TRY(const bool found, s.bind(1, key).step());
    return found ? s.text(0) : std::string();
}

Done Catalogue::set_meta(const std::string& key, const std::string& value) {
    SENDH_TRY(SqlStatement s,
              database_.prepare("INSERT INTO meta VALUES(?1,?2) ON CONFLICT(key) DO UPDATE SET value=?2"));
    return s.bind(1, key).bind(2, value).run();
}

Result<std::int64_t> Catalogue::add_file(const FileRecord& f) {
    SENDH_TRY(
        SqlStatement s,
        database_.prepare(
            "INSERT INTO files(kind,name,sha256,layout,bytes,rows,accepted,rejected,duplicates,imported_at,"
            "detail) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)"));
    s.bind(1, f.kind)
        .bind(2, f.name)
        .bind(3, f.sha256)
        .bind(4, f.layout)
        .bind(5, number(f.bytes))
        .bind(6, number(f.rows));
    s.bind(7, number(f.accepted))
        .bind(8, number(f.rejected))
        .bind(9, number(f.duplicates))
        .bind(10, f.imported_at.value)
        .bind(11, f.detail);
    SENDH_CHECK(s.run());
    const std::int64_t id = database_.last_row_id();
    // What detection rests on; it is blind to registers and populations.
    for (const char* kind : {"calls", "reports", "trunks", "roaming", "series"}) {
        if (f.kind != kind) continue;
        SENDH_TRY(const std::int64_t state, evidence_state());
        SENDH_CHECK(set_meta("evidence_state", std::to_string(state + 1)));
    }
    return id;
}

Done Catalogue::update_counts(const FileRecord& f) {
    SENDH_TRY(SqlStatement s, database_.prepare("UPDATE files SET "
                                                "name=?2,sha256=?3,layout=?4,bytes=?5,rows=?6,accepted=?7,"
                                                "rejected=?8,duplicates=?9,detail=?10 WHERE id=?1"));
    s.bind(1, f.id)
        .bind(2, f.name)
        .bind(3, f.sha256)
        .bind(4, f.layout)
        .bind(5, number(f.bytes))
        .bind(6, number(f.rows));
    s.bind(7, number(f.accepted))
        .bind(8, number(f.rejected))
        .bind(9, number(f.duplicates))
        .bind(10, f.detail);
    return s.run();
}

Result<std::vector<FileRecord>> Catalogue::files(const std::string& kind) {
    SENDH_TRY(SqlStatement s,
              database_.prepare(std::string(file_columns) + "WHERE ?1='' OR kind=?1 ORDER BY id"));
    s.bind(1, kind);
    return all<FileRecord>(std::move(s), file_row);
}

Result<std::optional<FileRecord>> Catalogue::file_by_sha(const std::string& kind, const std::string& sha256) {
    SENDH_TRY(SqlStatement s, database_.prepare(std::string(file_columns) + "WHERE kind=?1 AND sha256=?2"));
    SENDH_TRY(const bool found, s.bind(1, kind).bind(2, sha256).step());
    return found ? std::optional(file_row(s)) : std::nullopt;
}

Result<std::int64_t> Catalogue::evidence_state() {
    SENDH_TRY(const std::string state, meta("evidence_state"));
    return state.empty() ? 0 : parse_integer(state).value_or(0);
}

Done Catalogue::add_rejects(const std::vector<RejectRecord>& rejects) {
    SENDH_TRY(SqlStatement s, database_.prepare("INSERT INTO rejects VALUES(?1,?2,?3,?4,?5,?6)"));
    for (const RejectRecord& r : rejects) {
        s.bind(1, r.file)
            .bind(2, number(r.line))
            .bind(3, number(r.offset))
            .bind(4, r.code)
            .bind(5, r.column)
            .bind_blob(6, r.sealed_raw);
        SENDH_CHECK(s.run());
    }
    return done();
}

Result<std::vector<RejectRecord>> Catalogue::rejects(std::int64_t file, std::uint64_t limit) {
    SENDH_TRY(SqlStatement s, database_.prepare("SELECT file,line,offset,code,column_name,raw FROM rejects "
                                                "WHERE ?1=0 OR file=?1 ORDER BY file,line LIMIT ?2"));
    s.bind(1, file).bind(2, number(limit));
    return all<RejectRecord>(std::move(s), [](const SqlStatement& row) {
        return RejectRecord{row.integer(0), count(row, 1), count(row, 2),
                            row.text(3),    row.text(4),   row.text(5)};
    });
}

Done Catalogue::each_reject(std::int64_t file, std::uint64_t limit,
                            const std::function<Done(const RejectRecord&)>& take) {
    SENDH_TRY(SqlStatement s, database_.prepare("SELECT file,line,offset,code,column_name,raw FROM rejects "
                                                "WHERE file=?1 ORDER BY line,offset LIMIT ?2"));
    s.bind(1, file).bind(2, limit == 0 ? std::int64_t{-1} : number(limit));
    while (true) {
        SENDH_TRY(const bool more, s.step());
        if (!more) return done();
        SENDH_CHECK(take({s.integer(0), count(s, 1), count(s, 2), s.text(3), s.text(4), s.text(5)}));
    }
}

Result<std::vector<RejectGroup>> Catalogue::reject_groups(std::int64_t file) {
    SENDH_TRY(SqlStatement s,
              database_.prepare("SELECT file,code,column_name,count(*),min(line),min(offset) FROM rejects "
                                "WHERE file=?1 GROUP BY code,column_name ORDER BY 4 DESC,5,2,3"));
    s.bind(1, file);
    return all<RejectGroup>(std::move(s), [](const SqlStatement& row) {
        return RejectGroup{row.integer(0), row.text(1),   row.text(2),
                           count(row, 3),  count(row, 4), count(row, 5)};
    });
}

Done Catalogue::add_segment(const SegmentRecord& r) {
    SENDH_TRY(SqlStatement s, database_.prepare("INSERT INTO segments VALUES(?1,?2,?3,?4,?5)"));
    return s.bind(1, r.name)
        .bind(2, r.file)
        .bind(3, number(r.rows))
        .bind(4, r.first.value)
        .bind(5, r.last.value)
        .run();
}

Result<std::vector<SegmentRecord>> Catalogue::segments() {
    SENDH_TRY(SqlStatement s,
              database_.prepare("SELECT file,name,rows,first,last FROM segments ORDER BY file,name"));
    return all<SegmentRecord>(std::move(s), [](const SqlStatement& row) {
        return SegmentRecord{row.integer(0), row.text(1), count(row, 2), Micros{row.integer(3)},
                             Micros{row.integer(4)}};
    });
}

Done Catalogue::add_duplicates(std::int64_t file, const std::string& name) {
    SENDH_TRY(SqlStatement s, database_.prepare("INSERT INTO duplicates VALUES(?1,?2)"));
    return s.bind(1, name).bind(2, file).run();
}

Result<std::vector<std::string>> Catalogue::duplicate_files() {
    SENDH_TRY(SqlStatement s, database_.prepare("SELECT name FROM duplicates ORDER BY name"));
    return all<std::string>(std::move(s), [](const SqlStatement& row) { return row.text(0); });
}

Done Catalogue::add_list(const std::string& name, const std::vector<Token>& numbers) {
    SENDH_TRY(SqlStatement s, database_.prepare("INSERT INTO lists(name) VALUES(?1)"));
    SENDH_CHECK(s.bind(1, name).run());
    return insert_tokens(database_, "INSERT INTO list_rows VALUES(?1,?2,?3)", database_.last_row_id(),
                         numbers);
}

Result<std::vector<ListRecord>> Catalogue::lists() {
    SENDH_TRY(SqlStatement s,
              database_.prepare(
                  "SELECT id,name,(SELECT count(*) FROM list_rows WHERE list=id) FROM lists ORDER BY id"));
    return all<ListRecord>(std::move(s), [](const SqlStatement& row) {
        return ListRecord{row.integer(0), row.text(1), count(row, 2)};
    });
}

Result<std::vector<Token>> Catalogue::list_numbers(std::int64_t list) {
    SENDH_TRY(SqlStatement s, database_.prepare("SELECT token FROM list_rows WHERE list=?1 ORDER BY row"));
    s.bind(1, list);
    return all<Token>(std::move(s), [](const SqlStatement& row) { return token_of(row.text(0)); });
}

Done Catalogue::add_population(const std::string& kind, const std::vector<PopulationRow>& rows) {
    SENDH_TRY(SqlStatement s, database_.prepare("INSERT INTO populations(kind) VALUES(?1)"));
    SENDH_CHECK(s.bind(1, kind).run());
    const std::int64_t id = database_.last_row_id();
    SENDH_TRY(SqlStatement insert,
              database_.prepare("INSERT INTO population_rows VALUES(?1,?2,?3,?4,?5,?6)"));
    std::int64_t position = 0;
    for (const PopulationRow& row : rows) {
        insert.bind(1, id)
            .bind(2, position++)
            .bind_blob(3, bytes_of(row.token))
            .bind(4, row.line_type)
            .bind(5, row.operator_name);
        bind_flag(insert, 6, row.called);
        SENDH_CHECK(insert.run());
    }
    return done();
}

Result<std::vector<std::string>> Catalogue::population_kinds() {
    SENDH_TRY(SqlStatement s, database_.prepare("SELECT DISTINCT kind FROM populations ORDER BY kind"));
    return all<std::string>(std::move(s), [](const SqlStatement& row) { return row.text(0); });
}

Result<std::vector<PopulationRow>> Catalogue::population() {
    SENDH_TRY(SqlStatement s,
              database_.prepare(
                  "SELECT token,line_type,operator,called FROM population_rows ORDER BY population,row"));
    return all<PopulationRow>(std::move(s), [](const SqlStatement& row) {
        return PopulationRow{token_of(row.text(0)), row.text(1), row.text(2), flag_of(row, 3)};
    });
}

Done Catalogue::add_trunks(const std::vector<TrunkRecord>& trunks) {
    SENDH_TRY(
        SqlStatement s,
        database_.prepare(
            "INSERT INTO trunks VALUES(?1,?2,?3) ON CONFLICT(name) DO UPDATE SET carrier=?2, ingress=?3"));
    for (const TrunkRecord& t : trunks)
        SENDH_CHECK(s.bind(1, t.name).bind(2, t.carrier).bind(3, t.ingress).run());
    return done();
}

Done Catalogue::add_series(std::int64_t file, const std::vector<SeriesRecord>& rows) {
    SENDH_TRY(SqlStatement s,
              database_.prepare("INSERT INTO series(file,first,last,allocation,operator,area,as_of) "
                                "VALUES(?1,?2,?3,?4,?5,?6,?7)"));
    for (const SeriesRecord& r : rows) {
        s.bind(1, file).bind(2, r.first).bind(3, r.last).bind(4, std::int64_t{r.allocation});
        s.bind(5, r.operator_name).bind(6, r.area).bind(7, r.as_of.value);
        SENDH_CHECK(s.run());
    }
    return done();
}

Result<std::vector<SeriesRecord>> Catalogue::series() {
    if (format_ < 2) return std::vector<SeriesRecord>{};
    SENDH_TRY(SqlStatement s,
              database_.prepare("SELECT first,last,allocation,operator,area,as_of FROM series ORDER BY id"));
    return all<SeriesRecord>(std::move(s), [](const SqlStatement& row) {
        return SeriesRecord{row.integer(0), row.integer(1), static_cast<int>(row.integer(2)),
                            row.text(3),    row.text(4),    Micros{row.integer(5)}};
    });
}

Result<std::vector<TrunkRecord>> Catalogue::trunks() {
    SENDH_TRY(SqlStatement s, database_.prepare("SELECT name,carrier,ingress FROM trunks ORDER BY name"));
    return all<TrunkRecord>(std::move(s), [](const SqlStatement& row) {
        return TrunkRecord{row.text(0), row.text(1), row.text(2)};
    });
}

Done Catalogue::add_roaming(const RoamingSpan& span, const std::vector<RoamingRecord>& rows) {
    SENDH_TRY(SqlStatement s,
              database_.prepare("INSERT INTO roaming_spans(complete,first,last) VALUES(?1,?2,?3)"));
    SENDH_CHECK(s.bind(1, std::int64_t{span.complete}).bind(2, span.from.value).bind(3, span.to.value).run());
    const std::int64_t id = database_.last_row_id();
    SENDH_TRY(SqlStatement insert, database_.prepare("INSERT INTO roaming VALUES(?1,?2,?3,?4)"));
    for (const RoamingRecord& row : rows) {
        SENDH_CHECK(insert.bind(1, id)
                        .bind_blob(2, bytes_of(row.token))
                        .bind(3, row.from.value)
                        .bind(4, row.to.value)
                        .run());
    }
    return done();
}

Result<std::vector<Catalogue::RoamingSpan>> Catalogue::roaming_spans() {
    SENDH_TRY(SqlStatement s, database_.prepare("SELECT complete,first,last FROM roaming_spans ORDER BY id"));
    return all<RoamingSpan>(std::move(s), [](const SqlStatement& row) {
        return RoamingSpan{row.integer(0) != 0, Micros{row.integer(1)}, Micros{row.integer(2)}};
    });
}

Result<std::vector<RoamingRecord>> Catalogue::roaming() {
    SENDH_TRY(SqlStatement s, database_.prepare("SELECT token,first,last FROM roaming ORDER BY span,rowid"));
    return all<RoamingRecord>(std::move(s), [](const SqlStatement& row) {
        return RoamingRecord{token_of(row.text(0)), Micros{row.integer(1)}, Micros{row.integer(2)}};
    });
}

Done Catalogue::add_report(const ReportRecord& r) {
    SENDH_TRY(SqlStatement s,
              database_.prepare("INSERT INTO reports VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)"));
    s.bind(1, r.file)
        .bind(2, number(r.line))
        .bind_blob(3, bytes_of(r.number))
        .bind_blob(4, bytes_of(r.cli))
        .bind(5, std::int64_t{r.cli_class});
    bind_time(s, 6, r.time);
    s.bind(7, std::int64_t{r.date_only});
    bind_flag(s, 8, r.threat);
    bind_flag(s, 9, r.key_press);
    bind_flag(s, 10, r.knew_name);
    bind_flag(s, 11, r.knew_designation);
    bind_flag(s, 12, r.knew_department);
    return s.bind_blob(13, r.sealed).run();
}

Result<std::vector<ReportRecord>> Catalogue::reports() {
    SENDH_TRY(SqlStatement s,
              database_.prepare(
                  "SELECT "
                  "file,line,number,cli,cli_class,time,date_only,threat,key_press,knew_name,knew_designation,"
                  "knew_department,sealed FROM reports ORDER BY file,line"));
    return all<ReportRecord>(std::move(s), [](const SqlStatement& row) {
        ReportRecord r;
        r.file = row.integer(0);
        r.line = count(row, 1);
        r.number = token_of(row.text(2));
        r.cli = token_of(row.text(3));
        r.cli_class = static_cast<int>(row.integer(4));
        r.time = time_of(row, 5);
        r.date_only = row.integer(6) != 0;
        r.threat = flag_of(row, 7);
        r.key_press = flag_of(row, 8);
        r.knew_name = flag_of(row, 9);
        r.knew_designation = flag_of(row, 10);
        r.knew_department = flag_of(row, 11);
        r.sealed = row.text(12);
        return r;
    });
}

Done Catalogue::set_detection(const DetectionRecord& d, const std::vector<CampaignRecord>& campaigns) {
    SENDH_CHECK(database_.run("DELETE FROM detection; DELETE FROM campaigns"));
    SENDH_TRY(SqlStatement s,
              database_.prepare("INSERT INTO detection VALUES(1,?1,?2,?3,?4,?5,?6,?7,?8,?9)"));
    s.bind(1, lines_of(d.verdicts))
        .bind(2, lines_of(d.campaigns))
        .bind(3, number(d.calls))
        .bind(4, number(d.fake))
        .bind(5, number(d.undecidable));
    s.bind(6, number(d.undecidable_roaming)).bind(7, d.made_at.value).bind(8, d.rule).bind(9, d.state);
    SENDH_CHECK(s.run());
    SENDH_TRY(SqlStatement insert, database_.prepare("INSERT INTO campaigns VALUES(?1,?2,?3,?4,?5,?6,?7)"));
    std::int64_t position = 0;
    for (const CampaignRecord& c : campaigns) {
        insert.bind(1, ++position).bind(2, c.id).bind(3, number(c.calls)).bind(4, number(c.numbers));
        SENDH_CHECK(insert.bind(5, c.first.value).bind(6, c.last.value).bind(7, lines_of(c.held_by)).run());
    }
    return done();
}

Result<std::optional<DetectionRecord>> Catalogue::detection() {
    SENDH_TRY(SqlStatement s,
              database_.prepare(
                  "SELECT verdicts,campaigns,calls,fake,undecidable,undecidable_roaming,made_at,rule,state "
                  "FROM detection"));
    SENDH_TRY(const bool found, s.step());
    if (!found) return std::optional<DetectionRecord>{};
    return std::optional(DetectionRecord{names_of(s.text(0)), names_of(s.text(1)), count(s, 2), count(s, 3),
                                         count(s, 4), count(s, 5), Micros{s.integer(6)}, s.text(7),
                                         s.integer(8)});
}

Result<std::vector<CampaignRecord>> Catalogue::campaigns() {
    SENDH_TRY(
        SqlStatement s,
        database_.prepare("SELECT id,calls,numbers,first,last,held_by FROM campaigns ORDER BY position"));
    return all<CampaignRecord>(std::move(s), [](const SqlStatement& row) {
        return CampaignRecord{row.text(0),
                              count(row, 1),
                              count(row, 2),
                              Micros{row.integer(3)},
                              Micros{row.integer(4)},
                              names_of(row.text(5))};
    });
}

Done Catalogue::add_finding(const std::string& register_name, Micros made_at, const std::string& json) {
    SENDH_TRY(SqlStatement s,
              database_.prepare("INSERT INTO findings(register,made_at,json) VALUES(?1,?2,?3)"));
    return s.bind(1, register_name).bind(2, made_at.value).bind(3, json).run();
}

Result<std::string> Catalogue::latest_finding() {
    SENDH_TRY(SqlStatement s, database_.prepare("SELECT json FROM findings ORDER BY id DESC LIMIT 1"));
    SENDH_TRY(const bool found, s.step());
    return found ? s.text(0) : std::string();
}

Result<std::int64_t> Catalogue::finding_count(const std::string& register_name) {
    SENDH_TRY(SqlStatement s, database_.prepare("SELECT count(*) FROM findings WHERE register=?1"));
    SENDH_CHECK(s.bind(1, register_name).step());
    return s.integer(0);
}

}  // namespace sendh
