// Part B of bench/calibration.cc: how many hits it takes to name the copy that was dialled.
#ifndef SENDH_BENCH_CALIBRATION_POWER_H_
#define SENDH_BENCH_CALIBRATION_POWER_H_

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "attribution/coin.h"
#include "attribution/dial_order.h"
#include "attribution/log_space.h"
#include "attribution/naming.h"
#include "attribution/power.h"
#include "attribution/row_order.h"
#include "calibration_innocent.h"
#include "copy_worlds.h"

namespace sendh::attribution {

inline constexpr std::array<std::size_t, 4> kCopyCounts{10, 100, 1'000, 10'000};

// The bet of the design page: nearest of the last 24 rows, a fixed mixture, direction mixed.
class FixedBet {
public:
    explicit FixedBet(std::uint32_t rows) : order_(rows) {}
    void hit(std::uint32_t row) {
        const DialOrder::Factors f = order_.hit(row);
        ascending_ += std::log(f.ascending);
        descending_ += std::log(f.descending);
    }
    double log_e() const { return log_add(ascending_, descending_) - std::log(2.0); }

private:
    DialOrder order_;
    double ascending_ = 0;
    double descending_ = 0;
};

inline std::string median_hits(std::vector<int> hits, int most) {
    std::sort(hits.begin(), hits.end());
    const int middle = hits[hits.size() / 2];
    return middle > most ? "> " + std::to_string(most) : std::to_string(middle);
}

// Innocent copies need no simulation here: whether a copy is named depends on its own evidence and on how
// many copies there are.
inline void print_row_order(int runs, std::uint64_t seed) {
    constexpr std::uint32_t kRows = 50'000;
    constexpr int kMost = 150;
    std::printf(
        "\n## B1. Hits to name one copy by row order alone\n\n50,000 rows, α = .01, %d runs, median number "
        "of hits "
        "until E >= n/α for n = 100 / 1,000 / 10,000 copies. Density: share of the rows worked through that "
        "become "
        "hits. Floor (power.h): a bound of the mean for a test that knows the habits, before so many hits "
        "its "
        "mean log E cannot reach log(n/α); the hits beside it are medians.\n\n",
        runs);
    std::printf(
        "| habit | density | fixed mixture (design) | learned (built) | floor |\n|---|---|---|---|---|\n");
    for (const Habit& habit : habits()) {
        for (const double density : {1.0, .1, .02, .01, .004}) {
            std::array<std::vector<int>, 3> fixed;
            std::array<std::vector<int>, 3> learned;
            for (int run = 0; run < runs; ++run) {
                Random r = stream(seed, static_cast<std::uint64_t>(run));
                Dialling d(r, habit, kRows, density);
                RowOrder a(kRows);
                FixedBet b(kRows);
                std::array<int, 3> at_a{};
                std::array<int, 3> at_b{};
                while (a.hits() < kMost && (at_a[2] == 0 || at_b[2] == 0)) {
                    const std::uint32_t row = d.next();
                    a.hit(row);
                    b.hit(row);
                    const int t = static_cast<int>(a.hits());
                    for (std::size_t i = 0; i < 3; ++i) {
                        const double need = log10_naming_threshold(kCopyCounts[i + 1], .01) * kLn10;
                        if (at_a[i] == 0 && a.log_e() >= need) at_a[i] = t;
                        if (at_b[i] == 0 && b.log_e() >= need) at_b[i] = t;
                    }
                }
                for (std::size_t i = 0; i < 3; ++i) {
                    learned[i].push_back(at_a[i] == 0 ? kMost + 1 : at_a[i]);
                    fixed[i].push_back(at_b[i] == 0 ? kMost + 1 : at_b[i]);
                }
            }
            std::printf("| %s | %g", habit.name.c_str(), density);
            for (const auto* of : {&fixed, &learned}) {
                std::printf(" | %s / %s / %s", median_hits((*of)[0], kMost).c_str(),
                            median_hits((*of)[1], kMost).c_str(), median_hits((*of)[2], kMost).c_str());
            }
            std::printf(" | ");
            for (std::size_t i = 1; i < 4; ++i) {
                const double floor = row_order_hits_floor(
                    {kCopyCounts[i], .01, kRows, density, habit.diallers, habit.strays, habit.jitter});
                std::printf("%s%.1f", i > 1 ? " / " : "", floor);
            }
            std::printf(" |\n");
            std::fflush(stdout);
        }
    }
}

// Copies leaked 1 .. 3, each worked through by the same habit, hits in turn at random.
inline void print_leaked_copies(int runs, std::uint64_t seed) {
    constexpr std::uint32_t kRows = 50'000;
    constexpr std::array<std::size_t, 6> kHits{5, 10, 20, 50, 100, 200};
    std::printf(
        "\n## B2. Share of runs in which every leaked copy is named\n\nRow order alone, 50,000 rows, density "
        ".02, "
        "α = .01, %d runs, in %%: after 5 / 10 / 20 / 50 / 100 / 200 hits of the campaign, for so many "
        "copies.\n\n",
        runs);
    std::printf("| habit | leaked | 10 copies | 100 | 1,000 | 10,000 |\n|---|---|---|---|---|---|\n");
    for (const Habit& habit : habits()) {
        for (std::size_t leaked = 1; leaked <= 3; ++leaked) {
            std::array<std::array<int, 6>, 4> named{};
            for (int run = 0; run < runs; ++run) {
                Random r = stream(seed, static_cast<std::uint64_t>(run));
                std::vector<Dialling> diallers;
                std::vector<RowOrder> orders;
                for (std::size_t c = 0; c < leaked; ++c) {
                    diallers.emplace_back(r, habit, kRows, .02);
                    orders.emplace_back(kRows);
                }
                std::size_t t = 0;
                for (std::size_t h = 0; h < kHits.size(); ++h) {
                    for (; t < kHits[h]; ++t) {
                        const std::size_t source = r.below(leaked);
                        // In the orders of the other copies it lies anywhere.
                        for (std::size_t c = 0; c < leaked; ++c) {
                            const std::uint32_t before = orders[c].hits();
                            while (orders[c].hits() == before) {
                                orders[c].hit(c == source ? diallers[c].next() : r.below(kRows));
                            }
                        }
                    }
                    for (std::size_t i = 0; i < kCopyCounts.size(); ++i) {
                        const double need = log10_naming_threshold(kCopyCounts[i], .01) * kLn10;
                        const bool all = std::all_of(orders.begin(), orders.end(),
                                                     [&](const RowOrder& o) { return o.log_e() >= need; });
                        named[i][h] += all ? 1 : 0;
                    }
                }
            }
            std::printf("| %s | %zu", habit.name.c_str(), leaked);
            for (const auto& of : named) {
                std::printf(" | ");
                for (std::size_t h = 0; h < kHits.size(); ++h) {
                    std::printf("%s%.0f", h > 0 ? " / " : "", 100.0 * of[h] / runs);
                }
            }
            std::printf(" |\n");
            std::fflush(stdout);
        }
    }
}

// n copies, each holding each canary with probability p; a share `dialled` of the leaked copies' canaries
// rings, and each canary by chance with probability `background`.
inline void print_canaries(int runs, std::uint64_t seed) {
    struct Plan {
        std::size_t copies, canaries, leaked;
        double p, dialled, background;
    };
    std::printf(
        "\n## B3. Canaries alone\n\nα = .01, %d runs a row, in %%. First: the leaked copies have the "
        "greatest E.\n\n",
        runs);
    std::printf(
        "| copies | leaked | canaries | p | dialled | background | first | all named | wrong copy named |\n"
        "|---|---|---|---|---|---|---|---|---|\n");
    const double e = std::exp(-1.0);
    for (const Plan& plan : {Plan{1'000, 104, 1, e, .3, .02},
                             {1'000, 200, 1, e, .3, .02},
                             {1'000, 209, 1, e, .3, 0},
                             {100, 200, 1, e, .3, .02},
                             {10'000, 250, 1, e, .3, .02},
                             {1'000, 600, 2, .15, .3, .02},
                             {1'000, 600, 3, .15, .3, .02},
                             {1'000, 200, 1, e, .3, .1}}) {
        int first = 0;
        int named = 0;
        int wrong = 0;
        const double need = log10_naming_threshold(plan.copies, .01) * kLn10;
        for (int run = 0; run < runs; ++run) {
            Random r = stream(seed, static_cast<std::uint64_t>(run));
            std::vector<CoinBet> bets(plan.copies);
            std::vector<CoinsLeft> left(plan.copies);
            std::vector<BitRow> holds(plan.canaries, BitRow(plan.copies));
            std::vector<std::uint8_t> rings(plan.canaries);
            for (std::size_t k = 0; k < plan.canaries; ++k) {
                double silent = 1 - plan.background;
                for (std::size_t j = 0; j < plan.copies; ++j) {
                    ++left[j].offered;
                    if (r.unit() >= plan.p) continue;
                    holds[k].set(j);
                    ++left[j].held;
                    if (j < plan.leaked) silent *= 1 - plan.dialled;
                }
                rings[k] = r.unit() < silent ? 0 : 1;
            }
            bool any_wrong = false;
            for (std::size_t k = 0; k < plan.canaries; ++k) {
                for (std::size_t j = 0; j < plan.copies && rings[k] != 0; ++j) {
                    const bool held = holds[k].has(j);
                    bets[j].add(left[j], held);
                    --left[j].offered;
                    left[j].held -= held ? 1 : 0;
                    any_wrong = any_wrong || (j >= plan.leaked && held && bets[j].log_e() >= need);
                }
            }
            double least = 1e300;
            double other = -1e300;
            for (std::size_t j = 0; j < plan.copies; ++j) {
                const double value = bets[j].log_e();
                (j < plan.leaked ? least : other) =
                    j < plan.leaked ? std::min(least, value) : std::max(other, value);
            }
            first += least > other ? 1 : 0;
            named += least >= need ? 1 : 0;
            wrong += any_wrong ? 1 : 0;
        }
        std::printf("| %zu | %zu | %zu | %.3g | %g | %g | %s | %s | %s |\n", plan.copies, plan.leaked,
                    plan.canaries, plan.p, plan.dialled, plan.background, share(first, runs).c_str(),
                    share(named, runs).c_str(), share(wrong, runs).c_str());
        std::fflush(stdout);
    }
}

}  // namespace sendh::attribution

#endif  // SENDH_BENCH_CALIBRATION_POWER_H_
