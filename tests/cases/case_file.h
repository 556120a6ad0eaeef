// The text of a behaviour test, taken apart: what README.md in this folder describes.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cases {

// One line that says something, with the `|` lines below it already turned into bytes.
struct Step {
    std::size_t line = 0;
    std::vector<std::string> words;  // the first words; quotes removed
    std::string rest;                // everything after the first word
    bool has_block = false;
    std::string block;  // lines joined with \n, each ended by one
};

struct CaseFile {
    std::string promise;
    std::vector<Step> steps;
};

struct Malformed : std::runtime_error {
    Malformed(std::size_t at, const std::string& what) : std::runtime_error(what), line(at) {}
    std::size_t line;
};

// Both throw Malformed.
[[nodiscard]] CaseFile parse(std::string_view text);
// Applies the options of a `file` line (crlf, bom, latin1, utf16, open) to its block.
[[nodiscard]] std::string encoded(const Step& step, const std::vector<std::string>& options);

// "abc" in double quotes with escapes becomes abc; anything else stays as it is.
[[nodiscard]] std::string unquoted(std::string_view text, std::size_t line);
// The text after the first `count` words, without spaces around it.
[[nodiscard]] std::string after_words(std::string_view text, std::size_t count);

}  // namespace cases
