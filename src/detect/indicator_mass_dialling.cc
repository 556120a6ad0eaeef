#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings& settings) {
    if (call.cli_class != NumberClass::foreign || call.stats == nullptr) return std::nullopt;
    const CliStats& stats = *call.stats;
    if (!at_least(stats.day_callees, settings.one_ring_callees_a_day + 1)) return std::nullopt;
    if (stats.share() < settings.fan_out_share || is_warm(stats, settings)) return std::nullopt;
    return Measure{double(stats.day_callees), double(settings.one_ring_callees_a_day)};
}

}  // namespace

const Rule mass_dialling{{"mass_dialling", Speaks::fake,
                          "A foreign CLI calls very many different people within a day or a few, however "
                          "long they talk; hardly anybody is called "
                          "again or calls back (value: most different callees in 24 hours).",
                          "विदेशी CLI 24 घंटे में बहुत अधिक अलग-अलग लोगों को कॉल करती है, बात चाहे कितनी "
                          "भी लंबी हो; शायद ही किसी को दुबारा "
                          "कॉल की जाती है या कोई वापस कॉल करता है (मान: 24 घंटे में सबसे अधिक अलग नंबर)।"},
                         "fan_out",
                         test,
                         /*needs=*/"",
                         /*profile=*/true};

}  // namespace sendh::detect
