// The compiled list of first operators: one block of bytes, little-endian, used where it lies.
//
//   Header
//   uint64[pieces]      where a piece begins, left-aligned (series_table.h), ascending; it ends at the next
//   uint16[pieces]      its name; 0 none
//   uint32[names + 1]   where a name begins in the text; names count from 1
//   char[text]          the names, one after the other
#pragma once

#include <cstdint>

namespace sendh::operator_tables {

inline constexpr std::uint64_t operators_magic = 0x7273706F'686E6573;  // "senhopsr"

struct Header {
    std::uint64_t magic;
    char version[48];  // of the list, zero-terminated
    std::uint32_t pieces, names, text, reserved;
};
static_assert(sizeof(Header) == 72);

}  // namespace sendh::operator_tables
