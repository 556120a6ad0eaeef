// Calls made up for the tests of detection, and a judge over them.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "detect/detect.h"

namespace made {

using namespace sendh;
using namespace sendh::detect;

constexpr std::int64_t t0 = 1'730'000'000LL * micros_per_second;
inline Micros at(double hours) { return {t0 + static_cast<std::int64_t>(hours * double(micros_per_hour))}; }

inline ParsedNumber foreign(std::uint64_t n) {
    return {PhoneNumber::from_e164(971'500'000'000 + n), NumberClass::foreign};
}
inline ParsedNumber mobile(std::uint64_t n) {
    return {PhoneNumber::from_e164(919'800'000'000 + n), NumberClass::mobile};
}
inline ParsedNumber of_class(NumberClass cli_class, const char* presented = "12345") {
    return {PhoneNumber::from_presented(presented), cli_class};
}

struct Calls {
    Settings settings;
    std::vector<CallRow> rows;
    TrunkMap trunks;
    RoamingTable roaming;
    NameTable names;
    CallBatch batch;
    std::shared_ptr<const Profiles> profiles;

    Calls() {
        trunks.add({"T9", "carrier", Ingress::international});
        trunks.add({"D1", "carrier", Ingress::domestic});
        trunks.add({"P1", "own", Ingress::own});
    }

    // An unanswered call from abroad unless changed.
    CallRow& add(ParsedNumber cli, ParsedNumber callee, double hours, const char* trunk = "T9") {
        CallRow row;
        row.time = at(hours);
        row.cli = cli;
        row.callee = callee;
        row.duration = 0;
        row.direction = Direction::incoming;
        row.disposition = Disposition::unanswered;
        row.trunk_in = trunk;
        rows.push_back(row);
        return rows.back();
    }
    CallRow& talk(ParsedNumber cli, ParsedNumber callee, double hours, int seconds,
                  const char* trunk = "T9") {
        CallRow& row = add(cli, callee, hours, trunk);
        row.duration = seconds;
        row.disposition = Disposition::answered;
        return row;
    }
    CallRow& call_back(ParsedNumber cli, ParsedNumber callee, double hours, int seconds = 60) {
        CallRow& row = talk(callee, cli, hours, seconds, "P1");
        row.direction = Direction::outgoing;
        return row;
    }

    [[nodiscard]] Ingress ingress(const CallRow& row) const {
        const Trunk* trunk = trunks.find(row.trunk_in);
        return trunk != nullptr ? trunk->ingress : Ingress::unknown;
    }

    // Pass 1 over all rows.
    void profile() {
        std::vector<PartyEvent> events;
        for (const CallRow& r : rows) {
            if (r.service != Service::voice) continue;
            PartyEvent event{r.cli.number,       r.callee.number, r.time, r.duration,           r.disposition,
                             r.cli.number_class, ingress(r),      true,   r.callee.number_class};
            events.push_back(event);
            std::swap(event.party, event.other);
            std::swap(event.party_class, event.other_class);
            event.from_party = false;
            events.push_back(event);
        }
        std::stable_sort(events.begin(), events.end(), [](const PartyEvent& a, const PartyEvent& b) {
            return a.party != b.party ? a.party < b.party : a.time < b.time;
        });
        ProfileBuilder builder(settings);
        builder.add(events);
        profiles = builder.finish();
    }
    // Pass 2 over all rows, in their order.
    std::vector<Judgement> judge() {
        profile();
        batch.clear();
        for (const CallRow& row : rows) append(batch, row, names);
        const Judge judge(settings, trunks, roaming, *profiles, names);
        std::vector<Judgement> out;
        for (std::size_t i = 0; i < batch.size(); ++i) out.push_back(judge.judge(batch, i));
        return out;
    }
    // The last row.
    Judgement last() { return judge().back(); }
    Judgement judge(const Complaint& complaint) {
        profile();
        return Judge(settings, trunks, roaming, *profiles, names).judge(complaint);
    }
};

inline const IndicatorHit* hit(const Judgement& judgement, std::string_view code) {
    for (const IndicatorHit& h : judgement.indicators) {
        if (h.code == code) return &h;
    }
    return nullptr;
}
inline bool has(const Judgement& judgement, std::string_view code) { return hit(judgement, code) != nullptr; }
inline std::size_t fakes(const std::vector<Judgement>& judgements) {
    return static_cast<std::size_t>(std::count_if(
        judgements.begin(), judgements.end(), [](const Judgement& j) { return j.verdict == Verdict::fake; }));
}

}  // namespace made
