#include "detect/indicator.h"

namespace sendh::detect {

namespace {

int first_national_digit(PhoneNumber cli) {
    std::string digits = unveil_text(cli);
    if (digits.starts_with('+')) digits.erase(0, 1);
    if (digits.size() == 12 && digits.starts_with("91")) digits.erase(0, 2);
    if (digits.size() == 11 && digits.starts_with('0')) digits.erase(0, 1);
    return !digits.empty() && digits[0] == '1' ? 1 : 0;
}

std::optional<Measure> test(const CallView& call, const Settings&) {
    if (call.cli_class != NumberClass::national_prefix || !from_outside(call)) return std::nullopt;
    return Measure{double(first_national_digit(call.cli)), 2};
}

}  // namespace

const Rule national_bad_prefix{
    {"national_bad_prefix", Speaks::fake,
     "The CLI is national and its first digit is 0 or 1, which no such number has (value: that digit; "
     "threshold: the lowest possible).",
     "CLI राष्ट्रीय है पर उसका पहला अंक 0 या 1 है, जो ऐसे किसी नंबर का नहीं होता (मान: वह अंक; सीमा: "
     "सबसे छोटा संभव अंक)।"},
    "malformed",
    test};

}  // namespace sendh::detect
