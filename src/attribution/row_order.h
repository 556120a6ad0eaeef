// Planted evidence of the row order: do the hits follow the secret order of one copy? (Design page
// "Attribution", section 3.)
//
// What it is. A sequential bet. The order of a copy is a keyed random permutation, so for a copy that was not
// dialled the next hit lies on each row not hit yet with equal probability 1/F, whatever was hit before and
// whoever chose it. The factor of a hit is F·q(row), q any distribution over those F rows that is fixed
// before the hit is seen. Its expectation is exactly 1, so the product is an e-process and may be looked at
// after every hit: P(ever >= 1/α) <= α (J. Ville 1939). Power comes from q; validity never depends on it.
//
// How q is made. Count in rows not hit yet, around the circle (row numbers with the hit ones taken out).
// Three distances of a row are used, each turned into its share p of free rows that are no farther, a step
// [lower, upper) since rows can tie:
// * forward from the nearest front, and backward from the nearest front. A front is the place of one of the
//   last hits; a hit that is likelier to continue a run than not takes the place of the front it continues,
//   so the fronts become the people who dial. At most 24; the longest idle is forgotten first, one that was
//   continued 72 hits later than one that was not;
// * both ways from the median of the last five hits: one dialler who jumps about.
// For each distance the density of p is a mixture over eight scales r = 3·4^k of e + (1−e)·(1+r)/(1+r p)^2, e
// in {.1, .6} the share of strays, plus "no order" with density 1. The weights of these 49 are updated by
// Bayes' rule and a fixed share of 1 % (M. Herbster and M. Warmuth, Machine Learning 32 (1998) 151), so the
// scale, the direction and the number of diallers are learned from the hits. What counts is the mean of the
// density over the step, (1+r)/((1+r·lower)(1+r·upper)): the expectation over a randomised p, exact, without
// a random draw, so same inputs give same bytes. The first hit gives 1.
//
// Exact means: Σ over free rows of factor/F is 1 up to rounding (tests/attribution/row_order_test.cc adds it
// up), and p drawn within its step is uniform. The design's own test (nearest of the last 24 rows, a fixed
// mixture of 0.9 κ p^(κ−1) + 0.1) is dial_order.h; bench/calibration.cc compares the two.
//
// What it is not. It cannot see a list that the recipient sorted: power is lost then, validity is not. It is
// no evidence at all for a copy whose order was not drawn at random and kept secret.
//
// Thread rule: one object a thread. Cost of a hit: O(24 + log hits), about 0.3 µs. Finite for any input.
#ifndef SENDH_ATTRIBUTION_ROW_ORDER_H_
#define SENDH_ATTRIBUTION_ROW_ORDER_H_

#include <array>
#include <cstdint>

#include "attribution/hit_rows.h"

namespace sendh::attribution {

class RowOrder {
public:
    static constexpr std::uint32_t kMostFronts = 24;
    static constexpr std::uint32_t kMedianOf = 5;

    // rows: how many rows the copy has, canaries included.
    explicit RowOrder(std::uint32_t rows);

    // Bets on `row`, notes it, returns the factor. A row outside the copy, or hit before, gives 1 and is not
    // noted.
    double hit(std::uint32_t row);

    // What hit(row) would return. Over left() it is the probability that the next hit of somebody who works
    // through this copy is on `row`, as far as learned.
    double factor(std::uint32_t row) const;

    // The same for the coming hits, about ten: with every distance ten times as wide, and ten rows at least.
    // A front moves while they come, so a row some steps ahead of it is about as likely as the next one; the
    // nearer comes first.
    double coming_factor(std::uint32_t row) const;

    // Asks the memory for what hit(row) will need: hit_rows.h.
    void fetch_bucket(std::uint32_t row) const { rows_.fetch_bucket(row); }
    void fetch_rows(std::uint32_t row) const { rows_.fetch_rows(row); }

    double log_e() const;
    std::uint32_t hits() const { return rows_.hits(); }
    std::uint32_t left() const { return rows_.left(); }

    // The share of free rows strictly nearer, and at most as near, forward from the nearest front. Drawn
    // uniformly within, a p-value. REQUIRES: a row not hit yet. Before the first hit: [0, 1].
    struct Step {
        double lower = 0;
        double upper = 1;
    };
    Step forward_step(std::uint32_t row) const;

private:
    static constexpr std::size_t kScales = 8;
    static constexpr std::size_t kWays = 3;  // forward, backward, both
    using Row = std::array<double, kScales>;
    using Densities = std::array<Row, kWays>;

    // Places between free rows: a front at c means that free row c is the next one ahead. Slots that are not
    // used repeat the last place, so that loops go through all of them without a question.
    struct Fronts {
        std::array<std::uint32_t, kMostFronts + 1> place{};  // ascending
        std::array<std::uint32_t, kMostFronts> since{};      // number of the hit that made it
        std::uint32_t size = 0;

        Step step(std::uint32_t distance, std::uint32_t free) const;
        Step forward(std::uint32_t free_row, std::uint32_t free) const;
        Step backward(std::uint32_t free_row, std::uint32_t free) const;
        std::uint32_t behind(std::uint32_t free_row) const;  // index of the nearest front
        std::uint32_t ahead(std::uint32_t free_row) const;
        std::uint32_t oldest() const;
        // That row leaves, `free` remain, and a new front stands in its place, instead of the one at `index`.
        void move(std::uint32_t index, std::uint32_t free_row, std::uint32_t free, std::uint32_t now);
        void add(std::uint32_t free_row, std::uint32_t free, std::uint32_t now);
    };

    Step around_median(std::uint32_t free_row) const;
    Densities densities(std::uint32_t free_row, const Row& scale) const;
    // The experts' weights times what each says of a row, and their sum, which is the factor.
    struct Bets {
        Densities clean, stray;
        double sum = 0;
    };
    Bets bets(const Densities& d) const;
    void learn(const Bets& b);
    bool continues(const Densities& d, std::size_t way) const;
    void note(std::uint32_t row, HitRows::Place place, bool forward, bool backward);

    HitRows rows_;
    double log_e_ = 0;  // of the factors so far, less those in product_
    double product_ = 1;
    double no_order_;
    Densities clean_{}, stray_{};  // weights of the experts with few and with many strays
    Fronts forward_, backward_;
    std::array<std::uint32_t, kMedianOf> last_{};  // places of the last hits, the newest first
};

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_ROW_ORDER_H_
