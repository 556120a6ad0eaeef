// Exact inference from 2x2 tables: Fisher's noncentral hypergeometric law, the exact conditional test of K
// tables with a common odds ratio, and the Clopper-Pearson interval of a proportion.
//
// These are the fixed-sample yardsticks of the room. They hold at one look only; what may be looked at after
// every call is in natural.h. No approximation anywhere: the law of the sum of the a-cells is built by
// convolution.
//
// Thread rule: value types and pure functions. Counts that are negative or inconsistent are clamped to the
// nearest possible ones. Nothing returned is NaN or infinite: an unbounded odds ratio is kOddsLimit with
// `unbounded` set.
//
// Sources: R. A. Fisher, The Design of Experiments (1935); J. J. Gart, Biometrika 57 (1970) 471, and
// N. E. Breslow and N. E. Day, Statistical Methods in Cancer Research 1 (1980), section 4.4 (exact
// conditional law of K tables); two-sided p and interval as in R's mantelhaen.test(exact = TRUE) and
// fisher.test; C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404.
#ifndef SENDH_ATTRIBUTION_COUNTS_H_
#define SENDH_ATTRIBUTION_COUNTS_H_

#include <cstdint>
#include <span>
#include <vector>

namespace sendh::attribution {

// Rows: member, other. Columns: hit, not hit.
struct Table2x2 {
    std::int64_t a = 0;  // members hit
    std::int64_t b = 0;  // members not hit
    std::int64_t c = 0;  // others hit
    std::int64_t d = 0;  // others not hit
};

struct Interval {
    double lo = 0;
    double hi = 0;
    bool unbounded = false;  // above: hi stands for infinity
};

// A law on the integers lo, lo + 1, ...; log_mass[i] is the natural logarithm of the mass at lo + i.
struct DiscreteLaw {
    std::int64_t lo = 0;
    std::vector<double> log_mass;
};

// P(x) ∝ C(m1, x) C(m2, n - x) odds^x: of n taken out of m1 + m2, how many are of the first kind. Normalised.
// Built from ratios of neighbours outward from the mode, so it keeps about 13 digits for counts of millions.
// REQUIRES: odds > 0 (clamped to [1e-12, 1e12]). Cost: O(support).
DiscreteLaw noncentral_hypergeometric(std::int64_t m1, std::int64_t m2, std::int64_t n, double odds);

// log Σ_x C(m1, x) C(m2, n - x) odds^x, up to the term that does not depend on the odds: the value at `odds`
// minus that at 1. What the likelihood of a batch of simultaneous hits needs. Cost: O(support).
double log_normaliser_ratio(std::int64_t m1, std::int64_t m2, std::int64_t n, double odds);

// The law of the sum of the a-cells given all margins, at odds 1, and what was observed.
class ExactConditional {
public:
    // Cost: O(Σ over tables of support so far × support of the table).
    explicit ExactConditional(std::span<const Table2x2> tables);

    std::int64_t observed() const { return observed_; }
    const DiscreteLaw& law() const { return law_; }

    // Σ of the masses not above that of the observed sum (with R's tolerance of 1e-7), at odds 1.
    double p_two_sided() const;
    // log10 P(sum >= observed) and log10 P(sum <= observed) at the given common odds ratio.
    double log10_p_greater(double odds = 1) const;
    double log10_p_less(double odds = 1) const;
    double p_greater() const;
    double p_less() const;

    // Conditional maximum-likelihood estimate: the odds at which the mean equals the observed sum. 0 when the
    // observed sum is the least possible, kOddsLimit when it is the greatest; 1 when nothing can vary.
    double odds_ratio() const;

    // The odds not rejected by one-sided tests of size `lower_tail` and `upper_tail` (each .025 for a
    // two-sided 95 % interval; a tail of 0 leaves that side open).
    Interval interval(double lower_tail, double upper_tail) const;

private:
    DiscreteLaw law_;
    std::int64_t observed_ = 0;
};

// Clopper-Pearson bounds for `hits` of `trials`, each tail of size (1 - level) / 2. No trials: [0, 1].
Interval clopper_pearson(std::int64_t hits, std::int64_t trials, double level);

// Two-sided exact binomial p, as R's binom.test: Σ of the probabilities not above that of `hits`.
double binomial_p_two_sided(std::int64_t hits, std::int64_t trials, double p);

// P(X <= k) of a binomial law; p is clamped to [0, 1].
double binomial_at_most(std::int64_t k, std::int64_t trials, double p);

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_COUNTS_H_
