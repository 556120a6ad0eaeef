#include <doctest/doctest.h>

#include "ber_builder.h"
#include "reading.h"

using namespace sendh;
using namespace sendh::test;
using namespace sendh::test::build;

namespace {

Reading read(const std::string& bytes, const ReadOptions& options = {}) {
    Reading r = read_layout("tap3", bytes, options);
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == r.summary.accepted + r.summary.rejected);
    CHECK(r.summary.rejected == r.rejects.size());
    for (const KeptReject& reject : r.rejects) {
        CHECK(reject.line == 0);
        CHECK(std::string_view(bytes).substr(reject.offset).starts_with(reject.raw));
    }
    return r;
}

int score(std::string_view bytes) { return find_layout("tap3")->recognise(head_of(bytes)); }

const std::string to_foreigner = app(407, bcd(foreigner));
const std::string from_foreigner = app(405, bcd(foreigner));

void check_refused(const std::string& event, RejectCode code, const std::string& column) {
    const std::string bytes = tap_batch(tap_mo(to_foreigner) + event + tap_mt(from_foreigner), 3);
    const Reading r = read(bytes);
    CAPTURE(column);
    CHECK(r.summary.accepted == 2);
    REQUIRE(r.rejects.size() == 1);
    CHECK(name_of(r.rejects[0].code) == name_of(code));
    CHECK(r.rejects[0].column == column);
    CHECK(r.rejects[0].raw == event);
    CHECK_FALSE(r.has_note("declared"));
}

std::string mo(const std::string& basic, const std::string& more = "") {
    return app_of(9, app_of(147, basic) + more);
}

}  // namespace

TEST_CASE("TAP3: an originated and a terminated call, with the offset of their codes") {
    for (const Length form : {Length::shortest, Length::long_form, Length::indefinite}) {
        const std::string bytes = tap_batch(tap_mo(to_foreigner) + tap_mt(from_foreigner), 2, form);
        REQUIRE(*recognise(head_of(bytes)) == find_layout("tap3"));
        const Reading r = read(bytes);
        CHECK(r.rejects.empty());
        CHECK(r.summary.notes.empty());
        REQUIRE(r.summary.accepted == 2);
        CHECK(r.calls.time[0] == at("2025-01-23T10:20:30"));
        CHECK(r.calls.cli[0] == PhoneNumber::from_e164(919876500010));
        CHECK(r.calls.callee[0] == PhoneNumber::from_e164(971500000001));
        CHECK(r.calls.direction[0] == Direction::outgoing);
        CHECK(r.calls.duration[0] == 30);
        CHECK(r.calls.disposition[0] == Disposition::answered);
        CHECK(r.calls.service[0] == Service::voice);
        CHECK(r.names.name(r.calls.carrier[0]) == "AAAAA");
        CHECK(r.calls.trunk_in[0] == 0);
        CHECK(r.calls.time[1] == *parse_iso("2025-01-23T10:20:30-03:30", Zone{}));
        CHECK(r.calls.cli[1] == PhoneNumber::from_e164(971500000001));
        CHECK(r.calls.callee[1] == PhoneNumber::from_e164(919876500010));
        CHECK(r.calls.direction[1] == Direction::incoming);
        CHECK(r.calls.disposition[1] == Disposition::unanswered);
        CHECK(bytes.substr(r.calls.offset[1]).starts_with(tap_mt(from_foreigner)));
    }
}

TEST_CASE("TAP3: called numbers, dialled digits, IA5 digits, names of senders, an originating network") {
    const Reading r = read(tap_batch(
        tap_mo(app(407, foreigner)) + tap_mo(app(279, "00971500000001")) +
            tap_mo(app(279, "+971500000001") + app(407, "")) + tap_mo(app(419, "971500000001")) +
            tap_mo(app(407, bcd("121"))) + tap_mt(app(425, "BANKIN")) + tap_mt("", app(164, "BBBBB")) +
            tap_mt(app(405, bcd("9715000000012345"))) + tap_mo(app(279, "9876500010")),
        9));
    CHECK(r.rejects.empty());
    REQUIRE(r.summary.accepted == 9);
    CHECK(r.calls.callee[8] == PhoneNumber::from_e164(919876500010));  // as dialled
    for (std::size_t i = 0; i < 4; ++i) CHECK(r.calls.callee[i] == PhoneNumber::from_e164(971500000001));
    CHECK(r.calls.callee_class[4] == NumberClass::short_code);
    CHECK(r.calls.cli_class[5] == NumberClass::not_digits);
    CHECK(r.names.name(r.calls.cli_text[5]) == "BANKIN");
    CHECK(r.calls.cli_class[6] == NumberClass::none);
    CHECK(r.names.name(r.calls.carrier[6]) == "BBBBB");
    CHECK(r.calls.cli_class[7] == NumberClass::too_long);
}

TEST_CASE("TAP3: in a forwarded call the third party is who called") {
    const Reading r =
        read(tap_batch(tap_mo(to_foreigner, app(209, "21") + app_of(219, app(403, bcd("4915112345678")) +
                                                                             app(75, octet(0)))),
                       1));
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(4915112345678));
    CHECK(r.calls.redirect[0] == PhoneNumber::from_e164(919876500010));
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(971500000001));
}

TEST_CASE("TAP3: services") {
    const auto event = [](const std::string& services) {
        return mo(tap_subscriber(subscriber) + app_of(89, to_foreigner) + tap_time(44, "20250123102030") +
                      app(223, integer(30)),
                  services);
    };
    const std::string bearer = app_of(38, app_of(39, app_of(36, app_of(426, app(40, "26")))));
    const Reading r = read(tap_batch(event(tap_services("11")) + event(tap_services("22")) +
                                         event(tap_services("62")) + event(bearer) + event(""),
                                     5));
    CHECK(r.calls.service ==
          std::vector{Service::voice, Service::sms, Service::other, Service::other, Service::voice});
    check_refused(event(tap_services("zz")), RejectCode::bad_value, "teleServiceCode");
    check_refused(event(tap_services("1")), RejectCode::bad_value, "teleServiceCode");
}

TEST_CASE("TAP3: messages at a service centre, and messages and sessions of the IMS") {
    const std::string gsm =
        app_of(430, app_of(286, app(129, bcd("404000000000001")) + app(152, bcd(subscriber))));
    const auto scu = [&](int status) {
        return app_of(12, app_of(191, gsm + app(67, integer(status)) + app(402, foreigner)) +
                              app_of(193, tap_time(88, "20250123102030")));
    };
    const std::string party = app_of(436, app(129, bcd("404000000000001")) + app(152, bcd(subscriber)));
    const auto session = [&](std::int64_t service, const std::string& other) {
        return app_of(434, app(440, integer(service)) + party + tap_time(447, "20250123102030") +
                               app(223, integer(17)) + other);
    };
    const std::string non_charged = app_of(443, app(444, bcd(foreigner)));
    const Reading r = read(tap_batch(
        scu(0) + scu(1) + session(1, non_charged) + session(2, non_charged) +
            session(1, app_of(450, app(451, bcd(foreigner)))) +
            session(2, app_of(443, app(445, "sip:+971500000001@example.org"))) +
            app_of(433, app(439, integer(1)) + party + tap_time(447, "20250123102030") + non_charged),
        7));
    CHECK(r.rejects.empty());
    REQUIRE(r.summary.accepted == 7);
    CHECK(r.calls.service == std::vector{Service::sms, Service::sms, Service::voice, Service::voice,
                                         Service::voice, Service::voice, Service::sms});
    const PhoneNumber home = PhoneNumber::from_e164(919876500010);
    const PhoneNumber abroad = PhoneNumber::from_e164(971500000001);
    for (const std::size_t i : {0U, 2U, 4U, 6U}) {
        CHECK(r.calls.direction[i] == Direction::outgoing);
        CHECK(r.calls.cli[i] == home);
        CHECK(r.calls.callee[i] == abroad);
    }
    for (const std::size_t i : {1U, 3U, 5U}) {
        CHECK(r.calls.direction[i] == Direction::incoming);
        CHECK(r.calls.cli[i] == abroad);
        CHECK(r.calls.callee[i] == home);
    }
    CHECK(r.calls.duration[2] == 17);
    CHECK(r.calls.time[6] == at("2025-01-23T10:20:30"));
    check_refused(scu(2), RejectCode::bad_value, "chargedPartyStatus");
    check_refused(session(4, non_charged), RejectCode::bad_value, "mobileSessionService");
    check_refused(app_of(433, party + non_charged), RejectCode::bad_value, "messagingEventService");
    check_refused(app_of(12, app_of(191, gsm + app(67, integer(0)) + app(402, foreigner))),
                  RejectCode::bad_time, "depositTimeStamp");
    check_refused(app_of(12, ""), RejectCode::bad_callee, "nonChargedNumber");
    check_refused(app_of(434, app(440, integer(1)) + party + non_charged), RejectCode::bad_time,
                  "serviceStartTimestamp");
}

TEST_CASE("TAP3: events of other things are rows, refused by their kind") {
    check_refused(app_of(11, ""), RejectCode::not_a_call, "SupplServiceEvent");
    check_refused(app_of(14, app_of(114, "")), RejectCode::not_a_call, "GprsCall");
    check_refused(app_of(17, ""), RejectCode::not_a_call, "ContentTransaction");
    check_refused(app_of(297, ""), RejectCode::not_a_call, "LocationService");
    check_refused(app_of(77, ""), RejectCode::bad_value, "kind of event");
    check_refused(element(2, true, 9, ""), RejectCode::bad_value, "kind of event");
    check_refused(app(9, "x"), RejectCode::bad_value, "kind of event");
}

TEST_CASE("TAP3: each way in which an event can be wrong has its reason and its field") {
    const std::string who = tap_subscriber(subscriber) + app_of(89, to_foreigner);
    const std::string when = tap_time(44, "20250123102030");
    check_refused(app_of(9, ""), RejectCode::bad_callee, "called number");
    check_refused(mo(tap_subscriber(subscriber) + when), RejectCode::bad_callee, "called number");
    check_refused(mo(tap_subscriber(subscriber) + app_of(89, app(279, "*121#")) + when),
                  RejectCode::bad_callee, "called number");
    check_refused(mo(who), RejectCode::bad_time, "callEventStartTimeStamp");
    check_refused(mo(who + tap_time(44, "20251323102030")), RejectCode::bad_time, "callEventStartTimeStamp");
    check_refused(mo(who + tap_time(44, "20250123102030", 9)), RejectCode::bad_time,
                  "callEventStartTimeStamp");
    check_refused(mo(who + tap_time(44, "20250123102030", -1)), RejectCode::bad_time,
                  "callEventStartTimeStamp");
    check_refused(mo(who + tap_time(44, "20250123102030", 100)), RejectCode::bad_time,
                  "callEventStartTimeStamp");
    check_refused(mo(who + app_of(44, app(16, "20250123102030"))), RejectCode::bad_time,
                  "callEventStartTimeStamp");
    check_refused(mo(who + when + app(223, integer(-1))), RejectCode::bad_duration, "totalCallEventDuration");
    check_refused(mo(who + when + app(223, "")), RejectCode::bad_duration, "totalCallEventDuration");
    check_refused(mo(who + when + app(58, "")), RejectCode::bad_value, "causeForTerm");
    check_refused(app_of(10, ""), RejectCode::bad_callee, "msisdn");
    check_refused(tap_mt(from_foreigner, "", ""), RejectCode::bad_callee, "msisdn");
    check_refused(app_of(9, app_of(147, who) + "\x5F\x2D\x7Fz"), RejectCode::broken_row, "");
}

TEST_CASE("TAP3: a subscriber named by IMSI alone leaves the CLI empty, and it is said") {
    const Reading r = read(tap_batch(tap_mo(to_foreigner, "", ""), 1));
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.cli_class[0] == NumberClass::none);
    CHECK(r.has_note("1 events name their subscriber by IMSI only (first at byte " +
                     std::to_string(r.calls.offset[0])));
    const std::string min = app_of(427, app_of(254, app(146, "9000000001") + app(253, subscriber)));
    const Reading named =
        read(tap_batch(mo(min + app_of(89, to_foreigner) + tap_time(44, "20250123102030")), 1));
    CHECK(named.calls.cli.at(0) == PhoneNumber::from_e164(919876500010));
    CHECK(named.calls.duration[0] == -1);
    CHECK(named.calls.disposition[0] == Disposition::unknown);
}

TEST_CASE("TAP3: an attempt that failed is no conversation") {
    const Reading r =
        read(tap_batch(mo(tap_subscriber(subscriber) + app_of(89, to_foreigner) +
                          tap_time(44, "20250123102030") + app(223, integer(30)) + app(58, integer(3))),
                       1));
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.disposition[0] == Disposition::unanswered);
    CHECK(r.calls.duration[0] == 0);
}

TEST_CASE("a Notification is an empty report, which is evidence too") {
    const std::string bytes =
        app_of(2, app(196, "AAAAA") + app(182, "INDXX") + app(109, "00002") + app(201, integer(3)));
    REQUIRE(*recognise(head_of(bytes)) == find_layout("tap3"));
    const Reading r = read(bytes);
    CHECK(r.summary.rows == 0);
    CHECK(r.has_note("a Notification"));
    CHECK(r.has_note("an empty report"));
    CHECK(read(tap_batch("", 0)).has_note("no call events: an empty report"));
    CHECK(read_layout("tap3", "").fault->message().find("the file is empty") != std::string::npos);
}

TEST_CASE("TAP3: padding, several batches, a wrong count, strangers between them") {
    const std::string one = tap_batch(tap_mo(to_foreigner), 1);
    const Reading r = read(one + std::string(300, '\0') + one + std::string(9, '\xFF'));
    CHECK(r.summary.accepted == 2);
    CHECK(r.has_note("309 bytes of padding"));
    CHECK_FALSE(r.has_note("declared"));
    CHECK(read(tap_batch(tap_mo(to_foreigner), 5)).has_note("declared 5 records, found 1"));
    const Reading strange = read(one + app_of(50, "x") + one);
    CHECK(strange.summary.accepted == 2);
    REQUIRE(strange.rejects.size() == 1);
    CHECK(strange.rejects[0].column == "TransferBatch");
    // Zeros between the events of a definite list.
    CHECK(read(tap_batch(tap_mo(to_foreigner) + std::string(40, '\0') + tap_mo(to_foreigner), 2))
              .summary.accepted == 2);
}

TEST_CASE("TAP3: an event that runs over the list is one row, and the batch goes on behind the list") {
    const std::string bytes = tap_batch(tap_mo(to_foreigner) + "\x69\x7Fz", 2);
    const Reading r = read(bytes);
    CHECK(r.summary.accepted == 1);
    REQUIRE(r.rejects.size() == 1);
    CHECK(r.rejects[0].code == RejectCode::broken_row);
    CHECK(r.rejects[0].raw == "\x69\x7Fz");
    CHECK(r.has_note("cannot be told apart into records (a length that runs over the end)"));
    CHECK_FALSE(r.has_note("declared"));
    const std::string huge = app_of(14, app(1, std::string(2 << 20, 'x')));
    const Reading big = read(tap_batch(tap_mo(to_foreigner) + huge + tap_mo(to_foreigner), 3));
    CHECK(big.summary.accepted == 2);
    CHECK(big.has_note("1 records rejected: longer than 1 MiB"));
}

TEST_CASE("TAP3 is streamed: a batch far beyond what is held") {
    std::string events;
    const std::string event = tap_mo(to_foreigner);
    while (events.size() < (5U << 20U)) events += event;
    const std::size_t count = events.size() / event.size();
    for (const Length form : {Length::shortest, Length::indefinite}) {
        const Reading r = read(tap_batch(events, static_cast<std::int64_t>(count), form));
        CHECK(r.summary.accepted == count);
        CHECK(r.summary.notes.empty());
    }
}

TEST_CASE("TAP3: a file cut at any byte: the books balance and no call is made up") {
    for (const Length form : {Length::shortest, Length::indefinite}) {
        const std::string whole =
            tap_batch(tap_mo(to_foreigner) + app_of(14, "") + tap_mt(from_foreigner), 3, form);
        const Reading all = read(whole);
        for (std::size_t n = 1; n < whole.size(); ++n) {
            const Reading r = read_layout("tap3", whole.substr(0, n));
            if (is_cut(r)) {
                CHECK(n < whole.find(tap_mo(to_foreigner)) + tap_mo(to_foreigner).size());
                continue;
            }
            REQUIRE_FALSE(r.fault);
            CHECK(r.summary.accepted > 0);
            CHECK(r.summary.rejected <= 2);
            CHECK(r.calls.size() <= all.calls.size());
            CHECK((r.has_note("cannot be told apart") || r.has_note("it was cut off")));
        }
    }
}

TEST_CASE("other files are not taken for TAP3") {
    for (const std::string& bytes :
         {std::string("adb,cde\nfgh\n"), std::string("aXd\x50_m0123456789"), std::string(), mo_call(),
          nrtrde("", 0), std::string("\x61\x80\x64\x80", 4), app_of(1, app_of(5, "")), app_of(1, ""),
          app(1, "abc"), app_of(1, app_of(4, ctx(1, "x"))), std::string("PK\x03\x04"),
          std::string("\x1F\x8B\x08")})
        CHECK(score(bytes) == 0);
    CHECK(score(tap_batch("", 0)) == 95);
    CHECK(score(tap_batch("", 0).substr(0, 20)) == 70);
}

TEST_CASE("the shared TAP3 sample: empty calls and packet data") {
    const auto bytes = sample("tap3_asn1c_sample_DataInterChange-1.ber", "ber");
    if (!bytes) {
        MESSAGE("skipped: no shared data");
        return;
    }
    REQUIRE(*recognise(head_of(*bytes)) == find_layout("tap3"));
    const Reading r = read(*bytes);
    CHECK(r.summary.rows == 5);
    CHECK(r.summary.accepted == 0);
    std::size_t packets = 0;
    for (const KeptReject& reject : r.rejects) {
        if (reject.code == RejectCode::not_a_call) {
            ++packets;
            CHECK(reject.column == "GprsCall");
        } else {
            CHECK(reject.code == RejectCode::bad_callee);
            CHECK(reject.column == "msisdn");
        }
    }
    CHECK(packets == 3);
    for (std::size_t n = 1; n < bytes->size(); ++n) {
        const Reading cut = read_layout("tap3", bytes->substr(0, n));
        CHECK((is_cut(cut) || !cut.fault));
        CHECK(cut.summary.accepted == 0);
    }
}
