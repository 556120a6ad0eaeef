// Pattern: a regular expression as metadata writes them, over an alphabet of at most 64 symbols, as a list of
// instructions with priorities (the first alternative, the longest repetition first: as the usual regular
// expression engines choose). Input of the plan compiler; never used at run time.
//
// Knows: literals, classes with ranges, \d, \p{Nd}, \t, escapes, (?:…), (…), |, ?, *, {m}, {m,n}, $.
// Thread rule: values.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sendh {

struct Pattern {
    enum class Op : std::uint8_t { set, split, save, end, match };
    struct Instruction {
        Op op;
        std::uint64_t symbols = 0;  // set
        int first = 0, second = 0;  // next; split: preferred and other; save: second is the slot
    };
    std::vector<Instruction> code;  // starts at 0
    int groups = 0;
    bool bounded = true;  // matches no text of unlimited length
};

// The symbols that a code point stands for, as a set.
using SymbolsOf = std::function<std::uint64_t(char32_t)>;

// Faults: input (something it does not know). backwards: matches the reversed texts.
[[nodiscard]] Result<Pattern> compile_pattern(std::string_view text, const SymbolsOf& symbols_of,
                                              std::uint64_t digits, bool backwards = false);
// Over the ten digits.
[[nodiscard]] Result<Pattern> compile_digit_pattern(std::string_view text);

}  // namespace sendh
