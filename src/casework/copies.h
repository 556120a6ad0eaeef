// Copies of a register that carry their own name: computing again what the marks of one are, and who its
// recipient is. Issuing one: issue_copy.h.
//
// Thread rule: one Case, one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "casework/case.h"
#include "casework/spellings.h"
#include "registers/marks.h"

namespace sendh {

inline constexpr double usual_canary_share = 0.36787944117144233;  // 1/e

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

// The same of an issue that may not be in the catalogue yet; `where` and `variants` stay empty, and nothing
// is compared.
[[nodiscard]] Result<CopyMarks> compute_marks(Case& c, const IssueRecord& issue,
                                              const std::vector<CanaryRecord>& pool);

// How an issued copy was made, as it was asked for (sealed as cells: where, variants, output).
struct IssueTerms {
    IssueRecord issue;
    std::string where, variants;
    std::string output;  // the path that it was to be written to; "" of one that an earlier version issued
};
[[nodiscard]] Result<IssueTerms> issue_terms(Case& c, std::int64_t copy);

// The name of a recipient as it may lie in the case. Fault (usage): none (asks the question), or one that
// holds a number: masked, two recipients could be one.
[[nodiscard]] Result<std::string> recipient_name(const std::string& text, const std::string& question);

// What a copy holds and a list of numbers lacks: who has both sees it.
using TokenSet = std::unordered_set<Token, TokenHash>;
struct Lacking {
    std::uint64_t canaries = 0, people = 0;  // people are counted where canaries are lacking
};
[[nodiscard]] Result<Lacking> lacking(Case& c, const RegisterRecord& reg, const CopyMarks& copy,
                                      const std::vector<CanaryRecord>& pool, const TokenSet& held);

// What is to be said of a copy that is recorded with these rows for a recipient who has an issued one: that
// comparing the two shows canaries; "" if it does not. copies: those there are.
[[nodiscard]] Result<std::string> remark_on_canaries(Case& c, const std::vector<CopyRecord>& copies,
                                                     const RegisterRecord& reg, const std::string& recipient,
                                                     const std::vector<Token>& rows);

// Are these one recipient? Case, spaces and forms of letters do not make another (base/folded.h).
[[nodiscard]] bool same_recipient(std::string_view a, std::string_view b);

// What is to be said of the first copy of the register for a recipient whose name is nearly that of another;
// "" if there is nothing. copies: those there are.
[[nodiscard]] std::string remark_on_recipient(const std::vector<CopyRecord>& copies, std::int64_t register_id,
                                              const std::string& recipient);

}  // namespace sendh
