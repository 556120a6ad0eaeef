// What a list holds, against what copies hold: which of several copies of one recipient it can be when the
// marks that they share have named the recipient and the order of the rows is lost.
//
// A copy is *needed* when the list holds something that this copy has and neither any other copy of the
// recipient nor any other copy that may be a source has, at a rate that is no accident: rows (at least 10,
// and at least half the share of them that the list holds of the best of the recipient's copies), or what the
// register says in a column (in at least 10 rows, and half of those that have a text there) of rows that
// others have, too. So of copies that were merged each is needed, and a copy is not needed for what another
// one explains. Where canaries stand among the rows that are its alone, they must be in the list as those of
// the recipient's best copy are: rows without their canaries came from elsewhere.
//
// That is a comparison and no e-value: who joins such rows or such a column from another source to a copy
// makes another copy of the same recipient look needed.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "registers/row_set.h"

namespace sendh {

// The list as the register sees it.
struct ListContents {
    struct Row {
        std::size_t item = 0;
        std::vector<char> says;  // by column: 1 what the register says, 0 something else, 2 nothing
    };
    std::size_t items = 0;               // rows that the register knows
    std::vector<std::string> columns;    // of the register, that the list has, too
    std::vector<Row> rows;               // some of the items, with their cells
    std::vector<std::int64_t> canaries;  // in it; ids, ascending
};

struct CopyContents {
    std::vector<bool> items;             // which of the list's it holds
    std::vector<bool> columns;           // which of ListContents::columns
    RowSet members, offered;             // of the register; canaries that its rows let in. Empty: recorded
    std::vector<std::int64_t> canaries;  // that it holds; ascending
};

// Is `copy` needed for what the list holds? siblings: the other copies of its recipient. others: further
// copies that may be a source.
[[nodiscard]] bool is_needed(const ListContents& list, const CopyContents& copy,
                             std::span<const CopyContents> siblings, std::span<const CopyContents> others);

// What the list holds and the copy lacks, each as a part of a sentence: "column 'name'", "2,586 of 3,070
// rows", "58 of 79 canaries". A few rows and canaries come into any list, and are not told.
[[nodiscard]] std::vector<std::string> lacking(const ListContents& list, const CopyContents& copy);

}  // namespace sendh
