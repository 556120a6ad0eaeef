// Worlds with a known truth: a population, a register in it, ordinary traffic and a fake-call campaign with a
// given way of choosing whom to call, written as the files an investigator would get. All numbers are made
// up; the same seed gives the same bytes.
//
// Thread rule: pure functions of their arguments.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sendh::simulate {

// How the diallers choose.
enum class Habit : std::uint8_t {
    leaked_list,       // the register, in some order, with strays
    range_sweep,       // blocks with many official numbers, in numeric order
    uniform,           // anybody in the population
    contiguous_swept,  // the register is one contiguous run, and that run is swept
    official_blocks,   // anybody, but numbers of official blocks `preference` times as often
};
inline constexpr int habits = 5;
[[nodiscard]] std::string_view name_of(Habit habit);

// Who tells of the calls, and how well.
struct Reporting {
    std::optional<double> share;  // of the people called; nothing: up to 36, members first
    bool only_members = false;
    double without_time = 0;  // share of the reports that tell the day alone
    double late = 0;          // share that tell the time of telling, hours or days after the call
};

struct WorldSettings {
    std::uint64_t seed = 1;
    Habit habit = Habit::leaked_list;
    std::uint32_t members = 1'200;
    std::uint32_t population = 40'000;
    std::uint32_t hits = 250;  // numbers the campaign reaches
    double strays = 0.1;       // share of a leaked-list campaign that goes to anybody
    double days = 20;
    std::uint32_t ordinary_calls = 120'000;  // domestic and international, in the records
    double international_share = 0.15;       // of the ordinary calls
    Micros start;                            // of the records
    std::uint32_t canaries = 0;              // numbers in the register's blocks that belong to nobody
    std::uint32_t diallers = 4;              // of a list that is handed in, each at a part of it
    std::uint32_t copies = 0;                // investigated.h: issued before the calls
    std::uint32_t leaked_copies = 1;  // of these, where the habit is leaked_list; each is worked through
    double preference = 8;            // official_blocks
    std::uint32_t storm = 1;          // numbers that the campaign calls within the same second
    double background = 0;            // share of the canaries that it calls by chance, besides `hits`
    Reporting reporting;
};

// What leaked_list dials in the place of the register: copies, each in its order; empty where none leaks.
struct DialLists {
    std::vector<std::vector<std::uint64_t>> lists;
    std::vector<std::string> names;  // of these
};
// Asked for when register.csv and canaries.csv are written.
using DialList = std::function<Result<DialLists>()>;

struct WorldTruth {
    bool leaked = false;                     // some call follows the register or a copy
    std::vector<std::string> leaked_copies;  // that some call follows
    std::uint64_t calls = 0, fake_calls = 0, members_hit = 0;
    std::string description;  // a sentence
};

// Writes register.csv, population.csv, trunks.csv, roaming.csv, directory.csv (a public directory: the rival
// list), calls.csv (ILD gateway layout), reports.csv, truth.json and, if any, canaries.csv into folder (made
// if needed).
[[nodiscard]] Result<WorldTruth> write_world(const WorldSettings& settings,
                                             const std::filesystem::path& folder, const DialList& list = {});

}  // namespace sendh::simulate
