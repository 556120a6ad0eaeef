#include "registers/personas.h"

#include <doctest/doctest.h>

#include <set>

using namespace sendh;

namespace {

using Cells = std::vector<std::string>;

const std::vector<std::string> first = {"Asha", "Ravi", "Meena", "Imran", "Joseph", "Lata", "Kiran", "Dev"};
const std::vector<std::string> last = {"Verma", "Singh", "Khan", "Das", "Rao", "Nair"};

Cells row(std::size_t i) {
    const std::size_t district = i % 4;
    return {first[i % 8] + " " + last[i * 5 % 6], i % 3 == 0 ? "Clerk" : "Inspector",
            "District " + std::to_string(district), "Office " + std::to_string(district * 2 + i / 4 % 2),
            "EMP" + std::to_string(10'000 + i * 7)};
}

Personas people(std::size_t n) {
    Personas personas(Key256{1}, 5, n);
    for (std::size_t i = 0; i < n; ++i) personas.add(row(i));
    personas.end();
    return personas;
}

}  // namespace

TEST_CASE("a persona is nobody of the register, has the register's words, and fits together") {
    const Personas personas = people(24);
    std::set<Cells> real;
    std::set<std::string> offices;
    std::set<std::string> numbers;
    for (std::size_t i = 0; i < 24; ++i) {
        real.insert(row(i));
        offices.insert(row(i)[2] + "/" + row(i)[3]);
        numbers.insert(row(i)[4]);
    }
    std::set<Cells> drawn;
    for (int i = 0; i < 200; ++i) {
        const auto persona = personas.draw("N" + std::to_string(i), {});
        REQUIRE(persona.has_value());
        CHECK(persona->empty.empty());
        CHECK_FALSE(real.contains(persona->cells));
        CHECK(offices.contains(persona->cells[2] + "/" + persona->cells[3]));
        CHECK_FALSE(numbers.contains(persona->cells[4]));
        CHECK(persona->cells[4].starts_with("EMP"));
        CHECK(persona->cells[4].size() == 8);
        drawn.insert(persona->cells);
    }
    CHECK(drawn.size() > 150);
}

TEST_CASE("posts and districts of personas come as often as in the register") {
    const Personas personas = people(24);
    int clerks = 0;
    for (int i = 0; i < 3'000; ++i) clerks += personas.draw(std::to_string(i), {})->cells[1] == "Clerk";
    CHECK(std::abs(clerks - 1'000) < 4 * 26);
}

TEST_CASE("a date is one of the register's, however many there are") {
    Personas personas(Key256{1}, 2, 60);
    std::set<std::string> dates;
    for (std::size_t i = 0; i < 60; ++i) {
        const std::string date = "20" + std::to_string(10 + i % 10) + "-0" + std::to_string(1 + i / 10) +
                                 "-1" + std::to_string(i % 7);
        dates.insert(date);
        personas.add({date, row(i)[0]});
    }
    personas.end();
    for (int i = 0; i < 100; ++i) {
        const auto persona = personas.draw(std::to_string(i), {});
        REQUIRE(persona.has_value());
        CHECK(dates.contains(persona->cells[0]));
    }
}

TEST_CASE("the same name gives the same persona, and what is given stays") {
    const Personas personas = people(24);
    CHECK(personas.draw("a", {})->cells == personas.draw("a", {})->cells);
    CHECK(personas.draw("a", {})->cells != personas.draw("b", {})->cells);
    CHECK(personas.draw("a", {std::nullopt, "Driver"})->cells[1] == "Driver");
}

TEST_CASE("a cell that cannot be made up is left empty and told") {
    Personas personas(Key256{1}, 2, 30);
    for (std::size_t i = 0; i < 30; ++i)
        personas.add({std::string(1, static_cast<char>('a' + i % 26)) + std::string(i / 26, 'x'), "Clerk"});
    personas.end();
    const auto persona = personas.draw("a", {});
    REQUIRE(persona.has_value());
    CHECK(persona->cells == Cells{"", "Clerk"});
    CHECK(persona->empty == std::vector<std::size_t>{0});
}

TEST_CASE("no rows, no persona; no columns, an empty one; rows all given, none") {
    Personas none(Key256{1}, 2, 0);
    none.end();
    CHECK_FALSE(none.draw("a", {}).has_value());
    Personas bare(Key256{1}, 0, 1);
    bare.add({});
    bare.end();
    CHECK(bare.draw("a", {})->cells.empty());
    const Personas personas = people(24);
    const Cells real = row(3);
    CHECK_FALSE(personas.draw("a", {real[0], real[1], real[2], real[3], real[4]}).has_value());
}
