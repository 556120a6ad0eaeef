#include "registers/name_pattern.h"

#include <doctest/doctest.h>

#include "registers/serial.h"

using namespace sendh;

namespace {

std::string account(const char* model, const char* of, const char* name) {
    const auto pattern = pattern_of(model, of);
    return pattern ? pattern->made_of(name).value_or("too few words") : "no pattern";
}

}  // namespace

TEST_CASE("addresses are made from a name as somebody else's was from his") {
    CHECK(account("asha.verma@d1.example", "Asha Verma", "Ravi Kumar Das") == "ravi.das@d1.example");
    CHECK(account("averma2", "Smt. Asha Verma", "Ravi Das") == "rdas2");
    CHECK(account("verma_asha@x.example", "Asha Kumari Verma", "Dr. Ravi Das") == "das_ravi@x.example");
    CHECK(account("asha.kumari@x.example", "Asha Kumari Verma", "Ravi Das") == "ravi.das@x.example");
    CHECK(account("asha.verma@x.example", "Asha Verma", "Ravi") == "too few words");
    CHECK(account("office12@x.example", "Asha Verma", "Ravi Das") == "no pattern");
    CHECK(account("av@x.example", "Asha Verma", "Ravi Das") == "no pattern");
    CHECK(account("asha@x.example", "", "Ravi Das") == "no pattern");
}

TEST_CASE("serials and days come back as they were written, and count on") {
    for (const char* cell : {"EMP/0042", "10017", "A-9/B", "2023-01-05x7"}) {
        CAPTURE(cell);
        REQUIRE(serial_of(cell).has_value());
        CHECK(serial_of(cell)->text() == cell);
    }
    CHECK_FALSE(serial_of("no digits").has_value());
    CHECK_FALSE(serial_of("123456789012345678").has_value());
    for (const char* cell : {"2023-01-05", "05/01/2023", "5-1-2023", "31.12.1969", "28.2.1955"}) {
        CAPTURE(cell);
        REQUIRE(day_of_cell(cell).has_value());
        CHECK(day_of_cell(cell)->text() == cell);
    }
    CHECK_FALSE(day_of_cell("2023-01-05 10:00").has_value());
    CHECK_FALSE(day_of_cell("2023-02-30").has_value());
    CHECK_FALSE(day_of_cell("").has_value());
    Serial day = *day_of_cell("31/01/2023");
    ++day.value;
    CHECK(day.text() == "01/02/2023");
    CHECK(day_of_cell("2023-01-05")->value % 7 == day_of_cell("2023-01-12")->value % 7);
}
