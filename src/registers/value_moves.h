// Values that many people share (posts, offices), and where the people went when a value ended: an office
// that was renamed is another cell for all of its people at once. A made-up row of the register follows them,
// or is told to be out of date.
//
// What it holds to: of those who had a value until some day and stand in the register after it, nine in ten
// (two at least) went to one other value on that day: then the row goes there, on the first such day. If they
// went to several, the value is gone, and so it is when nobody has it any more. Who comes to a value later,
// also on the day on which others leave it (offices that change names), or stays behind, one in ten, holds
// nothing. What else of their rows changed for them alike on that day changes with it. Of columns that tell
// people apart (names, staff numbers) only the form can end, all letters large or dates written otherwise;
// then nothing is followed.
//
// Memory: what columns with shared values hold, and 60 bytes a row that ended.
// Thread rule: one object, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/time.h"

namespace sendh {

// Columns in which at most one row in twenty is alone with its value, by the first 20,000 rows.
class SharedColumns {
public:
    explicit SharedColumns(std::size_t columns) : counts_(columns) {}
    void add(const std::vector<std::string>& cells);
    [[nodiscard]] bool full() const;
    [[nodiscard]] std::vector<bool> shared() const;

private:
    std::vector<std::unordered_map<std::string, std::uint64_t>> counts_;
    std::uint64_t rows_ = 0;
};

// Letters and digits of a text as kinds: "Asha Verma" and "Ravi Das" are "Aa Aa".
[[nodiscard]] std::string form_of(std::string_view text);

class ValueMoves {
public:
    explicit ValueMoves(std::vector<bool> shared);

    // A row of the history, one that ended before its successor; none that never held. ended: by the day, so
    // it is none of the day.
    void add(std::string_view person, const std::optional<Micros>& began, const std::optional<Micros>& ended,
             const std::vector<std::string>& cells);
    // A row that begins after the day.
    void add_later(const std::vector<std::string>& cells);
    void end();  // REQUIRES: once, after the last of these

    struct Followed {
        // The row after each move, with the date from which it is so.
        std::vector<std::pair<Micros, std::vector<std::string>>> versions;
        std::optional<std::size_t> gone;  // a column whose cell nobody has any more, nor was it followed
    };
    // from: the first day on which it goes along; before, it was not there.
    [[nodiscard]] Followed follow(std::vector<std::string> cells, Micros from) const;

private:
    using Ids = std::vector<std::uint32_t>;  // of values, by shared column
    struct Ended {
        Micros date;
        Ids was;
    };
    struct Move {
        Micros date;
        Ids was, is;
    };
    struct Column {
        std::size_t at = 0;
        std::unordered_map<std::string, std::uint32_t> ids;
        std::vector<std::string> texts;
        std::vector<std::uint64_t> held, there;  // by id: rows of all times, of the day
        std::unordered_map<std::uint32_t, std::vector<std::size_t>> moves;     // from this value
        std::map<std::pair<std::uint32_t, std::int64_t>, std::uint64_t> left;  // went nowhere, by date
        // By id and date: rows that began less rows that ended.
        std::unordered_map<std::uint32_t, std::map<std::int64_t, std::int64_t>> change;
    };
    struct Forms {
        std::size_t at = 0;
        std::unordered_map<std::string, std::pair<std::uint64_t, std::uint64_t>>
            rows;  // of all times, of the day
    };
    struct Step {
        Micros date;
        std::uint64_t held = 0;           // by so many who stayed in the register
        std::optional<std::uint32_t> to;  // nothing: in several directions
        std::vector<std::size_t> with;    // moves
    };
    Ids count(const std::vector<std::string>& cells, bool there);
    [[nodiscard]] std::uint64_t holders(const Column& column, std::uint32_t value, Micros before) const;
    [[nodiscard]] std::optional<Step> step(std::size_t column, std::uint32_t from, Micros after) const;

    std::vector<Column> columns_;
    std::vector<Forms> forms_;
    std::unordered_map<std::uint64_t, std::vector<Ended>> ended_;  // by person
    std::vector<Move> moves_;
};

}  // namespace sendh
