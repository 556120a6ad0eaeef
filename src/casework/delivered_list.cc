#include "casework/delivered_list.h"

#include "base/text.h"
#include "casework/delivery.h"

namespace sendh {

Result<DeliveredList> read_delivered_list(const std::filesystem::path& path,
                                          const std::function<Done(EvidenceFile&)>& read) {
    std::error_code error;
    if (path != "-" && std::filesystem::is_directory(path, error))
        return Fault{FaultKind::usage, "this is a folder, not a file", shown_path(path),
                     "name the file of the list"};
    DeliveredList out;
    std::vector<std::string> taken;
    std::vector<Fault> refused;
    DeliverySink sink;
    sink.file = [&](EvidenceFile& file) -> Done {
        auto done_part = read(file);
        if (!done_part.ok()) {
            Fault fault = std::move(done_part).fault();
            if (fault.where.starts_with("byte ")) fault.where = file.name() + ": " + fault.where;
            return fault;
        }
        FileRecord& r = out.record;
        r.name = file.name();
        SENDH_TRY(r.sha256, file.finish());
        r.bytes = file.bytes_read();
        r.detail.clear();
        for (const std::string& line : file.detail()) r.detail += line + "\n";
        for (const std::string& note : file.notes()) out.notes.push_back(file.name() + ": " + note);
        r.imported_at = now();
        taken.push_back(file.name());
        return done();
    };
    sink.refused = [&](const Fault& fault) { refused.push_back(fault); };
    sink.note = [&](const std::string& note) { out.notes.push_back(note); };
    SENDH_CHECK(deliver(path, sink));
    for (const Fault& fault : refused) {
        if (taken.empty() || fault.kind != FaultKind::input) return fault;
        out.notes.push_back(fault.where + ": not read: " + fault.what);
    }
    if (taken.size() > 1) {
        std::string names;
        for (const std::string& name : taken) names += (names.empty() ? "" : ", ") + name;
        return Fault{FaultKind::input, "more than one list stands in it: " + names, shown_name(path),
                     "give the one that is meant as a file of its own; nothing was stored"};
    }
    return out;
}

}  // namespace sendh
