// JSON lines of arbitrary bytes, read by a mapping file that uses what such a file can say.
#include <memory>

#include "layout_fuzz.h"

namespace {

constexpr std::string_view mapping_text =
    "format = \"jsonl\"\n"
    "[columns]\n"
    "time = \"event.at\"\n"
    "cli = \"event.from\"\n"
    "callee = \"event.to\"\n"
    "duration = \"seconds\"\n"
    "trunk_in = \"legs.0.trunk\"\n"
    "trunk_out = \"legs.[last].trunk\"\n";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sendh;
    static const std::shared_ptr<const Mapping> mapping = *parse_mapping(mapping_text, "m.toml");
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto read_all = [&](const ByteSource& source, NameTable& names, const CallSink& sink) {
        return read_mapped(*mapping, {bytes, true}, source, {}, names, sink);
    };
    fuzz::require(fuzz::read(bytes, false, 1 << 16, read_all) ==
                  fuzz::read(bytes, false, 1 + size % 13, read_all));
    return 0;
}
