#include "registers/value_moves.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace sendh;

namespace {

using Cells = std::vector<std::string>;

// Columns: office, district, name.
struct History {
    ValueMoves moves{{true, true, false}};
    int people = 0;

    static std::string person(int i) { return "P" + std::to_string(i); }
    // `n` people with these cells from the beginning, until a day if they have other cells since.
    int add(int n, const Cells& cells, std::optional<std::int64_t> until = std::nullopt) {
        for (int i = 0; i < n; ++i) row(people + i, std::nullopt, until, cells);
        people += n;
        return people - n;
    }
    void row(int i, std::optional<std::int64_t> from, std::optional<std::int64_t> until, Cells cells) {
        if (cells.size() == 2) cells.push_back("Asha Verma");
        const auto at = [](const auto& day) { return day ? std::optional(Micros{*day}) : std::nullopt; };
        moves.add(person(i), at(from), at(until), cells);
    }
    ValueMoves::Followed follow(const std::string& office, const std::string& district = "D1",
                                const std::string& name = "Ravi Das", std::int64_t from = 0) {
        return moves.follow({office, district, name}, Micros{from});
    }
};

std::string office(const ValueMoves::Followed& followed) { return followed.versions.back().second[0]; }

}  // namespace

TEST_CASE("a row goes where nearly all people with a value went on the day it ended, and not before") {
    History h;
    const int first = h.add(20, {"Old", "D1"}, 100);
    h.add(5, {"Else", "D1"});
    for (int i = 0; i < 19; ++i) h.row(first + i, 100, std::nullopt, {"New", "D1"});  // one left
    h.moves.end();
    const auto followed = h.follow("Old");
    REQUIRE(followed.versions.size() == 1);
    CHECK(followed.versions[0].first == Micros{100});
    CHECK(followed.versions[0].second == Cells{"New", "D1", "Ravi Das"});
    CHECK_FALSE(followed.gone.has_value());
    CHECK(h.follow("Else").versions.empty());
    CHECK_FALSE(h.follow("Else").gone.has_value());
    const auto never = h.follow("Nobody's");  // given by a user: it was nobody's before
    CHECK(never.versions.empty());
    CHECK_FALSE(never.gone.has_value());
}

TEST_CASE("a value that people left in all directions, or with which they left, is gone") {
    History h;
    const int spread = h.add(20, {"Spread", "D1"}, 100);
    const int closed = h.add(20, {"Closed", "D1"}, 100);
    const int few = h.add(20, {"Few", "D1"}, 100);
    h.add(20, {"There", "D1"});
    for (int i = 0; i < 20; ++i) h.row(spread + i, 100, std::nullopt, {i % 2 == 0 ? "There" : "New", "D1"});
    for (int i = 0; i < 10; ++i) h.row(few + i, 100, std::nullopt, {"There", "D1"});  // ten left
    CHECK(closed == 20);
    h.moves.end();
    for (const std::string gone : {"Spread", "Closed"}) {
        CAPTURE(gone);
        CHECK(h.follow(gone).versions.empty());
        CHECK(h.follow(gone).gone == 0);
    }
    CHECK(office(h.follow("Few")) == "There");  // all who are left
}

TEST_CASE("the first day on which nearly all went decides, whoever stays behind or follows later") {
    History h;
    const int most = h.add(20, {"Old", "D1"}, 100);
    const int rest = h.add(2, {"Old", "D1"}, 200);
    for (int i = 0; i < 20; ++i) h.row(most + i, 100, std::nullopt, {"New", "D1"});
    SUBCASE("those behind leave the register") {}
    SUBCASE("they go there later") {
        for (int i = 0; i < 2; ++i) h.row(rest + i, 200, std::nullopt, {"New", "D1"});
    }
    SUBCASE("they go elsewhere later") {
        for (int i = 0; i < 2; ++i) h.row(rest + i, 200, std::nullopt, {"Other", "D1"});
    }
    h.moves.end();
    const auto followed = h.follow("Old");
    REQUIRE(followed.versions.size() == 1);
    CHECK(followed.versions[0].first == Micros{100});
    CHECK(office(followed) == "New");
    CHECK_FALSE(followed.gone.has_value());
}

TEST_CASE(
    "a value whose people went several ways is gone, also where others have come to it, until they are "
    "back") {
    History h;
    const int all = h.add(20, {"Old", "D1"}, 100);
    bool back = false;
    SUBCASE("they are not") {}
    SUBCASE("they are") { back = true; }
    for (int i = 0; i < 20; ++i)
        h.row(all + i, 100, back ? std::optional<std::int64_t>(200) : std::nullopt,
              {i % 2 == 0 ? "East" : "West", "D1"});
    for (int i = 0; i < 5; ++i) h.row(900 + i, 100, std::nullopt, {"Old", "D1"});
    for (int i = 0; i < 20 && back; ++i) h.row(all + i, 200, std::nullopt, {"Old", "D1"});
    h.moves.end();
    const auto followed = h.follow("Old");
    CHECK(followed.versions.empty());
    CHECK(followed.gone.has_value() != back);
}

TEST_CASE("while more than one in ten stay, nobody is followed; the last to have it decide where it went") {
    History h;
    const int some = h.add(20, {"Old", "D1"}, 100);
    const int rest = h.add(10, {"Old", "D1"}, 200);
    for (int i = 0; i < 20; ++i) h.row(some + i, 100, std::nullopt, {"Moved", "D1"});
    SUBCASE("some have it still") {
        h.add(2, {"Old", "D1"});
        for (int i = 0; i < 10; ++i) h.row(rest + i, 200, std::nullopt, {"New", "D1"});
        h.moves.end();
        CHECK(h.follow("Old").versions.empty());
        CHECK_FALSE(h.follow("Old").gone.has_value());
    }
    SUBCASE("nobody has it") {
        for (int i = 0; i < 10; ++i) h.row(rest + i, 200, std::nullopt, {"New", "D1"});
        h.moves.end();
        CHECK(office(h.follow("Old")) == "New");
    }
}

TEST_CASE("offices that change names on one day, and chains of posts, take everybody along") {
    History h;
    const int a = h.add(20, {"A", "D1"}, 100);
    const int b = h.add(20, {"B", "D2"}, 100);
    const int c = h.add(20, {"C", "D3"}, 100);
    for (int i = 0; i < 20; ++i) h.row(a + i, 100, std::nullopt, {"B", "D2"});
    for (int i = 0; i < 20; ++i) h.row(b + i, 100, std::nullopt, {"A", "D1"});
    for (int i = 0; i < 20; ++i) h.row(c + i, 100, std::nullopt, {"D", "D3"});
    for (int i = 0; i < 5; ++i) h.row(900 + i, 100, std::nullopt, {"C", "D3"});  // who comes to the old name
    h.moves.end();
    const auto swapped = h.follow("A");
    REQUIRE(swapped.versions.size() == 1);
    CHECK(swapped.versions[0].second == Cells{"B", "D2", "Ravi Das"});
    CHECK(office(h.follow("B", "D2")) == "A");
    CHECK(office(h.follow("C", "D3")) == "D");
}

TEST_CASE("a few who have the value again do not hold it, and who came in after the move does not go along") {
    History h;
    const int first = h.add(20, {"Old", "D1"}, 100);
    for (int i = 0; i < 20; ++i) h.row(first + i, 100, std::nullopt, {"New", "D1"});
    h.row(90, 150, std::nullopt, {"Old", "D1"});
    h.row(91, 150, std::nullopt, {"Old", "D1"});
    h.moves.end();
    CHECK(office(h.follow("Old")) == "New");
    CHECK(office(h.follow("Old", "D1", "Ravi Das", 100)) == "New");
    const auto later = h.follow("Old", "D1", "Ravi Das", 101);
    CHECK(later.versions.empty());
    CHECK_FALSE(later.gone.has_value());
}

TEST_CASE("several moves are followed one after the other, and what changed with them changes") {
    History h;
    const int first = h.add(20, {"Old", "D1"}, 100);
    h.add(5, {"Far", "D1"});
    const int others = h.add(5, {"Old", "D2"}, 100);
    for (int i = 0; i < 20; ++i) h.row(first + i, 100, 200, {"New", "D3"});
    for (int i = 0; i < 5; ++i) h.row(others + i, 100, 200, {"New", "D2"});
    for (int i = 0; i < 20; ++i) h.row(first + i, 200, std::nullopt, {"Newest", "D3"});
    for (int i = 0; i < 5; ++i) h.row(others + i, 200, std::nullopt, {"Newest", "D2"});
    h.moves.end();
    const auto followed = h.follow("Old");
    REQUIRE(followed.versions.size() == 2);
    CHECK(followed.versions[0].first == Micros{100});
    CHECK(followed.versions[0].second == Cells{"New", "D3", "Ravi Das"});
    CHECK(followed.versions[1].second == Cells{"Newest", "D3", "Ravi Das"});
    CHECK(h.follow("Old", "D2").versions.back().second == Cells{"Newest", "D2", "Ravi Das"});
}

TEST_CASE("values that changed places, and back, end") {
    History h;
    const int first = h.add(10, {"A", "D1"}, 100);
    for (int i = 0; i < 10; ++i) h.row(first + i, 100, 200, {"B", "D1"});
    for (int i = 0; i < 10; ++i) h.row(first + i, 200, 300, {"A", "D1"});
    for (int i = 0; i < 10; ++i) h.row(first + i, 300, std::nullopt, {"C", "D1"});
    h.moves.end();
    CHECK(office(h.follow("A")) == "C");
    CHECK(h.follow("B").versions.size() == 2);
}

TEST_CASE("a name in a form that nobody has any more is out of date") {
    History h;
    const int first = h.add(10, {"A", "D1", "Asha Verma"}, 100);
    for (int i = 0; i < 10; ++i) h.row(first + i, 100, std::nullopt, {"A", "D1", "ASHA VERMA"});
    h.moves.end();
    CHECK(h.follow("A").gone == 2);
    CHECK_FALSE(h.follow("A", "D1", "RAVI DAS").gone.has_value());
    CHECK_FALSE(h.follow("A", "D1", "R. K. Das").gone.has_value());  // never anybody's form
    CHECK(form_of("Asha Verma") == form_of("Ravi Das"));
    CHECK(form_of("2024-01-31") != form_of("31/01/2024"));
}

TEST_CASE("columns that many share are told from those that tell people apart") {
    SharedColumns columns(3);
    for (int i = 0; i < 100; ++i)
        columns.add(
            {"Office " + std::to_string(i % 7), "Name " + std::to_string(i), i < 4 ? std::to_string(i) : ""});
    CHECK(columns.shared() == std::vector<bool>{true, false, true});
}
