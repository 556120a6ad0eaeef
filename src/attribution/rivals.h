// Rival explanations of the same hits, each against "the register was dialled".
//
// The model of any list: the next hit falls on v with probability
//     (1 − q) / N + q · [v on the list] · g / n
// where N and n count the items of the field and of the list that have not been hit yet, and g is the
// gap-test density of the list's numeric order (dial_order.h): not used, ascending, or descending, mixed 1/2,
// 1/4, 1/4, so a lack of order costs at most log 2. q is fitted, for the register as for every rival. (Design
// page, sections 1, 3 and 4. Each hit is the first on its item, so what is left is counted, not what was
// there at the start; a list whose items were all hit leaves the background alone.)
//
// A range sweep is a list like any other whose content was fitted to the hits (sweep.h). Its order is tested
// inside the fitted ranges, in the same way as the register's order is tested inside the register: a stolen
// list may be sorted by number too, and only this makes "order" count the same on both sides.
//
// A combination: rival lists, the fitted ranges (each with a weight of its own, since the fit knew nothing of
// the lists) and the register's own runs at once, with free weights, against the same plus the register
// (joint.h). It answers "once the directory is allowed, does the register still add anything?"
//
// Likelihood ratios with fitted content are not e-values. They decide whether a claim is withheld, never
// whether one is made.
//
// Thread rule: pure functions; no random numbers. Hits: those that counted (natural.h), in time order.
// Cost: O(hits · (24 log n + ranges · 48)) + O(items). 100,000 hits over a million items: about two seconds.
#ifndef SENDH_ATTRIBUTION_RIVALS_H_
#define SENDH_ATTRIBUTION_RIVALS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "attribution/field.h"
#include "attribution/joint.h"
#include "attribution/sweep.h"

namespace sendh::attribution {

inline constexpr std::size_t kJointRivals = 40;
inline constexpr std::size_t kJointRanges = 16;

struct ListFit {
    double log10_likelihood = 0;
    double share = 0;        // q where it is greatest
    double log10_order = 0;  // what dial order added, >= log10(1/2)
    std::int64_t size = 0;   // of the list inside the field
    std::int64_t hits = 0;   // of them hit
};

ListFit fit_list(std::size_t items, std::span<const Hit> hits, std::span<const std::uint8_t> list);

enum class RivalKind : std::uint8_t { sweep, list, combination };

struct RivalEvidence {
    RivalKind kind = RivalKind::sweep;
    std::size_t index = 0;   // of the rival list, for kind list
    double log10_ratio = 0;  // rival : register. Above 0: explains the hits better than the register does
    ListFit fit;             // not for kind combination
};

struct Rivals {
    ListFit list;                        // the register itself
    std::vector<RivalEvidence> against;  // the sweep, the rival lists in their order, the combination
    std::vector<Range> sweep;            // the ranges the sweep was given
    // Sources of the joint fit: background, register, the first kJointRivals rival lists, then the ranges of
    // the sweep (one source for all if they are more than kJointRanges) and, if it has any, the register's
    // own runs.
    JointFit joint;
};

// Rival lists are member vectors over the field; shorter ones are filled up with 0.
Rivals compare_rivals(const Field& field, std::span<const Hit> hits,
                      std::span<const std::vector<std::uint8_t>> rival_lists = {});

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_RIVALS_H_
