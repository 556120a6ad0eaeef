#include <algorithm>
#include <array>

#include "detect/indicator.h"

namespace sendh::detect {

namespace {

// The first rule that speaks fake gives the call its style.
constexpr std::array table{
    &cli_too_long,
    &cli_not_digits,
    &national_wrong_length,
    &national_bad_prefix,
    &foreign_unknown_country,
    &foreign_bad_length,
    &series_not_allocated,
    &telemarketing_from_abroad,
    &service_from_abroad,
    &toll_free_from_abroad,
    &short_code_from_abroad,
    &fixed_line_from_abroad,
    &spoofed_national,
    &national_from_abroad,
    &national_redirected,
    &roaming_abroad,
    &one_ring,
    &fan_out,
    &mass_dialling,
    &cold_calls,
    &range_fan_out,
    &callee_flood,
    &repeat_callees,
    &called_back,
    &reported_threat,
    &reported_key_press,
    &reported_link,
    &reported_knowledge,
    &reported,
};

constexpr std::array<std::string_view, verdicts> verdict_names = {"ordinary", "fake", "undecidable"};
constexpr std::array<std::string_view, speakings> speaks_names = {"fake", "innocent", "undecidable"};
static_assert(static_cast<int>(Verdict::undecidable) + 1 == verdicts);
static_assert(static_cast<int>(Speaks::undecidable) + 1 == speakings);

}  // namespace

std::span<const Rule* const> rules() { return table; }

std::span<const IndicatorText> indicators() {
    static const auto texts = [] {
        std::array<IndicatorText, table.size()> all;
        std::transform(table.begin(), table.end(), all.begin(), [](const Rule* rule) { return rule->text; });
        return all;
    }();
    return texts;
}

std::string_view name_of(Verdict verdict) { return verdict_names.at(static_cast<std::size_t>(verdict)); }
std::string_view name_of(Speaks direction) { return speaks_names.at(static_cast<std::size_t>(direction)); }

}  // namespace sendh::detect
