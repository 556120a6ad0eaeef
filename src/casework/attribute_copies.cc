#include "casework/attribute_copies.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>
#include <unordered_set>

#include "attribution/naming.h"
#include "attribution/posterior.h"
#include "attribution/snapshot.h"
#include "attribution/sources.h"
#include "attribution/verdict.h"
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
constexpr double usual_alpha = 0.01;

double number(std::uint64_t value) { return static_cast<double>(value); }

// What reports ask about, and words that the name of such a column holds.
struct AskedColumn {
    const char* name;
    std::optional<bool> ReportRecord::*answer;
    std::array<std::string_view, 6> words;
};
constexpr std::array<AskedColumn, 3> asked_columns = {
    {{"name", &ReportRecord::knew_name, {"name", "नाम", "", "", "", ""}},
     {"designation",
      &ReportRecord::knew_designation,
      {"designation", "post", "rank", "title", "पदनाम", "पद"}},
     {"department",
      &ReportRecord::knew_department,
      {"department", "dept", "office", "unit", "विभाग", "कार्यालय"}}}};

bool holds_column(const CopyRecord& copy, std::string_view asked) {
    const auto column = std::find_if(asked_columns.begin(), asked_columns.end(),
                                     [&](const AskedColumn& c) { return c.name == asked; });
    return std::any_of(copy.columns.begin(), copy.columns.end(), [&](const std::string& name) {
        const std::string folded = lower_ascii(name);
        return std::any_of(column->words.begin(), column->words.end(), [&](std::string_view word) {
            return !word.empty() && folded.find(word) != std::string::npos;
        });
    });
}

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
    SENDH_CHECK(ask_reports(c));
    scores = evidence->scores();
    for (std::size_t j = 0; j < copies.size(); ++j) {
        // What one person heard of name, post and department is nearly one fact: the strongest counts.
        double known = 0;
        for (const auto& [column, log10_e] : columns) {
            if (holds_column(copies[j].record, column)) known = std::max(known, log10_e);
        }
        scores[j].natural_log10_lr += known;
    }
    posterior = attr::posterior(scores);
    suspects = attr::suspects(posterior, most_suspects);
    // The posterior knows one source only. Where several are named, each is one.
    std::vector<attr::Suspect> named;
    const auto recipients = evidence->recipients();
    const auto several = std::count_if(recipients.begin(), recipients.end(),
                                       [](const auto& r) { return r.copies.size() > 1; });
    const double threshold =
        attr::log10_naming_threshold(copies.size() + static_cast<std::size_t>(several), usual_alpha);
    for (std::uint32_t j = 0; j < copies.size(); ++j) {
        if (scores[j].log10_e >= threshold) named.push_back({j, 0});
    }
    if (named.size() < 2) return done();
    for (attr::Suspect& suspect : named) suspect.probability = (1 - posterior.none) / number(named.size());
    suspects = std::move(named);
    return done();
}

// The register as of each date on which it changed, held against the hits.
void CopyAttribution::State::date(double alpha) {
    if (then.changes.empty()) return;
    // Where some stand in it without a date of joining, there was a state before the first change.
    constexpr std::int64_t before_all = std::numeric_limits<std::int64_t>::min();
    std::vector<std::int64_t> dates;
    if (then.always > 0) dates.push_back(before_all);
    const std::size_t step = (then.changes.size() + most_dates - 1) / most_dates;
    std::size_t i = 0;
    for (const auto& [date, change] : then.changes) {
        if (i++ % step == 0) dates.push_back(date);
    }
    if (dates.size() < 2) return;
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
    const bool open = dates[interval.first] == before_all;
    const std::int64_t last_state = std::max(dates[interval.last], open ? 0 : dates[interval.first]);
    Micros end{interval.last + 1 < dates.size() ? dates[interval.last + 1] - micros_per_day
                                                : std::max(last_state, first_hit.value)};
    if (first_hit.value != 0)
        end = open && interval.last == 0 ? std::min(end, first_hit)
                                         : std::max(Micros{last_state}, std::min(end, first_hit));
    snapshot = {open ? "" : iso_date(Micros{dates[interval.first]}, zone), iso_date(end, zone)};
}

// Did callers know what a column says? Of those whom the campaign called, people of the register against
// others; each person's first answer counts.
Done CopyAttribution::State::ask_reports(Case& c) {
    SENDH_TRY(const auto reports, c.catalogue().reports());
    std::unordered_set<Token, TokenHash> in_register;
    for (const CopyHit& hit : hits) {
        if (!hit.rows.empty()) in_register.insert(hit.token);
    }
    for (const AskedColumn& column : asked_columns) {
        std::unordered_set<Token, TokenHash> heard;
        std::array<std::uint64_t, 2> told{};  // others, members
        std::array<std::uint64_t, 2> knew{};
        for (const ReportRecord& report : reports) {
            const std::optional<bool> said = report.*column.answer;
            const bool member = in_register.contains(report.number);
            if (!said || (!member && !others.contains(report.number)) || !heard.insert(report.number).second)
                continue;
            ++told[member ? 1 : 0];
            knew[member ? 1 : 0] += *said ? 1U : 0U;
        }
        if (told[0] == 0 || told[1] == 0) continue;
        columns.emplace_back(column.name, attr::log10_column(told[1], knew[1], told[0], knew[0]));
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
            in_some_not_all([&](std::size_t j) { return copies[j].marks->index_of_row(row).has_value(); })
                ? 1U
                : 0U;
    }
    std::uint64_t canaries = 0;
    std::vector<std::string> names;
    std::vector<attr::BitRow> held;
    std::unordered_set<std::int64_t> rang;  // personas
    for (const CopyHit& hit : hits) {
        if (hit.canary) rang.insert(pool[*hit.canary].persona);
    }
    for (const CanaryRecord& canary : pool) {
        if (canary.register_id != reg.id || canary.state == "burnt" || canary.persona != canary.id ||
            rang.contains(canary.id))
            continue;
        attr::BitRow row(copies.size());
        for (const std::size_t j : alike) {
            if (copies[j].marks->index_of_canary(canary.id)) row.set(j);
        }
        canaries += in_some_not_all([&](std::size_t j) { return row.has(j); }) ? 1U : 0U;
        names.push_back("N" + std::to_string(canary.id));
        held.push_back(std::move(row));
    }
    const std::vector<std::uint32_t> asked(alike.begin(), alike.end());
    const std::vector<attr::Bits> candidates(held.begin(), held.end());
    if (const auto best = attr::separating(asked, candidates)) {
        const auto in =
            std::count_if(alike.begin(), alike.end(), [&](std::size_t j) { return held[*best].has(j); });
        f.copy_needs.push_back(
            {"need_separating_canary", {static_cast<double>(in), number(alike.size())}, {names[*best]}});
    }
    if (people + canaries > 0) {
        f.copy_needs.push_back({"need_separating_hit", {number(people), number(canaries)}, {}});
    } else {
        f.copy_needs.push_back({"need_order_of_hits", {}, {}});
    }
}

void CopyAttribution::tell(double alpha, Finding& f, Naming naming) const {
    State& s = *state_;
    s.date(alpha);
    f.snapshot = s.snapshot;
    if (empty()) return;
    f.columns = s.columns;
    const std::size_t n = s.copies.size();
    const auto recipients = s.evidence->recipients();
    const auto several = static_cast<std::size_t>(std::count_if(
        recipients.begin(), recipients.end(), [](const auto& r) { return r.copies.size() > 1; }));
    const double family = attr::log10_naming_threshold(n + several, alpha);
    std::vector<double> own;
    for (const attr::CopyScore& score : s.scores) own.push_back(score.log10_e);
    const double threshold = naming == Naming::family_wise ? family : attr::log10_e_bh_threshold(own, alpha);
    const auto set = attr::confidence_set(*s.evidence, alpha);
    const auto classes = attr::outcome_classes(*s.evidence);
    std::vector<std::optional<double>> together(n);
    for (const auto& r : recipients) {
        for (const std::uint32_t j : r.copies) {
            if (r.copies.size() > 1) together[j] = r.log10_e;
        }
    }
    std::vector<std::size_t> order(n);
    for (std::size_t j = 0; j < n; ++j) order[j] = j;
    // Copies of a recipient who is named come before others, also where none of them is.
    const auto rank = [&](std::size_t j) {
        const bool recipient_named = together[j].value_or(family - 1) >= family;
        return recipient_named ? std::max(s.scores[j].log10_e, *together[j]) : s.scores[j].log10_e;
    };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::tuple(rank(a), s.scores[a].log10_e, s.scores[a].natural_log10_lr) >
               std::tuple(rank(b), s.scores[b].log10_e, s.scores[b].natural_log10_lr);
    });
    for (const std::size_t j : order) {
        const attr::CopyScore& score = s.scores[j];
        const CopyRecord& record = s.copies[j].record;
        CopyLine line;
        line.id = record.name;
        line.recipient = record.recipient;
        line.date = record.date;
        line.named = score.log10_e >= threshold;
        line.in_confidence_set = set[j] != 0 && s.was_there(j);
        line.copy_class = s.copies[classes[j]].record.name;
        line.log10_e = score.log10_e;
        line.recipient_log10_e = together[j];
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
            if (!hit.in_order) continue;
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
    if (told > 1) f.copy_reasons.push_back({"several_named", {}, {}});
    if (naming == Naming::false_discovery_rate)
        f.copy_reasons.push_back({"named_by_discovery_rate", {alpha}, {}});
    std::string later;
    for (const std::size_t j : order) {
        if (!s.was_there(j)) later += (later.empty() ? "" : ", ") + s.copies[j].record.name;
    }
    if (!later.empty()) f.copy_reasons.push_back({"copies_later", {}, {later}});
    for (const auto& r : recipients) {
        if (r.copies.size() < 2 || r.log10_e < family) continue;
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
    const double oftener = s.evidence->log10_planted_against_control();
    if (oftener >= std::log10(attr::Thresholds{}.indicated))
        f.copy_reasons.push_back({"planted_ring_oftener", {oftener}, {}});
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
                     [&](std::size_t j) { return set[j] != 0 && s.was_there(j); });
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
