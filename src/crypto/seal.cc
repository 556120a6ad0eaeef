#include "crypto/seal.h"

#include <sodium.h>

namespace sendh {

namespace {
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
}  // namespace

std::string seal(const Key256& key, std::string_view plain, std::string_view about) {
    start_crypto();
    std::string out(nonce_size + plain.size() + tag_size, '\0');
    randombytes_buf(out.data(), nonce_size);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(out) + nonce_size, nullptr, bytes(plain), plain.size(),
                                               bytes(about), about.size(), nullptr, bytes(out), key.data());
    return out;
}

Result<std::string> unseal(const Key256& key, std::string_view sealed, std::string_view about) {
    start_crypto();
    Fault damaged{FaultKind::corrupt, "a sealed text is damaged or was sealed with another key", "",
                  "check the key; restore from a backup"};
    if (sealed.size() < nonce_size + tag_size) return damaged;
    std::string out(sealed.size() - nonce_size - tag_size, '\0');
    const int status = crypto_aead_xchacha20poly1305_ietf_decrypt(
        bytes(out), nullptr, nullptr, bytes(sealed) + nonce_size, sealed.size() - nonce_size, bytes(about),
        about.size(), bytes(sealed), key.data());
    if (status != 0) return damaged;
    return out;
}

}  // namespace sendh
