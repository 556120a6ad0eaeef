#include "crypto/label.h"

#include "base/text.h"
#include "crypto/digest.h"

namespace sendh {

std::string label_of(const Key256& row_key, std::string_view name) {
    const std::string text(trim(name));
    std::string label = without_numbers(text);
    if (label == text) return label;
    std::uint64_t hash = keyed_hash(row_key, lower_ascii(text));
    label += '#';
    for (int i = 0; i < 8; ++i, hash >>= 4U) label += static_cast<char>('a' + (hash & 15U));
    return label;
}

}  // namespace sendh
