#include "attribution/counts.h"

#include <algorithm>
#include <cmath>

#include <boost/math/special_functions/beta.hpp>

namespace sendh::attribution {
namespace {

double clamp_probability(double p) { return p > 0 ? std::min(p, 1.0) : 0.0; }

}  // namespace

Interval clopper_pearson(std::int64_t hits, std::int64_t trials, double level) {
    if (trials <= 0) return {0, 1, false};
    const double x = static_cast<double>(std::clamp<std::int64_t>(hits, 0, trials));
    const double n = static_cast<double>(trials);
    const double tail = std::clamp((1 - clamp_probability(level)) / 2, 1e-300, 0.5);
    Interval out{0, 1, false};
    if (x > 0) out.lo = boost::math::ibeta_inv(x, n - x + 1, tail);
    if (x < n) out.hi = boost::math::ibetac_inv(x + 1, n - x, tail);
    return out;
}

double binomial_p_two_sided(std::int64_t hits, std::int64_t trials, double p) {
    if (trials <= 0) return 1;
    p = clamp_probability(p);
    const std::int64_t x = std::clamp<std::int64_t>(hits, 0, trials);
    if (p == 0) return x == 0 ? 1 : 0;
    if (p == 1) return x == trials ? 1 : 0;
    const double n = static_cast<double>(trials);
    const auto mass = [&](std::int64_t k) {
        const double y = static_cast<double>(k);
        return std::exp(std::lgamma(n + 1) - std::lgamma(y + 1) - std::lgamma(n - y + 1) + y * std::log(p) +
                        (n - y) * std::log1p(-p));
    };
    // ibeta(k, n - k + 1, p) = P(X >= k).
    const auto at_least = [&](std::int64_t k) {
        if (k <= 0) return 1.0;
        if (k > trials) return 0.0;
        return boost::math::ibeta(static_cast<double>(k), n - static_cast<double>(k) + 1, p);
    };
    const auto at_most = [&](std::int64_t k) {
        if (k < 0) return 0.0;
        if (k >= trials) return 1.0;
        return boost::math::ibetac(static_cast<double>(k + 1), n - static_cast<double>(k), p);
    };
    const double limit = mass(x) * (1 + 1e-7);
    const double mean = n * p;
    const double at = static_cast<double>(x);
    if (at == mean) return 1;
    std::int64_t near = at < mean ? static_cast<std::int64_t>(std::ceil(mean)) : 0;
    std::int64_t far = at < mean ? trials + 1 : static_cast<std::int64_t>(std::floor(mean)) + 1;
    // The masses fall away from the mean: bisect for the first (last) one that is no larger.
    while (near < far) {
        const std::int64_t mid = near + (far - near) / 2;
        const bool small = mass(mid) <= limit;
        if (at < mean ? small : !small) {
            far = mid;
        } else {
            near = mid + 1;
        }
    }
    const double sum = at < mean ? at_most(x) + at_least(near) : at_least(x) + at_most(near - 1);
    return std::min(1.0, sum);
}

double binomial_at_most(std::int64_t k, std::int64_t trials, double p) {
    p = clamp_probability(p);
    if (k < 0) return 0;
    if (k >= trials || p == 0) return 1;
    if (p == 1) return 0;
    return boost::math::ibetac(static_cast<double>(k + 1), static_cast<double>(trials - k), p);
}

}  // namespace sendh::attribution
