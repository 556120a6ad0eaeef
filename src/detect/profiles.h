// What the first pass leaves behind: numbers about the CLIs, ranges and callees that some rule speaks about.
// Private to the room.
//
// Thread rule: immutable once ProfileBuilder::finish() has made it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/phone_number.h"
#include "base/time.h"
#include "detect/flat_map.h"

namespace sendh::detect {

// How the calls of a CLI or a range ended.
struct Outcomes {
    std::uint32_t brief = 0;  // not answered, or shorter than Settings::brief_seconds
    std::uint32_t talks = 0;  // up to long_seconds
    std::uint32_t long_talks = 0;

    [[nodiscard]] std::uint32_t known() const { return brief + talks + long_talks; }
    // Share of the brief calls where a long talk weighs twice: 1 when all are brief. 0 when nothing is known.
    [[nodiscard]] double brief_weight() const {
        const double all = double(brief) + double(talks) + 2.0 * double(long_talks);
        return all > 0 ? double(brief) / all : 0.0;
    }
    [[nodiscard]] double brief_share() const { return known() > 0 ? double(brief) / double(known()) : 0.0; }
};

// The outgoing calls of a foreign CLI, or of any CLI on international trunks.
struct CliStats {
    std::uint32_t calls = 0;
    std::uint32_t callees = 0;      // distinct
    std::uint32_t day_callees = 0;  // most distinct callees within 24 h
    std::uint32_t days = 0;         // active
    bool foreign = false;           // its class
    std::uint32_t called_back = 0;  // callees that called this CLI too and were answered
    Outcomes ends;

    [[nodiscard]] double share() const { return calls > 0 ? double(callees) / double(calls) : 0.0; }
    [[nodiscard]] double call_back_share() const {
        return callees > 0 ? double(called_back) / double(callees) : 0.0;
    }
};

// The foreign CLIs that differ in their last three digits only. "Cold": a CLI that neither redials nor is
// called back (see is_warm).
struct RangeStats {
    std::uint32_t calls = 0;  // of all CLIs
    std::uint32_t cold_calls = 0;
    std::uint32_t cold_callees = 0;  // distinct for each CLI, then added up
    std::uint32_t cold_clis = 0;
    Outcomes ends;  // of the cold calls
};
[[nodiscard]] constexpr std::uint64_t range_of(PhoneNumber cli) { return unveil(cli) / 1000; }

// Many CLIs to one callee within seconds.
struct Flood {
    PhoneNumber callee;
    Micros from, to;  // inclusive
    std::uint32_t clis = 0;
};

class Profiles {
public:
    [[nodiscard]] const CliStats* cli(PhoneNumber number) const { return clis.find(unveil(number)); }
    // Of a cold CLI in a range that a rule speaks about.
    [[nodiscard]] const RangeStats* range(PhoneNumber number) const;
    [[nodiscard]] const Flood* flood(PhoneNumber callee, Micros time) const;

    double usual_brief = 0;  // see CallView
    FlatMap<CliStats> clis;
    FlatMap<RangeStats> ranges;
    std::vector<PhoneNumber> cleared;  // CLIs in these ranges that are warm or talk, sorted
    std::vector<Flood> floods;         // sorted by callee, then time; of one callee they do not overlap
};

}  // namespace sendh::detect
