// What the data says about trunks: for a person to check with the operator, never taken over.
//
// Thread rule: one case, one thread.
#pragma once

#include <string>
#include <vector>

#include "casework/case.h"

namespace sendh {

struct TrunkSuggestion {
    CallStore::TrunkTraffic traffic;
    std::string in_map;  // ingress in the map; "" if the map does not know the trunk
    Ingress suggestion = Ingress::unknown;
    std::string reason;  // a sentence
};

// Trunks that are not in the map, and those whose entry the data contradict; most calls first.
[[nodiscard]] Result<std::vector<TrunkSuggestion>> suggest_trunks(Case& c);

}  // namespace sendh
