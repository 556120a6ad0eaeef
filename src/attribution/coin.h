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
// Where all coins of a copy had the same probability, it is better to ask given how many of them came out
// "in": of `offered` canaries the copy holds `held`, and for an innocent copy each choice of that many is as
// likely as another. So p_k is the share of canaries not hit yet that it holds (drawing without replacement;
// CoinsLeft), the factors are as exact, and a copy that holds many does not come first for that. At 1,000
// copies and 200 canaries the right copy came first more often (bench/calibration.cc, table B3).
//
// The same bet serves column variants drawn by a keyed coin: X = 1 if what the caller knew is the variant
// this copy carries, p = the probability of that variant.
//
// Thread rule: value type, no shared state. Log space: finite for any number of hits.
#ifndef SENDH_ATTRIBUTION_COIN_H_
#define SENDH_ATTRIBUTION_COIN_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace sendh::attribution {

inline constexpr std::array<double, 12> kCoinShares{.05, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .99};

// The logarithms of the factors for one probability, for each s of the grid. p outside [1e-6, 1 − 1e-6]
// (NaN included) is clamped.
struct CoinFactors {
    std::array<double, kCoinShares.size()> held{};
    std::array<double, kCoinShares.size()> missing{};
};
CoinFactors coin_factors(double p);

// Canaries of a copy that were not hit yet.
struct CoinsLeft {
    std::uint32_t held = 0;
    std::uint32_t offered = 0;  // coins thrown for it
};

class CoinBet {
public:
    void add(const CoinFactors& factors, bool held) {
        const auto& f = held ? factors.held : factors.missing;
        for (std::size_t i = 0; i < log_.size(); ++i) log_[i] += f[i];
    }
    // Given the number held. An outcome that these numbers make certain, or exclude, says nothing.
    void add(CoinsLeft left, bool held);

    double log_e() const;       // natural logarithm of the mean over the grid
    double best_share() const;  // the s with the greatest likelihood

private:
    std::array<double, kCoinShares.size()> log_{};
};

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_COIN_H_
