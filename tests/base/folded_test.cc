#include "base/folded.h"

#include <doctest/doctest.h>

using namespace sendh;

TEST_CASE("names that people write in several ways are one") {
    for (const char* same : {"State  police", " STATE POLICE ", "State\tPolice", "State\xC2\xA0police",
                             "\xEF\xBC\xB3tate police", "State\xE2\x80\x8B police"})
        CHECK(folded_name(same) == "state police");
    CHECK(folded_name("\xC3\x89"
                      "COLE") == folded_name("e\xCC\x81"
                                             "cole"));
    CHECK(folded_name("Stra\xC3\x9F"
                      "e") == folded_name("STRASSE"));
    // क़ as one character and as two.
    CHECK(folded_name("\xE0\xA5\x98") == folded_name("\xE0\xA4\x95\xE0\xA4\xBC"));
    CHECK(folded_name("\xC9"
                      "cole") == folded_name("\xC3\xA9"
                                             "cole"));  // Latin-1
    CHECK(folded_name(" \t").empty());
}

TEST_CASE("what tells names apart stays") {
    CHECK(folded_name("ecole") != folded_name("\xC3\xA9"
                                              "cole"));
    CHECK(folded_name("Unit 1") != folded_name("Unit 2"));
    CHECK(folded_name("North-East") != folded_name("North East"));
}

TEST_CASE("a name that may be meant is found; numbers and letters that are counted through are none") {
    CHECK(likely_same("State Polic", {"Press", "State  Police"}) == "State  Police");
    CHECK(likely_same("Telecom cel", {"Telecom cell", "Telegraph"}) == "Telecom cell");
    CHECK(likely_same("STATE POLICE", {"State  Police"}).empty());
    CHECK(likely_same("Office B", {"Office A", "Office C"}).empty());
    CHECK(likely_same("Unit 12", {"Unit 11"}).empty());
    CHECK(likely_same("Wing II", {"Wing IV"}).empty());
    CHECK(likely_same("Ofice A", {"Office A"}) == "Office A");
    CHECK(likely_same("Press", {"Railways"}).empty());
    CHECK(likely_same("Press", {}).empty());
}
