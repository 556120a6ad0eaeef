// Which copy was dialled: holds a campaign's hits against every copy of a register. The mathematics is in the
// room `attribution`; here marks are computed again and laid before it.
//
// Planted evidence (canaries, row order) comes from copies that were issued with marks. Copies recorded as
// they were given have none: only who stands in them speaks, and that needs assumptions. Canaries that are
// burnt when it is asked do not count.
//
// A hit is the campaign's first call to a number of the register or to a canary, in time order. A number with
// several rows counts once, in a copy when one of them is.
//
// Given the hits, marks of an innocent copy are as good as drawn afterwards: which campaign is looked at, and
// why, changes nothing in the planted evidence.
//
// Memory: the marks of all copies (48 kB a copy of a million rows), and 256 hits times copies at a time.
// Faults: key (marks made with a mark key that the ring does not have), corrupt.
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

    [[nodiscard]] bool empty() const;  // the register has no copies

    // Copies, confidence set, snapshot, columns, and what is to be said of them.
    void tell(double alpha, Finding& finding) const;

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
