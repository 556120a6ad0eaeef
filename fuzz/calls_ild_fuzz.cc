// The ild layout on arbitrary bytes: every row is answered, the books add up, and the pieces in which the
// bytes come make no difference.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "calls/reader.h"

namespace {

struct Books {
    bool read = false;
    std::uint64_t rows = 0, accepted = 0, rejected = 0, sum = 0;
    friend bool operator==(const Books&, const Books&) = default;
};

void require(bool promise) {
    if (!promise) std::abort();
}

Books read(std::string_view bytes, std::size_t head, std::size_t piece) {
    using namespace sendh;
    Books books;
    NameTable names;
    const ByteSource source = [inner = memory_source(bytes), piece](std::span<char> out) {
        return inner(out.first(std::min(piece, out.size())));
    };
    const CallSink sink = {[&](CallBatch& batch) {
                               books.accepted += batch.size();
                               for (std::size_t i = 0; i < batch.size(); ++i) {
                                   require(batch.offset[i] < bytes.size());
                                   books.sum +=
                                       unveil(batch.callee[i]) * batch.line[i] + unveil(batch.cli[i]);
                                   (void)names.name(batch.trunk_in[i]);
                               }
                               return done();
                           },
                           [&](const Reject& reject) {
                               ++books.rejected;
                               require(bytes.substr(reject.offset).starts_with(reject.raw));
                               books.sum += reject.line * static_cast<std::uint64_t>(reject.code);
                               return done();
                           }};
    const FileHead start = {bytes.substr(0, head), bytes.size() <= head};
    const auto summary = find_layout("ild")->read(start, source, {}, names, sink);
    if (!summary.ok()) return {};
    books.read = true;
    books.rows = summary.value().rows;
    require(books.rows == books.accepted + books.rejected);
    require(summary.value().accepted == books.accepted && summary.value().rejected == books.rejected);
    return books;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::size_t head = size % 7 == 0 ? size / 2 : size;
    (void)sendh::recognise({bytes.substr(0, head), head == size}).ok();
    require(read(bytes, head, 1 << 16) == read(bytes, head, 1 + size % 13));
    return 0;
}
