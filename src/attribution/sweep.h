// The rival "range sweep": somebody dialled a few runs of consecutive numbers and needed no list.
//
// The content of the sweep is fitted to the hits in the sweep's favour: a union of ranges of consecutive
// items, each at least 20 long, that makes the hits most likely under "with probability q uniform on the
// union, else uniform on the field". Nothing is charged for the fitting, on purpose: in doubt the claim
// "leaked" is withheld.
//
// What keeps it from explaining anything at all is how many ranges it may have:
// * five; or, where the register itself consists of runs (at least half of its members stand in runs of 10 or
// more
//   consecutive items), as many as it has runs, up to 64. Whoever knows which ranges are official needs no
//   register.
// * never more than one range for three hits, since a range that explains one hit is not a sweep.
// And one candidate has no limit: exactly the register's own runs of 10 or more.
//
// Its limit, a sharp one: a dialler who sweeps very many official runs of 9 or fewer, exactly and without the
// register, is not seen as a sweep, and the verdict claims a leak (bench/verdict.cc shows it). The other way
// round, the leak of a register that consists of runs of 10 or more is always withheld: the hits are the
// same. Only marks tell them apart.
//
// How it is fitted: hits sorted by rank; covering from hit i to hit j costs the length, each covered hit
// earns λ; exact dynamic programming for each λ of a geometric grid (the Lagrangian of "shortest union
// covering so many hits", thus the lower convex hull of all such unions), the best by likelihood wins.
//
// Thread rule: pure functions. Cost: O(hits · ranges · 48) + O(items).
#ifndef SENDH_ATTRIBUTION_SWEEP_H_
#define SENDH_ATTRIBUTION_SWEEP_H_

#include <cstdint>
#include <span>
#include <vector>

#include "attribution/field.h"

namespace sendh::attribution {

inline constexpr std::uint32_t kShortestRange = 20;
inline constexpr std::size_t kFreeRanges = 5;
inline constexpr std::size_t kMostRanges = 64;
inline constexpr std::uint32_t kShortestRun = 10;

struct Range {
    std::uint32_t first = 0;  // items first .. last
    std::uint32_t last = 0;
    friend bool operator==(const Range&, const Range&) = default;
};

// Maximal runs of at least `shortest` consecutive members.
std::vector<Range> member_runs(std::span<const std::uint8_t> member, std::uint32_t shortest);

// How many ranges a sweep may have against this register, before the limit by the number of hits.
std::size_t allowed_ranges(std::span<const std::uint8_t> member);

// The fitted ranges in ascending order, disjoint. No hits: none. `items` is the size of the field; `ranked`
// are the distinct ranks of the hits, ascending.
std::vector<Range> fit_sweep(std::size_t items, std::span<const std::uint32_t> ranked, std::size_t ranges);

// The ranges as a member vector over the field.
std::vector<std::uint8_t> as_members(std::size_t items, std::span<const Range> ranges);

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_SWEEP_H_
