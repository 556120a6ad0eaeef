#include "store/segment.h"

#include <algorithm>
#include <array>
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/text.h"
#include "crypto/label.h"
#include "store/parquet.h"

namespace sendh {

namespace {

template <class Enum>
std::vector<std::uint8_t> bytes_of(const std::vector<Enum>& values) {
    std::vector<std::uint8_t> out(values.size());
    std::transform(values.begin(), values.end(), out.begin(),
                   [](Enum e) { return static_cast<std::uint8_t>(e); });
    return out;
}

std::vector<ParquetColumn> columns_of(const SegmentRows& rows) {
    using enum ParquetType;
    std::vector<ParquetColumn> columns = {{"id", i64},
                                          {"time", i64},
                                          {"cli", token, true},
                                          {"callee", token, true},
                                          {"redirect", optional_token},
                                          {"cli_class", u8},
                                          {"callee_class", u8},
                                          {"direction", u8},
                                          {"disposition", u8},
                                          {"service", u8},
                                          {"duration", i32},
                                          {"trunk_in", name},
                                          {"trunk_out", name},
                                          {"carrier", name},
                                          {"cli_text", name},
                                          {"line", u64},
                                          {"off", u64}};
    if (!rows.first.empty()) columns.push_back({"first", i64});
    if (!rows.campaign.empty()) columns.push_back({"campaign", i64});
    return columns;
}

}  // namespace

SegmentRows seal_rows(const CallBatch& calls, const NameTable& names, Tokeniser& tokeniser,
                      const Key256& row_key) {
    SegmentRows rows;
    const std::size_t n = calls.size();
    rows.id = calls.id;
    rows.time.resize(n);
    std::transform(calls.time.begin(), calls.time.end(), rows.time.begin(), [](Micros t) { return t.value; });
    rows.cli.resize(n);
    rows.callee.resize(n);
    tokeniser.seal(calls.cli, rows.cli);
    tokeniser.seal(calls.callee, rows.callee);
    rows.redirect.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
        if (!calls.redirect[i].is_none()) rows.redirect[i] = tokeniser.seal(calls.redirect[i]);
    }
    rows.cli_class = bytes_of(calls.cli_class);
    rows.callee_class = bytes_of(calls.callee_class);
    rows.direction = bytes_of(calls.direction);
    rows.disposition = bytes_of(calls.disposition);
    rows.service = bytes_of(calls.service);
    rows.duration = calls.duration;
    rows.trunk_in = calls.trunk_in;
    rows.trunk_out = calls.trunk_out;
    rows.carrier = calls.carrier;
    rows.cli_text = calls.cli_text;
    rows.line = calls.line;
    rows.off = calls.offset;
    // Names of trunks first, then the others. Ill-formed UTF-8 could be written and never read again.
    const auto shift = static_cast<std::uint32_t>(names.size());
    rows.names.resize(std::size_t{2} * shift);
    for (std::uint32_t k = 0; k < shift; ++k) {
        const std::string& text = names.name(k);
        const std::string readable = first_bad_utf8(text) ? utf8_from_latin1(text) : text;
        rows.names[k] = label_of(row_key, readable);
        rows.names[shift + k] = without_numbers(readable);
    }
    for (std::uint32_t& name : rows.carrier) name += shift;
    for (std::uint32_t& name : rows.cli_text) name += shift;
    return rows;
}

std::string encode_segment(const SegmentRows& rows) {
    ParquetFile file(columns_of(rows), 2 * rows.size());
    for (std::size_t from = 0; from < rows.size(); from += row_group_rows) {
        const std::size_t count = std::min(row_group_rows, rows.size() - from);
        const auto part = [&](const auto& column) { return std::span(column).subspan(from, count); };
        file.add(part(rows.id));
        file.add(part(rows.time));
        file.add(part(rows.cli));
        file.add(part(rows.callee));
        file.add(part(rows.redirect));
        file.add(part(rows.cli_class));
        file.add(part(rows.callee_class));
        file.add(part(rows.direction));
        file.add(part(rows.disposition));
        file.add(part(rows.service));
        file.add(part(rows.duration));
        file.add(part(rows.trunk_in), rows.names);
        file.add(part(rows.trunk_out), rows.names);
        file.add(part(rows.carrier), rows.names);
        file.add(part(rows.cli_text), rows.names);
        file.add(part(rows.line));
        file.add(part(rows.off));
        if (!rows.first.empty()) file.add(part(rows.first));
        if (!rows.campaign.empty()) file.add(part(rows.campaign));
    }
    return file.finish();
}

std::vector<CallIdentity> identities_of(const SegmentRows& rows) {
    std::vector<std::uint64_t> name_hash(rows.names.size());
    for (std::size_t k = 0; k < name_hash.size(); ++k)
        name_hash[k] = XXH3_64bits(rows.names[k].data(), rows.names[k].size());
    std::vector<CallIdentity> out(rows.size());
    struct {
        std::int64_t time;
        Token cli, callee;
        std::uint64_t trunk_in, trunk_out;
        std::int32_t duration;
        std::uint8_t direction, service, nothing[2];
    } call{};
    static_assert(sizeof call == 64);
    for (std::size_t i = 0; i < out.size(); ++i) {
        call.time = rows.time[i];
        call.cli = rows.cli[i];
        call.callee = rows.callee[i];
        call.trunk_in = name_hash[rows.trunk_in[i]];
        call.trunk_out = name_hash[rows.trunk_out[i]];
        call.duration = rows.duration[i];
        call.direction = rows.direction[i];
        call.service = rows.service[i];
        const XXH128_hash_t hash = XXH3_128bits(&call, sizeof call);
        out[i] = {hash.low64, hash.high64};
    }
    return out;
}

}  // namespace sendh
