// Sealing of attributes, texts and raw rows: XChaCha20-Poly1305 (IETF draft-irtf-cfrg-xchacha; libsodium
// crypto_aead_xchacha20poly1305_ietf). Sealed form: 24 bytes of random nonce, then ciphertext and tag.
// `about` is authenticated with it: what was sealed as one thing cannot be passed off as another.
//
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/key_ring.h"

namespace sendh {

[[nodiscard]] std::string seal(const Key256& seal_key, std::string_view plain, std::string_view about);
// Fault (corrupt): damaged, sealed under another key, or about something else.
[[nodiscard]] Result<std::string> unseal(const Key256& seal_key, std::string_view sealed,
                                         std::string_view about);

}  // namespace sendh
