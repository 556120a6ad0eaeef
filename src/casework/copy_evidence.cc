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

using RowsOfToken = std::unordered_map<Token, std::uint32_t, TokenHash>;

// Which hits are entries and which canaries; others say nothing about copies. And the register by then.
struct Found {
    std::vector<CopyHit> hits;
    std::unordered_set<Token, TokenHash> others;
    RegisterThen then;
    RowsOfToken rows;  // by then; only where it is asked for
};

Result<Found> find_hits(Case& c, const RegisterRecord& reg, const std::vector<CanaryRecord>& pool,
                        const std::vector<CampaignHit>& found, bool rows) {
    Found out;
    std::vector<CopyHit> all(found.size());
    Micros last{0};
    for (std::size_t i = 0; i < found.size(); ++i) {
        all[i].token = c.tokeniser().seal(found[i].number);
        all[i].time = found[i].time;
        all[i].in_order = found[i].in_order;
        last = std::max(last, found[i].time);
    }
    const IndexByToken at = by_token(all, 0);
    SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) -> Done {
        if (last.value == 0 ? !never_held(entry.joined, entry.left)
                            : held_before(entry.joined, entry.left, last)) {
            ++out.then.entries;
            out.then.rows.push_back(entry.row);
            if (rows) ++out.rows[entry.token];
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
        if (pool[k].register_id != reg.id) continue;
        const auto hit = at.find(pool[k].token);
        if (hit == at.end()) continue;
        CopyHit& canary = all[hit->second];
        // A burnt one rings for anybody; of hits without a time nobody knows whether they came before.
        const bool counts =
            pool[k].state != "burnt" || (canary.time.value != 0 && canary.time < pool[k].since);
        if (counts) canary.canary = k;
    }
    for (CopyHit& hit : all) {
        if (!hit.rows.empty() || hit.canary) {
            out.hits.push_back(std::move(hit));
        } else {
            out.others.insert(hit.token);
        }
    }
    return out;
}

Result<std::vector<CopyRecord>> copies_of(Case& c, const RegisterRecord& reg) {
    SENDH_TRY(auto records, c.catalogue().copies());
    std::erase_if(records, [&](const CopyRecord& record) { return record.register_id != reg.id; });
    return records;
}

// Of the first of these rows that the copy holds.
std::optional<std::uint64_t> index_of(const CopyMarks& marks, const std::vector<std::int64_t>& rows) {
    for (const std::int64_t row : rows) {
        if (const auto index = marks.index_of_row(row)) return index;
    }
    return std::nullopt;
}

bool some_recorded(const std::vector<CopyRecord>& records) {
    return std::any_of(records.begin(), records.end(), [](const CopyRecord& r) { return !r.issued; });
}

}  // namespace

// A hit as it is laid before the mathematics.
struct CopyEvidence::Seen {
    std::size_t hit = 0;  // index into hits
    std::uint32_t canary = attr::kNoCanary;
    attr::BitRow holds, eligible, there;
    std::vector<std::uint32_t> rows;
};

bool CopyEvidence::was_there(std::size_t copy) const {
    const auto& from = copies[copy].from;
    return !from || std::any_of(hits.begin(), hits.end(),
                                [&](const CopyHit& hit) { return hit.time.value == 0 || hit.time >= *from; });
}

std::uint32_t CopyEvidence::row_in(std::size_t copy, const std::vector<std::int64_t>& rows) const {
    const auto& marks = copies[copy].marks;
    const auto index = marks ? index_of(*marks, rows) : std::nullopt;
    return index ? static_cast<std::uint32_t>(marks->order.position(*index)) : attr::kNoRow;
}

Result<CopyEvidence> CopyEvidence::of(Case& c, const RegisterRecord& reg,
                                      const std::vector<CampaignHit>& hits) {
    CopyEvidence out;
    out.reg = reg;
    SENDH_TRY(out.pool, canary_pool(c));
    SENDH_TRY(const auto records, copies_of(c, reg));
    SENDH_TRY(Found found, find_hits(c, reg, out.pool, hits, some_recorded(records)));
    out.hits = std::move(found.hits);
    out.others = std::move(found.others);
    out.then = std::move(found.then);
    SENDH_CHECK(out.find_copies(c, records));
    if (out.copies.empty()) return out;
    SENDH_CHECK(out.find_held(c, 0, found.rows));
    out.date_copies(c.zone());
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
    SENDH_TRY(Found found, find_hits(c, now, pool, all, some_recorded(records)));
    const std::size_t known = hits.size();
    if (found.then != then || found.hits.size() < known ||
        !std::equal(hits.begin(), hits.end(), found.hits.begin()))
        return false;
    reg = now;
    hits = std::move(found.hits);
    others = std::move(found.others);
    if (copies.empty()) return true;
    SENDH_CHECK(find_held(c, known, found.rows));
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

// Which hits, from number `from` on, stand in recorded copies, and how much of the register does.
Done CopyEvidence::find_held(Case& c, std::size_t from, const RowsOfToken& rows) {
    const IndexByToken at = by_token(hits, from);
    for (HeldCopy& copy : copies) {
        if (copy.marks) continue;
        SENDH_TRY(auto tokens, c.catalogue().copy_rows(copy.record.id));
        std::unordered_set<Token, TokenHash> seen;
        copy.members = 0;
        for (const Token& token : tokens) {
            if (!seen.insert(token).second) continue;
            if (const auto hit = at.find(token); hit != at.end()) copy.holds.insert(hit->second);
            if (const auto of = rows.find(token); of != rows.end()) copy.members += of->second;
        }
    }
    return done();
}

// From when on later copies of one recipient count.
void CopyEvidence::date_copies(Zone zone) {
    std::map<RandomId, std::string> first;
    for (const HeldCopy& copy : copies) {
        if (!copy.marks || copy.record.date.empty()) continue;
        const auto [at, fresh] = first.emplace(copy.marks->issue.recipient, copy.record.date);
        if (!fresh) at->second = std::min(at->second, copy.record.date);
    }
    for (HeldCopy& copy : copies) {
        if (!copy.marks || copy.record.date.empty()) continue;
        if (copy.record.date > first[copy.marks->issue.recipient])
            copy.from = parse_iso(copy.record.date, zone);
        some_later_ = some_later_ || copy.from;
    }
}

void CopyEvidence::lay_out() {
    std::map<RandomId, std::uint32_t> recipients;
    for (const HeldCopy& copy : copies) {
        attr::CopySpec spec;
        // A copy without marks tells nothing of its recipient: it stands for itself.
        spec.recipient = static_cast<std::uint32_t>(copies.size() + specs.size());
        spec.members = copy.members;
        if (copy.marks) {
            spec.recipient =
                recipients.emplace(copy.marks->issue.recipient, static_cast<std::uint32_t>(recipients.size()))
                    .first->second;
            spec.members = copy.marks->issue.members.size();
            std::unordered_set<std::int64_t> personas;
            for (const CanaryRecord& canary : pool) {
                if (canary.register_id != reg.id || !copy.marks->issue.offered.has(canary.id) ||
                    !personas.insert(canary.persona).second)
                    continue;
                ++spec.canaries_offered;
                spec.canaries_held += copy.marks->index_of_canary(canary.id) ? 1U : 0U;
            }
            spec.rows = static_cast<std::uint32_t>(copy.marks->order.rows());
        }
        specs.push_back(spec);
    }
    // A persona has one coin, which counts with the first of its numbers that is hit.
    std::vector<attr::CanarySpec> canaries;
    std::unordered_map<std::int64_t, std::uint32_t> coin_of_persona;
    coin_of_.assign(pool.size(), attr::kNoCanary);
    for (std::size_t k = 0; k < pool.size(); ++k) {
        if (pool[k].register_id != reg.id) continue;
        const auto [at, fresh] =
            coin_of_persona.emplace(pool[k].persona, static_cast<std::uint32_t>(canaries.size()));
        if (fresh) canaries.push_back({usual_canary_share, attr::CanaryLayer::control});
        coin_of_[k] = at->second;
        const bool offered = std::any_of(copies.begin(), copies.end(), [&](const HeldCopy& copy) {
            return copy.marks && copy.marks->issue.offered.has(pool[k].id);
        });
        if (offered) canaries[at->second].layer = attr::CanaryLayer::recipient;
        if (pool[k].state == "burnt") burnt_.push_back(k);
    }
    std::stable_sort(burnt_.begin(), burnt_.end(),
                     [&](std::size_t a, std::size_t b) { return pool[a].since < pool[b].since; });
    evidence = std::make_unique<attr::Attribution>(specs, std::move(canaries), then.entries, threads);
}

// What was burnt by then is out; without a time, everything that ever was.
void CopyEvidence::withdraw_until(std::optional<Micros> time) {
    std::size_t i = 0;
    for (; i < burnt_.size() && (!time || pool[burnt_[i]].since <= *time); ++i) {
        attr::BitRow holders(copies.size());
        attr::BitRow eligible(copies.size());
        const std::int64_t id = pool[burnt_[i]].id;
        for (std::size_t j = 0; j < copies.size(); ++j) {
            const auto& marks = copies[j].marks;
            if (!marks || !marks->issue.offered.has(id)) continue;
            eligible.set(j);
            if (marks->index_of_canary(id)) holders.set(j);
        }
        evidence->withdraw(coin_of_[burnt_[i]], holders, eligible);
    }
    burnt_.erase(burnt_.begin(), burnt_.begin() + static_cast<std::ptrdiff_t>(i));
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
            if (some_later_ && (!copies[j].from || hit.time.value == 0 || hit.time >= *copies[j].from))
                seen.there.set(j);
            std::optional<std::uint64_t> index;
            if (seen.canary != attr::kNoCanary) {
                const std::int64_t id = pool[*hit.canary].id;
                if (marks == nullptr || !marks->issue.offered.has(id)) continue;
                seen.eligible.set(j);
                index = marks->index_of_canary(id);
            } else if (marks != nullptr) {
                index = index_of(*marks, hit.rows);
            } else if (copies[j].holds.contains(seen.hit)) {
                seen.holds.set(j);
            }
            if (!index) continue;
            seen.holds.set(j);
            if (!hit.in_order) continue;
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
        if (batch.empty()) return;
        if (n * batch.size() < worth_a_thread) {
            look_up(batch, 0, n);
        } else {
            const std::size_t half = n / 2 / word * word;
            const std::jthread other([&] { look_up(batch, half, n); });
            look_up(batch, 0, half);
        }
        std::vector<attr::Observation> observations;
        for (const Seen& s : batch) {
            observations.push_back(
                {s.canary, s.holds, s.eligible, s.rows, some_later_ ? attr::Bits(s.there) : attr::Bits()});
            if (s.canary == attr::kNoCanary) member_hits.push_back(s.holds);
        }
        evidence->add(observations);
        batch.clear();
    };
    for (std::size_t h = from; h < hits.size(); ++h) {
        const CopyHit& hit = hits[h];
        const std::optional<Micros> time = hit.time.value != 0 ? std::optional(hit.time) : std::nullopt;
        if (!burnt_.empty() && (!time || pool[burnt_.front()].since <= *time)) {
            flush();
            withdraw_until(time);
        }
        batch.push_back({h, hit.rows.empty() ? coin_of_[*hit.canary] : attr::kNoCanary, attr::BitRow(n),
                         attr::BitRow(n), attr::BitRow(some_later_ ? n : 0),
                         std::vector<std::uint32_t>(n, attr::kNoRow)});
        if (batch.size() >= batch_hits) flush();
    }
    flush();
}

}  // namespace sendh
