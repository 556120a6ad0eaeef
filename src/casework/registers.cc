#include "casework/registers.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/progress.h"
#include "base/text.h"
#include "casework/canary_rows.h"
#include "casework/import_shared.h"

namespace sendh {

namespace {

constexpr std::uint64_t fewest_rows_to_judge = 20;  // whether a column tells people apart
constexpr std::uint64_t most_numbers_of_a_person = 4;

Result<std::optional<std::size_t>> wanted_column(const NumberList& list, const std::string& wanted,
                                                 std::initializer_list<std::string_view> usual) {
    if (wanted.empty()) return list.column(usual);
    const std::string key = column_key(wanted);
    if (const auto at = list.column({key})) return at;
    const std::string near = nearest(wanted, list.columns);
    return Fault{FaultKind::input, "there is no column '" + without_numbers(wanted) + "'",
                 list.file_name + ":1", near.empty() ? "check the header" : "did you mean '" + near + "'?"};
}

Result<DateColumns> date_columns(const NumberList& list, const std::string& joined, const std::string& left) {
    DateColumns out;
    SENDH_TRY(out.from,
              wanted_column(list, joined, {"joined", "joiningdate", "dateofjoining", "joineddate"}));
    SENDH_TRY(out.to, wanted_column(list, left, {"left", "leavingdate", "dateofleaving", "leftdate"}));
    return out;
}

// A staff number and the like tells people apart; a post or an office does not.
Done check_person_column(const NumberList& list, std::optional<std::size_t> column) {
    if (!column) return done();
    std::unordered_set<std::string_view> people;
    std::uint64_t rows = 0;
    for (const ListRow& row : list.rows) {
        if (row.cells[*column].empty()) continue;
        ++rows;
        people.insert(row.cells[*column]);
    }
    if (rows < fewest_rows_to_judge || people.size() * most_numbers_of_a_person >= rows) return done();
    return Fault{
        FaultKind::input,
        "the column '" + without_numbers(list.columns[*column]) + "' tells nobody apart: " + grouped(rows) +
            " rows hold " + grouped(people.size()) + " different texts",
        list.file_name + ":1",
        "name one that each person has for himself, such as a staff number; " + std::string(untouched)};
}

std::string name_at(const NumberList& list, std::optional<std::size_t> column) {
    return column ? without_numbers(list.columns[*column]) : "";
}

// Columns besides the number's whose cells are mostly phone numbers.
std::string other_number_columns(const NumberList& list, Region home) {
    std::string out;
    for (std::size_t i = 0; i < list.columns.size(); ++i) {
        std::uint64_t filled = 0;
        std::uint64_t phones = 0;
        for (const ListRow& row : list.rows) {
            filled += !row.cells[i].empty();
            phones += is_phone_cell(row.cells[i], home);
        }
        if (phones * 2 > filled) out += (out.empty() ? "'" : ", '") + without_numbers(list.columns[i]) + "'";
    }
    return out;
}

// For each column of the register, where the file has it.
Result<std::vector<std::size_t>> matching_columns(const NumberList& list, const RegisterRecord& reg,
                                                  std::vector<std::string>& notes) {
    std::set<std::string> known;
    std::vector<std::size_t> out;
    std::string missing;
    std::string others;
    const auto add = [](std::string& to, const std::string& name) {
        to += (to.empty() ? "'" : ", '") + name + "'";
    };
    for (const std::string& column : reg.columns) {
        known.insert(column_key(column));
        std::size_t at = 0;
        while (at < list.columns.size() &&
               column_key(without_numbers(list.columns[at])) != column_key(column))
            ++at;
        if (at == list.columns.size()) add(missing, column);
        out.push_back(at);
    }
    if (!missing.empty()) {
        return Fault{FaultKind::input, "the file lacks columns of the register: " + missing,
                     list.file_name + ":1",
                     "a state needs all of them, or everybody would have changed; " + std::string(untouched)};
    }
    for (const std::string& column : list.columns) {
        if (!known.contains(column_key(without_numbers(column)))) add(others, without_numbers(column));
    }
    if (!others.empty())
        notes.push_back("not taken, because the register has no such column: " + others +
                        " (a register with other columns is added under another name)");
    return out;
}

std::optional<std::size_t> column_of(const RegisterRecord& reg, const std::string& name) {
    for (std::size_t i = 0; !name.empty() && i < reg.columns.size(); ++i) {
        if (column_key(reg.columns[i]) == column_key(name)) return i;
    }
    return std::nullopt;
}

// A person, or a person's number, as a key of maps.
std::string key_of(const StateRow& row) {
    return row.person.empty() ? "\x01" + std::to_string(unveil(row.number)) : row.person;
}
std::string number_key(const StateRow& row) {
    return key_of(row) + "\x02" + std::to_string(unveil(row.number));
}

// What the register holds, by the time of an update.
struct Present {
    std::vector<StateRow> rows;
    std::vector<EntryRecord> entries;         // of the rows, without their attributes
    std::unordered_set<std::string> earlier;  // people who have a row that ended before
};

Result<Present> present_of(Case& c, const RegisterRecord& reg, std::optional<std::size_t> person,
                           const Day& day) {
    Present out;
    SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) -> Done {
        const Place place = Place::of_entry(reg, entry.row);
        SENDH_TRY(const std::string text, c.open_text(entry.sealed_attributes, "attributes", place));
        auto cells = split_cells(text);
        cells.resize(reg.columns.size());
        StateRow row;
        SENDH_TRY(row.number, c.open_number(entry.token, place));
        if (person) row.person = cells[*person];
        const bool over = (entry.left && *entry.left <= day.from) || never_held(entry.joined, entry.left);
        if (over) {
            out.earlier.insert(key_of(row));
            return done();
        }
        row.cells = joined_cells(cells);
        out.rows.push_back(std::move(row));
        out.entries.push_back({entry.row, entry.token, entry.joined, entry.left, ""});
        return done();
    }));
    return out;
}

// The first of each kind. rows: of states, as the catalogue counts them.
template <class BeforeRow, class AfterRow>
std::vector<ChangedPerson> told(const Difference& d, const std::vector<StateRow>& before,
                                const std::vector<StateRow>& after, BeforeRow row_before,
                                AfterRow row_after) {
    std::vector<ChangedPerson> out;
    std::array<std::size_t, how_names.size()> told{};
    for (const Difference::Person& person : d.people) {
        if (told[static_cast<std::size_t>(person.how)]++ >= most_people_told) continue;
        ChangedPerson& one = out.emplace_back();
        one.how = person.how;
        if (person.was) {
            one.row_before = row_before(*person.was);
            one.number_before = before[*person.was].number;
        }
        if (person.is) {
            one.row_after = row_after(*person.is);
            one.number_after = after[*person.is].number;
        }
    }
    return out;
}

// The date of the newest state that the register is known in.
Result<std::optional<Micros>> last_state(Case& c, const RegisterRecord& reg) {
    SENDH_TRY(const auto changes, c.catalogue().changes(reg.id));
    std::optional<Micros> last;
    for (const RegisterChange& change : changes) {
        if (change.kind != "erased" && change.date && (!last || *change.date > *last)) last = change.date;
    }
    return last;
}

Result<Day> day_of_update(Case& c, const RegisterRecord& reg, const std::string& date) {
    SENDH_TRY(Day day, day_of(c, date));
    SENDH_CHECK(refuse_future(day));
    SENDH_TRY(const auto last, last_state(c, reg));
    if (last && day.from < *last)
        return Fault{FaultKind::usage,
                     "the register is known as of " + iso_date(*last, c.zone()) +
                         " already; an earlier state would change what it was since",
                     "--date", "give states in their order; " + std::string(untouched)};
    return day;
}

}  // namespace

Result<RegisterRecord> find_register(Case& c, const std::string& name, const char* flag) {
    SENDH_TRY(const auto registers, c.catalogue().registers());
    std::vector<std::string> names;
    std::string known;
    for (const RegisterRecord& r : registers) {
        if (r.name == name) return r;
        names.push_back(r.name);
        known += (known.empty() ? "" : ", ") + r.name;
    }
    if (registers.empty())
        return Fault{FaultKind::missing, "the case has no register", "",
                     "add one: sendh register add FILE --name NAME"};
    if (name.empty())
        return Fault{FaultKind::usage, "no register was named", "",
                     std::string("say which with ") + flag + " NAME; the case has: " + known};
    const std::string near = nearest(name, names);
    return Fault{FaultKind::missing, "no register is called '" + without_numbers(name) + "'", "",
                 (near.empty() ? "" : "did you mean '" + near + "'? ") + "the case has: " + known};
}

Result<RegisterRecord> register_or_only(Case& c, const std::string& name) {
    if (name.empty()) {
        SENDH_TRY(const auto registers, c.catalogue().registers());
        if (registers.size() == 1) return registers.front();
    }
    return find_register(c, name);
}

Result<Day> day_of(Case& c, const std::string& date) {
    std::optional<Micros> instant = now();
    if (!date.empty()) {
        SENDH_TRY(instant, parse_date_cell(date, c.zone(), "--date"));
    }
    return day_at(instant.value_or(now()), c.zone());
}

Done refuse_future(const Day& day) {
    if (day.from <= now()) return done();
    return Fault{FaultKind::usage, "the date lies in the future: " + day.date, "--date",
                 "give today's or an earlier one; " + std::string(untouched)};
}

Result<std::string> day_of_deletion(Case& c, const std::string& date, const std::string& copy_date) {
    SENDH_TRY(const auto instant, parse_date_cell(date, c.zone(), "--delete-by"));
    if (!instant) return std::string();
    std::string day = iso_date(*instant, c.zone());
    if (day < copy_date)
        return Fault{
            FaultKind::usage,
            "it would have to be deleted before it was given: " + day + ", and the copy is of " + copy_date,
            "--delete-by", "give a later date; " + std::string(untouched)};
    return day;
}

Result<ImportedList> add_register(Case& c, const std::filesystem::path& path, const ListImport& how) {
    SENDH_TRY(const std::string name, clean_name(how.name, "register"));
    SENDH_TRY(const auto registers, c.catalogue().registers());
    if (std::any_of(registers.begin(), registers.end(), [&](const auto& r) { return r.name == name; })) {
        return Fault{FaultKind::usage, "there is a register called '" + name + "' already", "",
                     "sendh register update brings it to a newer state; else choose another name; " +
                         std::string(untouched)};
    }
    RegisterChange change;
    change.kind = "added";
    if (!how.date.empty()) {
        SENDH_TRY(const Day day, day_of_update(c, {}, how.date));
        change.date = day.from;
    }
    SENDH_TRY(ReadList read, read_list(c, path, "register", how, [&](const NumberList& list) {
                  return date_columns(list, how.joined_column, how.left_column);
              }));
    std::optional<std::size_t> person;
    if (!how.person_column.empty()) {
        SENDH_TRY(person, wanted_column(read.list, how.person_column, {}));
    }
    SENDH_CHECK(check_person_column(read.list, person));
    const std::vector<Token> tokens = tokens_of(c, read.list);
    std::vector<EntryRecord> entries;
    std::vector<StateRow> people;
    for (std::size_t i = 0; i < read.list.rows.size(); ++i) {
        const ListRow& row = read.list.rows[i];
        EntryRecord entry;
        entry.row = static_cast<std::int64_t>(i);
        entry.token = tokens[i];
        SENDH_TRY(const RowDates d, dates_of(row, read.list, read.dates, c.zone()));
        entry.joined = d.from;
        entry.left = d.to;
        entry.sealed_attributes = c.seal_text(joined_cells(row.cells), "attributes");
        entries.push_back(std::move(entry));
        people.push_back({person ? row.cells[*person] : "", row.number, ""});
    }
    change.joined = difference({}, people).joined;
    RegisterRecord record;
    record.name = name;
    for (const std::string& column : read.list.columns) record.columns.push_back(without_numbers(column));
    record.joined_column = name_at(read.list, read.dates.from);
    record.left_column = name_at(read.list, read.dates.to);
    record.person_column = name_at(read.list, person);
    record.added_at = change.made_at = now();
    ImportedList out;
    out.notes = read.notes;
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    SENDH_TRY(out.reject_counts, store_list_file(c, read.record, read.list));
    SENDH_TRY(const std::int64_t id, c.catalogue().add_register(record, entries));
    SENDH_CHECK(c.catalogue().add_change(id, change));
    SENDH_CHECK(check_interrupt(untouched));
    SENDH_CHECK(log_file(c, "register_added", read.record, {{"register", name}}));
    SENDH_CHECK(c.commit(transaction));
    out.record = read.record;
    SENDH_TRY(const auto pool, c.catalogue().canaries());
    if (!pool.empty()) {
        const EachRow none = [](const auto&) {};
        const EachRow coming = [&](const auto& take) {
            for (const Token& token : tokens) take({{}, {}, {}, {}, token, {}});
        };
        RegisterRecord fresh = record;
        fresh.id = id;
        SENDH_TRY(auto notes, notes_on_canaries(c, fresh, pool, day_at(now(), c.zone()), none, coming));
        std::move(notes.begin(), notes.end(), std::back_inserter(out.notes));
    }
    if (const std::string others = other_number_columns(read.list, c.region()); !others.empty())
        out.notes.push_back("more phone numbers stand in " + others +
                            ": kept as attributes, calls to them are not seen; to have them seen, give each "
                            "person a further row with that number in the column of numbers");
    return out;
}

std::string RegisterUpdate::text() const {
    std::string out = grouped(people.joined) + " joined, " + grouped(people.left) + " left";
    if (people.changed_number > 0) out += ", " + grouped(people.changed_number) + " changed number";
    if (people.changed_other > 0) out += ", " + grouped(people.changed_other) + " changed other columns";
    out += "; " + grouped(people.unchanged) + " as before";
    if (names_person) out += "; people are told apart by '" + reg.person_column + "' from now on";
    return out;
}

Result<RegisterUpdate> plan_update(Case& c, const std::filesystem::path& path, const ListImport& how) {
    RegisterUpdate out;
    SENDH_TRY(out.reg, find_register(c, how.name, "--name"));
    SENDH_TRY(out.date, day_of_update(c, out.reg, how.date));
    const auto or_known = [](const std::string& given, const std::string& known) {
        return given.empty() ? known : given;
    };
    SENDH_TRY(out.read, read_list(c, path, "register", how, [&](const NumberList& list) {
                  return date_columns(list, or_known(how.joined_column, out.reg.joined_column),
                                      or_known(how.left_column, out.reg.left_column));
              }));
    out.notes = out.read.notes;
    const NumberList& list = out.read.list;
    SENDH_TRY(const auto columns, matching_columns(list, out.reg, out.notes));
    if (!how.person_column.empty()) {
        SENDH_TRY(const auto at, wanted_column(list, how.person_column, {}));
        const std::string named = name_at(list, at);
        out.names_person = column_key(named) != column_key(out.reg.person_column);
        out.reg.person_column = named;
    }
    const std::optional<std::size_t> person = column_of(out.reg, out.reg.person_column);
    if (!person && !out.reg.person_column.empty())
        return Fault{FaultKind::input, "the register has no column '" + out.reg.person_column + "'",
                     "--person-column", "people are told apart by one that the register has"};
    SENDH_CHECK(check_person_column(list, person ? std::optional(columns[*person]) : std::nullopt));

    SENDH_TRY(const auto last, last_state(c, out.reg));
    const Micros day = out.date.from;
    // Nothing that is said of a day on which the register is known changes it.
    const auto not_before_last = [&](Micros date) {
        return last ? std::max(date, std::min(Micros{last->value + micros_per_day}, day)) : date;
    };
    SENDH_TRY(const Present present, present_of(c, out.reg, person, out.date));

    std::vector<StateRow> after;
    std::vector<RowDates> after_dates;
    std::unordered_set<std::string> still;              // numbers of people
    std::unordered_map<std::string, Micros> said_left;  // numbers of people whom the file says to have left
    std::uint64_t nobody = 0;                           // rows without a person's key
    for (const ListRow& row : list.rows) {
        SENDH_TRY(const RowDates d, dates_of(row, list, out.read.dates, c.zone()));
        std::vector<std::string> cells;
        for (const std::size_t column : columns) cells.push_back(row.cells[column]);
        StateRow state{person ? cells[*person] : "", row.number, joined_cells(cells)};
        if (person && state.person.empty()) ++nobody;
        if (d.to && *d.to <= day) {
            said_left[number_key(state)] = *d.to;
            continue;
        }
        still.insert(number_key(state));
        after.push_back(std::move(state));
        after_dates.push_back(d);
    }
    out.people = difference(present.rows, after);

    for (const std::size_t i : out.people.ended) {
        const EntryRecord& entry = present.entries[i];
        const std::string key = number_key(present.rows[i]);
        const auto said = said_left.find(key);
        const bool own_date = said != said_left.end() && !still.contains(key);
        const Micros left = own_date ? not_before_last(said->second) : day;
        out.ended.emplace_back(entry.row, std::max(left, entry.joined.value_or(left)));
    }
    SENDH_TRY(std::int64_t next, c.catalogue().next_row(out.reg.id));
    for (const Difference::Begun& begun : out.people.begun) {
        const StateRow& row = after[begun.row];
        EntryRecord entry;
        entry.row = next++;
        entry.token = c.tokeniser().seal(row.number);
        entry.joined = day;
        // His own date counts for somebody who was never here.
        if (begun.newcomer && !present.earlier.contains(key_of(row)))
            entry.joined = not_before_last(after_dates[begun.row].from.value_or(day));
        entry.left = after_dates[begun.row].to;
        entry.sealed_attributes = c.seal_text(row.cells, "attributes");
        out.begun.push_back(std::move(entry));
    }
    std::unordered_map<std::size_t, std::int64_t> begun_rows;
    for (std::size_t i = 0; i < out.begun.size(); ++i) begun_rows[out.people.begun[i].row] = out.begun[i].row;
    out.who = told(
        out.people, present.rows, after, [&](std::size_t i) { return present.entries[i].row; },
        [&](std::size_t i) { return begun_rows.at(i); });
    if (!list.rejects.empty() && out.people.left + out.people.changed_number > 0)
        out.notes.emplace_back(
            "rows that were rejected count as not there: whoever stood in one may be among "
            "those who left or changed number");
    SENDH_TRY(const auto pool, c.catalogue().canaries());
    if (!pool.empty()) {
        const EachRow there = [&](const auto& take) {
            std::size_t ended = 0;
            for (std::size_t i = 0; i < present.rows.size(); ++i) {
                const bool over = ended < out.people.ended.size() && out.people.ended[ended] == i;
                const std::string key = key_of(present.rows[i]);
                take({key,
                      present.rows[i].cells,
                      present.entries[i].joined,
                      over ? std::optional(out.ended[ended++].second) : std::nullopt,
                      {},
                      {}});
            }
        };
        const EachRow coming = [&](const auto& take) {
            for (std::size_t k = 0; k < out.begun.size(); ++k) {
                const Difference::Begun& begun = out.people.begun[k];
                const StateRow& row = after[begun.row];
                const std::string key = key_of(row);
                take({key,
                      row.cells,
                      out.begun[k].joined,
                      {},
                      out.begun[k].token,
                      begun.newcomer ? std::string_view(row.person) : ""});
            }
        };
        SENDH_TRY(auto notes, notes_on_canaries(c, out.reg, pool, out.date, there, coming));
        std::move(notes.begin(), notes.end(), std::back_inserter(out.notes));
    }
    if (nobody > 0)
        out.notes.push_back(grouped(nobody) + " rows have no '" + out.reg.person_column +
                            "': they are told apart by their numbers");
    if (!person && out.people.joined > 0 && out.people.left > 0)
        out.notes.emplace_back(
            "who changed number counts as one who left and one who joined: --person-column, such as a staff "
            "number, tells them apart");
    return out;
}

Done apply_update(Case& c, const RegisterUpdate& u) {
    FileRecord file = u.read.record;
    RegisterChange change;
    change.kind = "updated";
    change.date = u.date.from;
    change.made_at = now();
    change.joined = u.people.joined;
    change.left = u.people.left;
    change.changed_number = u.people.changed_number;
    change.changed_other = u.people.changed_other;
    change.unchanged = u.people.unchanged;
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    SENDH_TRY(const auto rejects, store_list_file(c, file, u.read.list));
    for (const auto& [row, left] : u.ended) SENDH_CHECK(c.catalogue().end_entry(u.reg.id, row, left));
    SENDH_CHECK(c.catalogue().add_entries(u.reg.id, u.begun));
    SENDH_CHECK(c.catalogue().set_person_column(u.reg.id, u.reg.person_column));
    SENDH_CHECK(c.catalogue().add_change(u.reg.id, change));
    SENDH_CHECK(check_interrupt(untouched));
    SENDH_CHECK(log_file(c, "register_updated", file,
                         {{"register", u.reg.name},
                          {"date", u.date.date},
                          {"joined", change.joined},
                          {"left", change.left},
                          {"changed_number", change.changed_number},
                          {"changed_other", change.changed_other},
                          {"unchanged", change.unchanged}}));
    return c.commit(transaction);
}

Result<std::vector<ToldChange>> told_changes(Case& c, const RegisterRecord& reg) {
    SENDH_TRY(const auto changes, c.catalogue().changes(reg.id));
    std::vector<ToldChange> out;
    for (const RegisterChange& change : changes) out.push_back({change, {}});
    if (std::none_of(changes.begin(), changes.end(),
                     [](const auto& change) { return change.kind == "updated"; }))
        return out;
    const std::optional<std::size_t> person = column_of(reg, reg.person_column);
    std::vector<StateRow> rows;
    std::vector<EntryRecord> entries;  // of the rows, without their attributes
    SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) -> Done {
        StateRow row;
        const Place place = Place::of_entry(reg, entry.row);
        SENDH_TRY(row.cells, c.open_text(entry.sealed_attributes, "attributes", place));
        SENDH_TRY(row.number, c.open_number(entry.token, place));
        auto cells = split_cells(row.cells);
        cells.resize(reg.columns.size());
        if (person) row.person = cells[*person];
        rows.push_back(std::move(row));
        entries.push_back({entry.row, entry.token, entry.joined, entry.left, ""});
        return done();
    }));
    const auto state = [&](const Day& day, std::vector<std::int64_t>& numbers) {
        std::vector<StateRow> held;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (!day.has(entries[i].joined, entries[i].left)) continue;
            held.push_back(rows[i]);
            numbers.push_back(entries[i].row);
        }
        return held;
    };
    for (std::size_t i = 0; i < out.size(); ++i) {
        const RegisterChange& change = out[i].change;
        if (change.kind != "updated" || !change.date) continue;
        const bool corrected = std::any_of(changes.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                           changes.end(), [&](const RegisterChange& later) {
                                               return later.kind == "updated" && later.date == change.date;
                                           });
        if (corrected) continue;
        // What the last state before was, on the day before this one at the latest.
        Micros before{change.date->value - micros_per_day};
        for (std::size_t k = 0; k < i; ++k) {
            if (changes[k].date && *changes[k].date < *change.date) before = *changes[k].date;
        }
        std::vector<std::int64_t> old_rows;
        std::vector<std::int64_t> new_rows;
        const auto was = state(day_at(before, c.zone()), old_rows);
        const auto is = state(day_at(*change.date, c.zone()), new_rows);
        out[i].who = told(
            difference(was, is), was, is, [&](std::size_t row) { return old_rows[row]; },
            [&](std::size_t row) { return new_rows[row]; });
    }
    return out;
}

Result<std::string> before_first_state(Case& c, const RegisterRecord& reg, const Day& day) {
    SENDH_TRY(const auto changes, c.catalogue().changes(reg.id));
    const auto added = std::find_if(changes.begin(), changes.end(),
                                    [](const RegisterChange& change) { return change.kind == "added"; });
    if (added == changes.end()) return std::string();
    const Day first = day_at(added->date.value_or(added->made_at), c.zone());
    if (day.date >= first.date) return std::string();
    return (added->date ? "the register is known from " + first.date + " on"
                        : "the register was added on " + first.date + ", without a date") +
           ": of " + day.date +
           " these are the rows that its dates do not exclude; whoever had left before is not among them";
}

Result<RegisterState> state_on(Case& c, const RegisterRecord& reg, const Day& day) {
    RegisterState out;
    std::vector<Token> numbers;
    SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) {
        if (day.has(entry.joined, entry.left)) {
            ++out.entries;
            numbers.push_back(entry.token);
        } else if (never_held(entry.joined, entry.left)) {
            return done();
        } else if (entry.joined && *entry.joined >= day.to) {
            ++out.to_come;
        } else {
            ++out.ended;
        }
        return done();
    }));
    std::sort(numbers.begin(), numbers.end());
    out.numbers = static_cast<std::uint64_t>(std::unique(numbers.begin(), numbers.end()) - numbers.begin());
    return out;
}

}  // namespace sendh
