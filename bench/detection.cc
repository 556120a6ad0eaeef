// What the indicators find and what they accuse wrongly, on synthetic traffic with a known truth. Only the
// rates matter here, so this is no Google Benchmark: it prints recall for each kind of fake operation and
// false alarms for each kind of ordinary caller, with 95 % Wilson intervals.
//
// Arguments: worlds (default 20), first seed (default 1). The same arguments give the same output.
//
// The intervals take calls as independent. Calls of one CLI stand or fall together, so the honest width is
// larger; the range over worlds in the last columns shows by how much.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "detect/detect.h"

namespace {

using namespace sendh;
using namespace sendh::detect;

enum Kind : std::size_t {
    domestic,
    courier,
    family,
    passer_by,
    contacts,
    business,
    tourist,
    roamer,
    // Fake from here on; 250 calls in 20 days unless said otherwise.
    few_dozen,
    rotating,
    rotating_shared,
    talkative,
    one_ring_dialler,
    spoofed,
    malformed,
    flood,
    kinds
};
constexpr std::array<const char*, kinds> names = {
    "domestic subscribers",
    "domestic couriers (fan-out)",
    "family abroad",
    "passers-by abroad (1-4 calls)",
    "people abroad, many contacts",
    "businesses abroad (fan-out)",
    "foreign tourists in India",
    "Indian roamers abroad",
    "24-36 foreign CLIs, 5-15 calls",
    "CLIs of 4 ranges, 1-4 calls",
    "  same, in ranges of ordinary CLIs",
    "24-36 CLIs, victims talk longer",
    "one-ring, 60-200 callees a day",
    "spoofed +91, roaming data complete",
    "malformed and service CLIs",
    "floods of 6-12 CLIs in 5 s",
};
constexpr std::size_t first_fake = few_dozen;
constexpr Micros start{1'730'000'000LL * micros_per_second};
constexpr int days = 30;

struct Fact {
    CallRow row;
    Kind kind = domestic;
    Ingress ingress = Ingress::unknown;
};

struct Ends {
    double answered, median, sigma;  // talk in seconds, log-normal
};
constexpr Ends scam_talk{0.5, 15, 0.9};
constexpr Ends scam_long{0.55, 25, 1.2};
constexpr Ends ring_once{0.05, 4, 0.5};

class World {
public:
    // People talk differently in different data: three kinds of worlds take turns.
    explicit World(std::uint64_t seed) : random_(seed) {
        constexpr std::array<Ends, 3> talk = {Ends{0.65, 90, 1.0}, Ends{0.5, 50, 1.1}, Ends{0.75, 150, 0.9}};
        ordinary_talk = talk[seed % talk.size()];
        business_talk = {ordinary_talk.answered, ordinary_talk.median * 1.1, 0.9};
        for (std::uint64_t& range : ranges_) range = new_range();
        ordinary();
        fakes();
    }
    std::vector<Fact> calls;
    RoamingTable roaming;

private:
    std::mt19937_64 random_;
    Ends ordinary_talk{}, business_talk{};
    std::array<std::uint64_t, 2000> ranges_{};
    std::vector<RoamInterval> abroad_;

    std::uint64_t below(std::uint64_t n) { return random_() % n; }
    int between(int low, int high) { return low + static_cast<int>(below(std::uint64_t(high - low + 1))); }
    double unit() { return std::uniform_real_distribution<double>(0, 1)(random_); }
    bool chance(double p) { return unit() < p; }

    std::uint64_t new_range() {
        constexpr std::array<std::uint64_t, 12> codes = {971, 971, 966, 974, 965, 968, 1, 1, 44, 65, 61, 977};
        const std::uint64_t code = codes[below(codes.size())];
        const std::uint64_t tail = code < 10 ? 10'000'000 : code < 100 ? 1'000'000 : 1'000'000;
        return code * tail + tail / 10 * 2 + below(tail / 10 * 7);
    }
    ParsedNumber foreign() {  // a big operator's ranges are busier than others
        const double u = unit();
        const auto at = static_cast<std::size_t>(u * u * double(ranges_.size()));
        return in_range(ranges_[at]);
    }
    ParsedNumber in_range(std::uint64_t range) {
        return {PhoneNumber::from_e164(range * 1000 + below(1000)), NumberClass::foreign};
    }
    ParsedNumber indian() {
        return {PhoneNumber::from_e164(916'000'000'000 + below(4'000'000'000)), NumberClass::mobile};
    }
    Micros moment(Micros from = start, int span = days) {
        const auto day = static_cast<std::int64_t>(below(std::uint64_t(span)));
        const auto second = static_cast<std::int64_t>(3 * 3600 + below(14 * 3600));
        return {from.value + day * micros_per_day + second * micros_per_second +
                static_cast<std::int64_t>(below(1'000'000))};
    }
    Fact& call(Kind kind, ParsedNumber cli, ParsedNumber callee, Micros time, Ends ends, const char* trunk,
               Ingress ingress) {
        Fact fact;
        fact.kind = kind;
        fact.ingress = ingress;
        fact.row.time = time;
        fact.row.cli = cli;
        fact.row.callee = callee;
        fact.row.direction = Direction::incoming;
        fact.row.trunk_in = trunk;
        if (chance(ends.answered)) {
            const double talk =
                std::exp(std::normal_distribution<double>(std::log(ends.median), ends.sigma)(random_));
            fact.row.disposition = Disposition::answered;
            fact.row.duration = static_cast<std::int32_t>(std::min(talk, 7200.0)) + 1;
        } else {
            fact.row.disposition = chance(0.8) ? Disposition::unanswered : Disposition::busy;
            fact.row.duration = 0;
        }
        calls.push_back(fact);
        return calls.back();
    }
    void abroad(Kind kind, ParsedNumber cli, ParsedNumber callee, Micros time, Ends ends) {
        call(kind, cli, callee, time, ends, chance(0.5) ? "I1" : "I2", Ingress::international);
    }
    void call_back(Kind kind, ParsedNumber cli, ParsedNumber callee) {
        call(kind, callee, cli, moment(), ordinary_talk, "S1", Ingress::own).row.direction =
            Direction::outgoing;
    }
    // Calls of one CLI: each goes to somebody new with the given chance.
    void habit(Kind kind, ParsedNumber cli, int count, double new_callee, double calls_back, Ends ends,
               bool at_home = false) {
        std::vector<ParsedNumber> known;
        for (int i = 0; i < count; ++i) {
            if (known.empty() || chance(new_callee)) {
                known.push_back(indian());
                if (chance(calls_back)) call_back(kind, cli, known.back());
            }
            const ParsedNumber callee = chance(new_callee) ? known.back() : known[below(known.size())];
            if (at_home) {
                call(kind, cli, callee, moment(), ends, "D1", Ingress::domestic);
            } else {
                abroad(kind, cli, callee, moment(), ends);
            }
        }
    }

    void ordinary() {
        for (int i = 0; i < 4000; ++i)
            habit(domestic, indian(), between(2, 16), 0.3, 0.2, ordinary_talk, true);
        for (int i = 0; i < 30; ++i)
            habit(courier, indian(), between(60, 300), 1, 0.05, {0.7, 25, 0.7}, true);
        for (int i = 0; i < 900; ++i) habit(family, foreign(), between(3, 40), 0.08, 0.5, ordinary_talk);
        for (int i = 0; i < 2500; ++i) habit(passer_by, foreign(), between(1, 4), 0.5, 0.2, ordinary_talk);
        for (int i = 0; i < 200; ++i) habit(contacts, foreign(), between(5, 20), 0.5, 0.25, ordinary_talk);
        for (int i = 0; i < 25; ++i) distinct(business, foreign(), between(5, 150), 0.05, business_talk);
        for (int i = 0; i < 120; ++i)
            habit(tourist, foreign(), between(3, 15), 0.5, 0.3, ordinary_talk, true);
        for (int i = 0; i < 200; ++i) {
            const ParsedNumber cli = indian();
            const Micros left = moment();
            const Micros back{left.value + between(2, 14) * micros_per_day};
            abroad_.push_back({cli.number, left, back});
            ParsedNumber callee = indian();
            for (int k = between(1, 12); k > 0; --k) {
                if (chance(0.6)) callee = indian();
                const auto at = static_cast<std::int64_t>(unit() * double(back.value - left.value));
                abroad(roamer, cli, callee, {left.value + at}, ordinary_talk);
            }
        }
        roaming.add(abroad_, true, start, {start.value + 2 * days * micros_per_day});
    }
    void distinct(Kind kind, ParsedNumber cli, int count, double calls_back, Ends ends) {
        for (int i = 0; i < count; ++i) {
            const ParsedNumber callee = indian();
            abroad(kind, cli, callee, moment(), ends);
            if (chance(calls_back)) call_back(kind, cli, callee);
        }
    }

    void scam(Kind kind, ParsedNumber cli, Ends ends) {
        const Micros from{start.value + 5 * micros_per_day};
        abroad(kind, cli, indian(), moment(from, 20), ends);
    }
    void few(Kind kind, Ends ends) {
        std::vector<ParsedNumber> clis(std::size_t(between(24, 36)));
        for (ParsedNumber& cli : clis) {
            cli = foreign();
            for (int i = 0; i < 5; ++i) scam(kind, cli, ends);
        }
        for (std::size_t i = clis.size() * 5; i < 250; ++i) scam(kind, clis[below(clis.size())], ends);
    }
    void rotate(Kind kind, const std::array<std::uint64_t, 4>& in) {
        for (int done = 0; done < 250;) {
            const ParsedNumber cli = in_range(in[below(in.size())]);
            for (int k = between(1, 4); k > 0 && done < 250; --k, ++done) scam(kind, cli, scam_talk);
        }
    }
    void fakes() {
        few(few_dozen, scam_talk);
        few(talkative, scam_long);
        rotate(rotating, {new_range(), new_range(), new_range(), new_range()});
        rotate(rotating_shared,
               {ranges_[below(2000)], ranges_[below(2000)], ranges_[below(2000)], ranges_[below(2000)]});
        for (int ringer = 0; ringer < 2; ++ringer) {
            const ParsedNumber cli = foreign();
            const Micros day = {start.value + between(3, 20) * micros_per_day};
            for (int i = between(60, 200); i > 0; --i) {
                const ParsedNumber callee = indian();
                abroad(one_ring_dialler, cli, callee, moment(day, 1), ring_once);
                if (chance(0.15)) call_back(one_ring_dialler, cli, callee);
            }
        }
        for (int i = 0; i < 250; ++i) scam(spoofed, indian(), scam_talk);
        for (int i = 0; i < 250; ++i) {
            constexpr std::array<NumberClass, 7> bad = {
                NumberClass::too_long,   NumberClass::national_length, NumberClass::foreign_unknown,
                NumberClass::short_code, NumberClass::telemarketing,   NumberClass::fixed,
                NumberClass::service};
            scam(malformed, {indian().number, bad[below(bad.size())]}, scam_talk);
        }
        for (int i = 0; i < 25; ++i) {
            const ParsedNumber victim = indian();
            const Micros from = moment();
            for (int k = between(6, 12); k > 0; --k) {
                abroad(flood, foreign(), victim, {from.value + static_cast<std::int64_t>(below(4'900'000))},
                       scam_talk);
            }
        }
    }
};

struct Count {
    std::uint64_t calls = 0, fake = 0, undecidable = 0;
    double lowest = 1, highest = 0;  // share of fake verdicts over the worlds
    void merge(const Count& world) {
        if (world.calls == 0) return;
        calls += world.calls;
        fake += world.fake;
        undecidable += world.undecidable;
        const double share = double(world.fake) / double(world.calls);
        lowest = std::min(lowest, share);
        highest = std::max(highest, share);
    }
};
using Counts = std::array<Count, kinds>;

Counts run(std::uint64_t seed) {
    const World world(seed);
    TrunkMap trunks;
    trunks.add({"I1", "carrier A", Ingress::international});
    trunks.add({"I2", "carrier B", Ingress::international});
    trunks.add({"D1", "carrier C", Ingress::domestic});
    trunks.add({"S1", "own", Ingress::own});

    std::vector<PartyEvent> events;
    for (const Fact& fact : world.calls) {
        const CallRow& r = fact.row;
        PartyEvent event{r.cli.number,       r.callee.number, r.time, r.duration,           r.disposition,
                         r.cli.number_class, fact.ingress,    true,   r.callee.number_class};
        events.push_back(event);
        std::swap(event.party, event.other);
        std::swap(event.party_class, event.other_class);
        event.from_party = false;
        events.push_back(event);
    }
    std::sort(events.begin(), events.end(), [](const PartyEvent& a, const PartyEvent& b) {
        return a.party != b.party ? a.party < b.party : a.time < b.time;
    });
    const Settings settings;
    ProfileBuilder builder(settings);
    builder.add(events);
    const auto profiles = builder.finish();

    NameTable trunk_names;
    CallBatch batch;
    for (const Fact& fact : world.calls) append(batch, fact.row, trunk_names);
    const Judge judge(settings, trunks, world.roaming, *profiles, trunk_names);
    Counts counts;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (batch.direction[i] == Direction::outgoing) continue;
        Count& count = counts[world.calls[i].kind];
        const Verdict verdict = judge.judge(batch, i).verdict;
        ++count.calls;
        if (verdict == Verdict::fake) ++count.fake;
        if (verdict == Verdict::undecidable) ++count.undecidable;
    }
    return counts;
}

void print(const char* name, const Count& count) {
    const double n = double(count.calls);
    const double p = double(count.fake) / n;
    const double z2 = 1.959964 * 1.959964;
    const double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
    const double half = std::sqrt(p * (1 - p) / n * z2 + z2 * z2 / (4 * n * n)) / (1 + z2 / n);
    std::printf("%-36s %9llu %8llu %9.4f %% %9.4f .. %8.4f %9.3f .. %7.3f\n", name,
                static_cast<unsigned long long>(count.calls), static_cast<unsigned long long>(count.fake),
                100 * p, 100 * std::max(0.0, centre - half), 100 * std::min(1.0, centre + half),
                100 * count.lowest, 100 * count.highest);
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t asked = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 0;
    const std::uint64_t worlds = asked > 0 ? asked : 20;
    const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
    Counts all;
    Count ordinary;
    Count foreign;
    Count low;
    for (std::uint64_t i = 0; i < worlds; ++i) {
        const Counts world = run(seed + i);
        Count o;
        Count f;
        Count l;
        for (std::size_t k = 0; k < kinds; ++k) {
            all[k].merge(world[k]);
            for (Count* sum : {&o, &f, &l}) {
                const bool counts = sum == &o   ? k < first_fake
                                    : sum == &f ? k >= family && k < first_fake
                                                : k >= few_dozen && k <= rotating_shared;
                if (!counts) continue;
                sum->calls += world[k].calls;
                sum->fake += world[k].fake;
            }
        }
        ordinary.merge(o);
        foreign.merge(f);
        low.merge(l);
    }
    std::printf("%llu worlds from seed %llu, 95 %% Wilson intervals\n\n",
                static_cast<unsigned long long>(worlds), static_cast<unsigned long long>(seed));
    std::printf("%-36s %9s %8s %11s %22s %21s\n", "false alarms", "calls", "fake", "rate", "interval",
                "worlds, %");
    for (std::size_t k = 0; k < first_fake; ++k) print(names[k], all[k]);
    print("all ordinary", ordinary);
    print("  of these from abroad or foreign", foreign);
    std::printf("\n%-36s\n", "recall");
    for (std::size_t k = first_fake; k < kinds; ++k) print(names[k], all[k]);
    print("low and slow (the first three)", low);
    return 0;
}
