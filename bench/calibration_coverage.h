// Part C of bench/calibration.cc: coverage of sets and intervals, lift of "who is next", reliability of
// posteriors.
#ifndef SENDH_BENCH_CALIBRATION_COVERAGE_H_
#define SENDH_BENCH_CALIBRATION_COVERAGE_H_

#include <array>
#include <cstdio>
#include <vector>

#include "attribution/posterior.h"
#include "attribution/snapshot.h"
#include "attribution/sources.h"
#include "calibration_innocent.h"
#include "copy_worlds.h"

namespace sendh::attribution {

// One source that is dialled at random, strays independent: the model of the set.
inline Items one_source(Random& r, const CopyWorld& w, std::size_t copy, double dialled, double background) {
    Items out;
    const auto rings = [&](std::uint32_t item) {
        return r.unit() >= (1 - background) * (w.holds[item].has(copy) ? 1 - dialled : 1);
    };
    for (const std::uint32_t i : w.members) {
        if (rings(i)) out.push_back(i);
    }
    for (std::uint32_t k = 0; k < CopyWorld::kCanaries; ++k) {
        if (rings(CopyWorld::kNumbers + k)) out.push_back(CopyWorld::kNumbers + k);
    }
    r.shuffle(out);
    return out;
}

inline void tell(Attribution& a, const CopyWorld& w, std::uint32_t item, bool with_rows) {
    const bool canary = item >= CopyWorld::kNumbers;
    const auto rows = with_rows ? w.rows(item) : std::vector<std::uint32_t>{};
    a.add({canary ? item - CopyWorld::kNumbers : kNoCanary, w.holds[item], {}, rows});
}

inline void print_coverage(int runs, std::uint64_t seed) {
    std::printf(
        "\n## C1. Confidence set of copies\n\n50 copies, 320 members, 60 canaries, one source dialled at "
        "random with "
        "independent strays; a look after every hit; %d runs. Missing: the copy that was dialled was ever "
        "outside "
        "the set, in %%; size: mean number of copies in it at the end.\n\n",
        runs);
    std::printf(
        "| dialled | background | missing, α = .05 | α = .01 | size, α = .05 | α = .01 | hits "
        "|\n|---|---|---|---|---|---|---|\n");
    for (const auto& [dialled, background] :
         {std::pair{.05, .02}, {.1, .02}, {.3, .02}, {.3, .1}, {.1, 0.}}) {
        std::array<int, 2> missing{};
        std::array<double, 2> size{};
        double hits = 0;
        for (int run = 0; run < runs; ++run) {
            Random r = stream(seed, static_cast<std::uint64_t>(run));
            const CopyWorld w(r, 50);
            Attribution a(w.specs, w.canaries, w.members.size(), 1);
            std::array<bool, 2> ever{};
            const Items items = one_source(r, w, 0, dialled, background);
            hits += static_cast<double>(items.size()) / runs;
            for (const std::uint32_t item : items) {
                tell(a, w, item, false);
                for (std::size_t i = 0; i < 2; ++i)
                    ever[i] = ever[i] || confidence_set(a, kAlphas[i])[0] == 0;
            }
            for (std::size_t i = 0; i < 2; ++i) {
                missing[i] += ever[i] ? 1 : 0;
                const auto in = confidence_set(a, kAlphas[i]);
                size[i] += static_cast<double>(std::count(in.begin(), in.end(), 1)) / runs;
            }
        }
        std::printf("| %g | %g | %s | %s | %.1f | %.1f | %.0f |\n", dialled, background,
                    share(missing[0], runs).c_str(), share(missing[1], runs).c_str(), size[0], size[1], hits);
        std::fflush(stdout);
    }
}

inline void print_snapshot(int runs, std::uint64_t seed) {
    std::printf(
        "\n## C2. Snapshot date\n\nA register of 2,000 people at a time over 120 weeks, `turnover` of whom "
        "leave and are "
        "replaced each week; the copy is of a week drawn at random; strays 10 %% of the hits, anybody who "
        "ever stood "
        "in it; %d runs, α = .05.\n\n",
        runs);
    std::printf(
        "| turnover a week | hits | true week outside the interval, %% | weeks in the interval, median "
        "|\n|---|---|---|---|\n");
    for (const double turnover : {.002, .01}) {
        for (const std::size_t hits : {50U, 200U, 800U}) {
            int missing = 0;
            std::vector<int> length;
            for (int run = 0; run < runs; ++run) {
                Random r = stream(seed, static_cast<std::uint64_t>(run));
                constexpr int kWeeks = 120;
                const int leave = static_cast<int>(2'000 * turnover);
                std::vector<std::pair<int, int>> people;  // weeks from .. up to
                std::vector<std::uint32_t> present;
                for (std::uint32_t i = 0; i < 2'000; ++i) {
                    people.emplace_back(0, kWeeks);
                    present.push_back(i);
                }
                for (int week = 1; week < kWeeks; ++week) {
                    for (int k = 0; k < leave; ++k) {
                        std::uint32_t& out = present[r.below(present.size())];
                        people[out].second = week;
                        out = static_cast<std::uint32_t>(people.size());
                        people.emplace_back(week, kWeeks);
                    }
                }
                const int week = static_cast<int>(r.below(kWeeks));
                const auto stands = [](const std::pair<int, int>& p, int at) {
                    return p.first <= at && at < p.second;
                };
                SnapshotDates dates(people.size(), std::vector<std::uint64_t>(kWeeks, 2'000));
                std::vector<std::uint8_t> seen(people.size(), 0);
                for (std::size_t t = 0; t < hits;) {
                    const std::uint32_t i = r.below(people.size());
                    if (seen[i] != 0 || (!stands(people[i], week) && r.unit() > .05)) continue;
                    seen[i] = 1;
                    ++t;
                    BitRow there(kWeeks);
                    for (int d = people[i].first; d < people[i].second; ++d)
                        there.set(static_cast<std::size_t>(d));
                    dates.add(there);
                }
                const SnapshotDates::Interval got = dates.interval(.05);
                const int first = static_cast<int>(got.first);
                const int last = static_cast<int>(got.last);
                missing += week < first || week > last ? 1 : 0;
                length.push_back(last - first + 1);
            }
            std::sort(length.begin(), length.end());
            std::printf("| %g %% | %zu | %s | %d |\n", 100 * turnover, hits, share(missing, runs).c_str(),
                        length[length.size() / 2]);
            std::fflush(stdout);
        }
    }
}

inline void print_next(int runs, std::uint64_t seed) {
    std::printf(
        "\n## C3. Who is next\n\n20 copies of about 220 of 320 members; after 30 hits of one copy the 20 "
        "numbers most at "
        "risk are listed; %d runs. Lift: how many of the next 20 hits stand on the list, over how many would "
        "if it "
        "were drawn from all members not hit.\n\n",
        runs);
    std::printf("| habit | by membership and canaries | row order too |\n|---|---|---|\n");
    for (const Habit& habit : habits()) {
        std::array<double, 2> found{};
        double expected = 0;
        for (int run = 0; run < runs; ++run) {
            Random r = stream(seed, static_cast<std::uint64_t>(run));
            const CopyWorld w(r, 20);
            const auto& list = w.list[0];
            Dialling d(r, habit, static_cast<std::uint32_t>(list.size()), .4);
            const Items items = distinct_items(50, [&] { return list[d.next()]; });
            const auto entries = static_cast<std::size_t>(std::count_if(
                items.begin() + 30, items.end(), [](std::uint32_t i) { return i < CopyWorld::kNumbers; }));
            for (const bool rows : {false, true}) {
                Attribution a(w.specs, w.canaries, w.members.size(), 1);
                for (std::size_t t = 0; t < 30; ++t) tell(a, w, items[t], rows);
                const auto likeliest = suspects(posterior(a.scores()), 20);
                std::vector<std::pair<double, std::uint32_t>> risk;
                for (const std::uint32_t i : w.members) {
                    if (std::find(items.begin(), items.begin() + 30, i) != items.begin() + 30) continue;
                    const auto of = rows ? w.rows(i) : std::vector<std::uint32_t>{};
                    risk.emplace_back(-next_hit(a, likeliest, {kNoCanary, w.holds[i], {}, of}), i);
                }
                std::sort(risk.begin(), risk.end());
                if (rows) expected += 20.0 * static_cast<double>(entries) / static_cast<double>(risk.size());
                risk.resize(20);
                for (const auto& one : risk) {
                    found[rows ? 1 : 0] +=
                        std::find(items.begin() + 30, items.end(), one.second) != items.end() ? 1 : 0;
                }
            }
        }
        std::printf("| %s | %.1f | %.1f |\n", habit.name.c_str(), found[0] / expected, found[1] / expected);
        std::fflush(stdout);
    }
}

inline void print_reliability(int runs, std::uint64_t seed) {
    std::printf(
        "\n## C4. Reliability of posteriors\n\n20 copies, prior 1/2 for \"none was dialled\", the worlds "
        "drawn from that "
        "prior; dialled at random 6 %% with 2 %% background or not at all; %d runs. Of all statements \"this "
        "copy was "
        "dialled with probability p\", how many were true, in %%.\n\n",
        runs);
    std::printf(
        "| stated p | one source (posterior.h) | statements | several sources (sources.h) | statements "
        "|\n|---|---|---|---|---|\n");
    constexpr std::array<double, 7> kEdges{0, .02, .1, .3, .6, .9, 1.0001};
    struct Bin {
        int said = 0;
        int was = 0;
        double mean = 0;
    };
    std::array<std::array<Bin, 6>, 2> bins{};
    for (int run = 0; run < runs; ++run) {
        Random r = stream(seed, static_cast<std::uint64_t>(run));
        const CopyWorld w(r, 20);
        const bool leaked = r.unit() < .5;
        const std::size_t source = r.below(20);
        const Items items = one_source(r, w, source, leaked ? .06 : 0, .02);
        Attribution a(w.specs, w.canaries, w.members.size(), 1);
        std::vector<Bits> hits;
        for (const std::uint32_t i : items) {
            tell(a, w, i, false);
            hits.push_back(w.holds[i]);
        }
        std::vector<std::uint64_t> sizes;
        for (const auto& list : w.list) sizes.push_back(list.size());
        const std::array<std::vector<double>, 2> stated{
            posterior(a.scores()).copy,
            find_sources(w.members.size() + CopyWorld::kCanaries, sizes, hits).probability};
        for (std::size_t m = 0; m < 2; ++m) {
            for (std::size_t j = 0; j < 20; ++j) {
                std::size_t b = 0;
                while (stated[m][j] >= kEdges[b + 1]) ++b;
                Bin& bin = bins[m][b];
                ++bin.said;
                bin.was += leaked && j == source ? 1 : 0;
                bin.mean += stated[m][j];
            }
        }
    }
    for (std::size_t b = 0; b < 6; ++b) {
        std::printf("| %g–%g", kEdges[b], std::min(1.0, kEdges[b + 1]));
        for (std::size_t m = 0; m < 2; ++m) {
            const Bin& bin = bins[m][b];
            if (bin.said == 0) {
                std::printf(" | – | 0");
            } else {
                std::printf(" | %s, stated mean %.2g | %d", share(bin.was, bin.said).c_str(),
                            100 * bin.mean / bin.said, bin.said);
            }
        }
        std::printf(" |\n");
    }
}

}  // namespace sendh::attribution

#endif  // SENDH_BENCH_CALIBRATION_COVERAGE_H_
