#include "store/duplicates.h"

#include <algorithm>
#include <vector>

#include "base/progress.h"

namespace sendh {

namespace {

constexpr std::size_t buckets = 512;

// The smallest id of each call. Open addressing, never more than half full.
class FirstOfEach {
public:
    // False if the call was there.
    bool put(const CallIdentity& call, std::int64_t id) {
        if (2 * (firsts_.size() + 1) > slots_.size()) grow();
        std::uint32_t& slot = slot_of(call);
        if (slot != 0) {
            std::int64_t& first = firsts_[slot - 1].id;
            first = std::min(first, id);
            return false;
        }
        firsts_.push_back({call, id});
        slot = static_cast<std::uint32_t>(firsts_.size());
        return true;
    }
    [[nodiscard]] std::int64_t of(const CallIdentity& call) { return firsts_[slot_of(call) - 1].id; }
    void clear() {
        firsts_.clear();
        std::fill(slots_.begin(), slots_.end(), 0);
    }

private:
    struct First {
        CallIdentity call;
        std::int64_t id;
    };
    std::uint32_t& slot_of(const CallIdentity& call) {
        const std::size_t mask = slots_.size() - 1;
        std::size_t slot = static_cast<std::size_t>(call.b) & mask;
        while (slots_[slot] != 0) {
            const CallIdentity& other = firsts_[slots_[slot] - 1].call;
            if (other.a == call.a && other.b == call.b) break;
            slot = (slot + 1) & mask;
        }
        return slots_[slot];
    }
    void grow() {
        slots_.assign(std::max<std::size_t>(1024, 2 * slots_.size()), 0);
        for (std::size_t i = 0; i < firsts_.size(); ++i)
            slot_of(firsts_[i].call) = static_cast<std::uint32_t>(i + 1);
    }

    std::vector<First> firsts_;
    std::vector<std::uint32_t> slots_;  // 0: free, else the place in firsts_, from 1
};

}  // namespace

DuplicateFinder::DuplicateFinder(std::filesystem::path folder) : rows_(std::move(folder), buckets) {}

Done DuplicateFinder::add(const CallIdentity& call, std::int64_t id) {
    return rows_.add(call.a % buckets, {call, id});
}

Done DuplicateFinder::finish(const std::function<Done(std::int64_t, std::int64_t)>& take) const {
    FirstOfEach firsts;
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        firsts.clear();
        bool any = false;
        SENDH_CHECK(rows_.each(bucket, [&](std::span<const Row> rows) -> Done {
            for (const Row& row : rows) any = !firsts.put(row.call, row.id) || any;
            return done();
        }));
        if (any) {
            SENDH_CHECK(rows_.each(bucket, [&](std::span<const Row> rows) -> Done {
                for (const Row& row : rows) {
                    const std::int64_t first = firsts.of(row.call);
                    if (first != row.id) SENDH_CHECK(take(row.id, first));
                }
                return done();
            }));
        }
        SENDH_CHECK(check_interrupt("nothing was changed"));
    }
    return done();
}

}  // namespace sendh
