// Builds captures byte by byte: SIP messages, UDP and TCP, IPv4 and IPv6 with fragments and tunnels, link
// layers, and the files around them. Checksums are left at 0.
#pragma once

#include <arpa/inet.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sendh::test {

using Octets = std::string;

inline Octets be(std::uint64_t value, int bytes) {
    Octets out;
    for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
    return out;
}
inline Octets le(std::uint64_t value, int bytes) {
    const Octets big = be(value, bytes);
    return {big.rbegin(), big.rend()};
}

inline Octets ip_octets(const std::string& text) {
    char out[16] = {};
    const bool v6 = text.find(':') != std::string::npos;
    inet_pton(v6 ? AF_INET6 : AF_INET, text.c_str(), out);
    return {out, v6 ? 16U : 4U};
}

// ---- transport

inline Octets udp(std::string_view payload, unsigned from = 5060, unsigned to = 5060) {
    return be(from, 2) + be(to, 2) + be(8 + payload.size(), 2) + be(0, 2) + Octets(payload);
}

inline constexpr unsigned fin_flag = 1, syn_flag = 2, rst_flag = 4, ack_flag = 16;
inline Octets tcp(std::string_view payload, std::uint32_t sequence, unsigned flags = ack_flag,
                  unsigned from = 5060, unsigned to = 5060) {
    return be(from, 2) + be(to, 2) + be(sequence, 4) + be(0, 4) + be(5U << 12U | flags, 2) + be(65'535, 2) +
           be(0, 4) + Octets(payload);
}

// ---- IP

inline constexpr unsigned tcp_protocol = 6, udp_protocol = 17;
inline const std::string host_a = "203.0.113.7", host_b = "198.51.100.20", host_c = "192.0.2.33";

// parts: the field of flags and fragment offset.
inline Octets ipv4(unsigned protocol, std::string_view payload, const std::string& from = host_a,
                   const std::string& to = host_b, unsigned id = 1, unsigned parts = 0) {
    return be(0x4500, 2) + be(20 + payload.size(), 2) + be(id, 2) + be(parts, 2) + be(64, 1) +
           be(protocol, 1) + be(0, 2) + ip_octets(from) + ip_octets(to) + Octets(payload);
}
inline Octets ipv4_part(std::string_view whole, std::size_t from, std::size_t size, bool more,
                        unsigned id = 7, unsigned protocol = udp_protocol) {
    return ipv4(protocol, whole.substr(from, size), host_a, host_b, id,
                static_cast<unsigned>(from / 8) | (more ? 0x2000U : 0U));
}

inline const std::string host6_a = "2001:db8::7", host6_b = "2001:db8:1::20";
inline Octets ipv6(unsigned next, std::string_view payload, const std::string& from = host6_a,
                   const std::string& to = host6_b) {
    return be(0x60000000, 4) + be(payload.size(), 2) + be(next, 1) + be(64, 1) + ip_octets(from) +
           ip_octets(to) + Octets(payload);
}
inline Octets ipv6_part(std::string_view whole, std::size_t from, std::size_t size, bool more,
                        unsigned id = 7, unsigned next = udp_protocol) {
    return ipv6(44, be(next, 1) + be(0, 1) + be(from | (more ? 1U : 0U), 2) + be(id, 4) +
                        Octets(whole.substr(from, size)));
}

// ---- link layers

inline Octets ether(std::string_view packet, std::vector<unsigned> tags = {}) {
    Octets out(12, '\x02');
    for (std::size_t i = 0; i < tags.size(); ++i)
        out += be(i + 1 < tags.size() ? 0x88A8 : 0x8100, 2) + be(tags[i], 2);
    return out + be(packet.empty() || static_cast<unsigned char>(packet[0]) >> 4U == 4 ? 0x0800 : 0x86DD, 2) +
           Octets(packet);
}

// ---- files

struct CapturedPacket {
    Octets bytes;
    std::int64_t micros = 0;
    std::size_t on_wire = 0;  // 0: as many as captured
};

inline constexpr std::int64_t noon = 1'737'633'600'000'000;  // 2025-01-23T12:00:00Z
inline constexpr std::int64_t second = 1'000'000;

class PcapFile {
public:
    explicit PcapFile(unsigned link = 1, bool big = false, bool nanoseconds = false)
        : big_(big), nanoseconds_(nanoseconds) {
        bytes_ = u(nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4, 4) + u(2, 2) + u(4, 2) + u(0, 4) + u(0, 4) +
                 u(262'144, 4) + u(link, 4);
    }
    PcapFile& add(const Octets& packet, std::int64_t micros = noon, std::size_t on_wire = 0) {
        offsets_.push_back(bytes_.size());
        const auto fraction = static_cast<std::uint64_t>(micros % second);
        bytes_ += u(static_cast<std::uint64_t>(micros / second), 4) +
                  u(nanoseconds_ ? fraction * 1'000 + 999 : fraction, 4) + u(packet.size(), 4) +
                  u(on_wire == 0 ? packet.size() : on_wire, 4) + packet;
        return *this;
    }
    [[nodiscard]] const Octets& bytes() const { return bytes_; }
    [[nodiscard]] const std::vector<std::size_t>& offsets() const { return offsets_; }

private:
    [[nodiscard]] Octets u(std::uint64_t value, int size) const {
        return big_ ? be(value, size) : le(value, size);
    }
    bool big_, nanoseconds_;
    Octets bytes_;
    std::vector<std::size_t> offsets_;
};

class PcapngFile {
public:
    explicit PcapngFile(bool big = false) : big_(big) { section(); }

    PcapngFile& section() {
        return block(0x0A0D0D0A, u(0x1A2B3C4D, 4) + u(1, 2) + u(0, 2) + u(UINT64_MAX, 8));
    }
    // digits: of a second in a time stamp.
    PcapngFile& interface(unsigned link = 1, unsigned digits = 6, const Octets& options = {}) {
        const Octets resolution = u(9, 2) + u(1, 2) + be(digits, 1) + Octets(3, '\0');
        return block(1, u(link, 2) + u(0, 2) + u(262'144, 4) + resolution + options + u(0, 4));
    }
    // Enhanced packet block; stamp in the units of its interface.
    PcapngFile& add(const Octets& packet, std::uint64_t stamp = noon, unsigned number = 0,
                    const Octets& options = {}) {
        offsets_.push_back(bytes_.size());
        return block(6, u(number, 4) + u(stamp >> 32U, 4) + u(stamp & 0xFFFFFFFFU, 4) + u(packet.size(), 4) +
                            u(packet.size(), 4) + packet + Octets((4 - packet.size() % 4) % 4, '\0') +
                            options);
    }
    PcapngFile& block(std::uint32_t type, const Octets& body) {
        bytes_ += u(type, 4) + u(12 + body.size(), 4) + body + u(12 + body.size(), 4);
        return *this;
    }
    [[nodiscard]] Octets u(std::uint64_t value, int size) const {
        return big_ ? be(value, size) : le(value, size);
    }
    [[nodiscard]] const Octets& bytes() const { return bytes_; }
    [[nodiscard]] const std::vector<std::size_t>& offsets() const { return offsets_; }

private:
    bool big_;
    Octets bytes_;
    std::vector<std::size_t> offsets_;
};

// ---- SIP

struct SipText {
    std::string method = "INVITE";   // or "180 Ringing": a response
    std::string answers = "INVITE";  // CSeq's method of a response
    std::string call_id = "c1@gw.example";
    std::string cli = "+971500000001";
    std::string callee = "+919876500010";
    std::string from_tag = "f1";
    std::string to_tag;
    int cseq = 1;
    std::string more;  // further headers, each with its line end
    std::string body;
    std::string length;  // "": the right one
    std::string uri;     // "": made of callee

    [[nodiscard]] Octets text() const {
        const bool response = method[0] >= '1' && method[0] <= '6';
        const std::string target = uri.empty() ? "sip:" + callee + "@192.0.2.1;user=phone" : uri;
        std::string out = response ? "SIP/2.0 " + method + "\r\n" : method + " " + target + " SIP/2.0\r\n";
        out += "Via: SIP/2.0/UDP 203.0.113.7;branch=z9hG4bK1\r\n";
        out += "From: \"A, <B>\" <sip:" + cli + "@gw.example;user=phone>;tag=" + from_tag + "\r\n";
        out += "To: <sip:" + callee + "@192.0.2.1>" + (to_tag.empty() ? "" : ";tag=" + to_tag) + "\r\n";
        out += "Call-ID: " + call_id + "\r\n";
        out += "CSeq: " + std::to_string(cseq) + " " + (response ? answers : method) + "\r\n";
        out += more;
        out += "Content-Length: " + (length.empty() ? std::to_string(body.size()) : length) + "\r\n\r\n";
        return out + body;
    }
};

inline std::string sdp(const std::string& session = "8123456", const std::string& address = "203.0.113.9") {
    return "v=0\r\no=- " + session + " 1 IN IP4 " + address + "\r\ns=-\r\nc=IN IP4 " + address +
           "\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n";
}

// A message in Ethernet, IPv4 and UDP.
inline Octets in_udp(std::string_view message, const std::string& from = host_a,
                     const std::string& to = host_b, unsigned from_port = 5060, unsigned to_port = 5060) {
    return ether(ipv4(udp_protocol, udp(message, from_port, to_port), from, to));
}
inline Octets in_tcp(std::string_view payload, std::uint32_t sequence, unsigned flags = ack_flag,
                     const std::string& from = host_a, const std::string& to = host_b,
                     unsigned from_port = 40'000, unsigned to_port = 5060) {
    return ether(ipv4(tcp_protocol, tcp(payload, sequence, flags, from_port, to_port), from, to));
}

}  // namespace sendh::test
