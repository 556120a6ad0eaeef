// Output of lists in the four formats: a table for people, JSON ({"name": [...]}), NDJSON (one object a
// line) and CSV (RFC 4180), all from the same cells. Everything goes to standard output; a full disk or a
// closed pipe there is a fault at the end.
//
// Thread rule: the main thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "cli/command.h"

namespace sendh::cli {

struct Raw {
    std::string json;   // a JSON value
    std::string plain;  // what the table and CSV show
};
using Cell = std::variant<std::monostate, std::string, std::int64_t, double, bool, Raw>;

class ListOutput {
public:
    // name: of the array in JSON. columns: keys in JSON and CSV, headings (upper case) in the table.
    ListOutput(Format format, std::string name, std::vector<std::string> columns);
    void row(std::vector<Cell> cells);  // as many as columns
    // The rest of the document. Once, at the end.
    [[nodiscard]] Done finish();

private:
    void open();
    void print_table();
    Format format_;
    std::string name_;
    std::vector<std::string> columns_;
    std::vector<std::vector<std::string>> lines_;  // tables: all rows
    std::vector<bool> numeric_;
    bool first_ = true, open_ = false;
};

// Writes to standard output; flush() tells whether all of it arrived.
void print(std::string_view text);
[[nodiscard]] Done flush();

// A JSON array of strings.
[[nodiscard]] std::string json_strings(const std::vector<std::string>& texts);
[[nodiscard]] std::string joined(const std::vector<std::string>& texts, std::string_view between);

}  // namespace sendh::cli
