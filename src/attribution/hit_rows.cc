#include "attribution/hit_rows.h"

#include <algorithm>
#include <bit>

namespace sendh::attribution {
namespace {

constexpr std::uint32_t kBuckets = 64;
constexpr std::uint32_t kMostShift = 16;  // an offset has 16 bits

std::uint32_t shift_for(std::uint32_t rows) {
    const std::uint32_t width = rows / kBuckets + 1;
    return std::min(kMostShift, static_cast<std::uint32_t>(std::bit_width(width)));
}

// Halves without a branch, then counts: the compiler turns both into code that never guesses.
std::uint32_t lower_bound(const std::uint16_t* sorted, std::uint32_t size, std::uint16_t value) {
    constexpr std::uint32_t kCountFrom = 64;
    std::uint32_t first = 0;
    while (size > kCountFrom) {
        const std::uint32_t half = size / 2;
        first += sorted[first + half - 1] < value ? half : 0;
        size -= half;
    }
    std::uint16_t below = 0;
    for (std::uint32_t i = 0; i < size; ++i) {
        below = static_cast<std::uint16_t>(below + (sorted[first + i] < value ? 1 : 0));
    }
    return first + below;
}

}  // namespace

HitRows::HitRows(std::uint32_t rows)
    : rows_(rows), shift_(shift_for(rows)), count_((rows >> shift_) + 1), offsets_(count_.size()) {}

HitRows::Place HitRows::find(std::uint32_t row) const {
    const std::uint32_t bucket = row >> shift_;
    std::uint32_t below = 0;
    for (std::uint32_t b = 0; b < bucket; ++b) below += count_[b];
    const std::vector<std::uint16_t>& in = offsets_[bucket];
    const auto offset = static_cast<std::uint16_t>(row - (bucket << shift_));
    const std::uint32_t position = lower_bound(in.data(), static_cast<std::uint32_t>(in.size()), offset);
    return {below + position, position < in.size() && in[position] == offset, position};
}

void HitRows::insert(std::uint32_t row, Place place) {
    const std::uint32_t bucket = row >> shift_;
    std::vector<std::uint16_t>& in = offsets_[bucket];
    in.insert(in.begin() + static_cast<std::ptrdiff_t>(place.at),
              static_cast<std::uint16_t>(row - (bucket << shift_)));
    ++count_[bucket];
    ++hits_;
}

}  // namespace sendh::attribution
