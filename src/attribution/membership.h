// Which copies hold an item: one bit a copy.
//
// Thread rule: value types. A `Bits` is a view; an empty one means "all copies".
#ifndef SENDH_ATTRIBUTION_MEMBERSHIP_H_
#define SENDH_ATTRIBUTION_MEMBERSHIP_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sendh::attribution {

using Bits = std::span<const std::uint64_t>;

constexpr std::size_t words_for(std::size_t copies) { return (copies + 63) / 64; }

// Bits behind the end are 0.
constexpr bool holds(Bits bits, std::size_t copy) {
    return bits.empty() || (copy / 64 < bits.size() && (bits[copy / 64] >> (copy % 64) & 1U) != 0);
}

// Bits that own their words.
class BitRow {
public:
    explicit BitRow(std::size_t copies = 0) : words_(words_for(copies), 0) {}
    void set(std::size_t copy) { words_[copy / 64] |= std::uint64_t{1} << (copy % 64); }
    bool has(std::size_t copy) const { return (words_[copy / 64] >> (copy % 64) & 1U) != 0; }
    operator Bits() const { return words_; }

private:
    std::vector<std::uint64_t> words_;
};

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_MEMBERSHIP_H_
