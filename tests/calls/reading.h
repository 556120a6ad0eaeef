// Reads bytes with a layout, a mapping or as reports and keeps everything that came of it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "calls/complaint.h"
#include "calls/reader.h"

namespace sendh::test {

struct KeptReject {
    std::uint64_t line = 0, offset = 0;
    RejectCode code = RejectCode::bad_value;
    std::string column, raw;
    friend bool operator==(const KeptReject&, const KeptReject&) = default;
};

struct Reading {
    std::optional<Fault> fault;
    ReadSummary summary;
    NameTable names;
    CallBatch calls;
    std::vector<KeptReject> rejects;
    std::vector<Complaint> complaints;

    [[nodiscard]] bool has_note(std::string_view part) const {
        for (const std::string& note : summary.notes) {
            if (note.find(part) != std::string::npos) return true;
        }
        return false;
    }
};

// A source that gives at most `piece` bytes at a time.
inline ByteSource in_pieces(std::string_view bytes, std::size_t piece) {
    return [inner = memory_source(bytes), piece](std::span<char> out) {
        return inner(out.first(std::min(piece, out.size())));
    };
}

inline FileHead head_of(std::string_view bytes, std::size_t longest = 1 << 18) {
    return {bytes.substr(0, longest), bytes.size() <= longest};
}

inline void keep(CallBatch& into, const CallBatch& batch) {
    const auto add = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    add(into.id, batch.id), add(into.time, batch.time), add(into.cli, batch.cli),
        add(into.callee, batch.callee);
    add(into.redirect, batch.redirect), add(into.cli_class, batch.cli_class),
        add(into.callee_class, batch.callee_class);
    add(into.duration, batch.duration), add(into.direction, batch.direction),
        add(into.disposition, batch.disposition);
    add(into.service, batch.service), add(into.trunk_in, batch.trunk_in),
        add(into.trunk_out, batch.trunk_out);
    add(into.carrier, batch.carrier), add(into.cli_text, batch.cli_text), add(into.line, batch.line);
    add(into.offset, batch.offset);
}

template <class Read>
void run(Reading& out, const Read& read) {
    const CallSink sink = {
        [&](CallBatch& batch) {
            keep(out.calls, batch);
            return done();
        },
        [&](const Reject& r) {
            out.rejects.push_back({r.line, r.offset, r.code, r.column, std::string(r.raw)});
            return done();
        }};
    auto summary = read(sink);
    if (summary.ok()) {
        out.summary = *summary;
    } else {
        out.fault = summary.fault();
    }
}

inline Reading read_layout(std::string_view layout, std::string_view bytes, const ReadOptions& options = {},
                           std::size_t piece = 1 << 16, std::size_t head = 1 << 18) {
    Reading out;
    run(out, [&](const CallSink& sink) {
        return find_layout(layout)->read(head_of(bytes, head), in_pieces(bytes, piece), options, out.names,
                                         sink);
    });
    return out;
}

inline Reading read_by(std::string_view toml, std::string_view bytes, const ReadOptions& options = {},
                       std::size_t piece = 1 << 16, std::size_t head = 1 << 18) {
    Reading out;
    const auto mapping = parse_mapping(toml, "m.toml");
    if (!mapping.ok()) {
        out.fault = mapping.fault();
        return out;
    }
    run(out, [&](const CallSink& sink) {
        return read_mapped(**mapping, head_of(bytes, head), in_pieces(bytes, piece), options, out.names,
                           sink);
    });
    return out;
}

inline Reading read_reports(std::string_view bytes, std::string_view toml = "",
                            const ReadOptions& options = {}, std::size_t piece = 1 << 16) {
    Reading out;
    std::shared_ptr<const Mapping> mapping;
    if (!toml.empty()) {
        auto parsed = parse_mapping(toml, "m.toml");
        if (!parsed.ok()) {
            out.fault = parsed.fault();
            return out;
        }
        mapping = *parsed;
    }
    const ComplaintSink sink = {
        [&](Complaint&& complaint) {
            out.complaints.push_back(std::move(complaint));
            return done();
        },
        [&](const Reject& r) {
            out.rejects.push_back({r.line, r.offset, r.code, r.column, std::string(r.raw)});
            return done();
        }};
    auto summary = read_complaints(head_of(bytes), in_pieces(bytes, piece), options, mapping.get(), sink);
    if (summary.ok()) {
        out.summary = *summary;
    } else {
        out.fault = summary.fault();
    }
    return out;
}

// A binary file that was cut off before its first record was whole is refused, with the byte.
inline bool is_cut(const Reading& r) {
    return r.fault && r.fault->what.find("ends in the middle") != std::string::npos &&
           r.fault->where.starts_with("byte ") && r.calls.size() == 0;
}

inline Micros at(std::string_view iso) { return *parse_iso(iso, Zone{}); }

// A shared sample, or nothing when the folder is not there.
inline std::optional<std::string> sample(const std::string& name, const std::string& folder = "calls") {
    std::vector<std::filesystem::path> roots;
    if (const char* shared = std::getenv("SENDH_SHARED")) roots.emplace_back(shared);
    if (const char* source = std::getenv("SENDH_SOURCE_DIR"))
        roots.push_back(std::filesystem::path(source) / "../shared");
    for (const auto& root : roots) {
        auto bytes = read_whole(root / "data" / folder / name, 1 << 24);
        if (bytes.ok()) return *bytes;
    }
    return std::nullopt;
}

}  // namespace sendh::test
