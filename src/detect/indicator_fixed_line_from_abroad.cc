#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    return yes_if(direct_from_abroad(call, NumberClass::fixed));
}

}  // namespace

const Rule fixed_line_from_abroad{
    {"fixed_line_from_abroad", Speaks::fake,
     "A national fixed line, which cannot roam, comes in on an international trunk without redirection "
     "(value 1: yes).",
     "राष्ट्रीय लैंडलाइन, जो रोमिंग नहीं कर सकती, बिना रीडायरेक्शन के अंतरराष्ट्रीय ट्रंक से आई है "
     "(मान 1: हाँ)।"},
    "spoofed_national",
    test};

}  // namespace sendh::detect
