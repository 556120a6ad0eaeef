#include "attribution/rivals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "attribution/dial_order.h"
#include "attribution/log_space.h"

namespace sendh::attribution {
namespace {

// Densities of each hit under background and list; by order: none, ascending, descending.
struct Terms {
    std::vector<double> background;
    std::array<std::vector<double>, 3> list;
};

std::vector<Hit> distinct(std::size_t items, std::span<const Hit> hits) {
    std::vector<std::uint8_t> seen(items, 0);
    std::vector<Hit> out;
    out.reserve(hits.size());
    for (const Hit& h : hits) {
        if (h.item >= items || seen[h.item] != 0) continue;
        seen[h.item] = 1;
        out.push_back(h);
    }
    return out;
}

// Σ log((1 − q) b + q l), twelve factors at a time: each is above 1e-17.
double log_likelihood(const Terms& t, std::size_t order, double q) {
    constexpr std::size_t kChunk = 12;
    const std::vector<double>& b = t.background;
    const std::vector<double>& l = t.list[order];
    double sum = 0;
    for (std::size_t i = 0; i < b.size(); i += kChunk) {
        const std::size_t end = std::min(i + kChunk, b.size());
        double product = 1;
        for (std::size_t j = i; j < end; ++j) product *= b[j] + q * (l[j] - b[j]);
        sum += std::log(product);
    }
    return sum;
}

// Each range a list of its own; all of them one list when there are many.
std::vector<std::vector<std::uint8_t>> separately(std::size_t items, std::span<const Range> ranges) {
    std::vector<std::vector<std::uint8_t>> out;
    if (ranges.size() > kJointRanges) return {as_members(items, ranges)};
    for (const Range& r : ranges) out.push_back(as_members(items, {&r, 1}));
    return out;
}

struct Value {
    double all = 0;   // orders mixed
    double none = 0;  // without order
};

Value value_at(const Terms& t, double q) {
    const double none = log_likelihood(t, 0, q);
    const std::array<double, 3> mix{none + std::log(.5), log_likelihood(t, 1, q) + std::log(.25),
                                    log_likelihood(t, 2, q) + std::log(.25)};
    return {log_sum_exp(mix), none};
}

}  // namespace

ListFit fit_list(std::size_t items, std::span<const Hit> hits, std::span<const std::uint8_t> list) {
    ListFit out;
    std::vector<std::uint32_t> position(items, 0);
    std::uint32_t size = 0;
    const auto on_list = [&](std::size_t i) { return i < list.size() && list[i] != 0; };
    for (std::size_t i = 0; i < items; ++i) {
        position[i] = size;
        size += on_list(i) ? 1U : 0U;
    }
    out.size = size;
    const std::vector<Hit> clean = distinct(items, hits);
    if (clean.empty()) return out;

    Terms t;
    DialOrder order(size);
    double left = static_cast<double>(items);
    for (const Hit& h : clean) {
        const double rows = static_cast<double>(order.left());
        t.background.push_back(1 / left);
        if (rows == 0) {
            for (auto& l : t.list) l.push_back(1 / left);
        } else if (!on_list(h.item)) {
            for (auto& l : t.list) l.push_back(0);
        } else {
            const DialOrder::Factors g = order.hit(position[h.item]);
            t.list[0].push_back(1 / rows);
            t.list[1].push_back(g.ascending / rows);
            t.list[2].push_back(g.descending / rows);
            ++out.hits;
        }
        left -= 1;
    }

    constexpr double kMost = 1 - 1e-6;
    constexpr int kCoarse = 16;
    int best = 0;
    Value found = value_at(t, 0);
    for (int i = 1; i <= kCoarse; ++i) {
        const Value v = value_at(t, kMost * i / kCoarse);
        if (v.all > found.all) {
            found = v;
            best = i;
        }
    }
    out.share = kMost * best / kCoarse;
    double lo = kMost * std::max(best - 1, 0) / kCoarse;
    double hi = kMost * std::min(best + 1, kCoarse) / kCoarse;
    for (int i = 0; i < 40; ++i) {
        const double a = lo + (hi - lo) / 3;
        const double b = hi - (hi - lo) / 3;
        const Value va = value_at(t, a);
        const Value vb = value_at(t, b);
        const bool left_better = va.all >= vb.all;
        const Value& v = left_better ? va : vb;
        if (v.all > found.all) {
            found = v;
            out.share = left_better ? a : b;
        }
        (left_better ? hi : lo) = left_better ? b : a;
    }
    out.log10_likelihood = found.all / kLn10;
    out.log10_order = (found.all - found.none) / kLn10;
    return out;
}

Rivals compare_rivals(const Field& field, std::span<const Hit> hits,
                      std::span<const std::vector<std::uint8_t>> rival_lists) {
    Rivals out;
    const std::size_t items = field.size();
    const std::vector<Hit> clean = distinct(items, hits);
    const std::span<const std::uint8_t> member = std::span(field.member).first(items);
    out.list = fit_list(items, clean, member);

    std::vector<std::uint32_t> ranked;
    for (const Hit& h : clean) ranked.push_back(h.item);
    std::sort(ranked.begin(), ranked.end());
    out.sweep = fit_sweep(items, ranked, allowed_ranges(member));
    std::vector<std::vector<std::uint8_t>> sweeps = separately(items, out.sweep);
    ListFit sweep = fit_list(items, clean, as_members(items, out.sweep));
    if (std::vector<Range> runs = member_runs(member, kShortestRun); !runs.empty()) {
        sweeps.push_back(as_members(items, runs));
        const ListFit fit = fit_list(items, clean, sweeps.back());
        if (fit.log10_likelihood > sweep.log10_likelihood) {
            sweep = fit;
            out.sweep = std::move(runs);
        }
    }
    const auto ratio = [&](const ListFit& fit) { return fit.log10_likelihood - out.list.log10_likelihood; };
    out.against.push_back({RivalKind::sweep, 0, ratio(sweep), sweep});

    std::vector<std::vector<std::uint8_t>> sources;
    sources.emplace_back(member.begin(), member.end());
    for (std::size_t i = 0; i < rival_lists.size(); ++i) {
        const ListFit fit = fit_list(items, clean, rival_lists[i]);
        out.against.push_back({RivalKind::list, i, ratio(fit), fit});
        if (i < kJointRivals) sources.push_back(rival_lists[i]);
    }
    std::move(sweeps.begin(), sweeps.end(), std::back_inserter(sources));
    out.joint = joint_fit(items, clean, sources);
    out.against.push_back({RivalKind::combination, 0, -out.joint.log10_added[1], {}});
    return out;
}

}  // namespace sendh::attribution
