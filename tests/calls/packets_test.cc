#include "calls/packets.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <numeric>

#include "capture_builder.h"

using namespace sendh;
using namespace sendh::test;

namespace {

struct Got {
    std::string payload;
    std::string from, to;
    std::uint64_t number = 0, cut = 0;
    bool tcp = false;
};

// Unwraps packets of one link layer, numbered from 1, and keeps what comes of them.
class Unwrapped {
public:
    explicit Unwrapped(int link = 1) : unwrapper_(link) {}
    Unwrapped& add(const Octets& bytes, std::int64_t time = noon) {
        Packet packet;
        packet.place.number = ++number_;
        packet.place.time = {time};
        packet.bytes = {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
        REQUIRE(unwrapper_.unwrap(packet, take()).ok());
        return *this;
    }
    Unwrapped& finish() {
        REQUIRE(unwrapper_.finish(take()).ok());
        return *this;
    }
    [[nodiscard]] const Unwrapper::Counts& counts() const { return unwrapper_.counts(); }
    std::vector<Got> got;

private:
    Unwrapper::Take take() {
        return [this](const Transported& t) {
            got.push_back({{reinterpret_cast<const char*>(t.payload.data()), t.payload.size()},
                           to_text(t.from.address) + " " + std::to_string(t.from.port),
                           to_text(t.to.address) + " " + std::to_string(t.to.port),
                           t.place.number,
                           t.cut,
                           t.tcp});
            return done();
        };
    }
    Unwrapper unwrapper_;
    std::uint64_t number_ = 0;
};

void check_hello(const Unwrapped& u, const std::string& from = host_a) {
    REQUIRE(u.got.size() == 1);
    CHECK(u.got[0].payload == "hello");
    CHECK(u.got[0].from == from + " 5060");
    CHECK_FALSE(u.got[0].tcp);
}

const Octets hello = udp("hello");
const Octets hello4 = ipv4(udp_protocol, hello);
const Octets hello6 = ipv6(udp_protocol, hello);

// A datagram of 3,000 bytes, no two pieces of it alike.
std::string long_payload() {
    std::string out;
    for (int i = 0; out.size() < 3'000; ++i) out += std::to_string(i) + ",";
    return out.substr(0, 3'000);
}
const std::string long_text = long_payload();
const Octets long_udp = udp(long_text);

}  // namespace

TEST_CASE("every link layer leads to the same datagram") {
    check_hello(Unwrapped(1).add(ether(hello4)));
    check_hello(Unwrapped(1).add(ether(hello4) + std::string(20, 'p')));  // padding of short frames
    check_hello(Unwrapped(1).add(ether(hello6)), host6_a);
    check_hello(Unwrapped(113).add(Octets(14, '\0') + be(0x0800, 2) + hello4));
    check_hello(Unwrapped(113).add(Octets(14, '\0') + be(0x8100, 2) + be(7, 2) + be(0x86DD, 2) + hello6),
                host6_a);
    check_hello(Unwrapped(276).add(be(0x0800, 2) + Octets(18, '\0') + hello4));
    for (const int raw : {12, 14, 101, 228}) check_hello(Unwrapped(raw).add(hello4));
    check_hello(Unwrapped(229).add(hello6), host6_a);
    check_hello(Unwrapped(0).add(le(2, 4) + hello4));
    check_hello(Unwrapped(0).add(be(30, 4) + hello6), host6_a);
    check_hello(Unwrapped(108).add(be(2, 4) + hello4));
    for (const int link : {0, 1, 12, 14, 101, 108, 113, 228, 229, 276}) CHECK(knows_link_layer(link));
    CHECK_FALSE(knows_link_layer(105));
}

TEST_CASE("VLAN tags, one in another, are passed") {
    check_hello(Unwrapped().add(ether(hello4, {100})));
    check_hello(Unwrapped().add(ether(hello4, {100, 200})));
    check_hello(Unwrapped().add(ether(hello4, {1, 2, 3, 4})));
    CHECK(Unwrapped().add(ether(hello4, {1, 2, 3, 4, 5})).got.empty());
}

TEST_CASE("tunnels: IP in IP in every mix, and GRE") {
    check_hello(Unwrapped().add(ether(ipv4(4, hello4, host_b, host_c))));
    check_hello(Unwrapped().add(ether(ipv4(41, hello6, host_b, host_c))), host6_a);
    check_hello(Unwrapped().add(ether(ipv6(4, hello4))));
    check_hello(Unwrapped().add(ether(ipv6(41, hello6))), host6_a);
    check_hello(Unwrapped().add(ether(ipv4(47, be(0, 2) + be(0x0800, 2) + hello4))));
    check_hello(Unwrapped().add(ether(ipv4(47, be(0xB000, 2) + be(0x0800, 2) + Octets(12, 'o') + hello4))));
    check_hello(Unwrapped().add(ether(ipv4(47, be(0, 2) + be(0x6558, 2) + ether(hello4, {5})))));
    CHECK(Unwrapped().add(ether(ipv4(47, be(1, 2) + be(0x880B, 2) + hello4))).got.empty());  // version 1
}

TEST_CASE("tunnels in tunnels are followed eight deep") {
    Octets packet = hello4;
    for (int i = 0; i < 7; ++i) packet = ipv4(4, packet);
    check_hello(Unwrapped(101).add(packet));
    packet = ipv4(4, packet);
    Unwrapped deep(101);
    CHECK(deep.add(packet).got.empty());
    CHECK(deep.counts().too_deep == 1);
    for (int i = 0; i < 2'000; ++i) packet = ipv4(4, packet);
    CHECK(deep.add(packet).got.empty());
}

TEST_CASE("IPv6 extension headers are passed, others end the way") {
    const auto extension = [](unsigned next, std::size_t size) {
        return be(next, 1) + be(size / 8 - 1, 1) + Octets(size - 2, '\0');
    };
    const Octets chain = extension(43, 8) + extension(60, 16) + extension(51, 24) + be(udp_protocol, 1) +
                         be(4, 1) + Octets(22, '\0') + hello;
    check_hello(Unwrapped(101).add(ipv6(0, chain)), host6_a);
    check_hello(Unwrapped(101).add(ipv6(44, be(udp_protocol, 1) + be(0, 3) + be(9, 4) + hello)), host6_a);
    CHECK(Unwrapped(101).add(ipv6(59, hello)).got.empty());
    CHECK(Unwrapped(101).add(ipv6(50, hello)).got.empty());
    Octets many;
    for (int i = 0; i < 100; ++i) many += extension(60, 8);
    CHECK(Unwrapped(101).add(ipv6(60, many)).got.empty());
    CHECK(Unwrapped(101).add(ipv6(0, "\x3C\xFF" + Octets(30, '\0'))).got.empty());  // longer than it is
}

TEST_CASE("TCP segments say where they stand") {
    Unwrapper unwrapper(101);
    const Octets bytes = ipv4(tcp_protocol, tcp("data", 0xFFFFFFF0, syn_flag | fin_flag, 1'234, 5'060));
    Packet packet;
    packet.bytes = {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
    int seen = 0;
    REQUIRE(unwrapper
                .unwrap(packet,
                        [&](const Transported& t) {
                            ++seen;
                            CHECK(t.tcp);
                            CHECK(t.sequence == 0xFFFFFFF0);
                            CHECK(t.syn);
                            CHECK(t.fin);
                            CHECK_FALSE(t.rst);
                            CHECK(t.payload.size() == 4);
                            CHECK(t.from.port == 1'234);
                            return done();
                        })
                .ok());
    CHECK(seen == 1);
}

TEST_CASE("lengths: what the sender left out is all, what the capture cut off is said") {
    Octets no_length = hello4;
    no_length.replace(2, 2, be(0, 2));
    check_hello(Unwrapped(101).add(no_length));
    Octets six = hello6;
    six.replace(4, 2, be(0, 2));
    check_hello(Unwrapped(101).add(six), host6_a);
    Unwrapped cut(101);
    cut.add(hello4.substr(0, hello4.size() - 2));
    REQUIRE(cut.got.size() == 1);
    CHECK(cut.got[0].payload == "hel");
    CHECK(cut.got[0].cut == 2);
}

TEST_CASE("packets cut anywhere give at most a part of the payload and never a fault") {
    for (const Octets& whole :
         {ether(ipv4(4, hello4), {7}),
          ether(ipv6(0, "\x2C" + Octets(7, '\0') + be(17, 1) + be(0, 3) + be(9, 4) + hello)),
          ether(ipv4(tcp_protocol, tcp("hello", 1)))}) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            Unwrapped u;
            u.add(whole.substr(0, size)).finish();
            CHECK(u.got.size() <= 1);
            if (!u.got.empty()) CHECK(std::string("hello").starts_with(u.got[0].payload));
        }
    }
}

TEST_CASE("fragments are put together in any order, with copies, of IPv4 and IPv6, in a tunnel too") {
    const std::vector<std::size_t> cuts = {0, 1'000, 1'008, 2'000, 2'960, long_udp.size()};
    rc::check([&] {
        const bool six = *rc::gen::arbitrary<bool>();
        const bool tunnel = *rc::gen::arbitrary<bool>();
        std::vector<std::size_t> order(cuts.size() - 1);
        std::iota(order.begin(), order.end(), 0U);
        order = *rc::gen::map(rc::gen::container<std::vector<int>>(order.size(), rc::gen::arbitrary<int>()),
                              [order](const std::vector<int>& keys) {
                                  std::vector<std::size_t> sorted = order;
                                  std::stable_sort(
                                      sorted.begin(), sorted.end(),
                                      [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
                                  return sorted;
                              });
        const auto copied = *rc::gen::inRange<std::size_t>(0, order.size() - 1);
        order.insert(order.begin() + static_cast<std::ptrdiff_t>(copied), order[copied]);
        Unwrapped u(101);
        for (const std::size_t i : order) {
            const std::size_t size = cuts[i + 1] - cuts[i];
            const bool more = i + 2 < cuts.size();
            const Octets part =
                six ? ipv6_part(long_udp, cuts[i], size, more) : ipv4_part(long_udp, cuts[i], size, more);
            u.add(tunnel ? ipv4(six ? 41 : 4, part, host_b, host_c) : part);
        }
        RC_ASSERT(u.got.size() == 1U);
        RC_ASSERT(u.got[0].payload == long_text);
        RC_ASSERT(u.got[0].number == 1U);
        u.finish();
        RC_ASSERT(u.counts().incomplete == 0U);
    });
}

TEST_CASE("of overlapping IPv4 fragments the first bytes stay") {
    Octets forged = long_udp;
    std::fill(forged.begin(), forged.end(), 'X');
    Unwrapped u(101);
    u.add(ipv4_part(long_udp, 0, 1'000, true));
    u.add(ipv4_part(forged, 504, 1'000, true));  // 504 to 1,504: new from 1,000 on
    u.add(ipv4_part(long_udp, 1'504, 2'000, false));
    REQUIRE(u.got.size() == 1);
    const std::string& payload = u.got[0].payload;
    CHECK(payload.substr(0, 992) == long_text.substr(0, 992));
    CHECK(payload.substr(992, 504) == std::string(504, 'X'));
    CHECK(payload.substr(1'496) == long_text.substr(1'496));
}

TEST_CASE("an IPv6 packet whose fragments overlap is dropped whole, with its later fragments") {
    Unwrapped u(101);
    u.add(ipv6_part(long_udp, 0, 1'000, true));
    u.add(ipv6_part(long_udp, 992, 1'000, true));
    u.add(ipv6_part(long_udp, 1'000, 2'008, false));
    u.add(ipv6_part(long_udp, 0, 1'000, true));
    CHECK(u.got.empty());
    CHECK(u.counts().overlapping == 1);
    u.finish();
    CHECK(u.got.empty());
    CHECK(u.counts().incomplete == 0);
    // Another one of the same hosts is read.
    u.add(ipv6_part(long_udp, 0, 1'000, true, 8)).add(ipv6_part(long_udp, 1'000, 2'008, false, 8));
    CHECK(u.got.size() == 1);
}

TEST_CASE("fragments beyond the end, or that move it, do not make a packet longer") {
    for (const bool six : {false, true}) {
        const auto part = [&](std::size_t from, std::size_t size, bool more) {
            return six ? ipv6_part(long_udp, from, size, more) : ipv4_part(long_udp, from, size, more);
        };
        Unwrapped u(101);
        u.add(part(1'000, 1'000, false)).add(part(2'000, 500, true)).add(part(1'504, 1'000, false));
        u.add(part(0, 1'000, true));
        if (six) {
            CHECK(u.got.empty());
        } else {
            REQUIRE(u.got.size() == 1);
            CHECK(u.got[0].payload == long_text.substr(0, 1'992));
        }
    }
    Unwrapped huge(101);  // reaches behind 65,535
    huge.add(ipv4(udp_protocol, std::string(1'000, 'x'), host_a, host_b, 1, 0x1FFF)).finish();
    CHECK(huge.got.empty());
}

TEST_CASE("the first fragment of a datagram is handed on when the others are not captured") {
    const auto first = [](Unwrapped& u) { u.add(ipv4_part(long_udp, 0, 1'480, true)); };
    const auto check_first = [](const Unwrapped& u) {
        REQUIRE_FALSE(u.got.empty());
        CHECK(u.got[0].payload == long_text.substr(0, 1'472));
        CHECK(u.got[0].cut == long_text.size() - 1'472);
        CHECK(u.got[0].number == 1);
        CHECK(u.counts().incomplete == 1);
    };
    SUBCASE("at the end") {
        Unwrapped u(101);
        first(u);
        CHECK(u.got.empty());
        u.finish();
        check_first(u);
    }
    SUBCASE("after 100 ms") {
        Unwrapped u(101);
        first(u);
        u.add(ipv4(udp_protocol, hello, host_c), noon + 100'000);
        check_first(u);
        REQUIRE(u.got.size() == 2);
        CHECK(u.got[1].payload == "hello");
    }
    SUBCASE("when its receiver answers") {
        Unwrapped u(101);
        first(u);
        u.add(ipv4(udp_protocol, hello, host_b, host_a), noon + 1'000);
        CHECK(u.got.size() == 1);  // too soon to be an answer
        u.add(ipv4(udp_protocol, hello, host_c, host_a), noon + 6'000);
        CHECK(u.got.size() == 2);
        u.add(ipv4(udp_protocol, hello, host_b, host_a), noon + 6'000);
        REQUIRE(u.got.size() == 4);
        CHECK(u.got[2].number == 1);
        CHECK(u.counts().incomplete == 1);
    }
    SUBCASE("but later fragments alone are nothing") {
        Unwrapped u(101);
        u.add(ipv4_part(long_udp, 1'480, 1'000, true)).finish();
        CHECK(u.got.empty());
        CHECK(u.counts().incomplete == 1);
    }
}

TEST_CASE("fragments of one identification half a minute apart are of two packets") {
    Unwrapped u(101);
    u.add(ipv4_part(long_udp, 1'480, 2'000, false), noon);
    u.add(ipv4_part(long_udp, 0, 1'480, true), noon - 31 * second);
    CHECK(u.got.empty());
    u.add(ipv4_part(long_udp, 1'480, 2'000, false), noon - 31 * second);
    CHECK(u.got.size() == 1);
}

TEST_CASE("floods of fragments are bounded: the oldest are given up, the newest come through") {
    Unwrapped u(101);
    for (unsigned id = 100; id < 5'100; ++id) {
        u.add(ipv4(udp_protocol, std::string(8, 'x'), host_a, host_b, id, 0x2000 | 8'000));
        u.add(ipv6_part(long_udp, 0, 16, true, id)).add(ipv6_part(long_udp, 8, 16, true, id));
    }
    u.add(ipv4_part(long_udp, 0, 1'480, true)).add(ipv4_part(long_udp, 1'480, 2'000, false));
    CHECK(u.got.size() == 1);
    CHECK(u.counts().overlapping == 5'000);
    CHECK(u.counts().incomplete > 3'000);
    // One packet of a thousand crumbs with holes between them.
    Unwrapped crumbs(101);
    for (std::size_t i = 0; i < 1'000; ++i) crumbs.add(ipv4_part(std::string(65'000, 'x'), i * 16, 8, true));
    crumbs.finish();
    CHECK(crumbs.got.empty());
}
