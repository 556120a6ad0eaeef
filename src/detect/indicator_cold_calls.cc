#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings& settings) {
    if (call.cli_class != NumberClass::foreign || call.stats == nullptr) return std::nullopt;
    const CliStats& stats = *call.stats;
    if (!at_least(stats.callees, settings.cold_calls)) return std::nullopt;
    if (stats.share() < settings.fan_out_share || is_warm(stats, settings)) return std::nullopt;
    if (!ends_known(stats.ends, stats.calls)) return std::nullopt;
    if (!talks_little(call, settings)) return std::nullopt;
    return Measure{double(stats.callees), double(settings.cold_calls)};
}

}  // namespace

const Rule cold_calls{
    {"cold_calls", Speaks::fake,
     "A CLI from abroad calls different people over any time, nobody is called twice or calls back, "
     "and hardly anybody talks (value: different callees).",
     "विदेश से आई CLI समय के साथ अलग-अलग लोगों को कॉल करती है; न कोई दुबारा बुलाया गया, न किसी ने वापस "
     "कॉल किया, और बात शायद ही होती है (मान: अलग नंबर)।"},
    "fan_out",
    test,
    /*needs=*/"",
    /*profile=*/true};

}  // namespace sendh::detect
