#include "attribution/naming.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <unordered_map>

#include "attribution/counts.h"
#include "attribution/log_space.h"

namespace sendh::attribution {
namespace {

double safe_alpha(double alpha) { return alpha > 1e-300 ? std::min(alpha, 1.0) : 1e-300; }

}  // namespace

double log10_naming_threshold(std::size_t n, double alpha) {
    return std::log10(static_cast<double>(std::max<std::size_t>(n, 1))) - std::log10(safe_alpha(alpha));
}

std::vector<std::uint8_t> name_family_wise(std::span<const double> log10_e, double alpha) {
    const double limit = log10_naming_threshold(log10_e.size(), alpha);
    std::vector<std::uint8_t> out;
    out.reserve(log10_e.size());
    for (const double e : log10_e) out.push_back(e >= limit ? 1 : 0);
    return out;
}

double log10_e_bh_threshold(std::span<const double> log10_e, double alpha) {
    std::vector<double> sorted;
    for (const double e : log10_e) sorted.push_back(std::isnan(e) ? kLogZero : e);
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    const double limit = log10_naming_threshold(log10_e.size(), alpha);
    double out = limit;
    for (std::size_t k = 1; k <= sorted.size(); ++k) {
        const double needed = limit - std::log10(static_cast<double>(k));
        if (sorted[k - 1] >= needed) out = needed;
    }
    return out;
}

std::vector<std::uint8_t> name_e_bh(std::span<const double> log10_e, double alpha) {
    const double threshold = log10_e_bh_threshold(log10_e, alpha);
    std::vector<std::uint8_t> out;
    out.reserve(log10_e.size());
    for (const double e : log10_e) out.push_back(e >= threshold ? 1 : 0);
    return out;
}

std::vector<std::uint8_t> confidence_set(std::span<const double> log_mixed, std::span<const double> log_best,
                                         double alpha) {
    const double copies = static_cast<double>(std::max<std::size_t>(log_mixed.size(), 1));
    const double mean = log_sum_exp(log_mixed) - std::log(copies);
    const double limit = -std::log(safe_alpha(alpha));
    std::vector<std::uint8_t> out;
    out.reserve(log_best.size());
    for (const double best : log_best) out.push_back(mean - best < limit ? 1 : 0);
    return out;
}

std::vector<std::uint8_t> confidence_set(const Attribution& evidence, double alpha) {
    std::vector<double> mixed;
    std::vector<double> best;
    for (std::size_t j = 0; j < evidence.copies(); ++j) {
        mixed.push_back(evidence.log_source_mixed(j));
        best.push_back(evidence.log_source_best(j));
    }
    return confidence_set(mixed, best, alpha);
}

std::vector<std::uint32_t> outcome_classes(const Attribution& evidence) {
    std::unordered_map<std::uint64_t, std::uint32_t> first;
    std::vector<std::uint32_t> out;
    for (std::size_t j = 0; j < evidence.copies(); ++j) {
        out.push_back(
            first.try_emplace(evidence.outcome_class(j), static_cast<std::uint32_t>(j)).first->second);
    }
    return out;
}

std::optional<std::size_t> separating(std::span<const std::uint32_t> copies,
                                      std::span<const Bits> candidates) {
    std::optional<std::size_t> out;
    std::size_t best = 0;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const std::size_t in = static_cast<std::size_t>(std::count_if(
            copies.begin(), copies.end(), [&](std::uint32_t j) { return holds(candidates[i], j); }));
        const std::size_t smaller = std::min(in, copies.size() - in);
        if (smaller <= best) continue;
        best = smaller;
        out = i;
    }
    return out;
}

Exoneration exonerate(std::uint64_t items, std::uint64_t seen, double share, double alpha) {
    const std::int64_t n = static_cast<std::int64_t>(std::min<std::uint64_t>(items, 1'000'000'000'000));
    const std::int64_t k =
        static_cast<std::int64_t>(std::min<std::uint64_t>(seen, static_cast<std::uint64_t>(n)));
    alpha = safe_alpha(alpha);
    Exoneration out;
    out.seen = static_cast<std::uint64_t>(k);
    out.p = binomial_at_most(k, n, share);
    // The least x with P(X <= x) >= alpha: fewer than x has a probability below alpha.
    std::int64_t low = -1;
    std::int64_t high = n;
    while (high - low > 1) {
        const std::int64_t mid = low + (high - low) / 2;
        (binomial_at_most(mid, n, share) >= alpha ? high : low) = mid;
    }
    out.expected = static_cast<std::uint64_t>(high);
    out.excluded = out.seen < out.expected;
    return out;
}

double dialled_at_most(std::uint64_t items, std::uint64_t seen, double alpha) {
    if (seen >= items) return 1;
    const auto n = static_cast<std::int64_t>(std::min<std::uint64_t>(items, 1'000'000'000'000));
    const auto k = static_cast<std::int64_t>(std::min<std::uint64_t>(seen, static_cast<std::uint64_t>(n)));
    alpha = safe_alpha(alpha);
    double low = 0;
    double high = 1;
    for (int i = 0; i < 60; ++i) {
        const double share = (low + high) / 2;
        (binomial_at_most(k, n, share) >= alpha ? low : high) = share;
    }
    return high;
}

}  // namespace sendh::attribution
