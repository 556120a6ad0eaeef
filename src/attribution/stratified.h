// Fixed-sample yardsticks on counts: the Mantel-Haenszel summary of K tables, Breslow and Day's test that
// they have one odds ratio, the ratio of two Poisson rates, and an e-value for two streams of yes and no.
//
// Exact conditional inference on the same tables is in counts.h. All but the e-value hold at one look only.
//
// Sources: N. Mantel and W. Haenszel, JNCI 22 (1959) 719 (estimate, X² with
// correction for continuity);
// J. Robins, N. Breslow and S. Greenland, Biometrics 42 (1986) 311 (variance); N. E. Breslow and N. E. Day,
// Statistical Methods in Cancer Research 1 (1980) 142; R. E. Tarone, Biometrika 72 (1985) 91. Poisson: exact
// conditional binomial, as R's poisson.test. Streams: R. Turner, A. Ly and P. Grünwald, "Generic E-variables
// for exact sequential k-sample tests that allow for optional stopping" (2021), as in the package safestats.
//
// Thread rule: pure functions. Nothing returned is NaN; what is not defined is 0 (statistics) or 1 (p).
#ifndef SENDH_ATTRIBUTION_STRATIFIED_H_
#define SENDH_ATTRIBUTION_STRATIFIED_H_

#include <cstdint>
#include <span>

#include "attribution/counts.h"
#include "attribution/log_space.h"

namespace sendh::attribution {

// P(X >= x) of the chi-square law with df >= 1 degrees of freedom.
double chi_square_above(double x, int df);

struct MantelHaenszel {
    double odds_ratio = 0;
    Interval interval{0, kOddsLimit, true};  // normal, on the log scale
    double chi_square = 0;
    double p = 1;
    double breslow_day = 0;
    double breslow_day_p = 1;
    double tarone = 0;  // Breslow-Day with Tarone's correction
    double tarone_p = 1;
};
MantelHaenszel mantel_haenszel(std::span<const Table2x2> tables, double level = .95);

// Counts x1, x2 over exposures t1, t2 (positive): are the rates equal?
struct PoissonRatio {
    double ratio = 1;
    Interval interval{0, kOddsLimit, true};
    double p_two_sided = 1;
    double expected_first = 0;  // at equal rates
};
PoissonRatio poisson_ratio(std::int64_t x1, double t1, std::int64_t x2, double t2, double level = .95);

// Blocks of na answers of one group and nb of the other; ya and yb of them are yes. The e-value against "both
// groups say yes equally often", with a Beta(prior, prior) law for the first group and nb/na of that for the
// other; may be looked at after every block.
class TwoStreams {
public:
    explicit TwoStreams(int na = 1, int nb = 1, double prior = .18);
    void add(int ya, int yb);
    double log_e() const { return log_e_; }

private:
    double na_, nb_, prior_a_, prior_b_;
    double yes_a_ = 0, no_a_ = 0, yes_b_ = 0, no_b_ = 0;
    double log_e_ = 0;
};

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_STRATIFIED_H_
