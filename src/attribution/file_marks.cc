#include "attribution/file_marks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "attribution/dial_order.h"
#include "attribution/log_space.h"

namespace sendh::attribution {
namespace {

// How far from p to 1 a seen canary's coin is drawn by the copy: all of the list is the copy's (but for a
// stray), or a third of it, or a tenth.
constexpr std::array<double, 7> kSeen{.999, .97, .85, .65, .45, .25, .1};
// What is left of p for a missing canary: nothing was cut, or a tenth, or nearly everything.
constexpr std::array<double, 7> kMissing{.001, .05, .2, .45, .7, .9, 1};

// Rows kept by the gap test: lists of one copy, two or four merged row by row, or dealt out in many parts.
constexpr std::array<std::size_t, 4> kWindows{1, 2, 4, DialOrder::kWindow};

double log_factors(double theta, double p, std::uint64_t held, std::uint64_t not_held) {
    return static_cast<double>(held) * std::log(theta / p) +
           static_cast<double>(not_held) * std::log((1 - theta) / (1 - p));
}

}  // namespace

double log10_e_coins(std::span<const CoinTally> tallies) {
    std::vector<double> logs;
    for (const double seen : kSeen) {
        for (const double missing : kMissing) {
            double sum = 0;
            for (const CoinTally& t : tallies) {
                sum += log_factors(t.p + seen * (1 - t.p), t.p, t.seen_held, t.seen_not_held);
                sum += log_factors(missing * t.p, t.p, t.missing_held, t.missing_not_held);
            }
            logs.push_back(sum);
        }
    }
    return (log_sum_exp(logs) - std::log(static_cast<double>(logs.size()))) / kLn10;
}

double log10_e_order(std::span<const std::uint64_t> positions) {
    std::vector<std::uint64_t> sorted(positions.begin(), positions.end());
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::size_t> ranks;
    for (const std::uint64_t position : positions) {
        const auto at = std::lower_bound(sorted.begin(), sorted.end(), position) - sorted.begin();
        ranks.push_back(static_cast<std::size_t>(at));
    }
    std::vector<double> logs;
    for (const std::size_t window : kWindows) {
        DialOrder order(ranks.size(), window);
        double ascending = 0;
        double descending = 0;
        for (const std::size_t rank : ranks) {
            const DialOrder::Factors f = order.hit(rank);
            ascending += std::log(f.ascending);
            descending += std::log(f.descending);
        }
        logs.push_back(ascending);
        logs.push_back(descending);
    }
    // Half of the stake stays away, for a list whose order somebody has changed.
    const double mean = log_sum_exp(logs) - std::log(static_cast<double>(logs.size()));
    return (log_add(0, mean) - std::log(2.0)) / kLn10;
}

}  // namespace sendh::attribution
