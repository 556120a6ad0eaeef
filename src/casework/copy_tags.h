// Tags of copies: what a copy's marks are computed from, or which rows it was recorded with, as 64
// hexadecimal digits for its entry in the log. The catalogue holds these things without a proof that they are
// this copy's; the log, which is under the case's key, holds the tag, and audit_copies.h compares.
//
// A tag is keyed (crypto/authenticator.h), so who steals the log cannot try out what he guesses. Its key
// comes from the mark token key, and numbers go into it as marks are computed over them: so a change of the
// case's key changes no tag. That the tag is this copy's own is the log's word, not the tag's: it hides, and
// the log proves.
//
//   issued    name and id of the copy; serial, recipient id, share of canaries, number of rows, commitment to
//   the
//             mark key; members, canaries decided on, canaries offered (registers/row_set.h); choice of rows
//             and spellings in clear; of each canary decided on its id, register and number
//   recorded  name and id of the copy; the number of each row in order, 16 zero bytes for an erased one
//
// Each part with its length before it. Thread rule: one Case, one thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "casework/case.h"
#include "crypto/authenticator.h"

namespace sendh {

class CopyTags {
public:
    explicit CopyTags(const Case& c);

    // where, variants: the choice of rows and the spellings that issue.sealed_how holds. pool: canary_pool().
    [[nodiscard]] std::string of_issue(const CopyRecord& copy, const IssueRecord& issue,
                                       const std::string& where, const std::string& variants,
                                       const std::vector<CanaryRecord>& pool) const;
    // rows: as the catalogue holds them; c: the case that they are of. Fault (corrupt): a damaged one.
    [[nodiscard]] Result<std::string> of_rows(Case& c, const CopyRecord& copy,
                                              std::span<const Token> rows) const;

private:
    Authenticator authenticator_;
};

}  // namespace sendh
