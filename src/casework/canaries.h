// Canaries: numbers under our control that belong to nobody, for planting in copies of a register, and their
// care. A canary's row in the register's form (name, post, date …) is drawn once, when it comes in
// (registers/personas.h), the same in every copy, so that two recipients who compare see no difference in it.
// The row does not follow the day on which the canary came in: its date of joining is drawn like anybody's.
// Were it put after the last copy, canaries would be the only ones who joined since. Instead, who has a copy
// that lacks it does not get it (casework/copies.h).
//
// Canaries come as personas, made-up people: where people of the register have several numbers (rows), so has
// as large a share of personas (casework/people_rows.h), or whoever counts how often a row's other cells
// occur would see every canary. Numbers of one persona share one coin and one state.
//
// State: active (comes into new copies), resting (stays where it is, comes into no more recipients' copies),
// burnt (published, or given to a subscriber: out of every later copy; its calls are no evidence). A burnt
// one may be used again, with a reason, and is told as what it was. Thread rule: one Case, one thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "casework/case.h"
#include "casework/import_lists.h"

namespace sendh {

// how.name: the register, "" when the case has one. Columns of the file that the register has, too, are taken
// as they are, the others drawn. Fault (input): a number that stands in the register or is a canary already.
[[nodiscard]] Result<ImportedList> add_canaries(Case& c, const std::filesystem::path& file,
                                                const ListImport& how);

struct CanaryCare {
    CanaryRecord record;
    std::string id, register_name;  // "N1"
    std::string persona;            // whose number it is: the id of the first of his
    std::uint64_t copies = 0;       // that hold it
    std::optional<Micros> planted;  // when the first of them was issued
    std::uint64_t calls = 0, stray = 0;
    std::optional<Micros> first_call, last_call;
    std::optional<double> stray_per_week;  // before it was planted, as far as the case has calls from then
    std::vector<std::string> warnings;
};
[[nodiscard]] Result<std::vector<CanaryCare>> canary_care(Case& c);

struct ChangedCanaries {
    std::vector<CanaryRecord> records;  // all numbers of the persona, by id
    std::string note;  // of one that was burnt: since when, why, and what its waking means; else ""
};
// which: "N1" or the number. state: active | resting | burnt. All numbers of its persona change. Fault
// (usage): also one that was burnt and is to be used again without a reason.
[[nodiscard]] Result<ChangedCanaries> set_canary_state(Case& c, const std::string& which,
                                                       const std::string& state, const std::string& reason);

}  // namespace sendh
