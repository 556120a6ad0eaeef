// Label: the name of a piece of equipment (a trunk group) as it may lie in the case in clear. What looks like
// a phone number in it is masked; where that changed the name, eight letters of a keyed hash of the whole
// name keep it apart from others that look alike: "41•••67#bdkfapcm".
//
// The same name gives the same label whatever its case and outer space, but for the letters it is shown in.
// Thread rule: a pure function.
#pragma once

#include <string>
#include <string_view>

#include "crypto/key_ring.h"

namespace sendh {

[[nodiscard]] std::string label_of(const Key256& row_key, std::string_view name);

}  // namespace sendh
