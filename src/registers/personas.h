// Personas: made-up people for the rows of canaries, drawn from a register's own rows so that they look like
// any other. A persona takes the cells of one real row (so office and designation fit each other), but those
// that tell one person from another (names, staff numbers, addresses of mail: columns in which more than half
// of the cells differ, and always the most varied one; never dates) are put together from two other people's
// cells: the first word of one, the rest of the other, digits drawn anew. Such a cell is never one of the
// register's, and the row never is.
//
// Memory: 8 bytes a cell of the register, and 20,000 rows.
// Thread rule: one object, one thread; draw() after the last add().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/keyed_random.h"

namespace sendh {

class Personas {
public:
    // rows: how many add() will bring at most. key: of what is drawn, and of the hashes inside.
    Personas(const Key256& key, std::size_t columns, std::uint64_t rows);

    // A row of the register: one cell a column.
    void add(std::vector<std::string> cells);
    void end();  // REQUIRES: once, after the last add()

    struct Drawn {
        std::vector<std::string> cells;
        std::vector<std::size_t> empty;  // columns for which nothing could be made up: left empty
    };
    // The persona of this name; the same for the same register, key and name. `given`: cells that are settled
    // already. Nothing when no row was added, or no row can be made that is not a real one.
    [[nodiscard]] std::optional<Drawn> draw(std::string_view name,
                                            const std::vector<std::optional<std::string>>& given) const;

private:
    class Dice;
    [[nodiscard]] std::uint64_t hash(std::size_t column, std::string_view cell) const;
    [[nodiscard]] bool is_real(std::uint64_t hash) const;
    [[nodiscard]] std::optional<std::string> mixed(std::size_t column, Dice& dice) const;

    Key256 key_;
    std::size_t columns_;
    std::uint64_t step_, seen_ = 0;
    std::vector<std::vector<std::string>> donors_;
    std::vector<std::uint64_t> real_;  // hashes of cells and of whole rows
    std::vector<bool> identifying_;
};

}  // namespace sendh
