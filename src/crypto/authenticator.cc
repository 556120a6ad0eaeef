#include "crypto/authenticator.h"

#include <sodium.h>

#include "crypto/seal.h"

namespace sendh {

Authenticator::~Authenticator() { sodium_memzero(key_.data(), key_.size()); }

std::string Authenticator::tag(std::string_view purpose, std::string_view text) const {
    const std::string about = std::string(purpose) + '\0' + std::string(text);
    unsigned char out[32];
    crypto_generichash(out, sizeof out, reinterpret_cast<const unsigned char*>(about.data()), about.size(),
                       key_.data(), key_.size());
    return hex_of({reinterpret_cast<const char*>(out), sizeof out});
}

bool Authenticator::is_tag(std::string_view given, std::string_view purpose, std::string_view text) const {
    const std::string right = tag(purpose, text);
    return given.size() == right.size() && sodium_memcmp(given.data(), right.data(), right.size()) == 0;
}

}  // namespace sendh
