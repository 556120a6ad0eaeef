// Who is next: members of the register that the campaign has not reached, most exposed first. Where a copy
// may have been dialled, what stands in it, and where its order is followed, what comes next in it; else by
// how much of a member's number block was reached, shrunk towards the whole register's share. Model-based.
//
// Thread rule: one case, one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "casework/attribute_copies.h"
#include "casework/case.h"
#include "casework/detect_case.h"

namespace sendh {

struct AtRisk {
    std::int64_t row = 0;  // of the register
    PhoneNumber number;
    double share = 0;            // of the expected next hits
    std::optional<Micros> left;  // stands no more in the register from then on
    std::vector<std::string> attributes;
};
struct AtRiskList {
    std::string register_name, campaign;
    std::vector<std::string> columns;  // names of the attributes
    std::vector<AtRisk> people;
};
// attributes: open them. Who shows or writes it has it recorded first (Case::record_reading).
[[nodiscard]] Result<AtRiskList> at_risk(Case& c, const std::string& register_name,
                                         const std::string& campaign, bool attributes);

// The same of these hits. known: what they say of the copies, if it was worked out already.
[[nodiscard]] Result<AtRiskList> who_is_next(Case& c, const RegisterRecord& reg, const std::string& campaign,
                                             const std::vector<CampaignHit>& hits,
                                             const CopyAttribution* known, bool attributes);

}  // namespace sendh
