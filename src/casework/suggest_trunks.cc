#include "casework/suggest_trunks.h"

#include "base/text.h"

namespace sendh {

namespace {

std::string share(std::uint64_t part, std::uint64_t whole) {
    // Rounded down: 94.9 % is not 95 %.
    const std::uint64_t tenths = part * 1000 / whole;
    return std::to_string(tenths / 10) + (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10)) + " %";
}

std::string reason_for(const TrunkHabit& habit, Ingress suggestion) {
    if (habit.clis == 0) return "no CLI was presented";
    switch (suggestion) {
        case Ingress::international: return share(habit.foreign, habit.clis) + " of its CLIs are foreign";
        case Ingress::own:
            return share(habit.other, habit.clis) + " of its CLIs are extensions or short codes";
        default: break;
    }
    if (habit.clis < 20) return "only " + std::to_string(habit.clis) + " CLIs";
    if (habit.national * 20 >= habit.clis * 19)
        return "national CLIs: a domestic trunk, or an international one full of spoofed CLIs; ask the "
               "operator";
    return "mixed: " + share(habit.foreign, habit.clis) + " foreign, " + share(habit.national, habit.clis) +
           " national";
}

}  // namespace

Result<std::vector<TrunkSuggestion>> suggest_trunks(Case& c) {
    SENDH_TRY(CallStore * store, c.calls());
    SENDH_TRY(auto traffic, store->trunk_traffic());
    SENDH_TRY(const TrunkMap map, c.trunk_map());
    std::vector<TrunkSuggestion> out;
    for (CallStore::TrunkTraffic& t : traffic) {
        const Trunk* entry = map.find(t.trunk);
        TrunkSuggestion s;
        s.suggestion = suggest_ingress(t.habit);
        s.reason = reason_for(t.habit, s.suggestion);
        if (entry != nullptr && entry->ingress != Ingress::unknown) {
            if (s.suggestion == Ingress::unknown || s.suggestion == entry->ingress) continue;
            s.in_map = name_of(entry->ingress);
            s.reason += ", but the map says " + s.in_map;
        }
        s.traffic = std::move(t);
        out.push_back(std::move(s));
    }
    return out;
}

}  // namespace sendh
