// The registers of a case: adding one, bringing it to a newer state, what it was on a day. What the dates of
// a row mean, and how two states are compared, is in registers/history.h; taking a person out in
// casework/erase.h.
//
// An update changes nothing before its date, and nothing on or before the date of the last state that the
// register is known in: a date in the file that says otherwise is moved behind it. So what was a member then
// stays one, and copies issued before stay what they were.
//
// One file one transaction. Faults (input, usage) say that the case is as it was.
// Thread rule: one Case, one thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "casework/import_lists.h"
#include "registers/history.h"

namespace sendh {

// flag: by which it is named, for advice.
[[nodiscard]] Result<RegisterRecord> find_register(Case& c, const std::string& name,
                                                   const char* flag = "--register");
// The register of this name, or the only one.
[[nodiscard]] Result<RegisterRecord> register_or_only(Case& c, const std::string& name);
// A date as a user writes it, "" today, in the zone of the case.
[[nodiscard]] Result<Day> day_of(Case& c, const std::string& date);
// Fault (usage) for a day that has not begun: what is to be was given to nobody, and nobody knows it.
[[nodiscard]] Done refuse_future(const Day& day);
// The date of --delete-by, ISO; "" none. copy_date: ISO, "" not known. Fault (usage): it lies before that.
[[nodiscard]] Result<std::string> day_of_deletion(Case& c, const std::string& date,
                                                  const std::string& copy_date);

// how.date: when the register was like this; "" not known.
[[nodiscard]] Result<ImportedList> add_register(Case& c, const std::filesystem::path& file,
                                                const ListImport& how);

// Somebody whom a change of a register is about. Rows as the catalogue counts them, from 0.
struct ChangedPerson {
    Difference::How how = Difference::How::joined;
    std::optional<std::int64_t> row_before, row_after;  // the first of his rows that ended, and that began
    PhoneNumber number_before, number_after;            // theirs
};
inline constexpr std::size_t most_people_told = 10;  // of each kind

// What a newer state would change; nothing is written yet.
struct RegisterUpdate {
    RegisterRecord reg;
    ReadList read;
    Day date;
    Difference people;
    std::vector<std::pair<std::int64_t, Micros>> ended;  // rows, and the day from which they do not hold
    std::vector<EntryRecord> begun;
    std::vector<ChangedPerson> who;  // at most most_people_told of each kind
    std::vector<std::string> notes;
    bool names_person = false;  // the register had no person column, or another one

    [[nodiscard]] bool empty() const { return people.empty() && !names_person; }
    // Is it more likely a part of the register than all of it?
    [[nodiscard]] bool ends_most() const { return people.left * 2 > people.people_before(); }
    // "12 joined, 3 left, 1 changed number, 4 changed other columns; 1,180 as before"
    [[nodiscard]] std::string text() const;
};

// how: name of the register; columns where they are not found by their names or known from before; date "" is
// today.
[[nodiscard]] Result<RegisterUpdate> plan_update(Case& c, const std::filesystem::path& file,
                                                 const ListImport& how);
// REQUIRES: nothing was written to the case since it was planned.
[[nodiscard]] Done apply_update(Case& c, const RegisterUpdate& update);

// What was changed when, in order, and whom it was about: those who are told apart in the states of the day
// of the change and the last one before (an update of the same day takes the place of what it corrects).
struct ToldChange {
    RegisterChange change;
    std::vector<ChangedPerson> who;  // at most most_people_told of each kind
};
[[nodiscard]] Result<std::vector<ToldChange>> told_changes(Case& c, const RegisterRecord& reg);

// A remark when the day lies before the first state that the register is known in; else "".
[[nodiscard]] Result<std::string> before_first_state(Case& c, const RegisterRecord& reg, const Day& day);

// A register on a day. Rows, but for `numbers`: a number counts once, whoever and however many it belongs to.
struct RegisterState {
    std::uint64_t entries = 0, numbers = 0;
    std::uint64_t ended = 0;    // by then
    std::uint64_t to_come = 0;  // after it
};
[[nodiscard]] Result<RegisterState> state_on(Case& c, const RegisterRecord& reg, const Day& day);

}  // namespace sendh
