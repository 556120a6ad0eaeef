#include "registers/history.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

using namespace sendh;

namespace {

constexpr Micros day(std::int64_t n) { return Micros{n * micros_per_day}; }

StateRow row(const std::string& person, std::uint64_t number, const std::string& cells) {
    return {person, PhoneNumber::from_e164(number), cells};
}

using Key = std::tuple<std::string, PhoneNumber, std::string>;
Key key_of(const StateRow& r) { return {r.person, r.number, r.cells}; }

// A few people, numbers and texts, so that all kinds of changes come about.
std::vector<StateRow> some_rows(const std::vector<std::uint8_t>& seeds) {
    std::vector<StateRow> out;
    for (const std::uint8_t seed : seeds) {
        const std::string person = seed % 4 == 0 ? "" : "E" + std::to_string(seed % 4);
        out.push_back(
            row(person, 910'000'000 + seed / 4 % 4, std::string(1, static_cast<char>('a' + seed / 16 % 3))));
    }
    return out;
}

}  // namespace

TEST_CASE("a row holds from the day it begins until the day before it ends, without a date always") {
    const Day d = day_at(Micros{day(10).value + 5}, Zone{0});
    CHECK(d.date == "1970-01-11");
    CHECK(d.from == day(10));
    CHECK(d.to == day(11));
    CHECK(d.has({}, {}));
    CHECK(d.has(day(10), {}));
    CHECK_FALSE(d.has(day(11), {}));
    CHECK(d.has({}, day(11)));
    CHECK_FALSE(d.has({}, day(10)));
    CHECK_FALSE(d.has(day(10), day(10)));
    // In India the day begins half past six in the evening of the day before, UTC.
    CHECK(day_at(day(10), Zone{}).from == Micros{day(10).value - 11 * micros_per_hour / 2});
}

TEST_CASE("who left before may still stand in a list that leaked; who was taken back at once does not") {
    CHECK(held_before({}, day(3), day(9)));
    CHECK(held_before(day(9), {}, day(9)));
    CHECK_FALSE(held_before(day(10), {}, day(9)));
    CHECK_FALSE(held_before(day(5), day(5), day(9)));
    CHECK(never_held(day(5), day(4)));
    CHECK_FALSE(never_held({}, day(5)));
}

TEST_CASE("people are counted, not rows, and each in one way") {
    const std::vector<StateRow> before = {row("E1", 1, "a"), row("E2", 2, "a"), row("E3", 3, "a"),
                                          row("E3", 4, "a"), row("E4", 5, "a"), row("E5", 6, "a"),
                                          row("E6", 6, "b")};
    const std::vector<StateRow> after = {row("E6", 6, "b"), row("E1", 1, "a"), row("E2", 9, "b"),
                                         row("E3", 3, "a"), row("E5", 6, "c"), row("E7", 7, "a"),
                                         row("E7", 8, "a")};
    const Difference d = difference(before, after);
    CHECK(d.joined == 1);          // E7, with two numbers
    CHECK(d.left == 1);            // E4
    CHECK(d.changed_number == 2);  // E2, and E3, who gave one up
    CHECK(d.changed_other == 1);   // E5, whose number E6 has, too
    CHECK(d.unchanged == 2);
    CHECK(d.people_before() == 6);
    CHECK(d.ended == std::vector<std::size_t>{1, 3, 4, 5});
    REQUIRE(d.begun.size() == 4);
    CHECK(d.begun[0].row == 2);
    CHECK_FALSE(d.begun[0].newcomer);
    CHECK(d.begun[2].row == 5);
    CHECK(d.begun[2].newcomer);
    // Whom it is about: kind by kind, in the order of the rows.
    using How = Difference::How;
    REQUIRE(d.people.size() == 5);
    CHECK(d.people[0].how == How::joined);
    CHECK(d.people[0].was == std::nullopt);
    CHECK(d.people[0].is == 5);
    CHECK(d.people[1].how == How::left);
    CHECK(d.people[1].was == 4);
    CHECK(d.people[1].is == std::nullopt);
    CHECK(d.people[2].how == How::changed_number);
    CHECK(d.people[2].was == 1);
    CHECK(d.people[2].is == 2);
    CHECK(d.people[3].how == How::changed_number);
    CHECK(d.people[3].was == 3);
    CHECK(d.people[3].is == std::nullopt);
    CHECK(d.people[4].how == How::changed_other);
}

TEST_CASE("where nothing tells people apart a number is a person") {
    const Difference d = difference({row("", 1, "a"), row("", 2, "a"), row("E1", 2, "a")},
                                    {row("", 1, "b"), row("", 3, "a"), row("E1", 2, "a")});
    CHECK(d.joined == 1);
    CHECK(d.left == 1);
    CHECK(d.changed_number == 0);
    CHECK(d.changed_other == 1);
    CHECK(d.unchanged == 1);
}

TEST_CASE("a state and its difference make the next state; a state has no difference to itself") {
    CHECK(rc::check("any two states",
                    [](const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
                        const auto before = some_rows(a);
                        const auto after = some_rows(b);
                        const Difference d = difference(before, after);
                        std::multiset<Key> made;
                        for (const StateRow& r : before) made.insert(key_of(r));
                        for (const std::size_t i : d.ended) {
                            const auto at = made.find(key_of(before.at(i)));
                            RC_ASSERT(at != made.end());
                            made.erase(at);
                        }
                        for (const Difference::Begun& begun : d.begun)
                            made.insert(key_of(after.at(begun.row)));
                        std::multiset<Key> wanted;
                        for (const StateRow& r : after) wanted.insert(key_of(r));
                        RC_ASSERT(made == wanted);

                        std::map<std::string, std::pair<std::multiset<Key>, std::multiset<Key>>> people;
                        const auto person = [](const StateRow& r) {
                            return r.person.empty() ? "number " + std::to_string(unveil(r.number)) : r.person;
                        };
                        for (const StateRow& r : before) people[person(r)].first.insert(key_of(r));
                        for (const StateRow& r : after) people[person(r)].second.insert(key_of(r));
                        std::uint64_t joined = 0;
                        std::uint64_t left = 0;
                        std::uint64_t same = 0;
                        std::uint64_t number = 0;
                        for (const auto& [name, rows] : people) {
                            const auto numbers = [](const std::multiset<Key>& of) {
                                std::set<PhoneNumber> out;
                                for (const Key& k : of) out.insert(std::get<1>(k));
                                return out;
                            };
                            joined += rows.first.empty();
                            left += rows.second.empty();
                            same += rows.first == rows.second;
                            number += !rows.first.empty() && !rows.second.empty() &&
                                      numbers(rows.first) != numbers(rows.second);
                        }
                        RC_ASSERT(d.joined == joined);
                        RC_ASSERT(d.left == left);
                        RC_ASSERT(d.unchanged == same);
                        RC_ASSERT(d.changed_number == number);
                        RC_ASSERT(d.people_before() + d.joined == people.size());
                        for (const Difference::Begun& begun : d.begun)
                            RC_ASSERT(begun.newcomer == people[person(after[begun.row])].first.empty());
                        RC_ASSERT(difference(before, before).empty());
                        RC_ASSERT(std::is_sorted(d.ended.begin(), d.ended.end()));
                    }));
}
