#include "report/html.h"

#include <algorithm>
#include <array>
#include <limits>
#include <regex>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "report/svg.h"
#include "report/words.h"

namespace sendh {
namespace {

constexpr std::array kLanguages = {Language::english, Language::hindi};
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Finding sample() {
    Finding f;
    f.case_name = "Calls to the staff";
    f.made_at = {1'743'000'000'000'000};
    f.register_name = "staff";
    f.campaign = "C1";
    f.leak.level = "very_strong";
    f.leak.log10_e = 7.1;
    f.leak.odds_ratio = {31.4, 17, 58};
    f.leak.gamma_star = 5.2;
    f.leak.hits = 214;
    f.leak.hits_in_register = 171;
    for (int i = 0; i < 60; ++i) {
        f.leak.path.push_back({{1'741'000'000'000'000 + i * 3 * micros_per_hour}, i * 7.1 / 59});
    }
    f.leak.rivals = {{"range sweep", -6.3, false}, {"directory", .4, true}};
    f.leak.reasons = {{"members_hit_more", {171, 1200, 43, 38800, 31.4, 17, 58}, {}},
                      {"evidence_size", {7.1}, {}}};
    f.leak.needs = {{"need_reports", {}, {}}};
    f.copies = {{"K3", "District office", "2024-11-02", true, true, "a", 9.4, 4.1, 5.3, 2.2, 5}};
    f.snapshot = {"2024-11-02", "2024-11-19"};
    f.columns = {{"designation", 3.2}};
    f.at_risk = 1'029;
    f.at_risk_top_share = .234;
    f.members = {171, 1'200, .123, .164};
    f.neighbours = {43, 38'800, .0008, .0015};
    f.activity_from = {1'740'767'400'000'000};
    f.activity_step_us = micros_per_hour;
    for (std::uint32_t i = 0; i < 480; ++i) {
        f.activity_all.push_back(200 + i % 90);
        f.activity_campaign.push_back(i % 24 > 10 ? i % 9 : 0);
    }
    f.ledger.evidence = {{std::string(64, '7'), "calls.csv", 128'344, 128'301, 3, 40}};
    f.ledger.population_kind = "operator";
    f.ledger.population_numbers = 40'000;
    f.ledger.population_strata = 445;
    f.ledger.seed = std::numeric_limits<std::uint64_t>::max();
    f.ledger.mark_key_commitment = std::string(64, '8');
    f.ledger.version = "0.1.0";
    f.ledger.thresholds = {{"indicated", 20}, {"strong", 1'000},    {"very_strong", 1e6},
                           {"gamma_star", 2}, {"rival_within", 20}, {"rival_behind", 100}};
    f.ledger.campaign_rule =
        "calls that are fake or undecidable, grouped by ingress trunk with reason, by CLI block and by link; "
        "an episode ends after 72 quiet hours; blind to registers";
    return f;
}

// Findings that stretch the plots and the sentences.
std::vector<Finding> odd_findings() {
    std::vector<Finding> all = {sample(), Finding{}};
    for (const char* level : {"cannot_tell", "no_evidence", "indicated", "strong"}) {
        all.push_back(sample());
        all.back().leak.level = level;
    }
    Finding f = sample();
    f.leak.path.resize(1);
    f.activity_campaign = {1};
    f.activity_all.clear();
    f.neighbours = {0, 0, 0, 1};
    f.leak.odds_ratio = {kInfinity, 0, kInfinity};
    all.push_back(f);
    f = sample();
    f.leak.path.clear();
    for (int i = 0; i < 5'000; ++i) f.leak.path.push_back({{1'741'000'000'000'000 + i}, i * -.1});
    f.activity_all.assign(100'000, 4'000'000'000U);
    f.members = {0, 1, 0, 1};
    all.push_back(f);
    f = sample();
    f.leak.path = {{{0}, std::numeric_limits<double>::quiet_NaN()}, {{0}, kInfinity}};
    f.leak.log10_e = kInfinity;
    f.activity_step_us = 0;
    all.push_back(f);
    f = sample();
    f.zone = Zone{-12'600};
    f.activity_step_us = 7 * micros_per_second;
    f.copies.assign(400, f.copies.front());
    f.leak.reasons.assign(50, {"evidence_size", {7.1}, {}});
    f.leak.needs.assign(50, {"need_reports", {}, {}});
    all.push_back(f);
    return all;
}

// Every element is closed, in order; text and attributes hold no stray < or &.
std::string first_markup_fault(const std::string& html) {
    std::vector<std::string> open;
    for (std::size_t i = 0; i < html.size(); ++i) {
        if (html[i] == '&') {
            const std::size_t end = html.find(';', i);
            if (end == std::string::npos || end - i > 6) return "bare & at " + html.substr(i, 40);
        }
        if (html[i] != '<') continue;
        const std::size_t end = html.find('>', i);
        if (end == std::string::npos) return "unclosed < at " + html.substr(i, 40);
        const std::string tag = html.substr(i + 1, end - i - 1);
        if (tag.find('<') != std::string::npos) return "stray < at " + html.substr(i, 40);
        const std::string name = tag.substr(0, tag.find_first_of(" \n"));
        if (name == "!DOCTYPE" || name == "meta" || tag.back() == '/') continue;
        if (name[0] != '/') {
            open.push_back(name);
            if (name == "style") i = html.find("</style>", i) - 1;
            continue;
        }
        if (open.empty() || open.back() != name.substr(1)) return "unexpected <" + tag;
        open.pop_back();
    }
    return open.empty() ? "" : "left open: " + open.back();
}

// By hand: std::regex recurses once a character, and plots are long.
std::string without_tags(const std::string& html) {
    std::string text;
    bool in_tag = false;
    for (std::size_t i = html.find("</style>"); i < html.size(); ++i) {
        if (html[i] == '<') in_tag = true;
        if (!in_tag) text += html[i];
        if (html[i] == '>') {
            in_tag = false;
            text += '|';
        }
    }
    return text;
}

TEST_CASE("a report is well-formed, stands alone and leaves no value unfilled, whatever the finding") {
    for (const Finding& finding : odd_findings()) {
        for (const Language language : kLanguages) {
            const std::string html = html_report(finding, language);
            CHECK(first_markup_fault(html) == "");
            CHECK(html.find("<script") == std::string::npos);
            CHECK(html.find("src=") == std::string::npos);
            CHECK(html.find("href=") == std::string::npos);
            CHECK(html.find("url(") == std::string::npos);
            CHECK(html.find("nan") == std::string::npos);
            CHECK(html.find("\"inf") == std::string::npos);
            const std::string text = without_tags(html);
            CHECK(text.find('{') == std::string::npos);
            CHECK(html.size() < 300'000);
        }
    }
}

TEST_CASE("no report holds seven digits in a row, even if names do") {
    Finding finding = sample();
    const std::string number = std::string("98765") + "43210";
    finding.case_name = "about +91 " + number;
    finding.register_name = number;
    finding.copies[0].recipient = number;
    finding.leak.rivals[1].name = number;
    finding.leak.needs = {{"need_distinguish_list", {}, {number}}};
    finding.ledger.evidence[0].name = number + ".csv";
    finding.ledger.campaign_rule = "CLI " + number;
    const std::regex digits("[0-9]([ -]?[0-9]){6}");
    for (const Language language : kLanguages) {
        std::string text = without_tags(html_report(finding, language));
        text = std::regex_replace(text, std::regex("--seed [0-9]+"), "--seed");
        CHECK_FALSE(std::regex_search(text, std::regex("[0-9]{7}")));
        CHECK(text.find(number) == std::string::npos);
        CHECK_FALSE(std::regex_search(text_answer(finding, language), digits));
    }
}

TEST_CASE("names from files cannot become markup") {
    Finding finding = sample();
    const std::string evil = "<script>alert('x')</script>\"&\x01\xff";
    finding.case_name = finding.register_name = finding.campaign = finding.leak.level = evil;
    finding.copies[0].id = finding.copies[0].recipient = finding.copies[0].date = evil;
    finding.ledger.evidence[0].name = finding.ledger.evidence[0].sha256 = evil;
    finding.ledger.campaign_rule = finding.ledger.version = evil;
    finding.leak.rivals[0].name = evil;
    finding.leak.reasons.push_back({"rival_behind", {-3}, {evil}});
    finding.leak.reasons.push_back({evil, {}, {}});
    finding.snapshot = {evil, evil};
    finding.columns = {{evil, 1}};
    const std::string html = html_report(finding, Language::english);
    CHECK(html.find("<script") == std::string::npos);
    CHECK(html.find('\x01') == std::string::npos);
    CHECK(first_markup_fault(html) == "");
}

TEST_CASE("the report says the answer, the reasons and the needs in its language") {
    const std::string english = html_report(sample(), Language::english);
    CHECK(english.find("<html lang=\"en\">") != std::string::npos);
    CHECK(english.find("Very strong evidence that the register leaked") != std::string::npos);
    CHECK(english.find("at most once in 12 million") != std::string::npos);
    CHECK(english.find("single out copy K3, given to District office") != std::string::npos);
    CHECK(english.find("171 of 1,200 registered numbers") != std::string::npos);
    CHECK(english.find("fits 1.9 million times worse") != std::string::npos);
    CHECK(english.find("26 Mar 2025, 20:10 (Asia/Kolkata)") != std::string::npos);
    CHECK(english.find("128,344") != std::string::npos);
    CHECK(english.find("7777 7777") != std::string::npos);
    CHECK(english.find("culprit") == std::string::npos);
    const std::string hindi = html_report(sample(), Language::hindi);
    CHECK(hindi.find("<html lang=\"hi\">") != std::string::npos);
    CHECK(hindi.find("रजिस्टर के लीक होने का अत्यंत प्रबल साक्ष्य") != std::string::npos);
    CHECK(hindi.find("1.2 करोड़ में अधिक से अधिक एक बार") != std::string::npos);
    CHECK(hindi.find("1,28,344") != std::string::npos);
    CHECK(hindi.find("26 मार्च 2025") != std::string::npos);
    CHECK(hindi.find("नंबरों को क्रम से डायल करना") != std::string::npos);
}

std::string command_in(const std::string& html, const std::string& language_words) {
    const std::size_t end = html.find("\n    # " + language_words);
    REQUIRE(end != std::string::npos);
    const std::size_t begin = std::max(html.rfind('\n', end - 1) + 1, html.rfind("<code>", end) + 6);
    return html.substr(begin, end - begin);
}

TEST_CASE("the report gives the command that makes the finding again: what it was made from, and no more") {
    Finding finding = sample();
    finding.alpha = .012345;
    finding.ledger.seed = 7;
    const auto command = [&] { return command_in(html_report(finding, Language::english), "makes this"); };
    const std::string begin = "sendh investigate --register &#39;staff&#39; ";
    const std::string end = "--alpha 0.012345 --seed 7 --made-at 2025-03-26T20:10:00+05:30";
    CHECK(command() == begin + "--campaign &#39;C1&#39; " + end);
    // Chosen among three: named, the evidence would not be corrected for the others.
    finding.ledger.campaigns_tested = 3;
    CHECK(command() == begin + end);
    for (const char* code : {"negative_control", "control_unusable"}) {
        finding.leak.reasons = {{"evidence_size", {7.1}, {}}, {code, {}, {"C2"}}};
        CHECK(command() == begin + "--control &#39;C2&#39; " + end);
    }
    finding.leak.reasons.clear();
    finding.register_name = "Chief's staff";
    finding.made_at.value += 250;
    CHECK(command().find("--register &#39;Chief&#39;\\&#39;&#39;s staff&#39;") != std::string::npos);
    CHECK(command().ends_with("--made-at 2025-03-26T20:10:00.000250+05:30"));
    const std::string hindi = html_report(finding, Language::hindi);
    CHECK(hindi.find("sendh log verify") != std::string::npos);
    CHECK(hindi.find("sendh verify") == std::string::npos);
}

TEST_CASE(
    "the table of copies has the threshold in its head, and beside the evidence what needs assumptions") {
    Finding finding = sample();
    finding.copies[0].log10_threshold = 4.3;
    const std::string english = without_tags(html_report(finding, Language::english));
    CHECK(english.find("|Evidence|named from 4.3|") != std::string::npos);
    CHECK(english.find("|Who is in it|needs assumptions|") != std::string::npos);
    CHECK(english.find("|9.4||4.1||5.3||2.2|") != std::string::npos);
    CHECK(english.find("has several copies") == std::string::npos);
    const std::string hindi = without_tags(html_report(finding, Language::hindi));
    CHECK(hindi.find("|4.3 पर नामित|") != std::string::npos);
    CHECK(hindi.find("|मान्यताओं पर टिका|") != std::string::npos);
}

TEST_CASE("of a recipient with several copies the report tells what their marks say together, once") {
    Finding finding = sample();
    finding.copies[0].recipient_log10_e = 11.6;
    finding.copies.push_back(finding.copies[0]);
    finding.copies.back().id = "K5";
    finding.copies.back().recipient = "DISTRICT  office";
    finding.copies.push_back(finding.copies[0]);
    finding.copies.back().id = "K6";
    finding.copies.back().recipient_log10_e.reset();
    const std::string english = without_tags(html_report(finding, Language::english));
    const std::size_t at = english.find("District office has several copies: K3, K5.");
    REQUIRE(at != std::string::npos);
    CHECK(english.find("that one of them was dialled: 11.6.", at) != std::string::npos);
    CHECK(english.find("has several copies", at + 30) == std::string::npos);
    CHECK(html_report(finding, Language::hindi).find("District office के पास कई प्रतियाँ हैं: K3, K5।") !=
          std::string::npos);
}

TEST_CASE("no page shows a key of the finding in the place of a word") {
    Finding finding = sample();
    finding.columns = {{"designation", 3.2}, {"name", .1}, {"department", 0}, {"house", 1}};
    for (const Language language : kLanguages) {
        const std::string text = without_tags(html_report(finding, language));
        for (const char* key : {"very_strong", "gamma_star", "rival_within", "rival_behind", "row_order",
                                "log10", "natural", "cannot_tell"}) {
            CAPTURE(key);
            CHECK(text.find(key) == std::string::npos);
        }
    }
    const std::string english = without_tags(html_report(finding, Language::english));
    CHECK(english.find("very strong from 1,000,000") != std::string::npos);
    CHECK(english.find("designation 3.2; name 0.1; department 0.0; house 1.0") != std::string::npos);
    CHECK(english.find("an episode ends after 72 quiet hours") != std::string::npos);
    const std::string hindi = without_tags(html_report(finding, Language::hindi));
    CHECK(hindi.find("अत्यंत प्रबल: 10,00,000 से") != std::string::npos);
    CHECK(hindi.find("पदनाम 3.2; नाम 0.1; विभाग 0.0; house 1.0") != std::string::npos);
    CHECK(hindi.find("72 घंटे तक") != std::string::npos);
    for (const char* english_word : {"grouped", "quiet", "blind", "indicated"})
        CHECK(hindi.find(english_word) == std::string::npos);
}

TEST_CASE("parts of a campaign rule that are not known stay as they are") {
    CHECK(report::rule_text("blind to registers; by moonlight; an episode ends after 1000 quiet hours",
                            Language::hindi) ==
          "रजिस्टर में कौन है, यह देखे बिना; by moonlight; 1,000 घंटे तक कोई कॉल न आए तो क्रम समाप्त माना गया");
    CHECK(report::rule_text("an episode ends after x quiet hours", Language::hindi) ==
          "an episode ends after x quiet hours");
    CHECK(report::rule_text("an episode ends after  quiet hours", Language::hindi) ==
          "an episode ends after  quiet hours");
    CHECK(report::rule_text("", Language::english).empty());
    CHECK(report::threshold_text("moon", 3, Language::hindi) == "moon 3");
}

TEST_CASE("the box has a class of its own for each level") {
    for (const char* level : {"cannot_tell", "no_evidence", "indicated", "strong", "very_strong"}) {
        Finding finding = sample();
        finding.leak.level = level;
        const std::string html = html_report(finding, Language::english);
        CHECK(html.find("class=\"answer " + std::string(level) + "\"") != std::string::npos);
        CHECK(html.find("\n." + std::string(level) + " {") != std::string::npos);
    }
}

TEST_CASE("without a campaign, a path or neighbours the report says so") {
    const std::string html = html_report(Finding{}, Language::english);
    CHECK(html.find("No fake calls were found that belong together") != std::string::npos);
    CHECK(html.find("There is no evidence over time to draw") != std::string::npos);
    CHECK(html.find("There are no neighbours to compare with") != std::string::npos);
    CHECK(html.find("No calls with a time are at hand") != std::string::npos);
    CHECK(html.find("<svg") == std::string::npos);
}

TEST_CASE("the same finding gives the same report") {
    CHECK(html_report(sample(), Language::hindi) == html_report(sample(), Language::hindi));
}

TEST_CASE("plots keep inside their box") {
    const std::regex coordinate("(?: (?:x|x1|x2|cx)=\")(-?[0-9.]+)\"");
    for (const Finding& finding : odd_findings()) {
        for (const std::string& svg : {report::activity_plot(finding, Language::english),
                                       report::evidence_plot(finding, Language::hindi),
                                       report::rates_plot(finding, Language::english)}) {
            for (std::sregex_iterator it(svg.begin(), svg.end(), coordinate), end; it != end; ++it) {
                const double x = std::stod((*it)[1]);
                CHECK(x >= 0);
                CHECK(x <= 720);
            }
        }
    }
}

TEST_CASE("the evidence plot names the thresholds that the finding was made with") {
    Finding finding = sample();
    finding.ledger.thresholds = {{"indicated", 50}, {"strong", 2'000}, {"very_strong", 1e6}};
    const std::string svg = report::evidence_plot(finding, Language::english);
    CHECK(svg.find("50: indicated") != std::string::npos);
    CHECK(svg.find("2,000: strong") != std::string::npos);
    CHECK(svg.find("1 million: very strong") != std::string::npos);
    finding.ledger.thresholds.clear();
    CHECK(report::evidence_plot(finding, Language::english).find("20: indicated") != std::string::npos);
}

TEST_CASE("time axes are labelled in the zone of the case") {
    Finding finding = sample();
    finding.activity_from = {1'740'767'400'000'000};  // 2025-03-01 00:00 at +05:30
    finding.activity_all.assign(20, 5);
    finding.activity_campaign.assign(20, 1);
    CHECK(report::activity_plot(finding, Language::english).find(">1 Mar<") != std::string::npos);
    CHECK(report::activity_plot(finding, Language::english).find(">03:00<") != std::string::npos);
    CHECK(report::activity_plot(finding, Language::hindi).find(">1 मार्च<") != std::string::npos);
    finding.zone = Zone{0};
    CHECK(report::activity_plot(finding, Language::english).find("28 Feb 2025 18:30 to 1 Mar 2025 14:30") !=
          std::string::npos);
}

TEST_CASE("the answer for a terminal fits 24 lines of 100 columns and ends in a line feed") {
    std::vector<Finding> all = odd_findings();
    Finding wide = sample();
    wide.register_name = std::string(300, 'w');
    wide.copies.assign(60, wide.copies.front());
    all.push_back(wide);
    for (const Finding& finding : all) {
        for (const Language language : kLanguages) {
            const std::string text = text_answer(finding, language);
            CHECK(text.ends_with('\n'));
            CHECK(std::count(text.begin(), text.end(), '\n') <= 24);
            std::size_t width = 0;
            for (const char c : text) {
                if (c == '\n') width = 0;
                if (c != '\n' && (c & 0xC0) != 0x80) ++width;
                REQUIRE(width <= 100);
            }
        }
    }
    const std::string text = text_answer(sample(), Language::english);
    CHECK(text.starts_with("Very strong evidence that the register leaked\n"));
    CHECK(text.find("Registered numbers not reached yet: 1,029") != std::string::npos);
}

TEST_CASE("shares are printed with as many digits as say something") {
    CHECK(report::percent(0) == "0 %");
    CHECK(report::percent(.1425) == "14.2 %");
    CHECK(report::percent(.0011) == "0.11 %");
    CHECK(report::percent(1) == "100 %");
    CHECK(report::percent(1e-9) == "< 0.001 %");
}

}  // namespace
}  // namespace sendh
