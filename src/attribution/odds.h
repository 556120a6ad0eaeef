// The likelihood of an odds ratio ω, given who was hit among those who could have been hit.
//
// Each event is one hit (or a batch of hits at the same moment) in one stratum. Given the numbers at risk,
// the number of members among the hit follows Fisher's noncentral hypergeometric law with odds ω; for a
// single hit that is ω^z / (ω m + u). This is Cox's partial likelihood with one binary covariate, stratified.
//
// Thread rule: immutable once built. Log space; l(ω) is concave in log ω.
#ifndef SENDH_ATTRIBUTION_ODDS_H_
#define SENDH_ATTRIBUTION_ODDS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "attribution/counts.h"

namespace sendh::attribution {

struct RiskEvent {
    std::int64_t members = 0;  // not hit yet, just before
    std::int64_t others = 0;
    std::int64_t members_hit = 0;
    std::int64_t others_hit = 0;

    // Whether the event can say anything: both kinds at risk, and not all of them hit.
    bool informative() const {
        const std::int64_t k = members_hit + others_hit;
        return members > 0 && others > 0 && k > 0 && k < members + others;
    }
};

class OddsLikelihood {
public:
    // Events that are not informative are dropped. Cost: O(events), batches O(batch).
    explicit OddsLikelihood(std::span<const RiskEvent> events);

    // log L(ω) − log L(1). Finite for every ω, which is clamped to [1/kOddsLimit, kOddsLimit].
    double at(double omega) const;

    // The ω where it is greatest: 0 if no member was hit, kOddsLimit if no other was, 1 without events.
    double mle() const;

    // {ω : at(ω) > floor}, for a floor not above the maximum.
    Interval above(double floor) const;

    bool empty() const { return m_.empty() && batches_.empty(); }

private:
    struct Batch {
        DiscreteLaw law;  // at odds 1
        double hit;       // members hit
    };
    double score(double log_omega) const;

    std::vector<double> m_, u_;  // single hits
    double member_hits_ = 0;     // among single hits
    double log_at_one_ = 0;      // Σ log(m + u) over single hits
    std::vector<Batch> batches_;
};

// log10 of the product of FNCH(ω)/FNCH(Γ) over the events: the e-value of one fixed alternative. With Γ = 1
// this is the exact safe logrank statistic of J. ter Schure, M. F. Perez-Ortiz, A. Ly and P. Grünwald, "The
// safe logrank test" (2020), section 2: under any odds up to Γ its expectation is at most 1 if ω > Γ, at any
// stopping time.
double log10_fixed_odds(std::span<const RiskEvent> events, double omega, double gamma = 1);

// The grid of alternatives: point i is 1.5 · r^i with r such that point 24 is 2,000. It goes on above 2,000.
inline constexpr int kGridPoints = 25;
double grid_odds(int i);

// log10 E(Γ): the mean over the first 25 grid points above Γ of L(ω)/L(Γ). Γ below 1 counts as 1.
double log10_e(const OddsLikelihood& likelihood, double gamma);

// The largest Γ with E(Γ) >= 1/alpha, by bisection between 1 and the estimate of ω (beyond which E(Γ) < 1
// since log L is concave); 0 when already E(1) < 1/alpha. At most kGammaLimit, which then stands for "more".
// Every odds below it is excluded too: L(ω)/L(Γ) falls with Γ there, up to the change of grid points.
inline constexpr double kGammaLimit = 1e6;
double gamma_star(const OddsLikelihood& likelihood, double alpha);

// Confidence sequence for ω at level 1 − alpha: {ω0 : mean over a two-sided grid of L(ω)/L(ω0) < 1/alpha},
// the grid being the 25 points, their reciprocals and 1. By Ville's inequality the truth is in all of these
// sets, over all times, with probability 1 − alpha; this is the set of the last moment (no running
// intersection).
Interval omega_confidence(const OddsLikelihood& likelihood, double alpha);

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_ODDS_H_
