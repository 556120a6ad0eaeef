#include "registers/marks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "crypto/digest.h"

namespace sendh {

namespace {

constexpr std::size_t pairs_of_rounds = 6;

std::uint64_t square_root_up(std::uint64_t n) {
    auto root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(n)));
    while (root * root < n) ++root;
    return root;
}

std::string_view text_of(const Key256& key) {
    return {reinterpret_cast<const char*>(key.data()), key.size()};
}

std::string_view text_of(const Token& token) {
    return {reinterpret_cast<const char*>(token.bytes.data()), token.bytes.size()};
}

}  // namespace

std::string mark_key_commitment(const Key256& mark_key) {
    return sha256_hex(std::string("sendh/mark-key/1") + std::string(text_of(mark_key)));
}

RowOrder::RowOrder(const Key256& mark_key, const RandomId& copy, std::uint64_t rows)
    : rows_(rows), a_(std::max<std::uint64_t>(1, square_root_up(rows))), b_((rows + a_ - 1) / a_) {
    const Key256 key = subkey(mark_key, "sendh/marks/order/1", bytes_of(copy));
    if (rows_ <= most_shuffled) {
        shuffle(key);
        return;
    }
    std::vector<std::uint64_t> words(pairs_of_rounds * (a_ + b_));
    key_stream(key, words);
    rounds_.reserve(words.size());
    for (std::size_t i = 0; i < words.size(); ++i)
        rounds_.push_back(static_cast<std::uint16_t>(below(words[i], i % (a_ + b_) < b_ ? a_ : b_)));
}

void RowOrder::shuffle(const Key256& key) {
    std::vector<std::uint64_t> words(rows_);
    key_stream(key, words);
    shuffled_.resize(2 * rows_);
    for (std::uint64_t i = 0; i < rows_; ++i) shuffled_[i] = static_cast<std::uint32_t>(i);
    for (std::uint64_t i = rows_; i-- > 1;) std::swap(shuffled_[i], shuffled_[below(words[i], i + 1)]);
    for (std::uint64_t i = 0; i < rows_; ++i) shuffled_[rows_ + shuffled_[i]] = static_cast<std::uint32_t>(i);
}

std::uint64_t RowOrder::forward(std::uint64_t x) const {
    std::uint64_t left = x / b_;
    std::uint64_t right = x % b_;
    const std::uint16_t* round = rounds_.data();
    for (std::size_t i = 0; i < pairs_of_rounds; ++i, round += a_ + b_) {
        left += round[right];
        if (left >= a_) left -= a_;
        right += round[b_ + left];
        if (right >= b_) right -= b_;
    }
    return left * b_ + right;
}

std::uint64_t RowOrder::backward(std::uint64_t x) const {
    std::uint64_t left = x / b_;
    std::uint64_t right = x % b_;
    const std::uint16_t* round = rounds_.data() + rounds_.size();
    for (std::size_t i = 0; i < pairs_of_rounds; ++i) {
        round -= a_ + b_;
        right += b_ - round[b_ + left];
        if (right >= b_) right -= b_;
        left += a_ - round[right];
        if (left >= a_) left -= a_;
    }
    return left * b_ + right;
}

std::uint64_t RowOrder::position(std::uint64_t row) const {
    if (!shuffled_.empty()) return shuffled_[row];
    do row = forward(row);
    while (row >= rows_);
    return row;
}

void RowOrder::positions(std::span<Asked> asked) {
    constexpr std::size_t together = 16;
    for (std::size_t from = 0; from < asked.size(); from += together) {
        const std::span<Asked> group = asked.subspan(from, std::min(together, asked.size() - from));
        std::array<std::uint64_t, together> left{};
        std::array<std::uint64_t, together> right{};
        for (std::size_t g = 0; g < group.size(); ++g) {
            left[g] = group[g].row / group[g].order->b_;
            right[g] = group[g].row % group[g].order->b_;
        }
        for (std::size_t i = 0; i < pairs_of_rounds; ++i) {
            for (std::size_t g = 0; g < group.size(); ++g) {
                const RowOrder& o = *group[g].order;
                if (o.rounds_.empty()) continue;
                left[g] += o.rounds_[i * (o.a_ + o.b_) + right[g]];
                if (left[g] >= o.a_) left[g] -= o.a_;
            }
            for (std::size_t g = 0; g < group.size(); ++g) {
                const RowOrder& o = *group[g].order;
                if (o.rounds_.empty()) continue;
                right[g] += o.rounds_[i * (o.a_ + o.b_) + o.b_ + left[g]];
                if (right[g] >= o.b_) right[g] -= o.b_;
            }
        }
        for (std::size_t g = 0; g < group.size(); ++g) {
            const RowOrder& o = *group[g].order;
            const std::uint64_t at = left[g] * o.b_ + right[g];
            group[g].row = o.rounds_.empty() ? o.shuffled_[group[g].row] : at < o.rows_ ? at : o.position(at);
        }
    }
}

std::uint64_t RowOrder::row(std::uint64_t position) const {
    if (!shuffled_.empty()) return shuffled_[rows_ + position];
    do position = backward(position);
    while (position >= rows_);
    return position;
}

RecipientMarks::RecipientMarks(const Key256& mark_key, const RandomId& recipient)
    : coins_(subkey(mark_key, "sendh/marks/canaries/1", bytes_of(recipient))),
      variants_(subkey(mark_key, "sendh/marks/variants/1", bytes_of(recipient))) {}

bool RecipientMarks::holds(const Token& canary, double share) const {
    // 53 bits, as many as a double between 0 and 1 tells apart.
    const double coin = static_cast<double>(keyed_hash(coins_, text_of(canary)) >> 11) * 0x1p-53;
    return coin < share;
}

std::size_t RecipientMarks::variant(const Token& number, std::string_view column, std::size_t count) const {
    const std::string text = std::string(text_of(number)) + std::string(column);
    return static_cast<std::size_t>(below(keyed_hash(variants_, text), count));
}

}  // namespace sendh
