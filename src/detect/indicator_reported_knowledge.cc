#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    if (call.complaint == nullptr) return std::nullopt;
    int known = 0;
    for (const auto& knew :
         {call.complaint->knew_name, call.complaint->knew_designation, call.complaint->knew_department}) {
        if (knew.value_or(false)) ++known;
    }
    return known > 0 ? std::optional<Measure>(Measure{double(known), 1}) : std::nullopt;
}

}  // namespace

const Rule reported_knowledge{
    {"reported_knowledge", Speaks::fake,
     "The person called reports that the caller knew name, designation or department (value: how many "
     "of the three).",
     "जिसे कॉल आई उसने बताया कि कॉल करने वाला नाम, पद या विभाग जानता था (मान: तीन में से कितने)।"},
    "reported",
    test};

}  // namespace sendh::detect
