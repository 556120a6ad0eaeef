#include "attribution/copy_likelihood.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "attribution/log_space.h"

namespace sendh::attribution {
namespace {

struct Clean {
    double members, hits, held, in, out;  // in, out: hits inside and outside the copy
};

Clean clean(const MemberCounts& c) {
    const std::uint64_t held = std::min(c.held, c.members);
    const std::uint64_t hits = std::min(c.hits, c.members);
    const std::uint64_t least = hits > c.members - held ? hits - (c.members - held) : 0;
    const std::uint64_t in = std::clamp(c.held_and_hit, least, std::min(held, hits));
    return {static_cast<double>(c.members), static_cast<double>(hits), static_cast<double>(held),
            static_cast<double>(in), static_cast<double>(hits - in)};
}

double value(const Clean& c, double q) {
    if (c.held == 0) return c.out * std::log1p(-q);
    return c.in * std::log1p(q * (c.members / c.held - 1)) + (c.out > 0 ? c.out * std::log1p(-q) : 0);
}

const std::array<double, HazardLikelihood::kPoints> kOmega = [] {
    std::array<double, HazardLikelihood::kPoints> out{};
    double omega = 1.3;
    for (double& o : out) {
        o = omega;
        omega *= 1.7;
    }
    out.back() = 1e6;
    return out;
}();

}  // namespace

double log_membership(const MemberCounts& counts, double q) {
    return value(clean(counts), q >= 0 ? std::min(q, 1 - 1e-6) : 0);
}

double log_membership(const MemberCounts& counts) {
    constexpr int kPoints = 10;
    const Clean c = clean(counts);
    std::array<double, kPoints> terms{};
    for (int i = 0; i < kPoints; ++i) {
        terms[static_cast<std::size_t>(i)] = value(c, (i + .5) / kPoints);
    }
    return log_sum_exp(terms) - std::log(static_cast<double>(kPoints));
}

double max_log_membership(const MemberCounts& counts) {
    const Clean c = clean(counts);
    if (c.held == 0 || c.hits == 0) return 0;
    const double gain = c.members / c.held - 1;
    const auto slope = [&](double q) { return c.in * gain / (1 + q * gain) - c.out / (1 - q); };
    double lo = 0;
    double hi = 1 - 1e-6;
    if (slope(lo) <= 0) return 0;
    if (slope(hi) >= 0) return value(c, hi);
    for (int i = 0; i < 60; ++i) {
        const double mid = (lo + hi) / 2;
        (slope(mid) > 0 ? lo : hi) = mid;
    }
    return value(c, lo);
}

HazardLikelihood::HazardLikelihood() {
    log_.fill(0);
    product_.fill(1);
}

void HazardLikelihood::add(double left_inside, double left_outside, bool inside) {
    const double m = left_inside > 0 ? left_inside : 0;
    const double u = left_outside > 0 ? left_outside : 0;
    if ((inside ? m : u) < 1) return;
    inside_ += inside ? 1 : 0;
    const double share = m / (m + u);
    for (std::size_t i = 0; i < kPoints; ++i) product_[i] *= 1 + (kOmega[i] - 1) * share;
    if (product_.back() < 1e200) return;
    for (std::size_t i = 0; i < kPoints; ++i) {
        log_[i] += std::log(product_[i]);
        product_[i] = 1;
    }
}

std::array<double, HazardLikelihood::kPoints> HazardLikelihood::values() const {
    std::array<double, kPoints> out{};
    for (std::size_t i = 0; i < kPoints; ++i) {
        out[i] = inside_ * std::log(kOmega[i]) - log_[i] - std::log(product_[i]);
    }
    return out;
}

double HazardLikelihood::mixed() const {
    return log_sum_exp(values()) - std::log(static_cast<double>(kPoints));
}

double HazardLikelihood::best() const {
    // The points with ω = 1 in front.
    std::array<double, kPoints + 1> x{};
    std::array<double, kPoints + 1> y{};
    const auto at = values();
    for (std::size_t i = 0; i < kPoints; ++i) {
        x[i + 1] = std::log(kOmega[i]);
        y[i + 1] = at[i];
    }
    double out = *std::max_element(y.begin(), y.end());
    const auto slope = [&](std::size_t i) { return (y[i + 1] - y[i]) / (x[i + 1] - x[i]); };
    for (std::size_t i = 0; i < kPoints; ++i) {
        const bool left = i > 0;
        const bool right = i + 2 <= kPoints;
        if (!left && !right) continue;
        // From the left the line through the two points before, from the right through the two points after.
        if (!left) {
            out = std::max(out, y[1] - slope(1) * (x[1] - x[0]));
        } else if (!right) {
            if (slope(i - 1) > 0) out = std::max(out, y[i] + slope(i - 1) * (x[i + 1] - x[i]));
        } else {
            const double a = slope(i - 1);
            const double b = slope(i + 1);
            if (a <= 0 || b >= 0) continue;  // the greatest value is not inside
            const double meet = (y[i + 1] - y[i] + a * x[i] - b * x[i + 1]) / (a - b);
            out = std::max(out, y[i] + a * (std::clamp(meet, x[i], x[i + 1]) - x[i]));
        }
    }
    return out;
}

}  // namespace sendh::attribution
