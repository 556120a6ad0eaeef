#include "detect/profiles.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>

#include "detect/indicator.h"

namespace sendh::detect {

namespace {

constexpr std::int64_t leg_gap = 2 * micros_per_second;
constexpr std::size_t flood_window = 64;  // calls looked at together; a flood's value ends here
// A number that gets more foreign calls than this, hour after hour, is a switchboard: no floods.
constexpr std::uint64_t busy_calls_an_hour = 60;
constexpr std::uint32_t busy_hours = 24;

// How long ago; 0 when time runs backwards. No overflow for any two instants.
std::uint64_t since(Micros then, Micros now) {
    if (now <= then) return 0;
    return static_cast<std::uint64_t>(now.value) - static_cast<std::uint64_t>(then.value);
}
bool within(Micros then, Micros now, std::int64_t span) {
    return since(then, now) <= static_cast<std::uint64_t>(std::max<std::int64_t>(span, 0));
}
std::int64_t slice_of(Micros time, std::int64_t width) {
    return time.value / width - (time.value % width < 0 ? 1 : 0);
}

// What the party has had to do with one other number.
struct Other {
    Micros last;  // call from the party
    std::uint32_t calls = 0;
    std::uint32_t in_day = 0;  // calls in the last 24 h
    Outcomes end;              // of the last call
    bool calls_back = false;
};

struct Recent {
    Micros time;
    PhoneNumber other;
};

bool spoken_of(const CliStats& stats, NumberClass cli_class, double usual_brief, const Settings& settings) {
    CallView view;
    view.cli_class = cli_class;
    view.stats = &stats;
    view.usual_brief = usual_brief;
    const auto list = rules();
    return std::any_of(list.begin(), list.end(),
                       [&](const Rule* rule) { return rule->test(view, settings); });
}

void add_up(Outcomes& to, const Outcomes& more) {
    to.brief += more.brief;
    to.talks += more.talks;
    to.long_talks += more.long_talks;
}

}  // namespace

const RangeStats* Profiles::range(PhoneNumber number) const {
    const RangeStats* found = ranges.find(range_of(number));
    if (found == nullptr || std::binary_search(cleared.begin(), cleared.end(), number)) return nullptr;
    return found;
}

const Flood* Profiles::flood(PhoneNumber callee, Micros time) const {
    const auto after = std::upper_bound(
        floods.begin(), floods.end(), callee, [time](PhoneNumber number, const Flood& flood) {
            return number < flood.callee || (number == flood.callee && time < flood.from);
        });
    if (after == floods.begin()) return nullptr;
    const Flood& flood = *std::prev(after);
    return flood.callee == callee && time <= flood.to ? &flood : nullptr;
}

struct ProfileBuilder::State {
    explicit State(const Settings& s) : settings(s) {}

    const Settings settings;
    Profiles out;
    FlatMap<RangeStats> all_ranges;
    std::vector<PhoneNumber> cleared;
    FlatMap<CliStats> candidates;
    Outcomes acquaintances;

    bool any = false;
    PhoneNumber party;
    NumberClass party_class = NumberClass::none;
    CliStats stats;
    FlatMap<Other> others;
    std::deque<Recent> day;
    std::uint32_t day_distinct = 0;
    std::int64_t last_day = 0;
    std::deque<Recent> ringing;
    std::vector<Flood> floods;
    std::uint64_t foreign_calls = 0;
    std::uint32_t foreign_hours = 0;
    std::int64_t last_foreign_hour = 0;

    void start(const PartyEvent& event);
    void close();
    void take(const PartyEvent& event);
    void outgoing(const PartyEvent& event);
    void incoming(const PartyEvent& event);
    void ring(const PartyEvent& event);
    void move_day(const PartyEvent& event, Other& other);
    [[nodiscard]] Outcomes end_of(const PartyEvent& event) const;
    void into_range();
};

Outcomes ProfileBuilder::State::end_of(const PartyEvent& event) const {
    Outcomes end;
    if (event.disposition == Disposition::unanswered || event.disposition == Disposition::busy ||
        event.disposition == Disposition::failed) {
        end.brief = 1;
    } else if (event.duration >= 0) {
        if (event.duration <= settings.brief_seconds) {
            end.brief = 1;
        } else if (event.duration < settings.long_seconds) {
            end.talks = 1;
        } else {
            end.long_talks = 1;
        }
    }
    return end;
}

void ProfileBuilder::State::start(const PartyEvent& event) {
    any = true;
    party = event.party;
    party_class = event.party_class;
    stats = {};
    stats.foreign = event.party_class == NumberClass::foreign;
    others.clear();
    day.clear();
    day_distinct = 0;
    ringing.clear();
    floods.clear();
    foreign_calls = 0;
    foreign_hours = 0;
}

void ProfileBuilder::State::take(const PartyEvent& event) {
    if (!any || event.party != party) {
        close();
        start(event);
    }
    if (event.party.is_none()) return;
    if (event.from_party) {
        outgoing(event);
    } else {
        incoming(event);
    }
}

void ProfileBuilder::State::move_day(const PartyEvent& event, Other& other) {
    if (other.in_day++ == 0) ++day_distinct;
    day.push_back({event.time, event.other});
    while (!within(day.front().time, event.time, micros_per_day)) {
        Other* old = others.find(unveil(day.front().other));
        if (old != nullptr && --old->in_day == 0) --day_distinct;
        day.pop_front();
    }
    stats.day_callees = std::max(stats.day_callees, day_distinct);
}

void ProfileBuilder::State::outgoing(const PartyEvent& event) {
    if (event.party_class != NumberClass::foreign && event.ingress != Ingress::international) return;
    Other& other = others[unveil(event.other)];
    const Outcomes end = end_of(event);
    // Whoever did not get through tries again: that makes no acquaintance.
    const bool retry =
        other.end.brief > 0 && within(other.last, event.time, settings.retry_hours * micros_per_hour);
    const bool leg = other.calls > 0 && (retry || within(other.last, event.time, leg_gap));
    if (leg) {
        // The leg that knows more, or that talked longer, tells how the call ended.
        const auto rank = [](const Outcomes& o) { return o.long_talks * 3 + o.talks * 2 + o.brief; };
        if (rank(end) <= rank(other.end)) return;
        stats.ends.brief -= other.end.brief;
        stats.ends.talks -= other.end.talks;
        stats.ends.long_talks -= other.end.long_talks;
    } else {
        if (other.calls++ == 0) {
            ++stats.callees;
            if (other.calls_back) ++stats.called_back;
        }
        other.last = event.time;
        ++stats.calls;
        const std::int64_t today = slice_of(event.time, micros_per_day);
        if (stats.days == 0 || today != last_day) ++stats.days;
        last_day = today;
        move_day(event, other);
    }
    other.end = end;
    add_up(stats.ends, end);
}

void ProfileBuilder::State::incoming(const PartyEvent& event) {
    if (event.ingress == Ingress::international || event.other_class == NumberClass::foreign) ring(event);
    // Who calls back a spoofed national CLI reaches its innocent owner.
    if (party_class != NumberClass::foreign) return;
    const bool unanswered = event.duration == 0 || (event.disposition != Disposition::unknown &&
                                                    event.disposition != Disposition::answered);
    if (unanswered) return;
    Other& other = others[unveil(event.other)];
    if (!other.calls_back && other.calls > 0) ++stats.called_back;
    other.calls_back = true;
}

void ProfileBuilder::State::ring(const PartyEvent& event) {
    const std::int64_t hour = slice_of(event.time, micros_per_hour);
    if (foreign_calls++ == 0 || hour != last_foreign_hour) ++foreign_hours;
    last_foreign_hour = hour;
    if (party_class == NumberClass::toll_free || party_class == NumberClass::short_code ||
        party_class == NumberClass::service || event.other.is_none()) {
        return;
    }
    ringing.push_back({event.time, event.other});
    const std::int64_t span = settings.flood_seconds * micros_per_second;
    while (ringing.size() > flood_window || !within(ringing.front().time, event.time, span)) {
        ringing.pop_front();
    }
    if (ringing.size() < static_cast<std::size_t>(std::max(settings.flood_clis, 1))) return;
    std::array<PhoneNumber, flood_window> seen{};
    std::transform(ringing.begin(), ringing.end(), seen.begin(), [](const Recent& r) { return r.other; });
    const auto end = seen.begin() + static_cast<std::ptrdiff_t>(ringing.size());
    std::sort(seen.begin(), end);
    const auto distinct = static_cast<std::uint32_t>(std::unique(seen.begin(), end) - seen.begin());
    if (!at_least(distinct, settings.flood_clis)) return;
    const Micros from = ringing.front().time;
    if (floods.empty() || floods.back().to < from) floods.push_back({party, from, event.time, distinct});
    floods.back().to = std::max(floods.back().to, event.time);
    floods.back().clis = std::max(floods.back().clis, distinct);
}

void ProfileBuilder::State::into_range() {
    RangeStats& range = all_ranges[range_of(party)];
    range.calls += stats.calls;
    if (is_warm(stats, settings)) {
        add_up(acquaintances, stats.ends);
        cleared.push_back(party);
        return;
    }
    // A business in a range where somebody else dials. The talks of CLIs with few calls clear them, too, but
    // stay in the sums: without them every range would look as if nobody talked.
    const bool talks =
        ends_known(stats.ends, stats.calls) && stats.ends.brief_weight() < settings.brief_weight;
    const bool many = at_least(stats.callees, settings.cold_calls);
    if (talks && (many || stats.ends.long_talks > 0)) cleared.push_back(party);
    if (talks && many) return;
    range.cold_calls += stats.calls;
    range.cold_callees += stats.callees;
    ++range.cold_clis;
    add_up(range.ends, stats.ends);
}

void ProfileBuilder::State::close() {
    if (!any) return;
    if (stats.calls > 0) {
        // What is usual is known at the end only; 0 lets all candidates pass.
        if (spoken_of(stats, party_class, 0, settings)) candidates[unveil(party)] = stats;
        if (party_class == NumberClass::foreign && party.is_e164()) into_range();
    }
    const bool switchboard =
        foreign_hours >= busy_hours && foreign_calls > busy_calls_an_hour * foreign_hours;
    if (!switchboard) out.floods.insert(out.floods.end(), floods.begin(), floods.end());
    any = false;
}

ProfileBuilder::ProfileBuilder(const Settings& settings) : state_(std::make_unique<State>(settings)) {}
ProfileBuilder::~ProfileBuilder() = default;

void ProfileBuilder::add(std::span<const PartyEvent> events) {
    for (const PartyEvent& event : events) state_->take(event);
}

std::shared_ptr<const Profiles> ProfileBuilder::finish() {
    State& s = *state_;
    s.close();
    const bool enough = at_least(s.acquaintances.known(), s.settings.usual_calls);
    s.out.usual_brief = enough ? s.acquaintances.brief_weight() : s.settings.usual_brief_weight;
    s.candidates.each([&s](std::uint64_t cli, const CliStats& stats) {
        const NumberClass cli_class = stats.foreign ? NumberClass::foreign : NumberClass::mobile;
        if (spoken_of(stats, cli_class, s.out.usual_brief, s.settings)) s.out.clis[cli] = stats;
    });
    s.all_ranges.each([&s](std::uint64_t range, const RangeStats& stats) {
        CallView view;
        view.usual_brief = s.out.usual_brief;
        view.range = &stats;
        if (range_fan_out.test(view, s.settings)) s.out.ranges[range] = stats;
    });
    for (const PhoneNumber cli : s.cleared) {
        if (s.out.ranges.find(range_of(cli)) != nullptr) s.out.cleared.push_back(cli);
    }
    std::sort(s.out.cleared.begin(), s.out.cleared.end());
    std::sort(s.out.floods.begin(), s.out.floods.end(), [](const Flood& a, const Flood& b) {
        return a.callee != b.callee ? a.callee < b.callee : a.from < b.from;
    });
    s.all_ranges.clear();
    s.cleared = {};
    s.candidates.clear();
    return std::make_shared<const Profiles>(std::move(s.out));
}

}  // namespace sendh::detect
