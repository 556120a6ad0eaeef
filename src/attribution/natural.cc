#include "attribution/natural.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "attribution/log_space.h"

namespace sendh::attribution {
namespace {

std::vector<PathPoint> thinned(const std::vector<PathPoint>& path, std::size_t greatest, std::size_t limit) {
    limit = std::max<std::size_t>(limit, 2);
    if (path.size() <= limit) return path;
    std::vector<PathPoint> out;
    std::size_t last = path.size();
    for (std::size_t i = 0; i < limit; ++i) {
        const std::size_t at = i * (path.size() - 1) / (limit - 1);
        if (greatest < at && (last == path.size() || greatest > last)) out.push_back(path[greatest]);
        out.push_back(path[at]);
        last = at;
    }
    return out;
}

}  // namespace

NaturalEvidence natural_evidence(const CountedHits& counted, const NaturalOptions& options) {
    NaturalEvidence out;
    out.alpha = options.alpha;
    out.hits_counted = static_cast<std::int64_t>(counted.hits.size());
    out.hits_swallowed = counted.swallowed;
    out.hits_ignored = counted.ignored;
    out.mixed_strata = counted.mixed_strata;
    out.members = counted.members;
    out.others = counted.others;
    out.members_hit = counted.members_hit;
    out.others_hit = counted.others_hit;

    std::array<double, kGridPoints> omega{};
    std::array<double, kGridPoints> log_omega{};
    std::array<double, kGridPoints> running{};
    for (int k = 0; k < kGridPoints; ++k) {
        omega[static_cast<std::size_t>(k)] = grid_odds(k);
        log_omega[static_cast<std::size_t>(k)] = std::log(grid_odds(k));
    }
    std::vector<PathPoint> path;
    std::size_t greatest = 0;
    std::int64_t hits = 0;
    for (std::size_t i = 0; i < counted.events.size(); ++i) {
        const RiskEvent& e = counted.events[i];
        hits += e.members_hit + e.others_hit;
        if (!e.informative()) continue;
        const std::int64_t n = e.members_hit + e.others_hit;
        out.informative_hits += n;
        const double m = static_cast<double>(e.members);
        const double u = static_cast<double>(e.others);
        const double x = static_cast<double>(e.members_hit);
        for (std::size_t k = 0; k < running.size(); ++k) {
            running[k] +=
                x * log_omega[k] - (n == 1 ? std::log((omega[k] * m + u) / (m + u))
                                           : log_normaliser_ratio(e.members, e.others, n, omega[k]));
        }
        const double e_now = (log_sum_exp(running) - std::log(static_cast<double>(kGridPoints))) / kLn10;
        path.push_back({counted.times[i], hits, e_now});
        if (e_now > path[greatest].log10_e) greatest = path.size() - 1;
    }
    if (!path.empty()) {
        out.log10_e = path.back().log10_e;
        out.max_log10_e = std::max(0.0, path[greatest].log10_e);
        out.p_anytime = std::exp(-out.max_log10_e * kLn10);
        out.path = thinned(path, greatest, options.path_points);
    }
    const OddsLikelihood likelihood(counted.events);
    out.gamma_star = gamma_star(likelihood, options.alpha);
    out.omega = likelihood.mle();
    out.omega_interval = omega_confidence(likelihood, options.alpha);
    out.attainable_log10_e = log10_e(OddsLikelihood(counted.best), 1);
    return out;
}

NaturalEvidence natural_evidence(const Field& field, std::span<const Hit> hits,
                                 const NaturalOptions& options) {
    return natural_evidence(count_hits(field, hits, options), options);
}

}  // namespace sendh::attribution
