#include "crypto/key_file.h"

#include <sodium.h>

#include <cstring>
#include <vector>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/seal.h"

namespace sendh {

namespace {

constexpr std::string_view name = "sendh-key-";
constexpr std::size_t id_letters = 12;
constexpr std::size_t sealed_bytes =
    crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + sizeof(Key256) + crypto_aead_xchacha20poly1305_ietf_ABYTES;

bool is_id(std::string_view text) {
    return text.size() == id_letters && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == text.npos;
}

std::string check_of(std::string_view lines) { return sha256_hex(lines).substr(0, 16); }

std::string_view text_of(const Key256& key) {
    return {reinterpret_cast<const char*>(key.data()), key.size()};
}

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    while (true) {
        const std::size_t space = line.find(' ');
        words.push_back(line.substr(0, space));
        if (space == std::string_view::npos) return words;
        line.remove_prefix(space + 1);
    }
}

std::optional<std::uint64_t> within(std::string_view text, std::uint64_t least, std::uint64_t most) {
    const auto value = parse_integer(text);
    if (!value || *value < 0) return std::nullopt;
    const auto number = static_cast<std::uint64_t>(*value);
    return number >= least && number <= most && std::to_string(number) == text ? std::optional(number)
                                                                               : std::nullopt;
}

}  // namespace

std::string hex_of(std::string_view bytes) {
    std::string out(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                   bytes.size());
    out.pop_back();
    return out;
}

std::optional<std::string> bytes_of_hex(std::string_view hex) {
    if (hex.size() % 2 != 0 || hex.find_first_not_of("0123456789abcdef") != hex.npos) return std::nullopt;
    std::string out(hex.size() / 2, '\0');
    std::size_t length = 0;
    if (sodium_hex2bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), hex.data(), hex.size(),
                       nullptr, &length, nullptr) != 0 ||
        length != out.size())
        return std::nullopt;
    return out;
}

KeyFile::~KeyFile() { wipe(secret_); }

Result<KeyFile> KeyFile::parse(std::string_view text, const std::string& where) {
    const Fault strange{FaultKind::key, "this is not a key file of sendh", where,
                        "expected a line starting with " + std::string(name) + "2; restore it from a backup"};
    const Fault damaged{FaultKind::key, "the key file is damaged", where,
                        "restore it from a backup, or with sendh key restore"};
    KeyFile out;
    const std::string_view trimmed = trim(text);
    if (!trimmed.starts_with(name)) return strange;
    const auto first = words_of(trimmed.substr(0, trimmed.find('\n')));
    const std::string_view version = first[0].substr(name.size());
    if (version == "1") {
        if (first.size() != 3 || trimmed.find('\n') != trimmed.npos || !is_id(first[1])) return damaged;
        auto secret = bytes_of_hex(first[2]);
        if (!secret || secret->size() != sizeof(Key256)) return damaged;
        out.format_ = 1;
        out.id_ = first[1];
        out.secret_ = std::move(*secret);
        return out;
    }
    if (version != "2") {
        const auto number = parse_integer(version);
        if (!number || *number < 3) return damaged;
        return Fault{FaultKind::corrupt, "this key was made by a newer version of sendh", where,
                     "use the newer version; nothing was changed"};
    }
    // Exactly these lines, or somebody's editor has been at it.
    std::vector<std::vector<std::string_view>> lines;
    std::size_t checked = 0;
    for (std::string_view left = text; !left.empty();) {
        const std::size_t end = left.find('\n');
        if (end == left.npos || lines.size() == 5) return damaged;
        lines.push_back(words_of(left.substr(0, end)));
        if (lines.size() < 5) checked += end + 1;
        left.remove_prefix(end + 1);
    }
    if (lines.size() != 5) return damaged;
    const auto& protection = lines[2];
    if (lines[4].size() != 2 || lines[4][0] != "check" || lines[4][1] != check_of(text.substr(0, checked)))
        return damaged;
    if (lines[0].size() != 2 || !is_id(lines[0][1]) || lines[1].size() != 2 || lines[1][0] != "fingerprint" ||
        lines[1][1].size() != 32 || !bytes_of_hex(lines[1][1]) || protection[0] != "protection" ||
        lines[3].size() != 2 || lines[3][0] != "secret")
        return damaged;
    out.id_ = lines[0][1];
    out.fingerprint_ = lines[1][1];
    if (protection.size() == 5 && protection[1] == "argon2id") {
        const auto operations = within(protection[2], 1, PassphraseCost::most_operations);
        const auto memory = within(protection[3], PassphraseCost::least_memory, PassphraseCost::most_memory);
        const auto salt = bytes_of_hex(protection[4]);
        if (!operations || !memory || !salt || salt->size() != out.salt_.size()) return damaged;
        out.cost_ = PassphraseCost{*operations, *memory};
        std::memcpy(out.salt_.data(), salt->data(), out.salt_.size());
    } else if (protection.size() != 2 || protection[1] != "none") {
        return damaged;
    }
    auto secret = bytes_of_hex(lines[3][1]);
    if (!secret || secret->size() != (out.cost_ ? sealed_bytes : sizeof(Key256))) return damaged;
    out.secret_ = std::move(*secret);
    std::string again = out.text();
    const bool exact = again == text;
    wipe(again);
    if (!exact) return damaged;
    return out;
}

std::string KeyFile::head() const {
    std::string out = std::string(name) + "2 " + id_ + "\nfingerprint " + fingerprint_ + "\nprotection ";
    if (!cost_) return out + "none\n";
    return out + "argon2id " + std::to_string(cost_->operations) + " " + std::to_string(cost_->memory) + " " +
           hex_of({reinterpret_cast<const char*>(salt_.data()), salt_.size()}) + "\n";
}

std::string KeyFile::text() const {
    std::string out = head();
    out.reserve(most_bytes);  // so that no growing leaves the secret behind
    std::string secret = hex_of(secret_);
    out += "secret " + secret + "\n";
    wipe(secret);
    out += "check " + check_of(out) + "\n";
    return out;
}

KeyFile KeyFile::in_clear(const std::string& id, const std::string& fingerprint, const Key256& master) {
    KeyFile out;
    out.id_ = id;
    out.fingerprint_ = fingerprint;
    out.secret_ = text_of(master);
    return out;
}

namespace {

Result<Key256> stretched(const Passphrase& passphrase, const PassphraseCost& cost,
                         const std::array<unsigned char, 16>& salt) {
    static_assert(crypto_pwhash_SALTBYTES == 16);
    Key256 out{};
    if (crypto_pwhash(out.data(), out.size(), passphrase.text().data(), passphrase.text().size(), salt.data(),
                      cost.operations, cost.memory, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return Fault{
            FaultKind::io,
            "the passphrase needs " + std::to_string(cost.memory >> 20) + " MB of memory to be checked", "",
            "close other programs, or use a machine with more memory"};
    return out;
}

}  // namespace

Result<KeyFile> KeyFile::sealed(const std::string& id, const std::string& fingerprint, const Key256& master,
                                const Passphrase& passphrase, const PassphraseCost& cost) {
    KeyFile out;
    out.id_ = id;
    out.fingerprint_ = fingerprint;
    out.cost_ = cost;
    randombytes_buf(out.salt_.data(), out.salt_.size());
    SENDH_TRY(Key256 key, stretched(passphrase, cost, out.salt_));
    out.secret_ = seal(key, text_of(master), out.head());
    sodium_memzero(key.data(), key.size());
    return out;
}

Key256 KeyFile::master() const {
    Key256 out{};
    std::memcpy(out.data(), secret_.data(), std::min(out.size(), secret_.size()));
    return out;
}

Result<Key256> KeyFile::master(const Passphrase& passphrase, const std::string& where) const {
    SENDH_TRY(Key256 key, stretched(passphrase, *cost_, salt_));
    auto opened = unseal(key, secret_, head());
    sodium_memzero(key.data(), key.size());
    if (!opened.ok())
        return Fault{FaultKind::key, "wrong passphrase", where,
                     "try again; without it only the recovery sheets help (sendh key restore)"};
    Key256 out{};
    std::memcpy(out.data(), opened->data(), out.size());
    wipe(*opened);
    return out;
}

}  // namespace sendh
