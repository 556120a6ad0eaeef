// The catalogue's copies and canaries against what the log says was done with them. The catalogue is what
// copies are named by, and whoever may write to it could put another recipient's name to a copy; the log says
// to whom it went, and is chained and authenticated by the case's key (evidence/log.h, casework/case.h).
// What a copy's marks are computed from, and the rows of a recorded one, stand in it as a tag
// (casework/copy_tags.h).
//
// Compared: of each copy register, recipient, rows, date or columns, purpose, legal basis, date of deletion,
// whether it was issued and delivered, SHA-256 of its file, its tag; that each copy stands in both; for each
// register the number of its canaries, and the state of each canary. Not compared: entries of registers. A
// copy that was logged without a tag is held against what its entry says, and in its marks taken as it is
// (marks_of() in casework/copies.h notices when they do not fit its rows). Of a case that is older than the
// log, what was there before it has no entries, and is taken as it is.
//
// Cost: the log is read twice, and each row of recorded copies when they are compared.
// Thread rule: one Case, one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "casework/case.h"

namespace sendh {

struct CopyAudit {
    std::vector<LogFault> faults;  // those of the log itself alone, if there are any: then it proves nothing
    std::map<std::string, std::string> digests;  // SHA-256 of the files of copies, by the copy's name
};

// rows: whether those of recorded copies are compared, too.
enum class RecordedRows : std::uint8_t { left_out, compared };
[[nodiscard]] Result<CopyAudit> audit_copies(Case& c, RecordedRows rows);

// The same with all rows, before a copy is named. Fault (corrupt): the first of the faults, and what to do.
[[nodiscard]] Result<CopyAudit> audited_copies(Case& c);

// The tags of the rows of recorded copies as the log has them last, by the copy's name.
[[nodiscard]] Result<std::map<std::string, std::string>> logged_rows_tags(Case& c);

// The names of a copy's columns as the log writes them.
[[nodiscard]] std::string logged_columns(const std::vector<std::string>& columns);

}  // namespace sendh
