#include "registers/name_pattern.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sendh {

namespace {

constexpr std::array<std::string_view, 20> titles = {"mr",  "mrs", "ms",   "miss", "smt", "shri", "sri",
                                                     "sh",  "dr",  "prof", "km",   "kum", "er",   "adv",
                                                     "maj", "col", "capt", "lt",   "gen", "late"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

// Its words in small letters, without titles.
std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> words(1);
    for (const char c : lower_ascii(name)) {
        if (is_letter(c)) {
            words.back() += c;
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    if (words.back().empty()) words.pop_back();
    while (words.size() > 1 && std::find(titles.begin(), titles.end(), words.front()) != titles.end())
        words.erase(words.begin());
    return words;
}

using Part = NamePattern::Part;

}  // namespace

std::optional<std::string> NamePattern::made_of(std::string_view name) const {
    const std::vector<std::string> words = words_of(name);
    std::string out;
    for (const Part& part : parts) {
        if (part.kind == Part::Kind::text) {
            out += part.text;
            continue;
        }
        // The last word is another than the first, or there is none.
        if (words.empty() || (part.index < 0 && words.size() < 2)) return std::nullopt;
        const std::size_t at = part.index < 0 ? words.size() - 1 : static_cast<std::size_t>(part.index);
        if (at >= words.size()) return std::nullopt;
        out += part.kind == Part::Kind::word ? words[at] : words[at].substr(0, 1);
    }
    return out + rest;
}

std::optional<NamePattern> pattern_of(std::string_view account, std::string_view name) {
    const std::vector<std::string> words = words_of(name);
    NamePattern out;
    const std::size_t end = std::min(account.find('@'), account.size());
    out.rest = account.substr(end);
    const std::string local = lower_ascii(account.substr(0, end));
    if (local != account.substr(0, end)) return std::nullopt;
    bool whole_word = false;
    for (std::size_t at = 0; at < local.size();) {
        std::size_t best = words.size();
        for (std::size_t i = 0; i < words.size(); ++i) {
            if (words[i].size() > 1 && local.compare(at, words[i].size(), words[i]) == 0 &&
                (best == words.size() || words[i].size() > words[best].size()))
                best = i;
        }
        const bool word = best < words.size();
        whole_word |= word;
        for (std::size_t i = 0; !word && i < words.size() && best == words.size(); ++i) {
            if (words[i][0] == local[at]) best = i;
        }
        if (best < words.size()) {
            const bool last = best > 0 && best + 1 == words.size();
            out.parts.push_back(
                {word ? Part::Kind::word : Part::Kind::initial, last ? -1 : static_cast<int>(best), ""});
            at += word ? words[best].size() : 1;
            continue;
        }
        if (is_letter(local[at])) return std::nullopt;
        if (out.parts.empty() || out.parts.back().kind != Part::Kind::text) out.parts.emplace_back();
        out.parts.back().text += local[at++];
    }
    return whole_word ? std::optional(out) : std::nullopt;
}

}  // namespace sendh
