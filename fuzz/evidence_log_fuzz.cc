// A log of arbitrary bytes: each line is no entry, or is written back byte for byte; a log that verifies
// reads to the end and has as many entries; and whatever stands in the file, append() leaves a log that
// verifies or refuses and changes nothing.
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "evidence/log.h"

namespace {

using namespace sendh;

void require(bool holds) {
    if (!holds) std::abort();
}

// In memory where that is possible: append() waits for the disk.
const std::filesystem::path& file() {
    static const std::filesystem::path path = [] {
        const std::filesystem::path memory = "/dev/shm";
        const auto folder =
            ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
        return folder / ("sendh-fuzz-log-" + std::to_string(::getpid()));
    }();
    return path;
}

void write(const std::string& bytes) { std::ofstream(file(), std::ios::binary | std::ios::trunc) << bytes; }
std::string read() {
    std::ifstream in(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

LogState two_entries() {
    LogState state;
    LogEntry entry;
    entry.time = Micros{1'764'000'000'000'000};
    entry.who = "a";
    entry.kind = "k";
    entry.details = {{"n", std::uint64_t{1}}, {"t", "x"}};
    require(chain(state, entry).ok() && chain(state, entry).ok());
    return state;
}

// The state that would hold if the bytes were a log, with its last `pending` bytes pending.
LogState claimed(const std::string& bytes, std::size_t pending) {
    LogState state;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
        const auto entry = parse_entry(std::string_view(bytes).substr(at, end - at));
        if (entry.ok()) {
            LogState alone;
            alone.head = {entry->position - 1, at, entry->before};
            if (chain(alone, *entry).ok()) state.head = alone.head;
        }
        at = end + 1;
    }
    state.head.bytes = bytes.size();
    state.pending = bytes.substr(bytes.size() - std::min(pending, bytes.size()));
    return state;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
        const std::string line = bytes.substr(at, end - at);
        const auto entry = parse_entry(line);
        if (entry.ok()) require(line_of(*entry) == line);
        at = end + 1;
    }
    write(bytes);
    LogState state = claimed(bytes, 0);
    const auto check = EvidenceLog(file()).verify(state);
    require(check.ok());
    std::uint64_t count = 0;
    const auto all = EvidenceLog(file()).read(state, [&](const LogEntry&) {
        ++count;
        return done();
    });
    if (check->faults.empty()) require(all.ok() && count == check->entries && count == state.head.count);

    static const LogState known = two_entries();
    const std::size_t first = known.pending.find('\n') + 1;
    for (const bool whole : {true, false}) {
        LogState mine = known;
        if (whole) mine.pending.erase(0, first);
        write(bytes);
        if (EvidenceLog(file()).append(mine).ok()) {
            require(read() == known.pending);
        } else {
            require(read() == bytes);
        }
        // Behind entries that are certain.
        write(known.pending.substr(0, first) + bytes);
        if (EvidenceLog(file()).append(mine).ok()) {
            require(read() == known.pending);
        } else {
            require(read() == known.pending.substr(0, first) + bytes);
        }
    }
    return 0;
}
