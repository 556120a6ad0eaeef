// Rows of imported files (call records, reports, registers, copies, other lists) that were not taken: which,
// why, and (with the key, a file and a reason) as they stood. The rows lie sealed in the catalogue; here they
// are opened, masked or revealed.
//
// Thread rule: one case, one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "casework/case.h"

namespace sendh {

// Files of the case: all, or those of this name or id. Fault (usage): none.
[[nodiscard]] Result<std::vector<FileRecord>> files_named(Case& c, const std::string& name_or_id);

// A row as it may be shown: in one line, UTF-8, every number masked. Stricter than without_numbers(): what is
// rejected is what is written strangely, so a cell that holds seven digits or more and is no date or time
// shows its first two and last two alone.
[[nodiscard]] std::string masked_row(std::string_view raw);

struct RejectedRow {
    const FileRecord* file = nullptr;
    const RejectRecord* reject = nullptr;
    std::string raw;  // in clear: for masked_row, or for a file that only its owner can read
};
// limit: of each file; 0 all.
[[nodiscard]] Done each_rejected_row(Case& c, const std::vector<FileRecord>& files, std::uint64_t limit,
                                     const std::function<Done(const RejectedRow&)>& take);

// Writes the rows as CSV: file, line, byte, code, column, raw. In clear (mode 0600), which is recorded with
// the reason before anything is opened, or masked. Rows that are no text come as hexadecimal digits behind
// `0x`. Gives the number of rows. REQUIRES: a case opened for writing, where reveal is set.
[[nodiscard]] Result<std::uint64_t> write_rejected_rows(Case& c, const std::vector<FileRecord>& files,
                                                        std::uint64_t limit,
                                                        const std::filesystem::path& path, bool reveal,
                                                        const std::string& reason);

}  // namespace sendh
