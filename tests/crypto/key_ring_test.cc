#include <doctest/doctest.h>

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/file.h"
#include "base/folder.h"
#include "crypto/digest.h"
#include "crypto/key_ring.h"

using namespace sendh;
using namespace sendh::test;
namespace fs = std::filesystem;

namespace {

unsigned mode_of(const fs::path& path) {
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 0777;
}

std::string secret_in(const KeyRing& ring) {
    const std::string text = read_file(ring.path());
    return text.substr(text.find("secret ") + 7, 64);
}

Fault fault_of_opening(const fs::path& folder, const std::string& id, const std::string& fingerprint) {
    const auto opened = KeyRing::open(folder, id, fingerprint);
    REQUIRE_FALSE(opened.ok());
    return opened.fault();
}

// Sets a variable of the environment, and puts it back.
class Variable {
public:
    Variable(std::string name, const char* value) : name_(std::move(name)) {
        if (const char* before = std::getenv(name_.c_str()); before != nullptr) before_ = before, had_ = true;
        value == nullptr ? ::unsetenv(name_.c_str()) : ::setenv(name_.c_str(), value, 1);
    }
    ~Variable() { had_ ? ::setenv(name_.c_str(), before_.c_str(), 1) : ::unsetenv(name_.c_str()); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

private:
    std::string name_, before_;
    bool had_ = false;
};

}  // namespace

TEST_CASE("a new key lies in a file of the documented form, for its owner alone") {
    const Folder folder;
    const fs::path keys = folder / "keys";
    const auto ring = KeyRing::create(keys);
    REQUIRE(ring.ok());
    CHECK(mode_of(keys) == 0700);
    CHECK(mode_of(ring->path()) == 0600);
    CHECK(ring->path() == keys / (ring->id() + ".key"));
    CHECK(ring->id().size() == 12);
    CHECK(std::all_of(ring->id().begin(), ring->id().end(), [](char c) { return c >= 'a' && c <= 'z'; }));
    const std::string lines = "sendh-key-2 " + ring->id() + "\nfingerprint " + ring->fingerprint() +
                              "\nprotection none\nsecret " + secret_in(*ring) + "\n";
    CHECK(read_file(ring->path()) == lines + "check " + sha256_hex(lines).substr(0, 16) + "\n");
    CHECK_FALSE(ring->is_protected());
    CHECK(secret_in(*ring).find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(std::distance(fs::directory_iterator(keys), {}) == 1);
}

TEST_CASE("the folder for keys is its owner's alone, however its name is written") {
    const Folder folder;
    REQUIRE(KeyRing::create((folder / "a/b/keys").string() + "/").ok());
    CHECK(mode_of(folder / "a/b/keys") == 0700);
}

TEST_CASE("no two keys are alike") {
    const Folder folder;
    std::set<std::string> ids, prints, secrets;
    for (int i = 0; i < 20; ++i) {
        const auto ring = KeyRing::create(folder / "keys");
        REQUIRE(ring.ok());
        ids.insert(ring->id());
        prints.insert(ring->fingerprint());
        secrets.insert(secret_in(*ring));
    }
    CHECK(ids.size() == 20);
    CHECK(prints.size() == 20);
    CHECK(secrets.size() == 20);
}

TEST_CASE("an opened key is the key that was made") {
    const Folder folder;
    const auto made = KeyRing::create(folder / "keys");
    REQUIRE(made.ok());
    const auto opened = KeyRing::open(folder / "keys", made->id(), made->fingerprint());
    REQUIRE(opened.ok());
    CHECK(opened->id() == made->id());
    CHECK(opened->path() == made->path());
    CHECK(opened->fingerprint() == made->fingerprint());
    CHECK(opened->token_key() == made->token_key());
    CHECK(opened->seal_key() == made->seal_key());
    CHECK(opened->mark_key() == made->mark_key());
    CHECK(opened->row_key() == made->row_key());
}

TEST_CASE("every use has a key of its own, and none is the master key") {
    const Folder folder;
    const auto ring = KeyRing::create(folder / "keys");
    REQUIRE(ring.ok());
    const std::set<Key256> keys = {ring->token_key(), ring->seal_key(), ring->mark_key(), ring->row_key()};
    CHECK(keys.size() == 4);
    for (const Key256& key : keys) {
        std::string hex;
        for (const unsigned char b : key)
            hex += "0123456789abcdef"[b >> 4], hex += "0123456789abcdef"[b & 15];
        CHECK(hex != secret_in(*ring));
    }
}

TEST_CASE("the fingerprint tells nothing of the key") {
    const Folder folder;
    const auto ring = KeyRing::create(folder / "keys");
    REQUIRE(ring.ok());
    const std::string print = ring->fingerprint();
    const std::string secret = secret_in(*ring);
    CHECK(print.size() == 32);
    CHECK(print.find_first_not_of("0123456789abcdef") == std::string::npos);
    for (std::size_t at = 0; at + 8 <= print.size(); ++at)
        CHECK(secret.find(print.substr(at, 8)) == std::string::npos);
    CHECK(print != sha256_hex(secret).substr(0, 32));
}

TEST_CASE("a missing key is a fault of the key that names it") {
    const Folder folder;
    const Fault fault = fault_of_opening(folder / "keys", "abcdefghijkl", "00");
    CHECK(fault.kind == FaultKind::key);
    CHECK(fault.message().find("abcdefghijkl") != std::string::npos);
    CHECK(fault.message().find("SENDH_KEYS") != std::string::npos);
}

TEST_CASE("another key in the place of the right one is found by its fingerprint") {
    const Folder folder;
    const auto right = KeyRing::create(folder / "keys");
    const auto other = KeyRing::create(folder / "keys");
    REQUIRE((right.ok() && other.ok()));
    const auto refused = [&](const std::string& text) {
        write_file(right->path(), text);
        const Fault fault = fault_of_opening(folder / "keys", right->id(), right->fingerprint());
        return fault.kind == FaultKind::key && fault.message().find("wrong key") != std::string::npos &&
               fault.message().find(secret_in(*other)) == std::string::npos;
    };
    CHECK(refused(KeyFile::in_clear(right->id(), other->fingerprint(), other->master()).text()));
    CHECK(refused(KeyFile::in_clear(right->id(), right->fingerprint(), other->master()).text()));
    CHECK(refused("sendh-key-1 " + right->id() + " " + secret_in(*other) + "\n"));
    write_file(right->path(), read_file(other->path()));
    const Fault fault = fault_of_opening(folder / "keys", right->id(), right->fingerprint());
    CHECK(fault.kind == FaultKind::key);
    CHECK(fault.message().find("this is not the key of this case") != std::string::npos);
}

TEST_CASE("a key that others may read or write is refused") {
    const Folder folder;
    const auto ring = KeyRing::create(folder / "keys");
    REQUIRE(ring.ok());
    for (const unsigned mode : {0640U, 0604U, 0620U, 0602U, 0610U, 0601U, 0644U, 0666U}) {
        REQUIRE(::chmod(ring->path().c_str(), mode) == 0);
        const Fault fault = fault_of_opening(folder / "keys", ring->id(), ring->fingerprint());
        CHECK(fault.kind == FaultKind::key);
        CHECK(fault.message().find("chmod 600") != std::string::npos);
    }
    REQUIRE(::chmod(ring->path().c_str(), 0400) == 0);
    CHECK(KeyRing::open(folder / "keys", ring->id(), ring->fingerprint()).ok());
}

TEST_CASE("every damage to the key file is found") {
    const Folder folder;
    const auto ring = KeyRing::create(folder / "keys");
    REQUIRE(ring.ok());
    const std::string secret = secret_in(*ring);
    const std::string line = "sendh-key-1 " + ring->id() + " " + secret + "\n";
    const std::string text = read_file(ring->path());
    const auto refused = [&](const std::string& changed) {
        REQUIRE(write_durably(ring->path(), changed, 0600).ok());
        const auto opened = KeyRing::open(folder / "keys", ring->id(), ring->fingerprint());
        return !opened.ok() && opened.fault().kind == FaultKind::key &&
               opened.fault().message().find(secret.substr(0, 16)) == std::string::npos;
    };
    CHECK(refused(""));
    CHECK(refused("hello\n"));
    CHECK(refused(line.substr(0, line.size() - 2)));
    CHECK(refused(line.substr(0, 20)));
    CHECK(refused("sendh-key-2" + line.substr(11)));
    for (std::size_t cut = 0; cut < text.size(); ++cut) CHECK(refused(text.substr(0, cut)));
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::string other = text;
        other[at] = static_cast<char>(other[at] ^ 1);
        // The version's digit becomes a 3, or its name another one.
        if (other.starts_with("sendh-key-3")) continue;
        CHECK(refused(other));
    }
    CHECK(refused(text + text));
    CHECK(refused("sendh-key-1 zzzzzzzzzzzz" + line.substr(24)));
    CHECK(refused(line.substr(0, 25) + std::string(64, 'g') + "\n"));
    CHECK(refused(line.substr(0, line.size() - 1) + "00\n"));
    CHECK(refused(line + line));
    std::string flipped = line;
    flipped[40] = flipped[40] == '0' ? '1' : '0';
    CHECK(refused(flipped));
    REQUIRE(write_durably(ring->path(), line + "\n", 0600).ok());
    CHECK(KeyRing::open(folder / "keys", ring->id(), ring->fingerprint()).ok());
}

TEST_CASE("a key of a newer version is told as one") {
    const Folder folder;
    const auto ring = KeyRing::create(folder / "keys");
    REQUIRE(ring.ok());
    std::string text = read_file(ring->path());
    text[10] = '3';
    write_file(ring->path(), text);
    CHECK(fault_of_opening(folder / "keys", ring->id(), ring->fingerprint()).kind == FaultKind::corrupt);
}

TEST_CASE("a key file of format 1 opens, and becomes one of format 2 when it is written") {
    const Folder folder;
    const auto ring = KeyRing::create(folder / "keys");
    REQUIRE(ring.ok());
    const std::string text = read_file(ring->path());
    write_file(ring->path(), "sendh-key-1 " + ring->id() + " " + secret_in(*ring) + "\n");
    const auto opened = KeyRing::open(folder / "keys", ring->id(), ring->fingerprint());
    REQUIRE(opened.ok());
    CHECK(opened->token_key() == ring->token_key());
    REQUIRE(opened->write().ok());
    CHECK(read_file(ring->path()) == text);
}

namespace {

constexpr PassphraseCost cheap{1, 8'192};

Passphrase words(std::string text) {
    auto out = Passphrase::of(std::move(text), "test");
    REQUIRE(out.ok());
    return std::move(*out);
}

}  // namespace

TEST_CASE("a protected key opens with its passphrase, and with no other") {
    const Folder folder;
    const Passphrase right = words("correct horse");
    const auto ring = KeyRing::create(folder / "keys", &right, cheap);
    REQUIRE(ring.ok());
    CHECK(ring->is_protected());
    const std::string secret = hex_of({reinterpret_cast<const char*>(ring->master().data()), 32});
    CHECK(read_file(ring->path()).find(secret) == std::string::npos);
    CHECK(read_file(ring->path()).find("protection argon2id 1 8192 ") != std::string::npos);
    const auto open_with = [&](const std::string& text) {
        return KeyRing::open(folder / "keys", ring->id(), ring->fingerprint(),
                             [&] { return words(text).copy(); });
    };
    const auto opened = open_with("correct horse\r\n");
    REQUIRE(opened.ok());
    CHECK(opened->token_key() == ring->token_key());
    CHECK(opened->is_protected());
    const auto wrong = open_with("correct horsf");
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.fault().kind == FaultKind::key);
    CHECK(wrong.fault().message().find("wrong passphrase") != std::string::npos);
    CHECK(wrong.fault().message().find("hors") == std::string::npos);
    CHECK(fault_of_opening(folder / "keys", ring->id(), ring->fingerprint())
              .message()
              .find("protected by a passphrase") != std::string::npos);
}

TEST_CASE("a passphrase is changed and removed, and each time the key is the same") {
    const Folder folder;
    auto ring = KeyRing::create(folder / "keys");
    REQUIRE(ring.ok());
    const std::string clear = read_file(ring->path());
    const Passphrase first = words("first passphrase");
    const Passphrase second = words("second passphrase");
    std::string before;
    for (const Passphrase* passphrase : {&first, &first, &second}) {
        ring->protect(passphrase, cheap);
        REQUIRE(ring->write().ok());
        CHECK(read_file(ring->path()) != before);  // a salt of its own each time
        before = read_file(ring->path());
        const auto opened = KeyRing::open(folder / "keys", ring->id(), ring->fingerprint(),
                                          [&] { return passphrase->copy(); });
        REQUIRE(opened.ok());
        CHECK(opened->seal_key() == ring->seal_key());
        CHECK(mode_of(ring->path()) == 0600);
    }
    ring->protect(nullptr);
    REQUIRE(ring->write().ok());
    CHECK(read_file(ring->path()) == clear);
}

TEST_CASE("every change of a protected key's file is found before or by the seal") {
    const Folder folder;
    const Passphrase right = words("correct horse");
    const auto ring = KeyRing::create(folder / "keys", &right, cheap);
    REQUIRE(ring.ok());
    const std::string text = read_file(ring->path());
    const std::size_t check = text.find("check ");
    for (std::size_t at = 0; at < check; ++at) {
        std::string lines = text.substr(0, check);
        lines[at] = static_cast<char>(lines[at] ^ 1);
        // Somebody who makes the check fit.
        const auto file = KeyFile::parse(lines + "check " + sha256_hex(lines).substr(0, 16) + "\n", "test");
        if (!file.ok()) continue;
        const auto master = file->master(right, "test");
        CHECK_FALSE(master.ok());
    }
}

TEST_CASE("a forged key file cannot ask for more work or memory than there are") {
    const std::string head =
        "sendh-key-2 abcdefghijkl\nfingerprint " + std::string(32, '0') + "\nprotection argon2id ";
    const auto parse = [&](const std::string& cost) {
        const std::string lines =
            head + cost + " " + std::string(32, '1') + "\nsecret " + std::string(144, '2') + "\n";
        return KeyFile::parse(lines + "check " + sha256_hex(lines).substr(0, 16) + "\n", "test").ok();
    };
    CHECK(parse("3 268435456"));
    CHECK(parse("16 1073741824"));
    CHECK_FALSE(parse("17 268435456"));
    CHECK_FALSE(parse("3 1073741825"));
    CHECK_FALSE(parse("0 268435456"));
    CHECK_FALSE(parse("3 8191"));
    CHECK_FALSE(parse("03 268435456"));
    CHECK_FALSE(parse("3 -1"));
}

TEST_CASE("a passphrase is one line of 8 to 1,024 bytes") {
    const auto fits = [](std::string text) { return Passphrase::of(std::move(text), "test").ok(); };
    CHECK_FALSE(fits(""));
    CHECK_FALSE(fits("\n"));
    CHECK_FALSE(fits("1234567\n"));
    CHECK(fits("12345678\n"));
    CHECK(fits("कुंजी"));
    CHECK(fits(std::string(1'024, 'x')));
    CHECK_FALSE(fits(std::string(1'025, 'x')));
    CHECK_FALSE(fits("two lines\nof it"));
    CHECK_FALSE(fits(std::string("a zero\0in it", 12)));
    CHECK(words("the same\r\n").text() == "the same");
}

TEST_CASE("a successor has a new key for tokens, seals and new copies, and keeps labels and older marks") {
    const Folder folder;
    const auto first = KeyRing::create(folder / "keys");
    REQUIRE(first.ok());
    const KeyRing second = first->successor();
    const KeyRing third = second.successor();
    CHECK(second.id() != first->id());
    CHECK_FALSE(fs::exists(second.path()));
    CHECK(second.token_key() != first->token_key());
    CHECK(second.seal_key() != first->seal_key());
    CHECK(second.mark_key() != first->mark_key());
    CHECK(third.row_key() == first->row_key());
    CHECK(third.mark_token_key() == first->mark_token_key());
    CHECK(third.mark_keys() == std::vector<Key256>{third.mark_key(), second.mark_key(), first->mark_key()});
    for (const Key256& key : third.mark_keys()) CHECK(key != third.mark_token_key());
    CHECK(third.mark_token_key() != first->token_key());
}

TEST_CASE("the history comes back from its sealed form, and only under the key that it was sealed with") {
    const Folder folder;
    const auto first = KeyRing::create(folder / "keys");
    REQUIRE(first.ok());
    const KeyRing ring = first->successor().successor();
    REQUIRE(ring.write().ok());
    const std::string sealed = ring.sealed_history();
    auto opened = KeyRing::open(folder / "keys", ring.id(), ring.fingerprint());
    REQUIRE(opened.ok());
    CHECK(opened->row_key() != first->row_key());
    REQUIRE(opened->take_history(sealed).ok());
    CHECK(opened->row_key() == first->row_key());
    CHECK(opened->mark_token_key() == first->mark_token_key());
    CHECK(opened->mark_keys() == ring.mark_keys());
    auto other = KeyRing::open(folder / "keys", first->id(), first->fingerprint());
    REQUIRE(other.ok());
    CHECK_FALSE(other->take_history(sealed).ok());
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        std::string damaged = sealed;
        damaged[at] = static_cast<char>(damaged[at] ^ 4);
        CHECK_FALSE(opened->take_history(damaged).ok());
    }
    CHECK(opened->mark_keys() == ring.mark_keys());
}

TEST_CASE("a case that has no history has marks over its tokens") {
    const Folder folder;
    const auto made = KeyRing::create(folder / "keys");
    REQUIRE(made.ok());
    const auto old = KeyRing::open(folder / "keys", made->id(), made->fingerprint());
    REQUIRE(old.ok());
    CHECK(old->mark_token_key() == old->token_key());
    CHECK(old->successor().mark_token_key() == old->token_key());
}

TEST_CASE("an older copy of a case is told where its key lies") {
    const Folder folder;
    const auto ring = KeyRing::create(folder / "keys");
    REQUIRE(ring.ok());
    fs::rename(ring->path(), ring->path().string() + ".old");
    const Fault fault = fault_of_opening(folder / "keys", ring->id(), ring->fingerprint());
    CHECK(fault.kind == FaultKind::key);
    CHECK(fault.message().find(ring->id() + ".key.old") != std::string::npos);
}

TEST_CASE("a key that was moved from is empty") {
    const Folder folder;
    auto ring = KeyRing::create(folder / "keys");
    REQUIRE(ring.ok());
    const std::string print = ring->fingerprint();
    const KeyRing moved = std::move(*ring);
    CHECK(moved.fingerprint() == print);
    CHECK(ring->fingerprint() != print);
}

TEST_CASE("keys lie where SENDH_KEYS says, else in the user's data folder, else at home") {
    const Variable home("HOME", "/home/officer");
    {
        const Variable keys("SENDH_KEYS", "/safe/keys");
        CHECK(*default_key_folder() == "/safe/keys");
    }
    const Variable keys("SENDH_KEYS", nullptr);
    {
        const Variable data("XDG_DATA_HOME", "/data");
        CHECK(*default_key_folder() == "/data/sendh/keys");
    }
    {
        const Variable data("XDG_DATA_HOME", "relative");
        CHECK(*default_key_folder() == "/home/officer/.local/share/sendh/keys");
    }
    const Variable empty("SENDH_KEYS", "");
    const Variable data("XDG_DATA_HOME", nullptr);
    CHECK(*default_key_folder() == "/home/officer/.local/share/sendh/keys");
}

TEST_CASE("a folder that cannot be made is a fault with its path") {
    const Folder folder;
    write_file(folder / "file", "x");
    const auto ring = KeyRing::create(folder / "file/keys");
    REQUIRE_FALSE(ring.ok());
    CHECK(ring.fault().where.find("file") != std::string::npos);
}

TEST_CASE("a key file is exactly its lines: a sign in front of them is damage, with whatever check") {
    Key256 master{};
    master[3] = 7;
    const std::string text = KeyFile::in_clear("abcdefghijkl", std::string(32, '0'), master).text();
    REQUIRE(KeyFile::parse(text, "key").ok());
    const std::string other = "\f" + text.substr(0, text.rfind("check "));
    CHECK_FALSE(KeyFile::parse(other + "check " + sha256_hex(other).substr(0, 16) + "\n", "key").ok());
}
