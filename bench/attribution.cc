// How fast is "which copy leaked"?
//
//     attribution [copies, default 10000] [hits, default 5000] [register, default 1000000] [threads, default
//     2]
//
// Every copy holds the whole register in an order of its own; one hit in fifty is a canary. The rows of the
// hits are made up beforehand and not counted. First all hits in batches of 256, then one more hit at a time.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/sources.h"
#include "verdict_worlds.h"

namespace {

using namespace sendh::attribution;
using Seconds = std::chrono::duration<double>;

double cpu_seconds() {
    rusage u{};
    getrusage(RUSAGE_SELF, &u);
    const auto all = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return all(u.ru_utime) + all(u.ru_stime);
}

struct Batch {
    std::vector<std::vector<std::uint32_t>> rows;
    std::vector<BitRow> holds;
    std::vector<Observation> hits;
};

// Hits `from` .. `to`, dialled in the order of copy 0.
Batch make(Random& r, std::size_t copies, std::uint32_t members, std::size_t from, std::size_t to) {
    Batch b;
    for (std::size_t t = from; t < to; ++t) {
        b.rows.emplace_back(copies);
        for (std::uint32_t& row : b.rows.back()) row = r.below(members);
        b.rows.back()[0] = static_cast<std::uint32_t>(t * 37 % members);
        b.holds.emplace_back(t % 50 == 7 ? copies : 0);
        for (std::size_t j = 0; t % 50 == 7 && j < copies; ++j) {
            if (j == 0 || r.unit() < .37) b.holds.back().set(j);
        }
    }
    for (std::size_t i = 0; i < b.rows.size(); ++i) {
        const std::size_t t = from + i;
        const bool canary = t % 50 == 7;
        b.hits.push_back(
            {canary ? static_cast<std::uint32_t>(t / 50) : kNoCanary, b.holds[i], {}, b.rows[i]});
    }
    return b;
}

}  // namespace

int main(int argc, char** argv) {
    const auto argument = [&](int i, long standard) {
        return static_cast<std::size_t>(std::max(1L, argc > i ? std::atol(argv[i]) : standard));
    };
    const std::size_t copies = argument(1, 10'000);
    const std::size_t hits = argument(2, 5'000);
    const std::uint32_t members = static_cast<std::uint32_t>(argument(3, 1'000'000));
    const unsigned threads = static_cast<unsigned>(argument(4, 2));
    std::vector<CopySpec> specs;
    for (std::size_t j = 0; j < copies; ++j) {
        specs.push_back({static_cast<std::uint32_t>(j), members, 74, members});
    }
    Attribution a(specs, std::vector<CanarySpec>(hits / 50 + 1), members, threads);
    Random r(1);
    Seconds wall{0};
    double cpu = 0;
    constexpr std::size_t kBatch = 256;
    for (std::size_t t = 0; t < hits; t += kBatch) {
        const Batch b = make(r, copies, members, t, std::min(hits, t + kBatch));
        const double cpu_before = cpu_seconds();
        const auto start = std::chrono::steady_clock::now();
        a.add(b.hits);
        wall += std::chrono::steady_clock::now() - start;
        cpu += cpu_seconds() - cpu_before;
    }
    const auto start = std::chrono::steady_clock::now();
    const std::vector<CopyScore> scores = a.scores();
    const Seconds scoring = std::chrono::steady_clock::now() - start;
    std::vector<double> one;
    double one_cpu = 0;
    for (int i = 0; i < 50; ++i) {
        const Batch b = make(r, copies, members, 50 * hits + static_cast<std::size_t>(i),
                             50 * hits + static_cast<std::size_t>(i) + 1);
        const double cpu_before = cpu_seconds();
        const auto before = std::chrono::steady_clock::now();
        a.add(b.hits);
        one.push_back(1e3 * Seconds(std::chrono::steady_clock::now() - before).count());
        one_cpu += 1e3 * (cpu_seconds() - cpu_before) / 50;
    }
    std::sort(one.begin(), one.end());
    // Several sources, on copies of a third of the register each and a tenth of the hits.
    const std::vector<std::uint64_t> sizes(copies, members / 3);
    std::vector<BitRow> held;
    for (std::size_t t = 0; t < hits / 10; ++t) {
        held.emplace_back(copies);
        for (std::size_t j = 0; j < copies; ++j) {
            if (r.unit() < (j < 2 ? .6 : 1.0 / 3)) held.back().set(j);
        }
    }
    const std::vector<Bits> held_bits(held.begin(), held.end());
    const double sources_before = cpu_seconds();
    const Sources sources = find_sources(members, sizes, held_bits);
    const double sources_cpu = cpu_seconds() - sources_before;
    rusage u{};
    getrusage(RUSAGE_SELF, &u);
    const double each = 1e9 * cpu / static_cast<double>(copies * hits);
    std::printf(
        "| copies | hits | register | threads | wall s | CPU s | ns a hit and copy | scores ms | one more "
        "hit: wall ms, median (most) | CPU ms | peak MB |\n");
    std::printf("|---|---|---|---|---|---|---|---|---|---|---|\n");
    std::printf("| %zu | %zu | %u | %u | %.2f | %.2f | %.0f | %.1f | %.2f (%.2f) | %.2f | %ld |\n", copies,
                hits, members, threads, wall.count(), cpu, each, 1e3 * scoring.count(), one[one.size() / 2],
                one.back(), one_cpu, u.ru_maxrss / 1024);
    std::printf(
        "\nlog10 E of the copy that was dialled: %.1f, greatest of the others: %.1f\n", scores[0].log10_e,
        copies < 2
            ? 0.0
            : std::max_element(scores.begin() + 1, scores.end(), [](const CopyScore& x, const CopyScore& y) {
                  return x.log10_e < y.log10_e;
              })->log10_e);
    std::printf("several sources, %zu hits: %.2f s CPU, the best set has %zu copies\n", held.size(),
                sources_cpu, sources.sets.empty() ? 0 : sources.sets[0].copies.size());
    return 0;
}
