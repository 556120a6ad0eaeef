#include "calls/ber_fields.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sendh::ber {

namespace {

constexpr unsigned international_number = 1;
constexpr unsigned alphanumeric = 5;

unsigned octet(std::string_view bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

// Digits up to the filler; one that digits follow is kept as a letter, so that the number is seen to be none.
std::string digits_of(std::string_view octets, bool low_first) {
    constexpr std::string_view signs = "0123456789*#abcf";
    std::string out;
    out.reserve(2 * octets.size());
    for (const char c : octets) {
        const unsigned o = static_cast<unsigned char>(c);
        out += signs[low_first ? o & 0xFU : o >> 4U];
        out += signs[low_first ? o >> 4U : o & 0xFU];
    }
    out.erase(out.find_last_not_of('f') + 1);
    return out;
}

// Names in the default alphabet of TS 23.038, seven bits packed. What ASCII has elsewhere becomes '?'.
std::string packed_text(std::string_view octets) {
    std::string out;
    unsigned bits = 0;
    unsigned held = 0;
    for (std::size_t i = 0; i < octets.size(); ++i) {
        bits |= octet(octets, i) << held;
        held += 8;
        while (held >= 7) {
            const auto c = static_cast<char>(bits & 0x7FU);
            const bool same = c == ' ' || (c >= '%' && c <= '?') || (c >= 'A' && c <= 'Z') ||
                              (c >= 'a' && c <= 'z') || c == '\n' || c == '\r';
            out += c == '\0' ? '@' : c == 0x11 ? '_' : same ? c : '?';
            bits >>= 7U;
            held -= 7;
        }
    }
    while (!out.empty() && out.back() == '@') out.pop_back();  // the bits that fill the last octet
    return out;
}

bool bcd(unsigned o, int& value) {
    if ((o >> 4U) > 9 || (o & 0xFU) > 9) return false;
    value = static_cast<int>(o >> 4U) * 10 + static_cast<int>(o & 0xFU);
    return true;
}

bool two_digits(std::string_view text, std::size_t at, int& value) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!digit(text[at]) || !digit(text[at + 1])) return false;
    value = (text[at] - '0') * 10 + (text[at + 1] - '0');
    return true;
}

std::optional<Zone> zone_of(char sign, int hours, int minutes) {
    if ((sign != '+' && sign != '-') || hours > 14 || minutes > 59) return std::nullopt;
    const int seconds = hours * 3600 + minutes * 60;
    return Zone{sign == '-' ? -seconds : seconds};
}

}  // namespace

std::optional<Address> address_of(std::string_view octets) {
    if (octets.empty()) return std::nullopt;
    const unsigned first = octet(octets, 0);
    const unsigned type = first >> 4U & 7U;
    octets.remove_prefix(1);
    Address out;
    // Octet 3a is 1PP0 00SS. Where something else follows a first bit 0, the writer has only left out the
    // bit.
    if ((first & 0x80U) == 0 && !octets.empty() && (octet(octets, 0) & 0x9CU) == 0x80U)
        octets.remove_prefix(1);
    if (type == alphanumeric) {
        out.is_name = true;
        out.text = packed_text(octets);
        return out;
    }
    out.text = digits_of(octets, true);
    if (type == international_number && !out.text.empty()) out.text.insert(0, 1, '+');
    return out;
}

std::optional<Address> sms_address_of(std::string_view octets) {
    // The type octet has its first bit set, a count of semi-octets never has.
    if (octets.size() >= 2 && octet(octets, 0) < 0x80 && octet(octets, 1) >= 0x80 &&
        (octet(octets, 0) + 1) / 2 == octets.size() - 2)
        octets.remove_prefix(1);
    return address_of(octets);
}

std::string bcd_string(std::string_view octets) {
    const bool ia5 = std::all_of(octets.begin(), octets.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (ia5 && octets.size() > 7) return std::string(octets);
    return digits_of(octets, false);
}

ParsedNumber number_of(const std::string& text, Region home) {
    const ParsedNumber parsed = parse_number(text, home);
    // International, and yet with the prefix that is dialled before such numbers.
    if (!is_dialable(parsed.number_class) && text.starts_with("+00")) {
        const ParsedNumber again = parse_number(text.substr(1), home);
        if (is_dialable(again.number_class)) return again;
    }
    return parsed;
}

ParsedNumber international(const std::string& digits, Region home) {
    if (digits.empty() || digits.front() < '1' || digits.front() > '9') return parse_number(digits, home);
    const ParsedNumber parsed = parse_number("+" + digits, home);
    if (is_dialable(parsed.number_class)) return parsed;
    const ParsedNumber at_home = parse_number(digits, home);
    return is_dialable(at_home.number_class) ? at_home : parsed;
}

std::optional<Micros> bcd_time(std::string_view octets, Zone fallback, bool& had_offset) {
    if (octets.size() != 9) return std::nullopt;
    CivilTime c;
    int year = 0;
    if (!bcd(octet(octets, 0), year) || !bcd(octet(octets, 1), c.month) || !bcd(octet(octets, 2), c.day) ||
        !bcd(octet(octets, 3), c.hour) || !bcd(octet(octets, 4), c.minute) ||
        !bcd(octet(octets, 5), c.second))
        return std::nullopt;
    c.year = year >= 90 ? 1900 + year : 2000 + year;
    had_offset = octets[6] != '\0';
    if (!had_offset) return to_micros(c, fallback);
    int hours = 0;
    int minutes = 0;
    if (!bcd(octet(octets, 7), hours) || !bcd(octet(octets, 8), minutes)) return std::nullopt;
    const auto zone = zone_of(octets[6], hours, minutes);
    return zone ? to_micros(c, *zone) : std::nullopt;
}

std::optional<Micros> digit_time(std::string_view digits, Zone zone) {
    if (digits.size() != 14) return std::nullopt;
    CivilTime c;
    int century = 0;
    int year = 0;
    if (!two_digits(digits, 0, century) || !two_digits(digits, 2, year) || !two_digits(digits, 4, c.month) ||
        !two_digits(digits, 6, c.day) || !two_digits(digits, 8, c.hour) ||
        !two_digits(digits, 10, c.minute) || !two_digits(digits, 12, c.second))
        return std::nullopt;
    c.year = century * 100 + year;
    return to_micros(c, zone);
}

std::optional<Zone> utc_offset(std::string_view text) {
    text = trim(text);
    int hours = 0;
    int minutes = 0;
    if (text.size() != 5 || !two_digits(text, 1, hours) || !two_digits(text, 3, minutes)) return std::nullopt;
    return zone_of(text[0], hours, minutes);
}

std::optional<std::int32_t> seconds_of(const Element& element) {
    const auto value = integer(element);
    if (!value || *value < 0 || *value > 0x7FFF'FFFF) return std::nullopt;
    return static_cast<std::int32_t>(*value);
}

std::string name_of(std::string_view octets) {
    std::string out = first_bad_utf8(octets) ? utf8_from_latin1(octets) : std::string(octets);
    std::erase_if(out, [](char c) { return (c >= '\0' && c < ' ') || c == '\x7F'; });
    return std::string(trim(out));
}

Service teleservice(unsigned code) {
    if ((code & 0xF0U) == 0x10U) return Service::voice;
    if ((code & 0xF0U) == 0x20U) return Service::sms;
    return Service::other;
}

Disposition unanswered_by(std::int64_t cause) {
    if (cause == 17) return Disposition::busy;
    // 16 cleared, 18 no user responding, 19 no answer, 20 absent, 21 rejected, 31 normal: the phone could
    // ring.
    if (cause == 16 || (cause >= 18 && cause <= 21) || cause == 31) return Disposition::unanswered;
    return cause >= 1 && cause <= 127 ? Disposition::failed : Disposition::unanswered;
}

Done Records::one(const Piece& piece, const Take& take) {
    CallRow call;
    call.offset = piece.offset;
    std::optional<Refused> refused = take(piece.element, call);
    if (!refused && !intake_.times.possible(call.time))
        refused = Refused{RejectCode::bad_time, std::string(time_field_)};
    if (refused) return intake_.refuse({0, piece.offset, refused->code, refused->column, piece.bytes});
    return intake_.accept(call);
}

Done Records::refuse(const Piece& piece, const Frame& frame) {
    SENDH_CHECK(intake_.refuse({0, piece.offset, RejectCode::broken_row, "", piece.bytes}));
    if (piece.kind != Piece::Kind::broken) {
        Passed& passed = piece.defect == Defect::too_deep ? too_deep_ : too_long_;
        if (passed.count++ == 0) passed.first = piece.offset;
        return done();
    }
    ends_early_ = ends_early_ || piece.cut;
    if (rests_++ == 0) {
        first_rest_ = piece.offset;
        first_defect_ = piece.defect;
    }
    SENDH_CHECK(stream_.give_up(frame, piece.defect));
    return done();
}

Done Records::refuse_rest(const Frame& frame, Defect defect, bool cut) {
    SENDH_TRY(Piece piece, stream_.give_up(frame, defect));
    piece.cut = cut;
    return refuse(piece, frame);
}

Done Records::all(const Frame& frame, const Take& take) {
    while (true) {
        SENDH_TRY(const Ahead ahead, stream_.peek(frame));
        if (ahead.kind == Ahead::Kind::end) {
            if (ahead.cut) cut_off("the list of records");
            return done();
        }
        if (ahead.kind == Ahead::Kind::broken) return refuse_rest(frame, ahead.defect, ahead.cut);
        SENDH_TRY(const Piece piece, stream_.take(ahead, frame));
        if (piece.kind == Piece::Kind::whole) {
            SENDH_CHECK(one(piece, take));
        } else {
            SENDH_CHECK(refuse(piece, frame));
            if (piece.kind == Piece::Kind::broken) return done();
        }
    }
}

Done Records::report(const Frame& frame, std::string_view name, std::uint32_t list, const Take& take,
                     const std::function<void(const Element&)>& item) {
    while (true) {
        SENDH_TRY(const Ahead ahead, stream_.peek(frame));
        if (ahead.kind == Ahead::Kind::end) {
            if (ahead.cut) cut_off(name);
            return done();
        }
        if (ahead.kind == Ahead::Kind::broken) return refuse_rest(frame, ahead.defect, ahead.cut);
        if (ahead.header.tag.is(Class::application, list) && ahead.header.tag.constructed) {
            SENDH_TRY(const Frame records, stream_.enter(ahead, frame));
            SENDH_CHECK(all(records, take));
            continue;
        }
        SENDH_TRY(const Piece piece, stream_.take(ahead, frame));
        if (piece.kind == Piece::Kind::whole) {
            item(piece.element);
            continue;
        }
        SENDH_CHECK(refuse(piece, frame));
        if (piece.kind == Piece::Kind::broken) return done();
    }
}

void Records::cut_off(std::string_view within) {
    if (cut_within_.empty()) cut_within_ = within;
}

std::optional<Fault> Records::nothing_but_a_cut() const {
    const bool cut = ends_early_ || !cut_within_.empty();
    if (!cut || intake_.summary.accepted > 0 || intake_.summary.rejected > (ends_early_ ? 1U : 0U))
        return std::nullopt;
    return Fault{FaultKind::input, "the file ends in the middle, before its first record is whole",
                 "byte " + std::to_string(stream_.offset()),
                 "it was cut off: copy it again, or ask for it again"};
}

void Records::finish(std::optional<std::uint64_t> declared) {
    std::vector<std::string>& notes = intake_.summary.notes;
    for (const auto& [passed, what] :
         {std::pair(too_long_, reason(Defect::too_long)), std::pair(too_deep_, reason(Defect::too_deep))}) {
        if (passed.count > 0)
            notes.push_back(grouped(passed.count) + " records rejected: " + std::string(what) +
                            " (first at byte " + std::to_string(passed.first) + ")");
    }
    if (rests_ > 0) {
        notes.push_back("what stands from byte " + std::to_string(first_rest_) +
                        " on cannot be told apart into records (" + std::string(reason(first_defect_)) +
                        "): one rejected row" +
                        (rests_ > 1 ? "; so in " + std::to_string(rests_) + " places" : ""));
    } else if (!cut_within_.empty()) {
        notes.push_back("the file ends at byte " + std::to_string(stream_.offset()) + ", inside " +
                        cut_within_ + ": it was cut off");
    }
    if (declared && *declared != intake_.summary.rows) {
        notes.push_back("declared " + std::to_string(*declared) + " records, found " +
                        std::to_string(intake_.summary.rows));
    }
    if (stream_.padding() > 0)
        notes.push_back(grouped(stream_.padding()) + " bytes of padding between and behind records");
}

Fault empty_file() {
    return {FaultKind::input, "the file is empty", "byte 0",
            "ask for it again: an empty report has at least a header"};
}

Fault not_of_layout(std::string_view layout, std::string_view outer, const FileHead& head) {
    const auto other = recognise(head);
    const bool known = other.ok() && (*other)->name != layout;
    const std::string to_do = known ? "its beginning is that of layout '" + std::string((*other)->name) +
                                          "': give that, or --layout auto"
                                    : "no known layout begins like this: is it the right file?";
    return {FaultKind::input,
            "there is no " + std::string(outer) + " in the file: it is not of layout '" +
                std::string(layout) + "', and no empty report of it either",
            "byte 0", to_do};
}

}  // namespace sendh::ber
