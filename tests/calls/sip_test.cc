#include <doctest/doctest.h>

#include "capture_builder.h"
#include "reading.h"

using namespace sendh;
using namespace sendh::test;
using namespace std::string_literals;

namespace {

Reading read_sip(std::string_view bytes, const ReadOptions& options = {}) {
    return read_layout("sip", bytes, options);
}

// Messages in UDP, a second apart, between the hosts given: ">" from A to B, "<" back, "]" from B to C,
// "[" back.
struct Sent {
    char way;
    Octets message;
    std::int64_t at = -1;  // microseconds behind noon
};
Reading read_sent(const std::vector<Sent>& sent) {
    PcapFile file;
    std::int64_t time = noon;
    for (const Sent& s : sent) {
        const bool inner = s.way == ']' || s.way == '[';
        const bool back = s.way == '<' || s.way == '[';
        const std::string& left = inner ? host_b : host_a;
        const std::string& right = inner ? host_c : host_b;
        if (s.at >= 0) time = noon + s.at;
        file.add(in_udp(s.message, back ? right : left, back ? left : right), time);
        time += second;
    }
    return read_sip(file.bytes());
}

SipText invite() { return {}; }
SipText response(const std::string& line, const std::string& to_tag = "t1", int cseq = 1) {
    SipText out;
    out.method = line;
    out.to_tag = to_tag;
    out.cseq = cseq;
    return out;
}
SipText dialog(const std::string& method, int cseq = 1, const std::string& to_tag = "t1") {
    SipText out;
    out.method = method;
    out.to_tag = to_tag;
    out.cseq = cseq;
    return out;
}

std::string trunk_in(const Reading& r, std::size_t i = 0) { return r.names.name(r.calls.trunk_in.at(i)); }
std::string trunk_out(const Reading& r, std::size_t i = 0) { return r.names.name(r.calls.trunk_out.at(i)); }

void check_books(const Reading& r) {
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.accepted == r.calls.size());
    CHECK(r.summary.rejected == r.rejects.size());
    CHECK(r.summary.rows == r.summary.accepted + r.summary.rejected);
}

const PhoneNumber cli_1 = PhoneNumber::from_e164(971500000001);
const PhoneNumber callee_1 = PhoneNumber::from_e164(919876500010);

// The record of the packet in which a call begins, told by its time stamp.
void check_record(const Reading& r, std::size_t i, const std::string& bytes) {
    CAPTURE(i);
    const CivilTime t = to_civil(r.calls.time.at(i), Zone{0});
    const auto seconds = static_cast<std::uint64_t>(r.calls.time[i].value / second);
    CHECK(bytes.substr(r.calls.offset.at(i), 8) ==
          le(seconds, 4) + le(static_cast<std::uint64_t>(t.micro), 4));
}

}  // namespace

TEST_CASE("the shared captures of an ordinary registration and four calls are read whole") {
    const std::vector<std::pair<std::string, std::vector<std::uint64_t>>> samples = {
        {"ndpi_sip.pcap", {22, 46, 76, 87}}, {"zeek_sip_wireshark.pcap", {19, 37, 60, 69}}};
    for (const auto& expected : samples) {
        const auto bytes = sample(expected.first, "captures");
        if (!bytes) {
            MESSAGE("skipped: no shared data");
            return;
        }
        CAPTURE(expected.first);
        REQUIRE(*recognise(head_of(*bytes)) == find_layout("sip"));
        const Reading r = read_sip(*bytes);
        check_books(r);
        REQUIRE(r.calls.size() == 4);
        CHECK(r.rejects.empty());
        CHECK(r.calls.line == expected.second);
        for (std::size_t i = 0; i < 4; ++i) check_record(r, i, *bytes);
        CHECK(r.calls.time[0] == at("2005-07-04T09:40:49.188993Z"));
        CHECK(r.calls.disposition == std::vector{Disposition::unanswered, Disposition::failed,
                                                 Disposition::failed, Disposition::unanswered});
        CHECK(r.calls.duration == std::vector(4, 0));
        CHECK(r.calls.callee_class == std::vector{NumberClass::foreign, NumberClass::foreign,
                                                  NumberClass::foreign, r.calls.callee_class[3]});
        CHECK(r.calls.callee[0] == r.calls.callee[1]);
        CHECK(r.calls.cli_class[0] == NumberClass::short_code);
        CHECK(r.names.name(r.calls.cli_text[1]) == "voi18062");
        CHECK(trunk_in(r) == "192.168.1.2");
        CHECK(trunk_out(r) == "200.68.120.81");
        CHECK(trunk_out(r, 3) == "212.242.33.35");
        CHECK(r.summary.notes ==
              std::vector<std::string>{"40 messages are neither call nor SMS: 40 REGISTER"});
    }
}

TEST_CASE("the shared captures with a tunnel and with IPv6 fragments hold one answered call each") {
    const auto tunnel = sample("sngrep_ipip.pcap", "captures");
    const auto fragments = sample("sngrep_ipv6frag.pcap", "captures");
    if (!tunnel || !fragments) {
        MESSAGE("skipped: no shared data");
        return;
    }
    const Reading t = read_sip(*tunnel);
    check_books(t);
    REQUIRE(t.calls.size() == 1);
    CHECK(t.calls.line[0] == 1);
    check_record(t, 0, *tunnel);
    CHECK(t.calls.disposition[0] == Disposition::answered);
    CHECK(t.calls.duration[0] == 32);
    CHECK(t.calls.callee_class[0] == NumberClass::not_digits);
    CHECK(trunk_in(t) == "10.15.197.103");
    CHECK(trunk_out(t) == "10.15.193.31");

    const Reading f = read_sip(*fragments);
    check_books(f);
    REQUIRE(f.calls.size() == 1);
    CHECK(f.calls.line[0] == 1);
    check_record(f, 0, *fragments);
    CHECK(f.calls.disposition[0] == Disposition::answered);
    CHECK(f.calls.duration[0] == 160);
    CHECK(f.names.name(f.calls.cli_text[0]) == "sipp");
    CHECK(trunk_in(f) == "fd17:625c:f037:2:a00:27ff:feb9:1521");
    CHECK(trunk_out(f) == "fd17:625c:f037:2:a00:27ff:feb9:3519");
    CHECK_FALSE(f.has_note("lack some of them"));
}

TEST_CASE("the shared captures with a wrong Content-Length, junk and long paths are survived") {
    const auto wrong = sample("zeek_sip_invalid_content_length.pcap", "captures");
    const auto junk = sample("zeek_sip_junk_before_request.pcap", "captures");
    const auto paths = sample("zeek_sip_long_paths.pcap", "captures");
    if (!wrong || !junk || !paths) {
        MESSAGE("skipped: no shared data");
        return;
    }
    const Reading w = read_sip(*wrong);
    check_books(w);
    REQUIRE(w.calls.size() == 1);
    CHECK(w.calls.disposition[0] == Disposition::answered);
    CHECK(w.calls.duration[0] == -1);
    CHECK(w.names.name(w.calls.cli_text[0]) == "alice");
    CHECK(w.has_note("2 messages have a wrong Content-Length"));
    CHECK(w.has_note("1 call goes to a name"));
    const Reading j = read_sip(*junk);
    check_books(j);
    CHECK(j.summary.rows == 0);
    CHECK(j.has_note("1 message is neither call nor SMS: 1 REGISTER"));
    const Reading p = read_sip(*paths);
    check_books(p);
    CHECK(p.summary.rows == 0);
    CHECK(p.has_note("2 messages are neither call nor SMS: 2 OPTIONS"));
}

TEST_CASE("a call from INVITE to BYE is one row with everything in it") {
    const Reading r = read_sent({{'>', invite().text()},
                                 {'<', response("100 Trying", "").text()},
                                 {'<', response("180 Ringing").text()},
                                 {'<', response("200 OK").text(), 5 * second},
                                 {'>', dialog("ACK").text(), 5 * second + 100'000},
                                 {'<',
                                  [] {
                                      SipText bye = dialog("BYE", 7, "f1");  // sent by the callee
                                      bye.from_tag = "t1";
                                      return bye.text();
                                  }(),
                                  66 * second + 900'000}});
    check_books(r);
    REQUIRE(r.calls.size() == 1);
    CHECK(r.calls.time[0].value == noon);
    CHECK(r.calls.cli[0] == cli_1);
    CHECK(r.calls.cli_class[0] == NumberClass::foreign);
    CHECK(r.calls.callee[0] == callee_1);
    CHECK(r.calls.callee_class[0] == NumberClass::mobile);
    CHECK(r.calls.redirect[0].is_none());
    CHECK(r.calls.duration[0] == 61);
    CHECK(r.calls.disposition[0] == Disposition::answered);
    CHECK(r.calls.direction[0] == Direction::unknown);
    CHECK(r.calls.service[0] == Service::voice);
    CHECK(trunk_in(r) == host_a);
    CHECK(trunk_out(r) == host_b);
    CHECK(r.calls.carrier[0] == 0);
    CHECK(r.calls.cli_text[0] == 0);
    CHECK(r.calls.line[0] == 1);
    CHECK(r.calls.offset[0] == 24);
    CHECK(r.summary.notes.empty());
}

TEST_CASE("retransmissions, a hop further on, forks and a retry with credentials are one call") {
    SipText again = invite();
    again.cseq = 2;
    const Reading r = read_sent({{'>', invite().text()},
                                 {'>', invite().text()},
                                 {'<', response("407 Proxy Authentication Required", "p").text()},
                                 {'>', dialog("ACK", 1, "p").text()},
                                 {'>', again.text()},
                                 {']', again.text()},
                                 {'[', response("183 Session Progress", "t1", 2).text()},
                                 {'[', response("183 Session Progress", "t2", 2).text()},
                                 {'[', response("486 Busy Here", "t1", 2).text()},
                                 {'[', response("200 OK", "t2", 2).text()},
                                 {'<', response("200 OK", "t2", 2).text()},
                                 {'>', dialog("ACK", 2, "t2").text()},
                                 {'>', dialog("INVITE", 3, "t2").text()},  // re-INVITE
                                 {'<', response("488 Not Acceptable Here", "t2", 3).text()},
                                 {'>', dialog("BYE", 4, "t2").text()},
                                 {']', dialog("BYE", 4, "t2").text()},
                                 {'>', again.text()}});  // a late copy
    check_books(r);
    REQUIRE(r.calls.size() == 1);
    CHECK(r.calls.disposition[0] == Disposition::answered);
    CHECK(r.calls.duration[0] == 5);  // from the first 200 at second 9 to the BYE at second 14
    CHECK(r.calls.line[0] == 1);
    CHECK(trunk_out(r) == host_b);
}

TEST_CASE("two forks that both answer: the call lasts until the last of them has ended") {
    const Reading r = read_sent({{'>', invite().text()},
                                 {'<', response("200 OK", "t1").text()},
                                 {'<', response("200 OK", "t2").text()},
                                 {'>', dialog("BYE", 2, "t2").text()},
                                 {'>', dialog("BYE", 2, "t2").text()},
                                 {'>', dialog("BYE", 3, "t1").text()},
                                 {'>', dialog("BYE", 3, "t1").text()}});
    REQUIRE(r.calls.size() == 1);
    CHECK(r.calls.duration[0] == 4);
}

TEST_CASE("other From tags and other Call-IDs are other calls") {
    SipText other_tag = invite();
    other_tag.from_tag = "f2";
    SipText other_id = invite();
    other_id.call_id = "c2@gw.example";
    const Reading r = read_sent({{'>', invite().text()}, {'>', other_tag.text()}, {'>', other_id.text()}});
    check_books(r);
    CHECK(r.calls.size() == 3);
    CHECK(r.calls.line == std::vector<std::uint64_t>{1, 2, 3});
}

TEST_CASE("the final response decides how a call went") {
    const auto outcome = [](const std::vector<Sent>& rest) {
        std::vector<Sent> all{{'>', invite().text()}};
        all.insert(all.end(), rest.begin(), rest.end());
        const Reading r = read_sent(all);
        REQUIRE(r.calls.size() == 1);
        return std::pair(r.calls.disposition[0], r.calls.duration[0]);
    };
    const auto final = [&](const std::string& line, const std::string& more = "") {
        SipText last = response(line);
        last.more = more;
        return outcome({{'<', last.text()}});
    };
    CHECK(final("486 Busy Here") == std::pair(Disposition::busy, 0));
    CHECK(final("600 Busy Everywhere") == std::pair(Disposition::busy, 0));
    CHECK(final("480 Temporarily Unavailable") == std::pair(Disposition::unanswered, 0));
    CHECK(final("408 Request Timeout") == std::pair(Disposition::unanswered, 0));
    CHECK(final("487 Request Terminated") == std::pair(Disposition::unanswered, 0));
    CHECK(final("404 Not Found") == std::pair(Disposition::failed, 0));
    CHECK(final("401 Unauthorized") == std::pair(Disposition::failed, 0));
    CHECK(final("503 Service Unavailable") == std::pair(Disposition::failed, 0));
    CHECK(final("603 Decline") == std::pair(Disposition::failed, 0));
    CHECK(final("302 Moved Temporarily") == std::pair(Disposition::unknown, -1));
    CHECK(final("503 Service Unavailable", "Reason: Q.850;cause=17;text=\"busy\"\r\n") ==
          std::pair(Disposition::busy, 0));
    CHECK(final("480 x", "Reason: SIP;cause=480, Q.850 ;cause=19\r\n") ==
          std::pair(Disposition::unanswered, 0));
    CHECK(outcome({{'>', dialog("CANCEL", 1, "").text()}}) == std::pair(Disposition::unanswered, 0));
    CHECK(outcome({}) == std::pair(Disposition::unknown, -1));
    CHECK(outcome({{'<', response("200 OK").text()}}) == std::pair(Disposition::answered, -1));
    // 200 was not captured: the ACK shows when it came.
    CHECK(outcome({{'>', dialog("ACK").text()}, {'>', dialog("BYE", 2).text()}}) ==
          std::pair(Disposition::answered, 1));
    // What the caller was told counts, not a branch behind a proxy.
    CHECK(outcome({{']', invite().text()},
                   {'<', response("486 Busy Here", "p").text()},
                   {'[', response("503 Service Unavailable").text()}}) == std::pair(Disposition::busy, 0));
    CHECK(outcome({{']', invite().text()}, {'[', response("486 Busy Here").text()}}) ==
          std::pair(Disposition::busy, 0));
}

TEST_CASE("an INVITE with a To tag is no new call; of a dialog begun before the capture it is said") {
    const Reading r = read_sent({{'>', dialog("INVITE", 5).text()},
                                 {'<', response("200 OK", "t1", 5).text()},
                                 {'>', dialog("BYE", 6).text()}});
    check_books(r);
    CHECK(r.summary.rows == 0);
    CHECK(r.has_note("3 messages belong to calls whose INVITE the capture lacks"));
}

TEST_CASE(
    "a leg with another Call-ID joins by its Session-ID, while the call is pending, between other hosts") {
    const std::string session =
        "Session-ID: ab30317f1a784dc48ff824d0d3715d86;remote=00000000000000000000000000000000\r\n";
    SipText first = invite();
    first.more = session;
    SipText leg = invite();
    leg.call_id = "leg2@b2bua.example";
    leg.from_tag = "x";
    leg.cseq = 77;
    leg.callee = "00919876500010";
    leg.more = session;
    SipText ok = response("200 OK", "y", 77);
    ok.call_id = leg.call_id;
    ok.from_tag = leg.from_tag;
    SUBCASE("joined, and answered by what the leg says") {
        const Reading r = read_sent({{'>', first.text()}, {']', leg.text()}, {'[', ok.text()}});
        check_books(r);
        REQUIRE(r.calls.size() == 1);
        CHECK(r.calls.disposition[0] == Disposition::answered);
        CHECK(r.has_note("1 leg with another Call-ID joined"));
    }
    SUBCASE("a leg that fails does not fail the call, and a retry of it changes nothing") {
        SipText no = response("503 x", "y", 77);
        no.call_id = leg.call_id;
        no.from_tag = leg.from_tag;
        SipText retry = leg;
        retry.cseq = 78;
        const Reading r = read_sent({{'>', first.text()},
                                     {']', leg.text()},
                                     {'<', response("486 Busy Here").text()},
                                     {'[', no.text()},
                                     {']', retry.text()}});
        REQUIRE(r.calls.size() == 1);
        CHECK(r.calls.disposition[0] == Disposition::busy);
    }
    SUBCASE("between the same hosts it is another call") {
        CHECK(read_sent({{'>', first.text()}, {'>', leg.text()}}).calls.size() == 2);
    }
    SUBCASE("later than 32 seconds it is another call") {
        CHECK(read_sent({{'>', first.text()}, {']', leg.text(), 33 * second}}).calls.size() == 2);
        CHECK(read_sent({{'>', first.text()}, {']', leg.text(), 31 * second}}).calls.size() == 1);
    }
    SUBCASE("when the first has been answered it is another call") {
        CHECK(read_sent({{'>', first.text()}, {'<', response("200 OK").text()}, {']', leg.text()}})
                  .calls.size() == 2);
    }
    SUBCASE("a session of zeros or of letters joins nothing") {
        for (const char* id :
             {"00000000000000000000000000000000", "ab30317f1a784dc4", "zz30317f1a784dc48ff824d0d3715d86"}) {
            first.more = leg.more = "Session-ID: " + std::string(id) + "\r\n";
            CHECK(read_sent({{'>', first.text()}, {']', leg.text()}}).calls.size() == 2);
        }
    }
}

TEST_CASE(
    "a leg with another Call-ID joins by the same SDP origin and the same parties within five seconds") {
    SipText first = invite();
    first.body = sdp();
    SipText leg = first;
    leg.call_id = "leg2@b2bua.example";
    leg.from_tag = "x";
    const auto calls = [&](std::int64_t at, char way = ']') {
        return read_sent({{'>', first.text()}, {way, leg.text(), at}}).calls.size();
    };
    CHECK(calls(second) == 1);
    CHECK(calls(6 * second) == 2);
    CHECK(calls(second, '>') == 2);
    leg.callee = "+919876500011";
    CHECK(calls(second) == 2);
    leg.callee = first.callee;
    leg.cli = "+971500000002";
    CHECK(calls(second) == 2);
    leg.cli = first.cli;
    leg.body = sdp("8123457");
    CHECK(calls(second) == 2);
    first.body = leg.body = sdp("0");  // a session number that everybody writes
    CHECK(calls(second) == 2);
}

TEST_CASE("the CLI is what From presents, and none where it is withheld") {
    const auto read_one = [](const SipText& text) {
        Reading r = read_sent({{'>', text.text()}});
        REQUIRE(r.calls.size() == 1);
        return r;
    };
    SipText text = invite();
    SUBCASE("asserted the same: nothing to say") {
        text.more = "P-Asserted-Identity: \"x\" <sip:+971500000001@h>, <tel:+971500000001>\r\n";
        const Reading r = read_one(text);
        CHECK(r.calls.cli[0] == cli_1);
        CHECK(r.summary.notes.empty());
    }
    SUBCASE("asserted differently: From counts, and it is said") {
        text.more = "p-asserted-identity: <tel:+14155550123>\r\n";
        const Reading r = read_one(text);
        CHECK(r.calls.cli[0] == cli_1);
        CHECK(r.has_note("1 call shows a CLI other than the asserted identity"));
    }
    SUBCASE("the same of Remote-Party-ID") {
        text.more = "Remote-Party-ID: <sip:+14155550123@h>;party=calling;privacy=off\r\n";
        const Reading r = read_one(text);
        CHECK(r.calls.cli[0] == cli_1);
        CHECK(r.has_note("1 call shows a CLI other"));
    }
    SUBCASE("withheld by Privacy") {
        for (const char* privacy :
             {"Privacy: id\r\n", "PRIVACY: header;ID\r\n", "Privacy: user;critical\r\n"}) {
            text.more = "P-Asserted-Identity: <tel:+14155550123>\r\n" + std::string(privacy);
            const Reading r = read_one(text);
            CHECK(r.calls.cli[0].is_none());
            CHECK(r.calls.cli_class[0] == NumberClass::none);
            CHECK(r.has_note("1 call without CLI has an asserted identity"));
        }
        text.more = "Privacy: none\r\n";
        CHECK(read_one(text).calls.cli[0] == cli_1);
        text.more = "Remote-Party-ID: <sip:+14155550123@h>;privacy=full\r\n";
        CHECK(read_one(text).calls.cli[0].is_none());
    }
    SUBCASE("withheld in From") {
        text.cli = "anonymous";
        CHECK(read_one(text).calls.cli[0].is_none());
        text.cli = "Anonymous";
        CHECK(read_one(text).calls.cli_class[0] == NumberClass::none);
        std::string bytes = invite().text();
        bytes.replace(bytes.find("gw.example;user"), 10, "anonymous.invalid");
        const Reading r = read_sent({{'>', bytes}});
        REQUIRE(r.calls.size() == 1);
        CHECK(r.calls.cli[0].is_none());
    }
    SUBCASE("a name is a sender's text, with at most five digits") {
        text.cli = "VK-BANKIN";
        Reading r = read_one(text);
        CHECK(r.calls.cli_class[0] == NumberClass::not_digits);
        CHECK(r.names.name(r.calls.cli_text[0]) == "VK-BANKIN");
        text.cli = "a9876500010b";
        r = read_one(text);
        CHECK(r.calls.cli_class[0] == NumberClass::not_digits);
        CHECK(r.calls.cli_text[0] == 0);
    }
}

TEST_CASE("the callee is the Request-URI's user, else To's") {
    const auto read_uri = [](const std::string& uri) {
        SipText text = invite();
        text.uri = uri;
        text.callee = "+919876500099";
        return read_sent({{'>', text.text()}});
    };
    for (const char* uri :
         {"sip:+919876500010@h", "SIP:+91-98765-00010@h:5070;transport=udp", "tel:+91(98765)00010",
          "sips:09876500010;npdi;rn=+91999@h", "sip:9876500010;phone-context=+91@h",
          "tel:9876500010;phone-context=+91", "sip:%2B919876500010:secret@[2001:db8::1]:5060"}) {
        CAPTURE(uri);
        const Reading r = read_uri(uri);
        REQUIRE(r.calls.size() == 1);
        CHECK(r.calls.callee[0] == callee_1);
        CHECK(r.calls.callee_class[0] == NumberClass::mobile);
    }
    const Reading fallback = read_uri("sip:192.0.2.1:5060");
    REQUIRE(fallback.calls.size() == 1);
    CHECK(fallback.calls.callee[0] == PhoneNumber::from_e164(919876500099));

    const Reading name = read_uri("sip:secretary.office@h");
    REQUIRE(name.calls.size() == 1);
    CHECK(name.calls.callee_class[0] == NumberClass::not_digits);
    CHECK(name.has_note("1 call goes to a name that is no number"));
    CHECK(read_uri("sip:9.1E+11@h").calls.callee_class.at(0) == NumberClass::not_digits);
}

TEST_CASE("a call to nobody, or to more digits than a number has, is rejected once, with its bytes") {
    SipText text = invite();
    text.callee = "";
    text.uri = "sip:192.0.2.1";
    const Octets nobody = text.text();
    text = invite();
    text.call_id = "c2";
    text.callee = "98765000101234567";
    const Reading r = read_sent({{'>', nobody},
                                 {'>', nobody},
                                 {'>', text.text()},
                                 {'<', response("404 Not Found").text()},
                                 {'>', dialog("ACK").text()}});
    check_books(r);
    CHECK(r.calls.size() == 0);
    REQUIRE(r.rejects.size() == 2);
    CHECK(r.rejects[0].code == RejectCode::bad_callee);
    CHECK(r.rejects[0].column == "To");
    CHECK(r.rejects[0].line == 1);
    CHECK(r.rejects[0].offset == 24);
    CHECK(r.rejects[0].raw == nobody);
    CHECK(r.rejects[1].code == RejectCode::bad_callee);
    CHECK(r.rejects[1].column == "Request-URI");
    CHECK(r.rejects[1].line == 3);
}

TEST_CASE("the redirecting number is the last that sent the call on") {
    const auto redirect = [](const std::string& more) {
        SipText text = invite();
        text.more = more;
        const Reading r = read_sent({{'>', text.text()}});
        REQUIRE(r.calls.size() == 1);
        return r.calls.redirect[0];
    };
    const PhoneNumber last = PhoneNumber::from_e164(919876500077);
    CHECK(redirect("Diversion: \"x, y\" <sip:+919876500077@h>;reason=unconditional;counter=2, "
                   "<tel:+919876500066>\r\n") == last);
    CHECK(redirect("Diversion: <tel:+919876500077>\r\nDiversion: <tel:+919876500066>\r\n") == last);
    CHECK(
        redirect("History-Info: <sip:+919876500066@h>;index=1,\r\n <sip:+919876500077@h;cause=302>;index=1.1,"
                 " <sip:+919876500010@h;cause=302>;index=1.1.1\r\n") == last);
    CHECK(redirect("History-Info: <sip:+919876500077@h?Reason=SIP%3Bcause%3D302>;index=1, "
                   "<sip:+919876500010@h>;index=2\r\n") == last);
    CHECK(redirect("History-Info: <sip:+919876500077@h>;index=1, <sip:+919876500010@h>;index=1.1;rc=1\r\n")
              .is_none());
    CHECK(redirect("").is_none());
}

TEST_CASE("trunk groups in the message go before addresses") {
    SipText text = invite();
    text.more = "Contact: <sip:+971500000001;tgrp=ILD-A;trunk-context=example.com@gw.example>\r\n";
    text.uri = "sip:+919876500010;tgrp=NLD-1;trunk-context=example.com@192.0.2.1;user=phone";
    Reading r = read_sent({{'>', text.text()}});
    CHECK(trunk_in(r) == "ILD-A");
    CHECK(trunk_out(r) == "NLD-1");
    text = invite();
    text.cli = "+971500000001;otg=TG7";
    text.uri = "sip:+919876500010@192.0.2.1;dtg=TG8";
    r = read_sent({{'>', text.text()}});
    CHECK(r.calls.cli.at(0) == cli_1);
    CHECK(trunk_in(r) == "TG7");
    CHECK(trunk_out(r) == "TG8");
}

TEST_CASE("MESSAGE is an SMS, once over retransmissions and the retry with credentials") {
    SipText text = dialog("MESSAGE", 1, "");
    text.cli = "AD-ALERTS";
    text.body = "your number will be cut off";
    text.more = "Content-Type: text/plain\r\n";
    SipText again = text;
    again.cseq = 2;
    SipText next = text;
    next.cseq = 3;
    SipText unauthorized = response("401 Unauthorized");
    unauthorized.answers = "MESSAGE";
    SipText composing = text;
    composing.call_id = "other";
    composing.more = "Content-Type: application/im-iscomposing+xml\r\n";
    SipText report = composing;
    report.more = "c: application/vnd.3gpp.sms\r\n";
    report.body = std::string("\x02\x01", 2);
    SipText gsm = report;
    gsm.body = std::string("\x00\x01", 2);
    const Reading r = read_sent({{'>', text.text()},
                                 {'>', text.text()},
                                 {'<', unauthorized.text()},
                                 {'>', again.text()},
                                 {'>', next.text()},
                                 {'>', composing.text()},
                                 {'>', report.text()},
                                 {'>', gsm.text()}});
    check_books(r);
    REQUIRE(r.calls.size() == 3);
    CHECK(r.calls.service == std::vector(3, Service::sms));
    CHECK(r.calls.disposition == std::vector(3, Disposition::unknown));
    CHECK(r.names.name(r.calls.cli_text[0]) == "AD-ALERTS");
    CHECK(r.calls.line == std::vector<std::uint64_t>{1, 5, 8});
    CHECK(r.has_note("2 messages are neither call nor SMS: 2 MESSAGE without a text"));
    CHECK(r.has_note("1 SMS is of the 3GPP form"));
}

TEST_CASE("messages of other kinds are no rows, and counted by kind") {
    SipText ok = response("200 OK");
    ok.answers = "REGISTER";
    const Reading r = read_sent({{'>', dialog("REGISTER", 1, "").text()},
                                 {'<', ok.text()},
                                 {'>', dialog("OPTIONS", 1, "").text()},
                                 {'>', dialog("FANCY", 1, "").text()}});
    check_books(r);
    CHECK(r.summary.rows == 0);
    CHECK(r.has_note("4 messages are neither call nor SMS: 2 REGISTER, 1 OPTIONS, 1 of other methods"));
}

TEST_CASE("what should be SIP and cannot be read is rejected with packet, byte and bytes") {
    const Octets good = invite().text();
    const auto without = [&](const std::string& name) {
        Octets bytes = good;
        const std::size_t at = bytes.find(name + ":");
        return bytes.erase(at, bytes.find("\r\n", at) + 2 - at);
    };
    PcapFile file;
    file.add(in_udp(without("Call-ID")));
    file.add(in_udp(without("From")));
    file.add(in_udp(without("CSeq")));
    file.add(in_udp("INVITE sip:+919876500010@h SIP/3.0\r\n\r\n", host_a, host_b, 7000, 7001));
    file.add(in_udp(std::string(100, '\xE5')));
    file.add(in_udp("hello there"));
    file.add(in_udp("hello there", host_a, host_b, 7000, 7001));  // nobody says that this is SIP
    file.add(in_udp("SIP/2.0 200 OK\r\nCall-ID: x\r\n\r\n"));
    file.add(in_udp(good));
    const Reading r = read_sip(file.bytes());
    check_books(r);
    CHECK(r.calls.size() == 1);
    REQUIRE(r.rejects.size() == 7);
    const std::vector<std::pair<RejectCode, std::string>> expected = {
        {RejectCode::bad_value, "Call-ID"}, {RejectCode::bad_value, "From"}, {RejectCode::bad_value, "CSeq"},
        {RejectCode::broken_row, ""},       {RejectCode::broken_row, ""},    {RejectCode::broken_row, ""},
        {RejectCode::bad_value, "CSeq"}};
    const std::vector<std::size_t> packets = {1, 2, 3, 4, 5, 6, 8};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CAPTURE(i);
        CHECK(r.rejects[i].code == expected[i].first);
        CHECK(r.rejects[i].column == expected[i].second);
        CHECK(r.rejects[i].line == packets[i]);
        CHECK(r.rejects[i].offset == file.offsets()[packets[i] - 1]);
    }
    CHECK(r.rejects[0].raw == without("Call-ID"));
    CHECK(r.rejects[5].raw == "hello there");
}

TEST_CASE("keep-alives are no rows; a request behind junk is read") {
    PcapFile file;
    for (const std::string& alive :
         {std::string("\r\n\r\n"), std::string(4, '\0'), std::string("     "),
          "\x00\x01"s + std::string(2, '\0') + "\x21\x12\xA4\x42" + std::string(12, 'x'), std::string()})
        file.add(in_udp(alive));
    file.add(in_udp("\r\n\r\n" + invite().text()));
    SipText behind = invite();
    behind.call_id = "c2";
    file.add(in_udp("\x7F\x01junk" + behind.text()));
    const Reading r = read_sip(file.bytes());
    check_books(r);
    CHECK(r.calls.line == std::vector<std::uint64_t>{6, 7});
    CHECK(r.rejects.empty());
    CHECK(r.has_note("1 message stands behind junk"));
}

TEST_CASE("a wrong Content-Length loses no call and is said") {
    for (const char* length : {"bad", "-1", "999", "3", "1000000000000", "99999999999999999999999"}) {
        CAPTURE(length);
        SipText text = invite();
        text.body = sdp();
        text.length = length;
        const Reading r = read_sent({{'>', text.text()}, {'<', response("486 Busy Here").text()}});
        check_books(r);
        REQUIRE(r.calls.size() == 1);
        CHECK(r.calls.disposition[0] == Disposition::busy);
        CHECK(r.has_note("1 message has a wrong Content-Length"));
    }
}

TEST_CASE("nanoseconds, microseconds, both byte orders and pcapng give the same calls") {
    const Octets first = in_udp(invite().text());
    SipText other = invite();
    other.call_id = "c2";
    const Octets later = in_udp(other.text());
    const auto check = [&](const Octets& bytes, const std::vector<std::size_t>& offsets) {
        REQUIRE(*recognise(head_of(bytes)) == find_layout("sip"));
        for (const std::size_t piece : {1U, 7U, 65'536U}) {
            const Reading r = read_layout("sip", bytes, {}, piece);
            check_books(r);
            REQUIRE(r.calls.size() == 2);
            CHECK(r.calls.time[0].value == noon + 123'456);
            CHECK(r.calls.time[1].value == noon + second);
            CHECK(r.calls.line == std::vector<std::uint64_t>{1, 2});
            CHECK(r.calls.offset == std::vector<std::uint64_t>{offsets.at(0), offsets.at(1)});
            CHECK(r.summary.notes.empty());
        }
    };
    for (const bool big : {false, true}) {
        for (const bool nano : {false, true}) {
            PcapFile file(1, big, nano);
            file.add(first, noon + 123'456).add(later, noon + second);
            check(file.bytes(), file.offsets());
        }
        for (const unsigned digits : {6U, 9U}) {
            const std::uint64_t unit = digits == 9 ? 1'000 : 1;
            PcapngFile file(big);
            file.interface(1, digits);
            file.add(first, (noon + 123'456) * unit);
            file.block(5, Octets(16, '\0'));       // interface statistics
            file.block(0x0BAD, Octets(400, 'x'));  // custom
            file.add(later, (noon + second) * unit, 0, le(0, 4));
            check(file.bytes(), file.offsets());
        }
    }
    PcapngFile sections(false);
    sections.interface().add(first, noon + 123'456).section().interface().add(later, noon + second);
    check(sections.bytes(), sections.offsets());
}

TEST_CASE("a file is recognised by its magic and by nothing else") {
    CHECK(*recognise(head_of(PcapFile(1, true, true).bytes())) == find_layout("sip"));
    CHECK_FALSE(recognise(head_of("INVITE sip:a@b SIP/2.0\r\n\r\n")).ok());
    CHECK_FALSE(recognise(head_of("\n\r\r\n" + std::string(20, 'x'))).ok());
    CHECK_FALSE(recognise(head_of("\xA1\xB2\xC3\xD5" + std::string(20, '\0'))).ok());
}

TEST_CASE("a capture without SIP is no rows and a note") {
    PcapFile file;
    CHECK(read_sip(file.bytes()).has_note("no SIP in the 0 packets"));
    file.add(in_udp(std::string(172, '\x80'), host_a, host_b, 40'000, 40'002)).add(ether("")).add("");
    const Reading r = read_sip(file.bytes());
    check_books(r);
    CHECK(r.summary.rows == 0);
    CHECK(r.has_note("no SIP in the 3 packets"));
}

TEST_CASE("a link layer that is not known is a fault that says so") {
    const Reading r = read_sip(PcapFile(105).add("x").bytes());
    REQUIRE(r.fault);
    CHECK(r.fault->kind == FaultKind::input);
    CHECK(r.fault->what.find("IEEE802_11") != std::string::npos);
    const Reading cut = read_sip(PcapFile().bytes().substr(0, 20));
    REQUIRE(cut.fault);
    CHECK(cut.fault->what.find("no capture that can be read") != std::string::npos);
}

TEST_CASE("a file that ends in a record keeps what came before, and says where it ends") {
    PcapFile file;
    SipText other = invite();
    other.call_id = "c2";
    file.add(in_udp(invite().text())).add(in_udp(other.text()));
    const std::size_t second_record = file.offsets()[1];
    for (std::size_t size = 24; size < file.bytes().size(); size += 11) {
        CAPTURE(size);
        const Reading r = read_sip(file.bytes().substr(0, size));
        check_books(r);
        CHECK(r.rejects.empty());
        const bool whole = size == 24 || size == second_record;
        CHECK(r.calls.size() == (size < second_record ? 0 : 1));
        CHECK(r.has_note("ends in the middle of the record at byte " +
                         std::to_string(size < second_record ? 24 : second_record)) == !whole);
    }
    PcapngFile next;
    next.interface().add(in_udp(invite().text())).add(in_udp(other.text()));
    const Reading r = read_sip(next.bytes().substr(0, next.bytes().size() - 40));
    check_books(r);
    CHECK(r.calls.size() == 1);
    CHECK(r.has_note("ends in the middle of the record at byte " + std::to_string(next.offsets()[1])));
}

TEST_CASE("damage inside a file is a reject, and what lies behind it is counted") {
    PcapFile file;
    file.add(in_udp(invite().text()));
    const std::size_t at = file.bytes().size();
    const Reading r = read_sip(file.bytes() + std::string(5'000, '\xFF'));
    check_books(r);
    CHECK(r.calls.size() == 1);
    REQUIRE(r.rejects.size() == 1);
    CHECK(r.rejects[0].line == 2);
    CHECK(r.rejects[0].offset == at);
    CHECK(r.has_note("is damaged in the record at byte " + std::to_string(at)));
    CHECK(r.has_note("bytes behind it were not read"));
}

TEST_CASE("packets cut by the snap length give what they hold") {
    SipText text = invite();
    text.body = sdp();
    const Octets whole = in_udp(text.text());
    PcapFile file;
    file.add(whole.substr(0, whole.size() - 60), noon, whole.size());
    SipText other = invite();
    other.call_id = "c2";
    const Octets second_one = in_udp(other.text());
    file.add(second_one.substr(0, 120), noon, second_one.size());  // ends before Call-ID
    file.add(second_one.substr(0, 60), noon, second_one.size());   // ends in the start line
    file.add(second_one.substr(0, 38), noon, second_one.size());   // ends in the UDP header
    const Reading r = read_sip(file.bytes());
    check_books(r);
    CHECK(r.calls.size() == 1);
    REQUIRE(r.rejects.size() == 2);
    CHECK(r.rejects[0].code == RejectCode::broken_row);
    CHECK(r.rejects[1].code == RejectCode::broken_row);
    CHECK(r.has_note("4 packets were captured in part only"));
    CHECK_FALSE(r.has_note("wrong Content-Length"));
}

TEST_CASE("a packet without a possible time is rejected") {
    PcapngFile file;
    file.interface().add(in_udp(invite().text()), UINT64_MAX);
    const Reading r = read_sip(file.bytes());
    check_books(r);
    REQUIRE(r.rejects.size() == 1);
    CHECK(r.rejects[0].code == RejectCode::bad_time);
}

TEST_CASE("trunk names from addresses stay apart") {
    SipText other = invite();
    other.call_id = "c2";
    PcapFile file;
    file.add(in_udp(invite().text(), "203.0.113.17")).add(in_udp(other.text(), "203.0.113.87"));
    file.add(ether(ipv6(udp_protocol, udp([] {
                            SipText six = invite();
                            six.call_id = "c3";
                            return six.text();
                        }()))));
    const Reading r = read_sip(file.bytes());
    REQUIRE(r.calls.size() == 3);
    CHECK(trunk_in(r, 0) == "203.0.113.17");
    CHECK(trunk_in(r, 1) == "203.0.113.87");
    CHECK(trunk_in(r, 2) == "2001:db8::7");
    CHECK(trunk_out(r, 2) == "2001:db8:1::20");
}

TEST_CASE("an Identity header is said to be there") {
    SipText text = invite();
    text.more = "y: eyJhbGciOiJFUzI1NiJ9;info=<https://c.example/a.pem>;alg=ES256\r\n";
    CHECK(read_sent({{'>', text.text()}}).has_note("1 call carries an Identity header (RFC 8224)"));
}

TEST_CASE("no note shows a phone number") {
    SipText text = invite();
    text.more = "P-Asserted-Identity: <tel:+14155550123>\r\n";
    SipText odd = dialog("M919876500010", 1, "");
    const Reading r = read_sent({{'>', text.text()}, {'>', odd.text()}});
    for (const std::string& note : r.summary.notes) {
        CHECK(note.find("98765") == std::string::npos);
        CHECK(note.find("4155550") == std::string::npos);
    }
}

TEST_CASE("more calls under way than are followed: the oldest are handed on, none is lost") {
    PcapFile file(101);
    constexpr std::size_t many = 140'000;
    for (std::size_t i = 0; i < many; ++i) {
        const std::string id = std::to_string(i);
        file.add(ipv4(udp_protocol,
                      udp("INVITE sip:+919876500010@h SIP/2.0\r\nf:<sip:+971500000001@h>;tag=1\r\ni:" + id +
                          "\r\nCSeq: 1 INVITE\r\n\r\n")));
    }
    const Reading r = read_sip(file.bytes());
    check_books(r);
    CHECK(r.calls.size() == many);
    CHECK(r.has_note("not followed to the end: too many at once"));
}

TEST_CASE("a sink that refuses stops the reading with its fault") {
    NameTable names;
    PcapFile file;
    file.add(in_udp(invite().text())).add(in_udp("hello there"));
    const Fault full = {FaultKind::io, "disk full", "", ""};
    const CallSink no_calls = {[&](CallBatch&) -> Done { return full; },
                               [](const Reject&) { return done(); }};
    const CallSink no_rejects = {[](CallBatch&) { return done(); },
                                 [&](const Reject&) -> Done { return full; }};
    for (const CallSink& sink : {no_calls, no_rejects}) {
        const auto r =
            find_layout("sip")->read(head_of(file.bytes()), memory_source(file.bytes()), {}, names, sink);
        REQUIRE_FALSE(r.ok());
        CHECK(r.fault().what == "disk full");
    }
    int calls = 0;
    const ByteSource failing = [&](std::span<char> out) -> Result<std::size_t> {
        if (++calls > 1) return full;
        const std::size_t n = std::min<std::size_t>(out.size(), 100);
        std::copy_n(file.bytes().begin(), n, out.begin());
        return n;
    };
    const auto r = find_layout("sip")->read(head_of(file.bytes()), failing, {}, names, no_calls);
    REQUIRE_FALSE(r.ok());
    CHECK(r.fault().what == "disk full");
}
