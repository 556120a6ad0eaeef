// A mapping file of arbitrary bytes, applied to a file of arbitrary bytes (what follows the first line
// "===").
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "calls/reader.h"

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sendh;
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    constexpr std::string_view cut = "\n===\n";
    const std::size_t at = all.find(cut);
    // toml++ 3.3 runs into its own "unreachable" on U+00A1 to U+0499 at the front of a value.
    for (const char c : all.substr(0, at)) {
        if (static_cast<unsigned char>(c) >= 0xC2 && static_cast<unsigned char>(c) <= 0xD2) return 0;
    }
    const auto mapping = parse_mapping(all.substr(0, at), "m.toml");
    if (!mapping.ok()) return 0;
    const std::string_view bytes =
        at == std::string_view::npos ? std::string_view{} : all.substr(at + cut.size());
    std::uint64_t accepted = 0;
    std::uint64_t rejected = 0;
    NameTable names;
    const CallSink sink = {[&](CallBatch& batch) {
                               accepted += batch.size();
                               return done();
                           },
                           [&](const Reject& reject) {
                               ++rejected;
                               require(bytes.substr(reject.offset).starts_with(reject.raw));
                               return done();
                           }};
    const auto summary = read_mapped(**mapping, {bytes, true}, memory_source(bytes), {}, names, sink);
    if (summary.ok()) {
        require(summary.value().rows == accepted + rejected);
        require(summary.value().accepted == accepted && summary.value().rejected == rejected);
    }
    return 0;
}
