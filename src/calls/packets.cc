#include "calls/packets.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace sendh {

namespace {

using Bytes = std::span<const std::uint8_t>;

// Link layers (pcap/dlt.h, https://www.tcpdump.org/linktypes.html).
enum LinkLayer : int {
    null = 0,
    ethernet = 1,
    raw_bsd = 12,
    raw_openbsd = 14,
    raw = 101,
    loop = 108,
    linux_cooked = 113,
    raw_ipv4 = 228,
    raw_ipv6 = 229,
    linux_cooked_2 = 276,
};

constexpr int deepest = 8;
constexpr int most_tags = 4;
constexpr int most_extensions = 16;
constexpr std::size_t most_trains = 1'024;
constexpr std::size_t most_train_bytes = 16 << 20;
constexpr std::size_t most_pieces = 256;  // of a packet with holes between them
constexpr std::int64_t train_life = 30 * micros_per_second;
constexpr std::int64_t train_patience = 100'000;
constexpr std::int64_t answer_patience = 5'000;
constexpr std::size_t longest_packet = 65'535;

unsigned u8(Bytes b, std::size_t at) { return b[at]; }
unsigned u16(Bytes b, std::size_t at) { return u8(b, at) << 8U | u8(b, at + 1); }
std::uint32_t u32(Bytes b, std::size_t at) {
    return static_cast<std::uint32_t>(u16(b, at)) << 16U | static_cast<std::uint32_t>(u16(b, at + 2));
}

IpAddress address(Bytes b, std::size_t at, bool v6) {
    IpAddress out;
    out.v6 = v6;
    std::copy_n(b.begin() + static_cast<std::ptrdiff_t>(at), v6 ? 16 : 4, out.bytes.begin());
    return out;
}

bool is_vlan(unsigned type) { return type == 0x8100 || type == 0x88A8 || type == 0x9100 || type == 0x9200; }

}  // namespace

std::string to_text(const IpAddress& address) {
    char text[INET6_ADDRSTRLEN] = {};
    (void)inet_ntop(address.v6 ? AF_INET6 : AF_INET, address.bytes.data(), text, sizeof text);
    return text;
}

bool knows_link_layer(int link_layer) {
    switch (link_layer) {
        case null:
        case ethernet:
        case raw_bsd:
        case raw_openbsd:
        case raw:
        case loop:
        case linux_cooked:
        case raw_ipv4:
        case raw_ipv6:
        case linux_cooked_2: return true;
        default: return false;
    }
}

Done Unwrapper::unwrap(const Packet& packet, const Take& take) {
    take_ = &take;
    const std::int64_t now = packet.place.time.value;
    while (!ages_.empty()) {
        const auto oldest = trains_.find(ages_.front());
        if (oldest->second.place.time.value + train_patience > now) break;
        SENDH_CHECK(give_up(oldest));
    }
    const Bytes b = packet.bytes;
    Frame frame;
    frame.place = packet.place;
    frame.cut = packet.cut;
    switch (link_layer_) {
        case ethernet: return ether(frame, b);
        case linux_cooked: return b.size() < 16 ? done() : ether_type(frame, u16(b, 14), b.subspan(16));
        case linux_cooked_2: return b.size() < 20 ? done() : ether_type(frame, u16(b, 0), b.subspan(20));
        case null:
        case loop: return b.size() < 4 ? done() : ip(frame, b.subspan(4));
        default: return ip(frame, b);
    }
}

Done Unwrapper::finish(const Take& take) {
    take_ = &take;
    while (!ages_.empty()) SENDH_CHECK(give_up(trains_.find(ages_.front())));
    return done();
}

Done Unwrapper::make_room() {
    while (trains_.size() > most_trains || train_bytes_ > most_train_bytes) {
        const bool from_dropped = ages_.empty() || dropped_.size() > most_trains / 2;
        SENDH_CHECK(give_up(trains_.find(from_dropped ? dropped_.front() : ages_.front())));
    }
    return done();
}

Done Unwrapper::ether(const Frame& frame, Bytes bytes) {
    if (bytes.size() < 14) return done();
    return ether_type(frame, u16(bytes, 12), bytes.subspan(14));
}

Done Unwrapper::ether_type(const Frame& frame, unsigned type, Bytes bytes) {
    for (int tags = 0; is_vlan(type) && tags < most_tags && bytes.size() >= 4; ++tags) {
        type = u16(bytes, 2);
        bytes = bytes.subspan(4);
    }
    return type == 0x0800 || type == 0x86DD ? ip(frame, bytes) : done();
}

Done Unwrapper::ip(const Frame& frame, Bytes bytes) {
    if (bytes.empty()) return done();
    if (frame.depth >= deepest) {
        ++counts_.too_deep;
        return done();
    }
    switch (u8(bytes, 0) >> 4U) {
        case 4: return ipv4(frame, bytes);
        case 6: return ipv6(frame, bytes);
        default: return done();
    }
}

Done Unwrapper::ipv4(Frame frame, Bytes bytes) {
    if (bytes.size() < 20) return done();
    const std::size_t header = (u8(bytes, 0) & 15U) * 4;
    if (header < 20 || header > bytes.size()) return done();
    std::size_t total = u16(bytes, 2);
    // A sender that leaves cutting into segments to its network card writes no length.
    if (total == 0) total = bytes.size() + frame.cut;
    if (total < header) return done();
    frame.cut = total > bytes.size() ? total - bytes.size() : 0;
    const unsigned protocol = u8(bytes, 9);
    frame.from = address(bytes, 12, false);
    frame.to = address(bytes, 16, false);
    const Bytes payload = bytes.subspan(header, std::min(total, bytes.size()) - header);
    const unsigned parts = u16(bytes, 6);
    if ((parts & 0x3FFFU) == 0) return carried(frame, protocol, payload);
    Part part;
    part.key = {frame.from, frame.to, u16(bytes, 4), static_cast<std::uint8_t>(protocol), false};
    part.protocol = protocol;
    part.from = static_cast<std::size_t>(parts & 0x1FFFU) * 8;
    part.last = (parts & 0x2000U) == 0;
    part.bytes = payload;
    part.cut = frame.cut > 0;
    return fragment(frame, part);
}

Done Unwrapper::ipv6(Frame frame, Bytes bytes) {
    if (bytes.size() < 40) return done();
    std::size_t length = u16(bytes, 4);
    unsigned next = u8(bytes, 6);
    frame.from = address(bytes, 8, true);
    frame.to = address(bytes, 24, true);
    bytes = bytes.subspan(40);
    if (length == 0) length = bytes.size() + frame.cut;
    frame.cut = length > bytes.size() ? length - bytes.size() : 0;
    bytes = bytes.first(std::min(length, bytes.size()));
    for (int i = 0; i < most_extensions; ++i) {
        std::size_t size = 0;
        switch (next) {
            case 0:    // hop by hop
            case 43:   // routing
            case 60:   // destination options
            case 135:  // mobility
            case 139:  // host identity
            case 140:  // shim6
                if (bytes.size() < 8) return done();
                size = (u8(bytes, 1) + 1) * 8;
                break;
            case 51:  // authentication
                if (bytes.size() < 8) return done();
                size = (u8(bytes, 1) + 2) * 4;
                break;
            case 44: {  // fragment
                if (bytes.size() < 8) return done();
                const unsigned parts = u16(bytes, 2);
                if ((parts & 0xFFF9U) == 0) {  // RFC 6946: alone
                    size = 8;
                    break;
                }
                Part part;
                part.key = {frame.from, frame.to, u32(bytes, 4), 0, true};
                part.protocol = u8(bytes, 0);
                part.from = parts & 0xFFF8U;
                part.last = (parts & 1U) == 0;
                part.bytes = bytes.subspan(8);
                part.cut = frame.cut > 0;
                return fragment(frame, part);
            }
            default: return carried(frame, next, bytes);
        }
        if (size > bytes.size()) return done();
        next = u8(bytes, 0);
        bytes = bytes.subspan(size);
    }
    return done();
}

Done Unwrapper::gre(const Frame& frame, Bytes bytes) {
    if (bytes.size() < 4) return done();
    const unsigned flags = u16(bytes, 0);
    const unsigned type = u16(bytes, 2);
    if ((flags & 0x4007U) != 0) return done();  // source routes, other versions
    std::size_t header = 4;
    for (const unsigned option : {0x8000U, 0x2000U, 0x1000U}) header += (flags & option) != 0 ? 4 : 0;
    if (header > bytes.size()) return done();
    bytes = bytes.subspan(header);
    return type == 0x6558 ? ether(frame, bytes) : ether_type(frame, type, bytes);
}

Done Unwrapper::carried(Frame frame, unsigned protocol, Bytes bytes) {
    Transported out;
    out.place = frame.place;
    out.from.address = frame.from;
    out.to.address = frame.to;
    switch (protocol) {
        case 4:
        case 41: ++frame.depth; return ip(frame, bytes);
        case 47: ++frame.depth; return gre(frame, bytes);
        case 17: {
            if (bytes.size() < 8) return done();
            const std::size_t length = u16(bytes, 4);
            out.payload = bytes.subspan(8);
            out.cut = frame.cut;
            if (length >= 8) {
                out.cut = length > bytes.size() ? length - bytes.size() : 0;
                out.payload = out.payload.first(std::min(length, bytes.size()) - 8);
            }
            break;
        }
        case 6: {
            if (bytes.size() < 20) return done();
            const std::size_t header = (u8(bytes, 12) >> 4U) * 4;
            if (header < 20 || header > bytes.size()) return done();
            const unsigned flags = u8(bytes, 13);
            out.tcp = true;
            out.sequence = u32(bytes, 4);
            out.fin = (flags & 1U) != 0;
            out.syn = (flags & 2U) != 0;
            out.rst = (flags & 4U) != 0;
            out.payload = bytes.subspan(header);
            out.cut = frame.cut;
            break;
        }
        default: return done();
    }
    out.from.port = static_cast<std::uint16_t>(u16(bytes, 0));
    out.to.port = static_cast<std::uint16_t>(u16(bytes, 2));
    if (!frame.late) SENDH_CHECK(give_up_answered(frame));
    return (*take_)(out);
}

Done Unwrapper::fragment(Frame frame, const Part& part) {
    auto it = trains_.find(part.key);
    if (it != trains_.end()) {
        const std::int64_t apart = frame.place.time.value - it->second.place.time.value;
        if (apart > train_life || apart < -train_life) {
            SENDH_CHECK(give_up(it));
            it = trains_.end();
        }
    }
    if (it == trains_.end()) {
        it = trains_.emplace(part.key, Train{}).first;
        it->second.place = frame.place;
        it->second.age = ages_.insert(ages_.end(), part.key);
    }
    Train& train = it->second;
    if (train.dropped) return done();
    const std::size_t before = train.bytes.size();
    const bool good = add(train, part);
    if (!good) {
        ++(part.key.v6 ? counts_.overlapping : counts_.incomplete);
        train.dropped = true;
        train.have.clear();
        train.bytes = {};
        dropped_.splice(dropped_.end(), ages_, train.age);
    }
    train_bytes_ = train_bytes_ - before + train.bytes.size();
    const bool whole = good && train.total && train.have.size() == 1 && train.have.begin()->first == 0 &&
                       train.have.begin()->second == *train.total;
    if (!whole) return make_room();
    const Train complete = take_out(it);
    frame.place = complete.place;
    frame.cut = 0;
    ++frame.depth;
    return carried(frame, complete.protocol, Bytes(complete.bytes).first(*complete.total));
}

Unwrapper::Train Unwrapper::take_out(Trains::iterator it) {
    Train train = std::move(it->second);
    train_bytes_ -= train.bytes.size();
    (train.dropped ? dropped_ : ages_).erase(train.age);
    trains_.erase(it);
    return train;
}

// false: the packet has to be dropped.
bool Unwrapper::add(Train& train, const Part& part) {
    const std::size_t from = part.from;
    const std::size_t to = from + part.bytes.size();
    if (to > longest_packet) return false;
    // The end is where the last part ends; no part goes beyond it.
    if (part.last && !part.cut) {
        if (train.total && *train.total != to) return !part.key.v6;
        if (!train.have.empty() && std::prev(train.have.end())->second > to) return !part.key.v6;
        train.total = to;
    } else if (train.total && to > *train.total) {
        return !part.key.v6;
    }
    if (from == 0) train.protocol = part.protocol;
    if (from == to) return true;
    auto first = train.have.upper_bound(from);
    if (first != train.have.begin()) --first;
    std::size_t at = from;
    std::vector<std::pair<std::size_t, std::size_t>> holes;
    bool overlaps = false;
    for (auto have = first; have != train.have.end() && have->first < to; ++have) {
        if (have->second <= from) continue;
        overlaps = true;
        if (have->first > at) holes.emplace_back(at, have->first);
        at = std::max(at, have->second);
    }
    if (at < to) holes.emplace_back(at, to);
    if (overlaps && part.key.v6) {
        const bool same =
            holes.empty() && std::equal(part.bytes.begin(), part.bytes.end(),
                                        train.bytes.begin() + static_cast<std::ptrdiff_t>(from));
        return same;
    }
    if (train.bytes.size() < to) train.bytes.resize(to);
    for (const auto& hole : holes) {
        std::copy_n(part.bytes.begin() + static_cast<std::ptrdiff_t>(hole.first - from),
                    hole.second - hole.first, train.bytes.begin() + static_cast<std::ptrdiff_t>(hole.first));
        train.have.emplace(hole.first, hole.second);
    }
    // Neighbours become one.
    auto have = train.have.lower_bound(from);
    if (have != train.have.begin()) --have;
    while (have != train.have.end() && std::next(have) != train.have.end() && have->first <= to) {
        const auto next = std::next(have);
        if (have->second == next->first) {
            have->second = next->second;
            train.have.erase(next);
        } else {
            ++have;
        }
    }
    return train.have.size() <= most_pieces;
}

Done Unwrapper::give_up(Trains::iterator it) {
    Frame frame;
    frame.from = it->first.from;
    frame.to = it->first.to;
    frame.late = true;
    const Train train = take_out(it);
    frame.place = train.place;
    if (train.dropped) return done();
    ++counts_.incomplete;
    if (train.have.empty() || train.have.begin()->first != 0 || train.protocol != 17) return done();
    return carried(frame, 17, Bytes(train.bytes).first(train.have.begin()->second));
}

// An answer shows that its sender had all parts: the capture lacks some.
Done Unwrapper::give_up_answered(const Frame& frame) {
    if (trains_.empty()) return done();
    Key key;
    key.from = frame.to;
    key.to = frame.from;
    for (auto it = trains_.lower_bound(key);
         it != trains_.end() && it->first.from == key.from && it->first.to == key.to;) {
        const auto train = it++;
        if (train->second.dropped ||
            train->second.place.time.value + answer_patience > frame.place.time.value)
            continue;
        const Key found = train->first;
        SENDH_CHECK(give_up(train));
        it = trains_.upper_bound(found);
    }
    return done();
}

}  // namespace sendh
