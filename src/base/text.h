// Text as it arrives from strangers: UTF-8 checks, trimming, the loose comparison of column names, and the
// mask that every piece of input must pass before it may stand in a message.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sendh {

[[nodiscard]] std::string_view trim(
    std::string_view text);  // ASCII white space and NBSP (UTF-8) at both ends
[[nodiscard]] std::string lower_ascii(std::string_view text);

// Byte position of the first byte that is not well-formed UTF-8 (RFC 3629); nothing when all is well.
[[nodiscard]] std::optional<std::size_t> first_bad_utf8(std::string_view text);

// Latin-1 (ISO 8859-1) bytes as UTF-8.
[[nodiscard]] std::string utf8_from_latin1(std::string_view text);

// A column name without case, spaces and punctuation: "Target /A PARTY NUMBER" -> "targetapartynumber".
// Letters of other scripts are kept as they are.
[[nodiscard]] std::string column_key(std::string_view name);

// The same text with every run of 7 or more digits (of any Indian script; spaces, dashes, dots, brackets
// between them allowed, however many) masked in its middle; for file names, cell texts and anything else that
// goes into a message, the catalogue or a report. Dates and times as ISO writes them pass.
[[nodiscard]] std::string without_numbers(std::string_view text);

// A decimal integer and nothing else (one leading '-' allowed).
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);
[[nodiscard]] std::optional<double> parse_double(std::string_view text);

// yes/no, true/false, 1/0, y/n, haan/nahin (हाँ/नहीं); nothing when it is none of them.
[[nodiscard]] std::optional<bool> parse_yes_no(std::string_view text);

// The candidate nearest to word by edit distance (two letters swapped are one slip), when near enough to be a
// slip of the hand; else "".
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

// 1234567 -> "1,234,567".
[[nodiscard]] std::string grouped(std::uint64_t value);

// a == b for short texts that are mostly equal: names and dates that come again row after row. In place,
// where the library would call memcmp.
[[nodiscard]] inline bool same_short(std::string_view a, std::string_view b) {
    const std::size_t n = a.size();
    if (n != b.size()) return false;
    const auto differ = [&]<class Word>(std::size_t at, Word) {
        Word x = 0;
        Word y = 0;
        std::memcpy(&x, a.data() + at, sizeof x);
        std::memcpy(&y, b.data() + at, sizeof y);
        return static_cast<std::uint64_t>(x ^ y);
    };
    if (n >= 8) {
        std::uint64_t sum = differ(n - 8, std::uint64_t{});
        for (std::size_t i = 0; i + 8 < n; i += 8) sum |= differ(i, std::uint64_t{});
        return sum == 0;
    }
    if (n >= 4) return (differ(0, std::uint32_t{}) | differ(n - 4, std::uint32_t{})) == 0;
    for (std::size_t i = 0; i < n; ++i) {
        if (a[i] != b[i]) return false;
    }
    return true;
}

}  // namespace sendh
