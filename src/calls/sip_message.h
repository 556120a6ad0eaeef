// SipMessage: one message of SIP (RFC 3261, section 7 and 25), as views into its bytes. It takes what real
// senders write: any case and the compact forms of header names, folded lines, bare LF, space before the
// colon, several values in one line or in several, quoted display names with <, ; and , in them, URIs with
// and without <>. It keeps the headers that this program asks for, at most 4,096 of them, and checks no
// rule of SIP beyond the start line.
//
// Not here: cutting messages out of datagrams and streams (calls/sip_stream.h), what they mean for a call
// (calls/sip_calls.h).
//
// Thread rule: values and pure functions. A message must not outlive its bytes.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sendh {

// The headers that are kept.
enum class SipHeader : std::uint8_t {
    other,
    call_id,
    contact,
    content_length,
    content_type,
    cseq,
    diversion,
    from,
    history_info,
    identity,
    p_asserted_identity,
    privacy,
    reason,
    remote_party_id,
    session_id,
    to,
};
inline constexpr int sip_headers = 16;
[[nodiscard]] std::string_view name_of(SipHeader header);  // "Call-ID"

struct SipMessage {
    bool request = false;
    std::string_view method;  // of a request, as it stands
    std::string_view uri;     // of a request
    int status = 0;           // of a response
    std::string_view body;
    bool complete = false;  // an empty line ends the headers

    // The first value of the header, "" if it is not there.
    [[nodiscard]] std::string_view first(SipHeader header) const;
    // All values, those in one line separated by commas outside quotes and <>.
    [[nodiscard]] std::vector<std::string_view> all(SipHeader header) const;

    std::vector<std::pair<SipHeader, std::string_view>> headers;
    std::deque<std::string> unfolded;
};

// Whether the bytes begin with a start line of SIP/2.0; `short_of`: they may, when more of them come.
enum class SipStart : std::uint8_t { no, yes, short_of };
[[nodiscard]] SipStart sip_start(std::string_view bytes);
// The bytes mean to be SIP, although their start line may be wrong: a method of RFC 3261 and its extensions
// with an address behind it, or "SIP/".
[[nodiscard]] bool means_sip(std::string_view bytes);
// Where in the first `reach` bytes a start line begins, be it in the middle of a line.
[[nodiscard]] std::optional<std::size_t> find_sip_start(std::string_view bytes, std::size_t reach);

// Where the body begins: behind the first empty line from `from` on.
[[nodiscard]] std::optional<std::size_t> end_of_sip_headers(std::string_view bytes, std::size_t from = 0);

// Everything behind the headers is the body, whatever Content-Length says. Nothing when there is no start
// line at the front.
[[nodiscard]] std::optional<SipMessage> parse_sip(std::string_view bytes);

// Content-Length, where it is a number up to 2^53.
[[nodiscard]] std::optional<std::uint64_t> content_length(const SipMessage& message);

// CSeq: number and method.
struct SipCSeq {
    std::uint32_t number = 0;
    std::string_view method;
};
[[nodiscard]] std::optional<SipCSeq> parse_cseq(std::string_view value);

// name=value pairs behind semicolons; names without case, values without quotes around them, "" for a name
// alone. Nothing if the name (given in small letters) is not among them.
[[nodiscard]] std::optional<std::string_view> sip_parameter(std::string_view parameters,
                                                            std::string_view name);

// sip:, sips:, tel: (RFC 3261 section 19, RFC 3966), in pieces. Of another scheme only that and the rest as
// host.
struct SipUri {
    std::string scheme;                // in small letters
    std::string user;                  // %-escapes resolved, without password and parameters
    std::string_view user_parameters;  // ";tgrp=…" in the user (RFC 4904), or all of a tel: URI
    std::string_view host;             // without port; "" of tel:
    std::string_view parameters;       // behind the host
    std::string_view headers;          // behind ?
};
[[nodiscard]] SipUri parse_sip_uri(std::string_view uri);

// A header value of the form `"Name" <uri>;parameters`, `Name <uri>`, or `uri;parameters`, in which the
// parameters are the header's.
struct SipAddress {
    std::string_view uri;
    std::string_view parameters;
};
[[nodiscard]] SipAddress parse_sip_address(std::string_view value);

// The digits to dial of a URI: its user, with the prefix of a global phone-context (RFC 3966 section 5.1.5).
[[nodiscard]] std::string dialled(const SipUri& uri);

// The value of a %-escaped text.
[[nodiscard]] std::string unescaped(std::string_view text);

// The o= line of a session description (RFC 8866 section 5.2) without its "o="; "" if there is none.
[[nodiscard]] std::string_view sdp_origin(std::string_view body);

}  // namespace sendh
