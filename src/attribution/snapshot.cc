#include "attribution/snapshot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "attribution/coin.h"
#include "attribution/log_space.h"
#include "attribution/naming.h"
#include "attribution/power.h"

namespace sendh::attribution {

SnapshotDates::SnapshotDates(std::uint64_t ever, std::vector<std::uint64_t> on_date)
    : ever_(ever), on_date_(std::move(on_date)), hit_(on_date_.size(), 0), likelihood_(on_date_.size()) {}

void SnapshotDates::add(Bits there) {
    for (std::size_t d = 0; d < on_date_.size(); ++d) {
        const bool held = holds(there, d);
        const double inside = static_cast<double>(on_date_[d]) - static_cast<double>(hit_[d]);
        const double outside = static_cast<double>(ever_) - static_cast<double>(on_date_[d]) -
                               static_cast<double>(hits_ - hit_[d]);
        likelihood_[d].add(inside, outside, held);
        hit_[d] += held ? 1U : 0U;
    }
    ++hits_;
}

std::vector<double> SnapshotDates::log10_lr() const {
    std::vector<double> out;
    for (std::size_t d = 0; d < on_date_.size(); ++d) {
        out.push_back(log_membership({ever_, hits_, on_date_[d], hit_[d]}) / kLn10);
    }
    return out;
}

SnapshotDates::Interval SnapshotDates::interval(double alpha) const {
    std::vector<double> mixed;
    std::vector<double> best;
    for (const HazardLikelihood& l : likelihood_) {
        mixed.push_back(l.mixed());
        best.push_back(l.best());
    }
    const std::vector<std::uint8_t> in = confidence_set(mixed, best, alpha);
    Interval out;
    out.dated = std::find(in.begin(), in.end(), 0) != in.end();
    const auto first = std::find(in.begin(), in.end(), 1);
    if (first == in.end()) return out;
    out.first = static_cast<std::size_t>(first - in.begin());
    out.last = in.size() - 1 - static_cast<std::size_t>(std::find(in.rbegin(), in.rend(), 1) - in.rbegin());
    return out;
}

double log10_column(std::uint64_t reports, std::uint64_t knew, double base) {
    const CoinFactors f = coin_factors(base);
    const double x = static_cast<double>(std::min(knew, reports));
    const double n = static_cast<double>(reports);
    std::array<double, kCoinShares.size()> terms{};
    for (std::size_t i = 0; i < terms.size(); ++i) terms[i] = x * f.held[i] + (n - x) * f.missing[i];
    return (log_sum_exp(terms) - std::log(static_cast<double>(terms.size()))) / kLn10;
}

double log10_column(std::uint64_t reports, std::uint64_t knew, std::uint64_t control_reports,
                    std::uint64_t control_knew) {
    constexpr std::uint64_t kMost = 100'000'000;
    const auto count = [](std::uint64_t x, std::uint64_t most) {
        return static_cast<std::int64_t>(std::min({x, most, kMost}));
    };
    return log10_batch_e(count(reports, kMost), count(knew, reports), count(control_reports, kMost),
                         count(control_knew, control_reports));
}

}  // namespace sendh::attribution
