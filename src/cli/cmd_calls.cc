#include <cstdio>
#include <utility>

#include "base/text.h"
#include "casework/delivery.h"
#include "casework/detect_case.h"
#include "casework/import_calls.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "detect/detect.h"

namespace sendh::cli {

namespace {

Result<ImportOptions> import_options(const Invocation& call) {
    ImportOptions options;
    options.layout = call.get("--layout", "auto");
    options.dry_run = call.on("--dry-run");
    options.quiet = call.quiet();
    const std::string order = call.get("--date-order");
    if (order == "day") {
        options.date_order = DateOrder::day_first;
    } else if (order == "month") {
        options.date_order = DateOrder::month_first;
    } else if (order == "year") {
        options.date_order = DateOrder::year_first;
    } else if (!order.empty()) {
        return Fault{FaultKind::usage, "unknown date order '" + without_numbers(order) + "'", "",
                     "use day (30/11/2024), month (11/30/2024) or year (2024/11/30)"};
    }
    if (const std::string zone = call.get("--time-zone"); !zone.empty()) {
        SENDH_TRY(options.zone, parse_zone(zone));
    }
    return options;
}

void remark(const ImportedFile& file) {
    for (const RejectCount& r : file.reject_counts) {
        const std::string column = r.column.empty() ? "" : " in column " + without_numbers(r.column);
        std::fprintf(stderr, "sendh: %s %s rejected: %s%s, first at %s\n", grouped(r.rows).c_str(),
                     r.rows == 1 ? "row" : "rows", r.code.c_str(), column.c_str(),
                     first_place(file.record.name, r).c_str());
    }
    for (const HardRuleCount& rule : file.hard_rules)
        std::fprintf(stderr, "sendh: %s: %s %s the hard rule %s\n", file.record.name.c_str(),
                     grouped(rule.calls).c_str(), rule.calls == 1 ? "call breaks" : "calls break",
                     rule.code.c_str());
    for (const std::string& note : file.notes)
        std::fprintf(stderr, "sendh: %s: %s\n", file.record.name.c_str(), without_numbers(note).c_str());
}

void file_row(ListOutput& out, const ImportedFile& file) {
    const FileRecord& r = file.record;
    const auto n = [](std::uint64_t v) { return static_cast<std::int64_t>(v); };
    out.row({r.name, r.sha256, r.layout, n(r.rows), n(r.accepted), n(r.rejected), n(r.duplicates)});
}

const std::vector<std::string> file_columns = {"name",     "sha256",   "layout",    "rows",
                                               "accepted", "rejected", "duplicates"};

void print_sample(const ImportedFile& file) {
    if (file.sample.empty()) return;
    print("\nThe first rows of " + file.record.name + " as understood:\n");
    const bool lines = file.sample.front().line > 0;
    ListOutput sample(Format::table, "sample",
                      {lines ? "line" : "byte", "time", "cli", "callee", "direction", "trunk", "seconds"});
    for (const SampleCall& s : file.sample)
        sample.row({static_cast<std::int64_t>(lines ? s.line : s.offset), s.time, s.cli, s.callee,
                    s.direction, s.trunk, s.duration});
    (void)sample.finish().ok();
    print("\n");
}

// One file after the other, whatever stands behind the arguments; what is in stays in when another fails.
template <class ImportOne>
Result<int> import_files(Invocation& call, bool dry_run, ImportOne import_one) {
    std::vector<ImportedFile> files;
    std::optional<Fault> refused;  // the last one, not yet said
    std::size_t refusals = 0;
    std::size_t before_last = 0;  // files that came before it
    const auto say_refused = [&] {
        if (refused)
            std::fprintf(stderr, "sendh: %s\n",
                         without_numbers(std::exchange(refused, {})->message()).c_str());
    };
    DeliverySink sink;
    sink.file = [&](EvidenceFile& delivered) -> Done {
        SENDH_TRY(ImportedFile file, import_one(delivered));
        if (!call.quiet()) remark(file);
        if (dry_run && call.format() == Format::table && !call.quiet()) print_sample(file);
        files.push_back(std::move(file));
        return done();
    };
    sink.refused = [&](const Fault& fault) {
        say_refused();
        refused = fault;
        before_last = files.size();
        ++refusals;
    };
    sink.note = [&](const std::string& note) {
        if (!call.quiet()) std::fprintf(stderr, "sendh: %s\n", note.c_str());
    };
    std::optional<Fault> failed;
    for (const std::string& path : call.arguments()) {
        auto delivered = deliver(path, sink);
        if (delivered.ok()) continue;
        say_refused();
        failed = std::move(delivered).fault();
        before_last = files.size();
        break;
    }
    if (!failed && refusals == 1) failed = std::exchange(refused, {});
    say_refused();
    if (files.empty() && failed) return *failed;
    if (!files.empty()) {
        ListOutput out(call.format(), "files", file_columns);
        for (const ImportedFile& file : files) file_row(out, file);
        if (const Done said = out.finish(); !said.ok()) {
            Fault fault = said.fault();
            if (!dry_run)
                fault.to_do = "what was to be said could not be written; the files themselves are in";
            return fault;
        }
    }
    if (!failed && refusals == 0) return 0;
    std::string left;
    if (!dry_run && !files.empty()) {
        left = (before_last == files.size() ? "the " : "the other ") + std::to_string(files.size()) +
               " file(s) " + (before_last == files.size() ? "before it are in" : "are in");
    }
    if (!failed) {
        return Fault{FaultKind::input,
                     std::to_string(refusals) + " of " + std::to_string(refusals + files.size()) +
                         " files cannot be imported, for the reasons above",
                     "",
                     files.empty() || dry_run ? "the case is as it was"
                                              : "the other " + std::to_string(files.size()) + " are in"};
    }
    if (!left.empty()) failed->to_do += (failed->to_do.empty() ? "" : "; ") + left;
    return *failed;
}

}  // namespace

Result<int> calls_import(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(call.on("--dry-run") ? Case::Access::read : Case::Access::write));
    SENDH_TRY(const ImportOptions options, import_options(call));
    return import_files(call, options.dry_run,
                        [&](EvidenceFile& file) { return import_calls(*c, file, options); });
}

Result<int> reports_import(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::write));
    SENDH_TRY(const ImportOptions options, import_options(call));
    return import_files(call, false, [&](EvidenceFile& file) {
        return import_reports(*c, file, call.get("--mapping"), options);
    });
}

Result<int> calls_show(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    CallFilter filter;
    if (const std::string verdict = call.get("--verdict"); !verdict.empty()) {
        for (int v = 0; v < detect::verdicts; ++v) {
            if (verdict == detect::name_of(static_cast<detect::Verdict>(v)))
                filter.verdict = static_cast<std::uint8_t>(v);
        }
        if (!filter.verdict)
            return Fault{FaultKind::usage, "unknown verdict '" + without_numbers(verdict) + "'", "",
                         "use fake, ordinary or undecidable"};
    }
    if (!call.get("--number").empty()) {
        const std::string number = call.get("--number");
        if (number.find("•") != std::string::npos)
            return Fault{FaultKind::usage, "--number is masked", "",
                         "give it in full, or look for the call by its --id"};
        const ParsedNumber parsed = parse_number(number, c->region());
        if (parsed.number_class == NumberClass::none || parsed.number_class == NumberClass::not_digits)
            return Fault{FaultKind::usage, "--number holds no number", "",
                         "write it with its country code: +91…"};
        filter.number = c->tokeniser().seal(parsed.number);
    }
    if (const std::string campaign = call.get("--campaign"); !campaign.empty()) {
        SENDH_TRY(filter.campaign, find_campaign(*c, campaign));
    }
    SENDH_TRY(filter.from, call.time("--from", c->zone()));
    SENDH_TRY(filter.to, call.time("--to", c->zone()));
    if (filter.from && filter.to && !(*filter.from < *filter.to))
        return Fault{FaultKind::usage, "--from is not before --to", "",
                     "calls from --from on, before --to, are shown"};
    SENDH_TRY(filter.limit, call.whole("--limit", 100));
    if (!call.get("--id").empty()) {
        const auto id = parse_integer(call.get("--id"));
        if (!id || *id < 0)
            return Fault{FaultKind::usage, "--id needs a whole number", "", "as in the column ID"};
        filter.id = *id;
    }
    SENDH_TRY(const auto detection, c->catalogue().detection());
    if (filter.verdict && !detection)
        return Fault{FaultKind::usage, "nothing was detected yet", shown_path(c->directory()),
                     "run `sendh detect` first"};
    SENDH_TRY(const std::int64_t state, c->catalogue().evidence_state());
    const bool current = detection && detection->state == state;
    if (detection && !current && !call.quiet())
        std::fputs(
            "sendh: the case has changed since the last detection: calls that came later have no verdict: "
            "run `sendh detect`\n",
            stderr);
    SENDH_TRY(CallStore * store, c->calls());
    std::vector<std::string> columns = {"id",       "time",    "cli",      "callee", "trunk",
                                        "duration", "verdict", "campaign", "needs",  "indicators"};
    const bool duplicates = call.on("--duplicates");
    if (duplicates) {
        if (filter.verdict || filter.campaign)
            return Fault{FaultKind::usage, "duplicates have no verdict and are in no campaign", "",
                         "those of the first of their kind count: see the column same_as, and --id"};
        SENDH_TRY(const auto files, c->catalogue().duplicate_files());
        store->show_duplicates(files);
        columns.emplace_back("same_as");
    }
    SENDH_TRY(const auto segments, c->catalogue().segments());
    std::uint64_t in_case = 0;
    for (const SegmentRecord& segment : segments) in_case += segment.rows;
    const std::uint64_t most_shown = filter.id ? 1 : filter.limit == 0 ? in_case : filter.limit;
    const bool chosen =
        filter.verdict || filter.number || filter.campaign || filter.from || filter.to || filter.id;
    const Case::Reading reading{"reading",
                                "calls show",
                                std::min(most_shown, in_case),
                                {{"chosen_by", !chosen         ? ""
                                               : filter.number ? "a number"
                                                               : "other conditions"}}};
    ListOutput out(call.format(), "calls", columns);
    // One more than asked for, to know whether there are more.
    const std::uint64_t most = filter.limit;
    if (most > 0) ++filter.limit;
    std::uint64_t rows = 0;
    SENDH_CHECK(store->show(filter, [&](const CallStore::ShownCall& shown) -> Done {
        if (++rows == 1) SENDH_CHECK(c->record_reading(reading));
        if (rows > most && most > 0) return done();
        std::string codes;
        const std::string marker = "\"code\":\"";
        for (std::size_t at = shown.indicators.find(marker); at != std::string::npos;
             at = shown.indicators.find(marker, at + 1)) {
            const std::size_t from = at + marker.size();
            codes += (codes.empty() ? "" : ", ") +
                     shown.indicators.substr(from, shown.indicators.find('"', from) - from);
        }
        // Of an ordinary call nothing is stored: after a change it cannot be told from one never judged.
        const bool judged = current || (detection && !codes.empty());
        const auto verdict =
            static_cast<detect::Verdict>(shown.verdict < detect::verdicts ? shown.verdict : 0);
        std::vector<Cell> cells = {shown.id,
                                   iso_time(shown.time, c->zone()),
                                   shown.cli_text.empty() ? shown.cli.masked() : shown.cli_text,
                                   shown.callee.masked(),
                                   shown.trunk,
                                   shown.duration < 0 ? Cell{} : Cell{std::int64_t{shown.duration}},
                                   judged ? Cell{std::string(detect::name_of(verdict))} : Cell{},
                                   shown.campaign == 0 ? Cell{} : Cell{"C" + std::to_string(shown.campaign)},
                                   shown.needs.empty() ? Cell{} : Cell{shown.needs},
                                   Raw{shown.indicators, codes}};
        if (duplicates) cells.emplace_back(shown.same_as);
        out.row(std::move(cells));
        return done();
    }));
    if (rows == 0) SENDH_CHECK(c->record_reading(reading));
    SENDH_CHECK(out.finish());
    if (most > 0 && rows > most && !call.quiet())
        std::fputs("sendh: there are more calls; --limit 0 shows all\n", stderr);
    return 0;
}

}  // namespace sendh::cli
