// Key files of arbitrary bytes: refused, or a key whose file says the same again. A passphrase is not tried:
// stretching it is slow by design.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crypto/digest.h"
#include "crypto/key_file.h"

namespace {

void must_hold(std::string_view text) {
    using namespace sendh;
    const auto file = KeyFile::parse(text, "input");
    if (!file.ok()) {
        const FaultKind kind = file.fault().kind;
        if (kind != FaultKind::key && kind != FaultKind::corrupt) std::abort();
        return;
    }
    if (file->format() == 1) {
        const KeyFile again = KeyFile::in_clear(file->id(), std::string(32, '0'), file->master());
        const auto read = KeyFile::parse(again.text(), "again");
        if (!read.ok() || read->master() != file->master() || read->id() != file->id()) std::abort();
        return;
    }
    if (file->text() != text) std::abort();
    if (file->is_protected()) {
        if (file->cost()->memory > PassphraseCost::most_memory) std::abort();
    } else {
        (void)file->master();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    must_hold(text);
    // The same with a check that fits: what is behind it must stand on its own feet.
    const std::size_t check = text.rfind("check ");
    if (check != std::string::npos)
        must_hold(text.substr(0, check) + "check " + sendh::sha256_hex(text.substr(0, check)).substr(0, 16) +
                  "\n");
    return 0;
}
