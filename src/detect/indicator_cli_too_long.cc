#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    if (call.cli_class != NumberClass::too_long || !from_outside(call)) return std::nullopt;
    return Measure{16, 15};
}

}  // namespace

const Rule cli_too_long{
    {"cli_too_long", Speaks::fake,
     "The CLI has more than the 15 digits that a phone number can have (value: digits, at least).",
     "CLI में 15 से अधिक अंक हैं, जो किसी फ़ोन नंबर में नहीं हो सकते (मान: कम से कम इतने अंक)।"},
    "malformed",
    test};

}  // namespace sendh::detect
