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

// folder/files and folder/case are made, folder/copies too where settings.copies > 0; folder must not hold
// them. Copies go to as many made-up offices, as of a month before the calls. Where the habit is leaked_list,
// settings.leaked_copies of them are what the callers dial; with any other they are innocent. Marks come from
// the case's own random key, so the calls to copies are others each time.
[[nodiscard]] Result<Investigated> investigate_world(const WorldSettings& settings,
                                                     const std::filesystem::path& folder,
                                                     const std::string& case_name);

}  // namespace sendh::simulate
