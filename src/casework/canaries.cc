#include "casework/canaries.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/progress.h"
#include "base/text.h"
#include "casework/copies.h"
#include "casework/import_shared.h"
#include "casework/registers.h"
#include "numbering/plan.h"
#include "numbering/strata.h"
#include "registers/personas.h"

namespace sendh {

namespace {

constexpr std::uint64_t numbers_of_a_series = 100'000;

std::string text_of(const Token& token) { return {token.bytes.begin(), token.bytes.end()}; }

// The number in the form of a cell ("98765 43210", "+91-98765-43210"), as far as its digits fit.
std::string phone_like(const std::string& sample, PhoneNumber number) {
    const std::string digits = unveil_text(number);
    std::string out = sample;
    std::size_t left = digits.size();
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const std::size_t first =
        std::min(out.find_first_of("123456789"), out.size());  // noughts before are a prefix
    for (std::size_t at = out.size(); at-- > first;) {
        if (!is_digit(out[at])) continue;
        if (left == 0 || !is_digit(digits[left - 1])) break;
        out[at] = digits[--left];
    }
    return out;
}

// Another column of the register with phone numbers.
struct PhoneColumn {
    std::uint64_t filled = 0, empty = 0, phones = 0;
    std::string sample;  // a cell of it

    [[nodiscard]] bool is_one() const { return phones * 2 > filled; }
};

// What is learned of a register in one reading of it.
struct Ground {
    Personas personas;
    std::unordered_map<std::string, std::int64_t> tokens;  // of its entries
    std::set<BlockId> series;                              // of 100,000 numbers, in which it has any
    std::optional<std::size_t> joined_column;              // whose cells are the dates of joining
    std::vector<PhoneColumn> phones;                       // for each column
};

Result<std::vector<std::string>> open_cells(Case& c, const std::string& sealed, std::size_t columns,
                                            const Place& place) {
    SENDH_TRY(const std::string text, c.open_text(sealed, "attributes", place));
    auto cells = split_cells(text);
    cells.resize(columns);
    return cells;
}

Result<Ground> lay_ground(Case& c, const RegisterRecord& reg, const std::vector<CanaryRecord>& known) {
    const std::size_t columns = reg.columns.size();
    Ground g{Personas(subkey(c.keys().mark_key(), "sendh/personas/2", reg.name), columns, reg.entries),
             {},
             {},
             {},
             std::vector<PhoneColumn>(columns)};
    const Micros today = now();
    std::vector<bool> may_be_joined(columns, true);
    bool any_joined = false;
    std::optional<std::size_t> person;  // rows of one person come with one persona, not with several
    for (std::size_t i = 0; i < columns && !reg.person_column.empty(); ++i) {
        if (column_key(reg.columns[i]) == column_key(reg.person_column)) person = i;
    }
    std::unordered_set<std::string> people;
    SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) -> Done {
        g.tokens.emplace(text_of(entry.token), entry.row);
        const Place place = Place::of_entry(reg, entry.row);
        SENDH_TRY(const PhoneNumber number, c.open_number(entry.token, place));
        if (number.is_e164()) g.series.insert(block_of(number, numbers_of_a_series));
        SENDH_TRY(auto cells, open_cells(c, entry.sealed_attributes, columns, place));
        if (entry.left && *entry.left <= today) {
            g.personas.avoid(std::move(cells));
            return done();
        }
        for (std::size_t i = 0; i < columns; ++i) {
            if (entry.joined && may_be_joined[i]) {
                const auto date = parse_date_cell(cells[i], c.zone(), "");
                may_be_joined[i] = date.ok() && *date == entry.joined;
                any_joined = true;
            }
            PhoneColumn& phone = g.phones[i];
            ++(cells[i].empty() ? phone.empty : phone.filled);
            if (!is_phone_cell(cells[i], c.region())) continue;
            ++phone.phones;
            if (phone.sample.empty()) phone.sample = cells[i];
        }
        if (person && !cells[*person].empty() && !people.insert(cells[*person]).second) return done();
        g.personas.add(std::move(cells));
        return done();
    }));
    for (const CanaryRecord& canary : known) {
        if (canary.register_id != reg.id) continue;
        SENDH_TRY(auto cells, open_cells(c, canary.sealed_attributes, columns, Place::of_canary(canary.id)));
        g.personas.avoid(std::move(cells));
    }
    g.personas.end();
    const auto at = std::find(may_be_joined.begin(), may_be_joined.end(), true);
    if (any_joined && at != may_be_joined.end())
        g.joined_column = static_cast<std::size_t>(at - may_be_joined.begin());
    return g;
}

Result<bool> any_copy(Case& c, std::int64_t reg) {
    SENDH_TRY(const auto copies, c.catalogue().copies());
    return std::any_of(copies.begin(), copies.end(),
                       [&](const CopyRecord& copy) { return copy.register_id == reg; });
}

}  // namespace

Result<ImportedList> add_canaries(Case& c, const std::filesystem::path& path, const ListImport& how) {
    SENDH_TRY(const RegisterRecord reg, register_or_only(c, how.name));
    SENDH_TRY(ReadList read, read_list(c, path, "canary", how));
    SENDH_TRY(const auto known, c.catalogue().canaries());
    SENDH_TRY(Ground ground, lay_ground(c, reg, known));
    const auto fault_at = [&](const ListRow& row, const std::string& what, const std::string& to_do) {
        return Fault{FaultKind::input, what, read.record.name + ":" + std::to_string(row.line),
                     to_do + "; " + std::string(untouched)};
    };
    std::map<std::string, std::uint64_t> lines;  // of the numbers, by token
    std::vector<CanaryRecord> canaries;
    std::map<std::string, std::uint64_t> left_empty;
    std::map<std::string, std::uint64_t> beyond, own_number, no_number;  // by column
    const Micros today = now();
    std::uint64_t foreign = 0;  // to the register's series
    for (const ListRow& row : read.list.rows) {
        CanaryRecord canary;
        foreign += row.number.is_e164() && !ground.series.contains(block_of(row.number, numbers_of_a_series));
        canary.register_id = reg.id;
        canary.token = c.tokeniser().seal(row.number);
        canary.state = "active";
        canary.added_at = canary.since = today;
        canary.reason = "added";
        const std::string token = text_of(canary.token);
        if (ground.tokens.contains(token))
            return fault_at(row, "this number stands in the register '" + reg.name + "'",
                            "a canary must belong to nobody; take it out");
        if (std::any_of(known.begin(), known.end(), [&](const auto& k) { return k.token == canary.token; }))
            return fault_at(row, "this number is a canary already", "take it out");
        if (!lines.emplace(token, row.line).second)
            return fault_at(row, "this number stands in the file twice", "take one of them out");
        std::vector<std::optional<std::string>> given(reg.columns.size());
        for (std::size_t i = 0; i < given.size(); ++i) {
            if (const auto at = read.list.column({column_key(reg.columns[i])})) given[i] = row.cells[*at];
        }
        // Numbers that are each one person's: never a stranger's. The canary's own where everybody has one,
        // so that calls to it are calls to this canary.
        for (std::size_t i = 0; i < given.size(); ++i) {
            const PhoneColumn& phone = ground.phones[i];
            if (given[i] || !phone.is_one() || !ground.personas.is_varied(i)) continue;
            given[i] = phone.empty > 0 ? "" : phone_like(phone.sample, row.number);
            ++(phone.empty > 0 ? no_number : own_number)[reg.columns[i]];
        }
        const auto drawn = ground.personas.draw(token, given);
        if (!drawn)
            return fault_at(row, "no row could be made up that is not a real person's",
                            "give the register's columns in the file");
        for (const std::size_t column : drawn->empty) ++left_empty[reg.columns[column]];
        for (const std::size_t column : drawn->beyond) ++beyond[reg.columns[column]];
        if (ground.joined_column) {
            SENDH_TRY(canary.joined, parse_date_cell(drawn->cells[*ground.joined_column], c.zone(),
                                                     read.record.name + ":" + std::to_string(row.line)));
        }
        canary.sealed_attributes = c.seal_text(joined_cells(drawn->cells), "attributes");
        canaries.push_back(std::move(canary));
    }
    ImportedList out;
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    SENDH_TRY(out.reject_counts, store_list_file(c, read.record, read.list));
    SENDH_CHECK(c.catalogue().add_canaries(canaries));
    SENDH_CHECK(check_interrupt(untouched));
    SENDH_CHECK(log_file(c, "canaries_added", read.record, {{"register", reg.name}}));
    SENDH_CHECK(c.commit(transaction));
    out.record = read.record;
    SENDH_TRY(const bool copied, any_copy(c, reg.id));
    if (copied)
        out.notes.emplace_back(
            "who has a copy already gets only those of them that joined since, and only among enough other "
            "new "
            "rows; new recipients get them like any");
    if (foreign > 0)
        out.notes.push_back(
            grouped(foreign) +
            " stand in number series in which nobody of the register has a number: they may be "
            "told from the others by that");
    for (const auto& [column, rows] : left_empty)
        out.notes.push_back("nothing could be made up for column '" + column + "' of " + grouped(rows) +
                            " canaries; give it in the file, or leave the column out of copies");
    for (const auto& [column, rows] : beyond)
        out.notes.push_back(
            "column '" + column + "' has no gaps left: " + grouped(rows) +
            " canaries stand above all others in it and may be told by that; leave the column "
            "out of copies");
    for (const auto& [column, rows] : no_number)
        out.notes.push_back(
            "column '" + column + "' holds phone numbers: it is empty in " + grouped(rows) +
            " canaries, as it is in some rows; give numbers of yours in the file, or leave the "
            "column out of copies");
    for (const auto& [column, rows] : own_number)
        out.notes.push_back("column '" + column + "' holds phone numbers: " + grouped(rows) +
                            " canaries have their own number there, too, and may be told by that; give other "
                            "numbers of yours in the file, or leave the column out of copies");
    return out;
}

Result<std::vector<CanaryCare>> canary_care(Case& c) {
    SENDH_TRY(const auto pool, canary_pool(c));
    SENDH_TRY(const auto registers, c.catalogue().registers());
    SENDH_TRY(const auto copies, c.catalogue().copies());
    SENDH_TRY(const auto lists, c.catalogue().lists());
    std::vector<CanaryCare> out;
    std::unordered_map<std::string, std::size_t> at;  // by token
    for (const CanaryRecord& record : pool) {
        CanaryCare care;
        care.record = record;
        care.id = "N" + std::to_string(record.id);
        for (const RegisterRecord& reg : registers) {
            if (reg.id == record.register_id) care.register_name = reg.name;
        }
        at.emplace(text_of(record.token), out.size());
        out.push_back(std::move(care));
    }
    if (out.empty()) return out;
    for (const CopyRecord& copy : copies) {
        if (!copy.issued) continue;
        SENDH_TRY(const CopyMarks marks, marks_of(c, copy.id, pool));
        for (CanaryCare& care : out) {
            if (!std::binary_search(marks.canaries.begin(), marks.canaries.end(), care.record.id)) continue;
            ++care.copies;
            if (!care.planted || copy.recorded_at < *care.planted) care.planted = copy.recorded_at;
        }
    }
    // Published: a rival list has it. Given to somebody: a register has it.
    const auto warn = [&](const Token& token, const std::string& text) {
        const auto found = at.find(text_of(token));
        if (found != at.end()) out[found->second].warnings.push_back(text);
    };
    for (const ListRecord& list : lists) {
        SENDH_TRY(const auto numbers, c.catalogue().list_numbers(list.id));
        for (const Token& token : numbers)
            warn(token, "published: it stands in the list '" + list.name + "'");
    }
    for (const RegisterRecord& reg : registers) {
        SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) {
            warn(entry.token, "recycled: it stands in the register '" + reg.name + "'");
            return done();
        }));
    }
    std::vector<std::pair<Token, Micros>> numbers;
    for (const CanaryCare& care : out) numbers.emplace_back(care.record.token, care.planted.value_or(now()));
    SENDH_TRY(CallStore * store, c.calls());
    SENDH_TRY(const CallStore::CallsToAll calls, store->calls_to(numbers));
    for (std::size_t i = 0; i < out.size(); ++i) {
        const CallStore::CallsTo& to = calls.numbers[i];
        out[i].calls = to.calls;
        out[i].stray = to.before;
        if (to.calls > 0) {
            out[i].first_call = to.first;
            out[i].last_call = to.last;
        }
        const Micros end = std::min(calls.last, numbers[i].second);
        const double days =
            static_cast<double>(end.value - calls.first.value) / static_cast<double>(micros_per_day);
        if (days >= 1) out[i].stray_per_week = static_cast<double>(to.before) * 7 / days;
    }
    return out;
}

Result<ChangedCanary> set_canary_state(Case& c, const std::string& which, const std::string& state,
                                       const std::string& reason) {
    SENDH_TRY(const auto pool, c.catalogue().canaries());
    std::optional<Token> token;
    const ParsedNumber parsed = parse_number(which, c.region());
    if (is_dialable(parsed.number_class)) token = c.tokeniser().seal(parsed.number);
    const std::string clean = without_numbers(trim(reason));
    for (CanaryRecord canary : pool) {
        const bool named = lower_ascii(which) == "n" + std::to_string(canary.id);
        if (!named && !(token && canary.token == *token)) continue;
        if (canary.state == state)
            return Fault{FaultKind::usage,
                         "canary N" + std::to_string(canary.id) + " is " + state + " already", "",
                         "nothing to do; " + std::string(untouched)};
        ChangedCanary out;
        if (canary.state == "burnt") {
            out.note = "canary N" + std::to_string(canary.id) + " was burnt on " +
                       iso_date(canary.since, c.zone()) +
                       (canary.reason.empty() ? ", without a reason" : ": '" + canary.reason + "'");
            if (clean.empty())
                return Fault{FaultKind::usage, out.note, "--reason",
                             "say why its calls shall count as evidence again; " + std::string(untouched)};
            out.note += "; its calls count as evidence again, those from before, too";
        }
        canary.state = state;
        canary.since = now();
        canary.reason = clean;
        SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
        SENDH_CHECK(c.catalogue().set_canary_state(canary.id, state, canary.since, clean));
        SENDH_CHECK(
            c.log("canary_state",
                  {{"canary", "N" + std::to_string(canary.id)}, {"state", state}, {"reason", clean}}));
        SENDH_CHECK(c.commit(transaction));
        out.record = std::move(canary);
        return out;
    }
    return Fault{FaultKind::missing, "no such canary: '" + without_numbers(which) + "'", "",
                 "sendh canary list shows them"};
}

}  // namespace sendh
