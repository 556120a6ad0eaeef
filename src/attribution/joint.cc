#include "attribution/joint.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "attribution/log_space.h"

namespace sendh::attribution {
namespace {

constexpr std::size_t kMostLists = 63;

struct Pattern {
    std::uint64_t in = 0;  // bit c: source c can give these hits
    double hits = 0;
};

// Greatest log likelihood over weights of the sources in `allowed`; the weights go to `weight`.
double maximise(std::span<const Pattern> patterns, std::span<const double> density, std::uint64_t allowed,
                std::vector<double>& weight) {
    const std::size_t n = density.size();
    const auto usable = [&](std::size_t c, std::uint64_t in) { return ((allowed & in) >> c & 1U) != 0; };
    weight.assign(n, 0.0);
    double sources = 0;
    for (std::size_t c = 0; c < n; ++c) sources += usable(c, ~std::uint64_t{0}) && density[c] > 0 ? 1 : 0;
    if (sources == 0) return kLogZero;
    for (std::size_t c = 0; c < n; ++c) {
        weight[c] = usable(c, ~std::uint64_t{0}) && density[c] > 0 ? 1 / sources : 0;
    }
    double total = 0;
    for (const Pattern& p : patterns) total += p.hits;
    double last = kLogZero;
    std::vector<double> next(n);
    for (int round = 0; round < 2000; ++round) {
        std::fill(next.begin(), next.end(), 0.0);
        double value = 0;
        for (const Pattern& p : patterns) {
            double f = 0;
            for (std::size_t c = 0; c < n; ++c) f += usable(c, p.in) ? weight[c] * density[c] : 0;
            f = std::max(f, 1e-300);
            value += p.hits * std::log(f);
            for (std::size_t c = 0; c < n; ++c) {
                if (usable(c, p.in)) next[c] += p.hits * weight[c] * density[c] / f;
            }
        }
        if (value - last < 1e-9) return std::max(value, last);
        last = value;
        for (std::size_t c = 0; c < n; ++c) weight[c] = next[c] / total;
    }
    return last;
}

}  // namespace

JointFit joint_fit(std::size_t items, std::span<const Hit> hits,
                   std::span<const std::vector<std::uint8_t>> lists) {
    lists = lists.first(std::min(lists.size(), kMostLists));
    JointFit out;
    const std::size_t n = lists.size() + 1;
    out.weight.assign(n, 0.0);
    out.log10_added.assign(n, 0.0);
    std::vector<double> density(n, 0.0);
    density[0] = items > 0 ? 1 / static_cast<double>(items) : 0;
    for (std::size_t c = 1; c < n; ++c) {
        const auto& list = lists[c - 1];
        const auto end = list.begin() + static_cast<std::ptrdiff_t>(std::min(list.size(), items));
        const auto size = std::count_if(list.begin(), end, [](std::uint8_t m) { return m != 0; });
        density[c] = size > 0 ? 1 / static_cast<double>(size) : 0;
    }
    std::map<std::uint64_t, double> seen;
    for (const Hit& h : hits) {
        if (h.item >= items) continue;
        std::uint64_t in = 1;
        for (std::size_t c = 1; c < n; ++c) {
            const auto& list = lists[c - 1];
            if (h.item < list.size() && list[h.item] != 0) in |= std::uint64_t{1} << c;
        }
        seen[in] += 1;
    }
    if (seen.empty()) {
        out.weight[0] = 1;
        return out;
    }
    std::vector<Pattern> patterns;
    for (const auto& [in, count] : seen) patterns.push_back({in, count});
    const std::uint64_t everything = ~std::uint64_t{0};
    const double full = maximise(patterns, density, everything, out.weight);
    out.log10_likelihood = full / kLn10;
    std::vector<double> ignored;
    for (std::size_t c = 0; c < n; ++c) {
        if (density[c] == 0) continue;
        const double without = maximise(patterns, density, everything & ~(std::uint64_t{1} << c), ignored);
        out.log10_added[c] = std::max(0.0, (full - std::max(without, -1e12)) / kLn10);
    }
    return out;
}

}  // namespace sendh::attribution
