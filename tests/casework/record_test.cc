#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "base/folder.h"
#include "casework/case.h"
#include "crypto/key_ring.h"

using namespace sendh;
using namespace sendh::test;

namespace {

template <class T>
T must(Result<T> result) {
    if (!result.ok()) FAIL(result.fault().message());
    return std::move(result).value();
}
void must_do(const Done& result) {
    if (!result.ok()) FAIL(result.fault().message());
}

struct MadeCase {
    Folder folder;

    MadeCase() {
        start_crypto();
        NewCase wanted;
        wanted.name = "Test";
        wanted.zone = Zone{0};
        wanted.key_folder = folder / "keys";
        must(Case::create(folder / "case", wanted));
    }
    [[nodiscard]] Case open(Case::Access access) const { return must(Case::open(folder / "case", access)); }
    [[nodiscard]] std::string bytes() const { return read_file(folder / "case" / "log" / "entries.jsonl"); }
};

std::vector<LogEntry> entries_of(Case& c) {
    std::vector<LogEntry> out;
    must_do(c.evidence_log().read(must(c.catalogue().log_state()), [&](const LogEntry& entry) {
        out.push_back(entry);
        return done();
    }));
    return out;
}

}  // namespace

TEST_CASE("what was committed before a crash comes into the log with the next opening for writing, once") {
    const MadeCase made;
    const std::string before = made.bytes();
    {
        Case c = made.open(Case::Access::write);
        Transaction t = must(Transaction::begin(c.catalogue().database()));
        must_do(c.log("import", {{"file", "calls.csv"}}));
        must_do(t.commit());  // and the process ends here
    }
    CHECK(made.bytes() == before);
    {
        Case c = made.open(Case::Access::read);  // it is not lost meanwhile
        CHECK(entries_of(c).size() == 2);
        CHECK(must(c.evidence_log().verify(must(c.catalogue().log_state()))).faults.empty());
    }
    CHECK(made.bytes() == before);
    for (int i = 0; i < 2; ++i) {
        Case c = made.open(Case::Access::write);
        CHECK(entries_of(c).size() == 2);
        CHECK(must(c.catalogue().log_state()).pending.empty());
    }
    CHECK(made.bytes().size() > before.size());
}

TEST_CASE("a crash between the file and the catalogue does not double an entry") {
    const MadeCase made;
    Case c = made.open(Case::Access::write);
    Transaction t = must(Transaction::begin(c.catalogue().database()));
    must_do(c.log("import", {{"file", "calls.csv"}}));
    must_do(t.commit());
    must_do(c.evidence_log().append(must(c.catalogue().log_state())));  // written, not yet settled
    const std::string written = made.bytes();
    const Case again = [&] {
        { const Case gone = std::move(c); }
        return made.open(Case::Access::write);
    }();
    CHECK(made.bytes() == written);
}

TEST_CASE("what is rolled back is in no log") {
    const MadeCase made;
    {
        Case c = made.open(Case::Access::write);
        Transaction t = must(Transaction::begin(c.catalogue().database()));
        must_do(c.log("import", {{"file", "calls.csv"}}));
    }
    Case c = made.open(Case::Access::write);
    CHECK(entries_of(c).size() == 1);
}

TEST_CASE("a number that somebody typed into a reason is masked, and the reading is on record") {
    const MadeCase made;
    Case c = made.open(Case::Access::read);
    must_do(
        c.record_reading({"reveal", "at-risk", 3, {{"reason", "warn 98765 00001, \xff+91-98765-00002"}}}));
    const auto entries = entries_of(c);
    REQUIRE(entries.size() == 2);
    CHECK(entries[1].kind == "reveal");
    CHECK(entries[1].count("rows") == 3);
    CHECK(entries[1].text("reason") == "warn 98••••••01, ÿ+91••••••••02");
    CHECK(made.bytes().find("98765") == std::string::npos);
    // The lock was held for that moment only.
    const Case writer = made.open(Case::Access::write);
    CHECK(writer.name() == "Test");
}

TEST_CASE("a reason without end is cut, not refused") {
    const MadeCase made;
    Case c = made.open(Case::Access::read);
    std::string reason;
    for (int i = 0; i < 3000; ++i) reason += "é";
    must_do(c.record_reading({"reveal", "at-risk", 3, {{"reason", reason}}}));
    CHECK(entries_of(c).back().text("reason").size() < 2100);
}

TEST_CASE("while another writes, a masked reading goes on with a remark") {
    const MadeCase made;
    const Case writer = made.open(Case::Access::write);
    Case c = made.open(Case::Access::read);
    must_do(c.record_reading({"reading", "register show", 3, {}}));
    const auto remarks = c.take_remarks();
    REQUIRE(remarks.size() == 1);
    CHECK(remarks[0].find("this reading is not in the log: another sendh is working on this case") == 0);
    CHECK(c.take_remarks().empty());
    CHECK(entries_of(c).size() == 1);
}

TEST_CASE("a case of format 3 that was opened for reading gets its log with the first reading") {
    const MadeCase made;
    std::filesystem::remove_all(made.folder / "case" / "log");
    {
        Case c = must(Case::open(made.folder / "case", Case::Access::read));
        must_do(c.catalogue().database().run(
            "ALTER TABLE canaries DROP COLUMN persona; DROP TABLE register_changes; ALTER TABLE registers "
            "DROP COLUMN joined_column; ALTER TABLE "
            "registers "
            "DROP COLUMN left_column; ALTER TABLE registers DROP COLUMN person_column;"
            "DROP TABLE log_pending; DELETE FROM meta WHERE key='log_head';"
            "CREATE TABLE access(id INTEGER PRIMARY KEY, who TEXT NOT NULL, at INTEGER NOT NULL, what TEXT "
            "NOT "
            "NULL, reason TEXT NOT NULL) STRICT; INSERT INTO access(who,at,what,reason) "
            "VALUES('asha',5,'at-risk','x'); PRAGMA user_version=3"));
    }
    Case c = made.open(Case::Access::read);
    CHECK(entries_of(c).empty());
    must_do(c.record_reading({"reading", "register show", 3, {}}));
    const auto entries = entries_of(c);
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].kind == "case_upgraded");
    CHECK(entries[1].kind == "access");
    CHECK(entries[1].who == "asha");
    CHECK(entries[1].time == Micros{5});
    CHECK(entries[2].kind == "reading");
    CHECK(made.bytes().find("\"earlier_readings\":1") != std::string::npos);
}

TEST_CASE("the user is that of the system; what sudo says counts for root, and is marked") {
    ::unsetenv("SUDO_USER");
    const std::string name = user_name();
    CHECK_FALSE(name.empty());
    for (const char* variable : {"SENDH_USER", "USER", "LOGNAME"}) {
        const char* set = std::getenv(variable);
        const std::string before = set != nullptr ? set : "";
        ::setenv(variable, "mallory", 1);
        CHECK(user_name() == name);
        before.empty() ? ::unsetenv(variable) : ::setenv(variable, before.c_str(), 1);
    }
    ::setenv("SUDO_USER", "asha", 1);
    CHECK(user_name() == (::getuid() == 0 ? name + " (SUDO_USER=asha)" : name));
    ::setenv("SUDO_USER", "9876500001", 1);
    CHECK(user_name().find("98765") == std::string::npos);
    ::unsetenv("SUDO_USER");
}
