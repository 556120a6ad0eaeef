#include "numbering/strata.h"

#include <algorithm>
#include <numeric>

namespace sendh {

namespace {
constexpr std::uint64_t narrowest = 100;
constexpr std::uint64_t widest = 100'000'000'000'000;  // E.164 has 15 digits
}  // namespace

std::uint64_t Strata::wider_than(std::uint64_t numbers_in_block) const {
    return static_cast<std::uint64_t>(std::count_if(of.begin(), of.end(), [&](std::uint32_t stratum) {
        return width[stratum] == 0 || width[stratum] > numbers_in_block;
    }));
}

Strata lay_strata(std::span<const PhoneNumber> numbers, std::span<const std::string_view> kinds,
                  std::size_t fewest) {
    Strata out;
    out.of.assign(numbers.size(), 0);
    std::vector<std::size_t> left(numbers.size());
    std::iota(left.begin(), left.end(), std::size_t{0});
    const auto before = [&](std::size_t a, std::size_t b) {
        if (kinds[a] != kinds[b]) return kinds[a] < kinds[b];
        return numbers[a] < numbers[b];
    };
    std::sort(left.begin(), left.end(), before);
    std::vector<std::size_t> still;
    for (std::uint64_t block = narrowest; !left.empty(); block *= 10) {
        const bool last = block > widest;
        const auto together = [&](std::size_t a, std::size_t b) {
            return kinds[a] == kinds[b] &&
                   (last || block_of(numbers[a], block) == block_of(numbers[b], block));
        };
        still.clear();
        for (std::size_t from = 0; from < left.size();) {
            std::size_t to = from + 1;
            while (to < left.size() && together(left[from], left[to])) ++to;
            if (to - from < fewest && !last) {
                still.insert(still.end(), left.begin() + static_cast<std::ptrdiff_t>(from),
                             left.begin() + static_cast<std::ptrdiff_t>(to));
            } else {
                for (std::size_t i = from; i < to; ++i)
                    out.of[left[i]] = static_cast<std::uint32_t>(out.width.size());
                out.width.push_back(last ? 0 : block);
            }
            from = to;
        }
        left.swap(still);
    }
    return out;
}

}  // namespace sendh
