#include <cmath>

#include "base/text.h"
#include "casework/detect_case.h"
#include "casework/import_lists.h"
#include "casework/investigate.h"
#include "cli/commands.h"
#include "cli/output.h"
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

Result<int> investigate(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::write));
    SENDH_TRY(const Language language, wanted_language(call));
    InvestigateOptions options;
    options.register_name = call.get("--register");
    options.campaign = call.get("--campaign");
    SENDH_TRY(options.alpha, call.number("--alpha", 0.01));
    SENDH_TRY(options.seed, call.whole("--seed", 1));
    SENDH_TRY(options.made_at, call.time("--made-at", c->zone()));
    options.quiet = call.quiet();
    SENDH_TRY(const Finding finding, investigate_case(*c, options));
    switch (call.format()) {
        case Format::table: print(text_answer(finding, language)); break;
        case Format::json: print(to_json(finding)); break;
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
            break;
        }
        case Format::csv: {
            ListOutput out(Format::csv, "findings",
                           {"register", "campaign", "level", "log10_e", "p_anytime", "gamma_star", "hits",
                            "hits_in_register"});
            out.row({finding.register_name, finding.campaign, finding.leak.level, finding.leak.log10_e,
                     finding.leak.p_anytime, finding.leak.gamma_star,
                     static_cast<std::int64_t>(finding.leak.hits),
                     static_cast<std::int64_t>(finding.leak.hits_in_register)});
            SENDH_CHECK(out.finish());
        }
    }
    return is_leak_indicated(finding) ? 1 : 0;
}

Result<int> at_risk(Invocation& call) {
    const bool reveal = call.on("--reveal");
    const std::string output = call.get("--output");
    const std::string reason(trim(call.get("--reason")));
    SENDH_TRY(Case * c, call.open_case(reveal ? Case::Access::write : Case::Access::read));
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
    if (reveal) {
        SENDH_CHECK(c->catalogue().record_access(user_name(), now(),
                                                 "at-risk: " + std::to_string(next.people.size()) +
                                                     " entries of register " + next.register_name +
                                                     " in clear",
                                                 without_numbers(reason)));
    }
    std::size_t rows = next.people.size();
    if (limit > 0) rows = std::min<std::size_t>(rows, limit);
    if (!output.empty()) {
        const auto csv = [](const std::string& text) {
            std::string out = "\"";
            for (const char ch : text) out += ch == '"' ? std::string("\"\"") : std::string(1, ch);
            return out + "\"";
        };
        std::string text = "rank,row,number,share";
        if (reveal) {
            for (const std::string& column : next.columns) text += "," + csv(column);
        }
        text += "\r\n";
        for (std::size_t i = 0; i < rows; ++i) {
            const AtRisk& person = next.people[i];
            text += std::to_string(i + 1) + "," + std::to_string(person.row + 1) + "," +
                    (reveal ? unveil_text(person.number) : person.number.masked()) + "," +
                    std::to_string(person.share);
            for (const std::string& cell : person.attributes) text += "," + csv(cell);
            text += "\r\n";
        }
        SENDH_CHECK(write_durably(output, text, reveal ? 0600 : 0644));
        if (call.format() == Format::table)
            print(grouped(rows) + " people written to " + shown_path(output) +
                  (reveal ? "; the reading was recorded\n" : ", numbers masked\n"));
        return 0;
    }
    ListOutput out(call.format(), "at_risk", {"rank", "row", "number", "share"});
    for (std::size_t i = 0; i < rows; ++i) {
        const AtRisk& person = next.people[i];
        out.row({static_cast<std::int64_t>(i + 1), person.row + 1, person.number.masked(),
                 std::round(person.share * 1e6) / 1e6});
    }
    SENDH_CHECK(out.finish());
    return 0;
}

Result<int> report(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    SENDH_TRY(const Language language, wanted_language(call));
    const std::string output = call.get("--output", "report.html");
    if (output.ends_with(".pdf")) {
        return Fault{FaultKind::usage, "reports are written as HTML", shown_path(output),
                     "give a name ending in .html; it prints to PDF from any browser, laid out for A4"};
    }
    SENDH_TRY(const Finding finding, last_finding(*c));
    SENDH_CHECK(write_durably(output, html_report(finding, language)));
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
