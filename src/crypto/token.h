// Token: a phone number as it lies on the disk. One AES-256 block of (the number's 64 bits, 64 zero bits)
// under the token key (FIPS 197; one block, no mode). Deterministic, so tokens join; a permutation, so two
// numbers never share one; reversible with the key alone; the 64 zero bits tell a wrong key or a damaged
// token (a random block passes once in 2^64).
//
// Thread rule: a Tokeniser is used by one thread at a time; make one for each thread.
// Cost: a few nanoseconds a number when many are given at once.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/phone_number.h"
#include "base/result.h"
#include "crypto/key_ring.h"

namespace sendh {

struct Token {
    std::array<unsigned char, 16> bytes{};
    friend bool operator==(const Token&, const Token&) = default;
    friend auto operator<=>(const Token&, const Token&) = default;
};

// A token is a block of a cipher: its first bytes are as good as any hash of it.
struct TokenHash {
    std::size_t operator()(const Token& token) const {
        std::size_t out = 0;
        std::memcpy(&out, token.bytes.data(), sizeof out);
        return out;
    }
};

class Tokeniser {
public:
    explicit Tokeniser(const Key256& token_key);
    Tokeniser(Tokeniser&&) noexcept;
    ~Tokeniser();

    // REQUIRES: out.size() == numbers.size(). "No number" becomes a token like any other.
    void seal(std::span<const PhoneNumber> numbers, std::span<Token> out);
    [[nodiscard]] Token seal(PhoneNumber number);

    // Fault (corrupt) with the place of the first token that is damaged or of another key: what place_of says
    // of it, else "token N", N from 0. Of a single one none: the caller knows where it lies.
    using PlaceOf = std::function<std::string(std::size_t)>;
    [[nodiscard]] Done open(std::span<const Token> tokens, std::span<PhoneNumber> out,
                            const PlaceOf& place_of = {});
    [[nodiscard]] Result<PhoneNumber> open(const Token& token);

private:
    struct Ciphers;
    std::unique_ptr<Ciphers> ciphers_;
    std::vector<unsigned char> scratch_;
};

// 32 hex digits; for `reveal TOKEN`.
[[nodiscard]] std::string to_text(const Token& token);

}  // namespace sendh
