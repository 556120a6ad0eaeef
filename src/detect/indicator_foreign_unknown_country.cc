#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    return yes_if(call.cli_class == NumberClass::foreign_unknown && from_outside(call));
}

}  // namespace

const Rule foreign_unknown_country{{"foreign_unknown_country", Speaks::fake,
                                    "The CLI starts with a country code that does not exist (value 1: yes).",
                                    "CLI ऐसे देश-कोड से शुरू होती है जो है ही नहीं (मान 1: हाँ)।"},
                                   "malformed",
                                   test};

}  // namespace sendh::detect
