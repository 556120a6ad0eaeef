// Files with the durability rules in one place. A file that must survive is written under a temporary
// name in the same folder, flushed (fsync), renamed over the goal, and the folder is flushed: after a power
// failure the old file or the new one is there, whole.
//
// Faults: io (with the path and the machine's own words), missing.
// Thread rule: one object, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sendh {

// An open file descriptor, closed at the end.
class File {
public:
    File() = default;
    explicit File(int descriptor) : descriptor_(descriptor) {}
    File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    File& operator=(File&& other) noexcept;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File();

    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

private:
    int descriptor_ = -1;
};

// Opens for reading; "-" is standard input. A folder is a fault.
[[nodiscard]] Result<File> open_to_read(const std::filesystem::path& path);

// Reads up to buffer.size() bytes; 0 at the end.
[[nodiscard]] Result<std::size_t> read_some(const File& file, std::span<char> buffer,
                                            const std::filesystem::path& path);

// The whole file; a fault (input) when it is longer than limit.
[[nodiscard]] Result<std::string> read_whole(const std::filesystem::path& path, std::size_t limit);

// As said at the top. mode: permission bits.
[[nodiscard]] Done write_durably(const std::filesystem::path& path, std::string_view bytes,
                                 unsigned mode = 0644);

// The same in pieces, for what should not stand in memory whole. Without finish() nothing is left behind.
class DurableFile {
public:
    [[nodiscard]] static Result<DurableFile> create(const std::filesystem::path& path, unsigned mode = 0644);
    // Replaces nothing: fault (usage) when something of this name is there. What a crash leaves is called
    // "….part" and goes with the next file of the name.
    [[nodiscard]] static Result<DurableFile> create_new(const std::filesystem::path& path, unsigned mode);
    DurableFile(DurableFile&& other) noexcept = default;
    DurableFile& operator=(DurableFile&&) = delete;
    ~DurableFile();
    [[nodiscard]] Done add(std::string_view bytes);
    [[nodiscard]] Done finish();
    // Where the bytes lie until finish(): for a library that writes a file by its name.
    [[nodiscard]] const std::filesystem::path& lies_at() const {
        return temporary_.empty() ? path_ : temporary_;
    }

private:
    DurableFile() = default;
    static Result<DurableFile> open(const std::filesystem::path& path, unsigned mode,
                                    const std::string& ending);
    File file_;
    std::filesystem::path path_, temporary_;  // temporary_ empty: written where it is (a device, a pipe)
};

// Flushes a file, or a folder's list of names, to the disk.
[[nodiscard]] Done flush_to_disk(const std::filesystem::path& path);

// Moves a finished temporary file to its place, flushing file and folder.
[[nodiscard]] Done put_in_place(const std::filesystem::path& temporary, const std::filesystem::path& goal);

// A fault from errno, in words an officer can act on.
[[nodiscard]] Fault io_fault(std::string_view what, const std::filesystem::path& path, int error_number);

// A file name as it may be shown and stored: the last component without phone numbers.
[[nodiscard]] std::string shown_name(const std::filesystem::path& path);
// A whole path, for messages.
[[nodiscard]] std::string shown_path(const std::filesystem::path& path);

}  // namespace sendh
