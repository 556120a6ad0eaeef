// Personas: made-up people for the rows of canaries, drawn from a register's own rows so that nothing in a
// row tells it from the others. What is held to: the share of personas that something can be said of is the
// share of real people it can be said of, each compared with all others.
//
//   plain cells   Posts, offices, districts, most dates: from several real rows. As many columns (those with
//                 few different cells first) as one real person has together with somebody else come from
//                 him; each further one from a row that agrees with the persona in what says most about that
//                 column, so that no row has all of these together. Never what one person alone has, unless
//                 a small register leaves nothing else.
//   serials       Staff numbers, days of birth: a value that nobody has, between two neighbours.
//   accounts      Addresses of mail that come from names: from the persona's name, as a real person's does.
//   texts         Names: all but the last word of one, the last word of another; where the register repeats
//                 names, one that as many people have as a real person has namesakes.
//
// Where more than half of a column's cells differ, a persona gets none that one person has.
//
// What it cannot do: sense beyond pairs of columns, agreement between parts of a name but by what the
// register shows, words that nobody else has, check digits.
//
// Memory: 16 bytes a cell of the register, and 20,000 rows.
// Thread rule: one object, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "crypto/keyed_random.h"
#include "registers/name_pattern.h"
#include "registers/serial.h"

namespace sendh {

class Personas {
public:
    // rows: how many add() will bring at most. key: of what is drawn, and of the hashes inside.
    Personas(const Key256& key, std::size_t columns, std::uint64_t rows);

    // A person of the register: one cell a column.
    void add(std::vector<std::string> cells);
    // Cells that no persona may get where they tell people apart: of people who left, of earlier personas, of
    // further rows of people.
    void avoid(std::vector<std::string> cells);
    void end();  // REQUIRES: once, after the last of these

    // More than half of the column's cells differ.
    [[nodiscard]] bool is_varied(std::size_t column) const { return columns_[column].varied; }

    struct Drawn {
        std::vector<std::string> cells;
        std::vector<std::size_t> empty;   // columns for which nothing could be made up: left empty
        std::vector<std::size_t> beyond;  // columns of serials without a gap: above all that are real
    };
    // The next persona: the same for the same register and key, and the same names in the same order.
    // `given`: cells that are settled already. Nothing when no row was added, or no row can be made that is
    // not a real one.
    [[nodiscard]] std::optional<Drawn> draw(std::string_view name,
                                            const std::vector<std::optional<std::string>>& given);

private:
    class Dice;
    enum class Kind : std::uint8_t { plain, serial, account, text };
    struct Column {
        Kind kind = Kind::plain;
        bool varied = false;
        bool days = false;
        std::vector<std::uint64_t> hashes;                        // of all rows' cells, sorted after end()
        std::vector<std::optional<Serial>> serials;               // of the donors, if it counts
        std::map<std::string, std::vector<std::int64_t>> values;  // by shape, ascending
        std::vector<std::uint32_t> codes;                         // of the donors: rows with equal ones agree
        std::unordered_map<std::string, std::uint32_t> code_of;   // a cell's
        std::vector<std::vector<std::uint32_t>> rows;             // donors, by code
        std::vector<std::size_t> related;  // columns that say something about it, most first
        std::optional<std::size_t> name;   // an account's
        std::unordered_map<std::string, std::vector<std::uint32_t>> fronts, backs;  // of texts
        std::optional<std::size_t> shares_back;  // a column whose last word it mostly has
    };
    struct Draft;

    [[nodiscard]] std::uint64_t hash(std::size_t column, std::string_view cell) const;
    [[nodiscard]] std::uint64_t count(std::size_t column, std::string_view cell) const;
    [[nodiscard]] bool is_free(std::size_t column, const std::string& cell) const;
    [[nodiscard]] std::uint64_t plain_count(const std::vector<std::string>& cells, std::size_t columns) const;
    [[nodiscard]] const std::string& cell(std::uint32_t donor, std::size_t column) const {
        return donors_[donor][column];
    }

    void judge(std::size_t column);
    void find_accounts();
    void make_codes(std::size_t column);
    void relate();
    [[nodiscard]] std::uint32_t agreeing(std::size_t column, const Draft& d, Dice& dice) const;
    [[nodiscard]] std::uint32_t shared_by(std::size_t column, std::uint64_t rows, const Draft& d,
                                          Dice& dice) const;
    void set(Draft& d, std::size_t column, std::string cell) const;
    [[nodiscard]] std::optional<std::string> new_serial(std::size_t column, const Serial& near, bool beyond,
                                                        Dice& dice) const;
    bool draw_plain(Draft& d, std::uint32_t model, bool free, Dice& dice) const;
    bool draw_cell(Draft& d, std::size_t column, std::uint32_t model, bool must_be_new, Dice& dice) const;
    void draw_serial(Draft& d, std::size_t column, Dice& dice) const;
    void draw_text(Draft& d, std::size_t column, Dice& dice) const;
    void draw_account(Draft& d, std::size_t column, Dice& dice) const;
    [[nodiscard]] std::string mixed(std::size_t column, std::uint32_t donor, const Draft& d,
                                    Dice& dice) const;

    Key256 key_;
    std::vector<Column> columns_;
    std::uint64_t step_, seen_ = 0;
    std::vector<std::vector<std::string>> donors_;
    std::vector<std::uint64_t> real_rows_;              // hashes
    std::unordered_set<std::uint64_t> avoided_, used_;  // hashes of cells
    std::vector<std::size_t> plain_;                    // columns, few different cells first
    std::vector<std::vector<std::uint64_t>> together_;  // hashes of the first 1, 2 ... of these, sorted
};

}  // namespace sendh
