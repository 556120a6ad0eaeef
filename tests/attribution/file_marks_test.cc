#include "attribution/file_marks.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include <doctest/doctest.h>

namespace sendh::attribution {
namespace {

double choose(unsigned n, unsigned k) {
    return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0));
}

TEST_CASE("over all orders of an innocent copy the order's e-value has mean 1") {
    for (const std::size_t n : {2U, 3U, 5U, 7U}) {
        std::vector<std::uint64_t> positions(n);
        std::iota(positions.begin(), positions.end(), 10);
        double sum = 0;
        double orders = 0;
        do {
            sum += std::pow(10, log10_e_order(positions));
            ++orders;
        } while (std::next_permutation(positions.begin(), positions.end()));
        CHECK(sum / orders == doctest::Approx(1).epsilon(1e-9));
    }
}

TEST_CASE("over all coins of an innocent copy the coins' e-value has mean 1") {
    for (const double p : {.1, 1 / std::exp(1.0), .5, .9}) {
        const unsigned seen = 7;
        const unsigned missing = 9;
        double mean = 0;
        for (unsigned a = 0; a <= seen; ++a) {
            for (unsigned b = 0; b <= missing; ++b) {
                const double chance = choose(seen, a) * std::pow(p, a) * std::pow(1 - p, seen - a) *
                                      choose(missing, b) * std::pow(p, b) * std::pow(1 - p, missing - b);
                const CoinTally tally{p, a, seen - a, b, missing - b};
                mean += chance * std::pow(10, log10_e_coins(std::span(&tally, 1)));
            }
        }
        CHECK(mean == doctest::Approx(1).epsilon(1e-9));
    }
}

TEST_CASE("rows in the copy's order tell it, from either end and with most rows cut out") {
    std::vector<std::uint64_t> positions;
    for (std::uint64_t i = 0; i < 60; ++i) positions.push_back(i * i * 13);
    CHECK(log10_e_order(positions) > 20);
    std::reverse(positions.begin(), positions.end());
    CHECK(log10_e_order(positions) > 20);
}

TEST_CASE("rows of another list between them do not hide the order") {
    std::mt19937_64 random(1);
    std::vector<std::uint64_t> positions;
    for (std::uint64_t i = 0; i < 60; ++i) {
        positions.push_back(i * 1'000);
        positions.push_back(random() % 60'000 * 2 + 1);
    }
    CHECK(log10_e_order(positions) > 5);
}

TEST_CASE("a list that was sorted says little by its order, and hardly speaks against the copy") {
    std::mt19937_64 random(2);
    std::vector<std::uint64_t> positions(500);
    std::iota(positions.begin(), positions.end(), 0);
    std::shuffle(positions.begin(), positions.end(), random);
    CHECK(std::abs(log10_e_order(positions)) < .5);
}

TEST_CASE("canaries tell whole, cut and merged lists") {
    const auto tell = [](CoinTally t) { return log10_e_coins(std::span(&t, 1)); };
    CHECK(tell({.37, 74, 0, 0, 126}) > 40);  // the whole copy
    CHECK(tell({.37, 20, 0, 54, 126}) > 7);  // most canaries cut out
    CHECK(tell({.37, 74, 46, 0, 80}) > 15);  // merged with another copy
    CHECK(tell({.37, 27, 46, 47, 80}) < 1);  // another copy altogether
    CHECK(tell({.37, 0, 0, 0, 0}) == doctest::Approx(0));
}

}  // namespace
}  // namespace sendh::attribution
