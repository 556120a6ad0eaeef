#include <algorithm>
#include <cstdio>

#include "base/json.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "evidence/log.h"

namespace sendh {

namespace {

constexpr std::uint64_t largest_count = 999'999'999;
constexpr std::size_t longest_word = 40;

bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= longest_word && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

bool may_stand(std::string_view text) {
    return is_log_digest(text) || (!first_bad_utf8(text) && without_numbers(text) == text);
}

std::string time_text(Micros time) {
    const CivilTime c = to_civil(time, Zone{0});
    char out[40];
    std::snprintf(out, sizeof out, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", c.year, c.month, c.day, c.hour,
                  c.minute, c.second, c.micro);
    return out;
}

Fault refused(const std::string& what, const std::string& where) {
    return {FaultKind::usage, what, where, "nothing was recorded"};
}

// Reads the one form that line_of() writes.
class Reader {
public:
    explicit Reader(std::string_view line) : line_(line) {}

    Result<LogEntry> entry() {
        LogEntry out;
        SENDH_CHECK(word(R"({"n":)"));
        SENDH_TRY(out.position, whole());
        SENDH_CHECK(word(R"(,"time":)"));
        const std::size_t time_at = at_;
        SENDH_TRY(const std::string time, text());
        const auto instant = parse_iso(time, Zone{0});
        if (!instant || time_text(*instant) != time) return bad("no time", time_at);
        out.time = *instant;
        SENDH_CHECK(word(R"(,"who":)"));
        SENDH_TRY(out.who, text());
        SENDH_CHECK(word(R"(,"kind":)"));
        const std::size_t kind_at = at_;
        SENDH_TRY(out.kind, text());
        if (!is_word(out.kind)) return bad("no kind of entry", kind_at);
        SENDH_CHECK(word(R"(,"details":{)"));
        while (rest().empty() || rest().front() != '}') {
            if (!out.details.empty()) SENDH_CHECK(word(","));
            SENDH_TRY(LogDetail one, detail());
            out.details.push_back(std::move(one));
        }
        SENDH_CHECK(word(R"(},"before":)"));
        const std::size_t before_at = at_;
        SENDH_TRY(out.before, text());
        if (out.before.size() != 64 || !is_log_digest(out.before)) return bad("no hash", before_at);
        SENDH_CHECK(word("}"));
        if (at_ != line_.size()) return bad("more than an entry", at_);
        return out;
    }

private:
    [[nodiscard]] std::string_view rest() const { return line_.substr(at_); }
    static Fault bad(const std::string& what, std::size_t at) {
        return {FaultKind::input, what, "byte " + std::to_string(at), ""};
    }

    Done word(std::string_view wanted) {
        std::size_t same = 0;
        while (same < wanted.size() && same < rest().size() && rest()[same] == wanted[same]) ++same;
        at_ += same;
        if (same == wanted.size()) return done();
        return bad("not the form of an entry", at_);
    }

    Result<std::uint64_t> whole() {
        std::uint64_t value = 0;
        const std::size_t from = at_;
        while (at_ < line_.size() && line_[at_] >= '0' && line_[at_] <= '9') {
            value = value * 10 + static_cast<std::uint64_t>(line_[at_] - '0');
            if (++at_ - from > 18) return bad("a number too long", from);
        }
        if (at_ == from) return bad("no number", from);
        if (line_[from] == '0' && at_ - from > 1) return bad("a number that begins with 0", from);
        return value;
    }

    Result<LogDetail> detail() {
        const std::size_t from = at_;
        SENDH_TRY(std::string name, text());
        if (!is_word(name)) return bad("no name of a detail", from);
        SENDH_CHECK(word(":"));
        if (!rest().empty() && rest().front() == '"') {
            SENDH_TRY(std::string value, text());
            return LogDetail(std::move(name), std::move(value));
        }
        const std::size_t value_at = at_;
        SENDH_TRY(const std::uint64_t value, whole());
        if (value > largest_count) return bad("a number too long", value_at);
        return LogDetail(std::move(name), value);
    }

    Result<std::string> text() {
        SENDH_CHECK(word("\""));
        std::string out;
        while (at_ < line_.size() && line_[at_] != '"') {
            const auto byte = static_cast<unsigned char>(line_[at_]);
            if (byte < 0x20) return bad("a byte that has to be escaped", at_);
            if (byte == '\\') {
                SENDH_TRY(const char c, escaped());
                out += c;
                continue;
            }
            out += line_[at_++];
        }
        if (const auto wrong = first_bad_utf8(out)) return bad("no UTF-8", at_ - (out.size() - *wrong));
        SENDH_CHECK(word("\""));
        return out;
    }

    Result<char> escaped() {
        const std::size_t from = at_++;
        const char kind = at_ < line_.size() ? line_[at_++] : '\0';
        switch (kind) {
            case '"': return '"';
            case '\\': return '\\';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            default: break;
        }
        if (kind == 'u' && rest().size() >= 4 && rest().starts_with("00")) {
            constexpr std::string_view hex = "0123456789abcdef";
            const std::size_t high = hex.find(rest()[2]);
            const std::size_t low = hex.find(rest()[3]);
            if (high < 2 && low != std::string_view::npos) {
                const auto value = static_cast<char>(high * 16 + low);
                if (value != '\n' && value != '\r' && value != '\t') {
                    at_ += 4;
                    return value;
                }
            }
        }
        return bad("an escape that the log does not write", from);
    }

    std::string_view line_;
    std::size_t at_ = 0;
};

}  // namespace

LogDetail::LogDetail(std::string named, std::uint64_t count) : name(std::move(named)) {
    if (count > largest_count) {
        value = grouped(count / 1'000'000) + " million";
    } else {
        value = count;
    }
}

std::string LogEntry::text(std::string_view name) const {
    for (const LogDetail& d : details) {
        if (d.name == name && std::holds_alternative<std::string>(d.value))
            return std::get<std::string>(d.value);
    }
    return "";
}

std::uint64_t LogEntry::count(std::string_view name) const {
    for (const LogDetail& d : details) {
        if (d.name == name && std::holds_alternative<std::uint64_t>(d.value))
            return std::get<std::uint64_t>(d.value);
    }
    return 0;
}

bool is_log_digest(std::string_view text) {
    return (text.size() == 64 || text.size() == 32) &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string line_of(const LogEntry& entry) {
    JsonWriter w;
    w.begin_object().field("n", entry.position).field("time", time_text(entry.time));
    w.field("who", entry.who).field("kind", entry.kind).key("details").begin_object();
    for (const LogDetail& d : entry.details) {
        if (std::holds_alternative<std::string>(d.value)) {
            w.field(d.name, std::get<std::string>(d.value));
        } else {
            w.field(d.name, std::get<std::uint64_t>(d.value));
        }
    }
    return w.end_object().field("before", entry.before).end_object().take();
}

Result<LogEntry> parse_entry(std::string_view line) { return Reader(line).entry(); }

Done chain(LogState& state, LogEntry entry) {
    if (!is_word(entry.kind)) return refused("this is no kind of log entry", "");
    const std::string where = "log entry " + entry.kind;
    if (entry.who.empty()) return refused("a log entry needs somebody who did it", where);
    if (!may_stand(entry.who))
        return refused("the name of the user looks like a phone number, or is no UTF-8", where);
    for (const LogDetail& d : entry.details) {
        if (!is_word(d.name) || without_numbers(d.name) != d.name)
            return refused("this is no name of a detail", where);
        if (std::holds_alternative<std::string>(d.value) && !may_stand(std::get<std::string>(d.value)))
            return refused("a detail holds what looks like a phone number, or is no UTF-8",
                           where + ", " + d.name);
    }
    if (parse_iso(time_text(entry.time), Zone{0}) != entry.time)
        return refused("the time of a log entry lies outside the years 1900 to 2200", where);
    entry.position = state.head.count + 1;
    entry.before = state.head.hash;
    const std::string line = line_of(entry);
    if (line.size() >= EvidenceLog::longest_line) return refused("a log entry is too long", where);
    state.head = {entry.position, state.head.bytes + line.size() + 1, sha256_hex(line)};
    state.pending += line;
    state.pending += '\n';
    return done();
}

}  // namespace sendh
