// SpillBuckets: rows dealt out to buckets, in bounded memory. What does not fit waits in one temporary file
// that has no name any more, so that nothing is left of it whatever happens. Rows hold hashes, tokens and
// ids, never a number.
//
// Faults: io (disk full). Thread rule: one object, one thread.
// Cost: buckets × held_rows rows in memory; the disk takes the rest.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace sendh {

template <class Row>
class SpillBuckets {
    static_assert(std::is_trivially_copyable_v<Row>);

public:
    SpillBuckets(std::filesystem::path folder, std::size_t buckets)
        : folder_(std::move(folder)), buckets_(buckets) {}

    [[nodiscard]] std::size_t size() const { return buckets_.size(); }

    [[nodiscard]] Done add(std::size_t bucket, const Row& row) {
        Bucket& b = buckets_[bucket];
        b.held.push_back(row);
        return b.held.size() < held_rows ? done() : spill(b);
    }

    // The rows of a bucket, in the order in which they were added, up to held_rows at a time.
    template <class Take>
    [[nodiscard]] Done each(std::size_t bucket, const Take& take) const {
        const Bucket& b = buckets_[bucket];
        std::vector<Row> rows(b.spilled.empty() ? 0 : held_rows);
        for (const std::uint64_t from : b.spilled) {
            char* const to = reinterpret_cast<char*>(rows.data());
            for (std::size_t have = 0; have < block_bytes;) {
                const ssize_t n = ::pread(file_.descriptor(), to + have, block_bytes - have,
                                          static_cast<off_t>(from + have));
                if (n < 0 && errno == EINTR) continue;
                if (n <= 0) return io_fault("cannot read a temporary file", folder_, n < 0 ? errno : EIO);
                have += static_cast<std::size_t>(n);
            }
            SENDH_CHECK(take(std::span<const Row>(rows)));
        }
        return take(std::span<const Row>(b.held));
    }

private:
    static constexpr std::size_t held_rows = 1024;
    static constexpr std::size_t block_bytes = held_rows * sizeof(Row);
    struct Bucket {
        std::vector<Row> held;
        std::vector<std::uint64_t> spilled;  // where its blocks stand in the file
    };

    Done spill(Bucket& b) {
        if (!file_.is_open()) {
            std::string name = (folder_ / "spill-XXXXXX.tmp").string();
            file_ = File(::mkostemps(name.data(), 4, O_CLOEXEC));
            if (!file_.is_open()) return io_fault("cannot write a temporary file", folder_, errno);
            ::unlink(name.c_str());
        }
        const char* const from = reinterpret_cast<const char*>(b.held.data());
        for (std::size_t have = 0; have < block_bytes;) {
            const ssize_t n = ::pwrite(file_.descriptor(), from + have, block_bytes - have,
                                       static_cast<off_t>(end_ + have));
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return io_fault("cannot write a temporary file", folder_, errno);
            have += static_cast<std::size_t>(n);
        }
        b.spilled.push_back(end_);
        end_ += block_bytes;
        b.held.clear();
        return done();
    }

    std::filesystem::path folder_;
    std::vector<Bucket> buckets_;
    File file_;
    std::uint64_t end_ = 0;
};

}  // namespace sendh
