// Strata: numbers that a dialler could not tell apart without a list. The unit is the number block, since
// ranges are dialled by blocks and operators, areas and age of a line go by them; line type and operator
// divide it further where they are known.
//
// The rule (design of the natural evidence): blocks of 100; what lies in a block with fewer than `fewest`
// numbers of its kind goes to blocks of 1,000, then 10,000, and so on, at last to everything of its kind.
// Wider blocks compare people who have less in common: `width` says for each stratum how wide it is, so that
// a finding can.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/phone_number.h"

namespace sendh {

// A block of numbers: the number without its last digits. Only E.164 numbers have one.
struct BlockId {
    std::uint64_t value = 0;
    friend constexpr auto operator<=>(BlockId, BlockId) = default;
};
// numbers_in_block: 100, 1,000 … REQUIRES: number.is_e164().
[[nodiscard]] constexpr BlockId block_of(PhoneNumber number, std::uint64_t numbers_in_block) {
    return {unveil(number) / numbers_in_block};
}

struct Strata {
    std::vector<std::uint32_t> of;     // stratum of each number
    std::vector<std::uint64_t> width;  // of each stratum: numbers in its block; 0: everything of its kind
    [[nodiscard]] std::uint64_t wider_than(std::uint64_t numbers_in_block) const;  // numbers in wider strata
};

// kind: line type and operator as one word; numbers of different kinds never share a stratum.
// REQUIRES: as many kinds as numbers, all numbers E.164. The result depends on the order of neither.
[[nodiscard]] Strata lay_strata(std::span<const PhoneNumber> numbers, std::span<const std::string_view> kinds,
                                std::size_t fewest);

}  // namespace sendh
