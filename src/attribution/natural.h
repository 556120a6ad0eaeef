// Natural evidence: has the register leaked? The stratified e-process over the hits of one campaign.
//
// What it is. Go through the hits in time order. Let the hit fall in a stratum where m members and u others
// have not been hit yet; z = 1 if a member was hit. The factor for odds ω against a tolerated bias Γ >= 1 is
//     f = [ω^z / (ω m + u)] · [(Γ m + u) / Γ^z]
// (design page "Attribution", section 1). Averaged over a grid of ω this is a nonnegative supermartingale for
// every odds up to Γ, so by Ville's inequality P(E ever >= 1/α) <= α, however often it is looked at. Γ plays
// the part of P. R. Rosenbaum's sensitivity parameter (Observational Studies, 2002, chapter 4). What it is
// not. It does not know why members are hit more often: rivals.h and verdict.h do.
//
// What counts once, and why that is still a martingale:
// * storm: a hit less than `storm_us` after the last hit that counted gives no factor and only leaves the
// risk set.
//   Which moment opens the next storm depends on times alone. Of several hits at the very moment that opens a
//   storm one is drawn by a hash of seed, time and item (a choice by rank could favour members); a draw from
//   tied hits has at most the odds of a single hit. Like any randomised test this is exact over the seed, so
//   the seed must not be chosen after looking; without ties everything is exact for any seed.
// * cluster (switchboard): when a number of a cluster is hit, all its numbers leave the risk set, since a
// later hit
//   on them cannot count. If they stayed, the counted hits would not be a fair draw from the risk set.
// With storm_us = 0 nothing is a storm, and hits of one moment in one stratum are one batch: the factor is
// FNCH(ω)/FNCH(Γ). Of tied numbers of one cluster one is drawn by the same hash.
//
// Thread rule: pure functions. Same inputs, same bytes; labels of strata and clusters do not matter. Any
// input is accepted: hits out of order are sorted (stable), unknown items and repeats are ignored and
// counted. Cost: O(items + hits · grid). A million hits take about two seconds.
#ifndef SENDH_ATTRIBUTION_NATURAL_H_
#define SENDH_ATTRIBUTION_NATURAL_H_

#include <cstdint>
#include <span>
#include <vector>

#include "attribution/counts.h"
#include "attribution/field.h"
#include "attribution/log_space.h"
#include "attribution/odds.h"

namespace sendh::attribution {

struct NaturalOptions {
    std::int64_t storm_us = 1'000'000;
    std::vector<std::uint32_t> cluster;  // one entry an item, or shorter: 0 = in no cluster
    std::uint64_t tie_seed = 0;          // for the draw among hits of one moment
    double alpha = .05;                  // for Γ* and the confidence sequence
    std::size_t path_points = 500;       // thinning of the path; first, last and greatest always stay
};

// The hits that count, as events at risk.
struct CountedHits {
    std::vector<Hit> hits;            // that count, in time order
    std::vector<RiskEvent> events;    // one a counted hit (a batch when storms are off), informative or not
    std::vector<std::int64_t> times;  // of the events, µs
    std::vector<RiskEvent> best;  // the same, had every counted hit been a member as long as there were any
    std::int64_t members = 0;     // in the field, at the start
    std::int64_t others = 0;
    std::int64_t members_hit = 0;  // distinct items hit, storms and clusters included
    std::int64_t others_hit = 0;
    std::int64_t mixed_strata = 0;  // strata with both kinds at the start
    std::int64_t swallowed = 0;     // by a storm or a cluster
    std::int64_t ignored = 0;       // not in the field, or hit before
};

CountedHits count_hits(const Field& field, std::span<const Hit> hits, const NaturalOptions& options = {});

struct PathPoint {
    std::int64_t time_us = 0;
    std::int64_t hit = 0;  // how many hits counted until here, this one included
    double log10_e = 0;    // E(1)
};

struct NaturalEvidence {
    double log10_e = 0;      // E(1) now
    double max_log10_e = 0;  // over all moments, the start (E = 1) included
    double p_anytime = 1;    // min(1, 1 / max E)
    std::vector<PathPoint> path;
    double alpha = .05;
    double gamma_star = 0;                         // 0: E(1) < 1/alpha
    double omega = 1;                              // conditional estimate; 0 and kOddsLimit are possible
    Interval omega_interval{0, kOddsLimit, true};  // confidence sequence at 1 - alpha
    double attainable_log10_e = 0;                 // had every informative hit been a member
    std::int64_t hits_counted = 0;
    std::int64_t hits_swallowed = 0;
    std::int64_t hits_ignored = 0;
    std::int64_t informative_hits = 0;
    std::int64_t mixed_strata = 0;
    std::int64_t members = 0;
    std::int64_t others = 0;
    std::int64_t members_hit = 0;
    std::int64_t others_hit = 0;
};

NaturalEvidence natural_evidence(const CountedHits& counted, const NaturalOptions& options = {});

// Both steps at once.
NaturalEvidence natural_evidence(const Field& field, std::span<const Hit> hits,
                                 const NaturalOptions& options = {});

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_NATURAL_H_
