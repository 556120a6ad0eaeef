// The whole way, from files to verdict, over made-up worlds: ILD gateway records, a register, a population, a
// trunk map, a roaming table, a public directory and 250 hits a world; detection, campaigns and the choice of
// the campaign included.
//
//   scripts/bench verdict_files [SEEDS] [FIRST SEED]      (100, 1)
//
// Prints, for each dialling habit, how often each level came out.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "simulate/investigated.h"

int main(int argc, char** argv) {
    using namespace sendh;
    const int seeds = argc > 1 ? std::atoi(argv[1]) : 100;
    const int first = argc > 2 ? std::atoi(argv[2]) : 1;
    const auto scratch =
        std::filesystem::temp_directory_path() / ("sendh-bench-" + std::to_string(now().value));
    std::filesystem::create_directories(scratch / "keys");
    ::setenv("SENDH_KEYS", (scratch / "keys").c_str(), 1);
    std::printf("%d seeds from %d; 250 hits, 1,200 members, 40,000 numbers, 120,000 calls\n", seeds, first);
    std::printf("%-18s %12s %12s %10s %8s %12s %16s\n", "habit", "cannot_tell", "no_evidence", "indicated",
                "strong", "very_strong", "median log10 E");
    for (const simulate::Habit habit : {simulate::Habit::leaked_list, simulate::Habit::range_sweep,
                                        simulate::Habit::uniform, simulate::Habit::contiguous_swept}) {
        std::map<std::string, int> levels;
        std::vector<double> evidence;
        for (int i = 0; i < seeds; ++i) {
            simulate::WorldSettings world;
            world.habit = habit;
            world.seed = static_cast<std::uint64_t>(first + i);
            world.start = to_micros({2025, 9, 1, 0, 0, 0, 0}, Zone{}).value_or(Micros{});
            const auto folder = scratch / "world";
            auto done = simulate::investigate_world(world, folder, "bench");
            if (!done.ok()) {
                std::fprintf(stderr, "%s\n", done.fault().message().c_str());
                return 2;
            }
            ++levels[done->finding.leak.level];
            evidence.push_back(done->finding.leak.log10_e);
            std::filesystem::remove_all(folder);
        }
        std::sort(evidence.begin(), evidence.end());
        const auto name = simulate::name_of(habit);
        std::printf("%-18.*s %12d %12d %10d %8d %12d %16.1f\n", static_cast<int>(name.size()), name.data(),
                    levels["cannot_tell"], levels["no_evidence"], levels["indicated"], levels["strong"],
                    levels["very_strong"], evidence.empty() ? 0.0 : evidence[evidence.size() / 2]);
        std::fflush(stdout);
    }
    std::filesystem::remove_all(scratch);
    return 0;
}
