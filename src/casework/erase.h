// Taking a person out of a register on request (data-protection law), and a whole register out of a case.
//
// A person's rows keep their places, empty: number, dates and attributes are overwritten, so that the marks
// of copies that hold others stay what they are. So are his numbers in copies as they were recorded. The
// catalogue is then written anew, so that its file and its write-ahead log hold no byte of what was there.
// The log gets an entry with counts and the reason, nothing of the person.
//
// What it does not reach is told (Erasure::remains): calls and reports with his number, other lists, files
// that were given out, backups.
//
// After a crash the rows are there or erased; bytes that the file still holds of erased ones go with the next
// step that writes (Case::settle_erasure).
// Thread rule: one Case, one thread.
#pragma once

#include <string>
#include <vector>

#include "casework/case.h"

namespace sendh {

struct Erasure {
    RegisterRecord reg;
    std::vector<std::int64_t> rows;
    std::vector<Token> numbers;  // of the rows; those that no other row of the register holds
    std::uint64_t people = 0;
    std::vector<std::string> remains;  // "3 calls to his numbers", "copy K1 for Office A"
};

// Who: a number, or what the person has in the register's person column; one of the two. A number finds all
// rows of its person. Faults (missing, usage) never show what was typed.
[[nodiscard]] Result<Erasure> plan_erasure(Case& c, const std::string& register_name,
                                           const std::string& number, const std::string& person);
// Fault after the commit: says that the person is erased.
[[nodiscard]] Done erase(Case& c, const Erasure& erasure, const std::string& reason);

// The whole register. Fault (usage): copies or canaries of it are there, which nobody could tell any more.
[[nodiscard]] Result<RegisterRecord> plan_removal(Case& c, const std::string& register_name);
[[nodiscard]] Done remove_register(Case& c, const RegisterRecord& reg, const std::string& reason);

}  // namespace sendh
