// What the commands that take a list in have in common: its options, and what is said of its rows.
//
// Thread rule: the main thread.
#pragma once

#include "casework/import_lists.h"
#include "cli/command.h"

namespace sendh::cli {

[[nodiscard]] ListImport list_options(const Invocation& call);
// "60 rows in = 58 accepted + 1 rejected + 1 duplicates"
[[nodiscard]] std::string books_of(const FileRecord& record);
// On standard error, unless --quiet: reasons and places of rejected rows, and notes.
void say_rejects(const Invocation& call, const ImportedList& imported);

}  // namespace sendh::cli
