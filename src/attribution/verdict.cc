#include "attribution/verdict.h"

#include <algorithm>
#include <cmath>

#include "attribution/log_space.h"
#include "attribution/power.h"

namespace sendh::attribution {
namespace {

double log10_threshold(double t) { return t > 0 && std::isfinite(t) ? std::log10(t) : 300; }

double share(std::int64_t part, std::int64_t all) {
    return all > 0 ? static_cast<double>(part) / static_cast<double>(all) : 0;
}

void say_coverage(const NaturalEvidence& natural, const Coverage& coverage, Verdict& out) {
    if (coverage.register_size > natural.members) {
        out.reasons.push_back(
            {Code::population_misses_members, 1 - share(natural.members, coverage.register_size), 0, 0});
    }
    if (coverage.hits_outside > 0) {
        const std::int64_t inside = natural.members_hit + natural.others_hit;
        out.reasons.push_back({Code::hits_outside_population,
                               share(coverage.hits_outside, coverage.hits_outside + inside), 0, 0});
    }
}

void say_rates(const NaturalEvidence& natural, Verdict& out) {
    const double members = share(natural.members_hit, natural.members);
    const double others = share(natural.others_hit, natural.others);
    out.reasons.push_back(
        {members > others ? Code::members_hit_more : Code::members_not_hit_more, members, others, 0});
}

// What to collect when there is nobody (or nobody comparable) to compare with.
void need_controls(const NaturalEvidence& natural, double limit, Verdict& out) {
    const ControlsNeeded n =
        controls_needed({natural.members, natural.members_hit, 0.1}, std::pow(10.0, limit));
    out.needs.push_back({Code::need_other_numbers, n.reachable ? static_cast<double>(n.controls) : 0,
                         static_cast<double>(natural.members), 0});
}

void need_against(const RivalEvidence& rival, std::size_t index, const NaturalEvidence& natural,
                  Verdict& out) {
    if (rival.kind == RivalKind::sweep) {
        out.needs.push_back({Code::need_answers_in_ranges,
                             static_cast<double>(rival.fit.size - rival.fit.hits),
                             static_cast<double>(rival.fit.size), index});
    } else if (rival.kind == RivalKind::list) {
        out.needs.push_back({Code::need_hits_off_rival, static_cast<double>(natural.members),
                             static_cast<double>(rival.fit.size), index});
    }
}

}  // namespace

Verdict judge(const NaturalEvidence& natural, std::span<const RivalEvidence> rivals,
              const Thresholds& thresholds, double log10_penalty, const Coverage& coverage) {
    Verdict out;
    const double penalty = log10_penalty > 0 ? std::min(log10_penalty, 300.0) : 0;
    const double indicated = log10_threshold(thresholds.indicated);
    const double strong = log10_threshold(thresholds.strong);
    const double very_strong = log10_threshold(thresholds.very_strong);
    out.log10_e = natural.log10_e - penalty;
    say_coverage(natural, coverage, out);
    if (penalty > 0) out.reasons.push_back({Code::several_questions, penalty, 0, 0});

    if (natural.members == 0 || natural.others == 0 || natural.mixed_strata == 0) {
        if (natural.members == 0) {
            out.reasons.push_back({Code::no_members, 0, 1, 0});
        } else {
            const Code code = natural.others == 0 ? Code::no_population : Code::no_mixed_strata;
            out.reasons.push_back({code, 0, 1, 0});
            need_controls(natural, indicated + penalty, out);
        }
        return out;
    }
    say_rates(natural, out);
    const double attainable = std::max(natural.attainable_log10_e, natural.log10_e);
    if (attainable - penalty < indicated) {
        out.reasons.push_back({Code::too_few_hits, attainable - penalty, indicated, 0});
        const double strata = static_cast<double>(natural.mixed_strata);
        const HitsNeeded hits = hits_needed(
            {static_cast<double>(natural.members) / strata, static_cast<double>(natural.others) / strata, 10},
            std::pow(10.0, indicated + penalty));
        out.needs.push_back({Code::too_few_hits, static_cast<double>(natural.hits_counted),
                             hits.reachable ? static_cast<double>(hits.hits_likely) : 0, 0});
        need_controls(natural, indicated + penalty, out);
        return out;
    }
    if (out.log10_e < indicated) {
        out.level = Level::no_evidence;
        out.reasons.push_back({Code::evidence, out.log10_e, indicated, 0});
        return out;
    }

    const double within = -std::max(0.0, log10_threshold(thresholds.rival_within));
    const double behind = -std::max(0.0, log10_threshold(thresholds.rival_behind));
    bool withheld = false;
    std::size_t nearest = 0;
    for (std::size_t i = 0; i < rivals.size(); ++i) {
        const double ratio = rivals[i].log10_ratio;
        if (ratio > rivals[nearest].log10_ratio) nearest = i;
        if (ratio < within) continue;
        withheld = true;
        out.reasons.push_back({Code::rival_explains, ratio, within, i});
        need_against(rivals[i], i, natural, out);
    }
    if (withheld) {
        out.reasons.push_back({Code::evidence, out.log10_e, indicated, 0});
        out.needs.push_back({Code::need_marked_copies, 0, 0, 0});
        return out;
    }
    const bool far = rivals.empty() || rivals[nearest].log10_ratio <= behind;
    if (!rivals.empty()) {
        out.reasons.push_back(
            {Code::rivals_behind, rivals[nearest].log10_ratio, far ? behind : within, nearest});
    }
    const bool robust = natural.gamma_star >= thresholds.gamma_star;
    out.reasons.push_back(
        {robust ? Code::gamma_star : Code::gamma_star_low, natural.gamma_star, thresholds.gamma_star, 0});
    if (out.log10_e >= very_strong && robust && far) {
        out.level = Level::very_strong;
        out.reasons.push_back({Code::evidence, out.log10_e, very_strong, 0});
    } else if (out.log10_e >= strong) {
        out.level = Level::strong;
        out.reasons.push_back({Code::evidence, out.log10_e, strong, 0});
    } else {
        out.level = Level::indicated;
        out.reasons.push_back({Code::evidence, out.log10_e, indicated, 0});
    }
    return out;
}

Investigation investigate(const Field& field, std::span<const Hit> hits,
                          std::span<const std::vector<std::uint8_t>> rival_lists,
                          const NaturalOptions& options, const Thresholds& thresholds, double log10_penalty,
                          const Coverage& coverage) {
    Investigation out;
    NaturalOptions corrected = options;
    if (log10_penalty > 0) corrected.alpha *= std::pow(10.0, -std::min(log10_penalty, 300.0));
    const CountedHits counted = count_hits(field, hits, corrected);
    out.natural = natural_evidence(counted, corrected);
    out.rivals = compare_rivals(field, counted.hits, rival_lists);
    out.verdict = judge(out.natural, out.rivals.against, thresholds, log10_penalty, coverage);
    return out;
}

}  // namespace sendh::attribution
