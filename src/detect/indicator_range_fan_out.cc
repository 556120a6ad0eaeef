#include <cmath>

#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings& settings) {
    if (call.range == nullptr) return std::nullopt;
    const RangeStats& range = *call.range;
    if (!at_least(range.cold_calls, settings.fan_out_calls)) return std::nullopt;
    if (!at_least(range.cold_clis, settings.range_clis)) return std::nullopt;
    if (double(range.cold_calls) < settings.range_cold_share * double(range.calls)) return std::nullopt;
    if (double(range.cold_callees) < settings.fan_out_share * double(range.cold_calls)) return std::nullopt;
    if (!ends_known(range.ends, range.cold_calls)) return std::nullopt;
    const double margin = settings.range_margin + settings.range_noise / std::sqrt(double(range.cold_calls));
    if (range.ends.brief_weight() < call.usual_brief + margin) return std::nullopt;
    return Measure{double(range.cold_calls), double(settings.fan_out_calls)};
}

}  // namespace

const Rule range_fan_out{
    {"range_fan_out", Speaks::fake,
     "CLIs that differ in their last three digits only take turns in calling different people, and "
     "hardly anybody talks (value: such calls of the range).",
     "केवल अंतिम तीन अंकों में भिन्न CLI बारी-बारी से अलग-अलग लोगों को कॉल करती हैं और बात शायद ही "
     "होती है (मान: इस शृंखला की ऐसी कॉलें)।"},
    "fan_out",
    test,
    /*needs=*/"",
    /*profile=*/true};

}  // namespace sendh::detect
