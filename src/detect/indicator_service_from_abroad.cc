#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    return yes_if(direct_from_abroad(call, NumberClass::service));
}

}  // namespace

const Rule service_from_abroad{
    {"service_from_abroad", Speaks::fake,
     "A service number of banks or government (1600) comes in on an international trunk without "
     "redirection (value 1: yes).",
     "बैंक या सरकार का सेवा नंबर (1600) बिना रीडायरेक्शन के अंतरराष्ट्रीय ट्रंक से आया है (मान 1: "
     "हाँ)।"},
    "service_series",
    test};

}  // namespace sendh::detect
