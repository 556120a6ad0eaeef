// The fixed words of reports, in both languages; sentences with values about the evidence are in
// casework/wording. And the dates and shares that reports print, without the machine's locale.
//
// Thread rule: constants and pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "casework/finding.h"

namespace sendh::report {

struct Words {
    std::string_view english, hindi;
    [[nodiscard]] constexpr std::string_view in(Language language) const {
        return language == Language::english ? english : hindi;
    }
};

// "3 Mar 2025", "3 मार्च 2025"; without the year on demand.
[[nodiscard]] std::string day_text(Micros instant, Zone zone, Language language, bool year = true);
[[nodiscard]] std::string month_text(Micros instant, Zone zone, Language language);
// "14.3 %", "0.11 %".
[[nodiscard]] std::string percent(double share);
// A name that people gave, fit for a report: well-formed UTF-8, no control characters, phone numbers masked.
[[nodiscard]] std::string shown(std::string_view name);
// A statement with its names made fit.
[[nodiscard]] std::string said(const Statement& statement, Language language);
// For element content and quoted attributes; control characters become spaces.
[[nodiscard]] std::string escaped(std::string_view text);
// "ab12 cd34 ...": the hexadecimal digits in groups of four.
[[nodiscard]] std::string in_groups(std::string_view hex);

// The answer, above everything else.
[[nodiscard]] std::string headline(const Finding& finding, Language language);
// One paragraph: what was found, how sure, what it does not say.
[[nodiscard]] std::string answer(const Finding& finding, Language language);

// How a campaign's calls were grouped (Ledger::campaign_rule), part by part; a part that is not known stays
// as it is.
[[nodiscard]] std::string rule_text(std::string_view rule, Language language);
// "indicated from 20": a threshold of the ledger, in words; a name that is not known stays as it is.
[[nodiscard]] std::string threshold_text(std::string_view name, double value, Language language);
// What a column of a register is called that reports ask for: name, designation, department.
[[nodiscard]] std::string column_text(std::string_view column, Language language);
// The command that makes the finding again, with all that it was made from.
[[nodiscard]] std::string command_again(const Finding& finding);

// Evidence (not its logarithm) from which a level is given: the ledger's, or the usual.
[[nodiscard]] double threshold(const Finding& finding, std::string_view level);

}  // namespace sendh::report
