// Packets of arbitrary bytes, in datagrams and streams: no payload is longer than an IP packet can be, and
// every piece of SIP is of a packet that came.
//
// Input: a byte for the link layer, then packets: two bytes of length, one of time passed (in 10 ms), bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "calls/packets.h"
#include "calls/sip_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sendh;
    if (size == 0) return 0;
    constexpr int layers[] = {0, 1, 101, 108, 113, 276};
    std::uint64_t number = 0;
    SipStreams streams([&](const SipPiece& piece) {
        if (piece.place.number == 0 || piece.place.number > number || piece.bytes.empty()) std::abort();
        if (piece.message != nullptr && !piece.bytes.empty() && piece.message->body.size() > 1 << 20)
            std::abort();
        return done();
    });
    const Unwrapper::Take take = [&](const Transported& carried) {
        if (carried.payload.size() > 65'535 || carried.place.number > number) std::abort();
        return streams.take(carried);
    };
    Unwrapper unwrapper(layers[data[0] % 6]);
    std::int64_t time = 0;
    for (std::size_t at = 1; at + 3 <= size;) {
        const std::size_t length =
            std::min<std::size_t>(static_cast<std::size_t>(data[at]) << 8U | data[at + 1], size - at - 3);
        time += data[at + 2] * 10'000;
        Packet packet;
        packet.place.number = ++number;
        packet.place.time = {time};
        packet.bytes = {data + at + 3, length};
        if (!unwrapper.unwrap(packet, take).ok()) std::abort();
        at += 3 + length;
    }
    if (!unwrapper.finish(take).ok() || !streams.finish().ok()) std::abort();
    return 0;
}
