// A posterior over copies, under priors that are stated.
//
// Model-based and labelled so: not an e-value. The planted e-value of a copy (a likelihood ratio of "dialled"
// with unknown habits against "not dialled") times the natural likelihood ratio of membership, against "no
// copy at all" with ratio 1. One source.
//
// Thread rule: pure functions.
#ifndef SENDH_ATTRIBUTION_POSTERIOR_H_
#define SENDH_ATTRIBUTION_POSTERIOR_H_

#include <cstdint>
#include <span>
#include <vector>

#include "attribution/attribution.h"

namespace sendh::attribution {

struct Prior {
    double none = .5;          // that no copy was dialled
    std::vector<double> copy;  // weights; empty: all copies alike
};

struct Posterior {
    double none = 1;
    std::vector<double> copy;
};
Posterior posterior(std::span<const CopyScore> scores, const Prior& prior = {});

struct Suspect {
    std::uint32_t copy = 0;
    double probability = 0;
};
// The likeliest copies, at most `most` of them, with their probabilities as they are.
std::vector<Suspect> suspects(const Posterior& p, std::size_t most);

// Who is next: of the coming hits of the campaign the share that falls on this entry (or canary), which was
// not hit yet: Σ over suspects of P(copy) · hazard. The hazard is uniform over what is left of the copy;
// where the row order is known, what its bet says of the coming hits, so the rows ahead of the fronts come
// first, the nearest before the others. REQUIRES: item.rows holds the rows of all copies, or is empty. Cost:
// O(suspects).
double next_hit(const Attribution& evidence, std::span<const Suspect> likeliest, const Observation& item);

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_POSTERIOR_H_
