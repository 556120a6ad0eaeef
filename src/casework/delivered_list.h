// One list, or one table, out of what was delivered: how every command that takes a list (registers, copies,
// canaries, rival lists, populations, trunks, roaming, series) comes to its rows.
//
//   a file                        itself; gzip and zstd are unpacked
//   a ZIP archive, a workbook     the one member or sheet that can be read as such a list; the others are
//   noted
//
// Two that can be read are a fault: nobody has said which is meant. casework/delivery.h takes the containers
// apart, and reads folders, too; here a folder is a fault.
// Thread rule: one delivery, one thread.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "casework/case.h"
#include "casework/evidence_file.h"

namespace sendh {

// What is told of the one that was read.
struct DeliveredList {
    FileRecord record;  // name, SHA-256, bytes, detail; not its kind and its books
    std::vector<std::string> notes;
};

// read: reads a part and keeps what it holds; called for each. A fault of kind input that it gives is the
// part's own.
// Faults: input (its own, if nothing could be read; more than one list), usage, what `read` says.
[[nodiscard]] Result<DeliveredList> read_delivered_list(const std::filesystem::path& path,
                                                        const std::function<Done(EvidenceFile&)>& read);

}  // namespace sendh
