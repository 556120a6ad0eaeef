// Intake: what a reader of any layout puts its calls and its refused rows into. It batches, counts and hands
// on, and looks at the times of calls: before accept() a reader asks whether the time is possible. Private to
// this room.
//
// Thread rule: one intake, one thread.
#pragma once

#include "calls/call_times.h"
#include "calls/reader.h"

namespace sendh {

inline constexpr std::size_t batch_rows = 65'536;
inline constexpr std::size_t batch_name_bytes = 8 << 20;  // that a batch brings into the name table

class Intake {
public:
    Intake(NameTable& names, const CallSink& sink, const ReadOptions& options)
        : times(options.now), names_(names), sink_(sink) {}

    [[nodiscard]] Done accept(const CallRow& row) {
        append(batch_, row, names_);
        if (times.doubtful(row.time)) count_doubtful(row.line, row.offset);
        ++summary.accepted;
        ++summary.rows;
        const bool full = batch_.size() >= batch_rows || names_.bytes() >= names_before_ + batch_name_bytes;
        return full ? flush() : done();
    }
    [[nodiscard]] Done refuse(const Reject& reject) {
        ++summary.rejected;
        ++summary.rows;
        return sink_.reject(reject);
    }
    // A batch whose names are those of another table; takes its rows.
    [[nodiscard]] Done take(CallBatch& calls, const NameTable& names);
    // After the last row: hands on what is left, and says which times are doubtful.
    [[nodiscard]] Done finish();

    ReadSummary summary;
    const CallTimes times;

private:
    [[nodiscard]] Done flush() {
        if (batch_.size() == 0) return done();
        SENDH_CHECK(sink_.accept(batch_));
        names_before_ = names_.bytes();
        batch_.clear();
        batch_.reserve(batch_rows);
        return done();
    }
    void count_doubtful(std::uint64_t line, std::uint64_t offset) {
        if (doubtful_++ > 0) return;
        doubtful_line_ = line;
        doubtful_offset_ = offset;
    }

    std::uint64_t doubtful_ = 0, doubtful_line_ = 0, doubtful_offset_ = 0;  // count, and where the first is
    CallBatch batch_;
    NameTable& names_;
    std::size_t names_before_ = names_.bytes();  // this batch
    const CallSink& sink_;
};

}  // namespace sendh
