#include "attribution/row_order.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

// Vectors of 256 bits where the machine has them. Without fused multiplication, so every machine computes the
// same bytes. (clang 14 gives such a function another name where it is defined in one file and called in
// another.)
#if defined(__x86_64__) && !defined(__clang__)
#define SENDH_WIDE [[gnu::flatten, gnu::target_clones("default", "avx2")]]
#else
#define SENDH_WIDE
#endif

namespace sendh::attribution {
namespace {

constexpr double kNoOrder = .1;  // first weight of "no order"
constexpr double kShare = .01;
constexpr double kFewStrays = .1;
constexpr double kManyStrays = .6;
constexpr std::uint32_t kKnown = 72;  // hits for which a front that was continued is kept longer
constexpr double kComing = 10;        // hits that coming_factor looks ahead
constexpr std::array<double, 8> kScale{3, 12, 48, 192, 768, 3'072, 12'288, 49'152};

// The mean over the step of (1 + r) / (1 + r p)^2.
void heavy_tails(RowOrder::Step step, const std::array<double, 8>& scale, std::array<double, 8>& out) {
    for (std::size_t k = 0; k < out.size(); ++k) {
        const double r = scale[k];
        out[k] = (1 + r) / ((1 + r * step.lower) * (1 + r * step.upper));
    }
}

// How far ahead of `from`, around a circle of `n`.
std::uint32_t ahead_of(std::uint32_t from, std::uint32_t to, std::uint32_t n) {
    return to >= from ? to - from : to + (n - from);
}

std::uint32_t median(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    return std::max(std::min(a, b), std::min(std::max(a, b), c));
}

// Of the first n values, ascending, number n/2 from 0.
std::uint32_t upper_median(std::array<std::uint32_t, 5> x, std::uint32_t n) {
    for (std::uint32_t i = 1; i < n; ++i) {
        for (std::uint32_t k = i; k > 0 && x[k] < x[k - 1]; --k) std::swap(x[k], x[k - 1]);
    }
    return x[n / 2];
}

// Four counts at once; g++ and clang turn these into one instruction each, and loops over 24 into six.
using Lanes [[gnu::vector_size(16)]] = std::uint32_t;

Lanes load(const std::uint32_t* from) {
    Lanes out;
    std::memcpy(&out, from, sizeof out);
    return out;
}

std::uint32_t sum(Lanes x) { return (x[0] + x[1]) + (x[2] + x[3]); }

// How many of the fronts stand at `free_row` or before.
std::uint32_t up_to(const std::uint32_t* place, std::uint32_t fronts, std::uint32_t free_row) {
    Lanes count{};
    const Lanes limit = Lanes{} + free_row;
    for (std::uint32_t i = 0; i < fronts; i += 4) {
        count -= std::bit_cast<Lanes>(load(place + i) <= limit);
    }
    return sum(count);
}

double sum(const std::array<double, 8>& x) {
    return ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]));
}

}  // namespace

// --- fronts ---------------------------------------------------------------------------------------------

std::uint32_t RowOrder::Fronts::behind(std::uint32_t free_row) const {
    const std::uint32_t before = up_to(place.data(), kMostFronts, free_row);
    return (before == 0 ? size : std::min(before, size)) - 1;
}

std::uint32_t RowOrder::Fronts::ahead(std::uint32_t free_row) const {
    const std::uint32_t next = behind(free_row) + 1;
    return next == size ? 0 : next;
}

// REQUIRES: all of them are in use.
std::uint32_t RowOrder::Fronts::oldest() const {
    Lanes least = load(since.data());
    for (std::uint32_t i = 4; i < kMostFronts; i += 4) {
        const Lanes next = load(since.data() + i);
        least = next < least ? next : least;
    }
    const Lanes age = Lanes{} + std::min(std::min(least[0], least[1]), std::min(least[2], least[3]));
    Lanes first = Lanes{} + kMostFronts;
    Lanes index{0, 1, 2, 3};
    for (std::uint32_t i = 0; i < kMostFronts; i += 4, index += 4) {
        const Lanes found = load(since.data() + i) == age ? index : Lanes{} + kMostFronts;
        first = found < first ? found : first;
    }
    return std::min(std::min(first[0], first[1]), std::min(first[2], first[3]));
}

// Of all free rows, the share whose distance from their own front is below `distance`, and up to it.
RowOrder::Step RowOrder::Fronts::step(std::uint32_t distance, std::uint32_t free) const {
    const std::uint32_t round = place[0] + (free - place[size - 1]);
    const Lanes limit = Lanes{} + distance;
    Lanes nearer_of{};
    Lanes ties_of{};
    for (std::uint32_t i = 0; i < kMostFronts; i += 4) {
        const Lanes gap = load(place.data() + i + 1) - load(place.data() + i);
        nearer_of += gap < limit ? gap : limit;
        ties_of -= std::bit_cast<Lanes>(gap > limit);
    }
    const std::uint32_t nearer = sum(nearer_of) + std::min(round, distance);
    const std::uint32_t ties = sum(ties_of) + (round > distance ? 1 : 0);
    const double one = 1 / static_cast<double>(free);
    return {static_cast<double>(nearer) * one, static_cast<double>(nearer + ties) * one};
}

RowOrder::Step RowOrder::Fronts::forward(std::uint32_t free_row, std::uint32_t free) const {
    return step(ahead_of(place[behind(free_row)], free_row, free), free);
}

RowOrder::Step RowOrder::Fronts::backward(std::uint32_t free_row, std::uint32_t free) const {
    const std::uint32_t front = place[ahead(free_row)];
    return step(ahead_of(free_row, front == 0 ? free - 1 : front - 1, free), free);
}

void RowOrder::Fronts::move(std::uint32_t index, std::uint32_t free_row, std::uint32_t free,
                            std::uint32_t now) {
    // Where the new front belongs.
    std::uint32_t to = std::min(size, up_to(place.data(), kMostFronts, free_row));
    const Lanes limit = Lanes{} + free_row;
    for (std::uint32_t i = 0; i < kMostFronts; i += 4) {
        Lanes at = load(place.data() + i);
        at += std::bit_cast<Lanes>(at > limit);
        std::memcpy(place.data() + i, &at, sizeof at);
    }
    if (to <= index) {
        for (std::uint32_t i = index; i > to; --i) {
            place[i] = place[i - 1];
            since[i] = since[i - 1];
        }
    } else {
        --to;
        for (std::uint32_t i = index; i < to; ++i) {
            place[i] = place[i + 1];
            since[i] = since[i + 1];
        }
    }
    place[to] = free_row;
    since[to] = now;
    // A front past the last free row stands at the first.
    while (free > 0 && place[size - 1] >= free) {
        const std::uint32_t age = since[size - 1];
        for (std::uint32_t i = size - 1; i > 0; --i) {
            place[i] = place[i - 1];
            since[i] = since[i - 1];
        }
        place[0] = 0;
        since[0] = age;
    }
    for (std::uint32_t i = size; i <= kMostFronts; ++i) place[i] = place[size - 1];
}

void RowOrder::Fronts::add(std::uint32_t free_row, std::uint32_t free, std::uint32_t now) {
    if (size == kMostFronts) {
        move(oldest(), free_row, free, now);
        return;
    }
    // The new slot is the last until the front has found its place.
    const std::uint32_t index = size++;
    place[index] = free_row + 1;
    move(index, free_row, free, now);
}

// --- the bet --------------------------------------------------------------------------------------------

RowOrder::RowOrder(std::uint32_t rows) : rows_(rows), no_order_(kNoOrder) {
    constexpr double kEach = (1 - kNoOrder) / static_cast<double>(2 * kWays * kScales);
    for (Row& r : clean_) r.fill(kEach);
    for (Row& r : stray_) r.fill(kEach);
}

double RowOrder::log_e() const { return log_e_ + std::log(product_); }

RowOrder::Step RowOrder::around_median(std::uint32_t free_row) const {
    const std::uint32_t free = rows_.left();
    const std::uint32_t n = std::min(rows_.hits(), kMedianOf);
    // Seen from half a circle behind the newest, the others can be compared.
    const std::uint32_t origin = ahead_of(free / 2, last_[0], free);
    std::array<std::uint32_t, kMedianOf> o{};
    for (std::uint32_t i = 0; i < n; ++i) o[i] = ahead_of(origin, last_[i], free);
    std::uint32_t middle = 0;
    if (n == kMedianOf) {
        middle = median(o[4], std::max(std::min(o[0], o[1]), std::min(o[2], o[3])),
                        std::min(std::max(o[0], o[1]), std::max(o[2], o[3])));
    } else {
        middle = upper_median(o, n);
    }
    const std::uint32_t centre = middle >= free - origin ? middle - (free - origin) : origin + middle;
    const std::uint32_t ahead = ahead_of(centre, free_row, free);
    const double nearest = static_cast<double>(std::min(ahead, free - 1 - ahead));
    const double one = 2 / static_cast<double>(free);
    return {nearest * one, std::min(1.0, (nearest + 1) * one)};
}

RowOrder::Densities RowOrder::densities(std::uint32_t free_row, const Row& scale) const {
    Densities out;
    const std::uint32_t free = rows_.left();
    heavy_tails(forward_.forward(free_row, free), scale, out[0]);
    heavy_tails(backward_.backward(free_row, free), scale, out[1]);
    heavy_tails(around_median(free_row), scale, out[2]);
    return out;
}

RowOrder::Bets RowOrder::bets(const Densities& d) const {
    Bets out;
    Row total{};
    for (std::size_t way = 0; way < kWays; ++way) {
        for (std::size_t k = 0; k < kScales; ++k) {
            const double clean = clean_[way][k] * (kFewStrays + (1 - kFewStrays) * d[way][k]);
            const double stray = stray_[way][k] * (kManyStrays + (1 - kManyStrays) * d[way][k]);
            out.clean[way][k] = clean;
            out.stray[way][k] = stray;
            total[k] += clean + stray;
        }
    }
    out.sum = no_order_ + sum(total);
    return out;
}

void RowOrder::learn(const Bets& b) {
    constexpr double kEach = kShare / static_cast<double>(1 + 2 * kWays * kScales);
    // The weights are kept at a sum of 1 again and again: rounding must not add up over a million hits.
    const double keep = (1 - kShare) / b.sum;
    Row total{};
    for (std::size_t way = 0; way < kWays; ++way) {
        for (std::size_t k = 0; k < kScales; ++k) {
            const double clean = b.clean[way][k] * keep + kEach;
            const double stray = b.stray[way][k] * keep + kEach;
            clean_[way][k] = clean;
            stray_[way][k] = stray;
            total[k] += clean + stray;
        }
    }
    no_order_ = no_order_ * keep + kEach;
    no_order_ = std::max(0.0, no_order_ + (1 - no_order_ - sum(total)));
}

// Is the hit likelier if somebody goes on from the nearest front than if not?
bool RowOrder::continues(const Densities& d, std::size_t way) const {
    Row gain{};
    for (std::size_t k = 0; k < kScales; ++k) gain[k] = (clean_[way][k] + stray_[way][k]) * (d[way][k] - 1);
    return sum(gain) > 0;
}

void RowOrder::note(std::uint32_t row, HitRows::Place place, bool forward, bool backward) {
    const std::uint32_t now = rows_.hits();
    const std::uint32_t free_row = row - place.below;
    rows_.insert(row, place);
    const std::uint32_t free = rows_.left();
    if (forward) {
        forward_.move(forward_.behind(free_row), free_row, free, now + kKnown);
    } else {
        forward_.add(free_row, free, now);
    }
    if (backward) {
        backward_.move(backward_.ahead(free_row), free_row, free, now + kKnown);
    } else {
        backward_.add(free_row, free, now);
    }
    for (std::size_t i = kMedianOf - 1; i > 0; --i) {
        const std::uint32_t moved = last_[i - 1] - (last_[i - 1] > free_row ? 1U : 0U);
        last_[i] = moved == free ? 0 : moved;
    }
    last_[0] = free_row == free ? 0 : free_row;
}

SENDH_WIDE double RowOrder::hit(std::uint32_t row) {
    if (row >= rows_.rows()) return 1;
    const HitRows::Place place = rows_.find(row);
    if (place.hit) return 1;
    if (rows_.hits() == 0 || rows_.left() == 1) {
        note(row, place, false, false);
        return 1;
    }
    const Densities d = densities(row - place.below, kScale);
    const Bets b = bets(d);
    const double factor = b.sum;
    const bool forward = continues(d, 0);
    const bool backward = continues(d, 1);
    learn(b);
    note(row, place, forward, backward);
    product_ *= factor;
    if (product_ > 1e200 || product_ < 1e-200) {
        log_e_ += std::log(product_);
        product_ = 1;
    }
    return factor;
}

double RowOrder::factor(std::uint32_t row) const {
    if (row >= rows_.rows() || rows_.hits() == 0 || rows_.left() <= 1) return 1;
    const HitRows::Place place = rows_.find(row);
    return place.hit ? 1 : bets(densities(row - place.below, kScale)).sum;
}

double RowOrder::coming_factor(std::uint32_t row) const {
    if (row >= rows_.rows() || rows_.hits() == 0 || rows_.left() <= 1) return 1;
    const HitRows::Place place = rows_.find(row);
    Row scale = kScale;
    for (double& r : scale) r = std::min(r, static_cast<double>(rows_.left())) / kComing;
    return place.hit ? 1 : bets(densities(row - place.below, scale)).sum;
}

RowOrder::Step RowOrder::forward_step(std::uint32_t row) const {
    if (row >= rows_.rows() || rows_.hits() == 0 || rows_.left() == 0) return {};
    return forward_.forward(row - rows_.find(row).below, rows_.left());
}

}  // namespace sendh::attribution
