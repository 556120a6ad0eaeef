// Changing the master key of a case, and what the catalogue keeps about its key.
//
// Life of a change:
//   1. One commit notes the id of the new key. After a crash the next step that writes removes what there is
//      of that key's file, and the note.
//   2. The new key's file is written beside the old one, protected alike. Every segment, file of
//      duplicates and of the calls of campaigns is written again under a new name, one at a time. Nothing in
//      the case names them yet: a crash leaves the case under the old key, and the next step that writes
//      removes them.
//   3. When nobody else has the case open, one commit changes every token and sealed text of the catalogue,
//      the names of these files, and the key that the case is under. Before it the case is under the old
//      key, after it under the new one.
//   4. case.toml gets the new id and fingerprint; the old key's file is renamed to <id>.key.old, or
//      overwritten and removed; the catalogue is written anew, so that nothing of the old key is left in it;
//      the old files are removed. After a crash the next step that writes does the rest.
//
// Verdicts hold ids alone and stay as they are. What was made before keeps
// its meaning: labels of trunks and the marks of earlier copies are computed from the ring's history
// (crypto/key_ring.h).
//
// Memory: one segment (at most 393,216 calls), and some thousand rows of the catalogue. The disk needs room
// for the segments and the catalogue twice.
// Faults: corrupt (a damaged token, text or segment, with its place: nothing is changed), io, interrupted.
// Thread rule: one Case, one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "casework/case.h"

namespace sendh {

struct RotatedKey {
    std::string old_id, id, fingerprint;
    std::filesystem::path path, old_path;  // old_path: "" when it was destroyed
    // Files of keys that the case had before, of earlier changes: backups need them, thieves can use them.
    std::vector<std::filesystem::path> still_there;
    std::uint64_t segments = 0;
};

// reason: why; it is recorded. The Case goes on under the new key.
// destroy_old: remove the old key's file instead of keeping it as <id>.key.old.
[[nodiscard]] Result<RotatedKey> rotate_key(Case& c, const std::string& reason, bool destroy_old, bool quiet);

// A change that is committed but not settled (from: the old id), or begun and not committed (next: the id
// that came to nothing). Empty when there is none.
struct KeyChange {
    std::string from, next;
    bool destroy = false;
};
[[nodiscard]] Result<KeyChange> pending_key_change(Catalogue& catalogue);

// Notes the ring as the one that the case is under: id, fingerprint, sealed history.
[[nodiscard]] Done write_key_meta(Catalogue& catalogue, const KeyRing& keys);
[[nodiscard]] Done take_key_history(KeyRing& keys, const std::string& noted);

}  // namespace sendh
