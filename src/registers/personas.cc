#include "registers/personas.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "crypto/digest.h"

namespace sendh {

namespace {

constexpr std::uint64_t most_donors = 20'000;
constexpr std::size_t most_compared = 4'000;  // rows, when it is measured what columns say of each other
constexpr std::size_t bins = 12;              // of days and of serials, when they are compared
constexpr int tries = 200;
constexpr std::uint32_t no_code = UINT32_MAX;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string row_text(const std::vector<std::string>& cells) {
    std::string out;
    for (const std::string& cell : cells) out += cell + '\x1f';
    return out;
}

std::uint64_t combined(std::uint64_t a, std::uint64_t b) {
    a = (a ^ b) * 0x9E3779B97F4A7C15U;
    return a ^ (a >> 29U);
}

std::uint64_t count_of(const std::vector<std::uint64_t>& sorted, std::uint64_t hash) {
    const auto [from, to] = std::equal_range(sorted.begin(), sorted.end(), hash);
    return static_cast<std::uint64_t>(to - from);
}

// Where the last word of a name begins; its size if it has one word.
std::size_t back_of(std::string_view text) {
    std::size_t at = text.find_last_of(' ');
    if (at == std::string_view::npos) at = text.find_last_of("._-");
    return at == std::string_view::npos ? text.size() : at + 1;
}
std::string_view front_of(std::string_view text) { return text.substr(0, back_of(text)); }
std::string_view last_word(std::string_view text) { return text.substr(back_of(text)); }

// Mutual information in nats, and the entropy of the second.
std::pair<double, double> information(const std::vector<std::uint32_t>& a,
                                      const std::vector<std::uint32_t>& b) {
    std::unordered_map<std::uint64_t, std::uint32_t> both;
    std::unordered_map<std::uint32_t, std::uint32_t> one;
    std::unordered_map<std::uint32_t, std::uint32_t> other;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ++both[std::uint64_t{a[i]} << 32U | b[i]];
        ++one[a[i]];
        ++other[b[i]];
    }
    const auto n = static_cast<double>(a.size());
    const auto entropy = [&](const auto& counts) {
        double h = 0;
        for (const auto& [key, k] : counts) h -= k / n * std::log(k / n);
        return h;
    };
    return {entropy(one) + entropy(other) - entropy(both), entropy(other)};
}

}  // namespace

// Numbers drawn from the stream of one persona's key.
class Personas::Dice {
public:
    explicit Dice(const Key256& key) : words_(512) { key_stream(key, words_); }
    std::uint64_t roll(std::uint64_t limit) { return below(next(), limit); }
    template <class T>
    const T& any(const std::vector<T>& of) {
        return of[roll(of.size())];
    }

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

// A persona in the making.
struct Personas::Draft {
    std::vector<std::string> cells;
    std::vector<bool> is_set;
    std::vector<std::uint32_t> codes;
    std::vector<std::optional<std::int64_t>> values;
    std::vector<std::size_t> empty, beyond;
};

Personas::Personas(const Key256& key, std::size_t columns, std::uint64_t rows)
    : key_(key), columns_(columns), step_(rows / most_donors + 1) {}

std::uint64_t Personas::hash(std::size_t column, std::string_view cell) const {
    return keyed_hash(key_, std::to_string(column) + ":" + std::string(cell));
}

std::uint64_t Personas::count(std::size_t column, std::string_view cell) const {
    return count_of(columns_[column].hashes, hash(column, cell));
}

bool Personas::is_free(std::size_t column, const std::string& cell) const {
    const std::uint64_t h = hash(column, cell);
    return count_of(columns_[column].hashes, h) == 0 && !avoided_.contains(h) && !used_.contains(h);
}

void Personas::add(std::vector<std::string> cells) {
    cells.resize(columns_.size());
    for (std::size_t c = 0; c < columns_.size(); ++c) columns_[c].hashes.push_back(hash(c, cells[c]));
    real_rows_.push_back(hash(columns_.size(), row_text(cells)));
    if (seen_++ % step_ == 0) donors_.push_back(std::move(cells));
}

void Personas::avoid(std::vector<std::string> cells) {
    cells.resize(columns_.size());
    for (std::size_t c = 0; c < columns_.size(); ++c) avoided_.insert(hash(c, cells[c]));
    real_rows_.push_back(hash(columns_.size(), row_text(cells)));
}

// ---- What the columns are ----

void Personas::judge(std::size_t c) {
    Column& column = columns_[c];
    std::vector<std::uint64_t> sorted = column.hashes;
    std::sort(sorted.begin(), sorted.end());
    const std::uint64_t filled = sorted.size() - count_of(sorted, hash(c, ""));
    std::uint64_t different = 0;
    std::uint64_t single = 0;
    for (std::size_t i = 0; i < sorted.size();) {
        std::size_t k = i;
        while (k < sorted.size() && sorted[k] == sorted[i]) ++k;
        ++different;
        single += k - i == 1;
        i = k;
    }
    different -= filled < sorted.size();
    column.varied = different * 2 > filled && different > 2;

    std::size_t days = 0;
    std::size_t with_text = 0;
    for (const auto& cells : donors_) {
        days += day_of_cell(cells[c]).has_value();
        with_text += !cells[c].empty();
    }
    column.days = days * 2 > with_text;
    std::map<std::string, std::size_t> shapes;
    for (const auto& cells : donors_) {
        column.serials.push_back(column.days ? day_of_cell(cells[c]) : serial_of(cells[c]));
        if (column.serials.back()) ++shapes[column.serials.back()->shape()];
    }
    std::size_t in_order = 0;  // of a shape that is no one row's alone
    for (const auto& [shape, n] : shapes) in_order += n >= 5 ? n : 0;
    const bool counts = column.days || (column.varied && in_order * 2 > with_text);
    if (!counts) {
        column.serials.clear();
    } else {
        for (const auto& serial : column.serials) {
            if (serial) column.values[serial->shape()].push_back(serial->value);
        }
        for (auto& [shape, values] : column.values) {
            std::sort(values.begin(), values.end());
            values.erase(std::unique(values.begin(), values.end()), values.end());
        }
    }
    // Days of which each is somebody's alone are told apart by; else they are like posts.
    if (column.varied && counts) {
        column.kind = Kind::serial;
    } else if (!column.days &&
               (column.varied || (different > 20 && different * 3 > filled && single * 20 > filled))) {
        column.kind = Kind::text;
    }
    if (column.kind == Kind::text) {
        for (std::uint32_t i = 0; i < donors_.size(); ++i) {
            const std::string& text = cell(i, c);
            if (back_of(text) == text.size()) continue;
            column.fronts[std::string(front_of(text))].push_back(i);
            column.backs[std::string(last_word(text))].push_back(i);
        }
    }
}

// Texts that come from another column's, and texts that share the last word of another's.
void Personas::find_accounts() {
    const auto mostly_spaced = [&](std::size_t c) {
        return std::count_if(donors_.begin(), donors_.end(),
                             [&](const auto& cells) { return cells[c].find(' ') != std::string::npos; }) *
                   2 >
               static_cast<std::ptrdiff_t>(donors_.size());
    };
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        Column& column = columns_[c];
        if ((column.kind != Kind::text && column.kind != Kind::serial) || column.days || mostly_spaced(c))
            continue;
        std::size_t best = 0;
        for (std::size_t n = 0; n < columns_.size(); ++n) {
            if (n == c || columns_[n].days || !mostly_spaced(n)) continue;
            std::size_t fit = 0;
            std::size_t filled = 0;
            for (const auto& cells : donors_) {
                filled += !cells[c].empty();
                fit += !cells[c].empty() && pattern_of(cells[c], cells[n]).has_value();
            }
            if (fit * 2 > filled && fit > best) {
                best = fit;
                column.name = n;
            }
        }
        if (column.name) column.kind = Kind::account;
    }
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        for (std::size_t b = 0; columns_[c].kind == Kind::text && b < c; ++b) {
            if (columns_[b].kind != Kind::text) continue;
            const auto same = std::count_if(donors_.begin(), donors_.end(), [&](const auto& cells) {
                return !last_word(cells[c]).empty() && last_word(cells[c]) == last_word(cells[b]);
            });
            if (same * 2 > static_cast<std::ptrdiff_t>(donors_.size())) columns_[c].shares_back = b;
        }
    }
}

// Cells by which rows agree: themselves; of days and serials a twelfth of their range, or the text before; of
// texts the first word, of accounts what follows the '@'.
void Personas::make_codes(std::size_t c) {
    Column& column = columns_[c];
    std::unordered_map<std::string, std::uint32_t> codes;
    std::vector<std::int64_t> values;
    std::unordered_set<std::string_view> befores;
    for (const auto& serial : column.serials) {
        if (!serial) continue;
        values.push_back(serial->value);
        if (!column.days) befores.insert(serial->before);
    }
    std::sort(values.begin(), values.end());
    const bool by_before = befores.size() > 1;
    for (std::uint32_t i = 0; i < donors_.size(); ++i) {
        const std::string& text = cell(i, c);
        std::string key = text;
        if (column.kind == Kind::account || column.kind == Kind::text) {
            const std::size_t at = text.find('@');
            key = at != std::string::npos ? text.substr(at) : text.substr(0, text.find(' '));
        } else if (i < column.serials.size() && column.serials[i]) {
            const Serial& serial = *column.serials[i];
            const auto rank = static_cast<std::size_t>(
                std::lower_bound(values.begin(), values.end(), serial.value) - values.begin());
            key = by_before ? serial.before : std::to_string(rank * bins / values.size());
        }
        const auto code = codes.emplace(key, static_cast<std::uint32_t>(codes.size())).first->second;
        column.codes.push_back(code);
        column.code_of.emplace(text, code);
        if (column.rows.size() <= code) column.rows.emplace_back();
        column.rows[code].push_back(i);
    }
}

// Which columns say something about which others: more than the same cells shuffled say.
void Personas::relate() {
    const std::size_t step = donors_.size() / most_compared + 1;
    std::vector<std::vector<std::uint32_t>> codes(columns_.size());
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        for (std::size_t i = 0; i < donors_.size(); i += step) codes[c].push_back(columns_[c].codes[i]);
    }
    Dice dice(subkey(key_, "sendh/persona/2", "shuffles"));
    std::vector<std::map<double, std::size_t>> related(columns_.size());  // by how much is left open
    for (std::size_t a = 0; a < columns_.size(); ++a) {
        for (std::size_t b = a + 1; b < columns_.size(); ++b) {
            const auto [common, of_b] = information(codes[a], codes[b]);
            if (common < 0.05) continue;
            const double of_a = information(codes[b], codes[a]).second;
            double by_chance = 0;
            std::vector<std::uint32_t> shuffled = codes[b];
            for (int n = 0; n < 4; ++n) {
                for (std::size_t i = shuffled.size(); i > 1; --i)
                    std::swap(shuffled[i - 1], shuffled[dice.roll(i)]);
                by_chance = std::max(by_chance, information(codes[a], shuffled).first);
            }
            const double more = common - by_chance;
            if (more < 0.03 + 0.02 * by_chance) continue;
            related[a].emplace(1 - more / of_a + static_cast<double>(b) * 1e-9, b);
            related[b].emplace(1 - more / of_b + static_cast<double>(a) * 1e-9, a);
        }
    }
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        for (const auto& [open, other] : related[c]) columns_[c].related.push_back(other);
    }
}

void Personas::end() {
    std::sort(real_rows_.begin(), real_rows_.end());
    if (donors_.empty()) return;
    for (std::size_t c = 0; c < columns_.size(); ++c) judge(c);
    find_accounts();
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        make_codes(c);
        if (columns_[c].kind == Kind::plain) plain_.push_back(c);
    }
    relate();
    std::stable_sort(plain_.begin(), plain_.end(), [&](std::size_t a, std::size_t b) {
        return columns_[a].code_of.size() < columns_[b].code_of.size();
    });
    std::vector<std::uint64_t> rows(seen_);
    for (const std::size_t c : plain_) {
        for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = combined(rows[i], columns_[c].hashes[i]);
        together_.push_back(rows);
        std::sort(together_.back().begin(), together_.back().end());
    }
    for (Column& column : columns_) std::sort(column.hashes.begin(), column.hashes.end());
}

// How many rows have these cells in the first `columns` plain columns.
std::uint64_t Personas::plain_count(const std::vector<std::string>& cells, std::size_t columns) const {
    std::uint64_t h = 0;
    for (std::size_t i = 0; i < columns; ++i) h = combined(h, hash(plain_[i], cells[plain_[i]]));
    return columns == 0 ? seen_ : count_of(together_[columns - 1], h);
}

// ---- Drawing ----

void Personas::set(Draft& d, std::size_t c, std::string text) const {
    const Column& column = columns_[c];
    const auto known = column.code_of.find(text);
    const auto serial = column.serials.empty() ? std::nullopt
                        : column.days          ? day_of_cell(text)
                                               : serial_of(text);
    if (known != column.code_of.end()) d.codes[c] = known->second;
    if (serial) d.values[c] = serial->value;
    d.cells[c] = std::move(text);
    d.is_set[c] = true;
}

// A donor for the column: one who agrees in what says most about it, as long as there are two or more.
std::uint32_t Personas::agreeing(std::size_t c, const Draft& d, Dice& dice) const {
    std::vector<std::uint32_t> fit;
    bool all = true;
    std::optional<std::size_t> by_value;
    int used = 0;
    for (const std::size_t r : columns_[c].related) {
        if (!d.is_set[r] || used == 3) continue;
        const Column& other = columns_[r];
        if (d.values[r] && !by_value) by_value = r;
        if (d.codes[r] == no_code) continue;
        if (all) {
            fit = other.rows[d.codes[r]];
            all = false;
            ++used;
            continue;
        }
        std::vector<std::uint32_t> fewer;
        std::copy_if(fit.begin(), fit.end(), std::back_inserter(fewer),
                     [&](std::uint32_t i) { return other.codes[i] == d.codes[r]; });
        if (fewer.size() < 2) break;
        fit = std::move(fewer);
        ++used;
    }
    if (all && !by_value) return static_cast<std::uint32_t>(dice.roll(donors_.size()));
    if (all) {
        fit.resize(donors_.size());
        std::iota(fit.begin(), fit.end(), 0U);
    }
    if (by_value) {
        constexpr std::size_t nearest = 4;
        const auto distance = [&](std::uint32_t i) {
            const auto& serial = columns_[*by_value].serials[i];
            return serial ? std::abs(serial->value - *d.values[*by_value]) : INT64_MAX;
        };
        if (fit.size() > nearest) {
            // From anywhere on, so that of many at the same distance it is not always the first.
            std::rotate(fit.begin(), fit.begin() + static_cast<std::ptrdiff_t>(dice.roll(fit.size())),
                        fit.end());
            std::nth_element(fit.begin(), fit.begin() + nearest, fit.end(),
                             [&](std::uint32_t a, std::uint32_t b) { return distance(a) < distance(b); });
            fit.resize(nearest);
        }
    }
    return dice.any(fit);
}

// A donor for the column, whose cell this many rows have, or about as many. So a persona has as many
// namesakes as a person has besides himself: picked by chance it would have one more, and that can be two in
// place of one.
std::uint32_t Personas::shared_by(std::size_t c, std::uint64_t rows, const Draft& d, Dice& dice) const {
    constexpr std::uint64_t many = 8;
    std::uint32_t best = agreeing(c, d, dice);
    const auto miss = [&](std::uint32_t donor) {
        const std::uint64_t is = std::min(count(c, cell(donor, c)), many);
        const std::uint64_t wanted = std::min(rows, many);
        return is > wanted ? is - wanted : wanted - is;
    };
    for (int i = 0; i < 40 && miss(best) > 0; ++i) {
        const std::uint32_t donor = agreeing(c, d, dice);
        if (miss(donor) < miss(best)) best = donor;
    }
    return best;
}

// A value that nobody has: between the neighbours of `near`, or of their neighbours ...; or above all.
std::optional<std::string> Personas::new_serial(std::size_t c, const Serial& near, bool beyond,
                                                Dice& dice) const {
    const auto found = columns_[c].values.find(near.shape());
    if (found == columns_[c].values.end()) return std::nullopt;
    const std::vector<std::int64_t>& values = found->second;
    std::int64_t step = 0;
    for (const std::int64_t value : values) {
        step = std::gcd(step, value - values.front());
        if (step == 1) break;
    }
    step = std::max<std::int64_t>(step, 1);
    Serial serial = near;
    const auto take = [&](std::int64_t value) -> std::optional<std::string> {
        serial.value = value;
        std::string text = serial.text();
        return is_free(c, text) ? std::optional(std::move(text)) : std::nullopt;
    };
    const auto at =
        static_cast<std::size_t>(std::lower_bound(values.begin(), values.end(), near.value) - values.begin());
    for (std::size_t reach = 1;; reach *= 2) {
        const std::int64_t low = values[at > reach ? at - reach : 0];
        const std::int64_t high = values[std::min(at + reach, values.size() - 1)];
        const auto slots = static_cast<std::uint64_t>((high - low) / step);
        const std::uint64_t start = slots == 0 ? 0 : dice.roll(std::min<std::uint64_t>(slots, UINT32_MAX));
        for (std::uint64_t i = 0; i < std::min<std::uint64_t>(slots, 64); ++i) {
            const std::uint64_t slot =
                slots <= 64 ? (start + i) % slots : dice.roll(std::min<std::uint64_t>(slots, UINT32_MAX));
            const std::int64_t value = low + static_cast<std::int64_t>(slot) * step;
            // Of days, the same day of the week: offices begin on Mondays.
            if (near.is_day && i < 32 && (value - near.value) % 7 != 0) continue;
            if (auto text = take(value)) return text;
        }
        if (reach >= values.size()) break;
    }
    for (int i = 0; beyond && i < tries; ++i) {
        const std::uint64_t range = values.size() / 4 + 10 + static_cast<std::uint64_t>(i) * 4;
        if (auto text = take(values.back() + step * static_cast<std::int64_t>(1 + dice.roll(range))))
            return text;
    }
    return std::nullopt;
}

// One plain cell. False: none was found that is new together with the ones before it.
bool Personas::draw_cell(Draft& d, std::size_t place, std::uint32_t model, bool must_be_new,
                         Dice& dice) const {
    const std::size_t c = plain_[place];
    const Column& column = columns_[c];
    // A day that only the model has: one that nobody has.
    const bool day = column.days && count(c, cell(model, c)) == 1 && column.serials[model];
    const std::uint64_t others = count(c, cell(model, c)) - 1;
    for (int i = 0; i < 40; ++i) {
        // A post of nobody's cannot be made up; nor does a persona get one that is one person's.
        const std::uint32_t donor =
            day ? agreeing(c, d, dice)
                : shared_by(c, column.days ? others : std::max<std::uint64_t>(others, 2), d, dice);
        std::string text = cell(donor, c);
        if (day && column.serials[donor]) {
            if (auto own = new_serial(c, *column.serials[donor], false, dice)) text = *std::move(own);
        }
        d.cells[c] = text;
        if (must_be_new && plain_count(d.cells, place + 1) > 0) continue;
        set(d, c, std::move(text));
        return true;
    }
    return false;
}

bool Personas::draw_plain(Draft& d, std::uint32_t model, bool free, Dice& dice) const {
    std::size_t known = 0;  // columns in which the model is not told from others
    if (free) {
        while (known < plain_.size() && plain_count(donors_[model], known + 1) > 1) ++known;
        for (std::size_t i = 0; i < known; ++i) set(d, plain_[i], cell(model, plain_[i]));
    }
    for (std::size_t i = known; i < plain_.size(); ++i) {
        if (d.is_set[plain_[i]]) continue;
        if (!draw_cell(d, i, model, free && i == known, dice)) return false;
    }
    return true;
}

void Personas::draw_serial(Draft& d, std::size_t c, Dice& dice) const {
    const Column& column = columns_[c];
    for (int i = 0; i < tries; ++i) {
        const std::uint32_t donor = agreeing(c, d, dice);
        const std::string& text = cell(donor, c);
        if (text.empty() || (!column.serials[donor] && count(c, text) > 1)) return set(d, c, text);
        if (!column.serials[donor]) continue;
        // As often as days come twice.
        if (const std::uint64_t people = count(c, text); column.days && people > 1)
            return set(d, c, cell(shared_by(c, people - 1, d, dice), c));
        if (auto own = new_serial(c, *column.serials[donor], false, dice)) return set(d, c, *std::move(own));
        if (i < 10) continue;
        if (auto own = new_serial(c, *column.serials[donor], true, dice)) {
            d.beyond.push_back(c);
            return set(d, c, *std::move(own));
        }
    }
    d.empty.push_back(c);
    set(d, c, "");
}

// Parts of this donor's text and of others'.
std::string Personas::mixed(std::size_t c, std::uint32_t donor, const Draft& d, Dice& dice) const {
    const Column& column = columns_[c];
    const std::string& text = cell(donor, c);
    if (back_of(text) == text.size()) {
        // One word. With digits it is a code: sign by sign from cells of its length. Without: the beginning,
        // and another's end, where both have the same letter.
        const bool code = std::any_of(text.begin(), text.end(), is_digit);
        std::string out = text;
        for (std::size_t at = 0; code && at < text.size(); ++at) {
            for (int i = 0; i < 20; ++i) {
                const std::string& other = cell(static_cast<std::uint32_t>(dice.roll(donors_.size())), c);
                if (other.size() != text.size() || is_digit(other[at]) != is_digit(text[at])) continue;
                out[at] = other[at];
                break;
            }
        }
        if (code || text.size() < 3) return out;
        const std::string& other = cell(static_cast<std::uint32_t>(dice.roll(donors_.size())), c);
        const std::size_t cut = 1 + dice.roll(text.size() - 2);
        const std::size_t join = other.find(text[cut], 1);
        return join == std::string::npos || static_cast<unsigned char>(text[cut]) >= 0x80
                   ? text
                   : text.substr(0, cut) + other.substr(join);
    }
    const std::string front(front_of(text));
    if (column.shares_back && !last_word(d.cells[*column.shares_back]).empty())
        return front + std::string(last_word(d.cells[*column.shares_back]));
    // From this person to one with the same last word, to one with the same front as that: people who share
    // names are more often of one kind than any two.
    const auto any_of = [&](const auto& index, std::string_view part) {
        const auto found = index.find(std::string(part));
        return found == index.end() ? donor : dice.any(found->second);
    };
    const std::uint32_t same_back = any_of(column.backs, last_word(text));
    const std::uint32_t same_front = any_of(column.fronts, front_of(cell(same_back, c)));
    std::string_view back = last_word(cell(same_front, c));
    if (back.empty() || back == last_word(text) || dice.roll(4) == 0)
        back = last_word(cell(static_cast<std::uint32_t>(dice.roll(donors_.size())), c));
    return front + std::string(back);
}

void Personas::draw_text(Draft& d, std::size_t c, Dice& dice) const {
    std::string again;  // nobody's of the register, but another persona's
    std::uint32_t donor = agreeing(c, d, dice);
    for (int i = 0; i < tries; ++i) {
        if (i % 8 == 7) donor = agreeing(c, d, dice);
        const std::string& text = cell(donor, c);
        if (text.empty()) return set(d, c, text);
        // Where names are mostly unique, a persona gets none that one person has.
        const std::uint64_t others = count(c, text) - 1;
        if (others > (columns_[c].varied ? 1 : 0)) {
            const std::string& name = cell(shared_by(c, others, d, dice), c);
            if (count(c, name) > (columns_[c].varied ? 1 : 0)) return set(d, c, name);
        }
        std::string own = mixed(c, donor, d, dice);
        if (own.empty() || (back_of(text) < text.size() && last_word(own).empty())) continue;
        if (is_free(c, own)) {
            set(d, c, own);
            // It agrees with what its first word agrees with.
            d.codes[c] = columns_[c].codes[donor];
            return;
        }
        if (count(c, own) == 0 && !avoided_.contains(hash(c, own))) again = std::move(own);
    }
    if (again.empty()) d.empty.push_back(c);
    set(d, c, std::move(again));
}

void Personas::draw_account(Draft& d, std::size_t c, Dice& dice) const {
    const std::size_t name = *columns_[c].name;
    std::optional<std::string> taken;
    for (int i = 0; i < tries; ++i) {
        const std::uint32_t donor = agreeing(c, d, dice);
        if (cell(donor, c).empty()) return set(d, c, "");
        auto pattern = pattern_of(cell(donor, c), cell(donor, name));
        if (!pattern) continue;
        // Digits are his own: others of their length.
        for (NamePattern::Part& part : pattern->parts) {
            for (char& sign : part.text) {
                if (is_digit(sign)) sign = static_cast<char>('1' + dice.roll(9));
            }
        }
        auto own = pattern->made_of(d.cells[name]);
        if (!own) continue;
        if (is_free(c, *own)) return set(d, c, *std::move(own));
        // A namesake's. As offices do: a digit more.
        const std::size_t end = std::min(own->find('@'), own->size());
        own->insert(end, std::to_string(1 + dice.roll(static_cast<std::uint64_t>(9 + i))));
        if (is_free(c, *own)) taken = std::move(own);
        if (taken && i > 20) return set(d, c, *std::move(taken));
    }
    d.empty.push_back(c);
    set(d, c, "");
}

std::optional<Personas::Drawn> Personas::draw(std::string_view name,
                                              const std::vector<std::optional<std::string>>& given) {
    if (donors_.empty()) return std::nullopt;
    Dice dice(subkey(key_, "sendh/persona/2", name));
    Draft start;
    start.cells.resize(columns_.size());
    start.is_set.resize(columns_.size());
    start.codes.assign(columns_.size(), no_code);
    start.values.resize(columns_.size());
    bool free = true;  // nothing plain is given
    for (std::size_t c = 0; c < std::min(given.size(), columns_.size()); ++c) {
        if (!given[c]) continue;
        set(start, c, *given[c]);
        free = free && columns_[c].kind != Kind::plain;
    }
    for (int i = 0; i < tries; ++i) {
        Draft d = start;
        const auto model = static_cast<std::uint32_t>(dice.roll(donors_.size()));
        const bool strict =
            i < tries * 3 / 4;  // a small register may have nothing but people of its own kind
        if (!draw_plain(d, model, free && strict, dice)) continue;
        if (strict && free && plain_count(d.cells, plain_.size()) == 1) continue;
        for (const Kind kind : {Kind::serial, Kind::text, Kind::account}) {
            for (std::size_t c = 0; c < columns_.size(); ++c) {
                if (columns_[c].kind != kind || d.is_set[c]) continue;
                if (kind == Kind::serial) draw_serial(d, c, dice);
                if (kind == Kind::text) draw_text(d, c, dice);
                if (kind == Kind::account) draw_account(d, c, dice);
            }
        }
        if (!columns_.empty() && std::binary_search(real_rows_.begin(), real_rows_.end(),
                                                    hash(columns_.size(), row_text(d.cells))))
            continue;
        for (std::size_t c = 0; c < columns_.size(); ++c) used_.insert(hash(c, d.cells[c]));
        return Drawn{std::move(d.cells), std::move(d.empty), std::move(d.beyond)};
    }
    return std::nullopt;
}

}  // namespace sendh
