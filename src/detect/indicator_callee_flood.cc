#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings& settings) {
    if (call.flood == nullptr) return std::nullopt;
    return Measure{double(call.flood->clis), double(settings.flood_clis)};
}

}  // namespace

const Rule callee_flood{
    {"callee_flood", Speaks::fake,
     "The callee gets calls of many different CLIs from abroad within a few seconds (value: different "
     "CLIs).",
     "एक ही नंबर पर कुछ सेकंड में विदेश से कई अलग CLI की कॉलें आती हैं (मान: अलग CLI)।"},
    "callee_flood",
    test,
    /*needs=*/"",
    /*profile=*/true};

}  // namespace sendh::detect
