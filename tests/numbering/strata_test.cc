#include "numbering/strata.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <map>
#include <set>

using namespace sendh;

namespace {
PhoneNumber e164(std::uint64_t value) { return PhoneNumber::from_e164(value); }
}  // namespace

TEST_CASE("a block of a hundred with enough numbers is a stratum") {
    std::vector<PhoneNumber> numbers;
    for (std::uint64_t i = 0; i < 20; ++i) numbers.push_back(e164(919876500000 + i));
    for (std::uint64_t i = 0; i < 20; ++i) numbers.push_back(e164(919876500100 + i));
    const std::vector<std::string_view> kinds(numbers.size(), "mobile");
    const Strata strata = lay_strata(numbers, kinds, 10);
    REQUIRE(strata.width.size() == 2);
    CHECK(strata.width[0] == 100);
    CHECK(strata.of[0] == strata.of[19]);
    CHECK(strata.of[0] != strata.of[20]);
    CHECK(strata.wider_than(1'000) == 0);
}

TEST_CASE("few numbers go to the next wider block and are counted as such") {
    std::vector<PhoneNumber> numbers;
    for (std::uint64_t i = 0; i < 6; ++i) numbers.push_back(e164(919876500000 + i));
    for (std::uint64_t i = 0; i < 6; ++i) numbers.push_back(e164(919876500900 + i));
    numbers.push_back(e164(919899900001));
    const std::vector<std::string_view> kinds(numbers.size(), "");
    const Strata strata = lay_strata(numbers, kinds, 10);
    REQUIRE(strata.width.size() == 2);
    CHECK(strata.of[0] == strata.of[11]);
    CHECK(strata.width[strata.of[0]] == 1'000);
    CHECK(strata.width[strata.of[12]] == 0);
    CHECK(strata.wider_than(1'000) == 1);
}

TEST_CASE("numbers of different kinds never share a stratum") {
    const std::vector<PhoneNumber> numbers = {e164(919876500000), e164(919876500001)};
    const std::vector<std::string_view> kinds = {"mobile\nA", "mobile\nB"};
    const Strata strata = lay_strata(numbers, kinds, 10);
    CHECK(strata.of[0] != strata.of[1]);
}

TEST_CASE("strata are blocks of their width, whole, and small only when nothing wider is left") {
    rc::check([] {
        const auto values = *rc::gen::container<std::vector<std::uint64_t>>(
            rc::gen::inRange<std::uint64_t>(919876500000, 919876540000));
        std::vector<PhoneNumber> numbers;
        std::vector<std::string_view> kinds;
        for (const std::uint64_t v : values) {
            numbers.push_back(e164(v));
            kinds.push_back(v % 3 == 0 ? "a" : "b");
        }
        const Strata strata = lay_strata(numbers, kinds, 5);
        RC_ASSERT(strata.of.size() == numbers.size());
        std::map<std::uint32_t, std::size_t> sizes;
        std::map<std::uint32_t, std::set<std::pair<std::string_view, BlockId>>> blocks;
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            const std::uint32_t s = strata.of[i];
            RC_ASSERT(s < strata.width.size());
            ++sizes[s];
            const std::uint64_t width = strata.width[s];
            blocks[s].insert({kinds[i], width == 0 ? BlockId{} : block_of(numbers[i], width)});
        }
        for (const auto& entry : blocks) RC_ASSERT(entry.second.size() == 1U);
        for (const auto& entry : sizes) RC_ASSERT(entry.second >= 5U || strata.width[entry.first] == 0U);
    });
}
