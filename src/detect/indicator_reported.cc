#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    return yes_if(call.complaint != nullptr);
}

}  // namespace

const Rule reported{{"reported", Speaks::fake,
                     "The person called reports the call as fake and says nothing more (value 1: yes).",
                     "जिसे कॉल आई उसने इसे फ़र्ज़ी बताया, और कुछ नहीं कहा (मान 1: हाँ)।"},
                    "reported",
                    test};

}  // namespace sendh::detect
