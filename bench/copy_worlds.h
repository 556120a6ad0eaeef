// Worlds with a known truth for bench/calibration.cc: a population in blocks, a register in it, copies that
// are random parts of the register in random orders with canaries, and people who dial. Thread rule: pure
// functions of the seed.
#ifndef SENDH_BENCH_COPY_WORLDS_H_
#define SENDH_BENCH_COPY_WORLDS_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/field.h"
#include "verdict_worlds.h"

namespace sendh::attribution {

// How people work through a list of rows.
struct Habit {
    std::string name;
    std::uint32_t diallers = 1;  // each works through a part of the list, all at once
    double jitter = 0;           // rows are off by up to this share of the list
    double strays = 0;           // hits that follow nothing
    bool backward = false;
};

inline std::vector<Habit> habits() {
    return {{"in order", 1, 0, 0, false},
            {"backward", 1, 0, 0, true},
            {"four at once", 4, 0, 0, false},
            {"ten at once", 10, 0, 0, false},
            {"5 % jitter, 10 % strays", 1, .05, .1, false},
            {"four, 30 % strays", 4, 0, .3, false}};
}

// The rows of a list in the order in which they are hit; `density`: the share of the rows worked through that
// become hits (the others do not answer, or do not report). Rows may come twice.
class Dialling {
public:
    Dialling(Random& r, const Habit& habit, std::uint32_t rows, double density)
        : r_(r), habit_(habit), rows_(rows), density_(density), begin_(r.below(rows)) {
        for (std::uint32_t k = 0; k < habit.diallers; ++k) {
            at_.push_back(static_cast<double>(rows) / habit.diallers * k);
        }
    }
    std::uint32_t next() {
        if (r_.unit() < habit_.strays) return r_.below(rows_);
        double& at = at_[r_.below(at_.size())];
        at += density_ >= 1 ? 1 : 1 + std::floor(std::log(1 - r_.unit()) / std::log1p(-density_));
        double row = (habit_.backward ? -at : at) + begin_;
        if (habit_.jitter > 0) row += (2 * r_.unit() - 1) * habit_.jitter * rows_;
        row -= std::floor(row / rows_) * rows_;
        return std::min(rows_ - 1, static_cast<std::uint32_t>(row));
    }

private:
    Random& r_;
    const Habit& habit_;
    std::uint32_t rows_;
    double density_;
    double begin_;
    std::vector<double> at_;
};

// 100 blocks of 20 numbers; 20 blocks are official (12 members each), one number of each other block is a
// member too. Sixty canaries more stand anywhere. Items 0 .. 1999 are numbers, then the canaries.
struct CopyWorld {
    static constexpr std::uint32_t kNumbers = 2'000;
    static constexpr std::uint32_t kPerBlock = 20;
    static constexpr std::uint32_t kCanaries = 60;

    Field field;
    std::vector<std::uint32_t> members;
    std::vector<CopySpec> specs;
    std::vector<CanarySpec> canaries;
    std::vector<std::vector<std::uint32_t>> list;    // by copy: its items in their secret order
    std::vector<std::vector<std::uint32_t>> row_of;  // by copy, by item; kNoRow
    std::vector<BitRow> holds;                       // by item

    CopyWorld(Random& r, std::uint32_t copies) {
        field.member.assign(kNumbers, 0);
        for (std::uint32_t i = 0; i < kNumbers; ++i) field.stratum.push_back(i / kPerBlock);
        for (std::uint32_t b = 0; b < kNumbers / kPerBlock; ++b) {
            for (std::uint32_t m = b % 5 == 2 ? 12 : 1; m > 0;) {
                const std::uint32_t i = b * kPerBlock + r.below(kPerBlock);
                if (field.member[i] != 0) continue;
                field.member[i] = 1;
                members.push_back(i);
                --m;
            }
        }
        canaries.assign(kCanaries, CanarySpec{});
        holds.assign(kNumbers + kCanaries, BitRow(copies));
        for (std::uint32_t j = 0; j < copies; ++j) {
            CopySpec spec{j, 0, 0, 0, kCanaries};
            std::vector<std::uint32_t> items;
            const double kept = .4 + .6 * r.unit();
            for (const std::uint32_t i : members) {
                if (r.unit() < kept) items.push_back(i);
            }
            spec.members = items.size();
            for (std::uint32_t k = 0; k < kCanaries; ++k) {
                if (r.unit() < canaries[k].p) items.push_back(kNumbers + k);
            }
            spec.canaries_held = static_cast<std::uint32_t>(items.size() - spec.members);
            spec.rows = static_cast<std::uint32_t>(items.size());
            r.shuffle(items);
            row_of.emplace_back(kNumbers + kCanaries, kNoRow);
            for (std::uint32_t row = 0; row < items.size(); ++row) {
                row_of.back()[items[row]] = row;
                holds[items[row]].set(j);
            }
            list.push_back(std::move(items));
            specs.push_back(spec);
        }
    }

    std::vector<std::uint32_t> rows(std::uint32_t item) const {
        std::vector<std::uint32_t> out;
        for (const auto& copy : row_of) out.push_back(copy[item]);
        return out;
    }
};

// Who is called, item by item, each item once.
inline Items distinct_items(std::size_t hits, const std::function<std::uint32_t()>& draw) {
    std::vector<std::uint8_t> seen(CopyWorld::kNumbers + CopyWorld::kCanaries, 0);
    Items out;
    for (std::size_t tries = 0; out.size() < hits && tries < 100 * hits; ++tries) {
        const std::uint32_t i = draw();
        if (seen[i] == 0) out.push_back(i);
        seen[i] = 1;
    }
    return out;
}

struct InnocentWorld {
    std::string name;
    bool leaked;        // copy 0 was dialled; the others are innocent
    bool question_1;    // nothing leaked and others would be seen: E(1) of question 1 must stay small
    std::size_t burst;  // hits that come within a second
    std::function<Items(Random&, const CopyWorld&)> dial;
};

inline std::vector<Hit> timed(const Items& items, std::size_t burst) {
    std::vector<Hit> out;
    for (std::size_t t = 0; t < items.size(); ++t) {
        const auto storm = static_cast<std::int64_t>(t / burst);
        out.push_back({storm * 2'000'000 + static_cast<std::int64_t>(t % burst) * 10, items[t]});
    }
    return out;
}

inline std::vector<InnocentWorld> innocent_worlds(std::size_t hits) {
    constexpr std::uint32_t kAll = CopyWorld::kNumbers + CopyWorld::kCanaries;
    const auto of_copy = [](Random& r, const CopyWorld& w, const Habit& habit, double background,
                            std::size_t n) {
        const auto& list = w.list[0];
        Dialling d(r, habit, static_cast<std::uint32_t>(list.size()), .4);
        return distinct_items(n, [&] { return r.unit() < background ? r.below(kAll) : list[d.next()]; });
    };
    static const std::vector<Habit> kHabits = habits();
    std::vector<InnocentWorld> out;
    out.push_back({"no leak, anybody", false, true, 1, [=](Random& r, const CopyWorld&) {
                       return distinct_items(hits, [&] { return r.below(kAll); });
                   }});
    out.push_back({"no leak, official blocks 8:1", false, true, 1, [=](Random& r, const CopyWorld&) {
                       return distinct_items(hits, [&] {
                           std::uint32_t i = r.below(kAll);
                           while (i / CopyWorld::kPerBlock % 5 != 2 && r.unit() > .125) i = r.below(kAll);
                           return i;
                       });
                   }});
    out.push_back({"no leak, sweep in number order", false, true, 1, [=](Random& r, const CopyWorld&) {
                       std::uint32_t at = r.below(kAll);
                       return distinct_items(hits, [&] { return at = (at + 1 + r.below(3)) % kAll; });
                   }});
    out.push_back({"no leak, storms of ten", false, true, 10, [=](Random& r, const CopyWorld&) {
                       std::uint32_t at = 0;
                       std::uint32_t left = 0;
                       return distinct_items(hits, [&] {
                           if (left == 0) {
                               at = r.below(kAll);
                               left = 10;
                           }
                           --left;
                           return at = (at + 1) % kAll;
                       });
                   }});
    out.push_back({"only members and canaries report", false, false, 1, [=](Random& r, const CopyWorld& w) {
                       return distinct_items(hits, [&] {
                           std::uint32_t i = r.below(kAll);
                           while (i < CopyWorld::kNumbers && w.field.member[i] == 0) i = r.below(kAll);
                           return i;
                       });
                   }});
    out.push_back(
        {"the master was dialled, in number order", false, false, 1, [=](Random& r, const CopyWorld& w) {
             std::size_t at = r.below(w.members.size());
             return distinct_items(hits,
                                   [&] { return w.members[at = (at + 1 + r.below(2)) % w.members.size()]; });
         }});
    out.push_back({"another copy, in order", true, false, 1,
                   [=](Random& r, const CopyWorld& w) { return of_copy(r, w, kHabits[0], 0, hits); }});
    out.push_back({"another copy, ten at once", true, false, 1,
                   [=](Random& r, const CopyWorld& w) { return of_copy(r, w, kHabits[3], 0, hits); }});
    out.push_back({"another copy, four, 30 % background", true, false, 1,
                   [=](Random& r, const CopyWorld& w) { return of_copy(r, w, kHabits[2], .3, hits); }});
    // Spoofed CLIs: calls of another operation, a sweep, are taken for this campaign's.
    out.push_back(
        {"another copy, half the hits a sweep's", true, false, 1, [=](Random& r, const CopyWorld& w) {
             const auto& list = w.list[0];
             Dialling d(r, kHabits[0], static_cast<std::uint32_t>(list.size()), .4);
             std::uint32_t at = r.below(kAll);
             return distinct_items(
                 hits, [&] { return r.unit() < .5 ? at = (at + 1 + r.below(3)) % kAll : list[d.next()]; });
         }});
    return out;
}

}  // namespace sendh::attribution

#endif  // SENDH_BENCH_COPY_WORLDS_H_
