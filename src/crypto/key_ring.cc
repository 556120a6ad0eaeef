#include "crypto/key_ring.h"

#include <pwd.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/file.h"
#include "crypto/seal.h"

namespace sendh {

namespace {

constexpr char context[crypto_kdf_CONTEXTBYTES + 1] = "sendhkey";
constexpr std::string_view history_head = "sendh-ring-1\n";
constexpr std::string_view log_line = "log-mac\n";
constexpr std::string_view about_history = "key ring";

std::string_view text_of(const Key256& key) {
    return {reinterpret_cast<const char*>(key.data()), key.size()};
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
    const auto take = [](Key256& to, Key256& from) {
        to = from;
        sodium_memzero(from.data(), from.size());
    };
    take(master_, other.master_);
    take(row_key_, other.row_key_);
    take(mark_token_key_, other.mark_token_key_);
    older_marks_.swap(other.older_marks_);
    keeps_log_ = other.keeps_log_;
    passphrase_.swap(other.passphrase_);
    cost_ = other.cost_;
    return *this;
}

KeyRing::~KeyRing() {
    for (Key256* key : {&master_, &row_key_, &mark_token_key_}) sodium_memzero(key->data(), key->size());
    for (Key256& key : older_marks_) sodium_memzero(key.data(), key.size());
}

KeyRing KeyRing::fresh(const std::filesystem::path& folder) {
    start_crypto();
    KeyRing ring;
    randombytes_buf(ring.master_.data(), ring.master_.size());
    for (int i = 0; i < 12; ++i) ring.id_ += static_cast<char>('a' + randombytes_uniform(26));
    ring.path_ = folder / (ring.id_ + ".key");
    ring.row_key_ = ring.derive(4);
    ring.mark_token_key_ = ring.derive(5);
    ring.keeps_log_ = true;
    return ring;
}

Result<KeyRing> KeyRing::create(const std::filesystem::path& folder, const Passphrase* passphrase,
                                const PassphraseCost& cost) {
    std::error_code error;
    const bool made = std::filesystem::create_directories(folder, error);
    if (error) return io_fault("cannot make the folder for keys", folder, error.value());
    if (made && ::chmod(folder.c_str(), 0700) != 0)
        return io_fault("cannot protect the folder for keys", folder, errno);
    KeyRing ring = fresh(folder);
    ring.protect(passphrase, cost);
    SENDH_CHECK(ring.write());
    return ring;
}

Result<KeyFile> KeyRing::read_file(const std::filesystem::path& folder, const std::string& id) {
    const std::filesystem::path path = folder / (id + ".key");
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            return io_fault("cannot read the key of this case", path, errno);
        std::error_code ignored;
        if (std::filesystem::exists(path.string() + ".old", ignored))
            return key_fault("the key of this case was changed, and this copy of the case is an older one",
                             path,
                             "its key lies beside it under the name " + id + ".key.old: copy it to " + id +
                                 ".key to open this copy");
        return key_fault(
            "the key of this case is missing", path,
            "copy key " + id +
                " there, or set SENDH_KEYS to the folder that holds it; without it no number can be read");
    }
    if ((info.st_mode & 077) != 0) {
        return key_fault("the key can be read by others", path,
                         "run: chmod 600 on it, and think about who may have copied it");
    }
    SENDH_TRY(std::string text, read_whole(path, KeyFile::most_bytes));
    auto file = KeyFile::parse(text, shown_path(path));
    wipe(text);
    if (file.ok() && file->id() != id)
        return key_fault("this is not the key of this case", path,
                         "it is key " + file->id() + ", and key " + id + " is wanted");
    return file;
}

Result<KeyRing> KeyRing::restored(const std::filesystem::path& folder, const std::string& id,
                                  const std::string& fingerprint, const Key256& master) {
    start_crypto();
    KeyRing ring;
    ring.master_ = master;
    ring.id_ = id;
    ring.path_ = folder / (id + ".key");
    if (ring.fingerprint() != fingerprint)
        return key_fault("wrong key: its fingerprint is not the one this case was made with", ring.path_,
                         "restore the right key " + id);
    SENDH_CHECK(ring.take_history(""));
    return ring;
}

Result<KeyRing> KeyRing::open(const std::filesystem::path& folder, const std::string& id,
                              const std::string& fingerprint, const PassphraseSource& source) {
    start_crypto();
    SENDH_TRY(const KeyFile file, read_file(folder, id));
    const std::filesystem::path path = folder / (id + ".key");
    if (file.format() > 1 && file.fingerprint() != fingerprint)
        return key_fault("wrong key: its fingerprint is not the one this case was made with", path,
                         "restore the right key " + id);
    if (!file.is_protected()) {
        Key256 master = file.master();
        auto ring = restored(folder, id, fingerprint, master);
        sodium_memzero(master.data(), master.size());
        return ring;
    }
    if (!source)
        return key_fault(
            "the key is protected by a passphrase", path,
            "give it with --passphrase-file FILE or SENDH_PASSPHRASE_FILE, or run this on a terminal");
    SENDH_TRY(Passphrase passphrase, source());
    SENDH_TRY(Key256 master, file.master(passphrase, shown_path(path)));
    auto ring = restored(folder, id, fingerprint, master);
    sodium_memzero(master.data(), master.size());
    if (ring.ok()) ring->protect(&passphrase, *file.cost());
    return ring;
}

void KeyRing::protect(const Passphrase* passphrase, const PassphraseCost& cost) {
    passphrase_ = passphrase == nullptr ? nullptr : std::make_unique<Passphrase>(passphrase->copy());
    cost_ = cost;
}

Done KeyRing::write() const {
    std::string text;
    if (passphrase_ != nullptr) {
        SENDH_TRY(const KeyFile file, KeyFile::sealed(id_, fingerprint(), master_, *passphrase_, cost_));
        text = file.text();
    } else {
        text = KeyFile::in_clear(id_, fingerprint(), master_).text();
    }
    Done written = write_durably(path_, text, 0600);
    wipe(text);
    return written;
}

KeyRing KeyRing::successor() const {
    KeyRing out = fresh(path_.parent_path());
    out.row_key_ = row_key_;
    out.mark_token_key_ = mark_token_key_;
    out.older_marks_ = mark_keys();
    out.protect(passphrase_.get(), cost_);
    return out;
}

std::string KeyRing::sealed_history() const {
    std::string lines;
    lines.reserve(256 + 80 * older_marks_.size());
    const auto add = [&](std::string_view name, const Key256& key) {
        std::string hex = hex_of(text_of(key));
        lines.append(name).append(" ").append(hex).append("\n");
        wipe(hex);
    };
    lines += history_head;
    add("row", row_key_);
    add("mark-token", mark_token_key_);
    if (keeps_log_) lines += log_line;
    for (const Key256& key : older_marks_) add("mark", key);
    std::string sealed = seal(seal_key(), lines, about_history);
    wipe(lines);
    return sealed;
}

Done KeyRing::take_history(const std::string& sealed) {
    if (sealed.empty()) {
        row_key_ = derive(4);
        mark_token_key_ = derive(1);
        older_marks_.clear();
        keeps_log_ = false;
        return done();
    }
    const Fault damaged{FaultKind::corrupt, "the history of the key in this case is damaged", "",
                        "restore the case from a backup"};
    auto opened = unseal(seal_key(), sealed, about_history);
    if (!opened.ok()) return damaged;
    std::string_view left = *opened;
    const auto take = [&left](std::string_view name) -> std::optional<Key256> {
        const std::size_t end = left.find('\n');
        if (end == left.npos || !left.starts_with(name)) return std::nullopt;
        auto bytes = bytes_of_hex(left.substr(name.size(), end - name.size()));
        if (!bytes || bytes->size() != sizeof(Key256)) return std::nullopt;
        left.remove_prefix(end + 1);
        Key256 key{};
        std::memcpy(key.data(), bytes->data(), key.size());
        wipe(*bytes);
        return key;
    };
    if (!left.starts_with(history_head)) return damaged;
    left.remove_prefix(history_head.size());
    const auto row = take("row ");
    const auto mark_token = row ? take("mark-token ") : std::nullopt;
    const bool keeps = left.starts_with(log_line);
    if (keeps) left.remove_prefix(log_line.size());
    std::vector<Key256> marks;
    while (mark_token && !left.empty()) {
        const auto key = take("mark ");
        if (!key) return damaged;
        marks.push_back(*key);
    }
    wipe(*opened);
    if (!row || !mark_token) return damaged;
    row_key_ = *row;
    mark_token_key_ = *mark_token;
    older_marks_ = std::move(marks);
    keeps_log_ = keeps;
    return done();
}

std::string KeyRing::fingerprint_of(const Key256& master) {
    constexpr std::string_view purpose = "sendh/fingerprint/1";
    unsigned char out[16];
    crypto_generichash(out, sizeof out, reinterpret_cast<const unsigned char*>(purpose.data()),
                       purpose.size(), master.data(), master.size());
    return hex_of({reinterpret_cast<const char*>(out), sizeof out});
}

std::string KeyRing::fingerprint() const { return fingerprint_of(master_); }

Key256 KeyRing::derive(std::uint64_t use) const {
    Key256 out{};
    crypto_kdf_derive_from_key(out.data(), out.size(), use, context, master_.data());
    return out;
}

Key256 KeyRing::token_key() const { return derive(1); }
Key256 KeyRing::seal_key() const { return derive(2); }
Key256 KeyRing::mark_key() const { return derive(3); }
Key256 KeyRing::log_key() const { return derive(6); }
Key256 KeyRing::row_key() const { return row_key_; }
Key256 KeyRing::mark_token_key() const { return mark_token_key_; }

std::vector<Key256> KeyRing::mark_keys() const {
    std::vector<Key256> out = {mark_key()};
    out.insert(out.end(), older_marks_.begin(), older_marks_.end());
    return out;
}

}  // namespace sendh
