// What the imports of lists and of tables share. Private to this room.
//
// Thread rule: pure functions.
#pragma once

#include "casework/case.h"

namespace sendh {

inline constexpr const char* untouched = "the case is as it was";

// The same file given twice would count its rows twice. Fault (usage) when the case has it.
[[nodiscard]] inline Done refuse_again(Case& c, const FileRecord& record) {
    SENDH_TRY(const auto known, c.catalogue().file_by_sha(record.kind, record.sha256));
    if (!known) return done();
    return Fault{FaultKind::usage, "this file is in the case already as " + record.kind, record.name,
                 "nothing to do; " + std::string(untouched)};
}

}  // namespace sendh
