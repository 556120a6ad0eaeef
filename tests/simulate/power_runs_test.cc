#include "simulate/power_runs.h"

#include <doctest/doctest.h>

#include "attribution/power.h"

using namespace sendh::simulate;

TEST_CASE("the more copies, diallers and strays, the more calls it takes, and never fewer than the floor") {
    OrderTrial easy;
    easy.runs = 60;
    easy.diallers = 1;
    easy.strays = 0;
    OrderTrial hard = easy;
    hard.copies = 10'000;
    hard.diallers = 10;
    hard.strays = .3;
    const HitsToName few = hits_to_name(easy);
    const HitsToName many = hits_to_name(hard);
    REQUIRE(few.median);
    REQUIRE(many.median);
    CHECK(*few.median < *many.median);
    CHECK(*few.median <= *few.four_in_five);
    CHECK(*few.median + 1 >= sendh::attribution::row_order_hits_floor({100, .01, 50'000, .02, 1, 0, 0}));
}

TEST_CASE("with many strays and diallers it takes more calls than the floor, too") {
    OrderTrial trial;
    trial.copies = 2;
    trial.rows = 200;
    trial.diallers = 10;
    trial.density = 1;
    trial.strays = .6;
    trial.runs = 100;
    const HitsToName tried = hits_to_name(trial);
    REQUIRE(tried.median);
    CHECK(*tried.median >= sendh::attribution::row_order_hits_floor({2, .01, 200, 1, 10, .6, 0}));
}

TEST_CASE("who follows no list at all names no copy by its order") {
    OrderTrial trial;
    trial.strays = 1;
    trial.rows = 2'000;
    trial.runs = 20;
    CHECK_FALSE(hits_to_name(trial).median);
}

TEST_CASE("a copy of a few rows may end before it is named") {
    OrderTrial trial;
    trial.rows = 3;
    trial.diallers = 1;
    trial.density = 1;
    trial.strays = 0;
    CHECK_FALSE(hits_to_name(trial).median);
}

TEST_CASE("canaries single out the right copy, and hardly ever a wrong one") {
    CanaryTrial trial;
    trial.runs = 60;
    const CanaryNaming tried = name_by_canaries(trial);
    CHECK(tried.runs == 60);
    CHECK(tried.right_first >= 55);
    CHECK(tried.all_named >= 30);
    CHECK(tried.wrong_named <= 3);
    trial.dialled = 0;
    CHECK(name_by_canaries(trial).all_named <= 3);
}

TEST_CASE("the same seed gives the same answer, another one another") {
    CanaryTrial trial;
    trial.runs = 40;
    trial.canaries = 60;
    const CanaryNaming a = name_by_canaries(trial);
    const CanaryNaming b = name_by_canaries(trial);
    CHECK(a.right_first == b.right_first);
    CHECK(a.all_named == b.all_named);
    OrderTrial order;
    order.runs = 30;
    CHECK(hits_to_name(order).median == hits_to_name(order).median);
}
