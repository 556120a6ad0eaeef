// RowSet: which rows of a register a copy holds, as runs of row numbers. A whole register is one run; a
// district in four takes about one byte a run. Gives a row's rank among the members and the member of a rank.
//
// Encoded: for each run, two LEB128 integers: rows left out since the last run, rows in it (at least 1).
// Faults (corrupt): bytes that are no such sequence, or rows beyond 2^62.
// Thread rule: a value; reading from many threads is fine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sendh {

class RowSet {
public:
    // REQUIRES: not below any row added before it, nor one of them.
    void add(std::int64_t row);

    [[nodiscard]] std::uint64_t size() const;
    [[nodiscard]] std::optional<std::uint64_t> rank(std::int64_t row) const;
    [[nodiscard]] bool has(std::int64_t row) const { return rank(row).has_value(); }
    [[nodiscard]] std::vector<std::int64_t> rows() const;

    [[nodiscard]] std::string encoded() const;
    [[nodiscard]] static Result<RowSet> decode(std::string_view bytes);

    friend bool operator==(const RowSet&, const RowSet&) = default;

private:
    struct Run {
        std::int64_t first = 0;
        std::uint64_t length = 0, before = 0;  // before: members in earlier runs
        friend bool operator==(const Run&, const Run&) = default;
    };
    std::vector<Run> runs_;
};

}  // namespace sendh
