#include "casework/erase.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "casework/audit_copies.h"
#include "casework/copy_tags.h"
#include "casework/import_shared.h"
#include "casework/registers.h"

namespace sendh {

namespace {

constexpr int seconds_for_readers = 60;

struct Row {
    std::int64_t row = 0;
    Token token;
    std::string person;  // "" where he has no key
};

Result<std::vector<Row>> rows_of(Case& c, const RegisterRecord& reg) {
    const auto column = std::find(reg.columns.begin(), reg.columns.end(), reg.person_column);
    const auto at = static_cast<std::size_t>(column - reg.columns.begin());
    std::vector<Row> out;
    SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) -> Done {
        Row row{entry.row, entry.token, ""};
        if (column != reg.columns.end()) {
            SENDH_TRY(const std::string text,
                      c.open_text(entry.sealed_attributes, "attributes", Place::of_entry(reg, entry.row)));
            auto cells = split_cells(text);
            cells.resize(reg.columns.size());
            row.person = cells[at];
        }
        out.push_back(std::move(row));
        return done();
    }));
    return out;
}

// The key of the one person who has this number; "" when no row of it has one.
Result<std::string> person_with(const std::vector<Row>& rows, const Token& token, const RegisterRecord& reg) {
    std::set<std::string> people;
    bool found = false;
    for (const Row& row : rows) {
        if (row.token != token) continue;
        found = true;
        people.insert(row.person);
    }
    if (!found)
        return Fault{FaultKind::missing, "no row of the register '" + reg.name + "' has this number",
                     "--number", "nothing was changed"};
    if (people.size() > 1)
        return Fault{FaultKind::usage, grouped(people.size()) + " people of the register have this number",
                     "--number", "say which of them with --person; nothing was changed"};
    return *people.begin();
}

Result<std::vector<std::string>> what_remains(Case& c, const Erasure& e, const std::set<Token>& numbers) {
    std::vector<std::string> out;
    SENDH_TRY(const auto copies, c.catalogue().copies());
    for (const CopyRecord& copy : copies) {
        if (copy.register_id != e.reg.id) continue;
        bool holds = false;
        if (copy.issued) {
            SENDH_TRY(const IssueRecord issue, c.catalogue().issue_of(copy.id));
            holds = std::any_of(e.rows.begin(), e.rows.end(),
                                [&](std::int64_t row) { return issue.members.has(row); });
        } else {
            SENDH_TRY(const auto rows, c.catalogue().copy_rows(copy.id));
            holds = std::any_of(rows.begin(), rows.end(),
                                [&](const Token& token) { return numbers.contains(token); });
        }
        if (holds) out.push_back("the file of copy " + copy.name + ", with " + copy.recipient);
    }
    std::vector<std::pair<Token, Micros>> asked;
    for (const Token& token : numbers) {
        asked.emplace_back(token, now());
        SENDH_TRY(const auto places, c.catalogue().places_of(token, e.reg.id));
        for (const auto& [place, rows] : places)
            out.push_back("a number of his in the case: " + place + ", " + grouped(rows) +
                          (rows == 1 ? " row" : " rows"));
    }
    SENDH_TRY(CallStore * store, c.calls());
    SENDH_TRY(const CallStore::CallsToAll calls, store->calls_to(asked));
    std::uint64_t to_him = 0;
    for (const CallStore::CallsTo& to : calls.numbers) to_him += to.calls;
    if (to_him > 0) out.push_back("calls to his numbers in the case: " + grouped(to_him));
    return out;
}

// After the commit: what was done stands, whatever becomes of this.
Done overwrite(Case& c, const std::string& what_is_done) {
    Done cleared = c.settle_erasure();
    if (cleared.ok()) return done();
    Fault fault = cleared.fault();
    fault.to_do += "; " + what_is_done +
                   ", and the next command that writes overwrites what the catalogue's file still holds";
    return fault;
}

Result<std::string> checked_reason(const std::string& reason) {
    const std::string why(trim(reason));
    if (why.empty())
        return Fault{FaultKind::usage, "why is it taken out?", "--reason",
                     "say it, without names; it is recorded"};
    return why;
}

// A recorded copy that holds numbers to be erased, and will have another tag.
struct Touched {
    CopyRecord copy;
    std::uint64_t rows = 0;
};

// Of those whose rows are what the log says they were: others stay what they are, told by their tag.
Result<std::vector<Touched>> touched_copies(Case& c, const Erasure& e) {
    std::vector<Touched> out;
    SENDH_TRY(const auto tags, logged_rows_tags(c));
    SENDH_TRY(const auto copies, c.catalogue().copies());
    const std::set<Token> numbers(e.numbers.begin(), e.numbers.end());
    for (const CopyRecord& copy : copies) {
        const auto logged = tags.find(copy.name);
        if (copy.issued || copy.register_id != e.reg.id || logged == tags.end()) continue;
        SENDH_TRY(const auto rows, c.catalogue().copy_rows(copy.id));
        const auto held = std::count_if(rows.begin(), rows.end(),
                                        [&](const Token& token) { return numbers.contains(token); });
        if (held == 0) continue;
        const auto tag = CopyTags(c).of_rows(c, copy, rows);
        if (tag.ok() && *tag == logged->second) out.push_back({copy, static_cast<std::uint64_t>(held)});
    }
    return out;
}

Done log_touched(Case& c, const std::vector<Touched>& touched) {
    for (const auto& [copy, rows] : touched) {
        SENDH_TRY(const auto left, c.catalogue().copy_rows(copy.id));
        SENDH_TRY(const std::string tag, CopyTags(c).of_rows(c, copy, left));
        SENDH_CHECK(c.log("copy_rows_erased", {{"copy", copy.name}, {"rows", rows}, {"rows_tag", tag}}));
    }
    return done();
}

}  // namespace

Result<Erasure> plan_erasure(Case& c, const std::string& register_name, const std::string& number,
                             const std::string& person) {
    Erasure out;
    SENDH_TRY(out.reg, find_register(c, register_name));
    std::string key(trim(person));
    if (!key.empty() && out.reg.person_column.empty())
        return Fault{FaultKind::usage, "the register names no column that tells people apart", "--person",
                     "give --number, or name the column with the next update (--person-column)"};
    SENDH_TRY(const std::vector<Row> rows, rows_of(c, out.reg));
    std::optional<Token> token;
    if (key.empty()) {
        const ParsedNumber parsed = parse_number(number, c.region());
        if (!is_dialable(parsed.number_class))
            return Fault{FaultKind::usage, "this is no phone number", "--number", "nothing was changed"};
        token = c.tokeniser().seal(parsed.number);
        SENDH_TRY(key, person_with(rows, *token, out.reg));
    }
    std::set<Token> his;
    std::set<Token> of_others;
    for (const Row& row : rows) {
        if (key.empty() ? row.token == *token : row.person == key) {
            out.rows.push_back(row.row);
            his.insert(row.token);
        } else {
            of_others.insert(row.token);
        }
    }
    if (out.rows.empty())
        return Fault{
            FaultKind::missing,
            "nobody in the register '" + out.reg.name + "' has this in '" + out.reg.person_column + "'",
            "--person", "write it as in the register; nothing was changed"};
    out.people = 1;
    std::set_difference(his.begin(), his.end(), of_others.begin(), of_others.end(),
                        std::back_inserter(out.numbers));
    SENDH_TRY(out.remains, what_remains(c, out, his));
    return out;
}

Done erase(Case& c, const Erasure& e, const std::string& reason) {
    SENDH_TRY(const std::string why, checked_reason(reason));
    SENDH_CHECK(c.hold_alone(seconds_for_readers));
    RegisterChange change;
    change.kind = "erased";
    change.made_at = now();
    change.left = e.people;
    change.rows = e.rows.size();
    SENDH_TRY(const auto touched, touched_copies(c, e));
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    SENDH_CHECK(c.catalogue().erase_entries(e.reg.id, e.rows, e.numbers));
    SENDH_CHECK(c.catalogue().add_change(e.reg.id, change));
    SENDH_CHECK(
        c.log("entries_erased",
              {{"register", e.reg.name}, {"people", e.people}, {"rows", change.rows}, {"reason", why}}));
    SENDH_CHECK(log_touched(c, touched));
    SENDH_CHECK(c.commit(transaction));
    return overwrite(c, "the person is erased");
}

Result<RegisterRecord> plan_removal(Case& c, const std::string& register_name) {
    SENDH_TRY(const RegisterRecord reg, find_register(c, register_name));
    SENDH_TRY(const auto copies, c.catalogue().copies());
    SENDH_TRY(const auto canaries, c.catalogue().canaries());
    const auto held = std::count_if(copies.begin(), copies.end(),
                                    [&](const CopyRecord& copy) { return copy.register_id == reg.id; });
    const auto planted = std::count_if(canaries.begin(), canaries.end(), [&](const CanaryRecord& canary) {
        return canary.register_id == reg.id;
    });
    if (held > 0 || planted > 0)
        return Fault{
            FaultKind::usage,
            "the register has " + grouped(static_cast<std::uint64_t>(held)) + " copies and " +
                grouped(static_cast<std::uint64_t>(planted)) + " canaries",
            reg.name,
            "without it nobody could tell whose copy a list is; take people out one by one, or remove "
            "the whole case; nothing was changed"};
    return reg;
}

Done remove_register(Case& c, const RegisterRecord& reg, const std::string& reason) {
    SENDH_TRY(const std::string why, checked_reason(reason));
    SENDH_CHECK(c.hold_alone(seconds_for_readers));
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    SENDH_CHECK(c.catalogue().remove_register(reg.id));
    SENDH_CHECK(c.log("register_removed", {{"register", reg.name}, {"rows", reg.entries}, {"reason", why}}));
    SENDH_CHECK(c.commit(transaction));
    return overwrite(c, "the register is removed");
}

}  // namespace sendh
