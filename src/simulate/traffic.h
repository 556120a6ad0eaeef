// The calls of a made-up world, as an international gateway records them: ordinary traffic, an unrelated
// one-ring nuisance on a trunk of its own, and the campaign. In time order.
//
// Thread rule: values.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "simulate/people.h"
#include "simulate/random.h"
#include "simulate/world.h"

namespace sendh::simulate {

struct TrunkLine {
    std::string_view name, carrier, ingress;
};
inline constexpr std::array<TrunkLine, 9> kTrunks = {{{"INT-01", "Carrier Meridian", "international"},
                                                      {"INT-02", "Carrier Bluewater", "international"},
                                                      {"INT-03", "Carrier Longhaul", "international"},
                                                      {"INT-04", "Carrier Eastgate", "international"},
                                                      {"DOM-01", "Operator North", "domestic"},
                                                      {"DOM-02", "Operator West", "domestic"},
                                                      {"DOM-03", "Operator South", "domestic"},
                                                      {"OWN-01", "Own Network", "own"},
                                                      {"OWN-02", "Own Network", "own"}}};

enum class Sort : std::uint8_t { ordinary, campaign, nuisance };

struct Record {
    std::int64_t second = 0;     // since 1970, UTC
    std::uint32_t sequence = 0;  // of making; settles ties
    std::uint64_t cli = 0;       // digits as presented
    std::uint64_t callee = 0;
    std::uint16_t duration = 0;
    std::uint8_t trunk_in = 0, trunk_out = 0;  // kTrunks
    std::uint8_t country = 0;                  // country_name
    bool plus = false;                         // presented with a +
    bool outgoing = false;
    Sort sort = Sort::ordinary;
};
[[nodiscard]] std::string_view country_name(std::uint8_t country);

struct Stay {
    std::uint64_t number = 0;
    std::int64_t from = 0, to = 0;  // seconds since 1970
};

struct Traffic {
    std::vector<Record> calls;
    std::vector<Stay> roaming;  // every Indian subscriber abroad in the time of the records
    std::vector<std::uint64_t>
        campaign_hits;           // issued numbers that the campaign called, in order of first call
    std::uint64_t unissued = 0;  // numbers that it dialled and that nobody has
    // By list that leaked_list dials (the register is one): numbers dialled because they stand in it.
    std::vector<std::uint64_t> by_list;
    std::uint64_t storms = 0;  // seconds in which it began calls to several numbers at once
};

// lists: what leaked_list dials; none: the register as of the snapshot.
[[nodiscard]] Traffic make_traffic(const WorldSettings& settings, const People& people,
                                   const std::vector<std::vector<std::uint64_t>>& lists, Random& random);

}  // namespace sendh::simulate
