#include <algorithm>
#include <array>
#include <cstdio>

#include "base/json.h"
#include "base/text.h"
#include "casework/erase.h"
#include "casework/registers.h"
#include "cli/commands.h"
#include "cli/confirm.h"
#include "cli/list_import.h"
#include "cli/output.h"

namespace sendh::cli {

namespace {

Cell date_or_nothing(const std::optional<Micros>& time, Zone zone) {
    return time ? Cell{iso_date(*time, zone)} : Cell{};
}
Cell text_or_nothing(const std::string& text) { return text.empty() ? Cell{} : Cell{text}; }
Cell whole(std::uint64_t value) { return static_cast<std::int64_t>(value); }

// Rows are counted from 1 here, as `register show` counts them.
std::string row_of(std::int64_t row, const PhoneNumber& number) {
    return "row " + std::to_string(row + 1) + " " + number.masked();
}

// "left: row 2 +91 98••••••07, row 3 …, and 4 more", a line for each kind.
std::string who_lines(const std::vector<ChangedPerson>& who, const std::array<std::uint64_t, 4>& counts) {
    std::string out;
    for (std::size_t how = 0; how < counts.size(); ++how) {
        std::string line;
        std::uint64_t told = 0;
        for (const ChangedPerson& person : who) {
            if (static_cast<std::size_t>(person.how) != how) continue;
            line += told++ == 0 ? ": " : ", ";
            if (person.row_before) line += row_of(*person.row_before, person.number_before);
            if (person.row_before && person.row_after) line += " now ";
            if (person.row_after) line += row_of(*person.row_after, person.number_after);
        }
        if (told == 0) continue;
        if (told < counts[how]) line += ", and " + grouped(counts[how] - told) + " more";
        std::string name(how_names[how]);
        std::replace(name.begin(), name.end(), '_', ' ');
        out += name + line + "\n";
    }
    return out;
}
std::string who_lines(const RegisterUpdate& u) {
    return who_lines(u.who,
                     {u.people.joined, u.people.left, u.people.changed_number, u.people.changed_other});
}

Cell who_cell(const std::vector<ChangedPerson>& who) {
    JsonWriter w;
    w.begin_array();
    std::string plain;
    for (const ChangedPerson& person : who) {
        w.begin_object().field("how", how_names[static_cast<std::size_t>(person.how)]);
        plain += (plain.empty() ? "" : "; ") + std::string(how_names[static_cast<std::size_t>(person.how)]);
        if (person.row_before) {
            w.field("row", *person.row_before + 1).field("number", person.number_before.masked());
            plain += " " + row_of(*person.row_before, person.number_before);
        }
        if (person.row_after) {
            w.field(person.row_before ? "row_now" : "row", *person.row_after + 1);
            w.field(person.row_before ? "number_now" : "number", person.number_after.masked());
            plain += " " + row_of(*person.row_after, person.number_after);
        }
        w.end_object();
    }
    return Raw{w.end_array().take(), plain};
}

Done print_update(const Invocation& call, const RegisterUpdate& u, bool applied) {
    const FileRecord& r = u.read.record;
    if (call.format() == Format::table) {
        if (applied)
            print("register " + u.reg.name + " as of " + u.date.date + ": " + u.text() + "\n" + books_of(r) +
                  "\n");
        return done();
    }
    ListOutput out(
        call.format(), "files",
        {"name", "sha256", "kind", "rows", "accepted", "rejected", "duplicates", "register", "date", "joined",
         "left", "changed_number", "changed_other", "unchanged", "applied", "who"});
    out.row({r.name, r.sha256, r.kind, whole(r.rows), whole(r.accepted), whole(r.rejected),
             whole(r.duplicates), u.reg.name, u.date.date, whole(u.people.joined), whole(u.people.left),
             whole(u.people.changed_number), whole(u.people.changed_other), whole(u.people.unchanged),
             applied, who_cell(u.who)});
    return out.finish();
}

Done show_changes(const Invocation& call, Case& c, const RegisterRecord& record) {
    SENDH_TRY(const auto changes, told_changes(c, record));
    std::uint64_t told = 0;
    for (const ToldChange& one : changes) told += one.who.size();
    SENDH_CHECK(
        c.record_reading({"reading", "register show", told, {{"register", record.name}, {"of", "history"}}}));
    std::vector<std::string> columns = {"date",      "kind",           "joined",
                                        "left",      "changed_number", "changed_other",
                                        "unchanged", "erased_rows",    "made_at"};
    const bool table = call.format() == Format::table;
    if (!table) columns.emplace_back("who");
    ListOutput out(call.format(), "changes", columns);
    std::string lines;
    for (const auto& [change, who] : changes) {
        const bool erased = change.kind == "erased";
        const auto unless_erased = [erased](std::uint64_t n) { return erased ? Cell{} : whole(n); };
        std::vector<Cell> row = {date_or_nothing(change.date, c.zone()), change.kind,
                                 unless_erased(change.joined),           unless_erased(change.left),
                                 unless_erased(change.changed_number),   unless_erased(change.changed_other),
                                 unless_erased(change.unchanged),        erased ? whole(change.rows) : Cell{},
                                 iso_time(change.made_at, c.zone())};
        if (!table) row.push_back(who_cell(who));
        out.row(std::move(row));
        const std::string of_it =
            who_lines(who, {change.joined, change.left, change.changed_number, change.changed_other});
        if (!of_it.empty() && change.date) lines += "\n" + iso_date(*change.date, c.zone()) + "\n" + of_it;
    }
    SENDH_CHECK(out.finish());
    if (table) print(lines);
    return done();
}

std::string what_is_erased(const Erasure& e) {
    std::string out = grouped(e.rows.size()) + (e.rows.size() == 1 ? " row" : " rows") +
                      " of one person in the register " + e.reg.name;
    return out + " will be overwritten for good";
}

Result<int> remove_whole(Invocation& call, Case& c) {
    SENDH_TRY(const RegisterRecord reg, plan_removal(c, call.argument(0)));
    SENDH_CHECK(confirm(call, "the whole register " + reg.name + ", " + grouped(reg.entries) +
                                  " rows with its history, will be removed"));
    SENDH_CHECK(remove_register(c, reg, call.get("--reason")));
    if (call.format() == Format::table) {
        print("register " + reg.name + ": removed, " + grouped(reg.entries) + " rows\n");
        return 0;
    }
    ListOutput out(call.format(), "removed", {"register", "people", "rows", "remains"});
    out.row({reg.name, Cell{}, whole(reg.entries), Raw{"[]", ""}});
    SENDH_CHECK(out.finish());
    return 0;
}

}  // namespace

Result<int> register_update(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::write));
    SENDH_TRY(RegisterUpdate update, plan_update(*c, call.argument(0), list_options(call)));
    say_rejects(call, {update.read.record, "", count_rejects(update.read.list), update.notes});
    if (update.empty()) {
        SENDH_CHECK(print_update(call, update, false));
        if (call.format() == Format::table)
            print("register " + update.reg.name + ": no difference, " + grouped(update.people.unchanged) +
                  " as before; nothing was changed\n");
        return 0;
    }
    std::string question = update.text();
    if (update.ends_most()) {
        question += ". More than half of " + grouped(update.people.people_before()) +
                    " would leave: is the file the whole register?";
    }
    if (call.format() == Format::table) {
        print(who_lines(update));
        SENDH_CHECK(flush());  // above the question
    }
    const bool too_many = update.ends_most() && call.on("--yes") && !call.on("--most-leave");
    Done confirmed =
        too_many ? Done(Fault{FaultKind::usage,
                              grouped(update.people.left) + " of " + grouped(update.people.people_before()) +
                                  " people would leave: is the file the whole register?",
                              "--yes", "if it is, say so with --most-leave, too; nothing was changed"})
                 : confirm(call, question,
                           update.ends_most() ? "if it is, run it again with --yes --most-leave"
                                              : "run it again with --yes");
    if (!confirmed.ok()) {
        SENDH_CHECK(print_update(call, update, false));
        return confirmed.fault();
    }
    SENDH_CHECK(apply_update(*c, update));
    SENDH_CHECK(print_update(call, update, true));
    return 0;
}

Result<int> register_list(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    SENDH_TRY(const Day day, day_of(*c, call.get("--date")));
    SENDH_TRY(const auto registers, c->catalogue().registers());
    SENDH_CHECK(c->record_reading({"reading", "register list", 0, {}}));
    ListOutput out(call.format(), "registers",
                   {"name", "entries", "columns", "added", "numbers", "left", "to_come", "person_column",
                    "last_change"});
    for (const RegisterRecord& r : registers) {
        SENDH_TRY(const RegisterState state, state_on(*c, r, day));
        SENDH_TRY(const auto changes, c->catalogue().changes(r.id));
        const std::optional<Micros> last =
            changes.empty() ? std::nullopt : std::optional(changes.back().made_at);
        out.row({r.name, whole(state.entries), Raw{json_strings(r.columns), joined(r.columns, ", ")},
                 iso_time(r.added_at, c->zone()), whole(state.numbers), whole(state.ended),
                 whole(state.to_come), text_or_nothing(r.person_column),
                 last ? Cell{iso_time(*last, c->zone())} : Cell{}});
    }
    SENDH_CHECK(out.finish());
    return 0;
}

Result<int> register_show(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    SENDH_TRY(const RegisterRecord record, find_register(*c, call.argument(0)));
    SENDH_TRY(const Day day, day_of(*c, call.get("--date")));
    if (call.on("--history")) {
        SENDH_CHECK(show_changes(call, *c, record));
        return 0;
    }
    SENDH_TRY(const std::string remark, before_first_state(*c, record, day));
    if (!remark.empty() && !call.quiet()) std::fprintf(stderr, "sendh: %s\n", remark.c_str());
    SENDH_TRY(const RegisterState state, state_on(*c, record, day));
    SENDH_TRY(const std::uint64_t limit, call.whole("--limit", 20));
    const std::uint64_t most = limit > 0 ? std::min(limit, state.entries) : state.entries;
    std::vector<LogDetail> about = {{"register", record.name}};
    if (!call.get("--date").empty()) about.emplace_back("date", day.date);
    SENDH_CHECK(c->record_reading({"reading", "register show", most, std::move(about)}));
    ListOutput out(call.format(), "entries", {"row", "number", "joined", "left"});
    std::uint64_t shown = 0;
    SENDH_CHECK(c->catalogue().scan_entries(record.id, [&](const EntryRecord& entry) -> Done {
        if (shown >= most || !day.has(entry.joined, entry.left)) return done();
        ++shown;
        SENDH_TRY(const PhoneNumber number, c->open_number(entry.token, Place::of_entry(record, entry.row)));
        out.row({entry.row + 1, number.masked(), date_or_nothing(entry.joined, c->zone()),
                 date_or_nothing(entry.left, c->zone())});
        return done();
    }));
    SENDH_CHECK(out.finish());
    if (call.format() != Format::table) return 0;
    if (shown < state.entries) print("… " + grouped(state.entries - shown) + " more; --limit 0 shows all\n");
    std::string text =
        "On " + day.date + ": " + grouped(state.entries) + " entries, " + grouped(state.numbers) + " numbers";
    if (state.ended > 0) text += "; " + grouped(state.ended) + " entries had ended before";
    if (state.to_come > 0) text += "; " + grouped(state.to_come) + " begin later";
    print(text + "\n");
    return 0;
}

Result<int> register_remove(Invocation& call) {
    const std::string number = call.get("--number");
    const std::string person = call.get("--person");
    const bool whole_register = call.on("--whole");
    if (int{!number.empty()} + int{!person.empty()} + int{whole_register} != 1)
        return Fault{FaultKind::usage, "who is to be taken out?", "",
                     "give one of --number, --person (as in the register's person column) or, for all of it, "
                     "--whole; nothing was changed"};
    if (trim(call.get("--reason")).empty())
        return Fault{FaultKind::usage, "why is it taken out?", "--reason",
                     "say it, without names; it is recorded"};
    SENDH_TRY(Case * c, call.open_case(Case::Access::write));
    if (whole_register) return remove_whole(call, *c);
    SENDH_TRY(const Erasure erasure, plan_erasure(*c, call.argument(0), number, person));
    SENDH_CHECK(confirm(call, what_is_erased(erasure)));
    SENDH_CHECK(erase(*c, erasure, call.get("--reason")));
    const std::vector<std::string>& remains = erasure.remains;
    if (call.format() == Format::table) {
        print("register " + erasure.reg.name + ": " + grouped(erasure.rows.size()) +
              (erasure.rows.size() == 1 ? " row" : " rows") + " of one person overwritten\n");
        if (!remains.empty()) print("What this does not reach:\n");
        for (const std::string& text : remains) print("  " + text + "\n");
    } else {
        ListOutput out(call.format(), "removed", {"register", "people", "rows", "remains"});
        out.row({erasure.reg.name, whole(erasure.people), whole(erasure.rows.size()),
                 Raw{json_strings(remains), joined(remains, "; ")}});
        SENDH_CHECK(out.finish());
    }
    if (!call.quiet())
        std::fprintf(stderr,
                     "sendh: backups of the case and the files that the register came from still hold the "
                     "person; an update from such a file would bring the person back\n");
    return 0;
}

}  // namespace sendh::cli
