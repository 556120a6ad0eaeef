// JsonWriter: a small streaming writer of JSON (RFC 8259). Keys come out in the order they are written, so
// the same inputs give the same bytes. Strings must be UTF-8; ill-formed bytes come out as U+FFFD.
// Numbers print as the shortest form that reads back the same; NaN and infinities as null.
//
// Thread rule: one writer, one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace sendh {

class JsonWriter {
public:
    // indent 0: one line; else that many spaces a level.
    explicit JsonWriter(int indent = 0) : indent_(indent) {}

    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);

    JsonWriter& value(std::string_view text);
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(double number);
    template <class Bool, std::enable_if_t<std::is_same_v<Bool, bool>, int> = 0>
    JsonWriter& value(Bool flag) {
        return raw(flag ? "true" : "false");
    }
    template <class Integer,
              std::enable_if_t<std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>, int> = 0>
    JsonWriter& value(Integer number) {
        return raw(std::to_string(number));
    }
    JsonWriter& null() { return raw("null"); }

    // key and value in one.
    template <class T>
    JsonWriter& field(std::string_view name, const T& content) {
        return key(name).value(content);
    }

    // The document so far; REQUIRES: all objects and arrays are closed when it is to be whole.
    [[nodiscard]] const std::string& text() const { return out_; }
    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    JsonWriter& raw(std::string_view token);
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    void before_value();
    void new_line();

    std::string out_;
    int indent_;
    int depth_ = 0;
    bool first_ = true;
    bool after_key_ = false;
};

}  // namespace sendh
