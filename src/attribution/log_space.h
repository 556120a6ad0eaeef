// Sums of logarithms, and the constants that keep them finite.
//
// Everything in this room is carried as a natural logarithm inside and handed out as log10. A number that
// would be zero or infinite is clamped to the limits below, so no result of the room is ever NaN or infinite.
// Thread rule: pure functions.
#ifndef SENDH_ATTRIBUTION_LOG_SPACE_H_
#define SENDH_ATTRIBUTION_LOG_SPACE_H_

#include <algorithm>
#include <cmath>
#include <span>

namespace sendh::attribution {

inline constexpr double kLn10 = 2.302585092994045684;

// The logarithm of "impossible". Finite, so that differences of it stay finite.
inline constexpr double kLogZero = -1e300;

// Odds ratios live in [1/kOddsLimit, kOddsLimit]; an estimate or bound that runs away is reported as the
// limit (or as 0) together with a flag.
inline constexpr double kOddsLimit = 1e12;

// log(Σ exp(x)). Empty, or nothing above kLogZero: kLogZero.
inline double log_sum_exp(std::span<const double> x) {
    double top = kLogZero;
    for (const double v : x) top = std::max(top, v);
    if (top <= kLogZero) return kLogZero;
    double sum = 0;
    for (const double v : x) sum += std::exp(v - top);
    return top + std::log(sum);
}

// log(exp(a) + exp(b)).
inline double log_add(double a, double b) {
    const double top = std::max(a, b);
    if (top <= kLogZero) return kLogZero;
    return top + std::log1p(std::exp(std::min(a, b) - top));
}

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_LOG_SPACE_H_
