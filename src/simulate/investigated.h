// A made-up world put through the system: its files imported into a new case, detected and investigated by
// the same steps an officer takes. For the demo and for benchmarks of the whole way.
//
// Thread rule: one call, one thread.
#pragma once

#include <filesystem>
#include <string>

#include "casework/finding.h"
#include "simulate/world.h"

namespace sendh::simulate {

struct Investigated {
    WorldTruth truth;
    Finding finding;
    std::filesystem::path case_folder;
};

// folder/files and folder/case are made; folder must not hold them.
[[nodiscard]] Result<Investigated> investigate_world(const WorldSettings& settings,
                                                     const std::filesystem::path& folder,
                                                     const std::string& case_name);

}  // namespace sendh::simulate
