#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <rapidcheck.h>

#include <set>

#include "crypto/token.h"

using namespace sendh;

namespace {

Key256 key_of(unsigned char first) {
    Key256 key{};
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<unsigned char>(first + 7 * i);
    return key;
}

// One AES-256 block by OpenSSL, apart from the code under test.
std::array<unsigned char, 16> aes_block(const Key256& key, const std::array<unsigned char, 16>& plain) {
    std::array<unsigned char, 32> out{};
    int n = 0;
    EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
    REQUIRE(EVP_EncryptInit_ex(context, EVP_aes_256_ecb(), nullptr, key.data(), nullptr) == 1);
    EVP_CIPHER_CTX_set_padding(context, 0);
    REQUIRE(EVP_EncryptUpdate(context, out.data(), &n, plain.data(), 16) == 1);
    EVP_CIPHER_CTX_free(context);
    REQUIRE(n == 16);
    std::array<unsigned char, 16> block{};
    std::copy_n(out.begin(), 16, block.begin());
    return block;
}

std::vector<PhoneNumber> some_numbers(std::size_t n) {
    std::vector<PhoneNumber> numbers;
    for (std::size_t i = 0; i < n; ++i) {
        switch (i % 4) {
            case 0: numbers.push_back(PhoneNumber::from_e164(919876500000 + i)); break;
            case 1: numbers.push_back(PhoneNumber::from_presented(std::to_string(i))); break;
            case 2: numbers.push_back(PhoneNumber::from_presented("AD-" + std::to_string(i))); break;
            default: numbers.push_back(PhoneNumber()); break;
        }
    }
    return numbers;
}

}  // namespace

TEST_CASE("AES-256 here is that of FIPS 197") {
    Key256 key{};
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<unsigned char>(i);
    std::array<unsigned char, 16> plain{};
    for (std::size_t i = 0; i < plain.size(); ++i) plain[i] = static_cast<unsigned char>(0x11 * i);
    const auto block = aes_block(key, plain);  // FIPS 197, appendix C.3
    CHECK(to_text(Token{block}) == "8ea2b7ca516745bfeafc49904b496089");
}

TEST_CASE("a token is one AES-256 block of the number's 64 bits, high byte first, and 64 zero bits") {
    CHECK(rc::check("against OpenSSL", [](std::uint64_t bits, unsigned char first) {
        Tokeniser tokeniser(key_of(first));
        std::array<unsigned char, 16> plain{};
        for (std::size_t i = 0; i < 8; ++i) plain[i] = static_cast<unsigned char>(bits >> (56 - 8 * i));
        RC_ASSERT(tokeniser.seal(PhoneNumber::from_bits(bits)).bytes == aes_block(key_of(first), plain));
    }));
}

TEST_CASE("tokens join: the same number has the same token from any tokeniser of the key") {
    Tokeniser a(key_of(1)), b(key_of(1)), c(key_of(2));
    const PhoneNumber number = PhoneNumber::from_e164(919876500000);
    CHECK(a.seal(number) == a.seal(number));
    CHECK(a.seal(number) == b.seal(number));
    CHECK(a.seal(number) != c.seal(number));
}

TEST_CASE("two numbers never share a token, and neighbours look like strangers") {
    Tokeniser tokeniser(key_of(3));
    std::set<Token> tokens;
    std::set<unsigned char> first_bytes;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        const Token token = tokeniser.seal(PhoneNumber::from_e164(919876500000 + i));
        tokens.insert(token);
        first_bytes.insert(token.bytes[0]);
    }
    CHECK(tokens.size() == 20'000);
    CHECK(first_bytes.size() == 256);
}

TEST_CASE("a token opens to its number, of every kind") {
    Tokeniser tokeniser(key_of(4));
    CHECK(rc::check("round trip", [&](std::uint64_t bits) {
        const PhoneNumber number = PhoneNumber::from_bits(bits);
        const auto opened = tokeniser.open(tokeniser.seal(number));
        RC_ASSERT(opened.ok());
        RC_ASSERT(*opened == number);
    }));
    CHECK(tokeniser.open(tokeniser.seal(PhoneNumber()))->is_none());
}

TEST_CASE("many at once are the same as one by one, over the borders of the chunks") {
    Tokeniser tokeniser(key_of(5));
    for (const std::size_t n : {0U, 1U, 4095U, 4096U, 4097U, 10'000U}) {
        const auto numbers = some_numbers(n);
        std::vector<Token> tokens(n);
        tokeniser.seal(numbers, tokens);
        for (std::size_t i = 0; i < n; i += 37) CHECK(tokens[i] == tokeniser.seal(numbers[i]));
        if (n > 0) CHECK(tokens[n - 1] == tokeniser.seal(numbers[n - 1]));
        std::vector<PhoneNumber> opened(n);
        CHECK(tokeniser.open(tokens, opened).ok());
        CHECK(opened == numbers);
    }
}

TEST_CASE("a wrong key is found") {
    Tokeniser right(key_of(6)), wrong(key_of(7));
    const auto opened = wrong.open(right.seal(PhoneNumber::from_e164(919876500000)));
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.fault().kind == FaultKind::corrupt);
    CHECK(opened.fault().message().find("key") != std::string::npos);
}

TEST_CASE("every flipped bit is found") {
    Tokeniser tokeniser(key_of(8));
    const Token token = tokeniser.seal(PhoneNumber::from_e164(919876500000));
    for (std::size_t bit = 0; bit < 128; ++bit) {
        Token damaged = token;
        damaged.bytes[bit / 8] = static_cast<unsigned char>(damaged.bytes[bit / 8] ^ (1U << (bit % 8)));
        CHECK_FALSE(tokeniser.open(damaged).ok());
    }
    CHECK_FALSE(tokeniser.open(Token{}).ok());
}

TEST_CASE("the first damaged of many is named by its position") {
    Tokeniser tokeniser(key_of(9));
    const auto numbers = some_numbers(9'000);
    std::vector<Token> tokens(numbers.size());
    tokeniser.seal(numbers, tokens);
    tokens[5'000].bytes[3] ^= 1;
    tokens[8'000].bytes[3] ^= 1;
    std::vector<PhoneNumber> opened(tokens.size());
    const auto result = tokeniser.open(tokens, opened);
    REQUIRE_FALSE(result.ok());
    CHECK(result.fault().where == "token 5000");
}

TEST_CASE("a tokeniser moves with its key") {
    Tokeniser first(key_of(10));
    const Token token = first.seal(PhoneNumber::from_e164(919876500000));
    Tokeniser second = std::move(first);
    CHECK(second.seal(PhoneNumber::from_e164(919876500000)) == token);
}

TEST_CASE("a token's text is 32 hex digits") {
    Token token;
    for (std::size_t i = 0; i < 16; ++i) token.bytes[i] = static_cast<unsigned char>(0x11 * i);
    CHECK(to_text(token) == "00112233445566778899aabbccddeeff");
}
