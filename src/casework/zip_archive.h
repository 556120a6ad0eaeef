// ZipArchive: the members of a ZIP archive (PKWARE APPNOTE 6.3), one after the other in the order of its
// directory, each as a stream of bytes whose CRC-32 is checked. Through libarchive, for three reasons: it
// reads from any bytes that can be read at a place (file or memory), it knows the methods and the Zip64 of
// real archives, and its reader is kept up by Debian's security team. Of its formats only ZIP is switched on.
//
// The directory is cut into its records here, and libarchive is shown one member at a time, as an archive of
// that member alone. So going to a member costs the same wherever it stands and however many stand before it
// or are damaged.
//
// Nothing is ever written to the disk, so a member's name can lead nowhere: it is a label. `..`, a leading
// slash, back slashes and control characters are taken out of it.
// Memory: that of the directory, at most 32 MiB, and some 200 KB.
//
// Faults: input (no directory, damaged, encrypted, too many members); what the source says; interrupted.
// Thread rule: one object, one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sendh {

// Bytes that can be read at any place. read_at gives at least one byte below `size`.
struct RandomBytes {
    std::uint64_t size = 0;
    std::function<Result<std::size_t>(std::uint64_t offset, std::span<char> out)> read_at;
};

inline constexpr std::uint64_t most_zip_members = 100'000;
inline constexpr std::uint64_t most_zip_directory = 32ULL << 20U;

[[nodiscard]] bool looks_like_zip(std::string_view first_bytes);

struct ZipMember {
    std::uint64_t number = 0;                 // in the directory, from 0
    std::string name;                         // a label, UTF-8; holds what the sender wrote, perhaps numbers
    std::uint64_t size = 0;                   // as the directory says
    bool is_file = false, is_folder = false;  // neither: a link
    bool encrypted = false;
};

class ZipArchive {
public:
    [[nodiscard]] static Result<std::unique_ptr<ZipArchive>> open(RandomBytes bytes);
    ~ZipArchive();
    ZipArchive(const ZipArchive&) = delete;
    ZipArchive& operator=(const ZipArchive&) = delete;

    // The same archive, read on its own from this member on.
    [[nodiscard]] std::unique_ptr<ZipArchive> again(std::uint64_t number) const;

    // The next member, or nothing at the end. After a fault of kind input the one behind it comes next.
    [[nodiscard]] Result<std::optional<ZipMember>> next();
    // The plain bytes of the member that next() gave last; 0 at its end.
    [[nodiscard]] Result<std::size_t> read(std::span<char> out);

private:
    ZipArchive();
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sendh
