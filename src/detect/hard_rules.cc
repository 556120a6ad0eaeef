#include "detect/hard_rules.h"

#include "detect/indicator.h"

namespace sendh::detect {

namespace {

std::size_t kind_of(NumberClass cli, Ingress ingress, bool redirected) {
    return (static_cast<std::size_t>(cli) * 4 + static_cast<std::size_t>(ingress)) * 2 + (redirected ? 1 : 0);
}
static_assert(static_cast<int>(Ingress::unknown) < 4 && static_cast<int>(Ingress::own) < 4);

CallView view_of(std::size_t kind) {
    CallView call;
    call.cli_class = static_cast<NumberClass>(kind / 8);
    call.ingress = static_cast<Ingress>(kind / 2 % 4);
    if (kind % 2 == 1) call.redirect = PhoneNumber::from_bits(1);
    return call;
}

bool breaks(const Rule& rule, std::size_t kind) {
    static const Settings settings;
    return rule.text.direction == Speaks::fake && rule.test(view_of(kind), settings).has_value();
}

}  // namespace

void HardRules::count(const CallBatch& calls, const NameTable& names) {
    std::vector<Ingress> ingress(names.size(), Ingress::unknown);
    std::vector<bool> known(names.size());
    for (std::size_t i = 0; i < calls.size(); ++i) {
        if (calls.service[i] != Service::voice) continue;
        const std::uint32_t trunk = calls.trunk_in[i];
        if (trunk != 0 && !known[trunk]) {
            known[trunk] = true;
            if (const Trunk* found = trunks_.find(label_(names.name(trunk)))) ingress[trunk] = found->ingress;
        }
        // As Judge has it: on an international trunk a gateway calls its own leg "out".
        const bool ours = calls.direction[i] == Direction::outgoing &&
                          !(ingress[trunk] == Ingress::international && is_national(calls.callee_class[i]));
        if (!ours) ++counts_[kind_of(calls.cli_class[i], ingress[trunk], !calls.redirect[i].is_none())];
    }
}

std::vector<HardRules::Broken> HardRules::broken() const {
    std::vector<Broken> out;
    for (const Rule* rule : rules()) {
        Broken broken{rule->text.code, 0};
        for (std::size_t kind = 0; kind < kinds; ++kind) {
            if (counts_[kind] > 0 && breaks(*rule, kind)) broken.calls += counts_[kind];
        }
        if (broken.calls > 0) out.push_back(broken);
    }
    return out;
}

std::uint64_t HardRules::calls() const {
    std::uint64_t calls = 0;
    for (std::size_t kind = 0; kind < kinds; ++kind) {
        const bool any =
            counts_[kind] > 0 && std::any_of(rules().begin(), rules().end(),
                                             [&](const Rule* rule) { return breaks(*rule, kind); });
        if (any) calls += counts_[kind];
    }
    return calls;
}

}  // namespace sendh::detect
