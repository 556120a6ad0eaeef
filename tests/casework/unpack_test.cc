#include "casework/unpack.h"

#include <algorithm>
#include <optional>
#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "containers.h"

namespace sendh {
namespace {

struct Outcome {
    std::string plain;
    std::optional<Fault> fault;
    std::vector<std::string> notes;
    std::uint64_t parts = 0;
};

Outcome unpack(std::string_view packed, std::size_t piece_in = 1 << 16, std::size_t piece_out = 1 << 16) {
    Unpacker unpacker(packing_of(packed), [inner = memory_source(packed), piece_in](std::span<char> out) {
        return inner(out.first(std::min(piece_in, out.size())));
    });
    Outcome outcome;
    std::string buffer(piece_out, '\0');
    while (true) {
        const auto n = unpacker.read(buffer);
        if (!n.ok()) {
            outcome.fault = n.fault();
            CHECK_FALSE(unpacker.read(buffer).ok());  // it stays a fault
            break;
        }
        if (*n == 0) break;
        outcome.plain.append(buffer, 0, *n);
    }
    outcome.notes = unpacker.notes();
    outcome.parts = unpacker.parts();
    return outcome;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Text that packs somewhat, as calls do.
std::string some_text(std::size_t size) {
    std::string out;
    std::uint32_t state = 1;
    while (out.size() < size) {
        state = state * 1664525U + 1013904223U;
        out += "row " + std::to_string(state >> 12U) + ",IN,VOICE\n";
    }
    out.resize(size);
    return out;
}

TEST_CASE("what is packed is told by its first bytes") {
    CHECK(packing_of(test::gzip("x")) == Packing::gzip);
    CHECK(packing_of(test::zstd("x")) == Packing::zstd);
    CHECK(packing_of(test::skippable("x")) == Packing::zstd);
    CHECK(packing_of("CALL_TIME,CALL_DATE") == Packing::none);
    CHECK(packing_of("") == Packing::none);
    CHECK(packing_of("\x1f\x8b") == Packing::none);
    CHECK(packing_of(std::string("\x1f\x8b\x07\x00", 4)) == Packing::none);
    CHECK(packing_of("PK\x03\x04") == Packing::none);
}

TEST_CASE("gzip and zstd come back, members and frames one behind the other, whatever the pieces") {
    const bool good = rc::check([] {
        const auto contents = *rc::gen::container<std::vector<std::string>>(
            rc::gen::container<std::string>(rc::gen::arbitrary<char>()));
        const auto of_gzip = *rc::gen::arbitrary<bool>();
        const auto in = *rc::gen::inRange<std::size_t>(1, 50);
        const auto out = *rc::gen::inRange<std::size_t>(1, 50);
        RC_PRE(!contents.empty());
        std::string packed;
        std::string plain;
        for (const std::string& content : contents) {
            packed += of_gzip ? test::gzip(content) : test::zstd(content);
            if (!of_gzip) packed += test::skippable(content);
            plain += content;
        }
        const Outcome got = unpack(packed, in, out);
        RC_ASSERT(!got.fault);
        RC_ASSERT(got.plain == plain);
        RC_ASSERT(got.notes.empty());
        RC_ASSERT(got.parts == contents.size() * (of_gzip ? 1U : 2U));
    });
    CHECK(good);
}

TEST_CASE("megabytes come back from both packings") {
    const std::string plain = some_text(5'000'000);
    for (const std::string& packed : {test::gzip(plain), test::zstd(plain), test::gzip(plain, 0)}) {
        const Outcome got = unpack(packed, 10'007, 4'096);
        CHECK_FALSE(got.fault);
        CHECK(got.plain == plain);
    }
}

TEST_CASE("data that is cut anywhere is a fault that says where it ends") {
    for (const std::string& whole : {test::gzip(some_text(3'000)), test::zstd(some_text(3'000))}) {
        for (std::size_t size = 4; size < whole.size(); ++size) {
            const Outcome got = unpack(std::string_view(whole).substr(0, size));
            REQUIRE(got.fault);
            CHECK(got.fault->kind == FaultKind::input);
            CHECK(has(got.fault->what, "cut off"));
            CHECK(has(got.fault->where, "byte "));
        }
    }
    const std::string gz = test::gzip("some content");
    CHECK(unpack(std::string_view(gz).substr(0, 20)).fault->where == "byte 20");
    // Also in a later member.
    CHECK(has(unpack(gz + gz.substr(0, 15)).fault->what, "cut off"));
}

TEST_CASE("a flipped bit in the data or the checksum is a fault with its byte") {
    for (const std::string& whole : {test::gzip(some_text(3'000)), test::zstd(some_text(3'000))}) {
        const std::string plain = some_text(3'000);
        std::size_t noticed = 0;
        for (std::size_t at = 20; at < whole.size(); ++at) {
            std::string bytes = whole;
            bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
            const Outcome got = unpack(bytes);
            // Never other content as if it were whole.
            CHECK((got.fault || got.plain == plain));
            if (got.fault) {
                ++noticed;
                CHECK(has(got.fault->where, "byte "));
            }
        }
        // A few bits mean nothing: those that fill up the last byte of the deflate data.
        CHECK(noticed + 5 > whole.size() - 20);
    }
}

TEST_CASE("padding and foreign bytes behind the data are counted and said") {
    for (const std::string& whole : {test::gzip("content"), test::zstd("content")}) {
        const std::string from = std::to_string(whole.size());
        Outcome got = unpack(whole + std::string(1'000, '\0'));
        CHECK_FALSE(got.fault);
        CHECK(got.plain == "content");
        REQUIRE(got.notes.size() == 1);
        CHECK(has(got.notes[0], "1,000 zero bytes lie behind"));
        CHECK(has(got.notes[0], "from byte " + from + ": padding"));
        got = unpack(whole + "x");
        CHECK(got.plain == "content");
        REQUIRE(got.notes.size() == 1);
        CHECK(has(got.notes[0], "1 byte lies behind"));
        CHECK(has(got.notes[0], "not read"));
        got = unpack(whole + std::string(200'000, 'y'), 7);
        REQUIRE(got.notes.size() == 1);
        CHECK(has(got.notes[0], "200,000 bytes"));
    }
}

TEST_CASE("a zstd window beyond the limit is a fault that says what to do") {
    const std::string plain = some_text(100'000);
    CHECK(unpack(test::zstd(plain, 27)).plain == plain);
    const Outcome got = unpack(test::zstd(plain, 28));
    REQUIRE(got.fault);
    CHECK(has(got.fault->what, "128 MiB"));
    CHECK(has(got.fault->to_do, "--long"));
    CHECK(got.plain.empty());
}

TEST_CASE("a zstd frame of another size than its header says is a fault, whatever the pieces") {
    // Single segment, checksum, content size 16; one empty raw block.
    const std::string frame("\x28\xb5\x2f\xfd\x24\x10\x01\x00\x00\x99\xe9\xd8\x51", 13);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{4}, std::size_t{1'000}}) {
        const Outcome got = unpack(frame, piece);
        REQUIRE(got.fault);
        CHECK(has(got.fault->what, "damaged"));
    }
    std::string right = frame;
    right[5] = 0;
    CHECK_FALSE(unpack(right).fault);
}

TEST_CASE("a bomb comes out in pieces") {
    const std::string bomb = test::gzip(std::string(64 << 20, 'a'));
    CHECK(bomb.size() < 100'000);
    Unpacker unpacker(Packing::gzip, memory_source(bomb));
    std::string buffer(4'096, '\0');
    std::uint64_t total = 0;
    while (true) {
        const auto n = unpacker.read(buffer);
        REQUIRE(n.ok());
        if (*n == 0) break;
        total += *n;
    }
    CHECK(total == 64U << 20U);
    CHECK(unpacker.bytes_out() == total);
}

TEST_CASE("a fault of the source is handed on as it is") {
    const std::string whole = test::gzip(some_text(3'000));
    bool first = true;
    Unpacker unpacker(Packing::gzip, [&](std::span<char> out) -> Result<std::size_t> {
        if (!std::exchange(first, false)) return Fault{FaultKind::io, "cannot read", "disk", "stale"};
        std::copy_n(whole.data(), 100, out.data());
        return std::size_t{100};
    });
    std::string buffer(1 << 16, '\0');
    auto n = unpacker.read(buffer);
    while (n.ok() && *n > 0) n = unpacker.read(buffer);
    REQUIRE_FALSE(n.ok());
    CHECK(n.fault().kind == FaultKind::io);
}

}  // namespace
}  // namespace sendh
