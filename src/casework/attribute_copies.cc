#include "casework/attribute_copies.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <unordered_set>

#include "attribution/naming.h"
#include "attribution/posterior.h"
#include "attribution/snapshot.h"
#include "attribution/sources.h"
#include "base/text.h"
#include "casework/copy_evidence.h"

namespace sendh {

namespace {

namespace attr = attribution;

constexpr std::size_t most_suspects = 20;
constexpr std::size_t least_hits_for_sources = 10;
constexpr std::size_t most_alike = 64;
constexpr std::size_t most_dates = 1'024;
constexpr std::size_t shown_orders = 3;  // copies whose dial order is kept for the picture

double number(std::uint64_t value) { return static_cast<double>(value); }

}  // namespace

struct CopyAttribution::State : CopyEvidence {
    Zone zone;
    std::vector<attr::CopyScore> scores;
    attr::Posterior posterior;
    std::vector<attr::Suspect> suspects;
    std::optional<std::pair<std::string, std::string>> snapshot;
    std::vector<std::pair<std::string, double>> columns;

    explicit State(CopyEvidence found) : CopyEvidence(std::move(found)) {}
    [[nodiscard]] Done weigh(Case& c);
    void date(double alpha);
    void say_sources(Finding& f) const;
    void say_what_separates(const std::vector<std::size_t>& alike, Finding& f) const;
    [[nodiscard]] Done ask_reports(Case& c);
};

Done CopyAttribution::State::weigh(Case& c) {
    zone = c.zone();
    snapshot.reset();
    columns.clear();
    if (copies.empty()) return done();
    scores = evidence->scores();
    posterior = attr::posterior(scores);
    suspects = attr::suspects(posterior, most_suspects);
    return ask_reports(c);
}

// The register as of each date on which it changed, held against the hits.
void CopyAttribution::State::date(double alpha) {
    if (then.changes.size() < 2) return;
    std::vector<std::int64_t> dates;
    const std::size_t step = (then.changes.size() + most_dates - 1) / most_dates;
    std::size_t i = 0;
    for (const auto& [date, change] : then.changes) {
        if (i++ % step == 0) dates.push_back(date);
    }
    const auto index = [&](std::int64_t date) {  // of the first state in which a change of this date shows
        return static_cast<std::size_t>(std::lower_bound(dates.begin(), dates.end(), date) - dates.begin());
    };
    std::vector<std::int64_t> change(dates.size() + 1);
    std::int64_t there = then.always;
    for (const auto& [at, by] : then.changes) change[index(at)] += by;
    std::vector<std::uint64_t> on_date;
    for (std::size_t d = 0; d < dates.size(); ++d)
        on_date.push_back(static_cast<std::uint64_t>(std::max<std::int64_t>(0, there += change[d])));
    attr::SnapshotDates snapshots(then.entries, on_date);
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
    SENDH_TRY(CopyEvidence evidence, CopyEvidence::of(c, reg, hits));
    auto state = std::make_unique<State>(std::move(evidence));
    SENDH_CHECK(state->weigh(c));
    return CopyAttribution(std::move(state));
}

Done CopyAttribution::look_again(Case& c, const RegisterRecord& reg, const std::vector<CampaignHit>& hits) {
    SENDH_TRY(const bool same, state_->go_on(c, reg, hits));
    if (!same) {
        SENDH_TRY(CopyEvidence evidence, CopyEvidence::of(c, reg, hits));
        state_ = std::make_unique<State>(std::move(evidence));
    }
    return state_->weigh(c);
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
    const auto found = attr::find_sources(then.entries, sizes, hits_held);
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
    for (const std::int64_t row : then.rows) {
        people +=
            in_some_not_all([&](std::size_t j) { return copies[j].marks->position_of_row(row).has_value(); })
                ? 1U
                : 0U;
    }
    std::uint64_t canaries = 0;
    for (const CanaryRecord& canary : pool) {
        if (canary.register_id != reg.id || canary.state == "burnt" || canary.persona != canary.id) continue;
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
