#include "numbering/numbering_plan.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "numbering/plan_tables.h"
#include "numbering/text_characters.h"

namespace sendh {

namespace {

using plan_tables::Action;
using plan_tables::CallingCode;
using plan_tables::Node;
using plan_tables::Territory;

constexpr std::array<std::string_view, number_types> type_names = {
    "fixed_line",  "mobile", "fixed_line_or_mobile", "toll_free", "premium_rate",
    "shared_cost", "voip",   "personal_number",      "pager",     "uan",
    "voicemail",   "unknown"};
constexpr std::array<std::string_view, number_reasons> reason_names = {"possible",
                                                                       "possible_local_only",
                                                                       "too_short",
                                                                       "too_long",
                                                                       "invalid_length",
                                                                       "not_a_number",
                                                                       "invalid_country_code",
                                                                       "too_short_after_prefix",
                                                                       "too_short_to_be_a_number",
                                                                       "too_long_to_be_a_number"};

constexpr std::size_t shortest_national = 2;
constexpr std::size_t longest_national = 17;

// Digits of a number while prefixes are taken off its front. More than `capacity` are not kept: no prefix is
// long enough to make such a number a possible one. There is room in front for what a transform rule adds.
struct Digits {
    static constexpr std::size_t room = 40;
    static constexpr std::size_t capacity = 64;
    std::uint8_t store[room + capacity + 8];
    std::size_t from = room;
    std::size_t to = room;

    [[nodiscard]] std::size_t size() const { return to - from; }
    [[nodiscard]] bool empty() const { return to == from; }
    [[nodiscard]] std::uint8_t operator[](std::size_t i) const { return store[from + i]; }
    [[nodiscard]] const std::uint8_t* data() const { return store + from; }
    void add(unsigned digit) {
        store[to] = static_cast<std::uint8_t>(digit);
        to += to < room + capacity ? 1 : 0;
    }
    // The usual case at once: 8 to 16 ASCII digits and nothing else. REQUIRES: empty.
    bool take_all(const char* text, std::size_t n) {
        if (n < 8 || n > 16) return false;
        std::uint64_t front;
        std::uint64_t back;  // overlaps with front where n < 16
        std::memcpy(&front, text, 8);
        std::memcpy(&back, text + n - 8, 8);
        front ^= 0x3030303030303030U;
        back ^= 0x3030303030303030U;
        const std::uint64_t no_digit =
            (front + 0x0606060606060606U) | front | (back + 0x0606060606060606U) | back;
        if ((no_digit & 0xF0F0F0F0F0F0F0F0U) != 0) return false;
        std::memcpy(store + to, &front, 8);
        std::memcpy(store + to + n - 8, &back, 8);
        to += n;
        return true;
    }
};

}  // namespace

std::string_view name_of(NumberType type) { return type_names[static_cast<std::size_t>(type)]; }
std::string_view name_of(NumberReason reason) { return reason_names[static_cast<std::size_t>(reason)]; }

PhoneNumber PlannedNumber::number() const {
    if (!parsed()) return {};
    char text[24];
    const std::size_t size = unveil_e164(*this, text);
    if (size > 16) return PhoneNumber::from_presented({text, size});
    std::uint64_t value = 0;
    for (std::size_t i = 1; i < size; ++i) value = value * 10 + static_cast<unsigned>(text[i] - '0');
    return PhoneNumber::from_e164(value);
}

std::size_t unveil_e164(const PlannedNumber& number, std::span<char, 24> out) {
    if (!number.parsed()) return 0;
    char* at = out.data();
    *at++ = '+';
    char digits[24];
    std::size_t n = 0;
    for (std::uint64_t v = number.national_; n == 0 || v != 0; v /= 10)
        digits[n++] = static_cast<char>('0' + v % 10);
    for (unsigned z = number.zeros_; z != 0; --z) digits[n++] = '0';
    for (unsigned v = number.code_; v != 0; v /= 10) digits[n++] = static_cast<char>('0' + v % 10);
    while (n != 0) *at++ = digits[--n];
    return static_cast<std::size_t>(at - out.data());
}

struct PlanView {
    const plan_tables::Header* header = nullptr;
    const Node* nodes = nullptr;
    const Territory* territories = nullptr;
    const CallingCode* codes = nullptr;
    const std::uint16_t* by_prefix = nullptr;
    const Action* actions = nullptr;
    const char (*literals)[16] = nullptr;
    const std::uint16_t* text = nullptr;
    std::array<std::uint16_t, 26 * 26> by_id{};  // territory by its two letters

    [[nodiscard]] const Node& node(std::uint16_t i) const { return nodes[i]; }

    // What the prefix automaton does with the front of some digits; action 0: nothing.
    [[nodiscard]] const Action* prefix(std::uint16_t root, const Digits& digits) const {
        std::uint16_t at = root;
        unsigned best = 0;
        std::size_t i = 0;
        for (;; ++i) {
            if (at == 0) break;
            const Node& n = nodes[at];
            if (n.label_low != 0) best = n.label_low;
            if (i == digits.size()) {
                if (n.label_high != 0) best = n.label_high;
                break;
            }
            at = n.next[digits[i]];
        }
        return best == 0 ? nullptr : &actions[best];
    }

    [[nodiscard]] bool matches_general(const Territory& territory, const Digits& digits) const {
        std::uint16_t at = territory.general_root;
        for (std::size_t i = 0; i < digits.size() && at != 0; ++i) at = nodes[at].next[digits[i]];
        return nodes[at].label_low != 0;
    }

    [[nodiscard]] static NumberReason length_reason(const Territory& t, std::size_t digits) {
        if (digits >= 32) return t.lengths == 0 ? NumberReason::invalid_length : NumberReason::too_long;
        const std::uint32_t bit = 1U << digits;
        if (t.lengths == 0) return NumberReason::invalid_length;
        if ((t.local_lengths & bit) != 0) return NumberReason::possible_local_only;
        if ((t.lengths & bit) != 0) return NumberReason::possible;
        if ((t.lengths & (bit - 1)) == 0) return NumberReason::too_short;
        return (t.lengths >> digits) == 0 ? NumberReason::too_long : NumberReason::invalid_length;
    }

    // Takes the national prefix away of a territory. A number that the general description knows is left
    // alone unless it knows what is left, too.
    void strip_national_prefix(const Territory& t, Digits& digits) const {
        if (t.national_prefix_root == 0 || digits.empty()) return;
        const Action* action = prefix(t.national_prefix_root, digits);
        if (action == nullptr) return;
        const bool known_before = matches_general(t, digits);
        if (action->captured == 0 && action->literal == 0) {
            digits.from += action->consumed;
            if (known_before && !matches_general(t, digits)) digits.from -= action->consumed;
            return;
        }
        Digits after = digits;
        after.from += action->consumed;
        for (unsigned i = action->captured; i != 0; --i) {
            after.store[--after.from] = digits[action->captured_from + i - 1U];
        }
        const char* literal = literals[action->literal];
        for (std::size_t i = std::strlen(literal); i != 0; --i) {
            after.store[--after.from] = static_cast<std::uint8_t>(literal[i - 1] - '0');
        }
        if (known_before && !matches_general(t, after)) return;
        digits = after;
    }

    // The same, but only if what is left is long enough to be a number.
    void strip_if_possible(const Territory& t, Digits& digits) const {
        const Action* action = prefix(t.national_prefix_root, digits);
        if (action == nullptr) return;
        const auto possible = [&](std::size_t n) {
            const NumberReason fits = length_reason(t, n);
            return fits == NumberReason::possible || fits == NumberReason::too_long;
        };
        if (action->captured == 0 && action->literal == 0) {
            if (possible(digits.size() - action->consumed)) strip_national_prefix(t, digits);
            return;
        }
        Digits stripped = digits;
        strip_national_prefix(t, stripped);
        if (possible(stripped.size())) digits = stripped;
    }

    // Calling code at the front, taken away; nullptr if there is none.
    const CallingCode* take_calling_code(Digits& digits) const {
        unsigned prefix3 = 0;
        for (std::size_t i = 0; i < 3; ++i) prefix3 = prefix3 * 10 + (i < digits.size() ? digits[i] : 0U);
        const std::uint16_t index = by_prefix[prefix3];
        if (index == 0) return nullptr;
        const CallingCode& code = codes[index - 1];
        digits.from += code.code < 10 ? 1 : code.code < 100 ? 2 : 3;
        return &code;
    }

    enum class Code : std::uint8_t { none, found, too_short, invalid };

    // Finds the calling code of digits that were written with + or not.
    Code calling_code(bool plus, Digits& digits, const Territory* home, const CallingCode*& code) const {
        bool international = plus;
        if (!plus && home != nullptr && home->international_prefix_root != 0 && !digits.empty()) {
            if (const Action* action = prefix(home->international_prefix_root, digits)) {
                // No calling code begins with 0.
                if (action->consumed >= digits.size() || digits[action->consumed] != 0) {
                    digits.from += action->consumed;
                    international = true;
                }
            }
        }
        if (international) {
            if (digits.size() <= shortest_national) return Code::too_short;
            code = take_calling_code(digits);
            return code == nullptr ? Code::invalid : Code::found;
        }
        if (home == nullptr) return Code::none;
        // The home code without + is taken for one only if the number is none otherwise.
        unsigned front = 0;
        const unsigned own = home->code;
        const std::size_t length = own < 10 ? 1 : own < 100 ? 2 : 3;
        if (digits.size() < length) return Code::none;
        for (std::size_t i = 0; i < length; ++i) front = front * 10 + digits[i];
        if (front != own) return Code::none;
        Digits rest = digits;
        rest.from += length;
        strip_national_prefix(*home, rest);
        if ((!matches_general(*home, digits) && matches_general(*home, rest)) ||
            length_reason(*home, digits.size()) == NumberReason::too_long) {
            digits = rest;
            code = &codes[home->code_index];
            return Code::found;
        }
        return Code::none;
    }

    static PlannedNumber none(NumberReason reason) {
        PlannedNumber out;
        out.reason = reason;
        return out;
    }

    [[nodiscard]] PlannedNumber from_digits(bool plus, Digits& digits, TerritoryId home_id) const {
        const Territory* home = home_id.index == TerritoryId::none ? nullptr : &territories[home_id.index];
        const CallingCode* code = nullptr;
        const std::size_t all = digits.from;
        Code found = calling_code(plus, digits, home, code);
        if (found == Code::invalid && plus) {
            // "+0091…": as if the + were not there.
            digits.from = all;
            found = calling_code(false, digits, home, code);
            if (code == nullptr) return none(NumberReason::invalid_country_code);
        } else if (found == Code::invalid) {
            return none(NumberReason::invalid_country_code);
        } else if (found == Code::too_short) {
            return none(NumberReason::too_short_after_prefix);
        }
        const Territory* territory = home;
        if (code == nullptr)
            code = &codes[home->code_index];
        else
            territory = &territories[code->main_territory];
        return national(*code, *territory, digits);
    }

    [[nodiscard]] PlannedNumber national(const CallingCode& code, const Territory& territory,
                                         Digits& digits) const {
        if (digits.size() < shortest_national) return none(NumberReason::too_short_to_be_a_number);
        if (territory.national_prefix_root != 0) {
            const std::uint16_t first = nodes[territory.national_prefix_root].next[digits[0]];
            if (first != 0) {
                strip_if_possible(territory, digits);
            }
        }
        const std::size_t n = digits.size();
        if (n < shortest_national) return none(NumberReason::too_short_to_be_a_number);
        if (n > longest_national) return none(NumberReason::too_long_to_be_a_number);
        const std::uint8_t* d = digits.data();
        PlannedNumber out;
        std::uint16_t at = code.type_root;
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < n; ++i) {
            at = nodes[at].next[d[i]];
            value = value * 10 + d[i];
        }
        std::uint8_t zeros = 0;
        while (zeros < n - 1 && d[zeros] == 0) ++zeros;
        out.national_ = value;
        out.code_ = code.code;
        out.zeros_ = zeros;
        const std::uint32_t label =
            static_cast<std::uint32_t>(nodes[at].label_high) << 16U | nodes[at].label_low;
        if ((label & 0xFFU) != 0) out.type = static_cast<NumberType>((label & 0xFFU) - 1);
        if ((label >> 8U) != 0)
            out.territory.index = static_cast<std::uint16_t>((label >> 8U) - 1);
        else if (code.only_territory != 0)
            out.territory.index = static_cast<std::uint16_t>(code.only_territory - 1);
        out.reason = length_reason(territories[code.main_territory], n);
        return out;
    }

    [[nodiscard]] PlannedNumber from_text(std::string_view text, TerritoryId home) const;
    [[nodiscard]] PlannedNumber parse(std::string_view text, TerritoryId home) const;
    [[nodiscard]] bool viable(const TextCharacters& text, std::size_t n) const;
    [[nodiscard]] std::size_t extension(const TextCharacters& text, std::size_t n, std::size_t least,
                                        std::size_t most, bool& fits) const;
};

// Where the leftmost extension begins that ends the first n characters (n: there is none). fits: some
// extension begins at least … most.
std::size_t PlanView::extension(const TextCharacters& characters, std::size_t n, std::size_t least,
                                std::size_t most, bool& fits) const {
    std::size_t leftmost = n;
    std::uint16_t at = static_cast<std::uint16_t>(header->text_start);
    fits = false;
    for (std::size_t i = n; i != 0; --i) {
        const std::uint16_t next = text[at * static_cast<std::size_t>(text_classes) +
                                        static_cast<std::size_t>(characters[i - 1].kind)];
        at = next & 0x7FFFU;
        if (at == 0) break;
        if ((next & 0x8000U) == 0) continue;
        leftmost = i - 1;
        if (i - 1 >= least && i - 1 <= most) fits = true;
    }
    return leftmost;
}

// Could the first n characters be a phone number? Two digits; or three digits, before any letter, then
// digits, letters and punctuation, then perhaps an extension.
bool PlanView::viable(const TextCharacters& characters, std::size_t n) const {
    if (n == 2 && is_digit(characters[0].kind) && is_digit(characters[1].kind)) return true;
    std::size_t i = 0;
    while (i < n && characters[i].kind == TextClass::plus) ++i;
    int digits = 0;
    for (; i < n && digits < 3; ++i) {
        if (is_digit(characters[i].kind))
            ++digits;
        else if (!is_punctuation(characters[i].kind))
            return false;
    }
    if (digits < 3) return false;
    const std::size_t least = i;
    while (i < n && (is_digit(characters[i].kind) || is_letter(characters[i].kind) ||
                     is_punctuation(characters[i].kind)))
        ++i;
    if (i == n) return true;
    if (!characters.may_have_extension()) return false;
    bool fits = false;
    (void)extension(characters, n, least, i, fits);
    return fits;
}

PlannedNumber PlanView::from_text(std::string_view input, TerritoryId home) const {
    TextCharacters characters;
    if (!characters.read(input)) return none(NumberReason::not_a_number);
    std::size_t n = characters.size();
    if (!viable(characters, n)) return none(NumberReason::not_a_number);
    std::size_t i = 0;
    while (i < n && characters[i].kind == TextClass::plus) ++i;
    const bool plus = i != 0;
    if (!plus && home.index == TerritoryId::none) return none(NumberReason::invalid_country_code);
    if (characters.may_have_extension()) {
        bool ignored = false;
        const std::size_t start = extension(characters, n, 0, 0, ignored);
        if (start < n && viable(characters, start)) n = start;
    }
    // Three letters make it a number for a keypad; fewer are slips of the hand.
    std::size_t letters = 0;
    for (std::size_t k = i; k < n && characters.has_letters(); ++k)
        letters += is_letter(characters[k].kind) ? 1U : 0U;
    Digits digits;
    for (; i < n; ++i) {
        const TextCharacters::Character c = characters[i];
        if (c.kind == TextClass::digit)
            digits.add(c.digit);
        else if (letters < 3 && c.kind == TextClass::wide_digit)
            digits.add(c.digit);
        else if (letters >= 3 && c.keypad != TextCharacters::no_key)
            digits.add(c.keypad);
    }
    return from_digits(plus, digits, home);
}

namespace {

// Of each byte: 0-9 its digit; then what it does in a number of plain form.
enum Byte : std::uint8_t { skip = 10, sign = 11, strange = 12 };
constexpr std::array<std::uint8_t, 256> byte_kinds = [] {
    std::array<std::uint8_t, 256> table{};
    for (auto& b : table) b = strange;
    for (unsigned d = 0; d < 10; ++d) table['0' + d] = static_cast<std::uint8_t>(d);
    for (const char c : {' ', '-', '(', ')', '.', '/', '[', ']'}) table[static_cast<unsigned char>(c)] = skip;
    table['+'] = sign;
    return table;
}();

}  // namespace

namespace {

// Digits that Indian forms hold besides ASCII: Devanagari U+0966 and full-width U+FF10, three bytes each;
// else -1.
int wide_digit(const char* at, const char* end) {
    if (end - at < 3) return -1;
    const auto byte = [&](int i) { return static_cast<unsigned>(static_cast<unsigned char>(at[i])); };
    const unsigned lead = byte(0) << 8U | byte(1);
    const unsigned first = lead == 0xE0A5 ? 0xA6U : lead == 0xEFBC ? 0x90U : 0x100U;
    const unsigned value = byte(2) - first;
    return value < 10 ? static_cast<int>(value) : -1;
}

}  // namespace

// Plain form: one + in front of the first digit or none, then digits and ASCII punctuation. Everything else
// takes the long way, which gives the same answers for plain form.
PlannedNumber PlanView::parse(std::string_view input, TerritoryId home) const {
    Digits digits;
    const char* at = input.data();
    const char* const end = at + input.size();
    bool plus = false;
    while (at != end && byte_kinds[static_cast<unsigned char>(*at)] == skip) ++at;
    if (at != end && *at == '+') {
        plus = true;
        ++at;
    } else if (end - at > 3 && std::memcmp(at, "\xEF\xBC\x8B", 3) == 0) {
        plus = true;
        at += 3;
    }
    if (digits.take_all(at, static_cast<std::size_t>(end - at))) {
        if (!plus && home.index == TerritoryId::none) return none(NumberReason::invalid_country_code);
        return from_digits(plus, digits, home);
    }
    std::size_t gap = 0;  // other characters than digits between the first digit and the last
    std::size_t pending = 0;
    for (; at != end; ++at) {
        const std::uint8_t b = byte_kinds[static_cast<unsigned char>(*at)];
        if (b < 10) {
            if (!digits.empty()) gap += pending;
            pending = 0;
            digits.add(b);
        } else if (b == skip) {
            ++pending;
        } else if (const int wide = wide_digit(at, end); wide >= 0) {
            if (!digits.empty()) gap += pending;
            pending = 0;
            digits.add(static_cast<unsigned>(wide));
            at += 2;
        } else {
            return from_text(input, home);
        }
    }
    if (digits.size() < 3 && (plus || gap != 0 || digits.size() < 2)) return none(NumberReason::not_a_number);
    if (!plus && home.index == TerritoryId::none) return none(NumberReason::invalid_country_code);
    return from_digits(plus, digits, home);
}

Result<NumberingPlan> NumberingPlan::over(std::string_view bytes) {
    const auto damaged = [](std::string what) {
        return Fault{FaultKind::corrupt, "numbering plan: " + std::move(what), "",
                     "compile it again with this version"};
    };
    using namespace plan_tables;
    auto view = std::make_shared<PlanView>();
    if (bytes.size() < sizeof(Header) || reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0)
        return damaged("too short");
    const auto* header = static_cast<const Header*>(static_cast<const void*>(bytes.data()));
    if (header->magic != plan_magic) return damaged("these are no tables of one");
    if (header->format != plan_format || header->text_classes != static_cast<std::uint32_t>(text_classes))
        return damaged("of another format");
    std::size_t offset = sizeof(Header);
    const char* base = bytes.data();
    const auto part = [&](std::uint64_t count, std::size_t size) {
        const void* p = base + std::min<std::size_t>(offset, bytes.size());
        offset += static_cast<std::size_t>(std::min<std::uint64_t>(count, 1U << 24U)) * size;
        return p;
    };
    view->header = header;
    view->nodes = static_cast<const Node*>(part(header->nodes, sizeof(Node)));
    view->territories = static_cast<const Territory*>(part(header->territories, sizeof(Territory)));
    view->codes = static_cast<const CallingCode*>(part(header->codes, sizeof(CallingCode)));
    view->by_prefix = static_cast<const std::uint16_t*>(part(1000, sizeof(std::uint16_t)));
    view->actions = static_cast<const Action*>(part(header->actions, sizeof(Action)));
    view->literals = static_cast<const char(*)[16]>(part(header->literals, 16));
    view->text = static_cast<const std::uint16_t*>(
        part(static_cast<std::uint64_t>(header->text_states) * text_classes, 2));
    if (offset != bytes.size() || header->bytes != bytes.size() || header->nodes == 0 ||
        header->text_start >= header->text_states) {
        return damaged("of a wrong length");
    }
    if (std::memchr(header->version, 0, sizeof header->version) == nullptr) return damaged("without version");
    // Every index is checked once, here, so that parse() need not.
    std::uint16_t highest = 0;
    for (std::size_t i = 0; i < header->nodes; ++i) {
        for (const std::uint16_t next : view->nodes[i].next) highest = std::max(highest, next);
    }
    bool sound = highest < header->nodes;
    for (std::size_t i = 0; i < header->text_states * static_cast<std::size_t>(text_classes); ++i) {
        sound = sound && (view->text[i] & 0x7FFFU) < header->text_states;
    }
    // A prefix takes no more than there was, and what it adds has room in front.
    for (std::size_t i = 0; i < header->actions; ++i) {
        const Action& a = view->actions[i];
        sound = sound && a.captured_from + a.captured <= a.consumed && a.consumed <= 32 &&
                a.literal < header->literals;
    }
    for (std::size_t i = 0; i < header->literals; ++i)
        sound = sound && std::memchr(view->literals[i], 0, 16) != nullptr;
    // Walks of a prefix automaton: an action may not take more digits than were walked.
    const auto prefix_sound = [&](std::uint16_t root) {
        std::vector<std::pair<std::uint16_t, unsigned>> open = {{root, 0}};
        std::vector<std::uint8_t> depth_seen(header->nodes, 0xFF);
        for (std::size_t steps = 0; !open.empty(); ++steps) {
            if (steps > 1000000) return false;
            const auto [at, depth] = open.back();
            open.pop_back();
            if (at == 0 || depth_seen[at] <= depth) continue;
            depth_seen[at] = static_cast<std::uint8_t>(depth);
            if (depth > 64) return false;
            for (const unsigned label : {view->nodes[at].label_low, view->nodes[at].label_high}) {
                if (label >= header->actions || (label != 0 && view->actions[label].consumed > depth))
                    return false;
            }
            for (const std::uint16_t next : view->nodes[at].next) open.emplace_back(next, depth + 1);
        }
        return true;
    };
    for (std::size_t i = 0; sound && i < header->codes; ++i) {
        const CallingCode& c = view->codes[i];
        sound = c.main_territory < header->territories && c.type_root < header->nodes &&
                c.only_territory <= header->territories && c.code > 0 && c.code < 1000;
    }
    for (std::size_t i = 0; sound && i < 1000; ++i) sound = view->by_prefix[i] <= header->codes;
    std::vector<std::uint16_t> checked;
    for (std::size_t i = 0; sound && i < header->territories; ++i) {
        const Territory& t = view->territories[i];
        sound = t.code_index < header->codes && t.general_root < header->nodes &&
                t.national_prefix_root < header->nodes && t.international_prefix_root < header->nodes &&
                t.id[3] == 0 && t.code < 1000;
        for (const std::uint16_t root : {t.national_prefix_root, t.international_prefix_root}) {
            if (!sound || std::find(checked.begin(), checked.end(), root) != checked.end()) continue;
            checked.push_back(root);
            sound = prefix_sound(root);
        }
    }
    if (!sound) return damaged("damaged tables");
    view->by_id.fill(TerritoryId::none);
    for (std::size_t i = 0; i < header->territories; ++i) {
        const char* id = view->territories[i].id;
        if (id[0] < 'A' || id[0] > 'Z' || id[1] < 'A' || id[1] > 'Z' || id[2] != 0) continue;
        view->by_id[static_cast<std::size_t>(id[0] - 'A') * 26 + static_cast<std::size_t>(id[1] - 'A')] =
            static_cast<std::uint16_t>(i);
    }
    return NumberingPlan(std::move(view));
}

std::string_view NumberingPlan::version() const { return view_->header->version; }

TerritoryId NumberingPlan::territory(std::string_view id) const {
    if (id.size() != 2 || id[0] < 'A' || id[0] > 'Z' || id[1] < 'A' || id[1] > 'Z') return {};
    return {view_->by_id[static_cast<std::size_t>(id[0] - 'A') * 26 + static_cast<std::size_t>(id[1] - 'A')]};
}

std::string_view NumberingPlan::id_of(TerritoryId territory) const {
    return territory.index >= view_->header->territories
               ? std::string_view("ZZ")
               : std::string_view(view_->territories[territory.index].id);
}

int NumberingPlan::calling_code_of(TerritoryId territory) const {
    return territory.index >= view_->header->territories ? 0 : view_->territories[territory.index].code;
}

PlannedNumber NumberingPlan::parse(std::string_view text, TerritoryId home) const {
    return view_->parse(text, home);
}

void NumberingPlan::parse(std::span<const std::string_view> texts, TerritoryId home,
                          std::span<PlannedNumber> out) const {
    const PlanView& view = *view_;
    for (std::size_t i = 0; i < texts.size(); ++i) out[i] = view.parse(texts[i], home);
}

void NumberingPlan::parse(std::string_view bytes, std::span<const std::uint32_t> offsets, TerritoryId home,
                          std::span<PlannedNumber> out) const {
    const PlanView& view = *view_;
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
        out[i] = view.parse(bytes.substr(offsets[i], offsets[i + 1] - offsets[i]), home);
    }
}

bool NumberingPlan::knows_length(int calling_code, int first_digit, std::size_t national_digits) const {
    if (calling_code < 1 || calling_code > 999 || first_digit < 0 || first_digit > 9 || national_digits > 31)
        return false;
    const auto prefix = static_cast<std::size_t>(calling_code < 10    ? calling_code * 100
                                                 : calling_code < 100 ? calling_code * 10
                                                                      : calling_code);
    const std::uint16_t index = view_->by_prefix[prefix];
    if (index == 0 || view_->codes[index - 1].code != calling_code) return false;
    return (view_->codes[index - 1].lengths_by_first_digit[first_digit] >> national_digits & 1U) != 0;
}

int NumberingPlan::calling_code_at(std::string_view digits) const {
    std::size_t prefix = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        prefix = prefix * 10 + (i < digits.size() && digits[i] >= '0' && digits[i] <= '9'
                                    ? static_cast<std::size_t>(digits[i] - '0')
                                    : 0);
    }
    const std::uint16_t index = view_->by_prefix[prefix];
    if (index == 0) return 0;
    const int code = view_->codes[index - 1].code;
    return digits.size() < (code < 10 ? 1U : code < 100 ? 2U : 3U) ? 0 : code;
}

}  // namespace sendh
