// Recovery sheets of a case's key (crypto/recovery_sheet.h): written as files that a person can print, and
// read back into a key file. What is split is the master key; with it the case opens, and the rest of the
// ring lies in the case.
//
// Faults: usage, input (sheets), key (sheets of another key, a good key file is there), io.
// Thread rule: one Case, one thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "casework/case.h"
#include "crypto/recovery_sheet.h"

namespace sendh {

// Files sheet-1.txt … in the folder, which is made (0700) or empty; each 0600. Recorded first.
[[nodiscard]] Result<std::vector<std::filesystem::path>> write_recovery_sheets(
    Case& c, int sheets, int needed, const std::filesystem::path& folder);

struct RestoredKey {
    KeyPlace place;
    std::filesystem::path path;
    std::filesystem::path set_aside;  // a damaged file that stood there; "" if there was none
    std::vector<int> damaged;         // sheets that do not fit the others
};
// Writes the key file again, protected by the passphrase if there is one. Replaces no good key file.
[[nodiscard]] Result<RestoredKey> restore_key(const std::filesystem::path& case_directory,
                                              const std::vector<RecoverySheet>& sheets,
                                              const Passphrase* passphrase);

// What the case says of the sheets that were made last.
struct SheetsMade {
    int needed = 0, sheets = 0;
    std::string fingerprint, date;
};
[[nodiscard]] Result<std::optional<SheetsMade>> sheets_made(Catalogue& catalogue);

}  // namespace sendh
