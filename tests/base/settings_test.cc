#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>

#include "base/settings.h"
#include "base/text.h"

using namespace sendh;

TEST_CASE("tables become dotted keys, values their text") {
    const auto s = Settings::parse(R"(
name = "a case"
[columns]
callee = "DNIS"
time = 1
strict = true
[columns.deep]
share = 0.25
at = 2024-11-02
)",
                                   "case.toml");
    REQUIRE(s.ok());
    CHECK(s->get("name") == "a case");
    CHECK(s->get("columns.callee") == "DNIS");
    CHECK(s->get("columns.time") == "1");
    CHECK(s->get("columns.strict") == "true");
    CHECK(s->get("columns.deep.share") == "0.25");
    CHECK(s->get("columns.deep.at") == "2024-11-02");
    CHECK(s->keys() == std::vector<std::string>{"columns.callee", "columns.deep.at", "columns.deep.share",
                                                "columns.strict", "columns.time", "name"});
}

TEST_CASE("an array of plain values is several texts, a single value is a list of one") {
    const auto s = Settings::parse("a = ['x', 'y', 3]\nb = 'z'\nc = []\n", "x.toml");
    REQUIRE(s.ok());
    CHECK(s->list("a") == std::vector<std::string>{"x", "y", "3"});
    CHECK(s->get("a") == "x");
    CHECK(s->list("b") == std::vector<std::string>{"z"});
    CHECK(s->list("c").empty());
    CHECK(s->has("c"));
    CHECK(s->get("c", "otherwise") == "otherwise");
}

TEST_CASE("what is absent is told apart") {
    const auto s = Settings::parse("a = 1\n\nb = ''\n", "x.toml");
    REQUIRE(s.ok());
    CHECK_FALSE(s->has("z"));
    CHECK(s->get("z").empty());
    CHECK(s->get("z", "usual") == "usual");
    CHECK(s->list("z").empty());
    CHECK(s->line("z") == 0);
    CHECK(s->line("a") == 1);
    CHECK(s->line("b") == 3);
    CHECK(s->get("b", "usual").empty());
    CHECK(Settings::parse("", "x.toml")->keys().empty());
}

TEST_CASE("an error of form names file and line and no number") {
    const auto s = Settings::parse("a = 1\nb = = 2\n", "case.toml");
    REQUIRE_FALSE(s.ok());
    CHECK(s.fault().kind == FaultKind::input);
    CHECK(s.fault().where == "case.toml:2");
    CHECK_FALSE(Settings::parse("a = 1\na = 2\n", "x").ok());
    CHECK_FALSE(Settings::parse("a = \"\xFF\"\n", "x").ok());
    const auto number = Settings::parse("9876500012 = 1\n9876500012 = 2\n", "x");
    REQUIRE_FALSE(number.ok());
    CHECK(number.fault().message().find("9876500012") == std::string::npos);
}

TEST_CASE("tables inside arrays are no settings") {
    for (const char* toml : {"a = [{x = 1}]\n", "[[a]]\nx = 1\n", "a = [[1, 2], [3]]\n"}) {
        const auto s = Settings::parse(toml, "x.toml");
        REQUIRE_FALSE(s.ok());
        CHECK(s.fault().where.find("x.toml: a") == 0);
    }
}

TEST_CASE("a quoted text reads back as it was") {
    CHECK(toml_quoted("a \"b\" \\ c") == R"("a \"b\" \\ c")");
    CHECK(rc::check("any text", [](const std::string& bytes) {
        const std::string text = utf8_from_latin1(bytes);
        const auto s = Settings::parse("a = " + toml_quoted(text) + "\n", "x");
        RC_ASSERT(s.ok());
        RC_ASSERT(s->get("a") == text);
    }));
    CHECK(Settings::parse("a = " + toml_quoted("line\none\ttab\x7F") + "\nb = 1\n", "x")->get("a") ==
          "line\none\ttab\x7F");
}

TEST_CASE("no bytes make parsing do more than fail") {
    CHECK(rc::check("any bytes", [](const std::string& bytes) { (void)Settings::parse(bytes, "x").ok(); }));
}

TEST_CASE("a value may begin with a letter with an accent, in double quotes") {
    const auto settings = sendh::Settings::parse("name = \"\xC3\x89tat\" # \xC3\xA9\n", "s.toml");
    REQUIRE(settings.ok());
    CHECK(settings->get("name") == "\xC3\x89tat");
    const auto hindi = sendh::Settings::parse(
        "name = \"\xE0\xA4\x9C\xE0\xA4\xBE\xE0\xA4\x81\xE0\xA4\x9A \xF0\x9F\x93\x9E\"\n", "s.toml");
    REQUIRE(hindi.ok());
    CHECK(hindi->get("name") == "\xE0\xA4\x9C\xE0\xA4\xBE\xE0\xA4\x81\xE0\xA4\x9A \xF0\x9F\x93\x9E");
    CHECK(!sendh::Settings::parse("name = '\xC3\x89tat'\n", "s.toml").ok());
    CHECK(!sendh::Settings::parse("9=9'\xEF\xBB\xBE"
                                  "8",
                                  "s.toml")
               .ok());
}

TEST_CASE(
    "a bracket without a name, a letter outside quotes and a control character are refused with their line") {
    for (const char* bad : {"a = 1\n[ = ]\n", "a = 1\n\xC3\x89 = 1\n", "a = 1\nb = \x01\n"}) {
        const auto settings = sendh::Settings::parse(bad, "s.toml");
        REQUIRE(!settings.ok());
        CHECK(settings.fault().where == "s.toml:2");
    }
}
