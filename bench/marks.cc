// Are the marks of an innocent copy coin tosses, and how fast are they?
//
//     marks [keys, default 10000]
//
// For each register size: over that many keys, the place of one row (chi-square over 20 equal parts), the
// distance of two neighbouring rows (the same), whether the second stands behind the first, and for small
// sizes every order of the whole copy. Then canary coins: each canary's share over the keys, and pairs of
// canaries together (chi-square over 2×2 cells), and spellings. A p-value below 0.001 anywhere would be a
// failure; over the 40-odd tests the smallest is expected near 0.02. Then the speed of 10,000 copies × 5,000
// hits.
#include <algorithm>
#include <array>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>
#include <vector>

#include "registers/marks.h"

namespace {

using namespace sendh;

double smallest = 1;
int tests = 0;

// Upper tail of chi-square: the regularised incomplete gamma function Q(k/2, x/2), by its series or its
// continued fraction (Abramowitz and Stegun 6.5.29, 6.5.31).
double chi_square_tail(double x, double k) {
    const double a = k / 2;
    const double z = x / 2;
    if (z <= 0) return 1;
    const double front = std::exp(-z + a * std::log(z) - std::lgamma(a));
    if (z < a + 1) {
        double term = 1 / a;
        double sum = term;
        for (int n = 1; n < 10'000 && term > sum * 1e-15; ++n) {
            term *= z / (a + n);
            sum += term;
        }
        return 1 - front * sum;
    }
    double b = z + 1 - a;
    double c = 1e300;
    double d = 1 / b;
    double h = d;
    for (int n = 1; n < 10'000; ++n) {
        const double an = -n * (n - a);
        b += 2;
        d = 1 / (an * d + b);
        c = b + an / c;
        h *= c * d;
        if (std::abs(c * d - 1) < 1e-15) break;
    }
    return front * h;
}

double p_of(const std::vector<std::uint64_t>& seen, const std::vector<double>& expected) {
    double x = 0;
    double cells = 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        if (expected[i] == 0 && seen[i] == 0) continue;
        const double off = static_cast<double>(seen[i]) - expected[i];
        x += off * off / std::max(expected[i], 1e-9);
        ++cells;
    }
    const double p = chi_square_tail(x, cells - 1);
    smallest = std::min(smallest, p);
    ++tests;
    return p;
}

double uniform_p(const std::vector<std::uint64_t>& seen, double total) {
    return p_of(seen, std::vector<double>(seen.size(), total / static_cast<double>(seen.size())));
}

RandomId id_of(std::uint64_t n) {
    RandomId id{};
    for (std::size_t i = 0; i < 8; ++i) id[i] = static_cast<unsigned char>(n >> (8 * i));
    return id;
}
Key256 key_of(std::uint64_t n) {
    Key256 key{};
    for (std::size_t i = 0; i < 8; ++i) key[i] = static_cast<unsigned char>(n >> (8 * i));
    return key;
}
Token token_of(std::uint64_t n) {
    Token token;
    for (std::size_t i = 0; i < 8; ++i) token.bytes[i] = static_cast<unsigned char>(n >> (8 * i));
    return token;
}

// Cells of 1 … n in `parts` nearly equal parts, with how many places each has.
void orders(std::uint64_t n, int keys) {
    const std::uint64_t parts = std::min<std::uint64_t>(20, n);
    const std::uint64_t row = n / 3;
    const std::uint64_t next = row + 1;
    std::vector<std::uint64_t> place(parts);
    std::vector<std::uint64_t> distance(parts);
    std::vector<std::uint64_t> behind(2);
    std::vector<double> places(parts);
    std::vector<double> distances(parts);
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(n, 1'000'000); ++i) {
        const std::uint64_t at = n <= 1'000'000 ? i : i * (n / 1'000'000);
        places[at * parts / n] += 1;
        if (i > 0) distances[at * parts / n] += 1;
    }
    const double scale =
        static_cast<double>(keys) / static_cast<double>(std::min<std::uint64_t>(n, 1'000'000));
    for (double& e : places) e *= scale;
    const double sum = static_cast<double>(std::min<std::uint64_t>(n, 1'000'000) - 1);
    for (double& e : distances) e *= keys / sum;
    for (int k = 0; k < keys; ++k) {
        const RowOrder order(key_of(static_cast<std::uint64_t>(k)), id_of(1), n);
        const std::uint64_t a = order.position(row);
        const std::uint64_t b = order.position(next);
        ++place[a * parts / n];
        ++distance[(b + n - a) % n * parts / n];
        ++behind[b > a];
    }
    std::printf("%10llu rows  place %.3f  distance %.3f  before or behind %.3f\n",
                static_cast<unsigned long long>(n), p_of(place, places), p_of(distance, distances),
                uniform_p(behind, keys));
}

void whole_orders(std::uint64_t n, int keys) {
    std::map<std::uint64_t, std::uint64_t> seen;
    for (int k = 0; k < keys; ++k) {
        const RowOrder order(key_of(static_cast<std::uint64_t>(k)), id_of(2), n);
        std::uint64_t name = 0;
        for (std::uint64_t i = 0; i < n; ++i) name = name * n + order.position(i);
        ++seen[name];
    }
    std::uint64_t all = 1;
    for (std::uint64_t i = 2; i <= n; ++i) all *= i;
    std::vector<std::uint64_t> counts;
    for (const auto& [name, times] : seen) counts.push_back(times);
    counts.resize(all);
    std::printf("%10llu rows  all %llu orders %.3f\n", static_cast<unsigned long long>(n),
                static_cast<unsigned long long>(all), uniform_p(counts, keys));
}

void coins(double share, int keys) {
    constexpr std::size_t canaries = 200;
    std::vector<std::uint64_t> held(canaries);
    std::vector<std::uint64_t> pairs(4);
    for (int k = 0; k < keys; ++k) {
        const RecipientMarks marks(key_of(7), id_of(static_cast<std::uint64_t>(k)));
        std::array<bool, canaries> bit{};
        for (std::size_t i = 0; i < canaries; ++i) {
            bit[i] = marks.holds(token_of(i * 37), share);
            held[i] += bit[i];
        }
        for (std::size_t i = 0; i + 1 < canaries; i += 2) ++pairs[bit[i] * 2U + bit[i + 1]];
    }
    // Each canary's count is binomial: the sum of squared standard deviations is chi-square over all of them.
    double x = 0;
    for (const std::uint64_t h : held) {
        const double off = static_cast<double>(h) - keys * share;
        x += off * off / (keys * share * (1 - share));
    }
    const double p = chi_square_tail(x, canaries);
    smallest = std::min(smallest, p);
    ++tests;
    const double n = keys * static_cast<double>(canaries) / 2;
    const double q = 1 - share;
    std::printf("share %.4f  each canary %.3f  pairs %.3f\n", share, p,
                p_of(pairs, {n * q * q, n * q * share, n * share * q, n * share * share}));
}

void spellings(std::size_t count, int keys) {
    std::vector<std::uint64_t> chosen(count);
    for (int k = 0; k < keys; ++k)
        ++chosen[RecipientMarks(key_of(7), id_of(static_cast<std::uint64_t>(k)))
                     .variant(token_of(5), "post", count)];
    std::printf("%zu spellings  %.3f\n", count, uniform_p(chosen, keys));
}

void speed(std::uint64_t rows, std::uint64_t copies, std::uint64_t hits) {
    const std::clock_t start = std::clock();
    std::uint64_t sum = 0;
    for (std::uint64_t c = 0; c < copies; ++c) {
        const RowOrder order(key_of(1), id_of(c), rows);
        for (std::uint64_t h = 0; h < hits; ++h) sum += order.position(h * 7'919 % rows);
    }
    const double took = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    std::printf("%llu copies of %llu rows, %llu hits: %.2f s of one processor, %.1f ns a hit (check %llu)\n",
                static_cast<unsigned long long>(copies), static_cast<unsigned long long>(rows),
                static_cast<unsigned long long>(hits), took, took * 1e9 / static_cast<double>(copies * hits),
                static_cast<unsigned long long>(sum % 1'000));
}

}  // namespace

int main(int argc, char** argv) {
    const int keys = argc > 1 ? std::max(100, std::atoi(argv[1])) : 10'000;
    std::printf("p-values over %d keys\n", keys);
    for (const std::uint64_t n : {5ULL, 17ULL, 100ULL, 1'000ULL, 4'096ULL, 4'097ULL, 50'000ULL, 1'000'000ULL})
        orders(n, keys);
    for (const std::uint64_t n : {3ULL, 4ULL, 5ULL, 6ULL}) whole_orders(n, keys * 10);
    for (const double share : {.15, std::exp(-1.0), .5}) coins(share, keys);
    for (const std::size_t count : {2U, 3U, 7U}) spellings(count, keys);
    std::printf("smallest of %d p-values: %.4f\n", tests, smallest);
    speed(50'000, 10'000, 5'000);
    speed(1'000'000, 10'000, 5'000);
    return smallest < 1e-4 ? 1 : 0;
}
