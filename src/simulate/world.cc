#include "simulate/world.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <unordered_map>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "simulate/people.h"
#include "simulate/random.h"
#include "simulate/traffic.h"

namespace sendh::simulate {

namespace {

struct HabitWords {
    Habit habit;
    std::string_view name, description;
};
constexpr std::array<HabitWords, habits> kHabits = {{
    {Habit::leaked_list, "leaked_list", "The callers dial a leaked list of the register, with strays."},
    {Habit::range_sweep, "range_sweep",
     "No leak: the callers dial blocks that hold many official numbers, number after number."},
    {Habit::uniform, "uniform", "No leak: the callers dial anybody in the population."},
    {Habit::contiguous_swept, "contiguous_swept",
     "No leak: the register is one run of numbers, and the callers dial that run, number after number."},
    {Habit::official_blocks, "official_blocks",
     "No leak: the callers dial anybody, and numbers of official blocks more often than others."},
}};

const HabitWords& words_of(Habit habit) { return kHabits.at(static_cast<std::size_t>(habit)); }

constexpr std::string_view kCallHeader =
    "CALL_TIME,CALL_DATE,CALLING_PARTY_NUMBER,CALLED_PARTY_NUMBER,CALL_DURATION_SEC,ORIG_SWITCH_ID,"
    "ORG_TRUNC_GROUP,TERM_TRUNC_GROUP,CALL_DIRECTION,CALL_TYPE,ORIG_CARR_NAME,TERM_CARR_NAME,Country\n";

void add_two(std::string& out, int value) {
    out += static_cast<char>('0' + value / 10 % 10);
    out += static_cast<char>('0' + value % 10);
}

void add_joined(std::string& out, std::initializer_list<std::string_view> fields) {
    bool first = true;
    for (const std::string_view field : fields) {
        if (!first) out += ',';
        out += field;
        first = false;
    }
}

std::string calls_csv(const std::vector<Record>& calls) {
    std::string out(kCallHeader);
    out.reserve(calls.size() * 130 + out.size());
    for (const Record& call : calls) {
        const CivilTime c = to_civil({call.second * micros_per_second}, Zone{});
        add_two(out, c.hour);
        out += ':';
        add_two(out, c.minute);
        out += ':';
        add_two(out, c.second);
        out += ',';
        add_two(out, c.day);
        out += '/';
        add_two(out, c.month);
        out += '/';
        out += std::to_string(c.year);
        out += call.plus ? ",+" : ",";
        const TrunkLine& in = kTrunks.at(call.trunk_in);
        const TrunkLine& on = kTrunks.at(call.trunk_out);
        add_joined(out,
                   {std::to_string(call.cli), std::to_string(call.callee), std::to_string(call.duration),
                    call.trunk_in % 2 == 0 ? "SW1" : "SW2", in.name, on.name, call.outgoing ? "OUT" : "IN",
                    "VOICE", in.carrier, on.carrier, country_name(call.country)});
        out += '\n';
    }
    return out;
}

std::string register_csv(const People& people) {
    std::string out = "number,name,designation,department,district,joined,left\n";
    for (const Entry& entry : people.entries) {
        add_joined(out, {std::to_string(entry.number), entry.name, entry.designation, entry.department,
                         entry.district, iso_date(entry.joined, Zone{}),
                         entry.left.value == 0 ? std::string() : iso_date(entry.left, Zone{})});
        out += '\n';
    }
    return out;
}

std::string population_csv(const People& people) {
    std::string out = "number,line_type,operator\n";
    for (const std::uint64_t number : people.population) {
        add_joined(out, {std::to_string(number), "mobile", operator_of(number)});
        out += '\n';
    }
    return out;
}

std::string canaries_csv(const People& people) {
    std::string out = "number\n";
    for (const std::uint64_t number : people.canaries) out += std::to_string(number) + '\n';
    return out;
}

std::string trunks_csv() {
    std::string out = "trunk,carrier,ingress\n";
    for (const TrunkLine& trunk : kTrunks) {
        add_joined(out, {trunk.name, trunk.carrier, trunk.ingress});
        out += '\n';
    }
    return out;
}

std::string roaming_csv(const std::vector<Stay>& stays) {
    std::string out = "number,from,to\n";
    for (const Stay& stay : stays) {
        add_joined(out, {std::to_string(stay.number), iso_time({stay.from * micros_per_second}, Zone{}),
                         iso_time({stay.to * micros_per_second}, Zone{})});
        out += '\n';
    }
    return out;
}

std::string directory_csv(const People& people, Random& random) {
    std::string out = "number,name\n";
    for (const std::uint64_t number : people.population) {
        const bool listed = random.percent(people.is_member(number) ? 15 : 8);
        if (!listed) continue;
        add_joined(out, {std::to_string(number), made_up_name(random)});
        out += '\n';
    }
    return out;
}

struct Script {
    std::string_view language, text, link;
    bool threat, press;
};
constexpr std::array<Script, 10> kScripts = {{
    {"hi", "आपका मोबाइल नंबर दो घंटे में बंद कर दिया जाएगा। अधिक जानकारी के लिए 9 दबाएँ।", "", true, true},
    {"hi", "दूरसंचार विभाग से बोल रहे हैं, आपके आधार पर दूसरा सिम चल रहा है, नंबर आज ही बंद होगा", "", true, false},
    {"hi", "पुलिस थाने से बताकर वीडियो कॉल पर बयान देने को कहा और गिरफ्तारी की धमकी दी", "", true, false},
    {"en", "Your mobile service will be stopped within two hours. Press 9 to speak to an officer.", "", true,
     true},
    {"en", "This is a call from TRAI. All your numbers will be disconnected. Press 9 for details.", "", true,
     true},
    {"en", "Caller said he was from the telecom department and sent a link to verify the SIM",
     "https://sim-verify.example/kyc", true, false},
    {"mixed", "Aapka number do ghante mein band ho jayega, nau dabaiye", "", true, true},
    {"mixed", "Bola ki aapke Aadhaar se illegal SIM liya gaya hai, 9 press kijiye, court ka notice hai", "",
     true, true},
    {"mixed", "SIM block hone wala hai, is link par KYC update karein", "https://kyc-sanchar.test/update",
     true, false},
    {"hi", "फोन उठाया तो रिकॉर्ड की हुई आवाज़ थी, कुछ समझ नहीं आया, मैंने काट दिया", "", false, false},
}};

struct Told {
    std::string csv;
    std::uint64_t reports = 0, members = 0, without_time = 0, late = 0;
};

std::size_t part_of(std::size_t all, double share) {
    return static_cast<std::size_t>(std::llround(static_cast<double>(all) * share));
}

Told tell_reports(const WorldSettings& settings, const People& people, const Traffic& traffic, bool leaked,
                  Random& random) {
    const Reporting& how = settings.reporting;
    std::vector<std::uint64_t> called = traffic.campaign_hits;
    std::erase_if(called, [&](std::uint64_t number) {
        const bool canary = std::binary_search(people.canaries.begin(), people.canaries.end(), number);
        return canary || (how.only_members && !people.is_member(number));
    });
    random.shuffle(called);
    if (how.share) {
        called.resize(part_of(called.size(), *how.share));
    } else {
        // Members tell; where the campaign reached few of them, others do too.
        const auto others = std::stable_partition(
            called.begin(), called.end(), [&](std::uint64_t number) { return people.is_member(number); });
        const auto members = static_cast<std::size_t>(others - called.begin());
        called.resize(std::min(called.size(), std::clamp<std::size_t>(members, 12, 36)));
    }
    std::unordered_map<std::uint64_t, const Record*> first;
    for (const Record& call : traffic.calls) {
        if (call.sort == Sort::campaign) first.try_emplace(call.callee, &call);
    }
    std::vector<const Record*> told;
    for (const std::uint64_t number : called) told.push_back(first.at(number));
    std::sort(told.begin(), told.end(),
              [](const Record* a, const Record* b) { return a->second < b->second; });
    std::unordered_map<std::uint64_t, const Entry*> entries;
    for (const Entry& entry : people.entries) entries.emplace(entry.number, &entry);

    // Which reports tell the day alone, and which of the others are late.
    std::vector<char> kind(told.size(), 0);
    Told all;
    all.without_time = part_of(told.size(), how.without_time);
    all.late = std::min<std::uint64_t>(part_of(told.size(), how.late), told.size() - all.without_time);
    if (all.without_time + all.late > 0) {
        const auto days = kind.begin() + static_cast<std::ptrdiff_t>(all.without_time);
        std::fill(kind.begin(), days, 'd');
        std::fill(days, days + static_cast<std::ptrdiff_t>(all.late), 'l');
        random.shuffle(kind);
    }
    all.reports = told.size();

    const auto yes = [&](std::uint32_t percent) { return random.percent(percent) ? "yes" : "no"; };
    std::string& out = all.csv;
    out =
        "number,time,cli,text,link,threat,asked_to_press_key,knew_name,knew_designation,knew_department,"
        "district,language,money_lost\n";
    for (std::size_t i = 0; i < told.size(); ++i) {
        const Record* call = told[i];
        all.members += people.is_member(call->callee) ? 1U : 0U;
        const Script& script = random.any(kScripts);
        const auto entry = entries.find(call->callee);
        const std::string cli = random.percent(85) ? (call->plus ? "+" : "") + std::to_string(call->cli) : "";
        std::int64_t second = call->second;
        if (kind[i] == 'l') second += random.between(6 * 3'600, 5 * 86'400);
        std::string time = readable_time({second * micros_per_second}, Zone{});
        time.resize(kind[i] == 'd' ? std::string_view("2025-09-01").size() : time.size() - 3);
        add_joined(out, {std::to_string(call->callee), time, cli, "\"" + std::string(script.text) + "\"",
                         script.link, script.threat ? "yes" : "no", script.press ? "yes" : "no",
                         yes(leaked ? 60 : 3), yes(leaked ? 45 : 1), yes(leaked ? 40 : 2),
                         entry == entries.end() ? std::string_view() : entry->second->district,
                         script.language, random.percent(4) ? "25000" : ""});
        out += '\n';
    }
    return all;
}

std::string description_of(const WorldSettings& settings, const WorldTruth& truth) {
    if (settings.habit == Habit::leaked_list && !truth.leaked)
        return std::string(words_of(Habit::uniform).description);
    if (truth.leaked_copies.empty()) return std::string(words_of(settings.habit).description);
    if (truth.leaked_copies.size() == 1)
        return "The callers dial a leaked copy of the register, several at once, with strays.";
    return "The callers dial " + std::to_string(truth.leaked_copies.size()) +
           " leaked copies of the register, several at once in each, with strays.";
}

std::string truth_json(const WorldSettings& settings, const People& people, const Traffic& traffic,
                       const DialLists& dialled, const Told& told, const WorldTruth& truth) {
    JsonWriter out(2);
    out.begin_object().field("schema", "sendh/world/1").field("description", truth.description);
    out.field("habit", name_of(settings.habit)).field("leaked", truth.leaked).field("seed", settings.seed);
    out.field("start", iso_time(settings.start, Zone{})).field("days", settings.days);
    out.field("members", people.members.size()).field("population", people.population.size());
    out.field("snapshot", iso_date(people.snapshot, Zone{})).field("calls", truth.calls);
    out.field("fake_calls", truth.fake_calls).field("hits", traffic.campaign_hits.size());
    out.field("members_hit", truth.members_hit).field("unissued_dialled", traffic.unissued);
    std::uint64_t followed = 0;
    for (const std::uint64_t numbers : traffic.by_list) followed += numbers;
    std::uint64_t canaries = 0;
    for (const std::uint64_t number : traffic.campaign_hits)
        canaries += std::binary_search(people.canaries.begin(), people.canaries.end(), number) ? 1U : 0U;
    out.field("hits_by_list", followed).field("canaries", people.canaries.size());
    out.field("canaries_called", canaries).field("storms", traffic.storms);
    out.field("copies", settings.copies).key("leaked_copies").begin_array();
    for (const std::string& name : truth.leaked_copies) out.value(name);
    out.end_array().key("hits_by_copy").begin_object();
    for (std::size_t i = 0; i < dialled.names.size(); ++i) out.field(dialled.names[i], traffic.by_list[i]);
    out.end_object().key("reports").begin_object().field("rows", told.reports);
    out.field("members", told.members).field("without_time", told.without_time).field("late", told.late);
    out.end_object();
    for (const auto& [key, sort] :
         {std::pair{"campaign_lines", Sort::campaign}, std::pair{"nuisance_lines", Sort::nuisance}}) {
        out.key(key).begin_array();
        for (std::size_t i = 0; i < traffic.calls.size(); ++i) {
            if (traffic.calls[i].sort == sort) out.value(i + 2);
        }
        out.end_array();
    }
    out.end_object();
    return out.take() + "\n";
}

Done check(const WorldSettings& settings) {
    const auto refused = [](std::string what, std::string to_do) {
        return Fault{FaultKind::usage, std::move(what), "", std::move(to_do)};
    };
    if (static_cast<std::size_t>(settings.habit) >= kHabits.size()) return refused("unknown habit", "");
    if (settings.population == 0 || settings.population > 10'000'000) {
        return refused("the population cannot be made", "ask for 1 to 10,000,000 numbers");
    }
    if (settings.members == 0 || settings.members > settings.population) {
        return refused("the register cannot be made", "ask for 1 number up to the size of the population");
    }
    if (settings.canaries > settings.population / 10)
        return refused("so many canaries do not fit into the blocks", "ask for a tenth of the population");
    if (settings.diallers == 0) return refused("somebody has to dial", "give at least one dialler");
    if (settings.hits == 0 || settings.hits > settings.population) {
        return refused("the campaign cannot reach so many numbers",
                       "ask for 1 up to the size of the population");
    }
    if (!(settings.strays >= 0 && settings.strays <= 1)) {
        return refused("the share of strays is not a share", "give a number from 0 to 1");
    }
    const Reporting& told = settings.reporting;
    for (const double share : {settings.background, told.share.value_or(0), told.without_time, told.late}) {
        if (!(share >= 0 && share <= 1))
            return refused("the share of canaries or reports is not a share", "give a number from 0 to 1");
    }
    if (!(told.without_time + told.late <= 1))
        return refused("reports without a time are never late", "let both shares together be at most 1");
    if (!(settings.preference >= 1 && settings.preference <= 1'000))
        return refused("the preference for official blocks cannot be made", "give 1 to 1,000");
    if (settings.storm == 0 || settings.storm > 1'000)
        return refused("the storms cannot be made", "ask for 1 to 1,000 numbers within a second");
    if (!(settings.international_share >= 0 && settings.international_share <= 1)) {
        return refused("the international share is not a share", "give a number from 0 to 1");
    }
    if (!(settings.days > 0 && settings.days <= 3'660)) {
        return refused("the time of the records cannot be made", "give more than 0 and at most 3,660 days");
    }
    return done();
}

}  // namespace

std::string_view name_of(Habit habit) { return words_of(habit).name; }

Result<WorldTruth> write_world(const WorldSettings& settings, const std::filesystem::path& folder,
                               const DialList& list) {
    SENDH_CHECK(check(settings));
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return io_fault("cannot make the folder", folder, error.value());

    Random random(settings.seed);
    const People people = make_people(settings, random);
    SENDH_CHECK(write_durably(folder / "register.csv", register_csv(people)));
    if (settings.canaries > 0) SENDH_CHECK(write_durably(folder / "canaries.csv", canaries_csv(people)));
    DialLists dialled;
    if (list) {
        SENDH_TRY(dialled, list());
    }
    const Traffic traffic = make_traffic(settings, people, dialled.lists, random);
    WorldTruth truth;
    truth.leaked = std::any_of(traffic.by_list.begin(), traffic.by_list.end(),
                               [](std::uint64_t numbers) { return numbers > 0; });
    for (std::size_t i = 0; i < dialled.names.size(); ++i) {
        if (traffic.by_list.at(i) > 0) truth.leaked_copies.push_back(dialled.names[i]);
    }
    truth.description = description_of(settings, truth);
    truth.calls = traffic.calls.size();
    for (const Record& call : traffic.calls) truth.fake_calls += call.sort == Sort::campaign ? 1U : 0U;
    for (const std::uint64_t number : traffic.campaign_hits)
        truth.members_hit += people.is_member(number) ? 1U : 0U;

    SENDH_CHECK(write_durably(folder / "population.csv", population_csv(people)));
    SENDH_CHECK(write_durably(folder / "trunks.csv", trunks_csv()));
    SENDH_CHECK(write_durably(folder / "roaming.csv", roaming_csv(traffic.roaming)));
    SENDH_CHECK(write_durably(folder / "directory.csv", directory_csv(people, random)));
    SENDH_CHECK(write_durably(folder / "calls.csv", calls_csv(traffic.calls)));
    const Told told = tell_reports(settings, people, traffic, truth.leaked, random);
    SENDH_CHECK(write_durably(folder / "reports.csv", told.csv));
    SENDH_CHECK(
        write_durably(folder / "truth.json", truth_json(settings, people, traffic, dialled, told, truth)));
    return truth;
}

}  // namespace sendh::simulate
