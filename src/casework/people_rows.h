// How many rows of a register one person has, and in which columns these differ: so that made-up people have
// as many. People are told apart by the person column; without one, rows that are alike in all cells but
// phone numbers are one person's. More than eight rows are nobody's ("Vacant"), and do not count.
//
// Memory: 32 bytes a person, and the rows of 5,000 people at most.
// Thread rule: one object, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/phone_number.h"
#include "crypto/keyed_random.h"
#include "numbering/plan.h"

namespace sendh {

class PeopleRows {
public:
    // rows: how many add() will bring at most.
    PeopleRows(const Key256& key, std::optional<std::size_t> person_column, Region home, std::uint64_t rows);

    // A row as it holds today. Is it the first of its person?
    bool add(const std::vector<std::string>& cells);
    void end();  // REQUIRES: once, after the last of these

    // How many somebody has at most.
    [[nodiscard]] std::size_t most() const { return shares_.rbegin()->first; }

    // How many numbers the next made-up person gets of `left` that are there, so that shares become those of
    // people. Nothing: nobody has so few.
    [[nodiscard]] std::optional<std::size_t> next(std::size_t left);

    // The rows of somebody with so many, chosen by `choice`; null when none was kept.
    using Rows = std::vector<std::vector<std::string>>;
    [[nodiscard]] const Rows* model(std::size_t rows, std::uint64_t choice) const;

private:
    [[nodiscard]] std::uint64_t hash(char of, const std::string& text) const;

    Key256 key_;
    std::optional<std::size_t> person_;
    Region home_;
    std::uint64_t kept_below_;  // people with a smaller hash are kept
    std::uint64_t alone_ = 0;   // rows that are one person each, as far as is known
    std::unordered_map<std::uint64_t, std::uint32_t> rows_;
    std::unordered_map<std::uint64_t, Rows> kept_;
    std::map<std::size_t, double> shares_ = {{1, 1.0}};  // of people, by their rows
    std::map<std::size_t, std::uint64_t> made_;
    std::uint64_t all_made_ = 0;
    std::map<std::size_t, std::vector<std::uint64_t>> models_;
};

}  // namespace sendh
