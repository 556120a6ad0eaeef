#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    return yes_if(call.complaint != nullptr && !call.complaint->link.empty());
}

}  // namespace

const Rule reported_link{
    {"reported_link", Speaks::fake, "The person called reports a link that was sent or named (value 1: yes).",
     "जिसे कॉल आई उसने भेजे या बताए गए लिंक की सूचना दी (मान 1: हाँ)।"},
    "reported",
    test};

}  // namespace sendh::detect
