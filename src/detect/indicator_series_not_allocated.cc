#include "detect/indicator.h"

namespace sendh::detect {

namespace {

constexpr double micros_a_day = 86'400e6;

// value: days from the table's date to the call. A series may be given out after the table was made.
std::optional<Measure> test(const CallView& call, const Settings& settings) {
    if (call.series == nullptr || call.time == Micros{} || !from_outside(call)) return std::nullopt;
    const SeriesAnswer answer = call.series->find(call.cli);
    if (answer.allocation != Allocation::not_allocated) return std::nullopt;
    const double age = double(call.time.value - answer.as_of->value) / micros_a_day;
    if (age > settings.series_fresh_days) return std::nullopt;
    return Measure{age < 0 ? 0 : age, settings.series_fresh_days};
}

}  // namespace

const Rule series_not_allocated{
    {"series_not_allocated", Speaks::fake,
     "The CLI is of a number series that was not allocated, by a table from about the time of the call "
     "(value: "
     "days the table is older than the call).",
     "CLI उस नंबर सीरीज़ की है जो कॉल के समय के आसपास की सूची के अनुसार किसी को आवंटित नहीं थी (मान: सूची कॉल से कितने "
     "दिन पुरानी है)।"},
    "malformed",
    test};

}  // namespace sendh::detect
