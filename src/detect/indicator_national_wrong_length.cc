#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    if (call.cli_class != NumberClass::national_length || !from_outside(call)) return std::nullopt;
    const std::uint64_t digits = unveil(call.cli) & ((1ULL << 50U) - 1);
    const int presented = static_cast<int>((unveil(call.cli) >> 56U) & 15U);
    const int count = call.cli.kind() == PhoneNumber::Kind::digits ? presented : digit_count(digits);
    return Measure{double(count), 10};
}

}  // namespace

const Rule national_wrong_length{
    {"national_wrong_length", Speaks::fake,
     "The CLI is national and has a wrong length (value: its digits as presented; threshold: the "
     "digits of a national number).",
     "CLI राष्ट्रीय है पर उसकी लंबाई ग़लत है (मान: दिखाए गए अंक; सीमा: राष्ट्रीय नंबर के अंक)।"},
    "malformed",
    test};

}  // namespace sendh::detect
