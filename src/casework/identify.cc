#include "casework/identify.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "attribution/file_marks.h"
#include "attribution/log_space.h"
#include "attribution/naming.h"
#include "base/progress.h"
#include "base/text.h"
#include "casework/audit_copies.h"
#include "casework/copies.h"
#include "casework/import_shared.h"
#include "casework/list_contents.h"
#include "registers/where.h"

namespace sendh {

namespace {

namespace attr = attribution;

constexpr std::size_t stretches = 20;
constexpr std::size_t rows_of_a_stretch = 25;
constexpr double same_order = 3;  // log10: one order is told from another

using RowByToken = std::unordered_map<Token, std::size_t, TokenHash>;

// A row of the list that a register knows.
struct Item {
    std::size_t row = 0;     // of the list, the first with this number
    std::uint64_t rows = 0;  // of the list, with this number
    Token token, marked;
    std::vector<std::int64_t> entries;  // rows of the register with this number, of all times
    std::optional<std::int64_t> canary;
    std::string attributes;  // sealed, of the first of the entries, or the canary's
};

// The list as one register sees it.
struct View {
    const RegisterRecord* reg = nullptr;
    std::vector<Item> items;                // in the order of the list
    std::uint64_t rows = 0;                 // of the list, of all items
    std::vector<Item*> sample;              // those whose order is looked at
    std::vector<const CanaryRecord*> seen;  // canaries of this register
    // Of each persona, its numbers and whether the list has any of them.
    struct Persona {
        std::vector<const CanaryRecord*> numbers;
        bool seen = false;
    };
    std::map<std::int64_t, Persona> personas;
};

Place place_of(const View& view, const Item& item) {
    return item.entries.empty() ? Place::of_canary(*item.canary)
                                : Place::of_entry(*view.reg, item.entries.front());
}

Result<View> view_of(Case& c, const RegisterRecord& reg, const std::vector<Token>& tokens,
                     const std::vector<CanaryRecord>& pool) {
    View view;
    view.reg = &reg;
    RowByToken first;                                          // row of the list, by token
    std::unordered_map<Token, std::uint64_t, TokenHash> many;  // rows with it
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        first.emplace(tokens[i], i);
        ++many[tokens[i]];
    }
    std::map<std::size_t, Item> found;
    // Every token is opened, so that a damaged one is told and not taken for a stranger.
    constexpr std::size_t block = 4'096;
    std::vector<Token> opening;
    std::vector<PhoneNumber> numbers(block);
    std::vector<std::int64_t> rows;  // of the tokens
    const auto check = [&] {
        Done opened = c.open_numbers(opening, std::span(numbers).first(opening.size()),
                                     [&](std::size_t i) { return Place::of_entry(reg, rows[i]); });
        opening.clear();
        rows.clear();
        return opened;
    };
    SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) -> Done {
        opening.push_back(entry.token);
        rows.push_back(entry.row);
        if (opening.size() == block) SENDH_CHECK(check());
        const auto at = first.find(entry.token);
        if (at == first.end()) return done();
        found
            .try_emplace(at->second, Item{at->second,
                                          many[entry.token],
                                          entry.token,
                                          Token{},
                                          {},
                                          std::nullopt,
                                          entry.sealed_attributes})
            .first->second.entries.push_back(entry.row);
        return done();
    }));
    SENDH_CHECK(check());
    for (const CanaryRecord& canary : pool) {
        if (canary.register_id != reg.id) continue;
        const auto at = first.find(canary.token);
        View::Persona& persona = view.personas[canary.persona];
        persona.numbers.push_back(&canary);
        if (at == first.end()) continue;
        persona.seen = true;
        view.seen.push_back(&canary);
        found.try_emplace(at->second, Item{at->second,
                                           many[canary.token],
                                           canary.token,
                                           Token{},
                                           {},
                                           canary.id,
                                           canary.sealed_attributes});
    }
    for (auto& [row, item] : found) {
        SENDH_TRY(item.marked, c.mark_token(item.token, place_of(view, item)));
        view.rows += item.rows;
        view.items.push_back(std::move(item));
    }
    const std::size_t n = view.items.size();
    if (n <= stretches * rows_of_a_stretch) {
        for (Item& item : view.items) view.sample.push_back(&item);
    } else {
        for (std::size_t s = 0; s < stretches; ++s) {
            const std::size_t from = (n - rows_of_a_stretch) * s / (stretches - 1);
            for (std::size_t i = 0; i < rows_of_a_stretch; ++i) view.sample.push_back(&view.items[from + i]);
        }
    }
    return view;
}

// One copy of the register with what its marks and the list say.
struct Held {
    Candidate candidate;
    std::optional<CopyMarks> marks;  // of an issued one
    std::vector<Spelling> spellings;
    std::vector<std::optional<std::uint64_t>> positions;  // of the view's sample

    [[nodiscard]] bool has(const Item& item) const {
        if (item.entries.empty())
            return std::binary_search(marks->canaries.begin(), marks->canaries.end(), *item.canary);
        return std::any_of(item.entries.begin(), item.entries.end(),
                           [&](std::int64_t row) { return marks->issue.members.has(row); });
    }
    [[nodiscard]] bool shows(const Spelling& s) const {  // rows of this copy show one of these
        return std::any_of(spellings.begin(), spellings.end(),
                           [&](const Spelling& own) { return own.name == s.name; });
    }
};

// Coins that `counts` lets count: one a persona, however many of its numbers the list has. A burnt canary's
// number may stand in a list for other reasons, but the coin knows nothing of that: it stays evidence of
// where the list came from.
double canary_evidence(const CopyMarks& marks, const View& view,
                       const std::function<bool(std::int64_t)>& counts) {
    attr::CoinTally tally;
    tally.p = marks.issue.canary_share;
    if (tally.p <= 0) return 0;
    for (const auto& [id, persona] : view.personas) {
        const bool offered =
            std::any_of(persona.numbers.begin(), persona.numbers.end(),
                        [&](const CanaryRecord* canary) { return marks.issue.offered.has(canary->id); });
        if (!offered || !std::all_of(persona.numbers.begin(), persona.numbers.end(),
                                     [&](const CanaryRecord* canary) { return counts(canary->id); }))
            continue;
        const bool held = marks.recipient.holds(persona.numbers.front()->marked, marks.issue.canary_share);
        if (persona.seen) {
            ++(held ? tally.seen_held : tally.seen_not_held);
        } else {
            ++(held ? tally.missing_held : tally.missing_not_held);
        }
    }
    return attr::log10_e_coins(std::span(&tally, 1));
}

double spelling_evidence(const Held& copy, const View& view, const NumberList& list,
                         const std::function<bool(const Item&, const Spelling&)>& counts) {
    std::vector<attr::CoinTally> tallies;
    for (const Spelling& s : copy.spellings) {
        const auto column = list.column({column_key(view.reg->columns[s.column])});
        if (!column) continue;
        attr::CoinTally tally;
        tally.p = 1.0 / static_cast<double>(s.texts.size());
        for (const Item& item : view.items) {
            const auto shown = s.find(list.rows[item.row].cells[*column]);
            if (!shown || !counts(item, s)) continue;
            const bool x = copy.marks->recipient.variant(item.marked, s.name, s.texts.size()) == *shown;
            ++(x ? tally.seen_held : tally.seen_not_held);
        }
        tallies.push_back(tally);
    }
    return tallies.empty() ? 0 : attr::log10_e_coins(tallies);
}

double order_of(const std::vector<std::uint64_t>& positions) {
    return positions.size() < 2 ? 0 : attr::log10_e_order(positions);
}

// Where a recorded copy has the sample's rows, and how many of the list's rows it holds.
Done place_recorded(Case& c, const View& view, Held& copy) {
    SENDH_TRY(const auto rows, c.catalogue().copy_rows(copy.candidate.copy.id));
    RowByToken at;
    for (std::size_t i = 0; i < view.sample.size(); ++i) at.emplace(view.sample[i]->token, i);
    std::unordered_set<Token, TokenHash> held(rows.begin(), rows.end());
    for (const Item& item : view.items) copy.candidate.rows_held += held.contains(item.token) ? item.rows : 0;
    copy.positions.resize(view.sample.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto found = at.find(rows[i]);
        if (found != at.end() && !copy.positions[found->second]) copy.positions[found->second] = i;
    }
    return done();
}

// Ranks of the sample's rows in the orders that anybody may have made of the register.
Result<std::vector<std::vector<std::uint64_t>>> common_orders(Case& c, const View& view) {
    const std::size_t n = view.sample.size();
    std::vector<std::uint64_t> by_row(n);  // entries by their row, canaries behind them
    std::vector<std::vector<std::string>> keys;
    keys.emplace_back(n);  // the number, then each column
    for (std::size_t k = 0; k < view.reg->columns.size(); ++k) keys.emplace_back(n);
    for (std::size_t i = 0; i < n; ++i) {
        const Item& item = *view.sample[i];
        by_row[i] = static_cast<std::uint64_t>(
            item.entries.empty() ? (std::int64_t{1} << 62) + item.canary.value_or(0) : item.entries.front());
        SENDH_TRY(const PhoneNumber number, c.open_number(item.token, place_of(view, item)));
        std::string digits = std::to_string(unveil(number));
        keys[0][i] = std::string(20 - digits.size(), '0') + digits;
        if (item.entries.empty()) continue;
        SENDH_TRY(const std::string text, c.open_text(item.attributes, "attributes", place_of(view, item)));
        const auto cells = split_cells(text);
        for (std::size_t k = 0; k + 1 < keys.size() && k < cells.size(); ++k)
            keys[k + 1][i] = lower_ascii(cells[k]);
    }
    std::vector<std::vector<std::uint64_t>> out = {by_row};
    for (const auto& key : keys) {
        std::vector<std::size_t> order(n);
        for (std::size_t i = 0; i < n; ++i) order[i] = i;
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return std::tie(key[a], by_row[a]) < std::tie(key[b], by_row[b]);
        });
        std::vector<std::uint64_t> ranks(n);
        for (std::size_t i = 0; i < n; ++i) ranks[order[i]] = i;
        out.push_back(std::move(ranks));
    }
    return out;
}

using Positions = std::vector<std::optional<std::uint64_t>>;

double order_of(const std::vector<std::size_t>& indices, const Positions& position) {
    std::vector<std::uint64_t> out;
    for (const std::size_t i : indices) {
        if (position[i]) out.push_back(*position[i]);
    }
    return order_of(out);
}

// What is left of the evidence of a recorded copy's order when the list may have any of the other orders.
double recorded_evidence(const Positions& own, const std::vector<const Positions*>& others) {
    std::vector<std::size_t> held;  // indices into the sample, in the list's order
    for (std::size_t i = 0; i < own.size(); ++i) {
        if (own[i]) held.push_back(i);
    }
    const double whole = order_of(held, own);
    if (whole <= 0) return whole;
    std::vector<std::size_t> in_own_order = held;
    std::sort(in_own_order.begin(), in_own_order.end(),
              [&](std::size_t a, std::size_t b) { return own[a] < own[b]; });
    double explained = 0;
    for (const Positions* other : others) {
        if (order_of(in_own_order, *other) >= same_order)
            explained = std::max(explained, order_of(held, *other));
    }
    return whole - explained;
}

struct Work {
    Case& c;
    const std::vector<CanaryRecord>& pool;
    const NumberList& list;
};

// Where the copy has the number. Of a number that several of its rows hold the list does not tell which row
// it is, and to choose by the copy's order would be no chance: its place is not looked at.
std::optional<std::uint64_t> position_in(const CopyMarks& marks, const Item& item) {
    std::optional<std::uint64_t> out;
    std::uint64_t rows = 0;
    for (const std::int64_t row : item.entries) {
        const auto at = marks.position_of_row(row);
        if (!at) continue;
        out = at;
        ++rows;
    }
    if (item.entries.empty() && item.canary) {
        out = marks.position_of_canary(*item.canary);
        rows = out ? 1 : 0;
    }
    return rows == 1 ? out : std::nullopt;
}

// A register with its copies, the recipients' of issued ones by index.
struct Judged {
    View view;
    std::vector<Held> copies;
    std::vector<std::vector<std::size_t>> recipients;
};

Done place_issued(const Work& w, const View& view, Held& copy) {
    SENDH_TRY(copy.marks, marks_of(w.c, copy.candidate.copy.id, w.pool));
    SENDH_TRY(copy.spellings, parse_spellings(copy.marks->variants, view.reg->columns));
    for (const Item* item : view.sample) copy.positions.push_back(position_in(*copy.marks, *item));
    Candidate& out = copy.candidate;
    for (const Item& item : view.items) out.rows_held += copy.has(item) ? item.rows : 0;
    for (const CanaryRecord* canary : view.seen)
        out.canaries_held +=
            std::binary_search(copy.marks->canaries.begin(), copy.marks->canaries.end(), canary->id);
    std::vector<std::uint64_t> positions;
    for (const auto& at : copy.positions) {
        if (at) positions.push_back(*at);
    }
    out.order = order_of(positions);
    out.canaries = canary_evidence(*copy.marks, view, [](std::int64_t) { return true; });
    out.spellings = spelling_evidence(copy, view, w.list, [](const Item&, const Spelling&) { return true; });
    out.log10_e = out.recipient_log10_e = out.order + out.canaries + out.spellings;
    return done();
}

// Of several copies of one recipient each keeps what is its own: its order, and the coins about canaries and
// rows that none of the others could have.
void judge_siblings(const Work& w, Judged& j, const std::vector<std::size_t>& siblings) {
    if (siblings.size() < 2) return;
    std::vector<double> terms;
    for (const std::size_t k : siblings) terms.push_back(j.copies[k].candidate.log10_e * attr::kLn10);
    const double mean =
        (attr::log_sum_exp(terms) - std::log(static_cast<double>(terms.size()))) / attr::kLn10;
    for (const std::size_t k : siblings) {
        Held& copy = j.copies[k];
        const auto another = [&](auto has) {
            return std::any_of(siblings.begin(), siblings.end(),
                               [&](std::size_t other) { return other != k && has(j.copies[other]); });
        };
        Candidate& out = copy.candidate;
        out.recipient_log10_e = mean;
        out.shared = out.canaries + out.spellings;
        out.canaries = canary_evidence(*copy.marks, j.view, [&](std::int64_t id) {
            return !another([&](const Held& other) { return other.marks->issue.offered.has(id); });
        });
        out.spellings = spelling_evidence(copy, j.view, w.list, [&](const Item& item, const Spelling& s) {
            return copy.has(item) &&
                   !another([&](const Held& other) { return other.shows(s) && other.has(item); });
        });
        out.log10_e = out.order + out.canaries + out.spellings;
    }
}

Result<Judged> judge_register(const Work& w, const RegisterRecord& reg, const std::vector<CopyRecord>& copies,
                              const std::vector<Token>& tokens) {
    Judged j;
    SENDH_TRY(j.view, view_of(w.c, reg, tokens, w.pool));
    std::map<RandomId, std::size_t> recipients;
    bool recorded = false;
    for (const CopyRecord& record : copies) {
        SENDH_CHECK(check_interrupt(untouched));
        if (record.register_id != reg.id) continue;
        Held copy;
        copy.candidate.copy = record;
        if (record.issued) {
            SENDH_CHECK(place_issued(w, j.view, copy));
            const auto [at, fresh] = recipients.emplace(copy.marks->issue.recipient, j.recipients.size());
            if (fresh) j.recipients.emplace_back();
            j.recipients[at->second].push_back(j.copies.size());
        } else {
            recorded = true;
            SENDH_CHECK(place_recorded(w.c, j.view, copy));
        }
        j.copies.push_back(std::move(copy));
    }
    for (const auto& siblings : j.recipients) judge_siblings(w, j, siblings);
    if (!recorded) return j;
    SENDH_TRY(const auto common, common_orders(w.c, j.view));
    std::vector<Positions> ranks;
    for (const auto& order : common) ranks.emplace_back(order.begin(), order.end());
    for (std::size_t k = 0; k < j.copies.size(); ++k) {
        if (j.copies[k].marks) continue;
        std::vector<const Positions*> others;
        for (const Positions& order : ranks) others.push_back(&order);
        for (std::size_t o = 0; o < j.copies.size(); ++o) {
            // An issued copy's order explains a list only if the list has it.
            if (o != k && (!j.copies[o].marks || j.copies[o].candidate.order >= same_order))
                others.push_back(&j.copies[o].positions);
        }
        Candidate& out = j.copies[k].candidate;
        out.order = out.log10_e = out.recipient_log10_e = recorded_evidence(j.copies[k].positions, others);
    }
    return j;
}

// Whether a cell says what the register says, in one of the spellings that copies may show.
char says(std::string_view cell, std::string_view text, std::size_t column, const std::vector<Held>& copies) {
    if (trim(cell).empty()) return 2;
    if (Where::same(cell, text)) return 1;
    for (const Held& copy : copies) {
        for (const Spelling& s : copy.spellings) {
            if (s.column == column && s.find(cell) && s.find(text)) return 1;
        }
    }
    return 0;
}

Result<ListContents> contents_of_list(const Work& w, const Judged& j) {
    ListContents out;
    out.items = j.view.items.size();
    for (const CanaryRecord* canary : j.view.seen) out.canaries.push_back(canary->id);
    std::sort(out.canaries.begin(), out.canaries.end());
    std::vector<std::pair<std::size_t, std::size_t>> columns;  // of the register, of the list
    for (std::size_t k = 0; k < j.view.reg->columns.size(); ++k) {
        if (const auto at = w.list.column({column_key(j.view.reg->columns[k])})) {
            columns.emplace_back(k, *at);
            out.columns.push_back(j.view.reg->columns[k]);
        }
    }
    for (const Item* item : j.view.sample) {
        SENDH_TRY(const std::string text,
                  w.c.open_text(item->attributes, "attributes", place_of(j.view, *item)));
        auto cells = split_cells(text);
        cells.resize(j.view.reg->columns.size());
        ListContents::Row row{static_cast<std::size_t>(item - j.view.items.data()), {}};
        for (const auto& [of_register, of_list] : columns)
            row.says.push_back(
                says(w.list.rows[item->row].cells[of_list], cells[of_register], of_register, j.copies));
        out.rows.push_back(std::move(row));
    }
    return out;
}

// The first row of the register with the number of each row: rows that replaced one another are one.
using FirstRows = std::unordered_map<std::int64_t, std::int64_t>;  // of those that are not the first

Result<FirstRows> first_rows(Case& c, std::int64_t reg) {
    FirstRows out;
    std::unordered_map<Token, std::int64_t, TokenHash> first;
    SENDH_CHECK(c.catalogue().scan_entries(reg, [&](const EntryRecord& entry) {
        const auto [at, fresh] = first.emplace(entry.token, entry.row);
        if (!fresh) out.emplace(entry.row, at->second);
        return done();
    }));
    return out;
}

Result<CopyContents> contents_of(Case& c, const Judged& j, const Held& copy, const ListContents& list,
                                 const FirstRows& first) {
    CopyContents out;
    for (const std::string& column : list.columns) {
        const auto& own = copy.candidate.copy.columns;
        out.columns.push_back(std::any_of(own.begin(), own.end(), [&](const std::string& name) {
            return column_key(name) == column_key(column);
        }));
    }
    if (!copy.marks) {
        SENDH_TRY(const auto rows, c.catalogue().copy_rows(copy.candidate.copy.id));
        const std::unordered_set<Token, TokenHash> held(rows.begin(), rows.end());
        for (const Item& item : j.view.items) out.items.push_back(held.contains(item.token));
        return out;
    }
    for (const Item& item : j.view.items) out.items.push_back(copy.has(item));
    out.canaries = copy.marks->canaries;
    out.offered = copy.marks->issue.offered;
    if (first.empty()) {
        out.members = copy.marks->issue.members;
        return out;
    }
    std::vector<std::int64_t> rows = copy.marks->issue.members.rows();
    for (std::int64_t& row : rows) {
        if (const auto at = first.find(row); at != first.end()) row = at->second;
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    for (const std::int64_t row : rows) out.members.add(row);
    return out;
}

// What named copies and the copies of named recipients lack of the list; and of the latter, which are needed.
Done look_at_contents(const Work& w, Judged& j) {
    std::vector<std::size_t> suspects;
    for (std::size_t k = 0; k < j.copies.size(); ++k) {
        if (j.copies[k].candidate.named || j.copies[k].candidate.recipient_named) suspects.push_back(k);
    }
    if (suspects.empty()) return done();
    SENDH_TRY(const ListContents list, contents_of_list(w, j));
    SENDH_TRY(const FirstRows first, first_rows(w.c, j.view.reg->id));
    std::map<std::size_t, CopyContents> contents;
    for (const std::size_t k : suspects) {
        SENDH_TRY(contents[k], contents_of(w.c, j, j.copies[k], list, first));
        j.copies[k].candidate.lacks = lacking(list, contents[k]);
    }
    for (const auto& siblings : j.recipients) {
        const auto is_one = [&](std::size_t k) {
            return std::find(siblings.begin(), siblings.end(), k) != siblings.end();
        };
        const bool is_file = std::any_of(siblings.begin(), siblings.end(),
                                         [&](std::size_t k) { return j.copies[k].candidate.same_file; });
        if (siblings.size() < 2 || is_file || !contents.contains(siblings.front())) continue;
        std::vector<CopyContents> others;
        for (const std::size_t k : suspects) {
            if (!is_one(k)) others.push_back(contents[k]);
        }
        for (const std::size_t k : siblings) {
            Candidate& candidate = j.copies[k].candidate;
            if (candidate.named) continue;
            std::vector<CopyContents> rest;
            for (const std::size_t o : siblings) {
                if (o != k) rest.push_back(contents[o]);
            }
            candidate.named = is_needed(list, contents[k], rest, others);
            if (candidate.named) candidate.ground = "contents";
        }
    }
    return done();
}

void name_by_marks(Judged& j, double threshold) {
    for (Held& copy : j.copies) {
        Candidate& c = copy.candidate;
        c.recipient_named = c.recipient_log10_e >= threshold;
        c.named = c.log10_e >= threshold;
        if (c.named) c.ground = "marks";
    }
}

// A digest is as certain as SHA-256: the list is this file, and nothing else needs to be asked.
void name_by_file(std::vector<Judged>& all, const std::string& sha256,
                  const std::map<std::string, std::string>& digests, std::vector<std::string>& notes) {
    std::vector<std::pair<Judged*, Candidate*>> same;
    for (Judged& j : all) {
        for (Held& copy : j.copies) {
            const auto at = digests.find(copy.candidate.copy.name);
            copy.candidate.same_file = at != digests.end() && at->second == sha256;
            if (copy.candidate.same_file) same.emplace_back(&j, &copy.candidate);
        }
    }
    if (same.empty()) return;
    const bool one_recipient = std::all_of(same.begin(), same.end(), [&](const auto& s) {
        return same_recipient(s.second->copy.recipient, same.front().second->copy.recipient);
    });
    std::string names;
    for (const auto& [j, candidate] : same) {
        names += (names.empty() ? "" : ", ") + candidate->copy.name;
        candidate->recipient_named = candidate->recipient_named || one_recipient;
        if (same.size() > 1) continue;
        candidate->named = true;
        candidate->ground = "file";
        for (const auto& siblings : j->recipients) {
            const auto is_it = [&of = j->copies, &it = candidate](std::size_t k) {
                return &of[k].candidate == it;
            };
            if (std::none_of(siblings.begin(), siblings.end(), is_it)) continue;
            for (const std::size_t k : siblings) j->copies[k].candidate.recipient_named = true;
        }
    }
    notes.push_back(same.size() == 1
                        ? "this is the very file of " + names + ", byte for byte (SHA-256)"
                        : names + " are this very file, byte for byte (SHA-256): the file cannot tell which");
}

// What is to be said of recipients of whom there are several copies.
void note_siblings(const Judged& j, std::vector<std::string>& notes) {
    for (const auto& siblings : j.recipients) {
        const Candidate& one = j.copies[siblings.front()].candidate;
        if (siblings.size() < 2 || !one.recipient_named) continue;
        std::string named;
        std::string by_contents;
        std::string left;
        for (const std::size_t k : siblings) {
            const Candidate& c = j.copies[k].candidate;
            std::string& list = !c.named ? left : c.ground == "contents" ? by_contents : named;
            list += (list.empty() ? "" : ", ") + c.copy.name;
        }
        const std::string who = "'" + without_numbers(one.copy.recipient) + "'";
        if (!by_contents.empty())
            notes.push_back("the marks name " + who + "; " + by_contents +
                            " by what the list holds and its other copies lack, not by a mark of its own");
        if (left.empty()) continue;
        if (named.empty() && by_contents.empty()) {
            notes.push_back("the marks name " + who + ", who has " + left +
                            ": these share canaries and spellings, and nothing tells which of them it was");
        } else {
            const bool single = left.find(',') == std::string::npos;
            notes.push_back(left + " went to " + who + ", too, and " + (single ? "shares" : "share") +
                            " canaries and spellings; nothing of " + (single ? "its" : "their") +
                            " own is in the list");
        }
    }
}

}  // namespace

Result<Identified> identify_list(Case& c, const std::filesystem::path& path, const IdentifyOptions& options) {
    if (!(options.alpha > 0 && options.alpha <= 0.5))
        return Fault{FaultKind::usage, "alpha must lie between 0 and 0.5", "", "0.01 is usual"};
    SENDH_TRY(const auto copies, c.catalogue().copies());
    if (copies.empty())
        return Fault{FaultKind::missing, "the case has no copies to hold it against", "",
                     "sendh copy issue and copy record make them known"};
    SENDH_TRY(const CopyAudit audit, audited_copies(c));
    ListImport how;
    how.number_column = options.number_column;
    SENDH_TRY(const ReadList read, read_list(c, path, "list", how));
    Identified out;
    out.rows = read.list.rows.size();
    out.reject_counts = count_rejects(read.list);
    const std::vector<Token> tokens = tokens_of(c, read.list);
    SENDH_TRY(const auto pool, canary_pool(c));
    SENDH_TRY(const auto registers, c.catalogue().registers());
    const Work work{c, pool, read.list};
    std::vector<Judged> all;
    std::size_t several = 0;  // recipients with more than one copy
    for (const RegisterRecord& reg : registers) {
        if (std::none_of(copies.begin(), copies.end(),
                         [&](const CopyRecord& copy) { return copy.register_id == reg.id; }))
            continue;
        SENDH_TRY(Judged judged, judge_register(work, reg, copies, tokens));
        out.rows_compared = std::max<std::uint64_t>(out.rows_compared, judged.view.sample.size());
        out.rows_known = std::max(out.rows_known, judged.view.rows);
        out.canaries_seen += judged.view.seen.size();
        several +=
            static_cast<std::size_t>(std::count_if(judged.recipients.begin(), judged.recipients.end(),
                                                   [](const auto& siblings) { return siblings.size() > 1; }));
        all.push_back(std::move(judged));
    }
    out.log10_threshold = attr::log10_naming_threshold(copies.size() + several, options.alpha);
    if (out.rows_compared == 0)
        out.notes.emplace_back("none of its numbers stands in a register of the case");
    for (Judged& j : all) name_by_marks(j, out.log10_threshold);
    name_by_file(all, read.record.sha256, audit.digests, out.notes);
    for (Judged& j : all) {
        SENDH_CHECK(look_at_contents(work, j));
        note_siblings(j, out.notes);
        for (Held& copy : j.copies) out.candidates.push_back(std::move(copy.candidate));
    }
    std::stable_sort(
        out.candidates.begin(), out.candidates.end(), [](const Candidate& a, const Candidate& b) {
            const auto rank = [](const Candidate& x) {
                return std::tuple(x.same_file, x.named, std::max(x.log10_e, x.recipient_log10_e), x.log10_e);
            };
            return rank(a) > rank(b);
        });
    return out;
}

}  // namespace sendh
