#include "attribution/rank_correlation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace sendh::attribution {
namespace {

constexpr std::size_t kCounted = 9;
constexpr std::size_t kKendallMost = 170;

double normal_above(double z) { return std::erfc(z / std::sqrt(2.0)) / 2; }

struct Ranks {
    std::vector<double> rank;
    bool ties = false;
};

Ranks ranks(std::span<const double> x) {
    std::vector<std::size_t> order(x.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
    Ranks out{std::vector<double>(x.size()), false};
    for (std::size_t i = 0, end = 0; i < order.size(); i = end) {
        for (end = i + 1; end < order.size() && x[order[end]] == x[order[i]];) ++end;
        out.ties = out.ties || end > i + 1;
        for (std::size_t k = i; k < end; ++k) out.rank[order[k]] = static_cast<double>(i + end + 1) / 2;
    }
    return out;
}

// P(S <= s) by going through all orders.
double counted_at_most(std::size_t n, double s) {
    std::vector<int> p(n);
    std::iota(p.begin(), p.end(), 0);
    double below = 0;
    double all = 0;
    do {
        int sum = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const int d = p[i] - static_cast<int>(i);
            sum += d * d;
        }
        below += sum <= s + .5 ? 1 : 0;
        all += 1;
    } while (std::next_permutation(p.begin(), p.end()));
    return below / all;
}

// P(S >= s), AS 89.
double edgeworth_at_least(std::size_t pairs, double s) {
    const double n = static_cast<double>(pairs);
    const double b = 1 / n;
    const double x = (6 * (s - 1) * b / (n * n - 1) - 1) * std::sqrt(n - 1);
    double y = x * x;
    const double u =
        x * b *
        (.2274 + b * (.2531 + .1745 * b) +
         y * (-.0758 + b * (.1033 + .3932 * b) -
              y * b * (.0879 + .0151 * b - y * (.0072 - .0831 * b + y * b * (.0131 - 4.6e-4 * y)))));
    y = u / std::exp(y / 2) + normal_above(x);
    return std::clamp(y, 0.0, 1.0);
}

// P(T >= t): how many orders of n have at most n(n-1)/2 - t inversions.
double kendall_at_least(std::size_t n, std::size_t t) {
    std::vector<double> share{1};  // of orders with so many inversions
    for (std::size_t k = 2; k <= n; ++k) {
        std::vector<double> next(share.size() + k - 1, 0.0);
        double window = 0;
        for (std::size_t i = 0; i < next.size(); ++i) {
            window += i < share.size() ? share[i] : 0;
            window -= i >= k && i - k < share.size() ? share[i - k] : 0;
            next[i] = window / static_cast<double>(k);
        }
        share = std::move(next);
    }
    const std::size_t pairs = n * (n - 1) / 2;
    double sum = 0;
    for (std::size_t i = 0; i + t <= pairs; ++i) sum += share[i];
    return std::min(1.0, sum);
}

}  // namespace

Spearman spearman(std::span<const double> x, std::span<const double> y) {
    const std::size_t n = std::min(x.size(), y.size());
    Spearman out;
    if (n < 2) return out;
    const Ranks a = ranks(x.first(n));
    const Ranks b = ranks(y.first(n));
    const double mean = (static_cast<double>(n) + 1) / 2;
    double aa = 0;
    double bb = 0;
    double ab = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const double d = a.rank[i] - b.rank[i];
        out.s += d * d;
        aa += (a.rank[i] - mean) * (a.rank[i] - mean);
        bb += (b.rank[i] - mean) * (b.rank[i] - mean);
        ab += (a.rank[i] - mean) * (b.rank[i] - mean);
    }
    if (aa == 0 || bb == 0) return out;
    out.rho = ab / std::sqrt(aa * bb);
    if (a.ties || b.ties) {
        const double m = static_cast<double>(n);
        out.p_greater =
            edgeworth_at_least(n, (m * m * m - m) / 3 - std::floor((m * m * m - m) / 6 * (1 - out.rho)));
        return out;
    }
    out.exact = n <= kCounted;
    // The law is symmetric around (n³ − n)/6.
    const double m = static_cast<double>(n);
    out.p_greater =
        out.exact ? counted_at_most(n, out.s) : edgeworth_at_least(n, (m * m * m - m) / 3 - out.s);
    return out;
}

Kendall kendall(std::span<const double> x, std::span<const double> y) {
    const std::size_t n = std::min(x.size(), y.size());
    Kendall out;
    if (n < 2) return out;
    std::int64_t concordant = 0;
    std::int64_t discordant = 0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            const double sign = (x[i] - x[j]) * (y[i] - y[j]);
            concordant += sign > 0 ? 1 : 0;
            discordant += sign < 0 ? 1 : 0;
        }
    }
    const double m = static_cast<double>(n);
    const double score = static_cast<double>(concordant - discordant);
    out.t = static_cast<double>(concordant);
    out.tau = score / (m * (m - 1) / 2);
    out.z = score / std::sqrt(m * (m - 1) * (2 * m + 5) / 18);
    out.p_normal = normal_above(out.z);
    const bool ties = static_cast<std::size_t>(concordant + discordant) < n * (n - 1) / 2;
    out.exact = !ties && n <= kKendallMost;
    out.p_greater = out.exact ? kendall_at_least(n, static_cast<std::size_t>(concordant)) : out.p_normal;
    return out;
}

}  // namespace sendh::attribution
