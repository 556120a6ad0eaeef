// EvidenceFile: one delivered file, read once: its head for recognising it, its bytes as a source, its
// SHA-256 and size when it has been read to the end. "-" is standard input. What is packed with gzip or zstd
// comes out plain (casework/unpack.h); SHA-256 and size are those of the bytes as delivered.
//
// It may also be a part of a container: a member of a ZIP archive, a sheet of a workbook; casework/delivery.h
// makes these. It opens no container itself: of one, head and source are the bytes as they stand.
//
// A file that was written to or cut while it was read is a fault (input: "changed while it was read") of
// finish(), and takes the place of faults that follow from it.
//
// Faults: io, missing, input (damaged packing, a kind of file that is not read, changed), interrupted.
// Thread rule: one object, one thread; it must outlive its source.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/delimited.h"
#include "base/file.h"
#include "calls/reader.h"
#include "casework/unpack.h"
#include "casework/zip_archive.h"
#include "crypto/digest.h"

namespace sendh {

class EvidenceFile {
public:
    // A part of a container. (open: name as it may be shown; without it the last one of the path.)
    struct Part {
        std::string name;  // without numbers: "calls.zip/may.csv", "calls.xlsx/Sheet1"
        ByteSource bytes;
        std::uint64_t size = 0;           // 0 unknown
        std::string sha256;               // known already: of the workbook, for a sheet
        std::string part;                 // "sheet 2 of the workbook"; "" where sha256 tells it
        std::vector<std::string> detail;  // lines for the books
        std::function<Done()> unchanged;  // fault when the container has changed
        std::function<std::vector<std::string>()> notes;  // asked when it has been read
    };

    [[nodiscard]] static Result<std::unique_ptr<EvidenceFile>> open(const std::filesystem::path& path,
                                                                    const std::string& name = "");
    [[nodiscard]] static Result<std::unique_ptr<EvidenceFile>> of(Part part);

    [[nodiscard]] const std::string& name() const { return name_; }  // without numbers
    [[nodiscard]] FileHead head() const { return {head_, whole_}; }
    [[nodiscard]] ByteSource source();                          // from the first byte
    [[nodiscard]] std::uint64_t size() const { return size_; }  // as delivered; 0 unknown (a pipe)
    [[nodiscard]] std::uint64_t bytes_read() const { return bytes_; }
    // Reads what is left, then the digest.
    [[nodiscard]] Result<std::string> finish();
    // Fault if it is not the file any more that was opened.
    [[nodiscard]] Done unchanged() const;

    // After finish(): what is to be said (padding behind packed data …), and lines for the books.
    [[nodiscard]] std::vector<std::string> notes() const;
    [[nodiscard]] std::vector<std::string> detail() const;
    [[nodiscard]] const std::string& part() const { return part_.part; }
    // Known before it is read: sheets.
    [[nodiscard]] const std::string& known_sha256() const { return part_.sha256; }
    // A second object can read the same bytes again from path(): files.
    [[nodiscard]] bool can_be_opened_again() const { return regular_; }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    // A ZIP archive by its first bytes, or what is made of one, a workbook.
    [[nodiscard]] bool is_zip() const { return looks_like_zip(packed_head_); }
    // Its bytes, to be read at any place: after a pass for the digest where it is a file, else from memory;
    // fault (input) when it is no file and has more than limit bytes. Holds while this object lives.
    [[nodiscard]] Result<RandomBytes> random_bytes(std::size_t limit);

private:
    EvidenceFile() = default;
    [[nodiscard]] Done start();
    Result<std::size_t> read_new(std::span<char> out);
    Result<std::size_t> read_delivered(std::span<char> out);
    Result<std::size_t> read_plain(std::span<char> out);
    [[nodiscard]] Fault about(Fault fault) const;

    std::filesystem::path path_;
    std::string name_;
    File file_;
    Part part_;
    bool regular_ = false;
    std::uint64_t size_ = 0, bytes_ = 0;
    std::int64_t modified_ = 0;
    Sha256 digest_;
    std::string sha256_;

    std::string packed_head_;  // the first bytes as delivered, given again
    std::size_t packed_replayed_ = 0;
    bool delivered_whole_ = false;
    std::unique_ptr<Unpacker> unpacker_;
    Packing packing_ = Packing::none;

    std::string head_;
    std::size_t replayed_ = 0;
    bool whole_ = false;
    bool source_taken_ = false;
};

}  // namespace sendh
