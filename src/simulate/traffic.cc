#include "simulate/traffic.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace sendh::simulate {

namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kZone = 19'800;
constexpr std::uint64_t kIndia = 91 * 10'000'000'000ULL;  // before a national number

struct Country {
    std::string_view name;
    std::uint64_t prefix;  // calling code and first digits
    int rest;              // digits that follow
};
constexpr std::array<Country, 15> kCountries = {{{"India", 0, 0},
                                                 {"United Arab Emirates", 97150, 7},
                                                 {"Saudi Arabia", 96655, 7},
                                                 {"United States", 1212, 7},
                                                 {"United Kingdom", 447911, 6},
                                                 {"Malaysia", 6012, 7},
                                                 {"Australia", 614, 8},
                                                 {"Germany", 49151, 8},
                                                 {"Nepal", 97798, 8},
                                                 {"Cambodia", 85596, 7},
                                                 {"Hong Kong", 8525, 7},
                                                 {"Thailand", 668, 8},
                                                 {"Tunisia", 21698, 6},
                                                 {"Guinea", 22462, 7},
                                                 {"", 0, 0}}};
constexpr std::uint8_t kFamilyCountries = 8;  // 1 .. 8
constexpr std::uint8_t kNowhere = 14;
constexpr std::array<std::uint8_t, 4> kCampaignCountries = {1, 9, 10, 11};
constexpr std::array<std::uint8_t, 2> kNuisanceCountries = {12, 13};

constexpr std::array<std::uint32_t, 24> kHours = {2,  1,  1,  1,  1,  2,  6,  14, 24, 34, 40, 40,
                                                  36, 34, 34, 35, 38, 42, 46, 44, 36, 24, 12, 5};
constexpr std::array<std::uint32_t, 4> kInternationalShares = {40, 25, 15, 20};  // kTrunks 0 .. 3
constexpr std::uint8_t kFirstDomestic = 4;
constexpr std::uint8_t kOwn = 7;

std::uint64_t with_digits(std::uint64_t prefix, int rest, Random& random) {
    for (int i = 0; i < rest; ++i) prefix = prefix * 10 + random.below(10);
    return prefix;
}

std::uint64_t any_mobile(Random& random) { return with_digits(6 + random.below(4), 9, random); }

class Maker {
public:
    Maker(const WorldSettings& settings, const People& people,
          const std::vector<std::vector<std::uint64_t>>& lists, Random& random)
        : settings_(settings),
          people_(people),
          lists_(lists),
          random_(random),
          start_(settings.start.value / micros_per_second),
          length_(std::max<std::int64_t>(3'600, std::llround(settings.days * static_cast<double>(kDay)))),
          midnight_(start_ - ((start_ + kZone) % kDay + kDay) % kDay) {}

    Traffic make() {
        const auto share = static_cast<std::uint64_t>(std::llround(settings_.international_share * 1e6));
        const std::uint64_t abroad = settings_.ordinary_calls * share / 1'000'000;
        domestic(settings_.ordinary_calls - abroad);
        international(abroad);
        nuisance();
        campaign();
        std::sort(out_.calls.begin(), out_.calls.end(), [](const Record& a, const Record& b) {
            return a.second != b.second ? a.second < b.second : a.sequence < b.sequence;
        });
        return std::move(out_);
    }

private:
    Record& add(std::int64_t second, std::uint64_t cli, std::uint64_t callee) {
        Record record;
        record.second = second;
        record.sequence = static_cast<std::uint32_t>(out_.calls.size());
        record.cli = cli;
        record.callee = callee;
        out_.calls.push_back(record);
        return out_.calls.back();
    }

    // True for this share of draws.
    bool happens(double share) {
        return random_.below(1'000'000) < static_cast<std::uint64_t>(std::llround(share * 1e6));
    }
    std::uint64_t subscriber() { return random_.any(people_.population); }
    std::uint8_t international_trunk() {
        return static_cast<std::uint8_t>(random_.weighted(kInternationalShares));
    }
    std::uint8_t domestic_trunk() { return static_cast<std::uint8_t>(kFirstDomestic + random_.below(3)); }
    std::uint8_t own_trunk() { return static_cast<std::uint8_t>(kOwn + random_.below(2)); }

    [[nodiscard]] bool inside(std::int64_t second) const {
        return second >= start_ && second < start_ + length_;
    }
    // By the habits of the day.
    std::int64_t daily_second() {
        const std::int64_t days = (start_ + length_ - midnight_ + kDay - 1) / kDay;
        for (int attempt = 0; attempt < 60; ++attempt) {
            const auto hour = static_cast<std::int64_t>(random_.weighted(kHours));
            const std::int64_t day = random_.between(0, days - 1);
            const std::int64_t second = midnight_ + day * kDay + hour * 3'600 + random_.below(3'600);
            if (inside(second)) return second;
        }
        return start_ + random_.below(static_cast<std::uint64_t>(length_));
    }
    // Seconds of conversation: one in five is not answered, most are short, some long.
    std::uint16_t talk() {
        if (random_.percent(20)) return 0;
        const std::uint32_t longer = random_.below(30);
        const std::uint32_t stretched = longer * random_.below(20);
        return static_cast<std::uint16_t>(8 + stretched + random_.below(40));
    }

    struct Pair {
        std::uint64_t far, near;
        std::uint8_t trunk, country;
    };
    // Some pairs call far more often than others.
    const Pair& familiar(const std::vector<Pair>& pairs) {
        return pairs[std::min(random_.below(pairs.size()), random_.below(pairs.size()))];
    }
    void call_of(const Pair& pair, std::uint32_t back_percent) {
        const bool back = random_.percent(back_percent);
        const std::uint8_t own = own_trunk();
        const bool home = pair.country == 0;
        const std::uint64_t near_cli = home ? pair.near : kIndia + pair.near;
        Record& call =
            back ? add(daily_second(), near_cli, pair.far) : add(daily_second(), pair.far, pair.near);
        call.duration = talk();
        call.trunk_in = back ? own : pair.trunk;
        call.trunk_out = back ? pair.trunk : own;
        call.country = pair.country;
        call.outgoing = back;
    }

    void domestic(std::uint64_t calls) {
        std::vector<Pair> pairs;
        for (std::uint64_t i = 0; i < calls / 6 + 10; ++i) {
            pairs.push_back({any_mobile(random_), subscriber(), domestic_trunk(), 0});
        }
        std::vector<std::uint64_t> sellers;
        for (int i = 0; i < 24; ++i) sellers.push_back(with_digits(140, 7, random_));
        std::vector<std::uint64_t> banks;
        for (int i = 0; i < 8; ++i) banks.push_back(with_digits(1600, 6, random_));
        for (std::uint64_t i = 0; i < calls; ++i) {
            const std::uint32_t sort = random_.below(100);
            if (sort >= 8) {
                call_of(familiar(pairs), 30);
                continue;
            }
            const std::uint64_t cli = random_.any(sort < 6 ? sellers : banks);
            const std::uint64_t callee = subscriber();
            Record& call = add(daily_second(), cli, callee);
            call.duration = random_.percent(60) ? static_cast<std::uint16_t>(4 + random_.below(40)) : 0;
            call.trunk_in = domestic_trunk();
            call.trunk_out = own_trunk();
        }
    }

    std::uint64_t foreign(std::uint8_t country) {
        return with_digits(kCountries.at(country).prefix, kCountries.at(country).rest, random_);
    }

    void international(std::uint64_t calls) {
        std::vector<Pair> families;
        for (std::uint64_t i = 0; i < calls / 10 + 5; ++i) {
            const auto country = static_cast<std::uint8_t>(1 + random_.below(kFamilyCountries));
            const std::uint64_t relative = foreign(country);
            const std::uint8_t trunk = international_trunk();
            for (std::int64_t home = random_.between(1, 3); home > 0; --home) {
                families.push_back({relative, subscriber(), trunk, country});
            }
        }
        random_.shuffle(families);
        std::vector<Pair> firms;
        for (std::uint64_t i = 0; i < calls / 600 + 2; ++i) {
            const auto country = static_cast<std::uint8_t>(1 + random_.below(kFamilyCountries));
            const std::uint64_t firm = foreign(country);
            const std::uint8_t trunk = international_trunk();
            for (int customer = 0; customer < 12; ++customer)
                firms.push_back({firm, subscriber(), trunk, country});
        }
        travellers(calls / 60 + 5);
        for (std::uint64_t i = 0; i < calls; ++i) {
            const std::uint32_t sort = random_.below(100);
            if (sort < 80) {
                call_of(familiar(families), 25);
            } else if (sort < 90) {
                call_of(random_.any(firms), 10);
            } else {
                call_home();
            }
        }
    }

    void travellers(std::uint64_t count) {
        std::unordered_set<std::uint64_t> known;
        while (out_.roaming.size() < count) {
            const std::uint64_t number = random_.percent(50) ? subscriber() : any_mobile(random_);
            if (!known.insert(number).second) continue;
            const std::int64_t from =
                start_ - 5 * kDay + random_.below(static_cast<std::uint64_t>(length_) + 3 * kDay);
            const std::int64_t to = from + random_.between(2, 20) * kDay;
            if (to <= start_) continue;
            out_.roaming.push_back({number, from, to});
            families_of_travellers_.push_back({subscriber(), subscriber()});
        }
    }

    void call_home() {
        for (int attempt = 0; attempt < 200; ++attempt) {
            const std::size_t who = random_.below(out_.roaming.size());
            const Stay& stay = out_.roaming[who];
            const std::int64_t second = daily_second();
            if (second < stay.from || second >= stay.to) continue;
            Record& call = add(second, kIndia + stay.number, random_.any(families_of_travellers_[who]));
            call.duration = talk();
            call.trunk_in = international_trunk();
            call.trunk_out = own_trunk();
            return;
        }
        const std::uint64_t cli = foreign(1);
        const std::uint64_t callee = subscriber();
        Record& call = add(daily_second(), cli, callee);
        call.duration = talk();
        call.trunk_in = international_trunk();
        call.trunk_out = own_trunk();
        call.country = 1;
    }

    void nuisance() {
        const std::uint64_t rings = std::max<std::uint64_t>(50, settings_.hits * 8ULL / 5);
        std::vector<Pair> callers;
        for (std::uint64_t i = 0; i < rings / 60 + 2; ++i) {
            const std::uint8_t country = random_.any(kNuisanceCountries);
            callers.push_back({foreign(country), 0, 2, country});
        }
        for (std::uint64_t i = 0; i < rings; ++i) {
            // Two waves of a day and a half each, at any hour.
            const std::int64_t wave = start_ + length_ * (i % 2 == 0 ? 2 : 11) / 20;
            const std::int64_t span = std::min(length_ / 10 + 1, kDay * 3 / 2);
            const std::int64_t second = wave + random_.below(static_cast<std::uint64_t>(span));
            const Pair& caller = random_.any(callers);
            const std::uint64_t victim = subscriber();
            Record& ring = add(second, caller.far, victim);
            ring.trunk_in = caller.trunk;
            ring.trunk_out = own_trunk();
            ring.duration = random_.percent(10) ? 1 : 0;
            ring.country = caller.country;
            ring.sort = Sort::nuisance;
        }
    }

    std::vector<std::uint64_t> targets() {
        switch (settings_.habit) {
            case Habit::leaked_list: return from_lists();
            case Habit::range_sweep: return from_rich_blocks();
            case Habit::uniform: return from_anybody();
            case Habit::contiguous_swept: return along(people_.members.front());
            case Habit::official_blocks: return from_preferred_blocks();
        }
        return {};
    }

    // Several people at once, each going down a part of the list.
    std::vector<std::uint64_t> dialled_together(const std::vector<std::uint64_t>& list) {
        const std::size_t parts = std::min<std::size_t>(settings_.diallers, list.size());
        std::vector<std::size_t> next;
        std::vector<std::size_t> end;
        for (std::size_t part = 0; part < parts; ++part) {
            next.push_back(list.size() * part / parts);
            end.push_back(list.size() * (part + 1) / parts);
        }
        std::vector<std::uint64_t> out;
        while (out.size() < list.size()) {
            const std::size_t part = random_.below(parts);
            if (next[part] < end[part]) out.push_back(list[next[part]++]);
        }
        return out;
    }

    std::vector<std::uint64_t> register_then() {
        std::vector<std::uint64_t> list;
        for (const Entry& entry : people_.entries) {
            const bool there =
                entry.joined <= people_.snapshot && (entry.left.value == 0 || entry.left > people_.snapshot);
            if (there) list.push_back(entry.number);
        }
        random_.shuffle(list);
        return list;
    }

    std::vector<std::uint64_t> from_lists() {
        std::vector<std::vector<std::uint64_t>> lists;
        for (const auto& list : lists_) lists.push_back(dialled_together(list));
        if (lists.empty()) lists.push_back(register_then());
        const auto strays = static_cast<std::uint32_t>(std::llround(settings_.hits * settings_.strays));
        std::vector<char> stray(settings_.hits, 0);
        std::fill(stray.begin(), stray.begin() + std::min(strays, settings_.hits), 1);
        random_.shuffle(stray);
        std::unordered_set<std::uint64_t> done;
        std::vector<std::uint64_t> all;
        std::vector<std::size_t> row(lists.size(), 0);
        out_.by_list.assign(lists.size(), 0);
        for (const char is_stray : stray) {
            std::uint64_t number = 0;
            std::optional<std::size_t> from;
            do {
                from = is_stray != 0 ? std::nullopt : not_yet_through(lists, row);
                number = from ? lists[*from][row[*from]++] : subscriber();
            } while (!done.insert(number).second);
            if (from) ++out_.by_list[*from];
            all.push_back(number);
        }
        return all;
    }

    std::optional<std::size_t> not_yet_through(const std::vector<std::vector<std::uint64_t>>& lists,
                                               const std::vector<std::size_t>& row) {
        std::vector<std::size_t> left;
        for (std::size_t i = 0; i < lists.size(); ++i) {
            if (row[i] < lists[i].size()) left.push_back(i);
        }
        if (left.empty()) return std::nullopt;
        return left.size() == 1 ? left.front() : random_.any(left);
    }

    // Official: a quarter of the numbers or more are members'.
    std::vector<std::uint64_t> from_preferred_blocks() {
        std::unordered_map<std::uint64_t, std::pair<std::uint32_t, std::uint32_t>> blocks;  // members, all
        for (const std::uint64_t number : people_.population) ++blocks[number / 100].second;
        for (const std::uint64_t number : people_.members) ++blocks[number / 100].first;
        std::unordered_set<std::uint64_t> done;
        std::vector<std::uint64_t> all;
        while (all.size() < settings_.hits) {
            const std::uint64_t number = subscriber();
            const auto& [members, issued] = blocks[number / 100];
            if (members * 4 < issued && !happens(1 / settings_.preference)) continue;
            if (done.insert(number).second) all.push_back(number);
        }
        return all;
    }

    std::vector<std::uint64_t> from_anybody() {
        std::unordered_set<std::uint64_t> done;
        std::vector<std::uint64_t> all;
        while (all.size() < settings_.hits) {
            const std::uint64_t number = subscriber();
            if (done.insert(number).second) all.push_back(number);
        }
        return all;
    }

    std::vector<std::uint64_t> from_rich_blocks() {
        std::map<std::uint64_t, std::pair<std::uint32_t, std::uint32_t>> blocks;  // members, issued
        for (const std::uint64_t number : people_.population) ++blocks[number / 100].second;
        for (const std::uint64_t number : people_.members) ++blocks[number / 100].first;
        std::vector<std::uint64_t> order;
        for (const auto& [block, counts] : blocks) order.push_back(block);
        std::stable_sort(order.begin(), order.end(),
                         [&](std::uint64_t a, std::uint64_t b) { return blocks[a].first > blocks[b].first; });
        std::uint32_t issued = 0;
        std::size_t wanted = 0;
        while (wanted < order.size() && issued < settings_.hits) issued += blocks[order[wanted++]].second;
        order.resize(wanted);
        std::sort(order.begin(), order.end());
        std::vector<std::uint64_t> all;
        std::uint32_t reached = 0;
        for (const std::uint64_t block : order) {
            for (std::uint64_t number = block * 100; number < block * 100 + 100; ++number) {
                if (reached == settings_.hits) return all;
                reached += people_.is_issued(number) ? 1U : 0U;
                all.push_back(number);
            }
        }
        return all;
    }

    // Number after number from `first`; over the gaps between series at once.
    std::vector<std::uint64_t> along(std::uint64_t first) {
        std::vector<std::uint64_t> all;
        auto next = std::lower_bound(people_.population.begin(), people_.population.end(), first);
        std::uint64_t number = first;
        for (std::uint32_t reached = 0; reached < settings_.hits; ++reached) {
            if (next == people_.population.end()) {
                next = people_.population.begin();
                number = *next;
            }
            if (*next - number > 100) number = *next;
            for (; number <= *next; ++number) all.push_back(number);
            ++next;
        }
        return all;
    }

    // One for each call, ascending: Monday to Saturday, 10 to 18 h, in the middle three fifths of the
    // records.
    std::vector<std::int64_t> working_seconds(std::size_t count) {
        std::vector<std::int64_t> mornings;
        const std::int64_t from = start_ + length_ / 5;
        const std::int64_t to = start_ + length_ - length_ / 5;
        for (std::int64_t day = midnight_; day < to; day += kDay) {
            const std::int64_t weekday = ((day + kZone) / kDay + 4) % 7;  // 0: Sunday
            const std::int64_t morning = day + 10 * 3'600;
            if (weekday != 0 && morning >= from && morning + 8 * 3'600 <= to) mornings.push_back(morning);
        }
        std::vector<std::int64_t> seconds;
        for (std::size_t i = 0; i < count; ++i) {
            if (mornings.empty()) {
                seconds.push_back(from + random_.below(static_cast<std::uint64_t>(to - from)));
            } else {
                const std::int64_t morning = random_.any(mornings);
                seconds.push_back(morning + random_.below(8 * 3'600));
            }
        }
        std::sort(seconds.begin(), seconds.end());
        return seconds;
    }

    std::uint64_t spoofed_mobile() {
        for (;;) {
            const std::uint64_t number = any_mobile(random_);
            const bool abroad = std::any_of(out_.roaming.begin(), out_.roaming.end(),
                                            [&](const Stay& stay) { return stay.number == number; });
            if (!abroad && !people_.is_issued(number)) return number;
        }
    }

    struct Presented {
        std::uint64_t cli = 0;
        std::uint8_t country = 0;
        bool plus = false;
    };
    struct Range {
        std::uint64_t prefix;
        int rest;
        std::uint8_t country;
    };
    Presented foreign_cli() {
        if (uses_left_ == 0) {
            const Range& range = random_.any(ranges_);
            current_ = {with_digits(range.prefix, range.rest, random_), range.country, false};
            uses_left_ = random_.between(5, 15);
        }
        --uses_left_;
        return current_;
    }
    Presented presented() {
        const std::uint32_t sort = random_.below(100);
        if (sort < 45) return {kIndia + spoofed_mobile(), 0, random_.percent(20)};
        if (sort >= 60) return foreign_cli();
        switch (random_.below(3)) {
            case 0: return {with_digits(91'000 + random_.below(1'000), 12, random_), kNowhere, false};
            case 1: return {with_digits(919, 6, random_), kNowhere, true};   // national, too short
            default: return {with_digits(910, 9, random_), kNowhere, true};  // begins with 0
        }
    }

    // By chance, not by a list: at any place among the numbers dialled.
    void ring_canaries(std::vector<std::uint64_t>& dialled) {
        const std::unordered_set<std::uint64_t> known(dialled.begin(), dialled.end());
        for (const std::uint64_t canary : people_.canaries) {
            if (!happens(settings_.background) || known.contains(canary)) continue;
            const std::uint32_t place = random_.below(dialled.size() + 1);
            dialled.insert(dialled.begin() + place, canary);
        }
    }

    void campaign() {
        for (const std::uint8_t country : kCampaignCountries) {
            const Country& plan = kCountries.at(country);
            ranges_.push_back({with_digits(plan.prefix, 2, random_), plan.rest - 2, country});
        }
        std::vector<std::uint64_t> dialled = targets();
        if (settings_.background > 0) ring_canaries(dialled);
        const std::size_t storm = settings_.storm;
        const std::vector<std::int64_t> seconds = working_seconds((dialled.size() + storm - 1) / storm);
        out_.storms = storm > 1 ? dialled.size() / storm + (dialled.size() % storm > 1 ? 1U : 0U) : 0;
        for (std::size_t i = 0; i < dialled.size(); ++i) {
            const bool issued = people_.is_issued(dialled[i]);
            if (issued) out_.campaign_hits.push_back(dialled[i]);
            if (!issued) ++out_.unissued;
            const std::int64_t calls = issued && random_.percent(22) ? random_.between(2, 3) : 1;
            std::int64_t second = seconds[i / storm];
            for (std::int64_t call = 0; call < calls; ++call) {
                const Presented shown = presented();
                Record& record = add(second, shown.cli, dialled[i]);
                record.plus = shown.plus;
                record.country = shown.country;
                record.trunk_in = random_.percent(70) ? 1 : 3;
                record.trunk_out = own_trunk();
                if (issued && !random_.percent(30)) {
                    const std::uint32_t most = random_.percent(8) ? 600 : 25;
                    record.duration = static_cast<std::uint16_t>(3 + random_.below(most));
                }
                record.sort = Sort::campaign;
                second = std::min(second + random_.between(90, 5'400), start_ + length_ - 1);
            }
        }
    }

    const WorldSettings& settings_;
    const People& people_;
    const std::vector<std::vector<std::uint64_t>>& lists_;
    Random& random_;
    std::int64_t start_, length_, midnight_;
    Traffic out_;
    std::vector<std::array<std::uint64_t, 2>> families_of_travellers_;
    std::vector<Range> ranges_;
    Presented current_;
    std::int64_t uses_left_ = 0;
};

}  // namespace

std::string_view country_name(std::uint8_t country) { return kCountries.at(country).name; }

Traffic make_traffic(const WorldSettings& settings, const People& people,
                     const std::vector<std::vector<std::uint64_t>>& lists, Random& random) {
    return Maker(settings, people, lists, random).make();
}

}  // namespace sendh::simulate
