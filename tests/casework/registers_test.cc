#include "casework/registers.h"

#include <doctest/doctest.h>

#include "casework/copies.h"
#include "casework/erase.h"
#include "casework/identify.h"
#include "casework/issue_copy.h"
#include "casework/staff_case.h"

using namespace sendh;
using namespace sendh::test;
namespace fs = std::filesystem;

namespace {

void must_do(const Done& result) {
    if (!result.ok()) FAIL(result.fault().message());
}

// The staff case, whose register is brought to newer states. People are numbered; so are their numbers.
struct Staff : StaffCase {
    static std::string line(int number, int person, int office) {
        return "98765" + std::to_string(10'000 + number * 7) + ",Person " + std::to_string(person) +
               ",Office " + std::to_string(office) + "\n";
    }
    // Everybody as at the beginning, but for whom `change` says another line ("": gone).
    template <class Change>
    fs::path state(Change change, const std::string& more = "") {
        std::string text = "number,name,office\n";
        for (int i = 0; i < 40; ++i) text += change(i).value_or(line(i, i, i % 3));
        write_file(folder / "state.csv", text + more);
        return folder / "state.csv";
    }
    RegisterUpdate plan(const fs::path& file, const std::string& date = "",
                        const std::string& person = "name") {
        return must(try_plan(file, date, person));
    }
    Result<RegisterUpdate> try_plan(const fs::path& file, const std::string& date,
                                    const std::string& person) {
        ListImport how;
        how.name = "staff";
        how.date = date;
        how.person_column = person;
        return plan_update(*c, file, how);
    }
    IssuedCopy issue(const std::string& recipient, const std::string& file, const std::string& date = "") {
        IssueOptions options;
        options.recipient = recipient;
        options.date = date;
        return must(issue_copy(*c, options, folder / file));
    }
    Candidate identified(const std::string& file, const std::string& copy) {
        const Identified found = must(identify_list(*c, folder / file, {}));
        for (const Candidate& candidate : found.candidates) {
            if (candidate.copy.name == copy) return candidate;
        }
        FAIL("not among the candidates");
        return {};
    }
    RegisterState on(const std::string& date) {
        return must(state_on(*c, must(find_register(*c, "staff")), must(day_of(*c, date))));
    }
};

using Line = std::optional<std::string>;
const auto as_before = [](int) { return Line(); };

// Three leave, two change number, one changes office; two more join.
Line some_changes(int i) {
    if (i == 3 || i == 4 || i == 39) return "";
    if (i == 10 || i == 11) return Staff::line(100 + i, i, i % 3);
    if (i == 20) return Staff::line(i, i, 9);
    return std::nullopt;
}
const std::string two_more = Staff::line(200, 200, 1) + Staff::line(201, 201, 2);

std::string bytes_of(const Token& token) {
    return {reinterpret_cast<const char*>(token.bytes.data()), token.bytes.size()};
}

bool case_holds(const Staff& s, const std::string& bytes) {
    for (const auto& file : fs::recursive_directory_iterator(s.folder / "case")) {
        if (file.is_regular_file() && read_file(file.path()).find(bytes) != std::string::npos) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("a newer state says its difference, and becomes history when it is applied") {
    Staff s;
    const RegisterUpdate update = s.plan(s.state(some_changes, two_more));
    CHECK(
        update.text() ==
        "2 joined, 3 left, 2 changed number, 1 changed other columns; 34 as before; people are told apart by "
        "'name' from now on");
    REQUIRE(update.who.size() == 8);
    CHECK(update.who[0].how == Difference::How::joined);
    CHECK(update.who[0].row_after == 43);
    CHECK(update.who[2].how == Difference::How::left);
    CHECK(update.who[2].row_before == 3);
    CHECK(update.who[2].number_before == PhoneNumber::from_e164(919'876'510'021));
    CHECK(update.who[5].how == Difference::How::changed_number);
    CHECK(update.who[5].row_before == 10);
    CHECK(update.who[5].row_after == 40);
    CHECK_FALSE(update.ends_most());
    CHECK(must(s.c->catalogue().entries(1)).size() == 40);
    must_do(apply_update(*s.c, update));
    const auto entries = must(s.c->catalogue().entries(1));
    CHECK(entries.size() == 45);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        CHECK(entries[i].row == static_cast<std::int64_t>(i));
        const bool ended = i == 3 || i == 4 || i == 39 || i == 10 || i == 11 || i == 20;
        CHECK(entries[i].left == (ended ? std::optional(update.date.from) : std::nullopt));
        CHECK(entries[i].joined == (i >= 40 ? std::optional(update.date.from) : std::nullopt));
    }
    const RegisterUpdate again = s.plan(s.folder / "state.csv");
    CHECK(again.empty());
    CHECK(again.who.empty());
    CHECK(again.text() == "0 joined, 0 left; 39 as before");
    CHECK(again.reg.person_column == "name");
}

TEST_CASE("the state on a day is what held then, whenever it was asked for") {
    Staff s;
    must_do(apply_update(*s.c, s.plan(s.state(some_changes, two_more), "2025-03-01")));
    must_do(apply_update(
        *s.c, s.plan(s.state([](int i) { return i < 30 ? Line("") : some_changes(i); }), "2025-06-01")));
    CHECK(s.on("2025-02-28").entries == 40);
    CHECK(s.on("2025-02-28").to_come == 5);
    CHECK(s.on("2025-03-01").entries == 39);
    CHECK(s.on("2025-03-01").ended == 6);
    CHECK(s.on("2025-05-31").entries == 39);
    CHECK(s.on("2025-06-01").entries == 9);
    CHECK(s.on("").entries == 9);
    CHECK(must(s.c->catalogue().changes(1)).size() == 3);
}

TEST_CASE("an update of the same day takes back what the one before said") {
    Staff s;
    must_do(apply_update(*s.c, s.plan(s.state(some_changes, two_more))));
    must_do(apply_update(*s.c, s.plan(s.state(as_before))));
    CHECK(s.on("").entries == 40);
    CHECK(s.on("").ended == 6);  // their rows begin anew
    CHECK(s.on("2025-01-01").entries == 40);
    CHECK(s.plan(s.folder / "state.csv").empty());
}

TEST_CASE("a date before the last state, or in the future, is refused, and so are states of other columns") {
    Staff s;
    must_do(apply_update(*s.c, s.plan(s.state(some_changes), "2025-03-01")));
    const auto refused = [&](const fs::path& file, const std::string& date, const std::string& what,
                             const std::string& person = "name") {
        const auto update = s.try_plan(file, date, person);
        REQUIRE_FALSE(update.ok());
        CHECK(update.fault().message().find(what) != std::string::npos);
        CHECK(update.fault().message().find("the case is as it was") != std::string::npos);
    };
    refused(s.folder / "state.csv", "2025-02-28", "known as of 2025-03-01 already");
    refused(s.folder / "state.csv", "2199-01-01", "the date lies in the future");
    refused(s.folder / "state.csv", "", "the column 'office' tells nobody apart", "office");
    write_file(s.folder / "other.csv", "number,name,post\n9876510000,Person 0,Clerk\n");
    refused(s.folder / "other.csv", "", "the file lacks columns of the register: 'office'");
    write_file(s.folder / "other.csv", "office,mobile,email,name\nOffice 0,9876510000,a@b.in,Person 0\n");
    const RegisterUpdate update = s.plan(s.folder / "other.csv");
    CHECK(update.people.unchanged == 1);
    CHECK(update.ends_most());
    REQUIRE_FALSE(update.notes.empty());
    CHECK(update.notes[0].find("no such column: 'email'") != std::string::npos);
}

TEST_CASE("dates of the file count, but never change a day on which the register is known") {
    Staff s;
    ListImport how;
    how.name = "dated";
    how.person_column = "staff_no";
    how.date = "2025-01-10";
    write_file(s.folder / "one.csv",
               "number,staff_no,joined,left\n9876520001,E1,2024-01-01,\n9876520002,E2,2024-01-01,\n"
               "9876520003,E3,2024-01-01,\n");
    must(add_register(*s.c, s.folder / "one.csv", how));
    // E1 left before he is known to have been there, E2 since, E4 joined before the last state, E5 since,
    // E6 is to come; E7 came and went unseen.
    write_file(s.folder / "two.csv",
               "number,staff_no,joined,left\n9876520001,E1,2024-01-01,2024-12-01\n"
               "9876520002,E2,2024-01-01,2025-01-20\n9876520003,E3,2024-01-01,\n9876520004,E4,2024-06-01,\n"
               "9876520005,E5,2025-01-25,\n9876520006,E6,2025-12-01,\n9876520007,E7,2024-01-01,2024-02-01\n");
    how.date = "2025-02-01";
    const RegisterUpdate update = must(plan_update(*s.c, s.folder / "two.csv", how));
    CHECK(update.people.left == 2);
    CHECK(update.people.joined == 3);
    must_do(apply_update(*s.c, update));
    const auto date = [&](const std::optional<Micros>& time) {
        return time ? iso_date(*time, s.c->zone()) : "";
    };
    const auto entries = must(s.c->catalogue().entries(update.reg.id));
    REQUIRE(entries.size() == 6);
    CHECK(date(entries[0].left) == "2025-01-11");
    CHECK(date(entries[1].left) == "2025-01-20");
    CHECK(date(entries[2].left) == "");
    CHECK(date(entries[3].joined) == "2025-01-11");
    CHECK(date(entries[4].joined) == "2025-01-25");
    CHECK(date(entries[5].joined) == "2025-12-01");
    CHECK(must(plan_update(*s.c, s.folder / "two.csv", how)).empty());
}

TEST_CASE("a copy issued before an update stays what it was, and is named as before") {
    Staff s;
    const IssuedCopy copy = s.issue("A", "a.csv");
    s.issue("B", "b.csv");
    const auto pool = must(canary_pool(*s.c));
    const CopyMarks before = must(marks_of(*s.c, copy.record.id, pool));
    const Candidate named = s.identified("a.csv", "K1");
    must_do(apply_update(*s.c, s.plan(s.state(some_changes, two_more))));
    const CopyMarks after = must(marks_of(*s.c, copy.record.id, pool));
    CHECK(after.issue.members == before.issue.members);
    CHECK(after.canaries == before.canaries);
    for (std::int64_t row = 0; row < 46; ++row)
        CHECK(after.position_of_row(row) == before.position_of_row(row));
    const Candidate still = s.identified("a.csv", "K1");
    CHECK(still.named);
    CHECK(still.log10_e == named.log10_e);
    CHECK(still.order == named.order);
    CHECK(still.rows_held == named.rows_held);

    // A copy issued since holds the rows of today, and its order counts by them.
    const IssuedCopy today = s.issue("C", "c.csv");
    CHECK(today.record.rows == 39 + today.record.canaries);
    const Candidate found = s.identified("c.csv", "K3");
    CHECK(found.named);
    CHECK(found.rows_held == today.record.rows);
    CHECK(found.order > 3);
    CHECK_FALSE(s.identified("c.csv", "K1").named);
    // And one as of a day before holds those of then.
    const IssuedCopy then = s.issue("D", "d.csv", "2025-01-01");
    CHECK(then.record.rows - then.record.canaries == 40);
}

TEST_CASE("a number that changed other columns is not new to who had it: no canary hides behind it") {
    Staff s;
    IssueOptions options;
    options.recipient = "A";
    options.where = "office!=Office 9";
    CHECK(must(issue_copy(*s.c, options, s.folder / "a.csv")).record.rows > 40);
    std::string canaries = "number,office\n";
    for (int i = 0; i < 10; ++i) canaries += "98112" + std::to_string(10'000 + i * 3) + ",Office 9\n";
    write_file(s.folder / "more.csv", canaries);
    ListImport how;
    how.name = "staff";
    must(add_canaries(*s.c, s.folder / "more.csv", how));
    must_do(apply_update(*s.c, s.plan(s.state([](int i) { return Line(Staff::line(i, i, 9)); }))));
    options.where.clear();
    const IssuedCopy copy = must(issue_copy(*s.c, options, s.folder / "b.csv"));
    REQUIRE_FALSE(copy.notes.empty());
    CHECK(copy.notes[0].find("10 canaries are held back") == 0);
    CHECK(copy.record.rows - copy.record.canaries == 40);
}

TEST_CASE("several numbers of one person, several people of one number") {
    Staff s;
    ListImport how;
    how.name = "shared";
    how.person_column = "staff_no";
    write_file(
        s.folder / "one.csv",
        "number,staff_no\n9876530001,E1\n9876530002,E1\n9876530003,E2\n9876530003,E3\n9876530003,E3\n");
    const ImportedList added = must(add_register(*s.c, s.folder / "one.csv", how));
    CHECK(added.record.accepted == 4);
    CHECK(added.record.duplicates == 1);
    const RegisterRecord reg = must(find_register(*s.c, "shared"));
    const RegisterState state = must(state_on(*s.c, reg, must(day_of(*s.c, ""))));
    CHECK(state.entries == 4);
    CHECK(state.numbers == 3);
    CHECK(must(s.c->catalogue().changes(reg.id)).at(0).joined == 3);
    write_file(s.folder / "two.csv", "number,staff_no\n9876530001,E1\n9876530003,E3\n9876530004,E3\n");
    const RegisterUpdate update = must(plan_update(*s.c, s.folder / "two.csv", how));
    CHECK(update.people.left == 1);            // E2, though his number stays
    CHECK(update.people.changed_number == 2);  // E1 one fewer, E3 one more
    must_do(apply_update(*s.c, update));
    CHECK(must(state_on(*s.c, reg, must(day_of(*s.c, "")))).numbers == 3);

    const auto shared = plan_erasure(*s.c, "shared", "9876530003", "");
    REQUIRE_FALSE(shared.ok());
    CHECK(shared.fault().message().find("2 people of the register have this number") != std::string::npos);
    CHECK(shared.fault().message().find("98765") == std::string::npos);
    const Erasure erasure = must(plan_erasure(*s.c, "shared", "98765 30004", ""));
    CHECK(erasure.rows.size() == 2);     // both of E3, found by one of his numbers
    CHECK(erasure.numbers.size() == 1);  // the other one is E2's, too
}

TEST_CASE("in a copy the place of a number that several of its rows hold is not looked at") {
    Staff s;
    ListImport how;
    how.name = "shared";
    std::string rows = "number,name\n";
    for (int i = 0; i < 60; ++i)
        rows += "98766" + std::to_string(10'000 + i / 2 * 3) + ",Person " + std::to_string(i) + "\n";
    for (int i = 100; i < 160; ++i) rows += "98766" + std::to_string(10'000 + i * 3) + ",Person\n";
    write_file(s.folder / "shared.csv", rows);
    must(add_register(*s.c, s.folder / "shared.csv", how));
    IssueOptions options;
    options.recipient = "A";
    options.register_name = "shared";
    const IssuedCopy copy = must(issue_copy(*s.c, options, s.folder / "a.csv"));
    CHECK(copy.record.rows == 120);
    const Candidate found = s.identified("a.csv", "K1");
    CHECK(found.named);
    CHECK(found.order > 3);
    CHECK(found.rows_held == 120);
}

TEST_CASE("an erased person is gone from every byte of the case, and copies are still told") {
    Staff s;
    const IssuedCopy copy = s.issue("A", "a.csv");
    const Candidate before = s.identified("a.csv", "K1");
    must(record_copy(*s.c, s.folder / "people.csv",
                     {"staff", "", "", "", "", "Old office", "2025-01-01", "", "", "", "", false}));
    must_do(apply_update(*s.c, s.plan(s.state(some_changes, two_more))));
    std::vector<std::string> bytes;
    for (const EntryRecord& entry : must(s.c->catalogue().entries(1))) {
        if (entry.row != 10 && entry.row != 40) continue;
        bytes.push_back(bytes_of(entry.token));
        bytes.push_back(entry.sealed_attributes);
    }
    REQUIRE(bytes.size() == 4);
    for (const std::string& b : bytes) CHECK(case_holds(s, b));

    const Erasure by_name = must(plan_erasure(*s.c, "staff", "", "Person 10"));
    const Erasure erasure = must(plan_erasure(*s.c, "staff", "98765 10770", ""));
    CHECK(erasure.rows == std::vector<std::int64_t>{10, 40});
    CHECK(erasure.rows == by_name.rows);
    CHECK(erasure.remains.size() == 2);
    CHECK(erasure.remains[0] == "the file of copy K1, with A");
    must_do(erase(*s.c, erasure, "asked for it on 3 May; call 98765 10770"));
    for (const std::string& b : bytes) CHECK_FALSE(case_holds(s, b));
    CHECK(case_holds(
        s,
        R"("kind":"entries_erased","details":{"register":"staff","people":1,"rows":2,"reason":"asked for it on 3 May; call 98••••••70"})"));
    CHECK_FALSE(case_holds(s, "Person 10"));

    CHECK(must(s.c->catalogue().entries(1)).size() == 43);
    CHECK(s.on("").entries == 38);
    CHECK(s.on("2025-01-01").entries == 39);
    CHECK(must(s.c->catalogue().copy_rows(2)).size() == 40);
    const Candidate after = s.identified("a.csv", "K1");
    CHECK(after.named);
    CHECK(after.rows_held == before.rows_held - 1);
    CHECK(after.canaries == before.canaries);
    CHECK(s.issue("B", "b.csv").record.rows >= 38);
    CHECK(s.issue("A", "a2.csv").record.rows - copy.record.canaries == 38);

    // Who is not there any more cannot be erased again, and what was typed is not shown.
    for (const auto& [number, person] :
         {std::pair<std::string, std::string>{"9876510770", ""}, {"", "Person 10"}}) {
        const auto again = plan_erasure(*s.c, "staff", number, person);
        REQUIRE_FALSE(again.ok());
        CHECK(again.fault().kind == FaultKind::missing);
        CHECK(again.fault().message().find("10") == std::string::npos);
    }
}

TEST_CASE("bytes that a crash left of an erased person go with the next step that writes") {
    Staff s;
    const Token token = must(s.c->catalogue().entries(1)).at(5).token;
    must_do(s.c->catalogue().erase_entries(1, {5}, {token}));
    const fs::path keys = s.folder / "keys";
    s.c.reset();
    { const Case reader = must(Case::open(s.folder / "case", Case::Access::read)); }
    const Case writer = must(Case::open(s.folder / "case", Case::Access::write));
    CHECK_FALSE(case_holds(s, bytes_of(token)));
}

TEST_CASE("a register is removed whole only while it has no copies and no canaries") {
    Staff s;
    const auto refused = plan_removal(*s.c, "staff");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.fault().message().find("0 copies and 60 canaries") != std::string::npos);
    ListImport how;
    how.name = "by mistake";
    must(add_register(*s.c, s.folder / "people.csv", how));
    const RegisterRecord reg = must(plan_removal(*s.c, "by mistake"));
    const std::string sealed = must(s.c->catalogue().entries(reg.id)).at(7).sealed_attributes;
    CHECK(case_holds(s, sealed));
    CHECK_FALSE(remove_register(*s.c, reg, " ").ok());
    must_do(remove_register(*s.c, reg, "the wrong file"));
    CHECK_FALSE(case_holds(s, sealed));
    CHECK(must(s.c->catalogue().registers()).size() == 1);
    must(add_register(*s.c, s.folder / "people.csv", how));
}
