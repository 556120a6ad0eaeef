// Dial order: does the next hit lie just ahead of recent ones in some order of the items? (Design page
// "Attribution", section 3, the gap test.)
//
// Keep the positions of the last 24 hits. For the next hit let d be the cyclic distance from the nearest kept
// one behind it (or ahead of it, for the descending direction), and p the share of items not hit yet whose
// distance is at most d, a step between "below d" and "up to d". If every item not hit yet is equally likely,
// p drawn within its step is uniform, and Σ_κ (0.9 κ p^(κ-1) + 0.1) / 5, κ in {.05, .1, .2, .4, .7}, is a
// density. What is returned is the mean of that density over the step: the likelihood ratio of "in order" to
// "no order", without any random draw, so same inputs give same bytes. The first hit gives 1.
//
// Thread rule: one object a thread. Cost of a hit: O(24 log n).
#ifndef SENDH_ATTRIBUTION_DIAL_ORDER_H_
#define SENDH_ATTRIBUTION_DIAL_ORDER_H_

#include <cstdint>
#include <vector>

namespace sendh::attribution {

// A set of positions 0 .. n-1, all present at first; counts those below a position in O(log n) (P. M.
// Fenwick, Software: Practice and Experience 24 (1994) 327).
class PresentSet {
public:
    explicit PresentSet(std::size_t n);
    std::int64_t total() const { return total_; }
    bool has(std::size_t i) const { return present_[i] != 0; }
    std::int64_t below(std::size_t i) const;
    void remove(std::size_t i);

private:
    std::vector<std::int64_t> tree_;
    std::vector<std::uint8_t> present_;
    std::int64_t total_;
};

class DialOrder {
public:
    static constexpr std::size_t kWindow = 24;

    // n: how many positions there are; window: how many hits are kept.
    explicit DialOrder(std::size_t n, std::size_t window = kWindow);

    struct Factors {
        double ascending = 1;
        double descending = 1;
    };
    // The factors for the next hit, then notes it. A position outside, or hit before, gives 1 and is not
    // noted.
    Factors hit(std::size_t position);

    std::int64_t left() const { return present_.total(); }  // positions not hit yet

private:
    double factor(std::size_t position, bool ascending) const;
    std::int64_t within(std::int64_t d, bool ascending) const;
    std::int64_t between(std::int64_t from, std::int64_t count) const;

    std::int64_t n_;
    std::size_t window_;
    PresentSet present_;
    std::vector<std::int64_t> kept_;    // sorted
    std::vector<std::int64_t> recent_;  // ring, by age
    std::size_t next_ = 0;
};

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_DIAL_ORDER_H_
