#include "base/json.h"

#include <charconv>
#include <cmath>

#include "base/text.h"

namespace sendh {

void JsonWriter::new_line() {
    if (indent_ == 0) return;
    out_ += '\n';
    out_.append(static_cast<std::size_t>(indent_ * depth_), ' ');
}

void JsonWriter::before_value() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (depth_ == 0) return;
    if (!first_) out_ += ',';
    new_line();
    first_ = false;
}

JsonWriter& JsonWriter::raw(std::string_view token) {
    before_value();
    out_ += token;
    first_ = false;
    return *this;
}

JsonWriter& JsonWriter::open(char bracket) {
    before_value();
    out_ += bracket;
    ++depth_;
    first_ = true;
    return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
    --depth_;
    if (!first_) new_line();
    out_ += bracket;
    first_ = false;
    return *this;
}

JsonWriter& JsonWriter::begin_object() { return open('{'); }
JsonWriter& JsonWriter::end_object() { return close('}'); }
JsonWriter& JsonWriter::begin_array() { return open('['); }
JsonWriter& JsonWriter::end_array() { return close(']'); }

JsonWriter& JsonWriter::key(std::string_view name) {
    value(name);
    out_ += indent_ == 0 ? ":" : ": ";
    after_key_ = true;
    return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
    before_value();
    first_ = false;
    out_ += '"';
    while (!text.empty()) {
        const std::size_t good = first_bad_utf8(text).value_or(text.size());
        for (const char c : text.substr(0, good)) {
            const auto byte = static_cast<unsigned char>(c);
            switch (c) {
                case '"': out_ += "\\\""; break;
                case '\\': out_ += "\\\\"; break;
                case '\n': out_ += "\\n"; break;
                case '\r': out_ += "\\r"; break;
                case '\t': out_ += "\\t"; break;
                default:
                    if (byte < 0x20) {
                        constexpr char hex[] = "0123456789abcdef";
                        out_ += "\\u00";
                        out_ += hex[byte >> 4];
                        out_ += hex[byte & 15];
                    } else {
                        out_ += c;
                    }
            }
        }
        text.remove_prefix(good);
        if (!text.empty()) {
            out_ += "\xEF\xBF\xBD";
            text.remove_prefix(1);
        }
    }
    out_ += '"';
    return *this;
}

JsonWriter& JsonWriter::value(double number) {
    if (!std::isfinite(number)) return null();
    char buffer[32];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, number);
    return raw(std::string_view(buffer, static_cast<std::size_t>(end - buffer)));
}

}  // namespace sendh
