#include "base/settings.h"

#define TOML_EXCEPTIONS 0
// Its assertions also stop at ordinary mistakes in a file, which it then reports as errors.
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <sstream>

#include "base/text.h"

namespace sendh {

namespace {

std::string text_of(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* integer = node.as_integer()) return std::to_string(integer->get());
    if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
    std::ostringstream out;
    node.visit([&](const auto& value) { out << value; });
    return out.str();
}

// The letter at toml[i] as a TOML escape; i is left at its last byte. REQUIRES: toml is UTF-8.
std::string escaped(std::string_view toml, std::size_t& i) {
    const auto lead = static_cast<unsigned char>(toml[i]);
    const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    std::uint32_t letter = lead & (0x3FU >> more);
    for (std::size_t k = 0; k < more; ++k)
        letter = letter << 6U | (static_cast<unsigned char>(toml[++i]) & 0x3FU);
    char escape[12];
    std::snprintf(escape, sizeof escape, "\\U%08X", letter);
    return escape;
}

// What the TOML library (3.3) takes for granted without looking: that a name follows '[', and, for many
// letters beyond ASCII, that it never meets them. Gives the same settings in ASCII: letters in double quotes
// as escapes, comments without theirs.
Result<std::string> made_readable(std::string_view toml, std::string_view file_name) {
    std::string out;
    std::size_t line = 1;
    bool line_start = true;
    const auto fault = [&](const char* what) {
        return Fault{FaultKind::input, what, std::string(file_name) + ":" + std::to_string(line),
                     "see docs/mapping-files.md for the form of settings"};
    };
    std::string_view quote;  // of the string we are in
    bool comment = false;
    for (std::size_t i = 0; i < toml.size(); ++i) {
        const char c = toml[i];
        const auto byte = static_cast<unsigned char>(c);
        const bool space = c == ' ' || c == '\t' || c == '\r';
        if ((byte < 0x20 && !space && c != '\n') || c == 0x7F)
            return fault("a control character: this is no text file");
        if (c == '\n') {
            ++line;
            comment = false;
            line_start = true;
            if (quote.size() == 1) quote = {};
            out += c;
            continue;
        }
        if (comment) {
            out += byte < 0x80 ? c : '?';
            continue;
        }
        if (!quote.empty()) {
            if (quote[0] == '"' && c == '\\' && i + 1 < toml.size() && toml[i + 1] != '\n') {
                if (static_cast<unsigned char>(toml[i + 1]) >= 0x80)
                    return fault("a backslash before a letter that is not a to z");
                out += c;
                out += toml[++i];
            } else if (toml.substr(i).starts_with(quote)) {
                out += quote;
                i += quote.size() - 1;
                quote = {};
            } else if (byte >= 0x80) {
                if (quote[0] != '"')
                    return fault("a letter that is not a to z in single quotes: use double quotes");
                out += escaped(toml, i);
            } else {
                out += c;
            }
            continue;
        }
        if (c == '#') {
            comment = true;
        } else if (c == '"' || c == '\'') {
            quote = toml.substr(i, 1);
            if (toml.substr(i, 3) == std::string(3, c)) quote = toml.substr(i, 3);
            i += quote.size() - 1;
            line_start = false;
            out += quote;
            continue;
        } else if (byte >= 0x80) {
            return fault("a letter outside quotes that is not a to z");
        } else if (line_start && c == '[') {
            std::size_t next = toml.find_first_not_of(" \t", i + 1);
            if (next < toml.size() && toml[next] == '[') next = toml.find_first_not_of(" \t", next + 1);
            const bool name =
                next < toml.size() && (column_key(toml.substr(next, 1)).size() == 1 ||
                                       std::string_view("-_\"']").find(toml[next]) != std::string_view::npos);
            if (!name) return fault("no name follows [");
        }
        line_start = line_start && space;
        out += c;
    }
    return out;
}

}  // namespace

Result<Settings> Settings::parse(std::string_view toml, std::string_view file_name) {
    if (const auto bad = first_bad_utf8(toml))
        return Fault{FaultKind::input, "not UTF-8", std::string(file_name) + ": byte " + std::to_string(*bad),
                     "save it as UTF-8"};
    SENDH_TRY(const std::string readable, made_readable(toml, file_name));
    const toml::parse_result parsed = toml::parse(readable);
    if (!parsed) {
        const auto& error = parsed.error();
        return Fault{FaultKind::input, "not a settings file: " + without_numbers(error.description()),
                     std::string(file_name) + ":" + std::to_string(error.source().begin.line),
                     "see docs for its form"};
    }
    Settings settings;
    struct Walk {
        Settings& settings;
        std::string bad;
        void table(const toml::table& table, const std::string& prefix) {
            for (const auto& [key, node] : table) {
                const std::string name = prefix + std::string(key.str());
                if (const auto* inner = node.as_table()) {
                    this->table(*inner, name + ".");
                    continue;
                }
                Value value;
                value.line = node.source().begin.line;
                if (const auto* array = node.as_array()) {
                    for (const toml::node& element : *array) {
                        if (element.is_table() || element.is_array()) bad = name;
                        value.texts.push_back(text_of(element));
                    }
                } else {
                    value.texts.push_back(text_of(node));
                }
                settings.values_[name] = std::move(value);
            }
        }
    } walk{settings, ""};
    walk.table(parsed.table(), "");
    if (!walk.bad.empty()) {
        return Fault{FaultKind::input, "tables inside arrays are not understood here",
                     std::string(file_name) + ": " + walk.bad, "write it as plain values"};
    }
    return settings;
}

std::string Settings::get(const std::string& key, const std::string& otherwise) const {
    const auto it = values_.find(key);
    return it == values_.end() || it->second.texts.empty() ? otherwise : it->second.texts.front();
}

std::vector<std::string> Settings::list(const std::string& key) const {
    const auto it = values_.find(key);
    return it == values_.end() ? std::vector<std::string>{} : it->second.texts;
}

unsigned Settings::line(const std::string& key) const {
    const auto it = values_.find(key);
    return it == values_.end() ? 0 : it->second.line;
}

std::vector<std::string> Settings::keys() const {
    std::vector<std::string> out;
    for (const auto& [key, value] : values_) out.push_back(key);
    return out;
}

std::string toml_quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            std::array<char, 8> escape{};
            std::snprintf(escape.data(), escape.size(), "\\u%04X", static_cast<unsigned>(c));
            out += escape.data();
        } else {
            out += c;
        }
    }
    return out + "\"";
}

}  // namespace sendh
