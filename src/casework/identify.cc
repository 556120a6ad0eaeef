#include "casework/identify.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <tuple>
#include <unordered_map>

#include "attribution/file_marks.h"
#include "base/progress.h"
#include "base/text.h"
#include "casework/copies.h"
#include "casework/import_shared.h"

namespace sendh {

namespace {

namespace attr = attribution;

constexpr std::size_t stretches = 20;
constexpr std::size_t rows_of_a_stretch = 25;
constexpr double same_order = 3;  // log10: one order is told from another

using RowByToken = std::unordered_map<Token, std::size_t, TokenHash>;

// A row of the list that a register knows.
struct Item {
    std::size_t row = 0;  // of the list
    Token token, marked;
    std::vector<std::int64_t> entries;  // rows of the register with this number, of all times
    std::optional<std::int64_t> canary;
    std::string attributes;  // sealed, of the first of the entries
};

// The list as one register sees it.
struct View {
    const RegisterRecord* reg = nullptr;
    std::vector<Item> items;                         // in the order of the list
    std::vector<Item*> sample;                       // those whose order is looked at
    std::vector<const CanaryRecord*> seen, missing;  // canaries of this register
};

Result<View> view_of(Case& c, const RegisterRecord& reg, const std::vector<Token>& tokens,
                     const std::vector<CanaryRecord>& pool) {
    View view;
    view.reg = &reg;
    RowByToken first;  // row of the list, by token
    for (std::size_t i = 0; i < tokens.size(); ++i) first.emplace(tokens[i], i);
    std::map<std::size_t, Item> found;
    // Every token is opened, so that a damaged one is told and not taken for a stranger.
    constexpr std::size_t block = 4'096;
    std::vector<Token> opening;
    std::vector<PhoneNumber> numbers(block);
    const auto check = [&] {
        Done opened = c.tokeniser().open(opening, std::span(numbers).first(opening.size()));
        opening.clear();
        return opened;
    };
    SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) -> Done {
        opening.push_back(entry.token);
        if (opening.size() == block) SENDH_CHECK(check());
        const auto at = first.find(entry.token);
        if (at == first.end()) return done();
        found
            .try_emplace(at->second,
                         Item{at->second, entry.token, Token{}, {}, std::nullopt, entry.sealed_attributes})
            .first->second.entries.push_back(entry.row);
        return done();
    }));
    SENDH_CHECK(check());
    for (const CanaryRecord& canary : pool) {
        if (canary.register_id != reg.id) continue;
        const auto at = first.find(canary.token);
        (at == first.end() ? view.missing : view.seen).push_back(&canary);
        if (at != first.end())
            found.try_emplace(at->second, Item{at->second, canary.token, Token{}, {}, canary.id, ""});
    }
    for (auto& [row, item] : found) {
        SENDH_TRY(item.marked, c.mark_token(item.token));
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

// A burnt canary's number may stand in a list for other reasons, but the coin knows nothing of that: it stays
// evidence of where the list came from.
double canary_evidence(const CopyMarks& marks, const View& view, std::uint64_t& held) {
    attr::CoinTally tally;
    tally.p = marks.issue.canary_share;
    if (tally.p <= 0) return 0;
    const auto coin = [&](const CanaryRecord* canary) {
        return marks.recipient.holds(canary->marked, marks.issue.canary_share);
    };
    for (const CanaryRecord* canary : view.seen) {
        if (!marks.issue.offered.has(canary->id)) continue;
        const bool x = coin(canary);
        held += x;
        ++(x ? tally.seen_held : tally.seen_not_held);
    }
    for (const CanaryRecord* canary : view.missing) {
        if (!marks.issue.offered.has(canary->id)) continue;
        ++(coin(canary) ? tally.missing_held : tally.missing_not_held);
    }
    return attr::log10_e_coins(std::span(&tally, 1));
}

double spelling_evidence(const CopyMarks& marks, const std::vector<Spelling>& spellings, const View& view,
                         const NumberList& list, const RegisterRecord& reg) {
    std::vector<attr::CoinTally> tallies;
    for (const Spelling& s : spellings) {
        const auto column = list.column({column_key(reg.columns[s.column])});
        if (!column) continue;
        attr::CoinTally tally;
        tally.p = 1.0 / static_cast<double>(s.texts.size());
        for (const Item& item : view.items) {
            const auto shown = s.find(list.rows[item.row].cells[*column]);
            if (!shown) continue;
            const bool x = marks.recipient.variant(item.marked, s.name, s.texts.size()) == *shown;
            ++(x ? tally.seen_held : tally.seen_not_held);
        }
        tallies.push_back(tally);
    }
    return tallies.empty() ? 0 : attr::log10_e_coins(tallies);
}

double order_of(const std::vector<std::uint64_t>& positions) {
    return positions.size() < 2 ? 0 : attr::log10_e_order(positions);
}

// Positions of the sample's rows in a recorded copy, by index into the sample.
struct RecordedOrder {
    std::vector<std::optional<std::uint64_t>> position;
    std::uint64_t held = 0;
};

Result<RecordedOrder> recorded_order(Case& c, std::int64_t copy, const View& view) {
    SENDH_TRY(const auto rows, c.catalogue().copy_rows(copy));
    RowByToken at;
    for (std::size_t i = 0; i < view.sample.size(); ++i) at.emplace(view.sample[i]->token, i);
    RecordedOrder out;
    out.position.resize(view.sample.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto found = at.find(rows[i]);
        if (found == at.end() || out.position[found->second]) continue;
        out.position[found->second] = i;
        ++out.held;
    }
    return out;
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
        SENDH_TRY(const PhoneNumber number, c.tokeniser().open(item.token));
        std::string digits = std::to_string(unveil(number));
        keys[0][i] = std::string(20 - digits.size(), '0') + digits;
        if (item.entries.empty()) continue;
        SENDH_TRY(const std::string text, c.open_text(item.attributes, "attributes"));
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

// What is left of the evidence of a recorded copy's order when the list may have any of the other orders.
double recorded_evidence(const RecordedOrder& own,
                         const std::vector<std::vector<std::optional<std::uint64_t>>>& others) {
    std::vector<std::size_t> held;  // indices into the sample, in the list's order
    for (std::size_t i = 0; i < own.position.size(); ++i) {
        if (own.position[i]) held.push_back(i);
    }
    const auto evidence = [](const std::vector<std::size_t>& indices,
                             const std::vector<std::optional<std::uint64_t>>& position) {
        std::vector<std::uint64_t> out;
        for (const std::size_t i : indices) {
            if (position[i]) out.push_back(*position[i]);
        }
        return order_of(out);
    };
    const double whole = evidence(held, own.position);
    if (whole <= 0) return whole;
    std::vector<std::size_t> in_own_order = held;
    std::sort(in_own_order.begin(), in_own_order.end(),
              [&](std::size_t a, std::size_t b) { return own.position[a] < own.position[b]; });
    double explained = 0;
    for (const auto& other : others) {
        if (evidence(in_own_order, other) >= same_order)
            explained = std::max(explained, evidence(held, other));
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
std::optional<std::uint64_t> position_in(const CopyMarks& marks, const Item& item, std::uint64_t& held) {
    std::optional<std::uint64_t> out;
    std::uint64_t rows = 0;
    for (const std::int64_t row : item.entries) {
        const auto at = marks.position_of_row(row);
        if (!at) continue;
        out = at;
        ++rows;
    }
    if (rows == 0 && item.canary) {
        out = marks.position_of_canary(*item.canary);
        rows = out ? 1 : 0;
    }
    held += rows > 0;
    return rows == 1 ? out : std::nullopt;
}

Result<Candidate> issued_candidate(const Work& w, const CopyRecord& copy, const View& view) {
    SENDH_TRY(const CopyMarks marks, marks_of(w.c, copy.id, w.pool));
    SENDH_TRY(const auto spellings, parse_spellings(marks.variants, view.reg->columns));
    Candidate out;
    out.copy = copy;
    std::vector<std::uint64_t> positions;
    for (const Item* item : view.sample) {
        const auto at = position_in(marks, *item, out.rows_held);
        if (at) positions.push_back(*at);
    }
    out.order = order_of(positions);
    out.canaries = canary_evidence(marks, view, out.canaries_held);
    out.spellings = spelling_evidence(marks, spellings, view, w.list, *view.reg);
    out.log10_e = out.order + out.canaries + out.spellings;
    return out;
}

Done judge_register(const Work& w, const RegisterRecord& reg, const std::vector<CopyRecord>& copies,
                    const std::vector<Token>& tokens, Identified& out) {
    SENDH_TRY(const View view, view_of(w.c, reg, tokens, w.pool));
    out.rows_compared = std::max<std::uint64_t>(out.rows_compared, view.sample.size());
    out.canaries_seen += view.seen.size();
    std::vector<std::pair<CopyRecord, RecordedOrder>> recorded;
    for (const CopyRecord& copy : copies) {
        SENDH_CHECK(check_interrupt(untouched));
        if (copy.register_id != reg.id) continue;
        if (copy.issued) {
            SENDH_TRY(Candidate candidate, issued_candidate(w, copy, view));
            out.candidates.push_back(std::move(candidate));
        } else {
            SENDH_TRY(RecordedOrder order, recorded_order(w.c, copy.id, view));
            recorded.emplace_back(copy, std::move(order));
        }
    }
    if (recorded.empty()) return done();
    SENDH_TRY(const auto common, common_orders(w.c, view));
    for (std::size_t j = 0; j < recorded.size(); ++j) {
        std::vector<std::vector<std::optional<std::uint64_t>>> others;
        for (const auto& ranks : common) others.emplace_back(ranks.begin(), ranks.end());
        for (std::size_t k = 0; k < recorded.size(); ++k) {
            if (k != j) others.push_back(recorded[k].second.position);
        }
        Candidate candidate;
        candidate.copy = recorded[j].first;
        candidate.rows_held = recorded[j].second.held;
        candidate.order = candidate.log10_e = recorded_evidence(recorded[j].second, others);
        out.candidates.push_back(std::move(candidate));
    }
    return done();
}

// Whose canaries and spellings are the same, and nothing else told them apart.
void note_same_recipient(Identified& out) {
    std::map<std::pair<std::int64_t, std::string>, std::vector<std::string>> named;
    for (const Candidate& candidate : out.candidates) {
        if (candidate.named && candidate.copy.issued)
            named[{candidate.copy.register_id, lower_ascii(candidate.copy.recipient)}].push_back(
                candidate.copy.name);
    }
    for (const auto& [recipient, names] : named) {
        if (names.size() < 2) continue;
        std::string all;
        for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
        out.notes.push_back(all +
                            " went to one recipient and share canaries; only row order, or rows that one of "
                            "them lacks, could tell which it was");
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
    ListImport how;
    how.number_column = options.number_column;
    SENDH_TRY(const ReadList read, read_list(c, path, "list", how));
    Identified out;
    out.rows = read.list.rows.size();
    out.reject_counts = count_rejects(read.list);
    std::vector<Token> tokens;
    for (const ListRow& row : read.list.rows) tokens.push_back(c.tokeniser().seal(row.number));
    SENDH_TRY(const auto pool, canary_pool(c));
    SENDH_TRY(const auto registers, c.catalogue().registers());
    const Work work{c, pool, read.list};
    for (const RegisterRecord& reg : registers) {
        const bool any = std::any_of(copies.begin(), copies.end(),
                                     [&](const CopyRecord& copy) { return copy.register_id == reg.id; });
        if (any) SENDH_CHECK(judge_register(work, reg, copies, tokens, out));
    }
    out.log10_threshold = std::log10(static_cast<double>(copies.size()) / options.alpha);
    std::uint64_t same = 0;
    for (Candidate& candidate : out.candidates) {
        if (!candidate.copy.issued) continue;
        SENDH_TRY(const IssueRecord issue, c.catalogue().issue_of(candidate.copy.id));
        candidate.same_file = issue.sha256 == read.record.sha256;
        same += candidate.same_file;
    }
    for (Candidate& candidate : out.candidates)
        candidate.named = candidate.log10_e >= out.log10_threshold || (candidate.same_file && same == 1);
    std::stable_sort(out.candidates.begin(), out.candidates.end(),
                     [](const Candidate& a, const Candidate& b) {
                         return std::tie(a.same_file, a.log10_e) > std::tie(b.same_file, b.log10_e);
                     });
    if (out.rows_compared == 0)
        out.notes.emplace_back("none of its numbers stands in a register of the case");
    note_same_recipient(out);
    return out;
}

}  // namespace sendh
