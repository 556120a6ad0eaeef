#include "attribution/natural.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace sendh::attribution {
namespace {

std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31U);
}

// Who is still at risk, stratum by stratum.
class RiskSet {
public:
    RiskSet(const Field& field, std::span<const std::uint32_t> cluster) : field_(field), cluster_(cluster) {
        std::unordered_map<std::uint32_t, std::uint32_t> dense;
        stratum_.resize(field.size());
        gone_.assign(field.size(), 0);
        for (std::size_t i = 0; i < field.size(); ++i) {
            const auto [it, fresh] =
                dense.try_emplace(field.stratum[i], static_cast<std::uint32_t>(m_.size()));
            if (fresh) {
                m_.push_back(0);
                u_.push_back(0);
            }
            stratum_[i] = it->second;
            ++(field.member[i] != 0 ? m_ : u_)[it->second];
            if (cluster_of(i) != 0) mates_[cluster_of(i)].push_back(static_cast<std::uint32_t>(i));
        }
        best_m_ = m_;
        best_u_ = u_;
    }

    bool gone(std::size_t item) const { return gone_[item] != 0; }
    std::uint32_t stratum(std::size_t item) const { return stratum_[item]; }
    const std::vector<std::int64_t>& members() const { return m_; }
    const std::vector<std::int64_t>& others() const { return u_; }

    RiskEvent event(std::uint32_t s, std::int64_t members_hit, std::int64_t others_hit) const {
        return {m_[s], u_[s], members_hit, others_hit};
    }
    // The event had all `hits` been members, and the bookkeeping of that other world.
    RiskEvent best_event(std::uint32_t s, std::int64_t hits) {
        hits = std::min(hits, best_m_[s] + best_u_[s]);
        const std::int64_t x = std::min(hits, best_m_[s]);
        const RiskEvent out{best_m_[s], best_u_[s], x, hits - x};
        best_m_[s] -= x;
        best_u_[s] -= hits - x;
        return out;
    }

    // The item and the mates of its cluster leave. `counted`: best_event() has already taken the item itself
    // out.
    void remove(std::size_t item, bool counted) {
        const auto it = mates_.find(cluster_of(item));
        leave(item, counted);
        if (it == mates_.end()) return;
        for (const std::uint32_t mate : it->second) leave(mate, false);
    }

private:
    std::uint32_t cluster_of(std::size_t item) const { return item < cluster_.size() ? cluster_[item] : 0; }

    void leave(std::size_t item, bool counted) {
        if (gone_[item] != 0) return;
        gone_[item] = 1;
        const bool member = field_.member[item] != 0;
        --(member ? m_ : u_)[stratum_[item]];
        std::int64_t& best = (member ? best_m_ : best_u_)[stratum_[item]];
        if (!counted && best > 0) --best;
    }

    const Field& field_;
    std::span<const std::uint32_t> cluster_;
    std::vector<std::uint32_t> stratum_;
    std::vector<std::uint8_t> gone_;
    std::vector<std::int64_t> m_, u_, best_m_, best_u_;
    std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> mates_;
};

// The hits inside the field, each item once, in time order.
std::vector<Hit> first_hits(const Field& field, std::span<const Hit> hits, CountedHits& out) {
    std::vector<Hit> clean(hits.begin(), hits.end());
    const auto earlier = [](const Hit& a, const Hit& b) { return a.time_us < b.time_us; };
    if (!std::is_sorted(clean.begin(), clean.end(), earlier)) {
        std::stable_sort(clean.begin(), clean.end(), earlier);
    }
    std::vector<std::uint8_t> seen(field.size(), 0);
    std::erase_if(clean, [&](const Hit& h) {
        if (h.item >= seen.size() || seen[h.item] != 0) {
            ++out.ignored;
            return true;
        }
        seen[h.item] = 1;
        ++(field.member[h.item] != 0 ? out.members_hit : out.others_hit);
        return false;
    });
    return clean;
}

// Puts tied hits in the order of their draw.
struct DrawnBefore {
    std::uint64_t seed;
    std::uint64_t key(const Hit& h) const {
        return mix(mix(seed ^ mix(static_cast<std::uint64_t>(h.time_us))) ^ h.item);
    }
    bool operator()(const Hit& a, const Hit& b) const {
        return std::pair(key(a), a.item) < std::pair(key(b), b.item);
    }
};

// Leaves one hit a cluster; returns how many went.
std::size_t drop_mates(std::vector<Hit>& tied, std::span<const std::uint32_t> cluster, DrawnBefore before) {
    if (cluster.empty() || tied.size() < 2) return 0;
    std::sort(tied.begin(), tied.end(), before);
    std::unordered_set<std::uint32_t> seen;
    return std::erase_if(tied, [&](const Hit& h) {
        const std::uint32_t c = h.item < cluster.size() ? cluster[h.item] : 0;
        return c != 0 && !seen.insert(c).second;
    });
}

bool within(std::int64_t later, std::int64_t earlier, std::int64_t span_us) {
    return static_cast<std::uint64_t>(later) - static_cast<std::uint64_t>(earlier) <
           static_cast<std::uint64_t>(span_us);
}

}  // namespace

CountedHits count_hits(const Field& field, std::span<const Hit> hits, const NaturalOptions& options) {
    CountedHits out;
    const std::vector<Hit> clean = first_hits(field, hits, out);
    RiskSet risk(field, options.cluster);
    for (std::size_t s = 0; s < risk.members().size(); ++s) {
        out.members += risk.members()[s];
        out.others += risk.others()[s];
        out.mixed_strata += risk.members()[s] > 0 && risk.others()[s] > 0 ? 1 : 0;
    }
    const auto record = [&](std::uint32_t s, std::span<const Hit> batch, std::int64_t time) {
        std::int64_t x = 0;
        for (const Hit& h : batch) x += field.member[h.item] != 0 ? 1 : 0;
        const std::int64_t k = static_cast<std::int64_t>(batch.size());
        out.events.push_back(risk.event(s, x, k - x));
        out.best.push_back(risk.best_event(s, k));
        out.times.push_back(time);
        out.hits.insert(out.hits.end(), batch.begin(), batch.end());
        for (const Hit& h : batch) risk.remove(h.item, true);
    };
    const DrawnBefore before{options.tie_seed};
    std::int64_t storm_since = 0;
    std::vector<Hit> tied;
    for (std::size_t i = 0, end = 0; i < clean.size(); i = end) {
        const std::int64_t time = clean[i].time_us;
        tied.clear();
        for (end = i; end < clean.size() && clean[end].time_us == time; ++end) {
            if (!risk.gone(clean[end].item)) tied.push_back(clean[end]);
        }
        out.swallowed += static_cast<std::int64_t>(end - i - tied.size());
        if (tied.empty()) continue;
        if (options.storm_us > 0) {
            if (out.events.empty() || !within(time, storm_since, options.storm_us)) {
                const Hit drawn = *std::min_element(tied.begin(), tied.end(), before);
                storm_since = time;
                record(risk.stratum(drawn.item), std::span(&drawn, 1), time);
                --out.swallowed;
            }
            out.swallowed += static_cast<std::int64_t>(tied.size());
            for (const Hit& h : tied) {
                if (!risk.gone(h.item)) risk.remove(h.item, false);
            }
            continue;
        }
        out.swallowed += static_cast<std::int64_t>(drop_mates(tied, options.cluster, before));
        std::stable_sort(tied.begin(), tied.end(), [&](const Hit& a, const Hit& b) {
            return std::pair(risk.stratum(a.item), a.item) < std::pair(risk.stratum(b.item), b.item);
        });
        for (std::size_t a = 0, b = 0; a < tied.size(); a = b) {
            const std::uint32_t s = risk.stratum(tied[a].item);
            while (b < tied.size() && risk.stratum(tied[b].item) == s) ++b;
            record(s, std::span(tied).subspan(a, b - a), time);
        }
    }
    return out;
}

}  // namespace sendh::attribution
