// Part D of bench/calibration.cc: what others compute, on worlds of the same kind.
#ifndef SENDH_BENCH_CALIBRATION_YARDSTICKS_H_
#define SENDH_BENCH_CALIBRATION_YARDSTICKS_H_

#include <cstdio>
#include <vector>

#include "attribution/counts.h"
#include "attribution/guilt.h"
#include "attribution/rank_correlation.h"
#include "calibration_coverage.h"
#include "calibration_innocent.h"
#include "copy_worlds.h"

namespace sendh::attribution {

// 50 recipients, five of whom hold the whole register; one of the others leaks.
inline void print_guilt(int runs, std::uint64_t seed) {
    int guilt_first = 0;
    int natural_first = 0;
    int canaries_first = 0;
    int tardos_first = 0;
    for (int run = 0; run < runs; ++run) {
        Random r = stream(seed, static_cast<std::uint64_t>(run));
        CopyWorld w(r, 50);
        for (std::uint32_t j = 45; j < 50; ++j) {
            w.specs[j].members = w.members.size();
            for (const std::uint32_t i : w.members) w.holds[i].set(j);
        }
        const Items items = one_source(r, w, 0, .3, .02);
        Attribution a(w.specs, w.canaries, w.members.size(), 1);
        std::vector<Bits> leaked;
        std::vector<std::uint8_t> rang(CopyWorld::kCanaries, 0);
        for (const std::uint32_t i : items) {
            tell(a, w, i, false);
            if (i < CopyWorld::kNumbers) {
                leaked.push_back(w.holds[i]);
            } else {
                rang[i - CopyWorld::kNumbers] = 1;
            }
        }
        const std::vector<double> guilt = guilt_probability(50, leaked, .5);
        std::vector<double> natural;
        std::vector<double> canaries;
        std::vector<double> tardos;
        for (std::uint32_t j = 0; j < 50; ++j) {
            natural.push_back(a.score(j).natural_log10_lr);
            canaries.push_back(a.score(j).canaries);
            double sum = 0;
            for (std::uint32_t k = 0; k < CopyWorld::kCanaries; ++k) {
                sum += tardos_score(w.canaries[k].p, w.holds[CopyWorld::kNumbers + k].has(j), rang[k] != 0);
            }
            tardos.push_back(sum);
        }
        // At 1 in doubles many are level: only a strict first place counts.
        const auto first = [](const std::vector<double>& x) {
            return std::all_of(x.begin() + 1, x.end(), [&](double v) { return v < x[0]; }) ? 1 : 0;
        };
        guilt_first += first(guilt);
        natural_first += first(natural);
        canaries_first += first(canaries);
        tardos_first += first(tardos);
    }
    std::printf(
        "\n## D1. Which copy comes first\n\n50 recipients, 5 of whom hold the whole register, another leaks "
        "30 %% of its "
        "copy, 2 %% background; %d runs. The true one comes first, in %%:\n\n| method | first |\n|---|---|\n",
        runs);
    std::printf("| guilt probability (Papadimitriou, Garcia-Molina), p = .5 | %s |\n",
                share(guilt_first, runs).c_str());
    std::printf("| size-normalised likelihood of members | %s |\n", share(natural_first, runs).c_str());
    std::printf("| Tardos' symmetric score of 60 canaries | %s |\n", share(tardos_first, runs).c_str());
    std::printf("| the bet on 60 canaries | %s |\n", share(canaries_first, runs).c_str());
}

inline void print_pooled(int runs, std::uint64_t seed, std::size_t hits) {
    std::printf(
        "\n## D2. Question 1 without a leak: false alarms at 5 %%\n\n%d runs, %zu hits, in %%.\n\n"
        "| world | pooled Fisher, one look | exact Mantel-Haenszel in blocks, one look | the same, a look "
        "every 20 hits | "
        "stratified e-process, a look after every hit |\n|---|---|---|---|---|\n",
        runs, hits);
    const auto worlds = innocent_worlds(hits);
    for (std::size_t kind = 0; kind < 4; ++kind) {
        int fisher = 0;
        int blocks = 0;
        int peeking = 0;
        int process = 0;
        for (int run = 0; run < runs; ++run) {
            Random r = stream(seed, static_cast<std::uint64_t>(run));
            const CopyWorld w(r, 1);
            Items items = worlds[kind].dial(r, w);
            std::erase_if(items, [](std::uint32_t i) { return i >= CopyWorld::kNumbers; });
            constexpr std::size_t kBlocks = CopyWorld::kNumbers / CopyWorld::kPerBlock;
            std::vector<Table2x2> tables(kBlocks);
            for (std::uint32_t i = 0; i < CopyWorld::kNumbers; ++i) {
                ++(w.field.member[i] != 0 ? tables[i / CopyWorld::kPerBlock].b
                                          : tables[i / CopyWorld::kPerBlock].d);
            }
            bool ever = false;
            double p = 1;
            for (std::size_t t = 0; t < items.size(); ++t) {
                Table2x2& table = tables[items[t] / CopyWorld::kPerBlock];
                const bool member = w.field.member[items[t]] != 0;
                --(member ? table.b : table.d);
                ++(member ? table.a : table.c);
                if ((t + 1) % 20 != 0 && t + 1 != items.size()) continue;
                p = ExactConditional(tables).p_greater();
                ever = ever || p <= .05;
            }
            Table2x2 all;
            for (const Table2x2& table : tables) {
                all.a += table.a;
                all.b += table.b;
                all.c += table.c;
                all.d += table.d;
            }
            fisher += ExactConditional({&all, 1}).p_greater() <= .05 ? 1 : 0;
            blocks += p <= .05 ? 1 : 0;
            peeking += ever ? 1 : 0;
            process +=
                natural_evidence(w.field, timed(items, worlds[kind].burst)).max_log10_e >= -std::log10(.05)
                    ? 1
                    : 0;
        }
        std::printf("| %s | %s | %s | %s | %s |\n", worlds[kind].name.c_str(), share(fisher, runs).c_str(),
                    share(blocks, runs).c_str(), share(peeking, runs).c_str(), share(process, runs).c_str());
        std::fflush(stdout);
    }
}

inline void print_spearman(int runs, std::uint64_t seed) {
    std::printf(
        "\n## D3. Row order: rank correlation against the bet\n\n50,000 rows, density .01, 100 copies, α = "
        ".01 with the "
        "bound for 100 tests, 40 hits, %d runs. The copy that was dialled is found, in %%.\n\n"
        "| habit | Spearman, both directions | the bet |\n|---|---|---|\n",
        runs);
    for (const Habit& habit : habits()) {
        int ranked = 0;
        int bet = 0;
        for (int run = 0; run < runs; ++run) {
            Random r = stream(seed, static_cast<std::uint64_t>(run));
            constexpr std::uint32_t kRows = 50'000;
            Dialling d(r, habit, kRows, .01);
            RowOrder order(kRows);
            std::vector<double> time;
            std::vector<double> row;
            while (order.hits() < 40) {
                const std::uint32_t x = d.next();
                const std::uint32_t before = order.hits();
                order.hit(x);
                if (order.hits() == before) continue;
                time.push_back(static_cast<double>(time.size()));
                row.push_back(static_cast<double>(x));
            }
            const double up = spearman(time, row).p_greater;
            for (double& x : row) x = -x;
            const double down = spearman(time, row).p_greater;
            ranked += 2 * std::min(up, down) <= .01 / 100 ? 1 : 0;
            bet += order.log_e() / kLn10 >= log10_naming_threshold(100, .01) ? 1 : 0;
        }
        std::printf("| %s | %s | %s |\n", habit.name.c_str(), share(ranked, runs).c_str(),
                    share(bet, runs).c_str());
    }
}

}  // namespace sendh::attribution

#endif  // SENDH_BENCH_CALIBRATION_YARDSTICKS_H_
