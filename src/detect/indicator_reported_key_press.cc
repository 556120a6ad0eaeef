#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    return yes_if(call.complaint != nullptr && call.complaint->asked_to_press_key.value_or(false));
}

}  // namespace

const Rule reported_key_press{{"reported_key_press", Speaks::fake,
                               "The person called reports having been asked to press a key (value 1: yes).",
                               "जिसे कॉल आई उसने बताया कि कोई बटन दबाने को कहा गया (मान 1: हाँ)।"},
                              "reported",
                              test};

}  // namespace sendh::detect
