// The rules of the house as functions over a tree of sources: who may include whom (floors.tsv), and where
// third-party headers may be used (headers.tsv). Knows nothing of the disk, so that the tests can hand it
// made-up trees and see it catch what it must.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace house {

struct Room {
    int floor = 0;
    std::set<std::string> never_reaches;
};
using Floors = std::map<std::string, Room, std::less<>>;

struct HeaderRule {
    std::string prefix;               // of what stands between the brackets
    std::string where;                // path prefix
    std::optional<std::size_t> most;  // files
    bool private_headers = false;
};

using Tree = std::map<std::string, std::string, std::less<>>;  // "src/room/thing.cc" -> text
using Faults = std::vector<std::string>;                       // "src/room/thing.cc:3: what is wrong"

// Both throw std::runtime_error for a line they do not understand.
[[nodiscard]] Floors read_floors(std::string_view tsv);
[[nodiscard]] std::vector<HeaderRule> read_headers(std::string_view tsv);

[[nodiscard]] Faults check_floors(const Floors& floors, const Tree& tree);
[[nodiscard]] Faults check_headers(const std::vector<HeaderRule>& rules, const Tree& tree);

// Traces of one particular machine, and hosts of package registries. `tree` is any set of files.
[[nodiscard]] Faults check_traces(const Tree& tree);

}  // namespace house
