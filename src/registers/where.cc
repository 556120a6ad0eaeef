#include "registers/where.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace sendh {

namespace {

Fault bad(const std::string& what) {
    return {FaultKind::usage, what, "--where", R"(write it like district=Bhopal|Indore and grade!="A B")"};
}

// Words (quoted or not, trimmed) and the signs = != |.
struct Piece {
    bool sign = false, quoted = false;
    std::string text;
};

Result<std::vector<Piece>> pieces_of(std::string_view text) {
    std::vector<Piece> out;
    std::string word;
    const auto end_word = [&] {
        if (const std::string_view clean = trim(word); !clean.empty())
            out.push_back({false, false, std::string(clean)});
        word.clear();
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            if (!trim(word).empty()) return bad("a quote stands inside a word");
            word.clear();
            std::string quoted;
            for (++i; i < text.size(); ++i) {
                if (text[i] != '"') {
                    quoted += text[i];
                } else if (i + 1 < text.size() && text[i + 1] == '"') {
                    quoted += text[i++];
                } else {
                    break;
                }
            }
            if (i >= text.size()) return bad("a quote is not closed");
            out.push_back({false, true, quoted});
        } else if (c == '=' || c == '|' || (c == '!' && i + 1 < text.size() && text[i + 1] == '=')) {
            end_word();
            out.push_back({true, false, c == '!' ? "!=" : std::string(1, c)});
            i += c == '!';
        } else {
            word += c;
            // The word `and` ends a text, with a space or a quote before it.
            const bool stands_alone = i + 1 < text.size() && text[i + 1] == ' ' && word.size() >= 4 &&
                                      lower_ascii(std::string_view(word).substr(word.size() - 4)) == " and";
            const bool after_quote = i + 1 < text.size() && text[i + 1] == ' ' && !out.empty() &&
                                     out.back().quoted && lower_ascii(trim(word)) == "and";
            if (stands_alone || after_quote) {
                word.resize(word.size() - 3);
                end_word();
                out.push_back({true, false, "and"});
            }
        }
    }
    const std::string last = lower_ascii(trim(word));
    if (last.ends_with(" and") || (last == "and" && !out.empty())) return bad("nothing follows 'and'");
    end_word();
    return out;
}

}  // namespace

Result<Where> Where::parse(std::string_view text, const std::vector<std::string>& columns) {
    Where out;
    if (trim(text).empty()) return out;
    if (first_bad_utf8(text)) return bad("the text is not UTF-8");
    SENDH_TRY(const std::vector<Piece> pieces, pieces_of(text));
    std::size_t at = 0;
    const auto sign = [&](std::string_view wanted) {
        const bool found = at < pieces.size() && pieces[at].sign && pieces[at].text == wanted;
        at += found;
        return found;
    };
    const auto word = [&]() -> std::optional<std::string> {
        if (at >= pieces.size() || pieces[at].sign) return std::nullopt;
        return pieces[at++].text;
    };
    do {
        const auto name = word();
        if (!name)
            return bad(at > 0 && at == pieces.size() ? "nothing follows 'and'"
                                                     : "a condition names no column");
        Condition condition;
        const auto known = std::find_if(columns.begin(), columns.end(), [&](const std::string& column) {
            return column_key(column) == column_key(*name);
        });
        if (known == columns.end()) {
            const std::string near = nearest(*name, columns);
            std::string all;
            for (const std::string& column : columns) all += (all.empty() ? "" : ", ") + column;
            return Fault{FaultKind::usage, "the register has no column '" + without_numbers(*name) + "'",
                         "--where",
                         near.empty() ? "its columns are: " + (all.empty() ? "(none)" : all)
                                      : "did you mean '" + near + "'?"};
        }
        condition.column = static_cast<std::size_t>(known - columns.begin());
        condition.equal = sign("=");
        if (!condition.equal && !sign("!="))
            return bad("no = or != follows '" + without_numbers(*name) + "'");
        do {
            // Nothing after the sign asks for empty cells.
            condition.texts.emplace_back(trim(word().value_or("")));
        } while (sign("|"));
        out.conditions_.push_back(std::move(condition));
    } while (sign("and"));
    if (at < pieces.size()) return bad("a condition goes on after its end");
    return out;
}

bool Where::same(std::string_view a, std::string_view b) {
    return lower_ascii(trim(a)) == lower_ascii(trim(b));
}

bool Where::holds(const std::vector<std::string>& cells) const {
    return std::all_of(conditions_.begin(), conditions_.end(), [&](const Condition& c) {
        const std::string_view cell = c.column < cells.size() ? std::string_view(cells[c.column]) : "";
        return std::any_of(c.texts.begin(), c.texts.end(),
                           [&](const std::string& text) { return same(text, cell); }) == c.equal;
    });
}

}  // namespace sendh
