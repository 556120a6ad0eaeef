#include "attribution/coin.h"

#include <algorithm>
#include <cmath>

#include "attribution/log_space.h"

namespace sendh::attribution {

CoinFactors coin_factors(double p) {
    constexpr double kLeast = 1e-6;
    p = p >= kLeast ? std::min(p, 1 - kLeast) : kLeast;
    CoinFactors out;
    for (std::size_t i = 0; i < kCoinShares.size(); ++i) {
        const double s = kCoinShares[i];
        out.held[i] = std::log1p(s * (1 - p) / p);
        out.missing[i] = std::log1p(-s);
    }
    return out;
}

void CoinBet::add(CoinsLeft left, bool held) {
    if (left.held == 0 || left.held >= left.offered) return;
    static const std::array<double, kCoinShares.size()> missing = coin_factors(.5).missing;
    const double odds_against =
        static_cast<double>(left.offered - left.held) / static_cast<double>(left.held);
    for (std::size_t i = 0; i < log_.size(); ++i)
        log_[i] += held ? std::log1p(kCoinShares[i] * odds_against) : missing[i];
}

double CoinBet::log_e() const { return log_sum_exp(log_) - std::log(static_cast<double>(log_.size())); }

double CoinBet::best_share() const {
    return kCoinShares[static_cast<std::size_t>(std::max_element(log_.begin(), log_.end()) - log_.begin())];
}

}  // namespace sendh::attribution
