// Progress: how far a long step is, on stderr: on a terminal only after 2 s, rewritten in place; elsewhere
// a line every 10 s; nothing when quiet. Also the interrupt flag: the first Ctrl-C asks the running step to
// stop at its next safe point, where it undoes what is half done.
//
// Thread rule: Progress is used from one thread; interrupted() from any.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace sendh {

class Progress {
public:
    // total 0: unknown. `what` is a few words ("reading calls.csv"), already without numbers.
    Progress(std::string what, std::uint64_t total_bytes, bool quiet);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // Cheap enough for every batch.
    void at(std::uint64_t bytes, std::uint64_t rows);

private:
    std::string what_;
    std::uint64_t total_;
    bool quiet_;
    bool terminal_;
    bool drawn_ = false;
    Micros started_;
    Micros last_;
};

// Installs the handler for SIGINT and SIGTERM. Call once, from main.
void watch_for_interrupt();
[[nodiscard]] bool interrupted();
// Fault (interrupted) if the user has asked to stop. `left` says what state things are left in.
[[nodiscard]] Done check_interrupt(const char* left);

}  // namespace sendh
