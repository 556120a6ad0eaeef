// Is "which copy leaked" calibrated, and how much does it take? Worlds with a known truth (design page
// "Attribution", section 8); prints the tables of docs/calibration.md.
//
//     calibration [worlds a row of part A, default 500] [runs of other parts, default 100]
//                 [seed, default 1] [parts, default ABCD; "AB3" is part A and table B3]
//
// The same arguments give the same tables.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "calibration_coverage.h"
#include "calibration_innocent.h"
#include "calibration_power.h"
#include "calibration_yardsticks.h"

int main(int argc, char** argv) {
    using namespace sendh::attribution;
    const int worlds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 500;
    const int runs = argc > 2 ? std::max(1, std::atoi(argv[2])) : 100;
    const std::uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
    const std::string parts = argc > 4 ? argv[4] : "ABCD";
    const auto start = std::chrono::steady_clock::now();
    const auto wanted = [&](char part, char table) {
        const std::size_t at = parts.find(part);
        if (at == std::string::npos) return false;
        const std::size_t end = std::min(parts.find_first_not_of("0123456789", at + 1), parts.size());
        return end == at + 1 || parts.substr(at + 1, end - at - 1).find(table) != std::string::npos;
    };
    std::printf("calibration %d %d %llu %s\n", worlds, runs, static_cast<unsigned long long>(seed),
                parts.c_str());
    if (wanted('A', '1')) print_innocent(worlds, seed, 20, 60);
    if (wanted('A', '2')) print_swept_run(std::min(worlds, 400), seed);
    if (wanted('B', '1')) print_row_order(runs, seed);
    if (wanted('B', '2')) print_leaked_copies(runs, seed);
    if (wanted('B', '3')) print_canaries(runs, seed);
    if (wanted('C', '1')) print_coverage(runs, seed);
    if (wanted('C', '2')) print_snapshot(runs, seed);
    if (wanted('C', '3')) print_next(runs, seed);
    if (wanted('C', '4')) print_reliability(10 * runs, seed);
    if (wanted('D', '1')) print_guilt(runs, seed);
    if (wanted('D', '2')) print_pooled(runs, seed, 60);
    if (wanted('D', '3')) print_spearman(runs, seed);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::fprintf(stderr, "%.0f s\n", took.count());
    return 0;
}
