#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    return yes_if(direct_from_abroad(call, NumberClass::toll_free));
}

}  // namespace

const Rule toll_free_from_abroad{
    {"toll_free_from_abroad", Speaks::fake,
     "A toll-free number (1800, 1860) comes in on an international trunk without redirection (value 1: "
     "yes).",
     "टोल-फ़्री नंबर (1800, 1860) बिना रीडायरेक्शन के अंतरराष्ट्रीय ट्रंक से आया है (मान 1: हाँ)।"},
    "service_series",
    test};

}  // namespace sendh::detect
