// Rows of arbitrary bytes: they point at their text, and do not depend on the pieces in which the bytes come.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/delimited.h"

namespace {

std::string rows_of(std::string_view bytes, char delimiter, std::size_t piece) {
    using namespace sendh;
    DelimitedReader reader([inner = memory_source(bytes), piece](
                               std::span<char> out) { return inner(out.first(std::min(piece, out.size()))); },
                           delimiter);
    DelimitedRow row;
    std::string out;
    while (true) {
        const auto more = reader.next(row);
        if (!more.ok()) return "fault";
        if (!*more) return out;
        if (!bytes.substr(row.offset).starts_with(row.raw)) std::abort();
        out += std::to_string(row.line) + ":" + std::to_string(row.offset) + (row.broken ? "!" : "") +
               (row.ascii ? "a" : "");
        for (const std::string_view field : row.fields) out.append("[").append(field).append("]");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const char delimiter = ",\t;|"[data[0] % 4];
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (rows_of(bytes, delimiter, 1 << 16) != rows_of(bytes, delimiter, 1 + data[0] % 17)) std::abort();
    (void)sendh::guess_delimiter(bytes);
    return 0;
}
