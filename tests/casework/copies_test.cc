#include "casework/copies.h"
#include "casework/issue_copy.h"

#include <doctest/doctest.h>

#include <cstdlib>

#include "base/folder.h"
#include "casework/canaries.h"
#include "casework/identify.h"
#include "casework/staff_case.h"

using namespace sendh;
using namespace sendh::test;
namespace fs = std::filesystem;

namespace {

struct World : StaffCase {
    Result<IssuedCopy> issue(const std::string& recipient, const std::string& file) {
        IssueOptions options;
        options.recipient = recipient;
        return issue_copy(*c, options, folder / file);
    }
    void damage(const std::string& sql) {
        const Done done = c->catalogue().database().run(sql);
        if (!done.ok()) FAIL(done.fault().message());
    }
};

}  // namespace

TEST_CASE("the marks computed again are those of the file") {
    World w;
    const IssuedCopy copy = must(w.issue("A", "a.csv"));
    const auto pool = must(canary_pool(*w.c));
    const CopyMarks marks = must(marks_of(*w.c, copy.record.id, pool));
    CHECK(marks.order.rows() == copy.record.rows);
    CHECK(marks.canaries.size() == copy.record.canaries);
    const auto list = must(read_list(*w.c, w.folder / "a.csv", "copy", {}));
    for (const EntryRecord& entry : must(w.c->catalogue().entries(copy.record.register_id))) {
        const auto at = marks.position_of_row(entry.row);
        REQUIRE(at.has_value());
        CHECK(w.c->tokeniser().seal(list.list.rows[*at].number) == entry.token);
    }
    for (const CanaryRecord& canary : pool) {
        const auto at = marks.position_of_canary(canary.id);
        CHECK(at.has_value() == marks.recipient.holds(canary.marked, usual_canary_share));
        if (at) CHECK(w.c->tokeniser().seal(list.list.rows[*at].number) == canary.token);
    }
    CHECK_FALSE(marks.position_of_row(40).has_value());
    CHECK_FALSE(marks.position_of_canary(0).has_value());
    CHECK(list.record.sha256 == copy.sha256);
}

TEST_CASE("an issue that ended between its record and its file is listed as not delivered, and still told") {
    World w;
    const IssuedCopy copy = must(w.issue("A", "a.csv"));
    w.damage("UPDATE issued_copies SET delivered=0, sha256=''");
    {
        // The log as it stood then.
        auto t = must(Transaction::begin(w.c->catalogue().database()));
        REQUIRE(w.c->log("copy_issued", {{"copy", "K1"},
                                         {"register", "staff"},
                                         {"recipient", "A"},
                                         {"rows", copy.record.rows},
                                         {"columns", "name, office"}})
                    .ok());
        REQUIRE(w.c->commit(t).ok());
    }
    CHECK_FALSE(must(w.c->catalogue().copies())[0].delivered);
    const Identified found = must(identify_list(*w.c, w.folder / "a.csv", {}));
    CHECK(found.candidates[0].named);
    CHECK_FALSE(found.candidates[0].same_file);
    CHECK(must(w.issue("A", "b.csv")).record.name == "K2");
}

TEST_CASE(
    "a damaged token, a damaged row and a damaged list of rows are found and said, and nothing is left") {
    for (const char* sql :
         {"UPDATE entries SET token=x'000102030405060708090a0b0c0d0e0f' WHERE row=7",
          "UPDATE issued_copies SET members=x'0180'", "UPDATE issued_copies SET how=x'00'",
          "UPDATE canaries SET attributes=x'00'", "UPDATE entries SET attributes=x'00' WHERE row=7"}) {
        CAPTURE(sql);
        World w;
        must(w.issue("A", "a.csv"));
        w.damage(sql);
        const auto again = w.issue("A", "b.csv");
        REQUIRE_FALSE(again.ok());
        CHECK(again.fault().kind == FaultKind::corrupt);
        CHECK(again.fault().to_do.find("backup") != std::string::npos);
        CHECK_FALSE(fs::exists(w.folder / "b.csv"));
        CHECK_FALSE(fs::exists(w.folder / "b.csv.part"));
        CHECK(must(w.c->catalogue().copies()).size() == 1);
    }
    World w;
    must(w.issue("A", "a.csv"));
    w.damage("UPDATE entries SET token=x'000102030405060708090a0b0c0d0e0f' WHERE row=7");
    const auto found = identify_list(*w.c, w.folder / "a.csv", {});
    REQUIRE_FALSE(found.ok());
    CHECK(found.fault().kind == FaultKind::corrupt);
}

TEST_CASE("marks made with another mark key are told, not taken for evidence") {
    World w;
    must(w.issue("A", "a.csv"));
    w.damage("UPDATE issued_copies SET mark_commitment='" + std::string(64, 'e') + "'");
    const auto marks = marks_of(*w.c, 1, must(canary_pool(*w.c)));
    REQUIRE_FALSE(marks.ok());
    CHECK(marks.fault().kind == FaultKind::key);
    CHECK_FALSE(identify_list(*w.c, w.folder / "a.csv", {}).ok());
}

TEST_CASE("a district's canaries come in with its people, and a new canary with the people who are new") {
    World w;
    IssueOptions options;
    options.recipient = "A";
    options.where = "office=Office 1";
    const auto first = must(issue_copy(*w.c, options, w.folder / "one.csv"));
    const auto pool = must(canary_pool(*w.c));
    const CopyMarks one = must(marks_of(*w.c, first.record.id, pool));
    // 27 new people, some 15 canaries of theirs: too many, they would stand out.
    options.where.clear();
    const auto second = must(issue_copy(*w.c, options, w.folder / "all.csv"));
    const CopyMarks all = must(marks_of(*w.c, second.record.id, pool));
    CHECK(all.canaries == one.canaries);
    CHECK(second.record.rows == 40 + one.canaries.size());
    REQUIRE_FALSE(second.notes.empty());
    CHECK(second.notes[0].find("held back") != std::string::npos);
}

TEST_CASE(
    "a canary that joined since an earlier copy comes in among people who did, not among other new rows") {
    for (const bool with_people : {true, false}) {
        CAPTURE(with_people);
        World w;
        std::string people = "number,office,joined\n";
        for (int i = 0; i < 80; ++i)
            people += "98766" + std::to_string(10'000 + i * 7) + ",Office " + std::to_string(i % 2) + "," +
                      (with_people ? "2024-06-01" : "2023-06-01") + "\n";
        people += "9876699999,Office 0,2023-01-01\n";
        write_file(w.folder / "dated.csv", people);
        std::string canaries = "number,office,joined\n";
        for (int i = 0; i < 10; ++i)
            canaries += "98122" + std::to_string(10'000 + i * 3) + ",Office 0,2024-06-02\n";
        write_file(w.folder / "late.csv", canaries);
        ListImport how;
        how.name = "dated";
        must(add_register(*w.c, w.folder / "dated.csv", how));
        IssueOptions options;
        options.register_name = "dated";
        options.recipient = "A";
        options.where = "office=Office 0";
        options.date = "2024-01-01";
        must(issue_copy(*w.c, options, w.folder / "then.csv"));
        must(add_canaries(*w.c, w.folder / "late.csv", how));
        options.where.clear();  // 40 people of the other office are new, and joined before
        options.date = "2025-01-01";
        const IssuedCopy now = must(issue_copy(*w.c, options, w.folder / "now.csv"));
        const CopyMarks marks = must(marks_of(*w.c, now.record.id, must(canary_pool(*w.c))));
        CHECK(marks.issue.offered.size() == (with_people ? 10 : 0));
    }
}
