// Marks: what makes a copy of a register its recipient's own. All of them are computed from the mark key and
// a random id; nothing else is kept, so a thief of the case cannot read them and the recipient cannot see
// them.
//
//   row order        the copy's rows in a keyed permutation of its own, evaluated at any row in O(1)
//   canary coins     which of the numbers under our control the recipient holds, each by a coin of its own
//   column variants  which of several spellings of a word a row shows
//
// Up to 4,096 rows the row order is a shuffle by the key's stream (R. A. Fisher, F. Yates 1938; D. E. Knuth,
// TAOCP 2, 3.4.2, algorithm P), every order as likely. Above that it is a Feistel network over Z_a × Z_b,
// a·b >= n, with cycle walking (J. Black, P. Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002,
// methods 2 and 3), of 12 rounds: on a small domain such a network favours some orders by a few per cent. a
// and b are about √n, so a round function is a table that the key's stream fills (12·√n words of 16 bits: 24
// kB for a million rows). Security: without the key the round functions are independent random functions, so
// this is the network of Luby and Rackoff (SIAM J. Comput. 17 (1988)) with eight rounds more than they need.
// An innocent copy's key was used for that copy alone; who has not seen the file has seen no value of its
// permutation, and so cannot do better than chance in following it. Who has the file knows its order and
// learns nothing of another's.
//
// Coins and variants are SipHash-2-4 of the number's token under a key of the recipient: copies of one
// recipient agree in them, so comparing the two shows neither.
//
// Thread rule: immutable once made; share freely.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/keyed_random.h"
#include "crypto/token.h"

namespace sendh {

// SHA-256 (64 hex digits) of the mark key with a prefix of its own: shows later that marks were not made up
// after the fact, and tells nothing of the key.
[[nodiscard]] std::string mark_key_commitment(const Key256& mark_key);

class RowOrder {
public:
    static constexpr std::uint64_t most_rows = std::uint64_t{1} << 32;
    static constexpr std::uint64_t most_shuffled = 4'096;

    // copy: the copy's own id. REQUIRES: rows <= most_rows.
    RowOrder(const Key256& mark_key, const RandomId& copy, std::uint64_t rows);

    [[nodiscard]] std::uint64_t rows() const { return rows_; }
    // Where the row stands in the file, and which row stands there. REQUIRES: below rows().
    [[nodiscard]] std::uint64_t position(std::uint64_t row) const;
    [[nodiscard]] std::uint64_t row(std::uint64_t position) const;

    // Many positions at once, of one copy or of many, several times sooner: memory is waited for together.
    struct Asked {
        const RowOrder* order = nullptr;
        std::uint64_t row = 0;  // becomes the position
    };
    static void positions(std::span<Asked> asked);

private:
    void shuffle(const Key256& key);
    [[nodiscard]] std::uint64_t forward(std::uint64_t x) const;
    [[nodiscard]] std::uint64_t backward(std::uint64_t x) const;

    std::uint64_t rows_, a_, b_;
    std::vector<std::uint16_t> rounds_;    // for two rounds: b values below a, then a values below b
    std::vector<std::uint32_t> shuffled_;  // positions of rows, then rows of positions
};

class RecipientMarks {
public:
    // recipient: the id that all copies of one recipient share.
    RecipientMarks(const Key256& mark_key, const RandomId& recipient);

    // Does the recipient hold this canary? True for a share of all keys.
    [[nodiscard]] bool holds(const Token& canary, double share) const;
    // Which of `count` spellings the row of this number shows in the column. REQUIRES: 0 < count <= 2^32.
    [[nodiscard]] std::size_t variant(const Token& number, std::string_view column, std::size_t count) const;

private:
    Key256 coins_, variants_;
};

}  // namespace sendh
