// Which copy was dialled: what the evidence about all copies of a register (copy_evidence.h) says, in the
// words of a finding.
//
// Faults: as copy_evidence.h.
// Thread rule: one Case, one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "casework/case.h"
#include "casework/detect_case.h"
#include "casework/finding.h"

namespace sendh {

class CopyAttribution {
public:
    [[nodiscard]] static Result<CopyAttribution> of(Case& c, const RegisterRecord& reg,
                                                    const std::vector<CampaignHit>& hits);
    CopyAttribution(CopyAttribution&&) noexcept;
    ~CopyAttribution();

    // As of(), sooner where the hits go on from those known and the copies are the same: then only new hits
    // are held against them. The answer is the same in every byte.
    [[nodiscard]] Done look_again(Case& c, const RegisterRecord& reg, const std::vector<CampaignHit>& hits);

    [[nodiscard]] bool empty() const;  // the register has no copies

    // Copies, confidence set, snapshot, columns, and what is to be said of them.
    // naming: that an innocent copy is named has a probability of at most alpha; or, of the copies named the
    // expected share of innocent ones is at most alpha (e-BH).
    enum class Naming : std::uint8_t { family_wise, false_discovery_rate };
    void tell(double alpha, Finding& finding, Naming naming = Naming::family_wise) const;

    // Who is next: the probability that none of the copies was dialled (prior: as likely as that one was),
    // and, else, the share of the coming hits that falls on the number with these rows of the register
    // (attribution/posterior.h). Model-based.
    [[nodiscard]] double no_copy() const;
    [[nodiscard]] double next_hit(const std::vector<std::int64_t>& rows) const;

private:
    struct State;
    explicit CopyAttribution(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace sendh
