#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    if (!direct_from_abroad(call, NumberClass::mobile)) return std::nullopt;
    const bool known = call.roaming != nullptr && call.time != Micros{};
    const RoamState state = known ? call.roaming->state(call.cli, call.time) : RoamState::unknown;
    return yes_if(state == RoamState::home);
}

}  // namespace

const Rule spoofed_national{
    {"spoofed_national", Speaks::fake,
     "A national mobile number that was at home comes in on an international trunk without redirection "
     "(value 1: yes).",
     "राष्ट्रीय मोबाइल नंबर, जो उस समय देश में ही था, बिना रीडायरेक्शन के अंतरराष्ट्रीय ट्रंक से आया "
     "है (मान 1: हाँ)।"},
    "spoofed_national",
    test};

}  // namespace sendh::detect
