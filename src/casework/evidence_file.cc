#include "casework/evidence_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/progress.h"
#include "base/text.h"

namespace sendh {

namespace {

constexpr std::size_t head_size = 256 * 1024;
constexpr std::size_t first_piece = 64 * 1024;
constexpr std::size_t magic_size = 8;

// Kinds of file that hold evidence and are not read here, by their first bytes.
struct Foreign {
    std::string_view magic;
    std::size_t at;
    const char* what;
    const char* to_do;
};
constexpr const char* unpack_it = "unpack it and import the files or the folder";
constexpr std::array<Foreign, 9> foreign = {{
    {"7z\xBC\xAF\x27\x1C", 0, "the file is a 7-Zip archive", unpack_it},
    {"Rar!\x1A\x07", 0, "the file is a RAR archive", unpack_it},
    {std::string_view("\xFD"
                      "7zXZ\0",
                      6),
     0, "the file is packed with xz", unpack_it},
    {"1AY&SY", 4, "the file is packed with bzip2", unpack_it},
    {"\x04\x22\x4D\x18", 0, "the file is packed with lz4", unpack_it},
    {"ustar", 257, "the file is a tar archive", unpack_it},
    {"PK\x07\x08", 0, "the file is one piece of a split ZIP archive",
     "put the pieces together, unpack them and import the files"},
    {"\xD0\xCF\x11\xE0", 0, "the file is an old workbook (.xls), or a workbook with a password",
     "open it in a spreadsheet program and save it without a password as .xlsx or as CSV UTF-8"},
    {"SQLite format 3", 0, "the file is a database (SQLite), not text", "export the records as CSV UTF-8"},
}};

Done refuse_foreign(std::string_view head, const std::string& name) {
    for (const Foreign& f : foreign) {
        if (head.size() > f.at && head.substr(f.at).starts_with(f.magic))
            return Fault{FaultKind::input, f.what, name, f.to_do};
    }
    return done();
}

std::int64_t modified(const struct stat& info) {
    return std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
}

}  // namespace

Result<std::unique_ptr<EvidenceFile>> EvidenceFile::open(const std::filesystem::path& path,
                                                         const std::string& name) {
    std::unique_ptr<EvidenceFile> file(new EvidenceFile());
    file->path_ = path;
    file->name_ = !name.empty() ? name : path == "-" ? "standard input" : shown_name(path);
    SENDH_TRY(file->file_, open_to_read(path));
    struct stat info {};
    if (::fstat(file->file_.descriptor(), &info) == 0 && S_ISREG(info.st_mode)) {
        file->regular_ = path != "-";
        file->size_ = static_cast<std::uint64_t>(info.st_size);
        file->modified_ = modified(info);
    }
    SENDH_CHECK(file->start());
    return file;
}

Result<std::unique_ptr<EvidenceFile>> EvidenceFile::of(Part part) {
    std::unique_ptr<EvidenceFile> file(new EvidenceFile());
    file->name_ = part.name;
    file->path_ = part.name;
    if (part.sha256.empty()) file->size_ = part.size;
    file->sha256_ = part.sha256;
    file->part_ = std::move(part);
    SENDH_CHECK(file->start());
    return file;
}

Done EvidenceFile::start() {
    packed_head_.resize(first_piece);
    std::size_t filled = 0;
    while (filled < magic_size) {
        SENDH_TRY(const std::size_t n, read_new(std::span(packed_head_).subspan(filled)));
        if (n == 0) {
            delivered_whole_ = true;
            break;
        }
        filled += n;
    }
    packed_head_.resize(filled);
    // A converted sheet is text, whatever its first letters look like.
    const bool text = !part_.sha256.empty();
    if (!text) SENDH_CHECK(refuse_foreign(packed_head_, name_));
    packing_ = text ? Packing::none : packing_of(packed_head_);
    if (packing_ != Packing::none) {
        unpacker_ =
            std::make_unique<Unpacker>(packing_, [this](std::span<char> out) { return read_delivered(out); });
    }
    head_.resize(head_size);
    filled = 0;
    while (filled < head_size) {
        SENDH_TRY(const std::size_t n, read_plain(std::span(head_).subspan(filled)));
        if (n == 0) {
            whole_ = true;
            break;
        }
        filled += n;
    }
    head_.resize(filled);
    if (text) return done();
    SENDH_CHECK(refuse_foreign(head_, name_));
    if (packing_ == Packing::none) return done();
    if (looks_like_zip(head_) || packing_of(head_) != Packing::none) {
        return Fault{FaultKind::input,
                     std::string(looks_like_zip(head_) ? "a ZIP archive or workbook" : "a packed file") +
                         " that was packed again with " + std::string(sendh::name_of(packing_)),
                     name_, "unpack it once and import what comes out"};
    }
    return done();
}

Fault EvidenceFile::about(Fault fault) const {
    // Of a file that was cut while it was read, that is what has to be said.
    if (fault.kind == FaultKind::input) {
        if (auto same = unchanged(); !same.ok()) return std::move(same).fault();
    }
    if (fault.where.empty()) {
        if (fault.kind != FaultKind::interrupted) fault.where = name_;
    } else if (fault.where.starts_with("byte ")) {
        fault.where = name_ + ": " + fault.where;
    }
    return fault;
}

Done EvidenceFile::unchanged() const {
    if (part_.unchanged) return part_.unchanged();
    if (!regular_) return done();
    const Fault changed{FaultKind::input, "the file changed while it was read", name_,
                        "nothing of this file was kept; wait until it is written and import it again"};
    struct stat info {};
    if (::fstat(file_.descriptor(), &info) != 0) return io_fault("cannot read", path_, errno);
    if (static_cast<std::uint64_t>(info.st_size) != size_ || modified(info) != modified_) return changed;
    return done();
}

Result<std::size_t> EvidenceFile::read_new(std::span<char> out) {
    auto n = part_.bytes ? part_.bytes(out) : read_some(file_, out, path_);
    if (!n.ok()) return about(n.fault());
    if (part_.sha256.empty()) digest_.add(out.first(*n));
    bytes_ += *n;
    return *n;
}

Result<std::size_t> EvidenceFile::read_delivered(std::span<char> out) {
    if (packed_replayed_ < packed_head_.size()) {
        const std::size_t n = std::min(out.size(), packed_head_.size() - packed_replayed_);
        std::copy_n(packed_head_.data() + packed_replayed_, n, out.data());
        packed_replayed_ += n;
        return n;
    }
    if (delivered_whole_) return std::size_t{0};
    SENDH_TRY(const std::size_t n, read_new(out));
    delivered_whole_ = n == 0;
    return n;
}

Result<std::size_t> EvidenceFile::read_plain(std::span<char> out) {
    if (!unpacker_) return read_delivered(out);
    auto n = unpacker_->read(out);
    if (!n.ok()) return about(n.fault());
    return n;
}

ByteSource EvidenceFile::source() {
    source_taken_ = true;
    return [this](std::span<char> out) -> Result<std::size_t> {
        if (replayed_ < head_.size()) {
            const std::size_t n = std::min(out.size(), head_.size() - replayed_);
            std::copy_n(head_.data() + replayed_, n, out.data());
            replayed_ += n;
            return n;
        }
        if (whole_) return std::size_t{0};
        return read_plain(out);
    };
}

Result<std::string> EvidenceFile::finish() {
    std::vector<char> buffer(1 << 16);
    // What a reader took is unpacked to its end: damage there counts. For the digest alone it need not be.
    for (bool ended = !source_taken_; !ended;) {
        SENDH_TRY(const std::size_t n, read_plain(buffer));
        ended = n == 0;
    }
    while (!delivered_whole_) SENDH_CHECK(read_delivered(buffer));
    SENDH_CHECK(unchanged());
    if (regular_ && bytes_ != size_) {
        return Fault{FaultKind::input, "the file changed while it was read", name_,
                     "nothing of this file was kept; wait until it is written and import it again"};
    }
    if (sha256_.empty()) sha256_ = digest_.hex();
    if (!part_.sha256.empty()) bytes_ = part_.size;
    return sha256_;
}

std::vector<std::string> EvidenceFile::notes() const {
    std::vector<std::string> out = unpacker_ ? unpacker_->notes() : std::vector<std::string>{};
    if (part_.notes) {
        for (std::string& note : part_.notes()) out.push_back(std::move(note));
    }
    return out;
}

std::vector<std::string> EvidenceFile::detail() const {
    std::vector<std::string> out;
    if (!part_.part.empty()) out.push_back(part_.part);
    out.insert(out.end(), part_.detail.begin(), part_.detail.end());
    if (unpacker_) {
        out.push_back(std::string(sendh::name_of(packing_)) + ": " + grouped(unpacker_->bytes_out()) +
                      " bytes unpacked from " + grouped(bytes_));
    }
    return out;
}

Result<RandomBytes> EvidenceFile::random_bytes(std::size_t limit) {
    RandomBytes out;
    if (regular_) {
        SENDH_CHECK(finish());
        out.size = size_;
        out.read_at = [this](std::uint64_t offset, std::span<char> room) -> Result<std::size_t> {
            while (true) {
                SENDH_CHECK(check_interrupt("nothing of this file was kept"));
                const ssize_t n =
                    ::pread(file_.descriptor(), room.data(), room.size(), static_cast<off_t>(offset));
                if (n >= 0) return static_cast<std::size_t>(n);
                if (errno != EINTR) return io_fault("cannot read", path_, errno);
            }
        };
        return out;
    }
    auto whole = std::make_shared<std::string>(head_);
    std::vector<char> buffer(1 << 16);
    for (bool ended = whole_; !ended;) {
        SENDH_TRY(const std::size_t n, read_plain(buffer));
        ended = n == 0;
        whole->append(buffer.data(), n);
        if (whole->size() > limit) {
            return Fault{FaultKind::input, "the archive or workbook is too large to be read from here", name_,
                         "at most " + grouped(limit) +
                             " bytes are read from standard input or from inside an archive: save it as a "
                             "file and import that"};
        }
    }
    SENDH_CHECK(finish());
    out.size = whole->size();
    out.read_at = [whole](std::uint64_t offset, std::span<char> room) -> Result<std::size_t> {
        SENDH_CHECK(check_interrupt("nothing of this file was kept"));
        const std::size_t at = std::min<std::uint64_t>(offset, whole->size());
        const std::size_t n = std::min(room.size(), whole->size() - at);
        std::copy_n(whole->data() + at, n, room.data());
        return n;
    };
    return out;
}

}  // namespace sendh
