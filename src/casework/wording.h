// The sentences of a finding, in English and Hindi: one table, a row a code. And numbers as an officer reads
// them. Hindi groups digits the Indian way (12,34,567) and counts in lakh and crore; digits are 0-9 in both.
//
// To add a sentence: add a row to the table in wording.cc; a test holds both languages to the same values.
// Thread rule: pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "casework/finding.h"

namespace sendh {

struct Sentence {
    std::string_view code;
    // One letter for each of Statement::numbers, in order: c a count; r a ratio; and from a base-10
    // logarithm: n the N of "once in N", e a weight, g the weight of the opposite side, w "3 times better"
    // (or worse).
    std::string_view kinds;
    int names = 0;  // of Statement::names, numbered after the numbers
    std::string_view english;
    std::string_view hindi;
};
[[nodiscard]] std::span<const Sentence> sentences();

[[nodiscard]] std::string spoken_count(std::uint64_t count, Language language);
// Two or three significant digits.
[[nodiscard]] std::string spoken_ratio(double ratio, Language language);
// The N of "at most once in N", rounded down to two digits: "47,000", "12 million", "10^24"; at least 1.
[[nodiscard]] std::string spoken_chance(double log10_n, Language language);
// Names that the system gives ("range sweep") in the language; others as they are.
[[nodiscard]] std::string spoken_name(std::string_view name, Language language);

}  // namespace sendh
