#include "numbering/plan_compiler.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "numbering/pattern.h"
#include "numbering/plan_tables.h"
#include "numbering/text_classes.h"

namespace sendh {

namespace {

using plan_tables::Action;

constexpr int longest_national = 17;

// Order in which PlanSource's kinds name NumberType (numbering_plan.h).
constexpr std::array<std::uint32_t, PlanSource::kinds> type_of_kind = {4, 3, 5, 6, 7, 8, 9, 10, 0, 1};
constexpr std::uint32_t fixed_or_mobile = 2;

struct Node {
    std::array<std::uint32_t, 10> next{};
    std::uint32_t label = 0;
    bool operator==(const Node&) const = default;
};

struct NodeHash {
    std::size_t operator()(const Node& n) const {
        std::uint64_t h = n.label * 0x9E3779B97F4A7C15ULL;
        for (const std::uint32_t x : n.next) h = (h ^ x) * 0x100000001B3ULL + (h >> 29U);
        return static_cast<std::size_t>(h);
    }
};

// Nodes built from their ends, equal ones once: every automaton in it is minimal.
class Store {
public:
    Store() { add({}); }
    std::uint32_t add(const Node& node) {
        const auto [at, isnew] = index_.try_emplace(node, static_cast<std::uint32_t>(nodes_.size()));
        if (isnew) nodes_.push_back(node);
        return at->second;
    }
    const Node& operator[](std::uint32_t i) const { return nodes_[i]; }
    [[nodiscard]] std::size_t size() const { return nodes_.size(); }

private:
    std::vector<Node> nodes_;
    std::unordered_map<Node, std::uint32_t, NodeHash> index_;
};

struct VectorHash {
    std::size_t operator()(const std::vector<std::uint32_t>& v) const {
        std::uint64_t h = 0xCBF29CE484222325ULL;
        for (const std::uint32_t x : v) h = (h ^ x) * 0x9E3779B97F4A7C15ULL + (h >> 31U);
        return static_cast<std::size_t>(h);
    }
};

std::uint32_t mask_of(const std::vector<int>& lengths) {
    std::uint32_t mask = 0;
    for (const int n : lengths) {
        if (n > 0 && n < 32) mask |= 1U << static_cast<unsigned>(n);
    }
    return mask;
}

// Does a whole text match? Label 1 where it does.
class WholeMatch {
public:
    WholeMatch(Store& store, const Pattern& pattern) : store_(store), pattern_(pattern) {}
    std::uint32_t root() {
        std::set<int> start;
        follow(0, start);
        return build(start);
    }

private:
    void follow(int pc, std::set<int>& out) const {
        const auto& i = pattern_.code[static_cast<std::size_t>(pc)];
        switch (i.op) {
            case Pattern::Op::split: follow(i.first, out), follow(i.second, out); break;
            case Pattern::Op::save: follow(i.first, out); break;
            default: out.insert(pc);
        }
    }
    std::uint32_t build(const std::set<int>& state) {
        if (state.empty()) return 0;
        if (const auto known = known_.find(state); known != known_.end()) return known->second;
        Node node;
        for (unsigned d = 0; d < 10; ++d) {
            std::set<int> next;
            for (const int pc : state) {
                const auto& i = pattern_.code[static_cast<std::size_t>(pc)];
                if (i.op == Pattern::Op::set && (i.symbols >> d & 1U) != 0) follow(i.first, next);
                if (i.op == Pattern::Op::match) node.label = 1;
            }
            node.next[d] = build(next);
        }
        return known_[state] = store_.add(node);
    }

    Store& store_;
    const Pattern& pattern_;
    std::map<std::set<int>, std::uint32_t> known_;
};

// Which prefix does a pattern take, choosing as a backtracking engine does, and what did it capture?
class PrefixMatch {
public:
    struct Capture {
        std::array<int, 4> slots{-1, -1, -1, -1};
        auto operator<=>(const Capture&) const = default;
    };
    using ToAction = std::function<std::uint32_t(int, const Capture&)>;

    PrefixMatch(Store& store, const Pattern& pattern, ToAction to_action)
        : store_(store), pattern_(pattern), to_action_(std::move(to_action)) {}
    std::uint32_t root() { return build({{0, {}}}, 0); }

private:
    using Thread = std::pair<int, Capture>;

    // False: a thread of higher priority than the rest has matched.
    bool follow(int pc, Capture capture, int depth, bool at_end, std::vector<Thread>& out,
                std::optional<Capture>& matched) const {
        const auto& i = pattern_.code[static_cast<std::size_t>(pc)];
        switch (i.op) {
            case Pattern::Op::set:
                if (std::none_of(out.begin(), out.end(), [&](const Thread& t) { return t.first == pc; }))
                    out.emplace_back(pc, capture);
                return true;
            case Pattern::Op::split:
                if (!follow(i.first, capture, depth, at_end, out, matched)) return false;
                return i.first == i.second || follow(i.second, capture, depth, at_end, out, matched);
            case Pattern::Op::save:
                if (i.second < 4) capture.slots[static_cast<std::size_t>(i.second)] = depth;
                return follow(i.first, capture, depth, at_end, out, matched);
            case Pattern::Op::end: return !at_end || follow(i.first, capture, depth, at_end, out, matched);
            case Pattern::Op::match: matched = capture; return false;
        }
        return true;
    }

    std::uint32_t build(const std::vector<Thread>& before, int depth) {
        if (before.empty()) return 0;
        const auto key = std::make_pair(before, depth);
        if (const auto known = known_.find(key); known != known_.end()) return known->second;
        Node node;
        std::vector<Thread> threads;
        std::vector<Thread> unused;
        std::optional<Capture> here;
        std::optional<Capture> at_end;
        for (const auto& [pc, capture] : before) {
            if (!follow(pc, capture, depth, false, threads, here)) break;
        }
        for (const auto& [pc, capture] : before) {
            if (!follow(pc, capture, depth, true, unused, at_end)) break;
        }
        if (here) node.label |= to_action_(depth, *here);
        if (at_end) node.label |= to_action_(depth, *at_end) << 16U;
        for (unsigned d = 0; d < 10; ++d) {
            std::vector<Thread> next;
            for (const auto& [pc, capture] : threads) {
                const auto& i = pattern_.code[static_cast<std::size_t>(pc)];
                if ((i.symbols >> d & 1U) != 0) next.emplace_back(i.first, capture);
            }
            node.next[d] = build(next, depth + 1);
        }
        return known_[key] = store_.add(node);
    }

    Store& store_;
    const Pattern& pattern_;
    ToAction to_action_;
    std::map<std::pair<std::vector<Thread>, int>, std::uint32_t> known_;
};

class Compiler {
public:
    explicit Compiler(const PlanSource& source) : source_(source) {
        actions_.push_back({0, 0, 0, 0});
        literals_.emplace_back();
    }

    Result<std::string> run() {
        SENDH_CHECK(territories());
        SENDH_CHECK(calling_codes());
        SENDH_CHECK(extensions());
        if (actions_.size() > 0xFFFF || literals_.size() > 0xFF || territories_.size() > 0xFFFE) {
            return grown("actions, literals or territories");
        }
        return bytes();
    }

private:
    static Fault grown(std::string_view what) {
        return {FaultKind::input, "the numbering plan grew beyond its tables", std::string(what),
                "widen plan_tables.h"};
    }

    Result<std::uint32_t> whole(const std::string& text) {
        if (text.empty()) return std::uint32_t{0};
        if (const auto known = whole_.find(text); known != whole_.end()) return known->second;
        SENDH_TRY(const Pattern pattern, bounded(text));
        return whole_[text] = WholeMatch(store_, pattern).root();
    }

    static Result<Pattern> bounded(const std::string& text) {
        SENDH_TRY(Pattern pattern, compile_digit_pattern(text));
        if (!pattern.bounded)
            return Fault{FaultKind::input, "a pattern of the metadata has no longest number", text,
                         "teach numbering/plan_compiler.cc"};
        return pattern;
    }

    Result<std::uint32_t> prefix(const std::string& text, const std::string& transform) {
        const std::string key = text + " -> " + transform;
        if (const auto known = prefix_.find(key); known != prefix_.end()) return known->second;
        SENDH_TRY(const Pattern pattern, bounded(text));
        std::string literal;
        std::size_t group = 0;
        if (!transform.empty()) {
            // digits, one group: "9$1"
            const std::size_t dollar = transform.find('$');
            const bool understood = dollar != std::string::npos && dollar + 2 == transform.size() &&
                                    dollar < 16 &&
                                    (transform[dollar + 1] == '1' || transform[dollar + 1] == '2') &&
                                    transform.find_first_not_of("0123456789") == dollar;
            if (!understood)
                return Fault{FaultKind::input, "a transform rule of the metadata is not understood",
                             transform, "teach numbering/plan_compiler.cc"};
            literal = transform.substr(0, dollar);
            group = static_cast<std::size_t>(transform[dollar + 1] - '0');
        }
        const auto to_action = [&](int depth, const PrefixMatch::Capture& capture) {
            Action action{static_cast<std::uint8_t>(depth), 0, 0, 0};
            // Of a prefix with two groups the second decides whether there is something to transform.
            const std::size_t decides = std::min<std::size_t>(static_cast<std::size_t>(pattern.groups), 2);
            const auto length = [&](std::size_t g) {
                return g == 0 || capture.slots[2 * g - 1] < 0
                           ? 0
                           : capture.slots[2 * g - 1] - capture.slots[2 * g - 2];
            };
            if (!transform.empty() && length(decides) > 0) {
                action.literal = literal_number(literal);
                if (length(group) > 0) {
                    action.captured_from = static_cast<std::uint8_t>(capture.slots[2 * group - 2]);
                    action.captured = static_cast<std::uint8_t>(length(group));
                }
            }
            return action_number(action);
        };
        return prefix_[key] = PrefixMatch(store_, pattern, to_action).root();
    }

    std::uint8_t literal_number(const std::string& literal) {
        const auto found = std::find(literals_.begin(), literals_.end(), literal);
        if (found == literals_.end()) literals_.push_back(literal);
        return static_cast<std::uint8_t>(std::find(literals_.begin(), literals_.end(), literal) -
                                         literals_.begin());
    }

    std::uint32_t action_number(const Action& a) {
        for (std::size_t i = 1; i < actions_.size(); ++i) {
            if (std::memcmp(&actions_[i], &a, sizeof a) == 0) return static_cast<std::uint32_t>(i);
        }
        actions_.push_back(a);
        return static_cast<std::uint32_t>(actions_.size() - 1);
    }

    Done territories() {
        for (const PlanSource::Territory& t : source_.territories) {
            plan_tables::Territory out{};
            if (t.id.size() > 3 || t.code < 1 || t.code > 999)
                return Fault{FaultKind::input, "a territory without code", t.id, ""};
            std::memcpy(out.id, t.id.data(), t.id.size());
            out.code = static_cast<std::uint16_t>(t.code);
            Roots roots;
            SENDH_TRY(roots.general, whole(t.general.pattern));
            if (!t.national_prefix.empty()) {
                SENDH_TRY(roots.national_prefix, prefix(t.national_prefix, t.transform));
            }
            if (!t.international_prefix.empty()) {
                SENDH_TRY(roots.international_prefix, prefix(t.international_prefix, ""));
            }
            roots_.push_back(roots);
            out.lengths = mask_of(t.general.lengths);
            out.local_lengths = mask_of(t.general.local_lengths);
            territories_.push_back(out);
        }
        return done();
    }

    // Label: type + 1 of the numbers of one territory.
    Result<std::uint32_t> types(const PlanSource::Territory& t) {
        std::vector<std::uint32_t> roots;
        std::array<std::uint32_t, PlanSource::kinds + 1> lengths{};
        SENDH_TRY(const std::uint32_t general, whole(t.general.pattern));
        roots.push_back(general);
        lengths[0] = t.general.lengths.empty() ? ~0U : mask_of(t.general.lengths);
        for (std::size_t k = 0; k < PlanSource::kinds; ++k) {
            const PlanSource::Description& d = t.descriptions[k];
            SENDH_TRY(const std::uint32_t root, whole(d.pattern));
            roots.push_back(root);
            lengths[k + 1] = d.lengths.empty() ? ~0U : mask_of(d.lengths);
        }
        std::unordered_map<std::vector<std::uint32_t>, std::uint32_t, VectorHash> known;
        const auto label = [&](const std::vector<std::uint32_t>& state, unsigned depth) -> std::uint32_t {
            const auto matches = [&](std::size_t i) {
                return store_[state[i]].label != 0 && (lengths[i] >> depth & 1U) != 0;
            };
            if (!matches(0)) return 0;
            for (std::size_t k = 0; k < PlanSource::fixed; ++k) {
                if (matches(k + 1)) return type_of_kind[k] + 1;
            }
            if (matches(PlanSource::fixed + 1)) {
                if (t.mobile_like_fixed || matches(PlanSource::mobile + 1)) return fixed_or_mobile + 1;
                return type_of_kind[PlanSource::fixed] + 1;
            }
            return !t.mobile_like_fixed && matches(PlanSource::mobile + 1)
                       ? type_of_kind[PlanSource::mobile] + 1
                       : 0;
        };
        const std::function<std::uint32_t(const std::vector<std::uint32_t>&, unsigned)> build =
            [&](const std::vector<std::uint32_t>& state, unsigned depth) -> std::uint32_t {
            if (state[0] == 0 || depth > longest_national) return 0;
            std::vector<std::uint32_t> key = state;
            key.push_back(depth);
            if (const auto found = known.find(key); found != known.end()) return found->second;
            Node node;
            node.label = label(state, depth);
            for (std::size_t d = 0; d < 10; ++d) {
                std::vector<std::uint32_t> next(state.size());
                for (std::size_t i = 0; i < state.size(); ++i) next[i] = store_[state[i]].next[d];
                node.next[d] = build(next, depth + 1);
            }
            return known[key] = store_.add(node);
        };
        return build(roots, 0);
    }

    // Lengths of the numbers behind a node that are of some type, as a mask.
    std::uint32_t valid_lengths(std::uint32_t node, std::map<std::uint32_t, std::uint32_t>& known) {
        if (node == 0) return 0;
        if (const auto found = known.find(node); found != known.end()) return found->second;
        std::uint32_t mask = (store_[node].label & 0xFFU) != 0 ? 1 : 0;
        for (std::size_t d = 0; d < 10; ++d) mask |= valid_lengths(store_[node].next[d], known) << 1U;
        return known[node] = mask;
    }

    Done calling_codes() {
        std::map<int, std::vector<std::size_t>> by_code;
        for (std::size_t i = 0; i < source_.territories.size(); ++i)
            by_code[source_.territories[i].code].push_back(i);
        for (const auto& [code, members] : by_code) {
            plan_tables::CallingCode out{};
            out.code = static_cast<std::uint16_t>(code);
            out.main_territory = static_cast<std::uint16_t>(members[0]);
            if (members.size() == 1) out.only_territory = static_cast<std::uint16_t>(members[0] + 1);
            SENDH_TRY(const std::uint32_t root, type_root(members));
            type_roots_.push_back(root);
            std::map<std::uint32_t, std::uint32_t> known;
            for (const std::size_t i : members) {
                territories_[i].code_index = static_cast<std::uint16_t>(codes_.size());
            }
            for (std::size_t d = 0; d < 10; ++d)
                out.lengths_by_first_digit[d] = valid_lengths(store_[root].next[d], known) << 1U;
            const unsigned span = code < 10 ? 100 : code < 100 ? 10 : 1;
            for (unsigned k = 0; k < span; ++k) {
                by_prefix_[static_cast<unsigned>(code) * span + k] =
                    static_cast<std::uint16_t>(codes_.size() + 1);
            }
            codes_.push_back(out);
        }
        return done();
    }

    // Label: territory and type of the numbers of one calling code.
    Result<std::uint32_t> type_root(const std::vector<std::size_t>& members) {
        constexpr std::uint32_t matched = 0xFFFFFFFF;  // the leading digits have been seen
        std::vector<std::uint32_t> start;              // of each member: its types, its leading digits
        for (const std::size_t i : members) {
            const PlanSource::Territory& t = source_.territories[i];
            SENDH_TRY(const std::uint32_t types_root, types(t));
            SENDH_TRY(const std::uint32_t leading, whole(t.has_leading_digits ? t.leading_digits : ""));
            start.push_back(types_root);
            start.push_back(leading);
        }
        std::unordered_map<std::vector<std::uint32_t>, std::uint32_t, VectorHash> known;
        const bool alone = members.size() == 1;
        const std::function<std::uint32_t(std::vector<std::uint32_t>, unsigned)> build =
            [&](std::vector<std::uint32_t> state, unsigned depth) -> std::uint32_t {
            if (depth > longest_national) return 0;
            for (std::size_t i = 1; i < state.size(); i += 2) {
                if (state[i] != matched && store_[state[i]].label != 0) state[i] = matched;
            }
            if (std::all_of(state.begin(), state.end(), [](std::uint32_t s) { return s == 0; })) return 0;
            std::vector<std::uint32_t> key = state;
            key.push_back(depth);
            if (const auto found = known.find(key); found != known.end()) return found->second;
            Node node;
            for (std::size_t m = 0; m < members.size() && node.label == 0; ++m) {
                const std::uint32_t type = store_[state[2 * m]].label;
                const bool here = alone ? type != 0
                                  : source_.territories[members[m]].has_leading_digits
                                      ? state[2 * m + 1] == matched
                                      : type != 0;
                if (here) node.label = static_cast<std::uint32_t>(members[m] + 1) << 8U | type;
            }
            for (std::size_t d = 0; d < 10; ++d) {
                std::vector<std::uint32_t> next(state.size());
                for (std::size_t i = 0; i < state.size(); ++i)
                    next[i] = state[i] == matched ? matched : store_[state[i]].next[d];
                node.next[d] = build(std::move(next), depth + 1);
            }
            return known[key] = store_.add(node);
        };
        return build(start, 0);
    }

    // How extensions are written, as libphonenumber's parser takes them (CreateExtnPattern), read from the
    // end.
    Done extensions() {
        const std::string before = "[ \xC2\xA0\\t,]*";
        const std::string before_without_comma = "[ \xC2\xA0\\t]*";
        const std::string after = "[:\\.\xEF\xBC\x8E]?[ \xC2\xA0\\t,-]*";
        const auto digits = [](int most) { return "[\\p{Nd}]{1," + std::to_string(most) + "}"; };
        const std::string named =
            "(?:e?xt(?:ensi(?:o\xCC\x81?|\xC3\xB3))?n?|(?:\xEF\xBD\x85)?\xEF\xBD\x98\xEF\xBD\x94(?:"
            "\xEF\xBD\x8E)?|"
            "\xD0\xB4\xD0\xBE\xD0\xB1|anexo)";
        const std::string hinted =
            "(?:[x\xEF\xBD\x98#\xEF\xBC\x83~\xEF\xBD\x9E]|int|\xEF\xBD\x89\xEF\xBD\x8E\xEF\xBD\x94)";
        const std::string text = ";ext=" + digits(20) + "|" + before + named + after + digits(20) + "#?|" +
                                 before + hinted + after + digits(9) + "#?|[- ]+" + digits(6) + "#|" +
                                 before_without_comma + "(?:,{2}|;)" + after + digits(15) + "#?|" +
                                 before_without_comma + "(?:,)+" + after + digits(9) + "#?";
        const auto bit = [](TextClass c) { return std::uint64_t{1} << static_cast<unsigned>(c); };
        const SymbolsOf symbols = [&](char32_t c) {
            const TextClass k = text_class_of(c);
            return k == TextClass::s ? bit(k) | bit(TextClass::long_s) : bit(k);
        };
        SENDH_TRY(const Pattern pattern,
                  compile_pattern(text, symbols, bit(TextClass::digit) | bit(TextClass::wide_digit), true));
        std::map<std::set<int>, std::uint16_t> known;
        std::vector<std::set<int>> states;
        const std::function<void(int, std::set<int>&)> follow = [&](int pc, std::set<int>& out) {
            const auto& i = pattern.code[static_cast<std::size_t>(pc)];
            if (i.op == Pattern::Op::split) {
                if (!out.insert(pc).second) return;  // a loop
                follow(i.first, out);
                follow(i.second, out);
            } else if (i.op == Pattern::Op::save) {
                follow(i.first, out);
            } else {
                out.insert(pc);
            }
        };
        const auto number = [&](const std::set<int>& state) {
            const auto [at, isnew] = known.try_emplace(state, static_cast<std::uint16_t>(states.size()));
            if (isnew) states.push_back(state);
            return at->second;
        };
        const auto complete = [&](const std::set<int>& state) {
            return std::any_of(state.begin(), state.end(), [&](int pc) {
                return pattern.code[static_cast<std::size_t>(pc)].op == Pattern::Op::match;
            });
        };
        number({});
        std::set<int> start;
        follow(0, start);
        text_start_ = number(start);
        for (std::size_t s = 0; s < states.size(); ++s) {
            if (states.size() > 0x7FFF)
                return Fault{FaultKind::input, "too many ways to write an extension", "", ""};
            for (unsigned c = 0; c < static_cast<unsigned>(text_classes); ++c) {
                std::set<int> next;
                for (const int pc : std::set<int>(states[s])) {
                    const auto& i = pattern.code[static_cast<std::size_t>(pc)];
                    if (i.op == Pattern::Op::set && (i.symbols >> c & 1U) != 0) follow(i.first, next);
                }
                const std::uint16_t to = number(next);
                text_.push_back(static_cast<std::uint16_t>(to | (complete(states[to]) ? 0x8000U : 0U)));
            }
        }
        text_states_ = static_cast<std::uint32_t>(states.size());
        return done();
    }

    // Only nodes that a root reaches: parts of patterns that went into a product are not needed again.
    Result<std::string> bytes() {
        std::vector<std::uint32_t> number(store_.size(), 0);
        std::vector<std::uint32_t> order = {0};
        std::vector<bool> seen(store_.size(), false);
        seen[0] = true;
        const auto visit = [&](std::uint32_t root) {
            std::vector<std::uint32_t> open = {root};
            while (!open.empty()) {
                const std::uint32_t n = open.back();
                open.pop_back();
                if (seen[n]) continue;
                seen[n] = true;
                number[n] = static_cast<std::uint32_t>(order.size());
                order.push_back(n);
                for (const std::uint32_t next : store_[n].next) open.push_back(next);
            }
            return static_cast<std::uint16_t>(number[root]);
        };
        for (std::size_t i = 0; i < codes_.size(); ++i) codes_[i].type_root = visit(type_roots_[i]);
        for (std::size_t i = 0; i < territories_.size(); ++i) {
            territories_[i].general_root = visit(roots_[i].general);
            territories_[i].national_prefix_root = visit(roots_[i].national_prefix);
            territories_[i].international_prefix_root = visit(roots_[i].international_prefix);
        }
        if (order.size() > 0xFFFF) return grown(std::to_string(order.size()) + " nodes");
        plan_tables::Header header{};
        header.magic = plan_tables::plan_magic;
        header.format = plan_tables::plan_format;
        std::memcpy(header.version, source_.version.data(),
                    std::min(source_.version.size(), sizeof header.version - 1));
        header.nodes = static_cast<std::uint32_t>(order.size());
        header.territories = static_cast<std::uint32_t>(territories_.size());
        header.codes = static_cast<std::uint32_t>(codes_.size());
        header.actions = static_cast<std::uint32_t>(actions_.size());
        header.literals = static_cast<std::uint32_t>(literals_.size());
        header.text_states = text_states_;
        header.text_start = text_start_;
        header.text_classes = text_classes;
        std::string out;
        const auto put = [&](const void* data, std::size_t size) {
            out.append(static_cast<const char*>(data), size);
        };
        put(&header, sizeof header);
        for (const std::uint32_t n : order) {
            plan_tables::Node node{};
            for (std::size_t d = 0; d < 10; ++d)
                node.next[d] = static_cast<std::uint16_t>(number[store_[n].next[d]]);
            node.label_low = static_cast<std::uint16_t>(store_[n].label & 0xFFFFU);
            node.label_high = static_cast<std::uint16_t>(store_[n].label >> 16U);
            put(&node, sizeof node);
        }
        put(territories_.data(), territories_.size() * sizeof territories_[0]);
        put(codes_.data(), codes_.size() * sizeof codes_[0]);
        put(by_prefix_.data(), sizeof by_prefix_);
        put(actions_.data(), actions_.size() * sizeof actions_[0]);
        for (const std::string& literal : literals_) {
            char padded[16] = {};
            literal.copy(padded, sizeof padded - 1);
            put(padded, sizeof padded);
        }
        put(text_.data(), text_.size() * sizeof text_[0]);
        const auto size = static_cast<std::uint32_t>(out.size());
        std::memcpy(out.data() + offsetof(plan_tables::Header, bytes), &size, sizeof size);
        return out;
    }

    const PlanSource& source_;
    Store store_;
    std::map<std::string, std::uint32_t> whole_, prefix_;
    std::vector<Action> actions_;
    std::vector<std::string> literals_;
    std::vector<plan_tables::Territory> territories_;
    std::vector<plan_tables::CallingCode> codes_;
    struct Roots {
        std::uint32_t general = 0, national_prefix = 0, international_prefix = 0;
    };
    std::vector<Roots> roots_;               // of territories_
    std::vector<std::uint32_t> type_roots_;  // of codes_
    std::array<std::uint16_t, 1000> by_prefix_{};
    std::vector<std::uint16_t> text_;
    std::uint32_t text_states_ = 0, text_start_ = 0;
};

}  // namespace

Result<std::string> compile_plan(const PlanSource& source) { return Compiler(source).run(); }

}  // namespace sendh
