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
    const std::string line = read_file(ring.path());
    return line.substr(line.rfind(' ') + 1, 64);
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
    const std::string line = read_file(ring->path());
    CHECK(line.size() == 11 + 1 + 12 + 1 + 64 + 1);
    CHECK(line.starts_with("sendh-key-1 " + ring->id() + " "));
    CHECK(line.ends_with("\n"));
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
    std::string line = read_file(right->path());
    line.replace(line.rfind(' ') + 1, 64, secret_in(*other));
    write_file(right->path(), line);
    const Fault fault = fault_of_opening(folder / "keys", right->id(), right->fingerprint());
    CHECK(fault.kind == FaultKind::key);
    CHECK(fault.message().find("wrong key") != std::string::npos);
    CHECK(fault.message().find(secret_in(*other)) == std::string::npos);
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
    const std::string line = read_file(ring->path());
    const std::string secret = secret_in(*ring);
    const auto refused = [&](const std::string& text) {
        REQUIRE(write_durably(ring->path(), text, 0600).ok());
        const auto opened = KeyRing::open(folder / "keys", ring->id(), ring->fingerprint());
        return !opened.ok() && opened.fault().kind == FaultKind::key &&
               opened.fault().message().find(secret.substr(0, 16)) == std::string::npos;
    };
    CHECK(refused(""));
    CHECK(refused("hello\n"));
    CHECK(refused(line.substr(0, line.size() - 2)));
    CHECK(refused(line.substr(0, 20)));
    CHECK(refused("sendh-key-2" + line.substr(11)));
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
