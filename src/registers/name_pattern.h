// How addresses of mail and names of accounts are made from a person's name: "asha.verma2@dept.example" of
// "Smt. Asha Verma" is the first word, a dot, the last word and one digit.
//
// Thread rule: values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sendh {

struct NamePattern {
    struct Part {
        enum class Kind : std::uint8_t { word, initial, text } kind = Kind::text;
        int index = 0;     // of the word; -1: the last, where there are several
        std::string text;  // separators and digits, as they stood
    };
    std::vector<Part> parts;
    std::string rest;  // from the '@' on

    // Nothing where the name has too few words for it.
    [[nodiscard]] std::optional<std::string> made_of(std::string_view name) const;
};

// Nothing where the account does not come from the name: a whole word of it, at least, must be in it.
[[nodiscard]] std::optional<NamePattern> pattern_of(std::string_view account, std::string_view name);

}  // namespace sendh
