// The call store: calls as Parquet segments, written and read through DuckDB. A segment is immutable; it is
// written under a temporary name, flushed, renamed, and counts when the catalogue lists it.
//
// Columns of a segment (the on-disk form; readers and writers are both in call_store.cc):
//   id BIGINT  time BIGINT (µs UTC)  cli, callee, redirect UUID (tokens; redirect NULL if none)
//   cli_class, callee_class, direction, disposition, service UTINYINT (enums of calls/call_batch.h)
//   duration INTEGER (s, -1 unknown)  trunk_in, trunk_out, carrier, cli_text VARCHAR  line, off UBIGINT
// Verdict files: id BIGINT, verdict UTINYINT, style, needs, indicators VARCHAR (JSON array).
// Campaign files: id BIGINT, campaign UINTEGER.   Duplicate files: the columns of a segment and first BIGINT.
//
// A call's id is its file's id << 40 | its position among the file's accepted rows; a report that matches no
// call has the id -(file << 40 | line).
//
// DuckDB runs in memory, locked down (no extensions, no files outside the case, settings frozen), with a
// memory limit; what does not fit goes to a temporary folder in the case, tokens only.
//
// Faults: io (disk full, read-only), corrupt (a segment is damaged or missing), key.
// Thread rule: one CallStore, one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "calls/call_batch.h"
#include "crypto/key_ring.h"
#include "crypto/token.h"
#include "numbering/trunk_map.h"

namespace sendh {

struct StoreLimits {
    int memory_mb = 200;
    int threads = 2;
};

// A call as a list of calls shows it.
struct StoredVerdict {
    std::int64_t id = 0;
    std::uint8_t verdict = 0;
    std::string style, needs, indicators;
};

struct CallFilter {
    std::optional<Token> number;          // as CLI or callee
    std::optional<std::uint8_t> verdict;  // 0 also matches calls without a stored verdict
    std::optional<std::uint32_t> campaign;
    std::optional<Micros> from, to;
    std::optional<std::int64_t> id;
    std::uint64_t limit = 100;
};

// A hit: the first call of a campaign to a number.
struct StoredHit {
    PhoneNumber callee;
    Micros time;
    std::int64_t id = 0;
    std::uint64_t calls = 0;
};

class CallStore {
public:
    // folder: calls/ of the case. All file names below are names in it.
    [[nodiscard]] static Result<CallStore> open(const std::filesystem::path& folder, const Key256& token_key,
                                                const Key256& row_key, const StoreLimits& limits);
    CallStore(CallStore&&) noexcept;
    ~CallStore();

    // What is listed counts; call before reading, and again after a change.
    void set_segments(std::vector<std::string> segments);
    void set_detection(std::vector<std::string> verdicts, std::vector<std::string> campaigns);

    // Writes one segment (temporary name, flushed, renamed). The rows need ids.
    [[nodiscard]] Done write_segment(const std::string& name, const CallBatch& calls, const NameTable& names);
    [[nodiscard]] Done write_verdicts(const std::string& name, const std::vector<StoredVerdict>& verdicts);
    [[nodiscard]] Done write_campaigns(const std::string& name,
                                       const std::vector<std::pair<std::int64_t, std::uint32_t>>& members);

    // Takes the duplicates out of fresh, not yet listed segments: calls that stand already in the listed
    // ones, or earlier in the fresh ones (same time, CLI, callee, duration, trunks, direction and service).
    // Their rows go, with the id of the first of their kind, to a file of their own; the segment is written
    // again without them. `loose` is told of every file made.
    struct FreshSegment {
        std::string name;
        std::uint64_t rows = 0;
        std::int64_t first_id = 0;
        Micros first, last;
        std::string duplicates;  // name of the file of its duplicates; "" if it had none
        std::uint64_t duplicate_rows = 0;
    };
    [[nodiscard]] Done take_out_duplicates(std::vector<FreshSegment>& fresh, std::uint64_t listed_rows,
                                           const std::function<void(const std::string&)>& loose);

    // All calls that count, in order of id or of time, in batches of up to 65,536.
    enum class Order : std::uint8_t { any, time };
    [[nodiscard]] Done scan(Order order, NameTable& names, const std::function<Done(const CallBatch&)>& take);

    // Both views of every call that came from abroad, by party: (party, other, from_party) with its batch
    // row, parties one after the other, each in time order. parties: international trunks (lower case).
    struct PartyRow {
        PhoneNumber party, other;
        Micros time;
        std::int32_t duration = -1;
        Disposition disposition = Disposition::unknown;
        NumberClass party_class = NumberClass::none;
        NumberClass other_class = NumberClass::none;
        bool from_party = true;
        std::string_view trunk;
    };
    [[nodiscard]] Done scan_parties(const std::vector<std::string>& international_trunks,
                                    const std::function<Done(const std::vector<PartyRow>&)>& take);

    // Calls with their verdicts, by time, filtered.
    struct ShownCall {
        std::int64_t id = 0;
        Micros time;
        PhoneNumber cli, callee;
        std::uint8_t verdict = 0;
        std::uint32_t campaign = 0;
        std::string trunk, cli_text, needs, indicators;
        std::uint64_t line = 0;
        std::int32_t duration = -1;
    };
    [[nodiscard]] Done show(const CallFilter& filter, const std::function<Done(const ShownCall&)>& take);

    // First calls of a campaign, in order of time and id. Reports are not in here.
    [[nodiscard]] Result<std::vector<StoredHit>> hits(std::uint32_t campaign);
    // Calls a bin of `step`, the first beginning on a full hour of the zone: of the campaign, and of all.
    struct Activity {
        Micros from;
        std::int64_t step = 0;
        std::vector<std::uint32_t> campaign, all;
    };
    [[nodiscard]] Result<Activity> activity(std::uint32_t campaign, std::size_t most_bins, Zone zone);
    [[nodiscard]] Result<std::uint64_t> count();
    [[nodiscard]] Result<std::vector<std::string>> trunk_names();  // ingress trunks that occur; at most 4,096
    // Voice calls by ingress trunk: how many, and the distinct CLIs by kind; most calls first.
    struct TrunkTraffic {
        std::string trunk, carrier;  // the carrier most often named with it
        std::uint64_t calls = 0, withheld = 0;
        TrunkHabit habit;
    };
    [[nodiscard]] Result<std::vector<TrunkTraffic>> trunk_traffic();
    // Fake and undecidable calls, by the verdicts set now.
    struct FlaggedRow {
        std::int64_t id = 0;
        Micros time;
        PhoneNumber cli, callee;
        NumberClass cli_class = NumberClass::none;
        std::string_view trunk, style;
    };
    [[nodiscard]] Done scan_flagged(const std::function<Done(const FlaggedRow&)>& take);
    // Distinct callees of each campaign that has calls.
    [[nodiscard]] Result<std::vector<std::pair<std::uint32_t, std::uint64_t>>> numbers_by_campaign();

    // Ids (below 0) of the reports that are calls of their own in a campaign.
    [[nodiscard]] Result<std::vector<std::int64_t>> campaign_reports(std::uint32_t campaign);

    // The call that each report is about: to the same number within the window and, where the report tells
    // one, from the same CLI; the nearest in time.
    struct ReportKey {
        Token number;
        std::optional<Token> cli;
        Micros from, to, about;
    };
    [[nodiscard]] Result<std::vector<std::optional<std::int64_t>>> match(
        const std::vector<ReportKey>& reports);

private:
    struct State;
    explicit CallStore(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace sendh
