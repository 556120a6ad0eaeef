#include "store/call_store.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "crypto/label.h"
#include "store/duck.h"
#include "store/duplicates.h"

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

template <class Enum>
Enum enum_of(std::uint8_t value, int count) {
    return value < count ? static_cast<Enum>(value) : Enum{};
}

}  // namespace

struct CallStore::State {
    std::filesystem::path folder;
    Duck duck;
    Tokeniser tokeniser;
    Key256 row_key;
    std::vector<std::string> segments, verdicts, campaigns;

    [[nodiscard]] std::string path(const std::string& name) const {
        return sql_quoted((folder / name).string());
    }

    // All calls that count, as a table expression.
    [[nodiscard]] std::string calls() const {
        if (segments.empty()) {
            std::string columns;
            constexpr std::array<const char*, 7> types = {"BIGINT",   "UBIGINT", "INTEGER", "UINTEGER",
                                                          "UTINYINT", "UUID",    "VARCHAR"};
            for (const DuckColumn& c : segment_columns) {
                columns += std::string(columns.empty() ? "" : ",") +
                           "NULL::" + types[static_cast<std::size_t>(c.type)] + " AS " + c.name;
            }
            return "(SELECT " + columns + " WHERE false)";
        }
        return read_list(folder, segments);
    }
    [[nodiscard]] std::string verdict_table() const {
        if (verdicts.empty())
            return "(SELECT NULL::BIGINT AS id, 0::UTINYINT AS verdict, '' AS style, '' AS needs, '' AS "
                   "indicators WHERE false)";
        return read_list(folder, verdicts);
    }
    [[nodiscard]] std::string campaign_table() const {
        if (campaigns.empty()) return "(SELECT NULL::BIGINT AS id, 0::UINTEGER AS campaign WHERE false)";
        return read_list(folder, campaigns);
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
        new State{absolute, std::move(duck), Tokeniser(token_key), row_key, {}, {}, {}}));
}

void CallStore::set_segments(std::vector<std::string> segments) { state_->segments = std::move(segments); }

void CallStore::set_detection(std::vector<std::string> verdicts, std::vector<std::string> campaigns) {
    state_->verdicts = std::move(verdicts);
    state_->campaigns = std::move(campaigns);
}

Done CallStore::write_segment(const std::string& name, const CallBatch& b, const NameTable& names) {
    std::vector<Token> cli(b.size());
    std::vector<Token> callee(b.size());
    std::vector<Token> redirect(b.size());
    state_->tokeniser.seal(b.cli, cli);
    state_->tokeniser.seal(b.callee, callee);
    state_->tokeniser.seal(b.redirect, redirect);
    // Names are kept in clear, so what looks like a number in them is masked. Ill-formed UTF-8 could be
    // written and never read again.
    std::vector<std::string> labels;  // of trunks, which must stay apart
    std::vector<std::string> shown;
    for (std::size_t n = 0; n < names.size(); ++n) {
        const std::string& text = names.name(static_cast<std::uint32_t>(n));
        const std::string readable = first_bad_utf8(text) ? utf8_from_latin1(text) : text;
        labels.push_back(label_of(state_->row_key, readable));
        shown.push_back(without_numbers(readable));
    }
    return state_->duck.write_parquet(
        state_->folder / name, segment_columns, b.size(),
        [&](DuckWriter& out, std::size_t first, std::size_t count) {
            for (std::size_t i = 0; i < count; ++i) {
                const std::size_t r = first + i;
                out.data<std::int64_t>(0)[i] = b.id[r];
                out.data<std::int64_t>(1)[i] = b.time[r].value;
                out.set_token(2, i, cli[r]);
                out.set_token(3, i, callee[r]);
                if (b.redirect[r].is_none()) {
                    out.set_null(4, i);
                } else {
                    out.set_token(4, i, redirect[r]);
                }
                out.data<std::uint8_t>(5)[i] = static_cast<std::uint8_t>(b.cli_class[r]);
                out.data<std::uint8_t>(6)[i] = static_cast<std::uint8_t>(b.callee_class[r]);
                out.data<std::uint8_t>(7)[i] = static_cast<std::uint8_t>(b.direction[r]);
                out.data<std::uint8_t>(8)[i] = static_cast<std::uint8_t>(b.disposition[r]);
                out.data<std::uint8_t>(9)[i] = static_cast<std::uint8_t>(b.service[r]);
                out.data<std::int32_t>(10)[i] = b.duration[r];
                out.set_text(11, i, labels[b.trunk_in[r]]);
                out.set_text(12, i, labels[b.trunk_out[r]]);
                out.set_text(13, i, shown[b.carrier[r]]);
                out.set_text(14, i, shown[b.cli_text[r]]);
                out.data<std::uint64_t>(15)[i] = b.line[r];
                out.data<std::uint64_t>(16)[i] = b.offset[r];
            }
        });
}

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

Done CallStore::write_campaigns(const std::string& name,
                                const std::vector<std::pair<std::int64_t, std::uint32_t>>& members) {
    const std::vector<DuckColumn> columns = {{"id", DuckType::i64}, {"campaign", DuckType::u32}};
    return state_->duck.write_parquet(state_->folder / name, columns, members.size(),
                                      [&](DuckWriter& out, std::size_t first, std::size_t count) {
                                          for (std::size_t i = 0; i < count; ++i) {
                                              out.data<std::int64_t>(0)[i] = members[first + i].first;
                                              out.data<std::uint32_t>(1)[i] = members[first + i].second;
                                          }
                                      });
}

Done CallStore::take_out_duplicates(std::vector<FreshSegment>& fresh, std::uint64_t listed_rows,
                                    const std::function<void(const std::string&)>& loose) {
    if (fresh.empty()) return done();
    std::vector<std::string> names;
    std::uint64_t rows = listed_rows;
    Micros first = fresh.front().first;
    Micros last = fresh.front().last;
    for (const FreshSegment& s : fresh) {
        names.push_back(s.name);
        rows += s.rows;
        first = std::min(first, s.first);
        last = std::max(last, s.last);
    }
    const std::string same = "time,cli,callee,duration,trunk_in,trunk_out,direction,service";
    const std::string hashes =
        "SELECT hash(" + same +
        "), hash(service,direction,callee,cli,time,duration,trunk_out,trunk_in,42), id FROM ";
    DuplicateFinder finder(state_->folder, rows);
    const auto add = [&](const DuckChunk& c) -> Done {
        for (std::size_t i = 0; i < c.rows(); ++i) {
            SENDH_CHECK(finder.add(c.data<std::uint64_t>(0)[i], c.data<std::uint64_t>(1)[i],
                                   c.data<std::int64_t>(2)[i]));
        }
        return done();
    };
    if (!state_->segments.empty() && listed_rows > 0) {
        SENDH_CHECK(state_->duck.query(hashes + state_->calls() + " WHERE time BETWEEN " +
                                           std::to_string(first.value) + " AND " + std::to_string(last.value),
                                       add));
    }
    SENDH_CHECK(state_->duck.query(hashes + read_list(state_->folder, names), add));

    // Pairs wait in files, so that a file delivered twice in other words does not fill the memory.
    std::vector<std::pair<std::int64_t, std::int64_t>> pairs;
    std::vector<std::string> pair_files;
    const auto write_pairs = [&]() -> Done {
        if (pairs.empty()) return done();
        const std::string name = "pairs-" + std::to_string(pair_files.size()) + ".parquet";
        loose(name);
        const std::vector<DuckColumn> columns = {{"id", DuckType::i64}, {"first", DuckType::i64}};
        SENDH_CHECK(state_->duck.write_parquet(state_->folder / name, columns, pairs.size(),
                                               [&](DuckWriter& out, std::size_t from, std::size_t count) {
                                                   for (std::size_t i = 0; i < count; ++i) {
                                                       out.data<std::int64_t>(0)[i] = pairs[from + i].first;
                                                       out.data<std::int64_t>(1)[i] = pairs[from + i].second;
                                                   }
                                               }));
        pair_files.push_back(name);
        pairs.clear();
        return done();
    };
    std::map<std::int64_t, std::uint64_t> found;  // by the first id of the segment
    for (const FreshSegment& s : fresh) found[s.first_id] = 0;
    const std::int64_t fresh_from = found.begin()->first;
    SENDH_CHECK(finder.finish([&](std::int64_t id, std::int64_t first_id) -> Done {
        if (id < fresh_from) return done();
        ++std::prev(found.upper_bound(id))->second;
        pairs.emplace_back(id, first_id);
        return pairs.size() >= 1'000'000 ? write_pairs() : done();
    }));
    SENDH_CHECK(write_pairs());
    for (FreshSegment& s : fresh) {
        s.duplicate_rows = found[s.first_id];
        if (s.duplicate_rows == 0) continue;
        const std::string wanted = "(SELECT id, first FROM " + read_list(state_->folder, pair_files) +
                                   " WHERE id BETWEEN " + std::to_string(s.first_id) + " AND " +
                                   std::to_string(s.first_id + static_cast<std::int64_t>(s.rows) - 1) + ")";
        s.duplicates = "duplicates-" + s.name;
        loose(s.duplicates);
        const std::string segment = read_list(state_->folder, {s.name});
        SENDH_CHECK(state_->duck.write_query(
            "SELECT s.*, d.first FROM " + segment + " s JOIN " + wanted + " d ON d.id = s.id ORDER BY s.id",
            state_->folder / s.duplicates));
        const std::string rest = "rest-" + s.name;
        loose(rest);
        SENDH_CHECK(state_->duck.write_query(
            "SELECT s.* FROM " + segment + " s ANTI JOIN " + wanted + " d ON d.id = s.id ORDER BY s.id",
            state_->folder / rest));
        s.name = rest;
        s.rows -= s.duplicate_rows;
    }
    std::error_code ignored;
    for (const std::string& name : pair_files) std::filesystem::remove(state_->folder / name, ignored);
    return done();
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

Done CallStore::show(const CallFilter& f, const std::function<Done(const ShownCall&)>& take) {
    std::string where = "true";
    if (f.number)
        where += " AND (c.cli = " + sql_token(*f.number) + " OR c.callee = " + sql_token(*f.number) + ")";
    if (f.verdict) where += " AND coalesce(v.verdict, 0) = " + std::to_string(int{*f.verdict});
    if (f.campaign) where += " AND m.campaign = " + std::to_string(*f.campaign);
    if (f.from) where += " AND c.time >= " + std::to_string(f.from->value);
    if (f.to) where += " AND c.time < " + std::to_string(f.to->value);
    if (f.id) where += " AND c.id = " + std::to_string(*f.id);
    const std::string sql =
        "SELECT c.id, c.time, c.cli, c.callee, coalesce(v.verdict, 0)::UTINYINT, coalesce(m.campaign, "
        "0)::UINTEGER, c.trunk_in, c.cli_text, coalesce(v.needs, ''), "
        "coalesce(v.indicators, '[]'), c.line, c.duration FROM " +
        state_->calls() + " c LEFT JOIN " + state_->verdict_table() + " v ON v.id = c.id LEFT JOIN " +
        state_->campaign_table() + " m ON m.id = c.id WHERE " + where + " ORDER BY c.time, c.id" +
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
            call.campaign = c.data<std::uint32_t>(5)[i];
            call.trunk = c.text(6, i);
            call.cli_text = c.text(7, i);
            call.needs = c.text(8, i);
            call.indicators = c.text(9, i);
            call.line = c.data<std::uint64_t>(10)[i];
            call.duration = c.data<std::int32_t>(11)[i];
            SENDH_CHECK(take(call));
        }
        return done();
    });
}

Result<std::vector<StoredHit>> CallStore::hits(std::uint32_t campaign) {
    std::vector<StoredHit> hits;
    std::vector<PhoneNumber> callee;
    const std::string sql = "SELECT callee, min(time) AS t, arg_min(id, (time, id)) AS i, count(*) FROM " +
                            state_->calls() + " c WHERE id IN (SELECT id FROM " + state_->campaign_table() +
                            " WHERE campaign = " + std::to_string(campaign) +
                            ") GROUP BY callee ORDER BY t, i";
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
    const std::string bin = "((c.time - " + std::to_string(activity.from.value) + ") // " +
                            std::to_string(activity.step) + ")::BIGINT";
    const std::string sql = "SELECT " + bin + " AS b, count(*), count(m.id) FROM " + state_->calls() +
                            " c LEFT JOIN (SELECT id FROM " + state_->campaign_table() +
                            " WHERE campaign = " + std::to_string(campaign) + ") m ON m.id = c.id GROUP BY b";
    SENDH_CHECK(state_->duck.query(sql, [&](const DuckChunk& c) {
        for (std::size_t i = 0; i < c.rows(); ++i) {
            const auto b = static_cast<std::size_t>(c.data<std::int64_t>(0)[i]);
            if (b >= bins) continue;
            activity.all[b] = static_cast<std::uint32_t>(c.data<std::int64_t>(1)[i]);
            activity.campaign[b] = static_cast<std::uint32_t>(c.data<std::int64_t>(2)[i]);
        }
        return done();
    }));
    return activity;
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

Done CallStore::scan_flagged(const std::function<Done(const FlaggedRow&)>& take) {
    if (state_->segments.empty() || state_->verdicts.empty()) return done();
    std::vector<PhoneNumber> cli;
    std::vector<PhoneNumber> callee;
    const std::string sql = "SELECT c.id, c.time, c.cli, c.callee, c.cli_class, c.trunk_in, v.style FROM " +
                            state_->calls() + " c JOIN " + state_->verdict_table() +
                            " v ON v.id = c.id WHERE v.verdict <> 0";
    return state_->duck.query(sql, [&](const DuckChunk& c) -> Done {
        cli.clear();
        callee.clear();
        SENDH_CHECK(state_->open_tokens(c, 2, cli));
        SENDH_CHECK(state_->open_tokens(c, 3, callee));
        for (std::size_t i = 0; i < c.rows(); ++i) {
            FlaggedRow row;
            row.id = c.data<std::int64_t>(0)[i];
            row.time = Micros{c.data<std::int64_t>(1)[i]};
            row.cli = cli[i];
            row.callee = callee[i];
            row.cli_class = enum_of<NumberClass>(c.data<std::uint8_t>(4)[i], number_classes);
            row.trunk = c.text(5, i);
            row.style = c.text(6, i);
            SENDH_CHECK(take(row));
        }
        return done();
    });
}

Result<std::vector<std::pair<std::uint32_t, std::uint64_t>>> CallStore::numbers_by_campaign() {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> out;
    const std::string sql = "SELECT m.campaign, count(DISTINCT c.callee) FROM " + state_->calls() +
                            " c JOIN " + state_->campaign_table() +
                            " m ON m.id = c.id GROUP BY m.campaign ORDER BY m.campaign";
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
