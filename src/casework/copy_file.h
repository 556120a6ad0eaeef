// CopyFile: the file that a copy is written to: CSV, or an Excel workbook where the name ends in .xlsx. It
// takes CSV rows and gives the SHA-256 of the file as it was written.
//
// A workbook has one sheet, and every cell is text: a number as a number would lose its `+`, and a date its
// form. Line breaks in a cell become spaces, as they do when workbooks are read. It names no author, machine
// or program of ours, and no time but the date of the copy. It is written by a library that does not tell
// when the disk is full, so it is read back, cell by cell, before it is put in its place.
//
// Neither replaces a file. Until finish() the rows are in `….part` beside the goal, mode 0600, and, for a
// workbook, in a file without a name in the same folder: without finish() nothing is left behind, and a crash
// leaves the `….part`.
//
// Faults: usage (a file of this name, an ending that promises another form, more rows than a sheet has), io,
// input (a cell that no workbook can hold), interrupted.
// Thread rule: one object, one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "crypto/digest.h"

namespace sendh {

inline constexpr std::uint64_t most_rows_of_a_sheet = 1'048'576;  // with the header

class CopyFile {
public:
    // date: of the copy, ISO. rows: that will follow the header.
    [[nodiscard]] static Result<CopyFile> create(const std::filesystem::path& path, const std::string& date,
                                                 std::uint64_t rows);
    CopyFile(CopyFile&&) noexcept;
    CopyFile& operator=(CopyFile&&) = delete;
    ~CopyFile();

    // Whole rows, as csv_field() writes them.
    [[nodiscard]] Done add(std::string_view csv_rows);
    // In its place; SHA-256.
    [[nodiscard]] Result<std::string> finish();

private:
    struct Sheet;
    explicit CopyFile(DurableFile file);
    DurableFile file_;
    std::unique_ptr<Sha256> digest_ = std::make_unique<Sha256>();  // CSV
    std::unique_ptr<Sheet> sheet_;
};

}  // namespace sendh
