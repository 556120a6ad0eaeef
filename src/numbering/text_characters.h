// TextCharacters: the part of a text that may be a phone number, character by character with its class:
// leading and trailing rubbish gone, second numbers ("… x302/x2303"), tel: parameters and ISDN subaddresses
// cut off.
//
// Thread rule: one object, one thread. Texts of up to 250 bytes lie in the object itself.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "numbering/text_classes.h"

namespace sendh {

class TextCharacters {
public:
    struct Character {
        char32_t code;
        TextClass kind;
        std::uint8_t digit;   // of a decimal digit
        std::uint8_t keypad;  // of an ASCII letter or digit where telephones have it; else none
    };

    static constexpr std::uint8_t no_key = 0xFF;

    TextCharacters() {}  // NOLINT(modernize-use-equals-default): = default would clear the store
    TextCharacters(const TextCharacters&) = delete;
    TextCharacters& operator=(const TextCharacters&) = delete;

    // False: not even the beginning of a number, or not UTF-8.
    bool read(std::string_view text);

    [[nodiscard]] std::size_t size() const { return to_ - from_; }
    [[nodiscard]] const Character& operator[](std::size_t i) const { return data_[from_ + i]; }
    // Anything at all in the text that every way of writing an extension needs; any ASCII letter.
    [[nodiscard]] bool may_have_extension() const { return (kinds_ & of_extensions) != 0; }
    [[nodiscard]] bool has_letters() const { return (kinds_ & letters) != 0; }

private:
    static constexpr std::uint64_t letters = bits_of(TextClass::a, TextClass::kelvin);
    static constexpr std::uint64_t of_extensions =
        letters | bits_of(TextClass::tilde, TextClass::tilde) | bits_of(TextClass::comma, TextClass::acute);

    bool add(std::string_view text);  // false: some of it is not UTF-8 that may be interchanged
    void cut_to_number();
    void cut_second_number();
    void cut_subaddress();

    static constexpr std::size_t kept = 500;
    std::array<Character, kept> here_;
    std::vector<Character> elsewhere_;
    Character* data_ = nullptr;
    std::size_t from_ = 0, to_ = 0;
    std::uint64_t kinds_ = 0;  // bit of each class in the text
};

}  // namespace sendh
