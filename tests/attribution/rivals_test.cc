#include "attribution/rivals.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "attribution/dial_order.h"

namespace sendh::attribution {
namespace {

struct Lcg {
    std::uint64_t x;
    std::uint32_t below(std::uint32_t n) {
        x = x * 6364136223846793005U + 1442695040888963407U;
        return static_cast<std::uint32_t>((x >> 33U) % n);
    }
};

Field field_of(std::uint32_t items) {
    Field f;
    f.member.assign(items, 0);
    for (std::uint32_t i = 0; i < items; ++i) f.stratum.push_back(i / 100);
    return f;
}

double sweep_ratio(const Field& f, const std::vector<Hit>& hits) {
    return compare_rivals(f, hits).against.front().log10_ratio;
}

TEST_CASE("a sweep of the official run explains the hits as well as the register, in order and at random") {
    Field f = field_of(10'000);
    std::fill(f.member.begin() + 3'333, f.member.begin() + 4'033, std::uint8_t{1});
    std::vector<Hit> in_order;
    for (std::uint32_t i = 0; i < 700; ++i) in_order.push_back({i * 5'000'000LL, 3'333 + i});
    CHECK(sweep_ratio(f, in_order) >= -1e-6);
    std::vector<Hit> at_random = in_order;
    Lcg r{5};
    for (std::uint32_t i = 700; i > 1; --i) std::swap(at_random[i - 1].item, at_random[r.below(i)].item);
    CHECK(sweep_ratio(f, at_random) >= -1e-6);
    at_random.resize(150);
    CHECK(sweep_ratio(f, at_random) >= -1.3);
}

TEST_CASE("a scattered register is far ahead of any sweep, also when it was sorted and dialled in order") {
    Field f = field_of(40'000);
    Lcg r{9};
    std::vector<std::uint32_t> members;
    while (members.size() < 1'200) {
        const std::uint32_t i = r.below(40'000);
        if (f.member[i] == 0) members.push_back(i);
        f.member[i] = 1;
    }
    std::vector<Hit> hits;
    for (std::uint32_t i = 0; i < 250; ++i) {
        hits.push_back({i * 5'000'000LL, i % 5 == 4 ? r.below(40'000) : members[i]});
    }
    CHECK(sweep_ratio(f, hits) < -100);
    std::sort(members.begin(), members.end());
    for (std::uint32_t i = 0; i < 250; ++i) hits[i].item = members[i];
    CHECK(sweep_ratio(f, hits) < -100);
    hits.resize(20);
    CHECK(sweep_ratio(f, hits) < -2);
}

TEST_CASE("the fitted ranges are the ranges that were swept, disjoint, and long enough") {
    std::vector<std::uint32_t> ranked;
    for (std::uint32_t i = 0; i < 80; ++i) ranked.push_back(1'000 + i);
    for (std::uint32_t i = 0; i < 60; ++i) ranked.push_back(7'000 + 2 * i);
    ranked.push_back(9'000);
    const std::vector<Range> fitted = fit_sweep(10'000, ranked, 2);
    REQUIRE(fitted.size() == 2);
    CHECK(fitted[0] == Range{1'000, 1'079});
    CHECK(fitted[1] == Range{7'000, 7'118});
    CHECK(rc::check([] {
        const std::uint32_t items = *rc::gen::inRange<std::uint32_t>(1, 300);
        std::vector<std::uint32_t> some;
        for (std::uint32_t i = 0; i < items; ++i) {
            if (*rc::gen::inRange(0, 4) == 0) some.push_back(i);
        }
        const std::size_t most = *rc::gen::inRange<std::size_t>(0, 9);
        const std::vector<Range> found = fit_sweep(items, some, most);
        RC_ASSERT(found.size() <= std::max<std::size_t>(most, 1));
        for (std::size_t i = 0; i < found.size(); ++i) {
            RC_ASSERT(found[i].first <= found[i].last && found[i].last < items);
            RC_ASSERT(found[i].last - found[i].first + 1 >= std::min(items, kShortestRange));
            if (i > 0) RC_ASSERT(found[i].first > found[i - 1].last + 1);
        }
    }));
}

TEST_CASE("the number of free ranges follows the runs of the register") {
    std::vector<std::uint8_t> member(10'000, 0);
    CHECK(allowed_ranges(member) == kFreeRanges);
    for (std::size_t k = 0; k < 12; ++k) {
        std::fill_n(member.begin() + static_cast<std::ptrdiff_t>(k * 700 + 33), 40, std::uint8_t{1});
    }
    CHECK(allowed_ranges(member) == 12);
    CHECK(member_runs(member, 10).size() == 12);
    CHECK(member_runs(member, 41).empty());
}

TEST_CASE(
    "a directory that holds the register and more is behind, the register under another name is level") {
    Field f = field_of(20'000);
    Lcg r{3};
    std::vector<std::uint8_t> directory(20'000, 0);
    std::vector<Hit> hits;
    for (int i = 0; i < 800; ++i) {
        const std::uint32_t at = r.below(20'000);
        f.member[at] = directory[at] = 1;
        if (i % 8 == 0) hits.push_back({i * 5'000'000LL, at});
    }
    for (int i = 0; i < 3'000; ++i) directory[r.below(20'000)] = 1;
    const std::vector<std::vector<std::uint8_t>> lists{directory, f.member};
    const Rivals got = compare_rivals(f, hits, lists);
    REQUIRE(got.against.size() == 4);
    CHECK(got.against[1].log10_ratio < -20);
    CHECK(got.against[2].log10_ratio == 0);
    CHECK(got.against[3].kind == RivalKind::combination);
    CHECK(got.against[3].log10_ratio > -.01);
}

TEST_CASE("two rivals that explain the hits only together are seen by the joint fit") {
    Field f = field_of(20'000);
    std::fill(f.member.begin() + 555, f.member.begin() + 855, std::uint8_t{1});
    Lcg r{4};
    std::vector<std::uint8_t> directory(20'000, 0);
    std::vector<Hit> hits;
    for (int i = 0; i < 400; ++i) {
        const std::uint32_t at = r.below(20'000);
        directory[at] = 1;
        if (i % 2 == 0) f.member[at] = 1;
    }
    // Half of the directory and half of the official run were called, whether registered or not.
    std::vector<std::uint32_t> called;
    for (std::uint32_t i = 0; i < 20'000; ++i) {
        if (directory[i] != 0 && r.below(2) == 0) called.push_back(i);
    }
    for (std::uint32_t i = 555; i < 855; i += 2) called.push_back(i);
    for (std::size_t i = 0; i < called.size(); ++i) {
        hits.push_back({static_cast<std::int64_t>(i) * 5'000'000, called[i]});
    }
    const std::vector<std::vector<std::uint8_t>> lists{directory};
    const Rivals got = compare_rivals(f, hits, lists);
    CHECK(got.against.back().log10_ratio >= -1.3);
    REQUIRE(got.joint.weight.size() >= 4);
    CHECK(got.joint.weight[1] < .2);
    CHECK(got.joint.weight[2] > .3);
    CHECK(got.joint.log10_added[2] > 20);
}

TEST_CASE("dial order: in order is far from one, the mean over all next items is one") {
    DialOrder in_order(1'000);
    double log_e = 0;
    for (std::size_t i = 100; i < 120; ++i) log_e += std::log10(in_order.hit(i).ascending);
    CHECK(log_e > 20);
    CHECK(in_order.left() == 980);
    CHECK(in_order.hit(105).ascending == 1);
    CHECK(in_order.hit(5'000).ascending == 1);
    CHECK(rc::check([] {
        const std::size_t n = *rc::gen::inRange<std::size_t>(2, 60);
        DialOrder order(n);
        for (int i = 0; i < 35; ++i) {
            if (order.left() < 2) break;
            double up = 0;
            double down = 0;
            const double left = static_cast<double>(order.left());
            std::int64_t present = 0;
            for (std::size_t at = 0; at < n; ++at) {
                DialOrder copy = order;
                const DialOrder::Factors g = copy.hit(at);
                if (copy.left() == order.left()) continue;
                ++present;
                up += g.ascending / left;
                down += g.descending / left;
            }
            RC_ASSERT(present == order.left());
            RC_ASSERT(std::abs(up - 1) < 1e-9);
            RC_ASSERT(std::abs(down - 1) < 1e-9);
            order.hit(*rc::gen::inRange<std::size_t>(0, n));
        }
    }));
}

TEST_CASE("any input gives finite ratios and the same bytes again") {
    CHECK(rc::check([] {
        const std::uint32_t items = *rc::gen::inRange<std::uint32_t>(0, 80);
        Field f = field_of(items);
        for (auto& m : f.member) m = *rc::gen::inRange<std::uint8_t>(0, 2);
        std::vector<Hit> hits;
        const int n = *rc::gen::inRange(0, 90);
        for (int i = 0; i < n; ++i) hits.push_back({i, *rc::gen::inRange<std::uint32_t>(0, 90)});
        const std::vector<std::vector<std::uint8_t>> lists{{}, std::vector<std::uint8_t>(200, 1), {1, 0, 1}};
        const Rivals a = compare_rivals(f, hits, lists);
        const Rivals b = compare_rivals(f, hits, lists);
        RC_ASSERT(a.against.size() == 5U);
        for (std::size_t i = 0; i < a.against.size(); ++i) {
            RC_ASSERT(std::isfinite(a.against[i].log10_ratio));
            RC_ASSERT(std::isfinite(a.against[i].fit.log10_order));
            RC_ASSERT(a.against[i].log10_ratio == b.against[i].log10_ratio);
        }
        for (const double w : a.joint.weight) RC_ASSERT(std::isfinite(w));
    }));
}

TEST_CASE("100,000 hits over a million items are done in seconds") {
    Field f = field_of(1'000'000);
    Lcg r{11};
    std::vector<Hit> hits;
    for (std::uint32_t i = 0; i < 150'000; ++i) f.member[r.below(1'000'000)] = 1;
    for (std::uint32_t i = 0; hits.size() < 100'000; i = (i + 7) % 1'000'000) {
        if (f.member[i] != 0) hits.push_back({static_cast<std::int64_t>(hits.size()) * 5'000'000, i});
    }
    const auto start = std::chrono::steady_clock::now();
    const double ratio = sweep_ratio(f, hits);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    MESSAGE("seconds " << took.count() << ", ratio " << ratio);
    CHECK(took.count() < 60);
    CHECK(ratio < -100);
}

}  // namespace
}  // namespace sendh::attribution
