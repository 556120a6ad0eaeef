#include "evidence/log.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "base/folder.h"
#include "crypto/digest.h"

using namespace sendh;
using namespace sendh::test;

namespace {

LogEntry an_entry(std::uint64_t i) {
    LogEntry entry;
    entry.time = Micros{1'764'000'000'000'000 + static_cast<std::int64_t>(i) * 977'777};
    entry.who = i % 3 == 0 ? "asha" : "ravi";
    entry.kind = i % 2 == 0 ? "reveal" : "import";
    entry.details = {
        {"file", "calls \"" + std::to_string(i) + "\".csv"}, {"rows", i * i}, {"why", "सूचना देने"}};
    return entry;
}

LogState states(std::uint64_t count) {
    LogState state;
    for (std::uint64_t i = 0; i < count; ++i) REQUIRE(chain(state, an_entry(i)).ok());
    return state;
}

LogState settled(LogState state) {
    state.pending.clear();
    return state;
}

struct TestLog {
    Folder folder;
    EvidenceLog log{folder / "log" / "entries.jsonl"};

    explicit TestLog(const LogState& state = {}) {
        if (!state.pending.empty()) REQUIRE(log.append(state).ok());
    }
    [[nodiscard]] std::string bytes() const { return read_file(log.file()); }
    void set(const std::string& bytes) const {
        std::filesystem::create_directories(log.file().parent_path());
        write_file(log.file(), bytes);
    }
    [[nodiscard]] LogCheck check(const LogState& state) const {
        auto out = log.verify(state);
        if (!out.ok()) FAIL(out.fault().message());
        return *out;
    }
};

std::vector<std::string> lines_of_text(const std::string& text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        out.push_back(text.substr(at, end - at + 1));
        at = end + 1;
    }
    return out;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) out += line;
    return out;
}

}  // namespace

TEST_CASE("an entry has the form that the header says, and its hash is SHA-256 of its line") {
    LogState state;
    LogEntry entry;
    entry.time = *parse_iso("2026-11-24T10:20:30.000007Z", Zone{0});
    entry.who = "asha";
    entry.kind = "reveal";
    entry.details = {{"rows", std::uint64_t{20}}, {"reason", "a \"b\"\\\n\x01"}};
    REQUIRE(chain(state, entry).ok());
    const std::string line =
        R"({"n":1,"time":"2026-11-24T10:20:30.000007Z","who":"asha","kind":"reveal","details":{"rows":20,"reason":"a \"b\"\\\n\u0001"},"before":")" +
        std::string(64, '0') + "\"}";
    CHECK(state.pending == line + "\n");
    CHECK(state.head.hash == sha256_hex(line));
    CHECK(state.head.bytes == line.size() + 1);
    const std::string first = state.head.hash;
    REQUIRE(chain(state, entry).ok());
    CHECK(state.pending.substr(line.size() + 1).find("\"before\":\"" + first + "\"") != std::string::npos);
}

TEST_CASE("what was appended is read back in order, from the file and from what is pending") {
    LogState state = states(3);
    const TestLog log(state);
    state.pending.clear();
    REQUIRE(chain(state, an_entry(3)).ok());
    std::vector<LogEntry> read;
    const auto result = log.log.read(state, [&](const LogEntry& entry) {
        read.push_back(entry);
        return done();
    });
    REQUIRE(result.ok());
    REQUIRE(read.size() == 4);
    for (std::uint64_t i = 0; i < 4; ++i) {
        CHECK(read[i].position == i + 1);
        CHECK(read[i].details == an_entry(i).details);
        CHECK(read[i].time == an_entry(i).time);
    }
    CHECK(read[3].count("rows") == 9);
    CHECK(read[3].text("why") == "सूचना देने");
    CHECK(read[3].text("rows").empty());
}

TEST_CASE("the file and its folder are for their owner alone") {
    const TestLog log(states(1));
    struct stat info {};
    REQUIRE(::stat(log.log.file().c_str(), &info) == 0);
    CHECK((info.st_mode & 0777U) == 0600);
    REQUIRE(::stat(log.log.file().parent_path().c_str(), &info) == 0);
    CHECK((info.st_mode & 0777U) == 0700);
}

TEST_CASE("a log that nothing was done to verifies, and so does none") {
    const LogState state = states(7);
    const TestLog log(state);
    const LogCheck check = log.check(settled(state));
    CHECK(check.faults.empty());
    CHECK(check.entries == 7);
    CHECK(check.head == state.head.hash);
    CHECK(TestLog().check(LogState{}).faults.empty());
    CHECK(TestLog().log.append(LogState{}).ok());
}

TEST_CASE("appending twice is appending once") {
    const LogState state = states(4);
    const TestLog log(state);
    const std::string bytes = log.bytes();
    REQUIRE(log.log.append(state).ok());
    CHECK(log.bytes() == bytes);
    REQUIRE(log.log.append(settled(state)).ok());
    CHECK(log.bytes() == bytes);
}

TEST_CASE("any flipped bit is found") {
    const LogState state = states(6);
    const TestLog log(state);
    const std::string bytes = log.bytes();
    CHECK(rc::check("one bit", [&] {
        const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
        const auto bit = *rc::gen::inRange(0, 8);
        std::string changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
        log.set(changed);
        const LogCheck check = log.check(settled(state));
        RC_ASSERT(!check.faults.empty());
        RC_ASSERT(check.entries < 6);
    }));
}

TEST_CASE("a line taken out, put in, moved or doubled is found") {
    const LogState state = states(8);
    const TestLog log(state);
    const auto lines = lines_of_text(log.bytes());
    CHECK(rc::check("lines", [&] {
        auto changed = lines;
        const auto from = *rc::gen::inRange<std::size_t>(0, lines.size());
        const auto to = *rc::gen::inRange<std::size_t>(0, lines.size());
        const auto at = changed.begin() + static_cast<std::ptrdiff_t>(from);
        switch (*rc::gen::inRange(0, 4)) {
            case 0: changed.erase(at); break;
            case 1: {
                // An entry that fits the chain before it.
                LogState before;
                for (std::size_t i = 0; i < from; ++i) REQUIRE(chain(before, an_entry(i)).ok());
                before.pending.clear();
                REQUIRE(chain(before, an_entry(99)).ok());
                changed.insert(at, before.pending);
                break;
            }
            case 2:
                RC_PRE(from != to);
                std::swap(changed[from], changed[to]);
                break;
            default: changed.insert(at, *at); break;
        }
        log.set(joined(changed));
        RC_ASSERT(!log.check(settled(state)).faults.empty());
    }));
}

TEST_CASE("a log written anew from some entry on is found by its head") {
    const LogState state = states(5);
    LogState other = states(2);
    REQUIRE(chain(other, an_entry(77)).ok());
    REQUIRE(chain(other, an_entry(3)).ok());
    REQUIRE(chain(other, an_entry(4)).ok());
    const TestLog log(other);
    CHECK_FALSE(log.check(settled(state)).faults.empty());
    const auto appended = log.log.append(settled(state));
    REQUIRE_FALSE(appended.ok());
    CHECK(appended.fault().kind == FaultKind::corrupt);
}

TEST_CASE("a cut tail is found, wherever it was cut, and nothing is written behind it") {
    const LogState state = states(5);
    const TestLog log(state);
    const std::string bytes = log.bytes();
    LogState more = settled(state);
    REQUIRE(chain(more, an_entry(5)).ok());
    CHECK(rc::check("cut", [&] {
        const auto size = *rc::gen::inRange<std::size_t>(0, bytes.size());
        log.set(bytes.substr(0, size));
        RC_ASSERT(!log.check(settled(state)).faults.empty());
        const auto appended = log.log.append(more);
        RC_ASSERT(!appended.ok());
        RC_ASSERT(appended.fault().kind == FaultKind::corrupt);
        RC_ASSERT(log.bytes() == bytes.substr(0, size));
    }));
    std::filesystem::remove(log.log.file());
    CHECK_FALSE(log.check(settled(state)).faults.empty());
    CHECK_FALSE(log.log.append(settled(state)).ok());
}

TEST_CASE("what a crash leaves of a write is no tampering, and the write is done again") {
    LogState state = states(3);
    const std::string before = state.pending;
    state.pending.clear();
    for (std::uint64_t i = 3; i < 6; ++i) REQUIRE(chain(state, an_entry(i)).ok());
    CHECK(rc::check("torn", [&] {
        // Some of the bytes arrived; behind them zeros, or what was there before.
        const auto arrived = *rc::gen::inRange<std::size_t>(0, state.pending.size() + 1);
        auto left = state.pending.substr(0, arrived);
        const auto junk = *rc::gen::inRange<std::size_t>(0, state.pending.size() - arrived + 1);
        left += std::string(junk, *rc::gen::element('\0', '\n', 'x'));
        const TestLog log;
        log.set(before + left);
        const LogCheck check = log.check(state);
        RC_ASSERT(check.faults.empty());
        RC_ASSERT(check.entries == 6u);
        RC_ASSERT(check.head == state.head.hash);
        REQUIRE(log.log.append(state).ok());
        RC_ASSERT(log.bytes() == before + state.pending);
        RC_ASSERT(log.check(settled(state)).torn == 0u);
    }));
}

TEST_CASE("half a line behind the last entry was never acknowledged: said, and gone with the next entry") {
    const LogState state = states(3);
    const TestLog log(state);
    const std::string bytes = log.bytes();
    for (const std::string& tail :
         {std::string("{\"n\":4,\"ti"), std::string(100, '\0'), std::string("nonsense\n")}) {
        log.set(bytes + tail);
        const LogCheck check = log.check(settled(state));
        CHECK(check.faults.empty());
        CHECK(check.torn == tail.size());
        LogState more = settled(state);
        REQUIRE(chain(more, an_entry(3)).ok());
        REQUIRE(log.log.append(more).ok());
        CHECK(log.bytes() == bytes + more.pending);
    }
}

TEST_CASE("entries behind the head that nobody acknowledged are found, not overwritten") {
    const LogState state = states(3);
    const std::string known = state.pending;
    LogState forged = state;
    REQUIRE(chain(forged, an_entry(50)).ok());
    const TestLog log(forged);
    const LogCheck check = log.check(settled(state));
    REQUIRE(check.faults.size() == 1);
    CHECK(check.faults[0].where == "entry 4, byte " + std::to_string(known.size()));
    LogState more = settled(state);
    REQUIRE(chain(more, an_entry(3)).ok());
    const auto appended = log.log.append(more);
    REQUIRE_FALSE(appended.ok());
    CHECK(appended.fault().message().find("entries that the catalogue does not know") != std::string::npos);
    CHECK(log.bytes() == forged.pending);
    // Many lines of anything are no torn write either.
    log.set(known + "a\nb\n");
    CHECK_FALSE(log.check(settled(state)).faults.empty());
    CHECK_FALSE(log.log.append(settled(state)).ok());
}

TEST_CASE("a fault names the entry and the byte") {
    const LogState state = states(5);
    const TestLog log(state);
    const auto lines = lines_of_text(log.bytes());
    const std::size_t third = lines[0].size() + lines[1].size();
    const std::string bytes = log.bytes();

    std::string changed = bytes;
    changed[third + 5] = 'x';  // {"n":x
    log.set(changed);
    LogCheck check = log.check(settled(state));
    REQUIRE(check.faults.size() == 2);
    CHECK(check.faults[0].where == "entry 3, byte " + std::to_string(third + 5));
    CHECK(check.entries == 2);

    // A detail put in another's place: the next entry tells.
    changed = bytes;
    const std::size_t rows = changed.find("\"rows\":4", third);
    changed[rows + 7] = '5';
    log.set(changed);
    check = log.check(settled(state));
    REQUIRE(check.faults.size() == 1);
    CHECK(check.faults[0].where == "entry 4, byte " + std::to_string(third + lines[2].size()));

    log.set(lines[0] + lines[1] + lines[3] + lines[4]);
    check = log.check(settled(state));
    CHECK(check.faults[0].where == "entry 3, byte " + std::to_string(third));
    CHECK(check.faults[0].what.find("entry 4 stands here") != std::string::npos);

    log.set(lines[0] + lines[1]);
    check = log.check(settled(state));
    REQUIRE(check.faults.size() == 1);
    CHECK(check.faults[0].where == "entry 3, byte " + std::to_string(third));
    CHECK(check.faults[0].what.find("5 entries") != std::string::npos);
    const auto read = log.log.read(settled(state), [](const LogEntry&) { return done(); });
    REQUIRE_FALSE(read.ok());
    CHECK(read.fault().kind == FaultKind::corrupt);
}

TEST_CASE("a log full of faults is not listed without end, and a line without end is one") {
    const LogState state = states(40);
    const TestLog log(state);
    auto lines = lines_of_text(log.bytes());
    for (std::string& line : lines) line = "x\n";
    log.set(joined(lines));
    CHECK(log.check(settled(state)).faults.size() == EvidenceLog::most_faults);
    log.set(std::string(3 * EvidenceLog::longest_line, 'a'));
    CHECK(log.check(settled(state)).faults.size() >= 1);
}

TEST_CASE("an entry never holds what looks like a phone number") {
    const auto refused = [](auto change) {
        LogState state;
        LogEntry entry = an_entry(1);
        change(entry);
        const auto result = chain(state, entry);
        CHECK(state == LogState{});
        return !result.ok() && result.fault().kind == FaultKind::usage &&
               result.fault().message().find("98765") == std::string::npos;
    };
    CHECK(refused([](LogEntry& e) { e.details = {{"reason", "call 98765 00001"}}; }));
    CHECK(refused([](LogEntry& e) { e.details = {{"reason", "+91-98765-00001"}}; }));
    CHECK(refused([](LogEntry& e) { e.details = {{"file", "९८७६५०००१२.csv"}}; }));
    CHECK(refused([](LogEntry& e) { e.details = {{"n9876500001", "x"}}; }));
    CHECK(refused([](LogEntry& e) { e.who = "9876500001"; }));
    CHECK(refused([](LogEntry& e) { e.kind = "k 9876500001"; }));
    CHECK(rc::check("any number", [&] {
        std::string number = *rc::gen::element<std::string>("", "+91", "0091 ", "0");
        const auto digits = *rc::gen::container<std::vector<int>>(10, rc::gen::inRange(0, 10));
        const std::string gap = *rc::gen::element<std::string>("", " ", ") (");
        for (const int digit : digits) number += std::to_string(digit) + gap;
        LogState state;
        LogEntry entry = an_entry(1);
        entry.details = {{"reason", "about " + number + " of today"}};
        RC_ASSERT(!chain(state, entry).ok());
    }));
    // A count is no place for one either.
    LogState state;
    LogEntry entry = an_entry(1);
    entry.details = {{"rows", std::uint64_t{919'876'500'001}}, {"few", std::uint64_t{999'999'999}}};
    REQUIRE(chain(state, entry).ok());
    CHECK(state.pending.find("\"rows\":\"919,876 million\",\"few\":999999999") != std::string::npos);
}

TEST_CASE("digests and key fingerprints may stand in an entry, whatever their digits") {
    LogState state;
    LogEntry entry = an_entry(1);
    entry.details = {{"sha256", std::string(60, '1') + "abcd"}, {"fingerprint", std::string(32, '7')}};
    CHECK(chain(state, entry).ok());
    entry.details = {{"sha256", std::string(33, '7')}};
    CHECK_FALSE(chain(state, entry).ok());
}

TEST_CASE("an entry that is none is refused: no user, no kind, no UTF-8, a time no calendar has, too long") {
    const auto refused = [](auto change) {
        LogState state;
        LogEntry entry = an_entry(1);
        change(entry);
        return !chain(state, entry).ok() && state == LogState{};
    };
    CHECK(refused([](LogEntry& e) { e.who = ""; }));
    CHECK(refused([](LogEntry& e) { e.kind = ""; }));
    CHECK(refused([](LogEntry& e) { e.kind = "Reveal"; }));
    CHECK(refused([](LogEntry& e) { e.details = {{"a b", "x"}}; }));
    CHECK(refused([](LogEntry& e) { e.details = {{"a", "\xff"}}; }));
    CHECK(refused([](LogEntry& e) { e.time = Micros{-9'000'000'000'000'000}; }));
    CHECK(refused([](LogEntry& e) { e.details = {{"a", std::string(70'000, 'x')}}; }));
}

TEST_CASE("a line is read back as the entry it was made of, and no other line is an entry") {
    CHECK(rc::check("there and back", [](std::uint16_t count) {
        const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
            "a", "\"", "\\", "\n", "\t", "\x01", "\x1f", "\x7f", "é", "अ", "u00", "{", ",", "7 "));
        const std::string raw = joined(pieces);
        LogState state;
        LogEntry entry = an_entry(2);
        entry.details = {{"text", raw}, {"count", std::uint64_t{count}}};
        RC_PRE(chain(state, entry).ok());
        const std::string line = state.pending.substr(0, state.pending.size() - 1);
        const auto back = parse_entry(line);
        RC_ASSERT(back.ok());
        RC_ASSERT(back->details == entry.details);
        std::string other = line;
        other[*rc::gen::inRange<std::size_t>(0, other.size())] = *rc::gen::arbitrary<char>();
        const auto parsed = parse_entry(other);
        if (parsed.ok()) RC_ASSERT(line_of(*parsed) == other);
    }));
}

TEST_CASE("other ways to write the same entry are no entry") {
    LogState state;
    LogEntry entry = an_entry(1);
    entry.details = {{"a", "é/x"}, {"b", std::uint64_t{7}}};
    REQUIRE(chain(state, entry).ok());
    const std::string line = state.pending.substr(0, state.pending.size() - 1);
    REQUIRE(parse_entry(line).ok());
    const auto with = [&](const std::string& from, const std::string& to) {
        std::string other = line;
        const std::size_t at = other.find(from);
        REQUIRE(at != std::string::npos);
        return parse_entry(other.replace(at, from.size(), to));
    };
    for (const auto& [from, to] :
         std::vector<std::pair<std::string, std::string>>{{"é/x", "é\\/x"},
                                                          {"é/x", "\\u00e9/x"},
                                                          {"\"b\":7", "\"b\":07"},
                                                          {"\"b\":7", "\"b\":-7"},
                                                          {"\"b\":7", "\"b\":7.0"},
                                                          {"\"b\":7", "\"b\": 7"},
                                                          {"\"b\":7", "\"b\":true"},
                                                          {"\"b\":7", "\"b\":null"},
                                                          {"\"b\":7", "\"b\":7,"},
                                                          {"\"n\":1", "\"n\":01"},
                                                          {"\"n\":1", "\"n\":9999999999999999999"},
                                                          {"Z\"", "+00:00\""},
                                                          {"Z\"", "\""},
                                                          {"\"who\"", "\"WHO\""},
                                                          {"{\"n\"", " {\"n\""},
                                                          {"\"before\":\"0", "\"before\":\"G"},
                                                          {"\"b\":7", "\"b\":9876500001"},
                                                          {"é/x", "\\u0041/x"},
                                                          {"é/x", "\\u000a/x"},
                                                          {"é/x", "\xff/x"}}) {
        const auto parsed = with(from, to);
        REQUIRE_FALSE(parsed.ok());
        CHECK(parsed.fault().where.starts_with("byte "));
    }
    CHECK_FALSE(parse_entry("").ok());
    CHECK_FALSE(parse_entry(line + " ").ok());
}
