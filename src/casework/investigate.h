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

#include <memory>
#include <string>
#include <vector>

#include "casework/case.h"
#include "casework/finding.h"

namespace sendh {

class CopyAttribution;

struct InvestigateOptions {
    std::string register_name;  // "" when the case has just one
    std::string campaign;       // "" all
    std::string control;  // an unrelated campaign to compare with (attribution/negative_control.h); "" none
    double alpha = 0.01;
    bool false_discovery_rate = false;  // copies are named by e-BH
    std::uint64_t seed = 1;
    std::optional<Micros> made_at;  // for documents that must come out the same
    bool quiet = true;
};

// Stores the finding in the case.
[[nodiscard]] Result<Finding> investigate_case(Case& c, const InvestigateOptions& options);

// The same again and again, as calls come in, also with the case closed between looks. What is known of the
// copies is kept, so that a look holds only new hits against them.
class Investigation {
public:
    explicit Investigation(InvestigateOptions options);
    Investigation(Investigation&&) noexcept;
    ~Investigation();
    [[nodiscard]] Result<Finding> look(Case& c);

private:
    InvestigateOptions options_;
    std::unique_ptr<CopyAttribution> copies_;  // of the last look
};

[[nodiscard]] bool is_leak_indicated(const Finding& finding);

}  // namespace sendh
