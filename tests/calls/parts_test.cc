#include <doctest/doctest.h>

#include <memory>

#include "base/text.h"
#include "calls/call_batch.h"
#include "calls/date_order.h"
#include "calls/intake.h"
#include "calls/written_time.h"

using namespace sendh;

TEST_CASE("a name table gives one index to a name, and 0 to the empty one") {
    NameTable names;
    CHECK(names.index_of("") == 0);
    const std::string& first = names.name(names.index_of("T1"));
    std::vector<std::uint32_t> indices;
    for (int i = 0; i < 5000; ++i) indices.push_back(names.index_of("trunk " + std::to_string(i)));
    for (int i = 0; i < 5000; ++i) {
        const std::string name = "trunk " + std::to_string(i);
        CHECK(names.index_of(name) == indices[static_cast<std::size_t>(i)]);
        CHECK(names.name(indices[static_cast<std::size_t>(i)]) == name);
    }
    CHECK(names.size() == 5002);
    CHECK(first == "T1");  // a name never moves
}

TEST_CASE("a copy of a name table stands on its own, and forgetting gives the memory back") {
    auto names = std::make_unique<NameTable>();
    for (int i = 0; i < 1'000; ++i)
        (void)names->index_of("a trunk with a name of some length " + std::to_string(i));
    NameTable copy = *names;
    names.reset();
    CHECK(copy.size() == 1'001);
    CHECK(copy.index_of("a trunk with a name of some length 7") == 8);
    CHECK(copy.index_of("another") == 1'001);
    CHECK(copy.name(1'001) == "another");
    NameTable moved = std::move(copy);
    CHECK(moved.index_of("a trunk with a name of some length 999") == 1'000);
    const std::size_t full = moved.bytes();
    moved.keep_first(11);
    CHECK(moved.size() == 11);
    CHECK(moved.bytes() < full / 50);
    CHECK(moved.index_of("a trunk with a name of some length 9") == 10);
    CHECK(moved.index_of("a trunk with a name of some length 10") == 11);
    moved.keep_first(1);
    CHECK(moved.bytes() == 0);
    CHECK(moved.index_of("a trunk with a name of some length 9") == 1);
}

TEST_CASE("a name table is full by count and by bytes") {
    NameTable names;
    for (int i = 0; i < 99'998; ++i) (void)names.index_of(std::to_string(i));
    CHECK_FALSE(names.full());
    (void)names.index_of("the last");
    CHECK(names.full());
    names.keep_first(1);
    CHECK_FALSE(names.full());
    for (int i = 0; i < 60'000 && !names.full(); ++i)
        (void)names.index_of(std::string(199, 'x') + std::to_string(i));
    CHECK(names.full());
    CHECK(names.size() > 50'000);
}

TEST_CASE("a long name is cut, shows no number, and stays apart from others") {
    const std::string whole(200, 'x');
    CHECK(shortened(whole) == whole);
    const std::string first = shortened(whole + "1");
    const std::string second = shortened(whole + "2");
    CHECK(first != second);
    CHECK(first == shortened(whole + "1"));
    CHECK(first.starts_with("xxx"));
    CHECK(first.size() < 200);
    CHECK(shortened(first) == first);
    // The cut goes through a number, through a character; the bytes are Latin-1.
    for (std::size_t before = 130; before < 155; ++before) {
        const std::string number =
            shortened(std::string(before, 'x') + "+919876500001" + std::string(100, 'y'));
        CHECK(number.find("98765") == std::string::npos);
        CHECK(number == without_numbers(number));
        CHECK_FALSE(first_bad_utf8(number));
        const std::string hindi = shortened(std::string(before, 'x') + "कखग" + std::string(100, 'y'));
        CHECK_FALSE(first_bad_utf8(hindi));
        CHECK_FALSE(first_bad_utf8(shortened(std::string(before, 'x') + "\xe9" + std::string(100, 'y'))));
    }
    // What is not shown does not go into the hash.
    CHECK(shortened(whole + "+919876500001") == shortened(whole + "+919876511101"));
}

TEST_CASE("a batch keeps long names short and counts them, and is handed on before they fill the memory") {
    NameTable names;
    std::size_t batches = 0;
    std::size_t rows = 0;
    std::uint64_t cut = 0;
    std::size_t most = 0;
    const CallSink sink = {[&](CallBatch& batch) {
                               ++batches;
                               rows += batch.size();
                               cut += batch.cut_names;
                               most = std::max(most, names.bytes());
                               if (names.full()) names.keep_first(1);
                               return done();
                           },
                           [](const Reject&) { return done(); }};
    const ReadOptions options;
    Intake intake(names, sink, options);
    const std::string tail(600, 'x');
    for (int i = 0; i < 50'000; ++i) {
        const std::string in = std::to_string(i) + tail;
        const std::string out = "out " + in;
        CallRow row;
        row.trunk_in = in;
        row.trunk_out = out;
        row.carrier = "Carrier";
        REQUIRE(intake.accept(row).ok());
    }
    REQUIRE(intake.finish().ok());
    CHECK(rows == 50'000);
    CHECK(cut == 100'000);
    CHECK(batches > 2);
    CHECK(most < 26U << 20U);
}

TEST_CASE("a batch keeps its columns of one length") {
    CallBatch batch;
    NameTable names;
    batch.reserve(4);
    CallRow row;
    row.trunk_in = "T1";
    append(batch, row, names);
    append(batch, row, names);
    CHECK(batch.size() == 2);
    CHECK(batch.id == std::vector<std::int64_t>{0, 0});
    CHECK(batch.offset.size() == 2);
    CHECK(batch.cli_text.size() == 2);
    batch.clear();
    CHECK(batch.size() == 0);
    CHECK(batch.trunk_in.empty());
}

TEST_CASE("dates are taken apart without deciding what is open") {
    using Form = WrittenDate::Form;
    const auto parts = [](std::string_view text) {
        const auto d = split_date(text);
        return d ? std::to_string(static_cast<int>(d->form)) + ":" + std::to_string(d->first) + "/" +
                       std::to_string(d->second) + "/" + std::to_string(d->year)
                 : "none";
    };
    CHECK(parts("03/04/2025") == "0:3/4/2025");
    CHECK(parts("3-4-2025") == "0:3/4/2025");
    CHECK(parts("03.04.25") == "3:3/4/2025");  // even the year is open
    CHECK(parts("25-12-01") == "3:25/12/2001");
    CHECK(parts("3/4/25") == "0:3/4/2025");
    CHECK(parts("2025-04-03") == "1:3/4/2025");
    CHECK(parts("2025/4/3") == "1:3/4/2025");
    CHECK(parts("03-Apr-2025") == "2:3/4/2025");
    CHECK(parts("03 April 2025") == "2:3/4/2025");
    CHECK(parts("3-APR-25") == "2:3/4/2025");
    CHECK(parts("03/04/2025 00:00:00") == "0:3/4/2025");
    for (const char* text : {"", "3", "03/04", "03/04/2025x", "03/04-2025", "2025", "03/Foo/2025",
                             "003/04/2025", "03/04/20255", "a/b/c", "03/04/2025 10:00:00"}) {
        CAPTURE(text);
        CHECK(parts(text) == "none");
    }
    CHECK(split_date("03/04/2025")->form == Form::two_numbers);
}

TEST_CASE("times of day and durations") {
    constexpr std::int64_t s = micros_per_second;
    CHECK(time_of_day("14:17:12") == 51'432 * s);
    CHECK(time_of_day("9:17:12") == 33'432 * s);
    CHECK(time_of_day("14:17") == 51'420 * s);
    CHECK(time_of_day("14:17:12.25") == 51'432 * s + 250'000);
    CHECK(time_of_day("2:17:12 PM") == 51'432 * s);
    CHECK(time_of_day("12:00:00 am") == 0);
    CHECK(time_of_day("141712") == 51'432 * s);
    for (const char* text : {"", "24:00:00", "14:60:00", "14:17:60", "14:17:1", "13:00 PM", "0:00 PM", "14",
                             "1417", "14171", "1417123", "aa:bb:cc", "14:17:12x", "14:17:12.", "-1:00:00"}) {
        CAPTURE(text);
        CHECK_FALSE(time_of_day(text));
    }
    CHECK(seconds_of("41") == 41);
    CHECK(seconds_of("41.9") == 41);
    CHECK(seconds_of("1:05") == 65);
    CHECK(seconds_of("01:00:05") == 3605);
    CHECK(seconds_of("2147483647") == 2147483647);
    for (const char* text :
         {"", "-1", "4 1", "1:60", "1:2:3:4", ":", "2147483648", "99999999999", "1e3", "."}) {
        CAPTURE(text);
        CHECK_FALSE(seconds_of(text));
    }
}

TEST_CASE("an order that was adopted without an open date before it gives way to evidence") {
    DateDecision decision(DateOrder::undecided, DateOrder::day_first);
    decision.observe(*split_date("05/05/2025"), 2);
    REQUIRE(decision.decide(false).ok());
    CivilTime civil;
    CHECK(decision.read(*split_date("05/05/2025"), 2, civil) == DateDecision::Reading::read);
    CHECK(decision.read(*split_date("01/23/2025"), 3, civil) == DateDecision::Reading::read);
    CHECK(civil.day == 23);
    CHECK(decision.order() == DateOrder::month_first);
    CHECK(decision.evidence() == "line 3 has day 23");
    CHECK(decision.read(*split_date("23/01/2025"), 4, civil) == DateDecision::Reading::contradiction);
}
