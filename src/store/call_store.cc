#include "store/call_store.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "base/file.h"
#include "base/text.h"
#include "store/duck.h"
#include "store/parquet.h"

namespace sendh {

namespace {

constexpr std::size_t batch_rows = 65'536;

const std::vector<DuckColumn> segment_columns = {
    {"id", DuckType::i64},          {"time", DuckType::i64},       {"cli", DuckType::token},
    {"callee", DuckType::token},    {"redirect", DuckType::token}, {"cli_class", DuckType::u8},
    {"callee_class", DuckType::u8}, {"direction", DuckType::u8},   {"disposition", DuckType::u8},
    {"service", DuckType::u8},      {"duration", DuckType::i32},   {"trunk_in", DuckType::text},
    {"trunk_out", DuckType::text},  {"carrier", DuckType::text},   {"cli_text", DuckType::text},
    {"line", DuckType::u64},        {"off", DuckType::u64},
};

std::string read_list(const std::filesystem::path& folder, const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names)
        list += (list.empty() ? "" : ",") + sql_quoted((folder / name).string());
    return "read_parquet([" + list + "])";
}

const char* sql_type(DuckType type) {
    constexpr std::array<const char*, 7> names = {"BIGINT",   "UBIGINT", "INTEGER", "UINTEGER",
                                                  "UTINYINT", "UUID",    "VARCHAR"};
    return names[static_cast<std::size_t>(type)];
}

template <class Enum>
Enum enum_of(std::uint8_t value, int count) {
    return value < count ? static_cast<Enum>(value) : Enum{};
}

}  // namespace

struct CallStore::State {
    std::filesystem::path folder;
    Duck duck;
    Tokeniser tokeniser;
    Key256 token_key, row_key;
    std::vector<SegmentRecord> segments;
    std::vector<std::string> verdicts, campaigns;
    bool of_duplicates = false;  // the segments are files of duplicates

    [[nodiscard]] std::string path(const std::string& name) const {
        return sql_quoted((folder / name).string());
    }

    // All calls that count, as a table expression.
    [[nodiscard]] std::string calls() const { return calls_of(segments); }
    [[nodiscard]] std::string calls_of(std::span<const SegmentRecord> of) const {
        if (of.empty()) {
            std::string columns;
            for (const DuckColumn& c : segment_columns) {
                columns +=
                    std::string(columns.empty() ? "" : ",") + "NULL::" + sql_type(c.type) + " AS " + c.name;
            }
            return "(SELECT " + columns + " WHERE false)";
        }
        std::vector<std::string> names;
        for (const SegmentRecord& segment : of) names.push_back(segment.name);
        return read_list(folder, names);
    }
    [[nodiscard]] std::string verdict_table() const {
        if (verdicts.empty())
            return "(SELECT NULL::BIGINT AS id, 0::UTINYINT AS verdict, '' AS style, '' AS needs, '' AS "
                   "indicators WHERE false)";
        return read_list(folder, verdicts);
    }
    [[nodiscard]] std::string campaign_table() const {
        if (campaigns.empty()) return "(SELECT NULL::BIGINT AS id, 0::BIGINT AS campaign WHERE false)";
        return read_list(folder, campaigns);
    }
    // The calls of campaigns, reports aside. REQUIRES: there are campaigns.
    [[nodiscard]] Result<std::string> calls_of_campaigns() const {
        if (!std::all_of(campaigns.begin(), campaigns.end(), holds_calls_of_campaigns))
            return Fault{FaultKind::missing,
                         "the campaigns of this case were found by an older version of sendh",
                         shown_path(folder.parent_path()), "run `sendh detect` again"};
        return "(SELECT * FROM " + campaign_table() + " WHERE id >= 0)";
    }
    [[nodiscard]] Done open_tokens(const DuckChunk& chunk, std::size_t column,
                                   std::vector<PhoneNumber>& out) {
        std::vector<Token> tokens(chunk.rows());
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (!chunk.is_null(column, i)) tokens[i] = chunk.token(column, i);
        }
        const std::size_t from = out.size();
        out.resize(from + tokens.size());
        const Token none{};
        if (std::find(tokens.begin(), tokens.end(), none) == tokens.end()) {
            return tokeniser.open(tokens, std::span(out).subspan(from));
        }
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (tokens[i] == none) continue;
            SENDH_CHECK(tokeniser.open(std::span(&tokens[i], 1), std::span(&out[from + i], 1)));
        }
        return done();
    }
};

CallStore::CallStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
CallStore::CallStore(CallStore&&) noexcept = default;
CallStore::~CallStore() = default;

Result<CallStore> CallStore::open(const std::filesystem::path& folder, const Key256& token_key,
                                  const Key256& row_key, const StoreLimits& limits) {
    SENDH_TRY(Duck duck, Duck::open(folder, limits.memory_mb, limits.threads));
    std::error_code error;
    auto absolute = std::filesystem::absolute(folder, error);
    return CallStore(std::unique_ptr<State>(
        new State{absolute, std::move(duck), Tokeniser(token_key), token_key, row_key, {}, {}, {}}));
}

void CallStore::set_segments(std::vector<SegmentRecord> segments) {
    state_->segments = std::move(segments);
    state_->of_duplicates = false;
}

void CallStore::show_duplicates(const std::vector<std::string>& files) {
    constexpr Micros least{std::numeric_limits<std::int64_t>::min()};
    constexpr Micros greatest{std::numeric_limits<std::int64_t>::max()};
    state_->segments.clear();
    for (const std::string& file : files) state_->segments.push_back({0, file, 0, least, greatest});
    state_->of_duplicates = true;
}

void CallStore::set_detection(std::vector<std::string> verdicts, std::vector<std::string> campaigns) {
    state_->verdicts = std::move(verdicts);
    state_->campaigns = std::move(campaigns);
}

Done CallStore::write_segment(const std::string& name, const CallBatch& calls, const NameTable& names) {
    const SegmentRows rows = seal_rows(calls, names, state_->tokeniser, state_->row_key);
    return write_durably(state_->folder / name, encode_segment(rows));
}

const std::filesystem::path& CallStore::folder() const { return state_->folder; }
const Key256& CallStore::token_key() const { return state_->token_key; }
const Key256& CallStore::row_key() const { return state_->row_key; }

Done CallStore::write_verdicts(const std::string& name, const std::vector<StoredVerdict>& verdicts) {
    const std::vector<DuckColumn> columns = {{"id", DuckType::i64},
                                             {"verdict", DuckType::u8},
                                             {"style", DuckType::text},
                                             {"needs", DuckType::text},
                                             {"indicators", DuckType::text}};
    return state_->duck.write_parquet(state_->folder / name, columns, verdicts.size(),
                                      [&](DuckWriter& out, std::size_t first, std::size_t count) {
                                          for (std::size_t i = 0; i < count; ++i) {
                                              const StoredVerdict& v = verdicts[first + i];
                                              out.data<std::int64_t>(0)[i] = v.id;
                                              out.data<std::uint8_t>(1)[i] = v.verdict;
                                              out.set_text(2, i, v.style);
                                              out.set_text(3, i, v.needs);
                                              out.set_text(4, i, v.indicators);
                                          }
                                      });
}

namespace {

// What a file has beyond the columns of a segment.
enum class Also : std::uint8_t { nothing, first, campaign };

std::string stored_columns(Also also) {
    std::string columns;
    for (const DuckColumn& c : segment_columns) columns += (columns.empty() ? "" : ",") + c.name;
    return columns + (also == Also::first ? ",first" : also == Also::campaign ? ",campaign" : "");
}

// The columns of a segment, in their order, from the first of the chunk on.
void add_chunk(SegmentRows& rows, NameTable& names, const DuckChunk& c) {
    const auto add = [&]<class T>(std::vector<T>& target, std::size_t column) {
        const T* values = c.data<T>(column);
        target.insert(target.end(), values, values + c.rows());
    };
    add(rows.id, 0);
    add(rows.time, 1);
    add(rows.cli_class, 5);
    add(rows.callee_class, 6);
    add(rows.direction, 7);
    add(rows.disposition, 8);
    add(rows.service, 9);
    add(rows.duration, 10);
    add(rows.line, 15);
    add(rows.off, 16);
    for (std::size_t i = 0; i < c.rows(); ++i) {
        rows.cli.push_back(c.token(2, i));
        rows.callee.push_back(c.token(3, i));
        rows.redirect.push_back(c.is_null(4, i) ? Token{} : c.token(4, i));
        rows.trunk_in.push_back(names.index_of(c.text(11, i)));
        rows.trunk_out.push_back(names.index_of(c.text(12, i)));
        rows.carrier.push_back(names.index_of(c.text(13, i)));
        rows.cli_text.push_back(names.index_of(c.text(14, i)));
    }
}

// Gives the rows their names; the table is as new.
void move_names(SegmentRows& rows, NameTable& names) {
    rows.names.clear();
    for (std::uint32_t n = 0; n < names.size(); ++n) rows.names.push_back(names.name(n));
    names.keep_first(1);
}

// columns: those of a segment in their order. Hands over about `most` rows at a time.
Done scan_rows(Duck& duck, const std::string& columns, Also also, const std::string& from, std::size_t most,
               const std::function<Done(SegmentRows&)>& take) {
    SegmentRows rows;
    NameTable names;
    const auto hand_on = [&]() -> Done {
        move_names(rows, names);
        SENDH_CHECK(take(rows));
        rows = SegmentRows();
        return done();
    };
    SENDH_CHECK(duck.query("SELECT " + columns + " FROM " + from, [&](const DuckChunk& c) -> Done {
        add_chunk(rows, names, c);
        if (also != Also::nothing) {
            std::vector<std::int64_t>& more = also == Also::first ? rows.first : rows.campaign;
            more.insert(more.end(), c.data<std::int64_t>(17), c.data<std::int64_t>(17) + c.rows());
        }
        return rows.size() < most ? done() : hand_on();
    }));
    return rows.size() > 0 ? hand_on() : done();
}

template <class Change>
void each_column(SegmentRows& rows, const Change& change) {
    change(rows.id), change(rows.time), change(rows.cli), change(rows.callee), change(rows.redirect);
    change(rows.cli_class), change(rows.callee_class), change(rows.direction), change(rows.disposition);
    change(rows.service), change(rows.duration), change(rows.trunk_in), change(rows.trunk_out);
    change(rows.carrier), change(rows.cli_text), change(rows.line), change(rows.off), change(rows.campaign);
}

void sort_by_campaign(SegmentRows& rows) {
    std::vector<std::uint32_t> order(rows.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::tie(rows.campaign[a], rows.time[a], rows.id[a]) <
               std::tie(rows.campaign[b], rows.time[b], rows.id[b]);
    });
    each_column(rows, [&](auto& column) {
        auto sorted = column;
        std::transform(order.begin(), order.end(), sorted.begin(),
                       [&](std::uint32_t from) { return column[from]; });
        column = std::move(sorted);
    });
}

}  // namespace

Result<std::vector<std::string>> CallStore::write_campaigns(
    const std::string& run, const std::function<std::uint32_t(const FlaggedRow&)>& campaign_of,
    const std::vector<std::pair<std::int64_t, std::uint32_t>>& reports) {
    constexpr std::size_t most = 2 * row_group_rows;
    std::vector<std::string> written;
    SegmentRows rows;
    NameTable names;
    const auto write = [&]() -> Done {
        move_names(rows, names);
        sort_by_campaign(rows);
        written.push_back(std::string(campaign_calls_prefix) + run + "-" + std::to_string(written.size()) +
                          ".parquet");
        SENDH_CHECK(write_durably(state_->folder / written.back(), encode_segment(rows)));
        rows = SegmentRows();
        return done();
    };
    std::vector<PhoneNumber> cli;
    std::vector<PhoneNumber> callee;
    std::vector<std::size_t> kept;
    std::string columns;
    for (const DuckColumn& c : segment_columns) columns += "c." + c.name + ",";
    const std::string sql = "SELECT " + columns + "v.style FROM " + state_->calls() + " c JOIN " +
                            state_->verdict_table() + " v ON v.id = c.id WHERE v.verdict <> 0";
    SENDH_CHECK(state_->duck.query(sql, [&](const DuckChunk& c) -> Done {
        cli.clear();
        callee.clear();
        kept.clear();
        SENDH_CHECK(state_->open_tokens(c, 2, cli));
        SENDH_CHECK(state_->open_tokens(c, 3, callee));
        const std::size_t from = rows.size();
        add_chunk(rows, names, c);
        for (std::size_t i = 0; i < c.rows(); ++i) {
            FlaggedRow row;
            row.id = rows.id[from + i];
            row.time = Micros{rows.time[from + i]};
            row.cli = cli[i];
            row.callee = callee[i];
            row.cli_class = enum_of<NumberClass>(rows.cli_class[from + i], number_classes);
            row.trunk = c.text(11, i);
            row.style = c.text(17, i);
            rows.campaign.push_back(campaign_of(row));
            if (rows.campaign.back() != 0) kept.push_back(from + i);
        }
        each_column(rows, [&](auto& column) {
            for (std::size_t k = 0; k < kept.size(); ++k) column[from + k] = column[kept[k]];
            column.resize(from + kept.size());
        });
        return rows.size() < most ? done() : write();
    }));
    for (const auto& [id, campaign] : reports) {
        each_column(rows, [](auto& column) { column.emplace_back(); });
        rows.id.back() = id;
        rows.campaign.back() = campaign;
        if (rows.size() >= most) SENDH_CHECK(write());
    }
    if (rows.size() > 0) SENDH_CHECK(write());
    return written;
}

Done CallStore::scan_identities(
    const std::vector<std::string>& segments, Micros first, Micros last,
    const std::function<Done(const std::vector<CallIdentity>&, const std::vector<std::int64_t>&)>& take) {
    if (segments.empty()) return done();
    return scan_rows(state_->duck,
                     "id,time,cli,callee,NULL::UUID,0::UTINYINT,0::UTINYINT,direction,0::UTINYINT,"
                     "service,duration,trunk_in,trunk_out,'','',0::UBIGINT,0::UBIGINT",
                     Also::nothing,
                     read_list(state_->folder, segments) + " WHERE time BETWEEN " +
                         std::to_string(first.value) + " AND " + std::to_string(last.value),
                     row_group_rows,
                     [&](const SegmentRows& rows) { return take(identities_of(rows), rows.id); });
}

Done CallStore::rewrite_segment(const std::string& from, const std::string& to,
                                const std::function<Done(SegmentRows&)>& change) {
    bool written = false;
    const Also also = from.starts_with(duplicates_prefix) ? Also::first
                      : holds_calls_of_campaigns(from)    ? Also::campaign
                                                          : Also::nothing;
    SENDH_CHECK(scan_rows(state_->duck, stored_columns(also), also, read_list(state_->folder, {from}),
                          std::numeric_limits<std::size_t>::max(), [&](SegmentRows& rows) -> Done {
                              SENDH_CHECK(change(rows));
                              written = true;
                              return write_durably(state_->folder / to, encode_segment(rows));
                          }));
    return written ? done() : write_durably(state_->folder / to, encode_segment(SegmentRows()));
}

Result<SegmentRows> CallStore::read_stored(const std::string& segment) {
    SegmentRows out;
    SENDH_CHECK(scan_rows(state_->duck, stored_columns(Also::nothing), Also::nothing,
                          read_list(state_->folder, {segment}), std::numeric_limits<std::size_t>::max(),
                          [&](SegmentRows& rows) -> Done {
                              out = std::move(rows);
                              return done();
                          }));
    return out;
}

Done CallStore::scan(Order order, NameTable& names, const std::function<Done(const CallBatch&)>& take) {
    if (state_->segments.empty()) return done();
    CallBatch b;
    b.reserve(batch_rows);
    std::string columns;
    for (const DuckColumn& c : segment_columns) columns += (columns.empty() ? "" : ",") + c.name;
    const std::string sql =
        "SELECT " + columns + " FROM " + state_->calls() + (order == Order::time ? " ORDER BY time,id" : "");
    SENDH_CHECK(state_->duck.query(sql, [&](const DuckChunk& c) -> Done {
        SENDH_CHECK(state_->open_tokens(c, 2, b.cli));
        SENDH_CHECK(state_->open_tokens(c, 3, b.callee));
        SENDH_CHECK(state_->open_tokens(c, 4, b.redirect));
        for (std::size_t i = 0; i < c.rows(); ++i) {
            b.id.push_back(c.data<std::int64_t>(0)[i]);
            b.time.push_back(Micros{c.data<std::int64_t>(1)[i]});
            b.cli_class.push_back(enum_of<NumberClass>(c.data<std::uint8_t>(5)[i], number_classes));
            b.callee_class.push_back(enum_of<NumberClass>(c.data<std::uint8_t>(6)[i], number_classes));
            b.direction.push_back(enum_of<Direction>(c.data<std::uint8_t>(7)[i], 4));
            b.disposition.push_back(enum_of<Disposition>(c.data<std::uint8_t>(8)[i], 5));
            b.service.push_back(enum_of<Service>(c.data<std::uint8_t>(9)[i], 3));
            b.duration.push_back(c.data<std::int32_t>(10)[i]);
            b.trunk_in.push_back(names.index_of(c.text(11, i)));
            b.trunk_out.push_back(names.index_of(c.text(12, i)));
            b.carrier.push_back(names.index_of(c.text(13, i)));
            b.cli_text.push_back(names.index_of(c.text(14, i)));
            b.line.push_back(c.data<std::uint64_t>(15)[i]);
            b.offset.push_back(c.data<std::uint64_t>(16)[i]);
        }
        if (b.size() + 2'048 <= batch_rows) return done();
        SENDH_CHECK(take(b));
        b.clear();
        return done();
    }));
    return b.size() > 0 ? take(b) : done();
}

Done CallStore::scan_parties(const std::vector<std::string>& international_trunks,
                             const std::function<Done(const std::vector<PartyRow>&)>& take) {
    if (state_->segments.empty()) return done();
    std::string trunks;
    for (const std::string& trunk : international_trunks)
        trunks += (trunks.empty() ? "" : ",") + sql_quoted(trunk);
    const int foreign = static_cast<int>(NumberClass::foreign);
    // From abroad: a foreign CLI, or an international trunk. Their callees' calls to them are the call backs.
    const std::string voice = "service = 0";
    const std::string abroad = "(cli_class = " + std::to_string(foreign) +
                               (trunks.empty() ? "" : " OR lower(trim(trunk_in)) IN (" + trunks + ")") + ")";
    const std::string calls = state_->calls();
    const std::string sql =
        "WITH source AS (SELECT * FROM " + calls + " WHERE " + voice +
        "), parties AS (SELECT DISTINCT cli AS party FROM source WHERE " + abroad +
        ") SELECT party, other, time, duration, disposition, party_class, from_party, trunk, other_class, id "
        "FROM ("
        "SELECT cli AS party, callee AS other, time, duration, disposition, cli_class AS party_class, "
        "1::UTINYINT AS from_party, trunk_in AS trunk, callee_class AS other_class, id FROM source WHERE " +
        abroad +
        " UNION ALL SELECT callee AS party, cli AS other, time, duration, disposition, callee_class AS "
        "party_class, 0::UTINYINT AS from_party, trunk_in AS trunk, cli_class AS other_class, id FROM source "
        "WHERE " +
        abroad + " OR callee IN (SELECT party FROM parties)) ORDER BY party, time, id";
    std::vector<PartyRow> rows;
    std::vector<PhoneNumber> party;
    std::vector<PhoneNumber> other;
    return state_->duck.query(sql, [&](const DuckChunk& c) -> Done {
        rows.clear();
        party.clear();
        other.clear();
        SENDH_CHECK(state_->open_tokens(c, 0, party));
        SENDH_CHECK(state_->open_tokens(c, 1, other));
        for (std::size_t i = 0; i < c.rows(); ++i) {
            PartyRow row;
            row.party = party[i];
            row.other = other[i];
            row.time = Micros{c.data<std::int64_t>(2)[i]};
            row.duration = c.data<std::int32_t>(3)[i];
            row.disposition = enum_of<Disposition>(c.data<std::uint8_t>(4)[i], 5);
            row.party_class = enum_of<NumberClass>(c.data<std::uint8_t>(5)[i], number_classes);
            row.from_party = c.data<std::uint8_t>(6)[i] != 0;
            row.trunk = c.text(7, i);
            row.other_class = enum_of<NumberClass>(c.data<std::uint8_t>(8)[i], number_classes);
            rows.push_back(row);
        }
        return take(rows);
    });
}

namespace {

std::string condition(const CallFilter& f) {
    std::string where = "true";
    if (f.number)
        where += " AND (c.cli = " + sql_token(*f.number) + " OR c.callee = " + sql_token(*f.number) + ")";
    if (f.verdict) where += " AND coalesce(v.verdict, 0) = " + std::to_string(int{*f.verdict});
    if (f.campaign) where += " AND c.campaign = " + std::to_string(*f.campaign);
    if (f.from) where += " AND c.time >= " + std::to_string(f.from->value);
    if (f.to) where += " AND c.time < " + std::to_string(f.to->value);
    if (f.id) where += " AND c.id = " + std::to_string(*f.id);
    return where;
}

}  // namespace

Result<std::vector<SegmentRecord>> CallStore::candidates(const CallFilter& f) const {
    std::vector<SegmentRecord> out;
    for (const SegmentRecord& segment : state_->segments) {
        if (f.from && segment.last < *f.from) continue;
        if (f.to && !(segment.first < *f.to)) continue;
        if (f.id && segment.file != 0 && segment.file != *f.id >> file_id_shift) continue;
        if (f.number) {
            SENDH_TRY(const auto filter, TokenFilter::open(state_->folder / segment.name));
            if (filter) {
                SENDH_TRY(const bool may, filter->may_hold(*f.number));
                if (!may) continue;
            }
        }
        out.push_back(segment);
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const SegmentRecord& a, const SegmentRecord& b) { return a.first < b.first; });
    return out;
}

Done CallStore::first_calls(const CallFilter& f, std::vector<SegmentRecord>& segments,
                            std::vector<std::int64_t>& ids) {
    const std::string joins =
        f.verdict ? " LEFT JOIN " + state_->verdict_table() + " v ON v.id = c.id" : std::string();
    const std::string end =
        joins + " WHERE " + condition(f) + " ORDER BY c.time, c.id LIMIT " + std::to_string(f.limit);
    std::vector<std::pair<std::int64_t, std::int64_t>> found;  // time, id
    std::size_t done_with = 0;
    for (std::size_t group = 4; done_with < segments.size(); group *= 2) {
        const std::size_t count = std::min(group, segments.size() - done_with);
        const std::span<const SegmentRecord> some = std::span(segments).subspan(done_with, count);
        SENDH_CHECK(state_->duck.query(
            "SELECT c.time, c.id FROM " + state_->calls_of(some) + " c" + end, [&](const DuckChunk& c) {
                for (std::size_t i = 0; i < c.rows(); ++i)
                    found.emplace_back(c.data<std::int64_t>(0)[i], c.data<std::int64_t>(1)[i]);
                return done();
            }));
        done_with += count;
        std::sort(found.begin(), found.end());
        if (found.size() > f.limit) found.resize(f.limit);
        // What comes later begins later.
        if (found.size() == f.limit && done_with < segments.size() &&
            found.back().first < segments[done_with].first.value)
            break;
    }
    segments.resize(done_with);
    if (!found.empty()) {
        std::erase_if(segments, [&](const SegmentRecord& s) {
            return s.first.value > found.back().first || s.last.value < found.front().first;
        });
    }
    for (const auto& [time, id] : found) ids.push_back(id);
    return done();
}

Done CallStore::show(const CallFilter& f, const std::function<Done(const ShownCall&)>& take) {
    if (f.campaign && (state_->campaigns.empty() || state_->of_duplicates)) return done();
    std::string where = condition(f);
    std::string from;
    std::string columns;  // campaign and first
    std::string
        wanted;  // ids of the calls in question, where they are few; else a join would hold all verdicts
    const auto of_wanted = [&](const std::string& table) {
        return wanted.empty() ? table : "(SELECT * FROM " + table + " WHERE id IN (" + wanted + "))";
    };
    if (f.campaign) {
        SENDH_TRY(from, state_->calls_of_campaigns());
        wanted = "SELECT id FROM " + from + " WHERE campaign = " + std::to_string(*f.campaign);
        from += " c";
        columns = "c.campaign::UINTEGER, 0::BIGINT";
    } else {
        SENDH_TRY(auto segments, candidates(f));
        constexpr std::uint64_t most_ids = 10'000;
        if (f.limit > 0 && f.limit <= most_ids) {
            std::vector<std::int64_t> ids;
            SENDH_CHECK(first_calls(f, segments, ids));
            if (ids.empty()) return done();
            std::string list;
            for (const std::int64_t id : ids) list += (list.empty() ? "" : ",") + std::to_string(id);
            where = "c.id IN (" + list + ")";
            wanted = list;
        } else if (f.number) {
            const std::string token = sql_token(*f.number);
            wanted = "SELECT id FROM " + state_->calls_of(segments) + " WHERE cli = " + token +
                     " OR callee = " + token;
        }
        from = state_->calls_of(segments) + " c LEFT JOIN " + of_wanted(state_->campaign_table()) +
               " m ON m.id = c.id";
        columns = "coalesce(m.campaign, 0)::UINTEGER, ";
        columns += state_->of_duplicates && !segments.empty() ? "c.first" : "0::BIGINT";
    }
    const std::string sql =
        "SELECT c.id, c.time, c.cli, c.callee, coalesce(v.verdict, 0)::UTINYINT, c.trunk_in, c.cli_text, "
        "coalesce(v.needs, ''), coalesce(v.indicators, '[]'), c.line, c.duration, " +
        columns + " FROM " + from + " LEFT JOIN " + of_wanted(state_->verdict_table()) +
        " v ON v.id = c.id WHERE " + where + " ORDER BY c.time, c.id" +
        (f.limit == 0 ? "" : " LIMIT " + std::to_string(f.limit));
    std::vector<PhoneNumber> cli;
    std::vector<PhoneNumber> callee;
    return state_->duck.query(sql, [&](const DuckChunk& c) -> Done {
        cli.clear();
        callee.clear();
        SENDH_CHECK(state_->open_tokens(c, 2, cli));
        SENDH_CHECK(state_->open_tokens(c, 3, callee));
        for (std::size_t i = 0; i < c.rows(); ++i) {
            ShownCall call;
            call.id = c.data<std::int64_t>(0)[i];
            call.time = Micros{c.data<std::int64_t>(1)[i]};
            call.cli = cli[i];
            call.callee = callee[i];
            call.verdict = c.data<std::uint8_t>(4)[i];
            call.trunk = c.text(5, i);
            call.cli_text = c.text(6, i);
            call.needs = c.text(7, i);
            call.indicators = c.text(8, i);
            call.line = c.data<std::uint64_t>(9)[i];
            call.duration = c.data<std::int32_t>(10)[i];
            call.campaign = c.data<std::uint32_t>(11)[i];
            call.same_as = c.data<std::int64_t>(12)[i];
            SENDH_CHECK(take(call));
        }
        return done();
    });
}

Result<std::vector<StoredHit>> CallStore::hits(std::uint32_t campaign) {
    std::vector<StoredHit> hits;
    if (state_->campaigns.empty()) return hits;
    SENDH_TRY(const std::string calls, state_->calls_of_campaigns());
    std::vector<PhoneNumber> callee;
    const std::string sql = "SELECT callee, min(time) AS t, arg_min(id, (time, id)) AS i, count(*) FROM " +
                            calls + " WHERE campaign = " + std::to_string(campaign) +
                            " GROUP BY callee ORDER BY t, i";
    SENDH_CHECK(state_->duck.query(sql, [&](const DuckChunk& c) -> Done {
        callee.clear();
        SENDH_CHECK(state_->open_tokens(c, 0, callee));
        for (std::size_t i = 0; i < c.rows(); ++i) {
            hits.push_back({callee[i], Micros{c.data<std::int64_t>(1)[i]}, c.data<std::int64_t>(2)[i],
                            static_cast<std::uint64_t>(c.data<std::int64_t>(3)[i])});
        }
        return done();
    }));
    return hits;
}

Result<CallStore::Activity> CallStore::activity(std::uint32_t campaign, std::size_t most_bins, Zone zone) {
    Activity activity;
    std::int64_t last = 0;
    bool any = false;
    SENDH_CHECK(
        state_->duck.query("SELECT min(time), max(time) FROM " + state_->calls(), [&](const DuckChunk& c) {
            any = !c.is_null(0, 0);
            if (any) activity.from = Micros{c.data<std::int64_t>(0)[0]};
            if (any) last = c.data<std::int64_t>(1)[0];
            return done();
        }));
    if (!any) return activity;
    activity.step = micros_per_hour;
    const std::int64_t shift = zone.offset_seconds * micros_per_second;
    const std::int64_t over = (activity.from.value + shift) % micros_per_hour;
    activity.from.value -= over < 0 ? over + micros_per_hour : over;
    while (static_cast<std::size_t>((last - activity.from.value) / activity.step) + 1 > most_bins)
        activity.step *= 2;
    const auto bins = static_cast<std::size_t>((last - activity.from.value) / activity.step) + 1;
    activity.campaign.resize(bins);
    activity.all.resize(bins);
    const std::string sql = "SELECT ((time - " + std::to_string(activity.from.value) + ") // " +
                            std::to_string(activity.step) + ")::BIGINT AS b, count(*) FROM ";
    const auto count_into = [&](std::vector<std::uint32_t>& counts, const std::string& calls) {
        return state_->duck.query(sql + calls + " GROUP BY b", [&](const DuckChunk& c) {
            for (std::size_t i = 0; i < c.rows(); ++i) {
                const auto b = static_cast<std::size_t>(c.data<std::int64_t>(0)[i]);
                if (b < bins) counts[b] = static_cast<std::uint32_t>(c.data<std::int64_t>(1)[i]);
            }
            return done();
        });
    };
    SENDH_CHECK(count_into(activity.all, state_->calls()));
    if (state_->campaigns.empty()) return activity;
    SENDH_TRY(const std::string calls, state_->calls_of_campaigns());
    SENDH_CHECK(count_into(activity.campaign, calls + " WHERE campaign = " + std::to_string(campaign)));
    return activity;
}

Result<CallStore::CallsToAll> CallStore::calls_to(const std::vector<std::pair<Token, Micros>>& numbers) {
    CallsToAll out;
    out.numbers.resize(numbers.size());
    const auto time = [](const DuckChunk& c, std::size_t column, std::size_t row) {
        return Micros{c.is_null(column, row) ? 0 : c.data<std::int64_t>(column)[row]};
    };
    SENDH_CHECK(
        state_->duck.query("SELECT min(time), max(time) FROM " + state_->calls(), [&](const DuckChunk& c) {
            out.first = time(c, 0, 0);
            out.last = time(c, 1, 0);
            return done();
        }));
    if (numbers.empty()) return out;
    std::string values;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        values += (i == 0 ? "(" : ",(") + std::to_string(i) + "::BIGINT," + sql_token(numbers[i].first) +
                  "," + std::to_string(numbers[i].second.value) + "::BIGINT)";
    }
    SENDH_CHECK(state_->duck.query(
        "SELECT n.i, count(*), count(*) FILTER (c.time < n.cut), min(c.time), max(c.time) FROM " +
            state_->calls() + " c JOIN (VALUES " + values +
            ") n(i, callee, cut) ON n.callee = c.callee GROUP BY n.i",
        [&](const DuckChunk& c) {
            for (std::size_t i = 0; i < c.rows(); ++i) {
                CallsTo& to = out.numbers[static_cast<std::size_t>(c.data<std::int64_t>(0)[i])];
                to.calls = static_cast<std::uint64_t>(c.data<std::int64_t>(1)[i]);
                to.before = static_cast<std::uint64_t>(c.data<std::int64_t>(2)[i]);
                to.first = time(c, 3, i);
                to.last = time(c, 4, i);
            }
            return done();
        }));
    return out;
}

Result<std::vector<std::string>> CallStore::trunk_names() {
    std::vector<std::string> out;
    SENDH_CHECK(state_->duck.query("SELECT DISTINCT trunk_in FROM " + state_->calls() +
                                       " WHERE trunk_in <> '' ORDER BY trunk_in LIMIT 4096",
                                   [&](const DuckChunk& c) {
                                       for (std::size_t i = 0; i < c.rows(); ++i)
                                           out.emplace_back(c.text(0, i));
                                       return done();
                                   }));
    return out;
}

Result<std::uint64_t> CallStore::count() {
    std::uint64_t n = 0;
    SENDH_CHECK(state_->duck.query("SELECT count(*) FROM " + state_->calls(), [&](const DuckChunk& c) {
        n = static_cast<std::uint64_t>(c.data<std::int64_t>(0)[0]);
        return done();
    }));
    return n;
}

Result<std::vector<CallStore::TrunkTraffic>> CallStore::trunk_traffic() {
    std::vector<TrunkTraffic> out;
    if (state_->segments.empty()) return out;
    const auto in = [](std::initializer_list<NumberClass> classes) {
        std::string list;
        for (const NumberClass c : classes)
            list += (list.empty() ? "" : ",") + std::to_string(static_cast<int>(c));
        return "kind IN (" + list + ")";
    };
    const std::string voice =
        " WHERE trunk_in <> '' AND service = " + std::to_string(static_cast<int>(Service::voice));
    const std::string withheld = in({NumberClass::none});
    const std::string foreign =
        in({NumberClass::foreign, NumberClass::foreign_unknown, NumberClass::foreign_length});
    const std::string national =
        in({NumberClass::mobile, NumberClass::fixed, NumberClass::toll_free, NumberClass::telemarketing,
            NumberClass::service, NumberClass::national_length, NumberClass::national_prefix});
    const std::string sql = "SELECT trunk_in, sum(n)::BIGINT, coalesce(sum(n) FILTER (" + withheld +
                            "), 0)::BIGINT, count(*) FILTER (NOT " + withheld + "), count(*) FILTER (" +
                            foreign + "), count(*) FILTER (" + national +
                            ") FROM (SELECT trunk_in, cli, any_value(cli_class) kind, count(*) n FROM " +
                            state_->calls() + voice +
                            " GROUP BY trunk_in, cli) GROUP BY trunk_in ORDER BY 2 DESC, 1";
    const auto number = [](const DuckChunk& c, std::size_t column, std::size_t row) {
        return static_cast<std::uint64_t>(c.data<std::int64_t>(column)[row]);
    };
    SENDH_CHECK(state_->duck.query(sql, [&](const DuckChunk& c) {
        for (std::size_t i = 0; i < c.rows(); ++i) {
            TrunkTraffic t;
            t.trunk = c.text(0, i);
            t.calls = number(c, 1, i);
            t.withheld = number(c, 2, i);
            t.habit = {number(c, 3, i), number(c, 4, i), number(c, 5, i), 0};
            t.habit.other = t.habit.clis - t.habit.foreign - t.habit.national;
            out.push_back(std::move(t));
        }
        return done();
    }));
    std::unordered_map<std::string, std::string> carriers;
    SENDH_CHECK(state_->duck.query(
        "SELECT trunk_in, arg_max(carrier, n) FROM (SELECT trunk_in, carrier, count(*) n FROM " +
            state_->calls() + voice + " AND carrier <> '' GROUP BY trunk_in, carrier) GROUP BY trunk_in",
        [&](const DuckChunk& c) {
            for (std::size_t i = 0; i < c.rows(); ++i)
                carriers.emplace(std::string(c.text(0, i)), std::string(c.text(1, i)));
            return done();
        }));
    for (TrunkTraffic& t : out) {
        const auto it = carriers.find(t.trunk);
        if (it != carriers.end()) t.carrier = it->second;
    }
    return out;
}

Result<std::vector<std::pair<std::uint32_t, std::uint64_t>>> CallStore::numbers_by_campaign() {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> out;
    if (state_->campaigns.empty()) return out;
    SENDH_TRY(const std::string calls, state_->calls_of_campaigns());
    const std::string sql =
        "SELECT campaign::UINTEGER AS c, count(DISTINCT callee) FROM " + calls + " GROUP BY c ORDER BY c";
    SENDH_CHECK(state_->duck.query(sql, [&](const DuckChunk& c) {
        for (std::size_t i = 0; i < c.rows(); ++i) {
            out.emplace_back(c.data<std::uint32_t>(0)[i],
                             static_cast<std::uint64_t>(c.data<std::int64_t>(1)[i]));
        }
        return done();
    }));
    return out;
}

Result<std::vector<std::int64_t>> CallStore::campaign_reports(std::uint32_t campaign) {
    std::vector<std::int64_t> out;
    const std::string sql = "SELECT id FROM " + state_->campaign_table() +
                            " WHERE id < 0 AND campaign = " + std::to_string(campaign) + " ORDER BY id DESC";
    SENDH_CHECK(state_->duck.query(sql, [&](const DuckChunk& c) {
        out.insert(out.end(), c.data<std::int64_t>(0), c.data<std::int64_t>(0) + c.rows());
        return done();
    }));
    return out;
}

Result<std::vector<std::optional<std::int64_t>>> CallStore::match(const std::vector<ReportKey>& reports) {
    std::vector<std::optional<std::int64_t>> out(reports.size());
    if (state_->segments.empty() || reports.empty()) return out;
    const std::vector<DuckColumn> columns = {{"n", DuckType::i64},     {"callee", DuckType::token},
                                             {"cli", DuckType::token}, {"lo", DuckType::i64},
                                             {"hi", DuckType::i64},    {"about", DuckType::i64}};
    SENDH_CHECK(state_->duck.make_table(
        "wanted", columns, reports.size(), [&](DuckWriter& w, std::size_t first, std::size_t count) {
            for (std::size_t i = 0; i < count; ++i) {
                const ReportKey& r = reports[first + i];
                w.data<std::int64_t>(0)[i] = static_cast<std::int64_t>(first + i);
                w.set_token(1, i, r.number);
                if (r.cli) {
                    w.set_token(2, i, *r.cli);
                } else {
                    w.set_null(2, i);
                }
                w.data<std::int64_t>(3)[i] = r.from.value;
                w.data<std::int64_t>(4)[i] = r.to.value;
                w.data<std::int64_t>(5)[i] = r.about.value;
            }
        }));
    const std::string sql = "SELECT r.n, arg_min(c.id, (abs(c.time - r.about), c.id)) FROM wanted r JOIN " +
                            state_->calls() +
                            " c ON c.callee = r.callee AND c.time BETWEEN r.lo AND r.hi WHERE r.cli IS NULL "
                            "OR r.cli = c.cli GROUP BY r.n";
    auto matched = state_->duck.query(sql, [&](const DuckChunk& c) {
        for (std::size_t i = 0; i < c.rows(); ++i)
            out[static_cast<std::size_t>(c.data<std::int64_t>(0)[i])] = c.data<std::int64_t>(1)[i];
        return done();
    });
    SENDH_CHECK(std::move(matched));
    SENDH_CHECK(state_->duck.run("DROP TABLE wanted"));
    return out;
}

}  // namespace sendh
