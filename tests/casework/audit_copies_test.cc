#include "casework/audit_copies.h"

#include <doctest/doctest.h>

#include <memory>

#include "base/file.h"
#include "casework/erase.h"
#include "casework/identify.h"
#include "casework/issue_copy.h"
#include "casework/rotate_key.h"
#include "casework/staff_case.h"

using namespace sendh;
using namespace sendh::test;

namespace {

// Copies K1 and K2 issued to A and B, K3 and K4 recorded of C and D.
struct World : StaffCase {
    World() {
        for (const char* recipient : {"A", "B"}) {
            IssueOptions options;
            options.recipient = recipient;
            options.purpose = "duty";
            options.where = std::string(recipient) == "A" ? "" : "office=Office 0|Office 1|Office 2";
            must(issue_copy(*c, options, folder / (std::string(recipient) + ".csv")));
        }
        ListImport how;
        how.recipient = "C";
        how.date = "2024-01-02";
        must(record_copy(*c, folder / "people.csv", how));
        std::string people = must(read_whole(folder / "people.csv", 1 << 20));
        people.insert(people.find('\n') + 1, "9876510273,Person 39,Office 0\n");
        people.erase(people.find("9876510273", people.find("Person 38")));
        write_file(folder / "other.csv", people);
        how.recipient = "D";
        must(record_copy(*c, folder / "other.csv", how));
        must(set_canary_state(*c, "N3", "burnt", "seen"));
    }
    void run(const std::string& sql) {
        const Done done = c->catalogue().database().run(sql);
        if (!done.ok()) FAIL(done.fault().message());
    }
    std::vector<LogFault> faults() { return must(audit_copies(*c, RecordedRows::compared)).faults; }
};

}  // namespace

TEST_CASE("copies as they were logged have no fault, and the digests of their files are known") {
    World w;
    const CopyAudit audit = must(audit_copies(*w.c, RecordedRows::compared));
    CHECK(audit.faults.empty());
    CHECK(audit.digests.size() == 4);
    CHECK(audit.digests.at("K3") == must(read_list(*w.c, w.folder / "people.csv", "list", {})).record.sha256);
}

TEST_CASE("each thing that was changed in the catalogue alone is found, and no copy is named by it") {
    const std::pair<const char*, const char*> changes[] = {
        {"UPDATE copies SET recipient='Press' WHERE id=2",
         "copy K2: the catalogue says recipient 'Press', the "
         "log says recipient 'B'"},
        {"UPDATE copies SET recipient='Press' WHERE id=3", "the log says recipient 'C'"},
        {"UPDATE issued_copies SET delivered=0 WHERE copy=1",
         "copy K1: the catalogue says not delivered, the log says delivered"},
        {"DELETE FROM issued_copies WHERE copy=2",
         "copy K2: the catalogue says recorded, the log says issued"},
        {"DELETE FROM issued_copies WHERE copy=2; DELETE FROM copy_terms WHERE copy=2; DELETE FROM copies "
         "WHERE "
         "id=2",
         "copy K2 ('B') is in the log and not in the catalogue"},
        {"INSERT INTO copies SELECT 9,'K9',register,'Press',date,columns,canaries,recorded_at FROM copies "
         "WHERE "
         "id=3",
         "copy K9 ('Press') is in the catalogue and not in the log"},
        {"UPDATE copies SET columns='name' WHERE id=1", "the log says columns 'name, office'"},
        {"UPDATE copy_terms SET purpose='' WHERE copy=1", "the catalogue says purpose nothing"},
        {"UPDATE copies SET date='2026-01-01' WHERE id=3", "the log says date '2024-01-02'"},
        {"UPDATE issued_copies SET rows=rows+1 WHERE copy=1", "copy K1: the catalogue says rows "},
        {"DELETE FROM copy_rows WHERE copy=3 AND row=0", "the catalogue says rows 39, the log says rows 40"},
        {"UPDATE issued_copies SET serial=x'00' WHERE copy=1; UPDATE issued_copies SET serial=(SELECT "
         "serial FROM before WHERE copy=1) WHERE copy=2; UPDATE issued_copies SET serial=(SELECT serial FROM "
         "before WHERE copy=2) WHERE copy=1",
         "copy K1: what its marks are computed from is not what it was when it was issued"},
        {"UPDATE issued_copies SET serial=randomblob(16) WHERE copy=2",
         "copy K2: what its marks are computed from"},
        {"UPDATE issued_copies SET recipient=(SELECT recipient FROM before WHERE copy=3-issued_copies.copy)",
         "copy K1: what its marks are computed from"},
        {"UPDATE issued_copies SET recipient=randomblob(16) WHERE copy=2",
         "copy K2: what its marks are computed from"},
        {"UPDATE issued_copies SET canary_share=canary_share+1e-9 WHERE copy=1",
         "copy K1: what its marks are computed from"},
        {"UPDATE issued_copies SET members=x'0127' WHERE copy=1",
         "copy K1: what its marks are computed from"},
        {"UPDATE issued_copies SET pool=x'013b' WHERE copy=1", "copy K1: what its marks are computed from"},
        {"UPDATE issued_copies SET offered=x'013b' WHERE copy=1",
         "copy K1: what its marks are computed from"},
        {"UPDATE issued_copies SET how=(SELECT how FROM before WHERE copy=3-issued_copies.copy)",
         "copy K1: what its marks are computed from"},
        {"UPDATE issued_copies SET mark_commitment=substr(mark_commitment,2)||substr(mark_commitment,1,1) "
         "WHERE copy=1",
         "copy K1: what its marks are computed from"},
        {"CREATE TABLE c AS SELECT id,token FROM canaries; UPDATE canaries SET token=x'00' WHERE id=1; "
         "UPDATE "
         "canaries SET token=(SELECT token FROM c WHERE id=1) WHERE id=2; UPDATE canaries SET token=(SELECT "
         "token FROM c WHERE id=2) WHERE id=1; DROP TABLE c",
         "copy K1: what its marks are computed from"},
        {"CREATE TABLE c AS SELECT * FROM copy_rows; UPDATE copy_rows SET token=(SELECT token FROM c WHERE "
         "copy=7-copy_rows.copy AND row=copy_rows.row); DROP TABLE c",
         "copy K3: its rows are not those that were recorded"},
        {"CREATE TABLE c AS SELECT * FROM copy_rows; UPDATE copy_rows SET token=(SELECT token FROM c WHERE "
         "copy=4 AND row=1-copy_rows.row) WHERE copy=4 AND row<2; DROP TABLE c",
         "copy K4: its rows are not those that were recorded"},
        {"UPDATE copy_rows SET token=x'' WHERE copy=4 AND row=3",
         "copy K4: its rows are not those that were recorded"},
        {"UPDATE copy_rows SET token=randomblob(16) WHERE copy=4 AND row=3",
         "copy K4: a number token is damaged"},
        {"UPDATE issued_copies SET sha256='' WHERE copy=1", "the catalogue says a file with SHA-256 nothing"},
        {"DELETE FROM canary_states WHERE canary>40; DELETE FROM canaries WHERE id>40",
         "canaries of register 'staff': the catalogue says there are 40, the log says there are 60"},
        {"UPDATE canary_states SET state='active'",
         "canary N3: the catalogue says it is active, the log says it is "
         "burnt"},
        {"UPDATE canary_states SET state='resting' WHERE canary=4",
         "canary N4: the catalogue says it is resting"},
        {"DELETE FROM meta WHERE key='log_mac'", "the head of the log is not under the case's key any more"},
        {"UPDATE meta SET value='"
         "0' WHERE key='log_mac'",
         "the head of the log was not written with"},
        {"DELETE FROM meta WHERE key='log_head'", "the catalogue does not know the log any more"},
    };
    for (const auto& change : changes) {
        const std::string sql = change.first;
        const std::string what = change.second;
        CAPTURE(sql);
        World w;
        w.run("CREATE TEMP TABLE before AS SELECT * FROM issued_copies");
        w.run(sql);
        const auto faults = w.faults();
        REQUIRE_FALSE(faults.empty());
        CHECK_MESSAGE(faults[0].what.find(what) != std::string::npos, faults[0].what);
        CHECK_FALSE(faults[0].where.empty());
        const auto found = identify_list(*w.c, w.folder / "A.csv", {});
        REQUIRE_FALSE(found.ok());
        CHECK(found.fault().kind == FaultKind::corrupt);
        CHECK(found.fault().to_do.find("backup") != std::string::npos);
    }
}

TEST_CASE("a copy that was logged without a tag is taken as it is, and told when its rows do not fit") {
    // It shows where the two would not hold as many canaries.
    auto w = std::make_unique<World>();
    const auto alike = [&] {
        const auto copies = must(w->c->catalogue().copies());
        return copies[0].canaries == copies[1].canaries;
    };
    while (alike()) w = std::make_unique<World>();
    const CopyRecord copy = must(w->c->catalogue().copies())[0];
    REQUIRE(w->c->log_alone("copy_issued", {{"copy", copy.name},
                                            {"register", copy.register_name},
                                            {"recipient", copy.recipient},
                                            {"rows", copy.rows},
                                            {"columns", logged_columns(copy.columns)},
                                            {"purpose", copy.purpose}})
                .ok());
    REQUIRE(w->c->log_alone("copy_written", {{"copy", copy.name},
                                             {"sha256", must(w->c->catalogue().issue_of(copy.id)).sha256}})
                .ok());
    CHECK(w->faults().empty());
    w->run(
        "UPDATE issued_copies SET recipient=(SELECT recipient FROM issued_copies WHERE copy=2) WHERE copy=1");
    CHECK(w->faults().empty());
    const auto found = identify_list(*w->c, w->folder / "A.csv", {});
    REQUIRE_FALSE(found.ok());
    CHECK(found.fault().what.find("the marks of copy K1 are not those of its file") == 0);
}

TEST_CASE("rows of recorded copies are compared where it is asked for") {
    World w;
    w.run("UPDATE copy_rows SET token=x'' WHERE copy=4 AND row=3");
    CHECK(must(audit_copies(*w.c, RecordedRows::left_out)).faults.empty());
    CHECK(w.faults().size() == 1);
}

TEST_CASE("a change of the key changes no tag") {
    World w;
    must(rotate_key(*w.c, "test", false, true));
    CHECK(w.faults().empty());
    must(rotate_key(*w.c, "test", false, true));
    CHECK(w.faults().empty());
    w.run("UPDATE issued_copies SET serial=randomblob(16) WHERE copy=2");
    CHECK(w.faults().size() == 1);
}

TEST_CASE("who is erased leaves recorded copies that are what the log says, and no excuse for others") {
    World w;
    const auto erase_person = [&](const std::string& number) {
        REQUIRE(erase(*w.c, must(plan_erasure(*w.c, "staff", number, "")), "request").ok());
    };
    erase_person("9876510007");
    CHECK(w.faults().empty());
    w.run("UPDATE copy_rows SET token=x'' WHERE copy=4 AND row=5");
    erase_person("9876510014");
    REQUIRE(w.faults().size() == 1);
    CHECK(w.faults()[0].what == "copy K4: its rows are not those that were recorded");
}

TEST_CASE("a copy that was taken back is no fault, nor one whose file was never written") {
    World w;
    {
        auto t = must(Transaction::begin(w.c->catalogue().database()));
        REQUIRE(w.c->log("copy_issued", {{"copy", "K5"}, {"recipient", "E"}}).ok());
        REQUIRE(w.c->log("copy_taken_back", {{"copy", "K5"}}).ok());
        REQUIRE(w.c->commit(t).ok());
    }
    CHECK(w.faults().empty());
}

TEST_CASE("copies and canaries of before the log have no entries, and are taken as they are") {
    World w;
    w.run(
        "ALTER TABLE canaries DROP COLUMN persona; DROP TABLE register_changes; ALTER TABLE registers DROP "
        "COLUMN joined_column; ALTER TABLE registers "
        "DROP COLUMN left_column; ALTER TABLE registers DROP COLUMN person_column;"
        "DROP TABLE log_pending; DELETE FROM meta WHERE key IN ('log_head', 'log_mac', 'key_history');"
        "CREATE TABLE access(who TEXT NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL, reason TEXT NOT "
        "NULL) "
        "STRICT; PRAGMA user_version=3");
    w.c.reset();
    std::filesystem::remove_all(w.folder / "case" / "log");
    {
        Case reading = must(Case::open(w.folder / "case", Case::Access::read));
        CHECK(must(audit_copies(reading, RecordedRows::compared)).faults.empty());
    }
    w.c = std::make_unique<Case>(must(Case::open(w.folder / "case", Case::Access::write)));
    CHECK(w.faults().empty());
    w.run("UPDATE copies SET recorded_at=recorded_at+86400000000 WHERE id=3");
    REQUIRE(w.faults().size() == 1);
    CHECK(w.faults()[0].what == "copy K3 ('C') is in the catalogue and not in the log");
}
