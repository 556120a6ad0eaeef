#include "casework/rejects.h"

#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace sendh {
namespace {

TEST_CASE("a rejected row is shown without its numbers, and with what is wrong") {
    CHECK(masked_row("10:00:00,15/09/2025,9876500001,9876500002,5") ==
          "10:00:00,15/09/2025,98••••••01,98••••••02,5");
    CHECK(masked_row("25:61:00;2025-09-15;+919876500003;long") == "25:61:00;2025-09-15;+91••••••••03;long");
    CHECK(masked_row("2025-09-15 10:00:00,15.9.25,'10:15',35/13/2025 25:61,2025-09-15T10:00:00.123Z") ==
          "2025-09-15 10:00:00,15.9.25,'10:15',35/13/2025 25:61,2025-09-15T10:00:00.123Z");
    CHECK(masked_row("x\t12\r\ny") == "x 12  y");
    CHECK(masked_row("") == "");
    CHECK(masked_row(std::string("\x30\x00\x02", 3)) == "3 bytes that are no text");
    CHECK(masked_row("Jos\xe9,1") == "José,1");
}

TEST_CASE("numbers written strangely are masked, too") {
    for (const char* strange : {"98765/43210", "9.876543E+09", "98765x43210", "9/8/7/6/5/4/3/2/1/0",
                                "a98765b43210c", "98765:43210", "987-65-432-10", "98_76_54_32_10"}) {
        const std::string shown = masked_row(strange);
        CHECK(shown.find("•") != std::string::npos);
        std::size_t digits = 0;
        for (const char c : shown) digits += c >= '0' && c <= '9' ? 1 : 0;
        CHECK(digits <= 6);
    }
}

TEST_CASE("no ten digits of a number survive in any dress") {
    CHECK(rc::check([] {
        const auto number = *rc::gen::inRange<std::int64_t>(6'000'000'000, 9'999'999'999);
        const auto marks =
            *rc::gen::container<std::string>(10, rc::gen::element(' ', '-', '/', '.', ':', 'x', '_', '0'));
        const std::string digits = std::to_string(number);
        std::string written;
        for (std::size_t i = 0; i < digits.size(); ++i) {
            written += digits[i];
            if (marks[i] != '0') written += marks[i];
        }
        std::string left;
        for (const char c : masked_row("10:00:00," + written + ",15/09/2025").substr(9))
            if (c >= '0' && c <= '9') left += c;
        RC_ASSERT(left.find(digits) == std::string::npos);
    }));
}

}  // namespace
}  // namespace sendh
