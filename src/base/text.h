// Text as it arrives from strangers: UTF-8 checks, trimming, the loose comparison of column names, and the
// mask that every piece of input must pass before it may stand in a message.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
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

}  // namespace sendh
