// Imports: evidence files into the case, one file one transaction: a file is in, whole and with balanced
// books, or it left nothing. Each file's SHA-256 is taken over the bytes as delivered, while they are read.
//
//   rows in = accepted + rejected + duplicates
//
// A file that is in the case already is recognised by its digest. A call that is in the case already, or
// stands twice in the file, is a duplicate: kept, listed with the first of its kind, and not counted again.
// Rejected rows are kept sealed, with line, byte and reason.
//
// Thread rule: one import, one thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "calls/reader.h"
#include "casework/case.h"

namespace sendh {

class EvidenceFile;

struct ImportOptions {
    std::string layout = "auto";  // auto, a layout's name, or a mapping file (.toml)
    bool dry_run = false;         // read and test everything, write nothing
    bool quiet = false;
    DateOrder date_order = DateOrder::undecided;
    std::optional<Zone> zone;  // of this file, when it is not the case's
};

struct RejectCount {
    std::string code, column;
    std::uint64_t rows = 0;
    std::uint64_t first_line = 0;  // 0 in files that have no lines: then first_offset says where
    std::uint64_t first_offset = 0;
    std::vector<std::uint64_t> next_lines = {};  // a few behind the first; lists
};
// "calls.csv:12", or "calls.ber: byte 1234" in a file without lines.
[[nodiscard]] std::string first_place(const std::string& file, const RejectCount& rejects);

struct HardRuleCount {
    std::string code;  // of the indicator
    std::uint64_t calls = 0;
};

// A row as understood, for a dry run; numbers masked.
struct SampleCall {
    std::string time, cli, callee, direction, trunk, duration;
    std::uint64_t line = 0;  // 0 in files that have no lines
    std::uint64_t offset = 0;
};

struct ImportedFile {
    FileRecord record;
    bool already_in = false;
    std::vector<RejectCount> reject_counts;
    std::vector<HardRuleCount> hard_rules;  // that calls of it break
    std::vector<SampleCall> sample;
    std::vector<std::string> notes;
};

// casework/delivery.h gives the files that stand behind a path; with a path: it is one file.
[[nodiscard]] Result<ImportedFile> import_calls(Case& c, EvidenceFile& delivered,
                                                const ImportOptions& options);
[[nodiscard]] Result<ImportedFile> import_reports(Case& c, EvidenceFile& delivered,
                                                  const std::string& mapping, const ImportOptions& options);
[[nodiscard]] Result<ImportedFile> import_calls(Case& c, const std::filesystem::path& file,
                                                const ImportOptions& options);
[[nodiscard]] Result<ImportedFile> import_reports(Case& c, const std::filesystem::path& file,
                                                  const std::string& mapping, const ImportOptions& options);

}  // namespace sendh
