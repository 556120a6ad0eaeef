// SHA-256 (FIPS 180-4) of evidence while it is read, through OpenSSL, which uses the processor's SHA
// instructions; libsodium's portable one would be the slowest step of an import.
//
// Thread rule: one object, one thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "crypto/key_ring.h"

namespace sendh {

class Sha256 {
public:
    Sha256();
    ~Sha256();
    void add(std::span<const char> bytes);
    // 64 hex digits. Ends the digest.
    [[nodiscard]] std::string hex();

private:
    struct State;
    std::unique_ptr<State> state_;
};

[[nodiscard]] std::string sha256_hex(std::string_view bytes);

// SipHash-2-4 (Aumasson, Bernstein 2012) under the first 16 bytes of a key: for row identities in memory
// and in segments, where an attacker must not be able to make collisions.
[[nodiscard]] std::uint64_t keyed_hash(const Key256& key, std::string_view bytes);

}  // namespace sendh
