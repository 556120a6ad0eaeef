// Does the verdict on question 1 say the right thing in worlds whose truth is known?
//
//     verdict [seeds, default 200]
//
// One row a world: share of each level, median log10 E, share withheld because of the sweep, share of claims
// (indicated or more) with its Clopper-Pearson interval. Then the calibration of the e-process with a look
// after every hit. The same seeds give the same table.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "attribution/verdict.h"
#include "verdict_worlds.h"

namespace {

using namespace sendh::attribution;

void print_row(const Row& row, int seeds) {
    std::array<int, 5> levels{};
    std::vector<double> e;
    std::vector<double> ratios;
    int by_sweep = 0;
    const auto start = std::chrono::steady_clock::now();
    for (int s = 0; s < seeds; ++s) {
        Random r = stream(20'260'101U, static_cast<std::uint64_t>(s));
        const World w = row.make(r);
        const Investigation i = investigate(w.field, w.hits);
        ++levels[static_cast<std::size_t>(i.verdict.level)];
        e.push_back(i.natural.log10_e);
        ratios.push_back(i.rivals.against.front().log10_ratio);
        by_sweep += std::any_of(i.verdict.reasons.begin(), i.verdict.reasons.end(), [](const Reason& reason) {
            return reason.code == Code::rival_explains && reason.index == 0;
        });
    }
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    std::sort(e.begin(), e.end());
    std::sort(ratios.begin(), ratios.end());
    const int claims = levels[2] + levels[3] + levels[4];
    const Interval ci = clopper_pearson(claims, seeds, .95);
    std::printf("%-34s", row.name.c_str());
    for (const int n : levels) std::printf(" %5.1f", 100.0 * n / seeds);
    std::printf(" %8.1f %8.1f %6.1f  %s %5.1f [%.1f, %.1f] %6.1f\n", e[e.size() / 2],
                ratios[ratios.size() / 2], 100.0 * by_sweep / seeds, row.leaked ? "true " : "false",
                100.0 * claims / seeds, 100 * ci.lo, 100 * ci.hi, took.count() / seeds);
    std::fflush(stdout);
}

// Small worlds without a leak, hidden odds up to Γ, a look after every hit.
void calibration(int worlds, double gamma) {
    const std::array<double, 3> alphas{.05, .01, .001};
    std::array<int, 3> alarms{};
    for (int s = 0; s < worlds; ++s) {
        Random r = stream(77'000'000U, static_cast<std::uint64_t>(s));
        std::vector<std::array<std::int64_t, 2>> left(8);
        for (auto& b : left) b = {1 + r.below(6), 1 + r.below(12)};
        std::vector<RiskEvent> events;
        double most = 0;
        for (int hit = 0; hit < 50; ++hit) {
            const std::size_t s_hit = r.below(left.size());
            auto& [m, u] = left[s_hit];
            if (m + u == 0) continue;
            const double weight = gamma * static_cast<double>(m);
            const bool z = r.unit() * (weight + static_cast<double>(u)) < weight;
            events.push_back({m, u, z ? 1 : 0, z ? 0 : 1});
            --(z ? m : u);
            if (!events.back().informative()) continue;
            most = std::max(most, log10_e(OddsLikelihood(events), gamma));
        }
        for (std::size_t a = 0; a < alphas.size(); ++a) alarms[a] += most >= -std::log10(alphas[a]) ? 1 : 0;
    }
    std::printf("max E(%g) >= 1/alpha in %d worlds without a leak, true odds %g:", gamma, worlds, gamma);
    for (std::size_t a = 0; a < alphas.size(); ++a) {
        const Interval ci = clopper_pearson(alarms[a], worlds, .95);
        std::printf("  %g: %.3f %% [%.3f, %.3f]", alphas[a], 100.0 * alarms[a] / worlds, 100 * ci.lo,
                    100 * ci.hi);
    }
    std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
    const int seeds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 200;
    std::printf("%-34s %5s %5s %5s %5s %5s %8s %8s %6s  %-5s %s %s\n", "world (shares in %)", "cant", "none",
                "indic", "strng", "very", "log10E", "log10LR", "sweep", "truth", "claims [95 %]", "ms");
    for (const Row& row : rows()) print_row(row, seeds);
    calibration(20'000, 1);
    calibration(20'000, 2);
    return 0;
}
