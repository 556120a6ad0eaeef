#include <cstdio>

#include "base/text.h"
#include "casework/import_lists.h"
#include "casework/investigate.h"
#include "casework/suggest_trunks.h"
#include "cli/commands.h"
#include "cli/output.h"

namespace sendh::cli {

namespace {

using Import = Result<ImportedList> (*)(Case&, const std::filesystem::path&, const ListImport&);

Result<int> import_list(Invocation& call, Import import, const std::string& what) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::write));
    ListImport how;
    how.name = call.get("--name", call.get("--register"));
    how.number_column = call.get("--number-column");
    how.joined_column = call.get("--joined-column");
    how.left_column = call.get("--left-column");
    how.recipient = call.get("--to");
    how.date = call.get("--date", call.get("--as-of"));
    how.kind = call.get("--kind");
    how.partial = call.on("--partial");
    SENDH_TRY(const ImportedList done_list, import(*c, call.argument(0), how));
    const FileRecord& r = done_list.record;
    if (call.format() != Format::table) {
        ListOutput out(call.format(), "files",
                       {"name", "sha256", "kind", "id", "rows", "accepted", "rejected", "duplicates"});
        const auto n = [](std::uint64_t v) { return static_cast<std::int64_t>(v); };
        out.row({r.name, r.sha256, r.kind, done_list.id.empty() ? Cell{} : Cell{done_list.id}, n(r.rows),
                 n(r.accepted), n(r.rejected), n(r.duplicates)});
        SENDH_CHECK(out.finish());
    } else {
        print(what + (done_list.id.empty() ? "" : " " + done_list.id) + ": " + grouped(r.rows) +
              " rows in = " + grouped(r.accepted) + " accepted + " + grouped(r.rejected) + " rejected + " +
              grouped(r.duplicates) + " duplicates\n");
    }
    if (call.quiet()) return 0;
    for (const RejectCount& reject : done_list.reject_counts) {
        std::fprintf(stderr, "sendh: %s rejected: %s, first at %s:%s\n", grouped(reject.rows).c_str(),
                     (reject.code + (reject.column.empty() ? "" : " in " + reject.column)).c_str(),
                     r.name.c_str(), std::to_string(reject.first_line).c_str());
    }
    for (const std::string& note : done_list.notes) std::fprintf(stderr, "sendh: %s\n", note.c_str());
    return 0;
}

Cell date_or_nothing(const std::optional<Micros>& time, Zone zone) {
    return time ? Cell{iso_date(*time, zone)} : Cell{};
}

}  // namespace

Result<int> register_add(Invocation& call) { return import_list(call, add_register, "register"); }
Result<int> copy_record(Invocation& call) {
    return import_list(
        call,
        [](Case& c, const std::filesystem::path& file, const ListImport& how) -> Result<ImportedList> {
            ListImport with_register = how;
            if (how.name.empty()) {
                SENDH_TRY(const auto registers, c.catalogue().registers());
                if (registers.size() == 1) with_register.name = registers.front().name;
            }
            return sendh::record_copy(c, file, with_register);
        },
        "copy");
}
Result<int> list_add(Invocation& call) { return import_list(call, add_rival_list, "list"); }
Result<int> population_add(Invocation& call) { return import_list(call, add_population, "population"); }
Result<int> roaming_add(Invocation& call) { return import_list(call, add_roaming, "roaming table"); }
Result<int> series_add(Invocation& call) { return import_list(call, add_series, "series table"); }
Result<int> trunks_add(Invocation& call) {
    return import_list(
        call,
        [](Case& c, const std::filesystem::path& file, const ListImport&) { return add_trunks(c, file); },
        "trunk map");
}

Result<int> trunks_suggest(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    SENDH_TRY(const auto suggestions, suggest_trunks(*c));
    ListOutput out(call.format(), "trunks",
                   {"trunk", "carrier", "calls", "withheld", "clis", "foreign", "national", "other", "in_map",
                    "suggestion", "reason"});
    const auto n = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
    const auto text = [](std::string_view value) {
        return value.empty() ? Cell{} : Cell{std::string(value)};
    };
    for (const TrunkSuggestion& s : suggestions) {
        const auto& [trunk, carrier, calls, withheld, habit] = s.traffic;
        out.row({trunk, text(carrier), n(calls), n(withheld), n(habit.clis), n(habit.foreign),
                 n(habit.national), n(habit.other), text(s.in_map),
                 s.suggestion == Ingress::unknown ? Cell{} : Cell{std::string(name_of(s.suggestion))},
                 s.reason});
    }
    SENDH_CHECK(out.finish());
    if (call.format() == Format::table && suggestions.empty())
        print("No trunk of the calls is missing from the map, and none contradicts it.\n");
    return 0;
}

Result<int> register_list(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    SENDH_TRY(const auto registers, c->catalogue().registers());
    ListOutput out(call.format(), "registers", {"name", "entries", "columns", "added"});
    for (const RegisterRecord& r : registers) {
        out.row({r.name, static_cast<std::int64_t>(r.entries),
                 Raw{json_strings(r.columns), joined(r.columns, ", ")}, iso_time(r.added_at, c->zone())});
    }
    SENDH_CHECK(out.finish());
    return 0;
}

Result<int> register_show(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    SENDH_TRY(const RegisterRecord record, find_register(*c, call.argument(0)));
    SENDH_TRY(const auto entries, c->catalogue().entries(record.id));
    SENDH_TRY(const std::uint64_t limit, call.whole("--limit", 20));
    ListOutput out(call.format(), "entries", {"row", "number", "joined", "left"});
    std::uint64_t shown = 0;
    for (const EntryRecord& entry : entries) {
        if (limit > 0 && shown >= limit) break;
        ++shown;
        SENDH_TRY(const PhoneNumber number, c->tokeniser().open(entry.token));
        out.row({entry.row + 1, number.masked(), date_or_nothing(entry.joined, c->zone()),
                 date_or_nothing(entry.left, c->zone())});
    }
    SENDH_CHECK(out.finish());
    if (call.format() == Format::table && shown < record.entries)
        print("… " + grouped(record.entries - shown) + " more; --limit 0 shows all\n");
    return 0;
}

namespace {
void copy_row(ListOutput& out, const CopyRecord& copy, Zone zone) {
    out.row({copy.name, copy.register_name, copy.recipient, copy.date.empty() ? Cell{} : Cell{copy.date},
             Raw{json_strings(copy.columns), joined(copy.columns, ", ")},
             static_cast<std::int64_t>(copy.rows), static_cast<std::int64_t>(copy.canaries),
             iso_time(copy.recorded_at, zone)});
}
const std::vector<std::string> copy_columns = {"id",      "register", "recipient", "date",
                                               "columns", "rows",     "canaries",  "issued"};
}  // namespace

Result<int> copy_list(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    SENDH_TRY(const auto copies, c->catalogue().copies());
    ListOutput out(call.format(), "copies", copy_columns);
    for (const CopyRecord& copy : copies) copy_row(out, copy, c->zone());
    SENDH_CHECK(out.finish());
    return 0;
}

Result<int> copy_show(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    SENDH_TRY(const auto copies, c->catalogue().copies());
    for (const CopyRecord& copy : copies) {
        if (lower_ascii(copy.name) != lower_ascii(call.argument(0))) continue;
        ListOutput out(call.format(), "copies", copy_columns);
        copy_row(out, copy, c->zone());
        SENDH_CHECK(out.finish());
        return 0;
    }
    return Fault{FaultKind::missing, "no copy is called '" + call.argument(0) + "'", "",
                 "sendh copy list shows them"};
}

}  // namespace sendh::cli
