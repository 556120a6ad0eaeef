// Which copy is it? A list that turned up is held against every copy of the case: by its digest, by the marks
// (attribution/file_marks.h), and, among copies of one recipient, by what it holds.
//
// Before anything else the catalogue's copies are held against the log (casework/audit_copies.h): a recipient
// whom the log does not know is not named.
//
// Marks: recipient first, then copy. All copies of a recipient share his canaries and spellings, so a list
// that comes from one of them has them for all: they are evidence against the recipient. Two e-values:
//   recipient   mean over his copies of order · canaries · spellings; valid while none of them is the source
//   copy        what is its own: its order, and the coins about canaries and rows that no other copy of the
//               recipient could have. Valid while this copy is not the source, whoever else is: its order was
//               drawn for it alone, and no file but its own depends on these coins. For a recipient with one
//               copy the two are the same.
// Each is named at n/alpha, n the copies and the recipients with several copies. So whoever sorted the list,
// cut it or merged it with others: that marks name any innocent copy or recipient happens in at most alpha of
// such lists (Markov's inequality, and the union bound; the e-values may depend on each other in any way).
//
// Digest: a list that is byte for byte the file of one copy, issued or recorded, is that copy, as surely as
// SHA-256 has no collisions. The file of several copies names none of them.
//
// Contents: where marks name a recipient with several copies, but none of the copies by its own marks, one is
// named still when the list holds what no other copy explains (casework/list_contents.h). This is outside
// the promise above, says so (ground), and can err only within the recipient's own copies.
//
// A recorded copy (given out before, unmarked) has no coins, and its order was not drawn by us: it is held
// against the list's order as far as no other order that somebody may have (the register's own, by number, by
// any column, another copy's) tells the same; what is left is a likelihood, not a promise of error.
//
// The order is taken from at most 500 rows: 20 stretches of the list, evenly spread.
// Thread rule: one Case, one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "casework/case.h"
#include "casework/import_lists.h"

namespace sendh {

struct IdentifyOptions {
    std::string number_column;
    double alpha = 0.01;
};

struct Candidate {
    CopyRecord copy;
    double log10_e = 0;                             // of this copy's own marks
    double canaries = 0, spellings = 0, order = 0;  // their parts of it
    double shared = 0;             // canaries and spellings, those shared with copies of the recipient, too;
                                   // 0 when it is his only one
    double recipient_log10_e = 0;  // of all copies of its recipient
    std::uint64_t rows_held = 0;   // of Identified::rows_known
    std::uint64_t canaries_held = 0;  // of canaries_seen
    bool same_file = false;           // byte for byte
    bool recipient_named = false;
    bool named = false;
    std::string ground;              // of a named one: marks | file | contents
    std::vector<std::string> lacks;  // what the list holds and it does not, when it or its recipient is named
};

struct Identified {
    std::vector<Candidate> candidates;  // every copy, the likeliest first
    std::uint64_t rows = 0;
    std::uint64_t rows_known = 0;     // to the register that knows most of them
    std::uint64_t rows_compared = 0;  // whose order was looked at
    std::uint64_t canaries_seen = 0;
    double log10_threshold = 0;
    std::vector<RejectCount> reject_counts;
    std::vector<std::string> notes;
};

// Faults: missing (the case has no copies), corrupt (also: catalogue and log do not agree).
[[nodiscard]] Result<Identified> identify_list(Case& c, const std::filesystem::path& file,
                                               const IdentifyOptions& options);

}  // namespace sendh
