// Recovery sheets of arbitrary text: refused with a place, or sheets whose letters read the same again. What
// they give together is a key or a fault.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crypto/recovery_sheet.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sendh;
    const auto sheets = sheets_in({reinterpret_cast<const char*>(data), size}, "input");
    if (!sheets.ok()) {
        if (sheets.fault().kind != FaultKind::input || sheets.fault().where.empty()) std::abort();
        return 0;
    }
    for (const RecoverySheet& sheet : *sheets) {
        const auto again = sheets_in(letters_of(sheet), "again");
        if (!again.ok() || again->size() != 1 || again->front() != sheet) std::abort();
        if (sheet.needed < 2 || sheet.number < 1 || sheet.number > sheet.sheets) std::abort();
    }
    if (sheets->size() > 8) return 0;
    const std::string fingerprint =
        hex_of({reinterpret_cast<const char*>(sheets->front().fingerprint.data()), 2}) + std::string(28, '0');
    if (recover_key(*sheets, fingerprint).ok()) std::abort();  // 112 zero bits by chance
    return 0;
}
