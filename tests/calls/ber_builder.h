// Writes made-up BER: elements in every form that BER allows, and call records of 3GPP TS 32.298, TAP3 and
// NRTRDE. It shares no code with the readers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sendh::test::build {

enum class Length : std::uint8_t { shortest, long_form, eight_octets, indefinite };

inline std::string octet(unsigned value) { return std::string(1, static_cast<char>(value)); }

inline std::string number_octets(std::uint64_t value, std::size_t octets) {
    std::string out;
    for (std::size_t i = octets; i-- > 0;) out += octet(static_cast<unsigned>(value >> (8 * i) & 0xFF));
    return out;
}

// classes: 0 universal, 1 application, 2 context, 3 private.
inline std::string tag(unsigned of, bool constructed, std::uint32_t number) {
    const unsigned first = of << 6U | (constructed ? 0x20U : 0U);
    if (number < 31) return octet(first | number);
    std::string tail = octet(number & 0x7F);
    while ((number >>= 7U) > 0) tail.insert(0, octet(0x80U | (number & 0x7FU)));
    return octet(first | 31U) + tail;
}

inline std::string length(std::size_t n, Length form = Length::shortest) {
    if (form == Length::indefinite) return octet(0x80);
    if (form == Length::eight_octets) return octet(0x88) + number_octets(n, 8);
    if (form == Length::shortest && n < 0x80) return octet(static_cast<unsigned>(n));
    const std::size_t octets = form == Length::long_form ? 4 : n < 0x100 ? 1 : n < 0x1'0000 ? 2 : 4;
    return octet(0x80U | static_cast<unsigned>(octets)) + number_octets(n, octets);
}

inline std::string element(unsigned of, bool constructed, std::uint32_t number, std::string_view contents,
                           Length form = Length::shortest) {
    std::string out = tag(of, constructed, number) + length(contents.size(), form);
    out += contents;
    if (form == Length::indefinite) out.append(2, '\0');
    return out;
}

// Primitive and constructed elements of class context and application.
inline std::string ctx(std::uint32_t number, std::string_view contents) {
    return element(2, false, number, contents);
}
inline std::string ctx_of(std::uint32_t number, std::string_view contents, Length form = Length::shortest) {
    return element(2, true, number, contents, form);
}
inline std::string app(std::uint32_t number, std::string_view contents) {
    return element(1, false, number, contents);
}
inline std::string app_of(std::uint32_t number, std::string_view contents, Length form = Length::shortest) {
    return element(1, true, number, contents, form);
}

// Contents of an INTEGER, as short as can be.
inline std::string integer(std::int64_t value) {
    std::string out = number_octets(static_cast<std::uint64_t>(value), 8);
    while (out.size() > 1 &&
           ((out[0] == '\0' && (out[1] & '\x80') == 0) || (out[0] == '\xFF' && (out[1] & '\x80') != 0)))
        out.erase(0, 1);
    return out;
}

inline unsigned semi_octet(char c) {
    constexpr std::string_view signs = "0123456789*#abcf";
    return static_cast<unsigned>(signs.find(c));
}
inline std::string semi_octets(std::string digits, bool low_first) {
    if (digits.size() % 2 != 0) digits += 'f';
    std::string out;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const unsigned a = semi_octet(digits[i]);
        const unsigned b = semi_octet(digits[i + 1]);
        out += octet(low_first ? b << 4U | a : a << 4U | b);
    }
    return out;
}
// TBCD with type of number (0 unknown, 1 international, 2 national) and numbering plan E.164.
inline std::string address(unsigned type, const std::string& digits) {
    return octet(0x80U | type << 4U | 1U) + semi_octets(digits, true);
}
inline std::string bcd(const std::string& digits) { return semi_octets(digits, false); }

// "250123102030" and "+0530" as a TimeStamp of TS 32.298.
inline std::string stamp(const std::string& digits, const std::string& offset = "+0530") {
    return bcd(digits) + offset.substr(0, 1) + bcd(offset.substr(1));
}

inline const std::string subscriber = "919876500010";  // made up
inline const std::string foreigner = "971500000001";   // made up

// TS 32.298. `more` are further fields.
inline std::string mo_call(const std::string& called = address(0, "9876500010"), const std::string& more = "",
                           Length form = Length::shortest) {
    return ctx_of(0,
                  ctx(0, integer(0)) + ctx(1, bcd("404000000000001")) + ctx(3, address(1, "919876500001")) +
                      ctx(5, called) + ctx(9, address(1, "919800000000")) + ctx_of(10, ctx(1, "IN-1")) +
                      ctx_of(11, ctx(0, integer(4711))) + ctx_of(14, ctx(3, octet(0x11))) +
                      ctx(23, stamp("250123102030")) + ctx(24, stamp("250123102130")) + ctx(25, integer(60)) +
                      ctx(30, integer(0)) + ctx(32, "\x01\x02\x03") + more,
                  form);
}
inline std::string mt_call(const std::string& calling = address(1, foreigner), const std::string& more = "") {
    return ctx_of(1, ctx(0, integer(1)) + ctx(1, bcd("404000000000001")) + ctx(3, address(1, subscriber)) +
                         ctx(4, calling) + ctx_of(7, ctx(1, "ILD-7")) + ctx_of(11, ctx(3, octet(0x11))) +
                         ctx(19, stamp("250123102025")) + ctx(20, stamp("250123102030")) +
                         ctx(22, integer(5)) + ctx(27, integer(0)) + ctx(29, "\x01") + more);
}
inline std::string inc_gateway(const std::string& seizure = stamp("250123102025"),
                               const std::string& more = "") {
    return ctx_of(3, ctx(0, integer(3)) + ctx(1, address(1, foreigner)) + ctx(2, address(2, "9876500010")) +
                         ctx(3, address(1, "919800000000")) + ctx_of(4, ctx(1, "ILD-7")) +
                         ctx_of(5, ctx(1, "OWN-1")) + ctx(6, seizure) + ctx(9, integer(12)) +
                         ctx(11, integer(3)) + ctx(13, "\x01") + more);
}

// TAP3 with one UTC offset (code 3: +0530, code 4: -0330).
inline std::string tap_batch(const std::string& events, std::int64_t count, Length form = Length::shortest) {
    const std::string offsets = app_of(234, app_of(233, app(232, integer(3)) + app(231, "+0530")) +
                                                app_of(233, app(232, integer(4)) + app(231, "-0330")));
    return app_of(1,
                  app_of(4, app(196, "AAAAA") + app(182, "INDXX") + app(109, "00001") + app(201, integer(3)) +
                                app(189, integer(12))) +
                      app_of(5, app(135, "EUR")) + app_of(6, offsets) + app_of(3, events, form) +
                      app_of(15, app(43, integer(count))),
                  form);
}
inline std::string tap_time(std::uint32_t number, const std::string& digits, std::int64_t code = 3) {
    return app_of(number, app(16, digits) + app(232, integer(code)));
}
inline std::string tap_subscriber(const std::string& msisdn) {
    return app_of(
        427, app_of(199, app(129, bcd("404000000000001")) + (msisdn.empty() ? "" : app(152, bcd(msisdn)))));
}
inline std::string tap_services(const std::string& teleservice) {
    return app_of(38, app_of(39, app_of(36, app_of(426, app(218, teleservice)))));
}
inline std::string tap_mo(const std::string& to, const std::string& more = "",
                          const std::string& msisdn = subscriber) {
    return app_of(9, app_of(147, tap_subscriber(msisdn) + app_of(89, to) + tap_time(44, "20250123102030") +
                                     app(223, integer(30)) + app(58, integer(0))) +
                         tap_services("11") + more);
}
inline std::string tap_mt(const std::string& from, const std::string& more = "",
                          const std::string& msisdn = subscriber) {
    return app_of(10, app_of(153, tap_subscriber(msisdn) + app_of(41, from) +
                                      tap_time(44, "20250123102030", 4) + app(223, integer(0)) + more) +
                          tap_services("11"));
}

// NRTRDE.
inline std::string nrtrde(const std::string& events, std::int64_t count, Length form = Length::shortest) {
    return app_of(1,
                  app(41, integer(2)) + app(37, integer(1)) + app(38, "AAAAA") + app(36, "INDXX") +
                      app(39, "0000001") + app(31, "20250123120000") + app(45, "+0100") +
                      app_of(2, events, form) + app(20, integer(count)),
                  form);
}
inline std::string nrtrde_event(std::uint32_t kind, const std::string& more,
                                const std::string& msisdn = subscriber) {
    return app_of(kind, app(34, bcd("404000000000001")) + app(21, "20250123102030") + app(45, "+0530") +
                            app(19, integer(43)) + app(24, integer(0)) + app_of(46, app(43, "11")) + more +
                            (msisdn.empty() ? "" : app(49, bcd(msisdn))));
}

}  // namespace sendh::test::build
