#include "attribution/dial_order.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sendh::attribution {
namespace {

constexpr std::array<double, 5> kKappa{.05, .1, .2, .4, .7};

// The integral of the density from 0 to p.
double cumulative(double p) {
    double sum = 0;
    for (const double kappa : kKappa) sum += std::pow(p, kappa);
    return 0.9 * sum / static_cast<double>(kKappa.size()) + 0.1 * p;
}

}  // namespace

PresentSet::PresentSet(std::size_t n)
    : tree_(n + 1, 0), present_(n, 1), total_(static_cast<std::int64_t>(n)) {
    for (std::size_t i = 1; i <= n; ++i) tree_[i] = static_cast<std::int64_t>(i & (~i + 1));
}

std::int64_t PresentSet::below(std::size_t i) const {
    std::int64_t sum = 0;
    for (; i > 0; i &= i - 1) sum += tree_[i];
    return sum;
}

void PresentSet::remove(std::size_t i) {
    if (i >= present_.size() || present_[i] == 0) return;
    present_[i] = 0;
    --total_;
    for (std::size_t j = i + 1; j < tree_.size(); j += j & (~j + 1)) --tree_[j];
}

DialOrder::DialOrder(std::size_t n, std::size_t window)
    : n_(static_cast<std::int64_t>(n)), window_(window), present_(n) {}

// How many are present among `count` positions from `from` on, around the circle. REQUIRES: 0 <= count < n.
std::int64_t DialOrder::between(std::int64_t from, std::int64_t count) const {
    from = ((from % n_) + n_) % n_;
    const std::int64_t end = from + count;
    const auto below = [&](std::int64_t i) { return present_.below(static_cast<std::size_t>(i)); };
    if (end <= n_) return below(end) - below(from);
    return present_.total() - below(from) + below(end - n_);
}

// How many present positions have a distance of 1 .. d.
std::int64_t DialOrder::within(std::int64_t d, bool ascending) const {
    std::int64_t sum = 0;
    const std::size_t k = kept_.size();
    for (std::size_t i = 0; i < k; ++i) {
        const std::int64_t ahead = kept_[(i + 1) % k] - kept_[i] + (i + 1 == k ? n_ : 0) - 1;
        const std::int64_t count = std::min(d, ahead);
        if (count <= 0) continue;
        sum += ascending ? between(kept_[i] + 1, count) : between(kept_[i] + 1 + ahead - count, count);
    }
    return sum;
}

double DialOrder::factor(std::size_t position, bool ascending) const {
    const std::int64_t x = static_cast<std::int64_t>(position);
    const auto after = std::upper_bound(kept_.begin(), kept_.end(), x);
    std::int64_t d = 0;
    if (ascending) {
        d = after == kept_.begin() ? x - kept_.back() + n_ : x - *(after - 1);
    } else {
        d = after == kept_.end() ? kept_.front() + n_ - x : *after - x;
    }
    const double all = static_cast<double>(present_.total());
    const double upper = static_cast<double>(within(d, ascending)) / all;
    const double lower = static_cast<double>(within(d - 1, ascending)) / all;
    return upper > lower ? (cumulative(std::min(upper, 1.0)) - cumulative(lower)) / (upper - lower) : 1;
}

DialOrder::Factors DialOrder::hit(std::size_t position) {
    if (position >= static_cast<std::size_t>(n_) || !present_.has(position)) return {};
    Factors out;
    if (!kept_.empty() && present_.total() > 1) out = {factor(position, true), factor(position, false)};
    present_.remove(position);
    const std::int64_t x = static_cast<std::int64_t>(position);
    if (recent_.size() < window_) {
        recent_.push_back(x);
    } else {
        kept_.erase(std::lower_bound(kept_.begin(), kept_.end(), recent_[next_]));
        recent_[next_] = x;
        next_ = (next_ + 1) % window_;
    }
    kept_.insert(std::upper_bound(kept_.begin(), kept_.end(), x), x);
    return out;
}

}  // namespace sendh::attribution
