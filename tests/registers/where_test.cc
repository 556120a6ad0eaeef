#include "registers/where.h"

#include <doctest/doctest.h>

using namespace sendh;

namespace {

const std::vector<std::string> columns = {"Name", "District", "Grade Pay", "A and B"};

bool holds(const std::string& text, const std::vector<std::string>& cells) {
    const auto where = Where::parse(text, columns);
    if (!where.ok()) FAIL(where.fault().message());
    return where->holds(cells);
}
std::string fault(const std::string& text) {
    const auto where = Where::parse(text, columns);
    REQUIRE_FALSE(where.ok());
    CHECK(where.fault().kind == FaultKind::usage);
    return where.fault().message();
}

}  // namespace

TEST_CASE("nothing asked holds for every row") {
    CHECK(holds("", {"a", "b"}));
    CHECK(holds("  ", {}));
}

TEST_CASE("columns and texts match without case and outer spaces") {
    CHECK(holds("district=Bhopal", {"x", " BHOPAL "}));
    CHECK_FALSE(holds("district=Bhopal", {"x", "Bhopal East"}));
    CHECK(holds("gradepay = A 1", {"", "", "a 1"}));
    CHECK(holds("district=भोपाल", {"", "भोपाल"}));
}

TEST_CASE("alternatives, negation and several conditions") {
    CHECK(holds("district=Bhopal|Indore", {"", "indore"}));
    CHECK_FALSE(holds("district!=Bhopal|Indore", {"", "indore"}));
    CHECK(holds("district!=Bhopal", {"", "Ujjain"}));
    CHECK(holds("district=Bhopal and name!=X", {"y", "Bhopal"}));
    CHECK_FALSE(holds("district=Bhopal AND name!=X", {"x", "Bhopal"}));
    CHECK_FALSE(holds("district=Land", {"", "Land and Sea"}));
}

TEST_CASE("quotes keep what would mean something else") {
    CHECK(holds(R"(district="Land and Sea")", {"", "Land and Sea"}));
    CHECK(holds(R"(district="a=b|c")", {"", "a=b|c"}));
    CHECK(holds(R"(name="say ""hi""" and district=x)", {"say \"hi\"", "x"}));
    CHECK(holds(R"("A and B"=1)", {"", "", "", "1"}));
}

TEST_CASE("an empty text asks for empty cells") {
    CHECK(holds("district=", {"x", ""}));
    CHECK(holds("district!=", {"x", "y"}));
    CHECK(holds("grade pay=", {"x"}));
    CHECK(holds(R"(district="")", {"x", " "}));
}

TEST_CASE("what is wrong is told") {
    CHECK(fault("distric=x").find("did you mean 'District'?") != std::string::npos);
    CHECK(fault("zzz=x").find("its columns are: Name, District") != std::string::npos);
    CHECK(fault("district").find("no = or != follows 'district'") != std::string::npos);
    CHECK(fault("district=Land and Sea").find("no column 'Sea'") != std::string::npos);
    CHECK(fault("=x").find("names no column") != std::string::npos);
    CHECK(fault("district=x and ").find("nothing follows 'and'") != std::string::npos);
    CHECK(fault("district=x and").find("nothing follows 'and'") != std::string::npos);
    CHECK(fault("district=\"x\" AND").find("nothing follows 'and'") != std::string::npos);
    CHECK(fault("district=x and and name=y").find("names no column") != std::string::npos);
    CHECK(fault("district=\"x").find("a quote is not closed") != std::string::npos);
    CHECK(fault("district=x\"y\"").find("a quote stands inside a word") != std::string::npos);
    CHECK(fault("district=x=y").find("goes on after its end") != std::string::npos);
    CHECK(fault("district=\"x\" y").find("goes on after its end") != std::string::npos);
    CHECK(fault("district=\xff").find("not UTF-8") != std::string::npos);
    CHECK(fault("9876500001=x").find("9876500001") == std::string::npos);
}
