// Which copy is it? A list that turned up is held against every copy of the case, by the marks alone
// (attribution/file_marks.h): canaries, spellings, row order. Whoever sorted it, cut it or merged it with
// others, an innocent issued copy is named at most once in 1/alpha such lists, whatever the number of copies.
//
// A recorded copy (given out before, unmarked) has no coins, and its order was not drawn by us: it is held
// against the list's order as far as no other order that somebody may have (the register's own, by number, by
// any column, another recorded copy's) tells the same; what is left is a likelihood, not a promise of error.
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
    double log10_e = 0;
    double canaries = 0, spellings = 0, order = 0;  // their parts of it
    std::uint64_t rows_held = 0;                    // of rows_compared
    std::uint64_t canaries_held = 0;                // of canaries_seen
    bool same_file = false;                         // byte for byte
    bool named = false;
};

struct Identified {
    std::vector<Candidate> candidates;  // every copy, the likeliest first
    std::uint64_t rows = 0, rows_compared = 0, canaries_seen = 0;
    double log10_threshold = 0;
    std::vector<RejectCount> reject_counts;
    std::vector<std::string> notes;
};

// Faults (missing): the case has no copies.
[[nodiscard]] Result<Identified> identify_list(Case& c, const std::filesystem::path& file,
                                               const IdentifyOptions& options);

}  // namespace sendh
