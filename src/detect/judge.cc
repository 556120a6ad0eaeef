#include "detect/indicator.h"

namespace sendh::detect {

namespace {

Judgement judge_view(const CallView& call, const Settings& settings) {
    Judgement out;
    const Rule* fake = nullptr;
    const Rule* undecidable = nullptr;
    bool repeats = false;
    bool calls_back = false;
    for (const Rule* rule : {&repeat_callees, &called_back}) {
        if (rule->test(call, settings)) (rule == &repeat_callees ? repeats : calls_back) = true;
    }
    for (const Rule* rule : rules()) {
        const auto measure = rule->test(call, settings);
        if (!measure) continue;
        // A bare report says less than what is reported with it.
        if (rule == &reported && !out.indicators.empty() &&
            out.indicators.back().code.starts_with("reported")) {
            continue;
        }
        out.indicators.push_back({rule->text.code, rule->text.direction, measure->value, measure->threshold});
        if (rule->profile && (repeats || (calls_back && !rule->survives_call_backs))) continue;
        if (rule->text.direction == Speaks::fake && fake == nullptr) fake = rule;
        if (rule->text.direction == Speaks::undecidable && undecidable == nullptr) undecidable = rule;
    }
    if (fake != nullptr) {
        out.verdict = Verdict::fake;
        out.style = fake->style;
    } else if (undecidable != nullptr) {
        out.verdict = Verdict::undecidable;
        out.style = undecidable->style;
        out.needs = undecidable->needs;
    }
    return out;
}

// Habits are those of calls from abroad; the domestic calls of a number that somebody abroad borrows are not
// touched by them.
void add_profile(CallView& call, PhoneNumber callee, const Profiles& profiles) {
    const bool foreign = call.cli_class == NumberClass::foreign;
    if (!foreign && call.ingress != Ingress::international) return;
    call.usual_brief = profiles.usual_brief;
    call.stats = profiles.cli(call.cli);
    if (foreign) call.range = profiles.range(call.cli);
    if (call.time != Micros{}) call.flood = profiles.flood(callee, call.time);
}

}  // namespace

Judge::Judge(const Settings& settings, const TrunkMap& trunks, const RoamingTable& roaming,
             const Profiles& profiles, const NameTable& names, const SeriesTable* series)
    : settings_(settings),
      trunks_(trunks),
      roaming_(roaming),
      profiles_(profiles),
      names_(names),
      series_(series) {
    ingress_.reserve(names.size());
    for (std::uint32_t i = 0; i < names.size(); ++i) {
        const Trunk* trunk = trunks.find(names.name(i));
        ingress_.push_back(trunk != nullptr ? trunk->ingress : Ingress::unknown);
    }
}

Ingress Judge::ingress_of(std::uint32_t trunk) const {
    if (trunk == 0) return Ingress::unknown;
    if (trunk < ingress_.size()) return ingress_[trunk];
    if (trunk >= names_.size()) return Ingress::unknown;
    const Trunk* found = trunks_.find(names_.name(trunk));
    return found != nullptr ? found->ingress : Ingress::unknown;
}

Judgement Judge::judge(const CallBatch& batch, std::size_t row) const {
    if (batch.service[row] != Service::voice) return {};
    // On an international trunk a gateway calls its own leg "out": who came in over it is not ours.
    const Ingress ingress = ingress_of(batch.trunk_in[row]);
    const bool home = is_national(batch.callee_class[row]);
    if (batch.direction[row] == Direction::outgoing && !(ingress == Ingress::international && home))
        return {};
    CallView call;
    call.cli = batch.cli[row];
    call.cli_class = batch.cli_class[row];
    call.redirect = batch.redirect[row];
    call.time = batch.time[row];
    call.ingress = ingress;
    call.roaming = &roaming_;
    call.series = series_;
    add_profile(call, batch.callee[row], profiles_);
    return judge_view(call, settings_);
}

Judgement Judge::judge(const Complaint& complaint) const {
    CallView call;
    call.cli = complaint.cli.number;
    call.cli_class = complaint.cli.number_class;
    if (complaint.time && !complaint.time_is_date_only) call.time = *complaint.time;
    call.roaming = &roaming_;
    call.series = series_;
    call.complaint = &complaint;
    add_profile(call, complaint.number, profiles_);
    return judge_view(call, settings_);
}

}  // namespace sendh::detect
