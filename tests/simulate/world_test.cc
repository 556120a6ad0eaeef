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
                                Habit::contiguous_swept};

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

World make(const WorldSettings& settings, const std::string& name) {
    static const test::Folder worlds;
    const fs::path folder = worlds / name;
    fs::remove_all(folder);
    const auto truth = write_world(settings, folder);
    REQUIRE(truth.ok());
    return {folder, *truth};
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
    const auto truth = nlohmann::json::parse(read(world.folder / "truth.json"));
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
    CHECK(members_hit[Habit::range_sweep] > 30);
    CHECK(members_hit[Habit::range_sweep] < 90);
}

TEST_CASE("a sweep goes number after number, also over numbers that nobody has") {
    for (const Habit habit : {Habit::range_sweep, Habit::contiguous_swept}) {
        const World world = make(small(habit), "sweep");
        const auto truth = nlohmann::json::parse(read(world.folder / "truth.json"));
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
    const auto truth = nlohmann::json::parse(read(world.folder / "truth.json"));
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
