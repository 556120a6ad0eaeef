// The call store: calls as Parquet segments, written and read through DuckDB. A segment is immutable; it is
// written under a temporary name, flushed, renamed, and counts when the catalogue lists it.
//
// Segments: store/segment.h.
// Verdict files: id BIGINT, verdict UTINYINT, style, needs, indicators VARCHAR (JSON array).
//
// A report that matches no call has the id -(file << 40 | line).
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
#include "store/catalogue.h"
#include "store/segment.h"

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
    void set_segments(std::vector<SegmentRecord> segments);
    // For show(): files of duplicates in the place of segments.
    void show_duplicates(const std::vector<std::string>& files);
    void set_detection(std::vector<std::string> verdicts, std::vector<std::string> campaigns);

    // Writes one segment (temporary name, flushed, renamed). The rows need ids. An import writes by
    // CallImport.
    [[nodiscard]] Done write_segment(const std::string& name, const CallBatch& calls, const NameTable& names);
    [[nodiscard]] Done write_verdicts(const std::string& name, const std::vector<StoredVerdict>& verdicts);
    // The calls of campaigns (store/segment.h) as files campaign-calls-RUN-N.parquet: of the fake and
    // undecidable calls, by the verdicts set now, those that are in a campaign (0: in none), and the reports
    // that are calls of their own, (id, campaign). One pass over the segments; one file stands in memory.
    struct FlaggedRow {
        std::int64_t id = 0;
        Micros time;
        PhoneNumber cli, callee;
        NumberClass cli_class = NumberClass::none;
        std::string_view trunk, style;
    };
    [[nodiscard]] Result<std::vector<std::string>> write_campaigns(
        const std::string& run, const std::function<std::uint32_t(const FlaggedRow&)>& campaign_of,
        const std::vector<std::pair<std::int64_t, std::uint32_t>>& reports);

    // Identities and ids of the calls of segments, of the time from first to last, in batches.
    [[nodiscard]] Done scan_identities(
        const std::vector<std::string>& segments, Micros first, Micros last,
        const std::function<Done(const std::vector<CallIdentity>&, const std::vector<std::int64_t>&)>& take);
    // A whole segment, in its order.
    [[nodiscard]] Result<SegmentRows> read_stored(const std::string& segment);
    // Writes a segment, a file of duplicates or of the calls of campaigns again under another name, with
    // other tokens: `change` is given the rows and may change what it likes but their number. The whole file
    // stands in memory.
    [[nodiscard]] Done rewrite_segment(const std::string& from, const std::string& to,
                                       const std::function<Done(SegmentRows&)>& change);
    [[nodiscard]] const std::filesystem::path& folder() const;
    [[nodiscard]] const Key256& token_key() const;
    [[nodiscard]] const Key256& row_key() const;

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
        std::int64_t same_as = 0;  // of a duplicate: the first of its kind
        Micros time;
        PhoneNumber cli, callee;
        std::uint8_t verdict = 0;
        std::uint32_t campaign = 0;
        std::string trunk, cli_text, needs, indicators;
        std::uint64_t line = 0;
        std::int32_t duration = -1;
    };
    // With a limit it costs what the shown calls cost, not what the case holds: segments are gone through by
    // time until the limit is reached, and those whose filter denies the number are not touched. With a
    // campaign it costs what the campaign has; no segment is read.
    [[nodiscard]] Done show(const CallFilter& filter, const std::function<Done(const ShownCall&)>& take);

    // These, and show() with a campaign, read what write_campaigns() wrote. Fault (missing): an older version
    // did not keep the calls of campaigns.
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
    // Calls to each of these numbers, how many of them before a time of its own, and the span of all calls
    // in the store (first to last, both 0 when there are none).
    struct CallsTo {
        std::uint64_t calls = 0, before = 0;
        Micros first, last;
    };
    struct CallsToAll {
        std::vector<CallsTo> numbers;  // one for each asked for
        Micros first, last;
    };
    [[nodiscard]] Result<CallsToAll> calls_to(const std::vector<std::pair<Token, Micros>>& numbers);
    [[nodiscard]] Result<std::vector<std::string>> trunk_names();  // ingress trunks that occur; at most 4,096
    // Voice calls by ingress trunk: how many, and the distinct CLIs by kind; most calls first.
    struct TrunkTraffic {
        std::string trunk, carrier;  // the carrier most often named with it
        std::uint64_t calls = 0, withheld = 0;
        TrunkHabit habit;
    };
    [[nodiscard]] Result<std::vector<TrunkTraffic>> trunk_traffic();
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
    // Segments that may hold what the filter asks for, by their first call.
    [[nodiscard]] Result<std::vector<SegmentRecord>> candidates(const CallFilter& filter) const;
    // The ids of the first `filter.limit` calls, and the segments that they stand in or near.
    [[nodiscard]] Done first_calls(const CallFilter& filter, std::vector<SegmentRecord>& segments,
                                   std::vector<std::int64_t>& ids);
    explicit CallStore(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace sendh
