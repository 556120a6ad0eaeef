// What the imports of lists and of tables, and the work on copies, share. Private to this room.
//
// Thread rule: pure functions.
#pragma once

#include <string>
#include <vector>

#include "base/text.h"
#include "casework/case.h"

namespace sendh {

inline constexpr const char* untouched = "the case is as it was";

// The cells of a row as one text to be sealed, and back.
[[nodiscard]] inline std::string joined_cells(const std::vector<std::string>& cells) {
    std::string out;
    for (const std::string& cell : cells) {
        for (const char ch : cell) out += ch == '\x1f' ? ' ' : ch;
        out += '\x1f';
    }
    return out;
}
[[nodiscard]] inline std::vector<std::string> split_cells(const std::string& text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\x1f', at);
        out.push_back(text.substr(at, end - at));
        at = end == std::string::npos ? text.size() : end + 1;
    }
    return out;
}

// A name under which something is kept, in clear. Fault (usage): empty, or it holds a number.
[[nodiscard]] inline Result<std::string> clean_name(const std::string& name, const char* what) {
    const std::string clean(trim(name));
    if (clean.empty())
        return Fault{FaultKind::usage, std::string("the ") + what + " needs a name", "",
                     "give one with --name"};
    if (without_numbers(clean) != clean) {
        return Fault{FaultKind::usage,
                     std::string("the name of the ") + what + " holds what looks like a phone number", "",
                     "names lie in the case in clear; choose another"};
    }
    return clean;
}

// The same file given twice would count its rows twice. Fault (usage) when the case has it.
[[nodiscard]] inline Done refuse_again(Case& c, const FileRecord& record) {
    SENDH_TRY(const auto known, c.catalogue().file_by_sha(record.kind, record.sha256));
    if (!known) return done();
    return Fault{FaultKind::usage, "this file is in the case already as " + record.kind, record.name,
                 "nothing to do; " + std::string(untouched)};
}

// The file into the log, in the transaction that brings it into the case.
[[nodiscard]] inline Done log_file(Case& c, const std::string& kind, const FileRecord& record,
                                   std::vector<LogDetail> about = {}) {
    std::vector<LogDetail> details = std::move(about);
    if (kind == "import") details.emplace_back("of", record.kind);
    details.emplace_back("file", record.name);
    details.emplace_back("sha256", record.sha256);
    details.emplace_back("rows", record.rows);
    details.emplace_back("accepted", record.accepted);
    details.emplace_back("rejected", record.rejected);
    details.emplace_back("duplicates", record.duplicates);
    return c.log(kind, std::move(details));
}

}  // namespace sendh
