#include "attribution/counts.h"

#include <array>
#include <cmath>

#include <doctest/doctest.h>

#include "attribution/log_space.h"

namespace sendh::attribution {
namespace {

constexpr double kTight = 1e-9;

// R finds odds ratios and bounds with uniroot at a tolerance of about 1e-4, so its printed digits hold to
// that only; the tight values were solved to 40 digits in exact integer arithmetic (Python, comb() and
// decimal).
constexpr double kUniroot = 1.5e-2;

bool near(double got, double want, double relative = kTight) {
    return std::abs(got - want) <= relative * std::abs(want);
}

// R help page of mantelhaen.test, Rabbits: array(c(0,0,6,5, ...), dim = c(2,2,5)), column-major.
constexpr std::array<Table2x2, 5> kRabbits{
    {{0, 6, 0, 5}, {3, 3, 0, 6}, {6, 0, 2, 4}, {5, 1, 6, 0}, {2, 0, 5, 0}}};

TEST_CASE("the exact conditional test of the rabbits agrees with R") {
    const ExactConditional e(kRabbits);
    CHECK(e.observed() == 16);
    CHECK(near(e.p_two_sided(), 0.0399449035812672));
    CHECK(near(e.odds_ratio(), 10.3610463494887));
    CHECK(near(e.odds_ratio(), 10.3610240813749, kUniroot));
    const Interval ci = e.interval(.025, .025);
    CHECK(near(ci.lo, 1.07738776351803));
    CHECK(near(ci.hi, 531.512782889935));
    CHECK(near(ci.lo, 1.07740143018898, kUniroot));
    CHECK(near(ci.hi, 529.837399023352, kUniroot));
    CHECK_FALSE(ci.unbounded);
}

TEST_CASE("the exact conditional test of five larger tables agrees with R") {
    constexpr std::array<Table2x2, 5> tables{
        {{20, 14, 10, 24}, {15, 12, 3, 15}, {3, 2, 3, 2}, {12, 3, 7, 5}, {1, 0, 3, 2}}};
    const ExactConditional e(tables);
    CHECK(e.observed() == 51);
    CHECK(near(e.p_two_sided(), 0.000476951148224704));
    CHECK(near(e.p_greater(), 0.000238133800061797));
    CHECK(near(e.odds_ratio(), 3.47204102483888));
    CHECK(near(e.odds_ratio(), 3.47203490518527, kUniroot));
    const Interval ci = e.interval(.025, .025);
    CHECK(near(ci.lo, 1.66673309516972));
    CHECK(near(ci.hi, 7.47036363274882));
    CHECK(near(ci.lo, 1.66676578085506, kUniroot));
    CHECK(near(ci.hi, 7.47093130986215, kUniroot));
}

TEST_CASE("Fisher's exact test is the case of one table: tea tasting") {
    constexpr std::array<Table2x2, 1> tea{{{3, 1, 1, 3}}};
    const ExactConditional e(tea);
    CHECK(near(e.p_greater(), 0.242857142857143));
    CHECK(near(e.odds_ratio(), 6.40831965819967));
    CHECK(near(e.odds_ratio(), 6.408308867005788, kUniroot));
    const Interval ci = e.interval(.05, 0);
    CHECK(near(ci.lo, 0.313573767504985));
    CHECK(near(ci.lo, 0.313569264110218, kUniroot));
    CHECK(ci.unbounded);
}

TEST_CASE("Fisher's exact test is the case of one table: convictions") {
    constexpr std::array<Table2x2, 1> twins{{{2, 15, 10, 3}}};
    const ExactConditional e(twins);
    CHECK(near(e.p_less(), 0.000465180943362905));
    CHECK(near(e.p_two_sided(), 0.000536724119143436));
    CHECK(near(e.odds_ratio(), 0.04693663904968));
    CHECK(near(e.odds_ratio(), 0.04693660882769891, kUniroot));
    CHECK(near(e.interval(0, .05).hi, 0.284959545619697));
    CHECK(near(e.interval(.025, .025).lo, 0.00331716395065736));
    CHECK(near(e.interval(.025, .025).hi, 0.363189602356681));
    CHECK(near(e.interval(.005, .005).lo, 0.00137185331426153));
    CHECK(near(e.interval(.005, .005).hi, 0.57885185534954));
    CHECK(near(e.interval(0, .05).hi, 0.2849601, kUniroot));
    CHECK(near(e.interval(.025, .025).lo, 0.003325764, kUniroot));
    CHECK(near(e.interval(.025, .025).hi, 0.363182271, kUniroot));
    CHECK(near(e.interval(.005, .005).lo, 0.001386333, kUniroot));
    CHECK(near(e.interval(.005, .005).hi, 0.578851645, kUniroot));
}

TEST_CASE("the Clopper-Pearson interval and the binomial p agree with R") {
    const Interval ci = clopper_pearson(682, 925, .95);
    CHECK(near(ci.lo, 0.707668264079039));
    CHECK(near(ci.hi, 0.765406558241525));
    CHECK(near(binomial_p_two_sided(682, 925, .75), 0.382491559574852));
    CHECK(binomial_p_two_sided(5, 10, .5) == 1);
    CHECK(near(binomial_p_two_sided(0, 10, .5), 2 / 1024.0));
    CHECK(near(binomial_p_two_sided(8, 10, .5), 112 / 1024.0));
    CHECK(clopper_pearson(0, 0, .95).hi == 1);
    CHECK(clopper_pearson(0, 10, .95).lo == 0);
    CHECK(clopper_pearson(10, 10, .95).hi == 1);
}

TEST_CASE("the noncentral hypergeometric law of two, two, two at odds two is 1/13, 8/13, 4/13") {
    const DiscreteLaw law = noncentral_hypergeometric(2, 2, 2, 2);
    REQUIRE(law.log_mass.size() == 3);
    CHECK(law.lo == 0);
    CHECK(near(std::exp(law.log_mass[0]), 1 / 13.0, 1e-14));
    CHECK(near(std::exp(law.log_mass[1]), 8 / 13.0, 1e-14));
    CHECK(near(std::exp(law.log_mass[2]), 4 / 13.0, 1e-14));
}

TEST_CASE(
    "the law of large counts is a law, has the right mean, and its normaliser agrees with the closed form") {
    const DiscreteLaw law = noncentral_hypergeometric(1'000'000, 3'000'000, 200'000, 1);
    double sum = 0;
    double mean = 0;
    for (std::size_t i = 0; i < law.log_mass.size(); ++i) {
        sum += std::exp(law.log_mass[i]);
        mean += std::exp(law.log_mass[i]) * static_cast<double>(i);
    }
    CHECK(near(sum, 1, 1e-12));
    CHECK(near(mean, 50'000, 1e-10));
    CHECK(near(log_normaliser_ratio(7, 13, 1, 5), std::log((5.0 * 7 + 13) / 20), 1e-13));
}

TEST_CASE("tables in which nothing can vary give p = 1 and an estimate that says nothing") {
    const ExactConditional none({});
    CHECK(none.p_two_sided() == 1);
    CHECK(none.odds_ratio() == 1);
    constexpr std::array<Table2x2, 1> empty_row{{{0, 0, 3, 4}}};
    const ExactConditional e(empty_row);
    CHECK(e.p_greater() == 1);
    CHECK(e.interval(.025, .025).lo == 0);
    CHECK(e.interval(.025, .025).hi == kOddsLimit);
    constexpr std::array<Table2x2, 1> negative{{{-3, 2, 1, -1}}};
    CHECK(std::isfinite(ExactConditional(negative).p_two_sided()));
}

}  // namespace
}  // namespace sendh::attribution
