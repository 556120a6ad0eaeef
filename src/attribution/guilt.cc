#include "attribution/guilt.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sendh::attribution {

std::vector<double> guilt_probability(std::size_t agents, std::span<const Bits> leaked, double p) {
    p = p >= 0 ? std::min(p, 1.0) : 0;
    std::vector<double> log_innocent(agents, 0.0);
    std::vector<std::uint8_t> certain(agents, 0);
    for (const Bits& item : leaked) {
        std::size_t holders = 0;
        for (std::size_t i = 0; i < agents; ++i) holders += holds(item, i) ? 1U : 0U;
        for (std::size_t i = 0; i < agents; ++i) {
            if (!holds(item, i)) continue;
            const double share = (1 - p) / static_cast<double>(holders);
            if (share >= 1) {
                certain[i] = 1;
            } else {
                log_innocent[i] += std::log1p(-share);
            }
        }
    }
    std::vector<double> out;
    for (std::size_t i = 0; i < agents; ++i)
        out.push_back(certain[i] != 0 ? 1 : -std::expm1(log_innocent[i]));
    return out;
}

double tardos_score(double p, bool held, bool hit) {
    constexpr double kLeast = 1e-6;
    p = p >= kLeast ? std::min(p, 1 - kLeast) : kLeast;
    const double rare = std::sqrt((1 - p) / p);
    if (hit) return held ? rare : -1 / rare;
    return held ? -rare : 1 / rare;
}

std::uint64_t tardos_length(std::uint64_t colluders, double epsilon) {
    const double c = static_cast<double>(std::min<std::uint64_t>(colluders, 1'000'000));
    const double e = epsilon > 1e-300 ? std::min(epsilon, 1.0) : 1e-300;
    return static_cast<std::uint64_t>(std::ceil(std::numbers::pi * std::numbers::pi * c * c * -std::log(e)));
}

}  // namespace sendh::attribution
