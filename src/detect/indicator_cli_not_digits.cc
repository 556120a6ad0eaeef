#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    // In a report it may be the sender of an SMS, or what a person typed.
    return yes_if(call.cli_class == NumberClass::not_digits && call.complaint == nullptr &&
                  from_outside(call));
}

}  // namespace

const Rule cli_not_digits{
    {"cli_not_digits", Speaks::fake, "The CLI of a voice call holds letters or signs (value 1: yes).",
     "वॉइस कॉल की CLI में अक्षर या चिह्न हैं (मान 1: हाँ)।"},
    "malformed",
    test};

}  // namespace sendh::detect
