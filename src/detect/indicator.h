// One indicator: its words and its test. Each stands in a file of its own, indicator_<name>.cc; the table in
// indicators.cc names them all and gives their order. Private to the room.
//
// Thread rule: constants and pure functions.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

#include "detect/detect.h"
#include "detect/profiles.h"

namespace sendh::detect {

// A call as a rule sees it. Only incoming voice calls get here (and reports).
struct CallView {
    PhoneNumber cli;
    NumberClass cli_class = NumberClass::none;
    PhoneNumber redirect;
    Micros time;  // 0: unknown (reports)
    Ingress ingress = Ingress::unknown;
    const RoamingTable* roaming = nullptr;  // null: nobody knows
    const SeriesTable* series = nullptr;    // null: no table
    const CliStats* stats = nullptr;        // null: the first pass found nothing to say
    const RangeStats* range = nullptr;
    const Flood* flood = nullptr;
    double usual_brief = 0;                // brief weight of acquaintances' calls from abroad
    const Complaint* complaint = nullptr;  // null: a call record
};

struct Measure {
    double value = 1;
    double threshold = 1;
};

struct Rule {
    IndicatorText text;
    // Group of reasons, see Judgement::style.
    std::string_view style;
    // Nothing: the rule does not apply.
    std::optional<Measure> (*test)(const CallView& call, const Settings& settings);
    // What would decide it, for rules that speak undecidable.
    std::string_view needs = "";
    // A rule about habits, which innocent habits cancel.
    bool profile = false;
    // ... except that people call back.
    bool survives_call_backs = false;
};

[[nodiscard]] std::span<const Rule* const> rules();

// Helpers that several rules share.
[[nodiscard]] inline std::optional<Measure> yes_if(bool condition) {
    return condition ? std::optional<Measure>(Measure{}) : std::nullopt;
}
// The own network's equipment writes what it likes into its CLIs (extensions, voice mail): nobody outside
// presented it.
[[nodiscard]] inline bool from_outside(const CallView& call) { return call.ingress != Ingress::own; }
// National numbers that a call from abroad should not carry, unless it was redirected there.
[[nodiscard]] inline bool direct_from_abroad(const CallView& call, NumberClass cli_class) {
    return call.cli_class == cli_class && call.ingress == Ingress::international && call.redirect.is_none();
}
// Hardly anybody talks, compared with people who know each other. REQUIRES: call.stats.
[[nodiscard]] inline bool talks_little(const CallView& call, const Settings& settings) {
    const double usual = call.usual_brief;
    return call.stats->ends.brief_weight() >=
           std::max(settings.brief_weight, usual + settings.brief_excess * (1 - usual));
}
// At least half of the calls say how they ended.
[[nodiscard]] inline bool ends_known(const Outcomes& ends, std::uint32_t calls) {
    return ends.known() > 0 && 2.0 * double(ends.known()) >= double(calls);
}
[[nodiscard]] inline bool at_least(std::uint32_t count, int threshold) {
    return double(count) >= double(threshold);
}
// Redials so much, or is called back so much, that it cannot be a dialler working through a list.
[[nodiscard]] inline bool is_warm(const CliStats& stats, const Settings& settings) {
    return stats.share() < settings.exonerate_share || stats.call_back_share() >= settings.call_back_share;
}

extern const Rule cli_too_long, cli_not_digits, national_wrong_length, national_bad_prefix,
    foreign_unknown_country, foreign_bad_length, series_not_allocated, telemarketing_from_abroad,
    service_from_abroad, toll_free_from_abroad, short_code_from_abroad, fixed_line_from_abroad,
    spoofed_national, national_from_abroad, national_redirected, roaming_abroad, one_ring, fan_out,
    mass_dialling, cold_calls, range_fan_out, callee_flood, repeat_callees, called_back, reported_threat,
    reported_key_press, reported_link, reported_knowledge, reported;

}  // namespace sendh::detect
