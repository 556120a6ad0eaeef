// DuplicateFinder: which of many rows are equal, by a 128-bit hash of what makes a call, in bounded memory:
// rows are dealt out to buckets by their hash (store/spill.h), each bucket is looked through by itself. A
// chance collision of different calls: one in 10^20 for a billion.
//
// Faults: io. Thread rule: one object, one thread. Cost: 24 bytes a row, at most 13 MB of them in memory, and
// the different ones of one bucket (a 512th of those: nobody can aim at one).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/result.h"
#include "store/segment.h"
#include "store/spill.h"

namespace sendh {

class DuplicateFinder {
public:
    explicit DuplicateFinder(std::filesystem::path folder);

    [[nodiscard]] Done add(const CallIdentity& call, std::int64_t id);
    // For every row that equals one with a smaller id: (id, smallest id). At the end.
    [[nodiscard]] Done finish(const std::function<Done(std::int64_t id, std::int64_t first)>& take) const;

private:
    struct Row {
        CallIdentity call;
        std::int64_t id;
    };
    SpillBuckets<Row> rows_;
};

}  // namespace sendh
