#include "casework/people_rows.h"

#include <algorithm>
#include <limits>

#include "crypto/digest.h"
#include "registers/number_list.h"

namespace sendh {

namespace {

constexpr std::size_t most_rows = 8;
constexpr std::uint64_t most_kept = 5'000;

}  // namespace

PeopleRows::PeopleRows(const Key256& key, std::optional<std::size_t> person_column, Region home,
                       std::uint64_t rows)
    : key_(key),
      person_(person_column),
      home_(home),
      kept_below_(rows <= most_kept ? std::numeric_limits<std::uint64_t>::max()
                                    : std::numeric_limits<std::uint64_t>::max() / rows * most_kept) {}

std::uint64_t PeopleRows::hash(char of, const std::string& text) const {
    return keyed_hash(key_, std::string(1, of) + text);
}

bool PeopleRows::add(const std::vector<std::string>& cells) {
    std::string who;
    bool any = false;
    if (person_) {
        who = cells[*person_];
        any = !who.empty();
    } else {
        for (const std::string& cell : cells) {
            if (!is_phone_cell(cell, home_)) {
                who += cell;
                any = any || !cell.empty();
            }
            who += '\x1f';
        }
    }
    if (!any) {
        ++alone_;
        return true;
    }
    const std::uint64_t key = hash(person_ ? 'p' : 'r', who);
    const std::uint32_t rows = ++rows_[key];
    // Rows that are found by being alike need no model.
    if (person_ && key <= kept_below_ && rows <= most_rows) kept_[key].push_back(cells);
    return rows == 1;
}

void PeopleRows::end() {
    std::map<std::size_t, std::uint64_t> people;
    if (alone_ > 0) people[1] = alone_;
    for (const auto& [key, rows] : rows_) {
        if (rows <= most_rows) ++people[rows];
    }
    std::uint64_t all = 0;
    for (const auto& [rows, n] : people) all += n;
    if (all > 0) shares_.clear();
    for (const auto& [rows, n] : people) shares_[rows] = static_cast<double>(n) / static_cast<double>(all);
    for (const auto& [key, rows] : kept_) {
        if (rows.size() > 1 && rows.size() == rows_[key]) models_[rows.size()].push_back(key);
    }
    for (auto& [rows, keys] : models_) std::sort(keys.begin(), keys.end());
    rows_.clear();
}

std::optional<std::size_t> PeopleRows::next(std::size_t left) {
    std::optional<std::size_t> out;
    double most = 0;
    for (const auto& [rows, share] : shares_) {
        if (rows > left) break;
        const double missing = share * static_cast<double>(all_made_ + 1) - static_cast<double>(made_[rows]);
        if (out && missing <= most) continue;
        out = rows;
        most = missing;
    }
    if (!out) return out;
    ++made_[*out];
    ++all_made_;
    return out;
}

const PeopleRows::Rows* PeopleRows::model(std::size_t rows, std::uint64_t choice) const {
    const auto at = models_.find(rows);
    if (at == models_.end()) return nullptr;
    return &kept_.at(at->second[choice % at->second.size()]);
}

}  // namespace sendh
