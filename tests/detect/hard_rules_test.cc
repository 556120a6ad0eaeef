#include <doctest/doctest.h>

#include <set>

#include "detect/made_calls.h"

using namespace made;

namespace {

Judgement one(ParsedNumber cli, const char* trunk = "T9") {
    Calls calls;
    calls.add(cli, mobile(1), 0, trunk);
    return calls.last();
}

}  // namespace

TEST_CASE("the table names each indicator once, in English and Hindi") {
    std::set<std::string_view> codes;
    for (const IndicatorText& text : indicators()) {
        CHECK(codes.insert(text.code).second);
        CHECK(text.english.ends_with("."));
        CHECK(text.hindi.ends_with("।"));
    }
    CHECK(codes.size() == 29);
    CHECK(name_of(Verdict::undecidable) == "undecidable");
    CHECK(name_of(Speaks::innocent) == "innocent");
}

TEST_CASE("a CLI that no plan knows is fake on any trunk from outside") {
    const std::pair<NumberClass, const char*> bad[] = {
        {NumberClass::too_long, "cli_too_long"},
        {NumberClass::not_digits, "cli_not_digits"},
        {NumberClass::national_length, "national_wrong_length"},
        {NumberClass::national_prefix, "national_bad_prefix"},
        {NumberClass::foreign_unknown, "foreign_unknown_country"},
        {NumberClass::foreign_length, "foreign_bad_length"},
    };
    for (const auto& [cli_class, code] : bad) {
        for (const char* trunk : {"T9", "D1", "unheard of", ""}) {
            const Judgement j = one(of_class(cli_class), trunk);
            CHECK(j.verdict == Verdict::fake);
            CHECK(j.style == "malformed");
            REQUIRE(j.indicators.size() == 1);
            CHECK(j.indicators[0].code == code);
        }
        CHECK(one(of_class(cli_class), "P1").verdict == Verdict::ordinary);
    }
}

TEST_CASE("a CLI that is withheld, or destroyed by a spreadsheet, proves nothing") {
    CHECK(one(of_class(NumberClass::none, "")).verdict == Verdict::ordinary);
    CHECK(one(of_class(NumberClass::scientific, "9.1E+11")).verdict == Verdict::ordinary);
}

TEST_CASE("a wrong length is told with its digits, a wrong prefix with its first digit") {
    const Judgement length = one(of_class(NumberClass::national_length, "098765432"));
    CHECK(hit(length, "national_wrong_length")->value == 9);
    CHECK(hit(length, "national_wrong_length")->threshold == 10);
    const Judgement prefix = one(of_class(NumberClass::national_prefix, "911234567890"));
    CHECK(hit(prefix, "national_bad_prefix")->value == 1);
    CHECK(hit(one(of_class(NumberClass::national_prefix, "0234567890")), "national_bad_prefix")->value == 0);
}

TEST_CASE("service numbers and fixed lines are fake from abroad, ordinary at home and unjudged elsewhere") {
    const std::tuple<NumberClass, const char*, const char*> numbers[] = {
        {NumberClass::telemarketing, "telemarketing_from_abroad", "service_series"},
        {NumberClass::service, "service_from_abroad", "service_series"},
        {NumberClass::toll_free, "toll_free_from_abroad", "service_series"},
        {NumberClass::short_code, "short_code_from_abroad", "service_series"},
        {NumberClass::fixed, "fixed_line_from_abroad", "spoofed_national"},
    };
    for (const auto& [cli_class, code, style] : numbers) {
        const Judgement j = one(of_class(cli_class));
        CHECK(j.verdict == Verdict::fake);
        CHECK(j.style == style);
        CHECK(has(j, code));
        for (const char* trunk : {"D1", "P1", "unheard of", ""}) {
            CHECK(one(of_class(cli_class), trunk).verdict == Verdict::ordinary);
        }
    }
}

TEST_CASE("a national mobile from abroad is fake when at home, ordinary when abroad, else undecidable") {
    Calls calls;
    calls.add(mobile(7), mobile(1), 10);
    const Judgement unknown = calls.last();
    CHECK(unknown.verdict == Verdict::undecidable);
    CHECK(unknown.needs == "roaming_state");
    CHECK(unknown.style == "spoofed_national");
    CHECK(has(unknown, "national_from_abroad"));

    calls.roaming.add({{mobile(7).number, at(0), at(10)}}, true, at(-100), at(100));
    const Judgement home = calls.last();  // it came home at that instant
    CHECK(home.verdict == Verdict::fake);
    CHECK(home.style == "spoofed_national");
    CHECK(has(home, "spoofed_national"));

    calls.add(mobile(7), mobile(1), 9.99);
    const Judgement abroad = calls.last();
    CHECK(abroad.verdict == Verdict::ordinary);
    CHECK(abroad.style.empty());
    CHECK(has(abroad, "roaming_abroad"));

    calls.add(mobile(7), mobile(1), 200);
    CHECK(calls.last().verdict == Verdict::undecidable);
    calls.add(mobile(7), mobile(1), 20, "D1");
    CHECK(calls.last().indicators.empty());
    calls.add(mobile(7), mobile(1), 20, "unheard of");
    CHECK(calls.last().indicators.empty());
}

TEST_CASE("redirection may bring honest national calls home from abroad: undecidable") {
    for (const NumberClass cli_class :
         {NumberClass::mobile, NumberClass::fixed, NumberClass::service, NumberClass::short_code}) {
        Calls calls;
        calls.roaming.add({}, true, at(-100), at(100));
        calls.add(of_class(cli_class), mobile(1), 0).redirect = foreign(5).number;
        const Judgement j = calls.last();
        CHECK(j.verdict == Verdict::undecidable);
        CHECK(j.needs == "redirection");
        CHECK(j.style == "spoofed_national");
        CHECK(j.indicators.size() == 1);
    }
    Calls calls;
    calls.add(of_class(NumberClass::too_long), mobile(1), 0).redirect = foreign(5).number;
    CHECK(calls.last().verdict == Verdict::fake);
}

TEST_CASE("texts and calls of own subscribers are never judged") {
    Calls calls;
    calls.add(of_class(NumberClass::not_digits, "AX-SBIBNK"), mobile(1), 0).service = Service::sms;
    CHECK(calls.last().verdict == Verdict::ordinary);
    calls.rows.back().service = Service::voice;
    CHECK(calls.last().verdict == Verdict::fake);
    calls.rows.back().direction = Direction::outgoing;
    calls.rows.back().trunk_in = "D1";
    CHECK(calls.last().verdict == Verdict::ordinary);
    CHECK(calls.last().indicators.empty());
}

TEST_CASE("a report is fake with what was said, and bare with nothing else") {
    Calls calls;
    Complaint complaint;
    complaint.number = mobile(1).number;
    const Judgement bare = calls.judge(complaint);
    CHECK(bare.verdict == Verdict::fake);
    CHECK(bare.style == "reported");
    REQUIRE(bare.indicators.size() == 1);
    CHECK(bare.indicators[0].code == "reported");
    CHECK(bare.indicators[0].value == 1);

    complaint.threat = true;
    complaint.asked_to_press_key = false;
    complaint.link = "http://example.in/";
    complaint.knew_name = true;
    complaint.knew_department = true;
    const Judgement told = calls.judge(complaint);
    CHECK(told.style == "reported");
    CHECK(has(told, "reported_threat"));
    CHECK_FALSE(has(told, "reported_key_press"));
    CHECK(has(told, "reported_link"));
    CHECK(hit(told, "reported_knowledge")->value == 2);
    CHECK_FALSE(has(told, "reported"));
}

TEST_CASE("a report takes the style of a hard rule, but letters in a report may be an SMS sender") {
    Calls calls;
    Complaint complaint;
    complaint.cli = of_class(NumberClass::too_long);
    CHECK(calls.judge(complaint).style == "malformed");
    CHECK(calls.judge(complaint).indicators.size() == 2);
    complaint.cli = of_class(NumberClass::not_digits, "AX-SBIBNK");
    CHECK(calls.judge(complaint).style == "reported");
}
