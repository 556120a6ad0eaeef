// Waiting for something to change, and looking again when it did.
//
// Thread rule: one thread.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace sendh::cli {

// state(): what tells, from outside, that something changed. look(): Result<bool>, false when it could not
// look now. wait(): false ends it.
//
// What counts as seen is the state from before a look: whatever changed during it or right after it is looked
// at next time, at the cost of a look more after one that changes the state itself.
template <class State, class Look, class Wait>
[[nodiscard]] Done look_at_changes(State state, Look look, Wait wait) {
    std::string seen;
    do {
        std::string now = state();
        if (now == seen) continue;
        SENDH_TRY(const bool looked, look());
        if (looked) seen = std::move(now);
    } while (wait());
    return done();
}

}  // namespace sendh::cli
