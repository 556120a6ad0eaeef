#include "base/folded.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"

namespace sendh {

namespace {

bool is_space(utf8proc_int32_t c) {
    const auto category = utf8proc_category(c);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP || (c >= '\t' && c <= '\r') || c == 0x85;
}

std::vector<std::string> words_of(const std::string& folded) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < folded.size();) {
        const std::size_t end = std::min(folded.find(' ', at), folded.size());
        out.push_back(folded.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

std::size_t letters_in(const std::string& word) {
    return static_cast<std::size_t>(std::count_if(
        word.begin(), word.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

// Something that is counted through: "1", "b", "IV", "21st".
bool counts(const std::string& word) {
    return letters_in(word) <= 1 || word.find_first_of("0123456789") != std::string::npos ||
           word.find_first_not_of("ivx") == std::string::npos;
}

bool meant_to_differ(const std::string& a, const std::string& b) {
    const auto x = words_of(a);
    const auto y = words_of(b);
    if (x.size() != y.size()) return false;
    bool differ = false;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (x[i] == y[i]) continue;
        if (!counts(x[i]) || !counts(y[i])) return false;
        differ = true;
    }
    return differ;
}

}  // namespace

std::string folded_name(std::string_view name) {
    const std::string text = first_bad_utf8(name) ? utf8_from_latin1(name) : std::string(name);
    utf8proc_uint8_t* mapped = nullptr;
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                                        UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
    const utf8proc_ssize_t bytes = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                static_cast<utf8proc_ssize_t>(text.size()), &mapped, options);
    if (bytes < 0) return lower_ascii(trim(text));  // out of memory, or longer than it can say
    std::string out;
    bool space = false;
    for (utf8proc_ssize_t at = 0; at < bytes;) {
        utf8proc_int32_t c = 0;
        const utf8proc_ssize_t length = utf8proc_iterate(mapped + at, bytes - at, &c);
        if (length <= 0) break;
        if (is_space(c)) {
            space = !out.empty();
        } else {
            if (space) out += ' ';
            space = false;
            out.append(reinterpret_cast<const char*>(mapped + at), static_cast<std::size_t>(length));
        }
        at += length;
    }
    std::free(mapped);
    return out;
}

std::string likely_same(std::string_view name, const std::vector<std::string>& names) {
    const std::string own = folded_name(name);
    std::vector<std::string> others;
    for (const std::string& other : names) {
        std::string folded = folded_name(other);
        if (folded == own || meant_to_differ(own, folded)) folded.clear();
        others.push_back(std::move(folded));
    }
    std::vector<std::string> left;
    std::copy_if(others.begin(), others.end(), std::back_inserter(left),
                 [](const std::string& other) { return !other.empty(); });
    const std::string near = nearest(own, left);
    if (near.empty()) return "";
    return names[static_cast<std::size_t>(std::find(others.begin(), others.end(), near) - others.begin())];
}

}  // namespace sendh
