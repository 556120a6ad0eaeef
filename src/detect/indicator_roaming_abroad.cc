#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    if (!direct_from_abroad(call, NumberClass::mobile)) return std::nullopt;
    const bool known = call.roaming != nullptr && call.time != Micros{};
    const RoamState state = known ? call.roaming->state(call.cli, call.time) : RoamState::unknown;
    return yes_if(state == RoamState::abroad);
}

}  // namespace

const Rule roaming_abroad{
    {"roaming_abroad", Speaks::innocent,
     "The national mobile number on the international trunk was abroad at that time (value 1: yes).",
     "अंतरराष्ट्रीय ट्रंक से आया राष्ट्रीय मोबाइल नंबर उस समय विदेश में था (मान 1: हाँ)।"},
    "",
    test};

}  // namespace sendh::detect
