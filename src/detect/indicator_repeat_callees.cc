#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings& settings) {
    if (call.stats == nullptr) return std::nullopt;
    const CliStats& stats = *call.stats;
    if (!at_least(stats.calls, settings.exonerate_calls)) return std::nullopt;
    if (stats.share() >= settings.exonerate_share) return std::nullopt;
    return Measure{stats.share(), settings.exonerate_share};
}

}  // namespace

const Rule repeat_callees{
    {"repeat_callees", Speaks::innocent,
     "The CLI calls the same people again and again (value: different callees as a share of calls).",
     "यह CLI बार-बार उन्हीं लोगों को कॉल करती है (मान: कॉलों में अलग नंबरों का अंश)।"},
    "",
    test};

}  // namespace sendh::detect
