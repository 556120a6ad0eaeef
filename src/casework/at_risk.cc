#include "casework/at_risk.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "casework/import_shared.h"
#include "casework/registers.h"
#include "numbering/strata.h"
#include "registers/history.h"

namespace sendh {

Result<AtRiskList> who_is_next(Case& c, const RegisterRecord& reg, const std::string& campaign,
                               const std::vector<CampaignHit>& hits, const CopyAttribution* known,
                               bool attributes) {
    AtRiskList out;
    out.campaign = campaign;
    out.register_name = reg.name;
    out.columns = reg.columns;
    std::unordered_set<PhoneNumber> reached;
    Micros last{0};
    for (const CampaignHit& hit : hits) {
        reached.insert(hit.number);
        last = std::max(last, hit.time);
    }
    SENDH_TRY(const auto entries, c.catalogue().entries(reg.id));

    std::optional<CopyAttribution> own;
    if (known == nullptr) {
        SENDH_TRY(auto made, CopyAttribution::of(c, reg, hits));
        own.emplace(std::move(made));
    }
    const CopyAttribution& copies = known != nullptr ? *known : *own;
    std::unordered_map<PhoneNumber, std::vector<std::int64_t>> rows;
    // Of a number with several rows the last one by then: what is known of its holder.
    std::map<PhoneNumber, const EntryRecord*> members;
    std::unordered_map<PhoneNumber, std::optional<Micros>> left;  // nothing: it has not
    for (const EntryRecord& entry : entries) {
        const bool never = never_held(entry.joined, entry.left);
        if (never && copies.empty()) continue;
        SENDH_TRY(const PhoneNumber number, c.open_number(entry.token, Place::of_entry(reg, entry.row)));
        if (!copies.empty()) rows[number].push_back(entry.row);
        if (never) continue;
        const auto [at, first] = left.emplace(number, entry.left);
        if (!first && at->second) at->second = entry.left ? std::max(at->second, entry.left) : std::nullopt;
        if (last.value == 0 || held_before(entry.joined, entry.left, last)) members[number] = &entry;
    }
    std::map<BlockId, std::pair<double, double>> blocks;
    double hit_members = 0;
    for (const auto& [number, entry] : members) {
        auto& [hit, of] = blocks[block_of(number, 1'000)];
        of += 1;
        hit += reached.contains(number) ? 1 : 0;
        hit_members += reached.contains(number) ? 1 : 0;
    }
    const double overall =
        members.empty() ? 0 : (hit_members + 0.5) / (static_cast<double>(members.size()) + 1);
    constexpr double weight = 10;
    double total = 0;
    for (const auto& [number, entry] : members) {
        if (reached.contains(number)) continue;
        const auto& [hit, of] = blocks[block_of(number, 1'000)];
        AtRisk person;
        person.row = entry->row;
        person.number = number;
        person.left = left[number];
        person.share = (hit + weight * overall) / (of + weight);
        total += person.share;
        if (attributes) {
            SENDH_TRY(const std::string text,
                      c.open_text(entry->sealed_attributes, "attributes", Place::of_entry(reg, entry->row)));
            person.attributes = split_cells(text);
        }
        out.people.push_back(std::move(person));
    }
    std::sort(out.people.begin(), out.people.end(),
              [](const AtRisk& a, const AtRisk& b) { return a.row < b.row; });
    for (AtRisk& person : out.people) {
        if (total > 0) person.share /= total;
        if (!copies.empty())
            person.share = copies.no_copy() * person.share + copies.next_hit(rows[person.number]);
    }
    double sum = 0;
    for (const AtRisk& person : out.people) sum += person.share;
    for (AtRisk& person : out.people) person.share = sum > 0 ? person.share / sum : 0;
    std::stable_sort(out.people.begin(), out.people.end(),
                     [](const AtRisk& a, const AtRisk& b) { return a.share > b.share; });
    return out;
}

Result<AtRiskList> at_risk(Case& c, const std::string& register_name, const std::string& campaign,
                           bool attributes) {
    SENDH_TRY(const RegisterRecord reg, find_register(c, register_name));
    SENDH_TRY(const std::uint32_t index, find_campaign(c, campaign));
    SENDH_TRY(const auto hits, campaign_hits(c, index));
    return who_is_next(c, reg, campaign, hits, nullptr, attributes);
}

}  // namespace sendh
