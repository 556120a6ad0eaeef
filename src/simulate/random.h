// Random numbers that are the same on every machine: xoshiro256** (D. Blackman, S. Vigna), seeded by
// splitmix64, and draws in whole numbers only. The distributions of <random> differ between libraries.
// At most one draw in an expression: C++ leaves the order of operands and arguments open (braces keep it).
//
// Thread rule: one generator, one thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace sendh::simulate {

class Random {
public:
    explicit Random(std::uint64_t seed) {
        for (std::uint64_t& word : state_) {
            seed += 0x9e3779b97f4a7c15ULL;
            std::uint64_t z = seed;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
            z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
            word = z ^ (z >> 31);
        }
    }

    std::uint64_t next() {
        const std::uint64_t result = rotated(state_[1] * 5, 7) * 9;
        const std::uint64_t t = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= t;
        state_[3] = rotated(state_[3], 45);
        return result;
    }

    // 0 .. n-1. REQUIRES: 0 < n < 2^32.
    std::uint32_t below(std::uint64_t n) { return static_cast<std::uint32_t>(((next() >> 32) * n) >> 32); }
    // first .. last, both included. REQUIRES: first <= last, less than 2^32 apart.
    std::int64_t between(std::int64_t first, std::int64_t last) {
        return first + below(static_cast<std::uint64_t>(last - first) + 1);
    }
    bool percent(std::uint32_t share) { return below(100) < share; }

    template <class T>
    const T& any(std::span<const T> items) {
        return items[below(items.size())];
    }
    template <class T>
    const T& any(const std::vector<T>& items) {
        return items[below(items.size())];
    }
    template <class T, std::size_t size>
    const T& any(const std::array<T, size>& items) {
        return items[below(size)];
    }
    template <class T>
    void shuffle(std::vector<T>& items) {
        for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
    }
    // An index, as often as its weight says.
    std::size_t weighted(std::span<const std::uint32_t> weights) {
        std::uint64_t sum = 0;
        for (const std::uint32_t weight : weights) sum += weight;
        std::uint64_t left = below(sum);
        std::size_t index = 0;
        while (left >= weights[index]) left -= weights[index++];
        return index;
    }

private:
    static std::uint64_t rotated(std::uint64_t word, int bits) {
        return (word << bits) | (word >> (64 - bits));
    }

    std::array<std::uint64_t, 4> state_{};
};

}  // namespace sendh::simulate
