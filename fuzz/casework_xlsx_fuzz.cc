// The XML of a workbook: five parts with a byte 1 between them (workbook, its relations, shared texts,
// styles, sheet), or the bytes of a workbook. Every row that comes out is a row of CSV, on the line that the
// sheet says.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/delimited.h"
#include "casework/workbook.h"
#include "containers.h"

namespace {

using namespace sendh;

constexpr std::size_t most_out = 4 << 20;

void require(bool promise) {
    if (!promise) std::abort();
}

void check_csv(const std::string& csv) {
    require(csv.find('\r') == std::string::npos && csv.find('\0') == std::string::npos);
    DelimitedReader reader(memory_source(csv), ',');
    DelimitedRow row;
    std::uint64_t last = 0;
    while (true) {
        const auto more = reader.next(row);
        require(more.ok());
        if (!*more) return;
        require(row.line > last && row.line <= 1'048'576);
        last = row.line;
        require(!row.broken || row.raw.size() >= 60'000);
    }
}

void read_book(const std::string& bytes) {
    const RandomBytes random{bytes.size(),
                             [&](std::uint64_t at, std::span<char> room) -> Result<std::size_t> {
                                 const std::size_t from = std::min<std::uint64_t>(at, bytes.size());
                                 const std::size_t n = std::min(room.size(), bytes.size() - from);
                                 std::copy_n(bytes.data() + from, n, room.data());
                                 return n;
                             }};
    const auto book = Workbook::open(random);
    if (!book.ok()) return;
    for (std::size_t i = 0; i < std::min<std::size_t>((*book)->sheets().size(), 3); ++i) {
        const auto sheet = SheetReader::open(*book, i);
        if (!sheet.ok()) continue;
        const auto empty = (*sheet)->is_empty();
        std::string csv;
        std::string buffer(10'000, '\0');
        bool whole = false;
        while (csv.size() < most_out && !whole) {
            const auto n = (*sheet)->read(buffer);
            if (!n.ok()) break;
            whole = *n == 0;
            csv.append(buffer, 0, *n);
        }
        (void)(*sheet)->notes();
        if (!whole) continue;
        require(!empty.ok() || *empty == csv.empty());
        check_csv(csv);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    if (looks_like_zip(bytes)) {
        read_book(bytes);
        return 0;
    }
    constexpr std::array<const char*, 5> names = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels",
                                                  "xl/sharedStrings.xml", "xl/styles.xml",
                                                  "xl/worksheets/sheet1.xml"};
    std::vector<test::Member> members;
    std::size_t at = 0;
    for (const char* name : names) {
        const std::size_t end = std::min(bytes.find('\1', at), bytes.size());
        members.push_back({name, bytes.substr(at, end - at)});
        at = std::min(end + 1, bytes.size());
    }
    read_book(test::zip(members, true));
    return 0;
}
