#include "casework/attribute_copies.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "attribution/attribution.h"
#include "attribution/naming.h"
#include "attribution/posterior.h"
#include "attribution/snapshot.h"
#include "attribution/sources.h"
#include "base/progress.h"
#include "base/text.h"
#include "casework/copies.h"
#include "casework/import_shared.h"
#include "registers/history.h"

namespace sendh {

namespace {

namespace attr = attribution;

constexpr std::size_t batch_hits = 256;
constexpr std::size_t most_suspects = 20;
constexpr std::size_t least_hits_for_sources = 10;
constexpr std::size_t most_alike = 64;
constexpr std::size_t most_dates = 1'024;
constexpr std::size_t shown_orders = 3;  // copies whose dial order is kept for the picture

using IndexByToken = std::unordered_map<Token, std::size_t, TokenHash>;

// A hit as copies see it.
struct CopyHit {
    Token token;
    Micros time;
    std::vector<std::int64_t> rows;                                              // of the register; or
    std::optional<std::size_t> canary;                                           // index into the pool
    std::vector<std::pair<std::optional<Micros>, std::optional<Micros>>> stays;  // joined, left
};

struct HeldCopy {
    CopyRecord record;
    std::optional<CopyMarks> marks;         // of an issued one
    std::unordered_set<std::size_t> holds;  // of a recorded one: hits
};

double number(std::uint64_t value) { return static_cast<double>(value); }

}  // namespace

struct CopyAttribution::State {
    RegisterRecord reg;
    Zone zone;
    std::vector<HeldCopy> copies;
    std::vector<CanaryRecord> pool;
    std::vector<CopyHit> hits;
    std::unique_ptr<attr::Attribution> evidence;
    std::vector<attr::CopySpec> specs;
    std::vector<attr::BitRow> member_hits;    // the copies that hold each
    std::vector<std::int64_t> register_rows;  // of the register, as of the last hit
    std::vector<attr::CopyScore> scores;
    attr::Posterior posterior;
    std::vector<attr::Suspect> suspects;
    std::optional<std::pair<std::string, std::string>> snapshot;
    std::vector<std::pair<std::string, double>> columns;
    std::uint64_t entries = 0;
    std::map<std::int64_t, std::int64_t> changes;  // date: joined less left
    std::int64_t always = 0;                       // joined before all dates

    [[nodiscard]] std::uint32_t row_in(std::size_t copy, const std::vector<std::int64_t>& rows) const {
        const auto& marks = copies[copy].marks;
        if (!marks) return attr::kNoRow;
        for (const std::int64_t row : rows) {
            if (const auto at = marks->position_of_row(row)) return static_cast<std::uint32_t>(*at);
        }
        return attr::kNoRow;
    }
    [[nodiscard]] Done find_hits(Case& c, const std::vector<CampaignHit>& found);
    [[nodiscard]] Done find_copies(Case& c);
    void lay_out();
    void date(double alpha);
    void say_sources(Finding& f) const;
    void say_what_separates(const std::vector<std::size_t>& alike, Finding& f) const;
    [[nodiscard]] Done ask_reports(Case& c);
};

// Which hits are entries and which canaries. Others say nothing about copies.
Done CopyAttribution::State::find_hits(Case& c, const std::vector<CampaignHit>& found) {
    IndexByToken at;
    std::vector<CopyHit> all(found.size());
    Micros last{0};
    for (const CampaignHit& hit : found) last = std::max(last, hit.time);
    for (std::size_t i = 0; i < found.size(); ++i) {
        all[i].token = c.tokeniser().seal(found[i].number);
        all[i].time = found[i].time;
        at.emplace(all[i].token, i);
    }
    std::vector<std::pair<std::int64_t, std::int64_t>> stays;
    SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) -> Done {
        // What the register became later is nothing that a list dialled by then could hold.
        if (last.value == 0 ? !never_held(entry.joined, entry.left)
                            : held_before(entry.joined, entry.left, last)) {
            ++entries;
            register_rows.push_back(entry.row);
            if (entry.joined) {
                ++changes[entry.joined->value];
            } else {
                ++always;
            }
            if (entry.left && (last.value == 0 || *entry.left <= last)) --changes[entry.left->value];
        }
        const auto hit = at.find(entry.token);
        if (hit == at.end()) return done();
        all[hit->second].rows.push_back(entry.row);
        all[hit->second].stays.emplace_back(entry.joined, entry.left);
        return done();
    }));
    for (std::size_t k = 0; k < pool.size(); ++k) {
        if (pool[k].register_id != reg.id || pool[k].state == "burnt") continue;
        const auto hit = at.find(pool[k].token);
        if (hit != at.end()) all[hit->second].canary = k;
    }
    for (CopyHit& hit : all) {
        if (!hit.rows.empty() || hit.canary) hits.push_back(std::move(hit));
    }
    return done();
}

Done CopyAttribution::State::find_copies(Case& c) {
    SENDH_TRY(const auto records, c.catalogue().copies());
    IndexByToken at;
    for (std::size_t i = 0; i < hits.size(); ++i) at.emplace(hits[i].token, i);
    for (const CopyRecord& record : records) {
        if (record.register_id != reg.id) continue;
        SENDH_CHECK(check_interrupt(untouched));
        HeldCopy copy;
        copy.record = record;
        if (record.issued) {
            SENDH_TRY(copy.marks, marks_of(c, record.id, pool));
        } else {
            SENDH_TRY(const auto rows, c.catalogue().copy_rows(record.id));
            for (const Token& token : rows) {
                if (const auto hit = at.find(token); hit != at.end()) copy.holds.insert(hit->second);
            }
        }
        copies.push_back(std::move(copy));
    }
    return done();
}

void CopyAttribution::State::lay_out() {
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
            spec.canaries_held = static_cast<std::uint32_t>(copy.marks->canaries.size());
            spec.rows = static_cast<std::uint32_t>(copy.marks->order.rows());
        }
        specs.push_back(spec);
    }
    // Coins with different shares are different coins; most cases have one share.
    std::vector<attr::CanarySpec> canaries;
    std::map<std::pair<std::size_t, double>, std::uint32_t> coin_of;
    std::vector<std::uint32_t> control(pool.size(), attr::kNoCanary);
    for (std::size_t k = 0; k < pool.size(); ++k) {
        if (pool[k].register_id != reg.id || pool[k].state == "burnt") continue;
        bool offered = false;
        for (const HeldCopy& copy : copies) {
            if (!copy.marks || !copy.marks->issue.offered.has(pool[k].id)) continue;
            offered = true;
            const double share = copy.marks->issue.canary_share;
            if (coin_of.emplace(std::pair(k, share), static_cast<std::uint32_t>(canaries.size())).second)
                canaries.push_back({share, attr::CanaryLayer::recipient});
        }
        if (offered) continue;
        control[k] = static_cast<std::uint32_t>(canaries.size());
        canaries.push_back({usual_canary_share, attr::CanaryLayer::control});
    }
    evidence = std::make_unique<attr::Attribution>(specs, std::move(canaries), entries);

    const std::size_t n = copies.size();
    struct Seen {
        attr::BitRow holds, eligible;
        std::vector<std::uint32_t> rows;
        std::uint32_t canary = attr::kNoCanary;
    };
    std::vector<Seen> batch;
    const auto flush = [&] {
        std::vector<attr::Observation> observations;
        for (const Seen& s : batch) observations.push_back({s.canary, s.holds, s.eligible, s.rows});
        evidence->add(observations);
        batch.clear();
    };
    for (std::size_t h = 0; h < hits.size(); ++h) {
        const CopyHit& hit = hits[h];
        if (!hit.rows.empty()) {
            Seen seen{attr::BitRow(n), attr::BitRow(n), std::vector<std::uint32_t>(n, attr::kNoRow)};
            for (std::size_t j = 0; j < n; ++j) {
                seen.rows[j] = row_in(j, hit.rows);
                if (seen.rows[j] != attr::kNoRow || copies[j].holds.contains(h)) seen.holds.set(j);
            }
            member_hits.push_back(seen.holds);
            batch.push_back(std::move(seen));
        } else if (control[*hit.canary] != attr::kNoCanary) {
            batch.push_back({attr::BitRow(n), attr::BitRow(n), {}, control[*hit.canary]});
        } else {
            for (auto coin = coin_of.lower_bound({*hit.canary, 0});
                 coin != coin_of.end() && coin->first.first == *hit.canary; ++coin) {
                Seen seen{attr::BitRow(n), attr::BitRow(n), std::vector<std::uint32_t>(n, attr::kNoRow),
                          coin->second};
                const std::int64_t id = pool[*hit.canary].id;
                for (std::size_t j = 0; j < n; ++j) {
                    const auto& marks = copies[j].marks;
                    if (!marks || marks->issue.canary_share != coin->first.second ||
                        !marks->issue.offered.has(id))
                        continue;
                    seen.eligible.set(j);
                    if (const auto at = marks->position_of_canary(id)) {
                        seen.holds.set(j);
                        seen.rows[j] = static_cast<std::uint32_t>(*at);
                    }
                }
                batch.push_back(std::move(seen));
            }
        }
        if (batch.size() >= batch_hits) flush();
    }
    flush();
    scores = evidence->scores();
    posterior = attr::posterior(scores);
    suspects = attr::suspects(posterior, most_suspects);
}

// The register as of each date on which it changed, held against the hits.
void CopyAttribution::State::date(double alpha) {
    if (changes.size() < 2) return;
    std::vector<std::int64_t> dates;
    const std::size_t step = (changes.size() + most_dates - 1) / most_dates;
    std::size_t i = 0;
    for (const auto& [date, change] : changes) {
        if (i++ % step == 0) dates.push_back(date);
    }
    const auto index = [&](std::int64_t date) {  // of the first state in which a change of this date shows
        return static_cast<std::size_t>(std::lower_bound(dates.begin(), dates.end(), date) - dates.begin());
    };
    std::vector<std::int64_t> change(dates.size() + 1);
    std::int64_t there = always;
    for (const auto& [at, by] : changes) change[index(at)] += by;
    std::vector<std::uint64_t> on_date;
    for (std::size_t d = 0; d < dates.size(); ++d)
        on_date.push_back(static_cast<std::uint64_t>(std::max<std::int64_t>(0, there += change[d])));
    attr::SnapshotDates snapshots(entries, on_date);
    Micros first_hit{0};
    for (const CopyHit& hit : hits) {
        if (hit.rows.empty()) continue;
        if (first_hit.value == 0) first_hit = hit.time;
        attr::BitRow bits(dates.size());
        for (const auto& [joined, left] : hit.stays) {
            const std::size_t from = joined ? index(joined->value) : 0;
            const std::size_t to = left ? index(left->value) : dates.size();
            for (std::size_t d = from; d < to; ++d) bits.set(d);
        }
        snapshots.add(bits);
    }
    const auto interval = snapshots.interval(alpha);
    if (!interval.dated) return;
    // A state holds until the next one; the list was there when the first of the hits was called.
    Micros end{interval.last + 1 < dates.size() ? dates[interval.last + 1] - micros_per_day
                                                : std::max(dates[interval.last], first_hit.value)};
    if (first_hit.value != 0) end = std::max(Micros{dates[interval.last]}, std::min(end, first_hit));
    snapshot = {iso_date(Micros{dates[interval.first]}, zone), iso_date(end, zone)};
}

// Did callers know what a column says? People of the register against others who were called and asked alike.
Done CopyAttribution::State::ask_reports(Case& c) {
    SENDH_TRY(const auto reports, c.catalogue().reports());
    std::unordered_set<Token, TokenHash> in_register;
    for (const CopyHit& hit : hits) in_register.insert(hit.token);
    using Answer = std::optional<bool> ReportRecord::*;
    constexpr std::array<std::pair<const char*, Answer>, 3> asked = {
        {{"name", &ReportRecord::knew_name},
         {"designation", &ReportRecord::knew_designation},
         {"department", &ReportRecord::knew_department}}};
    for (const auto& [name, answer] : asked) {
        std::array<std::uint64_t, 2> told{};  // others, members
        std::array<std::uint64_t, 2> knew{};
        for (const ReportRecord& report : reports) {
            const std::optional<bool> said = report.*answer;
            if (!said) continue;
            const std::size_t group = in_register.contains(report.number) ? 1 : 0;
            ++told[group];
            knew[group] += *said ? 1U : 0U;
        }
        if (told[0] == 0 || told[1] == 0) continue;
        columns.emplace_back(name, attr::log10_column(told[1], knew[1], told[0], knew[0]));
    }
    return done();
}

CopyAttribution::CopyAttribution(std::unique_ptr<State> state) : state_(std::move(state)) {}
CopyAttribution::CopyAttribution(CopyAttribution&&) noexcept = default;
CopyAttribution::~CopyAttribution() = default;

Result<CopyAttribution> CopyAttribution::of(Case& c, const RegisterRecord& reg,
                                            const std::vector<CampaignHit>& hits) {
    auto state = std::make_unique<State>();
    state->reg = reg;
    state->zone = c.zone();
    SENDH_TRY(state->pool, canary_pool(c));
    SENDH_CHECK(state->find_hits(c, hits));
    SENDH_CHECK(state->find_copies(c));
    if (!state->copies.empty()) {
        state->lay_out();
        SENDH_CHECK(state->ask_reports(c));
    }
    return CopyAttribution(std::move(state));
}

bool CopyAttribution::empty() const { return state_->copies.empty(); }

double CopyAttribution::no_copy() const { return state_->posterior.none; }

double CopyAttribution::next_hit(const std::vector<std::int64_t>& rows) const {
    const State& s = *state_;
    const std::size_t n = s.copies.size();
    attr::BitRow holds(n);
    std::vector<std::uint32_t> at(n, attr::kNoRow);
    for (const attr::Suspect& suspect : s.suspects) {
        at[suspect.copy] = s.row_in(suspect.copy, rows);
        if (at[suspect.copy] != attr::kNoRow) holds.set(suspect.copy);
    }
    return attr::next_hit(*s.evidence, s.suspects, {attr::kNoCanary, holds, {}, at});
}

// The register itself as the source, and several copies together. Model-based: nobody is named by it.
void CopyAttribution::State::say_sources(Finding& f) const {
    const auto outside = static_cast<std::uint64_t>(
        std::count_if(member_hits.begin(), member_hits.end(), [](const attr::Bits holders) {
            return std::all_of(holders.begin(), holders.end(), [](std::uint64_t word) { return word == 0; });
        }));
    if (outside > 0)
        f.copy_reasons.push_back({"hits_in_no_copy", {number(outside), number(member_hits.size())}, {}});
    if (copies.size() < 2 || member_hits.size() < least_hits_for_sources) return;
    std::vector<std::uint64_t> sizes;
    for (const attr::CopySpec& spec : specs) sizes.push_back(spec.members);
    const std::vector<attr::Bits> hits_held(member_hits.begin(), member_hits.end());
    const auto found = attr::find_sources(entries, sizes, hits_held);
    if (found.sets.empty() || found.sets.front().copies.size() < 2) return;
    const auto fewer = std::find_if(found.sets.begin(), found.sets.end(),
                                    [](const auto& set) { return set.copies.size() < 2; });
    const double log10_odds = fewer == found.sets.end() || fewer->posterior <= 0
                                  ? 3
                                  : std::log10(found.sets.front().posterior / fewer->posterior);
    if (log10_odds < 1) return;
    std::string ids;
    for (const std::uint32_t j : found.sets.front().copies)
        ids += (ids.empty() ? "" : ", ") + copies[j].record.name;
    f.copy_reasons.push_back({"several_sources", {log10_odds}, {ids}});
}

// Which next call tells most about which of these copies it was.
void CopyAttribution::State::say_what_separates(const std::vector<std::size_t>& alike, Finding& f) const {
    if (alike.size() > most_alike ||
        !std::all_of(alike.begin(), alike.end(), [&](std::size_t j) { return copies[j].marks.has_value(); }))
        return;
    const auto in_some_not_all = [&](const auto& holds) {
        const auto in = static_cast<std::size_t>(std::count_if(alike.begin(), alike.end(), holds));
        return in > 0 && in < alike.size();
    };
    std::uint64_t people = 0;
    for (const std::int64_t row : register_rows) {
        people +=
            in_some_not_all([&](std::size_t j) { return copies[j].marks->position_of_row(row).has_value(); })
                ? 1U
                : 0U;
    }
    std::uint64_t canaries = 0;
    for (const CanaryRecord& canary : pool) {
        if (canary.register_id != reg.id || canary.state == "burnt") continue;
        canaries += in_some_not_all([&](std::size_t j) {
            return copies[j].marks->position_of_canary(canary.id).has_value();
        })
                        ? 1U
                        : 0U;
    }
    if (people + canaries > 0) {
        f.copy_needs.push_back({"need_separating_hit", {number(people), number(canaries)}, {}});
    } else {
        f.copy_needs.push_back({"need_order_of_hits", {}, {}});
    }
}

void CopyAttribution::tell(double alpha, Finding& f) const {
    State& s = *state_;
    s.date(alpha);
    f.snapshot = s.snapshot;
    if (empty()) return;
    f.columns = s.columns;
    const std::size_t n = s.copies.size();
    const auto recipients = s.evidence->recipients();
    const auto several = static_cast<std::size_t>(std::count_if(
        recipients.begin(), recipients.end(), [](const auto& r) { return r.copies.size() > 1; }));
    const double threshold = attr::log10_naming_threshold(n + several, alpha);
    const auto set = attr::confidence_set(*s.evidence, alpha);
    const auto classes = attr::outcome_classes(*s.evidence);
    std::vector<std::size_t> order(n);
    for (std::size_t j = 0; j < n; ++j) order[j] = j;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(s.scores[a].log10_e, s.scores[a].natural_log10_lr) >
               std::pair(s.scores[b].log10_e, s.scores[b].natural_log10_lr);
    });
    for (const std::size_t j : order) {
        const attr::CopyScore& score = s.scores[j];
        const CopyRecord& record = s.copies[j].record;
        CopyLine line;
        line.id = record.name;
        line.recipient = record.recipient;
        line.date = record.date;
        line.named = score.log10_e >= threshold;
        line.in_confidence_set = set[j] != 0;
        line.copy_class = s.copies[classes[j]].record.name;
        line.log10_e = score.log10_e;
        line.canaries = score.canaries;
        line.row_order = score.row_order;
        line.natural_log10_lr = score.natural_log10_lr;
        line.log10_threshold = threshold;
        line.hits = score.member_hits + score.canary_hits;
        line.dialled_at_most =
            attr::dialled_at_most(s.specs[j].members + s.specs[j].canaries_held, line.hits, alpha);
        if (line.in_confidence_set) f.confidence_set.push_back(line.id);
        f.copies.push_back(std::move(line));
    }
    for (std::size_t i = 0; i < std::min(n, shown_orders); ++i) {
        const std::size_t j = order[i];
        if (!s.copies[j].marks || s.scores[j].row_hits < 2) continue;
        DialledRows dialled{s.copies[j].record.name, s.copies[j].marks->order.rows(), {}};
        for (const CopyHit& hit : s.hits) {
            std::uint32_t at = s.row_in(j, hit.rows);
            if (hit.canary) {
                const auto place = s.copies[j].marks->position_of_canary(s.pool[*hit.canary].id);
                if (place) at = static_cast<std::uint32_t>(*place);
            }
            if (at != attr::kNoRow && dialled.positions.size() < DialledRows::most)
                dialled.positions.push_back(at);
        }
        f.dialled.push_back(std::move(dialled));
    }

    // Any copy at all: the mean over recipients, none of whose copies leaked.
    double most = 0;
    for (const auto& r : recipients) most = std::max(most, r.log10_e);
    double sum = 0;
    for (const auto& r : recipients) sum += std::pow(10.0, r.log10_e - most);
    f.leak.planted_log10_e = recipients.empty() ? 0 : most + std::log10(sum / number(recipients.size()));

    std::uint64_t unmarked = 0;
    for (const HeldCopy& copy : s.copies) unmarked += copy.marks ? 0U : 1U;
    for (const CopyLine& line : f.copies) {
        if (line.named) f.copy_reasons.push_back({"copy_named", {line.log10_e}, {line.id, line.recipient}});
    }
    std::uint64_t told = f.copy_reasons.size();
    for (const auto& r : recipients) {
        if (r.copies.size() < 2 || r.log10_e < threshold) continue;
        std::string ids;
        bool one_named = false;
        for (const std::uint32_t j : r.copies) {
            ids += (ids.empty() ? "" : ", ") + s.copies[j].record.name;
            one_named = one_named || s.scores[j].log10_e >= threshold;
        }
        if (one_named) continue;
        ++told;
        f.copy_reasons.push_back(
            {"recipient_named", {r.log10_e}, {s.copies[r.copies.front()].record.recipient, ids}});
    }
    if (told == 0) f.copy_reasons.push_back({"no_copy_named", {number(n), threshold}, {}});
    if (unmarked > 0) f.copy_reasons.push_back({"copies_without_marks", {number(unmarked)}, {}});
    if (s.evidence->control_hits() > 0)
        f.copy_reasons.push_back({"canaries_rang_unplanted",
                                  {number(s.evidence->control_hits()), number(s.evidence->canary_hits())},
                                  {}});
    s.say_sources(f);
    std::vector<std::size_t> alike;
    std::string ids;
    for (const std::size_t j : order) {
        if (classes[j] != classes[order.front()]) continue;
        alike.push_back(j);
        ids += (ids.empty() ? "" : ", ") + s.copies[j].record.name;
    }
    const bool tie = alike.size() > 1;
    if (tie) f.copy_reasons.push_back({"copies_alike", {}, {ids}});
    // What would tell apart those that are alike; as long as no copy is named, all that are not ruled out.
    if (told == 0) {
        alike.clear();
        std::copy_if(order.begin(), order.end(), std::back_inserter(alike),
                     [&](std::size_t j) { return set[j] != 0; });
    }
    if (alike.size() > 1) s.say_what_separates(alike, f);
    if (unmarked == n) {
        f.copy_needs.push_back({"need_marked_copies", {}, {}});
    } else if (told == 0 || tie) {
        f.copy_needs.push_back({"need_more_marked_hits", {}, {}});
        if (s.evidence->control_hits() + s.evidence->canary_hits() == 0 && s.pool.empty())
            f.copy_needs.push_back({"need_canaries", {}, {}});
    }
}

}  // namespace sendh
