#include "crypto/passphrase.h"

#include <sodium.h>

namespace sendh {

void wipe(std::string& text) {
    text.resize(text.capacity());
    sodium_memzero(text.data(), text.size());
    text.clear();
}

Result<Passphrase> Passphrase::of(std::string&& text, const std::string& where) {
    std::string_view line = text;
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    std::vector<char> bytes(line.begin(), line.end());
    wipe(text);
    Passphrase out(std::move(bytes));
    const auto bad = [&](const std::string& what) {
        return Fault{FaultKind::usage, what, where,
                     "use " + std::to_string(least_bytes) + " to " + std::to_string(most_bytes) +
                         " bytes on one line; six random words are good"};
    };
    if (out.bytes_.empty()) return bad("the passphrase is empty");
    if (out.text().find_first_of(std::string_view("\0\n", 2)) != std::string_view::npos)
        return bad("the passphrase has more than one line");
    if (out.bytes_.size() < least_bytes) return bad("the passphrase is too short");
    if (out.bytes_.size() > most_bytes) return bad("the passphrase is too long");
    return out;
}

Passphrase& Passphrase::operator=(Passphrase&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
}

Passphrase::~Passphrase() { sodium_memzero(bytes_.data(), bytes_.size()); }

Passphrase Passphrase::copy() const { return Passphrase(bytes_); }

}  // namespace sendh
