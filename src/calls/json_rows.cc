#include "calls/json_rows.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace sendh {

namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t longest_record = 1 << 20;
constexpr std::size_t shown_of_long = 1 << 16;
constexpr std::size_t chunk = 1 << 16;
constexpr std::size_t deepest = 64;
constexpr std::size_t most_found = 200;
constexpr std::size_t most_looked_at = 20'000;  // values whose paths are compared with those found
constexpr std::string_view bom = "\xEF\xBB\xBF";
constexpr std::string_view last_element = "[last]";

bool is_gap(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trim_json(std::string_view text) {
    while (!text.empty() && is_gap(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_gap(text.back())) text.remove_suffix(1);
    return text;
}

// RFC 8259, section 6.
bool is_number(std::string_view text) {
    const auto digits = [&] {
        std::size_t n = 0;
        while (n < text.size() && text[n] >= '0' && text[n] <= '9') ++n;
        text.remove_prefix(n);
        return n;
    };
    if (text.starts_with('-')) text.remove_prefix(1);
    const bool zero = text.starts_with('0');
    const std::size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        if (digits() == 0) return false;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
        if (digits() == 0) return false;
    }
    return text.empty();
}

// Cuts the bytes into records.
class Splitter {
public:
    struct Piece {
        std::string_view text;  // with room behind it for simdjson
        std::uint64_t line = 0, offset = 0;
        bool over_long = false;
        bool whole = true;  // documents: it ended with its closing bracket
    };

    Splitter(ByteSource source, JsonRows::Form form) : source_(std::move(source)), form_(form) {}

    Result<bool> next(Piece& piece) {
        if (!started_) SENDH_CHECK(start());
        return form_ == JsonRows::Form::lines ? next_line(piece) : next_document(piece);
    }

    // Bytes that may be read behind the begin of a piece.
    [[nodiscard]] std::size_t room(const Piece& piece) const {
        return buffer_.size() - static_cast<std::size_t>(piece.text.data() - buffer_.data());
    }

private:
    // More bytes behind those that are there; false at the end. What lies before begin_ may move away.
    Result<bool> fill() {
        if (at_end_) return false;
        if (begin_ > 0) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        if (buffer_.size() < end_ + chunk + simdjson::SIMDJSON_PADDING)
            buffer_.resize(end_ + chunk + simdjson::SIMDJSON_PADDING);
        SENDH_TRY(const std::size_t n, source_(std::span<char>(buffer_.data() + end_, chunk)));
        end_ += n;
        at_end_ = n == 0;
        return n > 0;
    }

    Done start() {
        started_ = true;
        while (end_ < bom.size()) {
            SENDH_TRY(const bool more, fill());
            if (!more) break;
        }
        if (text().starts_with(bom)) consume(bom.size());
        return done();
    }

    [[nodiscard]] std::string_view text() const { return {buffer_.data() + begin_, end_ - begin_}; }

    void consume(std::size_t n) {
        line_ += static_cast<std::uint64_t>(
            std::count(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
                       buffer_.begin() + static_cast<std::ptrdiff_t>(begin_ + n), '\n'));
        begin_ += n;
        offset_ += n;
    }

    // The piece of `n` bytes from here, and what is consumed with it by the next call.
    void give(Piece& piece, std::size_t n, std::size_t with_end) {
        piece.text = text().substr(0, n);
        piece.line = line_;
        piece.offset = offset_;
        pending_ = with_end;
    }

    void settle() { consume(std::exchange(pending_, 0)); }

    Result<bool> next_line(Piece& piece) {
        while (true) {
            settle();
            if (skipping_) SENDH_CHECK(skip_line());
            std::size_t looked = 0;
            std::size_t end = std::string_view::npos;
            piece = {};
            while (true) {
                end = text().find('\n', looked);
                looked = text().size();
                if (end != std::string_view::npos || looked > longest_record + 1) break;
                SENDH_TRY(const bool more, fill());
                if (!more) break;
            }
            if (text().empty()) return false;
            std::size_t n = std::min(end, text().size());
            if (n > 0 && n <= longest_record + 1 && text()[n - 1] == '\r') --n;
            if (n > longest_record) {
                piece.over_long = true;
                give(piece, shown_of_long, shown_of_long);
                skipping_ = true;
                return true;
            }
            give(piece, n, end == std::string_view::npos ? text().size() : end + 1);
            if (!trim_json(piece.text).empty()) return true;
        }
    }

    Done skip_line() {
        skipping_ = false;
        while (true) {
            const std::size_t end = text().find('\n');
            consume(end == std::string_view::npos ? text().size() : end + 1);
            if (end != std::string_view::npos) return done();
            SENDH_TRY(const bool more, fill());
            if (!more) return done();
        }
    }

    // Up to a line that starts with `{`.
    Done skip_document() {
        skipping_ = false;
        while (true) {
            const std::size_t end = text().find("\n{");
            if (end != std::string_view::npos) {
                consume(end + 1);
                return done();
            }
            // A line end at the border may have its bracket in the next bytes.
            const std::size_t keep = text().ends_with('\n') ? 1 : 0;
            consume(text().size() - keep);
            SENDH_TRY(const bool more, fill());
            if (more) continue;
            consume(text().size());
            return done();
        }
    }

    Result<bool> next_document(Piece& piece) {
        settle();
        piece = {};
        if (skipping_) SENDH_CHECK(skip_document());
        SENDH_TRY(const bool there, skip_gaps());
        if (!there) return false;
        if (text().front() != '{') return junk(piece);

        Scan scan;
        while (true) {
            const Scan::Found found = scan.look(text());
            if (found == Scan::Found::end) {
                give(piece, scan.at, scan.at);
                piece.over_long = scan.at > longest_record;
                break;
            }
            if (found == Scan::Found::next_begins) {
                piece.whole = false;
                give(piece, trim_json(text().substr(0, scan.at)).size(), scan.at);
                piece.over_long = piece.text.size() > longest_record;
                break;
            }
            if (text().size() > longest_record + 1) {
                piece.over_long = true;
                give(piece, shown_of_long, shown_of_long);
                skipping_ = true;
                return true;
            }
            SENDH_TRY(const bool more, fill());
            if (more) continue;
            piece.whole = false;
            give(piece, trim_json(text()).size(), text().size());
            piece.over_long = piece.text.size() > longest_record;
            break;
        }
        if (piece.over_long) piece.text = piece.text.substr(0, shown_of_long);
        return true;
    }

    Result<bool> skip_gaps() {
        while (true) {
            const std::size_t first = text().find_first_not_of(" \t\r\n,[]");
            consume(std::min(first, text().size()));
            if (first != std::string_view::npos) return true;
            SENDH_TRY(const bool more, fill());
            if (!more) return false;
        }
    }

    // Neither a document nor a gap: the rest of the line.
    Result<bool> junk(Piece& piece) {
        piece.whole = false;
        std::size_t looked = 0;
        while (true) {
            const std::size_t end = text().find('\n', looked);
            looked = text().size();
            if (end != std::string_view::npos || looked > longest_record) {
                const std::size_t n = std::min(std::min(end, looked), shown_of_long);
                give(piece, trim_json(text().substr(0, n)).size(), std::min(end, looked));
                return true;
            }
            SENDH_TRY(const bool more, fill());
            if (more) continue;
            give(piece, trim_json(text().substr(0, std::min(looked, shown_of_long))).size(), looked);
            return true;
        }
    }

    // Looks for the end of a document without taking it apart.
    struct Scan {
        enum class Found : std::uint8_t { end, next_begins, more };
        std::size_t at = 0;
        int depth = 0;
        bool in_string = false;
        bool escaped = false;

        Found look(std::string_view text) {
            for (; at < text.size(); ++at) {
                const char c = text[at];
                if (c == '\n') {
                    if (at + 1 == text.size()) return Found::more;
                    in_string = escaped = false;  // no string runs over a line end
                    if (text[at + 1] == '{') {
                        ++at;
                        return Found::next_begins;
                    }
                } else if (in_string) {
                    if (escaped) {
                        escaped = false;
                    } else if (c == '\\') {
                        escaped = true;
                    } else if (c == '"') {
                        in_string = false;
                    }
                } else if (c == '"') {
                    in_string = true;
                } else if (c == '{' || c == '[') {
                    ++depth;
                } else if (c == '}' || c == ']') {
                    if (--depth == 0) {
                        ++at;
                        return Found::end;
                    }
                }
            }
            return Found::more;
        }
    };

    ByteSource source_;
    JsonRows::Form form_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t pending_ = 0;
    std::uint64_t line_ = 1;
    std::uint64_t offset_ = 0;
    bool started_ = false;
    bool skipping_ = false;
    bool at_end_ = false;
};

// The wanted paths as a tree; node 0 is the record itself.
class Wanted {
public:
    struct Node {
        std::string key;
        int index = -1;  // as an element of an array; -1: none
        bool last = false;
        int column = -1;  // the path that ends here
        std::vector<int> children;
        bool visited = false;  // in this record
    };

    Done add(const std::string& path, int column) {
        int node = 0;
        std::string_view rest = path;
        while (true) {
            const std::size_t dot = rest.find('.');
            const std::string_view key = rest.substr(0, dot);
            if (key.empty()) {
                return Fault{FaultKind::input, "a path of keys has an empty key: " + tabular::shown(path), "",
                             "write the keys with one dot between them: event.from"};
            }
            node = child_or_new(node, key);
            if (dot == std::string_view::npos) break;
            rest.remove_prefix(dot + 1);
        }
        auto& at = nodes_[static_cast<std::size_t>(node)];
        if (at.column >= 0) again_.emplace_back(at.column, column);
        if (at.column < 0) at.column = column;
        return done();
    }

    void new_record() {
        for (Node& node : nodes_) node.visited = false;
    }

    // The node of a key below `node`; -1: nobody asks for it. A key with dots may lead several levels down.
    [[nodiscard]] int below(int node, std::string_view key) const {
        if (node < 0) return -1;
        const int whole = child(node, key);
        if (whole >= 0 || key.find('.') == std::string_view::npos) return whole;
        while (node >= 0) {
            const std::size_t dot = key.find('.');
            node = child(node, key.substr(0, dot));
            if (dot == std::string_view::npos) break;
            key.remove_prefix(dot + 1);
        }
        return node;
    }

    [[nodiscard]] int element(int node, int index) const {
        if (node < 0) return -1;
        int last = -1;
        for (const int c : at(node).children) {
            if (at(c).index == index) return c;
            if (at(c).last) last = c;
        }
        return last;
    }

    [[nodiscard]] const Node& at(int node) const { return nodes_[static_cast<std::size_t>(node)]; }

    // false: it was there already.
    bool visit(int node) { return !std::exchange(nodes_[static_cast<std::size_t>(node)].visited, true); }

    // Calls forget(column) for all that was found below.
    template <class Forget>
    void leave(int node, const Forget& forget) {
        Node& here = nodes_[static_cast<std::size_t>(node)];
        here.visited = false;
        if (here.column >= 0) forget(here.column);
        for (const int c : here.children) leave(c, forget);
    }

    // Paths that are named twice: the first column and the later one.
    [[nodiscard]] const std::vector<std::pair<int, int>>& again() const { return again_; }

private:
    [[nodiscard]] int child(int node, std::string_view key) const {
        for (const int c : at(node).children) {
            if (at(c).key == key) return c;
        }
        return -1;
    }

    int child_or_new(int node, std::string_view key) {
        const int there = child(node, key);
        if (there >= 0) return there;
        Node made;
        made.key = std::string(key);
        made.last = key == last_element;
        if (key.size() <= 6 && key.find_first_not_of("0123456789") == std::string_view::npos)
            made.index = static_cast<int>(parse_integer(key).value_or(-1));
        const int index = static_cast<int>(nodes_.size());
        nodes_.push_back(std::move(made));
        nodes_[static_cast<std::size_t>(node)].children.push_back(index);
        return index;
    }

    std::vector<Node> nodes_ = std::vector<Node>(1);
    std::vector<std::pair<int, int>> again_;
};

enum class Trouble : std::uint8_t {
    none,
    no_json,
    over_long,
    too_deep,
    not_utf8,
    zero_byte,
    key_twice,
    nested
};
constexpr std::size_t troubles = 8;
struct TroubleName {
    RejectCode code;
    std::string_view one, many;
};
constexpr std::array<TroubleName, troubles> trouble_names = {
    {{RejectCode::bad_value, "", ""},
     {RejectCode::broken_row, "record is not JSON", "records are not JSON"},
     {RejectCode::broken_row, "record is longer than 1 MiB", "records are longer than 1 MiB"},
     {RejectCode::broken_row, "record is nested deeper than 64 levels",
      "records are nested deeper than 64 levels"},
     {RejectCode::bad_encoding, "record is not UTF-8", "records are not UTF-8"},
     {RejectCode::broken_row, "record holds a zero byte", "records hold a zero byte"},
     {RejectCode::bad_value, "record has a key twice", "records have a key twice"},
     {RejectCode::bad_value, "record has an object or a list where a value should be",
      "records have an object or a list where a value should be"}}};
static_assert(static_cast<std::size_t>(Trouble::nested) + 1 == troubles);

}  // namespace

struct JsonRows::State {
    State(ByteSource source, Form form) : splitter(std::move(source), form) {}

    Splitter splitter;
    Wanted wanted;
    std::vector<std::string> paths;
    std::vector<char> seen;
    std::vector<std::string> found;
    std::string here;  // the path being walked, while `found` is filled
    bool collecting = true;
    std::size_t looked_at = 0;
    ondemand::parser parser;
    std::vector<std::string_view> values;
    int fault_column = -1;
    struct Count {
        std::uint64_t count = 0, first = 0;
    };
    std::array<Count, troubles> counts{};

    Trouble parse(const Splitter::Piece& piece);
    Trouble walk(ondemand::value value, int node);
    Trouble walk_object(ondemand::value& value, int node);
    Trouble walk_array(ondemand::value& value, int node);
    Trouble keep(int node, std::string_view text);
    void note_path();
};

namespace {

// simdjson 3.0's On Demand parser trusts that brackets pair, and reads beyond its index when they do not: so
// that is looked at first, with the depth. A backslash outside a string is refused, because simdjson and this
// scan would not agree on what is a string behind it.
Trouble check_brackets(std::string_view text) {
    std::array<char, deepest> open{};
    std::size_t depth = 0;
    bool in_string = false;
    bool closed = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            in_string = c != '"';
            continue;
        }
        if (is_gap(c)) continue;
        const bool opens = c == '{' || c == '[';
        if (closed || c == '\\' || (depth == 0 && !opens)) return Trouble::no_json;
        if (opens) {
            if (depth == open.size()) return Trouble::too_deep;
            open[depth++] = c;
        } else if (c == '}' || c == ']') {
            if (open[--depth] != (c == '}' ? '{' : '[')) return Trouble::no_json;
            closed = depth == 0;
        } else {
            in_string = c == '"';
        }
    }
    return closed ? Trouble::none : Trouble::no_json;
}

Trouble trouble_of(simdjson::error_code error) {
    return error == simdjson::UTF8_ERROR ? Trouble::not_utf8 : Trouble::no_json;
}

}  // namespace

Trouble JsonRows::State::parse(const Splitter::Piece& piece) {
    fault_column = -1;
    values.assign(paths.size(), {});
    wanted.new_record();
    if (piece.over_long) return Trouble::over_long;
    if (piece.text.find('\0') != std::string_view::npos) return Trouble::zero_byte;
    if (first_bad_utf8(piece.text)) return Trouble::not_utf8;
    if (!piece.whole) return Trouble::no_json;
    if (const Trouble trouble = check_brackets(piece.text); trouble != Trouble::none) return trouble;
    ondemand::document document;
    const simdjson::padded_string_view padded(piece.text.data(), piece.text.size(), splitter.room(piece));
    if (const auto error = parser.iterate(padded).get(document)) return trouble_of(error);
    ondemand::value value;
    if (const auto error = document.get_value().get(value)) return trouble_of(error);
    here.clear();
    if (const Trouble trouble = walk(value, 0); trouble != Trouble::none) return trouble;
    for (const auto& [first, later] : wanted.again())
        values[static_cast<std::size_t>(later)] = values[static_cast<std::size_t>(first)];
    return Trouble::none;
}

Trouble JsonRows::State::walk(ondemand::value value, int node) {
    ondemand::json_type type{};
    if (const auto error = value.type().get(type)) return trouble_of(error);
    switch (type) {
        case ondemand::json_type::object:
        case ondemand::json_type::array: {
            const bool object = type == ondemand::json_type::object;
            const Trouble trouble = object ? walk_object(value, node) : walk_array(value, node);
            if (trouble != Trouble::none) return trouble;
            if (node < 0 || wanted.at(node).column < 0) return Trouble::none;
            fault_column = wanted.at(node).column;
            return Trouble::nested;
        }
        case ondemand::json_type::string: {
            std::string_view text;
            if (const auto error = value.get_string().get(text)) return trouble_of(error);
            return keep(node, text);
        }
        case ondemand::json_type::number: {
            const std::string_view token = trim_json(value.raw_json_token());
            if (!is_number(token)) return Trouble::no_json;
            // Not asked for as a number: it may be too large for one.
            return keep(node, token);
        }
        case ondemand::json_type::boolean: {
            bool truth = false;
            if (const auto error = value.get_bool().get(truth)) return trouble_of(error);
            return keep(node, truth ? "true" : "false");
        }
        case ondemand::json_type::null: {
            if (trim_json(value.raw_json_token()) != "null") return Trouble::no_json;
            return keep(node, {});
        }
    }
    return Trouble::no_json;
}

Trouble JsonRows::State::keep(int node, std::string_view text) {
    if (collecting) note_path();
    if (node < 0 || wanted.at(node).column < 0) return Trouble::none;
    const auto column = static_cast<std::size_t>(wanted.at(node).column);
    values[column] = text;
    seen[column] = 1;
    return Trouble::none;
}

void JsonRows::State::note_path() {
    if (std::find(found.begin(), found.end(), here) == found.end()) found.push_back(here);
    collecting = found.size() < most_found && ++looked_at < most_looked_at;
}

Trouble JsonRows::State::walk_object(ondemand::value& value, int node) {
    ondemand::object object;
    if (const auto error = value.get_object().get(object)) return trouble_of(error);
    const std::size_t length = here.size();
    for (auto entry : object) {
        ondemand::field field;
        if (const auto error = std::move(entry).get(field)) return trouble_of(error);
        std::string_view key;
        if (const auto error = field.unescaped_key().get(key)) return trouble_of(error);
        const int child = wanted.below(node, key);
        if (child >= 0 && !wanted.visit(child)) {
            fault_column = wanted.at(child).column;
            return Trouble::key_twice;
        }
        if (collecting) here.append(length == 0 ? "" : ".").append(key.substr(0, 60));
        const Trouble trouble = walk(field.value(), child);
        if (trouble != Trouble::none) return trouble;
        here.resize(length);
    }
    return Trouble::none;
}

Trouble JsonRows::State::walk_array(ondemand::value& value, int node) {
    ondemand::array array;
    if (const auto error = value.get_array().get(array)) return trouble_of(error);
    const std::size_t length = here.size();
    int index = 0;
    for (auto entry : array) {
        if (const auto error = entry.error()) return trouble_of(error);
        const int child = wanted.element(node, index);
        if (child >= 0 && wanted.at(child).last) {
            wanted.leave(child, [&](int column) { values[static_cast<std::size_t>(column)] = {}; });
        }
        if (collecting) here.append(length == 0 ? "" : ".").append(std::to_string(index));
        const Trouble trouble = walk(entry.value_unsafe(), child);
        if (trouble != Trouble::none) return trouble;
        here.resize(length);
        ++index;
    }
    return Trouble::none;
}

JsonRows::JsonRows(std::unique_ptr<State> state) : state_(std::move(state)) {}
JsonRows::JsonRows(JsonRows&&) noexcept = default;
JsonRows& JsonRows::operator=(JsonRows&&) noexcept = default;
JsonRows::~JsonRows() = default;

Result<JsonRows> JsonRows::open(ByteSource source, Form form, std::vector<std::string> paths) {
    auto state = std::make_unique<State>(std::move(source), form);
    for (std::size_t i = 0; i < paths.size(); ++i)
        SENDH_CHECK(state->wanted.add(paths[i], static_cast<int>(i)));
    state->seen.assign(paths.size(), 0);
    state->paths = std::move(paths);
    return JsonRows(std::move(state));
}

Result<bool> JsonRows::next(JsonRow& row) {
    State& state = *state_;
    Splitter::Piece piece;
    SENDH_TRY(const bool more, state.splitter.next(piece));
    if (!more) return false;
    row.why.reset();
    row.cells.raw = piece.text;
    row.cells.line = piece.line;
    row.cells.offset = piece.offset;
    row.cells.fields.clear();
    const Trouble trouble = state.parse(piece);
    state.collecting = state.collecting && piece.line < 1000;
    if (trouble == Trouble::none) {
        row.cells.fields.assign(state.values.begin(), state.values.end());
        return true;
    }
    State::Count& count = state.counts[static_cast<std::size_t>(trouble)];
    if (count.count++ == 0) count.first = piece.line;
    row.why = tabular::Refusal{trouble_names[static_cast<std::size_t>(trouble)].code, state.fault_column};
    return true;
}

const std::vector<std::string>& JsonRows::paths() const { return state_->paths; }

bool JsonRows::seen(std::size_t path) const {
    if (state_->seen[path] != 0) return true;
    const auto& again = state_->wanted.again();
    return std::any_of(again.begin(), again.end(), [&](const std::pair<int, int>& pair) {
        return static_cast<std::size_t>(pair.second) == path &&
               state_->seen[static_cast<std::size_t>(pair.first)] != 0;
    });
}

std::vector<std::string> JsonRows::found() const { return state_->found; }

void JsonRows::add_notes(ReadSummary& summary) const {
    if (summary.rows == 0) summary.notes.emplace_back("no records");
    for (std::size_t i = 1; i < troubles; ++i) {
        const State::Count& count = state_->counts[i];
        if (count.count == 0) continue;
        summary.notes.push_back(grouped(count.count) + " " +
                                std::string(count.count == 1 ? trouble_names[i].one : trouble_names[i].many) +
                                " (first at line " + std::to_string(count.first) + ")");
    }
}

Done check_json_bytes(const FileHead& head) {
    // Zero bytes are the records' business.
    const std::size_t zero = head.bytes.find('\0');
    const bool utf16 = head.bytes.starts_with("\xFF\xFE") || head.bytes.starts_with("\xFE\xFF");
    if (zero == std::string_view::npos || utf16) return tabular::check_bytes(head);
    return zero == 0 ? done() : tabular::check_bytes({head.bytes.substr(0, zero), false});
}

}  // namespace sendh
