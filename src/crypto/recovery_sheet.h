// Recovery sheets: a master key in n parts of which any k give it back and k - 1 tell nothing (A. Shamir,
// "How to Share a Secret", CACM 22 (1979); over GF(2^8), each byte by itself, by libgfshare), each as letters
// that a person can print, keep and type in again.
//
// A sheet's part, 40 bytes: version 1, set (2 bytes, random for each splitting), number of the sheet (1..n),
// k, n, the first 2 bytes of the key's fingerprint, the share (32 bytes). As letters of five bits (0-9 A-Z
// without I L O U; D. Crockford's base 32) that makes 4 lines of 16, and each line gets two check letters:
//   1: ABCD EFGH JKMN PQRS TV
// They make the line a word of a Reed-Solomon code over GF(2^5), generator x^5 + x^2 + 1 (I. Reed,
// G. Solomon, J. SIAM 8 (1960)), in which the line's number counts as one letter more: any one or two wrong
// letters of a line are found, and of a single one the place is told. It is not corrected: somebody should
// look at the sheet. Read loosely: small letters, other spacing, O for 0, I and L for 1.
//
// Not protected by a passphrase: k sheets are the key.
// Faults: input (with the line, and the letter where it is known), usage.
// Thread rule: pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/key_file.h"

namespace sendh {

inline constexpr int most_sheets = 99;

struct RecoverySheet {
    std::array<unsigned char, 2> set{}, fingerprint{};
    int number = 0, needed = 0, sheets = 0;
    Key256 share{};

    friend bool operator==(const RecoverySheet&, const RecoverySheet&) = default;
};

// REQUIRES: 2 <= needed <= sheets <= most_sheets.
[[nodiscard]] std::vector<RecoverySheet> split_key(const Key256& master, int sheets, int needed);

// The four lines of letters.
[[nodiscard]] std::string letters_of(const RecoverySheet& sheet);
// Every sheet whose four lines stand in the text; other lines are passed over. where: the file.
[[nodiscard]] Result<std::vector<RecoverySheet>> sheets_in(std::string_view text, const std::string& where);

struct RecoveredKey {
    Key256 master{};
    std::vector<int> damaged;  // sheets that do not fit the others
};
// The key of this fingerprint. Faults: input (too few, of different sets, damaged), key (of another key).
[[nodiscard]] Result<RecoveredKey> recover_key(const std::vector<RecoverySheet>& sheets,
                                               const std::string& fingerprint);

}  // namespace sendh
