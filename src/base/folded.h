// A name as it is compared when people may have written it in several ways: "State  Police", "STATE POLICE"
// and "Ｓtate Police" are one.
//
// Form: Unicode's NFKC_Casefold (Unicode Standard, 3.13, D146 and UAX #15, by utf8proc), which takes away
// case, compatibility forms and characters that show nothing; then each run of white space as one space, none
// at the ends. Text that is not UTF-8 is read as Latin-1. Signs and accents stay: they tell names apart.
//
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sendh {

[[nodiscard]] std::string folded_name(std::string_view name);

// Of these names the one that is so near to `name` that it may be meant, though it is not the same (folded);
// else "". Names that differ in a number or a single letter alone ("Unit 1", "Unit 2") are meant to differ.
[[nodiscard]] std::string likely_same(std::string_view name, const std::vector<std::string>& names);

}  // namespace sendh
