#include <cstdio>

#include "base/text.h"
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
        std::fprintf(stderr, "sendh: %s %s rejected: %s%s, first at %s:%s\n", grouped(r.rows).c_str(),
                     r.rows == 1 ? "row" : "rows", r.code.c_str(), column.c_str(), file.record.name.c_str(),
                     std::to_string(r.first_line).c_str());
    }
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
    ListOutput sample(Format::table, "sample",
                      {"line", "time", "cli", "callee", "direction", "trunk", "seconds"});
    for (const SampleCall& s : file.sample)
        sample.row(
            {static_cast<std::int64_t>(s.line), s.time, s.cli, s.callee, s.direction, s.trunk, s.duration});
    (void)sample.finish().ok();
    print("\n");
}

// One file after the other; what is in stays in when a later one fails.
template <class ImportOne>
Result<int> import_files(Invocation& call, bool dry_run, ImportOne import_one) {
    std::vector<ImportedFile> files;
    std::optional<Fault> failed;
    for (const std::string& path : call.arguments()) {
        Result<ImportedFile> file = import_one(path);
        if (!file.ok()) {
            failed = file.fault();
            break;
        }
        if (!call.quiet()) remark(*file);
        if (dry_run && call.format() == Format::table && !call.quiet()) print_sample(*file);
        files.push_back(std::move(file).value());
    }
    if (failed && files.empty()) return *failed;
    ListOutput out(call.format(), "files", file_columns);
    for (const ImportedFile& file : files) file_row(out, file);
    SENDH_CHECK(out.finish());
    if (failed) {
        if (!dry_run) failed->to_do += "; the " + std::to_string(files.size()) + " file(s) before it are in";
        return *failed;
    }
    return 0;
}

}  // namespace

Result<int> calls_import(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(call.on("--dry-run") ? Case::Access::read : Case::Access::write));
    SENDH_TRY(const ImportOptions options, import_options(call));
    return import_files(call, options.dry_run,
                        [&](const std::string& path) { return import_calls(*c, path, options); });
}

Result<int> reports_import(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::write));
    SENDH_TRY(const ImportOptions options, import_options(call));
    return import_files(call, false, [&](const std::string& path) {
        return import_reports(*c, path, call.get("--mapping"), options);
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
    if (const std::string number = call.get("--number"); !number.empty()) {
        const ParsedNumber parsed = parse_number(number, c->region());
        if (parsed.number_class == NumberClass::none)
            return Fault{FaultKind::usage, "--number holds no number", "",
                         "write it with its country code: +91…"};
        filter.number = c->tokeniser().seal(parsed.number);
    }
    if (const std::string campaign = call.get("--campaign"); !campaign.empty()) {
        SENDH_TRY(filter.campaign, find_campaign(*c, campaign));
    }
    SENDH_TRY(filter.from, call.time("--from", c->zone()));
    SENDH_TRY(filter.to, call.time("--to", c->zone()));
    SENDH_TRY(filter.limit, call.whole("--limit", 100));
    if (!call.get("--id").empty()) {
        const auto id = parse_integer(call.get("--id"));
        if (!id) return Fault{FaultKind::usage, "--id needs a whole number", "", "as in the column ID"};
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
    ListOutput out(
        call.format(), "calls",
        {"id", "time", "cli", "callee", "trunk", "duration", "verdict", "campaign", "needs", "indicators"});
    // One more than asked for, to know whether there are more.
    const std::uint64_t most = filter.limit;
    if (most > 0) ++filter.limit;
    std::uint64_t rows = 0;
    SENDH_CHECK(store->show(filter, [&](const CallStore::ShownCall& shown) {
        if (++rows > most && most > 0) return done();
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
        out.row({shown.id, iso_time(shown.time, c->zone()),
                 shown.cli_text.empty() ? shown.cli.masked() : shown.cli_text, shown.callee.masked(),
                 shown.trunk, shown.duration < 0 ? Cell{} : Cell{std::int64_t{shown.duration}},
                 judged ? Cell{std::string(detect::name_of(verdict))} : Cell{},
                 shown.campaign == 0 ? Cell{} : Cell{"C" + std::to_string(shown.campaign)},
                 shown.needs.empty() ? Cell{} : Cell{shown.needs}, Raw{shown.indicators, codes}});
        return done();
    }));
    SENDH_CHECK(out.finish());
    if (most > 0 && rows > most && !call.quiet())
        std::fputs("sendh: there are more calls; --limit 0 shows all\n", stderr);
    return 0;
}

}  // namespace sendh::cli
