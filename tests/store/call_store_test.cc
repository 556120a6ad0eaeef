#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <string>

#include "base/folder.h"
#include "store/call_store.h"

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
    CallStore::FreshSegment fresh(const std::string& name, const std::vector<Made>& calls) {
        write(name, calls);
        CallStore::FreshSegment s;
        s.name = name;
        s.rows = calls.size();
        s.first_id = calls.front().id;
        s.first = s.last = Micros{calls.front().time};
        for (const Made& m : calls)
            s.first = std::min(s.first, Micros{m.time}), s.last = std::max(s.last, Micros{m.time});
        return s;
    }
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
void must_do(const Done& result) {
    if (!result.ok()) FAIL(result.fault().message());
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
    s.store.set_segments({"1.parquet"});
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
    s.store.set_segments({"1.parquet"});
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
    s.store.set_segments({"1.parquet"});
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
    s.store.set_segments({"1.parquet", "2.parquet"});
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
    must_do(s.store.scan_flagged([](const auto&) { return done(); }));
    std::vector<CallStore::FreshSegment> none;
    must_do(s.store.take_out_duplicates(none, 0, [](const std::string&) {}));
}

TEST_CASE("a segment without calls is a segment") {
    Store s;
    s.write("1.parquet", {});
    s.write("2.parquet", many(2));
    s.store.set_segments({"1.parquet", "2.parquet"});
    CHECK(must(s.store.count()) == 2);
}

TEST_CASE(
    "duplicates within one segment and across files go to a file of their own, with the first of their "
    "kind") {
    Store s;
    s.write("1.parquet", many(10, 100));
    s.store.set_segments({"1.parquet"});
    std::vector<Made> two = many(5, 200);
    for (Made& m : two) m.callee = indian(static_cast<std::uint64_t>(m.id));
    two[1] = many(10, 100)[3], two[1].id = 201;  // delivered before
    two[3] = two[0], two[3].id = 203;            // twice in the file
    std::vector<Made> three = many(3, 300);
    for (Made& m : three) m.callee = indian(static_cast<std::uint64_t>(m.id));
    three[2] = two[0], three[2].id = 302;  // in an earlier fresh segment
    std::vector<CallStore::FreshSegment> fresh = {s.fresh("2.parquet", two), s.fresh("3.parquet", three)};
    std::set<std::string> loose;
    must_do(s.store.take_out_duplicates(fresh, 10, [&](const std::string& name) { loose.insert(name); }));
    CHECK(fresh[0].rows == 3);
    CHECK(fresh[0].duplicate_rows == 2);
    CHECK(fresh[1].rows == 2);
    CHECK(fresh[1].duplicate_rows == 1);
    for (const auto& f : fresh) {
        CHECK(loose.contains(f.name));
        CHECK(loose.contains(f.duplicates));
    }
    s.store.set_segments({fresh[0].name, fresh[1].name});
    CHECK(s.ids() == Ids{200, 202, 204, 300, 301});
    s.store.set_segments({fresh[0].duplicates, fresh[1].duplicates});
    CHECK(s.ids() == Ids{201, 203, 302});
    // Nothing is left lying about that nobody was told of.
    for (const auto& file : fs::directory_iterator(s.folder.path())) {
        const std::string name = file.path().filename().string();
        CHECK_MESSAGE((loose.contains(name) || name == "1.parquet" || name == "2.parquet" ||
                       name == "3.parquet" || name == "tmp"),
                      name);
    }
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
    std::vector<CallStore::FreshSegment> fresh = {s.fresh("1.parquet", calls)};
    must_do(s.store.take_out_duplicates(fresh, 0, [](const std::string&) {}));
    CHECK(fresh[0].duplicate_rows == 0);
    CHECK(fresh[0].duplicates.empty());
    CHECK(fresh[0].name == "1.parquet");
    // What does not make a call: where it stands, how it ended, who carried it.
    for (Made& m : calls) m = Made{.id = m.id};
    calls[1].disposition = Disposition::busy;
    calls[2].carrier = "other";
    std::vector<CallStore::FreshSegment> equal = {s.fresh("2.parquet", calls)};
    must_do(s.store.take_out_duplicates(equal, 0, [](const std::string&) {}));
    CHECK(equal[0].duplicate_rows == 8);
    CHECK(equal[0].rows == 1);
}

TEST_CASE("CLI and callee the other way round is another call") {
    Store s;
    std::vector<Made> calls = {Made{.id = 0, .cli = indian(1), .callee = indian(2)},
                               Made{.id = 1, .cli = indian(2), .callee = indian(1)}};
    std::vector<CallStore::FreshSegment> fresh = {s.fresh("1.parquet", calls)};
    must_do(s.store.take_out_duplicates(fresh, 0, [](const std::string&) {}));
    CHECK(fresh[0].duplicate_rows == 0);
}

TEST_CASE("calls are shown by number, verdict, campaign, span, id, and never more than asked for") {
    Store s;
    std::vector<Made> calls = many(10);
    calls[3].cli = indian(8);
    s.write("1.parquet", calls);
    must_do(s.store.write_verdicts(
        "v.parquet",
        {{1, 1, "a", "", "[\"x\"]"}, {2, 2, "b", "ask the operator", "[]"}, {4, 1, "a", "", "[]"}}));
    must_do(s.store.write_campaigns("c.parquet", {{1, 7}, {4, 7}, {2, 8}}));
    s.store.set_segments({"1.parquet"});
    s.store.set_detection({"v.parquet"}, {"c.parquet"});
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

TEST_CASE("a hit is the first call of a campaign to a number; hits are in order of time and id") {
    Store s;
    std::vector<Made> calls(7);
    const std::int64_t times[] = {50, 40, 30, 30, 20, 10, 5};
    const std::uint64_t callees[] = {1, 1, 2, 3, 2, 1, 9};
    for (std::size_t i = 0; i < 7; ++i)
        calls[i].id = static_cast<std::int64_t>(i), calls[i].time = times[i],
        calls[i].callee = indian(callees[i]);
    s.write("1.parquet", calls);
    must_do(s.store.write_campaigns("c.parquet",
                                    {{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 1}, {5, 1}, {6, 2}, {-5, 1}}));
    s.store.set_segments({"1.parquet"});
    s.store.set_detection({}, {"c.parquet"});
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
}

TEST_CASE("two first calls at one time: the smaller id is the hit") {
    Store s;
    s.write("1.parquet", {Made{.id = 8, .time = 5}, Made{.id = 3, .time = 5}, Made{.id = 4, .time = 5}});
    must_do(s.store.write_campaigns("c.parquet", {{8, 1}, {3, 1}, {4, 1}}));
    s.store.set_segments({"1.parquet"});
    s.store.set_detection({}, {"c.parquet"});
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
        must_do(s.store.write_campaigns("c.parquet", {{0, 1}, {1, 1}, {99, 1}, {50, 2}}));
        s.store.set_segments({"1.parquet"});
        s.store.set_detection({}, {"c.parquet"});
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
        s.store.set_segments({"1.parquet"});
        CHECK(readable_time(must(s.store.activity(1, 10, Zone{})).from, Zone{}).ends_with(" 10:00:00"));
        CHECK(readable_time(must(s.store.activity(1, 10, Zone{0})).from, Zone{0}).ends_with(" 04:00:00"));
    }
}

TEST_CASE("flagged calls are those whose verdict is not ordinary") {
    Store s;
    s.write("1.parquet", many(6));
    must_do(s.store.write_verdicts("v.parquet", {{1, 1, "fake style", "", "[]"},
                                                 {2, 0, "", "", "[]"},
                                                 {4, 2, "", "", "[]"},
                                                 {-3, 1, "report", "", "[]"}}));
    s.store.set_segments({"1.parquet"});
    s.store.set_detection({"v.parquet"}, {});
    std::map<std::int64_t, std::string> found;
    must_do(s.store.scan_flagged([&](const CallStore::FlaggedRow& row) {
        found[row.id] = std::string(row.style);
        CHECK(row.cli == foreign(1));
        CHECK(row.callee == indian(static_cast<std::uint64_t>(row.id)));
        CHECK(row.cli_class == NumberClass::foreign);
        CHECK(row.trunk == "T1");
        return done();
    }));
    CHECK(found == std::map<std::int64_t, std::string>{{1, "fake style"}, {4, ""}});
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
    s.store.set_segments({"1.parquet"});
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
    s.store.set_segments({"1.parquet"});
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
    other->set_segments({"1.parquet"});
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
    s.store.set_segments({"1-good.parquet", "2-bad.parquet"});
    const std::string whole = read_file(s.folder / "2-bad.parquet");
    const auto fault = [&](const std::string& bytes) {
        write_file(s.folder / "2-bad.parquet", bytes);
        auto again = CallStore::open(s.folder.path(), key_of(1), key_of(9), {});
        REQUIRE(again.ok());
        again->set_segments({"1-good.parquet", "2-bad.parquet"});
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
    s.store.set_segments({"1.parquet", "2.parquet"});
    NameTable names;
    const auto scanned = s.store.scan(CallStore::Order::any, names, [](const CallBatch&) { return done(); });
    REQUIRE_FALSE(scanned.ok());
    CHECK(scanned.fault().kind == FaultKind::corrupt);
    CHECK(scanned.fault().message().find("missing") != std::string::npos);
    CHECK(scanned.fault().where.find("2.parquet") != std::string::npos);
    CHECK_FALSE(s.store.count().ok());
    CHECK_FALSE(s.store.hits(1).ok());
}

TEST_CASE("a scan that its caller stops is stopped with the caller's fault") {
    Store s;
    s.write("1.parquet", many(200'000));
    s.store.set_segments({"1.parquet"});
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
