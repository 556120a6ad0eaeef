#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "base/text.h"
#include "casework/audit_copies.h"
#include "casework/canaries.h"
#include "casework/copies.h"
#include "casework/identify.h"
#include "casework/issue_copy.h"
#include "cli/commands.h"
#include "cli/output.h"

namespace sendh::cli {

namespace {

Cell text_or_nothing(const std::string& text) { return text.empty() ? Cell{} : Cell{text}; }
Cell time_or_nothing(const std::optional<Micros>& time, Zone zone) {
    return time ? Cell{iso_time(*time, zone)} : Cell{};
}
Cell whole(std::uint64_t value) { return static_cast<std::int64_t>(value); }
double rounded(double value) { return std::round(value * 1e4) / 1e4; }

void notes(const Invocation& call, const std::vector<std::string>& texts) {
    if (call.quiet()) return;
    for (const std::string& text : texts) std::fprintf(stderr, "sendh: %s\n", text.c_str());
}

std::string state_of(const CopyRecord& copy) {
    return !copy.issued ? "recorded" : copy.delivered ? "issued" : "not delivered";
}

std::vector<Cell> copy_cells(const CopyRecord& copy, Zone zone) {
    return {copy.name,
            copy.register_name,
            copy.recipient,
            text_or_nothing(copy.date),
            Raw{json_strings(copy.columns), joined(copy.columns, ", ")},
            whole(copy.rows),
            whole(copy.canaries),
            iso_time(copy.recorded_at, zone),
            state_of(copy),
            text_or_nothing(copy.purpose),
            text_or_nothing(copy.legal_basis),
            text_or_nothing(copy.delete_by)};
}
const std::vector<std::string> copy_columns = {"id",      "register", "recipient",   "date",
                                               "columns", "rows",     "canaries",    "issued",
                                               "state",   "purpose",  "legal_basis", "delete_by"};

std::vector<std::string> names_in(const std::string& list) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        if (const auto name = trim(std::string_view(list).substr(at, end - at)); !name.empty())
            out.emplace_back(name);
        at = end + 1;
    }
    return out;
}

// What the log says otherwise. It is said whatever is quiet: status 1.
Result<int> tell_audit(Case& c) {
    SENDH_TRY(const CopyAudit audit, audit_copies(c, RecordedRows::left_out));
    for (const LogFault& fault : audit.faults)
        std::fprintf(stderr, "sendh: %s: %s: the case was changed without sendh; see `sendh log verify`\n",
                     fault.what.c_str(), fault.where.c_str());
    return audit.faults.empty() ? 0 : 1;
}

// What a crash may have left of an issue (casework/issue_copy.h: life of an issue).
std::string what_is_left(const CopyRecord& copy, const IssueTerms& terms) {
    const std::string start = "copy " + copy.name + " was not delivered: its issue was cut off; ";
    if (terms.output.empty())
        return start +
               "a part of it, numbers in clear, may lie beside the file that it was to be written to, under "
               "that "
               "name with .part behind it: remove it";
    std::vector<std::string> there;
    std::error_code error;
    for (const std::string& path : {terms.output + ".part", terms.output}) {
        if (std::filesystem::exists(path, error)) there.push_back(shown_path(path));
    }
    if (there.empty())
        return start + "a part of it, numbers in clear, may lie in " + shown_path(terms.output) +
               ".part or without .part; neither is there now on this machine";
    return start + joined(there, " and ") + " may hold its rows in clear: remove what is not wanted";
}

Result<int> set_state(Invocation& call, const std::string& state) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::write));
    SENDH_TRY(const ChangedCanaries changed,
              set_canary_state(*c, call.argument(0), state, call.get("--reason")));
    const std::vector<CanaryRecord>& canaries = changed.records;
    if (!changed.note.empty()) notes(call, {changed.note});
    ListOutput out(call.format(), "canaries", {"id", "state", "since"});
    for (const CanaryRecord& canary : canaries) {
        const std::string id = "N" + std::to_string(canary.id);
        if (call.format() == Format::table) {
            print("canary " + id + ": " + state + "\n");
        } else {
            out.row({id, state, iso_time(canary.since, c->zone())});
        }
    }
    if (call.format() != Format::table) SENDH_CHECK(out.finish());
    return 0;
}

}  // namespace

Result<int> copy_issue(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::write));
    IssueOptions options;
    options.register_name = call.get("--register");
    options.recipient = call.get("--to");
    options.columns = names_in(call.get("--columns"));
    options.where = call.get("--where");
    options.variants = call.get("--variants");
    options.date = call.get("--date");
    options.purpose = call.get("--purpose");
    options.legal_basis = call.get("--legal-basis");
    options.delete_by = call.get("--delete-by");
    if (!call.get("--canaries").empty()) {
        SENDH_TRY(options.canary_share, call.number("--canaries", usual_canary_share));
    }
    SENDH_TRY(const std::string output, call.output("", false));
    SENDH_TRY(const IssuedCopy copy, issue_copy(*c, options, output));
    if (call.format() == Format::table) {
        print("copy " + copy.record.name + " of " + copy.record.register_name + " for " +
              copy.record.recipient + ": " + grouped(copy.record.rows) + " rows, " +
              grouped(copy.record.canaries) + " of them canaries, written to " + shown_path(output) + "\n");
    } else {
        ListOutput out(call.format(), "copies", copy_columns);
        out.row(copy_cells(copy.record, c->zone()));
        SENDH_CHECK(out.finish());
    }
    notes(call, copy.notes);
    return 0;
}

Result<int> copy_list(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    SENDH_TRY(const auto copies, c->catalogue().copies());
    SENDH_CHECK(c->record_reading({"reading", "copy list", 0, {}}));
    ListOutput out(call.format(), "copies", copy_columns);
    for (const CopyRecord& copy : copies) out.row(copy_cells(copy, c->zone()));
    SENDH_CHECK(out.finish());
    return tell_audit(*c);
}

Result<int> copy_show(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    SENDH_TRY(const auto copies, c->catalogue().copies());
    for (const CopyRecord& copy : copies) {
        if (lower_ascii(copy.name) != lower_ascii(call.argument(0))) continue;
        SENDH_CHECK(c->record_reading({"reading", "copy show", 0, {{"copy", copy.name}}}));
        std::vector<std::string> columns = copy_columns;
        columns.insert(columns.end(), {"where", "variants", "canary_share", "mark_key_commitment", "sha256"});
        std::vector<Cell> cells = copy_cells(copy, c->zone());
        if (copy.issued) {
            SENDH_TRY(const IssueTerms terms, issue_terms(*c, copy.id));
            cells.insert(cells.end(), {text_or_nothing(without_numbers(terms.where)),
                                       text_or_nothing(without_numbers(terms.variants)),
                                       rounded(terms.issue.canary_share), terms.issue.mark_commitment});
            if (!copy.delivered) notes(call, {what_is_left(copy, terms)});
        } else {
            cells.resize(cells.size() + 4);
        }
        SENDH_TRY(const CopyAudit audit, audit_copies(*c, RecordedRows::left_out));
        const auto file = audit.digests.find(copy.name);
        cells.push_back(file == audit.digests.end() ? Cell{} : Cell{file->second});
        ListOutput out(call.format(), "copies", columns);
        out.row(std::move(cells));
        SENDH_CHECK(out.finish());
        return tell_audit(*c);
    }
    return Fault{FaultKind::missing, "no copy is called '" + without_numbers(call.argument(0)) + "'", "",
                 "sendh copy list shows them"};
}

Result<int> copy_identify(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    IdentifyOptions options;
    options.number_column = call.get("--number-column");
    SENDH_TRY(options.alpha, call.number("--alpha", 0.01));
    SENDH_TRY(const std::uint64_t limit, call.whole("--limit", 10));
    SENDH_TRY(const Identified found, identify_list(*c, call.argument(0), options));
    std::vector<std::string> named;
    std::vector<std::string> recipients;
    for (const Candidate& candidate : found.candidates) {
        if (candidate.named) named.push_back(candidate.copy.name);
        if (candidate.recipient_named &&
            std::find(recipients.begin(), recipients.end(), candidate.copy.recipient) == recipients.end())
            recipients.push_back(candidate.copy.recipient);
    }
    SENDH_CHECK(c->record_reading({"reading",
                                   "copy identify",
                                   0,
                                   {{"file", shown_name(call.argument(0))},
                                    {"list_rows", found.rows},
                                    {"rows_compared", found.rows_compared},
                                    {"named", joined(named, ", ")},
                                    {"recipients_named", joined(recipients, ", ")}}}));
    // A table for the eye has no room for the parts.
    const bool table = call.format() == Format::table;
    std::vector<std::string> columns = {
        "id",     "recipient", "date",          "log10_e",           "named",
        "ground", "rows_held", "canaries_held", "recipient_log10_e", "recipient_named"};
    if (!table)
        columns.insert(columns.end(),
                       {"canaries", "spellings", "row_order", "shared_marks", "same_file", "state"});
    columns.emplace_back("lacks");
    ListOutput out(call.format(), "candidates", columns);
    std::uint64_t shown = 0;
    for (const Candidate& candidate : found.candidates) {
        const bool finding = candidate.named || candidate.recipient_named;
        if (limit > 0 && ++shown > limit && !finding) continue;
        std::vector<Cell> cells = {candidate.copy.name,
                                   candidate.copy.recipient,
                                   text_or_nothing(candidate.copy.date),
                                   rounded(candidate.log10_e),
                                   candidate.named,
                                   text_or_nothing(candidate.ground),
                                   whole(candidate.rows_held),
                                   whole(candidate.canaries_held),
                                   rounded(candidate.recipient_log10_e),
                                   candidate.recipient_named};
        if (!table)
            cells.insert(cells.end(),
                         {rounded(candidate.canaries), rounded(candidate.spellings), rounded(candidate.order),
                          rounded(candidate.shared), candidate.same_file, state_of(candidate.copy)});
        cells.emplace_back(Raw{json_strings(candidate.lacks), joined(candidate.lacks, "; ")});
        out.row(std::move(cells));
    }
    SENDH_CHECK(out.finish());
    if (table) {
        print("\n" + grouped(found.rows_known) + " of " + grouped(found.rows) +
              " rows are known, canaries among them: " + grouped(found.canaries_seen) + "; the order of " +
              grouped(found.rows_compared) + " was looked at. A copy is named from log10 e = " +
              std::to_string(found.log10_threshold).substr(0, 4) + " on.\n");
    }
    if (!call.quiet()) {
        for (const RejectCount& reject : found.reject_counts) {
            std::fprintf(stderr, "sendh: %s rows of it cannot be used: %s, first at line %s\n",
                         grouped(reject.rows).c_str(), reject.code.c_str(),
                         std::to_string(reject.first_line).c_str());
        }
    }
    notes(call, found.notes);
    return named.empty() && recipients.empty() ? 0 : 1;
}

Result<int> canary_list(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    SENDH_TRY(const auto canaries, canary_care(*c));
    SENDH_CHECK(c->record_reading({"reading", "canary list", canaries.size(), {}}));
    ListOutput out(call.format(), "canaries",
                   {"id", "number", "register", "persona", "state", "since", "reason", "copies", "planted",
                    "calls", "first_call", "last_call", "stray_per_week", "warnings"});
    for (const CanaryCare& care : canaries) {
        SENDH_TRY(const PhoneNumber number,
                  c->open_number(care.record.token, Place::of_canary(care.record.id)));
        out.row({care.id, number.masked(), care.register_name, care.persona, care.record.state,
                 iso_time(care.record.since, c->zone()), text_or_nothing(care.record.reason),
                 whole(care.copies), time_or_nothing(care.planted, c->zone()), whole(care.calls),
                 time_or_nothing(care.first_call, c->zone()), time_or_nothing(care.last_call, c->zone()),
                 care.stray_per_week ? Cell{rounded(*care.stray_per_week)} : Cell{},
                 Raw{json_strings(care.warnings), joined(care.warnings, "; ")}});
    }
    SENDH_CHECK(out.finish());
    return 0;
}

Result<int> canary_rest(Invocation& call) { return set_state(call, "resting"); }
Result<int> canary_burn(Invocation& call) { return set_state(call, "burnt"); }
Result<int> canary_wake(Invocation& call) { return set_state(call, "active"); }

}  // namespace sendh::cli
