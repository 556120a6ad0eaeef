// libphonenumber's own metadata (the bytes it decides by) as a PlanSource, and its answers in our words.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "numbering/numbering_plan.h"
#include "numbering/plan_source.h"

namespace sendh::oracle {

[[nodiscard]] PlanSource libphonenumber_source();

struct Answer {
    std::string reason, type, region, e164;
    bool valid = false;
    friend bool operator==(const Answer&, const Answer&) = default;
};

// What libphonenumber says: parse, possible, validity, type, region, E.164. home: "IN", or anything else for
// none.
[[nodiscard]] Answer ask_libphonenumber(const std::string& text, const std::string& home);
[[nodiscard]] Answer ask_plan(const NumberingPlan& plan, std::string_view text, TerritoryId home);
[[nodiscard]] std::string show(const Answer& answer);

// The same work without words, for measuring; a number that depends on all answers.
[[nodiscard]] std::uint64_t work_of_libphonenumber(const std::string& text, const std::string& home);

// "+…" of libphonenumber's example number of a region and type (its numbering), "" if there is none.
[[nodiscard]] std::string example_number(const std::string& region, int type);
[[nodiscard]] std::string example_number_of_code(int code);

}  // namespace sendh::oracle
