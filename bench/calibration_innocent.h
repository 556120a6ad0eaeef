// Part A of bench/calibration.cc: who is accused in worlds where they are innocent.
#ifndef SENDH_BENCH_CALIBRATION_INNOCENT_H_
#define SENDH_BENCH_CALIBRATION_INNOCENT_H_

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "attribution/counts.h"
#include "attribution/naming.h"
#include "attribution/natural.h"
#include "attribution/verdict.h"
#include "copy_worlds.h"

namespace sendh::attribution {

inline constexpr std::array<double, 3> kAlphas{.05, .01, .001};

inline std::string share(int part, int all) {
    const Interval ci = clopper_pearson(part, all, .95);
    char text[64];
    const auto digits = [](double percent) { return percent >= 99.5 ? 3 : 2; };  // not 1e+02
    std::snprintf(text, sizeof text, "%.3g [%.*g, %.*g]", 100.0 * part / all, digits(100 * ci.lo),
                  100 * ci.lo, digits(100 * ci.hi), 100 * ci.hi);
    return text;
}

// What an innocent world gave: the most that was ever seen, looking after every hit.
struct InnocentRun {
    double copies = -1e9;       // greatest log10 E of an innocent copy, less log10(number of copies)
    double natural = 0;         // greatest log10 E(1) of question 1
    bool leaker_named = false;  // at alpha = .01, at the end
};

inline InnocentRun run_innocent(const InnocentWorld& world, Random& r, std::uint32_t copies) {
    const CopyWorld w(r, copies);
    const Items dialled = world.dial(r, w);
    Attribution a(w.specs, w.canaries, w.members.size(), 1);
    InnocentRun out;
    const double many = std::log10(static_cast<double>(copies));
    for (const std::uint32_t item : dialled) {
        const bool canary = item >= CopyWorld::kNumbers;
        if (!canary && w.field.member[item] == 0) continue;
        const auto rows = w.rows(item);
        a.add({canary ? item - CopyWorld::kNumbers : kNoCanary, w.holds[item], {}, rows});
        for (std::uint32_t j = world.leaked ? 1 : 0; j < copies; ++j) {
            out.copies = std::max(out.copies, a.log10_e(j) - many);
        }
    }
    if (world.question_1) out.natural = natural_evidence(w.field, timed(dialled, world.burst)).max_log10_e;
    out.leaker_named = world.leaked && a.log10_e(0) >= log10_naming_threshold(copies, .01);
    return out;
}

inline void print_innocent(int worlds, std::uint64_t seed, std::uint32_t copies, std::size_t hits) {
    std::printf(
        "\n## A. False accusations\n\n%d worlds a row, %u copies, %zu hits, 60 canaries, a look after every "
        "hit. "
        "Share in %% of worlds in which an innocent copy was ever named; in brackets the 95 %% "
        "Clopper-Pearson "
        "interval. Right: share in which question 1 was ever answered with E(1) >= 1/alpha although nothing "
        "leaked.\n\n",
        worlds, copies, hits);
    std::printf(
        "| world | copy named, α = .05 | .01 | .001 | copy 0 named at .01 | question 1, α = .05 | .01 | .001 "
        "|\n"
        "|---|---|---|---|---|---|---|---|\n");
    for (const InnocentWorld& world : innocent_worlds(hits)) {
        std::array<int, 3> named{};
        std::array<int, 3> claimed{};
        int right = 0;
        for (int s = 0; s < worlds; ++s) {
            Random r = stream(seed, static_cast<std::uint64_t>(s));
            const InnocentRun run = run_innocent(world, r, copies);
            for (std::size_t i = 0; i < kAlphas.size(); ++i) {
                named[i] += run.copies >= -std::log10(kAlphas[i]) ? 1 : 0;
                claimed[i] += run.natural >= -std::log10(kAlphas[i]) ? 1 : 0;
            }
            right += run.leaker_named ? 1 : 0;
        }
        std::printf("| %s", world.name.c_str());
        for (const int n : named) std::printf(" | %s", share(n, worlds).c_str());
        std::printf(" | %s", world.leaked ? share(right, worlds).c_str() : "–");
        for (const int n : claimed) {
            std::printf(" | %s", world.question_1 ? share(n, worlds).c_str() : "–");
        }
        std::printf(" |\n");
        std::fflush(stdout);
    }
}

// The official numbers are one run and that run is swept: the claim has to be withheld.
inline void print_swept_run(int worlds, std::uint64_t seed) {
    const Row row = swept_runs("", 1, 0, 1, true, 1'200);
    int claims = 0;
    int withheld = 0;
    for (int s = 0; s < worlds; ++s) {
        Random r = stream(seed, static_cast<std::uint64_t>(s));
        const World w = row.make(r);
        const Level level = investigate(w.field, w.hits).verdict.level;
        claims += level >= Level::indicated ? 1 : 0;
        withheld += level == Level::cannot_tell ? 1 : 0;
    }
    std::printf(
        "\nThe official numbers are one contiguous run and the run is swept, %d worlds: claims %s %%, "
        "withheld %s %%.\n",
        worlds, share(claims, worlds).c_str(), share(withheld, worlds).c_str());
}

}  // namespace sendh::attribution

#endif  // SENDH_BENCH_CALIBRATION_INNOCENT_H_
