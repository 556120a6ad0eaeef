// Unpacker: the plain bytes of gzip and zstd data, pulled out in bounded memory while the packed bytes are
// read. What is packed is told by its first bytes, never by a name.
//
//   gzip   RFC 1952: members one behind the other, each with its CRC-32 and length checked
//   zstd   RFC 8878: frames one behind the other, skippable frames passed over, checksums checked where the
//          writer made them, windows up to 128 MiB
//
// Behind whole data, zero padding and foreign bytes are not unpacked; notes() says where they begin and how
// many they are. There is no limit on the ratio: memory does not grow with it, and an interrupt is heeded at
// every step.
//
// It reads no archives (casework/zip_archive.h) and looks for nothing packed inside what is packed.
// Faults: input (damaged, cut off, too large a window), with `byte N` of the packed bytes; what the source
// says; interrupted.
// Thread rule: one object, one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/delimited.h"
#include "base/result.h"

namespace sendh {

enum class Packing : std::uint8_t { none, gzip, zstd };
[[nodiscard]] std::string_view name_of(Packing packing);
[[nodiscard]] Packing packing_of(std::string_view first_bytes);  // 4 of them are enough

inline constexpr unsigned zstd_window_log_max = 27;  // 128 MiB

class Unpacker {
public:
    // packing: gzip or zstd.
    Unpacker(Packing packing, ByteSource packed);
    ~Unpacker();
    Unpacker(const Unpacker&) = delete;
    Unpacker& operator=(const Unpacker&) = delete;

    // 0 at the end; by then the source has been read to its own end. After a fault: the same fault again.
    [[nodiscard]] Result<std::size_t> read(std::span<char> out);
    [[nodiscard]] std::uint64_t bytes_out() const;
    [[nodiscard]] std::uint64_t parts() const;  // members or frames read to their end
    // What lies behind the data. After the end.
    [[nodiscard]] std::vector<std::string> notes() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sendh
