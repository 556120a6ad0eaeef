#include "simulate/people.h"

#include <algorithm>
#include <array>

namespace sendh::simulate {

namespace {

constexpr std::array<std::string_view, 24> kGiven = {
    "Asha",   "Bharat", "Chitra", "Deepak", "Ekta",   "Farhan", "Gauri", "Harish",
    "Indira", "Jatin",  "Kavita", "Lokesh", "Meena",  "Naveen", "Ojas",  "Pooja",
    "Rakesh", "Sunita", "Tarun",  "Uma",    "Vikram", "Yamini", "Zoya",  "Mohan"};
constexpr std::array<std::string_view, 20> kFamily = {
    "Sharma", "Verma",   "Patel", "Yadav", "Khan",  "Tiwari", "Dubey", "Rathore", "Joshi", "Mishra",
    "Thakur", "Chouhan", "Soni",  "Malik", "Gupta", "Pandey", "Nagar", "Saxena",  "Bhatt", "Ahirwar"};
constexpr std::array<std::string_view, 7> kDesignations = {
    "Clerk",           "Accountant",         "Inspector", "Section Officer",
    "Deputy Director", "Assistant Engineer", "Teacher"};
constexpr std::array<std::string_view, 5> kDepartments = {"Revenue", "Public Works", "Health", "Education",
                                                          "Transport"};
constexpr std::array<std::string_view, 6> kDistricts = {"Bhopal",   "Indore", "Gwalior",
                                                        "Jabalpur", "Ujjain", "Sagar"};

// First six digits: series of 10,000 numbers.
std::vector<std::uint64_t> series_prefixes(std::size_t count) {
    std::vector<std::uint64_t> all = {987650, 942503, 704912, 881716, 626340, 750914};
    for (std::uint64_t next = 600'011; all.size() < count; next += 211) {
        if (std::find(all.begin(), all.end(), next) == all.end()) all.push_back(next);
    }
    all.resize(count);
    return all;
}

std::vector<std::uint64_t> issue_numbers(std::uint32_t population, Random& random) {
    const std::size_t blocks = population / 85 + 1;
    const std::size_t series = std::max<std::size_t>(4, (blocks + 89) / 90);
    const std::size_t blocks_each = (blocks + series - 1) / series;
    std::vector<std::uint64_t> numbers;
    numbers.reserve(population);
    for (;;) {
        for (const std::uint64_t prefix : series_prefixes(series)) {
            for (std::uint64_t i = 0; i < blocks_each * 100; ++i) {
                if (numbers.size() < population && random.percent(92)) numbers.push_back(prefix * 10'000 + i);
            }
        }
        std::sort(numbers.begin(), numbers.end());
        numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
        if (numbers.size() == population) return numbers;
    }
}

std::vector<std::uint64_t> scattered(const WorldSettings& settings,
                                     const std::vector<std::uint64_t>& population, Random& random) {
    std::vector<bool> taken(population.size());
    std::vector<std::size_t> chosen;
    const auto take = [&](std::size_t index) {
        if (taken[index] || chosen.size() == settings.members) return;
        taken[index] = true;
        chosen.push_back(index);
    };
    // Three in ten stand in a few official blocks, where 45 % of the numbers are official.
    const std::size_t official = settings.members * 3 / 10;
    while (chosen.size() < official) {
        const std::uint64_t block = random.any(population) / 100;
        auto it = std::lower_bound(population.begin(), population.end(), block * 100);
        for (; it != population.end() && *it / 100 == block; ++it) {
            if (random.percent(45)) take(static_cast<std::size_t>(it - population.begin()));
        }
    }
    while (chosen.size() < settings.members) take(random.below(population.size()));
    std::vector<std::uint64_t> members;
    for (const std::size_t index : chosen) members.push_back(population[index]);
    return members;
}

std::vector<std::uint64_t> one_run(const WorldSettings& settings,
                                   const std::vector<std::uint64_t>& population, Random& random) {
    const std::size_t starts = population.size() - settings.members + 1;
    std::size_t first = 0;
    for (int attempt = 0; attempt < 1'000; ++attempt) {
        first = random.below(starts);
        const std::uint64_t low = population[first];
        const std::uint64_t high = population[first + settings.members - 1];
        const auto inside = [](std::uint64_t number) { return number % 100 >= 15 && number % 100 < 85; };
        if (inside(low) && inside(high) && (attempt >= 500 || low / 10'000 == high / 10'000)) break;
    }
    const auto begin = population.begin() + static_cast<std::ptrdiff_t>(first);
    return {begin, begin + static_cast<std::ptrdiff_t>(settings.members)};
}

Micros midnight(Micros instant) {
    CivilTime c = to_civil(instant, Zone{});
    c.hour = c.minute = c.second = c.micro = 0;
    return to_micros(c, Zone{}).value_or(instant);
}

}  // namespace

bool People::is_member(std::uint64_t number) const {
    return std::binary_search(members.begin(), members.end(), number);
}

bool People::is_issued(std::uint64_t number) const {
    return std::binary_search(population.begin(), population.end(), number) ||
           std::binary_search(canaries.begin(), canaries.end(), number);
}

std::string made_up_name(Random& random) {
    std::string name(random.any(kGiven));
    return name.append(" ").append(random.any(kFamily));
}

std::string_view operator_of(std::uint64_t number) {
    constexpr std::array<std::string_view, 3> kOperators = {"Operator North", "Operator West",
                                                            "Operator South"};
    return kOperators.at(number / 10'000 % kOperators.size());
}

People make_people(const WorldSettings& settings, Random& random) {
    People people;
    people.population = issue_numbers(settings.population, random);
    people.members = settings.habit == Habit::contiguous_swept
                         ? one_run(settings, people.population, random)
                         : scattered(settings, people.population, random);
    std::vector<std::uint64_t> order = people.members;
    std::sort(people.members.begin(), people.members.end());
    random.shuffle(order);

    const Micros today = midnight(settings.start);
    const auto days_ago = [&](std::int64_t days) { return Micros{today.value - days * micros_per_day}; };
    people.snapshot = days_ago(30);
    for (const std::uint64_t number : order) {
        Entry entry{number,
                    made_up_name(random),
                    random.any(kDesignations),
                    random.any(kDepartments),
                    random.any(kDistricts),
                    days_ago(random.between(400, 5'000)),
                    Micros{}};
        const std::uint32_t fate = random.below(100);
        if (fate < 2) entry.left = days_ago(random.between(31, 390));  // gone before the list was taken
        if (fate == 2) entry.left = days_ago(random.between(1, 29));   // gone since
        if (fate == 3 || fate == 4) entry.joined = days_ago(random.between(1, 29));  // come since
        people.entries.push_back(std::move(entry));
    }
    Random apart(settings.seed ^ 0x63616e6172696573ULL);  // the rest of the world does not depend on them
    while (people.canaries.size() < settings.canaries) {
        const std::uint64_t number = apart.any(people.members) / 100 * 100 + apart.below(100);
        const auto at = std::lower_bound(people.canaries.begin(), people.canaries.end(), number);
        const bool taken = std::binary_search(people.population.begin(), people.population.end(), number) ||
                           (at != people.canaries.end() && *at == number);
        if (!taken) people.canaries.insert(at, number);
    }
    return people;
}

}  // namespace sendh::simulate
