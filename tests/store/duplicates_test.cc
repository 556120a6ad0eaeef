#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <map>
#include <vector>

#include "base/folder.h"
#include "store/duplicates.h"

using namespace sendh;
using namespace sendh::test;

namespace {

struct Hashed {
    std::uint64_t a = 0, b = 0;
    std::int64_t id = 0;
};

std::map<std::int64_t, std::int64_t> find(const Folder& folder, const std::vector<Hashed>& rows) {
    std::map<std::int64_t, std::int64_t> found;
    DuplicateFinder finder(folder.path());
    for (const Hashed& row : rows) REQUIRE(finder.add({row.a, row.b}, row.id).ok());
    REQUIRE(finder
                .finish([&](std::int64_t id, std::int64_t first) {
                    CHECK(found.emplace(id, first).second);
                    return done();
                })
                .ok());
    return found;
}

}  // namespace

TEST_CASE("every row that equals one of a smaller id is told with the smallest") {
    const Folder folder;
    CHECK(rc::check("against a map", [&] {
        std::vector<Hashed> rows;
        std::map<std::pair<std::uint64_t, std::uint64_t>, std::int64_t> smallest;
        const auto n = *rc::gen::inRange<std::int64_t>(0, 60);
        for (std::int64_t i = 0; i < n; ++i) {
            const Hashed row{*rc::gen::inRange<std::uint64_t>(0, 4) << 62,
                             *rc::gen::inRange<std::uint64_t>(0, 3), (i * 37) % 61 - 20};
            rows.push_back(row);
            const auto [at, fresh] = smallest.emplace(std::pair(row.a, row.b), row.id);
            if (!fresh) at->second = std::min(at->second, row.id);
        }
        std::map<std::int64_t, std::int64_t> expected;
        for (const Hashed& row : rows) {
            const auto first = smallest.at({row.a, row.b});
            if (first != row.id) expected[row.id] = first;
        }
        RC_ASSERT(find(folder, rows) == expected);
        RC_ASSERT(std::filesystem::is_empty(folder.path()));
    }));
}

TEST_CASE("rows that share one half of the hash only are kept apart") {
    const Folder folder;
    CHECK(find(folder, {{1, 1, 1}, {1, 2, 2}, {2, 1, 3}, {2, 2, 4}}).empty());
}

TEST_CASE("rows that wait on the disk are found like those in memory, and no file has a name meanwhile") {
    const Folder folder;
    DuplicateFinder finder(folder.path());
    constexpr std::int64_t rows = 600'000;  // more than the memory holds
    const auto call = [](std::int64_t i) {
        const auto x = static_cast<std::uint64_t>(i) * 0x9e3779b97f4a7c15ULL;
        return CallIdentity{x >> 7, x};
    };
    bool added = true;
    for (std::int64_t i = 0; i < rows; ++i) added = finder.add(call(i), i).ok() && added;
    for (std::int64_t i = 0; i < rows; i += 1000) added = finder.add(call(i), rows + i).ok() && added;
    REQUIRE(added);
    CHECK(std::filesystem::is_empty(folder.path()));
    std::int64_t found = 0;
    REQUIRE(finder
                .finish([&](std::int64_t id, std::int64_t first) {
                    CHECK(id == first + rows);
                    ++found;
                    return done();
                })
                .ok());
    CHECK(found == rows / 1000);
    const auto stopped = finder.finish([](std::int64_t, std::int64_t) -> Done {
        return Fault{FaultKind::interrupted, "stop", "", ""};
    });
    CHECK_FALSE(stopped.ok());
}

TEST_CASE("a place that takes no files is a fault") {
    DuplicateFinder finder("/proc/nowhere");
    bool ok = true;
    for (std::int64_t i = 0; ok && i < 2'000; ++i) ok = finder.add({512, 1}, i).ok();
    CHECK_FALSE(ok);
}
