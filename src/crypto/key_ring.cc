#include "crypto/key_ring.h"

#include <pwd.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "base/file.h"
#include "base/text.h"

namespace sendh {

namespace {

constexpr std::string_view magic = "sendh-key-1";
constexpr char context[crypto_kdf_CONTEXTBYTES + 1] = "sendhkey";

std::string hex(const unsigned char* bytes, std::size_t size) {
    std::string out(size * 2 + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), bytes, size);
    out.pop_back();
    return out;
}

Fault key_fault(std::string what, const std::filesystem::path& path, std::string to_do) {
    return {FaultKind::key, std::move(what), shown_path(path), std::move(to_do)};
}

}  // namespace

void start_crypto() {
    if (sodium_init() < 0) std::abort();
}

Result<std::filesystem::path> default_key_folder() {
    if (const char* set = std::getenv("SENDH_KEYS"); set != nullptr && *set != '\0')
        return std::filesystem::path(set);
    if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data == '/') {
        return std::filesystem::path(data) / "sendh" / "keys";
    }
    const char* home = std::getenv("HOME");
    if (home == nullptr || *home == '\0') {
        const passwd* entry = ::getpwuid(::getuid());
        home = entry != nullptr ? entry->pw_dir : nullptr;
    }
    if (home == nullptr || *home == '\0') {
        return Fault{FaultKind::key, "no home folder to keep keys in", "",
                     "set SENDH_KEYS to a folder outside the case"};
    }
    return std::filesystem::path(home) / ".local" / "share" / "sendh" / "keys";
}

KeyRing::KeyRing(KeyRing&& other) noexcept { *this = std::move(other); }

KeyRing& KeyRing::operator=(KeyRing&& other) noexcept {
    if (this == &other) return *this;
    id_ = std::move(other.id_);
    path_ = std::move(other.path_);
    master_ = other.master_;
    sodium_memzero(other.master_.data(), other.master_.size());
    return *this;
}

KeyRing::~KeyRing() { sodium_memzero(master_.data(), master_.size()); }

Result<KeyRing> KeyRing::create(const std::filesystem::path& folder) {
    start_crypto();
    std::error_code error;
    const bool made = std::filesystem::create_directories(folder, error);
    if (error) return io_fault("cannot make the folder for keys", folder, error.value());
    if (made && ::chmod(folder.c_str(), 0700) != 0)
        return io_fault("cannot protect the folder for keys", folder, errno);
    KeyRing ring;
    randombytes_buf(ring.master_.data(), ring.master_.size());
    for (int i = 0; i < 12; ++i) ring.id_ += static_cast<char>('a' + randombytes_uniform(26));
    ring.path_ = folder / (ring.id_ + ".key");
    std::string line =
        std::string(magic) + " " + ring.id_ + " " + hex(ring.master_.data(), ring.master_.size()) + "\n";
    auto written = write_durably(ring.path_, line, 0600);
    sodium_memzero(line.data(), line.size());
    SENDH_CHECK(std::move(written));
    return ring;
}

Result<KeyRing> KeyRing::open(const std::filesystem::path& folder, const std::string& id,
                              const std::string& fingerprint) {
    start_crypto();
    const std::filesystem::path path = folder / (id + ".key");
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            return io_fault("cannot read the key of this case", path, errno);
        return key_fault(
            "the key of this case is missing", path,
            "copy key " + id +
                " there, or set SENDH_KEYS to the folder that holds it; without it no number can be read");
    }
    if ((info.st_mode & 077) != 0) {
        return key_fault("the key can be read by others", path,
                         "run: chmod 600 on it, and think about who may have copied it");
    }
    SENDH_TRY(std::string text, read_whole(path, 4096));
    const std::string_view line = trim(text);
    KeyRing ring;
    const std::size_t hex_at = magic.size() + 1 + id.size() + 1;
    std::size_t length = 0;
    const bool shape = line.starts_with(magic) && line.size() == hex_at + 64 &&
                       line.substr(magic.size() + 1, id.size()) == id &&
                       sodium_hex2bin(ring.master_.data(), ring.master_.size(), line.data() + hex_at, 64,
                                      nullptr, &length, nullptr) == 0;
    sodium_memzero(text.data(), text.size());
    if (!shape || length != ring.master_.size()) {
        return key_fault("this is not the key of this case", path,
                         "expected a line starting with " + std::string(magic) + " " + id);
    }
    ring.id_ = id;
    ring.path_ = path;
    if (ring.fingerprint() != fingerprint) {
        return key_fault("wrong key: its fingerprint is not the one this case was made with", path,
                         "restore the right key " + id);
    }
    return ring;
}

std::string KeyRing::fingerprint() const {
    constexpr std::string_view purpose = "sendh/fingerprint/1";
    unsigned char out[16];
    crypto_generichash(out, sizeof out, reinterpret_cast<const unsigned char*>(purpose.data()),
                       purpose.size(), master_.data(), master_.size());
    return hex(out, sizeof out);
}

Key256 KeyRing::derive(std::uint64_t use) const {
    Key256 out{};
    crypto_kdf_derive_from_key(out.data(), out.size(), use, context, master_.data());
    return out;
}

Key256 KeyRing::token_key() const { return derive(1); }
Key256 KeyRing::seal_key() const { return derive(2); }
Key256 KeyRing::mark_key() const { return derive(3); }
Key256 KeyRing::row_key() const { return derive(4); }

}  // namespace sendh
