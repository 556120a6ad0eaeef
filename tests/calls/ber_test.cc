#include "calls/ber.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "ber_builder.h"
#include "calls/ber_fields.h"
#include "reading.h"

using namespace sendh;
using namespace sendh::ber;
using namespace sendh::test;
using namespace sendh::test::build;

namespace {

Parsed parse(std::string_view bytes, Header& header) {
    Defect defect = Defect::none;
    const Parsed parsed = parse_header(bytes, header, defect);
    CHECK((parsed == Parsed::bad) == (defect != Defect::none));
    return parsed;
}

struct Taken {
    std::vector<Piece::Kind> kinds;
    std::vector<std::uint64_t> offsets, sizes;
    std::vector<Defect> defects;
    bool cut = false;
    std::uint64_t end = 0;
    friend bool operator==(const Taken&, const Taken&) = default;
};

Taken take_all(std::string_view bytes, std::size_t piece = 1 << 16, bool padded = true) {
    Stream stream(in_pieces(bytes, piece));
    Frame file;
    file.padded = padded;
    Taken out;
    while (true) {
        const Ahead ahead = *stream.peek(file);
        if (ahead.kind == Ahead::Kind::end) {
            out.cut = ahead.cut;
            break;
        }
        const Piece p = ahead.kind == Ahead::Kind::broken ? *stream.give_up(file, ahead.defect)
                                                          : *stream.take(ahead, file);
        out.kinds.push_back(p.kind);
        out.offsets.push_back(p.offset);
        out.defects.push_back(p.defect);
        out.sizes.push_back(p.kind == Piece::Kind::whole ? p.bytes.size() : 0);
        CHECK(bytes.substr(p.offset).starts_with(p.bytes));
        if (p.kind == Piece::Kind::broken) (void)stream.give_up(file, p.defect);
    }
    out.end = stream.offset();
    return out;
}

std::string nested(std::size_t levels, bool definite) {
    std::string out;
    if (!definite) {
        for (std::size_t i = 0; i < levels; ++i) out += "\x30\x80";
        out.append(2 * levels, '\0');
        return out;
    }
    constexpr std::size_t header = 6;
    for (std::size_t i = levels; i-- > 0;) out += tag(0, true, 16) + length(header * i, Length::long_form);
    return out;
}

}  // namespace

TEST_CASE("tag and length are read in every form") {
    Header h;
    REQUIRE(parse(element(2, true, 5, "abc"), h) == Parsed::ok);
    CHECK(h.tag.is(Class::context, 5));
    CHECK(h.tag.constructed);
    CHECK(h.length == 3);
    CHECK(h.size == 2);
    for (const std::uint32_t number : {30U, 31U, 127U, 128U, 427U, 16'383U, 16'384U, 0x0FFF'FFFFU}) {
        REQUIRE(parse(element(1, false, number, "x"), h) == Parsed::ok);
        CHECK(h.tag.is(Class::application, number));
        CHECK_FALSE(h.tag.constructed);
    }
    for (const Length form : {Length::shortest, Length::long_form, Length::eight_octets}) {
        REQUIRE(parse(tag(0, false, 4) + length(300, form), h) == Parsed::ok);
        CHECK(h.length == 300);
    }
    REQUIRE(parse(tag(0, false, 4) + "\x8A" + std::string(9, '\0') + "\x07", h) ==
            Parsed::ok);  // not minimal
    CHECK(h.length == 7);
    REQUIRE(parse(tag(0, false, 4) + "\x88" + std::string(8, '\xFF'), h) == Parsed::ok);
    CHECK(h.length == ~std::uint64_t{0});
    REQUIRE(parse("\x30\x80", h) == Parsed::ok);
    CHECK(h.indefinite);
}

TEST_CASE("what is no tag or no length is told, and what is not all there asks for more") {
    Header h;
    CHECK(parse("\x04\x80", h) == Parsed::bad);  // primitive, indefinite
    CHECK(parse("\x04\xFF", h) == Parsed::bad);  // reserved
    CHECK(parse(std::string("\x04\x89\x01") + std::string(8, '\0'), h) == Parsed::bad);  // 2^64
    CHECK(parse("\x1F\x80\x01\x00", h) == Parsed::bad);                                  // leading zero bits
    CHECK(parse("\x1F\x81\x81\x81\x81\x01", h) == Parsed::bad);                          // over 28 bits
    for (const std::string& whole : {element(1, true, 427, ""), tag(0, false, 4) + length(70'000)}) {
        for (std::size_t n = 0; n < whole.size(); ++n) CHECK(parse(whole.substr(0, n), h) == Parsed::more);
    }
}

TEST_CASE("elements follow each other, of definite and of indefinite length") {
    const std::string contents = ctx(1, "one") + ctx_of(2, ctx(3, "three"), Length::indefinite) +
                                 std::string(3, '\0') + ctx_of(4, ctx_of(5, "", Length::indefinite)) +
                                 ctx(6, "");
    Elements elements(contents);
    Element e;
    REQUIRE(elements.next(e));
    CHECK(e.contents == "one");
    REQUIRE(elements.next(e));
    CHECK(e.contents == ctx(3, "three"));
    CHECK(e.size == ctx(3, "three").size() + 4);
    REQUIRE(elements.next(e));
    CHECK(e.tag.is(Class::context, 4));
    REQUIRE(elements.next(e));
    CHECK(e.contents.empty());
    CHECK_FALSE(elements.next(e));
    CHECK(elements.defect() == Defect::none);
    CHECK(find(contents, Class::context, 6));
    CHECK_FALSE(find(contents, Class::application, 6));
}

TEST_CASE("each way in which contents can be no BER has its defect") {
    const auto defect_of = [](const std::string& contents) {
        Elements elements(contents);
        Element e;
        while (elements.next(e)) continue;
        CHECK_FALSE(elements.next(e));
        return elements.defect();
    };
    CHECK(defect_of(ctx(1, "x") + "\x81\x05"
                                  "abc") == Defect::overrun);
    CHECK(defect_of(ctx(1, "x") + "\x81") == Defect::overrun);
    CHECK(defect_of("\xA1\x80\x82\x01\x41") == Defect::overrun);  // no end-of-contents
    CHECK(defect_of("\x81\xFF") == Defect::length);
    CHECK(defect_of("\x9F\x80\x01") == Defect::tag);
    CHECK(defect_of(std::string("\xA1\x80\x00\x01\x41", 5)) == Defect::end_of_contents);
    CHECK(defect_of(nested(deepest, false)) == Defect::none);
    CHECK(defect_of(nested(deepest + 1, false)) == Defect::too_deep);
    CHECK(defect_of(nested(10'000, true)) == Defect::none);  // stepped over
}

TEST_CASE("strings may come in segments") {
    std::string scratch;
    std::string_view out;
    std::string held;
    const auto octets_of = [&](const std::string& bytes) {
        held = bytes;
        Elements elements(held);
        Element e;
        REQUIRE(elements.next(e));
        return octets(e, scratch, out);
    };
    REQUIRE(octets_of(ctx(5, "abcd")));
    CHECK(out == "abcd");
    const std::string ab = element(0, false, 4, "ab");
    const std::string cd = element(0, false, 4, "cd");
    REQUIRE(octets_of(ctx_of(5, ab + cd)));
    CHECK(out == "abcd");
    REQUIRE(octets_of(ctx_of(5, element(0, true, 4, ab + element(0, true, 4, cd, Length::indefinite)),
                             Length::indefinite)));
    CHECK(out == "abcd");
    REQUIRE(octets_of(ctx_of(5, "")));
    CHECK(out.empty());
    CHECK_FALSE(octets_of(ctx_of(5, "\x04\x09z")));
    std::string deep = ab;
    for (int i = 0; i < 9; ++i) deep = element(0, true, 4, deep);
    CHECK_FALSE(octets_of(deep));
}

TEST_CASE(
    "integers are read in two's complement, also with octets too many, also in an element of their own") {
    const auto value = [](const std::string& bytes) {
        Elements elements(bytes);
        Element e;
        REQUIRE(elements.next(e));
        return integer(e);
    };
    for (const std::int64_t n :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{127}, std::int64_t{128},
          std::int64_t{-128}, std::int64_t{-129}, INT64_MAX, INT64_MIN})
        CHECK(value(ctx(0, integer(n))) == n);
    CHECK(value(ctx(0, std::string(12, '\0') + "\x05")) == 5);
    CHECK(value(ctx(0, std::string(12, '\xFF') + "\x85")) == -123);
    CHECK(value(ctx_of(0, element(0, false, 2, "\x07"))) == 7);
    CHECK_FALSE(value(ctx(0, "")));
    CHECK_FALSE(value(ctx(0, "\x01" + std::string(8, '\0'))));
    CHECK_FALSE(value(ctx_of(0, "")));
}

TEST_CASE("a stream gives the elements of a file, with padding between and behind them") {
    const std::string a = ctx(1, "one");
    const std::string b = ctx_of(2, ctx(3, std::string(100'000, 'x')), Length::indefinite);
    const std::string c = ctx(4, std::string(longest_element - 6, 'y'));
    const std::string bytes = std::string(5, '\0') + a + std::string(40, '\xFF') + b +
                              std::string(2000, '\0') + c + std::string(70'000, '\xFF');
    const Taken taken = take_all(bytes);
    REQUIRE(taken.kinds == std::vector(3, Piece::Kind::whole));
    CHECK(taken.offsets ==
          std::vector<std::uint64_t>{5, 5 + a.size() + 40, 5 + a.size() + 40 + b.size() + 2000});
    CHECK(taken.sizes == std::vector<std::uint64_t>{a.size(), b.size(), c.size()});
    CHECK_FALSE(taken.cut);
    CHECK(taken.end == bytes.size());
    CHECK(take_all(bytes, 1) == taken);
    CHECK(take_all(bytes, 4097) == taken);
    CHECK(take_all("") == Taken{});
}

TEST_CASE("an element that is too long or too deep is passed, and what follows is read") {
    const std::string tail = ctx(7, "tail");
    const std::string content(longest_element, 'z');
    for (const std::string& big :
         {ctx(1, content), ctx_of(1, ctx(2, content), Length::indefinite),
          ctx_of(1, ctx(2, content.substr(0, 600'000)) + ctx_of(3, ctx(2, content), Length::indefinite),
                 Length::indefinite),
          ctx_of(1, ctx(2, "a") + ctx(2, content.substr(0, 600'000)) + ctx(2, content.substr(0, 600'000)),
                 Length::indefinite)}) {
        for (const std::size_t piece : {std::size_t{1} << 16, std::size_t{999}}) {
            const Taken taken = take_all(big + tail, piece);
            REQUIRE(taken.kinds == std::vector{Piece::Kind::unusable, Piece::Kind::whole});
            CHECK(taken.defects[0] == Defect::too_long);
            CHECK(taken.offsets[1] == big.size());
        }
    }
    for (const std::size_t levels : {deepest + 1, std::size_t{5000}, std::size_t{400'000}}) {
        const std::string bomb = nested(levels, false);
        const Taken taken = take_all(bomb + tail, 1 << 16, false);
        REQUIRE(taken.kinds.size() == 2);
        CHECK(taken.kinds[0] == Piece::Kind::unusable);
        CHECK(taken.defects[0] == Defect::too_deep);
        CHECK(taken.offsets[1] == bomb.size());
    }
    const std::string deep = nested(100'000, true);  // definite lengths are stepped over
    CHECK(take_all(deep + tail).kinds == std::vector(2, Piece::Kind::whole));
}

TEST_CASE("where the extent is not known the rest is one piece") {
    const std::string good = ctx(1, "one");
    for (const std::string& bad :
         {std::string("\x04\x88") + std::string(8, '\xFF') + "rest",
          std::string("\x04\x84\x7F\xFF\xFF\xFFrest"), std::string("\x08\x84\x00\x20\x00\x00rest", 10),
          std::string("\x04\x09rest"), std::string("\x04\xFFrest"), std::string("\x30\x80\x04\x02\x41\x42"),
          std::string("\x1F\x00\x00rest", 7), std::string("\x30\x80\x00\x81\x00\x00\x00", 7),
          std::string("\x30\x80\x04\xFF"), std::string("\x9F"),
          "\x30\x80" + ctx(1, std::string(longest_element, 'x')), std::string("\x30\x80\x00\x01z", 5),
          "\x30\x80" + ctx(1, std::string(longest_element, 'x')) + std::string("\x00\x05", 2)}) {
        for (const std::size_t piece : {std::size_t{1} << 16, std::size_t{3}}) {
            const Taken taken = take_all(good + bad, piece);
            REQUIRE(taken.kinds == std::vector{Piece::Kind::whole, Piece::Kind::broken});
            CHECK(taken.offsets[1] == good.size());
            CHECK(taken.defects[1] != Defect::none);
            CHECK(taken.end == good.size() + bad.size());
        }
    }
}

TEST_CASE("a frame bounds what is in it") {
    const std::string list = ctx_of(1, ctx(2, "a") + "\x83\x30z");
    const std::string bytes = list + ctx(4, "after");
    Stream stream(memory_source(bytes));
    const Frame file;
    const Frame inner = *stream.enter(*stream.peek(file), file);
    CHECK(inner.end == list.size());
    CHECK(stream.take(*stream.peek(inner), inner)->kind == Piece::Kind::whole);
    const Ahead ahead = *stream.peek(inner);
    CHECK(ahead.kind == Ahead::Kind::broken);
    CHECK(ahead.defect == Defect::overrun);
    const Piece rest = *stream.give_up(inner, ahead.defect);
    CHECK(rest.bytes == "\x83\x30z");
    CHECK(stream.peek(inner)->kind == Ahead::Kind::end);
    CHECK(stream.take(*stream.peek(file), file)->element.contents == "after");
}

TEST_CASE("frames of indefinite length end with end-of-contents, and say when it is not there") {
    const std::string list = ctx_of(1, ctx(2, "a"), Length::indefinite);
    for (const bool whole : {true, false}) {
        const std::string bytes = whole ? list + ctx(4, "x") : list.substr(0, list.size() - 2);
        Stream stream(memory_source(bytes));
        const Frame file;
        const Frame inner = *stream.enter(*stream.peek(file), file);
        CHECK(stream.take(*stream.peek(inner), inner)->kind == Piece::Kind::whole);
        const Ahead end = *stream.peek(inner);
        CHECK(end.kind == Ahead::Kind::end);
        CHECK(end.cut == !whole);
        CHECK((stream.peek(file)->kind == Ahead::Kind::element) == whole);
    }
}

TEST_CASE("a fault of the source is the fault of the stream") {
    Stream stream([](std::span<char>) -> Result<std::size_t> {
        return Fault{FaultKind::io, "torn", "", ""};
    });
    CHECK_FALSE(stream.peek({}).ok());
}

TEST_CASE("any bytes in any pieces give the same pieces, and each byte is passed once") {
    CHECK(rc::check([] {
        const auto parts = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 12));
        std::string bytes;
        for (const int part : parts) {
            switch (part) {
                case 0: bytes += ctx(1, "value"); break;
                case 1: bytes += "\x30\x80"; break;
                case 2: bytes.append(2, '\0'); break;
                case 3: bytes += "\xFF"; break;
                case 4: bytes += ctx_of(40, ctx(1, "x"), Length::indefinite); break;
                case 5: bytes += "\x04\x82\x10"; break;
                case 6: bytes += std::string(5000, 'q'); break;
                case 7: bytes += "\xA1\x81\x90"; break;
                case 8: bytes += "\x9F\x81"; break;
                default: bytes += static_cast<char>(part * 23); break;
            }
        }
        const auto piece = *rc::gen::inRange<std::size_t>(1, 50);
        const Taken taken = take_all(bytes);
        RC_ASSERT(take_all(bytes, piece) == taken);
        RC_ASSERT(taken.end == bytes.size());
        for (std::size_t i = 1; i < taken.offsets.size(); ++i)
            RC_ASSERT(taken.offsets[i] > taken.offsets[i - 1]);
    }));
}

TEST_CASE("numbers in semi-octets: type, octet 3a, filler, signs") {
    const auto text = [](const std::string& octets) {
        const auto a = address_of(octets);
        return a ? a->text : "none";
    };
    CHECK(text("") == "none");
    CHECK(text(address(1, "919876500010")) == "+919876500010");
    CHECK(text(address(1, "97150000001")) == "+97150000001");  // odd
    CHECK(text(address(2, "9876500010")) == "9876500010");
    CHECK(text(address(0, "09876500010")) == "09876500010");
    CHECK(text(address(0, "*#abc1")) == "*#abc1");
    CHECK(text(address(1, "")).empty());
    CHECK(text("\x91\xFF\xFF").empty());
    CHECK(text(std::string("\x91\x19\xF8\x89", 4)) == "+918f98");  // a filler that digits follow
    // Octet 3a: presentation restricted, network provided; and a writer that forgets the first bit.
    CHECK(text("\x11\xA3" + semi_octets("971500000001", true)) == "+971500000001");
    CHECK(text("\x11\x83" + semi_octets("971500000001", true)) == "+971500000001");
    CHECK(text("\x11" + semi_octets("971500000001", true)) == "+971500000001");
}

TEST_CASE("addresses of messages: with and without a count, and names") {
    const std::string plain = address(1, "919876500010");
    CHECK(sms_address_of(plain)->text == "+919876500010");
    CHECK(sms_address_of(octet(12) + plain)->text == "+919876500010");
    CHECK(sms_address_of(octet(11) + address(1, "91987650001"))->text == "+91987650001");
    // 42 41 4E 4B in seven bits each.
    const auto bank = address_of("\xD0\xC2\xA0\x73\x09");
    CHECK(bank->text == "BANK");
    CHECK(bank->is_name);
}

TEST_CASE("digits of a BCD string have the high semi-octet first; IA5 digits are seen by their length") {
    CHECK(bcd_string(bcd("919876500010")) == "919876500010");
    CHECK(bcd_string(bcd("97150000001")) == "97150000001");
    CHECK(bcd_string("919876500010") == "919876500010");
    CHECK(bcd_string("3939") == "33393339");  // four octets can only be BCD
    CHECK(bcd_string("").empty());
}

TEST_CASE("international digits are read so, unless they are none and a number at home") {
    CHECK(international("919876500010", Region::india).number == PhoneNumber::from_e164(919876500010));
    CHECK(international("971500000001", Region::india).number == PhoneNumber::from_e164(971500000001));
    CHECK(international("00971500000001", Region::india).number == PhoneNumber::from_e164(971500000001));
    CHECK(international("121", Region::india).number_class == NumberClass::short_code);
    CHECK(international("", Region::india).number_class == NumberClass::none);
    CHECK(number_of("+00971500000001", Region::india).number == PhoneNumber::from_e164(971500000001));
    CHECK(number_of("9876500010", Region::india).number == PhoneNumber::from_e164(919876500010));
}

TEST_CASE("times hold their own offset") {
    bool had = false;
    const Zone home;
    CHECK(bcd_time(stamp("250123102030", "+0530"), home, had) ==
          parse_iso("2025-01-23T10:20:30+05:30", home));
    CHECK(had);
    CHECK(bcd_time(stamp("250123102030", "-0330"), home, had) ==
          parse_iso("2025-01-23T10:20:30-03:30", home));
    CHECK(bcd_time(stamp("991231235959", "+0000"), home, had) == parse_iso("1999-12-31T23:59:59Z", home));
    CHECK(bcd_time(bcd("250123102030") + std::string(3, '\0'), home, had) ==
          parse_iso("2025-01-23T10:20:30+05:30", home));
    CHECK_FALSE(had);
    for (const std::string& bad :
         {stamp("251323102030"), stamp("250230102030"), stamp("250123242030"), stamp("250123106030"),
          stamp("250123102030", "*0530"), stamp("250123102030", "+1530"), stamp("250123102030", "+0560"),
          stamp("2501231020a0"), bcd("250123102030"), stamp("250123102030") + "x", std::string()})
        CHECK_FALSE(bcd_time(bad, home, had));
    CHECK(digit_time("20250123102030", home) == parse_iso("2025-01-23T10:20:30+05:30", home));
    for (const char* bad : {"2025012310203", "202501231020300", "20251323102030", "2025012310203x", ""})
        CHECK_FALSE(digit_time(bad, home));
    CHECK(utc_offset("+0530")->offset_seconds == 19'800);
    CHECK(utc_offset("-0330")->offset_seconds == -12'600);
    for (const char* bad : {"0530", "+530", "+05:30", "+1500", "+0560", "", "x0530", "+05x0"})
        CHECK_FALSE(utc_offset(bad));
}

TEST_CASE("names are UTF-8 without control characters") {
    CHECK(ber::name_of("  ILD-7\0"
                       "\n") == "ILD-7");
    CHECK(ber::name_of("Soci\xE9t\xE9") == "Société");
}

TEST_CASE("causes of calls that were not answered") {
    CHECK(unanswered_by(17) == Disposition::busy);
    CHECK(unanswered_by(19) == Disposition::unanswered);
    CHECK(unanswered_by(21) == Disposition::unanswered);
    CHECK(unanswered_by(1) == Disposition::failed);
    CHECK(unanswered_by(38) == Disposition::failed);
    CHECK(unanswered_by(0) == Disposition::unanswered);
    CHECK(unanswered_by(-5) == Disposition::unanswered);
}
