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
