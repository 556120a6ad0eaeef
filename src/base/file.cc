#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/progress.h"
#include "base/text.h"

namespace sendh {

File& File::operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

File::~File() {
    if (descriptor_ > 2) ::close(descriptor_);
}

std::string shown_name(const std::filesystem::path& path) {
    return without_numbers(path.filename().string());
}
std::string shown_path(const std::filesystem::path& path) { return without_numbers(path.string()); }

Fault io_fault(std::string_view what, const std::filesystem::path& path, int error_number) {
    Fault fault{FaultKind::io, std::string(what), shown_path(path), std::strerror(error_number)};
    switch (error_number) {
        case ENOENT:
            fault.kind = FaultKind::missing;
            fault.to_do = "there is no such file; check the path";
            break;
        case EACCES:
        case EPERM: fault.to_do = "permission denied; check the owner and the permissions"; break;
        case EROFS: fault.to_do = "the disk is read-only; choose another place or make it writable"; break;
        case ENOSPC:
        case EDQUOT: fault.to_do = "the disk is full; free some space and run the command again"; break;
        case EFBIG:
            fault.to_do = "the file would pass the size limit set for this process (ulimit -f)";
            break;
        default: break;
    }
    return fault;
}

Result<File> open_to_read(const std::filesystem::path& path) {
    if (path == "-") return File(0);
    File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) {
        const int error_number = errno;  // a pipe makes open() wait
        if (error_number == EINTR) SENDH_CHECK(check_interrupt("nothing was changed"));
        return io_fault("cannot open", path, error_number);
    }
    struct stat info {};
    if (::fstat(file.descriptor(), &info) != 0) return io_fault("cannot read", path, errno);
    if (S_ISDIR(info.st_mode))
        return Fault{FaultKind::input, "this is a folder, not a file", shown_path(path), "name a file in it"};
    return file;
}

Result<std::size_t> read_some(const File& file, std::span<char> buffer, const std::filesystem::path& path) {
    while (true) {
        // A pipe may make read() wait for ever.
        SENDH_CHECK(check_interrupt("nothing of this file was kept"));
        const ssize_t n = ::read(file.descriptor(), buffer.data(), buffer.size());
        if (n >= 0) return static_cast<std::size_t>(n);
        if (errno != EINTR) return io_fault("cannot read", path, errno);
    }
}

Result<std::string> read_whole(const std::filesystem::path& path, std::size_t limit) {
    SENDH_TRY(const File file, open_to_read(path));
    std::string out;
    char buffer[65536];
    while (true) {
        SENDH_TRY(const std::size_t n, read_some(file, buffer, path));
        if (n == 0) return out;
        out.append(buffer, n);
        if (out.size() > limit) {
            return Fault{FaultKind::input, "the file is too large for what it should be", shown_path(path),
                         "at most " + grouped(limit) + " bytes are read here"};
        }
    }
}

Done flush_to_disk(const std::filesystem::path& path) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) return io_fault("cannot open to flush", path, errno);
    if (::fsync(file.descriptor()) != 0 && errno != EINVAL)
        return io_fault("cannot flush to disk", path, errno);
    return done();
}

Done put_in_place(const std::filesystem::path& temporary, const std::filesystem::path& goal) {
    SENDH_CHECK(flush_to_disk(temporary));
    if (::rename(temporary.c_str(), goal.c_str()) != 0) return io_fault("cannot write", goal, errno);
    return flush_to_disk(goal.has_parent_path() ? goal.parent_path() : std::filesystem::path("."));
}

namespace {

Done write_all(const File& file, std::string_view bytes, const std::filesystem::path& path) {
    while (!bytes.empty()) {
        const ssize_t n = ::write(file.descriptor(), bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return io_fault("cannot write", path, errno);
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return done();
}

}  // namespace

Result<DurableFile> DurableFile::create(const std::filesystem::path& path, unsigned mode) {
    return open(path, mode, ".tmp" + std::to_string(::getpid()));
}

Result<DurableFile> DurableFile::open(const std::filesystem::path& given, unsigned mode,
                                      const std::string& ending) {
    DurableFile out;
    // These are links to whatever the shell has opened, perhaps a file: never replaced, never cut.
    if (given == "/dev/stdout" || given == "/dev/fd/1" || given == "/proc/self/fd/1") {
        std::fflush(stdout);
        out.path_ = given;
        out.file_ = File(1);
        return out;
    }
    std::error_code ignored;
    out.path_ = given;  // of a link, the file that it names is replaced, and the link stays
    if (std::filesystem::is_symlink(given, ignored)) {
        const auto goal = std::filesystem::canonical(given, ignored);
        if (!ignored) out.path_ = goal;
    }
    const auto kind = std::filesystem::status(out.path_, ignored).type();
    const bool special = kind != std::filesystem::file_type::regular &&
                         kind != std::filesystem::file_type::not_found &&
                         kind != std::filesystem::file_type::none;
    if (kind == std::filesystem::file_type::directory) {
        return Fault{FaultKind::usage, "this is a folder, not a file", shown_path(out.path_),
                     "give the name of a file to write"};
    }
    std::filesystem::path target = out.path_;
    if (!special) {
        target += ending;
        ::unlink(target.c_str());  // left by a crash, or put there by somebody: not ours to fill
    }
    const int flags = O_WRONLY | O_CLOEXEC | (special ? 0 : O_CREAT | O_EXCL | O_NOFOLLOW);
    out.file_ = File(::open(target.c_str(), flags, static_cast<mode_t>(mode)));
    if (!out.file_.is_open()) return io_fault("cannot write", out.path_, errno);
    if (!special) out.temporary_ = target;
    return out;
}

DurableFile::~DurableFile() {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Done DurableFile::add(std::string_view bytes) { return write_all(file_, bytes, path_); }

Done DurableFile::finish() {
    file_ = File();
    if (temporary_.empty()) return done();
    SENDH_CHECK(put_in_place(temporary_, path_));
    temporary_.clear();
    return done();
}

Done write_durably(const std::filesystem::path& path, std::string_view bytes, unsigned mode) {
    SENDH_TRY(DurableFile file, DurableFile::create(path, mode));
    SENDH_CHECK(file.add(bytes));
    return file.finish();
}

Result<DurableFile> DurableFile::create_new(const std::filesystem::path& path, unsigned mode) {
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored)))
        return Fault{FaultKind::usage, "there is a file of this name already", shown_path(path),
                     "choose another name; nothing was changed"};
    return open(path, mode, ".part");
}

}  // namespace sendh
