// A segment: calls as they lie on the disk, a Parquet file in calls/. This is the one place that knows its
// columns.
//
//   id BIGINT  time BIGINT (µs UTC)  cli, callee, redirect UUID (tokens; redirect NULL if none)
//   cli_class, callee_class, direction, disposition, service UTINYINT (enums of calls/call_batch.h)
//   duration INTEGER (s, -1 unknown)  trunk_in, trunk_out, carrier, cli_text VARCHAR  line, off UBIGINT
//   first BIGINT     only in files of duplicates: the id of the first of its kind
//   campaign BIGINT  only in files of the calls of campaigns
//
// A call's id is its file's id << 40 | its position among the file's accepted rows.
// Row groups hold 131,072 rows; cli and callee are in the file's Bloom filter (store/parquet.h).
//
// The calls of campaigns are kept a second time, within a file campaign by campaign, each by time and id:
// what a campaign called is read without touching the segments. A report that is a call of its own is in
// there with its id (below 0) and nothing else: no tokens (`Token{}`), no names, zeros.
//
// Thread rule: pure functions over values.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "calls/call_batch.h"
#include "crypto/key_ring.h"
#include "crypto/token.h"

namespace sendh {

inline constexpr std::size_t row_group_rows = 131'072;
inline constexpr int file_id_shift = 40;

inline constexpr std::string_view duplicates_prefix = "duplicates-";
inline constexpr std::string_view campaign_calls_prefix = "campaign-calls-";
// Before catalogue format 5 detection wrote `campaigns-…` instead: id and campaign alone, no tokens.
[[nodiscard]] inline bool holds_calls_of_campaigns(std::string_view name) {
    return name.starts_with(campaign_calls_prefix);
}

struct SegmentRows {
    std::vector<std::int64_t> id, time;
    std::vector<Token> cli, callee, redirect;  // redirect: Token{} if there was none
    std::vector<std::uint8_t> cli_class, callee_class, direction, disposition, service;
    std::vector<std::int32_t> duration;
    std::vector<std::uint32_t> trunk_in, trunk_out, carrier, cli_text;  // indices into names
    std::vector<std::uint64_t> line, off;
    std::vector<std::int64_t> first, campaign;  // empty, or as long as the others
    std::vector<std::string> names;             // fit for the disk

    [[nodiscard]] std::size_t size() const { return id.size(); }
};

// Seals the numbers. Names are kept in clear, so what looks like a number in them is masked; names of trunks
// stay apart (crypto/label.h).
[[nodiscard]] SegmentRows seal_rows(const CallBatch& calls, const NameTable& names, Tokeniser& tokeniser,
                                    const Key256& row_key);

// The bytes of the file.
[[nodiscard]] std::string encode_segment(const SegmentRows& rows);

// What makes a call: two rows are the same call if time, CLI, callee, duration, trunks, direction and service
// agree. 128 bits of XXH3 over these; the tokens in it are secret, so nobody can make collisions on purpose.
struct CallIdentity {
    std::uint64_t a = 0, b = 0;
};
[[nodiscard]] std::vector<CallIdentity> identities_of(const SegmentRows& rows);

}  // namespace sendh
