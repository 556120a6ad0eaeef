#include "crypto/recovery_sheet.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>

#include "crypto/key_ring.h"

using namespace sendh;

namespace {

Key256 key_of(unsigned seed) {
    Key256 key{};
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<unsigned char>(seed * 31 + i * 7);
    return key;
}

std::vector<RecoverySheet> some(const std::vector<RecoverySheet>& sheets, const std::vector<int>& numbers) {
    std::vector<RecoverySheet> out;
    for (const int number : numbers) out.push_back(sheets.at(static_cast<std::size_t>(number - 1)));
    return out;
}

std::string message_of(const std::vector<RecoverySheet>& sheets, const Key256& key) {
    const auto out = recover_key(sheets, KeyRing::fingerprint_of(key));
    return out.ok() ? "" : out.fault().message();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string mistake_in(const std::string& text) {
    const auto sheets = sheets_in(text, "sheet.txt");
    return sheets.ok() ? "" : sheets.fault().message();
}

}  // namespace

TEST_CASE("any k of n sheets give the key back") {
    rc::check([] {
        const int n = *rc::gen::inRange(2, 12);
        const int k = *rc::gen::inRange(2, n + 1);
        Key256 key{};
        for (auto& b : key) b = *rc::gen::arbitrary<unsigned char>();
        auto sheets = split_key(key, n, k);
        RC_ASSERT(sheets.size() == static_cast<std::size_t>(n));
        for (int i = n - 1; i > 0; --i)
            std::swap(sheets[static_cast<std::size_t>(i)],
                      sheets[static_cast<std::size_t>(*rc::gen::inRange(0, i + 1))]);
        sheets.resize(static_cast<std::size_t>(k));
        const auto out = recover_key(sheets, KeyRing::fingerprint_of(key));
        RC_ASSERT(out.ok());
        RC_ASSERT(out->master == key);
        RC_ASSERT(out->damaged.empty());
    });
}

TEST_CASE("shares are fresh: two splittings of a key have nothing in common") {
    const Key256 key = key_of(1);
    std::set<Key256> shares;
    for (int i = 0; i < 20; ++i) {
        for (const RecoverySheet& sheet : split_key(key, 5, 3)) shares.insert(sheet.share);
    }
    CHECK(shares.size() == 100);
    CHECK_FALSE(shares.contains(key));
}

// With k - 1 shares every key is as likely: each byte of a share is uniform, whatever the key.
TEST_CASE("a byte of a share is as likely to be any other") {
    for (const unsigned char byte : {static_cast<unsigned char>(0), static_cast<unsigned char>(255)}) {
        Key256 key;
        key.fill(byte);
        std::array<int, 256> seen{};
        for (int i = 0; i < 400; ++i) {
            const RecoverySheet sheet = split_key(key, 3, 2)[1];
            for (const unsigned char b : sheet.share) ++seen[b];
        }
        double chi = 0;
        for (const int count : seen) chi += (count - 50.0) * (count - 50.0) / 50.0;
        CHECK(chi < 400);  // 255 degrees of freedom: beyond it once in 10^8
    }
}

TEST_CASE("letters come back as the sheet that they were made of, however they are typed") {
    rc::check([] {
        RecoverySheet sheet =
            split_key(key_of(*rc::gen::inRange(0U, 99U)), 5, 3)[*rc::gen::inRange<std::size_t>(0, 5)];
        std::string text = letters_of(sheet);
        for (char& c : text) {
            if (*rc::gen::arbitrary<bool>() && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
            if (c == '0' && *rc::gen::arbitrary<bool>()) c = *rc::gen::element('O', 'o');
        }
        std::string typed;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == ' ' && *rc::gen::arbitrary<bool>()) continue;
            if (i > 1 && text[i] == '1' && text[i + 1] != ':' && *rc::gen::arbitrary<bool>()) {
                typed += *rc::gen::element('I', 'l');
            } else {
                typed += text[i];
            }
        }
        const auto read = sheets_in("A heading\n\n" + typed + "an end\n", "test");
        RC_ASSERT(read.ok());
        RC_ASSERT(read->size() == 1U);
        RC_ASSERT(read->front() == sheet);
    });
}

TEST_CASE("one wrong letter is told with its place") {
    constexpr std::string_view letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const std::string text = letters_of(split_key(key_of(3), 5, 3)[2]);
    std::size_t line = 1;
    std::size_t letter = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\n') ++line, letter = 0;
        if (text[at] == ' ' || text[at] == '\n' || text[at] == ':' || text[at + 1] == ':') continue;
        ++letter;
        for (const char other : letters) {
            if (other == text[at]) continue;
            std::string wrong = text;
            wrong[at] = other;
            const std::string message = mistake_in(wrong);
            CHECK(has(message, "sheet.txt:" + std::to_string(line) + ":"));
            CHECK(has(message, "letter " + std::to_string(letter) + " (group " +
                                   std::to_string((letter + 3) / 4) + ", letter " +
                                   std::to_string((letter + 3) % 4 + 1) + " of it) looks wrong"));
        }
    }
}

TEST_CASE("two wrong letters of a line are always found") {
    constexpr std::string_view letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    rc::check([&] {
        std::string text = letters_of(split_key(key_of(4), 5, 3)[0]);
        const std::size_t line = *rc::gen::inRange<std::size_t>(0, 4) * (text.size() / 4);
        const auto places =
            *rc::gen::unique<std::vector<std::size_t>>(2, rc::gen::inRange<std::size_t>(0, 18));
        for (const std::size_t place : places) {
            char& c = text[line + 3 + place + place / 4];
            const std::size_t value = letters.find(c);
            c = letters[(value + *rc::gen::inRange<std::size_t>(1, 32)) % 32];
        }
        RC_ASSERT_FALSE(sheets_in(text, "test").ok());
    });
}

TEST_CASE("lines that are missing, swapped, too short or of strange letters are told") {
    const std::string text = letters_of(split_key(key_of(5), 5, 3)[0]);
    const std::size_t line = text.size() / 4;
    CHECK(has(mistake_in(text.substr(0, 3 * line)), "line 4 of a sheet is missing"));
    CHECK(
        has(mistake_in(text.substr(0, line) + text.substr(2 * line)), "line 2 of a sheet should stand here"));
    std::string swapped =
        text.substr(0, line) + "2:" + text.substr(2 * line + 2, line - 2) + text.substr(2 * line);
    CHECK(has(mistake_in(swapped), "this looks like line 3"));
    std::string shorter = text;
    shorter.erase(4, 1);
    CHECK(has(mistake_in(shorter), "has 17 letters and should have 18"));
    std::string strange = text;
    strange[4] = 'U';
    CHECK(has(mistake_in(strange), "letter 2 (group 1, letter 2 of it) is none that a sheet uses"));
    CHECK(has(mistake_in("nothing\n"), "there is no recovery sheet in it"));
    CHECK(has(mistake_in(""), "there is no recovery sheet in it"));
}

TEST_CASE("several sheets may stand in one text") {
    const auto sheets = split_key(key_of(6), 3, 2);
    const auto read = sheets_in(letters_of(sheets[2]) + "\n" + letters_of(sheets[0]), "test");
    REQUIRE(read.ok());
    CHECK(*read == some(sheets, {3, 1}));
}

TEST_CASE("too few sheets, of different sets, of another key: each is told as what it is") {
    const Key256 key = key_of(7);
    const auto sheets = split_key(key, 5, 3);
    const auto others = split_key(key, 5, 3);
    const auto strange = split_key(key_of(8), 5, 3);
    CHECK(has(message_of(some(sheets, {1, 4}), key), "too few sheets: 3 are needed, 2 are here: sheet 1, 4"));
    CHECK(has(message_of(some(sheets, {2, 2, 2}), key), "too few sheets: 3 are needed, 1 is here"));
    CHECK(has(message_of({sheets[0], sheets[1], others[2]}, key), "different sets"));
    CHECK(has(message_of({sheets[0], sheets[1], strange[2]}, key), "sheet 3 is of the key of another case"));
    CHECK(has(message_of({}, key), "no recovery sheet"));
    CHECK(message_of(some(sheets, {5, 3, 1}), key).empty());
}

TEST_CASE("a damaged sheet is found, and told when one more than needed is there") {
    const Key256 key = key_of(9);
    auto sheets = split_key(key, 5, 3);
    sheets[1].share[5] = static_cast<unsigned char>(sheets[1].share[5] ^ 1);
    CHECK(has(message_of(some(sheets, {1, 2, 3}), key), "at least one of these sheets is damaged"));
    CHECK(has(message_of(some(sheets, {1, 2, 3}), key), "bring one more sheet"));
    const auto out = recover_key(some(sheets, {1, 2, 3, 4}), KeyRing::fingerprint_of(key));
    REQUIRE(out.ok());
    CHECK(out->master == key);
    CHECK(out->damaged == std::vector<int>{2});
    auto twice = some(sheets, {1, 2, 3});
    twice.push_back(split_key(key, 5, 3)[1]);
    twice.back().set = sheets[1].set;
    CHECK(has(message_of(twice, key), "given twice"));
}
