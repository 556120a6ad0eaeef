#include <doctest/doctest.h>

#include "ber_builder.h"
#include "reading.h"

using namespace sendh;
using namespace sendh::test;
using namespace sendh::test::build;

namespace {

Reading read(const std::string& bytes, const ReadOptions& options = {}) {
    Reading r = read_layout("nrtrde", bytes, options);
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == r.summary.accepted + r.summary.rejected);
    CHECK(r.summary.rejected == r.rejects.size());
    for (const KeptReject& reject : r.rejects)
        CHECK(std::string_view(bytes).substr(reject.offset).starts_with(reject.raw));
    return r;
}

int score(std::string_view bytes) { return find_layout("nrtrde")->recognise(head_of(bytes)); }

const std::string moc = nrtrde_event(3, app(27, foreigner));
const std::string mtc = nrtrde_event(4, app(22, foreigner) + app(15, "BBBBB"));

void check_refused(const std::string& event, RejectCode code, const std::string& column) {
    const Reading r = read(nrtrde(moc + event + mtc, 3));
    CAPTURE(column);
    CHECK(r.summary.accepted == 2);
    REQUIRE(r.rejects.size() == 1);
    CHECK(name_of(r.rejects[0].code) == name_of(code));
    CHECK(r.rejects[0].column == column);
    CHECK(r.rejects[0].raw == event);
    CHECK_FALSE(r.has_note("declared"));
}

}  // namespace

TEST_CASE("NRTRDE: an originated and a terminated call") {
    for (const Length form : {Length::shortest, Length::eight_octets, Length::indefinite}) {
        const std::string bytes = nrtrde(moc + mtc, 2, form);
        REQUIRE(*recognise(head_of(bytes)) == find_layout("nrtrde"));
        const Reading r = read(bytes);
        CHECK(r.summary.notes.empty());
        REQUIRE(r.summary.accepted == 2);
        CHECK(r.calls.time == std::vector(2, at("2025-01-23T10:20:30")));
        CHECK(r.calls.cli[0] == PhoneNumber::from_e164(919876500010));
        CHECK(r.calls.callee[0] == PhoneNumber::from_e164(971500000001));
        CHECK(r.calls.cli[1] == PhoneNumber::from_e164(971500000001));
        CHECK(r.calls.callee[1] == PhoneNumber::from_e164(919876500010));
        CHECK(r.calls.direction == std::vector{Direction::outgoing, Direction::incoming});
        CHECK(r.calls.duration == std::vector(2, 43));
        CHECK(r.calls.disposition == std::vector(2, Disposition::answered));
        CHECK(r.names.name(r.calls.carrier[0]) == "AAAAA");
        CHECK(r.names.name(r.calls.carrier[1]) == "BBBBB");
        CHECK(bytes.substr(r.calls.offset[1]).starts_with(mtc));
    }
}

TEST_CASE("NRTRDE: dialled digits, forwarding, services, an attempt, a name") {
    const auto event = [](const std::string& fields) {
        return app_of(3, app(21, "20250123102030") + app(45, "+0530") + app(49, bcd(subscriber)) +
                             app(27, foreigner) + fields);
    };
    const std::string fields = app(42, "21") + app(44, "4915112345678");
    const Reading r =
        read(nrtrde(nrtrde_event(3, app(30, "00971500000001")) + event(fields) +
                        event(app(44, "4915112345678")) + event(app_of(46, app(43, octet(0x22)))) +
                        event(app_of(46, app(18, "26"))) + event(app(19, integer(9)) + app(24, integer(3))) +
                        event(app(19, integer(0))) + nrtrde_event(4, app(22, "BANKIN")),
                    8));
    CHECK(r.rejects.empty());
    REQUIRE(r.summary.accepted == 8);
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(971500000001));
    CHECK(r.calls.cli[1] == PhoneNumber::from_e164(4915112345678));
    CHECK(r.calls.redirect[1] == PhoneNumber::from_e164(919876500010));
    CHECK(r.calls.redirect[2].is_none());
    CHECK(r.calls.service[3] == Service::sms);
    CHECK(r.calls.service[4] == Service::other);
    CHECK(r.calls.disposition[5] == Disposition::unanswered);
    CHECK(r.calls.duration[5] == 0);
    CHECK(r.calls.disposition[6] == Disposition::unanswered);
    CHECK(r.names.name(r.calls.cli_text[7]) == "BANKIN");
}

TEST_CASE("NRTRDE: each way in which an event can be wrong has its reason and its field") {
    const std::string to = app(27, foreigner) + app(49, bcd(subscriber));
    const std::string when = app(21, "20250123102030") + app(45, "+0530");
    check_refused(app_of(5, when), RejectCode::not_a_call, "Gprs");
    check_refused(app_of(6, when), RejectCode::bad_value, "kind of event");
    check_refused(ctx_of(3, when), RejectCode::bad_value, "kind of event");
    check_refused(app_of(3, when + app(49, bcd(subscriber))), RejectCode::bad_callee, "dialledDigits");
    check_refused(app_of(3, when + app(30, "*121#")), RejectCode::bad_callee, "dialledDigits");
    check_refused(app_of(4, when + app(22, foreigner)), RejectCode::bad_callee, "msisdn");
    check_refused(app_of(3, to + app(21, "20250123102030")), RejectCode::bad_time, "utcTimeOffset");
    check_refused(app_of(3, to + app(45, "+0530")), RejectCode::bad_time, "callEventStartTimeStamp");
    check_refused(app_of(3, to + app(45, "+0530") + app(21, "20251323102030")), RejectCode::bad_time,
                  "callEventStartTimeStamp");
    check_refused(app_of(3, to + app(45, "IST") + app(21, "20250123102030")), RejectCode::bad_time,
                  "utcTimeOffset");
    check_refused(app_of(3, to + when + app(19, integer(-1))), RejectCode::bad_duration, "callEventDuration");
    check_refused(app_of(3, to + when + app(24, "")), RejectCode::bad_value, "causeForTermination");
    check_refused(app_of(3, to + when + app_of(46, app(43, "x1"))), RejectCode::bad_value, "teleServiceCode");
    check_refused(app_of(3, to + when + "\x59\x7Fz"), RejectCode::broken_row, "");
}

TEST_CASE("NRTRDE: counts, strangers, padding, an empty report") {
    CHECK(read(nrtrde(moc, 4)).has_note("declared 4 records, found 1"));
    CHECK(read(nrtrde("", 0)).has_note("an empty report"));
    const Reading r = read(nrtrde(moc, 1) + std::string(100, '\0') + app_of(9, "x") + nrtrde(mtc, 1));
    CHECK(r.summary.accepted == 2);
    REQUIRE(r.rejects.size() == 1);
    CHECK(r.rejects[0].column == "Nrtrde");
    CHECK(read_layout("nrtrde", "").fault->message().find("the file is empty") != std::string::npos);
    const Reading imsi = read(nrtrde(nrtrde_event(3, app(27, foreigner), ""), 1));
    CHECK(imsi.calls.cli_class.at(0) == NumberClass::none);
    CHECK(imsi.has_note("by IMSI only"));
}

TEST_CASE("NRTRDE: a file cut at any byte: the books balance and no call is made up") {
    const std::string whole = nrtrde(moc + app_of(5, app(21, "x")) + mtc, 3);
    for (std::size_t n = 1; n < whole.size(); ++n) {
        const Reading r = read_layout("nrtrde", whole.substr(0, n));
        if (is_cut(r)) {
            CHECK(n < whole.find(moc) + moc.size());
            continue;
        }
        REQUIRE_FALSE(r.fault);
        CHECK(r.summary.accepted > 0);
        CHECK(r.summary.rejected <= 2);
        CHECK(r.calls.size() <= 2);
        CHECK((r.has_note("cannot be told apart") || r.has_note("it was cut off")));
    }
}

TEST_CASE("other files are not taken for NRTRDE") {
    for (const std::string& bytes :
         {std::string("a,b\n"), std::string(), mo_call(), tap_batch("", 0), app_of(1, ""),
          app_of(1, app(41, "x")), app_of(1, app(41, "x") + app(99, "y")), std::string("PK\x03\x04"),
          std::string("\x61\x82\x01", 3)})
        CHECK(score(bytes) == 0);
    CHECK(score(nrtrde("", 0)) == 95);
}

TEST_CASE("the shared NRTRDE sample: counts, times and who is named") {
    const auto bytes = sample("nrtrde_2_1.ber", "ber");
    if (!bytes) {
        MESSAGE("skipped: no shared data");
        return;
    }
    REQUIRE(*recognise(head_of(*bytes)) == find_layout("nrtrde"));
    const Reading r = read(*bytes);
    CHECK(r.summary.rows == 7);
    REQUIRE(r.summary.accepted == 2);
    CHECK(r.calls.time[0] == *parse_iso("2016-01-22T11:01:02+02:00", Zone{}));
    CHECK(r.calls.time[1] == *parse_iso("2016-01-22T12:01:02+02:00", Zone{}));
    CHECK(r.calls.callee[0].masked() == r.calls.callee[1].masked());
    CHECK(r.calls.callee[0].masked().starts_with("+49 "));
    CHECK(r.calls.duration == std::vector(2, 43));
    CHECK(r.calls.cli_class == std::vector(2, NumberClass::none));
    CHECK(r.has_note("2 events name their subscriber by IMSI only"));
    CHECK(r.has_note("declared 10 records, found 7"));
    std::size_t packets = 0;
    for (const KeptReject& reject : r.rejects) {
        packets += reject.code == RejectCode::not_a_call ? 1 : 0;
        if (reject.code != RejectCode::not_a_call) CHECK(reject.column == "msisdn");
    }
    CHECK(packets == 3);
    for (std::size_t n = 1; n < bytes->size(); ++n) {
        const Reading cut = read_layout("nrtrde", bytes->substr(0, n));
        CHECK((is_cut(cut) || !cut.fault));
        CHECK(cut.summary.accepted <= 2);
    }
}

TEST_CASE("the shared sample whose events are damaged gives no made-up call, and every piece is a row") {
    const auto bytes = sample("deep_invalid.ber", "ber");
    if (!bytes) {
        MESSAGE("skipped: no shared data");
        return;
    }
    REQUIRE(*recognise(head_of(*bytes)) == find_layout("nrtrde"));
    const Reading r = read(*bytes);
    CHECK(r.summary.accepted == 0);
    REQUIRE(r.rejects.size() == 16);
    CHECK(r.rejects[0].offset == 61);
    CHECK(r.rejects[0].column == "dialledDigits");  // its fields are out of step
    CHECK(r.rejects[2].code == RejectCode::broken_row);
    std::uint64_t next = r.rejects[0].offset;
    for (const KeptReject& reject : r.rejects) {  // nothing is dropped: one begins where the other ends
        CHECK(reject.offset == next);
        next = reject.offset + reject.raw.size();
    }
    CHECK(next == bytes->size());
    CHECK(r.has_note("cannot be told apart into records"));
}
