#include "cases/checks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>

#include "cases/shell.h"

namespace fs = std::filesystem;
using nlohmann::json;

namespace cases {
namespace {

std::string text_after(const Step& step, std::size_t words) {
    std::string text = unquoted(after_words(step.rest, words - 1), step.line);
    if (text.empty()) throw Malformed(step.line, "the text to look for is missing");
    return text;
}

std::size_t count_lines(const std::string& text) {
    const auto ends = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    return ends + (text.empty() || text.back() == '\n' ? 0U : 1U);
}

std::size_t whole_number(const std::string& text, std::size_t line) {
    if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos || text.size() > 12) {
        throw Malformed(line, "not a whole number: " + text);
    }
    return std::stoul(text);
}

// A JSON value, or else a text.
json value_of(const std::string& text) {
    json value = json::parse(text, nullptr, false);
    return value.is_discarded() ? json(text) : value;
}

std::string plain(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

// What .a.b[0][name=value] points at, or nullptr.
const json* at_path(const json& document, const std::string& path, std::size_t line) {
    const json* here = &document;
    if (path.empty() || (path.front() != '.' && path.front() != '[')) {
        throw Malformed(line, "a path starts with . or [: " + path);
    }
    for (std::size_t at = 0; at < path.size() && here != nullptr;) {
        if (path[at] == '.') {
            const std::size_t end = std::min(path.find_first_of(".[", at + 1), path.size());
            const std::string name = path.substr(at + 1, end - at - 1);
            at = end;
            if (name.empty()) continue;
            const auto found = here->is_object() ? here->find(name) : here->end();
            here = here->is_object() && found != here->end() ? &*found : nullptr;
            continue;
        }
        const std::size_t close = path.find(']', at);
        if (path[at] != '[' || close == std::string::npos)
            throw Malformed(line, "cannot read the path " + path);
        const std::string inside = path.substr(at + 1, close - at - 1);
        at = close + 1;
        if (!here->is_array()) return nullptr;
        if (const std::size_t equals = inside.find('='); equals != std::string::npos) {
            const std::string name = inside.substr(0, equals);
            const std::string wanted = unquoted(inside.substr(equals + 1), line);
            const auto found = std::find_if(here->begin(), here->end(), [&](const json& element) {
                return element.is_object() && element.contains(name) && plain(element[name]) == wanted;
            });
            here = found != here->end() ? &*found : nullptr;
            continue;
        }
        const bool from_end = inside.starts_with('-');
        const std::size_t index = whole_number(from_end ? inside.substr(1) : inside, line);
        const std::size_t size = here->size();
        if (from_end ? index == 0 || index > size : index >= size) return nullptr;
        here = &(*here)[from_end ? size - index : index];
    }
    return here;
}

bool compare(const json& got, const std::string& op, const std::string& text, std::size_t line) {
    if (op == "between") {
        const json low = value_of(text.substr(0, text.find(' ')));
        const json high = value_of(after_words(text, 1));
        if (!low.is_number() || !high.is_number()) throw Malformed(line, "between needs two numbers");
        return got.is_number() && low <= got && got <= high;
    }
    const json wanted = value_of(text);
    if (op == "==") return got == wanted;
    if (op == "!=") return got != wanted;
    if (op == "has" || op == "lacks") {
        bool has = false;
        if (got.is_string()) has = got.get<std::string>().find(plain(wanted)) != std::string::npos;
        if (got.is_array()) has = std::find(got.begin(), got.end(), wanted) != got.end();
        if (got.is_object()) has = got.contains(plain(wanted));
        return has == (op == "has");
    }
    if (got.is_number() != wanted.is_number() || got.is_string() != wanted.is_string()) return false;
    if (op == "<") return got < wanted;
    if (op == "<=") return got <= wanted;
    if (op == ">") return got > wanted;
    if (op == ">=") return got >= wanted;
    throw Malformed(line, "unknown comparison " + op);
}

std::string utf16(const std::string& ascii) {
    std::string result;
    for (const char c : ascii) {
        result += c;
        result += '\0';
    }
    return result;
}

// The ways a number may stand in a file, each with its name.
std::vector<std::pair<std::string, std::string>> guises(const std::string& digits, std::size_t line) {
    if (digits.size() < 7 || digits.size() > 15)
        throw Malformed(line, "a number has 7 to 15 digits: " + digits);
    whole_number(digits.substr(0, 12), line);
    std::vector<std::pair<std::string, std::string>> result;
    for (const std::string& form : {digits, digits.substr(digits.size() > 10 ? digits.size() - 10 : 0)}) {
        result.emplace_back(form, form);
        result.emplace_back(form + " in UTF-16", utf16(form));
        const std::uint64_t value = std::stoull(form);
        std::string bytes;
        for (unsigned shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(value >> shift & 0xFF);
        result.emplace_back(form + " as a 64-bit integer", bytes);
        std::reverse(bytes.begin(), bytes.end());
        result.emplace_back(form + " as a 64-bit integer, high byte first", bytes);
    }
    return result;
}

}  // namespace

std::string shown(const std::string& text) {
    if (text.empty()) return "    (nothing)\n";
    std::string result;
    std::size_t from = 0;
    for (int lines = 0; from < text.size(); ++lines) {
        if (lines == 40) return result + "    …\n";
        const std::size_t end = std::min(text.find('\n', from), text.size());
        result += "    " + text.substr(from, std::min<std::size_t>(end - from, 300)) +
                  (end - from > 300 ? "…\n" : "\n");
        from = end + 1;
    }
    return result;
}

std::string check_text(const Step& step, std::size_t verb, const std::string& text) {
    const std::string word = step.words.size() > verb ? step.words[verb] : "";
    const std::string got = "  got:\n" + shown(text);
    if (word == "has" || word == "lacks") {
        const std::string wanted = text_after(step, verb + 1);
        if ((text.find(wanted) != std::string::npos) == (word == "has")) return "";
        return "  expected " + std::string(word == "has" ? "to find: " : "not to find: ") + wanted + "\n" +
               got;
    }
    if (word == "matches") {
        const std::string pattern = after_words(step.rest, verb);
        if (std::regex_search(text, std::regex(pattern, std::regex::ECMAScript | std::regex::multiline)))
            return "";
        return "  expected a match of: " + pattern + "\n" + got;
    }
    if (word == "lines") {
        const std::size_t wanted = whole_number(after_words(step.rest, verb), step.line);
        if (count_lines(text) == wanted) return "";
        return "  expected " + std::to_string(wanted) + " lines\n  got " + std::to_string(count_lines(text)) +
               ":\n" + shown(text);
    }
    if (word == "is") {
        const bool empty = after_words(step.rest, verb) == "empty";
        if (empty == step.has_block)
            throw Malformed(step.line, "`is` needs | lines below it, or the word empty");
        if (text == step.block) return "";
        return "  expected:\n" + shown(step.block) + got;
    }
    throw Malformed(step.line, "expected has, lacks, matches, lines or is");
}

std::string check_json(const Step& step, const std::string& out, const fs::path& work) {
    std::size_t word = 1;
    const auto next = [&] {
        if (word >= step.words.size()) throw Malformed(step.line, "the check is not complete");
        return step.words[word++];
    };
    std::string text = out;
    std::string path = next();
    bool count = false;
    if (path == "file") {
        text = read_file(work / next());
        path = next();
    }
    if (path == "line") {
        const std::size_t wanted = whole_number(next(), step.line);
        std::size_t from = 0;
        for (std::size_t i = 1; i < wanted && from != std::string::npos; ++i) {
            from = text.find('\n', from);
            if (from != std::string::npos) ++from;
        }
        text =
            from == std::string::npos || wanted == 0 ? "" : text.substr(from, text.find('\n', from) - from);
        path = next();
    }
    if (path == "count") {
        count = true;
        path = next();
    }
    const std::string op = next();

    const json document = json::parse(text, nullptr, false);
    if (document.is_discarded()) return "  expected JSON\n  got:\n" + shown(text);
    const json* found = at_path(document, path, step.line);
    if (op == "exists" || op == "absent") {
        if ((found != nullptr) == (op == "exists")) return "";
        return "  expected " + path + " to be " + (op == "exists" ? "there" : "absent") + "\n  got:\n" +
               shown(document.dump(2));
    }
    const std::string wanted = after_words(step.rest, word - 1);
    if (wanted.empty()) throw Malformed(step.line, "the value is missing");
    if (found == nullptr)
        return "  expected " + path + "\n  got no such thing in:\n" + shown(document.dump(2));
    if (count && !found->is_array() && !found->is_object()) {
        return "  expected " + path + " to be a list\n  got:\n" + shown(found->dump(2));
    }
    const json got = count ? json(found->size()) : *found;
    if (compare(got, op, wanted, step.line)) return "";
    return "  expected " + path + " " + op + " " + wanted + "\n  got:\n" + shown(got.dump(2));
}

std::string check_folder(const Step& step, const fs::path& work) {
    if (step.words.size() < 4 || (step.words[2] != "has" && step.words[2] != "lacks")) {
        throw Malformed(step.line,
                        "folder DIR has TEXT, folder DIR lacks TEXT, folder DIR lacks number DIGITS");
    }
    const bool wanted = step.words[2] == "has";
    std::vector<std::pair<std::string, std::string>> needles;
    if (step.words[3] == "number" && step.words.size() == 5) {
        needles = guises(step.words[4], step.line);
    } else {
        const std::string text = text_after(step, 3);
        needles.emplace_back(text, text);
    }
    const fs::path folder = work / step.words[1];
    if (!fs::is_directory(folder)) return "  expected a folder " + step.words[1] + "\n  got none\n";
    std::string found;
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        ++files;
        const std::string name = fs::relative(entry.path(), work).string();
        const std::string bytes = read_file(entry.path());
        for (const auto& [said, needle] : needles) {
            const std::size_t at = bytes.find(needle);
            if (at != std::string::npos)
                found += "    " + name + ": byte " + std::to_string(at) + ": " + said + "\n";
            if (name.find(needle) != std::string::npos)
                found += "    " + name + ": in its name: " + said + "\n";
        }
    }
    if (wanted != found.empty()) return "";
    if (wanted) {
        return "  expected a file with: " + needles[0].first + "\n  got " + std::to_string(files) +
               " files without it\n";
    }
    return "  expected no file with: " + needles[0].first + "\n  got:\n" + found;
}

}  // namespace cases
