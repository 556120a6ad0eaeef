// Reads metadata.max.json of the npm package libphonenumber-js (its metadata format 4) into a PlanSource.
// Not in that file: lengths that can be dialled within an area only. Such numbers come out as too short.
//
// Faults: input (not JSON, or another format).
// Thread rule: pure.
#pragma once

#include <string_view>

#include "base/result.h"
#include "numbering/plan_source.h"

namespace sendh {

// version: of the package; what `sendh --version` says.
[[nodiscard]] Result<PlanSource> plan_source_from_json(std::string_view json, std::string_view version);

}  // namespace sendh
