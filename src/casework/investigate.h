// The investigation of a case: from campaigns, a register, a population and rival lists to a finding. All the
// mathematics is in the room `attribution`; this is what feeds it and writes down what it says.
//
// Calls that came in since the last detection, or trunks or roaming, are judged first.
//
// Which campaign: the one named, or, when none is named, every campaign that reached at least five numbers of
// the population is tested, the evidence of each is divided by their number, and the finding is about the one
// with the most evidence. Choosing like that is paid for, so it cannot produce a leak that is not there.
//
// Strata: number block of 100 (of 1,000, 10,000 … where a block holds fewer than ten numbers of the
// population), line type and operator. A population that holds nobody of the register, neighbours alone, gets
// the members of its blocks added; the finding says so. Member: a number that stood in the register at some
// time before the campaign ended, also one that has left since: the list that leaked may be older than the
// calls. Numbers are counted, once each, not rows.
//
// Thread rule: one case, one thread.
#pragma once

#include <string>
#include <vector>

#include "casework/case.h"
#include "casework/finding.h"

namespace sendh {

struct InvestigateOptions {
    std::string register_name;  // "" when the case has just one
    std::string campaign;       // "" all
    std::string control;  // an unrelated campaign to compare with (attribution/negative_control.h); "" none
    double alpha = 0.01;
    std::uint64_t seed = 1;
    std::optional<Micros> made_at;  // for documents that must come out the same
    bool quiet = true;
};

// Stores the finding in the case.
[[nodiscard]] Result<Finding> investigate_case(Case& c, const InvestigateOptions& options);

[[nodiscard]] bool is_leak_indicated(const Finding& finding);

// Who is next: members of the register that the campaign has not reached, most exposed first.
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

}  // namespace sendh
