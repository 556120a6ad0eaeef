#include "casework/spellings.h"

#include "base/folded.h"
#include "base/text.h"
#include "casework/import_shared.h"
#include "registers/where.h"

namespace sendh {

namespace {

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> out;
    const std::string folded = folded_name(text);
    for (std::size_t at = 0; at < folded.size();) {
        const std::size_t end = std::min(folded.find(' ', at), folded.size());
        out.push_back(folded.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

bool abbreviates(const std::string& shorter, const std::string& word) {
    if (shorter.size() < 2 || shorter.back() != '.' || word.empty() || shorter.front() != word.front())
        return false;
    std::size_t at = 0;
    for (const char letter : std::string_view(shorter).substr(0, shorter.size() - 1)) {
        at = word.find(letter, at);
        if (at == std::string::npos) return false;
        ++at;
    }
    return true;
}

Fault bad(const std::string& what) {
    return {FaultKind::usage, what, "--variants",
            R"(write it like designation=Asst. Director|Assistant Director)"};
}

std::string quoted(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts) out += (out.empty() ? "'" : ", '") + without_numbers(text) + "'";
    return out;
}

}  // namespace

std::optional<std::size_t> Spelling::find(std::string_view cell) const {
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (Where::same(texts[i], cell)) return i;
    }
    return std::nullopt;
}

Result<std::vector<Spelling>> parse_spellings(const std::string& text,
                                              const std::vector<std::string>& columns) {
    auto parsed = Where::parse(text, columns);
    if (!parsed.ok()) return bad(parsed.fault().what);
    std::vector<Spelling> out;
    for (const Where::Condition& condition : parsed->conditions()) {
        if (!condition.equal) return bad("spellings are listed after =");
        if (condition.texts.size() < 2) return bad("one spelling alone marks nothing");
        Spelling s;
        s.column = condition.column;
        s.texts = condition.texts;
        s.name = column_key(columns[s.column]);
        for (std::size_t i = 0; i < s.texts.size(); ++i) {
            s.name += '\n' + s.texts[i];
            for (const Spelling& other : out) {
                if (other.column == s.column && other.find(s.texts[i]))
                    return bad("a spelling stands in two lists");
            }
            if (s.find(s.texts[i]) != i) return bad("a spelling stands twice in a list");
        }
        out.push_back(std::move(s));
    }
    return out;
}

bool spellings_of_one(std::string_view a, std::string_view b) {
    if (column_key(folded_name(a)) == column_key(folded_name(b))) return true;
    const auto x = words_of(a);
    const auto y = words_of(b);
    if (x.size() != y.size()) return false;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (x[i] != y[i] && !abbreviates(x[i], y[i]) && !abbreviates(y[i], x[i])) return false;
    }
    return true;
}

Done check_spellings(Case& c, const RegisterRecord& reg, const std::vector<Spelling>& lists,
                     const std::function<bool(const EntryRecord&, const std::vector<std::string>&)>& chosen) {
    if (lists.empty()) return done();
    std::vector<std::vector<bool>> is_value;  // of the register, by list and text
    for (const Spelling& list : lists) is_value.emplace_back(list.texts.size());
    std::vector<bool> shown(lists.size());
    SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) -> Done {
        SENDH_TRY(const std::string text,
                  c.open_text(entry.sealed_attributes, "attributes", Place::of_entry(reg, entry.row)));
        const auto cells = split_cells(text);
        for (std::size_t l = 0; l < lists.size(); ++l) {
            if (lists[l].column >= cells.size()) continue;
            const auto found = lists[l].find(cells[lists[l].column]);
            if (!found) continue;
            is_value[l][*found] = true;
            shown[l] = shown[l] || chosen(entry, cells);
        }
        return done();
    }));
    for (std::size_t l = 0; l < lists.size(); ++l) {
        const std::string& column = reg.columns[lists[l].column];
        std::vector<std::string> values;
        for (std::size_t i = 0; i < lists[l].texts.size(); ++i) {
            if (is_value[l][i]) values.push_back(lists[l].texts[i]);
        }
        if (values.empty() || !shown[l])
            return Fault{FaultKind::usage,
                         "no row of the copy has " + quoted(lists[l].texts) + " in column '" + column + "'",
                         "--variants", "one of the spellings must be as the register has it"};
        for (std::size_t i = 1; i < values.size(); ++i) {
            for (std::size_t k = 0; k < i; ++k) {
                if (spellings_of_one(values[k], values[i])) continue;
                return Fault{FaultKind::usage,
                             quoted({values[k], values[i]}) + " are both values of column '" + column +
                                 "': to write one for the other would change what a row says",
                             "--variants",
                             "give spellings of one value; two values of the register may be in a list when "
                             "one abbreviates the other (Asst. Director|Assistant Director)"};
            }
        }
    }
    return done();
}

}  // namespace sendh
