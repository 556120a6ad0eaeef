// Spearman's and Kendall's rank correlation: yardsticks for dial order. With several people dialling at once
// rank correlation sees nothing; that is why row_order.h exists.
//
// Sources: M. G. Kendall, Rank Correlation Methods (1970). Exact law of Spearman's S = Σ d² by counting all
// orders up to 9 pairs, beyond that the Edgeworth series of D. J. Best and D. E. Roberts, Algorithm AS 89,
// Applied Statistics 24 (1975) 377, as in R's cor.test. Exact law of Kendall's T (concordant pairs) by
// counting inversions, up to 170 pairs.
//
// Thread rule: pure functions. Pairs beyond the shorter sequence are left out. With ties ranks are means, and
// p is only approximate (`exact` is false).
#ifndef SENDH_ATTRIBUTION_RANK_CORRELATION_H_
#define SENDH_ATTRIBUTION_RANK_CORRELATION_H_

#include <span>

namespace sendh::attribution {

struct Spearman {
    double rho = 0;
    double s = 0;          // Σ d²
    double p_greater = 1;  // P(correlation at least this) under independence
    bool exact = false;
};
Spearman spearman(std::span<const double> x, std::span<const double> y);

struct Kendall {
    double tau = 0;        // no correction for ties
    double t = 0;          // concordant pairs
    double p_greater = 1;  // exact; normal above 170 pairs or with ties
    double z = 0;          // normal approximation without correction for continuity
    double p_normal = 1;
    bool exact = false;
};
Kendall kendall(std::span<const double> x, std::span<const double> y);

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_RANK_CORRELATION_H_
