// Evidence that a list which turned up comes from one marked copy. Pure counts and positions in, log10 of an
// e-value out: an innocent copy's coins and row order were drawn without regard to the list, so each of these
// has an expectation of exactly 1 for it, whoever edited the list and however. Independent marks multiply.
//
//   coins   For each canary (or spelling) a coin of known probability p. Factor of one outcome, θ being what
//           the coin would show if the list came from the copy: (θ/p)^X ((1-θ)/(1-p))^(1-X); the mean over a
//           grid of θ > p for canaries in the list and θ <= p for those missing from it ("Attribution",
//           section 2). The grid reaches from a whole copy to a list merged from several, or cut to pieces.
//   order   The list's rows, in its order, by their positions in the copy: ranks, which for an innocent copy
//           are a uniformly random permutation; the gap test of dial_order.h over them, the mean of both
//           directions and of several windows (a list merged row by row needs more than one row kept), and of
//           that and 1: a list that was sorted says little, and not much against the copy.
//
// Not evidence by these: which rows the list holds.
// Thread rule: pure functions.
#ifndef SENDH_ATTRIBUTION_FILE_MARKS_H_
#define SENDH_ATTRIBUTION_FILE_MARKS_H_

#include <cstdint>
#include <span>

namespace sendh::attribution {

// Outcomes of coins of one probability.
struct CoinTally {
    double p = 0;  // 0 < p < 1
    std::uint64_t seen_held = 0, seen_not_held = 0;
    std::uint64_t missing_held = 0, missing_not_held = 0;
};

// Tallies of several probabilities share θ as a share of the way from p to 1 (seen) and from 0 to p
// (missing).
double log10_e_coins(std::span<const CoinTally> tallies);

// Positions of the list's rows in the copy, in the order of the list; all different.
double log10_e_order(std::span<const std::uint64_t> positions);

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_FILE_MARKS_H_
