#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::optional<Measure> test(const CallView& call, const Settings&) {
    return yes_if(call.cli_class == NumberClass::foreign_length && from_outside(call));
}

}  // namespace

const Rule foreign_bad_length{
    {"foreign_bad_length", Speaks::fake,
     "The CLI is foreign and its length is outside its country's numbering plan (value 1: yes).",
     "CLI विदेशी है और उसकी लंबाई उस देश की नंबर योजना से बाहर है (मान 1: हाँ)।"},
    "malformed",
    test};

}  // namespace sendh::detect
