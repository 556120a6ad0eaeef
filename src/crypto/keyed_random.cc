#include "crypto/keyed_random.h"

#include <sodium.h>

#include <cstring>
#include <string>

namespace sendh {

RandomId random_id() {
    RandomId id;
    randombytes_buf(id.data(), id.size());
    return id;
}

std::string_view bytes_of(const RandomId& id) {
    return {reinterpret_cast<const char*>(id.data()), id.size()};
}

Key256 subkey(const Key256& key, std::string_view purpose, std::string_view about) {
    std::string text(purpose);
    text += '\0';
    text += about;
    Key256 out;
    crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()),
                       text.size(), key.data(), key.size());
    return out;
}

void key_stream(const Key256& key, std::span<std::uint64_t> out) {
    if (out.empty()) return;
    constexpr unsigned char nonce[crypto_stream_chacha20_NONCEBYTES] = {};
    crypto_stream_chacha20(reinterpret_cast<unsigned char*>(out.data()), out.size_bytes(), nonce, key.data());
}

}  // namespace sendh
