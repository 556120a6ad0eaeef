#include "base/settings.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <array>
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

}  // namespace

Result<Settings> Settings::parse(std::string_view toml, std::string_view file_name) {
    const toml::parse_result parsed = toml::parse(toml);
    if (!parsed) {
        const auto& error = parsed.error();
        return Fault{FaultKind::input, "not a settings file: " + without_numbers(error.description()),
                     std::string(file_name) + ":" + std::to_string(error.source().begin.line), "see docs for its form"};
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
        return Fault{FaultKind::input, "tables inside arrays are not understood here", std::string(file_name) + ": " + walk.bad,
                     "write it as plain values"};
    }
    return settings;
}

std::string Settings::get(const std::string& key, std::string otherwise) const {
    const auto it = values_.find(key);
    return it == values_.end() || it->second.texts.empty() ? std::move(otherwise) : it->second.texts.front();
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
