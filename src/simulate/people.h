// The people of a made-up world: an operator's population in blocks of 100, and the register in it.
// Numbers are national significant numbers (10 digits) as integers; all are made up.
//
// Thread rule: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "simulate/random.h"
#include "simulate/world.h"

namespace sendh::simulate {

struct Entry {
    std::uint64_t number = 0;
    std::string name;
    std::string_view designation, department, district;
    Micros joined;
    Micros left;  // 0: still there
};

struct People {
    std::vector<std::uint64_t> population;  // ascending
    std::vector<Entry> entries;             // the register, in no order
    std::vector<std::uint64_t> members;     // their numbers, ascending
    std::vector<std::uint64_t> canaries;    // ascending; belong to nobody
    Micros snapshot;                        // the leaked list shows the register as of then

    [[nodiscard]] bool is_member(std::uint64_t number) const;
    [[nodiscard]] bool is_issued(std::uint64_t number) const;  // somebody's, or a canary
};

// REQUIRES: 0 < members <= population.
[[nodiscard]] People make_people(const WorldSettings& settings, Random& random);
[[nodiscard]] std::string made_up_name(Random& random);
[[nodiscard]] std::string_view operator_of(std::uint64_t number);

}  // namespace sendh::simulate
