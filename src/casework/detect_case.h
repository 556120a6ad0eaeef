// Detection over a case: every call and report judged, campaigns formed, all of it stored anew. Knows no
// register: it passes calls, trunks and roaming to the room `detect` and writes down what that says.
//
// A report about a call that is in the records speaks for that call (same number, within 15 minutes, same
// CLI where the report tells one; a report with only a date: that day). Any other report is a call of its
// own, with the id -(file << 40 | line).
//
// Thread rule: one case, one thread.
#pragma once

#include <string>
#include <vector>

#include "casework/case.h"

namespace sendh {

struct DetectSummary {
    std::uint64_t calls = 0, reports = 0, reports_matched = 0;
    std::uint64_t fake = 0, undecidable = 0, undecidable_roaming = 0;
    std::vector<std::pair<std::string, std::uint64_t>> indicators;  // how often each fired
    std::vector<CampaignRecord> campaigns;
    bool trunk_map = false;
};

[[nodiscard]] Result<DetectSummary> detect_case(Case& c, bool quiet);

// One number that a campaign reached, at its first call.
// A number's place in an order that is nobody's.
[[nodiscard]] std::uint64_t hash_of(PhoneNumber number, std::uint64_t seed = 0);

struct CampaignHit {
    PhoneNumber number;
    Micros time;              // Micros{0}: only known from reports that tell no time
    std::uint64_t calls = 0;  // and reports
    // Whether a call record, or a report with the time of day, says when. Reports that tell a day or nothing
    // come as somebody wrote them down, who may have gone through a copy of the register.
    bool in_order = true;
};
// By time; those of one moment by a hash of their number, since the order of rows in a file is somebody's;
// reports without a time last.
[[nodiscard]] Result<std::vector<CampaignHit>> campaign_hits(Case& c, std::uint32_t campaign);

struct CampaignMember {
    std::int64_t call = 0;  // id of the call; of a report that is a call of its own: its line
    PhoneNumber number;
    std::optional<std::uint64_t> report;  // line of the report
};
[[nodiscard]] Result<std::vector<CampaignMember>> campaign_members(Case& c, std::uint32_t campaign);

// "C3" -> 3; a fault that lists the campaigns otherwise.
[[nodiscard]] Result<std::uint32_t> find_campaign(Case& c, const std::string& id);

}  // namespace sendh
