// Which copy was dialled? All evidence about all copies, one hit at a time.
//
// What it is. For every copy: planted evidence from canaries (coin.h) and row order (row_order.h), which are
// e-processes and may be looked at after every hit, and natural evidence from membership
// (copy_likelihood.h), which is reported beside them. What it is not: a judgement. naming.h names copies,
// sources.h asks for several sources, next.h says who is next.
//
// Recipient first, then copy. Successive copies of one recipient share that recipient's canaries and add a
// few of their own. If one of them was dialled, the shared canaries ring for all of them, so they are
// evidence against the recipient and not against one copy. Hence two e-values:
//   recipient   mean over its copies of shared · own · row order; valid as long as none of its copies leaked
//   copy        own · row order. A shared canary counts as its own while it is the only copy of its recipient
//               that had been given out when the canary was hit
// Each is a product of factors whose coins and permutations are drawn independently.
//
// Hits: the campaign's first call to each entry or canary, in time order. A canary that was hit already is
// ignored; of entries the caller sees to it. Hits of numbers outside the register are not given here.
//
// Thread rule: one object a thread; a batch is worked off by several threads inside, each with copies of its
// own, so the result does not depend on their number, nor on how hits are cut into batches. Same inputs, same
// bytes. Cost: O(copies) a hit, about 0.3 µs each where row order is known; memory about 1 kB a copy and 2
// bytes a hit and copy. Any input is accepted: probabilities are clamped, unknown canaries ignored, rows
// outside a copy give no evidence. No result is NaN or infinite.
#ifndef SENDH_ATTRIBUTION_ATTRIBUTION_H_
#define SENDH_ATTRIBUTION_ATTRIBUTION_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "attribution/coin.h"
#include "attribution/copy_likelihood.h"
#include "attribution/membership.h"
#include "attribution/row_order.h"

namespace sendh::attribution {

inline constexpr std::uint32_t kNoRow = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint32_t kNoCanary = std::numeric_limits<std::uint32_t>::max();

struct CopySpec {
    std::uint32_t recipient = 0;      // any label; only equality matters
    std::uint64_t members = 0;        // entries of the register in this copy
    std::uint32_t canaries_held = 0;  // planted canaries in this copy
    std::uint32_t rows = 0;           // in its secret order; 0: the order is not a mark
    // Canaries for which its coin was thrown, all with the same probability. The bet is then made given how
    // many of them it holds, and CanarySpec::p is not asked. 0: not known, or they differ.
    std::uint32_t canaries_offered = 0;
};

enum class CanaryLayer : std::uint8_t {
    recipient,  // one coin a recipient: the same in all copies of it
    copy,       // one coin a copy
    master,     // in the register itself and in no copy
    control,    // never given out
};

struct CanarySpec {
    double p = .36787944117144233;  // 1/e
    CanaryLayer layer = CanaryLayer::recipient;
};

// One hit, seen from all copies.
struct Observation {
    std::uint32_t canary = kNoCanary;     // kNoCanary: an entry of the register
    Bits holds;                           // copies that hold it
    Bits eligible;                        // canary: copies for which its coin was thrown
    std::span<const std::uint32_t> rows;  // by copy, kNoRow where it has none; empty: no order known
    Bits there = {};                      // copies that had been given out by then; of others it says nothing
};

struct CopyScore {
    double log10_e = 0;           // planted evidence against this copy
    double canaries = 0;          // log10 factors of its own canaries
    double row_order = 0;         // log10
    double shared_canaries = 0;   // log10, counted against the recipient
    double natural_log10_lr = 0;  // mean over q
    std::uint64_t member_hits = 0;
    std::uint64_t canary_hits = 0;  // of canaries it holds
    std::uint32_t row_hits = 0;
};

struct RecipientScore {
    std::uint32_t recipient = 0;
    double log10_e = 0;
    std::vector<std::uint32_t> copies;
};

class Attribution {
public:
    // members: N, entries of the register that some copy could hold. threads: at most this many.
    Attribution(std::vector<CopySpec> copies, std::vector<CanarySpec> canaries, std::uint64_t members,
                unsigned threads = 2);

    void add(const Observation& hit) { add({&hit, 1}); }
    void add(std::span<const Observation> hits);
    // This canary was taken out of use (it was published, say): no hit of it counts any more, and it is not
    // among those left. Whoever decides that must not know both who holds a canary and which will be hit.
    void withdraw(std::uint32_t canary, Bits holds, Bits eligible);

    std::size_t copies() const { return specs_.size(); }
    std::uint64_t entry_hits() const { return entry_hits_; }
    std::uint64_t canary_hits() const { return canary_hits_; }  // planted ones, of any copy
    std::uint64_t master_hits() const { return master_hits_; }
    std::uint64_t control_hits() const { return control_hits_; }
    std::uint64_t ignored() const { return ignored_; }

    double log10_e(std::size_t copy) const;  // score(copy).log10_e, sooner
    CopyScore score(std::size_t copy) const;
    std::vector<CopyScore> scores() const;
    std::vector<RecipientScore> recipients() const;  // in the order of their first copies

    MemberCounts member_counts(std::size_t copy) const;  // entries
    MemberCounts canary_counts(std::size_t copy) const;  // planted canaries

    // If this copy were the one source: log likelihood of which canaries and which members were hit.
    double log_source_mixed(std::size_t copy) const;
    double log_source_best(std::size_t copy) const;
    const RowOrder* row_order(std::size_t copy) const;  // null: no mark

    // Copies with equal values were hit alike in everything observed: same entries and canaries, same sizes,
    // and no order seen that could differ. A 64-bit hash of the outcomes.
    std::uint64_t outcome_class(std::size_t copy) const;

    // Do planted canaries ring oftener than those that were never given out, and does the master's group?
    // log10 E against equal rates, the e-process of natural.h with canaries as the population. 0 without a
    // control group.
    double log10_planted_against_control() const;
    double log10_master_against_control() const;

private:
    struct State {
        CoinBet shared, own;
        std::uint64_t member_hits = 0;
        std::uint64_t entry_hits = 0;  // of anybody, since it was given out
        std::uint64_t canary_hits = 0;
        std::uint32_t held_gone = 0, offered_gone = 0;  // canaries hit or withdrawn
        std::uint64_t outcomes = 0;
        HazardLikelihood canaries, members;
    };
    struct Prepared;
    void work(std::span<const Prepared> hits, std::size_t from, std::size_t to);
    bool alone_among(Bits there, std::size_t copy) const;
    double log_shared(std::size_t copy) const { return state_[copy].shared.log_e(); }
    double log_own(std::size_t copy) const { return state_[copy].own.log_e(); }
    double log_order(std::size_t copy) const;
    double against_control(CanaryLayer layer) const;

    std::vector<CopySpec> specs_;
    std::vector<CanarySpec> canaries_;
    std::uint64_t members_;
    unsigned threads_;
    std::vector<CoinFactors> factors_;  // by canary
    std::vector<std::uint8_t> canary_hit_;
    std::vector<std::uint32_t> canary_order_;  // in which they were hit or withdrawn
    std::vector<State> state_;
    std::vector<std::vector<std::uint32_t>> groups_;  // copies of one recipient, by their first
    std::vector<std::uint32_t> group_of_;             // by copy
    std::vector<RowOrder> order_;                     // of the copies that have one
    std::vector<std::uint32_t> order_of_;             // index into order_, or kNoRow
    std::uint64_t entry_hits_ = 0, canary_hits_ = 0, master_hits_ = 0, control_hits_ = 0, ignored_ = 0;
    std::uint64_t planted_ = 0, left_ = 0;  // canaries; left: neither hit nor withdrawn
};

}  // namespace sendh::attribution

#endif  // SENDH_ATTRIBUTION_ATTRIBUTION_H_
