// KeyFile: the file that holds a case's master key, in clear or sealed by a passphrase. Bytes in, bytes out;
// files are opened and written by crypto/key_ring.h.
//
// Format 2, five lines of ASCII:
//   sendh-key-2 <id>                                    12 letters a-z
//   fingerprint <32 hex digits>                         crypto/key_ring.h; not a secret
//   protection none
//     or  protection argon2id <operations> <bytes of memory> <salt: 32 hex digits>
//   secret <hex digits>                                 none: the 32 bytes; else what seal() makes of them
//   check <16 hex digits>                               SHA-256 of the lines before it, the first 8 bytes
// The check tells a damaged file from a wrong passphrase; it protects against accidents, not against people.
//
// Protection: Argon2id 1.3 (RFC 9106; libsodium crypto_pwhash) makes 32 bytes of passphrase and salt, and
// XChaCha20-Poly1305 (crypto/seal.h) seals the master under them; the lines above `secret` are authenticated.
// A new file takes 3 passes over 256 MiB (libsodium's MODERATE, about a second); at most 16 passes and 1 GiB
// are read, so that a forged file cannot stop the machine.
//
// Format 1, still read: one line "sendh-key-1 <id> <64 hex digits>", in clear, without a check.
//
// Faults: key (no key file, damaged, wrong passphrase), corrupt (of a newer version), io (no memory).
// Thread rule: values. What is secret is wiped when it goes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/passphrase.h"

namespace sendh {

using Key256 = std::array<unsigned char, 32>;

struct PassphraseCost {
    std::uint64_t operations = 3;
    std::uint64_t memory = std::uint64_t{256} << 20;  // bytes
    static constexpr std::uint64_t most_operations = 16;
    static constexpr std::uint64_t most_memory = std::uint64_t{1} << 30;
    static constexpr std::uint64_t least_memory = 8'192;
};

class KeyFile {
public:
    static constexpr std::size_t most_bytes = 4'096;

    [[nodiscard]] static Result<KeyFile> parse(std::string_view text, const std::string& where);
    [[nodiscard]] static KeyFile in_clear(const std::string& id, const std::string& fingerprint,
                                          const Key256& master);
    [[nodiscard]] static Result<KeyFile> sealed(const std::string& id, const std::string& fingerprint,
                                                const Key256& master, const Passphrase& passphrase,
                                                const PassphraseCost& cost);
    KeyFile(KeyFile&&) noexcept = default;
    KeyFile& operator=(KeyFile&&) noexcept = default;
    KeyFile(const KeyFile&) = delete;
    KeyFile& operator=(const KeyFile&) = delete;
    ~KeyFile();

    // The bytes of format 2. REQUIRES: format() == 2.
    [[nodiscard]] std::string text() const;

    [[nodiscard]] int format() const { return format_; }
    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }      // "" in format 1
    [[nodiscard]] const std::optional<PassphraseCost>& cost() const { return cost_; }  // nothing: in clear
    [[nodiscard]] bool is_protected() const { return cost_.has_value(); }

    // REQUIRES: !is_protected(), and is_protected().
    [[nodiscard]] Key256 master() const;
    [[nodiscard]] Result<Key256> master(const Passphrase& passphrase, const std::string& where) const;

private:
    KeyFile() = default;
    [[nodiscard]] std::string head() const;  // the lines above `secret`
    int format_ = 2;
    std::string id_, fingerprint_;
    std::optional<PassphraseCost> cost_;
    std::array<unsigned char, 16> salt_{};
    std::string secret_;  // bytes
};

// 2 n hex digits.
[[nodiscard]] std::string hex_of(std::string_view bytes);
// Nothing unless all of it is hex digits in small letters, two a byte.
[[nodiscard]] std::optional<std::string> bytes_of_hex(std::string_view hex);

}  // namespace sendh
