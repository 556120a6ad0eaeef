// Dating a copy by who stood in the register when, and columns by what callers knew. (Design page
// "Attribution", section 4.) Natural evidence, reported beside planted evidence.
//
// Thread rule: pure functions.
#ifndef SENDH_ATTRIBUTION_SNAPSHOT_H_
#define SENDH_ATTRIBUTION_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "attribution/copy_likelihood.h"
#include "attribution/membership.h"

namespace sendh::attribution {

// The register as of each date, seen as a copy. Hits of people who ever stood in the register, in time order.
class SnapshotDates {
public:
    // ever: how many numbers ever stood in it. on_date: how many did on each date, the dates ascending.
    SnapshotDates(std::uint64_t ever, std::vector<std::uint64_t> on_date);
    // there: one bit a date (membership.h), set when the number stood in the register on it.
    void add(Bits there);

    std::vector<double> log10_lr() const;  // by date; mean over q of L, as for copies

    struct Interval {
        bool dated = false;  // false: no dates, or none excluded
        std::size_t first = 0;
        std::size_t last = 0;  // the dates that cannot be excluded lie between; not all between need to
    };
    // By the rule of confidence_set() in naming.h.
    Interval interval(double alpha) const;

private:
    std::uint64_t ever_;
    std::uint64_t hits_ = 0;
    std::vector<std::uint64_t> on_date_, hit_;
    std::vector<HazardLikelihood> likelihood_;
};

// Of `reports` people called, `knew` say that the caller knew this column, which somebody who has no list
// knows with probability `base`. log10 of the bet of coin.h with p = base: evidence that the list that was
// dialled has the column, under that base rate. Copies without the column are behind by this much, and never
// ruled out absolutely.
double log10_column(std::uint64_t reports, std::uint64_t knew, double base);

// The base rate is not known, but the same was asked of people who stand in no list (or were called by
// another campaign): exact conditional bet against equal rates, log10_batch_e of power.h.
double log10_column(std::uint64_t reports, std::uint64_t knew, std::uint64_t control_reports,
                    std::uint64_t control_knew);

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_SNAPSHOT_H_
