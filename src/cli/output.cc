#include "cli/output.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

namespace sendh::cli {

namespace {

// Columns that a text takes on a terminal: code points, with the combining marks of Devanagari at none.
std::size_t width_of(std::string_view text) {
    std::size_t width = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto b = static_cast<unsigned char>(text[i]);
        if (b >= 0x80 && b < 0xC0) continue;
        const bool combining = b == 0xE0 && i + 2 < text.size() &&
                               (static_cast<unsigned char>(text[i + 1]) == 0xA5) &&
                               static_cast<unsigned char>(text[i + 2]) <= 0x8D;
        width += combining ? 0 : 1;
    }
    return width;
}

std::string plain(const Cell& cell) {
    switch (cell.index()) {
        case 1: return std::get<std::string>(cell);
        case 2: return std::to_string(std::get<std::int64_t>(cell));
        case 3: return JsonWriter().value(std::get<double>(cell)).text();
        case 4: return std::get<bool>(cell) ? "yes" : "no";
        case 5: return std::get<Raw>(cell).plain;
        default: return "";
    }
}

std::string json(const Cell& cell) {
    JsonWriter w;
    switch (cell.index()) {
        case 1: return w.value(std::get<std::string>(cell)).text();
        case 2: return w.value(std::get<std::int64_t>(cell)).text();
        case 3: return w.value(std::get<double>(cell)).text();
        case 4: return w.value(std::get<bool>(cell)).text();
        case 5: return std::get<Raw>(cell).json;
        default: return "null";
    }
}

std::string csv(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) {
        out += c;
        if (c == '"') out += '"';
    }
    return out + "\"";
}

}  // namespace

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

Done flush() {
    const bool failed = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
    if (failed && errno != EPIPE) return io_fault("cannot write", "standard output", errno);
    return done();
}

std::string json_strings(const std::vector<std::string>& texts) {
    JsonWriter w;
    w.begin_array();
    for (const std::string& text : texts) w.value(text);
    return w.end_array().take();
}

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
    std::string out;
    for (const std::string& text : texts) out += (out.empty() ? std::string_view{} : between), out += text;
    return out;
}

ListOutput::ListOutput(Format format, std::string name, std::vector<std::string> columns)
    : format_(format),
      name_(std::move(name)),
      columns_(std::move(columns)),
      numeric_(columns_.size(), true) {}

// With the first row, not before: a fault until then leaves standard output empty.
void ListOutput::open() {
    if (open_) return;
    open_ = true;
    if (format_ == Format::json) print("{\"" + name_ + "\":[");
    if (format_ == Format::csv) {
        std::string line;
        for (const std::string& column : columns_) line += (line.empty() ? "" : ",") + csv(column);
        print(line + "\r\n");
    }
}

void ListOutput::row(std::vector<Cell> cells) {
    open();
    std::string line;
    if (format_ == Format::table) {
        auto& texts = lines_.emplace_back();
        for (std::size_t i = 0; i < cells.size(); ++i) {
            texts.push_back(plain(cells[i]));
            if (cells[i].index() != 2 && cells[i].index() != 3 && cells[i].index() != 0) numeric_[i] = false;
        }
        return;
    }
    if (format_ == Format::csv) {
        for (std::size_t i = 0; i < cells.size(); ++i) line += (i == 0 ? "" : ",") + csv(plain(cells[i]));
        print(line + "\r\n");
        return;
    }
    line = format_ == Format::json ? (first_ ? "\n{" : ",\n{") : "{";
    first_ = false;
    for (std::size_t i = 0; i < cells.size(); ++i)
        line += (i == 0 ? "\"" : ",\"") + columns_[i] + "\":" + json(cells[i]);
    print(line + (format_ == Format::json ? "}" : "}\n"));
}

void ListOutput::print_table() {
    std::vector<std::size_t> widths;
    for (const std::string& column : columns_) widths.push_back(width_of(column));
    for (const auto& line : lines_) {
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]));
    }
    const auto print_line = [&](const std::vector<std::string>& line) {
        std::string out;
        for (std::size_t i = 0; i < line.size(); ++i) {
            const std::string pad(widths[i] - width_of(line[i]), ' ');
            out += numeric_[i] ? pad + line[i] : line[i] + pad;
            out += "  ";
        }
        out.erase(out.find_last_not_of(' ') + 1);
        print(out + "\n");
    };
    std::vector<std::string> heading;
    for (std::string column : columns_) {
        for (char& c : column)
            c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c == '_' ? ' ' : c;
        heading.push_back(column);
    }
    print_line(heading);
    for (const auto& line : lines_) print_line(line);
    if (lines_.empty()) print("(none)\n");
}

Done ListOutput::finish() {
    open();
    if (format_ == Format::json) print(first_ ? "]}\n" : "\n]}\n");
    if (format_ == Format::table) print_table();
    return flush();
}

}  // namespace sendh::cli
