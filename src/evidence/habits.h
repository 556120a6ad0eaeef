// ReadingHabits: which readings of numbers are unusual for the user who makes them, with the reason in words.
//
// Entries go in in the order of the log; only what was logged before decides. A reading is an entry of the
// kinds reading (numbers masked), reveal, rejects_exported and copy_issued. Rules, per user as the log names
// them:
//   rows    more than max(F, 5 × median, median + 10 × 1.4826 × MAD) of the rows of the user's last 200
//   readings
//           by the same command, where F is 50 in clear and 1,000 masked. (1.4826 × MAD is the standard
//           deviation if rows were normal: Rousseeuw, Croux, "Alternatives to the median absolute deviation",
//           JASA 88, 1993. Median and MAD are not moved by the odd large reading, so that one such reading
//           does not excuse the next.) With fewer than 5 of them there is no habit: then more than 1,000 rows
//           in clear (reveal, rejects_exported) are.
//   night   in clear (all but reading) from 22:00 to 06:00 in the case's zone, unless a quarter or more of
//   the
//           user's last 200 readings in clear, and at least 4, were at night.
//   first   the user has no earlier entry of any kind in the log.
//   burst   the 20th reading within 10 minutes, and the 40th, 80th … until they are fewer than 10; readings
//           without rows (lists of registers and copies) do not count
// The numbers are a choice, not measured on real users: no such record was at hand.
//
// It looks at no number, and says nothing about why somebody read.
// Thread rule: one object, one thread.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "evidence/log.h"

namespace sendh {

[[nodiscard]] bool is_reading(const LogEntry& entry);

struct UnusualReason {
    std::string code;  // rows | night | first | burst
    std::string text;  // "48,210 rows; the median of 23 earlier readings is 40"
};

class ReadingHabits {
public:
    static constexpr std::size_t burst = 20;

    explicit ReadingHabits(Zone zone) : zone_(zone) {}

    // What is unusual about the entry, given those before; nothing for entries that are no readings.
    std::vector<UnusualReason> see(const LogEntry& entry);

private:
    struct Earlier {
        std::uint64_t entries = 0;
        std::map<std::string, std::deque<std::uint64_t>> rows;  // by kind and command
        std::deque<bool> at_night;                              // in clear
        std::deque<Micros> recent;                              // the last ten minutes
        std::size_t next_burst = burst;
    };
    Zone zone_;
    std::map<std::string, Earlier> users_;
};

}  // namespace sendh
