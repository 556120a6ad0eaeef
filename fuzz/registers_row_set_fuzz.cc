// Row sets of arbitrary bytes: refused, or the same bytes again and ranks that fit.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "registers/row_set.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sendh;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto set = RowSet::decode(bytes);
    if (!set.ok()) return 0;
    if (set->encoded() != bytes) std::abort();
    if (set->size() > 10'000) return 0;  // a few bytes can stand for very many rows
    std::uint64_t rank = 0;
    for (const std::int64_t row : set->rows()) {
        if (set->rank(row) != rank++) std::abort();
    }
    return 0;
}
