#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    if (!direct_from_abroad(call, NumberClass::mobile)) return std::nullopt;
    const bool known = call.roaming != nullptr && call.time != Micros{};
    const RoamState state = known ? call.roaming->state(call.cli, call.time) : RoamState::unknown;
    return yes_if(state == RoamState::unknown);
}

}  // namespace

const Rule national_from_abroad{
    {"national_from_abroad", Speaks::undecidable,
     "A national mobile number comes in on an international trunk and nobody has said whether it was "
     "abroad (value 1: yes).",
     "राष्ट्रीय मोबाइल नंबर अंतरराष्ट्रीय ट्रंक से आया है और यह ज्ञात नहीं कि वह विदेश में था या नहीं "
     "(मान 1: हाँ)।"},
    "spoofed_national",
    test,
    "roaming_state"};

}  // namespace sendh::detect
