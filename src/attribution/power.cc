#include "attribution/power.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "attribution/log_space.h"
#include "attribution/odds.h"

namespace sendh::attribution {
namespace {

double clean(double x, double least, double most) { return x >= least ? std::min(x, most) : least; }

double log10_target(double target) { return std::log10(clean(target, 1, 1e300)); }

// The least n in [1, most] with reaches(n), for a condition that stays true once it is; 0 if there is none.
template <class Condition>
std::int64_t least(std::int64_t most, Condition reaches) {
    std::int64_t high = 1;
    while (!reaches(high)) {
        if (high >= most) return 0;
        high = std::min(most, high * 2);
    }
    std::int64_t low = high / 2;
    while (high - low > 1) {
        const std::int64_t mid = low + (high - low) / 2;
        (reaches(mid) ? high : low) = mid;
    }
    return high;
}

// Σ_d g(d) log(a + b g(d)), g geometric with this density, on a circle of so many rows; at most.
double mean_log_of_gap(double a, double b, double density, double rows) {
    const double stay = std::log1p(-density);                           // -inf at 1
    const double round = density < 1 ? -std::expm1(rows * stay) : 1.0;  // 1 - P(once round)
    if (density >= 1e-3) {
        double sum = 0;
        double g = density / round;
        for (double d = 1; d <= rows && g > 1e-18; ++d, g *= 1 - density) sum += g * std::log(a + b * g);
        return sum;
    }
    // The sum is one over steps of u = (1 − density)^(d−1), on each of which log(a + b g u) falls by at most
    // −log(1 − density): at most that more than the integral.
    const double c = b * density / round;
    const auto integral = [&](double u) {
        const double x = a + c * u;
        return x > 0 ? (x * std::log(x) - x) / c : 0;
    };
    return (integral(1) - integral(1 - round)) / round - stay;
}

}  // namespace

double log10_batch_e(std::int64_t m, std::int64_t x, std::int64_t u, std::int64_t y) {
    const RiskEvent e{std::max<std::int64_t>(m, 0), std::max<std::int64_t>(u, 0),
                      std::max<std::int64_t>(x, 0), std::max<std::int64_t>(y, 0)};
    if (e.members_hit > e.members || e.others_hit > e.others) return 0;
    return log10_e(OddsLikelihood({&e, 1}), 1);
}

ControlsNeeded controls_needed(const ControlsPlan& plan, double target) {
    constexpr std::int64_t kMost = 100'000;
    const std::int64_t m = std::clamp<std::int64_t>(plan.members_asked, 0, 100'000'000);
    const std::int64_t x = std::clamp<std::int64_t>(plan.members_called, 0, m);
    ControlsNeeded out;
    if (x == 0) return out;
    const double rate = clean(plan.ratio, 0, 1e6) * static_cast<double>(x) / static_cast<double>(m);
    const auto called = [&](std::int64_t n) {
        return std::min(n, static_cast<std::int64_t>(std::ceil(rate * static_cast<double>(n) - 1e-9)));
    };
    const double need = log10_target(target);
    const auto reaches = [&](std::int64_t n) { return log10_batch_e(m, x, n, called(n)) >= need; };
    out.controls = least(kMost, reaches);
    out.reachable = out.controls > 0;
    if (!out.reachable) return out;
    out.called = called(out.controls);
    out.log10_e = log10_batch_e(m, x, out.controls, out.called);
    return out;
}

HitsNeeded hits_needed(const HitsPlan& plan, double target) {
    constexpr std::int64_t kMost = 10'000'000;
    const double m = clean(plan.members, 1e-9, 1e9);
    const double u = clean(plan.others, 1e-9, 1e9);
    const double omega = clean(plan.omega, 1 / kOddsLimit, kOddsLimit);
    const double p = omega * m / (omega * m + u);
    const double need = log10_target(target);
    const auto log10_mixture = [&](std::int64_t n, double deviations) {
        const double k = static_cast<double>(n);
        const double x = std::clamp(k * p - deviations * std::sqrt(k * p * (1 - p)), 0.0, k);
        std::array<double, kGridPoints> terms{};
        for (int i = 0; i < kGridPoints; ++i) {
            const double w = grid_odds(i);
            terms[static_cast<std::size_t>(i)] = x * std::log(w) - k * std::log((w * m + u) / (m + u));
        }
        return (log_sum_exp(terms) - std::log(static_cast<double>(kGridPoints))) / kLn10;
    };
    HitsNeeded out;
    out.hits = least(kMost, [&](std::int64_t n) { return log10_mixture(n, 0) >= need; });
    out.hits_likely = least(kMost, [&](std::int64_t n) { return log10_mixture(n, 0.8416) >= need; });
    out.reachable = out.hits > 0 && out.hits_likely > 0;
    return out;
}

LevelHits hits_per_level(const HitsPlan& plan) {
    return {hits_needed(plan, 20), hits_needed(plan, 1e3), hits_needed(plan, 1e6)};
}

CanariesNeeded canaries_needed(const CanariesPlan& plan) {
    const double copies = static_cast<double>(std::max<std::uint64_t>(plan.copies, 1));
    const double alpha = clean(plan.alpha, 1e-300, 1);
    const double dialled = clean(plan.dialled, 1e-6, 1);
    CanariesNeeded out;
    out.p = plan.leaked > 1 ? .15 : std::exp(-1.0);
    const double each = dialled * out.p * -std::log(out.p);
    out.by_formula = std::log(copies / alpha) / each;
    out.planned = static_cast<std::uint64_t>(std::ceil(2 * out.by_formula));
    if (plan.leaked > 1) out.planned = std::max<std::uint64_t>(out.planned, 600);
    out.expected_factor = static_cast<double>(out.planned) * each / kLn10;
    return out;
}

double row_order_growth(const RowOrderPlan& plan, double hits) {
    const double rows = static_cast<double>(std::max<std::uint64_t>(plan.rows, 1));
    const double diallers = static_cast<double>(std::max<std::uint64_t>(plan.diallers, 1));
    const double density = clean(plan.density, 1e-9, 1);
    const double strays = clean(plan.strays, 0, 1);
    const double followed = (1 - strays) / diallers;  // by one dialler
    const double t = clean(hits, 0, 1e15);
    const double later = t * (1 - strays) - diallers * -std::expm1(t * std::log1p(-followed));
    if (strays >= 1 || !(later > 0)) return 0;
    double each = mean_log_of_gap(1 - followed, followed * rows, density, rows);
    const double jitter = clean(plan.jitter, 0, .5);
    if (jitter > 0) each = std::min(each, std::log(1 - followed + followed / (2 * jitter)));
    return std::max(0.0, each) * later;
}

double row_order_hits_floor(const RowOrderPlan& plan) {
    const double need = std::log(static_cast<double>(std::max<std::uint64_t>(plan.copies, 1))) -
                        std::log(clean(plan.alpha, 1e-300, 1));
    double high = 1;
    while (row_order_growth(plan, high) < need) {
        high *= 2;
        if (high > 1e12) return 1e300;
    }
    double low = high / 2;
    for (int i = 0; i < 60; ++i) {
        const double mid = (low + high) / 2;
        (row_order_growth(plan, mid) < need ? low : high) = mid;
    }
    return high;
}

}  // namespace sendh::attribution
