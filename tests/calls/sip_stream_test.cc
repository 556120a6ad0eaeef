#include "calls/sip_stream.h"

#include <ctime>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "capture_builder.h"
#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

struct Piece {
    std::uint64_t packet = 0;
    std::string bytes, call_id, body;
    bool broken = false, cut = false;
};

// Segments of one direction of a connection, each a packet.
class Streamed {
public:
    explicit Streamed(std::uint16_t port = 5060) : port_(port) {}
    Streamed& add(std::string_view payload, std::uint32_t sequence, unsigned flags = 0,
                  std::int64_t time = noon, std::uint64_t cut = 0) {
        Transported t;
        t.tcp = true;
        t.place.number = ++packets;
        t.place.time = {time};
        t.from.port = 40'000;
        t.to.port = port_;
        t.payload = {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()};
        t.cut = cut;
        t.sequence = sequence;
        t.syn = (flags & syn_flag) != 0;
        t.fin = (flags & fin_flag) != 0;
        t.rst = (flags & rst_flag) != 0;
        REQUIRE(streams_.take(t).ok());
        return *this;
    }
    Streamed& finish() {
        REQUIRE(streams_.finish().ok());
        return *this;
    }
    [[nodiscard]] const SipStreams::Counts& counts() const { return streams_.counts(); }
    [[nodiscard]] std::vector<std::string> ids() const {
        std::vector<std::string> out;
        for (const Piece& p : pieces) out.push_back(p.broken ? "broken" : p.call_id + (p.cut ? " cut" : ""));
        return out;
    }
    std::vector<Piece> pieces;
    std::uint64_t packets = 0;

private:
    std::uint16_t port_;
    SipStreams streams_{[this](const SipPiece& p) {
        Piece piece;
        piece.packet = p.place.number;
        piece.bytes = p.bytes;
        piece.cut = p.cut;
        piece.broken = p.message == nullptr;
        if (p.message != nullptr) {
            piece.call_id = p.message->first(SipHeader::call_id);
            piece.body = p.message->body;
        }
        pieces.push_back(piece);
        return done();
    }};
};

std::string message(const std::string& id, const std::string& body = "", const std::string& length = "") {
    SipText text;
    text.call_id = id;
    text.body = body;
    text.length = length;
    return text.text();
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("messages are framed by Content-Length, however segments cut them") {
    const std::string one = message("1", sdp());
    const std::string two = message("2");
    const std::string all = "\r\n\r\n" + one + "\r\n\r\n" + two + message("3", "body") + "\r\n";
    rc::check([&] {
        Streamed s;
        s.add("", 99, syn_flag);
        const std::uint32_t start = 100;
        for (std::size_t at = 0; at < all.size();) {
            const std::size_t n = *rc::gen::inRange<std::size_t>(1, 400);
            s.add(std::string_view(all).substr(at, n), start + static_cast<std::uint32_t>(at));
            at += n;
        }
        RC_ASSERT(s.ids() == Ids({"1", "2", "3"}));
        RC_ASSERT(s.pieces[0].bytes == one);
        RC_ASSERT(s.pieces[1].bytes == two);
        RC_ASSERT(s.pieces[2].body == "body");
        s.finish();
        RC_ASSERT(s.pieces.size() == 3U);
        RC_ASSERT(s.counts().wrong_length == 0U);
    });
}

TEST_CASE("a message is of the packet that holds its first byte") {
    Streamed s;
    const std::string one = message("1", sdp());
    const std::string two = message("2", sdp());
    s.add(one.substr(0, 50), 0);
    s.add(one.substr(50) + two.substr(0, 10), 50);
    s.add(two.substr(10), static_cast<std::uint32_t>(one.size() + 10));
    REQUIRE(s.ids() == Ids({"1", "2"}));
    CHECK(s.pieces[0].packet == 1);
    CHECK(s.pieces[1].packet == 2);
}

TEST_CASE(
    "segments in any order, again, and overlapping give the same messages, across the wrap of sequences") {
    const std::string all = message("1", sdp()) + message("2") + message("3", sdp());
    rc::check([&] {
        struct Segment {
            std::size_t at, size;
        };
        std::vector<Segment> segments;
        for (std::size_t at = 0; at < all.size(); at += 100)
            segments.push_back({at, std::min<std::size_t>(130, all.size() - at)});
        const auto swaps = *rc::gen::container<std::vector<std::pair<std::size_t, std::size_t>>>(
            6, rc::gen::pair(rc::gen::inRange<std::size_t>(0, segments.size()),
                             rc::gen::inRange<std::size_t>(0, segments.size())));
        for (const auto& swap : swaps) std::swap(segments[swap.first], segments[swap.second]);
        segments.push_back(segments[swaps[0].first]);
        const std::uint32_t start = 0U - *rc::gen::inRange<std::uint32_t>(1, 900);
        Streamed s;
        s.add("", start - 1, syn_flag);
        for (const Segment& g : segments)
            s.add(std::string_view(all).substr(g.at, g.size), start + static_cast<std::uint32_t>(g.at));
        s.add("", start + static_cast<std::uint32_t>(all.size()), fin_flag);
        RC_ASSERT(s.ids() == Ids({"1", "2", "3"}));
        RC_ASSERT(s.counts().gaps == 0U);
    });
}

TEST_CASE("a gap costs the messages that lie in it and no other") {
    const std::string one = message("1");
    const std::string two = message("2", sdp());
    const std::string three = message("3");
    const auto at2 = static_cast<std::uint32_t>(one.size());
    const auto at3 = static_cast<std::uint32_t>(one.size() + two.size());
    SUBCASE("waited for until the end") {
        Streamed s;
        s.add(one + two.substr(0, 300), 0).add(three, at3);
        CHECK(s.ids() == Ids({"1"}));
        s.finish();
        CHECK(s.ids() == Ids({"1", "2 cut", "3"}));
        CHECK(s.counts().gaps == 1);
    }
    SUBCASE("waited for five seconds") {
        Streamed s;
        s.add(one, 0).add(three, at3);
        s.add(message("4"), at3 + static_cast<std::uint32_t>(three.size()), 0, noon + 6 * second);
        CHECK(s.ids() == Ids({"1", "3", "4"}));
    }
    SUBCASE("ends in the middle of a message: its end is no message") {
        Streamed s;
        s.add(one, 0).add(two.substr(200) + three, at2 + 200).finish();
        CHECK(s.ids() == Ids({"1", "3"}));
        CHECK(s.counts().remnants == 1);
    }
    SUBCASE("filled in time") {
        Streamed s;
        s.add(one, 0).add(three, at3).add(two, at2);
        CHECK(s.ids() == Ids({"1", "2", "3"}));
    }
    SUBCASE("of what the snap length cut off") {
        Streamed s;
        s.add(std::string_view(two).substr(0, 250), 0, 0, noon, two.size() - 250);
        s.add(three, static_cast<std::uint32_t>(two.size()));
        CHECK(s.ids() == Ids({"2 cut", "3"}));
    }
    SUBCASE("too wide to be one") {
        Streamed s;
        s.add(one, 0).add(two, 1U << 30U);
        CHECK(s.ids() == Ids({"1", "2"}));
    }
}

TEST_CASE("a new connection between the same ports begins anew") {
    Streamed s;
    const std::string one = message("1", sdp());
    s.add("", 99, syn_flag).add(one.substr(0, 300), 100).add("", 99, syn_flag);  // SYN again: the same
    s.add(one.substr(300), 400);
    CHECK(s.ids() == Ids({"1"}));
    s.add("", 5'000, syn_flag).add(message("2"), 5'001).add("", 9'000, rst_flag);
    s.add(message("3"), 77'000);
    CHECK(s.ids() == Ids({"1", "2", "3"}));
}

TEST_CASE("a Content-Length that is wrong never hides the next message") {
    const std::string body = sdp();
    for (const char* length : {"bad", "0", "7", "-1", "400", "1000000", "1000000000000"}) {
        CAPTURE(length);
        Streamed s;
        s.add(message("1", body, length) + message("2"), 0);
        s.add(message("3"), static_cast<std::uint32_t>((message("1", body, length) + message("2")).size()))
            .finish();
        CHECK(s.ids() == Ids({"1", "2", "3"}));
        CHECK(s.counts().wrong_length == 1);
    }
}

TEST_CASE("a message in the body of another is not taken out, when its type says that it may hold one") {
    SipText notify;
    notify.method = "NOTIFY";
    notify.call_id = "1";
    notify.more = "Content-Type: message/sipfrag;version=2.0\r\n";
    notify.body = "SIP/2.0 200 OK\r\n";
    Streamed s;
    s.add(notify.text() + message("2"), 0);
    REQUIRE(s.ids() == Ids({"1", "2"}));
    CHECK(s.pieces[0].body == "SIP/2.0 200 OK\r\n");
    CHECK(s.counts().wrong_length == 0);
}

TEST_CASE("headers without end are cut at 64 KiB and the stream goes on") {
    Streamed s;
    std::string endless = message("1");
    endless.resize(endless.size() - 2);
    std::uint32_t at = 0;
    s.add(endless, at);
    at += static_cast<std::uint32_t>(endless.size());
    const std::string line = "X: " + std::string(1'000, 'x') + "\r\n";
    for (int i = 0; i < 80; ++i) {
        s.add(line, at);
        at += static_cast<std::uint32_t>(line.size());
    }
    CHECK(s.ids() == Ids({"1 cut"}));
    s.add(message("2"), at);
    CHECK(s.ids() == Ids({"1 cut", "2"}));
}

TEST_CASE("junk on the port of SIP is broken once for each run; TLS and what began earlier are counted") {
    Streamed s;
    s.add("", 0, syn_flag).add("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 1).add("more\r\n", 28);
    CHECK(s.ids() == Ids({"broken"}));
    s.add("tail" + message("1"), 34);
    CHECK(s.ids() == Ids({"broken", "1"}));
    Streamed tls;
    tls.add("", 0, syn_flag).add("\x16\x03\x01 client hello", 1).finish();
    CHECK(tls.pieces.empty());
    CHECK(tls.counts().tls == 1);
    Streamed middle;
    middle.add("a=sendrecv\r\n" + message("1"), 1);
    CHECK(middle.ids() == Ids({"1"}));
    CHECK(middle.counts().remnants == 1);
}

TEST_CASE("SIP on any port is found by its start line, also one cut in two; other streams cost nothing") {
    Streamed s(8'000);
    const std::string one = message("1", sdp());
    s.add("GET / HTTP/1.1\r\n\r\n", 0).add("\x01\x02", 18);
    s.add(one.substr(0, 3), 500).add(one.substr(3), 503).finish();
    CHECK(s.ids() == Ids({"1"}));
    CHECK(s.counts().remnants == 0);
}

TEST_CASE("holes without end are bounded") {
    Streamed s;
    s.add("", 0, syn_flag);
    for (std::uint32_t i = 1; i < 5'000; ++i) s.add("x", 2 * i + 10);
    s.add(message("1"), 20'000).finish();
    CHECK(s.ids() == Ids({"1"}));
    CHECK(s.counts().gaps > 4'000);
}

TEST_CASE("a message in TCP through the whole reader: IP in IP, out of order, with its place in the file") {
    SipText ok;
    ok.method = "200 OK";
    ok.to_tag = "t1";
    const std::string request = message("c1@gw.example", sdp());
    PcapFile file;
    file.add(in_tcp("", 999, syn_flag));
    const auto tunnelled = [](const Octets& packet) {
        return ether(ipv4(4, packet.substr(14), host_b, host_c), {12});
    };
    file.add(tunnelled(in_tcp(request.substr(200), 1'200)), noon + 1);
    file.add(tunnelled(in_tcp(request.substr(0, 200), 1'000)), noon + 2);
    file.add(in_tcp(ok.text(), 1, ack_flag, host_b, host_a, 5060, 40'000), noon + 3);
    const Reading r = read_layout("sip", file.bytes());
    REQUIRE_FALSE(r.fault);
    REQUIRE(r.calls.size() == 1);
    CHECK(r.calls.line[0] == 3);
    CHECK(r.calls.offset[0] == file.offsets()[2]);
    CHECK(r.calls.time[0].value == noon + 2);
    CHECK(r.calls.disposition[0] == Disposition::answered);
    CHECK(r.names.name(r.calls.trunk_in[0]) == host_a);
}

TEST_CASE("a small segment costs the same however long the body in front of it is") {
    // Processor time of 20,000 segments of a byte.
    const auto cost = [](std::size_t body) {
        Streamed s;
        const std::string start = message("1", "", "1048576") + std::string(body, 'x');
        for (std::size_t at = 0; at < start.size(); at += 1'400)
            s.add(std::string_view(start).substr(at, 1'400), static_cast<std::uint32_t>(at));
        const std::clock_t before = std::clock();
        for (std::uint32_t i = 0; i < 20'000; ++i) s.add("x", static_cast<std::uint32_t>(start.size()) + i);
        const double seconds = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
        CHECK(s.pieces.empty());
        s.finish();
        CHECK(s.ids() == Ids({"1 cut"}));
        return seconds;
    };
    CHECK(cost(700'000) < 10 * cost(1'000) + 0.1);
}

TEST_CASE("a start line in a body is found however the segments cut it and the line before it") {
    const std::string one = message("1", "", "100000") + std::string(5'000, 'x') + "\r\n";
    const std::string all = one + message("2");
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{5'000}, all.size()}) {
        Streamed s;
        for (std::size_t at = 0; at < all.size(); at += piece)
            s.add(std::string_view(all).substr(at, piece), static_cast<std::uint32_t>(at));
        CHECK(s.ids() == Ids({"1", "2"}));
        REQUIRE(s.pieces.size() == 2);
        CHECK(s.pieces[0].bytes == one);
    }
}
