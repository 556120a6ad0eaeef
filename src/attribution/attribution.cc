#include "attribution/attribution.h"

#include <algorithm>
#include <cmath>
#include <thread>
#include <unordered_map>
#include <utility>

#include "attribution/log_space.h"
#include "attribution/odds.h"

namespace sendh::attribution {
namespace {

// A thread is worth its start from this many copies times hits on.
constexpr std::size_t kWorthAThread = 4'000;
constexpr std::uint8_t kWithdrawn = 2;

std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31U);
}

void fetch(const void* from, std::size_t size) {
    constexpr std::size_t kLine = 64;
    for (std::size_t at = 0; at < size; at += kLine)
        __builtin_prefetch(static_cast<const char*>(from) + at, 1);
}

bool planted(CanaryLayer layer) { return layer == CanaryLayer::recipient || layer == CanaryLayer::copy; }

}  // namespace

struct Attribution::Prepared {
    const Observation* hit = nullptr;
    const CoinFactors* coin = nullptr;  // null: no coin was thrown for it
    bool shared = false;
    bool entry = false;
    std::uint64_t left = 0;  // planted canaries not hit yet, this one included
};

Attribution::Attribution(std::vector<CopySpec> copies, std::vector<CanarySpec> canaries,
                         std::uint64_t members, unsigned threads)
    : specs_(std::move(copies)),
      canaries_(std::move(canaries)),
      members_(members),
      threads_(std::max(1U, threads)),
      canary_hit_(canaries_.size(), 0),
      state_(specs_.size()),
      order_of_(specs_.size(), kNoRow) {
    for (const CanarySpec& c : canaries_) {
        factors_.push_back(coin_factors(c.p));
        left_ += planted(c.layer) ? 1U : 0U;
    }
    planted_ = left_;
    std::unordered_map<std::uint32_t, std::uint32_t> group;
    for (std::size_t j = 0; j < specs_.size(); ++j) {
        const auto [it, fresh] =
            group.try_emplace(specs_[j].recipient, static_cast<std::uint32_t>(groups_.size()));
        if (fresh) groups_.emplace_back();
        groups_[it->second].push_back(static_cast<std::uint32_t>(j));
        group_of_.push_back(it->second);
        if (specs_[j].rows == 0) continue;
        order_of_[j] = static_cast<std::uint32_t>(order_.size());
        order_.emplace_back(specs_[j].rows);
    }
}

void Attribution::add(std::span<const Observation> hits) {
    std::vector<Prepared> prepared;
    prepared.reserve(hits.size());
    for (const Observation& hit : hits) {
        if (hit.canary == kNoCanary) {
            ++entry_hits_;
            prepared.push_back({&hit, nullptr, false, true, 0});
            continue;
        }
        if (hit.canary >= canaries_.size() || canary_hit_[hit.canary] != 0) {
            ++ignored_;
            continue;
        }
        canary_hit_[hit.canary] = 1;
        canary_order_.push_back(hit.canary);
        const CanaryLayer layer = canaries_[hit.canary].layer;
        if (!planted(layer)) {
            ++(layer == CanaryLayer::master ? master_hits_ : control_hits_);
            continue;
        }
        ++canary_hits_;
        prepared.push_back({&hit, &factors_[hit.canary], layer == CanaryLayer::recipient, false, left_--});
    }
    const std::size_t most = std::min<std::size_t>(threads_, specs_.size() * prepared.size() / kWorthAThread);
    if (most < 2) {
        work(prepared, 0, specs_.size());
        return;
    }
    std::vector<std::jthread> helpers;
    for (std::size_t t = 1; t < most; ++t) {
        helpers.emplace_back([this, &prepared, t, most] {
            work(prepared, specs_.size() * t / most, specs_.size() * (t + 1) / most);
        });
    }
    work(prepared, 0, specs_.size() / most);
}

void Attribution::work(std::span<const Prepared> hits, std::size_t from, std::size_t to) {
    // A single hit waits for memory more than anything else: ask for the copies to come.
    constexpr std::size_t kSoon = 6;
    const std::span<const std::uint32_t> rows =
        hits.size() == 1 ? hits[0].hit->rows : std::span<const std::uint32_t>{};
    const auto order_at = [&](std::size_t k) -> const RowOrder* {
        return k < std::min(to, rows.size()) && order_of_[k] != kNoRow ? &order_[order_of_[k]] : nullptr;
    };
    for (std::size_t j = from; j < to; ++j) {
        if (const RowOrder* soon = order_at(j + 3 * kSoon); soon != nullptr) {
            fetch(soon, sizeof *soon);
            fetch(&state_[j + 3 * kSoon], sizeof state_[j]);
        }
        if (const RowOrder* soon = order_at(j + 2 * kSoon); soon != nullptr)
            soon->fetch_bucket(rows[j + 2 * kSoon]);
        if (const RowOrder* soon = order_at(j + kSoon); soon != nullptr) soon->fetch_rows(rows[j + kSoon]);
        State& s = state_[j];
        RowOrder* order = order_of_[j] == kNoRow ? nullptr : &order_[order_of_[j]];
        for (const Prepared& p : hits) {
            if (!holds(p.hit->there, j)) {
                s.outcomes = mix(s.outcomes + 4U);
                continue;
            }
            const CopySpec& spec = specs_[j];
            const bool eligible = p.entry || holds(p.hit->eligible, j);
            const bool held = holds(p.hit->holds, j) && eligible;
            s.outcomes = mix(s.outcomes + (held ? 1U : 0U) + (eligible ? 0U : 2U));
            if (p.coin != nullptr) {
                CoinBet& bet = p.shared && !alone_among(p.hit->there, j) ? s.shared : s.own;
                const std::uint32_t held_left =
                    spec.canaries_held - std::min(spec.canaries_held, s.held_gone);
                if (eligible && spec.canaries_offered == 0) bet.add(*p.coin, held);
                if (eligible && spec.canaries_offered != 0)
                    bet.add(CoinsLeft{held_left, spec.canaries_offered -
                                                     std::min(spec.canaries_offered, s.offered_gone)},
                            held);
                s.offered_gone += eligible ? 1U : 0U;
                s.canaries.add(held_left, static_cast<double>(p.left) - held_left, held);
                s.held_gone += held ? 1U : 0U;
                s.canary_hits += held ? 1U : 0U;
            } else {
                const double inside = static_cast<double>(spec.members) - static_cast<double>(s.member_hits);
                const double outside = static_cast<double>(members_) - static_cast<double>(spec.members) -
                                       static_cast<double>(s.entry_hits - s.member_hits);
                s.members.add(inside, outside, held);
                ++s.entry_hits;
                s.member_hits += held ? 1U : 0U;
            }
            if (held && order != nullptr && j < p.hit->rows.size()) order->hit(p.hit->rows[j]);
        }
    }
}

void Attribution::withdraw(std::uint32_t canary, Bits holders, Bits eligible) {
    if (canary >= canaries_.size() || canary_hit_[canary] != 0) return;
    canary_hit_[canary] = kWithdrawn;
    canary_order_.push_back(canary);
    if (!planted(canaries_[canary].layer)) return;
    --left_;
    for (std::size_t j = 0; j < specs_.size(); ++j) {
        if (!holds(eligible, j)) continue;
        ++state_[j].offered_gone;
        state_[j].held_gone += holds(holders, j) ? 1U : 0U;
    }
}

bool Attribution::alone_among(Bits there, std::size_t copy) const {
    const std::vector<std::uint32_t>& all = groups_[group_of_[copy]];
    return all.size() == 1 || (!there.empty() && std::none_of(all.begin(), all.end(), [&](std::uint32_t j) {
               return j != copy && holds(there, j);
           }));
}

double Attribution::log_order(std::size_t copy) const {
    return order_of_[copy] == kNoRow ? 0 : order_[order_of_[copy]].log_e();
}

const RowOrder* Attribution::row_order(std::size_t copy) const {
    return order_of_[copy] == kNoRow ? nullptr : &order_[order_of_[copy]];
}

MemberCounts Attribution::member_counts(std::size_t copy) const {
    return {members_, state_[copy].entry_hits, specs_[copy].members, state_[copy].member_hits};
}

MemberCounts Attribution::canary_counts(std::size_t copy) const {
    return {planted_, canary_hits_, specs_[copy].canaries_held, state_[copy].canary_hits};
}

double Attribution::log_source_mixed(std::size_t copy) const {
    return state_[copy].canaries.mixed() + state_[copy].members.mixed();
}

double Attribution::log_source_best(std::size_t copy) const {
    return state_[copy].canaries.best() + state_[copy].members.best();
}

double Attribution::log10_e(std::size_t copy) const { return (log_own(copy) + log_order(copy)) / kLn10; }

CopyScore Attribution::score(std::size_t copy) const {
    CopyScore out;
    out.log10_e = log10_e(copy);
    out.canaries = log_own(copy) / kLn10;
    out.row_order = log_order(copy) / kLn10;
    out.shared_canaries = log_shared(copy) / kLn10;
    out.natural_log10_lr = log_membership(member_counts(copy)) / kLn10;
    out.member_hits = state_[copy].member_hits;
    out.canary_hits = state_[copy].canary_hits;
    if (const RowOrder* o = row_order(copy)) out.row_hits = o->hits();
    return out;
}

std::vector<CopyScore> Attribution::scores() const {
    std::vector<CopyScore> out;
    out.reserve(specs_.size());
    for (std::size_t j = 0; j < specs_.size(); ++j) out.push_back(score(j));
    return out;
}

std::vector<RecipientScore> Attribution::recipients() const {
    std::vector<RecipientScore> out;
    std::vector<double> terms;
    for (const auto& copies : groups_) {
        terms.clear();
        for (const std::uint32_t j : copies) terms.push_back(log_shared(j) + log_own(j) + log_order(j));
        const double log_e = log_sum_exp(terms) - std::log(static_cast<double>(terms.size()));
        out.push_back({specs_[copies.front()].recipient, log_e / kLn10, copies});
    }
    return out;
}

std::uint64_t Attribution::outcome_class(std::size_t copy) const {
    std::uint64_t out = mix(state_[copy].outcomes ^ mix(specs_[copy].members));
    out = mix(out + specs_[copy].canaries_held);
    const RowOrder* order = row_order(copy);
    if (order != nullptr && order->hits() > 1) out = mix(out + 1 + copy);
    return out;
}

double Attribution::against_control(CanaryLayer layer) const {
    const auto tested = [&](CanaryLayer l) {
        return layer == CanaryLayer::master ? l == CanaryLayer::master : planted(l);
    };
    RiskEvent left;
    for (const CanarySpec& c : canaries_) {
        left.members += tested(c.layer) ? 1 : 0;
        left.others += c.layer == CanaryLayer::control ? 1 : 0;
    }
    std::vector<RiskEvent> events;
    for (const std::uint32_t k : canary_order_) {
        const CanaryLayer l = canaries_[k].layer;
        if (!tested(l) && l != CanaryLayer::control) continue;
        RiskEvent e = left;
        (tested(l) ? e.members_hit : e.others_hit) = 1;
        if (canary_hit_[k] != kWithdrawn) events.push_back(e);
        --(tested(l) ? left.members : left.others);
    }
    return attribution::log10_e(OddsLikelihood(events), 1);
}

double Attribution::log10_planted_against_control() const { return against_control(CanaryLayer::copy); }
double Attribution::log10_master_against_control() const { return against_control(CanaryLayer::master); }

}  // namespace sendh::attribution
