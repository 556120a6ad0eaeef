// Natural evidence among copies: how likely are the hits if this copy was dialled? (Design page
// "Attribution", sections 4 and 5.)
//
// Given that a hit is a member of a register of N, and copy j was dialled with share q,
//     f_j(v) = (1−q)/N + q · [v in j]/|j|        L_j = Π f_j(v)/f_0(v),   f_0 = 1/N.
// The size |j| is in it, so a copy that holds everybody does not win by size. Only counts enter. Not an
// e-value: which members are called is nobody's coin. It is reported beside planted evidence, never
// multiplied in silently.
//
// The same formula over the register as of each date dates the copy (dates.h).
//
// For the confidence set a second likelihood is used, of a copy that is the one source while strays hit
// independently: every item of the copy that was not hit yet is ω times as likely to be next as any other,
// ω >= 1. Of m items left inside and u outside the next one has probability ω^z / (ω m + u) (D. R. Cox's
// partial likelihood with one binary covariate, Biometrika 62 (1975) 269).
//
// Thread rule: pure functions. Counts that make no sense are clamped; everything returned is finite.
#ifndef SENDH_ATTRIBUTION_COPY_LIKELIHOOD_H_
#define SENDH_ATTRIBUTION_COPY_LIKELIHOOD_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace sendh::attribution {

struct MemberCounts {
    std::uint64_t members = 0;       // N: of the register
    std::uint64_t hits = 0;          // of them hit
    std::uint64_t held = 0;          // |j|
    std::uint64_t held_and_hit = 0;  // of them hit
};

// log L_j for one q in [0, 1).
double log_membership(const MemberCounts& counts, double q);
// log of the mean of L_j over q = .05, .15, ... .95.
double log_membership(const MemberCounts& counts);
// log of the greatest L_j over q in [0, 1 − 1e-6]; concave in q, found by bisection of its slope.
double max_log_membership(const MemberCounts& counts);

// The likelihood of ω for one copy, hit by hit, relative to ω = 1.
class HazardLikelihood {
public:
    static constexpr std::size_t kPoints = 16;  // 1.3 · 1.7^i, and a million for "no strays at all"

    HazardLikelihood();
    // left_inside, left_outside: items not hit yet, this one included. An impossible hit is ignored.
    void add(double left_inside, double left_outside, bool inside);

    // log of the mean over the grid: a likelihood of the outcomes, fit for a numerator.
    double mixed() const;
    // Not below the log of the greatest likelihood over ω >= 1: log L is concave in log ω, so between two
    // grid points it lies below the secants of its neighbours.
    double best() const;

private:
    std::array<double, kPoints> values() const;
    std::array<double, kPoints> log_;      // of the product of (ω m + u)/(m + u), less
    std::array<double, kPoints> product_;  // these factors
    double inside_ = 0;
};

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_COPY_LIKELIHOOD_H_
