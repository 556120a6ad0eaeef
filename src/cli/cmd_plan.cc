#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "attribution/counts.h"
#include "attribution/power.h"
#include "base/text.h"
#include "casework/investigate.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "simulate/investigated.h"
#include "simulate/power_runs.h"
#include "simulate/world.h"

namespace sendh::cli {

namespace {

namespace attr = attribution;

Fault outside(const std::string& flag, const std::string& range) {
    return {FaultKind::usage, flag + " must lie " + range, "", ""};
}

Result<double> share(const Invocation& call, const std::string& flag, double otherwise, bool zero) {
    SENDH_TRY(const double value, call.number(flag, otherwise));
    if (!(value <= 1 && (zero ? value >= 0 : value > 0)))
        return outside(flag, zero ? "from 0 to 1" : "above 0 and at most 1");
    return value;
}

Result<std::uint64_t> count(const Invocation& call, const std::string& flag, std::uint64_t otherwise,
                            std::uint64_t least, std::uint64_t most) {
    SENDH_TRY(const std::uint64_t value, call.whole(flag, otherwise));
    if (value < least || value > most)
        return outside(flag, "from " + grouped(least) + " to " + grouped(most));
    return value;
}

// What is planned for.
struct Plan {
    std::uint64_t copies = 100, rows = 50'000, leaked = 1, diallers = 4;
    std::optional<std::uint64_t> canaries;  // to try; nothing: as the formula says
    double alpha = .01, dialled = .3, strays = .1, density = .02;
    double members = 1, others = 10, odds = 10;
    std::uint64_t asked = 0, called = 0;
    double ratio = .1;
    std::uint64_t runs = 200, seed = 1;
};

Result<Plan> plan_of(Invocation& call) {
    Plan p;
    SENDH_TRY(Case * c, call.open_case_if_any(Case::Access::read));
    if (c != nullptr) {
        SENDH_TRY(const auto registers, c->catalogue().registers());
        const std::string wanted = call.get("--register");
        const RegisterRecord* reg = nullptr;
        for (const RegisterRecord& r : registers) {
            if (wanted.empty() ? registers.size() == 1 : r.name == wanted) reg = &r;
        }
        if (reg == nullptr && !wanted.empty())
            return Fault{FaultKind::missing, "no register of this name", without_numbers(wanted),
                         "sendh register list shows them"};
        if (reg != nullptr) {
            p.rows = std::max<std::uint64_t>(2, reg->entries);
            SENDH_TRY(const auto copies, c->catalogue().copies());
            std::uint64_t given = 0;
            for (const CopyRecord& copy : copies) given += copy.register_id == reg->id ? 1U : 0U;
            if (given > 0) p.copies = given;
        }
    }
    SENDH_TRY(p.copies, count(call, "--copies", p.copies, 1, 1'000'000));
    SENDH_TRY(p.rows, count(call, "--rows", p.rows, 2, 100'000'000));
    if (!call.get("--canaries").empty()) {
        SENDH_TRY(p.canaries, count(call, "--canaries", 0, 0, 100'000));
    }
    SENDH_TRY(p.leaked, count(call, "--leaked", p.leaked, 1, std::min<std::uint64_t>(p.copies, 10)));
    SENDH_TRY(p.diallers, count(call, "--diallers", p.diallers, 1, std::min<std::uint64_t>(p.rows, 1'000)));
    SENDH_TRY(p.alpha, call.number("--alpha", p.alpha));
    if (!(p.alpha > 0 && p.alpha <= .5)) return outside("--alpha", "above 0 and at most 0.5");
    SENDH_TRY(p.dialled, share(call, "--dialled", p.dialled, false));
    SENDH_TRY(p.strays, share(call, "--strays", p.strays, true));
    if (p.strays > .95) return outside("--strays", "from 0 to 0.95");
    SENDH_TRY(p.density, share(call, "--density", p.density, false));
    SENDH_TRY(p.members, call.number("--members", p.members));
    SENDH_TRY(p.others, call.number("--others", p.others));
    SENDH_TRY(p.odds, call.number("--odds", p.odds));
    if (!(p.members > 0 && p.others > 0 && p.odds > 1))
        return Fault{FaultKind::usage, "nothing to compare", "",
                     "--members and --others are numbers of a block (above 0), --odds is above 1"};
    SENDH_TRY(p.asked, count(call, "--asked", 0, 0, 10'000'000));
    if (p.asked == 0 && !call.get("--called").empty())
        return Fault{FaultKind::usage, "--called needs --asked", "", "say of how many members they are"};
    SENDH_TRY(p.called, count(call, "--called", p.asked, 0, p.asked));
    SENDH_TRY(p.ratio, share(call, "--ratio", p.ratio, true));
    SENDH_TRY(p.runs, count(call, "--runs", p.runs, 0, 100'000));
    SENDH_TRY(p.seed, call.whole("--seed", 1));
    return p;
}

class Answers {
public:
    explicit Answers(Format format)
        : out_(format, "power", {"code", "question", "answer", "low", "high", "by", "given"}) {}

    void formula(const std::string& code, const std::string& question, double answer,
                 const std::string& given) {
        out_.row({code, question, rounded(answer), std::monostate{}, std::monostate{}, std::string("formula"),
                  given});
    }
    void never(const std::string& code, const std::string& question, const std::string& by,
               const std::string& given) {
        out_.row({code, question, std::monostate{}, std::monostate{}, std::monostate{}, by, given});
    }
    void median(const std::string& code, const std::string& question, std::optional<std::uint32_t> hits,
                const std::string& given) {
        if (!hits) return never(code, question, "simulation", given);
        out_.row({code, question, static_cast<std::int64_t>(*hits), std::monostate{}, std::monostate{},
                  std::string("simulation"), given});
    }
    // A share of runs, with its exact interval at 95 %.
    void share(const std::string& code, const std::string& question, std::uint64_t of, std::uint64_t runs,
               const std::string& given) {
        const attr::Interval i =
            attr::clopper_pearson(static_cast<std::int64_t>(of), static_cast<std::int64_t>(runs), .95);
        out_.row({code, question, rounded(static_cast<double>(of) / static_cast<double>(runs)), rounded(i.lo),
                  rounded(i.hi), std::string("simulation"), given});
    }
    Done finish() { return out_.finish(); }

private:
    static double rounded(double value) { return std::round(value * 1e4) / 1e4; }
    ListOutput out_;
};

void ask_canaries(const Plan& p, Answers& out) {
    const attr::CanariesNeeded needed = attr::canaries_needed({p.copies, p.alpha, p.dialled, p.leaked});
    const std::string given = fmt::format("{} copies, {} leaked, {} of a list dialled, alpha {}", p.copies,
                                          p.leaked, p.dialled, p.alpha);
    out.formula("canaries", "canaries to plant", static_cast<double>(needed.planned), given);
    out.formula("canary_share", "share of them in each copy", needed.p, given);
    const std::uint64_t planted = p.canaries.value_or(needed.planned);
    const std::uint64_t coins = planted * p.copies;
    if (p.runs == 0 || p.copies < 2) return;
    // Two thousand million coins are some seconds.
    const std::uint64_t runs =
        std::max<std::uint64_t>(1, std::min(p.runs, 2'000'000'000 / std::max<std::uint64_t>(1, coins)));
    const simulate::CanaryNaming tried =
        simulate::name_by_canaries({static_cast<std::uint32_t>(p.copies), p.alpha,
                                    static_cast<std::uint32_t>(planted), static_cast<std::uint32_t>(p.leaked),
                                    needed.p, p.dialled, .02, static_cast<std::uint32_t>(runs), p.seed});
    const std::string with = fmt::format("{} canaries, 2 % ring by chance, {} runs", planted, tried.runs);
    out.share("right_first", "the right copy has most evidence", tried.right_first, tried.runs, with);
    out.share("named", "every leaked copy is named", tried.all_named, tried.runs, with);
    out.share("innocent_named", "an innocent copy is named", tried.wrong_named, tried.runs, with);
}

void ask_row_order(const Plan& p, Answers& out) {
    const std::string given =
        fmt::format("{} rows, {} diallers, {} of the rows passed become calls, {} strays", p.rows, p.diallers,
                    p.density, p.strays);
    const double floor =
        attr::row_order_hits_floor({p.copies, p.alpha, p.rows, p.density, p.diallers, p.strays, 0});
    if (floor >= 1e300) {
        out.never("order_floor", "calls to name a copy by its order, at the least", "formula", given);
    } else {
        out.formula("order_floor", "calls to name a copy by its order, at the least", std::ceil(floor),
                    given);
    }
    if (p.runs == 0) return;
    const simulate::HitsToName tried = simulate::hits_to_name(
        {p.copies, p.alpha, static_cast<std::uint32_t>(p.rows), static_cast<std::uint32_t>(p.diallers),
         p.density, p.strays, static_cast<std::uint32_t>(std::min<std::uint64_t>(p.runs, 2'000)), p.seed});
    out.median("order_median", "calls to name a copy by its order, in half of the runs", tried.median, given);
    out.median("order_four_in_five", "calls to name a copy by its order, in four of five runs",
               tried.four_in_five, given);
}

void ask_levels(const Plan& p, Answers& out) {
    const attr::LevelHits hits = attr::hits_per_level({p.members, p.others, p.odds});
    const std::string given = fmt::format("{} members and {} others a block, members called at odds of {}",
                                          p.members, p.others, p.odds);
    const auto add = [&](const std::string& code, const std::string& level, const attr::HitsNeeded& needed) {
        const std::string question = "numbers reached until a leak is " + level;
        if (needed.reachable) {
            out.formula(code, question, static_cast<double>(needed.hits_likely), given);
        } else {
            out.never(code, question, "formula", given);
        }
    };
    add("hits_indicated", "indicated", hits.indicated);
    add("hits_strong", "strong", hits.strong);
    add("hits_very_strong", "very strong", hits.very_strong);
}

void ask_answers(const Plan& p, Answers& out) {
    if (p.asked == 0) return;
    const attr::ControlsNeeded needed = attr::controls_needed(
        {static_cast<std::int64_t>(p.asked), static_cast<std::int64_t>(p.called), p.ratio}, 1e3);
    const std::string given = fmt::format("{} members asked, {} called; others called {} times as often",
                                          p.asked, p.called, p.ratio);
    const std::string question = "answers of other numbers until a leak is strong";
    if (needed.reachable) {
        out.formula("answers", question, static_cast<double>(needed.controls), given);
    } else {
        out.never("answers", question, "formula", given);
    }
}

}  // namespace

Result<int> power(Invocation& call) {
    SENDH_TRY(const Plan plan, plan_of(call));
    Answers out(call.format());
    ask_canaries(plan, out);
    ask_row_order(plan, out);
    ask_levels(plan, out);
    ask_answers(plan, out);
    SENDH_CHECK(out.finish());
    return 0;
}

namespace {

Done reporting_of(const Invocation& call, simulate::Reporting& how) {
    if (!call.get("--reporting").empty()) {
        SENDH_TRY(how.share, share(call, "--reporting", 0, true));
    }
    how.only_members = call.on("--only-members-report");
    SENDH_TRY(how.without_time, share(call, "--reports-without-time", 0, true));
    SENDH_TRY(how.late, share(call, "--late-reports", 0, true));
    return done();
}

}  // namespace

Result<int> simulate_world(Invocation& call) {
    simulate::WorldSettings settings;
    const std::string habit = call.get("--habit", "leaked_list");
    bool known = false;
    std::vector<std::string> names;
    for (int h = 0; h < simulate::habits; ++h) {
        names.emplace_back(simulate::name_of(static_cast<simulate::Habit>(h)));
        if (names.back() != habit) continue;
        known = true;
        settings.habit = static_cast<simulate::Habit>(h);
    }
    if (!known)
        return Fault{FaultKind::usage, "unknown habit '" + without_numbers(habit) + "'", "",
                     "use one of " + joined(names, ", ")};
    const auto small = [&](const std::string& flag, std::uint32_t otherwise) -> Result<std::uint32_t> {
        SENDH_TRY(const std::uint64_t value, count(call, flag, otherwise, 0, 100'000'000));
        return static_cast<std::uint32_t>(value);
    };
    SENDH_TRY(settings.seed, call.whole("--seed", 1));
    SENDH_TRY(settings.members, small("--members", settings.members));
    SENDH_TRY(settings.population, small("--population", settings.population));
    SENDH_TRY(settings.hits, small("--hits", settings.hits));
    SENDH_TRY(settings.ordinary_calls, small("--ordinary-calls", settings.ordinary_calls));
    SENDH_TRY(settings.copies, small("--copies", 0));
    SENDH_TRY(settings.canaries, small("--canaries", 0));
    SENDH_TRY(settings.diallers, small("--diallers", settings.diallers));
    SENDH_TRY(settings.strays, share(call, "--strays", settings.strays, true));
    SENDH_TRY(settings.days, call.number("--days", settings.days));
    SENDH_TRY(const auto start, call.time("--start", Zone{}));
    settings.start = start.value_or(to_micros({2025, 9, 1, 0, 0, 0, 0}, Zone{}).value_or(Micros{}));
    SENDH_TRY(settings.preference, call.number("--preference", settings.preference));
    SENDH_TRY(settings.storm, small("--storm", settings.storm));
    SENDH_TRY(settings.background, share(call, "--background", 0, true));
    SENDH_CHECK(reporting_of(call, settings.reporting));
    if (settings.copies > 1'000) return outside("--copies", "from 0 to 1,000");
    const bool leaks = settings.habit == simulate::Habit::leaked_list && settings.copies > 0;
    SENDH_TRY(settings.leaked_copies, small("--leaked-copies", leaks ? 1 : 0));
    if (!leaks && settings.leaked_copies > 0)
        return Fault{
            FaultKind::usage, "no copy leaks in this world", "--leaked-copies",
            settings.copies == 0 ? "issue some with --copies N" : "only the habit leaked_list dials a copy"};
    const std::uint32_t most = std::min<std::uint32_t>(3, settings.copies);
    if (leaks && (settings.leaked_copies < 1 || settings.leaked_copies > most))
        return outside("--leaked-copies", "from 1 to " + grouped(most));

    const std::filesystem::path folder = call.argument(0);
    std::error_code error;
    if (std::filesystem::exists(folder, error) &&
        (!std::filesystem::is_directory(folder, error) || !std::filesystem::is_empty(folder, error)))
        return Fault{FaultKind::usage, "the folder for the world is not empty", shown_path(folder),
                     "name another one"};
    if (settings.copies == 0 && !call.on("--investigate")) {
        SENDH_TRY(const simulate::WorldTruth truth, simulate::write_world(settings, folder));
        ListOutput out(call.format(), "worlds", {"folder", "leaked", "calls", "fake_calls", "members_hit"});
        out.row({shown_path(folder), truth.leaked, static_cast<std::int64_t>(truth.calls),
                 static_cast<std::int64_t>(truth.fake_calls), static_cast<std::int64_t>(truth.members_hit)});
        SENDH_CHECK(out.finish());
        return 0;
    }
    SENDH_TRY(const simulate::Investigated world, simulate::investigate_world(settings, folder, "Simulated"));
    std::vector<std::string> copies;
    for (const CopyLine& copy : world.finding.copies) {
        if (copy.named) copies.push_back(copy.id);
    }
    ListOutput out(call.format(), "worlds",
                   {"case", "leaked", "level", "log10_e", "leaked_copy", "named", "calls", "fake_calls"});
    out.row({shown_path(world.case_folder), world.truth.leaked, world.finding.leak.level,
             std::round(world.finding.leak.log10_e * 10) / 10, joined(world.truth.leaked_copies, ", "),
             joined(copies, ", "), static_cast<std::int64_t>(world.truth.calls),
             static_cast<std::int64_t>(world.truth.fake_calls)});
    SENDH_CHECK(out.finish());
    return is_leak_indicated(world.finding) ? 1 : 0;
}

}  // namespace sendh::cli
