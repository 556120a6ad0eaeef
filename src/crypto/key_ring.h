// KeyRing: the secrets of one case. One 32-byte master key lies in a file outside the case (by default
// $SENDH_KEYS or ~/.local/share/sendh/keys, mode 0600; its form: crypto/key_file.h); the other keys are
// derived from it by BLAKE2b (libsodium crypto_kdf, context "sendhkey"), one for each use, so that no two
// uses share a key:
//   1 tokens of phone numbers   2 sealing of attributes and evidence   3 marks   4 keyed hashes of rows
//   5 tokens of numbers inside marks   6 the head of the log
// The case keeps only the key's id (12 random letters) and fingerprint (BLAKE2b of the master key with the
// context "sendh/fingerprint/1"); a thief of the case learns nothing from them.
//
// When the master is changed (successor()), what was computed before must be computed alike afterwards: the
// labels of trunks, and the marks of copies that were given out. The keys of these are the ring's history:
// the row key and the mark token key of the first master, which stay for good, and the mark keys of all. The
// history lies in the case, sealed under the present master, so the master is all that must be kept outside.
// The old token and seal keys are not in it, but for cases whose history nobody had written (made before
// format 2 of the key file): their marks were computed over tokens under key 1.
//
// History, before sealing: lines "sendh-ring-1", "row <hex>", "mark-token <hex>", "log-mac" once the head of
// the case's log stands under key 6 (so that nobody without the key can make the case look like an older
// one), "mark <hex>" for each older mark key, the newest first.
//
// Faults: key (missing, wrong, readable by others, not a key file, passphrase), corrupt (history), io.
// Thread rule: immutable after it is made; share freely. The secret is wiped when it goes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "crypto/key_file.h"
#include "crypto/passphrase.h"

namespace sendh {

class KeyRing {
public:
    // Makes a new key and writes it to folder/<id>.key, durably, 0600 in a folder of 0700.
    static Result<KeyRing> create(const std::filesystem::path& folder, const Passphrase* passphrase = nullptr,
                                  const PassphraseCost& cost = {});
    // Opens folder/<id>.key and holds it against the fingerprint that the case keeps. The source is asked
    // only if the file is protected.
    static Result<KeyRing> open(const std::filesystem::path& folder, const std::string& id,
                                const std::string& fingerprint, const PassphraseSource& source = {});
    // The key of this master, in memory only. Fault (key): it has another fingerprint.
    static Result<KeyRing> restored(const std::filesystem::path& folder, const std::string& id,
                                    const std::string& fingerprint, const Key256& master);
    // The file as it lies there, not opened: shape, id and permissions are looked at.
    static Result<KeyFile> read_file(const std::filesystem::path& folder, const std::string& id);
    static std::string fingerprint_of(const Key256& master);

    KeyRing(KeyRing&&) noexcept;
    KeyRing& operator=(KeyRing&&) noexcept;
    KeyRing(const KeyRing&) = delete;
    KeyRing& operator=(const KeyRing&) = delete;
    ~KeyRing();

    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] std::string fingerprint() const;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] bool is_protected() const { return passphrase_ != nullptr; }

    [[nodiscard]] Key256 token_key() const;
    [[nodiscard]] Key256 seal_key() const;
    [[nodiscard]] Key256 mark_key() const;                // of new copies
    [[nodiscard]] Key256 row_key() const;                 // the first master's
    [[nodiscard]] Key256 mark_token_key() const;          // the first master's
    [[nodiscard]] std::vector<Key256> mark_keys() const;  // the newest first
    [[nodiscard]] Key256 log_key() const;
    [[nodiscard]] const Key256& master() const { return master_; }  // for recovery shares

    // A new master with this ring's history, protected alike; nothing is written.
    [[nodiscard]] KeyRing successor() const;
    // Protected by this passphrase from the next write() on; nullptr: by none.
    void protect(const Passphrase* passphrase, const PassphraseCost& cost = {});
    // Writes the file, in place of one of the same name.
    [[nodiscard]] Done write() const;

    // Is the head of the case's log under log_key()? Of a case of an older version not yet.
    [[nodiscard]] bool keeps_log() const { return keeps_log_; }
    void keep_log() { keeps_log_ = true; }

    // The history for the case, sealed; and back. "" is taken as that of a case that has none written.
    [[nodiscard]] std::string sealed_history() const;
    [[nodiscard]] Done take_history(const std::string& sealed);

private:
    KeyRing() = default;
    static KeyRing fresh(const std::filesystem::path& folder);
    [[nodiscard]] Key256 derive(std::uint64_t use) const;
    std::string id_;
    std::filesystem::path path_;
    Key256 master_{};
    Key256 row_key_{}, mark_token_key_{};
    std::vector<Key256> older_marks_;
    bool keeps_log_ = false;
    std::unique_ptr<Passphrase> passphrase_;
    PassphraseCost cost_;
};

// Where keys lie when nothing else is said.
[[nodiscard]] Result<std::filesystem::path> default_key_folder();

// Starts the library; safe to call more than once.
void start_crypto();

}  // namespace sendh
