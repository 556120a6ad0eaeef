// What every fuzzer of a layout holds its reader to, on arbitrary bytes: every row is answered, the books add
// up, every call and reject stands inside the file, and the pieces in which the bytes come make no
// difference.
//
// A fuzzer of a layout is one line: SENDH_FUZZ_LAYOUT("ild")
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <string_view>

#include "calls/reader.h"

namespace sendh::fuzz {

struct Books {
    bool read = false;
    std::uint64_t rows = 0, accepted = 0, rejected = 0, sum = 0;
    friend bool operator==(const Books&, const Books&) = default;
};

inline void require(bool promise) {
    if (!promise) std::abort();
}

// read_all(source, names, sink): the reader. binary: rejects need not begin where they stand.
template <class ReadAll>
Books read(std::string_view bytes, bool binary, std::size_t piece, const ReadAll& read_all) {
    Books books;
    NameTable names;
    const ByteSource source = [inner = memory_source(bytes), piece](std::span<char> out) {
        return inner(out.first(std::min(piece, out.size())));
    };
    const CallSink sink = {
        [&](CallBatch& batch) {
            books.accepted += batch.size();
            for (std::size_t i = 0; i < batch.size(); ++i) {
                require(batch.offset[i] < bytes.size());
                books.sum += unveil(batch.callee[i]) * batch.line[i] + unveil(batch.cli[i]);
                (void)names.name(batch.trunk_in[i]);
                (void)names.name(batch.trunk_out[i]);
            }
            return done();
        },
        [&](const Reject& reject) {
            ++books.rejected;
            require(binary ? reject.offset < bytes.size()
                           : bytes.substr(reject.offset).starts_with(reject.raw));
            books.sum += (reject.line + reject.offset) * static_cast<std::uint64_t>(reject.code);
            return done();
        }};
    const auto summary = read_all(source, names, sink);
    if (!summary.ok()) return {};
    books.read = true;
    books.rows = summary.value().rows;
    require(books.rows == books.accepted + books.rejected);
    require(summary.value().accepted == books.accepted && summary.value().rejected == books.rejected);
    return books;
}

inline int check(std::string_view name, const std::uint8_t* data, std::size_t size) {
    const Layout& layout = *find_layout(name);
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::size_t head = size % 7 == 0 ? size / 2 : size;
    const FileHead start = {bytes.substr(0, head), head == size};
    // Every input is read; by turns it is recognised too, or read a second time in small pieces.
    const std::size_t turn = std::accumulate(data, data + size, size) % 4;
    if (turn == 0) (void)layout.recognise(start);
    const auto read_all = [&](const ByteSource& source, NameTable& names, const CallSink& sink) {
        return layout.read(start, source, {}, names, sink);
    };
    const Books books = read(bytes, layout.binary, 1 << 16, read_all);
    if (turn == 1) require(books == read(bytes, layout.binary, 1 + size % 13, read_all));
    return 0;
}

}  // namespace sendh::fuzz

#define SENDH_FUZZ_LAYOUT(name)                                                         \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
        return sendh::fuzz::check(name, data, size);                                    \
    }
