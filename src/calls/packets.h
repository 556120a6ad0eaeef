// Packets: from the bytes of a link layer to the UDP datagram or TCP segment in them. Link layers Ethernet,
// Linux cooked v1 and v2, raw IP, BSD loopback; VLAN tags (802.1Q, 802.1ad, up to 4); IPv4 and IPv6 with
// extension headers; IP in IP (4in4, 6in4, 4in6, 6in6) and GRE with IP or Ethernet in it, up to 8 deep;
// fragments of IPv4 and IPv6 put together.
//
// Fragments: of bytes that come twice the first stay (IPv4); an IPv6 packet whose fragments overlap is
// dropped whole, unless one is the exact copy of another (RFC 5722, RFC 8200 section 4.5). At most 1,024
// packets in parts and 16 MiB of them are kept; the oldest is given up. Parts more than 30 s apart are
// strangers. Captures of one port lack all parts but the first, which has no less than the headers of a
// message: of a UDP datagram that is given up, or whose other parts are not there after 100 ms or when its
// receiver answers, the beginning is handed on with `cut` set. Checksums are not verified: a capture at the
// sender often holds none.
//
// Formats: RFC 791, 8200, 768, 9293, 2784, 2890, 2003, 2473; IEEE 802.1Q; LINKTYPE_LINUX_SLL, _SLL2.
//
// Thread rule: one Unwrapper, one thread. The payload holds until the next call.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "calls/capture.h"

namespace sendh {

struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};  // IPv4: the first four
    bool v6 = false;
    friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
};
[[nodiscard]] std::string to_text(const IpAddress& address);  // IPv6 as in RFC 5952

struct Endpoint {
    IpAddress address;
    std::uint16_t port = 0;
    friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

// What one packet, or all parts of one, carried.
struct Transported {
    PacketPlace place;  // of the part that was seen first
    Endpoint from, to;
    std::span<const std::uint8_t> payload;
    std::uint64_t cut = 0;  // bytes of the payload that were not captured
    bool tcp = false;       // else UDP
    std::uint32_t sequence = 0;
    bool syn = false, fin = false, rst = false;
};

// Link layers as libpcap numbers them on Linux.
[[nodiscard]] bool knows_link_layer(int link_layer);

class Unwrapper {
public:
    using Take = std::function<Done(const Transported&)>;

    explicit Unwrapper(int link_layer) : link_layer_(link_layer) {}

    // Hands on what the packet carries, after what its time or coming completes. Nothing, if it holds neither
    // UDP nor TCP, is a part of a packet whose others are still to come, or is cut short in a header.
    [[nodiscard]] Done unwrap(const Packet& packet, const Take& take);
    // After the last packet.
    [[nodiscard]] Done finish(const Take& take);

    struct Counts {
        std::uint64_t overlapping = 0;  // IPv6 packets dropped for overlapping parts
        std::uint64_t incomplete = 0;   // packets in parts that were given up
        std::uint64_t too_deep = 0;     // more than 8 packets in one another
    };
    [[nodiscard]] const Counts& counts() const { return counts_; }

private:
    using Bytes = std::span<const std::uint8_t>;
    struct Key {
        IpAddress from, to;
        std::uint32_t id = 0;
        std::uint8_t protocol = 0;
        bool v6 = false;
        friend auto operator<=>(const Key&, const Key&) = default;
    };
    // The parts of one packet.
    struct Train {
        PacketPlace place;
        std::vector<std::uint8_t> bytes;
        std::map<std::size_t, std::size_t> have;  // from, to
        std::optional<std::size_t> total;
        unsigned protocol = 0;  // of what is carried
        bool dropped = false;
        std::list<Key>::iterator age;
    };
    using Trains = std::map<Key, Train>;
    struct Part {
        Key key;
        unsigned protocol = 0;
        std::size_t from = 0;
        bool last = false;
        Bytes bytes;
        bool cut = false;
    };
    // The packet that is being unwrapped.
    struct Frame {
        PacketPlace place;
        int depth = 0;
        IpAddress from, to;
        std::uint64_t cut = 0;  // bytes that the header of the last layer promised and the capture lacks
        bool late = false;      // given up, not just captured
    };

    Done ether(const Frame& frame, Bytes bytes);
    Done ether_type(const Frame& frame, unsigned type, Bytes bytes);
    Done ip(const Frame& frame, Bytes bytes);
    Done ipv4(Frame frame, Bytes bytes);
    Done ipv6(Frame frame, Bytes bytes);
    Done gre(const Frame& frame, Bytes bytes);
    Done carried(Frame frame, unsigned protocol, Bytes bytes);
    Done fragment(Frame frame, const Part& part);

    static bool add(Train& train, const Part& part);
    Done give_up(Trains::iterator train);
    Done give_up_answered(const Frame& frame);
    Train take_out(Trains::iterator train);
    Done make_room();

    int link_layer_;
    const Take* take_ = nullptr;
    Trains trains_;
    std::list<Key> ages_;     // oldest first
    std::list<Key> dropped_;  // of those dropped, which stay so that later parts of them are known
    std::size_t train_bytes_ = 0;
    Counts counts_;
};

}  // namespace sendh
