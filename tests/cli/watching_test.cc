#include "cli/watching.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sendh::cli {
namespace {

// Evidence that others bring, and what a look writes itself.
struct Changing {
    int evidence = 0, findings = 0;
    [[nodiscard]] std::string state() const {
        return std::to_string(evidence) + " " + std::to_string(findings);
    }
};

TEST_CASE("evidence that comes in right after a look, or during it, is looked at") {
    for (const bool during : {false, true}) {
        Changing files;
        std::vector<int> looked_at;
        int rounds = 0;
        const Done ended = look_at_changes([&] { return files.state(); },
                                           [&]() -> Result<bool> {
                                               const int evidence = files.evidence;
                                               if (during && looked_at.empty()) files.evidence = 1;
                                               if (looked_at.empty() || looked_at.back() != evidence) {
                                                   looked_at.push_back(evidence);
                                                   ++files.findings;
                                               }
                                               // The case is closed, and an import that waited for it goes
                                               // on.
                                               if (!during) files.evidence = 1;
                                               return true;
                                           },
                                           [&] { return ++rounds < 4; });
        CHECK(ended.ok());
        CHECK(looked_at == std::vector<int>{0, 1});
    }
}

TEST_CASE("nothing new, no look; a look that could not be is made up for") {
    int looks = 0;
    int rounds = 0;
    const Done ended =
        look_at_changes([] { return std::string("same"); }, [&]() -> Result<bool> { return ++looks == 3; },
                        [&] { return ++rounds < 10; });
    CHECK(ended.ok());
    CHECK(looks == 3);
}

TEST_CASE("a fault of a look ends it") {
    const Done ended = look_at_changes([] { return std::string("new"); },
                                       []() -> Result<bool> {
                                           return Fault{FaultKind::io, "cannot", "", ""};
                                       },
                                       [] { return true; });
    CHECK_FALSE(ended.ok());
}

}  // namespace
}  // namespace sendh::cli
