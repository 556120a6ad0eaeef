#include "calls/sip_stream.h"

#include <algorithm>

namespace sendh {

namespace {

constexpr std::uint16_t sip_port = 5060;
constexpr std::size_t junk_reach = 512;  // of a datagram on a port of SIP
constexpr std::size_t most_streams = 16'384;
constexpr std::size_t most_bytes = 64 << 20;
constexpr std::size_t most_header_bytes = 64 << 10;
constexpr std::uint64_t longest_body = 1 << 20;
constexpr std::size_t most_held = 256;
constexpr std::size_t most_held_bytes = 256 << 10;
constexpr std::int64_t gap_patience = 5 * micros_per_second;
constexpr std::int64_t farthest = 1 << 20;    // a segment farther off belongs to another connection
constexpr std::size_t longest_start = 1'024;  // of a start line that is looked for behind junk
constexpr std::size_t most_raw = 64 << 10;
constexpr std::size_t mark_cost = 48, held_cost = 160;  // bytes of bookkeeping

std::string_view text_of(std::span<const std::uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Keep-alives and what stands between messages.
std::size_t blank_length(std::string_view bytes) {
    const std::size_t end = bytes.find_first_not_of(std::string_view("\0\r\n\t ", 5));
    return std::min(end, bytes.size());
}

bool on_sip_port(const Endpoint& a, const Endpoint& b) { return a.port == sip_port || b.port == sip_port; }

// RFC 8489, section 5.
bool is_stun(std::string_view bytes) {
    return bytes.size() >= 20 && static_cast<unsigned char>(bytes[0]) < 0x40 &&
           bytes.substr(4, 4) == "\x21\x12\xA4\x42";
}

// RFC 8446, section 5.1: a handshake record.
bool is_tls(std::string_view bytes) { return bytes.starts_with("\x16\x03"); }

bool may_nest(const SipMessage& message) {
    const std::string_view type = message.first(SipHeader::content_type);
    return type.starts_with("message/") || type.starts_with("multipart/");
}

// The beginning of the last line, of which more may come.
std::size_t last_line(std::string_view bytes) {
    const std::size_t end = bytes.rfind('\n');
    return end == std::string_view::npos ? 0 : end + 1;
}

}  // namespace

Done SipStreams::take(const Transported& carried) {
    return carried.tcp ? segment(carried) : datagram(carried);
}

Done SipStreams::datagram(const Transported& carried) {
    std::string_view bytes = text_of(carried.payload);
    if (is_stun(bytes)) return done();
    bytes.remove_prefix(blank_length(bytes));
    if (bytes.empty()) return done();
    const Key key(carried.from, carried.to);
    if (sip_start(bytes) != SipStart::yes) {
        const bool sip = on_sip_port(carried.from, carried.to);
        const auto start = sip ? find_sip_start(bytes, junk_reach) : std::nullopt;
        if (start) {
            ++counts_.behind_junk;
            bytes.remove_prefix(*start);
        } else if (means_sip(bytes) || sip) {
            SipPiece piece;
            piece.place = carried.place;
            piece.from = carried.from;
            piece.to = carried.to;
            piece.bytes = bytes.substr(0, most_raw);
            piece.cut = carried.cut > 0;
            return take_(piece);
        } else {
            return done();
        }
    }
    return hand_on(key, carried.place, bytes, carried.cut > 0);
}

Done SipStreams::hand_on(const Key& key, const PacketPlace& place, std::string_view bytes, bool cut) {
    const auto message = parse_sip(bytes);
    SipPiece piece;
    piece.place = place;
    piece.from = key.first;
    piece.to = key.second;
    piece.bytes = bytes.substr(0, most_raw);
    piece.cut = cut;
    if (message) {
        piece.message = &*message;
        if (!message->first(SipHeader::content_length).empty()) {
            const auto length = content_length(*message);
            const std::size_t there = message->body.size();
            const bool wrong =
                !length || (*length > there && !cut) ||
                (*length < there && blank_length(message->body.substr(*length)) + *length < there);
            if (wrong) ++counts_.wrong_length;
        }
    }
    return take_(piece);
}

Done SipStreams::segment(const Transported& carried) {
    const Key key(carried.from, carried.to);
    const std::string_view bytes = text_of(carried.payload);
    auto it = streams_.find(key);
    if (it == streams_.end()) {
        const bool sip = on_sip_port(carried.from, carried.to);
        const bool wanted = bytes.empty() ? carried.syn && sip : sip || sip_start(bytes) != SipStart::no;
        if (!wanted || carried.rst) return done();
        it = streams_.emplace(key, Stream{}).first;
        it->second.age = ages_.insert(ages_.end(), key);
        it->second.next = it->second.first = carried.sequence + (carried.syn ? 1U : 0U);
        it->second.from_start = carried.syn;
    } else {
        ages_.splice(ages_.end(), ages_, it->second.age);
    }
    Stream& stream = it->second;
    if (carried.rst) return close(it);
    const std::uint32_t sequence = carried.sequence + (carried.syn ? 1U : 0U);
    std::int64_t ahead = static_cast<std::int32_t>(sequence - stream.next);
    if ((carried.syn && sequence != stream.first) || ahead > farthest || ahead < -farthest) {
        // Another connection between the same ports, or a hole that nothing will fill.
        SENDH_CHECK(let_go(key, stream));
        SENDH_CHECK(jump(key, stream, stream.at + 1));
        stream.end.reset();
        stream.next = stream.first = sequence;
        stream.from_start = carried.syn;
        ahead = 0;
    }
    const std::uint64_t position = stream.at + static_cast<std::uint64_t>(ahead);
    if (carried.fin) stream.end = position + bytes.size() + carried.cut;
    if (ahead == 0 && stream.held.empty() && carried.cut == 0) {
        if (!bytes.empty()) SENDH_CHECK(append(key, stream, bytes, carried.place));
    } else if (!bytes.empty() || carried.cut > 0) {
        const auto [at, fresh] = stream.held.try_emplace(position);
        if (fresh || at->second.bytes.size() < bytes.size()) {
            const std::size_t more = bytes.size() - at->second.bytes.size() + (fresh ? held_cost : 0);
            bytes_ += more;
            stream.held_bytes += more;
            at->second = {std::string(bytes), carried.cut, carried.place};
        }
    }
    SENDH_CHECK(drain(key, stream, carried.place.time));
    if (stream.end && stream.at >= *stream.end) return close(it);
    return make_room();
}

// What was held and now is in order goes into the buffer; a gap that was waited for long enough is jumped.
Done SipStreams::drain(const Key& key, Stream& stream, Micros now) {
    while (!stream.held.empty()) {
        const auto first = stream.held.begin();
        if (first->first > stream.at) {
            const bool patient = stream.held.size() <= most_held && stream.held_bytes <= most_held_bytes &&
                                 now.value - first->second.place.time.value <= gap_patience;
            if (patient) break;
            SENDH_CHECK(jump(key, stream, first->first));
        }
        const std::uint64_t position = first->first;
        const Held held = std::move(first->second);
        stream.held.erase(first);
        stream.held_bytes -= held.bytes.size() + held_cost;
        bytes_ -= held.bytes.size() + held_cost;
        const std::uint64_t known = stream.at - position;
        if (known < held.bytes.size())
            SENDH_CHECK(append(key, stream, std::string_view(held.bytes).substr(known), held.place));
        const std::uint64_t end = position + held.bytes.size() + held.cut;
        if (held.cut > 0 && end > stream.at) SENDH_CHECK(jump(key, stream, end));
    }
    return done();
}

Done SipStreams::append(const Key& key, Stream& stream, std::string_view bytes, const PacketPlace& place) {
    stream.marks.emplace_back(stream.at, place);
    stream.buffer += bytes;
    stream.at += bytes.size();
    stream.next += static_cast<std::uint32_t>(bytes.size());
    bytes_ += bytes.size() + mark_cost;
    return read(key, stream, false);
}

Done SipStreams::jump(const Key& key, Stream& stream, std::uint64_t to) {
    ++counts_.gaps;
    SENDH_CHECK(read(key, stream, true));
    stream.next += static_cast<std::uint32_t>(to - stream.at);
    stream.at = to;
    stream.from_start = false;
    stream.after_message = false;
    stream.in_junk = false;
    return done();
}

// Hands on what is whole at the front of the buffer; with `final`, everything that is there.
Done SipStreams::read(const Key& key, Stream& stream, bool final) {
    std::size_t begin = 0;
    while (begin < stream.buffer.size()) {
        const std::uint64_t front = stream.at - (stream.buffer.size() - begin);
        while (stream.marks.size() > 1 && stream.marks[1].first <= front) {
            stream.marks.pop_front();
            bytes_ -= mark_cost;
        }
        SENDH_TRY(const std::size_t used,
                  read_front(key, stream, std::string_view(stream.buffer).substr(begin), final));
        if (used == 0) break;
        begin += used;
        stream.started = false;
        stream.line = stream.scanned = stream.headers = 0;
    }
    stream.buffer.erase(0, begin);
    bytes_ -= begin;
    if (stream.buffer.empty()) {
        bytes_ -= stream.marks.size() * mark_cost;
        stream.marks.clear();
    }
    return done();
}

// A start line at the beginning of a line of the body. Each byte is searched for a line end once, however
// many segments bring the body and however few lines it has.
std::optional<std::size_t> SipStreams::start_in_body(Stream& stream, std::string_view bytes) {
    while (stream.line < bytes.size()) {
        const std::string_view rest = bytes.substr(stream.line);
        if (means_sip(rest) && sip_start(rest) == SipStart::yes) return stream.line;
        const std::size_t end = bytes.find('\n', std::max(stream.line, stream.scanned));
        if (end == std::string_view::npos) {
            stream.scanned = bytes.size();
            break;
        }
        stream.line = stream.scanned = end + 1;
    }
    return std::nullopt;
}

// Bytes used; 0: more are needed.
Result<std::size_t> SipStreams::read_front(const Key& key, Stream& stream, std::string_view rest,
                                           bool final) {
    if (!stream.started) {
        if (const std::size_t blank = blank_length(rest); blank > 0) return blank;
        const SipStart start = sip_start(rest);
        if (start == SipStart::short_of && !final) return std::size_t{0};
        if (start != SipStart::yes) return read_junk(key, stream, rest, final);
        stream.started = true;
        stream.in_junk = false;
    }
    if (stream.headers == 0) {
        const auto end = end_of_sip_headers(rest, stream.scanned - std::min<std::size_t>(stream.scanned, 3));
        if (!end) {
            stream.scanned = rest.size();
            if (!final && rest.size() < most_header_bytes) return std::size_t{0};
            SENDH_CHECK(hand_on_front(key, stream, rest, true));
            return rest.size();
        }
        stream.headers = stream.line = stream.scanned = *end;
        const auto message = parse_sip(rest.substr(0, *end));
        const auto length = message ? content_length(*message) : std::nullopt;
        stream.need = *end + (length && *length <= longest_body ? static_cast<std::size_t>(*length) : 0);
        stream.may_nest = message && may_nest(*message);
    }
    const std::string_view there = rest.substr(0, stream.need);
    if (!stream.may_nest) {
        if (const auto next = start_in_body(stream, there)) {
            SENDH_CHECK(hand_on_front(key, stream, rest.substr(0, *next), false));
            return *next;
        }
    }
    const bool cut = there.size() < stream.need;
    if (cut && !final) return std::size_t{0};
    SENDH_CHECK(hand_on_front(key, stream, there, cut));
    return there.size();
}

Done SipStreams::hand_on_front(const Key& key, Stream& stream, std::string_view bytes, bool cut) {
    stream.after_message = true;
    const std::uint64_t wrong_before = counts_.wrong_length;
    SENDH_CHECK(hand_on(key, stream.marks.front().second, bytes, cut));
    stream.told_wrong = counts_.wrong_length > wrong_before;
    return done();
}

Result<std::size_t> SipStreams::read_junk(const Key& key, Stream& stream, std::string_view rest, bool final) {
    if (!stream.in_junk) {
        stream.in_junk = true;
        if (stream.after_message) {
            if (!stream.told_wrong) ++counts_.wrong_length;
        } else if (is_tls(rest)) {
            ++counts_.tls;
        } else if (means_sip(rest) || (stream.from_start && on_sip_port(key.first, key.second))) {
            SipPiece piece;
            piece.place = stream.marks.front().second;
            piece.from = key.first;
            piece.to = key.second;
            piece.bytes = rest.substr(0, most_raw);
            piece.cut = final;
            SENDH_CHECK(take_(piece));
        } else {
            ++counts_.remnants;
        }
    }
    if (const auto next = find_sip_start(rest.substr(1), rest.size())) {
        if (!stream.after_message) ++counts_.behind_junk;
        return *next + 1;
    }
    // A start line may be on its way.
    const std::size_t line = last_line(rest);
    const std::string_view tail = rest.substr(line);
    const bool keep = !final && line > 0 && !tail.empty() && tail.size() <= longest_start &&
                      sip_start(tail) == SipStart::short_of;
    return keep ? line : rest.size();
}

// Everything held, with the gaps in it.
Done SipStreams::let_go(const Key& key, Stream& stream) {
    while (!stream.held.empty()) {
        const auto first = stream.held.begin();
        if (first->first > stream.at) SENDH_CHECK(jump(key, stream, first->first));
        SENDH_CHECK(drain(key, stream, first->second.place.time));
    }
    return done();
}

Done SipStreams::close(Streams::iterator it) {
    const Key key = it->first;
    Stream& stream = it->second;
    SENDH_CHECK(let_go(key, stream));
    SENDH_CHECK(read(key, stream, true));
    ages_.erase(stream.age);
    streams_.erase(it);
    return done();
}

Done SipStreams::finish() {
    while (!ages_.empty()) SENDH_CHECK(close(streams_.find(ages_.front())));
    return done();
}

Done SipStreams::make_room() {
    while (streams_.size() > most_streams || bytes_ > most_bytes) {
        ++counts_.given_up;
        SENDH_CHECK(close(streams_.find(ages_.front())));
    }
    return done();
}

}  // namespace sendh
