#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>

#include "crypto/digest.h"

using namespace sendh;

TEST_CASE("SHA-256 is that of FIPS 180-4") {
    CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(sha256_hex("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopq"
                     "rlmnopqrsmnopqrstnopqrstu") ==
          "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    CHECK(sha256_hex(std::string(1'000'000, 'a')) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a digest does not depend on the pieces") {
    CHECK(rc::check("pieces", [](const std::string& bytes) {
        Sha256 digest;
        for (std::size_t at = 0; at < bytes.size();) {
            const auto n = std::min(bytes.size() - at, *rc::gen::inRange<std::size_t>(0, 70));
            digest.add(std::span(bytes).subspan(at, n));
            at += n;
        }
        RC_ASSERT(digest.hex() == sha256_hex(bytes));
    }));
}

TEST_CASE("the keyed hash is SipHash-2-4 under the first 16 bytes of the key") {
    Key256 key{};
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<unsigned char>(i);
    std::string message;
    for (char c = 0; c < 15; ++c) message += c;
    CHECK(keyed_hash(key, message) == 0xa129ca6149be45e5ULL);  // Aumasson and Bernstein 2012, appendix A
    CHECK(keyed_hash(key, "") == 0x726fdb47dd0e0e31ULL);
    key[31] ^= 1;
    CHECK(keyed_hash(key, message) == 0xa129ca6149be45e5ULL);
    key[0] ^= 1;
    CHECK(keyed_hash(key, message) != 0xa129ca6149be45e5ULL);
}

TEST_CASE("starting the library again does no harm") {
    start_crypto();
    start_crypto();
    CHECK(sha256_hex("abc").size() == 64);
}
