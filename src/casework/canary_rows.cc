#include "casework/canary_rows.h"

#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "casework/import_shared.h"
#include "registers/number_list.h"

namespace sendh {

namespace {

constexpr std::size_t most_told = 10;

using Texts = std::unordered_map<std::string, std::uint64_t>;
using Numbers = std::unordered_map<Token, std::size_t, TokenHash>;  // of canaries, by index

std::vector<std::string> cells_of(std::string_view joined, std::size_t columns) {
    auto cells = split_cells(std::string(joined));
    cells.resize(columns);
    return cells;
}

std::optional<std::size_t> person_column(const RegisterRecord& reg) {
    for (std::size_t i = 0; !reg.person_column.empty() && i < reg.columns.size(); ++i) {
        if (column_key(reg.columns[i]) == column_key(reg.person_column)) return i;
    }
    return std::nullopt;
}

// What of the canaries' rows was seen in fewer rows of the day than theirs.
struct Unseen {
    std::vector<Texts> values, forms;  // by column

    Unseen(const std::vector<CanaryRow>& rows, std::size_t columns) : values(columns), forms(columns) {
        for (const CanaryRow& row : rows) {
            for (std::size_t i = 0; i < columns; ++i) {
                ++values[i][row.first[i]];
                forms[i][form_of(row.first[i])] = 1;
            }
        }
    }
    void see(const std::vector<std::string>& cells) {
        const auto take = [](Texts& texts, const std::string& text) {
            const auto at = texts.find(text);
            if (at != texts.end() && --at->second == 0) texts.erase(at);
        };
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (!values[i].empty()) take(values[i], cells[i]);
            if (!forms[i].empty()) take(forms[i], form_of(cells[i]));
        }
    }
    void settle(const std::vector<bool>& shared) {
        for (std::size_t i = 0; i < values.size(); ++i) (shared[i] ? forms : values)[i].clear();
    }
    [[nodiscard]] bool empty() const {
        const auto none = [](const Texts& texts) { return texts.empty(); };
        return std::all_of(values.begin(), values.end(), none) &&
               std::all_of(forms.begin(), forms.end(), none);
    }
};

// Of a persona with several numbers one tells of all.
void join_personas(std::vector<CanaryRow>& rows) {
    std::unordered_map<std::int64_t, const CanaryRow*> out;
    for (const CanaryRow& row : rows) {
        if (row.out != CanaryRow::Out::no) out.emplace(row.record.persona, &row);
    }
    for (CanaryRow& row : rows) {
        const auto at = out.find(row.record.persona);
        if (row.out != CanaryRow::Out::no || at == out.end()) continue;
        row.out = at->second->out;
        row.column = at->second->column;
    }
}

Done find_taken_elsewhere(Case& c, const RegisterRecord& reg, const Numbers& numbers,
                          std::vector<CanaryRow>& rows) {
    SENDH_TRY(const auto registers, c.catalogue().registers());
    for (const RegisterRecord& other : registers) {
        if (other.id == reg.id) continue;
        SENDH_CHECK(c.catalogue().scan_entries(other.id, [&](const EntryRecord& entry) {
            const auto at = numbers.find(entry.token);
            if (at != numbers.end() && !never_held(entry.joined, entry.left))
                rows[at->second].out = CanaryRow::Out::number_taken;
            return done();
        }));
    }
    return done();
}

// The first day of what was said of the register after this canary came in.
Micros goes_along_from(const std::vector<RegisterChange>& changes, const CanaryRecord& canary) {
    for (const RegisterChange& change : changes) {
        if (change.kind == "updated" && change.made_at >= canary.added_at && change.date) return *change.date;
    }
    return Micros{std::numeric_limits<std::int64_t>::max()};
}

// Moves the rows along with the register's history.
Done follow(Case& c, const RegisterRecord& reg, const std::vector<RegisterChange>& changes, const Day& day,
            const std::vector<bool>& shared, std::vector<CanaryRow>& rows) {
    const auto person = person_column(reg);
    ValueMoves moves(shared);
    SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) -> Done {
        if (never_held(entry.joined, entry.left)) return done();
        SENDH_TRY(const std::string text,
                  c.open_text(entry.sealed_attributes, "attributes", Place::of_entry(reg, entry.row)));
        const auto cells = cells_of(text, reg.columns.size());
        if (entry.joined && *entry.joined >= day.to) {
            moves.add_later(cells);
            return done();
        }
        std::string who = person ? cells[*person] : "";
        if (who.empty()) who = "\x01" + std::string(entry.token.bytes.begin(), entry.token.bytes.end());
        const bool over = entry.left && *entry.left <= day.from;
        moves.add(who, entry.joined, over ? entry.left : std::nullopt, cells);
        return done();
    }));
    moves.end();
    for (CanaryRow& row : rows) {
        ValueMoves::Followed followed = moves.follow(row.first, goes_along_from(changes, row.record));
        row.versions = std::move(followed.versions);
        if (!followed.gone || row.out != CanaryRow::Out::no) continue;
        row.out = CanaryRow::Out::value_gone;
        row.column = followed.gone;
    }
    return done();
}

}  // namespace

const std::vector<std::string>& CanaryRow::cells_on(const Day& day) const {
    const std::vector<std::string>* then = &first;
    for (const auto& [since, cells_since] : versions) {
        if (since < day.to) then = &cells_since;
    }
    return *then;
}

Result<std::vector<CanaryRow>> canary_rows(Case& c, const RegisterRecord& reg,
                                           const std::vector<CanaryRecord>& pool, const Day& day) {
    const std::size_t columns = reg.columns.size();
    std::vector<CanaryRow> rows;
    Numbers numbers;
    std::unordered_map<std::string, std::vector<std::size_t>> people;
    const auto person = person_column(reg);
    Micros first_added = now();
    for (const CanaryRecord& canary : pool) {
        if (canary.register_id != reg.id) continue;
        SENDH_TRY(const std::string text,
                  c.open_text(canary.sealed_attributes, "attributes", Place::of_canary(canary.id)));
        CanaryRow row;
        row.record = canary;
        row.first = cells_of(text, columns);
        numbers.emplace(canary.token, rows.size());
        if (person && !row.first[*person].empty()) people[row.first[*person]].push_back(rows.size());
        first_added = std::min(first_added, canary.added_at);
        rows.push_back(std::move(row));
    }
    if (rows.empty()) return rows;
    SENDH_TRY(const auto changes, c.catalogue().changes(reg.id));
    // Before they came in, nobody had what tells people apart.
    const bool ask_people = std::any_of(changes.begin(), changes.end(), [&](const RegisterChange& change) {
        return change.kind == "updated" && change.made_at >= first_added;
    });
    if (!ask_people) people.clear();

    Unseen unseen(rows, columns);
    SharedColumns sample(columns);
    std::vector<bool> shared;
    bool others = false;  // rows that are none of the day
    SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) -> Done {
        if (never_held(entry.joined, entry.left)) return done();
        if (const auto at = numbers.find(entry.token); at != numbers.end())
            rows[at->second].out = CanaryRow::Out::number_taken;
        const bool on_day = day.has(entry.joined, entry.left);
        others = others || !on_day;
        if (people.empty() && !(on_day && (shared.empty() || !unseen.empty()))) return done();
        SENDH_TRY(const std::string text,
                  c.open_text(entry.sealed_attributes, "attributes", Place::of_entry(reg, entry.row)));
        const auto cells = cells_of(text, columns);
        if (!people.empty()) {
            const auto at = people.find(cells[*person]);
            for (std::size_t k = 0; at != people.end() && k < at->second.size(); ++k) {
                CanaryRow& row = rows[at->second[k]];
                if (row.out == CanaryRow::Out::no) row.out = CanaryRow::Out::person_taken;
            }
        }
        if (!on_day || (!shared.empty() && unseen.empty())) return done();
        unseen.see(cells);
        if (!shared.empty()) return done();
        sample.add(cells);
        if (!sample.full()) return done();
        shared = sample.shared();
        unseen.settle(shared);
        return done();
    }));
    if (shared.empty()) {
        shared = sample.shared();
        unseen.settle(shared);
    }
    SENDH_CHECK(find_taken_elsewhere(c, reg, numbers, rows));
    // A value that all have left for another may be seen all the same: others may have come to it.
    if (others && (ask_people || !unseen.empty())) SENDH_CHECK(follow(c, reg, changes, day, shared, rows));
    join_personas(rows);
    return rows;
}

std::string named_canaries(const std::vector<std::int64_t>& ids) {
    std::string out;
    for (std::size_t i = 0; i < std::min(ids.size(), most_told); ++i)
        out += (i == 0 ? "N" : ", N") + std::to_string(ids[i]);
    if (ids.size() > most_told) out += " and " + grouped(ids.size() - most_told) + " more";
    return out;
}

Result<std::vector<std::string>> notes_on_canaries(Case& c, const RegisterRecord& reg,
                                                   const std::vector<CanaryRecord>& pool, const Day& day,
                                                   const EachRow& there, const EachRow& coming) {
    std::vector<std::string> out;
    const auto tell_taken = [&](const std::vector<std::int64_t>& ids, const std::string& what) {
        if (ids.empty()) return;
        out.push_back(
            what + " of " + grouped(ids.size()) + (ids.size() == 1 ? " canary (" : " canaries (") +
            named_canaries(ids) +
            "), which stay out of every copy from now on: `sendh canary burn` says so of them for good");
    };
    std::unordered_set<Token, TokenHash> numbers;
    std::unordered_set<std::string> people;
    coming([&](const RowOfUpdate& row) {
        if (row.number) numbers.insert(*row.number);
        if (!row.newcomer.empty()) people.emplace(row.newcomer);
    });
    std::vector<std::int64_t> taken;
    for (const CanaryRecord& canary : pool) {
        if (numbers.contains(canary.token)) taken.push_back(canary.id);
    }
    tell_taken(taken, "with it come in the numbers");
    SENDH_TRY(const auto rows, canary_rows(c, reg, pool, day));
    if (rows.empty()) return out;
    if (const auto person = person_column(reg)) {
        taken.clear();
        for (const CanaryRow& row : rows) {
            if (people.contains(row.first[*person])) taken.push_back(row.record.id);
        }
        tell_taken(taken, "people come in with the '" + reg.columns[*person] + "'");
    }

    const std::size_t columns = reg.columns.size();
    SharedColumns sample(columns);
    there([&](const RowOfUpdate& row) {
        if (!sample.full()) sample.add(cells_of(row.cells, columns));
    });
    const std::vector<bool> shared = sample.shared();
    ValueMoves moves(shared);
    for (const EachRow* rows_of : {&there, &coming}) {
        (*rows_of)([&](const RowOfUpdate& row) {
            moves.add(row.person, row.began, row.ended, cells_of(row.cells, columns));
        });
    }
    moves.end();
    struct Fate {
        std::vector<std::int64_t> go_along, stay_out;
        std::string to;
    };
    std::map<std::pair<std::size_t, std::string>, Fate> fates;  // by column and value
    for (const CanaryRow& row : rows) {
        if (row.out != CanaryRow::Out::no) continue;
        const std::vector<std::string>& was = row.cells();
        const auto followed = moves.follow(was, Micros{std::numeric_limits<std::int64_t>::min() + 1});
        if (followed.gone) {
            const std::size_t column = *followed.gone;
            fates[{column, shared[column] ? was[column] : ""}].stay_out.push_back(row.record.id);
        } else if (!followed.versions.empty()) {
            const auto& is = followed.versions.back().second;
            for (std::size_t i = 0; i < columns; ++i) {
                if (is[i] == was[i]) continue;
                Fate& fate = fates[{i, was[i]}];
                fate.go_along.push_back(row.record.id);
                fate.to = is[i];
            }
        }
    }
    std::size_t told = 0;
    for (const auto& [what, fate] : fates) {
        const std::string column = "column '" + reg.columns[what.first] + "': ";
        if (++told > most_told) {
            out.push_back("and so with " + grouped(fates.size() - most_told) + " more values");
            break;
        }
        if (!fate.go_along.empty())
            out.push_back(column + "people went from '" + without_numbers(what.second) + "' to '" +
                          without_numbers(fate.to) + "', and " + grouped(fate.go_along.size()) +
                          " canaries with them");
        if (!fate.stay_out.empty())
            out.push_back(column +
                          (shared[what.first]
                               ? "nobody has '" + without_numbers(what.second) + "' any more; " +
                                     grouped(fate.stay_out.size()) + " canaries that have it"
                               : "it is written otherwise; " + grouped(fate.stay_out.size()) +
                                     " canaries that are not") +
                          " stay out of later copies: " + named_canaries(fate.stay_out));
    }
    return out;
}

}  // namespace sendh
