// Issuing a copy of a register that carries its own name.
//
// Life of an issue:
//   1. Rows and canaries are chosen, the marks computed. Nothing is written.
//   2. One commit records the copy, its random id and the commitment to the mark key, as not delivered.
//      Crash before: nothing happened. After: the copy is listed as not delivered, and counts when a list is
//      identified: a file with its marks may exist.
//   3. The file is written, mode 0600, under a temporary name beside its goal (….part), flushed,
//   renamed.
//   4. One commit says delivered, with the file's SHA-256. A failure in 3 that can be told takes back 2.
//
// Which canaries a copy holds: a coin decides once for each recipient and canary, and a canary's row is then
// chosen like anybody's. So two copies of one recipient differ by a canary only where ordinary rows of its
// kind differ, too: a canary that the recipient's coins have not decided on yet comes in only if its row
// would not have been in any earlier copy, and if ten times as many ordinary rows are new for the same
// reason: they joined since, or no earlier copy chose rows of their kind. Burnt ones stay out.
//
// Nor may spellings differ between copies of one recipient: an issue is refused when a row would be written
// otherwise than in an earlier one that shows the column.
//
// Memory: the register's row numbers as runs, and 262,144 rows of the file at a time (the register is read
// once for each such part).
// Thread rule: one Case, one thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "casework/case.h"
#include "casework/copies.h"

namespace sendh {

struct IssueOptions {
    std::string register_name;  // "" when the case has one
    std::string recipient;
    std::vector<std::string> columns;  // besides the number; empty: all
    std::string where, variants;       // registers/where.h, casework/spellings.h
    std::string date;                  // rows as of that day; "" today
    std::string purpose, legal_basis, delete_by;
    std::optional<double> canary_share;
};

struct IssuedCopy {
    CopyRecord record;
    std::string sha256;
    std::vector<std::string> notes;
};

[[nodiscard]] Result<IssuedCopy> issue_copy(Case& c, const IssueOptions& options,
                                            const std::filesystem::path& output);

}  // namespace sendh
