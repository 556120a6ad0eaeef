// A question before something that is not lightly undone: "… Go on? [y/N]" on standard error, answered on a
// terminal. --yes answers it for scripts; without a terminal and without --yes nothing is done.
//
// Faults: usage (nobody was there to ask; says what to do), interrupted (no, or anything but y and yes).
// Thread rule: the main thread.
#pragma once

#include <string>

#include "cli/command.h"

namespace sendh::cli {

// Done when it was confirmed. what: "12 joined, 3 left", or a question. to_do: what a script has to do.
[[nodiscard]] Done confirm(const Invocation& call, const std::string& what,
                           const std::string& to_do = "run it again with --yes");

}  // namespace sendh::cli
