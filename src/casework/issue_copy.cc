#include "casework/issue_copy.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/delimited.h"
#include "base/progress.h"
#include "base/text.h"
#include "casework/audit_copies.h"
#include "casework/canary_rows.h"
#include "casework/copy_file.h"
#include "casework/copy_tags.h"
#include "casework/import_lists.h"
#include "casework/import_shared.h"
#include "casework/registers.h"
#include "casework/spellings.h"
#include "registers/where.h"

namespace sendh {

namespace {

constexpr std::uint64_t rows_at_a_time = 262'144;
constexpr std::uint64_t like_ordinary = 10;  // so many people for each canary that comes or goes
constexpr const char* logged_commitment = "logged_mark_commitment";  // the last one that went into the log

struct Choice {
    std::vector<std::size_t> columns;  // of the register, in the order of the file
    Where where;
    std::vector<Spelling> spellings;
    Day day;
};

Result<Choice> choose(Case& c, const RegisterRecord& reg, const IssueOptions& o) {
    Choice out;
    std::set<std::string> asked;
    for (const std::string& wanted : o.columns) {
        const std::string key = column_key(wanted);
        if (!asked.insert(key).second)
            return Fault{FaultKind::usage, "column '" + without_numbers(wanted) + "' is asked for twice",
                         "--columns", "name each column once"};
        const auto known = std::find_if(reg.columns.begin(), reg.columns.end(),
                                        [&](const std::string& name) { return column_key(name) == key; });
        if (known != reg.columns.end()) {
            out.columns.push_back(static_cast<std::size_t>(known - reg.columns.begin()));
        } else if (key != "number") {
            const std::string near = nearest(wanted, reg.columns);
            return Fault{
                FaultKind::usage, "the register has no column '" + without_numbers(wanted) + "'", "--columns",
                near.empty() ? "sendh register list shows its columns" : "did you mean '" + near + "'?"};
        }
    }
    if (o.columns.empty()) {
        for (std::size_t i = 0; i < reg.columns.size(); ++i) out.columns.push_back(i);
    }
    SENDH_TRY(out.where, Where::parse(o.where, reg.columns));
    SENDH_TRY(out.spellings, parse_spellings(o.variants, reg.columns));
    SENDH_TRY(out.day, day_of(c, o.date));
    SENDH_CHECK(check_spellings(c, reg, out.spellings,
                                [&](const EntryRecord& entry, const std::vector<std::string>& cells) {
                                    return out.day.has(entry.joined, entry.left) && out.where.holds(cells);
                                }));
    return out;
}

// An earlier copy of the same recipient.
struct Earlier {
    CopyRecord record;
    std::optional<IssueRecord> issue;
    Where where;
    std::string variants;
    std::vector<Spelling> spellings;
    Day day;
    std::unordered_set<std::string> tokens;  // of a recorded one

    // Would a row have been in it, as anybody's?
    [[nodiscard]] bool would_have(const std::optional<Micros>& joined,
                                  const std::vector<std::string>& cells) const {
        return day.has(joined, std::nullopt) && where.holds(cells);
    }
    [[nodiscard]] bool has(const EntryRecord& entry) const {
        return issue ? issue->members.has(entry.row)
                     : tokens.contains(std::string(entry.token.bytes.begin(), entry.token.bytes.end()));
    }
};

Result<std::vector<Earlier>> earlier_copies(Case& c, const RegisterRecord& reg,
                                            const std::string& recipient) {
    SENDH_TRY(const auto copies, c.catalogue().copies());
    std::vector<Earlier> out;
    for (const CopyRecord& copy : copies) {
        if (copy.register_id != reg.id || !same_recipient(copy.recipient, recipient)) continue;
        Earlier e;
        e.record = copy;
        const std::string date = copy.date.empty() ? iso_date(copy.recorded_at, c.zone()) : copy.date;
        SENDH_TRY(e.day, day_of(c, date));
        if (copy.issued) {
            SENDH_TRY(IssueTerms terms, issue_terms(c, copy.id));
            e.issue = std::move(terms.issue);
            SENDH_TRY(e.where, Where::parse(terms.where, reg.columns));
            SENDH_TRY(e.spellings, parse_spellings(terms.variants, reg.columns));
            e.variants = std::move(terms.variants);
        } else {
            SENDH_TRY(const auto rows, c.catalogue().copy_rows(copy.id));
            for (const Token& token : rows) e.tokens.emplace(token.bytes.begin(), token.bytes.end());
        }
        out.push_back(std::move(e));
    }
    return out;
}

// Why a row is new to a recipient: it joined after an earlier copy that else would have had it; or no earlier
// copy chose rows of its kind.
enum class News : std::uint8_t { none, joined, kind };
constexpr std::size_t kinds_of_news = 3;
using NewRows = std::array<std::uint64_t, kinds_of_news>;

// cells_on: as they were on the day of an earlier copy.
template <class CellsOn>
News news_of(const std::vector<Earlier>& earlier, const std::optional<Micros>& joined, CellsOn cells_on) {
    const auto any = [&](const auto& what) { return std::any_of(earlier.begin(), earlier.end(), what); };
    if (any([&](const Earlier& e) { return e.would_have(joined, cells_on(e.day)); })) return News::none;
    return any([&](const Earlier& e) { return e.where.holds(cells_on(e.day)); }) ? News::joined : News::kind;
}

// The members; and how many of them no earlier copy of the recipient had, by why. A number whose row was
// replaced by another since is none that is new to him; the row that was comes first.
Result<NewRows> choose_members(Case& c, const RegisterRecord& reg, const Choice& choice,
                               const std::vector<Earlier>& earlier, RowSet& members) {
    NewRows fresh{};
    std::set<Token> replaced;
    SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) -> Done {
        const bool had =
            std::any_of(earlier.begin(), earlier.end(), [&](const Earlier& e) { return e.has(entry); });
        if (had && entry.left) replaced.insert(entry.token);
        if (!choice.day.has(entry.joined, entry.left)) return done();
        const bool is_new = !earlier.empty() && !had && !replaced.contains(entry.token);
        if (!choice.where.empty() || is_new) {
            SENDH_TRY(const std::string text,
                      c.open_text(entry.sealed_attributes, "attributes", Place::of_entry(reg, entry.row)));
            const auto cells = split_cells(text);
            if (!choice.where.holds(cells)) return done();
            const auto as_it_is = [&](const Day&) -> const std::vector<std::string>& { return cells; };
            if (is_new) ++fresh[static_cast<std::size_t>(news_of(earlier, entry.joined, as_it_is))];
        }
        members.add(entry.row);
        return done();
    }));
    return fresh;
}

struct Pools {
    RowSet pool, offered;
    std::vector<std::string> notes;
};

Pools choose_canaries(const RegisterRecord& reg, const Choice& choice, const std::vector<CanaryRow>& planted,
                      const std::vector<Earlier>& earlier, double share, const NewRows& fresh) {
    std::vector<std::int64_t> known;
    for (const Earlier& e : earlier) {
        if (!e.issue) continue;
        const auto ids = e.issue->pool.rows();
        known.insert(known.end(), ids.begin(), ids.end());
    }
    std::sort(known.begin(), known.end());
    const auto is_chosen = [&](const CanaryRow& p) {
        return choice.day.has(p.record.joined, std::nullopt) && choice.where.holds(p.cells());
    };
    const auto passes = [&](const CanaryRow& p) { return p.out == CanaryRow::Out::no && is_chosen(p); };
    std::array<std::vector<std::int64_t>, kinds_of_news> news;
    for (const CanaryRow& p : planted) {
        if (share == 0 || p.record.state != "active" || !passes(p) ||
            std::binary_search(known.begin(), known.end(), p.record.id))
            continue;
        const auto cells_on = [&](const Day& day) -> const std::vector<std::string>& {
            return p.cells_on(day);
        };
        const News why = earlier.empty() ? News::kind : news_of(earlier, p.record.joined, cells_on);
        news[static_cast<std::size_t>(why)].push_back(p.record.id);
    }
    Pools out;
    std::vector<std::int64_t> incoming;
    std::uint64_t would_show = 0;
    for (std::size_t why = 0; why < kinds_of_news; ++why) {
        // By how many are to be expected, not by how many there are: what the coins say must not decide
        // whether they count.
        const double expected = share * static_cast<double>(news[why].size());
        const bool shows = static_cast<News>(why) == News::none ||
                           expected * static_cast<double>(like_ordinary) > static_cast<double>(fresh[why]);
        if (!earlier.empty() && shows) {
            would_show += news[why].size();
        } else {
            incoming.insert(incoming.end(), news[why].begin(), news[why].end());
        }
    }
    std::sort(incoming.begin(), incoming.end());
    if (would_show > 0)
        out.notes.push_back(grouped(would_show) +
                            " canaries are held back: the recipient could find them by comparing this copy "
                            "with an earlier one");
    std::uint64_t burnt = 0;
    for (const CanaryRow& p : planted) {
        const bool in_pool = std::binary_search(known.begin(), known.end(), p.record.id) ||
                             std::binary_search(incoming.begin(), incoming.end(), p.record.id);
        if (!in_pool) continue;
        out.pool.add(p.record.id);
        if (p.record.state == "burnt") {
            ++burnt;
        } else if (passes(p)) {
            out.offered.add(p.record.id);
        }
    }
    if (burnt > 0)
        out.notes.push_back(grouped(burnt) + " burnt canaries stay out of it, as if these people had left");
    std::map<std::pair<CanaryRow::Out, std::size_t>, std::vector<std::int64_t>> left_out;
    for (const CanaryRow& p : planted) {
        const bool is_known = std::binary_search(known.begin(), known.end(), p.record.id);
        if (p.out == CanaryRow::Out::no || share == 0 || !is_chosen(p) || p.record.state == "burnt" ||
            (p.record.state != "active" && !is_known))
            continue;
        left_out[{p.out, p.column.value_or(0)}].push_back(p.record.id);
    }
    for (const auto& [why, ids] : left_out) {
        const std::string what = grouped(ids.size()) +
                                 (ids.size() == 1 ? " canary stays" : " canaries stay") + " out of it (" +
                                 named_canaries(ids) + "): ";
        if (why.first == CanaryRow::Out::number_taken)
            out.notes.push_back(what +
                                "a number of theirs stands in a register; burn them (sendh canary burn)");
        if (why.first == CanaryRow::Out::person_taken)
            out.notes.push_back(what + "somebody of the register has their '" + reg.person_column +
                                "' by now; burn them (sendh canary burn)");
        if (why.first == CanaryRow::Out::value_gone)
            out.notes.push_back(what + "nobody has their '" + reg.columns[why.second] +
                                "' any more, or it is written otherwise");
    }
    return out;
}

const Spelling* spelling_of(const std::vector<Spelling>& spellings, std::size_t column,
                            std::string_view cell) {
    for (const Spelling& s : spellings) {
        if (s.column == column && s.find(cell)) return &s;
    }
    return nullptr;
}

// The cell as a copy of the recipient with this spelling shows it.
std::string_view shown(const Spelling* spelling, std::string_view cell, const RecipientMarks& recipient,
                       const Token& marked) {
    return spelling == nullptr
               ? cell
               : spelling->texts[recipient.variant(marked, spelling->name, spelling->texts.size())];
}

// The file, a part of its rows at a time.
class CopyWriter {
public:
    CopyWriter(Case& c, const RegisterRecord& reg, const Choice& choice, const CopyMarks& marks,
               const std::vector<CanaryRow>& planted)
        : case_(c), register_(reg), choice_(choice), marks_(marks), planted_(planted) {}

    Done write(CopyFile& file) {
        std::string header = "number";
        for (const std::size_t column : choice_.columns) header += "," + csv_field(register_.columns[column]);
        SENDH_CHECK(file.add(header + "\r\n"));
        const std::uint64_t rows = marks_.order.rows();
        for (std::uint64_t from = 0; from < rows; from += rows_at_a_time)
            SENDH_CHECK(write_part(file, from, std::min(rows_at_a_time, rows - from)));
        return done();
    }

private:
    Result<std::string> line_of(const Token& token, const std::vector<std::string>& cells,
                                const Place& place) {
        SENDH_TRY(const PhoneNumber number, case_.open_number(token, place));
        std::optional<Token> marked;
        std::string line = csv_field(unveil_text(number));
        for (const std::size_t column : choice_.columns) {
            std::string_view cell = column < cells.size() ? std::string_view(cells[column]) : "";
            if (const Spelling* spelling = spelling_of(choice_.spellings, column, cell)) {
                if (!marked) {
                    SENDH_TRY(marked, case_.mark_token(token, place));
                }
                cell = shown(spelling, cell, marks_.recipient, *marked);
            }
            line += "," + csv_field(cell);
        }
        return line + "\r\n";
    }

    Done write_part(CopyFile& file, std::uint64_t from, std::uint64_t count) {
        SENDH_CHECK(check_interrupt("the copy was not issued"));
        std::vector<std::string> lines(count);
        const auto line_at = [&](const std::optional<std::uint64_t>& position) -> std::string* {
            return position && *position - from < count && *position >= from ? &lines[*position - from]
                                                                             : nullptr;
        };
        SENDH_CHECK(case_.catalogue().scan_entries(register_.id, [&](const EntryRecord& entry) -> Done {
            std::string* line = line_at(marks_.position_of_row(entry.row));
            if (line == nullptr) return done();
            const Place place = Place::of_entry(register_, entry.row);
            SENDH_TRY(const std::string cells, case_.open_text(entry.sealed_attributes, "attributes", place));
            SENDH_TRY(*line, line_of(entry.token, split_cells(cells), place));
            return done();
        }));
        for (const CanaryRow& p : planted_) {
            std::string* line = line_at(marks_.position_of_canary(p.record.id));
            if (line == nullptr) continue;
            SENDH_TRY(*line, line_of(p.record.token, p.cells(), Place::of_canary(p.record.id)));
        }
        std::string text;
        for (const std::string& line : lines) {
            if (line.empty())
                return Fault{FaultKind::corrupt, "a row of the register is missing", register_.name,
                             "the catalogue is damaged; restore the case from a backup"};
            text += line;
            if (text.size() < (1 << 20)) continue;
            SENDH_CHECK(file.add(text));
            text.clear();
        }
        return file.add(text);
    }

    Case& case_;
    const RegisterRecord& register_;
    const Choice& choice_;
    const CopyMarks& marks_;
    const std::vector<CanaryRow>& planted_;
};

// Rows that the copy would write otherwise than an earlier one, by column: who compares the two sees that it
// is marked.
class WrittenOtherwise {
public:
    WrittenOtherwise(Case& c, const RegisterRecord& reg, const Choice& choice, const CopyMarks& marks,
                     const Earlier& earlier)
        : case_(c), choice_(choice), marks_(marks), earlier_(earlier) {
        for (const std::size_t column : choice.columns) {
            const auto& shown = earlier.record.columns;
            if (std::any_of(shown.begin(), shown.end(), [&](const std::string& name) {
                    return column_key(name) == column_key(reg.columns[column]);
                }))
                columns_.push_back(column);
        }
    }

    Result<std::map<std::string, std::uint64_t>> count(const RegisterRecord& reg,
                                                       const std::vector<CanaryRow>& planted) {
        std::map<std::string, std::uint64_t> out;
        if (columns_.empty() || names(choice_.spellings) == names(earlier_.spellings)) return out;
        SENDH_CHECK(case_.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) -> Done {
            if (!marks_.issue.members.has(entry.row) || !earlier_.has(entry)) return done();
            const Place place = Place::of_entry(reg, entry.row);
            SENDH_TRY(const std::string text, case_.open_text(entry.sealed_attributes, "attributes", place));
            return look(reg, split_cells(text), entry.token, place, out);
        }));
        for (const CanaryRow& p : planted) {
            if (!marks_.index_of_canary(p.record.id) || !earlier_.issue ||
                !earlier_.issue->offered.has(p.record.id))
                continue;
            SENDH_CHECK(look(reg, p.cells(), p.record.token, Place::of_canary(p.record.id), out));
        }
        return out;
    }

private:
    static std::set<std::string> names(const std::vector<Spelling>& spellings) {
        std::set<std::string> out;
        for (const Spelling& s : spellings) out.insert(s.name);
        return out;
    }

    Done look(const RegisterRecord& reg, const std::vector<std::string>& cells, const Token& token,
              const Place& place, std::map<std::string, std::uint64_t>& out) {
        for (const std::size_t column : columns_) {
            if (column >= cells.size()) continue;
            const std::string& cell = cells[column];
            const Spelling* now = spelling_of(choice_.spellings, column, cell);
            const Spelling* then = spelling_of(earlier_.spellings, column, cell);
            if (now == nullptr && then == nullptr) continue;
            SENDH_TRY(const Token marked, case_.mark_token(token, place));
            if (shown(now, cell, marks_.recipient, marked) != shown(then, cell, marks_.recipient, marked))
                ++out[reg.columns[column]];
        }
        return done();
    }

    Case& case_;
    const Choice& choice_;
    const CopyMarks& marks_;
    const Earlier& earlier_;
    std::vector<std::size_t> columns_;  // that both show
};

// Issued copies of a recipient that differ in this are refused; how a recorded one was written we do not
// know.
Done settle_spellings(Case& c, const RegisterRecord& reg, const Choice& choice, const CopyMarks& marks,
                      const std::vector<CanaryRow>& planted, const std::vector<Earlier>& earlier,
                      std::vector<std::string>& notes) {
    for (const Earlier& e : earlier) {
        SENDH_TRY(const auto otherwise, WrittenOtherwise(c, reg, choice, marks, e).count(reg, planted));
        if (otherwise.empty()) continue;
        const auto& [column, rows] = *otherwise.begin();
        const std::string what = "column '" + column + "' would be written otherwise in " + grouped(rows) +
                                 (rows == 1 ? " row" : " rows") + " than in copy " + e.record.name +
                                 " of this recipient: comparing the two shows that it is marked";
        if (!e.issue) {
            notes.push_back(what + ", if " + e.record.name + " has it as the register has it");
            continue;
        }
        return Fault{
            FaultKind::usage, what, "--variants",
            (e.variants.empty() ? "leave it out"
                                : "give \"" + without_numbers(e.variants) + "\" as for " + e.record.name) +
                ", or leave the column out with --columns; nothing was issued"};
    }
    return done();
}

// Canaries that an earlier copy held and this one does not look like people who left, if ten times as many
// did.
Done remark_on_leavers(Case& c, const RegisterRecord& reg, const CopyMarks& marks,
                       const std::vector<CanaryRecord>& pool, const std::vector<Earlier>& earlier,
                       std::vector<std::string>& notes) {
    TokenSet held;
    for (const Earlier& e : earlier) {
        if (!e.issue) continue;
        if (held.empty()) {
            SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) -> Done {
                if (marks.issue.members.has(entry.row)) held.insert(entry.token);
                return done();
            }));
            for (const CanaryRecord& canary : pool) {
                if (marks.index_of_canary(canary.id)) held.insert(canary.token);
            }
        }
        SENDH_TRY(const CopyMarks before, marks_of(c, e.record.id, pool));
        SENDH_TRY(const Lacking gone, lacking(c, reg, before, pool, held));
        if (gone.canaries == 0 || gone.people >= like_ordinary * gone.canaries) continue;
        notes.push_back(grouped(gone.canaries) + (gone.canaries == 1 ? " canary" : " canaries") + " of " +
                        e.record.name + " not in it: who compares the two finds them among the " +
                        grouped(gone.canaries + gone.people) + " numbers that " + e.record.name +
                        " alone has; new canaries for new recipients: sendh canary add");
    }
    return done();
}

// The share that the recipient's coins were thrown with, or that wanted now.
Result<double> settle_share(const IssueOptions& o, const std::vector<Earlier>& earlier) {
    for (const Earlier& e : earlier) {
        if (!e.issue || e.issue->pool.size() == 0) continue;
        if (o.canary_share && *o.canary_share != e.issue->canary_share)
            return Fault{FaultKind::usage,
                         "this recipient's earlier copies hold canaries by another share; changing it would "
                         "show them in a comparison",
                         "--canaries", "leave it out"};
        return e.issue->canary_share;
    }
    const double share = o.canary_share.value_or(usual_canary_share);
    if (!(share >= 0 && share <= 0.9))
        return Fault{FaultKind::usage, "the share of canaries must lie between 0 and 0.9", "--canaries",
                     "0.37 is best when one copy leaks, 0.15 when two or three do; 0 for none"};
    return share;
}

}  // namespace

Result<IssuedCopy> issue_copy(Case& c, const IssueOptions& o, const std::filesystem::path& output) {
    SENDH_TRY(const RegisterRecord reg, register_or_only(c, o.register_name));
    SENDH_TRY(const std::string recipient, recipient_name(o.recipient, "who is the copy for?"));
    if (output.empty())
        return Fault{FaultKind::usage, "no file was named to write the copy to", "",
                     "give --output FILE.csv"};
    IssuedCopy out;
    CopyRecord& copy = out.record;
    copy.recipient = recipient;
    copy.purpose = without_numbers(trim(o.purpose));
    copy.legal_basis = without_numbers(trim(o.legal_basis));
    SENDH_TRY(const Choice choice, choose(c, reg, o));
    SENDH_CHECK(refuse_future(choice.day));
    SENDH_TRY(copy.delete_by, day_of_deletion(c, o.delete_by, choice.day.date));
    SENDH_TRY(const auto earlier, earlier_copies(c, reg, copy.recipient));
    SENDH_TRY(const double share, settle_share(o, earlier));
    SENDH_TRY(const auto pool, canary_pool(c));
    SENDH_TRY(const auto planted, canary_rows(c, reg, pool, choice.day));

    IssueRecord issue;
    issue.serial = random_id();
    issue.recipient = random_id();
    for (const Earlier& e : earlier) {
        if (e.issue) issue.recipient = e.issue->recipient;
    }
    issue.canary_share = share;
    issue.mark_commitment = mark_key_commitment(c.keys().mark_key());
    SENDH_TRY(const NewRows fresh, choose_members(c, reg, choice, earlier, issue.members));
    if (issue.members.size() == 0)
        return Fault{FaultKind::input, "no row of the register is chosen", reg.name,
                     "look at --where and --date; nothing was issued"};
    Pools pools = choose_canaries(reg, choice, planted, earlier, share, fresh);
    issue.pool = pools.pool;
    issue.offered = pools.offered;
    out.notes = std::move(pools.notes);
    std::error_code error;
    const std::filesystem::path place = std::filesystem::absolute(output, error);
    issue.sealed_how =
        c.seal_text(joined_cells({o.where, o.variants, (error ? output : place).string()}), "copy");
    SENDH_TRY(const CopyMarks marks, compute_marks(c, issue, pool));
    SENDH_CHECK(settle_spellings(c, reg, choice, marks, planted, earlier, out.notes));
    SENDH_CHECK(remark_on_leavers(c, reg, marks, pool, earlier, out.notes));
    if (marks.order.rows() > RowOrder::most_rows)
        return Fault{FaultKind::usage, "too many rows for one copy", "", "choose fewer with --where"};
    std::set<std::int64_t> personas;
    for (const CanaryRecord& canary : pool) {
        if (marks.index_of_canary(canary.id)) personas.insert(canary.persona);
    }
    if (share > 0 && personas.size() < 10)
        out.notes.push_back("it holds " + std::to_string(personas.size()) +
                            " canaries: too few to name it once its rows are sorted (sendh canary add)");

    copy.register_id = reg.id;
    copy.register_name = reg.name;
    copy.date = choice.day.date;
    for (const std::size_t column : choice.columns) copy.columns.push_back(reg.columns[column]);
    copy.rows = marks.order.rows();
    copy.canaries = marks.canaries.size();
    copy.recorded_at = now();
    copy.issued = true;
    SENDH_TRY(const auto copies, c.catalogue().copies());
    if (std::string remark = remark_on_recipient(copies, reg.id, copy.recipient); !remark.empty())
        out.notes.push_back(std::move(remark));
    copy.name = "K" + std::to_string(copies.empty() ? 1 : copies.back().id + 1);

    SENDH_TRY(CopyFile file, CopyFile::create(output, copy.date, copy.rows));
    {
        SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
        SENDH_TRY(copy.id, c.catalogue().add_issued_copy(copy, issue));
        const std::string tag = CopyTags(c).of_issue(copy, issue, o.where, o.variants, pool);
        SENDH_TRY(const std::string known, c.catalogue().meta(logged_commitment));
        if (known != issue.mark_commitment) {
            SENDH_CHECK(c.log("mark_key_commitment", {{"commitment", issue.mark_commitment}}));
            SENDH_CHECK(c.catalogue().set_meta(logged_commitment, issue.mark_commitment));
        }
        SENDH_CHECK(c.log("copy_issued", {{"copy", copy.name},
                                          {"register", reg.name},
                                          {"recipient", copy.recipient},
                                          {"rows", copy.rows},
                                          {"columns", logged_columns(copy.columns)},
                                          {"purpose", copy.purpose},
                                          {"legal_basis", copy.legal_basis},
                                          {"delete_by", copy.delete_by},
                                          {"marks_tag", tag}}));
        // On record before the file holds a number.
        SENDH_CHECK(c.commit(transaction));
    }
    CopyWriter writer(c, reg, choice, marks, planted);
    const Done written = writer.write(file);
    const Result<std::string> placed = written.ok() ? file.finish() : written.fault();
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    if (!placed.ok()) {
        SENDH_CHECK(c.catalogue().remove_undelivered(copy.id));
        SENDH_CHECK(c.log("copy_taken_back", {{"copy", copy.name}, {"why", "its file was not written"}}));
        SENDH_CHECK(c.commit(transaction));
        return placed.fault();
    }
    out.sha256 = *placed;
    SENDH_CHECK(c.catalogue().set_delivered(copy.id, out.sha256));
    SENDH_CHECK(c.log("copy_written", {{"copy", copy.name}, {"sha256", out.sha256}}));
    SENDH_CHECK(c.commit(transaction));
    return out;
}

}  // namespace sendh
