#include "casework/investigate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "attribution/counts.h"
#include "attribution/negative_control.h"
#include "attribution/power.h"
#include "attribution/verdict.h"
#include "base/text.h"
#include "base/version.h"
#include "casework/at_risk.h"
#include "casework/attribute_copies.h"
#include "casework/audit_copies.h"
#include "casework/detect_case.h"
#include "casework/import_lists.h"
#include "casework/import_shared.h"
#include "casework/registers.h"
#include "numbering/strata.h"
#include "registers/marks.h"

namespace sendh {

namespace {

namespace attr = attribution;

constexpr std::uint64_t fewest_numbers = 5;
constexpr std::size_t most_campaigns = 50;
constexpr std::size_t small_block = 10;      // fewer numbers do not make a stratum
constexpr std::uint64_t wide_block = 1'000;  // strata of wider blocks are named in the finding
constexpr std::size_t activity_bins = 240;

// What does not depend on the campaign.
struct Ground {
    RegisterRecord reg;
    std::unordered_map<PhoneNumber, std::optional<Micros>> joined;  // of its numbers, the first time
    bool has_population = false;
    std::string population_kind;
    std::vector<PhoneNumber> numbers;  // of the population, in numeric order
    Strata strata;
    std::vector<std::optional<bool>> called;
    std::uint64_t members_added = 0;  // to a population that held none
    std::vector<std::string> rival_names;
    std::vector<std::vector<std::uint8_t>> rivals;  // over `numbers`
};

struct Tested {
    std::string id;
    std::vector<CampaignHit> all_hits;
    std::vector<attr::Hit> hits;
    attr::Field field;
    attr::Investigation result;
    attr::CountedHits counted;
    std::uint64_t outside = 0, hits_in_register = 0, hits_total = 0;
    std::uint64_t members_outside = 0, members = 0;
};

Result<Ground> lay_ground(Case& c, const std::string& register_name) {
    Ground g;
    if (register_name.empty()) {
        SENDH_TRY(const auto registers, c.catalogue().registers());
        if (registers.size() != 1) {
            return Fault{
                FaultKind::usage,
                registers.empty() ? "the case has no register" : "the case has more than one register", "",
                registers.empty() ? "add one: sendh register add FILE --name NAME"
                                  : "say which with --register NAME"};
        }
        g.reg = registers.front();
    } else {
        SENDH_TRY(g.reg, find_register(c, register_name));
    }
    SENDH_TRY(const auto entries, c.catalogue().entries(g.reg.id));
    for (const EntryRecord& entry : entries) {
        if (never_held(entry.joined, entry.left)) continue;
        SENDH_TRY(const PhoneNumber number, c.open_number(entry.token, Place::of_entry(g.reg, entry.row)));
        const auto [it, fresh] = g.joined.emplace(number, entry.joined);
        if (!fresh && (!entry.joined || (it->second && *entry.joined < *it->second)))
            it->second = entry.joined;
    }

    struct Row {
        PhoneNumber number;
        std::string kind;  // line type and operator
        std::optional<bool> called;
    };
    SENDH_TRY(const auto population, c.catalogue().population());
    SENDH_TRY(const auto kinds, c.catalogue().population_kinds());
    std::vector<Row> rows;
    std::int64_t number_of_row = 0;
    for (const PopulationRow& p : population) {
        SENDH_TRY(const PhoneNumber number,
                  c.open_number(p.token, Place{"population", 0, {}, ++number_of_row}));
        if (number.is_e164()) rows.push_back({number, p.line_type + "\n" + p.operator_name, p.called});
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& a, const Row& b) { return a.number < b.number; });
    for (const std::string& kind : kinds) g.population_kind += (g.population_kind.empty() ? "" : "+") + kind;
    g.has_population = !rows.empty();
    const bool survey_only = g.population_kind == "survey";

    if (g.population_kind.find("survey") == std::string::npos) {
        std::vector<Row> added;
        const bool any_member = std::any_of(rows.begin(), rows.end(),
                                            [&](const Row& row) { return g.joined.contains(row.number); });
        for (const auto& entry : g.joined) {
            const PhoneNumber number = entry.first;
            if (any_member || !number.is_e164()) continue;
            const auto next = std::lower_bound(rows.begin(), rows.end(), number,
                                               [](const Row& row, PhoneNumber n) { return row.number < n; });
            const auto same_block = [&](const auto& it) {
                return it != rows.end() && block_of(it->number, 1'000) == block_of(number, 1'000);
            };
            const auto near = same_block(next) || next == rows.begin() ? next : std::prev(next);
            if (same_block(near)) added.push_back({number, near->kind, std::nullopt});
        }
        g.members_added = added.size();
        rows.insert(rows.end(), added.begin(), added.end());
        std::stable_sort(rows.begin(), rows.end(),
                         [](const Row& a, const Row& b) { return a.number < b.number; });
    }
    std::vector<std::string_view> row_kinds;
    for (const Row& row : rows) {
        // Who was not asked is not in a survey's field.
        if (survey_only && !row.called) continue;
        if (!g.numbers.empty() && g.numbers.back() == row.number) {
            if (row.called && (!g.called.back() || *row.called)) g.called.back() = row.called;
            continue;
        }
        g.numbers.push_back(row.number);
        g.called.push_back(row.called);
        row_kinds.push_back(row.kind);
    }
    g.strata = lay_strata(g.numbers, row_kinds, small_block);

    SENDH_TRY(const auto lists, c.catalogue().lists());
    for (const ListRecord& list : lists) {
        SENDH_TRY(const auto tokens, c.catalogue().list_numbers(list.id));
        std::vector<PhoneNumber> numbers(tokens.size());
        SENDH_CHECK(c.open_numbers(tokens, numbers, [&list](std::size_t i) {
            return Place{"list", 0, list.name, static_cast<std::int64_t>(i) + 1};
        }));
        const std::unordered_set<PhoneNumber> on_list(numbers.begin(), numbers.end());
        std::vector<std::uint8_t> member(g.numbers.size());
        for (std::size_t i = 0; i < member.size(); ++i) member[i] = on_list.contains(g.numbers[i]);
        g.rival_names.push_back(list.name);
        g.rivals.push_back(std::move(member));
    }
    return g;
}

// Surveys tell who was called and not when: their hits follow the timed ones, in an order that depends on
// the number's hash alone.
void add_survey_hits(const Ground& g, std::vector<CampaignHit>& hits) {
    std::unordered_set<PhoneNumber> known;
    for (const CampaignHit& hit : hits) known.insert(hit.number);
    for (std::size_t i = 0; i < g.numbers.size(); ++i) {
        if (g.called[i] == true && !known.contains(g.numbers[i]))
            hits.push_back({g.numbers[i], Micros{0}, 1, false});
    }
}

Tested test_campaign(const Ground& g, const std::string& id, std::vector<CampaignHit> hits,
                     const InvestigateOptions& options, double penalty) {
    Tested t;
    t.id = id;
    if (g.has_population) add_survey_hits(g, hits);
    Micros last{0};
    for (const CampaignHit& hit : hits) last = std::max(last, hit.time);
    const auto untimed = std::stable_partition(hits.begin(), hits.end(),
                                               [](const CampaignHit& h) { return h.time.value != 0; });
    std::sort(untimed, hits.end(), [&](const CampaignHit& a, const CampaignHit& b) {
        return hash_of(a.number, options.seed) < hash_of(b.number, options.seed);
    });

    t.field.stratum = g.strata.of;
    t.field.member.resize(g.numbers.size());
    const auto is_member = [&](PhoneNumber number) {
        const auto it = g.joined.find(number);
        return it != g.joined.end() && (last.value == 0 || held_before(it->second, std::nullopt, last));
    };
    std::uint64_t members_inside = 0;
    for (std::size_t i = 0; i < g.numbers.size(); ++i) {
        t.field.member[i] = is_member(g.numbers[i]);
        members_inside += t.field.member[i];
    }
    std::unordered_set<PhoneNumber> members;
    for (const auto& [number, joined] : g.joined) {
        if (is_member(number)) members.insert(number);
    }
    t.members = members.size();
    t.members_outside = t.members - std::min(t.members, members_inside);
    Micros time{0};
    for (const CampaignHit& hit : hits) {
        time = hit.time.value != 0 ? hit.time : Micros{time.value + micros_per_second};
        const auto it = std::lower_bound(g.numbers.begin(), g.numbers.end(), hit.number);
        const bool inside = it != g.numbers.end() && *it == hit.number;
        if (inside) t.hits.push_back({time.value, static_cast<std::uint32_t>(it - g.numbers.begin())});
        t.outside += !inside;
        if (inside || !g.has_population) {
            ++t.hits_total;
            t.hits_in_register += members.contains(hit.number);
        }
    }
    attr::NaturalOptions natural;
    natural.alpha = options.alpha;
    natural.tie_seed = options.seed;
    attr::Coverage coverage;
    coverage.register_size = static_cast<std::int64_t>(t.members);
    coverage.hits_outside = static_cast<std::int64_t>(t.outside);
    t.result = attr::investigate(t.field, t.hits, g.rivals, natural, {}, penalty, coverage);
    t.counted = attr::count_hits(t.field, t.hits, natural);
    t.all_hits = std::move(hits);
    return t;
}

std::string rival_name(const Ground& g, const attr::RivalEvidence& rival) {
    switch (rival.kind) {
        case attr::RivalKind::sweep: return "range sweep";
        case attr::RivalKind::list: return g.rival_names[rival.index];
        case attr::RivalKind::combination: return "lists and ranges together";
    }
    return "";
}

// The room `attribution` writes "no upper limit" as kOddsLimit; a finding as infinity.
Interval odds_of(const attr::NaturalEvidence& n) {
    constexpr double none = std::numeric_limits<double>::infinity();
    return {n.omega >= attr::kOddsLimit ? none : n.omega, n.omega_interval.lo,
            n.omega_interval.unbounded ? none : n.omega_interval.hi};
}

// Share reached among members and among others, in strata that hold both.
void fill_rates(const Tested& t, Finding& f) {
    std::unordered_map<std::uint32_t, std::pair<bool, bool>> kinds;
    for (std::size_t i = 0; i < t.field.size(); ++i) {
        auto& kind = kinds[t.field.stratum[i]];
        (t.field.member[i] != 0 ? kind.first : kind.second) = true;
    }
    std::vector<std::uint8_t> hit(t.field.size());
    for (const attr::Hit& h : t.hits) hit[h.item] = 1;
    for (std::size_t i = 0; i < t.field.size(); ++i) {
        const auto& kind = kinds[t.field.stratum[i]];
        if (!kind.first || !kind.second) continue;
        Rate& rate = t.field.member[i] != 0 ? f.members : f.neighbours;
        ++rate.of;
        rate.hit += hit[i];
    }
    for (Rate* rate : {&f.members, &f.neighbours}) {
        if (rate->of == 0) continue;
        const attr::Interval interval = attr::clopper_pearson(static_cast<std::int64_t>(rate->hit),
                                                              static_cast<std::int64_t>(rate->of), 0.95);
        rate->low = interval.lo;
        rate->high = interval.hi;
    }
}

// The campaign that a finding is about: the one with a claim or the most evidence past the first threshold;
// if none has any, the largest.
std::tuple<bool, attr::Level, double, std::size_t> rank(const Tested& t) {
    const double e = t.result.verdict.log10_e;
    const bool speaks = e >= std::log10(attr::Thresholds{}.indicated);
    return {speaks, speaks ? t.result.verdict.level : attr::Level::cannot_tell, speaks ? e : 0,
            t.all_hits.size()};
}

double number(std::uint64_t value) { return static_cast<double>(value); }

void say_what_is_missing(const Ground& g, const Tested& t, Finding& f) {
    attr::ControlsPlan plan;
    plan.members_asked = static_cast<std::int64_t>(t.members);
    plan.members_called = static_cast<std::int64_t>(std::max<std::uint64_t>(1, t.hits_in_register));
    const attr::ControlsNeeded controls = attr::controls_needed(plan, 1e3);
    const double answers =
        number(controls.reachable ? static_cast<std::uint64_t>(controls.controls) : 100'000);
    f.leak.needs.push_back({"need_population", {answers}, {}});
    f.leak.needs.push_back({"need_operator_neighbours", {}, {}});
    f.leak.needs.push_back({"need_second_numbers", {}, {}});
    f.leak.needs.push_back({"need_other_departments", {}, {}});
    if (controls.reachable) f.leak.needs.push_back({"need_neighbours_called", {answers, 1 / plan.ratio}, {}});
    (void)g;
}

void explain(const Ground& g, const Tested& t, Finding& f) {
    const attr::NaturalEvidence& n = t.result.natural;
    const attr::Verdict& v = t.result.verdict;
    Leak& leak = f.leak;
    const auto add = [](std::vector<Statement>& to, Statement s) {
        if (std::none_of(to.begin(), to.end(), [&](const Statement& known) {
                return known.code == s.code && known.names == s.names;
            }))
            to.push_back(std::move(s));
    };
    if (!g.has_population) {
        add(leak.reasons, {"no_population", {}, {}});
        say_what_is_missing(g, t, f);
        return;
    }
    bool compared = false;
    for (const attr::Reason& r : v.reasons) {
        switch (r.code) {
            case attr::Code::no_population: add(leak.reasons, {"no_population", {}, {}}); break;
            case attr::Code::no_members:
                if (t.members_outside == 0) add(leak.reasons, {"register_empty_then", {}, {}});
                break;
            case attr::Code::no_mixed_strata: add(leak.reasons, {"no_mixed_strata", {}, {}}); break;
            case attr::Code::too_few_hits:
                add(leak.reasons,
                    {"too_few_hits", {static_cast<double>(n.informative_hits), n.attainable_log10_e}, {}});
                break;
            case attr::Code::evidence:
                if (v.log10_e >= std::log10(attr::Thresholds{}.indicated)) {
                    add(leak.reasons, {"evidence_size", {v.log10_e}, {}});
                } else {
                    add(leak.reasons, {"little_evidence", {v.log10_e}, {}});
                }
                break;
            case attr::Code::members_hit_more:
            case attr::Code::members_not_hit_more: compared = true; break;
            case attr::Code::several_questions: break;
            case attr::Code::rival_explains:
                add(leak.reasons,
                    {"rival_explains", {r.value}, {rival_name(g, t.result.rivals.against[r.index])}});
                break;
            case attr::Code::rivals_behind:
                add(leak.reasons,
                    {"rival_behind", {r.value}, {rival_name(g, t.result.rivals.against[r.index])}});
                break;
            case attr::Code::gamma_star:
            case attr::Code::gamma_star_low:
                if (n.gamma_star >= 1) add(leak.reasons, {"gamma_star", {n.gamma_star}, {}});
                break;
            default: break;
        }
    }
    if (compared && f.members.of > 0 && f.neighbours.of > 0 && f.leak.odds_ratio) {
        leak.reasons.insert(
            leak.reasons.begin(),
            {"members_hit_more",
             {number(f.members.hit), number(f.members.of), number(f.neighbours.hit), number(f.neighbours.of),
              leak.odds_ratio->estimate, leak.odds_ratio->low, leak.odds_ratio->high},
             {}});
    }
    if (g.members_added > 0) add(leak.reasons, {"members_added", {number(g.members_added)}, {}});
    if (const std::uint64_t wide = g.strata.wider_than(wide_block); wide > 0)
        add(leak.reasons, {"wide_blocks", {number(wide), number(g.numbers.size())}, {}});
    if (t.members > 0 && t.members_outside == t.members)
        add(leak.needs, {"need_members_in_population", {}, {}});
    if (t.outside > 0) add(leak.reasons, {"hits_outside_population", {number(t.outside)}, {}});
    if (t.members_outside > 0)
        add(leak.reasons, {"members_outside_population", {number(t.members_outside), number(t.members)}, {}});
    if (n.hits_swallowed > 0) add(leak.reasons, {"storms_once", {static_cast<double>(n.hits_swallowed)}, {}});
    for (const attr::Reason& r : v.needs) {
        switch (r.code) {
            case attr::Code::too_few_hits:
                add(leak.needs, {"need_more_hits", {std::max(1.0, std::ceil(r.limit - r.value))}, {}});
                break;
            case attr::Code::need_other_numbers: say_what_is_missing(g, t, f); break;
            case attr::Code::need_answers_in_ranges:
            case attr::Code::need_marked_copies: add(leak.needs, {"need_distinguish_sweep", {}, {}}); break;
            case attr::Code::need_hits_off_rival:
                add(leak.needs,
                    {"need_distinguish_list", {}, {rival_name(g, t.result.rivals.against[r.index])}});
                break;
            default: break;
        }
    }
}

}  // namespace

namespace {

// Compared with an unrelated campaign that the same people saw. Where nobody knows who else could have been
// called, this may say that a leak is indicated; it is looked at once, and assumes more than a population
// does.
Done weigh_control(Case& c, const Ground& g, const Tested& t, const InvestigateOptions& options,
                   double penalty, Finding& f) {
    SENDH_TRY(const std::uint32_t index, find_campaign(c, options.control));
    SENDH_TRY(const auto campaigns, c.catalogue().campaigns());
    const std::string id = campaigns[index - 1].id;
    if (id == t.id)
        return Fault{FaultKind::usage, "a campaign is no control of itself", "--control",
                     "name one that has nothing to do with the register"};
    SENDH_TRY(const auto control, campaign_hits(c, index));
    struct Both {
        bool hit = false, controlled = false;
    };
    std::map<PhoneNumber, Both> reached;
    for (const CampaignHit& hit : t.all_hits) reached[hit.number].hit = true;
    for (const CampaignHit& hit : control) reached[hit.number].controlled = true;
    std::vector<PhoneNumber> numbers;
    for (const auto& [number, both] : reached) {
        if (number.is_e164()) numbers.push_back(number);
    }
    const Strata strata = lay_strata(numbers, std::vector<std::string_view>(numbers.size()), small_block);
    std::vector<attr::ControlledHits> counts(strata.width.size());
    attr::ControlledHits all;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const Both& both = reached[numbers[i]];
        const bool member = g.joined.contains(numbers[i]);
        for (attr::ControlledHits* to : {&counts[strata.of[i]], &all}) {
            (member ? to->members_hit : to->others_hit) += both.hit ? 1 : 0;
            (member ? to->members_control : to->others_control) += both.controlled ? 1 : 0;
        }
    }
    const attr::NegativeControl found = attr::negative_control(counts, options.alpha / std::pow(10, penalty));
    if (!found.usable) {
        f.leak.reasons.push_back({"control_unusable", {}, {id}});
        return done();
    }
    const double log10_e = found.log10_e - penalty;
    constexpr double none = std::numeric_limits<double>::infinity();
    const auto count = [](std::int64_t n) { return static_cast<double>(n); };
    f.leak.reasons.push_back(
        {"negative_control",
         {count(all.members_hit), count(all.members_hit + all.others_hit), count(all.members_control),
          count(all.members_control + all.others_control),
          found.odds_ratio >= attr::kOddsLimit ? none : found.odds_ratio, found.odds_interval.lo,
          found.odds_interval.unbounded ? none : found.odds_interval.hi, log10_e},
         {id}});
    const attr::Thresholds th;
    if (g.has_population || log10_e < std::log10(th.indicated)) return done();
    const bool strong = log10_e >= std::log10(th.strong) && found.gamma_star >= th.gamma_star;
    f.leak.level = strong ? "strong" : "indicated";
    f.leak.log10_e = log10_e;
    f.leak.gamma_star = found.gamma_star;
    f.leak.reasons.push_back({"control_assumed", {}, {id}});
    return done();
}

// The marks in the copies may show a leak where who was called cannot.
void weigh_marks(Leak& leak) {
    const attr::Thresholds th;
    const auto reaches = [&](double threshold) { return leak.planted_log10_e >= std::log10(threshold); };
    if (!reaches(th.indicated)) return;
    const char* level = reaches(th.very_strong) ? "very_strong" : reaches(th.strong) ? "strong" : "indicated";
    const auto height = [](std::string_view name) {
        return std::find(attr::kLevelNames.begin(), attr::kLevelNames.end(), name);
    };
    if (height(leak.level) < height(level)) leak.level = level;
    leak.reasons.insert(leak.reasons.begin(), {"planted_evidence", {leak.planted_log10_e}, {}});
}

}  // namespace

bool is_leak_indicated(const Finding& f) {
    return f.leak.level == "indicated" || f.leak.level == "strong" || f.leak.level == "very_strong";
}

Investigation::Investigation(InvestigateOptions options) : options_(std::move(options)) {}
Investigation::Investigation(Investigation&&) noexcept = default;
Investigation::~Investigation() = default;

Result<Finding> investigate_case(Case& c, const InvestigateOptions& options) {
    return Investigation(options).look(c);
}

Result<Finding> Investigation::look(Case& c) {
    const InvestigateOptions& options = options_;
    if (!(options.alpha > 0 && options.alpha <= 0.5)) {
        return Fault{FaultKind::usage, "alpha must lie between 0 and 0.5", "", "0.01 is usual"};
    }
    SENDH_TRY(const Ground g, lay_ground(c, options.register_name));
    SENDH_TRY(const auto files, c.catalogue().files());
    bool calls_in = false;
    for (const FileRecord& file : files)
        calls_in = calls_in || file.kind == "calls" || file.kind == "reports";
    SENDH_TRY(auto detection, c.catalogue().detection());
    SENDH_TRY(const std::int64_t state, c.catalogue().evidence_state());
    if (calls_in && (!detection || detection->state != state)) {
        SENDH_CHECK(detect_case(c, options.quiet));
        SENDH_TRY(detection, c.catalogue().detection());
    }
    SENDH_TRY(const auto campaigns, c.catalogue().campaigns());

    Finding f;
    f.case_name = c.name();
    f.made_at = options.made_at.value_or(now());
    f.zone = c.zone();
    f.alpha = options.alpha;
    f.register_name = g.reg.name;

    // Which campaigns are asked about: by size, blind to the register.
    std::vector<std::pair<std::uint32_t, std::string>> asked;
    if (!options.campaign.empty()) {
        SENDH_TRY(const std::uint32_t index, find_campaign(c, options.campaign));
        asked.emplace_back(index, campaigns[index - 1].id);
    } else {
        for (std::size_t i = 0; i < campaigns.size() && asked.size() < most_campaigns; ++i) {
            if (campaigns[i].numbers >= fewest_numbers)
                asked.emplace_back(static_cast<std::uint32_t>(i + 1), campaigns[i].id);
        }
        if (asked.empty() && !campaigns.empty()) asked.emplace_back(1, campaigns.front().id);
    }
    const bool survey = g.population_kind.find("survey") != std::string::npos;
    if (asked.empty() && survey) asked.emplace_back(0, "");
    const double penalty = std::log10(std::max<double>(1, static_cast<double>(asked.size())));

    std::optional<Tested> best;
    for (const auto& [index, id] : asked) {
        std::vector<CampaignHit> hits;
        if (index > 0) {
            SENDH_TRY(hits, campaign_hits(c, index));
        }
        Tested t = test_campaign(g, id, std::move(hits), options, penalty);
        if (!best || rank(t) > rank(*best)) best = std::move(t);
    }

    Leak& leak = f.leak;
    if (best) {
        const attr::NaturalEvidence& n = best->result.natural;
        f.campaign = best->id;
        leak.level = attr::name(best->result.verdict.level);
        leak.hits = best->hits_total;
        leak.hits_in_register = best->hits_in_register;
        if (g.has_population) {
            leak.log10_e = best->result.verdict.log10_e;
            leak.p_anytime = std::min(1.0, std::pow(10.0, penalty - n.max_log10_e));
            leak.gamma_star = n.gamma_star;
            if (n.informative_hits > 0) leak.odds_ratio = odds_of(n);
            for (const attr::PathPoint& p : n.path)
                leak.path.push_back({Micros{p.time_us}, p.log10_e - penalty});
            for (const attr::RivalEvidence& rival : best->result.rivals.against) {
                leak.rivals.push_back({rival_name(g, rival), rival.log10_ratio,
                                       rival.log10_ratio >= -std::log10(attr::Thresholds{}.rival_within)});
            }
            fill_rates(*best, f);
        } else {
            leak.level = "cannot_tell";
        }
        explain(g, *best, f);
        if (!options.control.empty()) SENDH_CHECK(weigh_control(c, g, *best, options, penalty, f));
        if (asked.size() > 1) leak.reasons.push_back({"campaign_chosen", {number(asked.size())}, {best->id}});
        if (copies_) {
            SENDH_CHECK(copies_->look_again(c, g.reg, best->all_hits));
        } else {
            SENDH_TRY(auto copies, CopyAttribution::of(c, g.reg, best->all_hits));
            copies_ = std::make_unique<CopyAttribution>(std::move(copies));
        }
        if (!copies_->empty()) SENDH_CHECK(audited_copies(c));
        copies_->tell(options.alpha, f,
                      options.false_discovery_rate ? CopyAttribution::Naming::false_discovery_rate
                                                   : CopyAttribution::Naming::family_wise);
        weigh_marks(leak);
    } else {
        leak.reasons.push_back({"no_campaign", {}, {}});
        if (!g.has_population) {
            leak.reasons.push_back({"no_population", {}, {}});
            say_what_is_missing(g, Tested{}, f);
        }
        leak.needs.push_back({"need_reports", {}, {}});
    }
    const bool have_calls =
        std::any_of(files.begin(), files.end(), [](const FileRecord& file) { return file.kind == "calls"; });
    if (!have_calls && detection && detection->calls > 0)
        leak.reasons.push_back({"only_reports", {number(detection->calls)}, {}});
    if (detection && detection->undecidable > 0)
        leak.reasons.push_back({"undecidable_calls", {number(detection->undecidable)}, {}});
    if (detection && detection->undecidable_roaming > 0)
        leak.needs.push_back({"need_roaming_state", {number(detection->undecidable_roaming)}, {}});
    SENDH_TRY(const auto trunks, c.catalogue().trunks());
    if (have_calls && trunks.empty()) leak.needs.push_back({"need_trunk_map", {}, {}});

    Ledger& ledger = f.ledger;
    for (const FileRecord& file : files)
        ledger.evidence.push_back(
            {file.sha256, file.name, file.rows, file.accepted, file.rejected, file.duplicates});
    ledger.campaign_rule = detection ? detection->rule : "";
    ledger.population_kind = g.population_kind;
    ledger.population_numbers = g.numbers.size();
    ledger.population_strata = g.strata.width.size();
    SENDH_TRY(const std::int64_t looks, c.catalogue().finding_count(g.reg.name));
    ledger.looks = static_cast<std::uint64_t>(looks) + 1;
    ledger.seed = options.seed;
    ledger.campaigns_tested = asked.size();
    ledger.mark_key_commitment = mark_key_commitment(c.keys().mark_key());
    ledger.version = kVersion;
    const attr::Thresholds th;
    ledger.thresholds = {{"indicated", th.indicated},       {"strong", th.strong},
                         {"very_strong", th.very_strong},   {"gamma_star", th.gamma_star},
                         {"rival_within", th.rival_within}, {"rival_behind", th.rival_behind}};

    if (best && !best->id.empty()) {
        SENDH_TRY(const std::uint32_t index, find_campaign(c, best->id));
        SENDH_TRY(CallStore * store, c.calls());
        SENDH_TRY(auto activity, store->activity(index, activity_bins, c.zone()));
        f.activity_from = activity.from;
        f.activity_step_us = activity.step;
        f.activity_campaign = std::move(activity.campaign);
        f.activity_all = std::move(activity.all);
        SENDH_TRY(const auto called, campaign_hits(c, index));
        const bool same_hits = called.size() == best->all_hits.size();  // no survey added any
        SENDH_TRY(const AtRiskList next,
                  who_is_next(c, g.reg, best->id, called, same_hits ? copies_.get() : nullptr, false));
        f.at_risk = next.people.size();
        for (std::size_t i = 0; i < (next.people.size() + 9) / 10; ++i)
            f.at_risk_top_share += next.people[i].share;
    }
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    SENDH_CHECK(c.catalogue().add_finding(g.reg.name, f.made_at, to_json(f)));
    SENDH_CHECK(c.log("investigated", {{"register", g.reg.name},
                                       {"campaign", f.campaign},
                                       {"level", leak.level},
                                       {"entries", std::uint64_t{best ? best->members : g.joined.size()}}}));
    SENDH_CHECK(c.commit(transaction));
    return f;
}

}  // namespace sendh
