#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    return yes_if(call.complaint != nullptr && call.complaint->threat.value_or(false));
}

}  // namespace

const Rule reported_threat{
    {"reported_threat", Speaks::fake, "The person called reports a threat (value 1: yes).",
     "जिसे कॉल आई उसने धमकी की सूचना दी (मान 1: हाँ)।"},
    "reported",
    test};

}  // namespace sendh::detect
