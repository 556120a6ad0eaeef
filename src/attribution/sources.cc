#include "attribution/sources.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "attribution/log_space.h"

namespace sendh::attribution {
namespace {

constexpr double kLeast = 1e-12;
constexpr double kMost = 1 - 1e-9;

double as_double(std::uint64_t x) { return static_cast<double>(x); }

// Hits as bits, one row a copy.
class HitRowsOfCopies {
public:
    HitRowsOfCopies(std::span<const Bits> hits, std::size_t copies)
        : words_(words_for(hits.size())), bits_(copies * words_, 0), hits_(hits.size()) {
        for (std::size_t h = 0; h < hits.size(); ++h) {
            for (std::size_t j = 0; j < copies; ++j) {
                if (holds(hits[h], j)) bits_[j * words_ + h / 64] |= std::uint64_t{1} << (h % 64);
            }
        }
    }
    std::uint64_t of(std::size_t copy) const {
        std::uint64_t sum = 0;
        for (std::size_t w = 0; w < words_; ++w) sum += ones(bits_[copy * words_ + w]);
        return sum;
    }
    // Hits by the pattern of copies that hold them.
    std::vector<std::uint64_t> patterns(std::span<const std::uint32_t> copies) const {
        std::vector<std::uint64_t> out(std::size_t{1} << copies.size(), 0);
        for (std::size_t w = 0; w < words_; ++w) {
            const std::uint64_t all = w + 1 < words_ || hits_ % 64 == 0
                                          ? ~std::uint64_t{0}
                                          : (std::uint64_t{1} << (hits_ % 64)) - 1;
            for (std::size_t s = 0; s < out.size(); ++s) {
                std::uint64_t in = all;
                for (std::size_t i = 0; i < copies.size() && in != 0; ++i) {
                    const std::uint64_t row = bits_[copies[i] * words_ + w];
                    in &= (s >> i & 1U) != 0 ? row : ~row;
                }
                out[s] += ones(in);
            }
        }
        return out;
    }

private:
    static std::uint64_t ones(std::uint64_t x) { return static_cast<std::uint64_t>(std::popcount(x)); }
    std::size_t words_;
    std::vector<std::uint64_t> bits_;
    std::size_t hits_;
};

struct Candidate {
    std::vector<std::uint32_t> copies;
    SourceFit fit;
    double score = 0;  // log likelihood less the charge, plus log prior
};

}  // namespace

SourceFit fit_sources(std::uint64_t members, std::span<const std::uint64_t> sizes,
                      std::span<const std::uint64_t> patterns) {
    const std::size_t n = sizes.size();
    SourceFit out;
    std::uint64_t hits = 0;
    std::vector<std::uint64_t> held_hits(n, 0);
    for (std::size_t s = 0; s < patterns.size(); ++s) {
        hits += patterns[s];
        for (std::size_t i = 0; i < n; ++i) held_hits[i] += (s >> i & 1U) != 0 ? patterns[s] : 0;
    }
    const double all = as_double(std::max(members, hits));
    std::vector<double> size(n);
    for (std::size_t i = 0; i < n; ++i)
        size[i] = as_double(std::max<std::uint64_t>({sizes[i], held_hits[i], 1}));
    const auto probability = [](double x) { return std::clamp(x, kLeast, kMost); };
    double beta = probability(all > 0 ? as_double(hits) / all / 2 : 0);
    std::vector<double> lambda(n);
    for (std::size_t i = 0; i < n; ++i) lambda[i] = probability(as_double(held_hits[i]) / size[i] / 2);

    if (n < 2) {
        // Closed form: one rate outside, one inside that is not below it.
        const double inside = n == 0 ? 0 : size[0];
        const double in = n == 0 ? 0 : as_double(held_hits[0]);
        const double outside = std::max(all - inside, 0.0);
        beta = probability(outside > 0 ? (as_double(hits) - in) / outside : 0);
        if (n == 1 && in / inside <= beta) beta = probability(all > 0 ? as_double(hits) / all : 0);
        if (n == 1) lambda[0] = probability(1 - (1 - in / inside) / (1 - beta));
    }
    std::vector<double> next(n);
    double last = kLogZero;
    for (int round = 0; round < 500; ++round) {
        double value = (all - as_double(hits)) * std::log1p(-beta);
        for (std::size_t i = 0; i < n; ++i)
            value += (size[i] - as_double(held_hits[i])) * std::log1p(-lambda[i]);
        double next_beta = 0;
        std::fill(next.begin(), next.end(), 0.0);
        for (std::size_t s = 0; s < patterns.size(); ++s) {
            if (patterns[s] == 0) continue;
            double not_hit = 1 - beta;
            for (std::size_t i = 0; i < n; ++i) not_hit *= (s >> i & 1U) != 0 ? 1 - lambda[i] : 1;
            const double p = std::max(1 - not_hit, kLeast);
            const double count = as_double(patterns[s]);
            value += count * std::log(p);
            next_beta += count * beta / p;
            for (std::size_t i = 0; i < n; ++i) next[i] += (s >> i & 1U) != 0 ? count * lambda[i] / p : 0;
        }
        if (value - last < 1e-7) break;
        last = value;
        if (n < 2) break;
        beta = probability(all > 0 ? next_beta / all : 0);
        for (std::size_t i = 0; i < n; ++i) lambda[i] = probability(next[i] / size[i]);
    }
    out.log_likelihood = last;
    out.beta = beta;
    out.lambda = std::move(lambda);
    return out;
}

Sources find_sources(std::uint64_t members, std::span<const std::uint64_t> sizes, std::span<const Bits> hits,
                     const SourcesOptions& options) {
    const std::size_t n = sizes.size();
    Sources out;
    out.probability.assign(n, 0.0);
    const HitRowsOfCopies table(hits, n);
    const double none = std::clamp(options.prior_none, 1e-9, 1 - 1e-9);
    const double further = std::clamp(options.prior_further, 1e-9, 1.0);
    const double each = std::log(std::max(2.0, as_double(hits.size()))) / 2;
    // log of the prior of one set of k copies out of n.
    const auto log_prior = [&](std::size_t k) {
        if (k == 0) return std::log(none);
        const double copies = static_cast<double>(n);
        const double size = static_cast<double>(k);
        return std::log(1 - none) + (size - 1) * std::log(further) -
               (std::lgamma(copies + 1) - std::lgamma(size + 1) - std::lgamma(copies - size + 1));
    };
    const auto fitted = [&](std::vector<std::uint32_t> copies) {
        std::vector<std::uint64_t> of;
        for (const std::uint32_t j : copies) of.push_back(sizes[j]);
        Candidate c;
        c.fit = fit_sources(members, of, table.patterns(copies));
        c.score =
            c.fit.log_likelihood - each * static_cast<double>(copies.size() + 1) + log_prior(copies.size());
        c.copies = std::move(copies);
        return c;
    };

    std::vector<Candidate> found{fitted({})};
    const double background = found[0].fit.log_likelihood;
    std::vector<double> alone;
    for (std::uint32_t j = 0; j < n; ++j) {
        found.push_back(fitted({j}));
        alone.push_back(found.back().fit.log_likelihood);
    }
    if (n > 1 && options.largest > 1) {
        std::vector<std::uint32_t> order(n);
        std::iota(order.begin(), order.end(), 0U);
        std::stable_sort(order.begin(), order.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return alone[a] > alone[b]; });
        // The best beside the best may be poor alone.
        std::vector<double> beside(n, kLogZero);
        for (std::uint32_t j = 0; j < n; ++j) {
            if (j == order[0]) continue;
            Candidate c = fitted({std::min(j, order[0]), std::max(j, order[0])});
            beside[j] = c.fit.log_likelihood;
            found.push_back(std::move(c));
        }
        std::vector<std::uint32_t> second(order);
        std::stable_sort(second.begin(), second.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return beside[a] > beside[b]; });
        std::vector<std::uint32_t> pool;
        for (std::size_t i = 0; i < n && pool.size() < std::max<std::size_t>(options.most, 2); ++i) {
            for (const std::uint32_t j : {order[i], second[i]}) {
                if (std::find(pool.begin(), pool.end(), j) == pool.end()) pool.push_back(j);
            }
        }
        for (std::size_t a = 0; a < pool.size(); ++a) {
            for (std::size_t b = a + 1; b < pool.size(); ++b) {
                if (pool[a] == order[0] || pool[b] == order[0]) continue;
                found.push_back(fitted({std::min(pool[a], pool[b]), std::max(pool[a], pool[b])}));
            }
        }
        const auto better = [](const Candidate& x, const Candidate& y) { return x.score < y.score; };
        Candidate best = *std::max_element(found.begin(), found.end(), better);
        while (best.copies.size() >= 2 &&
               best.copies.size() < std::min<std::size_t>({options.largest, n, 12})) {
            Candidate grown;
            grown.score = kLogZero;
            for (const std::uint32_t j : pool) {
                if (std::find(best.copies.begin(), best.copies.end(), j) != best.copies.end()) continue;
                std::vector<std::uint32_t> copies = best.copies;
                copies.insert(std::upper_bound(copies.begin(), copies.end(), j), j);
                Candidate c = fitted(std::move(copies));
                if (c.score > grown.score) grown = std::move(c);
            }
            if (grown.copies.empty() || grown.score <= best.score) break;
            found.push_back(grown);
            best = std::move(grown);
        }
    }
    std::vector<double> scores;
    for (const Candidate& c : found) scores.push_back(c.score);
    const double total = log_sum_exp(scores);
    std::stable_sort(found.begin(), found.end(),
                     [](const Candidate& x, const Candidate& y) { return x.score > y.score; });
    for (const Candidate& c : found) {
        const double p = std::exp(c.score - total);
        for (const std::uint32_t j : c.copies) out.probability[j] += p;
        if (out.sets.size() >= options.kept) continue;
        out.sets.push_back(
            {c.copies, c.fit.lambda, c.fit.beta, (c.fit.log_likelihood - background) / kLn10, p});
    }
    for (double& p : out.probability) p = std::min(p, 1.0);
    return out;
}

}  // namespace sendh::attribution
