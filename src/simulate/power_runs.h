// How well marks name a copy, tried out: the same bets as in an investigation (room attribution), on diallers
// that are made up.
//
// Thread rule: pure functions of their arguments; same seed, same answer.
#pragma once

#include <cstdint>
#include <optional>

namespace sendh::simulate {

// Somebody works through a copy from top to bottom, in `diallers` parts at once; a share `density` of the
// rows worked through becomes calls that are seen, and a share `strays` of the calls goes anywhere.
struct OrderTrial {
    std::uint64_t copies = 100;
    double alpha = .01;
    std::uint32_t rows = 50'000;
    std::uint32_t diallers = 4;
    double density = .02, strays = .1;
    std::uint32_t runs = 200;
    std::uint64_t seed = 1;
};
struct HitsToName {
    static constexpr std::uint32_t most = 1'000;  // hits that are tried
    // Of the runs, by hits of the copy until it was named; nothing: more than `most`, or than it has rows.
    std::optional<std::uint32_t> median, four_in_five;
};
[[nodiscard]] HitsToName hits_to_name(const OrderTrial& trial);

// A share `dialled` of the canaries that the leaked copies hold rings, and a share `background` of all.
struct CanaryTrial {
    std::uint32_t copies = 100;
    double alpha = .01;
    std::uint32_t canaries = 200, leaked = 1;
    double p = .36787944117144233;
    double dialled = .3, background = .02;
    std::uint32_t runs = 200;
    std::uint64_t seed = 1;
};
struct CanaryNaming {
    std::uint32_t runs = 0;
    std::uint32_t right_first = 0;  // a leaked copy has the most evidence
    std::uint32_t all_named = 0;    // every leaked copy is named
    std::uint32_t wrong_named = 0;  // an innocent one is
};
[[nodiscard]] CanaryNaming name_by_canaries(const CanaryTrial& trial);

}  // namespace sendh::simulate
