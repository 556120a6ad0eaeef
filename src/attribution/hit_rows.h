// The rows of one copy that have been hit: how many of them lie below a row?
//
// Rows fall into buckets of consecutive rows; a bucket keeps its hits sorted, as 16-bit offsets. Cost of a
// question: O(buckets + log hits), of an insertion: O(hits of the bucket), a few dozen nanoseconds up to some
// hundred thousand hits. Memory: 2 bytes a hit, 30 a bucket; at most 64 buckets up to four million rows.
//
// Thread rule: one object a thread.
#ifndef SENDH_ATTRIBUTION_HIT_ROWS_H_
#define SENDH_ATTRIBUTION_HIT_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sendh::attribution {

class HitRows {
public:
    explicit HitRows(std::uint32_t rows);

    std::uint32_t rows() const { return rows_; }
    std::uint32_t hits() const { return hits_; }
    std::uint32_t left() const { return rows_ - hits_; }

    struct Place {
        std::uint32_t below = 0;  // hit rows below this one
        bool hit = false;
        std::uint32_t at = 0;  // where it stands, or would stand, in its bucket
    };
    // REQUIRES: row < rows().
    Place find(std::uint32_t row) const;
    // REQUIRES: `place` is find(row) and says that the row was not hit.
    void insert(std::uint32_t row, Place place);

    // Asks the memory for what find(row) will need; first the bucket, some time later its rows.
    void fetch_bucket(std::uint32_t row) const {
        if (row >= rows_) return;
        __builtin_prefetch(&offsets_[row >> shift_]);
        for (std::size_t b = 0; b < count_.size(); b += 16) __builtin_prefetch(&count_[b]);
    }
    void fetch_rows(std::uint32_t row) const {
        if (row >= rows_) return;
        const std::vector<std::uint16_t>& in = offsets_[row >> shift_];
        for (std::size_t i = 0; i < in.size(); i += 32) __builtin_prefetch(in.data() + i);
    }

private:
    std::uint32_t rows_;
    std::uint32_t hits_ = 0;
    std::uint32_t shift_;
    std::vector<std::uint32_t> count_;                 // by bucket
    std::vector<std::vector<std::uint16_t>> offsets_;  // by bucket, sorted
};

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_HIT_ROWS_H_
