// The plots of the report, as inline SVG: drawn for paper, readable in black and white, in the zone of the
// case. Each is "" when the finding holds nothing to draw.
//
// Thread rule: pure functions.
#pragma once

#include <string>

#include "casework/finding.h"

namespace sendh::report {

// Calls of the campaign over time, and below it all calls, on one time axis. Bins are put together until
// they are wide enough to see.
[[nodiscard]] std::string activity_plot(const Finding& finding, Language language);
// The evidence after each hit on a logarithmic scale, with the thresholds of the levels.
[[nodiscard]] std::string evidence_plot(const Finding& finding, Language language);
// Share reached of the registered numbers and of their neighbours, with 95 % intervals.
[[nodiscard]] std::string rates_plot(const Finding& finding, Language language);
// Where in a copy the hits stand, hit after hit: lines that rise where it was dialled from top to bottom, a
// cloud where it was not.
[[nodiscard]] std::string dialled_plot(const DialledRows& dialled, Language language);

}  // namespace sendh::report
