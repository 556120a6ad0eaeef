// A bet on keyed coins: did the hit canaries lie in this copy more often than its coins explain?
//
// Canary k was put into the copy by an independent coin with probability p_k. At its first hit the factor is
//     (θ/p_k)^X · ((1−θ)/(1−p_k))^(1−X),   X = 1 if the copy holds it,   θ = p_k + s (1 − p_k),
// averaged over a grid of s in (0, 1) (design page "Attribution", section 2). s is the share of hits that
// come from the copy, the rest being strays: one grid serves canaries with different p_k. For a copy that was
// not dialled the coin is independent of everything anybody did, so the expectation of each factor is
// exactly 1. It is the symmetric score's likelihood-ratio relative of G. Tardos' fingerprinting codes (J. ACM
// 55 (2008) 10); that score is a yardstick, in yardsticks.h.
//
// The same bet serves column variants drawn by a keyed coin: X = 1 if what the caller knew is the variant
// this copy carries, p = the probability of that variant.
//
// Thread rule: value type, no shared state. Log space: finite for any number of hits.
#ifndef SENDH_ATTRIBUTION_COIN_H_
#define SENDH_ATTRIBUTION_COIN_H_

#include <array>
#include <cstddef>

namespace sendh::attribution {

inline constexpr std::array<double, 12> kCoinShares{.05, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .99};

// The logarithms of the factors for one probability, for each s of the grid. p outside [1e-6, 1 − 1e-6]
// (NaN included) is clamped.
struct CoinFactors {
    std::array<double, kCoinShares.size()> held{};
    std::array<double, kCoinShares.size()> missing{};
};
CoinFactors coin_factors(double p);

class CoinBet {
public:
    void add(const CoinFactors& factors, bool held) {
        const auto& f = held ? factors.held : factors.missing;
        for (std::size_t i = 0; i < log_.size(); ++i) log_[i] += f[i];
    }
    double log_e() const;       // natural logarithm of the mean over the grid
    double best_share() const;  // the s with the greatest likelihood

private:
    std::array<double, kCoinShares.size()> log_{};
};

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_COIN_H_
