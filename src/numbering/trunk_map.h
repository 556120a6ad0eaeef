// Where a call entered the network, by the trunk group it came in on; and who was abroad when. Both are
// told by the operator and never guessed from the numbers they are used to judge.
//
// Thread rule: immutable once filled; share freely.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/phone_number.h"
#include "base/time.h"

namespace sendh {

enum class Ingress : std::uint8_t { unknown, international, domestic, own };
inline constexpr int ingress_kinds = 4;
[[nodiscard]] std::string_view name_of(Ingress ingress);
// "international", "intl", "ild", "domestic", "national", "nld", "own", "internal"; nothing otherwise.
[[nodiscard]] std::optional<Ingress> parse_ingress(std::string_view text);

struct Trunk {
    std::string name;
    std::string carrier;
    Ingress ingress = Ingress::unknown;
};

class TrunkMap {
public:
    void add(Trunk trunk);                                         // the later of two with one name holds
    [[nodiscard]] const Trunk* find(std::string_view name) const;  // names match without case and outer space
    [[nodiscard]] bool empty() const { return trunks_.empty(); }

private:
    std::unordered_map<std::string, Trunk> trunks_;
};

// What the CLIs on one trunk are: distinct ones, by kind.
struct TrunkHabit {
    std::uint64_t clis = 0;      // presented
    std::uint64_t foreign = 0;   // also of no country's plan
    std::uint64_t national = 0;  // also malformed
    std::uint64_t other = 0;     // extensions, short codes, texts
};
// What a trunk with these CLIs probably is: international when 95 % are foreign, own when 95 % are extensions
// and short codes; unknown else, and with fewer than 20 CLIs. Never domestic: a trunk full of national CLIs
// may be an international one full of spoofed ones.
[[nodiscard]] Ingress suggest_ingress(const TrunkHabit& habit);

enum class RoamState : std::uint8_t { unknown, home, abroad };

struct RoamInterval {
    PhoneNumber number;
    Micros from;
    Micros to;  // exclusive
};

// Who was abroad. A table that is complete for its span answers `home` for everybody it does not list in
// that span; a partial one answers `unknown`.
class RoamingTable {
public:
    // complete: the table lists everybody who was abroad between from and to.
    void add(const std::vector<RoamInterval>& intervals, bool complete, Micros from, Micros to);
    [[nodiscard]] RoamState state(PhoneNumber number, Micros at) const;

private:
    struct Span {
        Micros from, to;
    };
    std::unordered_map<PhoneNumber, std::vector<RoamInterval>> intervals_;
    std::vector<Span> complete_;
};

}  // namespace sendh
