#include <chrono>
#include <cmath>
#include <cstdio>
#include <thread>

#include "base/progress.h"
#include "base/text.h"
#include "casework/at_risk.h"
#include "casework/detect_case.h"
#include "casework/import_lists.h"
#include "casework/investigate.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/watching.h"
#include "report/html.h"

namespace sendh::cli {

namespace {

Result<Language> wanted_language(const Invocation& call) {
    const std::string text = call.get("--language", "en");
    if (text == "en" || text == "english") return Language::english;
    if (text == "hi" || text == "hindi") return Language::hindi;
    return Fault{FaultKind::usage, "unknown language '" + without_numbers(text) + "'", "", "use en or hi"};
}

Result<Finding> last_finding(Case& c) {
    SENDH_TRY(const std::string json, c.catalogue().latest_finding());
    if (json.empty())
        return Fault{FaultKind::missing, "the case has no finding yet", shown_path(c.directory()),
                     "run `sendh investigate --register NAME` first"};
    return finding_from_json(json);
}

}  // namespace

namespace {

Done show(const Finding& finding, Format format, Language language) {
    switch (format) {
        case Format::table: print(text_answer(finding, language)); return done();
        case Format::json: print(to_json(finding)); return done();
        case Format::ndjson: {
            // Strings hold no line feeds as such, so taking the layout out leaves the same document.
            std::string line;
            bool at_start = false;
            for (const char ch : to_json(finding)) {
                if (ch == '\n') {
                    at_start = true;
                } else if (!(at_start && ch == ' ')) {
                    at_start = false;
                    line += ch;
                }
            }
            print(line + "\n");
            return done();
        }
        case Format::csv: break;
    }
    ListOutput out(
        Format::csv, "findings",
        {"register", "campaign", "level", "log10_e", "p_anytime", "gamma_star", "hits", "hits_in_register"});
    out.row({finding.register_name, finding.campaign, finding.leak.level, finding.leak.log10_e,
             finding.leak.p_anytime, finding.leak.gamma_star, static_cast<std::int64_t>(finding.leak.hits),
             static_cast<std::int64_t>(finding.leak.hits_in_register)});
    return out.finish();
}

std::string named_copies(const Finding& finding) {
    std::vector<std::string> ids;
    for (const CopyLine& copy : finding.copies) {
        if (copy.named) ids.push_back(copy.id);
    }
    return joined(ids, ", ");
}

// What a look shows when nothing that matters has changed since the last one.
std::string one_line(const Finding& finding, std::uint64_t look) {
    const std::string named = named_copies(finding);
    char evidence[64];
    std::snprintf(evidence, sizeof evidence, "log10 E %.1f, by the marks %.1f", finding.leak.log10_e,
                  finding.leak.planted_log10_e);
    return readable_time(finding.made_at, finding.zone) + "  look " + grouped(look) + ": " +
           finding.leak.level + ", " + evidence + ", " + grouped(finding.leak.hits) + " numbers reached, " +
           grouped(finding.leak.hits_in_register) + " of the register" +
           (named.empty() ? "" : ", named: " + named) + "\n";
}

// What changes when somebody puts evidence into the case; told without opening it.
std::string state_of_files(const std::string& directory) {
    std::string state;
    for (const char* name : {"catalogue.sqlite", "catalogue.sqlite-wal"}) {
        std::error_code error;
        const std::filesystem::path file = std::filesystem::path(directory) / name;
        const auto size = std::filesystem::file_size(file, error);
        state += error ? "-" : std::to_string(size);
        const auto written = std::filesystem::last_write_time(file, error);
        state += error ? "-" : ":" + std::to_string(written.time_since_epoch().count()) + " ";
    }
    return state;
}

// false: asked to stop.
bool wait_for(double seconds) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    while (Clock::now() < end) {
        if (interrupted()) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return !interrupted();
}

struct Watch {
    double every = 5;
    std::uint64_t looks = 0;  // 0: until it is stopped
};

// Looks again whenever evidence came into the case, which is not held meanwhile.
Result<int> watch(Invocation& call, const InvestigateOptions& options, Language language, const Watch& how) {
    const Format format = call.format() == Format::json ? Format::ndjson : call.format();
    if (format == Format::csv)
        return Fault{FaultKind::usage, "a finding that goes on is no table of its own", "",
                     "use --format table or ndjson with --watch"};
    const std::string directory = call.case_directory();
    Investigation investigation(options);
    std::optional<Finding> last;
    std::optional<std::int64_t> seen;
    std::uint64_t looks = 0;
    const auto look = [&]() -> Result<bool> {
        auto opened = call.open_case(Case::Access::write);
        // Somebody else is at work in it: their evidence will be there next time.
        if (!opened.ok() && opened.fault().kind == FaultKind::io && last) return false;
        if (!opened.ok()) return opened.fault();
        SENDH_TRY(const std::int64_t state, (*opened)->catalogue().evidence_state());
        if (seen != state) {
            SENDH_TRY(Finding finding, investigation.look(**opened));
            seen = state;
            ++looks;
            const bool same = last && last->leak.level == finding.leak.level &&
                              named_copies(*last) == named_copies(finding);
            if (format == Format::table && same) {
                print(one_line(finding, looks));
            } else {
                SENDH_CHECK(show(finding, format, language));
            }
            SENDH_CHECK(flush());
            last = std::move(finding);
        }
        call.close_case();
        return true;
    };
    SENDH_CHECK(
        look_at_changes([&] { return state_of_files(directory); }, look,
                        [&] { return !(how.looks > 0 && looks >= how.looks) && wait_for(how.every); }));
    return last && is_leak_indicated(*last) ? 1 : 0;
}

}  // namespace

Result<int> investigate(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::write));
    SENDH_TRY(const Language language, wanted_language(call));
    InvestigateOptions options;
    options.register_name = call.get("--register");
    options.campaign = call.get("--campaign");
    options.control = call.get("--control");
    SENDH_TRY(options.alpha, call.number("--alpha", 0.01));
    options.false_discovery_rate = call.on("--fdr");
    SENDH_TRY(options.seed, call.whole("--seed", 1));
    SENDH_TRY(options.made_at, call.time("--made-at", c->zone()));
    options.quiet = call.quiet();
    if (call.on("--watch")) {
        Watch how;
        SENDH_TRY(how.every, call.number("--every", how.every));
        if (!(how.every >= 0.1 && how.every <= 86'400))
            return Fault{FaultKind::usage, "--every must lie from 0.1 to 86,400 seconds", "", ""};
        SENDH_TRY(how.looks, call.whole("--looks", 0));
        call.close_case();
        return watch(call, options, language, how);
    }
    SENDH_TRY(const Finding finding, investigate_case(*c, options));
    SENDH_CHECK(show(finding, call.format(), language));
    return is_leak_indicated(finding) ? 1 : 0;
}

Result<int> at_risk(Invocation& call) {
    const bool reveal = call.on("--reveal");
    SENDH_TRY(const std::string output, call.output("", !reveal));
    const std::string reason(trim(call.get("--reason")));
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    if (reveal && (output.empty() || reason.empty())) {
        return Fault{FaultKind::usage, "numbers in clear need a file and a reason", "",
                     "give --output FILE.csv and --reason TEXT"};
    }
    std::string register_name = call.get("--register");
    std::string campaign = call.get("--campaign");
    if (register_name.empty() || campaign.empty()) {
        SENDH_TRY(const Finding finding, last_finding(*c));
        if (register_name.empty()) register_name = finding.register_name;
        if (campaign.empty()) campaign = finding.campaign;
        if (campaign.empty())
            return Fault{FaultKind::missing, "the last finding is about no campaign", "",
                         "name one with --campaign"};
    }
    SENDH_TRY(const std::uint64_t limit, call.whole("--limit", 0));
    SENDH_TRY(const AtRiskList next, sendh::at_risk(*c, register_name, campaign, reveal));
    std::size_t rows = next.people.size();
    if (limit > 0) rows = std::min<std::size_t>(rows, limit);
    std::vector<LogDetail> about = {{"register", next.register_name}, {"campaign", next.campaign}};
    if (!output.empty()) about.emplace_back("file", shown_name(output));
    about.emplace_back("reason", reason);
    SENDH_CHECK(c->record_reading({reveal ? "reveal" : "reading", "at-risk", rows, std::move(about)}));
    if (!output.empty()) {
        const auto csv = [](const std::string& text) {
            std::string out = "\"";
            for (const char ch : text) out += ch == '"' ? std::string("\"\"") : std::string(1, ch);
            return out + "\"";
        };
        std::string text = "rank,row,number,share,left";
        if (reveal) {
            for (const std::string& column : next.columns) text += "," + csv(column);
        }
        text += "\r\n";
        for (std::size_t i = 0; i < rows; ++i) {
            const AtRisk& person = next.people[i];
            text += std::to_string(i + 1) + "," + std::to_string(person.row + 1) + "," +
                    (reveal ? unveil_text(person.number) : person.number.masked()) + "," +
                    std::to_string(person.share) + "," +
                    (person.left ? iso_date(*person.left, c->zone()) : "");
            for (const std::string& cell : person.attributes) text += "," + csv(cell);
            text += "\r\n";
        }
        SENDH_CHECK(write_durably(output, text, reveal ? 0600 : 0644));
        if (call.format() == Format::table && !is_stdout(output))
            print(grouped(rows) + " people written to " + shown_path(output) +
                  (reveal ? "; the reading was recorded\n" : ", numbers masked\n"));
        return 0;
    }
    ListOutput out(call.format(), "at_risk", {"rank", "row", "number", "share", "left"});
    for (std::size_t i = 0; i < rows; ++i) {
        const AtRisk& person = next.people[i];
        out.row({static_cast<std::int64_t>(i + 1), person.row + 1, person.number.masked(),
                 std::round(person.share * 1e6) / 1e6,
                 person.left ? Cell{iso_date(*person.left, c->zone())} : Cell{}});
    }
    SENDH_CHECK(out.finish());
    return 0;
}

Result<int> report(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    SENDH_TRY(const Language language, wanted_language(call));
    SENDH_TRY(const std::string output, call.output("report.html", true));
    if (output.ends_with(".pdf")) {
        return Fault{FaultKind::usage, "reports are written as HTML", shown_path(output),
                     "give a name ending in .html; it prints to PDF from any browser, laid out for A4"};
    }
    SENDH_TRY(const Finding finding, last_finding(*c));
    SENDH_CHECK(write_durably(output, html_report(finding, language)));
    if (is_stdout(output)) return 0;
    if (call.format() == Format::table) {
        print("Report written to " + shown_path(output) + "\n");
    } else {
        ListOutput out(call.format(), "reports", {"file", "language", "register", "level"});
        out.row({shown_path(output), std::string(language == Language::hindi ? "hi" : "en"),
                 finding.register_name, finding.leak.level});
        SENDH_CHECK(out.finish());
    }
    return 0;
}

}  // namespace sendh::cli
