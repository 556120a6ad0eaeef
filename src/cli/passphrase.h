// Where the program gets passphrases from: a file that was named (or a descriptor: /dev/fd/3), else the
// terminal, without echo. Never from an argument or a variable, which others can see.
//
// Faults: usage (shape), key (a file that others can read), io, interrupted.
// Thread rule: the main thread.
#pragma once

#include <filesystem>
#include <string>

#include "crypto/passphrase.h"

namespace sendh::cli {

[[nodiscard]] Result<Passphrase> read_passphrase(const std::filesystem::path& file);
[[nodiscard]] bool has_terminal();
// One line from the terminal of the process. REQUIRES: has_terminal().
[[nodiscard]] Result<Passphrase> ask_passphrase(const std::string& question);
// Twice, and the two must agree.
[[nodiscard]] Result<Passphrase> ask_new_passphrase(const std::string& question);

// Of an existing key: from the file if one was named, else from the terminal; nothing without either.
[[nodiscard]] PassphraseSource passphrase_source(const std::string& file);

}  // namespace sendh::cli
