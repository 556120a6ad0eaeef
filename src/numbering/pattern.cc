#include "numbering/pattern.h"

#include <string>
#include <utility>

namespace sendh {

namespace {

struct Node {
    enum class Kind : std::uint8_t { set, sequence, choice, repeat, group, end };
    Kind kind = Kind::sequence;
    std::uint64_t symbols = 0;
    std::vector<Node> children;
    int least = 0, most = 0;  // most < 0: no limit
    int group = 0;
};

class Reader {
public:
    Reader(std::string_view text, const SymbolsOf& symbols_of, std::uint64_t digits)
        : text_(text), symbols_of_(symbols_of), digits_(digits) {}

    bool read(Node& out) { return choice(out) && at_ == text_.size(); }
    [[nodiscard]] int groups() const { return groups_; }
    [[nodiscard]] bool bounded() const { return bounded_; }

private:
    [[nodiscard]] bool more() const { return at_ < text_.size(); }
    [[nodiscard]] bool looking_at(char c) const { return more() && text_[at_] == c; }
    bool take(char c) {
        if (!looking_at(c)) return false;
        ++at_;
        return true;
    }
    bool take(std::string_view s) {
        if (!text_.substr(at_).starts_with(s)) return false;
        at_ += s.size();
        return true;
    }
    char32_t code_point() {
        const auto lead = static_cast<unsigned char>(text_[at_++]);
        if (lead < 0x80) return lead;
        const int more_bytes = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
        char32_t c = lead & (0x3FU >> static_cast<unsigned>(more_bytes));
        for (int i = 0; i < more_bytes && more(); ++i)
            c = c << 6U | (static_cast<unsigned char>(text_[at_++]) & 0x3FU);
        return c;
    }

    bool choice(Node& out) {
        out.kind = Node::Kind::choice;
        do {
            out.children.emplace_back();
            if (!sequence(out.children.back())) return false;
        } while (take('|'));
        if (out.children.size() == 1) {
            Node only = std::move(out.children[0]);
            out = std::move(only);
        }
        return true;
    }

    bool sequence(Node& out) {
        while (more() && !looking_at('|') && !looking_at(')')) {
            out.children.emplace_back();
            if (!atom(out.children.back()) || !repetition(out.children.back())) return false;
        }
        return true;
    }

    bool atom(Node& out) {
        if (take("(?:")) return choice(out) && take(')');
        if (take('(')) {
            out.kind = Node::Kind::group;
            out.group = ++groups_;
            out.children.emplace_back();
            return choice(out.children[0]) && take(')');
        }
        if (take('$')) {
            out.kind = Node::Kind::end;
            return true;
        }
        out.kind = Node::Kind::set;
        if (take('[')) {
            bool first = true;
            while (!take(']')) {
                if (!more() || looking_at('^')) return false;
                if (!member(out.symbols, first)) return false;
                first = false;
            }
            return true;
        }
        if (looking_at('?') || looking_at('*') || looking_at('+') || looking_at('{') || looking_at('.'))
            return false;
        char32_t ignored = 0;
        return one(out.symbols, ignored);
    }

    // A symbol, an escape or a class; `single` is its code point, 0 for a class.
    bool one(std::uint64_t& symbols, char32_t& single) {
        single = 0;
        if (take("\\d") || take("\\p{Nd}")) {
            symbols |= digits_;
            return true;
        }
        if (take("\\t"))
            single = U'\t';
        else if (take('\\')) {
            if (!more() || (text_[at_] >= 'a' && text_[at_] <= 'z')) return false;
            single = code_point();
        } else {
            single = code_point();
        }
        const std::uint64_t set = symbols_of_(single);
        symbols |= set;
        return set != 0;
    }

    bool member(std::uint64_t& symbols, bool first) {
        if (first && take('-')) {
            symbols |= symbols_of_(U'-');
            return true;
        }
        char32_t low = 0;
        if (!one(symbols, low)) return false;
        if (low == 0 || !looking_at('-') || text_.substr(at_).starts_with("-]")) return true;
        ++at_;
        char32_t high = 0;
        if (!one(symbols, high) || high < low) return false;
        for (char32_t c = low; c <= high; ++c) {
            const std::uint64_t set = symbols_of_(c);
            if (set == 0) return false;
            symbols |= set;
        }
        return true;
    }

    bool number(int& out) {
        if (!more() || text_[at_] < '0' || text_[at_] > '9') return false;
        out = 0;
        while (more() && text_[at_] >= '0' && text_[at_] <= '9' && out < 1000)
            out = out * 10 + (text_[at_++] - '0');
        return true;
    }

    bool repetition(Node& node) {
        int least = 1;
        int most = 1;
        if (take('?'))
            least = 0;
        else if (take('*'))
            least = 0, most = -1;
        else if (take('+'))
            most = -1;
        else if (take('{')) {
            if (!number(least)) return false;
            most = least;
            if (take(',') && !number(most)) most = -1;
            if (!take('}')) return false;
        } else {
            return true;
        }
        if (most < 0) bounded_ = false;
        Node repeated;
        repeated.kind = Node::Kind::repeat;
        repeated.least = least;
        repeated.most = most;
        repeated.children.push_back(std::move(node));
        node = std::move(repeated);
        return !looking_at('?') && !looking_at('*') && !looking_at('+') && !looking_at('{');
    }

    std::string_view text_;
    const SymbolsOf& symbols_of_;
    std::uint64_t digits_;
    std::size_t at_ = 0;
    int groups_ = 0;
    bool bounded_ = true;
};

// Instructions of a node; control goes on behind the last of them.
void emit(const Node& node, bool backwards, std::vector<Pattern::Instruction>& code) {
    const auto here = [&] { return static_cast<int>(code.size()); };
    const auto add = [&](Pattern::Instruction i) {
        code.push_back(i);
        return code.size() - 1;
    };
    switch (node.kind) {
        case Node::Kind::set: add({Pattern::Op::set, node.symbols, here() + 1, 0}); break;
        case Node::Kind::end: add({Pattern::Op::end, 0, here() + 1, 0}); break;
        case Node::Kind::sequence:
            for (std::size_t i = 0; i < node.children.size(); ++i) {
                emit(node.children[backwards ? node.children.size() - 1 - i : i], backwards, code);
            }
            break;
        case Node::Kind::group:
            add({Pattern::Op::save, 0, here() + 1, 2 * (node.group - 1)});
            emit(node.children[0], backwards, code);
            add({Pattern::Op::save, 0, here() + 1, 2 * (node.group - 1) + 1});
            break;
        case Node::Kind::choice: {
            std::vector<std::size_t> ends;
            for (std::size_t i = 0; i < node.children.size(); ++i) {
                const bool last = i + 1 == node.children.size();
                const std::size_t split = last ? 0 : add({Pattern::Op::split, 0, here() + 1, 0});
                emit(node.children[i], backwards, code);
                if (last) break;
                ends.push_back(add({Pattern::Op::split, 0, 0, 0}));
                code[split].second = here();
            }
            for (const std::size_t end : ends) code[end].first = code[end].second = here();
            break;
        }
        case Node::Kind::repeat: {
            for (int i = 0; i < node.least; ++i) emit(node.children[0], backwards, code);
            if (node.most < 0) {
                const std::size_t split = add({Pattern::Op::split, 0, here() + 1, 0});
                emit(node.children[0], backwards, code);
                add({Pattern::Op::split, 0, static_cast<int>(split), static_cast<int>(split)});
                code[split].second = here();
                break;
            }
            std::vector<std::size_t> splits;
            for (int i = node.least; i < node.most; ++i) {
                splits.push_back(add({Pattern::Op::split, 0, here() + 1, 0}));
                emit(node.children[0], backwards, code);
            }
            for (const std::size_t split : splits) code[split].second = here();
            break;
        }
    }
}

}  // namespace

Result<Pattern> compile_pattern(std::string_view text, const SymbolsOf& symbols_of, std::uint64_t digits,
                                bool backwards) {
    Reader reader(text, symbols_of, digits);
    Node root;
    if (!reader.read(root)) {
        return Fault{FaultKind::input, "a pattern of the metadata is not understood", std::string(text),
                     "teach numbering/pattern.cc"};
    }
    Pattern pattern;
    pattern.groups = reader.groups();
    pattern.bounded = reader.bounded();
    emit(root, backwards, pattern.code);
    pattern.code.push_back({Pattern::Op::match, 0, 0, 0});
    return pattern;
}

Result<Pattern> compile_digit_pattern(std::string_view text) {
    const SymbolsOf digit = [](char32_t c) {
        return c >= U'0' && c <= U'9' ? std::uint64_t{1} << (c - U'0') : 0;
    };
    return compile_pattern(text, digit, 0x3FF);
}

}  // namespace sendh
