// Detection: which calls are fake, why, and which belong together. Blind to registers by construction (the
// test of the include graph fails when this room reaches `registers` or `attribution`): otherwise the
// statistics of the leak would prove what they were fed.
//
// Three passes over the calls, each a stream in bounded memory:
//   1 profiles   what each CLI does over time                          ProfileBuilder -> Profiles
//   2 verdicts   every call by itself, its trunk, roaming and profile  Judge
//   3 campaigns  what belongs together                                 CampaignGrouper
//
// To add an indicator: write detect/indicator_<name>.cc and put it into the one table in
// detect/indicators.cc.
//
// Thread rule: Profiles and Judge are immutable once made; builders belong to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "calls/call_batch.h"
#include "calls/complaint.h"
#include "numbering/series_table.h"
#include "numbering/trunk_map.h"

namespace sendh::detect {

enum class Verdict : std::uint8_t { ordinary, fake, undecidable };
inline constexpr int verdicts = 3;
[[nodiscard]] std::string_view name_of(Verdict verdict);

// What an indicator speaks for.
enum class Speaks : std::uint8_t { fake, innocent, undecidable };
inline constexpr int speakings = 3;
[[nodiscard]] std::string_view name_of(Speaks direction);

struct IndicatorHit {
    std::string_view code;  // of the rule; lives as long as the program
    Speaks direction = Speaks::fake;
    double value = 0;      // what was measured; 1 for a rule that says only "yes"
    double threshold = 0;  // what it was held against
};

// A rule as people see it; the table of all is `indicators()`.
struct IndicatorText {
    std::string_view code;
    Speaks direction = Speaks::fake;
    std::string_view english;  // one sentence: what it says and what `value` counts
    std::string_view hindi;
};
[[nodiscard]] std::span<const IndicatorText> indicators();

// Thresholds. Those marked (operator) are public production rules of one operator, the others were chosen
// on synthetic traffic (bench/detection.cc); docs/detection.md gives the reason for each.
struct Settings {
    int one_ring_callees_a_day = 49;    // more distinct callees in any 24 h (operator)
    double one_ring_brief_share = 0.8;  // of these calls: unanswered or brief
    int fan_out_calls = 15;             // a burst or a range with fewer calls is not judged (operator)
    double fan_out_share = 0.95;        // distinct callees / calls (operator)
    int fan_out_days = 5;               // active days of a burst; 24-hour days of UTC (operator)
    int retry_hours = 3;                // a brief call repeated within this is one attempt
    int cold_calls = 5;                 // low and slow: so many calls of one CLI, over any time
    double brief_weight = 0.5;          // brief / (brief + talks + 2 long talks) of a CLI, at least; and
    double brief_excess = 0.3;          // so far from what is usual abroad towards 1
    double range_margin = 0.1;          // a range: above what is usual by this ...
    double range_noise = 0.8;           // ... and by this / sqrt(calls)
    int usual_calls = 200;              // fewer calls of acquaintances from abroad do not say what is usual
    double usual_brief_weight = 0.35;   // what is taken for usual then
    double range_cold_share = 0.5;      // calls of a range made by CLIs that behave like a dialler
    int range_clis = 3;                 // such CLIs in the range
    int brief_seconds = 30;             // unanswered, or shorter than this: brief
    int long_seconds = 120;             // from here on a talk is long
    int flood_clis = 5;                 // distinct CLIs to one callee ... (operator)
    int flood_seconds = 5;              // ... within so many seconds (operator)
    double exonerate_share = 0.85;      // distinct callees / calls below this after ... (operator)
    int exonerate_calls = 9;            // ... so many calls (operator)
    double series_fresh_days = 183;     // an older table does not say that a series is still unallocated
    double call_back_share = 0.1;       // of the callees call this CLI themselves, and are answered
    std::int64_t campaign_gap_hours = 72;  // quiet time that ends a campaign's episode
    std::int64_t link_gap_hours = 720;     // the same for a link, which few reports name
};

// One voice call as one of its two parties sees it. The time must be known.
struct PartyEvent {
    PhoneNumber party;  // the CLI (from_party) or the callee (!from_party)
    PhoneNumber other;
    Micros time;
    std::int32_t duration = -1;
    Disposition disposition = Disposition::unknown;
    NumberClass party_class = NumberClass::none;
    Ingress ingress = Ingress::unknown;
    bool from_party = true;                       // false: `party` was called by `other` (a call back)
    NumberClass other_class = NumberClass::none;  // only callee_flood asks for it
};

// Memory: the calls of one party while its events stream (cleared with the next party); 40 bytes for each
// foreign number range seen; 8 bytes for each foreign CLI that has acquaintances or talks long; 40 bytes for
// each CLI that a rule speaks about. Calls twice in the data over their legs (same pair, starts within 2 s)
// count once.
class Profiles;
class ProfileBuilder {
public:
    explicit ProfileBuilder(const Settings& settings);
    ~ProfileBuilder();
    // Events of one party must come one after the other, in time order; parties in any order.
    void add(std::span<const PartyEvent> events);
    // Once.
    [[nodiscard]] std::shared_ptr<const Profiles> finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

struct Judgement {
    Verdict verdict = Verdict::ordinary;
    // Coarse group of reasons that holds campaigns together: "malformed", "service_series",
    // "spoofed_national", "one_ring", "fan_out", "callee_flood", "reported"; "" for ordinary calls.
    std::string_view style;
    // In the order of the table; empty for most ordinary calls. Profile rules that an innocent indicator
    // has cancelled stay in the list.
    std::vector<IndicatorHit> indicators;
    // For undecidable: code of what would decide it: "roaming_state", "redirection".
    std::string_view needs;
};

class Judge {
public:
    // All of them outlive the Judge. names: of the batches to be judged (it may grow meanwhile).
    // series: null when there is no table.
    Judge(const Settings& settings, const TrunkMap& trunks, const RoamingTable& roaming,
          const Profiles& profiles, const NameTable& names, const SeriesTable* series = nullptr);
    [[nodiscard]] Judgement judge(const CallBatch& batch, std::size_t row) const;
    // A report that matches no call record is a call of its own.
    [[nodiscard]] Judgement judge(const Complaint& complaint) const;

private:
    [[nodiscard]] Ingress ingress_of(std::uint32_t trunk) const;

    const Settings& settings_;
    const TrunkMap& trunks_;
    const RoamingTable& roaming_;
    const Profiles& profiles_;
    const NameTable& names_;
    const SeriesTable* series_;
    std::vector<Ingress> ingress_;  // of the names known when the Judge was made
};

// A call that is fake or undecidable, as campaigns see it. Views live as long as the call of observe().
struct FlaggedCall {
    Micros time;  // Micros{0}: unknown
    PhoneNumber cli;
    NumberClass cli_class = NumberClass::none;
    PhoneNumber callee;
    std::string_view trunk;  // ingress trunk, "" unknown
    std::string_view style;
    std::string_view link;  // registrable host of a link in a report, "" if none
};

struct Campaign {
    std::uint32_t index = 0;  // 1 .. n; shown as "C1", ordered by calls, most first, then by first time
    std::uint64_t calls = 0;
    Micros first, last;  // both 0 when no call of it has a time
    // "trunk T9", "CLI block +971501", "reason spoofed_national", "link example.in": no full numbers.
    std::vector<std::string> held_by;
};

// Groups by ingress trunk with style (one trunk's malformed, service, spoofed and fan-out calls together), by
// CLI block (foreign CLIs only: country code and three digits; spoofed national CLIs are random) and by link,
// within episodes that a quiet time of more than campaign_gap_hours (link_gap_hours) separates; groups that
// share a call are one (union-find). A call without a time has one key, its link or else its trunk with
// style: it joins the key's only episode, or, when the key has none or several, stands in a group of its own
// with the other untimed calls of the key.
//
// Memory grows with the number of distinct keys and active hours, not with calls. The campaigns do not
// depend on the order of the calls.
class CampaignGrouper {
public:
    explicit CampaignGrouper(const Settings& settings);
    ~CampaignGrouper();
    void observe(const FlaggedCall& call);         // pass 1, any order
    [[nodiscard]] std::vector<Campaign> finish();  // once
    // Pass 2, after finish(). 0: no campaign (the call was not observed).
    [[nodiscard]] std::uint32_t campaign_of(const FlaggedCall& call) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sendh::detect
