// Published values of statistical packages, read from shared/vectors/statistics.json.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "attribution/counts.h"
#include "attribution/guilt.h"
#include "attribution/membership.h"
#include "attribution/odds.h"
#include "attribution/rank_correlation.h"
#include "attribution/stratified.h"

namespace sendh::attribution {
namespace {

using nlohmann::json;

std::optional<json> vector_of(const std::string& id) {
    std::vector<std::filesystem::path> roots;
    if (const char* shared = std::getenv("SENDH_SHARED")) roots.emplace_back(shared);
    if (const char* source = std::getenv("SENDH_SOURCE_DIR")) {
        roots.push_back(std::filesystem::path(source) / "../shared");
    }
    for (const auto& root : roots) {
        std::ifstream in(root / "vectors" / "statistics.json");
        if (!in) continue;
        const json all = json::parse(in);
        for (const json& v : all.at("vectors")) {
            if (v.at("id") == id) return v;
        }
        FAIL("no vector " << id);
    }
    MESSAGE("skipped: no shared vectors (set SENDH_SHARED)");
    return std::nullopt;
}

bool near(double got, const json& want, double relative) {
    const double w = want.get<double>();
    INFO("got " << got << ", want " << w);
    return std::abs(got - w) <= relative * std::abs(w);
}

// As many digits as are printed there.
bool printed(double got, const json& want) {
    const std::string text = want.dump();
    const auto exponent = text.find('e');
    const std::string digits = text.substr(0, exponent);
    const auto point = digits.find('.');
    const double places = point == std::string::npos ? 0 : static_cast<double>(digits.size() - point - 1);
    const double power = exponent == std::string::npos ? 0 : std::stod(text.substr(exponent + 1));
    return std::abs(got - want.get<double>()) <= .5001 * std::pow(10, power - places);
}

constexpr double kTight = 1e-9;
constexpr double kUniroot =
    1.5e-2;  // R finds odds ratios and bounds with a coarse root finder: counts_test.cc

std::vector<Table2x2> tables(const json& in) {
    std::vector<Table2x2> out;
    for (std::size_t i = 0; i + 3 < in.size(); i += 4) {
        out.push_back({in[i].get<std::int64_t>(), in[i + 1].get<std::int64_t>(),
                       in[i + 2].get<std::int64_t>(), in[i + 3].get<std::int64_t>()});
    }
    return out;
}

TEST_CASE("V05: Mantel-Haenszel, Breslow-Day and the exact test of five tables") {
    const auto v = vector_of("V05");
    if (!v) return;
    const auto k = tables((*v)["in"]);
    const MantelHaenszel m = mantel_haenszel(k);
    const json& p = (*v)["published"];
    CHECK(printed(m.odds_ratio, p["or"]));
    CHECK(printed(m.chi_square, p["X2"]));
    CHECK(printed(m.p, p["p"]));
    CHECK(printed(m.interval.lo, p["ci"][0]));
    CHECK(printed(m.interval.hi, p["ci"][1]));
    CHECK(printed(m.breslow_day, p["BD"]));
    CHECK(printed(m.breslow_day_p, p["BD_p"]));
    CHECK(printed(m.tarone, p["BD_tarone"]));
    CHECK(printed(m.tarone_p, p["BD_tarone_p"]));
    const ExactConditional e(k);
    const json& r = (*v)["r422"];
    CHECK(e.observed() == r["exact_S"].get<std::int64_t>());
    CHECK(near(e.p_two_sided(), r["exact_p"], kTight));
    CHECK(near(e.p_greater(), r["exact_p_greater"], kTight));
    CHECK(near(e.odds_ratio(), r["exact_or"], kUniroot));
    CHECK(near(e.interval(.025, .025).lo, r["exact_ci"][0], kUniroot));
    CHECK(near(e.interval(.025, .025).hi, r["exact_ci"][1], kUniroot));
}

TEST_CASE("V02, V07, V08: exact conditional tests") {
    const auto rabbits = vector_of("V02");
    const auto tea = vector_of("V07");
    const auto twins = vector_of("V08");
    if (!rabbits || !tea || !twins) return;
    const std::vector<Table2x2> five{{0, 6, 0, 5}, {3, 3, 0, 6}, {6, 0, 2, 4}, {5, 1, 6, 0}, {2, 0, 5, 0}};
    const ExactConditional r(five);
    CHECK(r.observed() == (*rabbits)["published"]["S"].get<std::int64_t>());
    CHECK(near(r.p_two_sided(), (*rabbits)["r422"]["p"], kTight));
    CHECK(near(r.odds_ratio(), (*rabbits)["r422"]["or"], kUniroot));
    const ExactConditional t(tables((*tea)["in"]));
    CHECK(near(t.p_greater(), (*tea)["r422"]["p"], kTight));
    CHECK(near(t.odds_ratio(), (*tea)["r422"]["or"], kUniroot));
    CHECK(near(t.interval(.05, 0).lo, (*tea)["r422"]["ci_lo"], kUniroot));
    const ExactConditional w(tables((*twins)["in"]));
    CHECK(near(w.p_less(), (*twins)["r422"]["less_p"], kTight));
    CHECK(near(w.p_two_sided(), (*twins)["r422"]["two_p"], kTight));
    CHECK(near(w.odds_ratio(), (*twins)["r422"]["or"], kUniroot));
    CHECK(near(w.interval(.025, .025).lo, (*twins)["published"]["ci95"][0], kUniroot));
    CHECK(near(w.interval(.005, .005).hi, (*twins)["published"]["ci99"][1], kUniroot));
}

TEST_CASE("V10, V13: rates and proportions") {
    const auto rates = vector_of("V10");
    const auto share = vector_of("V13");
    if (!rates || !share) return;
    const PoissonRatio p = poisson_ratio(11, 800, 21, 3011);
    CHECK(printed(p.expected_first, (*rates)["published"]["expected1"]));
    CHECK(near(p.p_two_sided, (*rates)["r422"]["p"], kTight));
    CHECK(near(p.interval.lo, (*rates)["r422"]["ci"][0], kTight));
    CHECK(near(p.interval.hi, (*rates)["r422"]["ci"][1], kTight));
    CHECK(near(p.ratio, (*rates)["r422"]["rr"], kTight));
    CHECK(near(binomial_p_two_sided(682, 925, .75), (*share)["r422"]["p"], kTight));
    CHECK(near(clopper_pearson(682, 925, .95).lo, (*share)["r422"]["ci"][0], kTight));
    CHECK(near(clopper_pearson(682, 925, .95).hi, (*share)["r422"]["ci"][1], kTight));
}

TEST_CASE("V14: Kendall and Spearman") {
    const auto v = vector_of("V14");
    if (!v) return;
    const auto x = (*v)["x"].get<std::vector<double>>();
    const auto y = (*v)["y"].get<std::vector<double>>();
    const json& p = (*v)["published"];
    const Kendall k = kendall(x, y);
    CHECK(k.exact);
    CHECK(k.t == p["kendall_T"].get<double>());
    CHECK(printed(k.tau, p["tau"]));
    CHECK(printed(k.z, p["kendall_approx_z"]));
    CHECK(printed(k.p_normal, p["kendall_approx_p"]));
    CHECK(near(k.p_greater, (*v)["r422"]["kendall_p"], kTight));
    const Spearman s = spearman(x, y);
    CHECK(s.exact);
    CHECK(s.s == p["spearman_S"].get<double>());
    CHECK(s.rho == doctest::Approx(p["rho"].get<double>()).epsilon(1e-12));
    CHECK(near(s.p_greater, (*v)["r422"]["spearman_p"], kTight));
}

double stream_e(const std::string& a, const std::string& b, int na = 1, int nb = 1) {
    TwoStreams e(na, nb);
    for (std::size_t i = 0; i < a.size(); ++i) e.add(a[i] - '0', b[i] - '0');
    return std::exp(e.log_e());
}

TEST_CASE("V15, V21: two streams of yes and no") {
    const auto v = vector_of("V15");
    const auto toys = vector_of("V21");
    if (!v || !toys) return;
    CHECK(near(stream_e((*v)["ya"], (*v)["yb"]), (*v)["rerun"]["e"], kTight));
    const json& t = (*toys)["rerun"];
    CHECK(near(stream_e("1111110111", "0010100000"), t["ya=1111110111,yb=0010100000"], kTight));
    CHECK(near(stream_e("1010001", "1011101"), t["help ya=1010001,yb=1011101"], kTight));
    CHECK(near(stream_e("2212022", "1011101", 2), t["help na=2: ya=2212022,yb=1011101"], kTight));
    const json& pairs = t["k pairs (0,1), k=1..6"];
    for (std::size_t k = 1; k <= pairs.size(); ++k) {
        CHECK(near(stream_e(std::string(k, '0'), std::string(k, '1')), pairs[k - 1], 1e-9));
    }
}

TEST_CASE("V19, V20: the safe logrank test and the noncentral hypergeometric law") {
    const auto v = vector_of("V19");
    const auto law = vector_of("V20");
    if (!v || !law) return;
    std::vector<RiskEvent> events;
    for (std::size_t i = 0; i < (*v)["y0"].size(); ++i) {
        events.push_back({(*v)["y1"][i], (*v)["y0"][i], (*v)["obs1"][i], (*v)["obs0"][i]});
    }
    const double less = std::pow(10, log10_fixed_odds(events, .7));
    const double greater = std::pow(10, log10_fixed_odds(events, 1 / .7));
    CHECK(near(less, (*v)["rerun"]["eLess"], kTight));
    CHECK(near(greater, (*v)["rerun"]["eGreater"], kTight));
    CHECK(printed((less + greater) / 2, (*v)["published"]["e"]));
    const DiscreteLaw p = noncentral_hypergeometric(2, 2, 2, 2);
    for (std::size_t i = 0; i < 3; ++i) {
        std::istringstream text((*law)["published"][i].get<std::string>());
        double numerator = 0;
        double denominator = 1;
        char slash = ' ';
        text >> numerator >> slash >> denominator;
        CHECK(std::exp(p.log_mass[i]) == doctest::Approx(numerator / denominator).epsilon(1e-12));
    }
}

TEST_CASE("V23: guilt probability") {
    const auto v = vector_of("V23");
    if (!v) return;
    BitRow both(2);
    both.set(0);
    both.set(1);
    BitRow first(2);
    first.set(0);
    BitRow second(2);
    second.set(1);
    const std::vector<Bits> leaked{both, first, second};
    for (const auto& [p, key] : {std::pair{.2, "p=.2"}, {.5, "p=.5"}}) {
        const auto got = guilt_probability(2, leaked, p);
        CHECK(near(got[0], (*v)["computed"][key][0], kTight));
        CHECK(near(got[1], (*v)["computed"][key][1], kTight));
    }
}

}  // namespace
}  // namespace sendh::attribution
