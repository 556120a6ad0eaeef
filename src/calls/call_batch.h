// CallBatch: calls as columns (structure of arrays). Made once by a reader, passed on by reference; nothing
// parses a call again. Names that repeat (trunks, carriers) are indices into a NameTable that lives as long
// as the import or scan.
//
// Thread rule: one batch, one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/phone_number.h"
#include "base/time.h"
#include "numbering/plan.h"

namespace sendh {

// Stored with every call: never renumber, only append.
enum class Direction : std::uint8_t { unknown, incoming, outgoing, transit };
enum class Disposition : std::uint8_t { unknown, answered, unanswered, busy, failed };
enum class Service : std::uint8_t { voice, sms, other };
[[nodiscard]] std::string_view name_of(Direction direction);
[[nodiscard]] std::string_view name_of(Disposition disposition);
[[nodiscard]] std::string_view name_of(Service service);

// Strings as small numbers. 0 is always the empty name. Each text is held once.
class NameTable {
public:
    NameTable();
    NameTable(const NameTable& other);
    NameTable& operator=(const NameTable& other);
    NameTable(NameTable&&) = default;
    NameTable& operator=(NameTable&&) = default;
    ~NameTable() = default;

    [[nodiscard]] std::uint32_t index_of(std::string_view name);
    [[nodiscard]] const std::string& name(std::uint32_t index) const { return names_.at(index); }
    [[nodiscard]] std::size_t size() const { return names_.size(); }
    // Of memory, about.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    // So many names or so long ones that they had better be written and forgotten: 100,000, or 16 MiB.
    [[nodiscard]] bool full() const;
    // Forgets the names from index `count` on, so that a file of ever new names does not fill the memory.
    // REQUIRES: count > 0, and no batch that names them is used any more.
    void keep_first(std::size_t count);

private:
    std::deque<std::string> names_;  // a name never moves
    std::size_t bytes_ = 0;
    struct Recent {
        std::string_view name;  // into names_
        std::uint32_t index = 0;
    };
    std::array<Recent, 512> recent_{};
    std::unordered_map<std::string_view, std::uint32_t> index_;  // views into names_
};

// What a batch keeps of a name: the whole of it up to 200 bytes. A longer one is no name but a cell that
// swallowed others, or worse, and would fill the memory row by row. Of it the beginning is kept, its numbers
// masked, with 64 bits of a hash (FNV-1a) of the masked whole behind it, so that different ones stay
// different.
inline constexpr std::size_t longest_name = 200;
[[nodiscard]] std::string shortened(std::string_view name);

struct CallBatch {
    // All columns have size() entries.
    std::vector<std::int64_t> id;       // of the call in its case; 0 until the importer has given it
    std::vector<Micros> time;           // start of the call, UTC
    std::vector<PhoneNumber> cli;       // as presented, normalised where the plan knows it
    std::vector<PhoneNumber> callee;    // the number that was called
    std::vector<PhoneNumber> redirect;  // redirecting / forwarding number; none if there was none
    std::vector<NumberClass> cli_class;
    std::vector<NumberClass> callee_class;
    std::vector<std::int32_t> duration;  // seconds of conversation; -1 unknown
    std::vector<Direction> direction;
    std::vector<Disposition> disposition;
    std::vector<Service> service;
    std::vector<std::uint32_t> trunk_in;   // NameTable
    std::vector<std::uint32_t> trunk_out;  // NameTable
    std::vector<std::uint32_t> carrier;    // NameTable: carrier that handed the call over, as the record says
    std::vector<std::uint32_t>
        cli_text;                     // NameTable: alphabetic sender id (at most 5 digits in it), else empty
    std::vector<std::uint64_t> line;  // where the row stands in its file, from 1
    std::vector<std::uint64_t> offset;  // its first byte

    std::uint64_t cut_names = 0;  // that were longer than longest_name

    [[nodiscard]] std::size_t size() const { return time.size(); }
    void clear();
    void reserve(std::size_t rows);
};

// One call on its way into a batch.
struct CallRow {
    Micros time;
    ParsedNumber cli, callee;
    PhoneNumber redirect;
    std::int32_t duration = -1;
    Direction direction = Direction::unknown;
    Disposition disposition = Disposition::unknown;
    Service service = Service::voice;
    std::string_view trunk_in, trunk_out, carrier, cli_text;
    std::uint64_t line = 0, offset = 0;
};
void append(CallBatch& batch, const CallRow& row, NameTable& names);

}  // namespace sendh
