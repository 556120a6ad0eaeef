#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    const bool national = call.cli_class >= NumberClass::mobile && call.cli_class <= NumberClass::short_code;
    return yes_if(national && call.ingress == Ingress::international && !call.redirect.is_none());
}

}  // namespace

const Rule national_redirected{
    {"national_redirected", Speaks::undecidable,
     "A national number comes in on an international trunk by redirection, which may bring an honest "
     "call home from abroad (value 1: yes).",
     "राष्ट्रीय नंबर रीडायरेक्शन के साथ अंतरराष्ट्रीय ट्रंक से आया है; ऐसे में सच्ची कॉल भी विदेश होकर "
     "लौट सकती है (मान 1: हाँ)।"},
    "spoofed_national",
    test,
    "redirection"};

}  // namespace sendh::detect
