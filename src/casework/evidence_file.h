// EvidenceFile: a delivered file, read once: its head for recognising it, its bytes as a source, its SHA-256
// and size when it has been read to the end. "-" is standard input.
//
// Thread rule: one object, one thread; it must outlive its source.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/delimited.h"
#include "base/file.h"
#include "calls/reader.h"
#include "crypto/digest.h"

namespace sendh {

class EvidenceFile {
public:
    [[nodiscard]] static Result<std::unique_ptr<EvidenceFile>> open(const std::filesystem::path& path);

    [[nodiscard]] const std::string& name() const { return name_; }  // without numbers
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] FileHead head() const { return {head_, whole_}; }
    [[nodiscard]] ByteSource source();                          // from the first byte
    [[nodiscard]] std::uint64_t size() const { return size_; }  // 0 unknown (a pipe)
    [[nodiscard]] std::uint64_t bytes_read() const { return bytes_; }
    // Reads what is left, then the digest.
    [[nodiscard]] Result<std::string> finish();

private:
    EvidenceFile() = default;
    Result<std::size_t> read(std::span<char> out);

    std::filesystem::path path_;
    std::string name_;
    File file_;
    std::string head_;
    std::size_t replayed_ = 0;
    bool whole_ = false;
    std::uint64_t size_ = 0, bytes_ = 0;
    Sha256 digest_;
};

}  // namespace sendh
