#include <doctest/doctest.h>

#include "ber_builder.h"
#include "reading.h"

using namespace sendh;
using namespace sendh::test;
using namespace sendh::test::build;

namespace {

Reading read(const std::string& bytes, const ReadOptions& options = {}) {
    Reading r = read_layout("ts32298", bytes, options);
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == r.summary.accepted + r.summary.rejected);
    CHECK(r.summary.rejected == r.rejects.size());
    for (const KeptReject& reject : r.rejects) {
        CHECK(reject.line == 0);
        CHECK(std::string_view(bytes).substr(reject.offset).starts_with(reject.raw));
    }
    return r;
}

int score(std::string_view bytes) { return find_layout("ts32298")->recognise(head_of(bytes)); }

void check_refused(const std::string& record, RejectCode code, const std::string& column) {
    const std::string before = inc_gateway();
    const Reading r = read(before + record + mt_call());
    CAPTURE(column);
    CHECK(r.summary.accepted == 2);
    REQUIRE(r.rejects.size() == 1);
    CHECK(name_of(r.rejects[0].code) == name_of(code));
    CHECK(r.rejects[0].column == column);
    CHECK(r.rejects[0].offset == before.size());
    CHECK(r.rejects[0].raw == record);
}

std::string be(std::uint64_t value, std::size_t octets) { return number_octets(value, octets); }

// TS 32.297: file header of release 6 with a routeing filter, then each CDR with its header.
std::string cdr_file(const std::vector<std::string>& records, unsigned release = 2,
                     bool counts_header = false, std::uint64_t declared = 0, unsigned format = 1) {
    std::string body;
    for (const std::string& record : records) {
        std::string header = octet(release << 5U) + octet(format << 5U | 2U);
        if (release == 7) header += octet(5);
        const std::size_t length = record.size() + (counts_header ? header.size() + 2 : 0);
        body += be(length, 2) + header + record;
    }
    std::string header = octet(release << 5U) + octet(release << 5U) + be(0, 4) + be(0, 4) +
                         be(declared == 0 ? records.size() : declared, 4) + be(1, 4) + octet(0) +
                         std::string(20, '\xFF') + octet(0) + be(3, 2) + "abc" + be(2, 2) + "xy";
    if (release == 7) header += octet(5) + octet(5);
    return be(8 + header.size() + body.size(), 4) + be(8 + header.size(), 4) + header + body;
}

}  // namespace

TEST_CASE("a mobile-originated call is read field by field") {
    const std::string bytes = mo_call();
    REQUIRE(*recognise(head_of(bytes)) == find_layout("ts32298"));
    const Reading r = read(bytes);
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.time[0] == at("2025-01-23T10:20:30"));
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(919876500001));
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500010));
    CHECK(r.calls.callee_class[0] == NumberClass::mobile);
    CHECK(r.calls.redirect[0].is_none());
    CHECK(r.calls.duration[0] == 60);
    CHECK(r.calls.direction[0] == Direction::outgoing);
    CHECK(r.calls.disposition[0] == Disposition::answered);
    CHECK(r.calls.service[0] == Service::voice);
    CHECK(r.names.name(r.calls.trunk_in[0]) == "IN-1");
    CHECK(r.names.name(r.calls.trunk_out[0]) == "4711");
    CHECK(r.calls.line[0] == 0);
    CHECK(r.calls.offset[0] == 0);
}

TEST_CASE("a mobile-terminated call: the subscriber is called, the seizure is its time") {
    const Reading r = read(mt_call());
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.time[0] == at("2025-01-23T10:20:25"));
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(971500000001));
    CHECK(r.calls.cli_class[0] == NumberClass::foreign);
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500010));
    CHECK(r.calls.duration[0] == 5);
    CHECK(r.calls.direction[0] == Direction::incoming);
    CHECK(r.names.name(r.calls.trunk_in[0]) == "ILD-7");
    CHECK(r.calls.trunk_out[0] == 0);
}

TEST_CASE("a gateway record without an answer is an unanswered call: its duration was holding time") {
    const Reading r = read(inc_gateway());
    REQUIRE(r.summary.accepted == 1);
    CHECK(r.calls.direction[0] == Direction::incoming);
    CHECK(r.calls.disposition[0] == Disposition::unanswered);
    CHECK(r.calls.duration[0] == 0);
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500010));
    const Reading busy = read(inc_gateway(stamp("250123102025"), ctx_of(12, ctx(2, integer(17)))) +
                              inc_gateway(stamp("250123102025"), ctx_of(12, ctx(0, integer(1)))) +
                              inc_gateway(stamp("250123102025"), ctx_of(12, ctx(1, integer(17)))) +
                              inc_gateway(stamp("250123102025"), ctx(7, stamp("250123102030"))));
    CHECK(busy.calls.disposition == std::vector{Disposition::busy, Disposition::failed,
                                                Disposition::unanswered, Disposition::unanswered});
}

TEST_CASE("every kind of record that has parties gives a call") {
    const std::string at_ten = stamp("250123100000");
    const std::string calling = address(1, foreigner);
    const std::string called = address(1, subscriber);
    const Reading r = read(
        ctx_of(2, ctx(0, integer(2)) + ctx(2, called) + ctx(3, calling) + ctx(4, address(1, "971520000002")) +
                      ctx_of(6, ctx(1, "A")) + ctx_of(7, ctx(1, "B")) + ctx(13, at_ten) +
                      ctx(15, integer(9)) + ctx(17, integer(0))) +
        ctx_of(4, ctx(0, integer(4)) + ctx(1, calling) + ctx(2, called) + ctx_of(4, ctx(1, "A")) +
                      ctx_of(5, ctx(1, "B")) + ctx(7, at_ten) + ctx(9, integer(9)) + ctx(11, integer(0))) +
        ctx_of(5, ctx(0, integer(5)) + ctx_of(2, ctx(1, "A")) + ctx_of(3, ctx(1, "B")) + ctx(4, calling) +
                      ctx(5, called) + ctx(8, at_ten) + ctx(10, integer(9)) + ctx(12, integer(0))) +
        ctx_of(16, ctx(0, integer(17)) + ctx(4, at_ten) + ctx(12, called) + ctx(13, calling) +
                       ctx_of(14, ctx(1, "A")) + ctx_of(15, ctx(1, "B")) + ctx(19, integer(0)) +
                       ctx(21, integer(3))) +
        ctx_of(21, ctx(0, integer(88)) + ctx(3, called) + ctx(4, calling) + ctx_of(7, ctx(1, "A")) +
                       ctx_of(8, ctx(1, "B")) + ctx(11, at_ten) + ctx(13, integer(9)) + ctx(14, integer(0))));
    CHECK(r.rejects.empty());
    REQUIRE(r.summary.accepted == 5);
    CHECK(r.calls.direction == std::vector{Direction::incoming, Direction::outgoing, Direction::transit,
                                           Direction::incoming, Direction::incoming});
    for (std::size_t i = 0; i < 5; ++i) {
        CAPTURE(i);
        CHECK(r.calls.time[i] == at("2025-01-23T10:00:00"));
        CHECK(r.calls.cli[i] == PhoneNumber::from_e164(971500000001));
        CHECK(r.calls.callee[i] == PhoneNumber::from_e164(919876500010));
        CHECK(r.names.name(r.calls.trunk_in[i]) == "A");
        CHECK(r.names.name(r.calls.trunk_out[i]) == "B");
        CHECK(r.calls.duration[i] == (i == 3 ? 0 : 9));
        CHECK(r.calls.disposition[i] == (i == 3 ? Disposition::unanswered : Disposition::answered));
    }
}

TEST_CASE("short messages: sent, delivered, at the gateway") {
    const std::string t = stamp("250123100000");
    const Reading r =
        read(ctx_of(6, ctx(0, integer(6)) + ctx(3, address(1, "919876500001")) +
                           ctx(5, address(1, "919800000000")) + ctx(9, t) +
                           ctx(12, octet(12) + address(1, subscriber))) +
             ctx_of(7, ctx(0, integer(7)) + ctx(1, address(1, "919800000000")) +
                           ctx(4, address(1, subscriber)) + ctx(8, t) + ctx_of(9, ctx(1, integer(27))) +
                           ctx_of(12, ctx(5, address(1, foreigner)))) +
             ctx_of(7, ctx(0, integer(7)) + ctx(4, address(1, subscriber)) + ctx(8, t) +
                           ctx_of(12, ctx(5, "\xD0\xC2\xA0\x73\x09"))) +
             ctx_of(9, ctx(0, integer(9)) + ctx(3, address(1, subscriber)) + ctx(5, t)));
    CHECK(r.rejects.empty());
    REQUIRE(r.summary.accepted == 4);
    CHECK(r.calls.service == std::vector(4, Service::sms));
    CHECK(r.calls.direction ==
          std::vector{Direction::outgoing, Direction::incoming, Direction::incoming, Direction::incoming});
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(919876500001));
    CHECK(r.calls.cli[1] == PhoneNumber::from_e164(971500000001));
    CHECK(r.names.name(r.calls.cli_text[2]) == "BANK");
    CHECK(r.calls.cli_class[2] == NumberClass::not_digits);
    CHECK(r.calls.cli_class[3] == NumberClass::none);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(r.calls.callee[i] == PhoneNumber::from_e164(919876500010));
        CHECK(r.calls.time[i] == at("2025-01-23T10:00:00"));
        CHECK(r.calls.disposition[i] == (i == 1 ? Disposition::failed : Disposition::unknown));
        CHECK(r.calls.duration[i] == -1);
    }
}

TEST_CASE("records of other things are rows, refused by their kind") {
    const std::vector<std::pair<std::uint32_t, std::string>> kinds = {
        {8, "moSMSIWRecord"},       {10, "ssActionRecord"},
        {11, "hlrIntRecord"},       {12, "locUpdateHLRRecord"},
        {13, "locUpdateVLRRecord"}, {14, "commonEquipRecord"},
        {17, "mtLCSRecord"},        {20, "mSCsRVCC or sgsnPDPRecord"},
        {79, "pGWRecord"}};
    for (const auto& [tag, name] : kinds)
        check_refused(ctx_of(tag, ctx(0, integer(tag)) + ctx(1, bcd("404000000000001"))),
                      RejectCode::not_a_call, name);
    check_refused(ctx_of(21, ctx(0, integer(19)) + ctx(3, bcd("404000000000001"))), RejectCode::not_a_call,
                  "ggsnPDPRecord");
    check_refused(ctx_of(15, element(0, true, 16, "")), RejectCode::not_a_call, "recTypeExtensions");
    check_refused(ctx_of(67, ctx(0, integer(67))), RejectCode::bad_value, "IMS record");
    check_refused(ctx_of(120, ctx(0, integer(120))), RejectCode::bad_value, "kind of record");
    check_refused(element(0, true, 17, ctx(0, integer(0))), RejectCode::bad_value, "kind of record");
    CHECK(read(ctx_of(67, ctx(0, integer(67))) + mo_call())
              .has_note("1 records of the IMS (VoLTE) were rejected"));
}

TEST_CASE("each way in which a record can be wrong has its reason and its field") {
    const auto mo = [](const std::string& fields) { return ctx_of(0, ctx(0, integer(0)) + fields); };
    const std::string called = ctx(5, address(0, "9876500010"));
    const std::string answer = ctx(23, stamp("250123102030"));
    check_refused(mo(answer), RejectCode::bad_callee, "calledNumber");
    check_refused(mo(answer + ctx(5, "")), RejectCode::bad_callee, "calledNumber");
    check_refused(mo(answer + ctx(5, address(0, "*100#"))), RejectCode::bad_callee, "calledNumber");
    check_refused(mo(answer + ctx(5, address(0, "98765000109876500010"))), RejectCode::bad_callee,
                  "calledNumber");
    check_refused(mo(answer + ctx_of(5, "\x04\x7Fz")), RejectCode::bad_value, "calledNumber");
    check_refused(mo(answer + called + ctx_of(3, "\x04\x7Fz")), RejectCode::bad_value, "servedMSISDN");
    check_refused(mo(answer + called + ctx_of(4, "\x04\x7Fz")), RejectCode::bad_value, "callingNumber");
    check_refused(mo(called), RejectCode::bad_time, "seizureTime");
    check_refused(mo(called + ctx(22, stamp("251323102030"))), RejectCode::bad_time, "seizureTime");
    check_refused(mo(called + ctx(23, bcd("250123102030"))), RejectCode::bad_time, "answerTime");
    check_refused(mo(called + answer + ctx(24, "x")), RejectCode::bad_time, "releaseTime");
    check_refused(mo(called + answer + ctx_of(23, "\x04\x7F") + ctx(22, "x")), RejectCode::bad_time,
                  "seizureTime");
    check_refused(mo(called + answer + ctx(25, integer(-1))), RejectCode::bad_duration, "callDuration");
    check_refused(mo(called + answer + ctx(25, integer(std::int64_t{1} << 31))), RejectCode::bad_duration,
                  "callDuration");
    check_refused(mo(called + answer + ctx(25, "")), RejectCode::bad_duration, "callDuration");
    check_refused(mo(called + answer + ctx(30, "")), RejectCode::bad_value, "causeForTerm");
    check_refused(mo(called + answer + ctx_of(10, ctx(0, ""))), RejectCode::bad_value, "mscIncomingTKGP");
    check_refused(mo(called + answer + ctx_of(11, "\x81\x7Fz")), RejectCode::bad_value, "mscOutgoingTKGP");
    check_refused(mo(called + answer + ctx_of(14, ctx(3, ""))), RejectCode::bad_value, "basicService");
    check_refused(ctx_of(0, called + answer), RejectCode::bad_value, "recordType");
    check_refused(ctx_of(0, ctx(0, integer(1)) + called + answer), RejectCode::bad_value, "recordType");
    check_refused(ctx_of(0, ctx(0, "") + called + answer), RejectCode::bad_value, "recordType");
    check_refused(ctx(0, "abc"), RejectCode::bad_value, "kind of record");
    check_refused(mo(called + answer +
                     "\x9A\x7F"
                     "abc"),
                  RejectCode::broken_row, "");
    check_refused(
        ctx_of(1, ctx(0, integer(1)) + ctx(4, address(1, foreigner)) + ctx(19, stamp("250123102030"))),
        RejectCode::bad_callee, "servedMSISDN");
    check_refused(ctx_of(6, ctx(0, integer(6)) + ctx(9, stamp("250123102030"))), RejectCode::bad_callee,
                  "destinationNumber");
    check_refused(ctx_of(6, ctx(0, integer(6)) + ctx(12, address(1, subscriber))), RejectCode::bad_time,
                  "originationTime");
    check_refused(ctx_of(7, ctx(0, integer(7)) + ctx(4, address(1, subscriber)) + ctx(8, "")),
                  RejectCode::bad_time, "deliveryTime");
    check_refused(ctx_of(9, ctx(0, integer(9)) + ctx(3, address(1, subscriber))), RejectCode::bad_time,
                  "eventTime");
}

TEST_CASE("a fault in the CLI is no reject: it is what detection looks for") {
    const Reading r =
        read(mt_call(address(0, "98765000")) + mt_call(address(2, "0123456789")) +
             mt_call(address(1, "99999999999")) + mt_call("\x80") +
             mt_call("\x11\xA3" + semi_octets(foreigner, true)) + mt_call(address(0, "1234567890123456789")));
    CHECK(r.rejects.empty());
    CHECK(r.calls.cli_class == std::vector{NumberClass::national_length, NumberClass::national_prefix,
                                           NumberClass::foreign_unknown, NumberClass::none,
                                           NumberClass::foreign, NumberClass::too_long});
}

TEST_CASE("numbers by their type: international, national in the region of the case, unknown as presented") {
    const Reading r = read(mo_call(address(1, foreigner)) + mo_call(address(2, "9876500010")) +
                           mo_call(address(0, "00971500000001")) + mo_call(address(0, "09876500010")) +
                           mo_call(address(1, "00971500000001")) + mo_call(address(3, "121")) +
                           mo_call(address(1, "919876500010") + "\xFF"));
    CHECK(r.rejects.empty());
    const PhoneNumber abroad = PhoneNumber::from_e164(971500000001);
    const PhoneNumber home = PhoneNumber::from_e164(919876500010);
    REQUIRE(r.summary.accepted == 7);
    CHECK(r.calls.callee[0] == abroad);
    CHECK(r.calls.callee[1] == home);
    CHECK(r.calls.callee[2] == abroad);
    CHECK(r.calls.callee[3] == home);
    CHECK(r.calls.callee[4] == abroad);
    CHECK(r.calls.callee_class[5] == NumberClass::short_code);
    CHECK(r.calls.callee[6] == home);
    ReadOptions german;
    german.home = parse_region("DE");
    CHECK(read(mo_call(address(2, "15112345678")), german).calls.callee[0] ==
          PhoneNumber::from_e164(4915112345678));
}

TEST_CASE("a called number that is none gives way to the translated one; no served number, no matter") {
    const Reading r =
        read(mo_call(address(0, "*121#"), ctx(6, address(1, subscriber))) +
             ctx_of(1, ctx(0, integer(1)) + ctx(5, address(1, subscriber)) + ctx(20, stamp("250123102030"))));
    REQUIRE(r.summary.accepted == 2);
    CHECK(r.calls.callee[0] == PhoneNumber::from_e164(919876500010));
    CHECK(r.calls.callee[1] == PhoneNumber::from_e164(919876500010));
    CHECK(r.calls.duration[1] == -1);  // answered, and nobody says how long
    CHECK(r.calls.cli[1].is_none());
}

TEST_CASE("forwarded calls name who forwarded them") {
    const std::string caller = ctx(4, address(1, foreigner));
    const std::string forwarding =
        ctx_of(17, element(0, true, 16, ctx(0, octet(0x11))) + element(0, true, 16, ctx(0, octet(0x21))));
    const std::string other_service = ctx_of(17, element(0, true, 16, ctx(0, octet(0x11))));
    const auto camel = [](const std::string& list) {
        return ctx_of(54, element(0, true, 17, ctx(2, address(1, "919876500099"))) +
                              element(0, true, 17, ctx_of(12, ctx(0, "\x01\x80") + ctx_of(1, list))));
    };
    const std::string called = address(1, subscriber);
    const Reading r =
        read(mo_call(called, caller + forwarding) + mo_call(called, caller + ctx(40, octet(1))) +
             mo_call(called, caller + other_service) + mo_call(called, caller) + mo_call(called, forwarding) +
             mo_call(called, camel(ctx(2, address(1, "919876500002")))) +
             mo_call(called, camel(ctx(2, address(1, "919876500002")) + ctx(4, address(1, "919876500003")))));
    REQUIRE(r.summary.accepted == 7);
    const PhoneNumber served = PhoneNumber::from_e164(919876500001);
    CHECK(r.calls.cli[0] == PhoneNumber::from_e164(971500000001));
    CHECK(r.calls.redirect == std::vector{served, served, PhoneNumber{}, PhoneNumber{}, PhoneNumber{},
                                          PhoneNumber::from_e164(919876500002),
                                          PhoneNumber::from_e164(919876500003)});
}

TEST_CASE("services: telephony, messages and data; trunks as names and numbers, tagged and bare") {
    const auto with = [](const std::string& fields) {
        return ctx_of(0, ctx(0, integer(0)) + ctx(5, address(1, subscriber)) +
                             ctx(23, stamp("250123102030")) + ctx(25, integer(7)) + fields);
    };
    const Reading r = read(
        with(ctx_of(14, ctx(3, octet(0x12)))) + with(ctx_of(14, ctx(3, octet(0x22)))) +
        with(ctx_of(14, ctx(2, octet(0x26)))) + with("") +
        with(ctx_of(10, ctx(0, integer(-5))) + ctx_of(11, "")) + with(ctx(10, "TG 9") + ctx(11, octet(7))) +
        with(ctx_of(10, ctx_of(1, element(0, false, 25, "SEG") + element(0, false, 25, "-1")))));
    CHECK(r.rejects.empty());
    CHECK(r.calls.service == std::vector{Service::voice, Service::sms, Service::other, Service::voice,
                                         Service::voice, Service::voice, Service::voice});
    CHECK(r.calls.disposition[2] == Disposition::unknown);
    CHECK(r.names.name(r.calls.trunk_in[4]) == "-5");
    CHECK(r.calls.trunk_out[4] == 0);
    CHECK(r.names.name(r.calls.trunk_in[5]) == "TG 9");
    CHECK(r.names.name(r.calls.trunk_out[5]) == "7");
    CHECK(r.names.name(r.calls.trunk_in[6]) == "SEG-1");
}

TEST_CASE("times: the record's own offset, or the case's and a note; a start from the end") {
    const auto with = [](const std::string& fields) {
        return ctx_of(3, ctx(0, integer(3)) + ctx(2, address(1, subscriber)) + ctx(9, integer(60)) + fields);
    };
    ReadOptions options;
    options.zone = Zone{3600};
    const Reading r =
        read(with(ctx(6, stamp("250123102030", "-0330"))) + with(ctx(8, stamp("250123102130", "+0000"))) +
                 with(ctx(6, bcd("250123102030") + std::string(3, '\0'))),
             options);
    REQUIRE(r.summary.accepted == 3);
    CHECK(r.calls.time[0] == *parse_iso("2025-01-23T10:20:30-03:30", Zone{}));
    CHECK(r.calls.time[1] == *parse_iso("2025-01-23T10:20:30Z", Zone{}));
    CHECK(r.calls.time[2] == *parse_iso("2025-01-23T10:20:30+01:00", Zone{}));
    CHECK(r.has_note("1 records have times without an offset (first at byte "));
}

TEST_CASE("parts of one long call are counted and said") {
    const Reading r = read(mo_call(address(1, subscriber), ctx(33, integer(1))) +
                           mo_call(address(1, subscriber), ctx(33, integer(2))));
    CHECK(r.summary.accepted == 2);
    CHECK(r.has_note("1 records continue a call of a record before them (first at byte " +
                     std::to_string(r.calls.offset[1])));
}

TEST_CASE("every form of length gives the same calls") {
    const std::string plain = mo_call();
    for (const Length form : {Length::long_form, Length::eight_octets, Length::indefinite}) {
        const std::string bytes = std::string(7, '\0') + mo_call(address(0, "9876500010"), "", form) +
                                  std::string(2048, '\xFF') + plain + std::string(100, '\0');
        CHECK(score(bytes) >= 80);
        const Reading r = read(bytes);
        REQUIRE(r.summary.accepted == 2);
        CHECK(r.calls.callee[0] == r.calls.callee[1]);
        CHECK(r.calls.time[0] == r.calls.time[1]);
        CHECK(r.calls.offset[0] == 7);
        CHECK(r.has_note("2,155 bytes of padding"));
    }
    // Strings in segments, numbers and times.
    const std::string number = address(1, subscriber);
    const std::string segmented = ctx_of(
        3, ctx(0, integer(3)) +
               ctx_of(2, element(0, false, 4, number.substr(0, 3)) + element(0, false, 4, number.substr(3)),
                      Length::indefinite) +
               ctx_of(6, element(0, false, 4, stamp("250123102030"))));
    CHECK(read(segmented).calls.callee.at(0) == PhoneNumber::from_e164(919876500010));
}

TEST_CASE("an element whose extent is not known ends the reading with one row and a note") {
    const std::string good = mo_call();
    for (const std::string& bad : {std::string("\xA0\x88") + std::string(8, '\xFF') + good,
                                   std::string("\xA0\xFF") + good, good.substr(0, good.size() - 1),
                                   std::string("\xA0\x80") + good, std::string("\x9F\x80\x01") + good}) {
        const Reading r = read(good + bad);
        CHECK(r.summary.accepted == 1);
        REQUIRE(r.rejects.size() == 1);
        CHECK(r.rejects[0].code == RejectCode::broken_row);
        CHECK(r.rejects[0].offset == good.size());
        CHECK(r.has_note("what stands from byte " + std::to_string(good.size()) +
                         " on cannot be told apart into records"));
    }
}

TEST_CASE("bombs: too long and too deep records are passed, and the next ones read") {
    const std::string good = mo_call();
    const std::string huge = ctx_of(0, ctx(0, integer(0)) + ctx(53, std::string(3 << 20, 'x')));
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "\xA0\x80";
    deep.append(200'000, '\0');
    const Reading r = read(good + huge + good + ctx_of(0, deep, Length::indefinite) + good);
    CHECK(r.summary.accepted == 3);
    REQUIRE(r.rejects.size() == 2);
    CHECK(r.rejects[0].offset == good.size());
    CHECK(r.rejects[0].raw.size() == 4096);
    CHECK(r.rejects[1].offset == 2 * good.size() + huge.size());
    CHECK(r.has_note("1 records rejected: longer than 1 MiB (first at byte " + std::to_string(good.size())));
    CHECK(r.has_note("1 records rejected: nested too deep"));
}

TEST_CASE("the data file of GSM 12.05: header, list, trailer with its count") {
    const auto file = [](const std::string& list, std::int64_t count, Length form) {
        const std::string header =
            ctx_of(0, ctx(0, stamp("250123230000")) + ctx(1, address(1, "919800000000")));
        const std::string trailer = ctx_of(2, ctx(0, stamp("250123230000")) + ctx(4, integer(count)));
        return element(0, true, 16, header + ctx_of(1, list, form) + trailer, form);
    };
    for (const Length form : {Length::shortest, Length::indefinite, Length::eight_octets}) {
        const std::string bytes = file(mo_call() + inc_gateway(), 2, form) + std::string(50, '\0');
        REQUIRE(*recognise(head_of(bytes)) == find_layout("ts32298"));
        const Reading r = read(bytes);
        CHECK(r.summary.accepted == 2);
        CHECK(r.rejects.empty());
        CHECK_FALSE(r.has_note("declared"));
        CHECK(bytes.substr(r.calls.offset[1]).starts_with(inc_gateway()));
    }
    const Reading r = read(file(mo_call(), 3, Length::shortest));
    CHECK(r.has_note("declared 3 records, found 1"));
    const Reading broken = read(file(mo_call() + "\xA0\x7Fz", 2, Length::shortest));
    CHECK(broken.summary.rows == 2);  // the list ends where it says, and the trailer is read
    CHECK_FALSE(broken.has_note("declared"));
    const std::string whole = file(mo_call() + mo_call(), 2, Length::shortest);
    CHECK(read(whole.substr(0, whole.find(mo_call()) + mo_call().size())).has_note("it was cut off"));
    CHECK(read(file("", 0, Length::shortest)).has_note("an empty report"));
}

TEST_CASE("CDR files of TS 32.297: headers of every release, with the CDR header counted in or not") {
    const std::vector<std::string> records = {mo_call(), inc_gateway(), mt_call()};
    for (const unsigned release : {2U, 7U}) {
        for (const bool counted : {false, true}) {
            const std::string bytes = cdr_file(records, release, counted);
            REQUIRE(*recognise(head_of(bytes)) == find_layout("ts32298"));
            const Reading r = read(bytes);
            CHECK(r.rejects.empty());
            REQUIRE(r.summary.accepted == 3);
            CHECK_FALSE(r.has_note("declared"));
            // Two of them in one file.
            CHECK(read(bytes + bytes).summary.accepted == 6);
        }
    }
    CHECK(read(cdr_file(records, 2, false, 7)).has_note("declared 7 records, found 3"));
    CHECK(read(cdr_file({})).has_note("an empty report"));
    CHECK(score(cdr_file({})) >= 50);
}

TEST_CASE("in a CDR file a broken record costs itself only") {
    const std::string bytes = cdr_file({mo_call(), "\xA0\x7Fz", mt_call(), mt_call() + "x", inc_gateway()});
    const Reading r = read(bytes);
    CHECK(r.summary.accepted == 3);
    REQUIRE(r.rejects.size() == 2);
    CHECK(r.rejects[0].code == RejectCode::broken_row);
    const Reading per = read(cdr_file({mo_call()}, 2, false, 0, 2));
    REQUIRE(per.rejects.size() == 1);
    CHECK(per.rejects[0].column == "data record format");
    CHECK(score(cdr_file({mo_call()}, 2, false, 0, 2)) == 0);
    const std::string cut = cdr_file({mo_call(), mt_call()});
    const Reading r2 = read(cut.substr(0, cut.size() - 3));
    CHECK(r2.summary.accepted == 1);
    CHECK(r2.summary.rejected == 1);
    const Reading r3 = read(cut + "rest");
    CHECK(r3.summary.accepted == 2);
    CHECK(r3.summary.rejected == 1);
}

TEST_CASE("a file cut at any byte: the books balance and no call is made up") {
    const std::string bytes = mo_call() + std::string(10, '\0') + mt_call() + inc_gateway() +
                              mo_call(address(0, "9876500010"), "", Length::indefinite);
    const std::string data = cdr_file({mo_call(), mt_call(), inc_gateway()});
    for (const std::string& whole : {bytes, data}) {
        const Reading all = read(whole);
        for (std::size_t n = 0; n < whole.size(); ++n) {
            const Reading r = read_layout("ts32298", std::string_view(whole).substr(0, n));
            if (n == 0) {
                REQUIRE(r.fault);
                continue;
            }
            if (is_cut(r) || (r.fault && r.fault->what.starts_with("there is no record"))) {
                CHECK(n < whole.find(mo_call()) + mo_call().size());
                continue;
            }
            REQUIRE_FALSE(r.fault);
            CHECK(r.summary.accepted > 0);
            CHECK(r.summary.rows == r.summary.accepted + r.summary.rejected);
            CHECK(r.summary.rejected <= 1);
            REQUIRE(r.calls.size() <= all.calls.size());
            for (std::size_t i = 0; i < r.calls.size(); ++i) CHECK(r.calls.callee[i] == all.calls.callee[i]);
        }
    }
}

TEST_CASE("other files are not taken for switch records") {
    for (const std::string& bytes :
         {std::string("CALL_TIME,CALL_DATE\n"), std::string("\xA1\xB2\xC3\xD4\x00\x02\x00\x04", 8),
          std::string("\xD4\xC3\xB2\xA1\x02\x00\x04\x00", 8), std::string("PK\x03\x04rest"),
          std::string("\x1F\x8B\x08\x00", 4), std::string(), std::string(4096, '\0'),
          std::string(100, '\xFF'), std::string("\x30\x82\x01\x00\x30\x03\x02\x01\x01", 9), tap_batch("", 0),
          nrtrde("", 0), ctx_of(0, ctx(1, "x")), ctx_of(0, ctx_of(0, ctx(0, "x"))),
          ctx_of(1, ctx(0, integer(0))), ctx_of(0, ctx(0, integer(0)) + element(0, false, 4, "x"))})
        CHECK(score(bytes) == 0);
    CHECK(score(mo_call()) >= 80);
    CHECK(score(std::string(512, '\xFF') + mo_call() + mt_call()) > score(mo_call()));
    CHECK(score(mo_call() + "garbage") == 60);
    CHECK(score(mo_call().substr(0, 60)) == 55);
}

TEST_CASE("the shared block-padded sample holds records of no known kind") {
    const auto bytes = sample("tap_block_test0.ber", "ber");
    if (!bytes) {
        MESSAGE("skipped: no shared data");
        return;
    }
    CHECK_FALSE(recognise(head_of(*bytes)).ok());
    const Reading r = read(*bytes);
    CHECK(r.summary.accepted == 0);
    CHECK(r.summary.rejected == 5);
    for (const KeptReject& reject : r.rejects) CHECK(reject.column == "recordType");
    CHECK(r.rejects[0].offset == 0);
    CHECK(r.has_note("bytes of padding"));
}

TEST_CASE("the shared sample of a length of 2^64-1 is one rejected row in each layout") {
    const auto bytes = sample("length_overflow.ber", "ber");
    if (!bytes) {
        MESSAGE("skipped: no shared data");
        return;
    }
    CHECK_FALSE(recognise(head_of(*bytes)).ok());
    for (const char* layout : {"ts32298", "tap3", "nrtrde"}) {
        const Reading r = read_layout(layout, *bytes);
        REQUIRE_FALSE(r.fault);
        CHECK(r.summary.rows == 1);
        REQUIRE(r.rejects.size() == 1);
        CHECK(r.rejects[0].code == RejectCode::broken_row);
        CHECK(r.rejects[0].raw == *bytes);
        CHECK(r.has_note("runs over the end"));
    }
}
