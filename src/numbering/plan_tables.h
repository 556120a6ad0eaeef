// The compiled numbering plan: one block of bytes, little-endian, that is used where it lies.
//
//   Header
//   Node[nodes]            the automaton over digits; node 0 is dead
//   Territory[territories]
//   CallingCode[codes]
//   uint16[1000]           calling code by the first three digits: index + 1, 0 none
//   Action[actions]        what a national or international prefix does; action 0 does nothing
//   char[16][literals]     digits that a transform rule puts in front
//   uint16[states][text_classes]  the automaton over reversed text that finds extensions; state 0 is dead;
//                          the top bit marks states in which an extension is complete
//
// One node store holds every language, with equal parts shared. What a node's label means depends on the root
// that the walk began at:
//   type root of a calling code   territory + 1 in bits 8..23, type + 1 in bits 0..7 (type 0: not valid)
//   general root of a territory   1: matches the territory's general description
//   prefix roots                  bits 0..15: action if the prefix ends here; 16..31: if the number does, too
//
// A change of anything here is a change of plan_format.
#pragma once

#include <cstdint>

namespace sendh::plan_tables {

inline constexpr std::uint32_t plan_format = 1;
inline constexpr std::uint64_t plan_magic = 0x6E616C70'686E6573;  // "senhplan"

struct Header {
    std::uint64_t magic;
    std::uint32_t format;
    std::uint32_t bytes;  // of all
    char version[48];     // of the metadata, zero-terminated
    std::uint32_t nodes, territories, codes, actions, literals, text_states;
    std::uint32_t text_start, text_classes;
};

struct Node {
    std::uint16_t next[10];
    std::uint16_t label_low, label_high;
};
static_assert(sizeof(Node) == 24);

struct Territory {
    char id[4];
    std::uint16_t code;        // calling code as a number
    std::uint16_t code_index;  // into CallingCode
    std::uint16_t general_root, national_prefix_root, international_prefix_root;
    std::uint16_t reserved;
    std::uint32_t lengths;        // bit n: n digits are possible
    std::uint32_t local_lengths;  // bit n: possible within an area
};
static_assert(sizeof(Territory) == 24);

struct CallingCode {
    std::uint16_t code;
    std::uint16_t main_territory;
    std::uint16_t type_root;
    std::uint16_t only_territory;              // + 1 when the code has just one
    std::uint32_t lengths_by_first_digit[10];  // bit n: there are valid numbers of n digits beginning so
};
static_assert(sizeof(CallingCode) == 48);

// prefix: take `consumed` digits away; then put literal and the captured digits in front.
struct Action {
    std::uint8_t consumed, captured_from, captured, literal;
};

}  // namespace sendh::plan_tables
