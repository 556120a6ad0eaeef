#include "attribution/stratified.h"

#include <algorithm>
#include <cmath>

namespace sendh::attribution {
namespace {

// z with P(|Z| <= z) = level.
double normal_two_sided(double level) {
    level = level > 0 ? std::min(level, 1 - 1e-15) : 0;
    double lo = 0;
    double hi = 10;
    for (int i = 0; i < 200; ++i) {
        const double mid = (lo + hi) / 2;
        (std::erf(mid / std::sqrt(2.0)) < level ? lo : hi) = mid;
    }
    return (lo + hi) / 2;
}

struct Cells {
    double a, b, c, d, n;
};

Cells cells(const Table2x2& t) {
    const auto clean = [](std::int64_t x) { return static_cast<double>(std::max<std::int64_t>(x, 0)); };
    Cells out{clean(t.a), clean(t.b), clean(t.c), clean(t.d), 0};
    out.n = out.a + out.b + out.c + out.d;
    return out;
}

// The a-cell that gives this table odds ratio `odds`, its margins kept.
double fitted_a(const Cells& t, double odds) {
    const double row = t.a + t.b;
    const double column = t.a + t.c;
    const double lo = std::max(0.0, row + column - t.n);
    const double hi = std::min(row, column);
    double left = lo;
    double right = hi;
    for (int i = 0; i < 200; ++i) {
        const double a = (left + right) / 2;
        const bool low = a * (t.n - row - column + a) < odds * (row - a) * (column - a);
        (low ? left : right) = a;
    }
    return (left + right) / 2;
}

}  // namespace

double chi_square_above(double x, int df) {
    if (!(x > 0) || df < 1) return 1;
    const double h = x / 2;
    // Q of two degrees more is Q + h^(df/2) e^-h / Γ(df/2 + 1).
    double q = df % 2 == 1 ? std::erfc(std::sqrt(h)) : std::exp(-h);
    for (int k = df % 2 == 1 ? 1 : 2; k < df; k += 2) {
        const double half = static_cast<double>(k) / 2;
        q += std::exp(half * std::log(h) - h - std::lgamma(half + 1));
    }
    return std::min(q, 1.0);
}

MantelHaenszel mantel_haenszel(std::span<const Table2x2> tables, double level) {
    MantelHaenszel out;
    double r = 0;
    double s = 0;
    double pr = 0;
    double ps_qr = 0;
    double qs = 0;
    double excess = 0;
    double variance = 0;
    for (const Table2x2& raw : tables) {
        const Cells t = cells(raw);
        if (t.n < 2) continue;
        const double ad = t.a * t.d / t.n;
        const double bc = t.b * t.c / t.n;
        const double p = (t.a + t.d) / t.n;
        r += ad;
        s += bc;
        pr += p * ad;
        ps_qr += p * bc + (1 - p) * ad;
        qs += (1 - p) * bc;
        const double row = t.a + t.b;
        const double column = t.a + t.c;
        excess += t.a - row * column / t.n;
        variance += row * column * (t.n - row) * (t.n - column) / (t.n * t.n * (t.n - 1));
    }
    if (variance > 0) {
        const double corrected = std::max(0.0, std::abs(excess) - .5);
        out.chi_square = corrected * corrected / variance;
        out.p = chi_square_above(out.chi_square, 1);
    }
    if (r == 0 || s == 0) {
        out.odds_ratio = r > 0 ? kOddsLimit : 0;
        return out;
    }
    out.odds_ratio = r / s;
    const double spread = std::sqrt(pr / (2 * r * r) + ps_qr / (2 * r * s) + qs / (2 * s * s));
    const double z = normal_two_sided(level);
    out.interval = {out.odds_ratio * std::exp(-z * spread), out.odds_ratio * std::exp(z * spread), false};

    double deviation = 0;
    double all = 0;
    int varying = 0;
    for (const Table2x2& raw : tables) {
        const Cells t = cells(raw);
        if (t.n == 0) continue;
        const double a = fitted_a(t, out.odds_ratio);
        const double b = t.a + t.b - a;
        const double c = t.a + t.c - a;
        const double d = t.n - a - b - c;
        ++varying;
        if (a <= 0 || b <= 0 || c <= 0 || d <= 0) continue;
        const double v = 1 / (1 / a + 1 / b + 1 / c + 1 / d);
        out.breslow_day += (t.a - a) * (t.a - a) / v;
        deviation += t.a - a;
        all += v;
    }
    out.tarone = out.breslow_day - (all > 0 ? deviation * deviation / all : 0);
    out.breslow_day_p = chi_square_above(out.breslow_day, varying - 1);
    out.tarone_p = chi_square_above(out.tarone, varying - 1);
    return out;
}

PoissonRatio poisson_ratio(std::int64_t x1, double t1, std::int64_t x2, double t2, double level) {
    PoissonRatio out;
    x1 = std::max<std::int64_t>(x1, 0);
    x2 = std::max<std::int64_t>(x2, 0);
    if (!(t1 > 0) || !(t2 > 0) || !std::isfinite(t1) || !std::isfinite(t2)) return out;
    const std::int64_t n = x1 + x2;
    const double share = t1 / (t1 + t2);
    out.expected_first = static_cast<double>(n) * share;
    out.p_two_sided = binomial_p_two_sided(x1, n, share);
    const auto ratio = [&](double p) { return std::min(kOddsLimit, p / (1 - p) * t2 / t1); };
    if (n > 0) out.ratio = x2 == 0 ? kOddsLimit : static_cast<double>(x1) / static_cast<double>(x2) * t2 / t1;
    const Interval p = clopper_pearson(x1, n, level);
    out.interval = {ratio(p.lo), p.hi < 1 ? ratio(p.hi) : kOddsLimit, p.hi >= 1};
    return out;
}

TwoStreams::TwoStreams(int na, int nb, double prior)
    : na_(std::max(na, 1)),
      nb_(std::max(nb, 1)),
      prior_a_(prior > 1e-9 ? std::min(prior, 1e9) : 1e-9),
      prior_b_(prior_a_ * nb_ / na_) {}

void TwoStreams::add(int ya, int yb) {
    const double a = (yes_a_ + prior_a_) / (yes_a_ + no_a_ + 2 * prior_a_);
    const double b = (yes_b_ + prior_b_) / (yes_b_ + no_b_ + 2 * prior_b_);
    const double both = (na_ * a + nb_ * b) / (na_ + nb_);
    const double x = std::clamp(static_cast<double>(ya), 0.0, na_);
    const double y = std::clamp(static_cast<double>(yb), 0.0, nb_);
    const auto log_ratio = [](double yes, double n, double p, double q) {
        return (yes > 0 ? yes * std::log(p / q) : 0) +
               (n > yes ? (n - yes) * std::log((1 - p) / (1 - q)) : 0);
    };
    log_e_ += log_ratio(x, na_, a, both) + log_ratio(y, nb_, b, both);
    yes_a_ += x;
    no_a_ += na_ - x;
    yes_b_ += y;
    no_b_ += nb_ - y;
}

}  // namespace sendh::attribution
