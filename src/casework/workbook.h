// Workbook: an Excel workbook (.xlsx, .xlsm; ECMA-376, ISO/IEC 29500, transitional and strict) whose sheets
// come out as CSV bytes, so that the readers of text layouts take them. The conversion is a promise
// (docs/evidence-files.md):
//
//   rows      row n of the sheet is line n: what is missing or empty is an empty line; rows are filled up
//   with
//             empty cells to the widest row so far
//   texts     as they are; line breaks and other control characters become spaces
//   numbers   as casework/cell_values.h says; TRUE, FALSE; errors as they show (#N/A)
//   dates     a number in a cell whose format shows a date or time: ISO text
//   formulas  the value that was last computed; cells without one are counted in notes()
//   merged    the first cell alone holds the value, as in the file
//
// Streaming: memory is that of the shared texts, at most 256 MiB of them (and half as much again while they
// grow), the names of the archive's members, at most 32 MiB, and what a piece of 4 KiB of XML makes: little,
// but 50 MiB where each cell names a shared text of the full length. A sheet is found without passing the
// others, and no two sheets may lie in one part.
// It computes no formula, follows no link and reads no macro, no chart, no comment.
//
// Faults: input (damaged, not of this standard, over a limit), with `byte N of PART`; what the source says.
// Thread rule: one object and its sheets, one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/delimited.h"
#include "base/result.h"
#include "casework/zip_archive.h"

namespace sendh {

inline constexpr std::size_t most_shared_text = 256U << 20U;

enum class ZipKind : std::uint8_t { archive, workbook, binary_workbook, open_document, document };
// What a ZIP archive is, by the names of its members.
[[nodiscard]] Result<ZipKind> kind_of_zip(const RandomBytes& bytes);

class Workbook {
public:
    [[nodiscard]] static Result<std::shared_ptr<Workbook>> open(RandomBytes bytes);
    ~Workbook();
    Workbook(const Workbook&) = delete;
    Workbook& operator=(const Workbook&) = delete;

    struct Sheet {
        std::string name;  // as the sender wrote it, perhaps with numbers
        bool hidden = false;
        bool cells = true;  // a worksheet; else a chart sheet, a dialog
    };
    [[nodiscard]] const std::vector<Sheet>& sheets() const;

private:
    friend class SheetReader;
    Workbook();
    struct State;
    std::unique_ptr<State> state_;
};

// The CSV bytes of one sheet.
class SheetReader {
public:
    [[nodiscard]] static Result<std::unique_ptr<SheetReader>> open(std::shared_ptr<const Workbook> workbook,
                                                                   std::size_t sheet);
    ~SheetReader();
    SheetReader(const SheetReader&) = delete;
    SheetReader& operator=(const SheetReader&) = delete;

    [[nodiscard]] Result<bool> is_empty();  // no cell holds anything
    [[nodiscard]] Result<std::size_t> read(std::span<char> out);
    [[nodiscard]] std::vector<std::string> notes() const;

private:
    SheetReader();
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sendh
