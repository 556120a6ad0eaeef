#include "casework/canaries.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "casework/copies.h"
#include "casework/copy_evidence.h"
#include "casework/identify.h"
#include "casework/issue_copy.h"
#include "casework/staff_case.h"

using namespace sendh;
using namespace sendh::test;

namespace {

using Cells = std::vector<std::string>;

// A register `people`: how many numbers each person has says `numbers_of`.
struct People : StaffCase {
    std::map<std::int64_t, std::vector<CanaryRecord>> personas;
    std::vector<std::string> notes;
    std::int64_t reg = 0;

    struct Form {
        bool person_column = true;
        bool kinds = false;    // a column that tells a person's rows apart
        bool serials = false;  // a number for each row
        int canaries = 150;
        std::string given = {};  // a column of the canaries' file, and its cells' text
    };

    template <class NumbersOf>
    void add(NumbersOf numbers_of, const Form& form) {
        const auto syllables = [](int n) {
            const std::vector<std::string> of = {"ra", "mi", "so", "ka", "du", "ne", "vi", "la", "to", "su"};
            return of[static_cast<std::size_t>(n % 10)] + of[static_cast<std::size_t>(n / 10 % 10)];
        };
        std::string text = "number,staff_no,name,post,office,home phone";
        text += form.kinds ? ",kind" : "";
        text += form.serials ? ",sl_no\n" : "\n";
        int row = 0;
        for (int i = 0; i < 300; ++i) {
            for (int k = 0; k < numbers_of(i); ++k, ++row) {
                text += "98762" + std::to_string(10'000 + row * 7) + ",E" + std::to_string(10'000 + i * 9) +
                        "," + "A" + syllables(i * 7 % 41) + " B" + syllables(i * 13 % 97) + ",Post " +
                        std::to_string(i % 5) + ",Office " + std::to_string(i % 7) + ",0755-29" +
                        std::to_string(10'000 + i * 3);
                if (form.kinds) text += k == 0 ? ",mobile" : ",office";
                if (form.serials) text += "," + std::to_string(1'000 + row * 5);
                text += "\n";
            }
        }
        write_file(folder / "people2.csv", text);
        ListImport how;
        how.name = "people";
        how.person_column = form.person_column ? "staff_no" : "";
        must(add_register(*c, folder / "people2.csv", how));
        reg = must(find_register(*c, "people")).id;
        bring(form.canaries, form.given);
    }

    void bring(int n, const std::string& given = "", int from = 0) {
        std::string text = given.empty() ? "number\n" : "number,office\n";
        for (int i = from; i < from + n; ++i)
            text += "98762" + std::to_string(10'000 + i * 7 + 3) + (given.empty() ? "" : "," + given) + "\n";
        write_file(folder / "pool.csv", text);
        ListImport how;
        how.name = "people";
        const ImportedList added = must(add_canaries(*c, folder / "pool.csv", how));
        notes.insert(notes.end(), added.notes.begin(), added.notes.end());
        personas.clear();
        for (const CanaryRecord& canary : must(c->catalogue().canaries())) {
            if (canary.register_id == reg) personas[canary.persona].push_back(canary);
        }
    }

    IssuedCopy issue(const std::string& recipient, double share, const std::string& where = "") {
        IssueOptions options;
        options.register_name = "people";
        options.recipient = recipient;
        options.canary_share = share;
        options.where = where;
        return must(issue_copy(*c, options, folder / (recipient + ".csv")));
    }

    // Rows of a copy without their numbers, and whether each is a canary.
    std::vector<std::pair<Cells, bool>> rows_of(const IssuedCopy& copy) {
        const auto list = must(read_list(*c, folder / (copy.record.recipient + ".csv"), "copy", {}));
        std::set<Token> canaries;
        for (const auto& persona : personas) {
            for (const CanaryRecord& canary : persona.second) canaries.insert(canary.token);
        }
        std::vector<std::pair<Cells, bool>> out;
        for (const ListRow& row : list.list.rows)
            out.emplace_back(row.cells, canaries.contains(c->tokeniser().seal(row.number)));
        return out;
    }
};

// Whoever counts how often the cells in these columns occur finds canaries as rarely as people, at every
// count.
void check_counts(const std::vector<std::pair<Cells, bool>>& rows, const std::vector<std::size_t>& columns) {
    const auto key = [&](const Cells& cells) {
        std::string out;
        for (const std::size_t c : columns) out += cells[c] + "|";
        return out;
    };
    std::map<std::string, int> seen;
    for (const auto& row : rows) ++seen[key(row.first)];
    std::map<int, double> people;
    std::map<int, double> canaries;
    double real = 0;
    for (const auto& row : rows) {
        ++(row.second ? canaries : people)[seen[key(row.first)]];
        real += row.second ? 0 : 1;
    }
    const double planted = static_cast<double>(rows.size()) - real;
    REQUIRE(planted > 30);
    // Three standard deviations of the share among the few canaries there are.
    const auto chance = [&](double share) { return 3 * std::sqrt(share * (1 - share) / planted); };
    for (const auto& count : canaries) {
        CAPTURE(count.first);
        CAPTURE(count.second / planted);
        const double share = people[count.first] / real;
        CHECK(count.second / planted <= 2 * share + 0.02 + chance(share));
    }
    for (const auto& count : people) {
        CAPTURE(count.first);
        CAPTURE(count.second / real);
        const double share = count.second / real;
        CHECK(share <= 2 * (canaries[count.first] / planted + chance(share)) + 0.05);
    }
}

}  // namespace

TEST_CASE("where people have several numbers, canaries have as many, and no count of equal rows shows them") {
    for (const bool person_column : {true, false}) {
        CAPTURE(person_column);
        {
            People two;
            two.add([](int) { return 2; }, {.person_column = person_column});
            CHECK(two.personas.size() == 75);
            check_counts(two.rows_of(two.issue("A", 0.6)), {0, 1, 2, 3});
            CHECK(two.notes.front().find("these are the numbers of 75 made-up people") != std::string::npos);
        }
        {
            People some;  // two in five have a second number, one in ten a third
            some.add([](int i) { return i % 10 == 0 ? 3
                                        : i % 5 < 2 ? 2
                                                    : 1; },
                     {.person_column = person_column});
            const auto rows = some.rows_of(some.issue("A", 0.6));
            check_counts(rows, {0, 1, 2, 3});
            check_counts(rows, {1});
        }
        {
            People one;
            one.add([](int) { return 1; }, {.person_column = person_column});
            CHECK(one.personas.size() == 150);
            check_counts(one.rows_of(one.issue("A", 0.6)), {0, 1, 2, 3});
        }
    }
}

TEST_CASE("where a person's rows differ, a canary's do in the same columns") {
    People p;
    p.add([](int i) { return i % 3 == 0 ? 1 : 2; }, {.kinds = true, .serials = true});
    const auto rows = p.rows_of(p.issue("A", 0.6));
    check_counts(rows, {0, 1, 2, 3});
    check_counts(rows, {0, 5});  // by kind
    check_counts(rows, {6});     // each row's own
}

TEST_CASE(
    "numbers of one persona come into a copy together, are of many places in the file, and rest together") {
    People p;
    p.add([](int) { return 2; }, {.canaries = 80});
    const IssuedCopy copy = p.issue("A", 0.5);
    const CopyMarks marks = must(marks_of(*p.c, copy.record.id, must(canary_pool(*p.c))));
    CHECK(copy.record.canaries % 2 == 0);
    std::uint64_t held = 0;
    std::size_t neighbours = 0;
    for (const auto& persona : p.personas) {
        REQUIRE(persona.second.size() == 2);
        CHECK(persona.first == persona.second[0].id);
        CHECK(persona.second[0].joined == persona.second[1].joined);
        held += marks.position_of_canary(persona.second[0].id).has_value() ? 1U : 0U;
        CHECK(marks.position_of_canary(persona.second[0].id).has_value() ==
              marks.position_of_canary(persona.second[1].id).has_value());
        neighbours += persona.second[1].id - persona.second[0].id == 1;
    }
    CHECK(held * 2 == copy.record.canaries);
    CHECK(neighbours < 8);

    const CanaryRecord second = p.personas.begin()->second[1];
    const auto resting = must(set_canary_state(*p.c, "N" + std::to_string(second.id), "resting", "asked"));
    REQUIRE(resting.records.size() == 2);
    CHECK(resting.records[0].id == second.persona);
    for (const CanaryCare& care : must(canary_care(*p.c))) {
        const bool is_one = care.record.persona == second.persona;
        CHECK(care.record.state == (is_one ? "resting" : "active"));
        if (is_one) CHECK(care.persona == "N" + std::to_string(second.persona));
    }
}

TEST_CASE("a number too few rests; given cells keep canaries of one kind together") {
    People p;
    p.add([](int) { return 2; }, {.canaries = 31, .given = "Office 3"});
    std::size_t resting = 0;
    for (const auto& persona : p.personas) {
        if (persona.second.size() == 2) continue;
        ++resting;
        CHECK(persona.second[0].state == "resting");
    }
    CHECK(resting == 1);
    p.bring(30, "Office 4", 100);
    for (const auto& persona : p.personas) {
        if (persona.second.size() == 2) {
            CHECK((persona.second[0].id <= 91) == (persona.second[1].id <= 91));  // 60 of the other register
        }
    }
    const IssuedCopy copy = p.issue("A", 0.9, "office=Office 4");
    const CopyMarks marks = must(marks_of(*p.c, copy.record.id, must(canary_pool(*p.c))));
    CHECK(marks.issue.offered.size() == 30);
}

TEST_CASE("a list is weighed by personas: one number of each says as much as both") {
    People p;
    p.add([](int) { return 2; }, {.canaries = 120});
    const IssuedCopy copy = p.issue("A", 0.4);
    p.issue("B", 0.4);
    std::map<std::string, std::string> lines;  // by number
    const std::string text = read_file(p.folder / "A.csv");
    std::map<Token, std::int64_t> persona;
    for (const auto& entry : p.personas) {
        for (const CanaryRecord& canary : entry.second) persona[canary.token] = entry.first;
    }
    const auto list = must(read_list(*p.c, p.folder / "A.csv", "copy", {}));
    std::string both = "number\n";
    std::string one = both;
    std::set<std::int64_t> said;
    std::vector<PhoneNumber> numbers;
    for (const ListRow& row : list.list.rows) numbers.push_back(row.number);
    std::sort(numbers.begin(), numbers.end(),
              [](PhoneNumber a, PhoneNumber b) { return unveil_text(a) < unveil_text(b); });
    for (const PhoneNumber number : numbers) {
        const auto at = persona.find(p.c->tokeniser().seal(number));
        both += unveil_text(number) + "\n";
        if (at == persona.end() || said.insert(at->second).second) one += unveil_text(number) + "\n";
    }
    CHECK(both.size() > one.size());
    write_file(p.folder / "both.csv", both);
    write_file(p.folder / "one.csv", one);
    const auto canaries_of = [&](const char* file) {
        const Identified found = must(identify_list(*p.c, p.folder / file, {}));
        CHECK(found.candidates[0].copy.name == copy.record.name);
        CHECK(found.candidates[0].named);
        return found.candidates[0].canaries;
    };
    CHECK(canaries_of("both.csv") == canaries_of("one.csv"));
}

TEST_CASE("calls to a second number of a persona are no further evidence") {
    People p;
    p.add([](int) { return 2; }, {.canaries = 120});
    const IssuedCopy copy = p.issue("A", 0.4);
    p.issue("B", 0.4);
    const CopyMarks marks = must(marks_of(*p.c, copy.record.id, must(canary_pool(*p.c))));
    std::vector<CampaignHit> first;
    std::vector<CampaignHit> both;
    Micros time{1'764'000'000'000'000};
    for (const auto& persona : p.personas) {
        for (const CanaryRecord& canary : persona.second) {
            if (!marks.position_of_canary(canary.id)) continue;
            time.value += 61 * micros_per_second;
            const CampaignHit hit{must(p.c->tokeniser().open(canary.token)), time, 1};
            both.push_back(hit);
            if (canary.id == persona.first) first.push_back(hit);
        }
    }
    const RegisterRecord reg = must(find_register(*p.c, "people"));
    const CopyEvidence few = must(CopyEvidence::of(*p.c, reg, first));
    const CopyEvidence all = must(CopyEvidence::of(*p.c, reg, both));
    CHECK(few.specs[0].canaries_offered == 60);
    CHECK(few.specs[0].canaries_held == first.size());
    CHECK(few.evidence->canary_hits() == first.size());
    CHECK(all.evidence->canary_hits() == first.size());
    CHECK(all.evidence->score(0).canaries == few.evidence->score(0).canaries);
    CHECK(all.evidence->score(0).log10_e > 5);
}

namespace {

// The staff case (40 people of three offices, 60 canaries), whose register goes on.
struct Going : StaffCase {
    std::map<std::int64_t, std::string> office_of;  // of canaries, as they were drawn
    std::string header = "number,name,office\n";

    Going() {
        for (const CanaryRecord& canary : must(c->catalogue().canaries()))
            office_of[canary.id] = cells(canary.sealed_attributes)[1];
    }
    Cells cells(const std::string& sealed) {
        const std::string text = must(c->open_text(sealed, "attributes", Place{}));
        Cells out;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = text.find('\x1f', at);
            out.push_back(text.substr(at, end - at));
            at = end + 1;
        }
        return out;
    }
    template <class Office>
    std::vector<std::string> update(Office office, const std::string& date, const std::string& more = "",
                                    bool large = false) {
        std::string text = header;
        for (int i = 0; i < 40; ++i)
            text += "98765" + std::to_string(10'000 + i * 7) + (large ? ",PERSON " : ",Person ") +
                    std::to_string(i) + "," + office(i) + "\n";
        write_file(folder / "newer.csv", text + more);
        ListImport how;
        how.name = "staff";
        how.date = date;
        const RegisterUpdate plan = must(plan_update(*c, folder / "newer.csv", how));
        const Done applied = apply_update(*c, plan);
        if (!applied.ok()) FAIL(applied.fault().message());
        return plan.notes;
    }
    IssuedCopy issue(const std::string& recipient, const std::string& file, const std::string& where = "",
                     const std::string& date = "") {
        IssueOptions options;
        options.register_name = "staff";
        options.recipient = recipient;
        options.where = where;
        options.date = date;
        return must(issue_copy(*c, options, folder / file));
    }
    CopyMarks marks(const IssuedCopy& copy) {
        return must(marks_of(*c, copy.record.id, must(canary_pool(*c))));
    }
    // Offices of a file's rows that are canaries, by id.
    std::map<std::int64_t, std::string> planted(const std::string& file) {
        std::map<Token, std::int64_t> ids;
        for (const CanaryRecord& canary : must(c->catalogue().canaries())) ids[canary.token] = canary.id;
        std::map<std::int64_t, std::string> out;
        for (const ListRow& row : must(read_list(*c, folder / file, "copy", {})).list.rows) {
            const auto at = ids.find(c->tokeniser().seal(row.number));
            if (at != ids.end()) out[at->second] = row.cells[1];
        }
        return out;
    }
    bool names(const std::string& file, const std::string& copy) {
        const Identified found = must(identify_list(*c, folder / file, {}));
        for (const Candidate& candidate : found.candidates) {
            if (candidate.named != (candidate.copy.name == copy)) return false;
        }
        return true;
    }
    std::size_t drawn_in(const std::string& office) const {
        return static_cast<std::size_t>(std::count_if(
            office_of.begin(), office_of.end(), [&](const auto& canary) { return canary.second == office; }));
    }
};

std::string old_office(int i) { return "Office " + std::to_string(i % 3); }

std::string all_of(const std::vector<std::string>& notes) {
    std::string out;
    for (const std::string& note : notes) out += note + "\n";
    return out;
}

}  // namespace

TEST_CASE("where an office is renamed for all of its people, its canaries have the new name from then on") {
    for (const bool all : {false, true}) {
        CAPTURE(all);
        Going g;
        const auto renamed = [&](const std::string& office) {
            return office == "Office 1" ? "Head Office" : all ? "New " + office : office;
        };
        REQUIRE(g.drawn_in("Office 1") > 5);
        const IssuedCopy before = g.issue("A", "before.csv", "", "2025-01-31");
        const auto then = g.planted("before.csv");
        const std::string notes =
            all_of(g.update([&](int i) { return renamed(old_office(i)); }, "2025-02-01"));
        CHECK(notes.find("column 'office': people went from 'Office 1' to 'Head Office', and " +
                         std::to_string(g.drawn_in("Office 1")) + " canaries with them") !=
              std::string::npos);
        CHECK((notes.find("'New Office 2'") != std::string::npos) == all);

        // The same canaries to who had a copy, changed as people are; and all of them to somebody new.
        const IssuedCopy after = g.issue("A", "after.csv");
        CHECK(after.notes.empty());
        const auto now = g.planted("after.csv");
        CHECK(now.size() == then.size());
        for (const auto& canary : then) {
            REQUIRE(now.contains(canary.first));
            CHECK(now.at(canary.first) == renamed(canary.second));
        }
        const IssuedCopy other = g.issue("B", "other.csv");
        CHECK(g.marks(other).issue.offered.size() == 60);
        for (const auto& canary : g.planted("other.csv"))
            CHECK(canary.second == renamed(g.office_of.at(canary.first)));
        // The rename is what --where asks by.
        const IssuedCopy part = g.issue("C", "part.csv", "office=Head Office");
        CHECK(g.marks(part).issue.offered.size() == g.drawn_in("Office 1"));
        CHECK(g.marks(g.issue("D", "none.csv", "office!=\"Head Office\"")).issue.offered.size() ==
              60 - g.drawn_in("Office 1"));
        // A copy as of the day before has the old name.
        g.issue("E", "old.csv", "", "2025-01-31");
        for (const auto& canary : g.planted("old.csv")) CHECK(canary.second == g.office_of.at(canary.first));
        CHECK(g.names("before.csv", before.record.name));
        CHECK(g.names("after.csv", after.record.name));
        CHECK(g.names("other.csv", other.record.name));
        // Only what he had as Office 1 is known to him as Head Office.
        const IssuedCopy again = g.issue("C", "again.csv", "office=Head Office");
        CHECK(g.marks(again).canaries == g.marks(part).canaries);
    }
}

TEST_CASE("a recipient who had an office by its old name gets no canary of it that he lacked") {
    Going g;
    g.issue("A", "before.csv", "office=Office 1", "2025-01-31");
    write_file(g.folder / "more.csv",
               "number,office\n9811220001,Office 1\n9811220002,Office 1\n9811220003,Office 1\n");
    ListImport how;
    how.name = "staff";
    must(add_canaries(*g.c, g.folder / "more.csv", how));
    g.update([](int i) { return i % 3 == 1 ? "Head Office" : old_office(i); }, "2025-02-01");
    const IssuedCopy after = g.issue("A", "after.csv", "office=Head Office");
    CHECK(g.marks(after).issue.offered.size() == g.drawn_in("Office 1"));
    CHECK(all_of(after.notes).find("3 canaries are held back") != std::string::npos);
}

TEST_CASE("where an office is closed its canaries stay out of copies, and that is said") {
    Going g;
    const IssuedCopy before = g.issue("A", "before.csv", "", "2025-01-31");
    const std::string n = std::to_string(g.drawn_in("Office 1"));
    const std::string notes = all_of(g.update(
        [](int i) { return "Office " + std::to_string(i % 3 == 1 ? i / 3 % 2 * 2 : i % 3); }, "2025-02-01"));
    CHECK(notes.find("nobody has 'Office 1' any more; " + n +
                     " canaries that have it stay out of later copies: N") != std::string::npos);
    for (const std::string recipient : {"A", "B"}) {
        CAPTURE(recipient);
        const IssuedCopy copy = g.issue(recipient, recipient + ".csv");
        CHECK(all_of(copy.notes).find(n + " canaries stay out of it (N") != std::string::npos);
        CHECK(all_of(copy.notes).find("nobody has their 'office' any more") != std::string::npos);
        // Nobody left: who had a copy sees which rows are gone.
        CHECK((all_of(copy.notes).find(" not in it: who compares the two finds them among the") !=
               std::string::npos) == (recipient == "A"));
        CHECK(g.marks(copy).issue.offered.size() == 60 - g.drawn_in("Office 1"));
        for (const auto& canary : g.planted(recipient + ".csv")) CHECK(canary.second != "Office 1");
        CHECK(g.names(recipient + ".csv", copy.record.name));
    }
    CHECK(g.names("before.csv", before.record.name));
    std::size_t warned = 0;
    for (const CanaryCare& care : must(canary_care(*g.c))) {
        warned += all_of(care.warnings).find("nobody has its 'office' any more") != std::string::npos;
    }
    CHECK(warned == g.drawn_in("Office 1"));
    // It comes back.
    g.update(old_office, "2025-03-01");
    CHECK(g.marks(g.issue("C", "c.csv")).issue.offered.size() == 60);
}

TEST_CASE("where all names are written otherwise, no canary comes into a copy, and that is said") {
    Going g;
    const std::string notes = all_of(g.update(old_office, "2025-02-01", "", true));
    CHECK(notes.find("column 'name': it is written otherwise; 60 canaries that are not stay out") !=
          std::string::npos);
    const IssuedCopy copy = g.issue("A", "a.csv");
    CHECK(copy.record.canaries == 0);
    CHECK(all_of(copy.notes).find("60 canaries stay out of it (N1, N2, ") != std::string::npos);
    CHECK(all_of(copy.notes).find("nobody has their 'name' any more, or it is written otherwise") !=
          std::string::npos);
}

TEST_CASE(
    "a canary whose number a joiner gets, in this register or another, is told and stays out for good") {
    Going g;
    g.issue("A", "before.csv", "", "2025-01-31");
    const std::string notes = all_of(g.update(old_office, "2025-02-01", "9811110006,New One,Office 1\n"));
    CHECK(notes.find("with it come in the numbers of 1 canary (N3), which stay out of every copy") !=
          std::string::npos);
    CHECK(notes.find("98111") == std::string::npos);
    write_file(g.folder / "else.csv", "number,name\n9811110012,Somebody\n9811110015,Another\n");
    ListImport how;
    how.name = "else";
    CHECK(all_of(must(add_register(*g.c, g.folder / "else.csv", how)).notes).find("2 canaries (N5, N6)") !=
          std::string::npos);
    for (const std::string recipient : {"A", "B"}) {
        const IssuedCopy copy = g.issue(recipient, recipient + ".csv");
        CHECK(all_of(copy.notes)
                  .find("3 canaries stay out of it (N3, N5, N6): a number of theirs stands in a register") !=
              std::string::npos);
        for (const std::int64_t id : {3, 5, 6}) CHECK_FALSE(g.marks(copy).issue.offered.has(id));
        CHECK(copy.record.rows - copy.record.canaries == 41);
    }
}

TEST_CASE("a canary whose staff number a joiner gets is told and stays out") {
    People p;
    p.add([](int) { return 2; }, {.canaries = 60});
    const auto& taken = *p.personas.begin();
    std::string staff_no = must(p.c->open_text(taken.second[1].sealed_attributes, "attributes", Place{}));
    staff_no = staff_no.substr(0, staff_no.find('\x1f'));
    const std::string text = read_file(p.folder / "people2.csv");
    write_file(p.folder / "newer.csv",
               text + "9876299999," + staff_no + ",New One,Post 1,Office 1,0755-2999999\n");
    ListImport how;
    how.name = "people";
    how.date = "2025-02-01";
    const RegisterUpdate plan = must(plan_update(*p.c, p.folder / "newer.csv", how));
    const std::string ids =
        "N" + std::to_string(taken.second[0].id) + ", N" + std::to_string(taken.second[1].id);
    CHECK(all_of(plan.notes).find("people come in with the 'staff_no' of 2 canaries (" + ids + ")") !=
          std::string::npos);
    REQUIRE(apply_update(*p.c, plan).ok());
    const IssuedCopy copy = p.issue("A", 0.9);
    CHECK(all_of(copy.notes)
              .find("2 canaries stay out of it (" + ids +
                    "): somebody of the register has their 'staff_no' by now") != std::string::npos);
    const CopyMarks marks = must(marks_of(*p.c, copy.record.id, must(canary_pool(*p.c))));
    CHECK(marks.issue.offered.size() == 58);
}
