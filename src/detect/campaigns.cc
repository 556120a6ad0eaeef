#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "detect/detect.h"

namespace sendh::detect {

namespace {

constexpr std::size_t names_shown = 12;  // of each kind, in held_by

enum class KeyKind : std::uint8_t { trunk, operation, block, link };

struct Cell {  // the calls of a key in one hour
    std::uint64_t calls = 0;
    Micros first, last;
};

struct Episode {
    Micros first, last;
    std::uint64_t calls = 0;
    std::uint64_t untimed = 0;  // beside calls
    bool timed = true;
    std::uint32_t node = 0;
    std::uint32_t campaign = 0;
};

struct Key {
    KeyKind kind = KeyKind::trunk;
    std::string name;   // as shown; the smallest of its spellings
    std::string style;  // of a trunk key
    std::unordered_map<std::int64_t, Cell> hours;
    std::uint64_t untimed = 0;
    std::vector<Episode> episodes;  // in time order; an untimed one last
};

struct Bond {  // two keys that one call of that hour has
    std::uint32_t a = 0, b = 0;
    std::int64_t hour = 0;
    friend bool operator==(const Bond&, const Bond&) = default;
};
struct BondHash {
    std::size_t operator()(const Bond& bond) const {
        std::uint64_t h = (std::uint64_t{bond.a} << 32U | bond.b) * 0x9e3779b97f4a7c15ULL;
        h ^= static_cast<std::uint64_t>(bond.hour) * 0xbf58476d1ce4e5b9ULL;
        return static_cast<std::size_t>(h ^ (h >> 29U));
    }
};

class UnionFind {
public:
    explicit UnionFind(std::size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), 0U); }
    std::uint32_t root(std::uint32_t x) {
        while (parent_[x] != x) x = parent_[x] = parent_[parent_[x]];
        return x;
    }
    void join(std::uint32_t a, std::uint32_t b) {
        a = root(a);
        b = root(b);
        if (a != b) parent_[std::max(a, b)] = std::min(a, b);
    }

private:
    std::vector<std::uint32_t> parent_;
};

std::int64_t hour_of(Micros time) {
    return time.value / micros_per_hour - (time.value % micros_per_hour < 0 ? 1 : 0);
}
bool has_time(const FlaggedCall& call) { return call.time != Micros{}; }

std::string trunk_id(const FlaggedCall& call) {
    return "t" + lower_ascii(trim(call.trunk)) + '\x1f' + std::string(call.style);
}
// One operation shows invented Indian numbers, malformed ones and foreign ones by turns: on one trunk these
// reasons belong together. One-ring calls and floods are other trades; reports without a trunk tell too
// little.
std::string operation_id(const FlaggedCall& call) {
    const bool talks = call.style == "malformed" || call.style == "service_series" ||
                       call.style == "spoofed_national" || call.style == "fan_out" ||
                       call.style == "reported";
    const std::string trunk = lower_ascii(trim(call.trunk));
    return talks && !trunk.empty() ? "o" + trunk : "";
}
std::string link_id(const FlaggedCall& call) { return "l" + lower_ascii(trim(call.link)); }

// "971501": country code and three further digits; "" for what has no block.
std::string block_of(const FlaggedCall& call) {
    if (call.cli_class != NumberClass::foreign || !call.cli.is_e164()) return "";
    std::uint64_t value = unveil(call.cli);
    const int keep = country_digits(value) + 3;
    int digits = digit_count(value);
    if (digits < keep + 3) return "";
    for (; digits > keep; --digits) value /= 10;
    return std::to_string(value);
}

Episode* episode_at(std::vector<Episode>& episodes, Micros time) {
    const auto timed_end = std::partition_point(
        episodes.begin(), episodes.end(), [time](const Episode& e) { return e.timed && e.first <= time; });
    if (timed_end == episodes.begin()) return nullptr;
    Episode& episode = *std::prev(timed_end);
    return time <= episode.last ? &episode : nullptr;
}

// Where the calls without a time are.
Episode* untimed_episode(std::vector<Episode>& episodes) {
    const auto it =
        std::find_if(episodes.begin(), episodes.end(), [](const Episode& e) { return e.untimed > 0; });
    return it == episodes.end() ? nullptr : &*it;
}

void add_episodes(Key& key, std::int64_t gap_hours) {
    std::vector<Cell> cells;
    cells.reserve(key.hours.size());
    for (const auto& [hour, cell] : key.hours) cells.push_back(cell);
    std::sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) { return a.first < b.first; });
    const auto longest = static_cast<std::uint64_t>(std::clamp<std::int64_t>(gap_hours, 0, 1'000'000)) *
                         static_cast<std::uint64_t>(micros_per_hour);
    for (const Cell& cell : cells) {
        const bool fresh =
            key.episodes.empty() || static_cast<std::uint64_t>(cell.first.value) -
                                            static_cast<std::uint64_t>(key.episodes.back().last.value) >
                                        longest;
        if (fresh) key.episodes.push_back({.first = cell.first, .last = cell.last});
        key.episodes.back().last = cell.last;
        key.episodes.back().calls += cell.calls;
    }
    if (key.untimed == 0) return;
    if (key.episodes.size() != 1) key.episodes.push_back({.first = {}, .last = {}, .timed = false});
    key.episodes.back().untimed = key.untimed;
}

// One campaign while its episodes are put together.
struct Gathering {
    Campaign campaign;
    bool timed = false;
    // Trunks, reasons, links, blocks, each with its calls.
    std::array<std::map<std::string, std::uint64_t>, 4> names;
};

void gather(Gathering& into, const Key& key, const Episode& episode) {
    const std::uint64_t calls = episode.calls + episode.untimed;
    // Each timed call has exactly one trunk key.
    into.campaign.calls += key.kind == KeyKind::trunk ? calls : episode.untimed;
    if (episode.timed) {
        into.campaign.first = into.timed ? std::min(into.campaign.first, episode.first) : episode.first;
        into.campaign.last = into.timed ? std::max(into.campaign.last, episode.last) : episode.last;
        into.timed = true;
    }
    switch (key.kind) {
        case KeyKind::trunk:
            if (!key.name.empty()) into.names[0]["trunk " + without_numbers(key.name)] += calls;
            if (!key.style.empty()) into.names[1]["reason " + key.style] += calls;
            break;
        case KeyKind::operation: break;
        case KeyKind::link: into.names[2]["link " + without_numbers(key.name)] += calls; break;
        case KeyKind::block: into.names[3]["CLI block +" + key.name] += calls; break;
    }
}

std::vector<std::string> held_by(const Gathering& from) {
    constexpr std::array<const char*, 4> kinds = {"trunks", "reasons", "links", "CLI blocks"};
    std::vector<std::string> out;
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
        std::vector<std::pair<std::string, std::uint64_t>> names(from.names[kind].begin(),
                                                                 from.names[kind].end());
        std::stable_sort(names.begin(), names.end(),
                         [](const auto& a, const auto& b) { return a.second > b.second; });
        for (std::size_t i = 0; i < std::min(names.size(), names_shown); ++i) out.push_back(names[i].first);
        if (names.size() > names_shown) {
            out.push_back("and " + std::to_string(names.size() - names_shown) + " more " + kinds[kind]);
        }
    }
    return out;
}

}  // namespace

struct CampaignGrouper::State {
    std::int64_t gap_hours = 72, link_gap_hours = 720;
    std::unordered_map<std::string, std::uint32_t> ids;
    std::vector<Key> keys;
    std::unordered_set<Bond, BondHash> bonds;

    std::uint32_t key_of(const std::string& id, KeyKind kind, std::string_view name, std::string_view style);
    void note(std::uint32_t key, Micros time);
    [[nodiscard]] Key* find(const std::string& id) {
        const auto it = ids.find(id);
        return it == ids.end() ? nullptr : &keys[it->second];
    }
};

std::uint32_t CampaignGrouper::State::key_of(const std::string& id, KeyKind kind, std::string_view name,
                                             std::string_view style) {
    const auto [it, fresh] = ids.try_emplace(id, static_cast<std::uint32_t>(keys.size()));
    if (fresh) {
        keys.push_back({});
        keys.back().kind = kind;
        keys.back().name = name;
        keys.back().style = style;
    } else if (name < keys[it->second].name) {
        keys[it->second].name = name;
    }
    return it->second;
}

void CampaignGrouper::State::note(std::uint32_t key, Micros time) {
    Cell& cell = keys[key].hours[hour_of(time)];
    cell.first = cell.calls == 0 ? time : std::min(cell.first, time);
    cell.last = cell.calls == 0 ? time : std::max(cell.last, time);
    ++cell.calls;
}

CampaignGrouper::CampaignGrouper(const Settings& settings) : state_(std::make_unique<State>()) {
    state_->gap_hours = settings.campaign_gap_hours;
    state_->link_gap_hours = settings.link_gap_hours;
}
CampaignGrouper::~CampaignGrouper() = default;

void CampaignGrouper::observe(const FlaggedCall& call) {
    State& s = *state_;
    const bool linked = !trim(call.link).empty();
    if (!has_time(call)) {
        const std::uint32_t key =
            linked ? s.key_of(link_id(call), KeyKind::link, trim(call.link), "")
                   : s.key_of(trunk_id(call), KeyKind::trunk, trim(call.trunk), call.style);
        ++s.keys[key].untimed;
        return;
    }
    const std::uint32_t trunk = s.key_of(trunk_id(call), KeyKind::trunk, trim(call.trunk), call.style);
    s.note(trunk, call.time);
    const auto bind = [&](std::uint32_t key) {
        s.note(key, call.time);
        s.bonds.insert({trunk, key, hour_of(call.time)});
    };
    if (const std::string operation = operation_id(call); !operation.empty()) {
        bind(s.key_of(operation, KeyKind::operation, "", ""));
    }
    if (const std::string block = block_of(call); !block.empty()) {
        bind(s.key_of("b" + block, KeyKind::block, block, ""));
    }
    if (linked) bind(s.key_of(link_id(call), KeyKind::link, trim(call.link), ""));
}

std::vector<Campaign> CampaignGrouper::finish() {
    State& s = *state_;
    // In the order of their ids, so that nothing depends on the order of the calls.
    const std::map<std::string, std::uint32_t> sorted(s.ids.begin(), s.ids.end());
    std::uint32_t nodes = 0;
    for (const auto& [id, at] : sorted) {
        add_episodes(s.keys[at], s.keys[at].kind == KeyKind::link ? s.link_gap_hours : s.gap_hours);
        for (Episode& episode : s.keys[at].episodes) episode.node = nodes++;
    }
    UnionFind groups(nodes);
    for (const Bond& bond : s.bonds) {
        // Any instant of the key's hour lies in the same episode as the call: gaps are whole hours.
        const Episode* a = episode_at(s.keys[bond.a].episodes, s.keys[bond.a].hours.at(bond.hour).first);
        const Episode* b = episode_at(s.keys[bond.b].episodes, s.keys[bond.b].hours.at(bond.hour).first);
        groups.join(a->node, b->node);
    }
    s.bonds = {};

    std::unordered_map<std::uint32_t, std::size_t> place;
    std::vector<Gathering> gatherings;
    for (const auto& [id, at] : sorted) {
        Key& key = s.keys[at];
        key.hours = {};
        for (Episode& episode : key.episodes) {
            const auto [it, fresh] = place.try_emplace(groups.root(episode.node), gatherings.size());
            if (fresh) gatherings.emplace_back();
            gather(gatherings[it->second], key, episode);
            episode.campaign = static_cast<std::uint32_t>(it->second);
        }
    }
    std::vector<std::uint32_t> order(gatherings.size());
    std::iota(order.begin(), order.end(), 0U);
    for (Gathering& gathering : gatherings) gathering.campaign.held_by = held_by(gathering);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t left, std::uint32_t right) {
        const Campaign& a = gatherings[left].campaign;
        const Campaign& b = gatherings[right].campaign;
        if (a.calls != b.calls) return a.calls > b.calls;
        if (a.first != b.first) return a.first < b.first;
        if (a.last != b.last) return a.last < b.last;
        return a.held_by < b.held_by;
    });
    std::vector<std::uint32_t> index(gatherings.size());
    std::vector<Campaign> out;
    for (std::uint32_t i = 0; i < order.size(); ++i) {
        index[order[i]] = i + 1;
        out.push_back(std::move(gatherings[order[i]].campaign));
        out.back().index = i + 1;
    }
    for (Key& key : s.keys) {
        for (Episode& episode : key.episodes) episode.campaign = index[episode.campaign];
    }
    return out;
}

std::uint32_t CampaignGrouper::campaign_of(const FlaggedCall& call) const {
    const bool untimed = !has_time(call);
    const bool linked = !trim(call.link).empty();
    Key* key = state_->find(untimed && linked ? link_id(call) : trunk_id(call));
    if (key == nullptr) return 0;
    const Episode* episode = untimed ? untimed_episode(key->episodes) : episode_at(key->episodes, call.time);
    return episode == nullptr ? 0 : episode->campaign;
}

}  // namespace sendh::detect
