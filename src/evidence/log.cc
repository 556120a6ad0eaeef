#include "evidence/log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "base/file.h"
#include "base/text.h"
#include "crypto/digest.h"

namespace sendh {

namespace {

std::string place(std::uint64_t entry, std::uint64_t byte) {
    return "entry " + std::to_string(entry) + ", byte " + std::to_string(byte);
}

constexpr const char* look = "look at `sendh log verify`; restore the case from a backup";

// Lines of a file, then of the text behind it, with the place of each.
class Lines {
public:
    struct Line {
        std::string text;  // without its line feed; at most longest_line + 1 bytes of it
        std::uint64_t at = 0;
        bool ended = false;  // by a line feed
    };

    // The first `bytes` bytes of the file (all there are, if they are fewer).
    static Result<Lines> open(const std::filesystem::path& path, std::uint64_t bytes) {
        Lines out;
        out.left_ = bytes;
        out.path_ = path;
        std::error_code error;
        if (!std::filesystem::exists(path, error) && !error) {
            out.left_ = 0;
            return out;
        }
        SENDH_TRY(out.file_, open_to_read(path));
        return out;
    }

    void then(std::string_view text) { behind_ = text; }

    Result<std::optional<Line>> next() {
        Line line;
        line.at = at_;
        bool any = false;
        while (true) {
            SENDH_TRY(const bool more, fill());
            if (!more) return any ? std::optional(std::move(line)) : std::nullopt;
            any = true;
            const std::string_view rest = std::string_view(buffer_).substr(from_);
            const std::size_t end = rest.find('\n');
            const std::string_view part = rest.substr(0, end);
            if (line.text.size() <= EvidenceLog::longest_line)
                line.text += part.substr(0, EvidenceLog::longest_line + 1 - line.text.size());
            const std::size_t taken = end == std::string_view::npos ? part.size() : part.size() + 1;
            from_ += taken;
            at_ += taken;
            if (end == std::string_view::npos) continue;
            line.ended = true;
            return std::optional(std::move(line));
        }
    }

private:
    Lines() = default;

    Result<bool> fill() {
        if (from_ < buffer_.size()) return true;
        from_ = 0;
        buffer_.resize(65'536);
        std::size_t n = 0;
        if (file_.is_open() && left_ > 0) {
            const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(left_, buffer_.size()));
            SENDH_TRY(n, read_some(file_, std::span(buffer_.data(), want), path_));
            left_ = n == 0 ? 0 : left_ - n;
        }
        buffer_.resize(n);
        if (n > 0) return true;
        buffer_ = std::string(behind_);
        behind_ = {};
        return !buffer_.empty();
    }

    std::filesystem::path path_;
    File file_;
    std::uint64_t left_ = 0, at_ = 0;
    std::string buffer_;
    std::size_t from_ = 0;
    std::string_view behind_;
};

// Where the file must stand at least.
std::uint64_t certain_bytes(const LogState& state) {
    return state.head.bytes - std::min<std::uint64_t>(state.head.bytes, state.pending.size());
}

Result<std::string> read_at(const File& file, std::uint64_t from, std::uint64_t bytes,
                            const std::filesystem::path& path) {
    std::string out(bytes, '\0');
    std::size_t have = 0;
    while (have < out.size()) {
        const ssize_t n =
            ::pread(file.descriptor(), out.data() + have, out.size() - have, static_cast<off_t>(from + have));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return io_fault("cannot read the log", path, errno);
        if (n == 0) break;
        have += static_cast<std::size_t>(n);
    }
    out.resize(have);
    return out;
}

Done write_at(const File& file, std::uint64_t at, std::string_view bytes, const std::filesystem::path& path) {
    while (!bytes.empty()) {
        const ssize_t n = ::pwrite(file.descriptor(), bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return io_fault("cannot write the log", path, errno);
        at += static_cast<std::uint64_t>(n);
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return done();
}

// The hash of the last entry that ends at `end`.
Result<std::string> hash_before(const File& file, std::uint64_t end, const std::filesystem::path& path) {
    if (end == 0) return LogHead{}.hash;
    const std::uint64_t from = end - std::min<std::uint64_t>(end, EvidenceLog::longest_line + 1);
    SENDH_TRY(const std::string text, read_at(file, from, end - from, path));
    if (text.size() < 2 || text.back() != '\n') return std::string();
    const std::string_view body = std::string_view(text).substr(0, text.size() - 1);
    const std::size_t feed = body.rfind('\n');
    if (feed == std::string_view::npos && from > 0) return std::string();
    return sha256_hex(feed == std::string_view::npos ? body : body.substr(feed + 1));
}

// What the hash before the pending lines has to be: that which the first of them names.
std::string hash_before_pending(const LogState& state) {
    if (state.pending.empty()) return state.head.hash;
    const auto first = parse_entry(std::string_view(state.pending).substr(0, state.pending.find('\n')));
    return first.ok() ? first->before : "";
}

// What stands in the file behind the bytes that are certain.
struct Tail {
    std::uint64_t same = 0;   // bytes that are the pending ones
    std::uint64_t line = 0;   // of these, in whole lines
    std::uint64_t other = 0;  // bytes behind them
    std::uint64_t entry = 0;  // the number that an entry at `line` would have
    bool torn = true;         // the other bytes are what a write that was cut off may leave
};

Result<Tail> tail_of(const File& file, std::uint64_t size, const LogState& state,
                     const std::filesystem::path& path) {
    const std::uint64_t certain = certain_bytes(state);
    const std::string_view pending = state.pending;
    const std::uint64_t most = pending.size() + EvidenceLog::longest_line + 1;
    SENDH_TRY(const std::string text, read_at(file, certain, std::min(size - certain, most), path));
    Tail out;
    while (out.same < std::min(text.size(), pending.size()) && text[out.same] == pending[out.same])
        ++out.same;
    if (out.same > 0) out.line = pending.rfind('\n', out.same - 1) + 1;  // npos + 1 is 0
    const auto left =
        std::count(pending.begin() + static_cast<std::ptrdiff_t>(out.line), pending.end(), '\n');
    out.entry = state.head.count - static_cast<std::uint64_t>(left) + 1;
    out.other = size - certain - out.same;
    if (out.other == 0) return out;
    const std::string_view strange = std::string_view(text).substr(out.line);
    const std::size_t feed = strange.find('\n');
    const bool one_line = strange.size() <= EvidenceLog::longest_line &&
                          (feed == std::string_view::npos || feed + 1 == strange.size());
    // A write that was cut off leaves no whole entry but those that were to be written.
    const bool entry = feed != std::string_view::npos && parse_entry(strange.substr(0, feed)).ok();
    out.torn = !entry && (one_line || size <= state.head.bytes);
    return out;
}

}  // namespace

Done EvidenceLog::append(const LogState& state) const {
    const std::uint64_t from = certain_bytes(state);
    const bool writes = !state.pending.empty();
    std::error_code error;
    const std::filesystem::path folder = file_.parent_path();
    const Fault cut{FaultKind::corrupt, "entries of the log are missing at its end", shown_path(file_), look};
    if (!std::filesystem::exists(file_, error)) {
        if (from > 0) return cut;
        if (!writes) return done();
        if (std::filesystem::create_directory(folder, error) && ::chmod(folder.c_str(), 0700) != 0)
            return io_fault("cannot protect the log", folder, errno);
    }
    const int flags = (writes ? O_RDWR | O_CREAT : O_RDONLY) | O_NOFOLLOW | O_CLOEXEC;
    const File file(::open(file_.c_str(), flags, 0600));
    if (!file.is_open()) return io_fault("cannot open the log", file_, errno);
    struct stat info {};
    if (::fstat(file.descriptor(), &info) != 0) return io_fault("cannot read the log", file_, errno);
    const auto size = static_cast<std::uint64_t>(info.st_size);
    if (size < from) return cut;
    SENDH_TRY(const std::string hash, hash_before(file, from, file_));
    if (hash != hash_before_pending(state))
        return Fault{FaultKind::corrupt, "the log is not the one that the catalogue knows", shown_path(file_),
                     look};
    SENDH_TRY(const Tail tail, tail_of(file, size, state, file_));
    if (!tail.torn)
        return Fault{FaultKind::corrupt, "the log has entries that the catalogue does not know",
                     shown_path(file_) + ": " + place(tail.entry, from + tail.line), look};
    if (!writes) return done();
    SENDH_CHECK(write_at(file, from + tail.same, std::string_view(state.pending).substr(tail.same), file_));
    if (size > state.head.bytes && ::ftruncate(file.descriptor(), static_cast<off_t>(state.head.bytes)) != 0)
        return io_fault("cannot write the log", file_, errno);
    if (::fsync(file.descriptor()) != 0) return io_fault("cannot flush the log to disk", file_, errno);
    if (from > 0) return done();
    // The first entries: a crash may have left the file without its place in the folder on the disk.
    SENDH_CHECK(flush_to_disk(folder));
    return flush_to_disk(folder.parent_path());
}

Done EvidenceLog::read(const LogState& state, const std::function<Done(const LogEntry&)>& take) const {
    SENDH_TRY(Lines lines, Lines::open(file_, certain_bytes(state)));
    lines.then(state.pending);
    std::uint64_t count = 0;
    while (true) {
        SENDH_TRY(const auto line, lines.next());
        if (!line) break;
        const auto entry = parse_entry(line->text);
        if (!entry.ok() || !line->ended)
            return Fault{FaultKind::corrupt, "the log is damaged",
                         shown_path(file_) + ": " + place(count + 1, line->at), look};
        ++count;
        SENDH_CHECK(take(*entry));
    }
    if (count == state.head.count) return done();
    return Fault{
        FaultKind::corrupt,
        "the log has " + grouped(count) + " entries, the catalogue knows " + grouped(state.head.count),
        shown_path(file_), look};
}

Result<LogCheck> EvidenceLog::verify(const LogState& state) const {
    LogCheck out;
    const auto fault = [&](const std::string& what, std::uint64_t entry, std::uint64_t byte) {
        if (out.faults.size() < most_faults) out.faults.push_back({what, place(entry, byte)});
    };
    const std::uint64_t certain = certain_bytes(state);
    std::error_code error;
    std::uint64_t size = std::filesystem::file_size(file_, error);
    if (error) {
        if (std::filesystem::exists(file_, error) || error)
            return io_fault("cannot read the log", file_, error ? error.value() : EIO);
        size = 0;
    }
    // The file may hold a part of what is pending; the catalogue has all of it.
    SENDH_TRY(Lines lines, Lines::open(file_, certain));
    if (size >= certain) lines.then(state.pending);
    std::string hash = LogHead{}.hash;
    std::uint64_t position = 0;
    std::uint64_t at = 0;
    while (true) {
        SENDH_TRY(const auto line, lines.next());
        if (!line) break;
        ++position;
        at = line->at;
        const std::string own = sha256_hex(line->text);
        auto entry = parse_entry(line->text);
        const bool whole = line->ended && line->text.size() < longest_line;
        if (!whole || !entry.ok()) {
            std::uint64_t byte = line->at;
            if (whole) {
                const std::string where = entry.fault().where;  // "byte N" of the line
                byte +=
                    static_cast<std::uint64_t>(parse_integer(where.substr(where.find(' ') + 1)).value_or(0));
            }
            fault(whole ? "this is not an entry: " + entry.fault().what : "this entry is cut", position,
                  byte);
        } else {
            if (entry->position != position)
                fault("entry " + std::to_string(entry->position) +
                          " stands here: one was taken out, put in or moved",
                      position, line->at);
            if (entry->before != hash)
                fault(position == 1
                          ? "this is not the first entry"
                          : "it was not written behind the entry before it: that one was changed, or this",
                      position, line->at);
            if (entry->position > 0 && entry->position <= state.head.count) position = entry->position;
            if (out.faults.empty()) ++out.entries;
        }
        hash = own;
    }
    out.head = hash;
    if (size < certain) {
        fault("the end is missing: the log has " + grouped(size) + " bytes, the catalogue knows " +
                  grouped(certain) + " (" + grouped(state.head.count) + " entries)",
              position + 1, size);
    } else if (out.faults.empty() && (hash != state.head.hash || position != state.head.count)) {
        fault("the last entry is not the one that the catalogue knows", std::max<std::uint64_t>(position, 1),
              at);
        out.entries -= std::min<std::uint64_t>(out.entries, 1);
    }
    if (size <= certain) return out;
    SENDH_TRY(const File file, open_to_read(file_));
    SENDH_TRY(const Tail tail, tail_of(file, size, state, file_));
    if (tail.torn) {
        out.torn = tail.other;
    } else {
        fault("the catalogue does not know what stands here", tail.entry, certain + tail.line);
    }
    return out;
}

}  // namespace sendh
