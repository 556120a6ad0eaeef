#include "attribution/negative_control.h"

#include <algorithm>
#include <vector>

#include "attribution/odds.h"

namespace sendh::attribution {

NegativeControl negative_control(std::span<const ControlledHits> strata, double alpha) {
    constexpr std::int64_t kMost = 1'000'000;
    const auto clean = [](std::int64_t x) { return std::clamp(x, std::int64_t{0}, +kMost); };
    std::vector<RiskEvent> events;
    std::vector<Table2x2> tables;
    for (const ControlledHits& s : strata) {
        const std::int64_t x = clean(s.members_hit);
        const std::int64_t y = clean(s.others_hit);
        const RiskEvent e{x + clean(s.members_control), y + clean(s.others_control), x, y};
        if (!e.informative()) continue;
        events.push_back(e);
        tables.push_back({x, e.members - x, y, e.others - y});
    }
    NegativeControl out;
    if (events.empty()) return out;
    out.usable = true;
    const OddsLikelihood likelihood(events);
    out.log10_e = log10_e(likelihood, 1);
    out.gamma_star = gamma_star(likelihood, alpha);
    const ExactConditional exact(tables);
    out.p_greater = exact.p_greater();
    out.odds_ratio = exact.odds_ratio();
    const double tail = alpha > 0 ? std::min(alpha, 1.0) / 2 : 0;
    out.odds_interval = exact.interval(tail, tail);
    return out;
}

}  // namespace sendh::attribution
