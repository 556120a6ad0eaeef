#include "attribution/hit_rows.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace sendh::attribution {
namespace {

constexpr std::uint32_t kBuckets = 64;
constexpr std::uint32_t kMostShift = 16;  // an offset has 16 bits

std::uint32_t shift_for(std::uint32_t rows) {
    const std::uint32_t width = rows / kBuckets + 1;
    return std::min(kMostShift, static_cast<std::uint32_t>(std::bit_width(width)));
}

using Counts [[gnu::vector_size(16)]] = std::uint32_t;
using Offsets [[gnu::vector_size(16)]] = std::uint16_t;

template <class Vector, class Number>
Vector load(const Number* from) {
    Vector out;
    std::memcpy(&out, from, sizeof out);
    return out;
}

std::uint32_t sum(const std::uint32_t* from, std::uint32_t size) {
    Counts lanes{};
    std::uint32_t i = 0;
    for (; i + 4 <= size; i += 4) lanes += load<Counts>(from + i);
    std::uint32_t out = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    for (; i < size; ++i) out += from[i];
    return out;
}

// Halves without a branch, then counts, eight at once.
std::uint32_t lower_bound(const std::uint16_t* sorted, std::uint32_t size, std::uint16_t value) {
    constexpr std::uint32_t kCountFrom = 64;
    std::uint32_t first = 0;
    while (size > kCountFrom) {
        const std::uint32_t half = size / 2;
        first += sorted[first + half - 1] < value ? half : 0;
        size -= half;
    }
    const Offsets limit = Offsets{} + value;
    Offsets lanes{};
    std::uint32_t i = 0;
    for (; i + 8 <= size; i += 8) lanes -= std::bit_cast<Offsets>(load<Offsets>(sorted + first + i) < limit);
    std::uint32_t below = 0;
    for (; i < size; ++i) below += sorted[first + i] < value ? 1 : 0;
    for (std::size_t lane = 0; lane < 8; ++lane) below += lanes[lane];
    return first + below;
}

}  // namespace

HitRows::HitRows(std::uint32_t rows)
    : rows_(rows), shift_(shift_for(rows)), count_((rows >> shift_) + 1), offsets_(count_.size()) {}

HitRows::Place HitRows::find(std::uint32_t row) const {
    const std::uint32_t bucket = row >> shift_;
    const std::uint32_t below = sum(count_.data(), bucket);
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
