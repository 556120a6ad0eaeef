#include "calls/sip_message.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace sendh;
using namespace std::string_literals;

TEST_CASE("a request and a response are told by their start lines") {
    const auto request = parse_sip("INVITE sip:bob@biloxi.example SIP/2.0\r\n\r\n");
    REQUIRE(request);
    CHECK(request->request);
    CHECK(request->method == "INVITE");
    CHECK(request->uri == "sip:bob@biloxi.example");
    CHECK(request->complete);
    const auto response = parse_sip("SIP/2.0 183 Session Progress\nFrom: x\n");
    REQUIRE(response);
    CHECK_FALSE(response->request);
    CHECK(response->status == 183);
    CHECK_FALSE(response->complete);
    CHECK(parse_sip("sip/2.0 200\r\n\r\n"));
    for (const char* bad : {"", "\r\n", "INVITE sip:a@b SIP/2.0", "INVITE  SIP/2.0\r\n",
                            "INVITE sip:a@b SIP/1.0\r\n", "INVITE sip:a@b\r\n", " INVITE sip:a@b SIP/2.0\r\n",
                            "SIP/2.0 099 x\r\n", "SIP/2.0 700 x\r\n", "SIP/2.0 2000 x\r\n", "SIP/2.0 20\r\n",
                            "SIP/2.0200 OK\r\n", "GET / HTTP/1.1\r\n", "IN{VITE sip:a@b SIP/2.0\r\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_sip(bad));
    }
}

TEST_CASE("headers: compact, in any case, folded, with space before the colon, repeated, unknown") {
    const auto m = parse_sip(
        "INVITE sip:b@h SIP/2.0\r\n"
        "i: abc@h\r\n"
        "FROM : \"A\r\n"
        " B\" <sip:a@h>\r\n"
        "\t;tag=1\r\n"
        "X-Other: long\r\n"
        " To: <sip:not-a-header@h>\r\n"
        "no colon here\r\n"
        "t: <sip:b@h>\r\n"
        "cseq:1 INVITE\r\n"
        "Diversion: <sip:1@h>;reason=x, \"a,b\" <sip:2@h;x=\",\">\r\n"
        "diversion:<sip:3@h>\r\n"
        "L: 5\r\n"
        "\r\n"
        "hello");
    REQUIRE(m);
    CHECK(m->first(SipHeader::call_id) == "abc@h");
    CHECK(m->first(SipHeader::from) == "\"A B\" <sip:a@h> ;tag=1");
    CHECK(m->first(SipHeader::to) == "<sip:b@h>");
    CHECK(m->first(SipHeader::privacy).empty());
    CHECK(m->all(SipHeader::diversion) ==
          std::vector<std::string_view>{"<sip:1@h>;reason=x", "\"a,b\" <sip:2@h;x=\",\">", "<sip:3@h>"});
    CHECK(content_length(*m) == 5);
    CHECK(m->body == "hello");
    CHECK(m->complete);
}

TEST_CASE("a moved message keeps its folded values") {
    auto m = parse_sip("INVITE sip:b@h SIP/2.0\r\nFrom: a\r\n b\r\n\r\n");
    REQUIRE(m);
    const SipMessage moved = std::move(*m);
    CHECK(moved.first(SipHeader::from) == "a b");
}

TEST_CASE("the names of headers are those of the standard") {
    CHECK(name_of(SipHeader::call_id) == "Call-ID");
    CHECK(name_of(SipHeader::p_asserted_identity) == "P-Asserted-Identity");
    CHECK(name_of(SipHeader::to) == "To");
}

TEST_CASE("a hundred thousand header lines, or one that folds as often, are read in one go") {
    std::string lines = "INVITE sip:b@h SIP/2.0\r\n";
    for (int i = 0; i < 100'000; ++i) lines += "f: x\r\n";
    lines += "i: late\r\n\r\n";
    auto m = parse_sip(lines);
    REQUIRE(m);
    CHECK(m->headers.size() == 4'096);
    CHECK(m->complete);
    std::string folded = "INVITE sip:b@h SIP/2.0\r\nf: x\r\n";
    for (int i = 0; i < 100'000; ++i) folded += " y\r\n";
    folded += "\r\n";
    m = parse_sip(folded);
    REQUIRE(m);
    CHECK(m->first(SipHeader::from).size() == 200'001);
    std::string values = "INVITE sip:b@h SIP/2.0\r\nDiversion: <sip:1@h>";
    for (int i = 0; i < 100'000; ++i) values += ",<sip:2@h>";
    values += "\r\n\r\n";
    m = parse_sip(values);
    REQUIRE(m);
    CHECK(m->all(SipHeader::diversion).size() == 64);
}

TEST_CASE("zero bytes stand in values like any other") {
    const std::string bytes = "INVITE sip:b@h SIP/2.0\r\nCall-ID: a\0b\r\n\r\n"s;
    const auto m = parse_sip(bytes);
    REQUIRE(m);
    CHECK(m->first(SipHeader::call_id).size() == 3);
}

TEST_CASE("a Content-Length that is no length is none") {
    const auto length = [](const std::string& value) {
        return content_length(*parse_sip("INVITE sip:b@h SIP/2.0\r\nContent-Length: " + value + "\r\n\r\n"));
    };
    CHECK(length("0") == 0);
    CHECK(length("1000000000000") == 1'000'000'000'000);
    for (const char* bad :
         {"", "x", "-1", "+1", "1 2", "0x10", "99999999999999999999", "9223372036854775807"})
        CHECK_FALSE(length(bad));
}

TEST_CASE("CSeq is a number and a method") {
    CHECK(parse_cseq("4711 INVITE")->number == 4711);
    CHECK(parse_cseq("4711\t INVITE ")->method == "INVITE");
    for (const char* bad : {"", "INVITE", "1", "-1 INVITE", "4294967296 INVITE", "1x INVITE"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_cseq(bad));
    }
}

TEST_CASE("addresses with and without brackets, names with signs in them, quotes that never close") {
    const auto check = [](std::string_view value, std::string_view uri, std::string_view tag) {
        CAPTURE(value);
        const SipAddress a = parse_sip_address(value);
        CHECK(a.uri == uri);
        CHECK(sip_parameter(a.parameters, "tag").value_or("-") == tag);
    };
    check("<sip:a@h;x=1>;tag=7", "sip:a@h;x=1", "7");
    check("sip:a@h;tag=7", "sip:a@h", "7");
    check("sip:a;tgrp=3@h ; tag = 7", "sip:a;tgrp=3@h", "7");
    check("tel:+91123;tag=7", "tel:+91123", "7");
    check("\"A <B>; \\\" tag=1\" <sip:a@h>;TAG=\"7\"", "sip:a@h", "7");
    check("A B <sip:a@h>;q=1;tag=7", "sip:a@h", "7");
    check("\"never closed <sip:a@h>;tag=7", "sip:a@h", "7");
    check("<sip:a@h", "sip:a@h", "-");
    check("<sip:a@h>;tagged=1;tag", "sip:a@h", "");
    check("", "", "-");
    check("<>", "", "-");
    check("\"", "\"", "-");
}

TEST_CASE("URIs fall into their pieces") {
    SipUri u = parse_sip_uri(
        "SIPS:+91%2098;TGRP=T%31;x:secret@[2001:db8::1]:5061;user=phone?Reason=SIP%3Bcause%3D302");
    CHECK(u.scheme == "sips");
    CHECK(u.user == "+91 98");
    CHECK(sip_parameter(u.user_parameters, "tgrp") == "T%31");
    CHECK(u.host == "[2001:db8::1]");
    CHECK(sip_parameter(u.parameters, "user") == "phone");
    CHECK(u.headers == "Reason=SIP%3Bcause%3D302");
    u = parse_sip_uri("sip:alice:secret@h:5060");
    CHECK(u.user == "alice");
    CHECK(u.host == "h");
    u = parse_sip_uri("sip:h:5060;lr");
    CHECK(u.user.empty());
    CHECK(u.host == "h");
    u = parse_sip_uri("tel:+91-98;phone-context=x");
    CHECK(u.user == "+91-98");
    CHECK(u.host.empty());
    u = parse_sip_uri("urn:service:sos");
    CHECK(u.user.empty());
    CHECK(u.host == "service:sos");
    u = parse_sip_uri("alice@h");
    CHECK(u.scheme.empty());
    CHECK(u.user == "alice");
    CHECK(parse_sip_uri("sip:[2001:db8::1").host == "[2001:db8::1");
    CHECK(parse_sip_uri("").user.empty());
}

TEST_CASE("a global phone-context stands before a local number, another does not") {
    CHECK(dialled(parse_sip_uri("tel:98765;phone-context=+91")) == "+9198765");
    CHECK(dialled(parse_sip_uri("sip:98765;phone-context=%2B91@h")) == "+9198765");
    CHECK(dialled(parse_sip_uri("tel:+4498765;phone-context=+91")) == "+4498765");
    CHECK(dialled(parse_sip_uri("tel:98765;phone-context=example.com")) == "98765");
    CHECK(dialled(parse_sip_uri("sip:98765@h;phone-context=+91")) == "+9198765");
}

TEST_CASE("escapes are resolved where they are whole") {
    CHECK(unescaped("%2B91%zz%4") == "+91%zz%4");
    CHECK(unescaped("%41%") == "A%");
}

TEST_CASE("the o= line is found at the beginning of a line only") {
    CHECK(sdp_origin("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n") == "- 1 1 IN IP4 192.0.2.1");
    CHECK(sdp_origin("o=a\nx") == "a");
    CHECK(sdp_origin("v=foo=bar\r\n").empty());
    CHECK(sdp_origin("").empty());
}

TEST_CASE("what may still become a start line is waited for, what cannot is not") {
    CHECK(sip_start("INVITE sip:b@h SIP/2.0\r\n") == SipStart::yes);
    for (const char* begun : {"", "I", "INVITE", "INVITE ", "INVITE sip:b@h SIP/2.0",
                              "INVITE sip:b@h SIP/2.0\r", "S", "SIP/2.0 20"})
        CHECK(sip_start(begun) == SipStart::short_of);
    for (const char* never : {"\x16\x03\x01", "{json", "INVITE\n", "GET /\x01 x", " x"}) {
        CAPTURE(never);
        CHECK(sip_start(never) == SipStart::no);
    }
    CHECK(sip_start("INVITE " + std::string(9'000, 'x')) == SipStart::no);
    CHECK(find_sip_start("junkINVITE sip:b@h SIP/2.0\r\n", 100) == 4);
    CHECK(find_sip_start("INVITE sip:SIP/2.0 200 OK\r\n", 100) == 11);
    CHECK_FALSE(find_sip_start("junkINVITE sip:b@h SIP/2.0\r\n", 4));
    CHECK(means_sip("INVITE sip:b"));
    CHECK(means_sip("SIP/9"));
    CHECK_FALSE(means_sip("INVITE you to"));
}

TEST_CASE("any bytes are parsed without a fault, and any beginning of a message too") {
    rc::check([](const std::string& noise) {
        const std::string bytes = "INVITE sip:b@h SIP/2.0\r\nFrom: " + noise + "\r\nDiversion:" + noise;
        const auto m = parse_sip(bytes);
        RC_ASSERT(m.has_value());
        for (const std::string_view value : m->all(SipHeader::diversion)) {
            const SipAddress a = parse_sip_address(value);
            (void)dialled(parse_sip_uri(a.uri));
            (void)sip_parameter(a.parameters, "tag");
        }
        (void)find_sip_start(noise, noise.size());
        (void)sip_start(noise);
        (void)sdp_origin(noise);
    });
}
