// All evidence about all copies of a register, from a campaign's hits. The mathematics is in the room
// `attribution`; here marks are computed again and laid before it. What it says: attribute_copies.h.
//
// Planted evidence (canaries, row order) comes from copies that were issued with marks. Copies recorded as
// they were given have none: only who stands in them speaks, and that needs assumptions. Canaries that were
// burnt count until then, and no longer.
//
// A hit is the campaign's first call to a number of the register or to a canary, in time order. A number with
// several rows counts once, in a copy when one of them is. The order of hits counts only as far as a call
// record or a time of day says it (CampaignHit::in_order).
//
// A copy of a recipient who had an earlier one counts from the start of its date on: hits before it say
// nothing about it, and till then the canaries that both hold speak of the earlier one alone.
//
// Why planted evidence holds: given the hits, the marks of an innocent copy are as good as drawn afterwards.
// What that takes: who calls, and who writes down times of day, does not follow an innocent copy. And a
// campaign must not be picked for what the marks say of it.
//
// Memory: the marks of all copies (24 kB a copy of a million rows), and 256 hits times copies at a time.
// Faults: key (marks made with a mark key that the ring does not have), corrupt.
// Thread rule: one Case, one thread; two threads inside, which do not change a byte.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "attribution/attribution.h"
#include "casework/case.h"
#include "casework/copies.h"
#include "casework/detect_case.h"

namespace sendh {

// A hit as copies see it.
struct CopyHit {
    Token token;
    Micros time;
    std::vector<std::int64_t> rows;                                              // of the register; or
    std::optional<std::size_t> canary;                                           // index into the pool
    std::vector<std::pair<std::optional<Micros>, std::optional<Micros>>> stays;  // joined, left
    bool in_order = true;
    friend bool operator==(const CopyHit&, const CopyHit&) = default;
};

struct HeldCopy {
    CopyRecord record;
    std::optional<CopyMarks> marks;         // of an issued one
    std::unordered_set<std::size_t> holds;  // of a recorded one: hits
    std::uint64_t members = 0;              // rows of the register that stand in it
    std::optional<Micros> from;             // counts from then on; nothing: always
};

// How the register stood at the campaign's last hit. What it became later is nothing that a list dialled by
// then could hold.
struct RegisterThen {
    std::uint64_t entries = 0;
    std::vector<std::int64_t> rows;
    std::map<std::int64_t, std::int64_t> changes;  // date: joined less left
    std::int64_t always = 0;                       // joined before all dates
    friend bool operator==(const RegisterThen&, const RegisterThen&) = default;
};

struct CopyEvidence {
    RegisterRecord reg;
    RegisterThen then;
    std::vector<HeldCopy> copies;
    std::vector<CanaryRecord> pool;
    std::vector<CopyHit> hits;
    std::unordered_set<Token, TokenHash> others;         // that the campaign hit: neither people nor canaries
    std::unique_ptr<attribution::Attribution> evidence;  // null without copies
    std::vector<attribution::CopySpec> specs;
    std::vector<attribution::BitRow> member_hits;  // the copies that hold each

    [[nodiscard]] static Result<CopyEvidence> of(Case& c, const RegisterRecord& reg,
                                                 const std::vector<CampaignHit>& hits);

    // false, and nothing has changed: copies, canaries, the register by then, or the hits so far are not what
    // they were, so all must begin anew.
    [[nodiscard]] Result<bool> go_on(Case& c, const RegisterRecord& reg,
                                     const std::vector<CampaignHit>& hits);

    // Holds the hits from number `from` on, appended since, against the copies. REQUIRES: copies.
    void add(std::size_t from);

    // Had the copy been given out by the last hit?
    [[nodiscard]] bool was_there(std::size_t copy) const;

    // Where the first of these rows that the copy holds stands in it; kNoRow.
    [[nodiscard]] std::uint32_t row_in(std::size_t copy, const std::vector<std::int64_t>& rows) const;

private:
    struct Seen;
    [[nodiscard]] Done find_copies(Case& c, const std::vector<CopyRecord>& records);
    [[nodiscard]] Done find_held(Case& c, std::size_t from,
                                 const std::unordered_map<Token, std::uint32_t, TokenHash>& rows);
    void date_copies(Zone zone);
    void withdraw_until(std::optional<Micros> time);
    void lay_out();
    void look_up(std::vector<Seen>& batch, std::size_t from, std::size_t to) const;

    std::vector<std::uint32_t> coin_of_;  // by canary, one a persona; kNoCanary: of another register
    std::vector<std::size_t> burnt_;      // canaries, in the order in which they were; not withdrawn yet
    bool some_later_ = false;             // some copies have a `from`
};

}  // namespace sendh
