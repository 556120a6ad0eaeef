// CallImport: the calls of one delivered file on their way into the call store. They become segments, sealed,
// encoded and written by a crew while the next ones are read; at the end the duplicates are taken out of
// them: calls that stand already in the listed segments, or earlier in the file. Their rows go, with the id
// of the first of their kind, to files of their own.
//
// Nothing counts until the catalogue lists it. `loose` is told of every file before it is made.
//
// Faults: io (disk full), corrupt (a listed segment is damaged), interrupted.
// Thread rule: one import, one thread, which has a crew. Memory: about four segments, whatever the file's
// size.
#pragma once

#include <deque>
#include <functional>
#include <future>
#include <string>
#include <vector>

#include "base/crew.h"
#include "base/result.h"
#include "calls/call_batch.h"
#include "store/call_store.h"
#include "store/catalogue.h"
#include "store/duplicates.h"

namespace sendh {

class CallImport {
public:
    // file: its id in the catalogue. segment_rows: for tests.
    CallImport(CallStore& store, Crew& crew, std::int64_t file, std::function<void(const std::string&)> loose,
               std::size_t segment_rows = 2 * row_group_rows);
    ~CallImport();
    CallImport(const CallImport&) = delete;
    CallImport& operator=(const CallImport&) = delete;

    // Takes the rows, in the order of the file, and gives them their ids.
    [[nodiscard]] Done add(CallBatch& calls, const NameTable& names);
    // What was added goes on its way; the names may be forgotten.
    [[nodiscard]] Done flush(const NameTable& names);

    struct Segment {
        std::string name;  // "" if only duplicates stood in it
        std::uint64_t rows = 0;
        Micros first, last;
        std::string duplicates;  // file of its duplicates; "" if it had none
        std::uint64_t duplicate_rows = 0;
    };
    // listed: the segments that count now. REQUIRES: flush().
    [[nodiscard]] Result<std::vector<Segment>> finish(const std::vector<SegmentRecord>& listed);

private:
    struct Parties {
        Micros time;
        Token cli, callee;
    };
    struct Written {
        std::vector<CallIdentity> calls;
        std::vector<Parties> parties;
        Micros first, last;
        std::optional<Fault> fault;
    };
    struct Pair {
        std::int64_t id, first;
    };
    Done take_oldest();
    Done add_listed(const std::vector<SegmentRecord>& listed);
    // Whether a segment may hold a call of this import. Asks its filter when there are few calls to ask for.
    [[nodiscard]] Result<bool> may_share(const SegmentRecord& old) const;
    Done split(std::size_t segment, std::span<const Pair> pairs);
    [[nodiscard]] std::int64_t id_of(std::uint64_t position) const {
        return file_ << file_id_shift | static_cast<std::int64_t>(position);
    }

    CallStore& store_;
    Crew& crew_;
    std::int64_t file_;
    std::function<void(const std::string&)> loose_;
    std::size_t segment_rows_;
    CallBatch pending_;
    std::uint64_t position_ = 0;  // of the next row
    std::deque<std::future<Written>> running_;
    std::vector<Segment> segments_;
    std::vector<std::uint64_t> begins_;  // position of the first row of each
    std::size_t taken_ = 0;              // segments whose identities are in finder_
    DuplicateFinder finder_;
    std::vector<Parties> parties_;  // of all calls, if they are few
};

}  // namespace sendh
