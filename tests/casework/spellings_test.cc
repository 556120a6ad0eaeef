#include "casework/spellings.h"

#include <doctest/doctest.h>

using namespace sendh;

TEST_CASE("one text is a spelling of another when letters are equal or a word is abbreviated") {
    CHECK(spellings_of_one("Asst. Director", "Assistant Director"));
    CHECK(spellings_of_one("assistant director", "Asst.  Director"));
    CHECK(spellings_of_one("Sub-Inspector", "SUB INSPECTOR"));
    CHECK(spellings_of_one("Dy. Secy.", "Deputy Secretary"));
    CHECK(spellings_of_one("S.P.", "SP"));
}

TEST_CASE("what says something else is none") {
    CHECK_FALSE(spellings_of_one("Clerk", "Inspector"));
    CHECK_FALSE(spellings_of_one("Inspector", "Sub Inspector"));
    CHECK_FALSE(spellings_of_one("Office", "Officer"));
    CHECK_FALSE(spellings_of_one("District 1", "District 2"));
    CHECK_FALSE(spellings_of_one("Dir. North", "Dir. South"));
    CHECK_FALSE(spellings_of_one("", "Clerk"));
    CHECK_FALSE(spellings_of_one(".", "Clerk"));
    CHECK_FALSE(spellings_of_one("t.", "Assistant"));
}
