#include "base/text.h"
#include "casework/canaries.h"
#include "casework/import_lists.h"
#include "casework/registers.h"
#include "casework/suggest_trunks.h"
#include "cli/commands.h"
#include "cli/list_import.h"
#include "cli/output.h"

namespace sendh::cli {

namespace {

using Import = Result<ImportedList> (*)(Case&, const std::filesystem::path&, const ListImport&);

Result<int> import_list(Invocation& call, Import import, const std::string& what) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::write));
    SENDH_TRY(const ImportedList done_list, import(*c, call.argument(0), list_options(call)));
    const FileRecord& r = done_list.record;
    if (call.format() != Format::table) {
        ListOutput out(call.format(), "files",
                       {"name", "sha256", "kind", "id", "rows", "accepted", "rejected", "duplicates"});
        const auto n = [](std::uint64_t v) { return static_cast<std::int64_t>(v); };
        out.row({r.name, r.sha256, r.kind, done_list.id.empty() ? Cell{} : Cell{done_list.id}, n(r.rows),
                 n(r.accepted), n(r.rejected), n(r.duplicates)});
        SENDH_CHECK(out.finish());
    } else {
        print(what + (done_list.id.empty() ? "" : " " + done_list.id) + ": " + books_of(r) + "\n");
    }
    say_rejects(call, done_list);
    return 0;
}

}  // namespace

Result<int> register_add(Invocation& call) { return import_list(call, add_register, "register"); }
Result<int> copy_record(Invocation& call) { return import_list(call, sendh::record_copy, "copy"); }
Result<int> canary_add(Invocation& call) { return import_list(call, add_canaries, "canaries"); }
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

}  // namespace sendh::cli
