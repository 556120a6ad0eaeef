#include "simulate/power_runs.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/naming.h"
#include "attribution/row_order.h"
#include "simulate/random.h"

namespace sendh::simulate {

namespace {

namespace attr = attribution;

constexpr double log_10 = 2.302585092994046;

// True for this share of draws.
bool happens(Random& random, double share) {
    return static_cast<double>(random.next() >> 11) * 0x1p-53 < share;
}

// Rows of one copy, hit after hit.
class Diallers {
public:
    Diallers(const OrderTrial& trial, Random& random) : trial_(trial), random_(random) {
        for (std::uint32_t part = 0; part < trial.diallers; ++part)
            at_.push_back(static_cast<std::uint32_t>(std::uint64_t{trial.rows} * part / trial.diallers));
    }
    std::uint32_t next() {
        if (happens(random_, trial_.strays)) return random_.below(trial_.rows);
        std::uint32_t& at = at_[random_.below(at_.size())];
        do at = (at + 1) % trial_.rows;
        while (!happens(random_, trial_.density));
        return at;
    }

private:
    const OrderTrial& trial_;
    Random& random_;
    std::vector<std::uint32_t> at_;
};

}  // namespace

HitsToName hits_to_name(const OrderTrial& trial) {
    const double needed = attr::log10_naming_threshold(trial.copies, trial.alpha) * log_10;
    const std::uint32_t most = std::min(HitsToName::most, trial.rows);
    std::vector<std::uint32_t> taken;
    for (std::uint32_t run = 0; run < trial.runs; ++run) {
        Random random(trial.seed * 1'000'003 + run);
        Diallers diallers(trial, random);
        attr::RowOrder order(trial.rows);
        while (order.log_e() < needed && order.hits() < most) (void)order.hit(diallers.next());
        taken.push_back(order.log_e() < needed ? HitsToName::most + 1 : order.hits());
    }
    HitsToName out;
    if (taken.empty()) return out;
    std::sort(taken.begin(), taken.end());
    const auto of = [&](std::size_t index) {
        return taken[index] > HitsToName::most ? std::nullopt : std::optional(taken[index]);
    };
    out.median = of((taken.size() - 1) / 2);
    out.four_in_five = of((taken.size() * 4 + 4) / 5 - 1);
    return out;
}

CanaryNaming name_by_canaries(const CanaryTrial& trial) {
    CanaryNaming out;
    const std::size_t n = trial.copies;
    const std::uint32_t leaked = std::min(trial.leaked, trial.copies);
    const double threshold = attr::log10_naming_threshold(n, trial.alpha);
    for (std::uint32_t run = 0; run < trial.runs; ++run) {
        Random random(trial.seed * 1'000'003 + run);
        std::vector<attr::BitRow> holds;
        std::vector<attr::CopySpec> copies(n);
        for (std::uint32_t j = 0; j < n; ++j) copies[j] = {j, 0, 0, 0, trial.canaries};
        std::vector<std::uint32_t> rings;
        for (std::uint32_t k = 0; k < trial.canaries; ++k) {
            attr::BitRow row(n);
            bool rang = happens(random, trial.background);
            for (std::size_t j = 0; j < n; ++j) {
                if (!happens(random, trial.p)) continue;
                row.set(j);
                ++copies[j].canaries_held;
                if (j < leaked && happens(random, trial.dialled)) rang = true;
            }
            holds.push_back(std::move(row));
            if (rang) rings.push_back(k);
        }
        attr::Attribution evidence(
            copies, std::vector<attr::CanarySpec>(trial.canaries, {trial.p, attr::CanaryLayer::recipient}), 0,
            1);
        random.shuffle(rings);
        for (const std::uint32_t k : rings) evidence.add({k, holds[k], {}, {}});
        ++out.runs;
        double innocent = 0;
        double guilty = -1;
        bool all = true;
        for (std::size_t j = 0; j < n; ++j) {
            const double e = evidence.log10_e(j);
            if (j < leaked) {
                guilty = std::max(guilty, e);
                all = all && e >= threshold;
            } else {
                innocent = j == leaked ? e : std::max(innocent, e);
            }
        }
        out.right_first += n == leaked || guilty > innocent ? 1U : 0U;
        out.all_named += all ? 1U : 0U;
        out.wrong_named += n > leaked && innocent >= threshold ? 1U : 0U;
    }
    return out;
}

}  // namespace sendh::simulate
