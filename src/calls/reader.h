// Readers of call records: one for each layout, one file each (calls/layout_<name>.cc), recognised by
// content. A reader turns bytes into CallBatches and gives every row it cannot take a reason. It never drops
// a row silently: rows = accepted + rejected.
//
// To add a layout: write calls/layout_<name>.cc that defines `const Layout <name>_layout`, and name it in the
// one list in calls/layouts.cc.
//
// Thread rule: one open reader, one thread; the table of layouts is constant.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/crew.h"
#include "base/delimited.h"
#include "base/result.h"
#include "base/time.h"
#include "calls/call_batch.h"
#include "numbering/plan.h"

namespace sendh {

// Why a row was not taken. Stored with the reject: never renumber, only append. Names in one table.
enum class RejectCode : std::uint8_t {
    broken_row,    // unclosed quote, over-long line
    column_count,  // fewer or more columns than the header promises
    bad_encoding,  // not UTF-8
    bad_time,      // no date and time in the form of this file
    bad_callee,    // the called number is empty or cannot be a number
    scientific,    // a spreadsheet turned a number into 9.1626E+11: it is destroyed
    bad_duration,
    bad_value,     // anything else that contradicts the layout
    above_header,  // as full as a row, and stands above the header: another report in front of this one?
    not_a_call,    // a record of something else: packet data, a location update, a change of a service
};
inline constexpr int reject_codes = 10;
[[nodiscard]] std::string_view name_of(RejectCode code);

struct Reject {
    std::uint64_t line = 0;  // 0 in files that have no lines: then offset says where
    std::uint64_t offset = 0;
    RejectCode code = RejectCode::bad_value;
    std::string column;    // name of the column at fault, "" if the whole row
    std::string_view raw;  // the row as it stands; holds phone numbers: seal it, never show it
};

// What takes the calls. Either function may stop the reading by returning a fault.
struct CallSink {
    std::function<Done(CallBatch&)>
        accept;  // up to 65,536 rows; may empty or keep the batch: it is cleared after
    std::function<Done(const Reject&)> reject;
};

enum class DateOrder : std::uint8_t { undecided, day_first, month_first, year_first };
[[nodiscard]] std::string_view name_of(DateOrder order);

struct ReadOptions {
    Region home = Region::india;
    Zone zone;                                    // for times without an offset
    bool zone_stated = false;                     // the user said it for this file: goes before a mapping's
    DateOrder date_order = DateOrder::undecided;  // what the user said; else decided from the file
    std::optional<Micros> now;  // a call cannot be later; nothing: no time is too late (calls/call_times.h)
    Crew* crew = nullptr;       // who may help reading; nobody if null
    std::size_t piece_size = 1 << 20;  // of the parts that are read at the same time, about
};

// What a reader says at the end, for the books and for the ledger.
struct ReadSummary {
    std::uint64_t rows =
        0;  // data rows seen (blank lines, preamble, header, rulers and trailers are not rows)
    std::uint64_t accepted = 0;
    std::uint64_t rejected = 0;
    DateOrder date_order = DateOrder::undecided;
    std::string date_evidence;       // "line 17 has day 23", or "the layout says so"
    std::vector<std::string> notes;  // "declared 2 records, found 1" ...
};

// The beginning of a file (up to 256 KiB), for recognising it.
struct FileHead {
    std::string_view bytes;
    bool whole = false;  // the file ends here
};

struct LayoutColumn {
    std::string_view name;
    bool required = false;
};

struct Layout {
    std::string_view name;         // "ild", "airtel"; what --layout takes
    std::string_view description;  // a line for --help
    std::span<const LayoutColumn>
        columns;  // of its header, to name what a file lacks; empty if it has no header
    // 0: not this; 100: certainly this.
    int (*recognise)(const FileHead& head);
    // Reads the whole source. head is the beginning of the same bytes (read again from source).
    Result<ReadSummary> (*read)(const FileHead& head, const ByteSource& source, const ReadOptions& options,
                                NameTable& names, const CallSink& sink);
    // Not text (BER, captures): asked before anybody complains that the bytes are not UTF-8.
    bool binary = false;
};

[[nodiscard]] std::span<const Layout> layouts();
[[nodiscard]] const Layout* find_layout(std::string_view name);

// The layout of a file, by content. Faults (input) that help: empty file, header only, a register or
// another list given as calls ("this looks like a list of numbers: use `sendh register add`"), a wrong
// encoding (with the byte), unknown columns (names them, and names the nearest layout and what it misses).
[[nodiscard]] Result<const Layout*> recognise(const FileHead& head);

// Any delimited file by a mapping file (TOML); grammar in calls/mapping.h.
struct Mapping;
[[nodiscard]] Result<std::shared_ptr<const Mapping>> parse_mapping(std::string_view toml,
                                                                   std::string_view file_name);
[[nodiscard]] Result<ReadSummary> read_mapped(const Mapping& mapping, const FileHead& head,
                                              const ByteSource& source, const ReadOptions& options,
                                              NameTable& names, const CallSink& sink);

}  // namespace sendh
