#include "casework/list_contents.h"

#include <algorithm>

#include "base/text.h"

namespace sendh {

namespace {

constexpr double enough = 10;              // rows
constexpr double told_share = 0.05;        // of rows and canaries that a copy lacks
constexpr double expected_canaries = 5;    // from which on their absence says something
constexpr double canaries_missing = 0.25;  // of those expected: fewer are too few

double number(std::size_t n) { return static_cast<double>(n); }

bool has(const std::vector<std::int64_t>& sorted, std::int64_t id) {
    return std::binary_search(sorted.begin(), sorted.end(), id);
}

double share_of(const ListContents& list, const CopyContents& copy) {
    const double size = number(copy.members.size() + copy.canaries.size());
    const double held =
        number(static_cast<std::size_t>(std::count(copy.items.begin(), copy.items.end(), true)));
    return list.items == 0 || size == 0 ? 0 : std::min(1.0, held / size);
}

double canary_share_of(const ListContents& list, const CopyContents& copy) {
    const auto seen = std::count_if(copy.canaries.begin(), copy.canaries.end(),
                                    [&](std::int64_t id) { return has(list.canaries, id); });
    return seen == 0 ? 0 : static_cast<double>(seen) / number(copy.canaries.size());
}

// Of the canaries that the copy holds, those that none of these was offered: how many, how many in the list.
std::pair<double, double> own_canaries(const ListContents& list, const CopyContents& copy,
                                       std::span<const CopyContents> siblings) {
    double all = 0;
    double seen = 0;
    for (const std::int64_t id : copy.canaries) {
        if (std::any_of(siblings.begin(), siblings.end(),
                        [&](const CopyContents& s) { return s.offered.has(id); }))
            continue;
        ++all;
        seen += has(list.canaries, id) ? 1 : 0;
    }
    return {all, seen};
}

bool rows_need(const ListContents& list, const CopyContents& copy, std::span<const CopyContents> siblings,
               std::span<const CopyContents> others) {
    const auto elsewhere = [&](auto held) {
        return std::any_of(siblings.begin(), siblings.end(), held) ||
               std::any_of(others.begin(), others.end(), held);
    };
    double in_list = 0;
    for (std::size_t i = 0; i < list.items; ++i)
        in_list += copy.items[i] && !elsewhere([&](const CopyContents& c) { return c.items[i]; }) ? 1 : 0;
    if (in_list < enough) return false;
    const auto [canaries, canaries_seen] = own_canaries(list, copy, siblings);
    double all = canaries;
    for (const std::int64_t row : copy.members.rows())
        all += elsewhere([&](const CopyContents& c) { return c.members.has(row); }) ? 0 : 1;
    // As much of both as the list holds of the best of the recipient's copies.
    double rows = share_of(list, copy);
    double planted = canary_share_of(list, copy);
    for (const CopyContents& s : siblings) {
        rows = std::max(rows, share_of(list, s));
        planted = std::max(planted, canary_share_of(list, s));
    }
    if (in_list < all * rows / 2) return false;
    const double expected = canaries * planted;
    return expected < expected_canaries || canaries_seen >= expected * canaries_missing;
}

bool column_needs(const ListContents& list, std::size_t column, const CopyContents& copy,
                  std::span<const CopyContents> siblings, std::span<const CopyContents> others) {
    if (!copy.columns[column]) return false;
    double right = 0;
    double wrong = 0;
    for (const ListContents::Row& row : list.rows) {
        if (row.says[column] == 2 || !copy.items[row.item]) continue;
        bool has_row = false;  // rows that no other has are not asked for their columns
        bool has_cell = false;
        for (const auto& copies : {siblings, others}) {
            for (const CopyContents& c : copies) {
                has_row = has_row || c.items[row.item];
                has_cell = has_cell || (c.items[row.item] && c.columns[column]);
            }
        }
        if (!has_row || has_cell) continue;
        ++(row.says[column] == 1 ? right : wrong);
    }
    return right >= enough && right >= wrong;
}

}  // namespace

bool is_needed(const ListContents& list, const CopyContents& copy, std::span<const CopyContents> siblings,
               std::span<const CopyContents> others) {
    if (rows_need(list, copy, siblings, others)) return true;
    for (std::size_t k = 0; k < list.columns.size(); ++k) {
        if (column_needs(list, k, copy, siblings, others)) return true;
    }
    return false;
}

std::vector<std::string> lacking(const ListContents& list, const CopyContents& copy) {
    std::vector<std::string> out;
    for (std::size_t k = 0; k < list.columns.size(); ++k) {
        if (copy.columns[k]) continue;
        double right = 0;
        double wrong = 0;
        for (const ListContents::Row& row : list.rows) {
            if (row.says[k] != 2) ++(row.says[k] == 1 ? right : wrong);
        }
        if (right > 0 && right >= wrong) out.push_back("column '" + list.columns[k] + "'");
    }
    const auto tell = [&](std::size_t lacks, std::size_t all, double least, const char* what) {
        if (number(lacks) >= std::max(least, told_share * number(all)))
            out.push_back(grouped(lacks) + " of " + grouped(all) + what);
    };
    tell(static_cast<std::size_t>(std::count(copy.items.begin(), copy.items.end(), false)), list.items,
         enough, " rows");
    tell(static_cast<std::size_t>(std::count_if(list.canaries.begin(), list.canaries.end(),
                                                [&](std::int64_t id) { return !has(copy.canaries, id); })),
         list.canaries.size(), expected_canaries, " canaries");
    return out;
}

}  // namespace sendh
