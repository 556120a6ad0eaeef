#include "registers/value_moves.h"

#include <algorithm>
#include <functional>
#include <limits>

namespace sendh {

namespace {

constexpr std::uint64_t sample = 20'000;
constexpr std::uint64_t alone_of = 20;  // one row in so many may be alone with its value
constexpr std::uint64_t fewest = 2;     // rows that make a value one that is shared
constexpr std::uint64_t fewest_forms = 10;
constexpr int most_steps = 32;

bool nearly_all(std::uint64_t some, std::uint64_t all) { return some >= fewest && some * 10 >= all * 9; }

}  // namespace

void SharedColumns::add(const std::vector<std::string>& cells) {
    if (full()) return;
    ++rows_;
    for (std::size_t c = 0; c < std::min(cells.size(), counts_.size()); ++c) ++counts_[c][cells[c]];
}

bool SharedColumns::full() const { return rows_ == sample; }

std::vector<bool> SharedColumns::shared() const {
    std::vector<bool> out;
    for (const auto& column : counts_) {
        const auto alone = static_cast<std::uint64_t>(
            std::count_if(column.begin(), column.end(), [](const auto& value) { return value.second == 1; }));
        out.push_back(alone * alone_of <= rows_);
    }
    return out;
}

std::string form_of(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool digit = c >= '0' && c <= '9';
        const bool small = (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
        const bool large = c >= 'A' && c <= 'Z';
        const char kind = digit ? '9' : small ? 'a' : large ? 'A' : c;
        if (!(digit || small || large) || out.empty() || out.back() != kind) out += kind;
    }
    return out;
}

ValueMoves::ValueMoves(std::vector<bool> shared) {
    for (std::size_t c = 0; c < shared.size(); ++c) {
        if (shared[c]) {
            columns_.emplace_back().at = c;
        } else {
            forms_.emplace_back().at = c;
        }
    }
}

ValueMoves::Ids ValueMoves::count(const std::vector<std::string>& cells, bool there) {
    Ids ids;
    for (Column& column : columns_) {
        const auto [at, fresh] =
            column.ids.emplace(cells[column.at], static_cast<std::uint32_t>(column.texts.size()));
        if (fresh) {
            column.texts.push_back(cells[column.at]);
            column.held.push_back(0);
            column.there.push_back(0);
        }
        ++column.held[at->second];
        column.there[at->second] += there ? 1 : 0;
        ids.push_back(at->second);
    }
    for (Forms& forms : forms_) {
        auto& [held, now] = forms.rows[form_of(cells[forms.at])];
        ++held;
        now += there ? 1 : 0;
    }
    return ids;
}

void ValueMoves::add_later(const std::vector<std::string>& cells) { count(cells, false); }

void ValueMoves::add(std::string_view person, const std::optional<Micros>& began,
                     const std::optional<Micros>& ended, const std::vector<std::string>& cells) {
    Ids ids = count(cells, !ended);
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        auto& change = columns_[c].change[ids[c]];
        ++change[began ? began->value : std::numeric_limits<std::int64_t>::min()];
        if (ended) --change[ended->value];
    }
    const std::uint64_t key = std::hash<std::string_view>{}(person);
    if (const auto at = ended_.find(key); began && at != ended_.end()) {
        std::vector<Ended>& rows = at->second;
        auto best = rows.end();
        std::ptrdiff_t most = -1;
        for (auto row = rows.begin(); row != rows.end(); ++row) {
            std::ptrdiff_t same = 0;
            for (std::size_t c = 0; c < ids.size(); ++c) same += row->was[c] == ids[c] ? 1 : 0;
            if (row->date != *began || same <= most) continue;
            best = row;
            most = same;
        }
        if (best != rows.end()) {
            if (best->was != ids) moves_.push_back({best->date, std::move(best->was), ids});
            rows.erase(best);
        }
    }
    if (ended) ended_[key].push_back({*ended, std::move(ids)});
}

void ValueMoves::end() {
    for (std::size_t m = 0; m < moves_.size(); ++m) {
        for (std::size_t c = 0; c < columns_.size(); ++c) {
            if (moves_[m].was[c] != moves_[m].is[c]) columns_[c].moves[moves_[m].was[c]].push_back(m);
        }
    }
    for (const auto& [person, rows] : ended_) {
        for (const Ended& row : rows) {
            for (std::size_t c = 0; c < columns_.size(); ++c)
                ++columns_[c].left[{row.was[c], row.date.value}];
        }
    }
    ended_.clear();
}

// Rows with the value on the day before this one.
std::uint64_t ValueMoves::holders(const Column& column, std::uint32_t value, Micros before) const {
    const auto found = column.change.find(value);
    if (found == column.change.end()) return 0;
    std::int64_t rows = 0;
    for (const auto& [date, by] : found->second) {
        if (date < before.value) rows += by;
    }
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, rows));
}

// The first day after `after` on which nearly all went from this value.
std::optional<ValueMoves::Step> ValueMoves::step(std::size_t c, std::uint32_t from, Micros after) const {
    const Column& column = columns_[c];
    const auto found = column.moves.find(from);
    if (found == column.moves.end()) return std::nullopt;
    std::map<std::int64_t, std::vector<std::size_t>> by_date;
    for (const std::size_t m : found->second) {
        if (moves_[m].date > after) by_date[moves_[m].date.value].push_back(m);
    }
    for (const auto& [date, moved] : by_date) {
        std::uint64_t all = holders(column, from, Micros{date});
        if (const auto left = column.left.find({from, date}); left != column.left.end())
            all -= std::min(all, left->second);
        if (!nearly_all(moved.size(), all)) continue;
        std::map<std::uint32_t, std::vector<std::size_t>> to;
        for (const std::size_t m : moved) to[moves_[m].is[c]].push_back(m);
        const auto most = std::max_element(to.begin(), to.end(), [](const auto& a, const auto& b) {
            return a.second.size() < b.second.size();
        });
        if (!nearly_all(most->second.size(), all)) return Step{Micros{date}, all, std::nullopt, {}};
        return Step{Micros{date}, all, most->first, std::move(most->second)};
    }
    return std::nullopt;
}

ValueMoves::Followed ValueMoves::follow(std::vector<std::string> cells, Micros from) const {
    Followed out;
    const auto id_of = [&](std::size_t c) -> std::optional<std::uint32_t> {
        const auto at = columns_[c].ids.find(cells[columns_[c].at]);
        return at == columns_[c].ids.end() ? std::nullopt : std::optional(at->second);
    };
    std::vector<Micros> since(columns_.size(), Micros{from.value - 1});
    std::vector<std::uint64_t> scattered(columns_.size());  // so many who had the cell went several ways
    for (int steps = 0;; ++steps) {
        std::optional<Step> next;
        std::size_t moving = 0;
        for (std::size_t c = 0; c < columns_.size(); ++c) {
            const auto value = id_of(c);
            if (!value) continue;
            auto found = step(c, *value, since[c]);
            if (!found || (next && next->date <= found->date)) continue;
            next = std::move(found);
            moving = c;
        }
        if (!next) break;
        if (steps == most_steps) {
            out.gone = columns_[moving].at;
            return out;
        }
        since[moving] = next->date;
        scattered[moving] = next->to ? 0 : next->held;
        if (!next->to) continue;
        for (std::size_t k = 0; k < columns_.size(); ++k) {
            const auto own = id_of(k);
            if (k == moving || !own) continue;
            std::map<std::uint32_t, std::uint64_t> to;
            std::uint64_t all = 0;
            for (const std::size_t m : next->with) {
                if (moves_[m].was[k] != *own) continue;
                ++to[moves_[m].is[k]];
                ++all;
            }
            for (const auto& [id, rows] : to) {
                if (id == *own || !nearly_all(rows, all)) continue;
                cells[columns_[k].at] = columns_[k].texts[id];
                since[k] = next->date;
                scattered[k] = 0;
            }
        }
        cells[columns_[moving].at] = columns_[moving].texts[*next->to];
        out.versions.emplace_back(next->date, cells);
    }
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        const auto value = id_of(c);
        if (!value || columns_[c].held[*value] < fewest) continue;
        const std::uint64_t there = columns_[c].there[*value];
        if (there == 0 || (scattered[c] > 0 && !nearly_all(there, scattered[c]))) out.gone = columns_[c].at;
    }
    for (const Forms& forms : forms_) {
        const auto at = forms.rows.find(form_of(cells[forms.at]));
        if (at == forms.rows.end()) continue;
        const auto& [held, there] = at->second;
        if (there == 0 && held >= fewest_forms) out.gone = forms.at;
    }
    return out;
}

}  // namespace sendh
