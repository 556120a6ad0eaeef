// The report: one self-contained HTML file from a finding, in Hindi or English, for an officer who reads it
// on paper or offline: no script, no link to anything outside, inline SVG plots (calls an hour, evidence over
// time with its thresholds, share of members reached against their neighbours with intervals), print styles.
// No full phone number, ever.
//
// Thread rule: pure.
#pragma once

#include <string>

#include "casework/finding.h"

namespace sendh {

[[nodiscard]] std::string html_report(const Finding& finding, Language language);

// The answer on one screen, in words, for a terminal.
[[nodiscard]] std::string text_answer(const Finding& finding, Language language);

}  // namespace sendh
