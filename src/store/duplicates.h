// DuplicateFinder: which of many rows are equal, by a 128-bit hash of what makes a call, in bounded memory:
// rows are dealt out to temporary files by their hash (external partitioning), each file is sorted by itself.
// Up to two million rows stay in memory. A chance collision of different calls: one in 10^20 for a billion.
//
// Temporary files hold hashes of tokens and row ids, nothing else; they are removed in any case.
// Faults: io. Thread rule: one object, one thread. Cost: 24 bytes a row on disk, 100 MB of memory.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"

namespace sendh {

class DuplicateFinder {
public:
    DuplicateFinder(std::filesystem::path folder, std::uint64_t expected_rows);
    ~DuplicateFinder();
    DuplicateFinder(const DuplicateFinder&) = delete;
    DuplicateFinder& operator=(const DuplicateFinder&) = delete;

    [[nodiscard]] Done add(std::uint64_t hash_a, std::uint64_t hash_b, std::int64_t id);
    // For every row that equals one with a smaller id: (id, smallest id). Once, at the end.
    [[nodiscard]] Done finish(const std::function<Done(std::int64_t id, std::int64_t first)>& take);

private:
    struct Row {
        std::uint64_t hash_a, hash_b;
        std::int64_t id;
    };
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    [[nodiscard]] std::filesystem::path part_path(std::size_t part) const;
    static Done report_equal(std::vector<Row>& rows,
                             const std::function<Done(std::int64_t, std::int64_t)>& take);

    std::filesystem::path folder_;
    std::vector<Row> rows_;  // when there is one part
    std::vector<std::unique_ptr<std::FILE, Close>> parts_;
};

}  // namespace sendh
