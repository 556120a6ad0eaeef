// How many answers, how many hits, how many canaries (design page "Attribution", sections 2 and 7).
//
// Formulas, no simulation: what is assumed stands in the arguments. bench/calibration.cc simulates. The
// e-value is the one of natural.h (mean over its grid of odds at Γ = 1), for a batch looked at once: Σ
// FNCH(x; ω) / FNCH(x; 1).
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

// The hits needed for each level, in the order of the thresholds.
struct LevelHits {
    HitsNeeded indicated;    // E >= 20
    HitsNeeded strong;       // E >= 1,000
    HitsNeeded very_strong;  // E >= 1,000,000
};
LevelHits hits_per_level(const HitsPlan& plan);

// Which of n copies was dialled, by canaries. A copy holds a share p of them and a share `dialled` of those
// rings, each worth a factor 1/p when there are no strays: n/alpha takes log(n/alpha) / (dialled · p ·
// log(1/p)) canaries in all. p = 1/e needs the fewest: e · log(n/alpha) / dialled.
struct CanariesPlan {
    std::uint64_t copies = 100;
    double alpha = .01;
    double dialled = .3;
    std::uint64_t leaked = 1;  // how many copies it should still work for
};
struct CanariesNeeded {
    double p = 0;                // put into each copy with this probability: 1/e for one, .15 for more
    double by_formula = 0;       // in all
    std::uint64_t planned = 0;   // twice that; for two or three leaked copies at least 600
    double expected_factor = 0;  // log10, of the copy that was dialled, with `planned` and no strays
};
CanariesNeeded canaries_needed(const CanariesPlan& plan);

// What the order of a copy's rows can tell of it, at the most. Each of K diallers begins anywhere and goes on
// by gaps that are geometric with mean 1/density rows, `density` being the share of the rows worked through
// that become hits; a hit is a stray with probability s, else any dialler's. Of N rows, given where everybody
// is, the next hit falls on x with probability M(x) = s/N + (1 − s) Q(x), Q the mean of the K laws of a gap
// g, and no e-process grows by more in the mean than KL(M || uniform). That is at most (1 − s) KL(Q ||
// uniform), since the divergence is convex, and, since the logarithm is concave,
//
//     KL <= (1 − s) Σ_d g(d) log(s + (1 − s) (N g(d) + K − 1)/K),
//
// the others standing anywhere: a stray adds nothing, and to be one of K diallers costs at most log K. The
// first hit of a dialler adds nothing either; among t hits K (1 − (1 − (1 − s)/K)^t) are expected. A hit that
// is off by up to `jitter` · N rows has N g(d) <= 1/(2 · jitter), whoever knows where it would have been.
// That numbers are called once each leaves fewer rows than N, and makes it less.
struct RowOrderPlan {
    std::uint64_t copies = 100;
    double alpha = .01;
    std::uint64_t rows = 50'000;
    double density = .02;
    std::uint64_t diallers = 1;
    double strays = 0;  // share of the hits
    double jitter = 0;  // share of the rows
};
// In nats, expected after so many hits: an upper bound.
double row_order_growth(const RowOrderPlan& plan, double hits);
// The hits after which that bound reaches log(n/alpha): before, the mean of log E cannot, whatever a test
// knows of the habits. With one dialler and no strays no test names the copy after fewer hits on average (A.
// Wald's identity for stopped sums). Single runs, and a median, may be below. Infinite is 1e300.
double row_order_hits_floor(const RowOrderPlan& plan);

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_POWER_H_
