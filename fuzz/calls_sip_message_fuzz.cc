// SIP messages of arbitrary bytes: what is parsed lies in the bytes, and the three ways of finding a start
// line agree.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "calls/sip_message.h"

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sendh;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto message = parse_sip(bytes);
    require(message.has_value() == (sip_start(bytes) == SipStart::yes));
    if (const auto start = find_sip_start(bytes, size)) require(parse_sip(bytes.substr(*start)).has_value());
    const auto headers_end = end_of_sip_headers(bytes);
    require(!headers_end || *headers_end <= size);
    (void)means_sip(bytes);
    (void)sdp_origin(bytes);
    (void)parse_cseq(bytes);
    if (!message) return 0;
    require(message->request || (message->status >= 100 && message->status <= 699));
    require(message->complete == headers_end.has_value());
    require(message->body.empty() || message->body.data() == bytes.data() + *headers_end);
    (void)content_length(*message);
    (void)dialled(parse_sip_uri(message->uri));
    for (const auto& header : message->headers) {
        for (const std::string_view value : message->all(header.first)) {
            const SipAddress address = parse_sip_address(value);
            const SipUri uri = parse_sip_uri(address.uri);
            require(dialled(uri).size() <= 2 * value.size());
            (void)sip_parameter(address.parameters, "tag");
            (void)sip_parameter(uri.user_parameters, "tgrp");
            (void)unescaped(uri.headers);
        }
    }
    return 0;
}
