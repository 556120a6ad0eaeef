#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <sodium.h>

#include <string>

#include "crypto/seal.h"

using namespace sendh;

namespace {

Key256 key_of(unsigned char first) {
    Key256 key{};
    key.fill(first);
    return key;
}

}  // namespace

TEST_CASE("what was sealed comes back under its key and its name") {
    CHECK(rc::check("round trip", [](const std::string& plain, const std::string& about, unsigned char k) {
        const auto opened = unseal(key_of(k), seal(key_of(k), plain, about), about);
        RC_ASSERT(opened.ok());
        RC_ASSERT(*opened == plain);
    }));
    const std::string large(1'000'000, 'x');
    CHECK(*unseal(key_of(1), seal(key_of(1), large, "raw row"), "raw row") == large);
    CHECK(unseal(key_of(1), seal(key_of(1), "", ""), "")->empty());
}

TEST_CASE("a sealed text is 40 bytes longer, holds nothing of the plain, and never repeats") {
    const std::string plain = "Shri A. B., 9876500012";
    const std::string one = seal(key_of(1), plain, "entry");
    const std::string two = seal(key_of(1), plain, "entry");
    CHECK(one.size() == 24 + plain.size() + 16);
    CHECK(one != two);
    CHECK(one.substr(0, 24) != two.substr(0, 24));
    for (std::size_t at = 0; at + 4 <= plain.size(); ++at)
        CHECK(one.find(plain.substr(at, 4)) == std::string::npos);
}

TEST_CASE("what was sealed as one thing cannot be passed off as another") {
    const std::string sealed = seal(key_of(1), "text", "entry 1");
    for (const char* about : {"", "entry 2", "entry 1 ", "entry", "Entry 1"}) {
        const auto opened = unseal(key_of(1), sealed, about);
        REQUIRE_FALSE(opened.ok());
        CHECK(opened.fault().kind == FaultKind::corrupt);
    }
}

TEST_CASE("another key does not open it") {
    CHECK_FALSE(unseal(key_of(2), seal(key_of(1), "text", "a"), "a").ok());
}

TEST_CASE("every flipped bit and every cut is found") {
    const std::string sealed = seal(key_of(1), "text", "a");
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        std::string damaged = sealed;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        CHECK_FALSE(unseal(key_of(1), damaged, "a").ok());
    }
    for (std::size_t length = 0; length < sealed.size(); ++length)
        CHECK_FALSE(unseal(key_of(1), sealed.substr(0, length), "a").ok());
    CHECK_FALSE(unseal(key_of(1), sealed + "x", "a").ok());
}

TEST_CASE("the sealed form is nonce, then XChaCha20-Poly1305 as libsodium writes it") {
    const std::string sealed = seal(key_of(5), "plain", "about");
    unsigned char out[5];
    unsigned long long n = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(sealed.data());
    const std::string about = "about";
    REQUIRE(crypto_aead_xchacha20poly1305_ietf_decrypt(out, &n, nullptr, bytes + 24, sealed.size() - 24,
                                                       reinterpret_cast<const unsigned char*>(about.data()),
                                                       about.size(), bytes, key_of(5).data()) == 0);
    CHECK(std::string(reinterpret_cast<const char*>(out), n) == "plain");
}

TEST_CASE("the fault holds nothing of the text") {
    const auto opened = unseal(key_of(2), seal(key_of(1), "9876500012", "9876500013"), "9876500013");
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.fault().message().find("98765") == std::string::npos);
}
