#include "registers/personas.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
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

Personas learnt(const std::vector<Cells>& rows) {
    Personas personas(Key256{1}, rows.front().size(), rows.size());
    for (const Cells& cells : rows) personas.add(cells);
    personas.end();
    return personas;
}

Personas people(std::size_t n) {
    std::vector<Cells> rows;
    for (std::size_t i = 0; i < n; ++i) rows.push_back(row(i));
    return learnt(rows);
}

// ---- Registers as they are, and what somebody sees who has nothing but a copy ----

class Rolls {
public:
    std::size_t below(std::size_t n) {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return static_cast<std::size_t>(state_ >> 33U) % n;
    }

private:
    std::uint64_t state_ = 42;
};

std::string padded(std::size_t value, std::size_t width) {
    const std::string digits = std::to_string(value);
    return std::string(width - std::min(width, digits.size()), '0') + digits;
}

std::string date(std::size_t year, std::size_t month, std::size_t day) {
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2);
}

std::string syllables(std::size_t n) {
    const std::vector<std::string> of = {"ra", "mi", "so", "ka", "du", "ne", "vi", "la", "to", "su"};
    std::string out = of[n % 10] + of[n / 10 % 10] + of[n / 100 % 10];
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return out;
}

std::string small(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

// A staff list: names that are mostly unique, sex by given name, posts by department, area code by district,
// staff numbers with gaps in the order of joining, days of birth, addresses by name and department.
enum Column : std::size_t { name, sex, department, post, district, code, staff, born, joined, mail };

std::vector<Cells> staff_list(std::size_t n, std::size_t widest_gap = 6) {
    Rolls r;
    std::vector<Cells> out;
    std::size_t number = 10'000;
    for (std::size_t i = 0; i < n; ++i) {
        number += 1 + r.below(widest_gap);
        const std::size_t given = r.below(150);
        const std::size_t family = 200 + r.below(120);
        const std::size_t dept = r.below(5);
        const std::size_t dist = r.below(6);
        const std::size_t day = i * 9'000 / n;  // joined in order: 25 years
        out.push_back({syllables(given) + " " + syllables(family), given % 2 == 0 ? "F" : "M",
                       "Department " + std::to_string(dept),
                       "Post " + std::to_string(r.below(4) == 0 ? 20 + r.below(3) : dept * 3 + r.below(3)),
                       "District " + std::to_string(dist), "07" + std::to_string(50 + dist),
                       "E" + padded(number, 5),
                       date(1955 + day / 360 + r.below(20), 1 + r.below(12), 1 + r.below(28)),
                       date(1999 + day / 360, 1 + day % 360 / 30, 1 + r.below(28)),
                       small(syllables(given)) + "." + small(syllables(family)) + "@d" +
                           std::to_string(dept) + ".example"});
    }
    return out;
}

// As `sendh simulate` makes them: few names, nothing that tells people apart.
std::vector<Cells> simulated(std::size_t n) {
    Rolls r;
    std::vector<Cells> out;
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t day = r.below(4'600);
        out.push_back({syllables(r.below(24)) + " " + syllables(100 + r.below(20)),
                       "Post " + std::to_string(r.below(7)), "Department " + std::to_string(r.below(5)),
                       "District " + std::to_string(r.below(6)),
                       date(2008 + day / 360, 1 + day % 360 / 30, 1 + day % 28)});
    }
    return out;
}

struct Copy {
    std::vector<Cells> rows;  // the real ones first
    std::size_t real = 0;
};

Copy with_personas(const std::vector<Cells>& rows, std::size_t n) {
    Personas personas = learnt(rows);
    Copy out{rows, rows.size()};
    for (std::size_t i = 0; i < n; ++i) {
        const auto persona = personas.draw("N" + std::to_string(i), {});
        REQUIRE(persona.has_value());
        CHECK(persona->empty.empty());
        out.rows.push_back(persona->cells);
    }
    return out;
}

// Which rows look odd to somebody.
using Suspicion = std::function<std::vector<bool>(const std::vector<Cells>&)>;

Cells part(const Cells& cells, const std::vector<std::size_t>& columns) {
    Cells out;
    for (const std::size_t c : columns) out.push_back(cells[c]);
    return out;
}

// Rows that others equal in these columns; or that none equals.
Suspicion same_in(std::vector<std::size_t> columns, bool same = true) {
    return [columns, same](const std::vector<Cells>& rows) {
        std::map<Cells, int> seen;
        for (const Cells& cells : rows) ++seen[part(cells, columns)];
        std::vector<bool> out;
        for (const Cells& cells : rows) out.push_back((seen[part(cells, columns)] > 1) == same);
        return out;
    };
}

std::vector<std::size_t> sorted_by(const std::vector<Cells>& rows, std::size_t column) {
    std::vector<std::size_t> order(rows.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(rows[a][column], a * 7'919 % rows.size()) <
               std::pair(rows[b][column], b * 7'919 % rows.size());
    });
    return order;
}

// The last twentieth by this column, or the first.
Suspicion at_the_end(std::size_t column, bool at_last) {
    return [column, at_last](const std::vector<Cells>& rows) {
        std::vector<bool> out(rows.size());
        auto order = sorted_by(rows, column);
        if (at_last) std::reverse(order.begin(), order.end());
        for (std::size_t i = 0; i < order.size() / 20; ++i) out[order[i]] = true;
        return out;
    };
}

Suspicion each(std::function<bool(const Cells&)> odd) {
    return [odd](const std::vector<Cells>& rows) {
        std::vector<bool> out;
        for (const Cells& cells : rows) out.push_back(odd(cells));
        return out;
    };
}

// Honest: at most twice as often as real rows, and what chance does.
void check_hidden(const Copy& copy, const std::string& what, const Suspicion& suspicion) {
    const std::vector<bool> odd = suspicion(copy.rows);
    const auto border = odd.begin() + static_cast<std::ptrdiff_t>(copy.real);
    const double real =
        static_cast<double>(std::count(odd.begin(), border, true)) / static_cast<double>(copy.real);
    const double canaries = static_cast<double>(std::count(border, odd.end(), true)) /
                            static_cast<double>(copy.rows.size() - copy.real);
    CAPTURE(what);
    CAPTURE(real);
    CAPTURE(canaries);
    CHECK(canaries <= 2 * real + 0.02);
}

}  // namespace

TEST_CASE("in a staff list, personas are odd no more often than people") {
    const Copy copy = with_personas(staff_list(3'000), 300);
    check_hidden(copy, "posts, places and dates of another",
                 same_in({sex, department, post, district, code, joined}));
    check_hidden(copy, "posts and places of another", same_in({department, post, district}));
    check_hidden(copy, "posts and places of nobody", same_in({department, post, district}, false));
    check_hidden(copy, "a post that the department has not", same_in({department, post}, false));
    check_hidden(copy, "an area code of another district", same_in({district, code}, false));
    check_hidden(copy, "a sex that the name has not", [](const std::vector<Cells>& rows) {
        std::map<std::string, std::map<std::string, int>> sexes;
        const auto given = [](const Cells& cells) { return cells[name].substr(0, cells[name].find(' ')); };
        for (const Cells& cells : rows) ++sexes[given(cells)][cells[sex]];
        std::vector<bool> out;
        for (const Cells& cells : rows)
            out.push_back(sexes[given(cells)][cells[sex]] * 2 <
                          sexes[given(cells)]["F"] + sexes[given(cells)]["M"]);
        return out;
    });
    check_hidden(copy, "a name twice", same_in({name}));
    check_hidden(copy, "a name once", same_in({name}, false));
    check_hidden(copy, "name and district twice", same_in({name, district}));
    check_hidden(copy, "no name", each([](const Cells& cells) { return cells[name].empty(); }));
    check_hidden(copy, "lowest staff numbers", at_the_end(staff, false));
    check_hidden(copy, "highest staff numbers", at_the_end(staff, true));
    check_hidden(copy, "staff number twice", same_in({staff}));
    check_hidden(copy, "oldest", at_the_end(born, false));
    check_hidden(copy, "youngest", at_the_end(born, true));
    check_hidden(copy, "birthday of another", same_in({born}));
    check_hidden(copy, "first to join", at_the_end(joined, false));
    check_hidden(copy, "last to join", at_the_end(joined, true));
    check_hidden(copy, "day of joining of another", same_in({joined}));
    check_hidden(copy, "mail of another name", each([](const Cells& cells) {
                     const std::string want = small(cells[name].substr(0, cells[name].find(' ')) + "." +
                                                    cells[name].substr(cells[name].find(' ') + 1));
                     return !cells[mail].starts_with(want);
                 }));
    check_hidden(copy, "mail of another department", each([](const Cells& cells) {
                     return cells[mail].substr(cells[mail].find('@')) !=
                            "@d" + cells[department].substr(11) + ".example";
                 }));
    check_hidden(copy, "staff number out of the order of joining", [](const std::vector<Cells>& rows) {
        const auto order = sorted_by(rows, staff);
        std::vector<bool> out(rows.size());
        for (std::size_t i = 3; i + 3 < order.size(); ++i) {
            const std::string& own = rows[order[i]][joined];
            out[order[i]] = own < rows[order[i - 3]][joined] || own > rows[order[i + 3]][joined];
        }
        return out;
    });
    check_hidden(copy, "born too near to joining", each([](const Cells& cells) {
                     return std::stoi(cells[joined].substr(0, 4)) - std::stoi(cells[born].substr(0, 4)) < 24;
                 }));
}

TEST_CASE("in a register as it is simulated, personas are odd no more often than people") {
    const Copy copy = with_personas(simulated(1'200), 200);
    check_hidden(copy, "all but the name of another", same_in({1, 2, 3, 4}));
    check_hidden(copy, "all but the name of nobody", same_in({1, 2, 3, 4}, false));
    check_hidden(copy, "post and places of another", same_in({1, 2, 3}));
    check_hidden(copy, "name and post of another", same_in({0, 1}));
    check_hidden(copy, "name and all but the date of another", same_in({0, 1, 2, 3}));
    check_hidden(copy, "name of another", same_in({0}));
    check_hidden(copy, "name of nobody", same_in({0}, false));
    check_hidden(copy, "date of another", same_in({4}));
    check_hidden(copy, "last to join", at_the_end(4, true));
    check_hidden(copy, "first to join", at_the_end(4, false));
    check_hidden(copy, "no name", each([](const Cells& cells) { return cells[0].empty(); }));
}

TEST_CASE("where hardly anybody shares all of his cells, hardly a persona does") {
    Rolls r;
    std::vector<Cells> rows;
    for (std::size_t i = 0; i < 1'000; ++i) {
        const std::size_t day = r.below(150);
        rows.push_back({syllables(r.below(200)) + " " + syllables(200 + r.below(200)),
                        "Post " + std::to_string(r.below(30)), "District " + std::to_string(r.below(20)),
                        date(2015 + day / 30, 1 + day % 12, 1 + day % 30)});
    }
    const Copy copy = with_personas(rows, 200);
    check_hidden(copy, "all but the name of another", same_in({1, 2, 3}));
    check_hidden(copy, "post and district of another", same_in({1, 2}));
    check_hidden(copy, "post and district of nobody", same_in({1, 2}, false));
    check_hidden(copy, "post and date of another", same_in({1, 3}));
    check_hidden(copy, "district and date of another", same_in({2, 3}));
    check_hidden(copy, "date of another", same_in({3}));
    check_hidden(copy, "date of nobody", same_in({3}, false));
    std::map<Cells, int> real;
    for (const Cells& cells : rows) ++real[part(cells, {1, 2, 3})];
    for (std::size_t i = copy.real; i < copy.rows.size(); ++i)
        CHECK(real[part(copy.rows[i], {1, 2, 3})] != 1);
}

TEST_CASE("no persona is one real person: neither what tells people apart nor all the rest of him") {
    const auto rows = staff_list(800);
    const Copy copy = with_personas(rows, 200);
    for (const std::size_t c : {name, staff, mail}) {
        std::map<std::string, int> real;
        for (const Cells& cells : rows) ++real[cells[c]];
        for (std::size_t i = copy.real; i < copy.rows.size(); ++i) {
            const int n = real[copy.rows[i][c]];
            CHECK((n == 0 || (c == name && n > 1)));
        }
    }
    for (const auto& columns : {std::vector<std::size_t>{sex, department, post, district, code},
                                std::vector<std::size_t>{sex, department, post, district, code, joined}}) {
        std::map<Cells, int> real;
        for (const Cells& cells : rows) ++real[part(cells, columns)];
        for (std::size_t i = copy.real; i < copy.rows.size(); ++i)
            CHECK(real[part(copy.rows[i], columns)] != 1);
    }
}

TEST_CASE("staff numbers without gaps: who stands above all others is told") {
    Personas personas = learnt(staff_list(500, 1));
    std::set<std::string> seen;
    for (int i = 0; i < 30; ++i) {
        const auto persona = personas.draw(std::to_string(i), {});
        REQUIRE(persona.has_value());
        CHECK(persona->beyond == std::vector<std::size_t>{staff});
        CHECK(seen.insert(persona->cells[staff]).second);
    }
}

TEST_CASE("what people who left had, and earlier personas, no persona gets") {
    const auto rows = staff_list(300);
    Personas before = learnt(rows);
    Personas personas(Key256{2}, rows.front().size(), 300);
    std::set<std::string> gone;
    for (std::size_t i = 0; i < 300; ++i) personas.add(rows[i]);
    for (int i = 0; i < 300; ++i) {
        const auto earlier = before.draw(std::to_string(i), {});
        REQUIRE(earlier.has_value());
        gone.insert(earlier->cells[staff]);
        personas.avoid(earlier->cells);
    }
    personas.end();
    for (int i = 0; i < 100; ++i)
        CHECK_FALSE(gone.contains(personas.draw(std::to_string(i), {})->cells[staff]));
}

TEST_CASE("empty cells come as often as in the register, and texts among serials stay texts") {
    std::vector<Cells> rows = staff_list(1'000);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i % 5 == 0) rows[i][mail].clear();
        if (i % 10 == 1) rows[i][staff] = "on contract";
    }
    Personas personas = learnt(rows);
    int no_mail = 0;
    int contract = 0;
    for (int i = 0; i < 500; ++i) {
        const auto persona = personas.draw(std::to_string(i), {});
        no_mail += persona->cells[mail].empty();
        contract += persona->cells[staff] == "on contract";
    }
    CHECK(std::abs(no_mail - 100) < 40);
    CHECK(std::abs(contract - 50) < 30);
}

TEST_CASE("codes of letters and digits keep their form and are nobody's") {
    Rolls r;
    std::vector<Cells> rows;
    std::set<std::string> real;
    for (int i = 0; i < 200; ++i) {
        std::string code;
        for (int k = 0; k < 5; ++k) code += static_cast<char>('A' + r.below(26));
        code += padded(r.below(10'000), 4);
        code += static_cast<char>('A' + r.below(26));
        real.insert(code);
        rows.push_back({code, "Clerk"});
    }
    Personas personas = learnt(rows);
    for (int i = 0; i < 100; ++i) {
        const std::string code = personas.draw(std::to_string(i), {})->cells[0];
        CHECK_FALSE(real.contains(code));
        REQUIRE(code.size() == 10);
        for (std::size_t k = 0; k < 10; ++k) CHECK((code[k] <= '9') == (k >= 5 && k < 9));
    }
}

TEST_CASE("a persona is nobody of the register, has the register's words, and fits together") {
    Personas personas = people(24);
    std::set<Cells> real;
    std::set<std::string> offices;
    std::set<std::string> numbers;
    for (std::size_t i = 0; i < 24; ++i) {
        real.insert(row(i));
        offices.insert(row(i)[2] + "/" + row(i)[3]);
        numbers.insert(row(i)[4]);
    }
    std::set<Cells> drawn;
    for (int i = 0; i < 100; ++i) {
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
    CHECK(drawn.size() == 100);
}

TEST_CASE("posts and districts of personas come as often as in the register") {
    std::vector<Cells> rows = staff_list(1'000);
    Personas personas = learnt(rows);
    std::map<std::string, int> real;
    for (const Cells& cells : rows) ++real[cells[district]], ++real[cells[department]];
    std::map<std::string, int> drawn;
    for (int i = 0; i < 1'000; ++i) {
        const auto persona = personas.draw(std::to_string(i), {});
        ++drawn[persona->cells[district]], ++drawn[persona->cells[department]];
    }
    for (const auto& entry : real) {
        CAPTURE(entry.first);
        CHECK(std::abs(drawn[entry.first] - entry.second) < 50);
    }
}

TEST_CASE("the same names in the same order give the same personas, and what is given stays") {
    Personas one = people(24);
    Personas other = people(24);
    const Cells a = one.draw("a", {})->cells;
    CHECK(a == other.draw("a", {})->cells);
    CHECK(a != one.draw("b", {})->cells);
    CHECK(one.draw("c", {std::nullopt, "Driver"})->cells[1] == "Driver");
    Personas staffed = learnt(staff_list(500));
    std::vector<std::optional<std::string>> given(10);
    given[district] = "District 3";
    given[name] = "Given Name";
    for (int i = 0; i < 20; ++i) {
        const Cells cells = staffed.draw(std::to_string(i), given)->cells;
        CHECK(cells[code] == "0753");
        CHECK(cells[mail].starts_with("given.name"));
    }
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
    Personas personas = people(24);
    const Cells real = row(3);
    CHECK_FALSE(personas.draw("a", {real[0], real[1], real[2], real[3], real[4]}).has_value());
}
