// The joint fit: which lists compete for the hits, and what does each still add once the others are allowed?
//
// Every hit comes from one source: uniform over the field, or uniform over one of the lists. The weights are
// fitted by expectation-maximisation (A. P. Dempster, N. M. Laird and D. B. Rubin, JRSS B 39 (1977) 1); the
// likelihood is concave in them, so there is one maximum. Hits with the same membership pattern are one
// class.
//
// Thread rule: pure function. Cost: O(hits · lists + (lists + 1) · 2,000 · patterns · lists). Up to 63 lists;
// more are cut.
#ifndef SENDH_ATTRIBUTION_JOINT_H_
#define SENDH_ATTRIBUTION_JOINT_H_

#include <cstdint>
#include <span>
#include <vector>

#include "attribution/field.h"

namespace sendh::attribution {

struct JointFit {
    std::vector<double> weight;  // [0]: uniform background, then the lists in their order
    std::vector<double>
        log10_added;              // the same order: log10 likelihood ratio of all sources : all but this one
    double log10_likelihood = 0;  // of all sources
};

// Lists are member vectors over the field (shorter ones are filled up with 0). An empty list gets weight 0.
JointFit joint_fit(std::size_t items, std::span<const Hit> hits,
                   std::span<const std::vector<std::uint8_t>> lists);

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_JOINT_H_
