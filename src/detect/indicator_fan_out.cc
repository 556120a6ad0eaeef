#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings& settings) {
    if (call.stats == nullptr) return std::nullopt;
    const CliStats& stats = *call.stats;
    if (!at_least(stats.calls, settings.fan_out_calls)) return std::nullopt;
    if (stats.days > 0 && at_least(stats.days, settings.fan_out_days + 1)) return std::nullopt;
    if (stats.share() < settings.fan_out_share || is_warm(stats, settings)) return std::nullopt;
    // Businesses dial like this too, but they talk.
    if (ends_known(stats.ends, stats.calls) && !talks_little(call, settings)) return std::nullopt;
    return Measure{double(stats.calls), double(settings.fan_out_calls)};
}

}  // namespace

const Rule fan_out{
    {"fan_out", Speaks::fake,
     "A CLI from abroad works through different people in few days, nobody is called twice or calls "
     "back (value: calls).",
     "विदेश से आई CLI कुछ ही दिनों में अलग-अलग लोगों को कॉल करती है; न कोई दुबारा बुलाया गया, न किसी "
     "ने वापस कॉल किया (मान: कॉलें)।"},
    "fan_out",
    test,
    /*needs=*/"",
    /*profile=*/true};

}  // namespace sendh::detect
