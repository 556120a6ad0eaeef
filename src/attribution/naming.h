// Saying it: which copies are named, which cannot be excluded, which cannot be told apart. (Design page
// "Attribution", section 5.)
//
// Input are e-values of copies, each valid for "this copy was not dialled" and allowed to depend on each
// other in any way. A copy is not a culprit: whoever got it may have been robbed.
//
// Thread rule: pure functions; no random numbers. Any input is accepted.
#ifndef SENDH_ATTRIBUTION_NAMING_H_
#define SENDH_ATTRIBUTION_NAMING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/membership.h"

namespace sendh::attribution {

// log10(n/alpha). With e-values that may be looked at any time, the probability that any innocent one of n
// copies ever reaches it is at most alpha (Ville, and the union bound).
double log10_naming_threshold(std::size_t n, double alpha);

// 1 where log10_e >= log10(n/alpha).
std::vector<std::uint8_t> name_family_wise(std::span<const double> log10_e, double alpha);

// e-BH: the k̂ largest, k̂ = max{k : k·e_(k) >= n/alpha}. The expected share of innocent copies among those
// named is at most alpha under any dependence (R. Wang and A. Ramdas, JRSS B 84 (2022) 822).
std::vector<std::uint8_t> name_e_bh(std::span<const double> log10_e, double alpha);
// log10 of n/(k̂·alpha), which those that it names reach and no others; that of k̂ = 1 if it names none.
double log10_e_bh_threshold(std::span<const double> log10_e, double alpha);

// All copies j with log(mean over k of mixed L_k) − log(best L_j) < log(1/alpha). L: likelihood of which
// canaries and which members were hit, if j were the one source and strays hit everything else alike
// (HazardLikelihood in copy_likelihood.h; canaries and members have an ω of their own). If that model holds,
// the mean of the mixed likelihoods over the true one is a martingale that starts at 1, so the copy that was
// dialled is ever missing with probability at most alpha, however often it is looked at. Several sources, or
// strays that prefer a copy, are outside the model.
std::vector<std::uint8_t> confidence_set(std::span<const double> log_mixed, std::span<const double> log_best,
                                         double alpha);
std::vector<std::uint8_t> confidence_set(const Attribution& evidence, double alpha);

// For each copy the index of the first copy of its class: copies that nothing observed so far can separate.
std::vector<std::uint32_t> outcome_classes(const Attribution& evidence);

// The next observation that would separate these copies: of the candidates (canaries or entries not hit yet)
// the one held by closest to half of them; none if all treat them alike.
std::optional<std::size_t> separating(std::span<const std::uint32_t> copies,
                                      std::span<const Bits> candidates);

// Not accused is not cleared. "If this copy were the source and at least `share` of its `items` had been
// dialled and seen, there would be at least `expected` hits; there were `seen`": each item independently, so
// that fewer than `expected` have a probability below alpha.
struct Exoneration {
    std::uint64_t expected = 0;
    std::uint64_t seen = 0;
    double p = 1;           // of so few hits
    bool excluded = false;  // seen < expected: the condition, not the copy, is excluded
};
// The largest share for which it is not: the upper limit of C. Clopper and E. Pearson (Biometrika 26 (1934)
// 404), one-sided at 1 - alpha. 1 where nothing is ruled out.
double dialled_at_most(std::uint64_t items, std::uint64_t seen, double alpha);
Exoneration exonerate(std::uint64_t items, std::uint64_t seen, double share, double alpha);

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_NAMING_H_
