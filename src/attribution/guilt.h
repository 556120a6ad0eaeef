// Yardsticks of "which copy leaked": what others compute. Shown beside our evidence, never used for a claim.
//
// * Guilt probability of P. Papadimitriou and H. Garcia-Molina, "Data leakage detection", IEEE TKDE 23(1)
//   (2011) 51: Pr{G_i|S} = 1 − Π over t in S∩R_i of (1 − (1−p)/|V_t|), V_t the agents that hold
//   t, p the probability that the target guessed t. Not a posterior: it grows with the size of the copy, and
//   many agents can have probabilities near 1 at once.
// * Symmetric score of Tardos codes (B. Škorić, S. Katzenbeisser and M. U. Celik, Designs, Codes and
//   Cryptography 46 (2008) 137): for each position with bias p, and y = 1 if the canary was hit,
//   +√((1−p)/p) for X = y = 1, −√(p/(1−p)) for X = 0, y = 1; for y = 0 with the parts of p and 1−p exchanged.
//   Mean 0 and variance 1 for an innocent copy. Code length K·c²·ln(1/ε), K = π².
//
// Thread rule: pure functions.
#ifndef SENDH_ATTRIBUTION_GUILT_H_
#define SENDH_ATTRIBUTION_GUILT_H_

#include <cstdint>
#include <span>
#include <vector>

#include "attribution/membership.h"

namespace sendh::attribution {

// leaked: for each leaked item, the agents that hold it (never empty Bits: that would mean all of them).
std::vector<double> guilt_probability(std::size_t agents, std::span<const Bits> leaked, double p);

// One position of one copy. p is clamped to [1e-6, 1 − 1e-6].
double tardos_score(double p, bool held, bool hit);
// K c² ln(1/ε), rounded up.
std::uint64_t tardos_length(std::uint64_t colluders, double epsilon);

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_GUILT_H_
