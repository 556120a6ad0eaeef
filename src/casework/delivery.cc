#include "casework/delivery.h"

#include <algorithm>
#include <vector>

#include "base/progress.h"
#include "base/text.h"
#include "casework/workbook.h"

namespace sendh {

namespace {

namespace fs = std::filesystem;

// Files that systems and office programs leave about: hidden ones, thumbnails, locks of open documents.
bool is_clutter(std::string_view path) {
    for (std::size_t at = 0; at < path.size();) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const std::string_view part = path.substr(at, end - at);
        if (part.starts_with('.') || part == "__MACOSX") return true;
        at = end + 1;
    }
    const std::string name = lower_ascii(path.substr(path.rfind('/') + 1));
    return name == "thumbs.db" || name == "desktop.ini" || name.starts_with("~$");
}

std::string in(const std::string& container, std::string_view part) {
    std::string name = container + "/" + std::string(part);
    for (char& c : name) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    return without_numbers(name);
}

std::string times(std::uint64_t count, const char* one, const char* many) {
    return grouped(count) + " " + (count == 1 ? one : many);
}

class Walk {
public:
    explicit Walk(const DeliverySink& sink) : sink_(sink) {}

    Done file(const fs::path& path, const std::string& name) {
        auto opened = EvidenceFile::open(path, name);
        if (!opened.ok()) return refuse(std::move(opened).fault());
        return part(**opened, Inside::nothing);
    }

    Done folder(const fs::path& path, const std::string& name) {
        std::error_code error;
        std::vector<fs::directory_entry> entries;
        fs::directory_iterator it(path, error);
        for (; !error && it != fs::directory_iterator(); it.increment(error)) entries.push_back(*it);
        if (error) return refuse(io_fault("cannot read the folder", path, error.value()));
        std::sort(entries.begin(), entries.end());
        std::uint64_t hidden = 0;
        for (const fs::directory_entry& entry : entries) {
            SENDH_CHECK(check_interrupt("what is in stays in"));
            const std::string last = entry.path().filename().string();
            const std::string shown = in(name, last);
            if (is_clutter(last)) {
                ++hidden;
            } else if (entry.is_directory(error) && !entry.is_symlink(error)) {
                if (is_case(entry.path())) {
                    sink_.note(shown + ": a case, no evidence: not read");
                } else {
                    SENDH_CHECK(folder(entry.path(), shown));
                }
            } else if (entry.is_regular_file(error) || !entry.exists(error)) {
                found_ = true;
                SENDH_CHECK(file(entry.path(), shown));
            } else {
                sink_.note(shown + ": no file (a device, a pipe or a link to a folder): not read");
            }
        }
        if (hidden > 0) sink_.note(name + ": " + times(hidden, "hidden file", "hidden files") + " not read");
        return done();
    }

    [[nodiscard]] bool found() const { return found_; }

private:
    enum class Inside : std::uint8_t { nothing, archive };

    // What is wrong with one file does not stop the others; an interrupt does.
    Done refuse(Fault fault) {
        if (fault.kind == FaultKind::interrupted) return fault;
        sink_.refused(fault);
        return done();
    }
    // The same where the fault may be the case's or the machine's.
    Done refuse_input(Fault fault) {
        return fault.kind == FaultKind::input ? refuse(std::move(fault)) : fault;
    }

    static Fault about(const EvidenceFile& file, Fault fault) {
        if (fault.where.empty()) {
            fault.where = file.name();
        } else if (fault.where.starts_with("byte ")) {
            fault.where = file.name() + ": " + fault.where;
        }
        // Of what is cut while it is read, that is what has to be said.
        if (auto same = file.unchanged(); fault.kind == FaultKind::input && !same.ok())
            return std::move(same).fault();
        return fault;
    }

    Done part(EvidenceFile& file, Inside inside) {
        if (!file.is_zip()) {
            auto taken = sink_.file(file);
            return taken.ok() ? done() : refuse_input(std::move(taken).fault());
        }
        auto bytes = file.random_bytes(most_in_memory);
        if (!bytes.ok()) return refuse(std::move(bytes).fault());
        const auto kind = kind_of_zip(*bytes);
        if (!kind.ok()) return refuse(about(file, kind.fault()));
        const auto refused = [&](const char* what, const char* to_do) {
            return refuse({FaultKind::input, what, file.name(), to_do});
        };
        switch (*kind) {
            case ZipKind::workbook: return workbook(file, std::move(bytes).value());
            case ZipKind::binary_workbook:
                return refused("the file is a binary workbook (.xlsb)", "save it as .xlsx or as CSV UTF-8");
            case ZipKind::open_document:
                return refused("the file is an OpenDocument file (.ods)", "save it as .xlsx or as CSV UTF-8");
            case ZipKind::document:
                return refused("the file is a document (.docx, .pptx), no records",
                               "ask for the records as CSV or .xlsx");
            case ZipKind::archive: break;
        }
        if (inside == Inside::archive)
            return refused("a ZIP archive inside a ZIP archive", "unpack it once and import what comes out");
        return archive(file, std::move(bytes).value());
    }

    Done archive(EvidenceFile& file, RandomBytes bytes) {
        SENDH_TRY(const std::string sha256, file.finish());
        auto zip = ZipArchive::open(std::move(bytes));
        if (!zip.ok()) return refuse(about(file, std::move(zip).fault()));
        std::uint64_t hidden = 0;
        std::uint64_t files = 0;
        while (true) {
            auto next = (*zip)->next();
            if (!next.ok()) {
                const bool of_member = next.fault().kind == FaultKind::input;
                ++files;
                SENDH_CHECK(refuse(about(file, std::move(next).fault())));
                if (of_member) continue;
                return done();
            }
            if (!*next) break;
            const ZipMember& member = **next;
            if (is_clutter(member.name)) {
                hidden += member.is_file ? 1 : 0;
                continue;
            }
            if (!member.is_file) {
                if (!member.is_folder)
                    sink_.note(in(file.name(), member.name) + ": a link or a device, no file: not read");
                continue;
            }
            ++files;
            EvidenceFile::Part part;
            part.name = in(file.name(), member.name);
            if (member.encrypted) {
                SENDH_CHECK(refuse({FaultKind::input, "it asks for a password", part.name,
                                    "unpack it and import the files"}));
                continue;
            }
            part.size = member.size;
            part.bytes = [reader = zip->get()](std::span<char> out) { return reader->read(out); };
            part.detail.push_back("member of the archive " + file.name() + ", SHA-256 " + sha256);
            part.unchanged = [&file] { return file.unchanged(); };
            auto opened = EvidenceFile::of(std::move(part));
            if (!opened.ok()) {
                SENDH_CHECK(refuse(std::move(opened).fault()));
            } else {
                SENDH_CHECK(this->part(**opened, Inside::archive));
            }
        }
        if (hidden > 0)
            sink_.note(file.name() + ": " + times(hidden, "hidden file", "hidden files") + " not read");
        if (files == 0)
            return refuse({FaultKind::input, "the ZIP archive holds no files", file.name(),
                           "check that the right file was delivered"});
        return done();
    }

    Done workbook(EvidenceFile& file, RandomBytes bytes) {
        SENDH_TRY(const std::string sha256, file.finish());
        auto opened = Workbook::open(std::move(bytes));
        if (!opened.ok()) return refuse(about(file, std::move(opened).fault()));
        const std::shared_ptr<const Workbook> book = std::move(opened).value();
        const auto& sheets = book->sheets();
        bool anything = false;
        std::uint64_t empty = 0;
        for (std::size_t i = 0; i < sheets.size(); ++i) {
            EvidenceFile::Part part;
            part.name = in(file.name(), sheets[i].name);
            if (!sheets[i].cells) {
                sink_.note(part.name + ": a chart or a dialog, no sheet of cells: not read");
                continue;
            }
            auto reader = SheetReader::open(book, i);
            if (!reader.ok()) {
                SENDH_CHECK(refuse(about(file, std::move(reader).fault())));
                continue;
            }
            SheetReader* const sheet = reader->get();
            const auto is_empty = sheet->is_empty();
            if (!is_empty.ok()) {
                SENDH_CHECK(refuse(about(file, is_empty.fault())));
                continue;
            }
            if (*is_empty) {
                ++empty;
                continue;
            }
            anything = true;
            part.size = file.bytes_read();
            part.sha256 = sha256;
            part.part = "sheet " + std::to_string(i + 1) + " of the workbook";
            part.detail = file.detail();
            part.unchanged = [&file] { return file.unchanged(); };
            part.bytes = [sheet](std::span<char> out) { return sheet->read(out); };
            part.notes = [sheet, hidden = sheets[i].hidden] {
                std::vector<std::string> notes = sheet->notes();
                if (hidden) notes.insert(notes.begin(), "the sheet is hidden in the workbook");
                return notes;
            };
            auto taken = EvidenceFile::of(std::move(part));
            if (!taken.ok()) {
                SENDH_CHECK(refuse(std::move(taken).fault()));
                continue;
            }
            auto in_now = sink_.file(**taken);
            if (!in_now.ok()) SENDH_CHECK(refuse_input(std::move(in_now).fault()));
        }
        if (!anything && empty > 0)
            return refuse({FaultKind::input, "no sheet of the workbook holds anything", file.name(),
                           "check that the right file was delivered"});
        if (empty > 0) sink_.note(file.name() + ": " + times(empty, "empty sheet", "empty sheets"));
        return done();
    }

    const DeliverySink& sink_;
    bool found_ = false;
};

}  // namespace

Done deliver(const fs::path& path, const DeliverySink& sink) {
    Walk walk(sink);
    std::error_code error;
    if (path == "-" || !fs::is_directory(path, error)) return walk.file(path, "");
    if (is_case(path)) {
        return Fault{FaultKind::usage, "this folder is a case, not evidence", shown_path(path),
                     "name the file or the folder that was delivered"};
    }
    const fs::path whole = fs::canonical(path, error);
    const std::string name = shown_name(error ? path : whole);
    SENDH_CHECK(walk.folder(path, name));
    if (!walk.found()) {
        sink.refused({FaultKind::input, "the folder holds no files", shown_path(path),
                      "check that the right folder was named"});
    }
    return done();
}

Result<std::optional<FileRecord>> find_delivered(Case& c, const std::string& kind, const std::string& sha256,
                                                 const EvidenceFile& file) {
    if (file.part().empty()) return c.catalogue().file_by_sha(kind, sha256);
    SENDH_TRY(const auto files, c.catalogue().files(kind));
    for (const FileRecord& known : files) {
        if (known.sha256 == sha256 &&
            ("\n" + known.detail).find("\n" + file.part() + "\n") != std::string::npos)
            return std::optional(known);
    }
    return std::optional<FileRecord>{};
}

Result<std::optional<FileRecord>> delivered_before(Case& c, const std::string& kind,
                                                   const EvidenceFile& file) {
    if (!file.known_sha256().empty()) return find_delivered(c, kind, file.known_sha256(), file);
    if (!file.can_be_opened_again() || file.size() == 0) return std::optional<FileRecord>{};
    SENDH_TRY(const auto files, c.catalogue().files(kind));
    // Only hashes ahead when a file of that size is there.
    if (std::none_of(files.begin(), files.end(), [&](const FileRecord& f) { return f.bytes == file.size(); }))
        return std::optional<FileRecord>{};
    SENDH_TRY(const auto again, EvidenceFile::open(file.path()));
    SENDH_TRY(const std::string sha, again->finish());
    return c.catalogue().file_by_sha(kind, sha);
}

}  // namespace sendh
