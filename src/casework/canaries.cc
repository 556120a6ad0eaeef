#include "casework/canaries.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/progress.h"
#include "base/text.h"
#include "casework/canary_rows.h"
#include "casework/copies.h"
#include "casework/import_shared.h"
#include "casework/people_rows.h"
#include "casework/registers.h"
#include "crypto/digest.h"
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
    PeopleRows people;
    std::unordered_map<std::string, std::int64_t> tokens;  // of its entries
    std::set<BlockId> series;                              // of 100,000 numbers, in which it has any
    std::optional<std::size_t> joined_column;              // whose cells are the dates of joining
    std::vector<PhoneColumn> phones;                       // for each column
};

constexpr const char* left_over = "left over: nobody of the register has so few numbers";

Result<std::vector<std::string>> open_cells(Case& c, const std::string& sealed, std::size_t columns,
                                            const Place& place) {
    SENDH_TRY(const std::string text, c.open_text(sealed, "attributes", place));
    auto cells = split_cells(text);
    cells.resize(columns);
    return cells;
}

Result<Ground> lay_ground(Case& c, const RegisterRecord& reg, const std::vector<CanaryRecord>& known) {
    const std::size_t columns = reg.columns.size();
    std::optional<std::size_t> person;
    for (std::size_t i = 0; i < columns && !reg.person_column.empty(); ++i) {
        if (column_key(reg.columns[i]) == column_key(reg.person_column)) person = i;
    }
    Ground g{Personas(subkey(c.keys().mark_key(), "sendh/personas/2", reg.name), columns, reg.entries),
             PeopleRows(subkey(c.keys().mark_key(), "sendh/people-rows/1", reg.name), person, c.region(),
                        reg.entries),
             {},
             {},
             {},
             std::vector<PhoneColumn>(columns)};
    const Micros today = now();
    std::vector<bool> may_be_joined(columns, true);
    bool any_joined = false;
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
        if (g.people.add(cells)) {
            g.personas.add(std::move(cells));
        } else {
            g.personas.avoid(std::move(cells));
        }
        return done();
    }));
    for (const CanaryRecord& canary : known) {
        if (canary.register_id != reg.id) continue;
        SENDH_TRY(auto cells, open_cells(c, canary.sealed_attributes, columns, Place::of_canary(canary.id)));
        g.personas.avoid(std::move(cells));
    }
    g.personas.end();
    g.people.end();
    const auto at = std::find(may_be_joined.begin(), may_be_joined.end(), true);
    if (any_joined && at != may_be_joined.end())
        g.joined_column = static_cast<std::size_t>(at - may_be_joined.begin());
    return g;
}

// A number that comes in, and what is given of its row.
struct NewCanary {
    const ListRow* row = nullptr;
    CanaryRecord record;
    std::vector<std::optional<std::string>> given;
};

// Which numbers are one persona's: those of which FILE says the same, if it says what tells people apart;
// else as many as people have, drawn among those of which it says the same. `rest`: those that are too few.
std::vector<std::vector<std::size_t>> share_out(const Key256& key, const std::vector<NewCanary>& canaries,
                                                Ground& ground, std::vector<std::size_t>& rest) {
    struct Alike {
        std::vector<std::size_t> numbers;
        bool tells_apart = false;
    };
    std::map<std::string, Alike> all;
    for (std::size_t i = 0; i < canaries.size(); ++i) {
        std::string said;
        bool tells_apart = false;
        for (std::size_t k = 0; k < canaries[i].given.size(); ++k) {
            const auto& cell = canaries[i].given[k];
            if (ground.phones[k].is_one()) continue;
            said += (cell ? "=" + *cell : "") + '\x1f';
            tells_apart = tells_apart || (cell && !cell->empty() && ground.personas.is_varied(k));
        }
        Alike& alike = all[said];
        alike.numbers.push_back(i);
        alike.tells_apart = tells_apart;
    }
    std::vector<std::vector<std::size_t>> out;
    for (auto& [said, alike] : all) {
        std::vector<std::size_t>& numbers = alike.numbers;
        if (alike.tells_apart && numbers.size() <= ground.people.most()) {
            out.push_back(std::move(numbers));
            continue;
        }
        if (ground.people.most() > 1) {  // neighbours in the file may be neighbours as numbers
            const auto place = [&](std::size_t i) {
                return keyed_hash(key, text_of(canaries[i].record.token));
            };
            std::sort(numbers.begin(), numbers.end(),
                      [&](std::size_t x, std::size_t y) { return place(x) < place(y); });
        }
        for (std::size_t from = 0; from < numbers.size();) {
            const std::size_t left = numbers.size() - from;
            const auto size = ground.people.next(left);
            const auto at = numbers.begin() + static_cast<std::ptrdiff_t>(from);
            from += size.value_or(left);
            std::vector<std::size_t> some(at, numbers.begin() + static_cast<std::ptrdiff_t>(from));
            std::sort(some.begin(), some.end());
            if (!size) rest.insert(rest.end(), some.begin(), some.end());
            out.push_back(std::move(some));
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

// The further row of a persona: his cells, but where rows of somebody who has as many differ.
std::vector<std::optional<std::string>> further_row(const std::vector<std::string>& first,
                                                    const PeopleRows::Rows* model, std::size_t row,
                                                    const Personas& personas) {
    std::vector<std::optional<std::string>> out(first.begin(), first.end());
    for (std::size_t k = 0; model != nullptr && k < out.size(); ++k) {
        if ((*model)[row][k] == model->front()[k]) continue;
        out[k] = personas.is_varied(k) ? std::nullopt : std::optional((*model)[row][k]);
    }
    return out;
}

Done log_state(Case& c, const CanaryRecord& canary) {
    return c.log(
        "canary_state",
        {{"canary", "N" + std::to_string(canary.id)}, {"state", canary.state}, {"reason", canary.reason}});
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
    std::vector<NewCanary> added;
    std::map<std::string, std::uint64_t> left_empty;
    std::map<std::string, std::uint64_t> beyond, own_number, no_number;  // by column
    const Micros today = now();
    std::uint64_t foreign = 0;  // to the register's series
    for (const ListRow& row : read.list.rows) {
        NewCanary& one = added.emplace_back();
        one.row = &row;
        CanaryRecord& canary = one.record;
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
        one.given.resize(reg.columns.size());
        for (std::size_t i = 0; i < one.given.size(); ++i) {
            if (const auto at = read.list.column({column_key(reg.columns[i])})) one.given[i] = row.cells[*at];
        }
    }
    const Key256 key = subkey(c.keys().mark_key(), "sendh/personas/numbers/1", reg.name);
    std::vector<std::size_t> rest;
    const auto personas = share_out(key, added, ground, rest);
    const auto settle = [&](NewCanary& one, const std::vector<std::string>& cells) -> Done {
        if (ground.joined_column) {
            SENDH_TRY(one.record.joined,
                      parse_date_cell(cells[*ground.joined_column], c.zone(),
                                      read.record.name + ":" + std::to_string(one.row->line)));
        }
        one.record.sealed_attributes = c.seal_text(joined_cells(cells), "attributes");
        return done();
    };
    const auto draw =
        [&](NewCanary& one,
            const std::vector<std::optional<std::string>>& given) -> Result<std::vector<std::string>> {
        const auto drawn = ground.personas.draw(text_of(one.record.token), given);
        if (!drawn)
            return fault_at(*one.row, "no row could be made up that is not a real person's",
                            "give the register's columns in the file");
        for (const std::size_t column : drawn->empty) ++left_empty[reg.columns[column]];
        for (const std::size_t column : drawn->beyond) ++beyond[reg.columns[column]];
        SENDH_CHECK(settle(one, drawn->cells));
        return drawn->cells;
    };
    for (std::size_t p = 0; p < personas.size(); ++p) {
        const std::vector<std::size_t>& numbers = personas[p];
        NewCanary& first = added[numbers.front()];
        const PeopleRows::Rows* model =
            ground.people.model(numbers.size(), keyed_hash(key, "model " + text_of(first.record.token)));
        auto given = first.given;
        // Numbers that are each one person's: never a stranger's. The canary's own where everybody has one,
        // so that calls to it are calls to this canary.
        for (std::size_t i = 0; i < given.size(); ++i) {
            const PhoneColumn& phone = ground.phones[i];
            if (given[i] || !phone.is_one() || !ground.personas.is_varied(i)) continue;
            given[i] = phone.empty > 0 ? "" : phone_like(phone.sample, first.row->number);
            (phone.empty > 0 ? no_number : own_number)[reg.columns[i]] += numbers.size();
        }
        for (std::size_t i = 0; model != nullptr && i < given.size(); ++i) {
            const bool differs = std::any_of(model->begin(), model->end(), [&](const auto& cells) {
                return cells[i] != model->front()[i];
            });
            if (differs && !given[i] && !ground.personas.is_varied(i)) given[i] = model->front()[i];
        }
        SENDH_TRY(const auto cells, draw(first, given));
        for (std::size_t k = 1; k < numbers.size(); ++k) {
            NewCanary& one = added[numbers[k]];
            one.record.persona = first.record.persona = static_cast<std::int64_t>(p) + 1;
            auto further = further_row(cells, model, k, ground.personas);
            for (std::size_t i = 0; i < further.size(); ++i) {
                if (one.given[i] || ground.phones[i].is_one()) further[i] = cells[i];
            }
            if (std::find(further.begin(), further.end(), std::nullopt) != further.end()) {
                SENDH_CHECK(draw(one, further));
                continue;
            }
            std::vector<std::string> own;
            for (const auto& cell : further) own.push_back(*cell);
            SENDH_CHECK(settle(one, own));
        }
    }
    for (const std::size_t i : rest) {
        added[i].record.state = "resting";
        added[i].record.reason = left_over;
    }
    std::vector<CanaryRecord> canaries;
    for (const NewCanary& one : added) canaries.push_back(one.record);
    ImportedList out;
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    SENDH_TRY(out.reject_counts, store_list_file(c, read.record, read.list));
    SENDH_CHECK(c.catalogue().add_canaries(canaries));
    SENDH_CHECK(check_interrupt(untouched));
    SENDH_CHECK(log_file(c, "canaries_added", read.record, {{"register", reg.name}}));
    if (!rest.empty()) {
        SENDH_TRY(const auto all, c.catalogue().canaries());
        for (const CanaryRecord& canary : all) {
            if (canary.added_at == today && canary.reason == left_over) SENDH_CHECK(log_state(c, canary));
        }
    }
    SENDH_CHECK(c.commit(transaction));
    out.record = read.record;
    SENDH_TRY(const bool copied, any_copy(c, reg.id));
    if (copied)
        out.notes.emplace_back(
            "who has a copy already gets only those of them that joined since, and only among enough other "
            "new "
            "rows; new recipients get them like any");
    if (ground.people.most() > 1)
        out.notes.push_back("some people have several numbers: these are the numbers of " +
                            grouped(personas.size() - (rest.empty() ? 0 : 1)) +
                            " made-up people, each of whom counts as one canary when a copy is to be named");
    if (!rest.empty())
        out.notes.push_back(grouped(rest.size()) +
                            " rest, because nobody of the register has so few numbers: add them with more");
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
        care.persona = "N" + std::to_string(record.persona);
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
    SENDH_TRY(const Day today, day_of(c, ""));
    for (const RegisterRecord& reg : registers) {
        SENDH_TRY(const auto rows, canary_rows(c, reg, pool, today));
        for (const CanaryRow& row : rows) {
            if (row.out == CanaryRow::Out::person_taken)
                warn(row.record.token,
                     "stays out of copies: somebody of the register has its '" + reg.person_column + "'");
            if (row.out == CanaryRow::Out::value_gone)
                warn(row.record.token, "stays out of copies: nobody has its '" +
                                           reg.columns[row.column.value_or(0)] + "' any more");
        }
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

Result<ChangedCanaries> set_canary_state(Case& c, const std::string& which, const std::string& state,
                                         const std::string& reason) {
    const std::string clean = without_numbers(trim(reason));
    SENDH_TRY(const auto pool, c.catalogue().canaries());
    std::optional<Token> token;
    const ParsedNumber parsed = parse_number(which, c.region());
    if (is_dialable(parsed.number_class)) token = c.tokeniser().seal(parsed.number);
    const auto named = std::find_if(pool.begin(), pool.end(), [&](const CanaryRecord& canary) {
        return lower_ascii(which) == "n" + std::to_string(canary.id) || (token && canary.token == *token);
    });
    if (named == pool.end())
        return Fault{FaultKind::missing, "no such canary: '" + without_numbers(which) + "'", "",
                     "sendh canary list shows them"};
    if (named->state == state)
        return Fault{FaultKind::usage, "canary N" + std::to_string(named->id) + " is " + state + " already",
                     "", "nothing to do; " + std::string(untouched)};
    ChangedCanaries out;
    if (named->state == "burnt") {
        out.note = "canary N" + std::to_string(named->id) + " was burnt on " +
                   iso_date(named->since, c.zone()) +
                   (named->reason.empty() ? ", without a reason" : ": '" + named->reason + "'");
        if (clean.empty())
            return Fault{FaultKind::usage, out.note, "--reason",
                         "say why its calls shall count as evidence again; " + std::string(untouched)};
        out.note += "; its calls count as evidence again, those from before, too";
    }
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    for (CanaryRecord canary : pool) {
        if (canary.persona != named->persona) continue;
        canary.state = state;
        canary.since = now();
        canary.reason = clean;
        SENDH_CHECK(c.catalogue().set_canary_state(canary.id, state, canary.since, clean));
        SENDH_CHECK(log_state(c, canary));
        out.records.push_back(std::move(canary));
    }
    SENDH_CHECK(c.commit(transaction));
    return out;
}

}  // namespace sendh
