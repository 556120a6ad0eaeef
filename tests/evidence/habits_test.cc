#include "evidence/habits.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace sendh;

namespace {

const Zone zone{19'800};

// 2026-11-24 hour:minute in the zone, plus days.
Micros at(int hour, int minute = 0, int days = 0) {
    return Micros{to_micros({2026, 11, 24, hour, minute, 0, 0}, zone)->value + days * micros_per_day};
}

LogEntry entry(const std::string& who, const std::string& kind, Micros time, std::uint64_t rows = 0,
               const std::string& what = "at-risk") {
    LogEntry out;
    out.who = who;
    out.kind = kind;
    out.time = time;
    out.details = {{"what", what}, {"rows", rows}};
    return out;
}

std::vector<std::string> codes(const std::vector<UnusualReason>& reasons) {
    std::vector<std::string> out;
    for (const UnusualReason& reason : reasons) out.push_back(reason.code);
    return out;
}
using Codes = std::vector<std::string>;

// A user with 23 readings of about 40 rows by day.
ReadingHabits used() {
    ReadingHabits habits(zone);
    habits.see(entry("asha", "case_made", at(9, 0, -40)));
    for (int i = 0; i < 23; ++i)
        habits.see(entry("asha", "reveal", at(11, 0, i - 30), static_cast<std::uint64_t>(35 + i % 11)));
    return habits;
}

}  // namespace

TEST_CASE("far more rows than a user's habit are unusual, and the reason shows the numbers") {
    ReadingHabits habits = used();
    const auto reasons = habits.see(entry("asha", "reveal", at(11), 48'210));
    REQUIRE(codes(reasons) == Codes{"rows"});
    CHECK(reasons[0].text.starts_with("48,210 rows; the median of 23 earlier readings is 40"));
    CHECK(used().see(entry("asha", "reveal", at(11), 150)).empty());
    // One large reading does not excuse the next.
    CHECK(codes(habits.see(entry("asha", "reveal", at(12), 48'210))) == Codes{"rows"});
}

TEST_CASE("a habit is that of a user and of a command") {
    ReadingHabits habits = used();
    habits.see(entry("ravi", "case_made", at(9, 0, -40)));
    // ravi has no habit: a thousand rows pass, more do not.
    CHECK(habits.see(entry("ravi", "reveal", at(11), 1'000)).empty());
    CHECK(codes(habits.see(entry("ravi", "reveal", at(11), 1'001))) == Codes{"rows"});
    CHECK(habits.see(entry("asha", "reveal", at(11), 900, "another command")).empty());
    CHECK(habits.see(entry("asha", "reading", at(11), 100'000, "register show")).empty());
}

TEST_CASE("masked readings are unusual from a thousand rows on") {
    ReadingHabits habits(zone);
    for (int i = 0; i < 9; ++i) habits.see(entry("asha", "reading", at(9 + i), 20, "register show"));
    CHECK(habits.see(entry("asha", "reading", at(19), 1'000, "register show")).empty());
    CHECK(codes(habits.see(entry("asha", "reading", at(19), 1'001, "register show"))) == Codes{"rows"});
}

TEST_CASE("issuing a whole register is unusual only against a habit of small copies") {
    ReadingHabits habits(zone);
    habits.see(entry("asha", "case_made", at(9)));
    CHECK(habits.see(entry("asha", "copy_issued", at(10), 100'000)).empty());
    for (int i = 0; i < 6; ++i) habits.see(entry("asha", "copy_issued", at(11 + i), 300));
    CHECK(codes(habits.see(entry("asha", "copy_issued", at(18), 100'000))) == Codes{"rows"});
}

TEST_CASE("reading in clear at night is unusual, by the clock of the case, unless it is the user's habit") {
    for (const int hour : {0, 5, 6, 12, 21, 22, 23}) {
        INFO(hour);
        const bool night = hour < 6 || hour > 21;
        CHECK(codes(used().see(entry("asha", "reveal", at(hour, 59), 40))) ==
              (night ? Codes{"night"} : Codes{}));
        CHECK(used().see(entry("asha", "reading", at(hour, 59), 40)).empty());
    }
    ReadingHabits habits(zone);
    habits.see(entry("asha", "case_made", at(9, 0, -40)));
    int flagged = 0;
    for (int i = 0; i < 20; ++i) flagged += !habits.see(entry("asha", "reveal", at(23, 0, i), 40)).empty();
    CHECK(flagged == 4);
    ReadingHabits elsewhere(Zone{0});
    elsewhere.see(entry("asha", "case_made", at(9)));
    CHECK(codes(elsewhere.see(entry("asha", "reveal", at(12), 40))).empty());            // 06:30 UTC
    CHECK(codes(elsewhere.see(entry("asha", "reveal", at(11), 40))) == Codes{"night"});  // 05:30 UTC
}

TEST_CASE("a user's first entry in the log is unusual if it is a reading") {
    ReadingHabits habits = used();
    CHECK(codes(habits.see(entry("ravi", "reading", at(11), 20))) == Codes{"first"});
    CHECK(habits.see(entry("ravi", "reading", at(11), 20)).empty());
    CHECK(habits.see(entry("mira", "import", at(11))).empty());
    CHECK(habits.see(entry("mira", "reading", at(11), 20)).empty());
}

TEST_CASE("the twentieth reading within ten minutes is unusual, the fortieth, and not each between") {
    ReadingHabits habits(zone);
    habits.see(entry("asha", "case_made", at(9)));
    std::vector<int> flagged;
    for (int i = 1; i <= 100; ++i) {
        const Micros time{at(11).value + i * micros_per_second};
        if (!habits.see(entry("asha", "reading", time, 3)).empty()) flagged.push_back(i);
        CHECK(habits.see(entry("asha", "reading", time)).empty());  // shows no row: counts for nothing
    }
    CHECK(flagged == std::vector<int>{20, 40, 80});
    // One each minute never makes twenty.
    ReadingHabits slow(zone);
    slow.see(entry("asha", "case_made", at(9)));
    for (int i = 0; i < 300; ++i)
        CHECK(slow.see(entry("asha", "reading", at(11, i % 60, i / 60), 3)).empty());
}

TEST_CASE("entries that are no readings are never unusual") {
    CHECK(rc::check("any entries", [](const std::vector<std::uint32_t>& rows) {
        ReadingHabits habits(zone);
        for (const std::uint32_t n : rows)
            RC_ASSERT(habits.see(entry("u" + std::to_string(n % 3), "import", at(2), n)).empty());
    }));
}

TEST_CASE("what is flagged depends on what came before, of the same user, and on nothing else") {
    CHECK(rc::check("others do not matter",
                    [](const std::vector<std::pair<std::uint8_t, std::uint16_t>>& script) {
                        ReadingHabits alone(zone);
                        ReadingHabits among(zone);
                        Micros time = at(9);
                        for (const auto& [gap, rows] : script) {
                            time.value += gap * 30 * micros_per_second;
                            const LogEntry mine = entry("asha", "reveal", time, rows);
                            among.see(entry("ravi", "reveal", time, rows * 7U));
                            RC_ASSERT(codes(alone.see(mine)) == codes(among.see(mine)));
                        }
                    }));
    CHECK(rc::check("more rows are never less unusual", [](const std::vector<std::uint16_t>& earlier,
                                                           std::uint16_t rows, std::uint32_t by) {
        const auto flagged = [&](std::uint64_t n) {
            ReadingHabits habits(zone);
            int day = 0;
            for (const std::uint16_t r : earlier) habits.see(entry("asha", "reveal", at(12, 0, ++day), r));
            const auto found = codes(habits.see(entry("asha", "reveal", at(12, 0, ++day), n)));
            return std::find(found.begin(), found.end(), "rows") != found.end();
        };
        if (flagged(rows)) RC_ASSERT(flagged(rows + by % 1'000'000));
    }));
}
