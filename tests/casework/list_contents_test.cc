#include "casework/list_contents.h"

#include <doctest/doctest.h>

using namespace sendh;

namespace {

RowSet rows(std::int64_t from, std::int64_t to) {
    RowSet out;
    for (std::int64_t row = from; row < to; ++row) out.add(row);
    return out;
}

// A register of 100 rows with the columns name and office; canaries have ids from 1'000 on, one for each
// tenth row. The list holds some rows, item i being the i-th of them.
struct World {
    std::vector<std::int64_t> held;
    ListContents list;

    explicit World(std::int64_t from, std::int64_t to, bool with_name = true) {
        for (std::int64_t row = from; row < to; ++row) held.push_back(row);
        list.items = held.size();
        list.columns = {"name", "office"};
        for (std::size_t i = 0; i < held.size(); ++i)
            list.rows.push_back({i, {static_cast<char>(with_name ? 1 : 2), 1}});
    }
    [[nodiscard]] CopyContents copy(std::int64_t from, std::int64_t to, bool with_name = true) const {
        CopyContents out;
        for (const std::int64_t row : held) out.items.push_back(row >= from && row < to);
        out.columns = {with_name, true};
        out.members = rows(from, to);
        return out;
    }
};

void plant(CopyContents& copy, std::int64_t from, std::int64_t to) {
    for (std::int64_t id = from; id < to; ++id) {
        copy.offered.add(id);
        copy.canaries.push_back(id);
    }
}

}  // namespace

TEST_CASE("a copy is needed for rows that no other copy has, and for nothing that another one explains") {
    const World w(0, 100);
    const std::vector<CopyContents> part = {w.copy(0, 60)};
    const std::vector<CopyContents> whole = {w.copy(0, 100)};
    CHECK(is_needed(w.list, whole[0], part, {}));
    CHECK_FALSE(is_needed(w.list, part[0], whole, {}));
    CHECK_FALSE(is_needed(w.list, whole[0], whole, {}));
    // Another recipient's copy, which is a source, too, explains the rest.
    CHECK_FALSE(is_needed(w.list, whole[0], part, whole));
}

TEST_CASE("of copies that were merged each is needed") {
    const World w(0, 100);
    const std::vector<CopyContents> first = {w.copy(0, 60)};
    const std::vector<CopyContents> second = {w.copy(40, 100)};
    CHECK(is_needed(w.list, first[0], second, {}));
    CHECK(is_needed(w.list, second[0], first, {}));
}

TEST_CASE("a few rows of another copy come into any list") {
    const World w(0, 66);
    const std::vector<CopyContents> first = {w.copy(0, 60)};
    const CopyContents second = w.copy(40, 100);
    CHECK_FALSE(is_needed(w.list, second, first, {}));  // 6 rows
    const World more(0, 72);                            // 12 of 40, while all of the first are there
    const std::vector<CopyContents> other = {more.copy(0, 60)};
    CHECK_FALSE(is_needed(more.list, more.copy(40, 100), other, {}));
    const World most(0, 85);
    const std::vector<CopyContents> another = {most.copy(0, 60)};
    CHECK(is_needed(most.list, most.copy(40, 100), another, {}));
}

TEST_CASE("rows without the canaries that stand among them came from elsewhere") {
    World w(0, 100);
    for (std::int64_t id = 1'000; id < 1'010; ++id) w.list.canaries.push_back(id);
    std::vector<CopyContents> first = {w.copy(0, 60)};
    plant(first[0], 1'000, 1'010);
    CopyContents second = w.copy(40, 100);
    CHECK(is_needed(w.list, second, first, {}));  // has none
    plant(second, 2'000, 2'020);
    CHECK_FALSE(is_needed(w.list, second, first, {}));
    for (std::int64_t id = 2'000; id < 2'010; ++id) w.list.canaries.push_back(id);
    CHECK(is_needed(w.list, second, first, {}));
}

TEST_CASE("a column that only one copy has makes it needed, if it says what the register says") {
    World w(0, 100);
    const std::vector<CopyContents> narrow = {w.copy(0, 100, false)};
    const CopyContents wide = w.copy(0, 100);
    CHECK(is_needed(w.list, wide, narrow, {}));
    CHECK_FALSE(is_needed(w.list, narrow[0], std::vector<CopyContents>{wide}, {}));
    for (ListContents::Row& row : w.list.rows) row.says[0] = 0;
    CHECK_FALSE(is_needed(w.list, wide, narrow, {}));
    const World without(0, 100, false);
    CHECK_FALSE(is_needed(without.list, without.copy(0, 100), std::vector{without.copy(0, 100, false)}, {}));
    // Of some rows: the other copy has the column, but not these.
    const World again(0, 100);
    const std::vector<CopyContents> both = {again.copy(0, 100, false), again.copy(0, 50)};
    CHECK(is_needed(again.list, again.copy(0, 100), both, {}));
}

TEST_CASE("what a copy lacks is told, but for a few rows") {
    World w(0, 100);
    CHECK(lacking(w.list, w.copy(0, 100)).empty());
    CHECK(lacking(w.list, w.copy(0, 95)).empty());
    CHECK(lacking(w.list, w.copy(0, 60, false)) ==
          std::vector<std::string>{"column 'name'", "40 of 100 rows"});
    w.list.canaries = {1, 2, 3, 4, 5, 6};
    CopyContents copy = w.copy(0, 100);
    copy.canaries = {1};
    CHECK(lacking(w.list, copy) == std::vector<std::string>{"5 of 6 canaries"});
}

TEST_CASE("nothing in the list, or nothing in the copies, needs nobody") {
    const World none(0, 0);
    CHECK_FALSE(is_needed(none.list, none.copy(0, 100), std::vector{none.copy(0, 0)}, {}));
    CHECK(lacking(none.list, none.copy(0, 0)).empty());
}
