#include "casework/evidence_file.h"

#include <sys/stat.h>

#include <algorithm>

namespace sendh {

namespace {
constexpr std::size_t head_size = 256 * 1024;
}

Result<std::unique_ptr<EvidenceFile>> EvidenceFile::open(const std::filesystem::path& path) {
    std::unique_ptr<EvidenceFile> file(new EvidenceFile());
    file->path_ = path;
    file->name_ = path == "-" ? "standard input" : shown_name(path);
    SENDH_TRY(file->file_, open_to_read(path));
    struct stat info {};
    if (::fstat(file->file_.descriptor(), &info) == 0 && S_ISREG(info.st_mode))
        file->size_ = static_cast<std::uint64_t>(info.st_size);
    file->head_.resize(head_size);
    std::size_t filled = 0;
    while (filled < head_size) {
        SENDH_TRY(const std::size_t n, file->read(std::span(file->head_).subspan(filled)));
        if (n == 0) {
            file->whole_ = true;
            break;
        }
        filled += n;
    }
    file->head_.resize(filled);
    return file;
}

Result<std::size_t> EvidenceFile::read(std::span<char> out) {
    SENDH_TRY(const std::size_t n, read_some(file_, out, path_));
    digest_.add(out.first(n));
    bytes_ += n;
    return n;
}

ByteSource EvidenceFile::source() {
    return [this](std::span<char> out) -> Result<std::size_t> {
        if (replayed_ < head_.size()) {
            const std::size_t n = std::min(out.size(), head_.size() - replayed_);
            std::copy_n(head_.data() + replayed_, n, out.data());
            replayed_ += n;
            return n;
        }
        if (whole_) return std::size_t{0};
        return read(out);
    };
}

Result<std::string> EvidenceFile::finish() {
    std::vector<char> buffer(1 << 16);
    while (!whole_) {
        SENDH_TRY(const std::size_t n, read(buffer));
        if (n == 0) break;
    }
    return digest_.hex();
}

}  // namespace sendh
