// Whether 03/04/2025 is 3 April or 4 March, and whether 26/05/02 begins with the day or with the year:
// decided once for a whole file, from what stands in the file, and said. A pipe cannot be read twice, so the
// decision is made on the beginning of the file (FileHead) and held against every later row; a row that
// proves another order makes the whole file unreadable, because then rows that were read before are in doubt.
// The importer keeps nothing of a file whose reading ends in a fault.
//
//   stated by the user           it holds; rows that contradict it are impossible (rejected one by one)
//   every order disproven        fault, with the lines
//   one order possible           it holds
//   one fits the stated period   it holds: the report says which days it covers (calls/stated_period.h)
//   the year may stand first     the order that alone puts every date within the last ten years holds, and is
//                                said to be no proof; if there is none, fault: the user has to say
//   no proof, documented layout  the documented order holds until a row contradicts it (fault), and is said
//   to
//                                be no proof if a date reads two ways
//   no proof, not documented     fault: the user has to say, unless every date reads the same either way
//
// Thread rule: one decision, one thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "calls/reader.h"
#include "calls/stated_period.h"
#include "calls/written_time.h"

namespace sendh {

class DateDecision {
public:
    // documented: the order that the layout's documentation gives, or undecided. now: to tell how old dates
    // are; without it their age decides nothing.
    DateDecision(DateOrder stated, DateOrder documented, std::optional<Micros> now = std::nullopt);

    // The period that the report states; before any date.
    void covers(const StatedPeriod& period) { period_ = period; }
    // The dates that follow belong to another report of the same file.
    void another_report() { in_first_report_ = false; }
    // A date in the beginning of the file.
    void observe(const WrittenDate& date, std::uint64_t line);
    // After the beginning was observed; whole: it was the whole file.
    [[nodiscard]] Done decide(bool whole);

    enum class Reading : std::uint8_t { read, impossible, contradiction };
    // A date of a row: fills year, month and day. After `contradiction` fault() says what is wrong.
    [[nodiscard]] Reading read(const WrittenDate& date, std::uint64_t line, CivilTime& civil);
    [[nodiscard]] Fault fault() const;
    // The order in which rows are read now; it changes only with a proof, while no row is in doubt.
    [[nodiscard]] DateOrder settled() const { return order_; }
    // Takes over what a copy has seen that read a later part and began with this order; false: a
    // contradiction.
    [[nodiscard]] bool join(const DateDecision& later);

    [[nodiscard]] DateOrder order() const;
    [[nodiscard]] std::string evidence() const;  // "line 17 has day 23", "the layout writes the day first"
    // After the last row: order and evidence, and notes on what was taken without proof and on dates outside
    // of the stated period.
    void report_to(ReadSummary& summary) const;

private:
    static constexpr std::size_t orders = 3;  // day, month, year first
    enum class Reason : std::uint8_t { proof, period, age, layout };
    struct Proof {
        std::uint64_t line = 0;
        int day = 0;         // the number above 12 that shows it; 0 if it is another
        bool first = false;  // it stands in the first place
    };
    using Lines = std::array<std::uint64_t, orders>;

    void weigh(const WrittenDate& date, const std::array<int, orders>& days, std::uint64_t line);
    void place(const std::array<int, orders>& days, std::uint64_t line);
    [[nodiscard]] bool possible(std::size_t order) const;
    [[nodiscard]] std::vector<std::size_t> possible_orders() const;
    [[nodiscard]] bool open(std::size_t one, std::size_t other) const { return open_[one + other - 1] != 0; }
    [[nodiscard]] bool any_open(const std::vector<std::size_t>& among) const;
    [[nodiscard]] std::string text_of(std::size_t disproven, bool with_place) const;
    [[nodiscard]] Fault undecidable() const;

    DateOrder stated_;
    DateOrder documented_;
    std::optional<StatedPeriod> period_;
    int tomorrow_ = 0, ten_years_ago_ = 0;  // days; 0: nobody knows
    bool in_first_report_ = true;

    DateOrder order_ = DateOrder::undecided;
    Reason reason_ = Reason::proof;
    std::array<Proof, orders> against_;  // the first date that cannot be read in this order
    Lines open_{};      // of day and month, day and year, month and year: the first date that is two days
    Lines outside_{};   // of the period, read in this order: the first date in the beginning of the file
    Lines unlikely_{};  // not in the last ten years: likewise
    std::uint64_t two_numbers_ = 0;
    std::uint64_t three_numbers_ = 0;
    std::uint64_t year_first_ = 0;
    std::uint64_t named_ = 0;
};

}  // namespace sendh
