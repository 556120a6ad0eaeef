// Which of many copies is a list that turned up? Worlds with a known truth, by the marks and the evidence
// that `copy identify` uses, without the case around them.
//
//     identify [trials, default 200] [copies, default 1000] [canaries, default 200]
//
// A register of 50,000 rows, a pool of canaries (share 1/e), one copy for each recipient. Each trial
// throws new keys, lets one copy (or two) leak, edits the list, and holds it against all copies; alpha is
// 0.01. One row a way of editing: share of trials in which every leaked copy is named, in which one stands
// first, and in which a copy that did not leak is named. Lists of whole copies take long: a tenth of the
// trials. The same trials give the same table.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "attribution/counts.h"
#include "attribution/file_marks.h"
#include "registers/marks.h"
#include "simulate/random.h"

namespace {

using namespace sendh;
using simulate::Random;

constexpr std::uint64_t rows = 50'000;
std::uint64_t canaries = 200;  // in the pool; set once, by main
constexpr double share = 0.36787944117144233;

RandomId id_of(std::uint64_t n) {
    RandomId id{};
    for (std::size_t i = 0; i < 8; ++i) id[i] = static_cast<unsigned char>(n >> (8 * i));
    return id;
}
Token token_of(std::uint64_t n) {
    Token token;
    for (std::size_t i = 0; i < 8; ++i) token.bytes[i] = static_cast<unsigned char>(n >> (8 * i));
    return token;
}

// Items below `rows` are people, those from there on canaries.
struct Copy {
    RecipientMarks marks;
    std::vector<std::uint64_t> held;  // canaries, as items
    RowOrder order;

    static Copy make(const Key256& key, std::uint64_t id) {
        RecipientMarks marks(key, id_of(id));
        std::vector<std::uint64_t> held;
        for (std::uint64_t k = 0; k < canaries; ++k) {
            if (marks.holds(token_of(k), share)) held.push_back(rows + k);
        }
        const std::uint64_t n = rows + held.size();
        return {marks, std::move(held), RowOrder(key, id_of(id), n)};
    }
    [[nodiscard]] std::uint64_t index(std::uint64_t item) const {  // order.rows() if it is not held
        if (item < rows) return item;
        const auto at = std::lower_bound(held.begin(), held.end(), item);
        if (at == held.end() || *at != item) return order.rows();
        return rows + static_cast<std::uint64_t>(at - held.begin());
    }
    [[nodiscard]] std::uint64_t item_at(std::uint64_t position) const {
        const std::uint64_t i = order.row(position);
        return i < rows ? i : held[i - rows];
    }
};

using List = std::vector<std::uint64_t>;

double log10_e(const Copy& copy, const List& list, const std::vector<bool>& seen) {
    attribution::CoinTally tally;
    tally.p = share;
    for (std::uint64_t k = 0; k < canaries; ++k) {
        const bool x = std::binary_search(copy.held.begin(), copy.held.end(), rows + k);
        if (seen[k]) ++(x ? tally.seen_held : tally.seen_not_held);
        if (!seen[k]) ++(x ? tally.missing_held : tally.missing_not_held);
    }
    // At most 500 rows, in 20 stretches, as casework/identify.cc takes them.
    List sample;
    if (list.size() <= 500) {
        sample = list;
    } else {
        for (std::size_t s = 0; s < 20; ++s) {
            const std::size_t from = (list.size() - 25) * s / 19;
            sample.insert(sample.end(), list.begin() + static_cast<std::ptrdiff_t>(from),
                          list.begin() + static_cast<std::ptrdiff_t>(from + 25));
        }
    }
    std::vector<std::uint64_t> positions;
    for (const std::uint64_t item : sample) {
        const std::uint64_t i = copy.index(item);
        if (i < copy.order.rows()) positions.push_back(copy.order.position(i));
    }
    double e = attribution::log10_e_coins(std::span(&tally, 1));
    if (positions.size() > 1) e += attribution::log10_e_order(positions);
    return e;
}

void shuffle(List& list, Random& r) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[r.below(i)]);
}

List whole(const Copy& copy) {
    List out;
    for (std::uint64_t p = 0; p < copy.order.rows(); ++p) out.push_back(copy.item_at(p));
    return out;
}
List some_in_order(const Copy& copy, std::size_t n, Random& r) {
    List places;
    while (places.size() < n) {
        const std::uint64_t p = r.below(copy.order.rows());
        if (std::find(places.begin(), places.end(), p) == places.end()) places.push_back(p);
    }
    std::sort(places.begin(), places.end());
    for (std::uint64_t& p : places) p = copy.item_at(p);
    return places;
}
List stretch(const Copy& copy, std::size_t n, Random& r) {
    const std::uint64_t from = r.below(copy.order.rows() - n);
    List out;
    for (std::uint64_t p = from; p < from + n; ++p) out.push_back(copy.item_at(p));
    return out;
}
// Ordinary rows and canaries of the copy, in any order.
List mixed(const Copy& copy, std::size_t people, std::size_t canaries_kept, Random& r) {
    List out;
    while (out.size() < people) {
        const std::uint64_t item = r.below(rows);
        if (std::find(out.begin(), out.end(), item) == out.end()) out.push_back(item);
    }
    List kept = copy.held;
    shuffle(kept, r);
    kept.resize(std::min(kept.size(), canaries_kept));
    out.insert(out.end(), kept.begin(), kept.end());
    shuffle(out, r);
    return out;
}
List without_doubles(const List& list) {
    std::vector<bool> seen(rows + canaries);
    List out;
    for (const std::uint64_t item : list) {
        if (!seen[item]) out.push_back(item);
        seen[item] = true;
    }
    return out;
}
List joined(List a, const List& b) {
    a.insert(a.end(), b.begin(), b.end());
    return without_doubles(a);
}
List interleaved(const List& a, const List& b) {
    List out;
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        if (i < a.size()) out.push_back(a[i]);
        if (i < b.size()) out.push_back(b[i]);
    }
    return without_doubles(out);
}
List sorted(List a) {
    std::sort(a.begin(), a.end());
    return a;
}

struct Way {
    std::string name;
    int leaked;  // copies
    int every;   // a trial of so many: whole copies take long
    std::function<List(const std::vector<Copy>&, Random&)> edit;  // of the leaked ones
};

const std::vector<Way>& ways() {
    using Leaked = const std::vector<Copy>&;
    static const std::vector<Way> all = {
        {"the whole copy", 1, 20, [](Leaked l, Random&) { return whole(l[0]); }},
        {"the whole copy, sorted", 1, 20, [](Leaked l, Random&) { return sorted(whole(l[0])); }},
        {"60 rows in file order", 1, 1, [](Leaked l, Random& r) { return some_in_order(l[0], 60, r); }},
        {"60 consecutive rows", 1, 1, [](Leaked l, Random& r) { return stretch(l[0], 60, r); }},
        {"15 rows in file order", 1, 1, [](Leaked l, Random& r) { return some_in_order(l[0], 15, r); }},
        {"40 rows and its canaries, any order", 1, 1,
         [](Leaked l, Random& r) { return mixed(l[0], 40, 200, r); }},
        {"40 rows and 20 canaries, any order", 1, 1,
         [](Leaked l, Random& r) { return mixed(l[0], 40, 20, r); }},
        {"40 rows and 15 canaries, any order", 1, 1,
         [](Leaked l, Random& r) { return mixed(l[0], 40, 15, r); }},
        {"40 rows and 10 canaries, any order", 1, 1,
         [](Leaked l, Random& r) { return mixed(l[0], 40, 10, r); }},
        {"40 rows, no canary, any order", 1, 1, [](Leaked l, Random& r) { return mixed(l[0], 40, 0, r); }},
        {"two whole copies, one after the other", 2, 20,
         [](Leaked l, Random&) { return joined(whole(l[0]), whole(l[1])); }},
        {"two whole copies, sorted", 2, 20,
         [](Leaked l, Random&) { return sorted(joined(whole(l[0]), whole(l[1]))); }},
        {"60 rows of each of two, row by row", 2, 1,
         [](Leaked l, Random& r) {
             const List a = some_in_order(l[0], 60, r);
             return interleaved(a, some_in_order(l[1], 60, r));
         }},
        {"40 rows, canaries of two, any order", 2, 1,
         [](Leaked l, Random& r) {
             List a = mixed(l[0], 20, 200, r);
             a = joined(a, mixed(l[1], 20, 200, r));
             shuffle(a, r);
             return a;
         }},
        {"the register, sorted (nobody's copy)", 0, 20,
         [](Leaked, Random&) {
             List a;
             for (std::uint64_t i = 0; i < rows; ++i) a.push_back(i);
             return a;
         }},
        {"60 people and 40 canaries by chance", 0, 1,
         [](Leaked, Random& r) {
             List a;
             for (int i = 0; i < 60; ++i) a.push_back(r.below(rows));
             for (int i = 0; i < 40; ++i) a.push_back(rows + r.below(canaries));
             shuffle(a, r);
             return without_doubles(a);
         }},
    };
    return all;
}

void print_row(const Way& way, int most_trials, std::uint64_t copies) {
    const int trials = std::max(1, most_trials / way.every);
    int named = 0;
    int first = 0;
    int wrong = 0;
    std::vector<double> least;
    const double threshold = std::log10(static_cast<double>(copies) / .01);
    const auto start = std::chrono::steady_clock::now();
    for (int t = 0; t < trials; ++t) {
        Random r(880'000'000U + static_cast<std::uint64_t>(t));
        Key256 key{};
        for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<unsigned char>(r.below(256));
        std::vector<std::uint64_t> who;
        std::vector<Copy> leaked;
        for (int i = 0; i < way.leaked; ++i) {
            who.push_back(r.below(copies / 2) + static_cast<std::uint64_t>(i) * (copies / 2));
            leaked.push_back(Copy::make(key, who.back()));
        }
        const List list = way.edit(leaked, r);
        std::vector<bool> seen(canaries);
        for (const std::uint64_t item : list) {
            if (item >= rows) seen[item - rows] = true;
        }
        bool all = true;
        bool any_wrong = false;
        double best_wrong = -1e9;
        double best = -1e9;
        double worst = 1e9;
        for (std::uint64_t c = 0; c < copies; ++c) {
            const double e = log10_e(Copy::make(key, c), list, seen);
            if (std::find(who.begin(), who.end(), c) != who.end()) {
                all = all && e >= threshold;
                best = std::max(best, e);
                worst = std::min(worst, e);
            } else {
                any_wrong = any_wrong || e >= threshold;
                best_wrong = std::max(best_wrong, e);
            }
        }
        named += all && way.leaked > 0;
        first += best > best_wrong && way.leaked > 0;
        wrong += any_wrong;
        least.push_back(way.leaked > 0 ? worst : best_wrong);
    }
    std::sort(least.begin(), least.end());
    const attribution::Interval ci = attribution::clopper_pearson(wrong, trials, .95);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    std::printf("%-38s %6d %6.1f %6.1f %6.1f [%.1f, %.1f] %9.1f %8.1f\n", way.name.c_str(), trials,
                100.0 * named / trials, 100.0 * first / trials, 100.0 * wrong / trials, 100 * ci.lo,
                100 * ci.hi, least[least.size() / 2], took.count() / trials);
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    const int trials = argc > 1 ? std::max(1, std::atoi(argv[1])) : 200;
    const auto copies = static_cast<std::uint64_t>(argc > 2 ? std::max(2, std::atoi(argv[2])) : 1'000);
    if (argc > 3) canaries = static_cast<std::uint64_t>(std::max(1, std::atoi(argv[3])));
    std::printf("%d trials, %llu copies of %llu rows, %llu canaries, alpha 0.01\n", trials,
                static_cast<unsigned long long>(copies), static_cast<unsigned long long>(rows),
                static_cast<unsigned long long>(canaries));
    std::printf("%-38s %6s %6s %6s %6s %-11s %9s %8s\n", "list (shares in %)", "trials", "named", "first",
                "wrong", "[95 %]", "log10 e", "ms");
    for (const Way& way : ways()) print_row(way, trials, copies);
    return 0;
}
