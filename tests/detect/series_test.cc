#include <doctest/doctest.h>

#include "detect/made_calls.h"

using namespace made;

namespace {

constexpr std::int64_t day = 86'400 * micros_per_second;

Judgement judged(Allocation allocation, std::int64_t table_is_older_by, const char* trunk) {
    Calls calls;
    calls.add(mobile(1), mobile(2), 0, trunk);
    (void)calls.judge();
    const SeriesTable series({{*parse_series("9800", Region::india), allocation, "", "",
                               Micros{at(0).value - table_is_older_by}}});
    const Judge judge(calls.settings, calls.trunks, calls.roaming, *calls.profiles, calls.names, &series);
    return judge.judge(calls.batch, 0);
}

}  // namespace

TEST_CASE("a CLI of a series that was not allocated is fake, on any trunk from outside") {
    for (const char* trunk : {"D1", "T9", ""}) {
        const Judgement j = judged(Allocation::not_allocated, 10 * day, trunk);
        CHECK(j.verdict == Verdict::fake);
        REQUIRE(has(j, "series_not_allocated"));
        CHECK(hit(j, "series_not_allocated")->value == doctest::Approx(10));
    }
    CHECK(judged(Allocation::not_allocated, 10 * day, "P1").verdict == Verdict::ordinary);
}

TEST_CASE("allocated and unknown series are no evidence, nor is a table far older than the call") {
    CHECK(judged(Allocation::allocated, day, "D1").verdict == Verdict::ordinary);
    CHECK(judged(Allocation::unknown, day, "D1").verdict == Verdict::ordinary);
    CHECK(judged(Allocation::not_allocated, 200 * day, "D1").verdict == Verdict::ordinary);
    CHECK(judged(Allocation::not_allocated, -200 * day, "D1").verdict == Verdict::fake);
}
