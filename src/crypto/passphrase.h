// A passphrase while the program holds it: bytes, wiped when they go. Not stretched, not compared: that is
// the work of crypto/key_file.h.
//
// Bytes are taken as they come: whoever types another form of the same letters (NFC, NFD) types another
// passphrase.
// Faults: usage (too short, too long, a line end in it).
// Thread rule: one object, one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sendh {

class Passphrase {
public:
    static constexpr std::size_t least_bytes = 8;
    static constexpr std::size_t most_bytes = 1'024;

    // One line end at the end is not part of it. Wipes the text.
    [[nodiscard]] static Result<Passphrase> of(std::string&& text, const std::string& where);

    Passphrase(Passphrase&& other) noexcept = default;
    Passphrase& operator=(Passphrase&& other) noexcept;
    Passphrase(const Passphrase&) = delete;
    Passphrase& operator=(const Passphrase&) = delete;
    ~Passphrase();

    [[nodiscard]] std::string_view text() const { return {bytes_.data(), bytes_.size()}; }
    [[nodiscard]] Passphrase copy() const;

private:
    explicit Passphrase(std::vector<char> bytes) : bytes_(std::move(bytes)) {}
    std::vector<char> bytes_;
};

// Where a passphrase comes from when one is needed: a file, a terminal. Asked only then.
using PassphraseSource = std::function<Result<Passphrase>()>;

// Overwrites the text.
void wipe(std::string& text);

}  // namespace sendh
