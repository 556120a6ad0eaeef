// The catalogue's copies and canaries against what the log says was done with them. The catalogue is what
// copies are named by, and whoever may write to it could put another recipient's name to a copy; the log says
// to whom it went, and is chained and authenticated by the case's key (evidence/log.h, casework/case.h).
//
// Compared: of each copy register, recipient, rows, date or columns, purpose, legal basis, date of deletion,
// whether it was issued and delivered, SHA-256 of its file; that each copy stands in both; for each register
// the number of its canaries, and the state of each canary. Not compared: which rows a copy holds (but
// marks_of() in casework/copies.h notices when they do not fit its rows), and entries of registers. Of a case
// that is older than the log, what was there before it has no entries, and is taken as it is.
//
// Cost: the log is read twice. Thread rule: one Case, one thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "casework/case.h"

namespace sendh {

struct CopyAudit {
    std::vector<LogFault> faults;  // those of the log itself alone, if there are any: then it proves nothing
    std::map<std::string, std::string> digests;  // SHA-256 of the files of copies, by the copy's name
};

[[nodiscard]] Result<CopyAudit> audit_copies(Case& c);

// The same, before a copy is named. Fault (corrupt): the first of the faults, and what to do.
[[nodiscard]] Result<CopyAudit> audited_copies(Case& c);

// The names of a copy's columns as the log writes them.
[[nodiscard]] std::string logged_columns(const std::vector<std::string>& columns);

}  // namespace sendh
