#include "cases/case_file.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace cases {
namespace {

std::string trimmed(std::string_view text) {
    const std::size_t from = text.find_first_not_of(" \t\r");
    if (from == std::string_view::npos) return "";
    return std::string(text.substr(from, text.find_last_not_of(" \t\r") - from + 1));
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string unescaped(std::string_view text, std::size_t line) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            result += text[i];
            continue;
        }
        const char c = ++i < text.size() ? text[i] : '?';
        switch (c) {
            case 't': result += '\t'; break;
            case 'r': result += '\r'; break;
            case 'n': result += '\n'; break;
            case '0': result += '\0'; break;
            case '\\': result += '\\'; break;
            case '"': result += '"'; break;
            case 'x': {
                const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
                const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
                if (high < 0 || low < 0) throw Malformed(line, "\\x needs two hexadecimal digits");
                result += static_cast<char>(high * 16 + low);
                i += 2;
                break;
            }
            default: throw Malformed(line, std::string("unknown escape \\") + c);
        }
    }
    return result;
}

// Whole-number arithmetic on i.
class Arithmetic {
public:
    Arithmetic(std::string_view text, long long i, std::size_t line) : text_(text), i_(i), line_(line) {}

    long long value() {
        const long long result = sum();
        if (at_ != text_.size()) fail();
        return result;
    }

private:
    [[noreturn]] void fail() const { throw Malformed(line_, "cannot compute {" + std::string(text_) + "}"); }

    char peek() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
        return at_ < text_.size() ? text_[at_] : '\0';
    }

    long long sum() {
        long long result = product();
        for (char c = peek(); c == '+' || c == '-'; c = peek()) {
            ++at_;
            const long long right = product();
            result = c == '+' ? result + right : result - right;
        }
        return result;
    }

    long long product() {
        long long result = atom();
        for (char c = peek(); c == '*' || c == '/' || c == '%'; c = peek()) {
            ++at_;
            const long long right = atom();
            if (c != '*' && right == 0) fail();
            result = c == '*' ? result * right : c == '/' ? result / right : result % right;
        }
        return result;
    }

    long long atom() {
        const char c = peek();
        if (c == 'i') {
            ++at_;
            return i_;
        }
        if (c == '-') {
            ++at_;
            return -atom();
        }
        if (c == '(') {
            ++at_;
            const long long result = sum();
            if (peek() != ')') fail();
            ++at_;
            return result;
        }
        long long result = 0;
        const char* end = text_.data() + text_.size();
        const auto [stop, fault] = std::from_chars(text_.data() + at_, end, result);
        if (fault != std::errc{}) fail();
        at_ = static_cast<std::size_t>(stop - text_.data());
        return result;
    }

    std::string_view text_;
    long long i_;
    std::size_t line_;
    std::size_t at_ = 0;
};

std::string padded(long long value, std::size_t width) {
    std::string digits = std::to_string(value < 0 ? -value : value);
    if (digits.size() < width) digits.insert(digits.begin(), width - digits.size(), '0');
    return value < 0 ? "-" + digits : digits;
}

// "{i*2:4}", "{i:clock}", "{i%2?yes:no}" without the braces.
std::string expanded(std::string_view text, long long i, std::size_t line) {
    const std::size_t colon = text.find(':');
    if (const std::size_t question = text.find('?'); question != std::string_view::npos) {
        if (colon == std::string_view::npos || colon < question)
            throw Malformed(line, "a choice is {value?this:that}");
        const bool first = Arithmetic(text.substr(0, question), i, line).value() != 0;
        return std::string(first ? text.substr(question + 1, colon - question - 1) : text.substr(colon + 1));
    }
    const long long value = Arithmetic(text.substr(0, colon), i, line).value();
    if (colon == std::string_view::npos) return std::to_string(value);
    const std::string_view form = text.substr(colon + 1);
    if (form == "clock") {
        return padded(value / 3600 % 24, 2) + ":" + padded(value / 60 % 60, 2) + ":" + padded(value % 60, 2);
    }
    std::size_t width = 0;
    const auto [stop, fault] = std::from_chars(form.data(), form.data() + form.size(), width);
    if (fault != std::errc{} || stop != form.data() + form.size() || width > 30) {
        throw Malformed(line, "after : stands a width or clock, not " + std::string(form));
    }
    return padded(value, width);
}

std::string repeated(std::string_view range, std::string_view text, std::size_t line) {
    const std::size_t dots = range.find("..");
    if (dots == std::string_view::npos) throw Malformed(line, "a repeated line starts with |FIRST..LAST|");
    const long long first = Arithmetic(range.substr(0, dots), 0, line).value();
    const long long last = Arithmetic(range.substr(dots + 2), 0, line).value();
    std::string result;
    for (long long i = first; i <= last; ++i) {
        for (std::size_t at = 0; at < text.size(); ++at) {
            const std::size_t close = text[at] == '{' ? text.find('}', at) : std::string_view::npos;
            if (close == std::string_view::npos) {
                result += text[at];
            } else {
                result += expanded(text.substr(at + 1, close - at - 1), i, line);
                at = close;
            }
        }
        result += '\n';
    }
    return result;
}

// A line of a block as bytes; false if it is no such line.
bool block_line(std::string_view line, std::size_t at, std::string& bytes) {
    const bool escapes = line.starts_with("\\|");
    if (escapes) line.remove_prefix(1);
    if (!line.starts_with('|')) return false;
    line.remove_prefix(1);
    if (line.empty() || line.front() == ' ') {
        const std::string_view text = line.empty() ? line : line.substr(1);
        bytes += escapes ? unescaped(text, at) : std::string(text);
        bytes += '\n';
        return true;
    }
    const std::size_t bar = line.find('|');
    if (bar == std::string_view::npos) throw Malformed(at, "after | stands a space, or a range like 1..9|");
    std::string_view text = line.substr(bar + 1);
    if (text.starts_with(' ')) text.remove_prefix(1);
    bytes += repeated(line.substr(0, bar), escapes ? unescaped(text, at) : std::string(text), at);
    return true;
}

// Where the next word ends; quoted words may hold spaces.
std::size_t word_end(std::string_view text, std::size_t from) {
    if (text[from] == '"') {
        const std::size_t close = text.find('"', from + 1);
        if (close != std::string_view::npos) return close + 1;
    }
    return std::min(text.find_first_of(" \t", from), text.size());
}

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    for (std::size_t at = 0; (at = text.find_first_not_of(" \t", at)) != std::string_view::npos;) {
        const std::size_t end = word_end(text, at);
        std::string_view word = text.substr(at, end - at);
        if (word.size() >= 2 && word.front() == '"' && word.back() == '"')
            word = word.substr(1, word.size() - 2);
        words.emplace_back(word);
        at = end;
    }
    return words;
}

// One code point of UTF-8 at `at`, which moves on.
char32_t code_point(std::string_view text, std::size_t& at, std::size_t line) {
    const auto byte = [&](std::size_t i) {
        if (i >= text.size()) throw Malformed(line, "not UTF-8");
        return static_cast<unsigned char>(text[i]);
    };
    const unsigned char lead = byte(at);
    const std::size_t more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    char32_t result = more == 0 ? lead : static_cast<char32_t>(lead & (0x3F >> more));
    for (std::size_t i = 1; i <= more; ++i) result = (result << 6) | (byte(at + i) & 0x3FU);
    at += more + 1;
    return result;
}

}  // namespace

std::string after_words(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    for (; count > 0; --count) {
        at = text.find_first_not_of(" \t", at);
        if (at == std::string_view::npos) return "";
        at = word_end(text, at);
    }
    return trimmed(text.substr(at));
}

std::string unquoted(std::string_view text, std::size_t line) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
    const std::string_view inside = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i < inside.size(); ++i) {
        if (inside[i] == '\\') {
            ++i;
        } else if (inside[i] == '"') {
            return std::string(text);  // "a": "b" is a text with quotes in it
        }
    }
    return unescaped(inside, line);
}

CaseFile parse(std::string_view text) {
    CaseFile result;
    std::size_t number = 0;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        const std::string_view line = text.substr(from, end - from);
        from = end + 1;
        ++number;
        const bool block = line.starts_with('|') || line.starts_with("\\|");
        if (!block && (trimmed(line).empty() || line.front() == '#')) continue;
        if (result.promise.empty()) {
            if (block) throw Malformed(number, "the first line is the promise that the test holds");
            result.promise = trimmed(line);
            continue;
        }
        if (block) {
            if (result.steps.empty())
                throw Malformed(number, "a | line belongs below a file, stdin, run or `is`");
            result.steps.back().has_block = true;
            block_line(line, number, result.steps.back().block);
            continue;
        }
        Step& step = result.steps.emplace_back();
        step.line = number;
        step.words = split_words(line);
        step.rest = after_words(line, 1);
    }
    if (result.promise.empty()) throw Malformed(1, "the file is empty");
    return result;
}

std::string encoded(const Step& step, const std::vector<std::string>& options) {
    const auto has = [&](std::string_view option) {
        return std::find(options.begin(), options.end(), option) != options.end();
    };
    for (const std::string& option : options) {
        if (option != "crlf" && option != "bom" && option != "latin1" && option != "utf16" &&
            option != "open") {
            throw Malformed(step.line, "unknown option " + option);
        }
    }
    std::string lines = step.block;
    if (has("open") && !lines.empty()) lines.pop_back();
    std::string bytes = has("bom") ? "\xEF\xBB\xBF" : "";
    for (const char c : lines) {
        if (c == '\n' && has("crlf")) bytes += '\r';
        bytes += c;
    }
    if (!has("latin1") && !has("utf16")) return bytes;
    std::string result;
    for (std::size_t at = 0; at < bytes.size();) {
        const char32_t c = code_point(bytes, at, step.line);
        if (has("latin1")) {
            if (c > 0xFF) throw Malformed(step.line, "a character is not in Latin-1");
            result += static_cast<char>(c);
        } else if (c > 0xFFFF) {
            const char32_t rest = c - 0x10000;
            for (const char32_t unit : {0xD800 + (rest >> 10), 0xDC00 + (rest & 0x3FF)}) {
                result += static_cast<char>(unit & 0xFF);
                result += static_cast<char>(unit >> 8);
            }
        } else {
            result += static_cast<char>(c & 0xFF);
            result += static_cast<char>(c >> 8);
        }
    }
    return result;
}

}  // namespace cases
