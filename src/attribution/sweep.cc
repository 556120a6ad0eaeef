#include "attribution/sweep.h"

#include <algorithm>
#include <cmath>

#include "attribution/log_space.h"

namespace sendh::attribution {
namespace {

constexpr double kNever = -1e18;

// Where the best value of a state came from.
enum : std::uint8_t { kGoOn = 0, kOpenFromOut = 1, kOpenFromIn = 2, kOutFromIn = 4 };

class Fit {
public:
    Fit(std::size_t items, std::span<const std::uint32_t> ranked, std::size_t ranges)
        : items_(items), ranked_(ranked), k_(ranges), trace_(ranked.size() * (ranges + 1)) {}

    // The union of at most k ranges with the greatest reward · covered − length.
    std::vector<Range> at(double reward) {
        const std::size_t states = k_ + 1;
        std::vector<double> in(states, kNever);
        std::vector<double> out(states, kNever);
        out[0] = 0;
        for (std::size_t i = 0; i < ranked_.size(); ++i) {
            const double gap = i == 0 ? 0 : static_cast<double>(ranked_[i] - ranked_[i - 1]);
            std::uint8_t* trace = &trace_[i * states];
            for (std::size_t k = states; k-- > 0;) {
                std::uint8_t from = kGoOn;
                double best = in[k] - gap;
                if (k > 0 && out[k - 1] - kShortestRange > best) {
                    best = out[k - 1] - kShortestRange;
                    from = kOpenFromOut;
                }
                if (k > 0 && in[k - 1] - kShortestRange > best) {
                    best = in[k - 1] - kShortestRange;
                    from = kOpenFromIn;
                }
                if (in[k] > out[k]) {
                    out[k] = in[k];
                    from |= kOutFromIn;
                }
                in[k] = best + reward;
                trace[k] = from;
            }
        }
        return backwards(in, out);
    }

    // Greatest log likelihood over the weight of the union.
    double log_likelihood(std::span<const Range> ranges) const {
        double size = 0;
        double covered = 0;
        for (const Range& r : ranges) {
            size += static_cast<double>(r.last - r.first) + 1;
            covered += static_cast<double>(std::upper_bound(ranked_.begin(), ranked_.end(), r.last) -
                                           std::lower_bound(ranked_.begin(), ranked_.end(), r.first));
        }
        const double all = static_cast<double>(items_);
        const double hits = static_cast<double>(ranked_.size());
        const double inside = std::max(covered / hits, size / all);
        double sum = covered > 0 ? covered * std::log(inside / size) : 0;
        if (hits > covered) sum += (hits - covered) * std::log(std::max(1 - inside, 1e-300) / (all - size));
        return sum;
    }

private:
    std::vector<Range> backwards(const std::vector<double>& in, const std::vector<double>& out) const {
        std::size_t k = 0;
        bool inside = false;
        for (std::size_t j = 0; j <= k_; ++j) {
            const double now = inside ? in[k] : out[k];
            if (in[j] > now) {
                k = j;
                inside = true;
            }
            if (out[j] > (inside ? in[k] : out[k])) {
                k = j;
                inside = false;
            }
        }
        std::vector<Range> found;
        std::uint32_t last = 0;
        bool open = false;
        for (std::size_t i = ranked_.size(); i-- > 0;) {
            const std::uint8_t from = trace_[i * (k_ + 1) + k];
            if (!inside) {
                inside = (from & kOutFromIn) != 0;
                continue;
            }
            if (!open) {
                last = ranked_[i];
                open = true;
            }
            const std::uint8_t how = from & (kOpenFromOut | kOpenFromIn);
            if (how == kGoOn) continue;
            found.push_back({ranked_[i], last});
            open = false;
            --k;
            inside = how == kOpenFromIn;
        }
        return padded(found);
    }

    // Ascending, each at least kShortestRange long, touching ones merged.
    std::vector<Range> padded(std::vector<Range> ranges) const {
        std::reverse(ranges.begin(), ranges.end());
        const std::int64_t end = static_cast<std::int64_t>(items_) - 1;
        std::vector<Range> out;
        for (const Range& r : ranges) {
            const std::int64_t missing = std::max<std::int64_t>(
                0, std::int64_t{kShortestRange} - (std::int64_t{r.last} - r.first + 1));
            std::int64_t first = std::max<std::int64_t>(0, std::int64_t{r.first} - missing / 2);
            const std::int64_t last =
                std::min(end, std::max<std::int64_t>(first + kShortestRange - 1, r.last));
            first = std::clamp<std::int64_t>(last - kShortestRange + 1, 0, first);
            const Range wide{static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last)};
            if (!out.empty() && wide.first <= out.back().last + 1) {
                out.back().last = std::max(out.back().last, wide.last);
            } else {
                out.push_back(wide);
            }
        }
        return out;
    }

    std::size_t items_;
    std::span<const std::uint32_t> ranked_;
    std::size_t k_;
    std::vector<std::uint8_t> trace_;
};

}  // namespace

std::vector<Range> member_runs(std::span<const std::uint8_t> member, std::uint32_t shortest) {
    std::vector<Range> out;
    for (std::size_t i = 0, end = 0; i < member.size(); i = end + 1) {
        end = i;
        while (end < member.size() && member[end] != 0) ++end;
        if (end > i && end - i >= shortest) {
            out.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(end - 1)});
        }
    }
    return out;
}

std::size_t allowed_ranges(std::span<const std::uint8_t> member) {
    const std::vector<Range> runs = member_runs(member, kShortestRun);
    std::size_t inside = 0;
    for (const Range& r : runs) inside += r.last - r.first + 1;
    const auto members = static_cast<std::size_t>(
        std::count_if(member.begin(), member.end(), [](std::uint8_t m) { return m != 0; }));
    return 2 * inside >= members ? std::clamp(runs.size(), kFreeRanges, kMostRanges) : kFreeRanges;
}

std::vector<Range> fit_sweep(std::size_t items, std::span<const std::uint32_t> ranked, std::size_t ranges) {
    if (ranked.empty() || items <= ranked.back()) return {};
    ranges = std::clamp<std::size_t>(std::min(ranges, ranked.size() / 3), 1, kMostRanges);
    Fit fit(items, ranked, ranges);
    std::vector<Range> best;
    double best_value = fit.log_likelihood(best);
    double best_reward = 0;
    const auto attempt = [&](double reward) {
        std::vector<Range> found = fit.at(reward);
        const double value = fit.log_likelihood(found);
        if (value > best_value) {
            best_value = value;
            best_reward = reward;
            best = std::move(found);
        }
    };
    constexpr int kCoarse = 32;
    constexpr int kFine = 16;
    const double step = std::log(2 * static_cast<double>(items) + 2) / kCoarse;
    for (int i = 0; i < kCoarse; ++i) attempt(2 * std::exp(step * i));
    if (best_reward > 0) {
        const double centre = std::log(best_reward);
        for (int i = 1; i < kFine; ++i) attempt(std::exp(centre + step * (2.0 * i / kFine - 1)));
    }
    return best;
}

std::vector<std::uint8_t> as_members(std::size_t items, std::span<const Range> ranges) {
    std::vector<std::uint8_t> out(items, 0);
    for (const Range& r : ranges) {
        for (std::size_t i = r.first; i <= r.last && i < items; ++i) out[i] = 1;
    }
    return out;
}

}  // namespace sendh::attribution
