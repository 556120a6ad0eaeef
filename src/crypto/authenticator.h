// Authenticator: tags that only who has the key can make: keyed BLAKE2b of 256 bits (RFC 7693, libsodium
// crypto_generichash) as 64 hexadecimal digits, over a purpose and a text.
//
// It hides nothing, and a tag of yesterday is as good as one of today: it does not tell what is newest.
// Thread rule: immutable once made; share freely. The key is wiped when it goes.
#pragma once

#include <string>
#include <string_view>

#include "crypto/key_ring.h"

namespace sendh {

class Authenticator {
public:
    explicit Authenticator(const Key256& key) : key_(key) {}
    ~Authenticator();
    Authenticator(const Authenticator&) = delete;
    Authenticator& operator=(const Authenticator&) = delete;

    // `purpose` must not hold a zero byte.
    [[nodiscard]] std::string tag(std::string_view purpose, std::string_view text) const;
    [[nodiscard]] bool is_tag(std::string_view tag, std::string_view purpose, std::string_view text) const;

private:
    Key256 key_;
};

}  // namespace sendh
