#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    return yes_if(direct_from_abroad(call, NumberClass::short_code));
}

}  // namespace

const Rule short_code_from_abroad{
    {"short_code_from_abroad", Speaks::fake,
     "A short code comes in on an international trunk without redirection (value 1: yes).",
     "शॉर्ट कोड बिना रीडायरेक्शन के अंतरराष्ट्रीय ट्रंक से आया है (मान 1: हाँ)।"},
    "service_series",
    test};

}  // namespace sendh::detect
