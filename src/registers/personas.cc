#include "registers/personas.h"

#include <algorithm>
#include <unordered_set>

#include "crypto/digest.h"
#include "registers/number_list.h"

namespace sendh {

namespace {

constexpr std::uint64_t most_donors = 20'000;
constexpr int tries = 200;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_date(std::string_view cell) { return parse_date_cell(cell, Zone{}, "").ok(); }

// Where the rest begins: behind the first space, dot, dash or underscore.
std::size_t rest_of(std::string_view text) {
    const std::size_t at = text.find_first_of(" ._-");
    return at == std::string_view::npos ? text.size() : at + 1;
}

std::string row_text(const std::vector<std::string>& cells) {
    std::string out;
    for (const std::string& cell : cells) out += cell + '\x1f';
    return out;
}

}  // namespace

// Numbers drawn from the stream of one persona's key.
class Personas::Dice {
public:
    explicit Dice(const Key256& key) : words_(512) { key_stream(key, words_); }
    std::uint64_t roll(std::uint64_t limit) { return below(next(), limit); }

private:
    std::uint64_t next() {
        if (at_ == words_.size()) {
            Key256 key;
            for (std::size_t i = 0; i < key.size(); ++i)
                key[i] = static_cast<unsigned char>(words_[words_.size() - 1 - i / 8] >> (i % 8 * 8));
            key_stream(key, words_);
            at_ = 0;
        }
        // The last words are the key of the next stretch, and nothing else.
        const std::uint64_t word = words_[at_++];
        if (at_ == words_.size() - 4) at_ = words_.size();
        return word;
    }
    std::vector<std::uint64_t> words_;
    std::size_t at_ = 0;
};

Personas::Personas(const Key256& key, std::size_t columns, std::uint64_t rows)
    : key_(key), columns_(columns), step_(rows / most_donors + 1) {}

std::uint64_t Personas::hash(std::size_t column, std::string_view cell) const {
    return keyed_hash(key_, std::to_string(column) + ":" + std::string(cell));
}

void Personas::add(std::vector<std::string> cells) {
    cells.resize(columns_);
    for (std::size_t c = 0; c < columns_; ++c) real_.push_back(hash(c, cells[c]));
    real_.push_back(hash(columns_, row_text(cells)));
    if (seen_++ % step_ == 0) donors_.push_back(std::move(cells));
}

void Personas::end() {
    std::sort(real_.begin(), real_.end());
    real_.erase(std::unique(real_.begin(), real_.end()), real_.end());
    identifying_.assign(columns_, false);
    std::size_t most_varied = 0;
    std::size_t most = 0;
    for (std::size_t c = 0; c < columns_; ++c) {
        std::unordered_set<std::string_view> different;
        std::size_t filled = 0;
        std::size_t dates = 0;
        for (const auto& cells : donors_) {
            if (cells[c].empty()) continue;
            ++filled;
            dates += is_date(cells[c]);
            different.insert(cells[c]);
        }
        if (dates * 2 > filled) continue;
        identifying_[c] = filled >= 20 && different.size() * 2 > filled;
        if (different.size() > most) {
            most = different.size();
            most_varied = c;
        }
    }
    if (most > 1) identifying_[most_varied] = true;
}

bool Personas::is_real(std::uint64_t h) const { return std::binary_search(real_.begin(), real_.end(), h); }

std::optional<std::string> Personas::mixed(std::size_t column, Dice& dice) const {
    for (int i = 0; i < tries; ++i) {
        const std::string& front = donors_[dice.roll(donors_.size())][column];
        const std::string& back = donors_[dice.roll(donors_.size())][column];
        const bool both = rest_of(front) < front.size() && rest_of(back) < back.size();
        std::string cell = both ? front.substr(0, rest_of(front)) + back.substr(rest_of(back)) : front;
        // The last run of digits anew, its length kept; its first digit, too, unless nothing else is free.
        if (const auto last = cell.find_last_of("0123456789"); last != std::string::npos) {
            std::size_t first = last;
            while (first > 0 && is_digit(cell[first - 1])) --first;
            const bool from_nought = cell[first] == '0';
            if (first == last || i >= tries / 2) {
                cell[first] = static_cast<char>(first == last || from_nought ? '0' + dice.roll(10)
                                                                             : '1' + dice.roll(9));
            }
            for (std::size_t at = first + 1; at <= last; ++at)
                cell[at] = static_cast<char>('0' + dice.roll(10));
        }
        if (!cell.empty() && !is_real(hash(column, cell))) return cell;
    }
    return std::nullopt;
}

std::optional<Personas::Drawn> Personas::draw(std::string_view name,
                                              const std::vector<std::optional<std::string>>& given) const {
    if (donors_.empty()) return std::nullopt;
    Dice dice(subkey(key_, "sendh/persona/1", name));
    const auto is_given = [&](std::size_t c) { return c < given.size() && given[c].has_value(); };
    for (int i = 0; i < tries; ++i) {
        Drawn out;
        out.cells = donors_[dice.roll(donors_.size())];
        for (std::size_t c = 0; c < columns_; ++c) {
            if (is_given(c)) {
                out.cells[c] = *given[c];
            } else if (identifying_[c] && !out.cells[c].empty()) {
                if (auto cell = mixed(c, dice)) {
                    out.cells[c] = *std::move(cell);
                } else {
                    out.cells[c].clear();
                    out.empty.push_back(c);
                }
            }
        }
        if (columns_ == 0 || !is_real(hash(columns_, row_text(out.cells)))) return out;
    }
    return std::nullopt;
}

}  // namespace sendh
