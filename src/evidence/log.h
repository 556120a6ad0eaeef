// EvidenceLog: what was done in a case, by whom, when and why, as an append-only file of chained lines.
//
// It is not a proof against somebody who holds the file and the catalogue and writes both anew: that takes a
// witness outside. It decides nothing about what is worth an entry.
//
// File (case/log/entries.jsonl, mode 0600), canonical form: one entry a line, JSON (RFC 8259) without white
// space, ended by one line feed:
//   {"n":7,"time":"2026-11-24T10:20:30.123456Z","who":"asha","kind":"reveal","details":{…},"before":"<hex>"}
// keys in this order; n counts from 1; time is UTC with six decimals; the members of details, in the order
// they were given, are texts or whole numbers from 0 on. Texts are UTF-8 and escape only `"`, `\` and bytes
// below 0x20: as \" \\ \n \r \t, the others as \u00xx in small letters. Bytes of any other form are no entry,
// so an entry has one form only. hash of an entry = SHA-256 (FIPS 180-4) of the bytes of its line without the
// line feed, 64 small hexadecimal digits. before = hash of the entry before it; of the first one 64 zeros.
//
// The catalogue of the case keeps a LogState: the head (count, bytes, hash of the last entry), and the lines
// that may not have reached the file yet. It changes in the transaction of what the entries are about. So a
// cut tail is noticed, and after a crash append() brings the file up to what was committed; done twice it
// does nothing. Bytes behind that state were never acknowledged: what a power failure tore when they are no
// entry and no longer than a write could be, tampering else.
//
// Never a phone number: chain() refuses texts in which base/text.h sees one (32 and 64 hexadecimal digits
// are a digest), and counts of ten digits and more are written as millions.
//
// Faults: usage (an entry that may not stand in a log), corrupt (the file is not what the state says; where:
// entry and byte), io.
// Thread rule: one log, one thread. Writers hold the lock of the case.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sendh {

struct LogDetail {
    LogDetail(std::string named, std::string text) : name(std::move(named)), value(std::move(text)) {}
    LogDetail(std::string named, const char* text) : LogDetail(std::move(named), std::string(text)) {}
    LogDetail(std::string named, std::uint64_t count);
    friend bool operator==(const LogDetail&, const LogDetail&) = default;

    std::string name;  // a-z, 0-9, _
    std::variant<std::string, std::uint64_t> value;
};

struct LogEntry {
    std::uint64_t position = 0;  // from 1
    Micros time;
    std::string who;
    std::string kind;  // a-z, 0-9, _
    std::vector<LogDetail> details;
    std::string before;  // hash of the entry before
    friend bool operator==(const LogEntry&, const LogEntry&) = default;

    // A detail that is a text or a count; "" or 0 when there is none of this name and type.
    [[nodiscard]] std::string text(std::string_view name) const;
    [[nodiscard]] std::uint64_t count(std::string_view name) const;
};

struct LogHead {
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
    std::string hash = std::string(64, '0');
    friend bool operator==(const LogHead&, const LogHead&) = default;
};

struct LogState {
    LogHead head;         // with what is pending
    std::string pending;  // lines that may not be in the file yet: its last ones
    friend bool operator==(const LogState&, const LogState&) = default;
};

// Puts the entry behind the head: line and head are added to the state. position and before are set here.
[[nodiscard]] Done chain(LogState& state, LogEntry entry);

// The entry of a line without its line feed. Fault (input): where is "byte N" of the line.
[[nodiscard]] Result<LogEntry> parse_entry(std::string_view line);
[[nodiscard]] bool is_log_digest(std::string_view text);   // 32 or 64 small hexadecimal digits
[[nodiscard]] std::string line_of(const LogEntry& entry);  // without the line feed

struct LogFault {
    std::string what, where;  // "entry 7, byte 1234"
};

struct LogCheck {
    std::uint64_t entries = 0;  // that hold together, pending ones included
    std::string head;           // hash of the last
    std::uint64_t torn = 0;     // bytes behind the last entry that a write left which was never acknowledged
    std::vector<LogFault> faults;  // in the order of the file; at most most_faults
};

class EvidenceLog {
public:
    static constexpr std::size_t longest_line = 65'536;
    static constexpr std::size_t most_faults = 20;

    explicit EvidenceLog(std::filesystem::path file) : file_(std::move(file)) {}

    // Brings the file up to the state; durable when it returns. Without anything pending it looks whether
    // length and last entry are those of the state.
    [[nodiscard]] Done append(const LogState& state) const;

    // All entries, one at a time.
    [[nodiscard]] Done read(const LogState& state, const std::function<Done(const LogEntry&)>& take) const;

    // Every byte against the chain and the state.
    [[nodiscard]] Result<LogCheck> verify(const LogState& state) const;

    [[nodiscard]] const std::filesystem::path& file() const { return file_; }

private:
    std::filesystem::path file_;
};

}  // namespace sendh
