#include "crypto/keyed_random.h"

#include <doctest/doctest.h>

#include <set>
#include <vector>

using namespace sendh;

TEST_CASE("sub-keys differ by key, purpose and thing, and the border between the two counts") {
    const Key256 a{1};
    const Key256 b{2};
    const std::set<Key256> keys = {subkey(a, "p", "q"),
                                   subkey(b, "p", "q"),
                                   subkey(a, "pq", ""),
                                   subkey(a, "", "pq"),
                                   subkey(a, "p", "r"),
                                   a,
                                   b};
    CHECK(keys.size() == 7);
    CHECK(subkey(a, "p", "q") == subkey(a, "p", "q"));
}

TEST_CASE("a key's stream is ChaCha20's, and a shorter one is its beginning") {
    std::vector<std::uint64_t> words(20);
    key_stream(Key256{}, words);
    // Bernstein's cipher with 64-bit nonce, zero key, zero nonce: RFC 7539 A.1 vector 1 has the same block.
    CHECK(words[0] == 0x903df1a0ade0b876ULL);
    std::vector<std::uint64_t> some(3);
    key_stream(Key256{}, some);
    CHECK(std::equal(some.begin(), some.end(), words.begin()));
}

TEST_CASE("words become numbers below a limit, evenly") {
    CHECK(below(0, 10) == 0);
    CHECK(below(~std::uint64_t{0}, 10) == 9);
    CHECK(below(~std::uint64_t{0}, std::uint64_t{1} << 32) == 0xFFFFFFFF);
    CHECK(below(std::uint64_t{1} << 63, 10) == 5);
    CHECK(below((std::uint64_t{1} << 63) - 1, 10) == 4);
    CHECK(below(12'345, 1) == 0);
}

TEST_CASE("ids of copies are new each time") { CHECK(random_id() != random_id()); }
