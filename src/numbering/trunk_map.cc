#include "numbering/trunk_map.h"

#include <array>

#include "base/text.h"

namespace sendh {

namespace {
constexpr std::array<std::string_view, ingress_kinds> names = {"unknown", "international", "domestic", "own"};
static_assert(names.size() == static_cast<std::size_t>(Ingress::own) + 1);
std::string key_of(std::string_view name) { return lower_ascii(trim(name)); }
}  // namespace

std::string_view name_of(Ingress ingress) { return names.at(static_cast<std::size_t>(ingress)); }

std::optional<Ingress> parse_ingress(std::string_view text) {
    const std::string word = lower_ascii(trim(text));
    for (const char* w : {"international", "intl", "ild", "int", "foreign", "inter-national", "intl.",
                          "overseas", "isd", "i"}) {
        if (word == w) return Ingress::international;
    }
    for (const char* w : {"domestic", "national", "nld", "local", "interconnect", "inter-circle",
                          "intercircle", "std", "d", "n"}) {
        if (word == w) return Ingress::domestic;
    }
    for (const char* w : {"own", "internal", "intra", "onnet", "on-net", "home", "o"}) {
        if (word == w) return Ingress::own;
    }
    if (word.empty() || word == "unknown") return Ingress::unknown;
    return std::nullopt;
}

Ingress suggest_ingress(const TrunkHabit& habit) {
    constexpr std::uint64_t fewest = 20;
    if (habit.clis < fewest) return Ingress::unknown;
    if (habit.foreign * 20 >= habit.clis * 19) return Ingress::international;
    if (habit.other * 20 >= habit.clis * 19) return Ingress::own;
    return Ingress::unknown;
}

void TrunkMap::add(Trunk trunk) {
    std::string key = key_of(trunk.name);
    trunks_.insert_or_assign(std::move(key), std::move(trunk));
}

const Trunk* TrunkMap::find(std::string_view name) const {
    const auto it = trunks_.find(key_of(name));
    return it == trunks_.end() ? nullptr : &it->second;
}

void RoamingTable::add(const std::vector<RoamInterval>& intervals, bool complete, Micros from, Micros to) {
    for (const RoamInterval& interval : intervals) intervals_[interval.number].push_back(interval);
    if (complete) complete_.push_back({from, to});
}

RoamState RoamingTable::state(PhoneNumber number, Micros at) const {
    if (const auto it = intervals_.find(number); it != intervals_.end()) {
        for (const RoamInterval& interval : it->second) {
            if (interval.from <= at && at < interval.to) return RoamState::abroad;
        }
    }
    for (const Span& span : complete_) {
        if (span.from <= at && at < span.to) return RoamState::home;
    }
    return RoamState::unknown;
}

}  // namespace sendh
