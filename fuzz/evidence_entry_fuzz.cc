// Lines of arbitrary bytes: no entry, with the byte that is wrong, or an entry that is written back byte for
// byte.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "evidence/log.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    const auto entry = sendh::parse_entry(line);
    if (entry.ok() ? sendh::line_of(*entry) != line : !entry.fault().where.starts_with("byte ")) std::abort();
    return 0;
}
