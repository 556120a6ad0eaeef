#include "casework/case.h"

#include <doctest/doctest.h>

#include "base/folder.h"

using namespace sendh;
using namespace sendh::test;

TEST_CASE("leftovers are cleared by the next step that writes, but not while somebody reads") {
    const Folder folder;
    NewCase settings;
    settings.name = "Case";
    settings.key_folder = folder / "keys";
    const auto open = [&](Case::Access access) {
        auto c = Case::open(folder / "case", access);
        if (!c.ok()) FAIL(c.fault().message());
        return std::move(*c);
    };
    REQUIRE(Case::create(folder / "case", settings).ok());
    const auto left = folder / "case" / "calls" / "calls-9-0.parquet";
    write_file(left, "what an interrupted step left");
    {
        const Case reader = open(Case::Access::read);
        const Case writer = open(Case::Access::write);
        CHECK(std::filesystem::exists(left));
    }
    const Case writer = open(Case::Access::write);
    CHECK_FALSE(std::filesystem::exists(left));
}
