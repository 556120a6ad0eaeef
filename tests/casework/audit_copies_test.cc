#include "casework/audit_copies.h"

#include <doctest/doctest.h>

#include <memory>

#include "casework/copies.h"
#include "casework/identify.h"
#include "casework/staff_case.h"

using namespace sendh;
using namespace sendh::test;

namespace {

// Copies K1 and K2 issued to A and B, K3 recorded of C.
struct World : StaffCase {
    World() {
        for (const char* recipient : {"A", "B"}) {
            IssueOptions options;
            options.recipient = recipient;
            options.purpose = "duty";
            must(issue_copy(*c, options, folder / (std::string(recipient) + ".csv")));
        }
        ListImport how;
        how.recipient = "C";
        how.date = "2024-01-02";
        must(record_copy(*c, folder / "people.csv", how));
        must(set_canary_state(*c, "N3", "burnt", "seen"));
    }
    void run(const std::string& sql) {
        const Done done = c->catalogue().database().run(sql);
        if (!done.ok()) FAIL(done.fault().message());
    }
    std::vector<LogFault> faults() { return must(audit_copies(*c)).faults; }
};

}  // namespace

TEST_CASE("copies as they were logged have no fault, and the digests of their files are known") {
    World w;
    const CopyAudit audit = must(audit_copies(*w.c));
    CHECK(audit.faults.empty());
    CHECK(audit.digests.size() == 3);
    CHECK(audit.digests.at("K3") == must(read_list(*w.c, w.folder / "people.csv", "list", {})).record.sha256);
}

TEST_CASE("each thing that was changed in the catalogue alone is found, and no copy is named by it") {
    const std::pair<const char*, const char*> changes[] = {
        {"UPDATE copies SET recipient='Press' WHERE id=2",
         "copy K2: the catalogue says recipient 'Press', the "
         "log says recipient 'B'"},
        {"UPDATE copies SET recipient='Press' WHERE id=3", "the log says recipient 'C'"},
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

TEST_CASE("a mark that is another's shows in the rows, and is told") {
    // It shows where the two would not hold as many canaries.
    auto w = std::make_unique<World>();
    const auto alike = [&] {
        const auto copies = must(w->c->catalogue().copies());
        return copies[0].canaries == copies[1].canaries;
    };
    while (alike()) w = std::make_unique<World>();
    w->run(
        "UPDATE issued_copies SET recipient=(SELECT recipient FROM issued_copies WHERE copy=2) WHERE copy=1");
    CHECK(w->faults().empty());
    const auto found = identify_list(*w->c, w->folder / "A.csv", {});
    REQUIRE_FALSE(found.ok());
    CHECK(found.fault().what.find("the marks of copy K1 are not those of its file") == 0);
}

TEST_CASE("a copy that was taken back is no fault, nor one whose file was never written") {
    World w;
    {
        auto t = must(Transaction::begin(w.c->catalogue().database()));
        REQUIRE(w.c->log("copy_issued", {{"copy", "K4"}, {"recipient", "D"}}).ok());
        REQUIRE(w.c->log("copy_taken_back", {{"copy", "K4"}}).ok());
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
        CHECK(must(audit_copies(reading)).faults.empty());
    }
    w.c = std::make_unique<Case>(must(Case::open(w.folder / "case", Case::Access::write)));
    CHECK(w.faults().empty());
    w.run("UPDATE copies SET recorded_at=recorded_at+86400000000 WHERE id=3");
    REQUIRE(w.faults().size() == 1);
    CHECK(w.faults()[0].what == "copy K3 ('C') is in the catalogue and not in the log");
}
