// SipStreams: cuts SIP messages out of UDP datagrams and TCP segments. TCP streams are put in order,
// segments that come again are dropped, messages framed by Content-Length (RFC 3261 section 18.3).
//
// What is SIP is told by content, on any port: a start line of SIP/2.0 at the beginning of a datagram, or of
// a segment. On port 5060 everything is meant to be SIP: there a start line is also looked for behind junk,
// and what is neither SIP nor a keep-alive (white space, zeros, STUN) comes out as broken, once for each
// datagram and for each run of a stream. TLS is counted, not read.
//
// A wrong Content-Length never hides the next message: of a datagram everything is taken; in a stream a
// length that is no number, or over 1 MiB, counts as 0, a start line at the beginning of a line of the body
// ends it (unless the body is one that may hold messages: message/…, multipart/…), and what is left over is
// skipped to the next start line.
//
// Memory: 16,384 streams, 64 MiB; the one idle longest is given up. Headers of a message: 64 KiB. A gap in a
// stream is waited for until 5 s, 256 segments or 256 KiB have come behind it; the message in it is then
// handed on as far as it goes.
//
// Thread rule: one object, one thread. A piece holds until `take` returns.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "calls/packets.h"
#include "calls/sip_message.h"

namespace sendh {

struct SipPiece {
    PacketPlace place;  // of the packet that holds its first byte
    Endpoint from, to;
    std::string_view bytes;
    const SipMessage* message = nullptr;  // nullptr: it begins like SIP, or should be SIP, and is not
    bool cut = false;                     // bytes of it are missing in the capture
};

class SipStreams {
public:
    using Take = std::function<Done(const SipPiece&)>;

    explicit SipStreams(Take take) : take_(std::move(take)) {}

    [[nodiscard]] Done take(const Transported& carried);
    // After the last packet.
    [[nodiscard]] Done finish();

    struct Counts {
        std::uint64_t wrong_length = 0;  // messages whose Content-Length is wrong
        std::uint64_t behind_junk = 0;   // messages with junk before their start line
        std::uint64_t remnants = 0;      // ends of messages whose beginning was not captured
        std::uint64_t gaps = 0;          // in streams
        std::uint64_t given_up = 0;      // streams, for want of memory
        std::uint64_t tls = 0;           // streams on ports of SIP
    };
    [[nodiscard]] const Counts& counts() const { return counts_; }

private:
    using Key = std::pair<Endpoint, Endpoint>;
    struct Held {
        std::string bytes;
        std::uint64_t cut = 0;
        PacketPlace place;
    };
    // One direction of a connection.
    struct Stream {
        std::list<Key>::iterator age;
        std::uint32_t first = 0;         // sequence number of its first byte
        std::uint32_t next = 0;          // the one expected
        std::uint64_t at = 1ULL << 32U;  // the same as a position that does not wrap
        std::optional<std::uint64_t> end;
        std::map<std::uint64_t, Held> held;  // by position
        std::size_t held_bytes = 0;

        std::string buffer;                                       // in order, not yet handed on; ends at `at`
        std::deque<std::pair<std::uint64_t, PacketPlace>> marks;  // where packets begin in it

        // Of the message at the front of the buffer.
        bool started = false;     // it has a start line
        std::size_t line = 0;     // where its last line begins
        std::size_t scanned = 0;  // bytes that need not be searched for a line end again
        std::size_t headers = 0;  // where its body begins; 0: not there yet
        std::size_t need = 0;     // bytes of the whole of it
        bool may_nest = false;    // its body may hold messages

        bool from_start = false;  // no byte since the SYN is missing
        bool after_message = false;
        bool told_wrong = false;  // that message's Content-Length is known to be wrong
        bool in_junk = false;
    };
    using Streams = std::map<Key, Stream>;

    Done datagram(const Transported& carried);
    Done segment(const Transported& carried);
    Done append(const Key& key, Stream& stream, std::string_view bytes, const PacketPlace& place);
    Done drain(const Key& key, Stream& stream, Micros now);
    Done jump(const Key& key, Stream& stream, std::uint64_t to);
    Done read(const Key& key, Stream& stream, bool final);
    static std::optional<std::size_t> start_in_body(Stream& stream, std::string_view bytes);
    Result<std::size_t> read_front(const Key& key, Stream& stream, std::string_view rest, bool final);
    Result<std::size_t> read_junk(const Key& key, Stream& stream, std::string_view rest, bool final);
    Done hand_on(const Key& key, const PacketPlace& place, std::string_view bytes, bool cut);
    Done hand_on_front(const Key& key, Stream& stream, std::string_view bytes, bool cut);
    Done let_go(const Key& key, Stream& stream);
    Done close(Streams::iterator stream);
    Done make_room();

    Take take_;
    Streams streams_;
    std::list<Key> ages_;  // idle longest first
    std::size_t bytes_ = 0;
    Counts counts_;
};

}  // namespace sendh
