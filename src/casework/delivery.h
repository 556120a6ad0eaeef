// Deliveries: what stands behind one path that was named to an import, as evidence files one after the other.
//
//   a file            itself; gzip and zstd are unpacked by EvidenceFile
//   a folder          every file below it, in the order of their names; hidden ones are noted, not read
//   a ZIP archive     every member that is a file, by the name `archive.zip/member.csv`
//   a workbook        every sheet that holds anything, by the name `calls.xlsx/Sheet1`
//   "-"               standard input: any of these but a folder; archives and workbooks up to 256 MiB
//
// Archives and workbooks in folders, and workbooks in archives (up to 256 MiB), are taken apart, too; an
// archive in an archive is refused. What cannot be read is handed over with its reason, and the others go on.
//
// It decides nothing about layouts and stores nothing.
// Thread rule: one delivery, one thread.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "casework/case.h"
#include "casework/evidence_file.h"

namespace sendh {

inline constexpr std::size_t most_in_memory = 256U << 20U;

struct DeliverySink {
    // A fault of kind input is the file's own: it is handed to `refused`. Any other stops the delivery.
    std::function<Done(EvidenceFile&)> file;
    std::function<void(const Fault&)> refused;
    std::function<void(const std::string& note)> note;
};

// Faults: what `file` said, interrupted, usage (the path is a case).
[[nodiscard]] Done deliver(const std::filesystem::path& path, const DeliverySink& sink);

// The record of the same bytes (and the same sheet) in the case.
[[nodiscard]] Result<std::optional<FileRecord>> find_delivered(Case& c, const std::string& kind,
                                                               const std::string& sha256,
                                                               const EvidenceFile& file);
// The record of the same bytes in the case, looked for before they are imported: without reading where a
// sheet or the size tells, else by a first reading. Nothing: not known yet.
[[nodiscard]] Result<std::optional<FileRecord>> delivered_before(Case& c, const std::string& kind,
                                                                 const EvidenceFile& file);

}  // namespace sendh
