// The verdict on question 1, "has the register leaked?": a level, why, and what would change it. Codes and
// numbers only; sentences are made elsewhere.
//
// Rules (design page "Attribution", sections 1 and 5), in this order, on E = E(1) now (not its maximum),
// divided by the number of questions asked (log10_penalty):
//   no population or no register in it, or the attainable E is below `indicated`     cannot_tell
//   E below `indicated`                                                              no_evidence
//   a rival explains the hits as well within a factor of `rival_within`              cannot_tell (withheld)
//   E >= very_strong, Γ* >= gamma_star and every rival behind by `rival_behind`      very_strong
//   E >= strong                                                                      strong
//   else                                                                             indicated
//
// Thread rule: pure functions, value types.
#ifndef SENDH_ATTRIBUTION_VERDICT_H_
#define SENDH_ATTRIBUTION_VERDICT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "attribution/natural.h"
#include "attribution/rivals.h"

namespace sendh::attribution {

enum class Level : std::uint8_t { cannot_tell, no_evidence, indicated, strong, very_strong };
inline constexpr std::array<std::string_view, 5> kLevelNames{"cannot_tell", "no_evidence", "indicated",
                                                             "strong", "very_strong"};
static_assert(kLevelNames.size() == static_cast<std::size_t>(Level::very_strong) + 1);
constexpr std::string_view name(Level level) { return kLevelNames[static_cast<std::size_t>(level)]; }

// What speaks for the level, or what is needed. `value` and `limit` mean, by code:
enum class Code : std::uint8_t {
    no_population,         // others in the field; 1
    no_members,            // members in the field; 1
    no_mixed_strata,       // mixed strata; 1
    too_few_hits,          // attainable log10 E; what is needed. Needs: hits so far; hits for `indicated`
    evidence,              // log10 E after the penalty; the threshold it is measured by
    members_hit_more,      // share of members hit; share of others hit
    members_not_hit_more,  // the same
    several_questions,     // log10 penalty; 0
    rival_explains,        // log10 rival : register; the limit. `index` into Rivals::against
    rivals_behind,         // log10 ratio of the nearest rival; the limit. `index` as above
    gamma_star,            // Γ*; the threshold
    gamma_star_low,        // the same
    population_misses_members,  // share of the register that is not in the field; 0
    hits_outside_population,    // share of the campaign's hits outside the field; 0
    // needs
    need_other_numbers,  // controls to collect (power.h); members among those asked. 0: as many as can be had
    need_answers_in_ranges,  // others inside the fitted ranges that have not been hit; length of the ranges
    need_hits_off_rival,  // members of the register not on the rival list; size of the list. `index` as above
    need_marked_copies,   // nothing observed separates register and rival: plant canaries. 0; 0
};
inline constexpr std::array<std::string_view, 18> kCodeNames{"no_population",
                                                             "no_members",
                                                             "no_mixed_strata",
                                                             "too_few_hits",
                                                             "evidence",
                                                             "members_hit_more",
                                                             "members_not_hit_more",
                                                             "several_questions",
                                                             "rival_explains",
                                                             "rivals_behind",
                                                             "gamma_star",
                                                             "gamma_star_low",
                                                             "population_misses_members",
                                                             "hits_outside_population",
                                                             "need_other_numbers",
                                                             "need_answers_in_ranges",
                                                             "need_hits_off_rival",
                                                             "need_marked_copies"};
static_assert(kCodeNames.size() == static_cast<std::size_t>(Code::need_marked_copies) + 1);
constexpr std::string_view name(Code code) { return kCodeNames[static_cast<std::size_t>(code)]; }

struct Reason {
    Code code = Code::evidence;
    double value = 0;
    double limit = 0;
    std::size_t index = 0;
    friend bool operator==(const Reason&, const Reason&) = default;
};

struct Thresholds {
    double indicated = 20;
    double strong = 1e3;
    double very_strong = 1e6;
    double gamma_star = 2;
    double rival_within = 20;   // likelihood ratio
    double rival_behind = 100;  // likelihood ratio
};

// What the field does not show.
struct Coverage {
    std::int64_t register_size = 0;  // members in all, 0 = unknown
    std::int64_t hits_outside = 0;   // hits of the campaign on numbers outside the population
};

struct Verdict {
    Level level = Level::cannot_tell;
    double log10_e = 0;  // after the penalty
    std::vector<Reason> reasons;
    std::vector<Reason> needs;
};

// `rivals` may be empty (none fitted): very_strong then rests on E and Γ* alone; callers should always fit
// the sweep. log10_penalty: log10 of the number of campaigns (or registers) asked about. Γ* is taken as it
// stands: compute it with alpha divided by the same number. NaN thresholds count as never reached.
Verdict judge(const NaturalEvidence& natural, std::span<const RivalEvidence> rivals,
              const Thresholds& thresholds = {}, double log10_penalty = 0, const Coverage& coverage = {});

// All three steps: counting, rivals, verdict; alpha is divided by the penalty.
struct Investigation {
    NaturalEvidence natural;
    Rivals rivals;
    Verdict verdict;
};
Investigation investigate(const Field& field, std::span<const Hit> hits,
                          std::span<const std::vector<std::uint8_t>> rival_lists = {},
                          const NaturalOptions& options = {}, const Thresholds& thresholds = {},
                          double log10_penalty = 0, const Coverage& coverage = {});

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_VERDICT_H_
