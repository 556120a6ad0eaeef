// Capture: the packets of a capture file (pcap with microseconds or nanoseconds in either byte order,
// pcapng), one at a time, read through libpcap from a ByteSource, each with its number and the byte at which
// its record begins. It knows link layers by number only; what the packets carry is calls/packets.h.
//
// Formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng. Nanoseconds are cut to microseconds.
// libpcap reads a pcapng file only if all its interfaces have one link layer.
//
// A file that ends in the middle of a record, or that is damaged there, ends with the packet before: see
// trouble(). Memory: one packet (libpcap takes at most 16 MiB for a block).
//
// Thread rule: one capture, one thread. The bytes of a packet hold until the next call.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/delimited.h"
#include "base/result.h"
#include "base/time.h"

namespace sendh {

// Where something stands in a capture.
struct PacketPlace {
    std::uint64_t number = 0;  // of the packet, from 1
    std::uint64_t offset = 0;  // of the first byte of its record
    Micros time;
};

struct Packet {
    PacketPlace place;
    std::span<const std::uint8_t> bytes;  // from the link layer on
    std::uint64_t cut = 0;                // bytes of it that were not captured (snap length)
};

[[nodiscard]] bool is_capture(std::string_view head);

class Capture {
public:
    // Faults: of the source; input when libpcap cannot read the file's header.
    [[nodiscard]] static Result<std::unique_ptr<Capture>> open(ByteSource source);
    ~Capture();
    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;

    // As in pcap_datalink(3PCAP): DLT_EN10MB ...; and its name.
    [[nodiscard]] int link_layer() const;
    [[nodiscard]] std::string link_layer_name() const;

    // false at the end, also at an end before its time.
    [[nodiscard]] Result<bool> next(Packet& packet);

    enum class Trouble : unsigned char {
        none,
        cut_off,  // the file ends inside a record
        damaged,  // a record contradicts the format
    };
    [[nodiscard]] Trouble trouble() const { return trouble_; }
    // What libpcap says of it, without numbers that look like phone numbers; and where the record begins.
    [[nodiscard]] const std::string& trouble_text() const { return trouble_text_; }
    [[nodiscard]] std::uint64_t trouble_offset() const { return trouble_offset_; }
    [[nodiscard]] std::uint64_t packets() const { return packets_; }
    // After the end: reads what the source still holds and says how many bytes libpcap did not take.
    [[nodiscard]] Result<std::uint64_t> skip_rest();

private:
    Capture();
    struct Inside;
    std::unique_ptr<Inside> inside_;
    Trouble trouble_ = Trouble::none;
    std::string trouble_text_;
    std::uint64_t trouble_offset_ = 0;
    std::uint64_t packets_ = 0;
};

}  // namespace sendh
