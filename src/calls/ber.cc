#include "calls/ber.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace sendh::ber {

namespace {

constexpr std::array<std::string_view, 7> reasons = {"no defect",
                                                     "a tag that is none",
                                                     "a length that is none",
                                                     "a length that runs over the end",
                                                     "an end-of-contents where none can stand",
                                                     "nested too deep",
                                                     "longer than 1 MiB"};
static_assert(reasons.size() == static_cast<std::size_t>(Defect::too_long) + 1);

constexpr int deepest_segments = 8;

unsigned octet(std::string_view bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

Parsed parse_tag(std::string_view bytes, Header& header, Defect& defect) {
    if (bytes.empty()) return Parsed::more;
    const unsigned first = octet(bytes, 0);
    header.tag.of = static_cast<Class>(first >> 6U);
    header.tag.constructed = (first & 0x20U) != 0;
    header.tag.number = first & 0x1FU;
    header.size = 1;
    if (header.tag.number != 31) return Parsed::ok;
    header.tag.number = 0;
    for (int i = 0; i < 4; ++i) {
        if (header.size == bytes.size()) return Parsed::more;
        const unsigned o = octet(bytes, header.size++);
        if (i == 0 && o == 0x80) break;
        header.tag.number = header.tag.number << 7U | (o & 0x7FU);
        if ((o & 0x80U) == 0) return Parsed::ok;
    }
    defect = Defect::tag;
    return Parsed::bad;
}

void append_segments(const Element& element, std::string& scratch, int depth, bool& ok) {
    if (!element.tag.constructed) {
        scratch.append(element.contents);
        return;
    }
    if (depth == deepest_segments) {
        ok = false;
        return;
    }
    Elements segments(element.contents);
    Element segment;
    while (ok && segments.next(segment)) append_segments(segment, scratch, depth + 1, ok);
    if (segments.defect() != Defect::none) ok = false;
}

}  // namespace

std::string_view reason(Defect defect) { return reasons.at(static_cast<std::size_t>(defect)); }

Parsed parse_header(std::string_view bytes, Header& header, Defect& defect) {
    header = Header{};
    if (const Parsed tag = parse_tag(bytes, header, defect); tag != Parsed::ok) return tag;
    if (header.size == bytes.size()) return Parsed::more;
    const unsigned first = octet(bytes, header.size++);
    if (first < 0x80) {
        header.length = first;
        return Parsed::ok;
    }
    if (first == 0x80) {
        header.indefinite = true;
        if (header.tag.constructed) return Parsed::ok;
        defect = Defect::length;
        return Parsed::bad;
    }
    if (first == 0xFF) {
        defect = Defect::length;
        return Parsed::bad;
    }
    for (unsigned left = first & 0x7FU; left > 0; --left) {
        if (header.length >> 56U != 0) {
            defect = Defect::length;
            return Parsed::bad;
        }
        if (header.size == bytes.size()) return Parsed::more;
        header.length = header.length << 8U | octet(bytes, header.size++);
    }
    return Parsed::ok;
}

// Looks for the end-of-contents of an element of indefinite length. Elements of definite length are stepped
// over, so a counter of those that are open is all it keeps.
struct EndScan {
    std::uint64_t at = 0;  // from the first octet of the contents, or of what is looked at
    std::uint64_t open = 1;
    std::uint64_t most_open = 1;
    std::uint64_t need = 0;  // after `more`: how many octets have to be there to go on

    Parsed go_on(std::string_view bytes, Defect& defect) {
        while (true) {
            Header header;
            const std::string_view rest = bytes.substr(static_cast<std::size_t>(at));
            const Parsed parsed = parse_header(rest, header, defect);
            if (parsed == Parsed::bad) return parsed;
            if (parsed == Parsed::more) {
                need = bytes.size() + 1;
                return parsed;
            }
            if (header.tag.of == Class::universal && header.tag.number == 0) {
                if (!header.is_end_of_contents()) {
                    defect = Defect::end_of_contents;
                    return Parsed::bad;
                }
                at += header.size;
                if (--open == 0) return Parsed::ok;
            } else if (header.indefinite) {
                at += header.size;
                most_open = std::max(most_open, ++open);
            } else if (header.length <= rest.size() - header.size) {
                at += header.size + header.length;
            } else {
                const std::uint64_t here = at + header.size;
                need = header.length > unknown_end - here ? unknown_end : here + header.length;
                return Parsed::more;
            }
        }
    }
};

bool Elements::next(Element& element) {
    while (!rest_.empty() && rest_.front() == '\0') rest_.remove_prefix(1);
    if (rest_.empty() || defect_ != Defect::none) return false;
    Header header;
    const Parsed parsed = parse_header(rest_, header, defect_);
    if (parsed == Parsed::more) defect_ = Defect::overrun;
    if (parsed != Parsed::ok) return false;
    if (header.tag.of == Class::universal && header.tag.number == 0) {
        defect_ = Defect::end_of_contents;
        return false;
    }
    element.tag = header.tag;
    if (!header.indefinite) {
        if (header.length > rest_.size() - header.size) {
            defect_ = Defect::overrun;
            return false;
        }
        element.size = header.size + static_cast<std::size_t>(header.length);
        element.contents = rest_.substr(header.size, static_cast<std::size_t>(header.length));
    } else {
        EndScan scan;
        const std::string_view inside = rest_.substr(header.size);
        const Parsed found = scan.go_on(inside, defect_);
        if (found == Parsed::more) defect_ = Defect::overrun;
        if (found == Parsed::ok && scan.most_open > deepest) defect_ = Defect::too_deep;
        if (defect_ != Defect::none) return false;
        element.size = header.size + static_cast<std::size_t>(scan.at);
        element.contents = inside.substr(0, static_cast<std::size_t>(scan.at) - 2);
    }
    rest_.remove_prefix(element.size);
    return true;
}

std::optional<Element> find(std::string_view contents, Class of, std::uint32_t number) {
    Elements elements(contents);
    Element element;
    while (elements.next(element)) {
        if (element.tag.is(of, number)) return element;
    }
    return std::nullopt;
}

bool octets(const Element& element, std::string& scratch, std::string_view& out) {
    if (!element.tag.constructed) {
        out = element.contents;
        return true;
    }
    scratch.clear();
    bool ok = true;
    append_segments(element, scratch, 0, ok);
    out = scratch;
    return ok;
}

std::optional<std::int64_t> integer(const Element& element) {
    std::string_view bytes = element.contents;
    if (element.tag.constructed) {
        Elements inner(bytes);
        Element one;
        if (!inner.next(one) || one.tag.constructed) return std::nullopt;
        bytes = one.contents;
    }
    if (bytes.empty()) return std::nullopt;
    const bool negative = (octet(bytes, 0) & 0x80U) != 0;
    const char sign = negative ? '\xFF' : '\0';
    while (bytes.size() > 8 && bytes.front() == sign && ((octet(bytes, 1) & 0x80U) != 0) == negative)
        bytes.remove_prefix(1);
    if (bytes.size() > 8) return std::nullopt;
    std::uint64_t value = negative ? ~std::uint64_t{0} : 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) value = value << 8U | octet(bytes, i);
    return static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> find_integer(std::string_view contents, Class of, std::uint32_t number) {
    const auto element = find(contents, of, number);
    if (!element) return std::nullopt;
    return integer(*element);
}

Result<std::string_view> Stream::look(std::size_t n) {
    n = std::min(n, longest_element);
    if (end_ - begin_ < n && !at_end_) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
        if (buffer_.size() < n) buffer_.resize(std::max(n, std::min(longest_element, 2 * n)));
        while (end_ < n && !at_end_) {
            SENDH_TRY(const std::size_t got, source_(std::span<char>(buffer_).subspan(end_)));
            end_ += got;
            at_end_ = got == 0;
        }
    }
    return std::string_view(buffer_.data() + begin_, std::min(n, end_ - begin_));
}

Result<std::uint64_t> Stream::skip(std::uint64_t n) {
    std::uint64_t skipped = 0;
    while (skipped < n) {
        if (begin_ == end_) {
            SENDH_TRY(const std::string_view more, look(1));
            if (more.empty()) break;
        }
        const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(n - skipped, end_ - begin_));
        consume(step);
        skipped += step;
    }
    return skipped;
}

Result<Ahead> Stream::peek(const Frame& frame) {
    Ahead ahead;
    while (true) {
        SENDH_TRY(std::string_view bytes, look(longest_header));
        if (frame.end != unknown_end)
            bytes = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(
                                        bytes.size(), frame.end - std::min(frame.end, offset_))));
        ahead.offset = offset_;
        if (bytes.empty()) {
            ahead.cut = frame.indefinite || (frame.end != unknown_end && offset_ < frame.end);
            return ahead;
        }
        if (!frame.indefinite && (bytes.front() == '\0' || (frame.padded && bytes.front() == '\xFF'))) {
            const std::size_t run =
                std::min(bytes.size(), bytes.find_first_not_of(frame.padded ? std::string_view("\0\xFF", 2)
                                                                            : std::string_view("\0", 1)));
            consume(run);
            padding_ += run;
            continue;
        }
        ahead.kind = Ahead::Kind::broken;
        switch (parse_header(bytes, ahead.header, ahead.defect)) {
            case Parsed::bad: return ahead;
            case Parsed::more:
                ahead.defect = Defect::overrun;
                ahead.cut = at_end_ && offset_ + bytes.size() < frame.end;
                return ahead;
            case Parsed::ok: break;
        }
        if (ahead.header.tag.of == Class::universal && ahead.header.tag.number == 0) {
            if (ahead.header.is_end_of_contents()) {
                consume(ahead.header.size);
                ahead.kind = Ahead::Kind::end;
            } else {
                ahead.defect = Defect::end_of_contents;
            }
            return ahead;
        }
        if (ahead.header.length > frame.end - offset_ - ahead.header.size) {
            ahead.defect = Defect::overrun;
            return ahead;
        }
        ahead.kind = Ahead::Kind::element;
        return ahead;
    }
}

Result<Frame> Stream::enter(const Ahead& ahead, const Frame& frame) {
    SENDH_CHECK(skip(ahead.header.size));
    Frame inner;
    inner.indefinite = ahead.header.indefinite;
    inner.end = inner.indefinite ? frame.end : offset_ + ahead.header.length;
    return inner;
}

Result<std::string_view> Stream::remember(std::size_t n) {
    SENDH_TRY(const std::string_view bytes, look(n));
    remembered_.assign(bytes);
    return std::string_view(remembered_);
}

Result<Piece> Stream::take(const Ahead& ahead, const Frame& frame) {
    return ahead.header.indefinite ? take_indefinite(ahead, frame) : take_definite(ahead);
}

Result<Piece> Stream::take_definite(const Ahead& ahead) {
    Piece piece;
    piece.offset = offset_;
    const std::uint64_t size = ahead.header.size + ahead.header.length;
    if (size > longest_element) {
        SENDH_TRY(piece.bytes, remember(shown_of_rest));
        SENDH_TRY(const std::uint64_t skipped, skip(size));
        piece.cut = skipped < size;
        piece.kind = piece.cut ? Piece::Kind::broken : Piece::Kind::unusable;
        piece.defect = skipped == size ? Defect::too_long : Defect::overrun;
        return piece;
    }
    SENDH_TRY(piece.bytes, look(static_cast<std::size_t>(size)));
    if (piece.bytes.size() < size) {
        piece.kind = Piece::Kind::broken;
        piece.defect = Defect::overrun;
        piece.cut = true;
        piece.bytes = piece.bytes.substr(0, shown_of_rest);
        return piece;
    }
    piece.element = {ahead.header.tag, piece.bytes.substr(ahead.header.size), piece.bytes.size()};
    consume(piece.bytes.size());
    return piece;
}

Result<Piece> Stream::take_indefinite(const Ahead& ahead, const Frame& frame) {
    Piece piece;
    piece.offset = offset_;
    EndScan scan;
    scan.at = ahead.header.size;
    const std::uint64_t room = frame.end - offset_;
    std::size_t window = 1U << 12U;
    while (true) {
        SENDH_TRY(piece.bytes, look(window));
        const bool all_there = piece.bytes.size() < window;
        if (piece.bytes.size() >= room) piece.bytes = piece.bytes.substr(0, static_cast<std::size_t>(room));
        const bool last = all_there || piece.bytes.size() == room;
        const Parsed found = scan.go_on(piece.bytes, piece.defect);
        if (found == Parsed::ok) {
            piece.bytes = piece.bytes.substr(0, static_cast<std::size_t>(scan.at));
            consume(piece.bytes.size());
            if (scan.most_open > deepest) {
                piece.kind = Piece::Kind::unusable;
                piece.defect = Defect::too_deep;
                piece.bytes = piece.bytes.substr(0, shown_of_rest);
            } else {
                piece.element = {
                    ahead.header.tag,
                    piece.bytes.substr(ahead.header.size, piece.bytes.size() - ahead.header.size - 2),
                    piece.bytes.size()};
            }
            return piece;
        }
        if (found == Parsed::bad || last || scan.need > room) {
            if (found == Parsed::more) piece.defect = Defect::overrun;
            piece.cut = found == Parsed::more && all_there;
            piece.kind = Piece::Kind::broken;
            piece.bytes = piece.bytes.substr(0, shown_of_rest);
            return piece;
        }
        if (window == longest_element || scan.need > longest_element)
            return pass_indefinite(scan, frame, piece);
        window = std::min(longest_element, std::max(2 * window, static_cast<std::size_t>(scan.need)));
    }
}

// Goes on where the element has turned out too long to be held, to find where it ends.
Result<Piece> Stream::pass_indefinite(EndScan scan, const Frame& frame, Piece piece) {
    SENDH_TRY(piece.bytes, remember(shown_of_rest));
    piece.kind = Piece::Kind::broken;
    piece.defect = Defect::overrun;
    SENDH_CHECK(skip(scan.at));
    while (true) {
        SENDH_TRY(std::string_view bytes, look(longest_header));
        bytes = bytes.substr(
            0, static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), frame.end - offset_)));
        Header header;
        switch (parse_header(bytes, header, piece.defect)) {
            case Parsed::bad: return piece;
            case Parsed::more:
                piece.defect = Defect::overrun;
                piece.cut = at_end_ && offset_ + bytes.size() < frame.end;
                return piece;
            case Parsed::ok: break;
        }
        if (header.tag.of == Class::universal && header.tag.number == 0) {
            if (!header.is_end_of_contents()) {
                piece.defect = Defect::end_of_contents;
                return piece;
            }
            consume(header.size);
            if (--scan.open > 0) continue;
            piece.kind = Piece::Kind::unusable;
            piece.defect = scan.most_open > deepest ? Defect::too_deep : Defect::too_long;
            return piece;
        }
        if (header.length > frame.end - offset_ - header.size) return piece;
        consume(header.size);
        if (header.indefinite) {
            scan.most_open = std::max(scan.most_open, ++scan.open);
            continue;
        }
        SENDH_TRY(const std::uint64_t skipped, skip(header.length));
        piece.cut = skipped < header.length;
        if (piece.cut) return piece;
    }
}

Result<Piece> Stream::give_up(const Frame& frame, Defect defect) {
    Piece piece;
    piece.kind = Piece::Kind::broken;
    piece.defect = defect;
    piece.offset = offset_;
    const std::uint64_t left = frame.end - std::min(frame.end, offset_);
    SENDH_TRY(piece.bytes, remember(static_cast<std::size_t>(std::min<std::uint64_t>(shown_of_rest, left))));
    SENDH_CHECK(skip(left));
    return piece;
}

}  // namespace sendh::ber
