#include "registers/value_moves.h"

#include <algorithm>
#include <functional>

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

std::optional<ValueMoves::Step> ValueMoves::step(std::size_t c, std::uint32_t from, Micros after) const {
    const Column& column = columns_[c];
    const auto found = column.moves.find(from);
    if (found == column.moves.end()) return std::nullopt;
    Step out{after, 0, {}};
    for (const std::size_t m : found->second) out.date = std::max(out.date, moves_[m].date);
    if (out.date == after) return std::nullopt;
    std::map<std::uint32_t, std::uint64_t> to;
    std::uint64_t all = 0;
    for (const std::size_t m : found->second) {
        if (moves_[m].date != out.date) continue;
        ++to[moves_[m].is[c]];
        ++all;
    }
    if (const auto left = column.left.find({from, out.date.value}); left != column.left.end())
        all += left->second;
    const auto most = std::max_element(to.begin(), to.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    if (!nearly_all(most->second, all)) return std::nullopt;
    out.to = most->first;
    for (const std::size_t m : found->second) {
        if (moves_[m].date == out.date && moves_[m].is[c] == out.to) out.with.push_back(m);
    }
    return out;
}

ValueMoves::Followed ValueMoves::follow(std::vector<std::string> cells, Micros from) const {
    Followed out;
    std::vector<Micros> since(columns_.size(), Micros{from.value - 1});
    for (int steps = 0; steps < most_steps; ++steps) {
        bool all_there = true;
        for (std::size_t c = 0; c < columns_.size(); ++c) {
            const Column& column = columns_[c];
            const auto value = column.ids.find(cells[column.at]);
            if (value == column.ids.end() || column.held[value->second] < fewest) continue;
            const auto next = step(c, value->second, since[c]);
            const std::uint64_t there = column.there[value->second];
            if (there > 0 && (!next || there * 9 > next->with.size())) continue;
            all_there = false;
            if (!next) {
                out.gone = column.at;
                return out;
            }
            for (std::size_t k = 0; k < columns_.size(); ++k) {
                const auto own = columns_[k].ids.find(cells[columns_[k].at]);
                if (k == c || own == columns_[k].ids.end()) continue;
                std::map<std::uint32_t, std::uint64_t> to;
                std::uint64_t all = 0;
                for (const std::size_t m : next->with) {
                    if (moves_[m].was[k] != own->second) continue;
                    ++to[moves_[m].is[k]];
                    ++all;
                }
                for (const auto& [id, rows] : to) {
                    if (nearly_all(rows, all)) cells[columns_[k].at] = columns_[k].texts[id];
                }
            }
            cells[column.at] = column.texts[next->to];
            since[c] = next->date;
            out.versions.emplace_back(next->date, cells);
        }
        if (!all_there) continue;
        for (const Forms& forms : forms_) {
            const auto at = forms.rows.find(form_of(cells[forms.at]));
            if (at == forms.rows.end()) continue;
            const auto& [held, there] = at->second;
            if (there == 0 && held >= fewest_forms) out.gone = forms.at;
        }
        return out;
    }
    out.gone = columns_.front().at;  // they went in a circle
    return out;
}

}  // namespace sendh
