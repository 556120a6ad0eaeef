#include "attribution/counts.h"

#include <algorithm>
#include <cmath>

#include "attribution/log_space.h"

namespace sendh::attribution {
namespace {

double as_double(std::int64_t x) { return static_cast<double>(x); }

double clamp_odds(double odds) { return odds > 1 / kOddsLimit ? std::min(odds, kOddsLimit) : 1 / kOddsLimit; }

// Log masses relative to the mode (0 there).
DiscreteLaw relative_to_mode(std::int64_t m1, std::int64_t m2, std::int64_t n, double odds) {
    m1 = std::max<std::int64_t>(m1, 0);
    m2 = std::max<std::int64_t>(m2, 0);
    n = std::clamp<std::int64_t>(n, 0, m1 + m2);
    odds = clamp_odds(odds);
    const std::int64_t lo = std::max<std::int64_t>(0, n - m2);
    const std::int64_t hi = std::min(m1, n);
    // P(x + 1) / P(x), decreasing in x.
    const auto step = [&](std::int64_t x) {
        return as_double(m1 - x) * as_double(n - x) / (as_double(x + 1) * as_double(m2 - n + x + 1)) * odds;
    };
    std::int64_t left = lo;
    std::int64_t right = hi;
    while (left < right) {
        const std::int64_t mid = left + (right - left) / 2;
        if (step(mid) >= 1) {
            left = mid + 1;
        } else {
            right = mid;
        }
    }
    const std::int64_t mode = left;
    DiscreteLaw out{lo, std::vector<double>(static_cast<std::size_t>(hi - lo + 1), 0.0)};
    const auto at = [&](std::int64_t x) -> double& { return out.log_mass[static_cast<std::size_t>(x - lo)]; };
    for (std::int64_t x = mode; x < hi; ++x) at(x + 1) = at(x) + std::log(step(x));
    for (std::int64_t x = mode; x > lo; --x) at(x - 1) = at(x) - std::log(step(x - 1));
    return out;
}

void normalise(std::vector<double>& log_mass) {
    const double total = log_sum_exp(log_mass);
    for (double& v : log_mass) v -= total;
}

std::vector<double> tilted(const DiscreteLaw& law, double log_odds) {
    std::vector<double> out = law.log_mass;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += static_cast<double>(i) * log_odds;
    normalise(out);
    return out;
}

std::vector<double> convolve(const std::vector<double>& x, const std::vector<double>& y) {
    std::vector<double> out(x.size() + y.size() - 1);
    for (std::size_t s = 0; s < out.size(); ++s) {
        const std::size_t from = s + 1 > y.size() ? s + 1 - y.size() : 0;
        const std::size_t to = std::min(s + 1, x.size());
        double top = kLogZero;
        for (std::size_t i = from; i < to; ++i) top = std::max(top, x[i] + y[s - i]);
        double sum = 0;
        for (std::size_t i = from; i < to; ++i) {
            const double away = x[i] + y[s - i] - top;
            if (away > -45) sum += std::exp(away);
        }
        out[s] = top + std::log(sum);
    }
    return out;
}

// The root of an increasing function of the log odds, to the last bits.
template <class Increasing>
double solve_log_odds(Increasing f) {
    const double limit = std::log(kOddsLimit);
    double lo = -limit;
    double hi = limit;
    if (f(lo) >= 0) return lo;
    if (f(hi) <= 0) return hi;
    for (int i = 0; i < 80 && hi - lo > 1e-14; ++i) {
        const double mid = (lo + hi) / 2;
        (f(mid) < 0 ? lo : hi) = mid;
    }
    return (lo + hi) / 2;
}

}  // namespace

DiscreteLaw noncentral_hypergeometric(std::int64_t m1, std::int64_t m2, std::int64_t n, double odds) {
    DiscreteLaw out = relative_to_mode(m1, m2, n, odds);
    normalise(out.log_mass);
    return out;
}

double log_normaliser_ratio(std::int64_t m1, std::int64_t m2, std::int64_t n, double odds) {
    odds = clamp_odds(odds);
    DiscreteLaw law = relative_to_mode(m1, m2, n, 1);
    normalise(law.log_mass);
    const double log_odds = std::log(odds);
    for (std::size_t i = 0; i < law.log_mass.size(); ++i) {
        law.log_mass[i] += (as_double(law.lo) + static_cast<double>(i)) * log_odds;
    }
    return log_sum_exp(law.log_mass);
}

ExactConditional::ExactConditional(std::span<const Table2x2> tables) {
    law_.log_mass.assign(1, 0.0);
    for (const Table2x2& raw : tables) {
        const Table2x2 t{std::max<std::int64_t>(raw.a, 0), std::max<std::int64_t>(raw.b, 0),
                         std::max<std::int64_t>(raw.c, 0), std::max<std::int64_t>(raw.d, 0)};
        const DiscreteLaw one = noncentral_hypergeometric(t.a + t.b, t.c + t.d, t.a + t.c, 1);
        law_.lo += one.lo;
        law_.log_mass = convolve(law_.log_mass, one.log_mass);
        observed_ += t.a;
    }
    normalise(law_.log_mass);
}

double ExactConditional::p_two_sided() const {
    const double at = law_.log_mass[static_cast<std::size_t>(observed_ - law_.lo)] + std::log1p(1e-7);
    double sum = 0;
    for (const double v : law_.log_mass) {
        if (v <= at) sum += std::exp(v);
    }
    return std::min(1.0, sum);
}

double ExactConditional::log10_p_greater(double odds) const {
    const std::vector<double> mass = tilted(law_, std::log(clamp_odds(odds)));
    const std::size_t at = static_cast<std::size_t>(observed_ - law_.lo);
    return std::min(0.0, log_sum_exp(std::span(mass).subspan(at)) / kLn10);
}

double ExactConditional::log10_p_less(double odds) const {
    const std::vector<double> mass = tilted(law_, std::log(clamp_odds(odds)));
    const std::size_t at = static_cast<std::size_t>(observed_ - law_.lo);
    return std::min(0.0, log_sum_exp(std::span(mass).first(at + 1)) / kLn10);
}

double ExactConditional::p_greater() const { return std::exp(log10_p_greater() * kLn10); }
double ExactConditional::p_less() const { return std::exp(log10_p_less() * kLn10); }

double ExactConditional::odds_ratio() const {
    const double target = as_double(observed_ - law_.lo);
    if (law_.log_mass.size() == 1) return 1;
    if (target == 0) return 0;
    if (observed_ - law_.lo == static_cast<std::int64_t>(law_.log_mass.size()) - 1) return kOddsLimit;
    return std::exp(solve_log_odds([&](double log_odds) {
        const std::vector<double> mass = tilted(law_, log_odds);
        double mean = 0;
        for (std::size_t i = 0; i < mass.size(); ++i) mean += static_cast<double>(i) * std::exp(mass[i]);
        return mean - target;
    }));
}

Interval ExactConditional::interval(double lower_tail, double upper_tail) const {
    const bool least = observed_ == law_.lo;
    const bool greatest = observed_ - law_.lo == static_cast<std::int64_t>(law_.log_mass.size()) - 1;
    Interval out{0, kOddsLimit, true};
    if (!least && lower_tail > 0) {
        const double want = std::log10(std::min(lower_tail, 1.0));
        out.lo = std::exp(solve_log_odds([&](double o) { return log10_p_greater(std::exp(o)) - want; }));
    }
    if (!greatest && upper_tail > 0) {
        const double want = std::log10(std::min(upper_tail, 1.0));
        out.hi = std::exp(solve_log_odds([&](double o) { return want - log10_p_less(std::exp(o)); }));
        out.unbounded = false;
    }
    return out;
}

}  // namespace sendh::attribution
