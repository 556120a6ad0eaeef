#include "crypto/digest.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <cstdlib>
#include <cstring>

namespace sendh {

struct Sha256::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    if (EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) != 1) std::abort();
}
Sha256::~Sha256() = default;

void Sha256::add(std::span<const char> bytes) {
    EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

std::string Sha256::hex() {
    unsigned char raw[32];
    unsigned length = 0;
    EVP_DigestFinal_ex(state_->context, raw, &length);
    std::string out(65, '\0');
    sodium_bin2hex(out.data(), out.size(), raw, sizeof raw);
    out.pop_back();
    return out;
}

std::string sha256_hex(std::string_view bytes) {
    Sha256 digest;
    digest.add(bytes);
    return digest.hex();
}

std::uint64_t keyed_hash(const Key256& key, std::string_view bytes) {
    unsigned char out[8];
    crypto_shorthash(out, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), key.data());
    std::uint64_t value = 0;
    std::memcpy(&value, out, sizeof value);
    return value;
}

}  // namespace sendh
