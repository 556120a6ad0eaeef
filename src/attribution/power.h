// How many answers, how many hits: planning for question 1 (design page "Attribution", section 7).
//
// Formulas, no simulation: what is assumed stands in the arguments. The e-value is the one of natural.h (mean
// over its grid of odds at Γ = 1), for a batch looked at once: Σ FNCH(x; ω) / FNCH(x; 1).
//
// Thread rule: pure functions. Inputs that make no sense are clamped; nothing returned is NaN or infinite.
#ifndef SENDH_ATTRIBUTION_POWER_H_
#define SENDH_ATTRIBUTION_POWER_H_

#include <cstdint>

namespace sendh::attribution {

// Only members were asked so far. Other numbers of the same strata are to be asked "called or not?".
struct ControlsPlan {
    std::int64_t members_asked = 0;
    std::int64_t members_called = 0;
    double ratio = 0.1;  // how often others are called, as a share of how often members are; 0 = not at all
};

struct ControlsNeeded {
    bool reachable = false;     // false: not even with 100,000 answers
    std::int64_t controls = 0;  // answers of others
    std::int64_t called = 0;    // of them expected to say "called" (rounded up)
    double log10_e = 0;         // with these
};

// The number of answers with which E reaches `target` (20, 1000, ...). Found by doubling and bisection: with
// one answer fewer it would not be reached. Cost: O(log controls · grid · members_called).
ControlsNeeded controls_needed(const ControlsPlan& plan, double target);

// log10 of the mean over the grid of FNCH(x; ω) / FNCH(x; 1): x members hit of m, y others hit of u, one
// stratum.
double log10_batch_e(std::int64_t m, std::int64_t x, std::int64_t u, std::int64_t y);

// Many strata with on average m members and u others not hit yet; the dialler takes members at odds ω.
struct HitsPlan {
    double members = 1;
    double others = 10;
    double omega = 10;
};

struct HitsNeeded {
    bool reachable = false;  // false: not even with 10,000,000 hits
    std::int64_t hits = 0;   // E reaches the target when members are hit as often as expected
    std::int64_t hits_likely =
        0;  // ... when they are hit less often, by .84 standard deviations (4 in 5 cases)
};

// Informative hits until E reaches `target`. Strata are taken as not depleted: each hit sees m and u.
HitsNeeded hits_needed(const HitsPlan& plan, double target);

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_POWER_H_
