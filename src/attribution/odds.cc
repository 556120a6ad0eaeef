#include "attribution/odds.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "attribution/log_space.h"

namespace sendh::attribution {
namespace {

const double kLogLimit = std::log(kOddsLimit);

double clamp_log(double log_omega) { return std::clamp(log_omega, -kLogLimit, kLogLimit); }

double safe_log(double x) { return x > 0 ? clamp_log(std::log(x)) : -kLogLimit; }

double safe_alpha(double alpha) { return alpha > 1e-300 ? std::min(alpha, 1.0) : 1e-300; }

// log of the product of (omega m + u), ten factors at a time: each lies between 1 and 1e22.
double log_product(std::span<const double> m, std::span<const double> u, double omega) {
    constexpr std::size_t kChunk = 10;
    double sum = 0;
    for (std::size_t i = 0; i < m.size(); i += kChunk) {
        const std::size_t end = std::min(i + kChunk, m.size());
        double product = 1;
        for (std::size_t j = i; j < end; ++j) product *= omega * m[j] + u[j];
        sum += std::log(product);
    }
    return sum;
}

}  // namespace

OddsLikelihood::OddsLikelihood(std::span<const RiskEvent> events) {
    m_.reserve(events.size());
    u_.reserve(events.size());
    for (const RiskEvent& e : events) {
        if (!e.informative()) continue;
        const std::int64_t k = e.members_hit + e.others_hit;
        if (k == 1) {
            m_.push_back(static_cast<double>(e.members));
            u_.push_back(static_cast<double>(e.others));
            member_hits_ += static_cast<double>(e.members_hit);
        } else {
            const DiscreteLaw law = noncentral_hypergeometric(e.members, e.others, k, 1);
            const std::int64_t top = law.lo + static_cast<std::int64_t>(law.log_mass.size()) - 1;
            batches_.push_back({law, static_cast<double>(std::clamp(e.members_hit, law.lo, top))});
        }
    }
    log_at_one_ = log_product(m_, u_, 1);
}

double OddsLikelihood::at(double omega) const {
    const double log_omega = safe_log(omega);
    double sum = member_hits_ * log_omega - log_product(m_, u_, std::exp(log_omega)) + log_at_one_;
    std::vector<double> terms;
    for (const Batch& b : batches_) {
        terms = b.law.log_mass;
        for (std::size_t i = 0; i < terms.size(); ++i) {
            terms[i] += (static_cast<double>(b.law.lo) + static_cast<double>(i) - b.hit) * log_omega;
        }
        sum -= log_sum_exp(terms);
    }
    return sum;
}

double OddsLikelihood::score(double log_omega) const {
    const double omega = std::exp(log_omega);
    double sum = member_hits_;
    for (std::size_t i = 0; i < m_.size(); ++i) sum -= omega * m_[i] / (omega * m_[i] + u_[i]);
    std::vector<double> terms;
    for (const Batch& b : batches_) {
        terms = b.law.log_mass;
        for (std::size_t i = 0; i < terms.size(); ++i) terms[i] += static_cast<double>(i) * log_omega;
        const double total = log_sum_exp(terms);
        double mean = static_cast<double>(b.law.lo);
        for (std::size_t i = 0; i < terms.size(); ++i)
            mean += static_cast<double>(i) * std::exp(terms[i] - total);
        sum += b.hit - mean;
    }
    return sum;
}

double OddsLikelihood::mle() const {
    if (empty()) return 1;
    bool none = member_hits_ == 0;
    bool all = member_hits_ == static_cast<double>(m_.size());
    for (const Batch& b : batches_) {
        none = none && b.hit == static_cast<double>(b.law.lo);
        all = all && b.hit == static_cast<double>(b.law.lo) + static_cast<double>(b.law.log_mass.size()) - 1;
    }
    if (none) return 0;
    if (all) return kOddsLimit;
    double lo = -kLogLimit;
    double hi = kLogLimit;
    for (int i = 0; i < 60 && hi - lo > 1e-13; ++i) {
        const double mid = (lo + hi) / 2;
        (score(mid) > 0 ? lo : hi) = mid;
    }
    return std::exp((lo + hi) / 2);
}

Interval OddsLikelihood::above(double floor) const {
    if (empty()) return {0, kOddsLimit, true};
    const double peak = safe_log(mle());
    const auto edge = [&](double inside, double outside) {
        for (int i = 0; i < 60 && std::abs(outside - inside) > 1e-11; ++i) {
            const double mid = (inside + outside) / 2;
            (at(std::exp(mid)) > floor ? inside : outside) = mid;
        }
        return std::exp(outside);
    };
    Interval out{0, kOddsLimit, true};
    if (at(1 / kOddsLimit) <= floor) out.lo = edge(peak, -kLogLimit);
    if (at(kOddsLimit) <= floor) {
        out.hi = edge(peak, kLogLimit);
        out.unbounded = false;
    }
    return out;
}

double log10_fixed_odds(std::span<const RiskEvent> events, double omega, double gamma) {
    const OddsLikelihood likelihood(events);
    return (likelihood.at(omega) - likelihood.at(gamma)) / kLn10;
}

double grid_odds(int i) {
    static const double step = std::log(2000 / 1.5) / (kGridPoints - 1);
    return 1.5 * std::exp(step * i);
}

namespace {

// E(Γ) for several Γ of one likelihood; remembers the grid points it has been to.
class Mixture {
public:
    explicit Mixture(const OddsLikelihood& likelihood) : likelihood_(likelihood) {}

    double log_e(double gamma) {
        gamma = std::clamp(gamma, 1.0, kGammaLimit);
        int first = 0;
        while (grid_odds(first) <= gamma * (1 + 1e-9)) ++first;
        std::array<double, kGridPoints> terms{};
        for (int i = 0; i < kGridPoints; ++i) terms[static_cast<std::size_t>(i)] = point(first + i);
        const double base = gamma > 1 ? likelihood_.at(gamma) : 0;
        return log_sum_exp(terms) - std::log(static_cast<double>(kGridPoints)) - base;
    }

private:
    double point(int i) {
        const auto [it, fresh] = points_.try_emplace(i, 0.0);
        if (fresh) it->second = likelihood_.at(grid_odds(i));
        return it->second;
    }
    const OddsLikelihood& likelihood_;
    std::map<int, double> points_;
};

}  // namespace

double log10_e(const OddsLikelihood& likelihood, double gamma) {
    if (likelihood.empty()) return 0;
    return Mixture(likelihood).log_e(gamma >= 1 ? gamma : 1) / kLn10;
}

double gamma_star(const OddsLikelihood& likelihood, double alpha) {
    const double need = -std::log(safe_alpha(alpha));
    if (likelihood.empty()) return need <= 0 ? 1 : 0;
    Mixture mixture(likelihood);
    if (mixture.log_e(1) < need) return 0;
    double lo = 0;
    double hi = std::log(std::clamp(likelihood.mle(), 1.0, kGammaLimit));
    if (mixture.log_e(std::exp(hi)) >= need) return std::exp(hi);
    for (int i = 0; i < 40 && hi - lo > 1e-10; ++i) {
        const double mid = (lo + hi) / 2;
        (mixture.log_e(std::exp(mid)) >= need ? lo : hi) = mid;
    }
    return std::exp(lo);
}

Interval omega_confidence(const OddsLikelihood& likelihood, double alpha) {
    if (likelihood.empty()) return {0, kOddsLimit, true};
    std::vector<double> terms{0.0};
    for (int i = 0; i < kGridPoints; ++i) {
        terms.push_back(likelihood.at(grid_odds(i)));
        terms.push_back(likelihood.at(1 / grid_odds(i)));
    }
    const double mean = log_sum_exp(terms) - std::log(static_cast<double>(terms.size()));
    return likelihood.above(mean + std::log(safe_alpha(alpha)));
}

}  // namespace sendh::attribution
