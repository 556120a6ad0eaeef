// Settings: a TOML file (v1.0) as flat dotted keys with text values, for case.toml and mapping files.
// [columns] callee = "DNIS" is "columns.callee" -> "DNIS"; numbers and booleans come as their text; an array
// of plain values as several texts. Nested arrays of tables are not settings: fault.
//
// Fault (input) with file and line for a syntax error.
// Thread rule: a value.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sendh {

class Settings {
public:
    [[nodiscard]] static Result<Settings> parse(std::string_view toml, std::string_view file_name);

    [[nodiscard]] bool has(const std::string& key) const { return values_.contains(key); }
    [[nodiscard]] std::string get(const std::string& key, const std::string& otherwise = "") const;
    [[nodiscard]] std::vector<std::string> list(const std::string& key) const;
    // Line of the key in the file, 0 if absent.
    [[nodiscard]] unsigned line(const std::string& key) const;
    // All keys, in order: to refuse those nobody knows.
    [[nodiscard]] std::vector<std::string> keys() const;

private:
    struct Value {
        std::vector<std::string> texts;
        unsigned line = 0;
    };
    std::map<std::string, Value> values_;
};

// A TOML basic string, quoted and escaped.
[[nodiscard]] std::string toml_quoted(std::string_view text);

}  // namespace sendh
