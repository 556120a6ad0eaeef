// HardRules: how many calls of a file break the rules that need nothing but the call itself and its trunk: no
// habits, no roaming state, no series, no report. Told while a file is imported, so that one sees at once
// what is in it; verdicts come from Judge, which knows the rest.
//
// A hard rule looks at the class of the CLI, the ingress and whether the call was redirected; each
// combination is tested once, by the rules themselves, and a call costs a table look-up.
//
// Thread rule: one object, one thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calls/call_batch.h"
#include "numbering/trunk_map.h"

namespace sendh::detect {

class HardRules {
public:
    // trunks must outlive it. label: under which name the map knows a trunk of a batch.
    HardRules(const TrunkMap& trunks, std::function<std::string(const std::string&)> label)
        : trunks_(trunks), label_(std::move(label)) {}

    void count(const CallBatch& calls, const NameTable& names);

    struct Broken {
        std::string_view code;  // of the rule
        std::uint64_t calls = 0;
    };
    // Rules that speak for a fake call, in the order of the table; those that nothing breaks are left out.
    [[nodiscard]] std::vector<Broken> broken() const;
    [[nodiscard]] std::uint64_t calls() const;  // that break at least one

private:
    static constexpr std::size_t kinds = std::size_t{number_classes} * 4 * 2;
    const TrunkMap& trunks_;
    std::function<std::string(const std::string&)> label_;
    std::array<std::uint64_t, kinds> counts_{};
};

}  // namespace sendh::detect
