#include "casework/canaries.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

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

// A date in the form of another ("05/01/2023", "2023-01-05", "5-1-2023" → with leading zeros).
std::string date_like(const std::string& sample, Micros date, Zone zone) {
    std::string iso = iso_date(date, zone);
    if (sample.size() >= 5 && sample[4] == '-') return iso;
    const std::size_t sign = sample.find_first_of("/-.");
    if (sign == std::string::npos) return iso;
    const std::string between(1, sample[sign]);
    return iso.substr(8, 2) + between + iso.substr(5, 2) + between + iso.substr(0, 4);
}

// What is learned of a register in one reading of it.
struct Ground {
    Personas personas;
    std::unordered_map<std::string, std::int64_t> tokens;  // of its entries
    std::set<BlockId> series;                              // of 100,000 numbers, in which it has any
    std::optional<std::size_t> joined_column;              // whose cells are the dates of joining
    std::string a_date;                                    // a cell of it
};

Result<Ground> lay_ground(Case& c, const RegisterRecord& reg) {
    Ground g{
        Personas(subkey(c.keys().mark_key(), "sendh/personas/1", reg.name), reg.columns.size(), reg.entries),
        {},
        {},
        {},
        {}};
    const Micros today = now();
    std::vector<bool> may_be_joined(reg.columns.size(), true);
    SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) -> Done {
        g.tokens.emplace(text_of(entry.token), entry.row);
        SENDH_TRY(const PhoneNumber number, c.tokeniser().open(entry.token));
        if (number.is_e164()) g.series.insert(block_of(number, numbers_of_a_series));
        if (entry.left && *entry.left <= today) return done();
        SENDH_TRY(const std::string text, c.open_text(entry.sealed_attributes, "attributes"));
        auto cells = split_cells(text);
        cells.resize(reg.columns.size());
        if (entry.joined) {
            for (std::size_t i = 0; i < cells.size(); ++i) {
                if (!may_be_joined[i]) continue;
                const auto date = parse_date_cell(cells[i], c.zone(), "");
                may_be_joined[i] = date.ok() && *date == entry.joined;
                if (may_be_joined[i] && g.a_date.empty()) g.a_date = cells[i];
            }
        }
        g.personas.add(std::move(cells));
        return done();
    }));
    g.personas.end();
    if (!g.a_date.empty()) {
        const auto at = std::find(may_be_joined.begin(), may_be_joined.end(), true);
        if (at != may_be_joined.end()) g.joined_column = static_cast<std::size_t>(at - may_be_joined.begin());
    }
    return g;
}

// The day of the last copy of the register, nothing if there is none.
Result<std::optional<Micros>> last_copy(Case& c, std::int64_t reg) {
    SENDH_TRY(const auto copies, c.catalogue().copies());
    std::optional<Micros> last;
    for (const CopyRecord& copy : copies) {
        if (copy.register_id != reg) continue;
        const auto date = parse_iso(copy.date, c.zone()).value_or(copy.recorded_at);
        if (!last || date > *last) last = date;
    }
    return last;
}

}  // namespace

Result<ImportedList> add_canaries(Case& c, const std::filesystem::path& path, const ListImport& how) {
    SENDH_TRY(const RegisterRecord reg, register_or_only(c, how.name));
    SENDH_TRY(ReadList read, read_list(c, path, "canary", how));
    SENDH_TRY(const Ground ground, lay_ground(c, reg));
    SENDH_TRY(const auto known, c.catalogue().canaries());
    SENDH_TRY(const auto last, last_copy(c, reg.id));
    const auto fault_at = [&](const ListRow& row, const std::string& what, const std::string& to_do) {
        return Fault{FaultKind::input, what, read.record.name + ":" + std::to_string(row.line),
                     to_do + "; " + std::string(untouched)};
    };
    std::map<std::string, std::uint64_t> lines;  // of the numbers, by token
    std::vector<CanaryRecord> canaries;
    std::map<std::string, std::uint64_t> left_empty;
    std::optional<Micros> latest_joined;  // of those that join after the last copy
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
        // Who comes after copies were given out joined after them, or an old copy would lack an old hand.
        if (ground.joined_column && last && !given[*ground.joined_column]) {
            Key256 key = subkey(c.keys().mark_key(), "sendh/joined/1", token);
            std::uint64_t word = 0;
            key_stream(key, std::span(&word, 1));
            const std::int64_t days = std::max<std::int64_t>(1, (today.value - last->value) / micros_per_day);
            const Micros date{last->value +
                              (1 + static_cast<std::int64_t>(below(word, static_cast<std::uint64_t>(days)))) *
                                  micros_per_day};
            latest_joined = std::max(latest_joined.value_or(date), date);
            given[*ground.joined_column] = date_like(ground.a_date, date, c.zone());
        }
        const auto drawn = ground.personas.draw(token, given);
        if (!drawn)
            return fault_at(row, "no row could be made up that is not a real person's",
                            "give the register's columns in the file");
        for (const std::size_t column : drawn->empty) ++left_empty[reg.columns[column]];
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
    if (latest_joined)
        out.notes.push_back("they join after the register's last copy: they come into copies of " +
                            iso_date(*latest_joined, c.zone()) + " and later");
    if (foreign > 0)
        out.notes.push_back(
            grouped(foreign) +
            " stand in number series in which nobody of the register has a number: they may be "
            "told from the others by that");
    for (const auto& [column, rows] : left_empty)
        out.notes.push_back("nothing could be made up for column '" + column + "' of " + grouped(rows) +
                            " canaries; give it in the file, or leave the column out of copies");
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

Result<CanaryRecord> set_canary_state(Case& c, const std::string& which, const std::string& state,
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
        canary.state = state;
        canary.since = now();
        canary.reason = clean;
        SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
        SENDH_CHECK(c.catalogue().set_canary_state(canary.id, state, canary.since, clean));
        SENDH_CHECK(
            c.log("canary_state",
                  {{"canary", "N" + std::to_string(canary.id)}, {"state", state}, {"reason", clean}}));
        SENDH_CHECK(c.commit(transaction));
        return canary;
    }
    return Fault{FaultKind::missing, "no such canary: '" + without_numbers(which) + "'", "",
                 "sendh canary list shows them"};
}

}  // namespace sendh
