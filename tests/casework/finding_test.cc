#include "casework/finding.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <regex>
#include <set>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "casework/wording.h"

namespace sendh {
namespace {

using nlohmann::json;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

json schema() {
    const char* root = std::getenv("SENDH_SOURCE_DIR");
    REQUIRE_MESSAGE(root != nullptr, "SENDH_SOURCE_DIR is not set; run through ctest");
    std::ifstream in(std::string(root) + "/docs/schema/finding.json", std::ios::binary);
    return json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
}

// As much of JSON Schema 2020-12 as the schema uses; a keyword that it does not know is a complaint itself.
class Validator {
public:
    explicit Validator(const json& root) : root_(root) {}

    std::vector<std::string> complaints(const json& value) {
        found_.clear();
        check(root_, value, "finding");
        return found_;
    }

private:
    static bool is_type(const std::string& type, const json& value) {
        if (type == "object") return value.is_object();
        if (type == "array") return value.is_array();
        if (type == "string") return value.is_string();
        if (type == "boolean") return value.is_boolean();
        if (type == "null") return value.is_null();
        if (type == "integer") return value.is_number_integer();
        return type == "number" && value.is_number();
    }

    void complain(const std::string& where, const std::string& what) {
        found_.push_back(where + ": " + what);
    }

    void check(const json& rule, const json& value, const std::string& where) {
        for (const auto& [key, content] : rule.items()) {
            static const std::set<std::string> kSaid = {"$schema", "$id", "$defs", "title", "description"};
            if (kSaid.contains(key)) continue;
            if (key == "$ref") {
                check(root_.at(json::json_pointer(content.get<std::string>().substr(1))), value, where);
            } else if (key == "type") {
                const json types = content.is_array() ? content : json::array({content});
                const bool one = std::any_of(types.begin(), types.end(), [&](const json& type) {
                    return is_type(type.get<std::string>(), value);
                });
                if (!one) complain(where, "is not " + content.dump());
            } else if (key == "const") {
                if (value != content) complain(where, "is not " + content.dump());
            } else if (key == "enum") {
                if (std::find(content.begin(), content.end(), value) == content.end())
                    complain(where, "is none of " + content.dump());
            } else if (key == "minimum") {
                if (value.is_number() && value < content) complain(where, "too small");
            } else if (key == "maximum") {
                if (value.is_number() && value > content) complain(where, "too great");
            } else if (key == "minItems") {
                if (value.is_array() && value.size() < content) complain(where, "too short");
            } else if (key == "maxItems") {
                if (value.is_array() && value.size() > content) complain(where, "too long");
            } else if (key == "pattern") {
                if (value.is_string() &&
                    !std::regex_search(value.get<std::string>(), std::regex(content.get<std::string>())))
                    complain(where, "does not match");
            } else if (key == "required") {
                for (const json& name : content)
                    if (value.is_object() && !value.contains(name.get<std::string>()))
                        complain(where, name.dump() + " is missing");
            } else if (key == "properties" || key == "additionalProperties" || key == "patternProperties") {
                continue;
            } else if (key == "items" || key == "prefixItems") {
                continue;
            } else {
                complain(where, "the validator does not know " + key);
            }
        }
        if (value.is_object() && rule.contains("additionalProperties")) check_fields(rule, value, where);
        if (value.is_array()) check_items(rule, value, where);
    }

    void check_fields(const json& rule, const json& value, const std::string& where) {
        for (const auto& [name, content] : value.items()) {
            const std::string inner = where + "." + name;
            bool known = false;
            if (rule.contains("properties") && rule["properties"].contains(name)) {
                known = true;
                check(rule["properties"][name], content, inner);
            }
            if (rule.contains("patternProperties")) {
                for (const auto& [pattern, part] : rule["patternProperties"].items()) {
                    if (!std::regex_search(name, std::regex(pattern))) continue;
                    known = true;
                    check(part, content, inner);
                }
            }
            if (!known) complain(inner, "unknown field");
        }
    }

    void check_items(const json& rule, const json& value, const std::string& where) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            const std::string inner = where + "[" + std::to_string(i) + "]";
            if (rule.contains("prefixItems") && i < rule["prefixItems"].size()) {
                check(rule["prefixItems"][i], value[i], inner);
            } else if (rule.contains("items")) {
                check(rule["items"], value[i], inner);
            }
        }
    }

    const json& root_;
    std::vector<std::string> found_;
};

// Every field filled.
Finding whole_finding() {
    Finding f;
    f.case_name = "Leak of the \"staff\" list\n<test> कर्मचारी सूची";
    f.made_at = {1'741'000'000'123'456};
    f.alpha = .01;
    f.register_name = "staff";
    f.campaign = "C1";
    f.leak.level = "very_strong";
    f.leak.log10_e = 7.1;
    f.leak.p_anytime = 7.943282347242822e-08;
    f.leak.odds_ratio = {31.4, 17.000000000000004, kInfinity};
    f.leak.gamma_star = 5.2;
    f.leak.hits = 214;
    f.leak.hits_in_register = 171;
    f.leak.path = {
        {{1'740'000'000'000'000}, 0}, {{1'740'000'000'000'001}, .1}, {{1'740'500'000'000'000}, 7.1}};
    f.leak.rivals = {{"range sweep", -6.3, false}, {"directory", .4, true}};
    f.leak.reasons = {{"members_hit_more", {171, 1200, 43, 38800, 31.4, 17, kInfinity}, {}},
                      {"evidence_size", {7.1}, {}},
                      {"rival_behind", {-6.3}, {"range sweep"}}};
    f.leak.needs = {{"need_distinguish_list", {}, {"directory"}}};
    f.copies = {{"K3", "District office", "2024-11-02", true, true, "a", 9.4, 4.1, 5.3, 2.2, 5}};
    f.copies.push_back({"K5", "District office", "2025-01-20", false, true, "b", .2, .1, .1, 0, 5});
    f.copies.back().recipient_log10_e = 4.5;
    f.confidence_set = {"K3"};
    f.snapshot = {"2024-11-02", "2024-11-19"};
    f.columns = {{"designation", 3.25}, {"department", -.5}};
    f.at_risk = 812;
    f.at_risk_top_share = .31;
    f.ledger.evidence = {{std::string(64, 'a'), "calls.csv", 100, 90, 4, 6}};
    f.ledger.campaign_rule = "trunk INT-7";
    f.ledger.population_kind = "operator";
    f.ledger.population_numbers = 40'000;
    f.ledger.population_strata = 445;
    f.ledger.looks = 3;
    f.ledger.seed = std::numeric_limits<std::uint64_t>::max();
    f.ledger.campaigns_tested = 4;
    f.ledger.mark_key_commitment = std::string(64, 'b');
    f.ledger.version = "0.1.0";
    f.ledger.thresholds = {{"indicated", 20}, {"strong", 1'000}, {"a_last", 1e-300}};
    f.members = {171, 1200, .12, .17};
    f.neighbours = {43, 38'800, .0008, .0015};
    f.activity_from = {1'740'000'000'000'000};
    f.activity_step_us = micros_per_hour;
    f.activity_campaign = {0, 3, 4'294'967'295U};
    f.activity_all = {10, 30, 4'294'967'295U};
    return f;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string all;
    for (const std::string& line : lines) all += "\n  " + line;
    return all;
}

void check_follows_schema(const Finding& finding) {
    const json root = schema();
    const auto complaints = Validator(root).complaints(json::parse(to_json(finding)));
    CHECK_MESSAGE(complaints.empty(), joined(complaints));
}

TEST_CASE("a finding follows the published schema, full or empty") {
    check_follows_schema(whole_finding());
    check_follows_schema(Finding{});
}

TEST_CASE("the schema refuses a field that it does not know, at any depth") {
    const json root = schema();
    const json good = json::parse(to_json(whole_finding()));
    for (const char* place :
         {"", "/leak", "/leak/odds_ratio", "/leak/rivals/0", "/leak/reason_codes/0", "/copies/0",
          "/copies/0/by", "/snapshot", "/columns/0", "/at_risk", "/rates", "/rates/members", "/activity",
          "/ledger", "/ledger/evidence/0", "/ledger/population"}) {
        json bad = good;
        bad[json::json_pointer(place)]["surprise"] = 1;
        const auto complaints = Validator(root).complaints(bad);
        REQUIRE_MESSAGE(complaints.size() == 1, place << joined(complaints));
        CHECK(complaints[0].find("surprise: unknown field") != std::string::npos);
    }
    json bad = good;
    bad["ledger"]["thresholds"]["indicated"] = "20";
    CHECK(Validator(root).complaints(bad).size() == 1);
}

TEST_CASE("every object of the schema is closed, and every field of it is described") {
    const std::function<void(const json&, const std::string&)> walk = [&](const json& rule,
                                                                          const std::string& where) {
        if (rule.contains("properties")) {
            CHECK_MESSAGE(rule.value("additionalProperties", json()) == json(false), where);
            for (const auto& item : rule["properties"].items()) {
                const std::string& name = item.key();
                const json& part = item.value();
                const bool said = part.contains("description") || part.contains("$ref");
                CHECK_MESSAGE(said, where << "." << name);
                walk(part, where + "." + name);
            }
        }
        if (rule.contains("items")) walk(rule["items"], where + "[]");
    };
    const json root = schema();
    walk(root, "finding");
    for (const auto& item : root["$defs"].items()) {
        const std::string& name = item.key();
        const json& part = item.value();
        CHECK_MESSAGE(part.contains("description"), name);
        walk(part, name);
    }
}

TEST_CASE("a finding written and read again is the same to the byte") {
    for (const Finding& finding : {whole_finding(), Finding{}}) {
        const std::string text = to_json(finding);
        const auto again = finding_from_json(text);
        REQUIRE(again.ok());
        CHECK(to_json(*again) == text);
    }
    const auto again = finding_from_json(to_json(whole_finding()));
    CHECK(again->made_at == Micros{1'741'000'000'123'456});
    CHECK(again->leak.path.at(1).time == Micros{1'740'000'000'000'001});
    CHECK(again->leak.odds_ratio->high == kInfinity);
    CHECK_FALSE(again->copies.at(0).recipient_log10_e);
    CHECK(again->copies.at(1).recipient_log10_e == 4.5);
    CHECK(again->leak.reasons.at(0).numbers.at(6) == kInfinity);
    CHECK(again->leak.p_anytime == 7.943282347242822e-08);
    CHECK(again->ledger.seed == std::numeric_limits<std::uint64_t>::max());
    CHECK(again->ledger.thresholds.at(2).first == "a_last");
    CHECK(again->activity_step_us == micros_per_hour);
}

TEST_CASE("times are read back in any zone") {
    for (const std::int32_t offset : {0, 19'800, -12'600, 45'900}) {
        Finding finding = whole_finding();
        finding.zone = Zone{offset};
        const auto again = finding_from_json(to_json(finding));
        REQUIRE(again.ok());
        CHECK(again->zone == finding.zone);
        CHECK(again->made_at == finding.made_at);
        check_follows_schema(finding);
    }
}

TEST_CASE("the names of the contract stand in the document") {
    const json all = json::parse(to_json(whole_finding()));
    CHECK(all["schema"] == "sendh/finding/1");
    CHECK(all["leak"]["path"][2] == json::array({"2025-02-25T21:43:20+05:30", 7.1}));
    CHECK(all["leak"]["odds_ratio"]["estimate"] == 31.4);
    CHECK(all["leak"]["odds_ratio"]["high"].is_null());
    CHECK(all["leak"]["rivals"][1]["explains"] == true);
    CHECK(all["leak"]["reasons"][0].get<std::string>().starts_with("The campaign reached 171 of 1,200"));
    CHECK(all["leak"]["need_codes"][0]["names"][0] == "directory");
    CHECK(all["copies"][0]["class"] == "a");
    CHECK(all["copies"][0]["by"] == json{{"canaries", 4.1}, {"row_order", 5.3}});
    CHECK(all["snapshot"]["to"] == "2024-11-19");
    CHECK(all["at_risk"]["top_share"] == .31);
    CHECK(all["activity"]["step_s"] == 3600);
    CHECK(all["ledger"]["thresholds"]["strong"] == 1000);
    const json none = json::parse(to_json(Finding{}));
    CHECK(none["leak"]["odds_ratio"].is_null());
    CHECK(none["snapshot"].is_null());
}

TEST_CASE("what is not a finding of this version is corrupt, and the fault says where") {
    const std::string good = to_json(whole_finding());
    const auto refused = [](const std::string& text, std::string_view where) {
        const auto result = finding_from_json(text);
        REQUIRE_FALSE(result.ok());
        CHECK(result.fault().kind == FaultKind::corrupt);
        CHECK_MESSAGE(result.fault().message().find(where) != std::string::npos, result.fault().message());
    };
    refused("", "not JSON");
    refused("[]", "not a finding");
    refused(good.substr(0, good.size() / 2), "not JSON");
    const auto without = [&](const char* place, const char* field) {
        json changed = json::parse(good);
        changed[json::json_pointer(place)].erase(field);
        return changed.dump();
    };
    const auto with = [&](const char* place, const json& value) {
        json changed = json::parse(good);
        changed[json::json_pointer(place)] = value;
        return changed.dump();
    };
    refused(with("/schema", "sendh/finding/2"), "another version");
    refused(with("/leak/level", "certain"), "leak.level");
    refused(with("/leak/hits", -1), "leak.hits");
    refused(with("/leak/hits", 1.5), "leak.hits");
    refused(with("/leak/path/1/0", "yesterday"), "leak.path[1][0]");
    refused(with("/leak/path/1", json::array({1})), "leak.path[1]");
    refused(with("/leak/odds_ratio", 3), "leak.odds_ratio");
    refused(with("/time_zone", "Mars"), "time_zone");
    refused(with("/copies/0/named", "yes"), "copies[0].named");
    refused(with("/activity/all/0", 4'294'967'296), "activity.all[0]");
    refused(with("/activity/step_s", -5), "activity.step_s");
    refused(without("/leak", "reason_codes"), "leak.reason_codes");
    refused(without("/ledger", "seed"), "ledger.seed");
    CHECK(finding_from_json(with("/added_later", 1)).ok());
}

TEST_CASE("numbers that JSON cannot hold do not break the document") {
    Finding finding = whole_finding();
    finding.leak.log10_e = std::numeric_limits<double>::quiet_NaN();
    finding.leak.rivals[0].log10_lr = -kInfinity;
    check_follows_schema(finding);
    const auto again = finding_from_json(to_json(finding));
    REQUIRE(again.ok());
    CHECK(again->leak.log10_e == 0);
    CHECK(again->leak.rivals[0].log10_lr < -1e300);
}

std::set<std::string> placeholders(std::string_view text) {
    std::set<std::string> all;
    for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
        all.insert(std::string(text.substr(at + 1, text.find('}', at) - at - 1)));
    }
    return all;
}

TEST_CASE("every sentence exists in both languages and uses the same values") {
    std::set<std::string_view> codes;
    for (const Sentence& sentence : sentences()) {
        CAPTURE(sentence.code);
        CHECK(codes.insert(sentence.code).second);
        CHECK(sentence.english.size() > 20);
        CHECK((sentence.hindi.ends_with("।") || sentence.hindi.ends_with("?")));
        CHECK(std::any_of(sentence.hindi.begin(), sentence.hindi.end(), [](char c) { return c < 0; }));
        CHECK(placeholders(sentence.english) == placeholders(sentence.hindi));
        CHECK(sentence.kinds.find_first_not_of("crnegw") == std::string_view::npos);
        std::set<std::string> wanted;
        const std::size_t values = sentence.kinds.size() + static_cast<std::size_t>(sentence.names);
        for (std::size_t i = 0; i < values; ++i) wanted.insert(std::to_string(i));
        CHECK(placeholders(sentence.english) == wanted);
        for (const Language language : {Language::english, Language::hindi}) {
            const std::string bare = say({std::string(sentence.code), {}, {}}, language);
            CHECK(bare.find('{') == std::string::npos);
        }
        CHECK(sentence.english.find("culprit") == std::string_view::npos);
        CHECK(sentence.english.find("proof") == std::string_view::npos);
        CHECK(sentence.english.find("prove") == std::string_view::npos);
    }
    for (const char* code : {"members_hit_more",
                             "evidence_size",
                             "gamma_star",
                             "rival_behind",
                             "rival_explains",
                             "no_population",
                             "no_mixed_strata",
                             "too_few_hits",
                             "little_evidence",
                             "no_campaign",
                             "campaign_chosen",
                             "hits_outside_population",
                             "members_outside_population",
                             "storms_once",
                             "register_empty_then",
                             "undecidable_calls",
                             "only_reports",
                             "need_population",
                             "need_neighbours_called",
                             "need_second_numbers",
                             "need_other_departments",
                             "need_operator_neighbours",
                             "need_more_hits",
                             "need_roaming_state",
                             "need_trunk_map",
                             "need_distinguish_sweep",
                             "need_distinguish_list",
                             "need_reports"}) {
        CHECK_MESSAGE(codes.contains(code), code);
    }
}

TEST_CASE("an unknown code is said as itself") {
    CHECK(say({"made_up", {1}, {"x"}}, Language::hindi) == "made_up");
}

TEST_CASE("numbers are said as people read them") {
    const auto en = Language::english;
    const auto hi = Language::hindi;
    CHECK(spoken_count(0, en) == "0");
    CHECK(spoken_count(1'234'567, en) == "1,234,567");
    CHECK(spoken_count(999, hi) == "999");
    CHECK(spoken_count(1'234, hi) == "1,234");
    CHECK(spoken_count(123'456, hi) == "1,23,456");
    CHECK(spoken_count(1'234'567, hi) == "12,34,567");
    CHECK(spoken_ratio(.0371, en) == "0.037");
    CHECK(spoken_ratio(5.23, en) == "5.2");
    CHECK(spoken_ratio(3, en) == "3");
    CHECK(spoken_ratio(31.4, en) == "31");
    CHECK(spoken_ratio(214.2, en) == "214");
    CHECK(spoken_ratio(1'996'000, en) == "2 million");
    CHECK(spoken_ratio(12'345, hi) == "12,300");
    CHECK(spoken_ratio(kInfinity, en) == "no upper limit");
    CHECK(spoken_chance(-1, en) == "1");
    CHECK(spoken_chance(1.38, en) == "23");
    CHECK(spoken_chance(3, en) == "1,000");
    CHECK(spoken_chance(4.678, en) == "47,000");
    CHECK(spoken_chance(7.1, en) == "12 million");
    CHECK(spoken_chance(7.1, hi) == "1.2 करोड़");
    CHECK(spoken_chance(5.7, hi) == "5 लाख");
    CHECK(spoken_chance(12, en) == "1 trillion");
    CHECK(spoken_chance(24.6, en) == "10^24");
    CHECK(spoken_chance(kInfinity, en) == "10^1000000000");
    CHECK(say({"rival_explains", {.39}, {"directory"}}, en).find("(2.5 times better)") != std::string::npos);
    CHECK(say({"rival_explains", {-.7}, {"range sweep"}}, hi).find("नंबरों को क्रम से डायल करना") !=
          std::string::npos);
    CHECK(say({"rival_behind", {-6.3}, {"range sweep"}}, en).find("1.9 million times worse") !=
          std::string::npos);
}

}  // namespace
}  // namespace sendh
