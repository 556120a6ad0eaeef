#include <cstdio>
#include <filesystem>

#include "base/text.h"
#include "casework/rejects.h"
#include "cli/commands.h"
#include "cli/output.h"

namespace sendh::cli {

namespace {

constexpr std::uint64_t shown_rows = 100;

std::int64_t whole(std::uint64_t value) { return static_cast<std::int64_t>(value); }

Result<int> counts(Invocation& call, Case& c, const std::vector<FileRecord>& files) {
    SENDH_CHECK(c.record_reading({"reading", "calls rejects", 0, {}}));
    ListOutput out(call.format(), "rejects",
                   {"file", "id", "code", "column", "rows", "first_line", "first_byte", "kind"});
    for (const FileRecord& file : files) {
        SENDH_TRY(const auto groups, c.catalogue().reject_groups(file.id));
        for (const RejectGroup& g : groups)
            out.row({file.name, file.id, g.code, without_numbers(g.column), whole(g.rows),
                     whole(g.first_line), whole(g.first_offset), file.kind});
    }
    SENDH_CHECK(out.finish());
    return 0;
}

}  // namespace

Result<int> calls_rejects(Invocation& call) {
    const bool reveal = call.on("--reveal");
    SENDH_TRY(const std::string output, call.output("", !reveal));
    const std::string reason(trim(call.get("--reason")));
    if (reveal && (output.empty() || reason.empty())) {
        return Fault{FaultKind::usage, "rows in clear need a file and a reason", "",
                     "give --output FILE.csv and --reason TEXT"};
    }
    if (std::error_code error;
        !output.empty() && !is_stdout(output) && std::filesystem::exists(output, error)) {
        return Fault{FaultKind::usage, "there is such a file already", shown_path(output),
                     "choose another name: rejected rows take no file's place"};
    }
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    SENDH_TRY(const std::vector<FileRecord> files, files_named(*c, call.get("--file")));
    SENDH_TRY(const std::uint64_t limit, call.whole("--limit", reveal ? 0 : shown_rows));
    if (!output.empty()) {
        SENDH_TRY(const std::uint64_t rows, write_rejected_rows(*c, files, limit, output, reveal, reason));
        if (call.format() == Format::table && !is_stdout(output))
            print(grouped(rows) + (rows == 1 ? " row" : " rows") + " written to " + shown_path(output) +
                  (reveal ? "; the reading was recorded\n" : ", numbers masked\n"));
        return 0;
    }
    if (!call.on("--rows")) return counts(call, *c, files);
    std::uint64_t chosen = 0;
    for (const FileRecord& file : files)
        chosen += limit == 0 ? file.rejected : std::min(limit, file.rejected);
    SENDH_CHECK(c->record_reading({"reading", "calls rejects", chosen, {{"reason", reason}}}));
    ListOutput out(call.format(), "rejects", {"file", "line", "byte", "code", "column", "raw"});
    SENDH_CHECK(each_rejected_row(*c, files, limit, [&](const RejectedRow& row) {
        out.row({row.file->name, whole(row.reject->line), whole(row.reject->offset), row.reject->code,
                 without_numbers(row.reject->column), masked_row(row.raw)});
        return done();
    }));
    SENDH_CHECK(out.finish());
    for (const FileRecord& file : files) {
        if (limit > 0 && file.rejected > limit && !call.quiet())
            std::fprintf(stderr, "sendh: %s has %s rejected rows; --limit 0 shows all\n", file.name.c_str(),
                         grouped(file.rejected).c_str());
    }
    return 0;
}

}  // namespace sendh::cli
