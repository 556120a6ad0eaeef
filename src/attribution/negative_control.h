// The negative control of question 1: an unrelated campaign, reported by the same people. (Design page
// "Attribution", section 1, "Denominators".)
//
// Without a population nobody knows how often members and others would have been called. But if the same
// people also reported calls of a campaign that has nothing to do with the register, its hits stand in for
// the denominators: the ratio of ratios (this campaign : the unrelated one, members : others). In each
// stratum, of all reported hits of both campaigns, those of this campaign are drawn; under "no leak" members
// are drawn at odds 1. The law is Fisher's noncentral hypergeometric, as in natural.h.
//
// What it assumes: that reporting, answering and being reachable act alike on both campaigns, and that the
// unrelated campaign did not use the register. A finding that rests on it says so. One look, not anytime.
//
// Thread rule: pure functions.
#ifndef SENDH_ATTRIBUTION_NEGATIVE_CONTROL_H_
#define SENDH_ATTRIBUTION_NEGATIVE_CONTROL_H_

#include <cstdint>
#include <span>

#include "attribution/counts.h"

namespace sendh::attribution {

// One stratum; a person reached by both campaigns counts in both.
struct ControlledHits {
    std::int64_t members_hit = 0;  // by this campaign
    std::int64_t others_hit = 0;
    std::int64_t members_control = 0;  // by the unrelated campaign
    std::int64_t others_control = 0;
};

struct NegativeControl {
    bool usable = false;  // some stratum has members and others, hits and control hits
    double log10_e = 0;   // mean over the grid of odds of natural.h; expectation at most 1 at odds up to 1
    double gamma_star = 0;
    double p_greater = 1;  // exact conditional, members oftener
    double odds_ratio = 1;
    Interval odds_interval{0, 1e12, true};  // exact, level 1 − alpha
};
NegativeControl negative_control(std::span<const ControlledHits> strata, double alpha = .05);

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_NEGATIVE_CONTROL_H_
