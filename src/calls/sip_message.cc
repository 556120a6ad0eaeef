#include "calls/sip_message.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "calls/tabular.h"

namespace sendh {

namespace {

constexpr std::size_t longest_start_line = 8'192;
constexpr std::size_t longest_method = 32;
constexpr std::size_t most_headers = 4'096;
constexpr std::size_t most_values = 64;

struct HeaderName {
    SipHeader header;
    std::string_view name, lower, compact;
};
constexpr std::array<HeaderName, sip_headers> header_names = {{
    {SipHeader::other, "", "", ""},
    {SipHeader::call_id, "Call-ID", "call-id", "i"},
    {SipHeader::contact, "Contact", "contact", "m"},
    {SipHeader::content_length, "Content-Length", "content-length", "l"},
    {SipHeader::content_type, "Content-Type", "content-type", "c"},
    {SipHeader::cseq, "CSeq", "cseq", ""},
    {SipHeader::diversion, "Diversion", "diversion", ""},
    {SipHeader::from, "From", "from", "f"},
    {SipHeader::history_info, "History-Info", "history-info", ""},
    {SipHeader::identity, "Identity", "identity", "y"},
    {SipHeader::p_asserted_identity, "P-Asserted-Identity", "p-asserted-identity", ""},
    {SipHeader::privacy, "Privacy", "privacy", ""},
    {SipHeader::reason, "Reason", "reason", ""},
    {SipHeader::remote_party_id, "Remote-Party-ID", "remote-party-id", ""},
    {SipHeader::session_id, "Session-ID", "session-id", ""},
    {SipHeader::to, "To", "to", "t"},
}};
static_assert(header_names.back().header == SipHeader::to &&
              static_cast<int>(SipHeader::to) + 1 == sip_headers);

// RFC 3261, 3262 (PRACK), 6665 (SUBSCRIBE, NOTIFY), 3903 (PUBLISH), 6086 (INFO), 3515 (REFER), 3428
// (MESSAGE), 3311 (UPDATE).
constexpr std::array<std::string_view, 14> methods = {"INVITE",   "ACK",   "BYE",       "CANCEL", "OPTIONS",
                                                      "REGISTER", "PRACK", "SUBSCRIBE", "NOTIFY", "PUBLISH",
                                                      "INFO",     "REFER", "MESSAGE",   "UPDATE"};
constexpr std::string_view version = "sip/2.0";

bool is_token(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("-.!%*_+`'~").find(c) != std::string_view::npos;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; }

std::string_view without_line_end(std::string_view line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
        line.remove_suffix(1);
    return line;
}

struct StartLine {
    bool request = false;
    std::string_view method, uri;
    int status = 0;
};

// The line comes without its end.
std::optional<StartLine> start_line(std::string_view line) {
    StartLine out;
    if (line.size() >= version.size() + 4 && tabular::same_word(line.substr(0, version.size()), version)) {
        line.remove_prefix(version.size());
        const bool shape = line[0] == ' ' && is_digit(line[1]) && is_digit(line[2]) && is_digit(line[3]) &&
                           (line.size() == 4 || line[4] == ' ');
        out.status = shape ? (line[1] - '0') * 100 + (line[2] - '0') * 10 + (line[3] - '0') : 0;
        if (out.status < 100 || out.status > 699) return std::nullopt;
        return out;
    }
    const std::size_t method = line.find(' ');
    if (method == 0 || method > longest_method || method == std::string_view::npos) return std::nullopt;
    out.method = line.substr(0, method);
    if (!std::all_of(out.method.begin(), out.method.end(), is_token)) return std::nullopt;
    line.remove_prefix(method + 1);
    const std::size_t uri = line.rfind(' ');
    if (uri == std::string_view::npos || !tabular::same_word(line.substr(uri + 1), version))
        return std::nullopt;
    out.uri = trim(line.substr(0, uri));
    if (out.uri.empty()) return std::nullopt;
    out.request = true;
    return out;
}

SipHeader header_of(std::string_view name) {
    for (const HeaderName& h : header_names) {
        if (h.header == SipHeader::other) continue;
        const bool same = name.size() == 1 ? !h.compact.empty() && tabular::same_word(name, h.compact)
                                           : tabular::same_word(name, h.lower);
        if (same) return h.header;
    }
    return SipHeader::other;
}

// Where c first stands outside quotes and, if so wished, outside <>.
std::size_t find_outside(std::string_view text, char c, bool outside_brackets, std::size_t from = 0) {
    bool quoted = false;
    bool bracketed = false;
    for (std::size_t i = from; i < text.size(); ++i) {
        if (quoted) {
            if (text[i] == '\\')
                ++i;
            else if (text[i] == '"')
                quoted = false;
            continue;
        }
        if (text[i] == c && !(outside_brackets && bracketed)) return i;
        if (text[i] == '"' && !bracketed) quoted = true;
        if (text[i] == '<') bracketed = true;
        if (text[i] == '>') bracketed = false;
    }
    return std::string_view::npos;
}

int hex(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

std::string_view name_of(SipHeader header) { return header_names.at(static_cast<std::size_t>(header)).name; }

std::string_view SipMessage::first(SipHeader header) const {
    for (const auto& entry : headers) {
        if (entry.first == header) return entry.second;
    }
    return {};
}

std::vector<std::string_view> SipMessage::all(SipHeader header) const {
    std::vector<std::string_view> out;
    for (const auto& entry : headers) {
        if (entry.first != header) continue;
        std::string_view rest = entry.second;
        while (out.size() < most_values) {
            const std::size_t comma = find_outside(rest, ',', true);
            const std::string_view value = trim(rest.substr(0, comma));
            if (!value.empty()) out.push_back(value);
            if (comma == std::string_view::npos) break;
            rest.remove_prefix(comma + 1);
        }
    }
    return out;
}

SipStart sip_start(std::string_view bytes) {
    const std::size_t end = bytes.substr(0, longest_start_line).find('\n');
    if (end != std::string_view::npos)
        return start_line(without_line_end(bytes.substr(0, end))) ? SipStart::yes : SipStart::no;
    if (bytes.size() >= longest_start_line) return SipStart::no;
    std::size_t i = 0;
    while (i < bytes.size() && i < version.size() &&
           tabular::same_word(bytes.substr(i, 1), version.substr(i, 1)))
        ++i;
    const bool response = i == bytes.size() || i == version.size();
    i = 0;
    while (i < bytes.size() && i < longest_method && is_token(bytes[i])) ++i;
    const bool request = i == bytes.size() || (i > 0 && bytes[i] == ' ');
    if (!response && !request) return SipStart::no;
    return std::any_of(bytes.begin(), bytes.end() - (bytes.ends_with('\r') ? 1 : 0), is_control)
               ? SipStart::no
               : SipStart::short_of;
}

bool means_sip(std::string_view bytes) {
    if (bytes.starts_with("SIP/")) return true;
    for (const std::string_view method : methods) {
        if (!bytes.starts_with(method)) continue;
        const std::string_view rest = bytes.substr(method.size());
        for (const std::string_view scheme : {" sip:", " sips:", " tel:", " urn:"}) {
            if (rest.size() >= scheme.size() && tabular::same_word(rest.substr(0, scheme.size()), scheme))
                return true;
        }
    }
    return false;
}

std::optional<std::size_t> find_sip_start(std::string_view bytes, std::size_t reach) {
    std::size_t end = bytes.find('\n');
    for (std::size_t i = 0; i < std::min(reach, bytes.size()) && end != std::string_view::npos; ++i) {
        if (i > end) end = bytes.find('\n', i);
        if (bytes[i] < 'A' || bytes[i] > 'U' || end == std::string_view::npos) continue;
        if (end - i < longest_start_line && means_sip(bytes.substr(i)) &&
            start_line(without_line_end(bytes.substr(i, end - i))))
            return i;
    }
    return std::nullopt;
}

std::optional<std::size_t> end_of_sip_headers(std::string_view bytes, std::size_t from) {
    for (std::size_t i = from; (i = bytes.find('\n', i)) != std::string_view::npos; ++i) {
        if (bytes.substr(i + 1).starts_with('\n')) return i + 2;
        if (bytes.substr(i + 1).starts_with("\r\n")) return i + 3;
    }
    return std::nullopt;
}

std::optional<SipMessage> parse_sip(std::string_view bytes) {
    if (sip_start(bytes) != SipStart::yes) return std::nullopt;
    const std::size_t line_end = bytes.find('\n');
    const auto start = start_line(without_line_end(bytes.substr(0, line_end)));
    if (!start) return std::nullopt;
    SipMessage out;
    out.request = start->request;
    out.method = start->method;
    out.uri = start->uri;
    out.status = start->status;
    std::string_view rest = bytes.substr(line_end + 1);
    const auto take_line = [&rest] {
        const std::size_t end = rest.find('\n');
        const std::string_view line = without_line_end(rest.substr(0, end));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        return line;
    };
    const auto folded = [&rest] { return rest.starts_with(' ') || rest.starts_with('\t'); };
    while (!rest.empty()) {
        const bool ended = rest.starts_with('\n') || rest.starts_with("\r\n");
        const bool of_no_header = folded();  // goes on with one that is not kept
        const std::string_view line = take_line();
        if (ended) {
            out.complete = true;
            break;
        }
        if (of_no_header) continue;
        const std::size_t colon = line.find(':');
        const SipHeader header =
            colon == std::string_view::npos ? SipHeader::other : header_of(trim(line.substr(0, colon)));
        if (header == SipHeader::other || out.headers.size() >= most_headers) continue;
        std::string_view value = trim(line.substr(colon + 1));
        if (folded()) {
            std::string& whole = out.unfolded.emplace_back(value);
            while (folded()) {
                const std::string_view more = trim(take_line());
                if (!whole.empty() && !more.empty()) whole += ' ';
                whole += more;
            }
            value = whole;
        }
        out.headers.emplace_back(header, value);
    }
    out.body = rest;
    return out;
}

std::optional<std::uint64_t> content_length(const SipMessage& message) {
    const auto length = parse_integer(message.first(SipHeader::content_length));
    if (!length || *length < 0 || *length > std::int64_t{1} << 53) return std::nullopt;
    return static_cast<std::uint64_t>(*length);
}

std::optional<SipCSeq> parse_cseq(std::string_view value) {
    const std::size_t end = value.find_first_of(" \t");
    if (end == std::string_view::npos) return std::nullopt;
    const auto number = parse_integer(value.substr(0, end));
    if (!number || *number < 0 || *number > UINT32_MAX) return std::nullopt;
    SipCSeq out;
    out.number = static_cast<std::uint32_t>(*number);
    out.method = trim(value.substr(end));
    return out;
}

std::optional<std::string_view> sip_parameter(std::string_view parameters, std::string_view name) {
    while (!parameters.empty()) {
        const std::size_t end = find_outside(parameters, ';', true);
        const std::string_view pair = parameters.substr(0, end);
        parameters.remove_prefix(end == std::string_view::npos ? parameters.size() : end + 1);
        const std::size_t sign = pair.find('=');
        if (!tabular::same_word(trim(pair.substr(0, sign)), name)) continue;
        if (sign == std::string_view::npos) return std::string_view{};
        std::string_view value = trim(pair.substr(sign + 1));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        return value;
    }
    return std::nullopt;
}

SipUri parse_sip_uri(std::string_view uri) {
    SipUri out;
    uri = trim(uri);
    std::size_t scheme = 0;
    while (scheme < uri.size() && is_token(uri[scheme])) ++scheme;
    if (scheme > 0 && scheme < uri.size() && uri[scheme] == ':') {
        out.scheme = lower_ascii(uri.substr(0, scheme));
        uri.remove_prefix(scheme + 1);
    }
    const auto split = [](std::string_view text, std::string_view signs) {
        const std::size_t at = std::min(text.find_first_of(signs), text.size());
        return std::pair(text.substr(0, at), text.substr(at));
    };
    if (out.scheme == "urn") {
        out.host = uri;
        return out;
    }
    if (out.scheme == "tel") {
        const auto [user, parameters] = split(uri, ";");
        out.user = unescaped(user);
        out.user_parameters = parameters;
        return out;
    }
    if (const std::size_t at = uri.find('@'); at != std::string_view::npos) {
        const auto [user, behind] = split(uri.substr(0, at), ";:");
        out.user = unescaped(user);
        if (behind.starts_with(';')) out.user_parameters = behind;
        uri.remove_prefix(at + 1);
    }
    const auto [address, rest] = split(uri, "?");
    if (!rest.empty()) out.headers = rest.substr(1);
    const auto [place, parameters] = split(address, ";");
    out.parameters = parameters;
    out.host = place.starts_with('[')
                   ? place.substr(0, place.find(']') + (place.find(']') == std::string_view::npos ? 0 : 1))
                   : split(place, ":").first;
    return out;
}

SipAddress parse_sip_address(std::string_view value) {
    SipAddress out;
    value = trim(value);
    std::size_t open = find_outside(value, '<', false);
    // A quote that never closes is none.
    if (open == std::string_view::npos && value.starts_with('"')) open = value.find('<');
    if (open != std::string_view::npos) {
        const std::string_view rest = value.substr(open + 1);
        const std::size_t close = rest.find('>');
        out.uri = trim(rest.substr(0, close));
        if (close != std::string_view::npos) out.parameters = rest.substr(close + 1);
        return out;
    }
    // Without <> what follows the first ; behind the host belongs to the header.
    const std::size_t at = value.find('@');
    const std::size_t end = value.find(';', at == std::string_view::npos ? 0 : at);
    out.uri = trim(value.substr(0, end));
    if (end != std::string_view::npos) out.parameters = value.substr(end);
    return out;
}

std::string dialled(const SipUri& uri) {
    auto context = sip_parameter(uri.user_parameters, "phone-context");
    if (!context) context = sip_parameter(uri.parameters, "phone-context");
    if (!context || uri.user.empty() || uri.user.starts_with('+')) return uri.user;
    const std::string prefix = unescaped(*context);
    const bool global = prefix.size() >= 2 && prefix[0] == '+' &&
                        prefix.find_first_not_of("0123456789-.()", 1) == std::string::npos;
    return global ? prefix + uri.user : uri.user;
}

std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
            out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string_view sdp_origin(std::string_view body) {
    std::size_t at = 0;
    if (!body.starts_with("o=")) {
        at = body.find("\no=");
        if (at == std::string_view::npos) return {};
        ++at;
    }
    body.remove_prefix(at + 2);
    return without_line_end(body.substr(0, body.find('\n')));
}

}  // namespace sendh
