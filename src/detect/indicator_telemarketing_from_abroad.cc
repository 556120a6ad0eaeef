#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    return yes_if(direct_from_abroad(call, NumberClass::telemarketing));
}

}  // namespace

const Rule telemarketing_from_abroad{
    {"telemarketing_from_abroad", Speaks::fake,
     "A telemarketing number (140) comes in on an international trunk without redirection (value 1: "
     "yes).",
     "टेलीमार्केटिंग नंबर (140) बिना रीडायरेक्शन के अंतरराष्ट्रीय ट्रंक से आया है (मान 1: हाँ)।"},
    "service_series",
    test};

}  // namespace sendh::detect
