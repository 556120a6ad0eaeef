// What the room sees of the world: a field of items and a sequence of hits.
//
// A field is the population in numeric order. An item is one number; its index is its rank in that order.
// Nothing here knows a phone number. Items that are not in the population do not exist, so a run of
// consecutive items may jump over numbers nobody owns.
//
// Thread rule: value types.
#ifndef SENDH_ATTRIBUTION_FIELD_H_
#define SENDH_ATTRIBUTION_FIELD_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sendh::attribution {

struct Field {
    std::vector<std::uint32_t> stratum;  // any labels; only their equality matters
    std::vector<std::uint8_t> member;    // 1: stands in the register

    // Vectors of unequal length are cut to the shorter.
    std::size_t size() const { return std::min(stratum.size(), member.size()); }
};

// The first call of the campaign to an item. Sequences of hits are in time order; a later hit on the same
// item, and a hit on an item outside the field, are ignored everywhere (and counted where there is a counter
// for it).
struct Hit {
    std::int64_t time_us = 0;
    std::uint32_t item = 0;
};

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_FIELD_H_
