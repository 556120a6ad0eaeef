#include "attribution/posterior.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "attribution/log_space.h"

namespace sendh::attribution {

Posterior posterior(std::span<const CopyScore> scores, const Prior& prior) {
    const std::size_t n = scores.size();
    const double none = prior.none >= 0 ? std::min(prior.none, 1.0) : 0;
    const auto weight = [&](std::size_t j) {
        if (prior.copy.empty()) return 1.0;
        const double w = j < prior.copy.size() ? prior.copy[j] : 0;
        return w > 0 && std::isfinite(w) ? w : 0.0;
    };
    double all = 0;
    for (std::size_t j = 0; j < n; ++j) all += weight(j);
    const auto log_or_zero = [](double x) { return x > 0 ? std::log(x) : kLogZero; };
    std::vector<double> terms{log_or_zero(none)};
    for (std::size_t j = 0; j < n; ++j) {
        const CopyScore& s = scores[j];
        const double planted = s.log10_e + s.shared_canaries;
        const double before = log_or_zero(all > 0 ? (1 - none) * weight(j) / all : 0);
        terms.push_back(before + (planted + s.natural_log10_lr) * kLn10);
    }
    const double total = log_sum_exp(terms);
    Posterior out;
    out.none = total > kLogZero ? std::exp(terms[0] - total) : 1;
    out.copy.resize(n);
    for (std::size_t j = 0; j < n; ++j) out.copy[j] = total > kLogZero ? std::exp(terms[j + 1] - total) : 0;
    return out;
}

std::vector<Suspect> suspects(const Posterior& p, std::size_t most) {
    std::vector<std::uint32_t> order(p.copy.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return p.copy[a] > p.copy[b]; });
    std::vector<Suspect> out;
    for (std::size_t i = 0; i < std::min(most, order.size()); ++i)
        out.push_back({order[i], p.copy[order[i]]});
    return out;
}

double next_hit(const Attribution& evidence, std::span<const Suspect> likeliest, const Observation& item) {
    double out = 0;
    for (const Suspect& s : likeliest) {
        if (s.copy >= evidence.copies() || !holds(item.holds, s.copy)) continue;
        const RowOrder* order = evidence.row_order(s.copy);
        if (order != nullptr && s.copy < item.rows.size() && order->left() > 0) {
            out +=
                s.probability * order->coming_factor(item.rows[s.copy]) / static_cast<double>(order->left());
            continue;
        }
        const MemberCounts m = evidence.member_counts(s.copy);
        const std::uint64_t left = m.held > m.held_and_hit ? m.held - m.held_and_hit : 1;
        out += s.probability / static_cast<double>(left);
    }
    return out;
}

}  // namespace sendh::attribution
