// Packed bytes of any kind: what comes out does not depend on the pieces in which it is read, and damage is a
// fault, never a crash. First byte: the pieces.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "casework/unpack.h"
#include "casework/workbook.h"
#include "casework/zip_archive.h"

namespace {

constexpr std::size_t most_out = 4 << 20;  // a bomb is read so far and no further

struct Outcome {
    std::string content;
    bool whole = false, cut = false;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

template <class Reader>
Outcome all_of(Reader& reader, std::size_t piece) {
    Outcome outcome;
    std::string buffer(piece, '\0');
    while (outcome.content.size() < most_out) {
        const auto n = reader.read(buffer);
        if (!n.ok()) {
            outcome.content.clear();  // how much comes before a fault is nobody's promise
            return outcome;
        }
        if (*n > piece) std::abort();
        if (*n == 0) {
            outcome.whole = true;
            return outcome;
        }
        outcome.content.append(buffer, 0, *n);
    }
    return {"", false, true};
}

Outcome unpacked(std::string_view bytes, std::size_t in, std::size_t out) {
    using namespace sendh;
    Unpacker unpacker(packing_of(bytes), [inner = memory_source(bytes), in](std::span<char> room) {
        return inner(room.first(std::min(in, room.size())));
    });
    Outcome outcome = all_of(unpacker, out);
    for (const std::string& note : unpacker.notes()) outcome.content += note;
    return outcome.whole ? outcome : Outcome{"", false, outcome.cut};
}

Outcome members(std::string_view bytes, std::size_t in, std::size_t out) {
    using namespace sendh;
    const RandomBytes random{bytes.size(),
                             [&](std::uint64_t at, std::span<char> room) -> Result<std::size_t> {
                                 const std::size_t from = std::min<std::uint64_t>(at, bytes.size());
                                 const std::size_t n = std::min({room.size(), bytes.size() - from, in});
                                 std::copy_n(bytes.data() + from, n, room.data());
                                 return n;
                             }};
    Outcome outcome;
    (void)kind_of_zip(random).ok();
    const auto zip = ZipArchive::open(random);
    if (!zip.ok()) return outcome;
    for (int i = 0; i < 20; ++i) {
        const auto member = (*zip)->next();
        if (!member.ok() || !*member) break;
        const Outcome content = all_of(**zip, out);
        if (content.cut) return {"", false, true};
        outcome.content += (*member)->name + (content.whole ? "=" + content.content : "!") + "\n";
    }
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t piece = 1 + data[0];
    if (sendh::packing_of(bytes) != sendh::Packing::none) {
        if (unpacked(bytes, 1 << 16, 1 << 16) != unpacked(bytes, piece, 1 << 14)) std::abort();
    } else {
        if (members(bytes, 1 << 16, 1 << 16) != members(bytes, piece, 1 << 14)) std::abort();
    }
    return 0;
}
