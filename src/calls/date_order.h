// Whether 03/04/2025 is 3 April or 4 March: decided once for a whole file, from what stands in the file, and
// said. A pipe cannot be read twice, so the decision is made on the beginning of the file (FileHead) and held
// against every later row; a row that proves the other order makes the whole file unreadable, because then
// rows that were read before are in doubt. The importer keeps nothing of a file whose reading ends in a
// fault.
//
//   stated by the user           it holds; rows that contradict it are impossible (rejected one by one)
//   both orders proven           fault, with both lines
//   one order proven             it holds
//   no proof, documented layout  the documented order holds until a row contradicts it (fault)
//   no proof, not documented     fault: the user has to say, unless every date reads the same either way
//
// Thread rule: one decision, one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "calls/reader.h"
#include "calls/written_time.h"

namespace sendh {

class DateDecision {
public:
    // documented: the order that the layout's documentation gives, or undecided.
    DateDecision(DateOrder stated, DateOrder documented) : stated_(stated), documented_(documented) {}

    // A date in the beginning of the file.
    void observe(const WrittenDate& date, std::uint64_t line);
    // After the beginning was observed; whole: it was the whole file.
    [[nodiscard]] Done decide(bool whole);

    enum class Reading : std::uint8_t { read, impossible, contradiction };
    // A date of a row: fills year, month and day. After `contradiction` fault() says what is wrong.
    [[nodiscard]] Reading read(const WrittenDate& date, std::uint64_t line, CivilTime& civil);
    [[nodiscard]] Fault fault() const;

    [[nodiscard]] DateOrder order() const;
    [[nodiscard]] std::string evidence() const;  // "line 17 has day 23", "the layout writes the day first"

private:
    struct Proof {
        std::uint64_t line = 0;
        int day = 0;
    };
    void prove(const WrittenDate& date, std::uint64_t line);

    DateOrder stated_;
    DateOrder documented_;
    DateOrder order_ = DateOrder::undecided;
    Proof day_first_;              // the first number is above 12
    Proof month_first_;            // the second is
    std::uint64_t open_line_ = 0;  // the first date that reads two ways
    std::uint64_t two_numbers_ = 0;
    std::uint64_t year_first_ = 0;
    std::uint64_t named_ = 0;
};

}  // namespace sendh
