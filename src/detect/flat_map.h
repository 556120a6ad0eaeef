// FlatMap: 64-bit keys in one array (open addressing, linear probing); no removal. Clearing costs nothing,
// so one map can serve millions of parties in turn. References live until the next insertion.
//
// Thread rule: one thread, or many readers of a map that no longer changes.
#pragma once

#include <cstdint>
#include <vector>

namespace sendh::detect {

template <class Value>
class FlatMap {
public:
    Value& operator[](std::uint64_t key) {
        if ((size_ + 1) * 10 > slots_.size() * 7) grow();
        Slot& slot = slots_[place_of(key)];
        if (slot.stamp != stamp_) {
            slot = {key, stamp_, Value{}};
            ++size_;
        }
        return slot.value;
    }

    [[nodiscard]] const Value* find(std::uint64_t key) const {
        if (size_ == 0) return nullptr;
        const Slot& slot = slots_[place_of(key)];
        return slot.stamp == stamp_ ? &slot.value : nullptr;
    }
    [[nodiscard]] Value* find(std::uint64_t key) {
        if (size_ == 0) return nullptr;
        Slot& slot = slots_[place_of(key)];
        return slot.stamp == stamp_ ? &slot.value : nullptr;
    }

    template <class Visit>
    void each(Visit visit) const {
        for (const Slot& slot : slots_) {
            if (slot.stamp == stamp_) visit(slot.key, slot.value);
        }
    }

    void clear() {
        size_ = 0;
        if (++stamp_ == 0 || slots_.size() > keep) {
            slots_.clear();
            slots_.shrink_to_fit();
            stamp_ = 1;
        }
    }
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    static constexpr std::size_t keep = 1U << 16U;  // slots that survive clear()
    struct Slot {
        std::uint64_t key = 0;
        std::uint32_t stamp = 0;
        Value value{};
    };

    [[nodiscard]] std::size_t place_of(std::uint64_t key) const {
        const std::size_t mask = slots_.size() - 1;
        std::uint64_t h = key * 0x9e3779b97f4a7c15ULL;
        h ^= h >> 32U;
        std::size_t at = static_cast<std::size_t>(h) & mask;
        while (slots_[at].stamp == stamp_ && slots_[at].key != key) at = (at + 1) & mask;
        return at;
    }
    void grow() {
        std::vector<Slot> old(slots_.empty() ? 16 : slots_.size() * 2);
        old.swap(slots_);
        for (const Slot& slot : old) {
            if (slot.stamp == stamp_) slots_[place_of(slot.key)] = slot;
        }
    }

    std::vector<Slot> slots_;
    std::size_t size_ = 0;
    std::uint32_t stamp_ = 1;
};

}  // namespace sendh::detect
