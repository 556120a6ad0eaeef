#include "simulate/world.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "base/folder.h"
#include "simulate/random.h"

namespace sendh::simulate {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFiles = {"register.csv",  "population.csv", "trunks.csv",  "roaming.csv",
                               "directory.csv", "calls.csv",      "reports.csv", "truth.json"};
constexpr std::array kHabits = {Habit::leaked_list, Habit::range_sweep, Habit::uniform,
                                Habit::contiguous_swept, Habit::official_blocks};

using Table = std::vector<std::vector<std::string>>;

std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Fields of each row; quotes are kept together.
Table table(const fs::path& path) {
    Table rows;
    std::istringstream in(read(path));
    for (std::string line; std::getline(in, line);) {
        std::vector<std::string> fields(1);
        bool quoted = false;
        for (const char c : line) {
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.emplace_back();
            } else {
                fields.back() += c;
            }
        }
        rows.push_back(std::move(fields));
    }
    return rows;
}

std::set<std::string> first_column(const Table& rows) {
    std::set<std::string> all;
    for (std::size_t i = 1; i < rows.size(); ++i) all.insert(rows[i][0]);
    return all;
}

WorldSettings small(Habit habit, std::uint64_t seed = 7) {
    WorldSettings settings;
    settings.seed = seed;
    settings.habit = habit;
    settings.members = 300;
    settings.population = 9'000;
    settings.hits = 120;
    settings.ordinary_calls = 12'000;
    settings.start = *parse_iso("2025-03-03", Zone{});
    return settings;
}

struct World {
    fs::path folder;
    WorldTruth truth;
};

World make(const WorldSettings& settings, const std::string& name, const DialList& list = {}) {
    static const test::Folder worlds;
    const fs::path folder = worlds / name;
    fs::remove_all(folder);
    const auto truth = write_world(settings, folder, list);
    REQUIRE(truth.ok());
    return {folder, *truth};
}

nlohmann::json truth_of(const World& world) {
    return nlohmann::json::parse(read(world.folder / "truth.json"));
}

TEST_CASE("the same seed gives the same bytes, another seed other ones") {
    for (const Habit habit : kHabits) {
        const World one = make(small(habit), "one");
        const World two = make(small(habit), "two");
        const World other = make(small(habit, 8), "other");
        for (const char* file : kFiles) CHECK(read(one.folder / file) == read(two.folder / file));
        CHECK(read(one.folder / "calls.csv") != read(other.folder / "calls.csv"));
    }
}

TEST_CASE("the generator gives the published sequence, so that worlds are the same on every machine") {
    // splitmix64 of 0 fills the state; xoshiro256** then begins as the authors' code does.
    Random random(0);
    CHECK(random.next() == 0x99ec5f36cb75f2b4ULL);
    CHECK(random.next() == 0xbf6e1f784956452aULL);
    for (int i = 0; i < 1'000; ++i) {
        CHECK(random.below(7) < 7);
        const std::int64_t x = random.between(-3, 3);
        CHECK((x >= -3 && x <= 3));
    }
}

TEST_CASE("the counts are as asked, and members and reports stand in the population") {
    for (const Habit habit : kHabits) {
        const World world = make(small(habit), "counts");
        const auto population = first_column(table(world.folder / "population.csv"));
        const auto members = first_column(table(world.folder / "register.csv"));
        CHECK(population.size() == 9'000);
        CHECK(members.size() == 300);
        CHECK(table(world.folder / "population.csv").size() == 9'001);
        CHECK(std::includes(population.begin(), population.end(), members.begin(), members.end()));
        const auto directory = first_column(table(world.folder / "directory.csv"));
        CHECK(std::includes(population.begin(), population.end(), directory.begin(), directory.end()));
        CHECK(directory.size() > 400);
        const auto told = first_column(table(world.folder / "reports.csv"));
        CHECK(told.size() >= 5);
        CHECK(told.size() <= 36);
        CHECK(std::includes(population.begin(), population.end(), told.begin(), told.end()));
        CHECK(table(world.folder / "calls.csv").size() == world.truth.calls + 1);
        CHECK(world.truth.calls > 12'000 + world.truth.fake_calls);
        CHECK(world.truth.fake_calls >= 120);
        CHECK(world.truth.fake_calls < 300);
    }
}

TEST_CASE("calls come in the gateway's layout, in time order, between known trunks, within the time asked") {
    const World world = make(small(Habit::leaked_list), "layout");
    const Table calls = table(world.folder / "calls.csv");
    CHECK(calls[0] == std::vector<std::string>{"CALL_TIME", "CALL_DATE", "CALLING_PARTY_NUMBER",
                                               "CALLED_PARTY_NUMBER", "CALL_DURATION_SEC", "ORIG_SWITCH_ID",
                                               "ORG_TRUNC_GROUP", "TERM_TRUNC_GROUP", "CALL_DIRECTION",
                                               "CALL_TYPE", "ORIG_CARR_NAME", "TERM_CARR_NAME", "Country"});
    const auto trunks = first_column(table(world.folder / "trunks.csv"));
    const std::regex time("([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]");
    const std::regex date("[0-3][0-9]/03/2025");
    const std::regex number("\\+?[0-9]{7,19}");
    std::string last;
    for (std::size_t i = 1; i < calls.size(); ++i) {
        const auto& row = calls[i];
        REQUIRE(row.size() == 13);
        REQUIRE(std::regex_match(row[0], time));
        REQUIRE(std::regex_match(row[1], date));
        REQUIRE(std::regex_match(row[2], number));
        REQUIRE(std::regex_match(row[3], number));
        REQUIRE(trunks.contains(row[6]));
        REQUIRE(trunks.contains(row[7]));
        const std::string now = row[1].substr(6) + row[1].substr(3, 2) + row[1].substr(0, 2) + row[0];
        REQUIRE(now >= last);
        last = now;
    }
    CHECK(last < "20250323");
}

// Issued numbers that the campaign called, by the lines that the truth names.
std::set<std::string> campaign_callees(const World& world) {
    const auto truth = truth_of(world);
    const Table calls = table(world.folder / "calls.csv");
    const auto population = first_column(table(world.folder / "population.csv"));
    std::set<std::string> callees;
    for (const auto& line : truth["campaign_lines"]) {
        const auto& row = calls.at(line.get<std::size_t>() - 1);
        CHECK((row[6] == "INT-02" || row[6] == "INT-04"));
        if (population.contains(row[3])) callees.insert(row[3]);
    }
    CHECK(truth["campaign_lines"].size() == world.truth.fake_calls);
    return callees;
}

TEST_CASE("the campaign reaches as many numbers as asked, and members as its habit says") {
    std::map<Habit, std::size_t> members_hit;
    for (const Habit habit : kHabits) {
        const World world = make(small(habit), "habit");
        const auto callees = campaign_callees(world);
        CHECK(callees.size() == 120);
        const auto members = first_column(table(world.folder / "register.csv"));
        std::size_t hit = 0;
        for (const std::string& number : callees) hit += members.contains(number) ? 1U : 0U;
        CHECK(hit == world.truth.members_hit);
        CHECK(world.truth.leaked == (habit == Habit::leaked_list));
        members_hit[habit] = hit;
    }
    CHECK(members_hit[Habit::leaked_list] >= 105);
    CHECK(members_hit[Habit::contiguous_swept] == 120);
    CHECK(members_hit[Habit::uniform] <= 15);
    CHECK(members_hit[Habit::official_blocks] > members_hit[Habit::uniform]);
    CHECK(members_hit[Habit::official_blocks] < members_hit[Habit::leaked_list]);
    CHECK(members_hit[Habit::range_sweep] > 30);
    CHECK(members_hit[Habit::range_sweep] < 90);
}

TEST_CASE("a sweep goes number after number, also over numbers that nobody has") {
    for (const Habit habit : {Habit::range_sweep, Habit::contiguous_swept}) {
        const World world = make(small(habit), "sweep");
        const auto truth = truth_of(world);
        const Table calls = table(world.folder / "calls.csv");
        std::vector<std::string> order;
        for (const auto& line : truth["campaign_lines"]) {
            const std::string& callee = calls.at(line.get<std::size_t>() - 1)[3];
            if (std::find(order.begin(), order.end(), callee) == order.end()) order.push_back(callee);
        }
        CHECK(std::is_sorted(order.begin(), order.end()));
        CHECK(truth["unissued_dialled"].get<int>() > 0);
        CHECK(order.size() == 120 + truth["unissued_dialled"].get<std::size_t>());
    }
}

TEST_CASE("the run of a contiguous register does not begin or end at a hundred") {
    for (std::uint64_t seed = 1; seed < 6; ++seed) {
        const World world = make(small(Habit::contiguous_swept, seed), "run");
        const auto members = first_column(table(world.folder / "register.csv"));
        const auto population = first_column(table(world.folder / "population.csv"));
        for (const std::string& edge : {*members.begin(), *members.rbegin()}) {
            const int in_block = std::stoi(edge.substr(8));
            CHECK(in_block >= 15);
            CHECK(in_block < 85);
        }
        const auto from = population.find(*members.begin());
        const auto to = population.find(*members.rbegin());
        CHECK(std::distance(from, to) == 299);
    }
}

TEST_CASE("Indian numbers shown from abroad are roaming subscribers, or spoofed by the campaign") {
    const World world = make(small(Habit::leaked_list), "roaming");
    const auto roaming = first_column(table(world.folder / "roaming.csv"));
    const auto truth = truth_of(world);
    std::set<std::size_t> campaign;
    for (const auto& line : truth["campaign_lines"]) campaign.insert(line.get<std::size_t>() - 1);
    const Table calls = table(world.folder / "calls.csv");
    std::size_t spoofed = 0;
    std::size_t home = 0;
    for (std::size_t i = 1; i < calls.size(); ++i) {
        std::string cli = calls[i][2];
        if (cli.starts_with('+')) cli.erase(0, 1);
        if (!calls[i][6].starts_with("INT-") || cli.size() != 12 || !cli.starts_with("91")) continue;
        const bool abroad = roaming.contains(cli.substr(2));
        if (campaign.contains(i)) {
            spoofed += 1;
            CHECK_FALSE(abroad);
        } else {
            home += 1;
            CHECK(abroad);
        }
    }
    CHECK(spoofed > 30);
    CHECK(home > 50);
}

TEST_CASE("where every call is a stray, nothing leaked, whatever the callers hold") {
    WorldSettings settings = small(Habit::leaked_list);
    settings.strays = 1;
    const World world = make(settings, "strays");
    CHECK_FALSE(world.truth.leaked);
    CHECK(truth_of(world)["leaked"] == false);
    CHECK(truth_of(world)["hits_by_list"] == 0);
    CHECK(world.truth.members_hit < 15);
    CHECK(world.truth.description.find("No leak") == 0);
    settings.copies = 2;
    const World copies = make(settings, "strays", [] {
        return Result(DialLists{{{9'876'500'001}}, {"K1"}});
    });
    CHECK(copies.truth.leaked_copies.empty());
    settings.strays = .99;
    CHECK(make(settings, "strays").truth.leaked);
}

// Members in copies of 100 each, as of a register that is made first.
DialList copies_of_members(const WorldSettings& settings, std::size_t copies) {
    const World first = make(settings, "first");
    const auto members = first_column(table(first.folder / "register.csv"));
    DialLists all;
    auto next = members.begin();
    for (std::size_t copy = 0; copy < copies; ++copy) {
        all.names.push_back("K" + std::to_string(copy + 1));
        all.lists.emplace_back();
        for (int i = 0; i < 100; ++i) all.lists.back().push_back(std::stoull(*next++));
    }
    return [all] { return Result(all); };
}

TEST_CASE("several leaked copies are each worked through, and the truth says by how many calls") {
    WorldSettings settings = small(Habit::leaked_list);
    settings.copies = settings.leaked_copies = 3;
    settings.diallers = 1;
    const DialList list = copies_of_members(settings, 3);
    const World world = make(settings, "several", list);
    const DialLists given = *list();
    CHECK(world.truth.leaked_copies == std::vector<std::string>{"K1", "K2", "K3"});
    const auto truth = truth_of(world);
    const auto callees = campaign_callees(world);
    std::size_t all = 0;
    for (std::size_t copy = 0; copy < 3; ++copy) {
        const auto& numbers = given.lists[copy];
        const auto by_copy = truth["hits_by_copy"]["K" + std::to_string(copy + 1)].get<std::size_t>();
        CHECK(by_copy >= 20);
        all += by_copy;
        // From the top: what was reached are the first rows, and a stray or two.
        std::size_t top = 0;
        for (std::size_t row = 0; row < by_copy; ++row)
            top += callees.contains(std::to_string(numbers[row])) ? 1U : 0U;
        CHECK(top == by_copy);
    }
    CHECK(all == 108);
    CHECK(truth["hits_by_list"] == all);
}

TEST_CASE("innocent copies are dialled by nobody") {
    WorldSettings settings = small(Habit::uniform);
    settings.copies = 3;
    const World world = make(settings, "innocent", [] { return Result(DialLists{}); });
    CHECK_FALSE(world.truth.leaked);
    CHECK(truth_of(world)["copies"] == 3);
    CHECK(truth_of(world)["leaked_copies"].empty());
}

TEST_CASE("storms are several numbers called within the same second") {
    WorldSettings settings = small(Habit::uniform);
    settings.storm = 5;
    const World world = make(settings, "storm");
    const auto truth = truth_of(world);
    CHECK(truth["storms"] == 24);
    const Table calls = table(world.folder / "calls.csv");
    std::map<std::string, std::set<std::string>> at;
    for (const auto& line : truth["campaign_lines"]) {
        const auto& row = calls.at(line.get<std::size_t>() - 1);
        at[row[1] + row[0]].insert(row[3]);
    }
    CHECK(std::count_if(at.begin(), at.end(), [](const auto& second) { return second.second.size() >= 5; }) ==
          24);
    CHECK(truth_of(make(small(Habit::uniform), "storm"))["storms"] == 0);
}

TEST_CASE("canaries that ring by chance come besides the hits, and report nothing") {
    WorldSettings settings = small(Habit::uniform);
    settings.canaries = 200;
    CHECK(truth_of(make(settings, "background"))["canaries_called"] == 0);
    settings.background = .25;
    settings.reporting.share = 1;
    const World world = make(settings, "background");
    const auto truth = truth_of(world);
    const auto rang = truth["canaries_called"].get<std::size_t>();
    CHECK(rang > 25);
    CHECK(rang < 75);
    CHECK(campaign_callees(world).size() == 120);
    CHECK(truth["hits"] == 120 + rang);
    CHECK(truth["reports"]["rows"] == 120);
    CHECK(table(world.folder / "reports.csv").size() == 121);
}

TEST_CASE("people report as the world says: how many, who, and when") {
    WorldSettings settings = small(Habit::leaked_list);
    settings.reporting = {.5, false, .25, .5};
    const World world = make(settings, "reports");
    const Table calls = table(world.folder / "calls.csv");
    std::map<std::string, std::set<std::string>> called;  // callee: minutes
    const auto truth = truth_of(world);
    for (const auto& line : truth["campaign_lines"]) {
        const auto& row = calls.at(line.get<std::size_t>() - 1);
        called[row[3]].insert(row[1].substr(6) + "-" + row[1].substr(3, 2) + "-" + row[1].substr(0, 2) + " " +
                              row[0].substr(0, 5));
    }
    const Table reports = table(world.folder / "reports.csv");
    REQUIRE(reports.size() == 61);
    int days = 0;
    int late = 0;
    for (std::size_t i = 1; i < reports.size(); ++i) {
        const auto& minutes = called.at(reports[i][0]);
        const std::string& time = reports[i][1];
        if (time.size() == 10) {
            ++days;
            CHECK(std::any_of(minutes.begin(), minutes.end(),
                              [&](const auto& m) { return m.starts_with(time); }));
        } else if (!minutes.contains(time)) {
            ++late;
            CHECK(time > *minutes.begin());
        }
    }
    CHECK(days == 15);
    CHECK(late == 30);
    CHECK(truth["reports"]["without_time"] == 15);
    CHECK(truth["reports"]["late"] == 30);

    settings.habit = Habit::uniform;
    settings.reporting = {1, true, 0, 0};
    const World members = make(settings, "reports");
    const auto in_register = first_column(table(members.folder / "register.csv"));
    const auto told = first_column(table(members.folder / "reports.csv"));
    CHECK(told.size() == members.truth.members_hit);
    CHECK(std::includes(in_register.begin(), in_register.end(), told.begin(), told.end()));
    settings.reporting = {0, false, 0, 0};
    CHECK(table(make(settings, "reports").folder / "reports.csv").size() == 1);
}

TEST_CASE("the truth holds no phone number") {
    for (const Habit habit : kHabits) {
        const World world = make(small(habit), "truth");
        CHECK_FALSE(std::regex_search(read(world.folder / "truth.json"), std::regex("[0-9]{7}")));
    }
}

TEST_CASE("what cannot be made is refused") {
    const test::Folder worlds;
    const auto refused = [&worlds](auto change) {
        WorldSettings settings = small(Habit::leaked_list);
        change(settings);
        const auto result = write_world(settings, worlds / "refused");
        REQUIRE_FALSE(result.ok());
        CHECK(result.fault().kind == FaultKind::usage);
    };
    refused([](WorldSettings& s) { s.members = 9'001; });
    refused([](WorldSettings& s) { s.members = 0; });
    refused([](WorldSettings& s) { s.hits = 9'001; });
    refused([](WorldSettings& s) { s.population = 0; });
    refused([](WorldSettings& s) { s.strays = 1.5; });
    refused([](WorldSettings& s) { s.days = 0; });
    refused([](WorldSettings& s) { s.storm = 0; });
    refused([](WorldSettings& s) { s.preference = .5; });
    refused([](WorldSettings& s) { s.background = -.1; });
    refused([](WorldSettings& s) { s.reporting.share = 2; });
    refused([](WorldSettings& s) { s.reporting.late = s.reporting.without_time = .6; });
    refused([](WorldSettings& s) { s.international_share = -1; });
}

TEST_CASE("worlds at the edges are made") {
    for (const Habit habit : kHabits) {
        WorldSettings settings = small(habit);
        settings.members = settings.population = settings.hits = 40;
        settings.ordinary_calls = 0;
        settings.days = .01;
        const World world = make(settings, "edge");
        CHECK(campaign_callees(world).size() == 40);
        settings.members = settings.hits = 1;
        settings.start = Micros{};
        CHECK(make(settings, "edge").truth.fake_calls >= 1);
    }
}

}  // namespace
}  // namespace sendh::simulate
