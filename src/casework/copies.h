// Copies of a register that carry their own name: issuing one, and computing again what its marks are.
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

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "casework/case.h"
#include "casework/spellings.h"
#include "registers/marks.h"

namespace sendh {

inline constexpr double usual_canary_share = 0.36787944117144233;  // 1/e

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

// The marks of an issued copy, computed again.
struct CopyMarks {
    IssueRecord issue;
    RecipientMarks recipient;
    std::vector<std::int64_t> canaries;  // ids of those it holds, ascending
    RowOrder order;
    std::string where, variants;

    // Its number among the copy's rows, members first, to which `order` gives a place; nothing if the copy
    // does not hold it.
    [[nodiscard]] std::optional<std::uint64_t> index_of_row(std::int64_t row) const {
        return issue.members.rank(row);
    }
    [[nodiscard]] std::optional<std::uint64_t> index_of_canary(std::int64_t id) const;
    // Where it stands in the file, from 0.
    [[nodiscard]] std::optional<std::uint64_t> position_of_row(std::int64_t row) const;
    [[nodiscard]] std::optional<std::uint64_t> position_of_canary(std::int64_t id) const;
};

// All canaries, with what marks are computed over: of all numbers of a persona the same, so one coin decides
// on them together. Fault: corrupt.
[[nodiscard]] Result<std::vector<CanaryRecord>> canary_pool(Case& c);

// pool: canary_pool(). The row order comes from the mark key of the day of issue, coins and spellings from
// that of the recipient's first copy: so all copies of a recipient agree in them, whenever the key was
// changed. Faults: key (marks made with a mark key that the ring does not have), corrupt (also: marks
// that do not give the rows that were issued).
[[nodiscard]] Result<CopyMarks> marks_of(Case& c, std::int64_t copy, const std::vector<CanaryRecord>& pool);

// How an issued copy was made, as it was asked for.
struct IssueTerms {
    IssueRecord issue;
    std::string where, variants;
    std::string output;  // the path that it was to be written to; "" of one that an earlier version issued
};
[[nodiscard]] Result<IssueTerms> issue_terms(Case& c, std::int64_t copy);

// The name of a recipient as it may lie in the case. Fault (usage): none (asks the question), or one that
// holds a number: masked, two recipients could be one.
[[nodiscard]] Result<std::string> recipient_name(const std::string& text, const std::string& question);

// What is to be said of a copy that is recorded with these rows for a recipient who has an issued one: that
// comparing the two shows canaries; "" if it does not. copies: those there are.
[[nodiscard]] Result<std::string> remark_on_canaries(Case& c, const std::vector<CopyRecord>& copies,
                                                     std::int64_t register_id, const std::string& recipient,
                                                     const std::vector<Token>& rows);

// Are these one recipient? Case, spaces and forms of letters do not make another (base/folded.h).
[[nodiscard]] bool same_recipient(std::string_view a, std::string_view b);

// What is to be said of the first copy of the register for a recipient whose name is nearly that of another;
// "" if there is nothing. copies: those there are.
[[nodiscard]] std::string remark_on_recipient(const std::vector<CopyRecord>& copies, std::int64_t register_id,
                                              const std::string& recipient);

}  // namespace sendh
