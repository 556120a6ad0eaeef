#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings& settings) {
    if (call.cli_class != NumberClass::foreign || call.stats == nullptr) return std::nullopt;
    const CliStats& stats = *call.stats;
    if (!at_least(stats.day_callees, settings.one_ring_callees_a_day + 1)) return std::nullopt;
    if (!ends_known(stats.ends, stats.calls)) return std::nullopt;
    if (stats.ends.brief_share() < settings.one_ring_brief_share) return std::nullopt;
    return Measure{double(stats.day_callees), double(settings.one_ring_callees_a_day)};
}

}  // namespace

const Rule one_ring{
    {"one_ring", Speaks::fake,
     "A foreign CLI rings many different people within 24 hours, mostly without an answer or only "
     "briefly (value: most different callees in 24 hours).",
     "विदेशी CLI 24 घंटे में बहुत-से अलग लोगों को घंटी देती है, ज़्यादातर बिना उत्तर या बहुत छोटी कॉल "
     "(मान: 24 घंटे में सबसे अधिक अलग नंबर)।"},
    "one_ring",
    test,
    /*needs=*/"",
    /*profile=*/true,
    /*survives_call_backs=*/true};

}  // namespace sendh::detect
