#include "casework/copy_evidence.h"

#include <algorithm>
#include <set>
#include <thread>
#include <unordered_map>

#include "base/progress.h"
#include "casework/import_shared.h"
#include "registers/history.h"

namespace sendh {

namespace {

namespace attr = attribution;

constexpr std::size_t batch_hits = 256;
constexpr std::size_t threads = 2;
constexpr std::size_t worth_a_thread = 2'000;  // hits times copies
constexpr std::size_t word = 64;               // copies whose bits share a word
constexpr std::size_t asked_together = 64;     // places in orders

using IndexByToken = std::unordered_map<Token, std::size_t, TokenHash>;

IndexByToken by_token(const std::vector<CopyHit>& hits, std::size_t from) {
    IndexByToken out;
    for (std::size_t i = from; i < hits.size(); ++i) out.emplace(hits[i].token, i);
    return out;
}

bool counts(const CanaryRecord& canary, const RegisterRecord& reg) {
    return canary.register_id == reg.id && canary.state != "burnt";
}

// Which hits are entries and which canaries; others say nothing about copies. And the register by then.
struct Found {
    std::vector<CopyHit> hits;
    RegisterThen then;
};

Result<Found> find_hits(Case& c, const RegisterRecord& reg, const std::vector<CanaryRecord>& pool,
                        const std::vector<CampaignHit>& found) {
    Found out;
    std::vector<CopyHit> all(found.size());
    Micros last{0};
    for (std::size_t i = 0; i < found.size(); ++i) {
        all[i].token = c.tokeniser().seal(found[i].number);
        all[i].time = found[i].time;
        last = std::max(last, found[i].time);
    }
    const IndexByToken at = by_token(all, 0);
    SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) -> Done {
        if (last.value == 0 ? !never_held(entry.joined, entry.left)
                            : held_before(entry.joined, entry.left, last)) {
            ++out.then.entries;
            out.then.rows.push_back(entry.row);
            if (entry.joined) {
                ++out.then.changes[entry.joined->value];
            } else {
                ++out.then.always;
            }
            if (entry.left && (last.value == 0 || *entry.left <= last)) --out.then.changes[entry.left->value];
        }
        const auto hit = at.find(entry.token);
        if (hit == at.end()) return done();
        all[hit->second].rows.push_back(entry.row);
        all[hit->second].stays.emplace_back(entry.joined, entry.left);
        return done();
    }));
    for (std::size_t k = 0; k < pool.size(); ++k) {
        if (!counts(pool[k], reg)) continue;
        const auto hit = at.find(pool[k].token);
        if (hit != at.end()) all[hit->second].canary = k;
    }
    for (CopyHit& hit : all) {
        if (!hit.rows.empty() || hit.canary) out.hits.push_back(std::move(hit));
    }
    return out;
}

Result<std::vector<CopyRecord>> copies_of(Case& c, const RegisterRecord& reg) {
    SENDH_TRY(auto records, c.catalogue().copies());
    std::erase_if(records, [&](const CopyRecord& record) { return record.register_id != reg.id; });
    return records;
}

}  // namespace

// A hit, or one of its coins, as it is laid before the mathematics.
struct CopyEvidence::Seen {
    std::size_t hit = 0;  // index into hits
    std::uint32_t canary = attr::kNoCanary;
    double share = 0;  // of the coin
    attr::BitRow holds, eligible;
    std::vector<std::uint32_t> rows;
};

std::uint32_t CopyEvidence::row_in(std::size_t copy, const std::vector<std::int64_t>& rows) const {
    const auto& marks = copies[copy].marks;
    if (!marks) return attr::kNoRow;
    for (const std::int64_t row : rows) {
        if (const auto at = marks->position_of_row(row)) return static_cast<std::uint32_t>(*at);
    }
    return attr::kNoRow;
}

Result<CopyEvidence> CopyEvidence::of(Case& c, const RegisterRecord& reg,
                                      const std::vector<CampaignHit>& hits) {
    CopyEvidence out;
    out.reg = reg;
    SENDH_TRY(out.pool, canary_pool(c));
    SENDH_TRY(Found found, find_hits(c, reg, out.pool, hits));
    out.hits = std::move(found.hits);
    out.then = std::move(found.then);
    SENDH_TRY(const auto records, copies_of(c, reg));
    SENDH_CHECK(out.find_copies(c, records));
    if (out.copies.empty()) return out;
    SENDH_CHECK(out.find_held(c, 0));
    out.lay_out();
    out.add(0);
    return out;
}

Result<bool> CopyEvidence::go_on(Case& c, const RegisterRecord& now, const std::vector<CampaignHit>& all) {
    SENDH_TRY(const auto canaries, canary_pool(c));
    SENDH_TRY(const auto records, copies_of(c, now));
    if (now.id != reg.id || canaries != pool ||
        !std::equal(records.begin(), records.end(), copies.begin(), copies.end(),
                    [](const CopyRecord& record, const HeldCopy& copy) { return record == copy.record; }))
        return false;
    SENDH_TRY(Found found, find_hits(c, now, pool, all));
    const std::size_t known = hits.size();
    if (found.then != then || found.hits.size() < known ||
        !std::equal(hits.begin(), hits.end(), found.hits.begin()))
        return false;
    reg = now;
    hits = std::move(found.hits);
    if (copies.empty()) return true;
    SENDH_CHECK(find_held(c, known));
    add(known);
    return true;
}

Done CopyEvidence::find_copies(Case& c, const std::vector<CopyRecord>& records) {
    for (const CopyRecord& record : records) {
        SENDH_CHECK(check_interrupt(untouched));
        HeldCopy copy;
        copy.record = record;
        if (record.issued) {
            SENDH_TRY(copy.marks, marks_of(c, record.id, pool));
        }
        copies.push_back(std::move(copy));
    }
    return done();
}

// Which hits, from number `from` on, stand in recorded copies.
Done CopyEvidence::find_held(Case& c, std::size_t from) {
    const IndexByToken at = by_token(hits, from);
    for (HeldCopy& copy : copies) {
        if (copy.marks || at.empty()) continue;
        SENDH_TRY(const auto rows, c.catalogue().copy_rows(copy.record.id));
        for (const Token& token : rows) {
            if (const auto hit = at.find(token); hit != at.end()) copy.holds.insert(hit->second);
        }
    }
    return done();
}

void CopyEvidence::lay_out() {
    std::map<RandomId, std::uint32_t> recipients;
    for (const HeldCopy& copy : copies) {
        attr::CopySpec spec;
        // A copy without marks tells nothing of its recipient: it stands for itself.
        spec.recipient = static_cast<std::uint32_t>(copies.size() + specs.size());
        spec.members = copy.record.rows;
        if (copy.marks) {
            spec.recipient =
                recipients.emplace(copy.marks->issue.recipient, static_cast<std::uint32_t>(recipients.size()))
                    .first->second;
            spec.members = copy.marks->issue.members.size();
            std::unordered_set<std::int64_t> personas;
            for (const CanaryRecord& canary : pool) {
                if (!counts(canary, reg) || !copy.marks->issue.offered.has(canary.id) ||
                    !personas.insert(canary.persona).second)
                    continue;
                ++spec.canaries_offered;
                spec.canaries_held += copy.marks->position_of_canary(canary.id) ? 1U : 0U;
            }
            spec.rows = static_cast<std::uint32_t>(copy.marks->order.rows());
        }
        specs.push_back(spec);
    }
    // Coins with different shares are different coins; most cases have one share. A persona has one, which
    // counts with the first of his numbers that is hit.
    std::vector<attr::CanarySpec> canaries;
    control_.assign(pool.size(), attr::kNoCanary);
    std::map<std::int64_t, std::vector<std::size_t>> personas;
    for (std::size_t k = 0; k < pool.size(); ++k) {
        if (counts(pool[k], reg)) personas[pool[k].persona].push_back(k);
    }
    for (const auto& [id, numbers] : personas) {
        std::set<double> shares;
        for (const HeldCopy& copy : copies) {
            if (copy.marks && std::any_of(numbers.begin(), numbers.end(), [&, &of = pool](std::size_t k) {
                    return copy.marks->issue.offered.has(of[k].id);
                }))
                shares.insert(copy.marks->issue.canary_share);
        }
        for (const double share : shares) {
            for (const std::size_t k : numbers)
                coin_of_.emplace(std::pair(k, share), static_cast<std::uint32_t>(canaries.size()));
            canaries.push_back({share, attr::CanaryLayer::recipient});
        }
        if (!shares.empty()) continue;
        for (const std::size_t k : numbers) control_[k] = static_cast<std::uint32_t>(canaries.size());
        canaries.push_back({usual_canary_share, attr::CanaryLayer::control});
    }
    evidence = std::make_unique<attr::Attribution>(specs, std::move(canaries), then.entries, threads);
}

// What these copies hold of the batch, copy by copy: its marks are at hand then.
void CopyEvidence::look_up(std::vector<Seen>& batch, std::size_t from, std::size_t to) const {
    std::vector<RowOrder::Asked> asked;
    std::vector<std::uint32_t*> wanted;  // where each goes
    const auto settle = [&] {
        RowOrder::positions(asked);
        for (std::size_t i = 0; i < asked.size(); ++i) *wanted[i] = static_cast<std::uint32_t>(asked[i].row);
        asked.clear();
        wanted.clear();
    };
    for (std::size_t j = from; j < to; ++j) {
        const CopyMarks* marks = copies[j].marks ? &*copies[j].marks : nullptr;
        for (Seen& seen : batch) {
            const CopyHit& hit = hits[seen.hit];
            if (seen.rows.empty()) continue;
            std::optional<std::uint64_t> index;
            if (seen.canary != attr::kNoCanary) {
                const std::int64_t id = pool[*hit.canary].id;
                if (marks == nullptr || marks->issue.canary_share != seen.share ||
                    !marks->issue.offered.has(id))
                    continue;
                seen.eligible.set(j);
                index = marks->index_of_canary(id);
            } else if (marks != nullptr) {
                for (std::size_t i = 0; i < hit.rows.size() && !index; ++i)
                    index = marks->index_of_row(hit.rows[i]);
            } else if (copies[j].holds.contains(seen.hit)) {
                seen.holds.set(j);
            }
            if (!index) continue;
            seen.holds.set(j);
            asked.push_back({&marks->order, *index});
            wanted.push_back(&seen.rows[j]);
        }
        if (asked.size() >= asked_together) settle();
    }
    settle();
}

void CopyEvidence::add(std::size_t from) {
    const std::size_t n = copies.size();
    std::vector<Seen> batch;
    const auto flush = [&] {
        if (n * batch.size() < worth_a_thread) {
            look_up(batch, 0, n);
        } else {
            const std::size_t half = n / 2 / word * word;
            const std::jthread other([&] { look_up(batch, half, n); });
            look_up(batch, 0, half);
        }
        std::vector<attr::Observation> observations;
        for (const Seen& s : batch) {
            observations.push_back({s.canary, s.holds, s.eligible, s.rows});
            if (s.canary == attr::kNoCanary) member_hits.push_back(s.holds);
        }
        evidence->add(observations);
        batch.clear();
    };
    const auto see = [&](std::size_t hit, std::uint32_t canary, double share) {
        batch.push_back({hit, canary, share, attr::BitRow(n), attr::BitRow(n),
                         std::vector<std::uint32_t>(n, attr::kNoRow)});
    };
    for (std::size_t h = from; h < hits.size(); ++h) {
        const CopyHit& hit = hits[h];
        if (!hit.rows.empty()) {
            see(h, attr::kNoCanary, 0);
        } else if (control_[*hit.canary] != attr::kNoCanary) {
            batch.push_back({h, control_[*hit.canary], 0, attr::BitRow(n), attr::BitRow(n), {}});
        } else {
            for (auto coin = coin_of_.lower_bound({*hit.canary, 0});
                 coin != coin_of_.end() && coin->first.first == *hit.canary; ++coin)
                see(h, coin->second, coin->first.second);
        }
        if (batch.size() >= batch_hits) flush();
    }
    flush();
}

}  // namespace sendh
