#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings& settings) {
    if (call.stats == nullptr) return std::nullopt;
    const CliStats& stats = *call.stats;
    if (!at_least(stats.calls, settings.cold_calls)) return std::nullopt;
    if (stats.call_back_share() < settings.call_back_share) return std::nullopt;
    return Measure{stats.call_back_share(), settings.call_back_share};
}

}  // namespace

const Rule called_back{
    {"called_back", Speaks::innocent,
     "People whom this CLI calls also call it, and are answered (value: their share of its callees).",
     "जिन्हें यह CLI कॉल करती है वे भी इसे कॉल करते हैं और उत्तर पाते हैं (मान: बुलाए गए लोगों में "
     "उनका अंश)।"},
    "",
    test};

}  // namespace sendh::detect
