// The finding: the answer to "did the register leak, which copy, who is next" with its evidence, as one
// value and one JSON document (docs/schema/finding.json; the names are a promise: added to, never renamed).
// Reports, papers and exports are made from it alone.
//
// Thread rule: a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sendh {

enum class Language : std::uint8_t { english, hindi };

// A sentence of the finding as a code with its values, so that it can be said in either language; the
// sentences are in casework/wording.cc, one table.
struct Statement {
    std::string code;
    std::vector<double> numbers;
    std::vector<std::string> names;  // of rivals, registers, columns: never of persons
};
[[nodiscard]] std::string say(const Statement& statement, Language language);

struct Interval {
    double estimate = 0, low = 0, high = 0;
};

struct RivalLine {
    std::string name;     // "range sweep", or the name of a rival list
    double log10_lr = 0;  // rival against "the register was dialled": below 0 the register explains better
    bool explains = false;
};

struct PathPoint {
    Micros time;
    double log10_e = 0;
};

struct Rate {
    std::uint64_t hit = 0, of = 0;
    double low = 0, high = 1;  // Clopper–Pearson, 95 %
};

struct Leak {
    std::string level = "cannot_tell";  // cannot_tell | no_evidence | indicated | strong | very_strong
    double log10_e = 0;                 // evidence now, after the correction for the campaigns looked at
    double p_anytime = 1;
    std::optional<Interval>
        odds_ratio;              // with the confidence sequence at 1 - alpha; nothing when not identified
    double gamma_star = 0;       // 0: not even without hidden bias
    double planted_log10_e = 0;  // that some copy was dialled, by the marks
    std::uint64_t hits = 0;  // numbers of the population (or, without one, numbers) that the campaign reached
    std::uint64_t hits_in_register = 0;
    std::vector<PathPoint> path;
    std::vector<RivalLine> rivals;
    std::vector<Statement> reasons;
    std::vector<Statement> needs;
};

// A copy that was held against the hits.
struct CopyLine {
    std::string id, recipient, date;
    bool named = false, in_confidence_set = true;
    std::string copy_class;
    double log10_e = 0, canaries = 0, row_order = 0, natural_log10_lr = 0, log10_threshold = 0;
    std::uint64_t hits = 0;  // on numbers that stand in it, canaries too
    // Where its recipient has several marked copies: of all marks of these together, that one of them was
    // dialled.
    std::optional<double> recipient_log10_e = std::nullopt;
    double dialled_at_most = 1;  // if it is the source: the share of it that calls have reached, at 1 - alpha
};

// Where the hits stand in a leading copy's order, hit after hit: the picture in which a list that was dialled
// from top to bottom shows.
struct DialledRows {
    static constexpr std::size_t most = 2'000;
    std::string copy;
    std::uint64_t rows = 0;                // of the copy
    std::vector<std::uint32_t> positions;  // of the first `most` hits in it
};

struct EvidenceLine {
    std::string sha256, name;
    std::uint64_t rows = 0, accepted = 0, rejected = 0, duplicates = 0;
};

struct Ledger {
    std::vector<EvidenceLine> evidence;
    std::string campaign_rule;
    std::string population_kind;  // operator | switchboard | survey | "" (none)
    std::uint64_t population_numbers = 0, population_strata = 0;
    std::uint64_t looks = 1;
    std::uint64_t seed = 0;
    std::uint64_t campaigns_tested = 1;
    std::string mark_key_commitment;  // SHA-256 of the mark key
    std::string version;
    std::vector<std::pair<std::string, double>> thresholds;  // "indicated" 20, ...
};

struct Finding {
    std::string case_name;
    Micros made_at;
    Zone zone;
    double alpha = 0.01;
    std::string register_name;
    std::string campaign;  // "C1"; "" when no campaign was found
    Leak leak;
    std::vector<CopyLine> copies;  // of the register, most evidence first
    std::vector<Statement> copy_reasons, copy_needs;
    std::vector<DialledRows> dialled;
    std::vector<std::string> confidence_set;
    std::optional<std::pair<std::string, std::string>>
        snapshot;                                         // dates; the first "" if also the state before all
    std::vector<std::pair<std::string, double>> columns;  // name, log10_e
    std::uint64_t at_risk = 0;                            // members not reached yet
    double at_risk_top_share = 0;  // share of the expected next hits that falls on the first tenth of them
    Ledger ledger;
    // For the plots of the report.
    Rate members, neighbours;  // reached by the campaign, in strata that hold both
    Micros activity_from;
    std::int64_t activity_step_us = 0;             // width of a bin
    std::vector<std::uint32_t> activity_campaign;  // calls of the campaign a bin
    std::vector<std::uint32_t> activity_all;       // all calls a bin
};

// One JSON document, indented by 2, ending in a line feed. Same value, same bytes.
[[nodiscard]] std::string to_json(const Finding& finding);
// Fault (corrupt) when it is not a finding of a version that we know.
[[nodiscard]] Result<Finding> finding_from_json(std::string_view json);

}  // namespace sendh
