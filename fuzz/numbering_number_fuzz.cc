// Numbers of arbitrary bytes: the class and the kind of the number agree, and an E.164 number read from its
// own form is itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "numbering/plan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sendh;
    if (size == 0) return 0;
    constexpr int hints[] = {0, 1, 65, 971, 44, 91, 7};
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    for (const Region home : {Region::india, Region::unknown}) {
        const ParsedNumber parsed = parse_number(text, home, hints[data[0] % 7]);
        const NumberClass c = parsed.number_class;
        if (parsed.number.is_none() != (c == NumberClass::none)) std::abort();
        if (parsed.number.is_e164() != (is_dialable(c) && c != NumberClass::short_code)) std::abort();
        if (!parsed.number.is_e164()) continue;
        const ParsedNumber again = parse_number(unveil_text(parsed.number), home);
        if (again.number != parsed.number || again.number_class != c) std::abort();
    }
    (void)calling_code_of(text);
    return 0;
}
