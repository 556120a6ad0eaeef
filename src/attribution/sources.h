// Several leaked copies at once. (Design page "Attribution", section 4.)
//
// Model: a number v of the register is hit with probability 1 − (1−β) Π (1−λ_j) over the leaked copies j that
// hold it; β is the background. Hits are independent given that. For one copy the maximum has a closed form;
// beyond that β and λ are fitted by expectation-maximisation (each hit was caused by at least one of its
// possible causes; A. P. Dempster, N. M. Laird and D. B. Rubin, JRSS B 39 (1977) 1).
//
// Which sets are looked at: no copy and every single copy; every pair among the `most` copies that are best
// alone or best beside the best; beyond two, greedily the copy that adds most. Each set is charged (number of
// its parameters)/2 · log(hits) (G. Schwarz, Ann. Statist. 6 (1978) 461).
//
// Model-based: likelihood ratios with fitted parameters, and a posterior under the stated prior over the sets
// looked at. Not e-values; nobody is named by them.
//
// Thread rule: pure function, no random numbers. Cost: O(copies · hits / 64 + pairs · rounds).
#ifndef SENDH_ATTRIBUTION_SOURCES_H_
#define SENDH_ATTRIBUTION_SOURCES_H_

#include <cstdint>
#include <span>
#include <vector>

#include "attribution/membership.h"

namespace sendh::attribution {

struct SourcesOptions {
    std::size_t most = 200;     // copies that enter pairs
    std::size_t largest = 6;    // copies in one set
    double prior_none = .5;     // prior of the number of leaked copies: none, one, and then each further
    double prior_further = .2;  // one is this much less likely
    std::size_t kept = 20;      // sets returned
};

struct SourceSet {
    std::vector<std::uint32_t> copies;  // ascending; empty: background alone
    std::vector<double> lambda;         // in their order
    double beta = 0;
    double log10_lr = 0;   // against background alone, at the maxima
    double posterior = 0;  // among the sets looked at
};

struct Sources {
    std::vector<SourceSet> sets;      // the most probable first
    std::vector<double> probability;  // by copy: Σ of the posteriors of the sets that hold it
};

// members: N of the register. sizes: |j| of each copy. hits: for each hit member, the copies that hold it.
Sources find_sources(std::uint64_t members, std::span<const std::uint64_t> sizes, std::span<const Bits> hits,
                     const SourcesOptions& options = {});

// The fit of one set; log likelihood in natural logarithm.
struct SourceFit {
    double log_likelihood = 0;
    double beta = 0;
    std::vector<double> lambda;
};
// patterns[s]: hits held by exactly the copies whose bits are set in s (bit i: copy i of the set).
SourceFit fit_sources(std::uint64_t members, std::span<const std::uint64_t> sizes,
                      std::span<const std::uint64_t> patterns);

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_SOURCES_H_
