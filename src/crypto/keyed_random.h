// Pseudo-random bits from a key: sub-keys by keyed BLAKE2b (RFC 7693, libsodium crypto_generichash), streams
// of bits by ChaCha20 (Bernstein 2008, libsodium crypto_stream_chacha20), single words by SipHash-2-4
// (crypto/digest.h: keyed_hash). Whoever lacks the key cannot tell what comes out from coin tosses.
//
// Not a source of fresh secrets, but for random_id(), which asks the machine.
// Thread rule: pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "crypto/key_ring.h"

namespace sendh {

// Sixteen random bytes that name something for good. Not a secret.
using RandomId = std::array<unsigned char, 16>;

[[nodiscard]] RandomId random_id();
[[nodiscard]] std::string_view bytes_of(const RandomId& id);

// A key of its own for each purpose and thing. `purpose` must not hold a zero byte.
[[nodiscard]] Key256 subkey(const Key256& key, std::string_view purpose, std::string_view about);

// The first words of the key's stream, for one use of a key that has no other.
void key_stream(const Key256& key, std::span<std::uint64_t> out);

// A word as a number below `limit`, each as likely (but for 2^-32 of it). REQUIRES: 0 < limit <= 2^32.
[[nodiscard]] constexpr std::uint64_t below(std::uint64_t word, std::uint64_t limit) {
    return ((word >> 32) * limit + (((word & 0xFFFFFFFF) * limit) >> 32)) >> 32;
}

}  // namespace sendh
