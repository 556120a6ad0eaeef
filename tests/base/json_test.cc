#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "base/json.h"
#include "base/text.h"

using namespace sendh;
using nlohmann::json;

namespace {

std::string written(std::string_view text) {
    JsonWriter w;
    w.value(text);
    return w.take();
}

std::string written(double number) {
    JsonWriter w;
    w.value(number);
    return w.take();
}

}  // namespace

TEST_CASE("a document reads back as it was written, on one line and indented") {
    for (const int indent : {0, 2, 4}) {
        JsonWriter w(indent);
        w.begin_object();
        w.field("text", "क \"q\" \\ \n\r\t\x01")
            .field("no", false)
            .field("yes", true)
            .field("int", -5)
            .field("big", UINT64_MAX);
        w.key("nothing").null();
        w.key("list")
            .begin_array()
            .value(1)
            .value(0.5)
            .value("x")
            .begin_array()
            .end_array()
            .begin_object()
            .end_object()
            .end_array();
        w.key("empty").begin_object().end_object();
        w.field("least", std::numeric_limits<std::int64_t>::min()).field("std", std::string("s"));
        w.end_object();
        const json read = json::parse(w.text());
        CHECK(read["text"] == "क \"q\" \\ \n\r\t\x01");
        CHECK(read["no"] == false);
        CHECK(read["yes"] == true);
        CHECK(read["int"] == -5);
        CHECK(read["big"] == UINT64_MAX);
        CHECK(read["nothing"].is_null());
        CHECK(read["list"] == json::parse("[1,0.5,\"x\",[],{}]"));
        CHECK(read["empty"] == json::object());
        CHECK(read["least"] == INT64_MIN);
        CHECK((w.text().find('\n') == std::string::npos) == (indent == 0));
    }
}

TEST_CASE("keys come in the order they were written") {
    JsonWriter w;
    w.begin_object().field("z", 1).field("a", 2).field("m", 3).end_object();
    CHECK(w.text() == R"({"z":1,"a":2,"m":3})");
}

TEST_CASE("indented output is what people write") {
    JsonWriter w(2);
    w.begin_object()
        .key("a")
        .begin_array()
        .value(1)
        .value(2)
        .end_array()
        .key("b")
        .begin_object()
        .end_object()
        .end_object();
    CHECK(w.text() == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}");
}

TEST_CASE("any text comes back; ill-formed bytes come out as U+FFFD, one each") {
    CHECK(written("a\xFF"
                  "b") ==
          "\"a\xEF\xBF\xBD"
          "b\"");
    CHECK(written("\xE0\xA0") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
    CHECK(written(std::string_view("\0", 1)) == "\"\\u0000\"");
    CHECK(written("\x7F") == "\"\x7F\"");
    CHECK(written("") == "\"\"");
    CHECK(rc::check("bytes", [](const std::string& bytes) {
        const json read = json::parse(written(bytes));
        RC_ASSERT(!first_bad_utf8(read.get<std::string>()));
        if (!first_bad_utf8(bytes)) RC_ASSERT(read.get<std::string>() == bytes);
    }));
    CHECK(rc::check("keys", [](const std::string& bytes) {
        JsonWriter w;
        w.begin_object().field(utf8_from_latin1(bytes), 1).end_object();
        RC_ASSERT(json::parse(w.text()).contains(utf8_from_latin1(bytes)));
    }));
}

TEST_CASE("a double comes back as the same double, in its shortest form") {
    CHECK(written(0.1) == "0.1");
    CHECK(written(1.0) == "1");
    CHECK(written(1e300) == "1e+300");
    CHECK(rc::check("all bits", [](std::uint64_t bits) {
        double number = 0;
        static_assert(sizeof number == sizeof bits);
        std::memcpy(&number, &bits, sizeof number);
        if (!std::isfinite(number)) return;
        RC_ASSERT(json::parse(written(number)).get<double>() == number);
    }));
    for (const double number :
         {0.0, -0.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -1.0 / 3}) {
        CHECK(json::parse(written(number)).get<double>() == number);
    }
}

TEST_CASE("what is no number is null") {
    CHECK(written(std::nan("")) == "null");
    CHECK(written(std::numeric_limits<double>::infinity()) == "null");
    CHECK(written(-std::numeric_limits<double>::infinity()) == "null");
}
