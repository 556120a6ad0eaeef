// The kinds of entries that a log may hold; docs/log.md says when each is made. The log itself takes any
// word: this is for telling a kind that has not occurred from one that is mistyped.
//
// Thread rule: constants.
#pragma once

#include <array>
#include <string_view>

namespace sendh {

inline constexpr std::array<std::string_view, 25> log_kinds = {
    "case_made",           "case_upgraded",  "register_added",   "canaries_added",  "copy_recorded",
    "register_updated",    "entries_erased", "register_removed", "import",          "canary_state",
    "mark_key_commitment", "copy_issued",    "copy_written",     "copy_taken_back", "reveal",
    "rejects_exported",    "reading",        "detected",         "investigated",    "access",
    "copy_rows_erased",    "key_changed",    "key_protected",    "key_split",       "key_restored"};

}  // namespace sendh
