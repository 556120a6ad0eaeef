#include "crypto/token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace sendh {

namespace {

constexpr std::size_t block = 16;
constexpr std::size_t chunk = 4096;

// OpenSSL fails here only when out of memory or built without AES: nothing to go on with.
void must(int status) {
    if (status != 1) std::abort();
}

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

Context make_context(const Key256& key, int encrypt) {
    Context context(EVP_CIPHER_CTX_new());
    if (!context) std::abort();
    must(EVP_CipherInit_ex(context.get(), EVP_aes_256_ecb(), nullptr, key.data(), nullptr, encrypt));
    must(EVP_CIPHER_CTX_set_padding(context.get(), 0));
    return context;
}

void run(EVP_CIPHER_CTX* context, const unsigned char* in, unsigned char* out, std::size_t blocks) {
    int written = 0;
    must(EVP_CipherUpdate(context, out, &written, in, static_cast<int>(blocks * block)));
}

}  // namespace

struct Tokeniser::Ciphers {
    Context sealing;
    Context opening;
};

Tokeniser::Tokeniser(const Key256& key)
    : ciphers_(new Ciphers{make_context(key, 1), make_context(key, 0)}), scratch_(chunk * block) {}
Tokeniser::Tokeniser(Tokeniser&&) noexcept = default;
Tokeniser::~Tokeniser() { OPENSSL_cleanse(scratch_.data(), scratch_.size()); }

void Tokeniser::seal(std::span<const PhoneNumber> numbers, std::span<Token> out) {
    static_assert(sizeof(Token) == block);
    for (std::size_t at = 0; at < numbers.size(); at += chunk) {
        const std::size_t n = std::min(chunk, numbers.size() - at);
        for (std::size_t i = 0; i < n; ++i) {
            const std::uint64_t bits = unveil(numbers[at + i]);
            for (std::size_t b = 0; b < 8; ++b)
                scratch_[i * block + b] = static_cast<unsigned char>(bits >> (56 - 8 * b));
            std::memset(scratch_.data() + i * block + 8, 0, 8);
        }
        run(ciphers_->sealing.get(), scratch_.data(), out[at].bytes.data(), n);
    }
}

Token Tokeniser::seal(PhoneNumber number) {
    Token token;
    seal(std::span(&number, 1), std::span(&token, 1));
    return token;
}

Done Tokeniser::open(std::span<const Token> tokens, std::span<PhoneNumber> out, const PlaceOf& place_of) {
    for (std::size_t at = 0; at < tokens.size(); at += chunk) {
        const std::size_t n = std::min(chunk, tokens.size() - at);
        run(ciphers_->opening.get(), tokens[at].bytes.data(), scratch_.data(), n);
        for (std::size_t i = 0; i < n; ++i) {
            std::uint64_t bits = 0;
            std::uint64_t zeros = 0;
            for (std::size_t b = 0; b < 8; ++b) {
                bits = bits << 8 | scratch_[i * block + b];
                zeros |= scratch_[i * block + 8 + b];
            }
            if (zeros != 0) {
                return Fault{FaultKind::corrupt, "a number token is damaged or was made with another key",
                             place_of ? place_of(at + i) : "token " + std::to_string(at + i),
                             "check that the right key is used; restore the file from a backup"};
            }
            out[at + i] = PhoneNumber::from_bits(bits);
        }
    }
    return done();
}

Result<PhoneNumber> Tokeniser::open(const Token& token) {
    PhoneNumber number;
    SENDH_CHECK(open(std::span(&token, 1), std::span(&number, 1), [](std::size_t) { return std::string(); }));
    return number;
}

std::string to_text(const Token& token) {
    constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (const unsigned char b : token.bytes) {
        out += digits[b >> 4];
        out += digits[b & 15];
    }
    return out;
}

}  // namespace sendh
