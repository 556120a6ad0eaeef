#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>

#include "base/folder.h"
#include "store/call_import.h"
#include "store/call_store.h"
#include "store/duck.h"
#include "store/parquet.h"

using namespace sendh;
using namespace sendh::test;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t hour = micros_per_hour;

Key256 key_of(unsigned char first) {
    Key256 key{};
    key.fill(first);
    return key;
}

PhoneNumber indian(std::uint64_t n) { return PhoneNumber::from_e164(919'876'500'000 + n); }
PhoneNumber foreign(std::uint64_t n) { return PhoneNumber::from_e164(971'500'000'000 + n); }

struct Made {
    std::int64_t id = 0;
    std::int64_t time = 0;
    PhoneNumber cli = foreign(1), callee = indian(1), redirect{};
    std::string trunk = "T1", carrier{}, cli_text{};
    std::int32_t duration = 30;
    Direction direction = Direction::incoming;
    Service service = Service::voice;
    NumberClass cli_class = NumberClass::foreign;
    Disposition disposition = Disposition::answered;
    std::string trunk_out = "out";
};

void must_do(const Done& result) {
    if (!result.ok()) FAIL(result.fault().message());
}

std::vector<SegmentRecord> listed(const std::vector<std::string>& names) {
    std::vector<SegmentRecord> out;
    for (const std::string& name : names)
        out.push_back({0, name, 0, Micros{std::numeric_limits<std::int64_t>::min()},
                       Micros{std::numeric_limits<std::int64_t>::max()}});
    return out;
}

struct Store {
    Folder folder;
    CallStore store = [this] {
        auto opened = CallStore::open(folder.path(), key_of(1), key_of(9), {});
        if (!opened.ok()) FAIL(opened.fault().message());
        return std::move(*opened);
    }();
    Tokeniser tokens{key_of(1)};

    CallBatch batch(const std::vector<Made>& calls, NameTable& names) const {
        CallBatch b;
        for (const Made& m : calls) {
            CallRow row;
            row.time = Micros{m.time};
            row.cli = {m.cli, m.cli_class};
            row.callee = {m.callee, NumberClass::mobile};
            row.redirect = m.redirect;
            row.duration = m.duration;
            row.direction = m.direction;
            row.disposition = m.disposition;
            row.service = m.service;
            row.trunk_in = m.trunk;
            row.trunk_out = m.trunk_out;
            row.carrier = m.carrier;
            row.cli_text = m.cli_text;
            row.line = static_cast<std::uint64_t>(m.id) % 1000 + 2;
            row.offset = static_cast<std::uint64_t>(m.id) % 1000 * 100;
            append(b, row, names);
            b.id.back() = m.id;
        }
        return b;
    }
    void write(const std::string& name, const std::vector<Made>& calls) {
        NameTable names;
        const auto written = store.write_segment(name, batch(calls, names), names);
        if (!written.ok()) FAIL(written.fault().message());
    }
    // What detection leaves; members below 0 are reports. The segments are to be set before.
    void detect(const std::vector<std::string>& verdicts,
                const std::vector<std::pair<std::int64_t, std::uint32_t>>& members) {
        std::vector<StoredVerdict> flagged;
        std::vector<std::pair<std::int64_t, std::uint32_t>> reports;
        for (const auto& [id, campaign] : members) {
            if (id < 0) reports.emplace_back(id, campaign);
            if (id >= 0) flagged.push_back({id, 1, "", "", "[]"});
        }
        must_do(store.write_verdicts("flagged.parquet", flagged));
        store.set_detection({"flagged.parquet"}, {});
        const std::map<std::int64_t, std::uint32_t> of(members.begin(), members.end());
        auto names = store.write_campaigns(
            "1", [&](const CallStore::FlaggedRow& row) { return of.at(row.id); }, reports);
        if (!names.ok()) FAIL(names.fault().message());
        store.set_detection(verdicts, *names);
    }
    std::vector<std::int64_t> ids(CallStore::Order order = CallStore::Order::any) {
        std::vector<std::int64_t> out;
        NameTable names;
        const auto scanned = store.scan(order, names, [&](const CallBatch& b) {
            out.insert(out.end(), b.id.begin(), b.id.end());
            return done();
        });
        if (!scanned.ok()) FAIL(scanned.fault().message());
        return out;
    }
    std::vector<CallStore::ShownCall> shown(const CallFilter& filter) {
        std::vector<CallStore::ShownCall> out;
        const auto result = store.show(filter, [&](const CallStore::ShownCall& call) {
            out.push_back(call);
            return done();
        });
        if (!result.ok()) FAIL(result.fault().message());
        return out;
    }
    std::vector<std::int64_t> shown_ids(const CallFilter& filter) {
        std::vector<std::int64_t> out;
        for (const auto& call : shown(filter)) out.push_back(call.id);
        return out;
    }
    // What an import of a file of these calls leaves; ids are given by it.
    std::vector<CallImport::Segment> import(std::int64_t file, const std::vector<Made>& calls,
                                            std::size_t segment_rows = 2 * row_group_rows,
                                            const std::vector<SegmentRecord>& listed = {},
                                            std::size_t batch_rows = 1) {
        Crew crew(2);
        NameTable names;
        CallImport intake(
            store, crew, file, [this](const std::string& name) { loose.insert(name); }, segment_rows);
        for (std::size_t i = 0; i < calls.size(); i += batch_rows) {
            const auto from = calls.begin() + static_cast<std::ptrdiff_t>(i);
            const auto to = from + static_cast<std::ptrdiff_t>(std::min(batch_rows, calls.size() - i));
            CallBatch b = batch({from, to}, names);
            must_do(intake.add(b, names));
        }
        must_do(intake.flush(names));
        auto segments = intake.finish(listed);
        if (!segments.ok()) FAIL(segments.fault().message());
        return *segments;
    }
    std::set<std::string> loose;
};

using Ids = std::vector<std::int64_t>;

std::vector<Made> many(std::size_t n, std::int64_t first_id = 0) {
    std::vector<Made> calls(n);
    for (std::size_t i = 0; i < n; ++i) {
        calls[i].id = first_id + static_cast<std::int64_t>(i);
        calls[i].time = static_cast<std::int64_t>(i) * micros_per_second;
        calls[i].callee = indian(i);
    }
    return calls;
}

template <class T>
T must(Result<T> result) {
    if (!result.ok()) FAIL(result.fault().message());
    return std::move(result).value();
}
}  // namespace

TEST_CASE("a segment comes back column by column") {
    Store s;
    std::vector<Made> calls = many(5000);
    for (std::size_t i = 0; i < calls.size(); ++i) {
        Made& m = calls[i];
        m.cli = i % 3 == 0   ? PhoneNumber()
                : i % 3 == 1 ? PhoneNumber::from_presented("1909")
                             : PhoneNumber::from_presented("AD-BANK");
        if (i % 2 == 0) m.redirect = indian(i + 7);
        m.trunk = i % 5 == 0 ? "" : "it's \"T\" " + std::to_string(i % 5);
        m.trunk_out = "ट्रंक";
        m.carrier = "A;B,C'--";
        m.cli_text = i % 3 == 2 ? "AD-BANK" : "";
        m.duration = i % 7 == 0 ? -1 : static_cast<std::int32_t>(i);
        m.direction = static_cast<Direction>(i % 4);
        m.disposition = static_cast<Disposition>(i % 5);
        m.service = static_cast<Service>(i % 3);
        m.cli_class = static_cast<NumberClass>(i % number_classes);
    }
    NameTable written_names;
    const CallBatch w = s.batch(calls, written_names);
    must_do(s.store.write_segment("1.parquet", w, written_names));
    s.store.set_segments(listed({"1.parquet"}));
    NameTable names;
    std::size_t at = 0;
    bool good = true;
    must_do(s.store.scan(CallStore::Order::any, names, [&](const CallBatch& b) {
        for (std::size_t i = 0; i < b.size(); ++i, ++at) {
            good &= b.id[i] == w.id[at] && b.time[i] == w.time[at] && b.cli[i] == w.cli[at] &&
                    b.callee[i] == w.callee[at] && b.redirect[i] == w.redirect[at];
            good &= b.cli_class[i] == w.cli_class[at] && b.callee_class[i] == w.callee_class[at] &&
                    b.duration[i] == w.duration[at];
            good &= b.direction[i] == w.direction[at] && b.disposition[i] == w.disposition[at] &&
                    b.service[i] == w.service[at];
            good &= names.name(b.trunk_in[i]) == calls[at].trunk &&
                    names.name(b.trunk_out[i]) == calls[at].trunk_out;
            good &= names.name(b.carrier[i]) == calls[at].carrier &&
                    names.name(b.cli_text[i]) == calls[at].cli_text;
            good &= b.line[i] == w.line[at] && b.offset[i] == w.offset[at];
        }
        return done();
    }));
    CHECK(good);
    CHECK(at == 5000);
    CHECK(must(s.store.count()) == 5000);
    CHECK(must(s.store.trunk_names()) ==
          std::vector<std::string>{"it's \"T\" 1", "it's \"T\" 2", "it's \"T\" 3", "it's \"T\" 4"});
}

TEST_CASE("only tokens lie on the disk: no number as text or as an integer, in no column") {
    Store s;
    std::vector<Made> calls = many(300);
    for (std::size_t i = 0; i < calls.size(); ++i) {
        calls[i].cli = foreign(i);
        calls[i].redirect = indian(5000 + i);
        calls[i].trunk = "trunk " + std::to_string(9'876'511'111 + i);
        calls[i].carrier = "98765-22222";
        calls[i].cli_text = "call 9876533333";
    }
    s.write("1.parquet", calls);
    s.store.set_segments(listed({"1.parquet"}));
    must_do(s.store.write_verdicts("v.parquet", {{0, 1, "style", "needs", "[]"}}));
    for (const auto& file : fs::directory_iterator(s.folder.path())) {
        if (!file.is_regular_file()) continue;
        const std::string bytes = read_file(file.path());
        CHECK(bytes.size() > 100);
        for (const Made& m : calls) {
            for (const PhoneNumber number : {m.cli, m.callee, m.redirect}) {
                const std::uint64_t bits = unveil(number);
                std::string little(8, '\0');
                std::memcpy(little.data(), &bits, 8);
                const std::string big(little.rbegin(), little.rend());
                for (const std::string& form : {std::to_string(bits), std::to_string(bits % 10'000'000'000),
                                                little.substr(0, 6), big.substr(2)}) {
                    if (bytes.find(form) != std::string::npos)
                        FAIL_CHECK("a number lies in clear in " << file.path().filename());
                }
            }
        }
        for (const char* form : {"987651", "98765-22222", "9876533333"})
            CHECK(bytes.find(form) == std::string::npos);
    }
    const auto call = s.shown({}).front();
    CHECK(call.trunk.starts_with("trunk 98••••••11#"));
    CHECK(call.cli_text == "call 98••••••33");
}

TEST_CASE("a name that is not UTF-8 does not make the segment unreadable") {
    Store s;
    std::vector<Made> calls = many(3);
    calls[1].trunk = "caf\xE9";
    s.write("1.parquet", calls);
    s.store.set_segments(listed({"1.parquet"}));
    CHECK(s.ids() == Ids{0, 1, 2});
    CHECK(s.shown({})[1].trunk == "café");
}

TEST_CASE(
    "calls come in the order of the segments, or in order of time and id, in batches of 65,536 at most") {
    Store s;
    std::vector<Made> first = many(100'000), second = many(50'000, 1'000'000);
    std::reverse(first.begin(), first.end());
    s.write("1.parquet", first);
    s.write("2.parquet", second);
    s.store.set_segments(listed({"1.parquet", "2.parquet"}));
    Ids expected;
    for (const Made& m : first) expected.push_back(m.id);
    for (const Made& m : second) expected.push_back(m.id);
    CHECK(s.ids() == expected);
    Micros before{-1};
    std::int64_t id_before = -1;
    std::size_t rows = 0;
    bool sorted = true;
    std::size_t largest = 0;
    NameTable names;
    must_do(s.store.scan(CallStore::Order::time, names, [&](const CallBatch& b) {
        largest = std::max(largest, b.size());
        for (std::size_t i = 0; i < b.size(); ++i) {
            sorted &= std::pair(before, id_before) < std::pair(b.time[i], b.id[i]);
            before = b.time[i];
            id_before = b.id[i];
        }
        rows += b.size();
        return done();
    }));
    CHECK(sorted);
    CHECK(rows == 150'000);
    CHECK(largest <= 65'536);
}

TEST_CASE("without segments there is nothing, and nothing fails") {
    Store s;
    CHECK(s.ids().empty());
    CHECK(must(s.store.count()) == 0);
    CHECK(must(s.store.trunk_names()).empty());
    CHECK(s.shown({}).empty());
    CHECK(must(s.store.hits(1)).empty());
    CHECK(must(s.store.activity(1, 10, Zone{0})).all.empty());
    CHECK(must(s.store.numbers_by_campaign()).empty());
    CHECK(must(s.store.campaign_reports(1)).empty());
    const auto matches =
        must(s.store.match({{s.tokens.seal(indian(1)), std::nullopt, Micros{0}, Micros{1}, Micros{0}}}));
    CHECK(matches == std::vector<std::optional<std::int64_t>>{std::nullopt});
    must_do(s.store.scan_parties({"t1"}, [](const auto&) { return done(); }));
    CHECK(must(s.store.write_campaigns("1", [](const auto&) { return 1U; }, {})).empty());
    CHECK(s.import(1, {}).empty());
}

TEST_CASE("a segment without calls is a segment") {
    Store s;
    s.write("1.parquet", {});
    s.write("2.parquet", many(2));
    s.store.set_segments(listed({"1.parquet", "2.parquet"}));
    CHECK(must(s.store.count()) == 2);
}

TEST_CASE(
    "duplicates within one segment and across files go to a file of their own, with the first of their "
    "kind") {
    Store s;
    const auto one = s.import(1, many(10));
    REQUIRE(one.size() == 1);
    std::vector<Made> calls = many(8);
    for (std::size_t i = 0; i < calls.size(); ++i) calls[i].callee = indian(200 + i);
    calls[1] = many(10)[3];  // delivered before
    calls[3] = calls[0];     // twice in the segment
    calls[7] = calls[0];     // in an earlier segment of the file
    const auto two = s.import(2, calls, 5, {{1, one[0].name, 10, one[0].first, one[0].last}});
    REQUIRE(two.size() == 2);
    CHECK(two[0].rows == 3);
    CHECK(two[0].duplicate_rows == 2);
    CHECK(two[1].rows == 2);
    CHECK(two[1].duplicate_rows == 1);
    const std::int64_t base = std::int64_t{2} << file_id_shift;
    s.store.set_segments(listed({two[0].name, two[1].name}));
    CHECK(s.ids() == Ids{base, base + 2, base + 4, base + 5, base + 6});
    s.store.set_segments(listed({two[0].duplicates, two[1].duplicates}));
    CHECK(s.ids() == Ids{base + 1, base + 3, base + 7});
    // Nothing is left lying about that nobody was told of.
    for (const auto& file : fs::directory_iterator(s.folder.path())) {
        const std::string name = file.path().filename().string();
        CHECK_MESSAGE((s.loose.contains(name) || name == "tmp"), name);
    }
}

TEST_CASE("segments that hold more rows than their measure are parted from their duplicates as others are") {
    Store s;
    std::vector<Made> calls = many(300'000);
    for (std::size_t i = 1000; i < calls.size(); i += 1000) calls[i] = calls[i - 1000];
    const auto segments = s.import(1, calls, 2 * row_group_rows, {}, 50'000);
    REQUIRE(segments.size() == 1);
    CHECK(segments[0].rows == 300'000 - 299);
    CHECK(segments[0].duplicate_rows == 299);
    CHECK(must(s.store.read_stored(segments[0].name)).size() == 300'000 - 299);
}

TEST_CASE("a small import asks the filters of large segments which of them may hold its calls") {
    Store s;
    const std::vector<Made> large = many(5'000);
    const auto first = s.import(1, large);
    const SegmentRecord listed{1, first[0].name, first[0].rows, first[0].first, first[0].last};
    CHECK(s.import(2, {large[70], large[4'999]}, 2 * row_group_rows, {listed})[0].duplicate_rows == 2);
    Made other = large[70];
    other.callee = indian(1'000'000);
    CHECK(s.import(3, {other}, 2 * row_group_rows, {listed})[0].duplicate_rows == 0);
    // Nothing but the filter was asked: the segment itself can be missing.
    const std::string bytes = read_file(s.folder.path() / first[0].name);
    std::filesystem::resize_file(s.folder.path() / first[0].name, bytes.size() - 100);
    CHECK(s.import(4, {other}, 2 * row_group_rows, {listed})[0].duplicate_rows == 0);
}

TEST_CASE("a segment and a file of duplicates written again keep everything but what was changed") {
    Store s;
    std::vector<Made> calls = many(200'000);
    calls[0].redirect = indian(7);
    calls[1].cli_text = "a name";
    calls[199'999] = calls[1];
    const auto segments = s.import(1, calls);
    REQUIRE(segments.size() == 1);
    Tokeniser other(key_of(2));
    for (const std::string& name : {segments[0].name, segments[0].duplicates}) {
        const SegmentRows before = must(s.store.read_stored(name));
        std::vector<std::int64_t> first;
        must_do(s.store.rewrite_segment(name, "new-" + name, [&](SegmentRows& rows) {
            CHECK(rows.size() == before.size());
            first = rows.first;
            for (Token& token : rows.cli) token = other.seal(foreign(2));
            return done();
        }));
        CHECK(first.size() == (name == segments[0].duplicates ? 1 : 0));
        const SegmentRows after = must(s.store.read_stored("new-" + name));
        CHECK(after.id == before.id);
        CHECK(after.time == before.time);
        CHECK(after.callee == before.callee);
        CHECK(after.redirect == before.redirect);
        CHECK(after.duration == before.duration);
        CHECK(after.line == before.line);
        REQUIRE(after.size() == before.size());
        for (std::size_t i = 0; i < after.size(); ++i) {
            if (after.names[after.trunk_in[i]] != before.names[before.trunk_in[i]] ||
                after.names[after.cli_text[i]] != before.names[before.cli_text[i]])
                FAIL("a name is another at row " << i);
        }
        CHECK(after.cli == std::vector<Token>(after.size(), other.seal(foreign(2))));
        // The filter in front of the file is of the new tokens.
        const auto filter = must(TokenFilter::open(s.folder / ("new-" + name)));
        REQUIRE(filter.has_value());
        CHECK(must(filter->may_hold(other.seal(foreign(2)))));
        CHECK_FALSE(must(filter->may_hold(before.cli[0])));
    }
    s.write("empty.parquet", {});
    must_do(s.store.rewrite_segment("empty.parquet", "empty2.parquet", [](SegmentRows&) { return done(); }));
    CHECK(must(s.store.read_stored("empty2.parquet")).size() == 0);
}

TEST_CASE("what is equal is found whatever the number of segments, and only that") {
    CHECK(rc::check([] {
        Store s;
        const auto picks = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 30));
        const auto split = static_cast<std::size_t>(*rc::gen::inRange(0, 40));
        std::vector<Made> calls;
        for (const int pick : picks) {
            calls.push_back(
                {.time = pick / 10 * hour, .callee = indian(static_cast<std::uint64_t>(pick % 10))});
        }
        const std::vector<Made> early(
            calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(std::min(split, calls.size())));
        const std::vector<Made> late(calls.begin() + static_cast<std::ptrdiff_t>(early.size()), calls.end());
        std::vector<SegmentRecord> before;
        std::vector<std::string> names;
        std::uint64_t rows = 0;
        std::uint64_t equal = 0;
        for (const auto& [file, part] : {std::pair<std::int64_t, std::vector<Made>>{1, early}, {2, late}}) {
            std::vector<SegmentRecord> now;
            for (const auto& segment : s.import(file, part, 7, before)) {
                rows += segment.rows;
                equal += segment.duplicate_rows;
                if (segment.rows > 0)
                    now.push_back({file, segment.name, segment.rows, segment.first, segment.last});
                if (segment.rows > 0) names.push_back(segment.name);
            }
            before.insert(before.end(), now.begin(), now.end());
        }
        const std::set<int> different(picks.begin(), picks.end());
        RC_ASSERT(rows == different.size());
        RC_ASSERT(rows + equal == picks.size());
        s.store.set_segments(listed(names));
        RC_ASSERT(s.ids().size() == rows);
    }));
}

TEST_CASE("calls that differ in one thing only are different calls") {
    Store s;
    std::vector<Made> calls(9, Made{});
    for (std::size_t i = 0; i < calls.size(); ++i) calls[i].id = static_cast<std::int64_t>(i);
    calls[1].time = 1;
    calls[2].cli = foreign(2);
    calls[3].callee = indian(2);
    calls[4].duration = 31;
    calls[5].trunk = "T2";
    calls[6].trunk_out = "elsewhere";
    calls[7].direction = Direction::outgoing;
    calls[8].service = Service::sms;
    const auto fresh = s.import(1, calls);
    CHECK(fresh[0].duplicate_rows == 0);
    CHECK(fresh[0].duplicates.empty());
    // What does not make a call: where it stands, how it ended, who carried it.
    for (Made& m : calls) m = Made{.id = m.id};
    calls[1].disposition = Disposition::busy;
    calls[2].carrier = "other";
    const auto equal = s.import(2, calls);
    CHECK(equal[0].duplicate_rows == 8);
    CHECK(equal[0].rows == 1);
}

TEST_CASE("CLI and callee the other way round is another call") {
    Store s;
    std::vector<Made> calls = {Made{.id = 0, .cli = indian(1), .callee = indian(2)},
                               Made{.id = 1, .cli = indian(2), .callee = indian(1)}};
    CHECK(s.import(1, calls)[0].duplicate_rows == 0);
}

TEST_CASE("the first calls are shown in order of time, whatever segments they stand in") {
    CHECK(rc::check([] {
        Store s;
        const auto times = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 50));
        std::vector<SegmentRecord> segments;
        std::vector<std::pair<std::int64_t, std::int64_t>> expected;
        std::vector<std::pair<std::int64_t, std::uint32_t>> members;
        std::int64_t file = 0;
        for (std::size_t from = 0; from < times.size();) {
            const auto n = std::min(times.size() - from, static_cast<std::size_t>(*rc::gen::inRange(1, 9)));
            std::vector<Made> calls;
            for (std::size_t i = from; i < from + n; ++i)
                calls.push_back(
                    {.time = times[i] * hour, .callee = indian(i % 3), .trunk = std::to_string(i)});
            ++file;
            std::int64_t position = 0;
            for (const auto& segment : s.import(file, calls, 4))
                segments.push_back({file, segment.name, segment.rows, segment.first, segment.last});
            for (const Made& m : calls) {
                const std::int64_t id = file << file_id_shift | position++;
                if (m.callee == indian(1)) expected.emplace_back(m.time, id);
                if (m.callee == indian(1)) members.emplace_back(id, 7);
            }
            from += n;
        }
        s.store.set_segments(segments);
        std::sort(expected.begin(), expected.end());
        CallFilter f;
        f.number = s.tokens.seal(indian(1));
        f.limit = static_cast<std::uint64_t>(*rc::gen::inRange(0, 60));
        Ids wanted;
        for (const auto& [time, id] : expected) {
            if (f.limit == 0 || wanted.size() < f.limit) wanted.push_back(id);
        }
        RC_ASSERT(s.shown_ids(f) == wanted);
        s.detect({}, members);
        f.number.reset();
        f.campaign = 7;
        RC_ASSERT(s.shown_ids(f) == wanted);
    }));
}

TEST_CASE("calls are shown by number, verdict, campaign, span, id, and never more than asked for") {
    Store s;
    std::vector<Made> calls = many(10);
    calls[3].cli = indian(8);
    s.write("1.parquet", calls);
    must_do(s.store.write_verdicts(
        "v.parquet",
        {{1, 1, "a", "", "[\"x\"]"}, {2, 2, "b", "ask the operator", "[]"}, {4, 1, "a", "", "[]"}}));
    s.store.set_segments(listed({"1.parquet"}));
    s.detect({"v.parquet"}, {{1, 7}, {4, 7}, {2, 8}});
    CallFilter f;
    CHECK(s.shown_ids(f).size() == 10);
    f.number = s.tokens.seal(indian(8));
    CHECK(s.shown_ids(f) == Ids{3, 8});
    f = {};
    f.verdict = std::uint8_t{1};
    CHECK(s.shown_ids(f) == Ids{1, 4});
    f.verdict = std::uint8_t{0};
    CHECK(s.shown_ids(f) == Ids{0, 3, 5, 6, 7, 8, 9});
    f = {};
    f.campaign = 7U;
    CHECK(s.shown_ids(f) == Ids{1, 4});
    f = {};
    f.from = Micros{3 * micros_per_second};
    f.to = Micros{5 * micros_per_second};
    CHECK(s.shown_ids(f) == Ids{3, 4});
    f = {};
    f.id = 6;
    CHECK(s.shown_ids(f) == Ids{6});
    f = {};
    f.limit = 2;
    CHECK(s.shown_ids(f) == Ids{0, 1});
    f.limit = 0;
    CHECK(s.shown_ids(f).size() == 10);
    f = {};
    f.id = 2;
    const auto call = s.shown(f).front();
    CHECK(call.cli == foreign(1));
    CHECK(call.callee == indian(2));
    CHECK(call.verdict == 2);
    CHECK(call.campaign == 8);
    CHECK(call.needs == "ask the operator");
    CHECK(call.indicators == "[]");
    CHECK(call.line == 4);
    CHECK(call.duration == 30);
    f.id = 0;
    CHECK(s.shown(f).front().indicators == "[]");
    CHECK(s.shown(f).front().campaign == 0);
}

TEST_CASE("a campaign is shown as the same calls are shown without it, whatever else is asked for") {
    CHECK(rc::check([] {
        Store s;
        std::vector<SegmentRecord> segments;
        std::vector<std::pair<std::int64_t, std::uint32_t>> members;
        std::vector<StoredVerdict> verdicts;
        const auto files = *rc::gen::inRange(1, 4);
        for (std::int64_t file = 1; file <= files; ++file) {
            const auto times = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 9));
            std::vector<Made> calls;
            for (std::size_t i = 0; i < times.size(); ++i) {
                const std::int64_t id = file << file_id_shift | static_cast<std::int64_t>(i);
                Made m{.id = id, .time = times[i] * hour};
                m.cli = *rc::gen::arbitrary<bool>() ? foreign(i % 3) : PhoneNumber();
                m.callee = indian(i % 4);
                if (i % 2 == 0) m.redirect = indian(7);
                m.trunk = "T" + std::to_string(i % 3);
                m.cli_text = i % 5 == 0 ? "Anonymous " + std::to_string(i % 2) : "";
                m.duration = static_cast<std::int32_t>(i) - 1;
                calls.push_back(m);
                const auto campaign = static_cast<std::uint32_t>(*rc::gen::inRange(0, 4));
                if (campaign > 0) members.emplace_back(id, campaign);
                const auto verdict = static_cast<std::uint8_t>(*rc::gen::inRange(0, 3));
                if (*rc::gen::arbitrary<bool>()) verdicts.push_back({id, verdict, "x", "needs", "[]"});
            }
            if (calls.empty()) continue;
            const std::string name = "calls-" + std::to_string(file) + ".parquet";
            s.write(name, calls);
            const auto [least, most] = std::minmax_element(times.begin(), times.end());
            segments.push_back({file, name, calls.size(), Micros{*least * hour}, Micros{*most * hour}});
        }
        members.emplace_back(-5, 1);
        std::shuffle(members.begin(), members.end(),
                     std::mt19937(static_cast<unsigned>(*rc::gen::inRange(0, 100))));
        s.store.set_segments(segments);
        must_do(s.store.write_verdicts("v.parquet", verdicts));
        s.detect({"v.parquet"}, members);

        CallFilter f;
        if (*rc::gen::arbitrary<bool>()) f.number = s.tokens.seal(indian(1));
        if (*rc::gen::arbitrary<bool>()) f.verdict = static_cast<std::uint8_t>(*rc::gen::inRange(0, 3));
        if (*rc::gen::arbitrary<bool>()) f.from = Micros{*rc::gen::inRange(0, 9) * hour};
        if (*rc::gen::arbitrary<bool>()) f.to = Micros{*rc::gen::inRange(0, 9) * hour};
        f.limit = 0;
        const std::uint32_t campaign = static_cast<std::uint32_t>(*rc::gen::inRange(1, 5));
        auto expected = s.shown(f);
        std::erase_if(expected, [&](const auto& call) { return call.campaign != campaign; });
        const auto limit = static_cast<std::size_t>(*rc::gen::inRange(0, 10));
        if (limit > 0 && expected.size() > limit) expected.resize(limit);
        f.limit = limit;
        f.campaign = campaign;
        const auto found = s.shown(f);
        RC_ASSERT(found.size() == expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            const auto line = [](const CallStore::ShownCall& c) {
                return std::tuple(c.id, c.same_as, c.time, c.cli, c.callee, c.verdict, c.campaign, c.trunk,
                                  c.cli_text, c.needs, c.indicators, c.line, c.duration);
            };
            RC_ASSERT(line(found[i]) == line(expected[i]));
        }
        // Neither segments nor later calls matter to it.
        f = {};
        f.limit = 0;
        f.campaign = campaign;
        const auto ids = s.shown_ids(f);
        for (const SegmentRecord& segment : segments) fs::remove(s.folder / segment.name);
        RC_ASSERT(s.shown_ids(f) == ids);
        // Duplicates are in no campaign.
        s.store.show_duplicates({});
        RC_ASSERT(s.shown_ids(f).empty());
    }));
}

TEST_CASE("the calls of campaigns are written in files of bounded size, and again under another key") {
    Store s;
    const std::size_t n = 2 * 2 * row_group_rows + 5'000;
    std::vector<Made> calls = many(n);
    for (std::size_t i = 0; i < n; ++i) {
        calls[i].time = static_cast<std::int64_t>(n - i) * micros_per_second;
        if (i % 2 == 0) calls[i].redirect = indian(i);
    }
    s.write("1.parquet", calls);
    s.store.set_segments(listed({"1.parquet"}));
    must_do(s.store.write_verdicts("v.parquet", [&] {
        std::vector<StoredVerdict> verdicts;
        for (const Made& m : calls) verdicts.push_back({m.id, 1, "", "", "[]"});
        return verdicts;
    }()));
    s.store.set_detection({"v.parquet"}, {});
    auto names = must(s.store.write_campaigns(
        "1",
        [](const CallStore::FlaggedRow& row) {
            return row.id == 0 ? 0U : static_cast<std::size_t>(row.id) % row_group_rows == 1 ? 2U : 1U;
        },
        {{-3, 1}}));
    CHECK(names == std::vector<std::string>{"campaign-calls-1-0.parquet", "campaign-calls-1-1.parquet",
                                            "campaign-calls-1-2.parquet"});
    s.store.set_detection({}, names);
    CallFilter f;
    f.campaign = 1;
    f.limit = 0;
    const Ids ids = s.shown_ids(f);
    CHECK(ids.size() == n - 1 - 5);
    CHECK(std::is_sorted(ids.rbegin(), ids.rend()));
    f.campaign = 2;
    CHECK(s.shown_ids(f) ==
          Ids{4 * row_group_rows + 1, 3 * row_group_rows + 1, 2 * row_group_rows + 1, row_group_rows + 1, 1});
    f.campaign = 1;

    Tokeniser other(key_of(2));
    std::uint64_t tokens = 0;
    for (std::string& name : names) {
        const std::string to = "campaign-calls-" + std::to_string(&name - names.data()) + ".k2.parquet";
        must_do(s.store.rewrite_segment(name, to, [&](SegmentRows& rows) -> Done {
            CHECK(rows.campaign.size() == rows.size());
            CHECK(rows.size() < 2 * row_group_rows + 2'048);
            CHECK(std::is_sorted(rows.campaign.begin(), rows.campaign.end()));
            for (std::vector<Token>* column : {&rows.cli, &rows.callee, &rows.redirect}) {
                for (Token& token : *column) {
                    if (token == Token{}) continue;
                    ++tokens;
                    token = other.seal(must(s.tokens.open(token)));
                }
            }
            return done();
        }));
        name = to;
    }
    CHECK(tokens == 2 * (n - 1) + n / 2 - 1);
    CallStore under = must(CallStore::open(s.folder.path(), key_of(2), key_of(9), {}));
    under.set_detection({}, names);
    Ids again;
    must_do(under.show(f, [&](const CallStore::ShownCall& call) {
        again.push_back(call.id);
        return done();
    }));
    CHECK(again == ids);
    CHECK(must(under.campaign_reports(1)) == Ids{-3});
    CHECK(must(under.hits(2)).at(0).id == 4 * row_group_rows + 1);
    under.set_detection({}, {"campaign-calls-1-0.parquet"});  // under the old key
    CHECK_FALSE(under.hits(1).ok());
}

TEST_CASE(
    "campaigns that an older version left are no campaigns without calls: detection is to be run again") {
    Store s;
    s.write("1.parquet", many(5));
    s.store.set_segments(listed({"1.parquet"}));
    Duck duck = must(Duck::open(s.folder.path(), 100, 1));
    must_do(duck.write_query("SELECT i::BIGINT AS id, 2::UINTEGER AS campaign FROM (VALUES (1), (-4)) v(i)",
                             s.folder / "campaigns-1-0.parquet"));
    s.store.set_detection({}, {"campaigns-1-0.parquet"});
    CallFilter f;
    CHECK(s.shown(f).at(1).campaign == 2);
    f.campaign = 2;
    const Done shown = s.store.show(f, [](const auto&) { return done(); });
    REQUIRE_FALSE(shown.ok());
    CHECK(shown.fault().kind == FaultKind::missing);
    CHECK(shown.fault().to_do.find("sendh detect") != std::string::npos);
    CHECK_FALSE(s.store.hits(2).ok());
    CHECK_FALSE(s.store.activity(2, 10, Zone{}).ok());
    CHECK_FALSE(s.store.numbers_by_campaign().ok());
    CHECK(must(s.store.campaign_reports(2)) == Ids{-4});
}

TEST_CASE("a hit is the first call of a campaign to a number; hits are in order of time and id") {
    Store s;
    std::vector<Made> calls(7);
    const std::int64_t times[] = {50, 40, 30, 30, 20, 10, 5};
    const std::uint64_t callees[] = {1, 1, 2, 3, 2, 1, 9};
    for (std::size_t i = 0; i < 7; ++i)
        calls[i].id = static_cast<std::int64_t>(i), calls[i].time = times[i],
        calls[i].callee = indian(callees[i]);
    s.write("1.parquet", calls);
    s.store.set_segments(listed({"1.parquet"}));
    s.detect({}, {{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 1}, {5, 1}, {6, 2}, {-5, 1}, {-6, 3}});
    const auto hits = must(s.store.hits(1));
    REQUIRE(hits.size() == 3);
    CHECK(hits[0].callee == indian(1));
    CHECK(hits[0].time == Micros{10});
    CHECK(hits[0].id == 5);  // the first in time, not in the files
    CHECK(hits[0].calls == 3);
    CHECK(hits[1].callee == indian(2));
    CHECK(hits[1].id == 4);
    CHECK(hits[2].callee == indian(3));
    CHECK(hits[2].calls == 1);
    CHECK(must(s.store.hits(9)).empty());
    CHECK(must(s.store.numbers_by_campaign()) ==
          std::vector<std::pair<std::uint32_t, std::uint64_t>>{{1, 3}, {2, 1}});
    CHECK(must(s.store.campaign_reports(1)) == Ids{-5});
    CHECK(must(s.store.campaign_reports(2)).empty());
    CHECK(must(s.store.campaign_reports(3)) == Ids{-6});
    CHECK(must(s.store.hits(3)).empty());
    CallFilter f;
    f.campaign = 3;
    CHECK(s.shown(f).empty());
}

TEST_CASE("reports alone are a campaign, too: no call is shown, none is a hit") {
    Store s;
    s.detect({}, {{-7, 1}, {-9, 1}});
    CHECK(must(s.store.campaign_reports(1)) == Ids{-7, -9});
    CHECK(must(s.store.hits(1)).empty());
    CHECK(must(s.store.numbers_by_campaign()).empty());
    CallFilter f;
    f.campaign = 1;
    CHECK(s.shown(f).empty());
}

TEST_CASE("two first calls at one time: the smaller id is the hit") {
    Store s;
    s.write("1.parquet", {Made{.id = 8, .time = 5}, Made{.id = 3, .time = 5}, Made{.id = 4, .time = 5}});
    s.store.set_segments(listed({"1.parquet"}));
    s.detect({}, {{8, 1}, {3, 1}, {4, 1}});
    CHECK(must(s.store.hits(1)).front().id == 3);
}

TEST_CASE("activity counts every call in its bin, in no more bins than asked for, before 1970 too") {
    for (const std::int64_t origin :
         {std::int64_t{480'000} * hour, std::int64_t{-300'000} * hour, -5 * hour}) {
        Store s;
        std::vector<Made> calls = many(100);
        for (std::size_t i = 0; i < calls.size(); ++i)
            calls[i].time = origin + 25 * micros_per_second * 60 + static_cast<std::int64_t>(i) * hour / 4;
        s.write("1.parquet", calls);
        s.store.set_segments(listed({"1.parquet"}));
        s.detect({}, {{0, 1}, {1, 1}, {99, 1}, {50, 2}});
        for (const std::size_t most : {1U, 10U, 26U, 1000U}) {
            const auto a = must(s.store.activity(1, most, Zone{0}));
            CHECK(a.all.size() <= most);
            CHECK(a.campaign.size() == a.all.size());
            std::vector<std::uint32_t> all(a.all.size()), campaign(a.all.size());
            for (const Made& m : calls) {
                REQUIRE(m.time >= a.from.value);
                const auto bin = static_cast<std::size_t>((m.time - a.from.value) / a.step);
                REQUIRE(bin < all.size());
                ++all[bin];
                campaign[bin] += m.id == 0 || m.id == 1 || m.id == 99 ? 1U : 0U;
            }
            CHECK(a.all == all);
            CHECK(a.campaign == campaign);
            CHECK(a.from.value % hour == 0);
        }
    }
}

TEST_CASE("hours of activity begin with the hours of the case's clock") {
    for (const char* first : {"2024-11-02T10:20:30+05:30", "1969-01-02T10:20:30+05:30"}) {
        Store s;
        s.write("1.parquet", {Made{.id = 0, .time = parse_iso(first, Zone{})->value}});
        s.store.set_segments(listed({"1.parquet"}));
        CHECK(readable_time(must(s.store.activity(1, 10, Zone{})).from, Zone{}).ends_with(" 10:00:00"));
        CHECK(readable_time(must(s.store.activity(1, 10, Zone{0})).from, Zone{0}).ends_with(" 04:00:00"));
    }
}

TEST_CASE("campaigns are asked for calls whose verdict is not ordinary; those in none are not kept") {
    Store s;
    s.write("1.parquet", many(6));
    must_do(s.store.write_verdicts("v.parquet", {{1, 1, "fake style", "", "[]"},
                                                 {2, 0, "", "", "[]"},
                                                 {4, 2, "", "", "[]"},
                                                 {-3, 1, "report", "", "[]"}}));
    s.store.set_segments(listed({"1.parquet"}));
    s.store.set_detection({"v.parquet"}, {});
    std::map<std::int64_t, std::string> found;
    const auto names =
        must(s.store.write_campaigns("1",
                                     [&](const CallStore::FlaggedRow& row) {
                                         found[row.id] = std::string(row.style);
                                         CHECK(row.cli == foreign(1));
                                         CHECK(row.callee == indian(static_cast<std::uint64_t>(row.id)));
                                         CHECK(row.cli_class == NumberClass::foreign);
                                         CHECK(row.trunk == "T1");
                                         return row.id == 4 ? 9U : 0U;
                                     },
                                     {}));
    CHECK(found == std::map<std::int64_t, std::string>{{1, "fake style"}, {4, ""}});
    CHECK(must(s.store.read_stored(names.at(0))).id == Ids{4});
    CHECK(must(s.store.write_campaigns("2", [](const auto&) { return 0U; }, {})).empty());
}

TEST_CASE("parties are all who call from abroad, with both views of their calls, each in time order") {
    Store s;
    std::vector<Made> calls = {
        Made{.id = 0, .time = 10, .cli = foreign(1), .callee = indian(1)},
        Made{.id = 1,
             .time = 30,
             .cli = indian(1),
             .callee = foreign(1),
             .trunk = "own",
             .cli_class = NumberClass::mobile},  // calls back
        Made{.id = 2,
             .time = 20,
             .cli = indian(5),
             .callee = indian(2),
             .trunk = " INTL ",
             .cli_class = NumberClass::mobile},  // by its trunk
        Made{.id = 3,
             .time = 40,
             .cli = indian(8),
             .callee = indian(9),
             .trunk = "own",
             .cli_class = NumberClass::mobile},  // at home
        Made{
            .id = 4, .time = 50, .cli = foreign(1), .callee = indian(3), .service = Service::sms},  // no call
    };
    s.write("1.parquet", calls);
    s.store.set_segments(listed({"1.parquet"}));
    const auto parties = [&](const std::vector<std::string>& trunks) {
        std::vector<std::tuple<PhoneNumber, PhoneNumber, std::int64_t, bool>> rows;
        std::set<PhoneNumber> done_with;
        must_do(s.store.scan_parties(trunks, [&](const std::vector<CallStore::PartyRow>& batch) {
            for (const auto& r : batch) {
                if (!rows.empty() && std::get<0>(rows.back()) != r.party) {
                    CHECK(done_with.insert(std::get<0>(rows.back())).second);
                } else if (!rows.empty()) {
                    CHECK(std::get<2>(rows.back()) <= r.time.value);
                }
                CHECK_FALSE(done_with.contains(r.party));
                rows.emplace_back(r.party, r.other, r.time.value, r.from_party);
            }
            return done();
        }));
        std::sort(rows.begin(), rows.end());
        return rows;
    };
    using Rows = std::vector<std::tuple<PhoneNumber, PhoneNumber, std::int64_t, bool>>;
    Rows expected = {{foreign(1), indian(1), 10, true},
                     {indian(1), foreign(1), 10, false},
                     {foreign(1), indian(1), 30, false}};
    std::sort(expected.begin(), expected.end());
    CHECK(parties({}) == expected);
    expected.emplace_back(indian(5), indian(2), 20, true);
    expected.emplace_back(indian(2), indian(5), 20, false);
    std::sort(expected.begin(), expected.end());
    CHECK(parties({"intl", "it's"}) == expected);
}

TEST_CASE(
    "a report is about the call to its number within the window, from its CLI if it tells one, nearest in "
    "time") {
    Store s;
    std::vector<Made> calls = {
        Made{.id = 1, .time = 100, .cli = foreign(1), .callee = indian(1)},
        Made{.id = 2, .time = 200, .cli = foreign(2), .callee = indian(1)},
        Made{.id = 3, .time = 300, .cli = foreign(1), .callee = indian(1)},
        Made{.id = 4, .time = 210, .cli = foreign(1), .callee = indian(2)},
        Made{.id = 5, .time = 220, .cli = foreign(2), .callee = indian(1)},
    };
    s.write("1.parquet", calls);
    s.store.set_segments(listed({"1.parquet"}));
    const auto key = [&](PhoneNumber number, std::optional<PhoneNumber> cli, std::int64_t from,
                         std::int64_t to, std::int64_t about) {
        return CallStore::ReportKey{s.tokens.seal(number),
                                    cli ? std::optional(s.tokens.seal(*cli)) : std::nullopt, Micros{from},
                                    Micros{to}, Micros{about}};
    };
    const auto found = must(s.store.match({
        key(indian(1), std::nullopt, 0, 1000, 190), key(indian(1), foreign(1), 0, 1000, 190),
        key(indian(1), std::nullopt, 0, 1000, 210),   // as near to 2 as to 5: the smaller id
        key(indian(1), std::nullopt, 250, 299, 260),  // none in the window
        key(indian(1), std::nullopt, 300, 300, 300),  // both ends belong to it
        key(indian(3), std::nullopt, 0, 1000, 200), key(indian(1), foreign(3), 0, 1000, 200),
        key(indian(2), foreign(1), 0, 1000, 200), key(indian(1), std::nullopt, 0, 1000, 190),  // told twice
    }));
    const std::vector<std::optional<std::int64_t>> expected = {
        2, 1, 2, std::nullopt, 3, std::nullopt, std::nullopt, 4, 2};
    CHECK(found == expected);
    CHECK(must(s.store.match({})).empty());
}

TEST_CASE("the wrong key is told from damage to nothing: no number comes out") {
    Store s;
    s.write("1.parquet", many(3));
    auto other = CallStore::open(s.folder.path(), key_of(2), key_of(9), {});
    REQUIRE(other.ok());
    other->set_segments(listed({"1.parquet"}));
    NameTable names;
    std::size_t seen = 0;
    const auto scanned = other->scan(CallStore::Order::any, names, [&](const CallBatch& b) {
        seen += b.size();
        return done();
    });
    REQUIRE_FALSE(scanned.ok());
    CHECK(scanned.fault().kind == FaultKind::corrupt);
    CHECK(scanned.fault().message().find("key") != std::string::npos);
    CHECK(seen == 0);
    CHECK(must(other->count()) == 3);
}

TEST_CASE("a damaged segment is corrupt, and named") {
    Store s;
    s.write("1-good.parquet", many(100));
    s.write("2-bad.parquet", many(3000, 1000));
    s.store.set_segments(listed({"1-good.parquet", "2-bad.parquet"}));
    const std::string whole = read_file(s.folder / "2-bad.parquet");
    const auto fault = [&](const std::string& bytes) {
        write_file(s.folder / "2-bad.parquet", bytes);
        auto again = CallStore::open(s.folder.path(), key_of(1), key_of(9), {});
        REQUIRE(again.ok());
        again->set_segments(listed({"1-good.parquet", "2-bad.parquet"}));
        NameTable names;
        const auto scanned =
            again->scan(CallStore::Order::any, names, [](const CallBatch&) { return done(); });
        return scanned.ok() ? Fault{FaultKind::usage, "read", "", ""} : scanned.fault();
    };
    for (const std::string& bytes : {std::string(), std::string("PAR1"), whole.substr(0, whole.size() / 2),
                                     whole.substr(0, whole.size() - 1), std::string(whole.size(), 'x'),
                                     whole.substr(0, whole.size() - 4) + "PAR2"}) {
        const Fault f = fault(bytes);
        CHECK_MESSAGE(f.kind == FaultKind::corrupt, f.message());
        CHECK(f.to_do.find("backup") != std::string::npos);
    }
    CHECK(fault(std::string("PAR1")).where.find("2-bad.parquet") != std::string::npos);
    CHECK(fault(whole).what == "read");
}

TEST_CASE("a missing segment is corrupt, and named") {
    Store s;
    s.write("1.parquet", many(3));
    s.store.set_segments(listed({"1.parquet", "2.parquet"}));
    NameTable names;
    const auto scanned = s.store.scan(CallStore::Order::any, names, [](const CallBatch&) { return done(); });
    REQUIRE_FALSE(scanned.ok());
    CHECK(scanned.fault().kind == FaultKind::corrupt);
    CHECK(scanned.fault().message().find("missing") != std::string::npos);
    CHECK(scanned.fault().where.find("2.parquet") != std::string::npos);
    CHECK_FALSE(s.store.count().ok());
    must_do(s.store.write_verdicts("v.parquet", {{1, 1, "", "", "[]"}}));
    s.store.set_detection({"v.parquet"}, {});
    CHECK_FALSE(s.store.write_campaigns("1", [](const auto&) { return 1U; }, {}).ok());
    s.store.set_segments(listed({"1.parquet"}));
    s.store.set_detection({}, {"campaign-calls-1-0.parquet"});
    const auto hits = s.store.hits(1);
    REQUIRE_FALSE(hits.ok());
    CHECK(hits.fault().kind == FaultKind::corrupt);
    CHECK(hits.fault().where.find("campaign-calls-1-0.parquet") != std::string::npos);
}

TEST_CASE("a scan that its caller stops is stopped with the caller's fault") {
    Store s;
    s.write("1.parquet", many(200'000));
    s.store.set_segments(listed({"1.parquet"}));
    NameTable names;
    int batches = 0;
    const auto scanned = s.store.scan(CallStore::Order::any, names, [&](const CallBatch&) -> Done {
        ++batches;
        return Fault{FaultKind::interrupted, "enough", "", ""};
    });
    REQUIRE_FALSE(scanned.ok());
    CHECK(scanned.fault().what == "enough");
    CHECK(batches == 1);
}

TEST_CASE("a segment that was written is whole under its name, and no temporary file is left") {
    Store s;
    s.write("1.parquet", many(10));
    CHECK(fs::exists(s.folder / "1.parquet"));
    for (const auto& file : fs::directory_iterator(s.folder.path()))
        CHECK_FALSE(file.path().filename().string().ends_with(".parquet.tmp"));
}
