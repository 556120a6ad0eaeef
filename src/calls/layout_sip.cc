// Reader of captures (pcap, pcapng): the calls and SMS in their SIP messages. The way of a packet:
//   calls/capture.h     file to packets
//   calls/packets.h     packets to UDP datagrams and TCP segments
//   calls/sip_stream.h  those to SIP messages
//   calls/sip_calls.h   messages to calls, each once
// A row is a call, an SMS, or something that begins like SIP or came over port 5060 and cannot be read;
// `line` is the number of its first packet, `offset` where that packet's record begins. Messages that are of
// no call (REGISTER, OPTIONS ...) are no rows. Times are those of the capture, in UTC.
//
// Thread rule: a constant.
#include "base/text.h"
#include "calls/capture.h"
#include "calls/packets.h"
#include "calls/sip_calls.h"
#include "calls/sip_stream.h"

namespace sendh {

extern const Layout sip_layout;

namespace {

int recognise_sip(const FileHead& head) { return is_capture(head.bytes) ? 100 : 0; }

void note(ReadSummary& summary, std::uint64_t count, std::string_view one, std::string_view many,
          std::string_view rest) {
    if (count > 0)
        summary.notes.push_back(grouped(count) + " " + std::string(count == 1 ? one : many) +
                                std::string(rest));
}

Result<ReadSummary> read_sip(const FileHead&, const ByteSource& source, const ReadOptions& options,
                             NameTable& names, const CallSink& sink) {
    SENDH_TRY(const auto capture, Capture::open(source));
    if (!knows_link_layer(capture->link_layer())) {
        return Fault{FaultKind::input,
                     "a capture of link layer " + capture->link_layer_name() + ", which is not known here",
                     "byte 0", "capture Ethernet, Linux cooked or raw IP packets"};
    }
    Intake intake(names, sink, options);
    SipCalls calls(options.home, intake);
    std::uint64_t messages = 0;
    SipStreams streams([&](const SipPiece& piece) {
        ++messages;
        return calls.take(piece);
    });
    Unwrapper unwrapper(capture->link_layer());
    const Unwrapper::Take take = [&](const Transported& carried) { return streams.take(carried); };
    std::uint64_t cut = 0;
    Packet packet;
    while (true) {
        SENDH_TRY(const bool more, capture->next(packet));
        if (!more) break;
        cut += packet.cut > 0 ? 1 : 0;
        SENDH_CHECK(unwrapper.unwrap(packet, take));
    }
    SENDH_CHECK(unwrapper.finish(take));
    SENDH_CHECK(streams.finish());
    SENDH_CHECK(calls.finish());
    if (capture->trouble() == Capture::Trouble::damaged) {  // what stands behind it is lost
        Reject reject;
        reject.line = capture->packets() + 1;
        reject.offset = capture->trouble_offset();
        reject.code = RejectCode::broken_row;
        SENDH_CHECK(intake.refuse(reject));
    }
    SENDH_CHECK(intake.finish());

    ReadSummary& summary = intake.summary;
    if (messages == 0)
        summary.notes.push_back("no SIP in the " + grouped(capture->packets()) + " packets of the capture");
    calls.add_notes(summary);
    note(summary, cut, "packet was", "packets were", " captured in part only (snap length)");
    note(summary, unwrapper.counts().incomplete, "packet in parts lacks", "packets in parts lack",
         " some of them");
    note(summary, unwrapper.counts().overlapping, "IPv6 packet", "IPv6 packets",
         " dropped, because parts of it overlap");
    note(summary, unwrapper.counts().too_deep, "packet", "packets", " in too many tunnels not read");
    note(summary, streams.counts().wrong_length, "message has", "messages have", " a wrong Content-Length");
    note(summary, streams.counts().behind_junk, "message stands", "messages stand", " behind junk");
    note(summary, streams.counts().remnants, "end", "ends",
         " of messages in TCP whose beginning was not captured");
    note(summary, streams.counts().gaps, "gap", "gaps", " in TCP streams");
    note(summary, streams.counts().given_up, "TCP stream", "TCP streams",
         " not followed to the end: too many at once");
    note(summary, streams.counts().tls, "stream is", "streams are", " encrypted (TLS) and cannot be read");
    if (capture->trouble() != Capture::Trouble::none) {
        SENDH_TRY(const std::uint64_t rest, capture->skip_rest());
        const bool ends = capture->trouble() == Capture::Trouble::cut_off;
        summary.notes.push_back(
            "the capture " + std::string(ends ? "ends in the middle of" : "is damaged in") +
            " the record at byte " + std::to_string(capture->trouble_offset()) + ", behind packet " +
            std::to_string(capture->packets()) + " (" + capture->trouble_text() + ")" +
            (rest > 0 ? "; " + grouped(rest) + " bytes behind it were not read" : ""));
    }
    return std::move(summary);
}

}  // namespace

const Layout sip_layout = {
    "sip", "SIP captures (pcap, pcapng): calls and SMS, each once", {}, recognise_sip, read_sip, true};

}  // namespace sendh
