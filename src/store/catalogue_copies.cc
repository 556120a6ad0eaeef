// Copies and canaries in the catalogue.
#include "store/catalogue_copies.h"

#include <cstring>
#include <map>

#include "store/catalogue.h"
#include "store/catalogue_columns.h"

namespace sendh {

using namespace columns;

namespace {

Done add_terms(Database& database, std::int64_t id, const CopyRecord& c) {
    SENDH_TRY(SqlStatement s, database.prepare("INSERT INTO copy_terms VALUES(?1,?2,?3,?4)"));
    return s.bind(1, id).bind(2, c.purpose).bind(3, c.legal_basis).bind(4, c.delete_by).run();
}

Result<std::int64_t> add_plain_copy(Database& database, const CopyRecord& c) {
    SENDH_TRY(
        SqlStatement s,
        database.prepare("INSERT INTO copies(name,register,recipient,date,columns,canaries,recorded_at) "
                         "VALUES(?1,?2,?3,?4,?5,?6,?7)"));
    s.bind(1, c.name)
        .bind(2, c.register_id)
        .bind(3, c.recipient)
        .bind(4, c.date)
        .bind(5, lines_of(c.columns))
        .bind(6, number(c.canaries))
        .bind(7, c.recorded_at.value);
    SENDH_CHECK(s.run());
    const std::int64_t id = database.last_row_id();
    SENDH_CHECK(add_terms(database, id, c));
    return id;
}

Result<RandomId> id_of(const std::string& bytes) {
    RandomId id;
    if (bytes.size() != id.size())
        return Fault{FaultKind::corrupt, "the id of a copy is damaged", "",
                     "the catalogue is damaged; restore the case from a backup"};
    std::memcpy(id.data(), bytes.data(), id.size());
    return id;
}

}  // namespace

Result<std::int64_t> Catalogue::add_copy(const CopyRecord& c, const std::vector<Token>& rows) {
    SENDH_TRY(const std::int64_t id, add_plain_copy(database_, c));
    SENDH_CHECK(insert_tokens(database_, "INSERT INTO copy_rows VALUES(?1,?2,?3)", id, rows));
    return id;
}

Result<std::int64_t> Catalogue::add_issued_copy(const CopyRecord& c, const IssueRecord& issue) {
    SENDH_TRY(const std::int64_t id, add_plain_copy(database_, c));
    SENDH_TRY(SqlStatement s,
              database_.prepare("INSERT INTO issued_copies VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,0,'')"));
    s.bind(1, id)
        .bind_blob(2, bytes_of(issue.serial))
        .bind_blob(3, bytes_of(issue.recipient))
        .bind(4, issue.canary_share)
        .bind(5, number(c.rows))
        .bind_blob(6, issue.members.encoded());
    s.bind_blob(7, issue.pool.encoded())
        .bind_blob(8, issue.offered.encoded())
        .bind_blob(9, issue.sealed_how)
        .bind(10, issue.mark_commitment);
    SENDH_CHECK(s.run());
    return id;
}

Done Catalogue::set_delivered(std::int64_t copy, const std::string& sha256) {
    SENDH_TRY(SqlStatement s,
              database_.prepare("UPDATE issued_copies SET delivered=1, sha256=?2 WHERE copy=?1"));
    return s.bind(1, copy).bind(2, sha256).run();
}

Done Catalogue::remove_undelivered(std::int64_t copy) {
    for (const char* sql : {"DELETE FROM issued_copies WHERE copy=?1 AND delivered=0",
                            "DELETE FROM copy_terms WHERE copy=?1", "DELETE FROM copies WHERE id=?1"}) {
        SENDH_TRY(SqlStatement s, database_.prepare(sql));
        SENDH_CHECK(s.bind(1, copy).run());
    }
    return done();
}

Result<std::vector<CopyRecord>> Catalogue::copies() {
    const std::string recorded_rows = "(SELECT count(*) FROM copy_rows WHERE copy=c.id)";
    std::string sql =
        "SELECT c.id,c.name,c.register,r.name,c.recipient,c.date,c.columns,c.canaries,c.recorded_at,";
    sql += format_ < 3
               ? recorded_rows + ",'','','',0,1 FROM copies c"
               : "coalesce(i.rows," + recorded_rows +
                     "),coalesce(t.purpose,''),coalesce(t.legal_basis,''),coalesce(t.delete_by,''),"
                     "i.copy IS NOT NULL,coalesce(i.delivered,1) FROM copies c LEFT JOIN issued_copies "
                     "i ON i.copy=c.id LEFT JOIN copy_terms t ON t.copy=c.id";
    SENDH_TRY(SqlStatement s, database_.prepare(sql + " JOIN registers r ON r.id=c.register ORDER BY c.id"));
    return all<CopyRecord>(std::move(s), [](const SqlStatement& row) {
        CopyRecord c;
        c.id = row.integer(0);
        c.name = row.text(1);
        c.register_id = row.integer(2);
        c.register_name = row.text(3);
        c.recipient = row.text(4);
        c.date = row.text(5);
        c.columns = names_of(row.text(6));
        c.canaries = count(row, 7);
        c.recorded_at = Micros{row.integer(8)};
        c.rows = count(row, 9);
        c.purpose = row.text(10);
        c.legal_basis = row.text(11);
        c.delete_by = row.text(12);
        c.issued = row.integer(13) != 0;
        c.delivered = row.integer(14) != 0;
        return c;
    });
}

Result<std::vector<Token>> Catalogue::copy_rows(std::int64_t copy) {
    SENDH_TRY(SqlStatement s, database_.prepare("SELECT token FROM copy_rows WHERE copy=?1 ORDER BY row"));
    s.bind(1, copy);
    return all<Token>(std::move(s), [](const SqlStatement& row) { return token_of(row.text(0)); });
}

Result<IssueRecord> Catalogue::issue_of(std::int64_t copy) {
    SENDH_TRY(SqlStatement s,
              database_.prepare("SELECT serial,recipient,canary_share,members,pool,offered,how,sha256,"
                                "mark_commitment,rows FROM issued_copies WHERE copy=?1"));
    SENDH_TRY(const bool found, s.bind(1, copy).step());
    if (!found) return Fault{FaultKind::missing, "this copy was not issued here", "", "it was recorded"};
    IssueRecord out;
    SENDH_TRY(out.serial, id_of(s.text(0)));
    SENDH_TRY(out.recipient, id_of(s.text(1)));
    out.canary_share = s.real(2);
    SENDH_TRY(out.members, RowSet::decode(s.text(3)));
    SENDH_TRY(out.pool, RowSet::decode(s.text(4)));
    SENDH_TRY(out.offered, RowSet::decode(s.text(5)));
    out.sealed_how = s.text(6);
    out.sha256 = s.text(7);
    out.mark_commitment = s.text(8);
    out.rows = count(s, 9);
    return out;
}

Result<std::string> Catalogue::first_commitment(const RandomId& recipient) {
    SENDH_TRY(SqlStatement s,
              database_.prepare(
                  "SELECT mark_commitment FROM issued_copies WHERE recipient=?1 ORDER BY copy LIMIT 1"));
    SENDH_TRY(const bool found, s.bind_blob(1, bytes_of(recipient)).step());
    return found ? s.text(0) : std::string();
}

Done Catalogue::add_canaries(const std::vector<CanaryRecord>& canaries) {
    SENDH_TRY(SqlStatement s,
              database_.prepare("INSERT INTO canaries(register,token,joined,attributes,added_at,persona) "
                                "VALUES(?1,?2,?3,?4,?5,?6)"));
    std::map<std::int64_t, std::int64_t> first;  // of a persona
    for (const CanaryRecord& c : canaries) {
        s.bind(1, c.register_id).bind_blob(2, bytes_of(c.token));
        bind_time(s, 3, c.joined);
        const auto at = c.persona == 0 ? first.end() : first.find(c.persona);
        if (at == first.end()) {
            s.bind_null(6);
        } else {
            s.bind(6, at->second);
        }
        SENDH_CHECK(s.bind_blob(4, c.sealed_attributes).bind(5, c.added_at.value).run());
        const std::int64_t id = database_.last_row_id();
        first.emplace(c.persona, id);
        SENDH_CHECK(set_canary_state(id, c.state, c.since, c.reason));
    }
    return done();
}

Done Catalogue::set_canary_state(std::int64_t canary, const std::string& state, Micros since,
                                 const std::string& reason) {
    SENDH_TRY(SqlStatement s,
              database_.prepare("INSERT INTO canary_states(canary,state,since,reason) VALUES(?1,?2,?3,?4)"));
    return s.bind(1, canary).bind(2, state).bind(3, since.value).bind(4, reason).run();
}

Result<std::vector<CanaryRecord>> Catalogue::canaries() {
    if (format_ < 3) return std::vector<CanaryRecord>{};
    const std::string persona = format_ < 7 ? "c.id" : "coalesce(c.persona,c.id)";
    SENDH_TRY(SqlStatement s,
              database_.prepare("SELECT c.id,c.register," + persona +
                                ",c.token,c.joined,c.attributes,c.added_at,s.state,s.since,s.reason "
                                "FROM canaries c JOIN canary_states s ON s.id=(SELECT max(id) FROM "
                                "canary_states WHERE canary=c.id) ORDER BY c.id"));
    return all<CanaryRecord>(std::move(s), [](const SqlStatement& row) {
        CanaryRecord c;
        c.id = row.integer(0);
        c.register_id = row.integer(1);
        c.persona = row.integer(2);
        c.token = token_of(row.text(3));
        c.joined = time_of(row, 4);
        c.sealed_attributes = row.text(5);
        c.added_at = Micros{row.integer(6)};
        c.state = row.text(7);
        c.since = Micros{row.integer(8)};
        c.reason = row.text(9);
        return c;
    });
}

}  // namespace sendh
