#include "cli/list_import.h"

#include <cstdio>

#include "base/text.h"

namespace sendh::cli {

ListImport list_options(const Invocation& call) {
    ListImport how;
    how.name = call.get("--name", call.get("--register"));
    how.number_column = call.get("--number-column");
    how.joined_column = call.get("--joined-column");
    how.left_column = call.get("--left-column");
    how.person_column = call.get("--person-column");
    how.recipient = call.get("--to");
    how.date = call.get("--date", call.get("--as-of"));
    how.purpose = call.get("--purpose");
    how.legal_basis = call.get("--legal-basis");
    how.delete_by = call.get("--delete-by");
    how.kind = call.get("--kind");
    how.partial = call.on("--partial");
    return how;
}

std::string books_of(const FileRecord& r) {
    return grouped(r.rows) + " rows in = " + grouped(r.accepted) + " accepted + " + grouped(r.rejected) +
           " rejected + " + grouped(r.duplicates) + " duplicates";
}

void say_rejects(const Invocation& call, const ImportedList& imported) {
    if (call.quiet()) return;
    for (const RejectCount& reject : imported.reject_counts) {
        std::string lines = std::to_string(reject.first_line);
        for (std::size_t i = 0; i < reject.next_lines.size(); ++i)
            lines += (i == 0 ? ", then " : ", ") + std::to_string(reject.next_lines[i]);
        if (const std::uint64_t told = 1 + reject.next_lines.size(); told < reject.rows)
            lines += " and " + grouped(reject.rows - told) + " more";
        std::fprintf(stderr, "sendh: %s rejected: %s, first at %s:%s\n", grouped(reject.rows).c_str(),
                     (reject.code + (reject.column.empty() ? "" : " in " + reject.column)).c_str(),
                     imported.record.name.c_str(), lines.c_str());
    }
    if (imported.record.id != 0 && imported.record.rejected > 0)
        std::fprintf(stderr, "sendh: sendh calls rejects --rows --file %s shows them, numbers masked\n",
                     std::to_string(imported.record.id).c_str());
    for (const std::string& note : imported.notes) std::fprintf(stderr, "sendh: %s\n", note.c_str());
}

}  // namespace sendh::cli
