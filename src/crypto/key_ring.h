// KeyRing: the secrets of one case. One 32-byte master key lies in a file outside the case (by default
// $SENDH_KEYS or ~/.local/share/sendh/keys, mode 0600); every other key is derived from it by BLAKE2b
// (libsodium crypto_kdf, context "sendhkey"), one for each use, so that no two uses share a key:
//   1 tokens of phone numbers   2 sealing of attributes and evidence   3 marks   4 keyed hashes of rows
// The case keeps only the key's id (12 random letters) and fingerprint (BLAKE2b of the master key with the
// context "sendh/fingerprint/1"); a thief of the case learns nothing from them.
//
// File format: one line "sendh-key-1 <id> <64 hex digits>\n".
// Faults: key (missing, wrong, readable by others, not a key file), io.
// Thread rule: immutable after it is made; share freely. The secret is wiped when it goes.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace sendh {

using Key256 = std::array<unsigned char, 32>;

class KeyRing {
public:
    // Makes a new key and writes it to folder/<id>.key, durably, 0600 in a folder of 0700.
    static Result<KeyRing> create(const std::filesystem::path& folder);
    // Opens folder/<id>.key and holds it against the fingerprint that the case keeps.
    static Result<KeyRing> open(const std::filesystem::path& folder, const std::string& id,
                                const std::string& fingerprint);

    KeyRing(KeyRing&&) noexcept;
    KeyRing& operator=(KeyRing&&) noexcept;
    KeyRing(const KeyRing&) = delete;
    KeyRing& operator=(const KeyRing&) = delete;
    ~KeyRing();

    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] std::string fingerprint() const;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    [[nodiscard]] Key256 token_key() const;
    [[nodiscard]] Key256 seal_key() const;
    [[nodiscard]] Key256 mark_key() const;
    [[nodiscard]] Key256 row_key() const;

private:
    KeyRing() = default;
    [[nodiscard]] Key256 derive(std::uint64_t use) const;
    std::string id_;
    std::filesystem::path path_;
    Key256 master_{};
};

// Where keys lie when nothing else is said.
[[nodiscard]] Result<std::filesystem::path> default_key_folder();

// Starts the library; safe to call more than once.
void start_crypto();

}  // namespace sendh
