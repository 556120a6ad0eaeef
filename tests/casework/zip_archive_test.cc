#include "casework/zip_archive.h"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "containers.h"

namespace sendh {
namespace {

RandomBytes random_bytes(const std::string& bytes, std::size_t piece = 1 << 16) {
    return {bytes.size(), [&bytes, piece](std::uint64_t offset, std::span<char> out) -> Result<std::size_t> {
                const std::size_t at = std::min<std::uint64_t>(offset, bytes.size());
                const std::size_t n = std::min({out.size(), bytes.size() - at, piece});
                std::copy_n(bytes.data() + at, n, out.data());
                return n;
            }};
}

Result<std::string> rest(ZipArchive& zip, std::size_t piece = 1 << 16) {
    std::string out;
    std::string buffer(piece, '\0');
    while (true) {
        SENDH_TRY(const std::size_t n, zip.read(buffer));
        if (n == 0) return out;
        out.append(buffer, 0, n);
    }
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_CASE("what was put into a ZIP comes out, in order, whatever the pieces") {
    const bool good = rc::check([] {
        const auto contents = *rc::gen::container<std::vector<std::string>>(
            rc::gen::container<std::string>(rc::gen::arbitrary<char>()));
        const auto store = *rc::gen::arbitrary<bool>();
        const auto in = *rc::gen::inRange<std::size_t>(1, 200);
        const auto out = *rc::gen::inRange<std::size_t>(1, 50);
        std::vector<test::Member> members;
        for (std::size_t i = 0; i < contents.size(); ++i)
            members.push_back({"m" + std::to_string(i) + ".csv", contents[i]});
        const std::string bytes = test::zip(members, store);
        const auto zip = ZipArchive::open(random_bytes(bytes, in));
        RC_ASSERT(zip.ok());
        for (const test::Member& member : members) {
            const auto next = (*zip)->next();
            RC_ASSERT(next.ok());
            RC_ASSERT(next->has_value());
            RC_ASSERT((*next)->name == member.name);
            RC_ASSERT((*next)->is_file);
            RC_ASSERT(!(*next)->encrypted);
            const auto content = rest(**zip, out);
            RC_ASSERT(content.ok());
            RC_ASSERT(*content == member.bytes);
        }
        const auto end = (*zip)->next();
        RC_ASSERT(end.ok());
        RC_ASSERT(!end->has_value());
    });
    CHECK(good);
}

TEST_CASE("names are labels: no way out, no control characters, UTF-8 kept") {
    const std::string bytes = test::zip({{"../../etc/x.csv", "a"},
                                         {"/abs/y.csv", "b"},
                                         {"C:\\calls\\z.csv", "c"},
                                         {"a\nb.csv", "d"},
                                         {"कॉल/मई.csv", "e"},
                                         {"..", "f"},
                                         {"folder/", ""}});
    const auto zip = ZipArchive::open(random_bytes(bytes));
    REQUIRE(zip.ok());
    std::string names;
    for (auto next = (*zip)->next(); next.ok() && *next; next = (*zip)->next())
        names += (*next)->name + ((*next)->is_file ? "\n" : " (folder)\n");
    CHECK(names ==
          "etc/x.csv\nabs/y.csv\nC:/calls/z.csv\na b.csv\nकॉल/मई.csv\nwithout a name\nfolder (folder)\n");
}

TEST_CASE("a member that asks for a password is told, and the others are read") {
    const std::string bytes = test::zip({{"a.csv", "first"}, {"b.csv", "second", true}, {"c.csv", "third"}});
    const auto zip = ZipArchive::open(random_bytes(bytes));
    REQUIRE(zip.ok());
    CHECK_FALSE((*(*zip)->next())->encrypted);
    CHECK(*rest(**zip) == "first");
    CHECK((*(*zip)->next())->encrypted);
    const auto closed = rest(**zip);
    REQUIRE_FALSE(closed.ok());
    CHECK(has(closed.fault().what, "password"));
    CHECK((*(*zip)->next())->name == "c.csv");
    CHECK(*rest(**zip) == "third");

    const std::string all = test::zip({{"a.csv", "first", true}});
    const auto locked = ZipArchive::open(random_bytes(all));
    REQUIRE(locked.ok());
    CHECK((*(*locked)->next())->encrypted);
    CHECK(has(rest(**locked).fault().what, "password"));
}

TEST_CASE("an archive that is cut has no directory, and says so with its size") {
    const std::string whole = test::zip({{"a.csv", "content"}});
    for (std::size_t size = 4; size < whole.size(); ++size) {
        const std::string cut = whole.substr(0, size);
        const auto zip = ZipArchive::open(random_bytes(cut));
        REQUIRE_FALSE(zip.ok());
        CHECK(zip.fault().kind == FaultKind::input);
        CHECK(has(zip.fault().what, "cut off"));
        CHECK(zip.fault().where == "byte " + std::to_string(size));
    }
}

TEST_CASE("a damaged member is a fault, and the members behind it are read") {
    std::string content;
    for (int i = 0; i < 2'000; ++i) content += std::to_string(i * i) + ",x\n";
    const std::string whole = test::zip({{"a.csv", content}, {"b.csv", "second"}});
    for (const std::size_t at : {std::size_t{100}, std::size_t{500}, std::size_t{2'000}}) {
        std::string bytes = whole;
        bytes[at] = static_cast<char>(bytes[at] ^ 0x20);
        const auto zip = ZipArchive::open(random_bytes(bytes));
        REQUIRE(zip.ok());
        REQUIRE((*zip)->next().ok());
        const auto damaged = rest(**zip);
        REQUIRE_FALSE(damaged.ok());
        CHECK(damaged.fault().kind == FaultKind::input);
        CHECK(has(damaged.fault().what, "damaged"));
        CHECK(has(damaged.fault().where, "of the archive"));
        const auto next = (*zip)->next();
        REQUIRE(next.ok());
        REQUIRE(next->has_value());
        CHECK((*next)->name == "b.csv");
        CHECK(*rest(**zip) == "second");
    }
}

TEST_CASE("a directory of absurd size is refused before it is read") {
    std::string bytes = test::zip({{"a.csv", "content"}});
    const std::size_t end = bytes.rfind("PK\x05\x06");
    // Zip64: the count of members stands in a record in front of the end.
    std::string record("PK\x06\x06", 4);
    record.resize(56, '\0');
    const std::uint64_t members = 1'000'000;
    for (std::size_t i = 0; i < 8; ++i) record[32 + i] = static_cast<char>(members >> (8 * i) & 0xffU);
    std::string locator("PK\x06\x07", 4);
    locator.resize(20, '\0');
    for (std::size_t i = 0; i < 8; ++i) locator[8 + i] = static_cast<char>(end >> (8 * i) & 0xffU);
    bytes.insert(end, record + locator);
    const auto zip = ZipArchive::open(random_bytes(bytes));
    REQUIRE_FALSE(zip.ok());
    CHECK(has(zip.fault().what, "1,000,000 members"));
    CHECK(has(zip.fault().to_do, "import the folder"));
}

TEST_CASE("a directory that lies elsewhere than its end says is a fault") {
    std::string bytes = test::zip({{"a.csv", "content"}});
    const std::size_t end = bytes.rfind("PK\x05\x06");
    bytes[end + 18] = '\x7f';  // its offset, some megabytes further
    const auto zip = ZipArchive::open(random_bytes(bytes));
    REQUIRE_FALSE(zip.ok());
    CHECK(has(zip.fault().what, "directory"));
}

TEST_CASE("an empty archive has no members") {
    const std::string bytes = std::string("PK\x05\x06", 4) + std::string(18, '\0');
    CHECK(looks_like_zip(bytes));
    const auto zip = ZipArchive::open(random_bytes(bytes));
    REQUIRE(zip.ok());
    const auto next = (*zip)->next();
    REQUIRE(next.ok());
    CHECK_FALSE(next->has_value());
}

TEST_CASE("a fault of the source is handed on as it is") {
    const std::string whole = test::zip({{"a.csv", "content"}});
    bool broken = false;
    RandomBytes bytes = random_bytes(whole);
    bytes.read_at = [&, inner = bytes.read_at](std::uint64_t at, std::span<char> out) -> Result<std::size_t> {
        if (broken) return Fault{FaultKind::io, "cannot read", "disk", "stale file handle"};
        return inner(at, out);
    };
    const auto zip = ZipArchive::open(std::move(bytes));
    REQUIRE(zip.ok());
    broken = true;
    const auto next = (*zip)->next();
    REQUIRE_FALSE(next.ok());
    CHECK(next.fault().kind == FaultKind::io);
}

// The same, and how many bytes were asked for.
RandomBytes counted(const std::string& bytes, std::uint64_t& given) {
    return {bytes.size(), [inner = random_bytes(bytes), &given](std::uint64_t offset, std::span<char> out) {
                auto n = inner.read_at(offset, out);
                given += n.ok() ? *n : 0;
                return n;
            }};
}

std::string damaged_members(std::size_t count) {
    std::vector<test::Member> members;
    for (std::size_t i = 0; i < count; ++i) members.push_back({"m.csv", std::string(2'000, 'x')});
    std::string bytes = test::zip(members);
    // A block of a kind that deflate does not have.
    for (std::size_t at = 0; (at = bytes.find("PK\x03\x04", at)) != std::string::npos; at += 4) {
        const std::size_t extra = static_cast<unsigned char>(bytes[at + 28]);
        bytes[at + 30 + 5 + extra] = '\xff';
    }
    return bytes;
}

TEST_CASE("a damaged member costs the same however many stand before it") {
    const auto cost = [](std::size_t count) {
        const std::string bytes = damaged_members(count);
        std::uint64_t given = 0;
        const auto zip = ZipArchive::open(counted(bytes, given));
        REQUIRE(zip.ok());
        std::size_t damaged = 0;
        for (auto next = (*zip)->next(); next.ok() && *next; next = (*zip)->next())
            damaged += rest(**zip).ok() ? 0U : 1U;
        CHECK(damaged == count);
        return given / count;
    };
    // What libarchive takes at a time, and not more of a larger archive.
    CHECK(cost(4'000) < cost(1'000) * 3 / 2);
    CHECK(cost(4'000) < 200'000);
}

TEST_CASE("a member whose header is damaged does not hide the others") {
    std::string bytes = test::zip({{"a.csv", "first"}, {"b.csv", "second"}, {"c.csv", "third"}});
    bytes[bytes.find("PK\x03\x04", 4)] = 'X';
    const auto zip = ZipArchive::open(random_bytes(bytes));
    REQUIRE(zip.ok());
    CHECK((*(*zip)->next())->name == "a.csv");
    const auto damaged = (*zip)->next();
    REQUIRE_FALSE(damaged.ok());
    CHECK(damaged.fault().kind == FaultKind::input);
    CHECK_FALSE(rest(**zip).ok());
    const auto next = (*zip)->next();
    REQUIRE(next.ok());
    CHECK((*next)->name == "c.csv");
    CHECK((*next)->number == 2);
    CHECK(*rest(**zip) == "third");
    CHECK_FALSE((*zip)->next()->has_value());
    CHECK(*rest(**zip) == "");
}

TEST_CASE("an archive is read again from any member, each reader on its own") {
    const std::string bytes = test::zip({{"a.csv", "first"}, {"b.csv", "second"}, {"c.csv", "third"}});
    auto zip = ZipArchive::open(random_bytes(bytes));
    REQUIRE(zip.ok());
    const auto last = (*zip)->again(2);
    const auto second = (*zip)->again(1);
    CHECK((*(*zip)->next())->name == "a.csv");
    zip->reset();
    CHECK((*last->next())->name == "c.csv");
    CHECK((*second->next())->name == "b.csv");
    CHECK(*rest(*second) == "second");
    CHECK(*rest(*last) == "third");
    CHECK((*second->next())->name == "c.csv");
    CHECK_FALSE(second->again(3)->next()->has_value());
}

TEST_CASE("bytes in front of an archive do not matter") {
    const std::string bytes = std::string(1'000, 'x') + test::zip({{"a.csv", "first"}, {"b.csv", "second"}});
    const auto zip = ZipArchive::open(random_bytes(bytes));
    REQUIRE(zip.ok());
    CHECK((*(*zip)->next())->name == "a.csv");
    CHECK(*rest(**zip) == "first");
    CHECK((*(*zip)->next())->name == "b.csv");
    CHECK(*rest(**zip) == "second");
}

std::string le(std::uint64_t value, std::size_t width) {
    std::string out;
    for (std::size_t i = 0; i < width; ++i) out += static_cast<char>(i < 8 ? value >> (8 * i) & 0xffU : 0);
    return out;
}

TEST_CASE("members beyond 4 GiB are found (Zip64)") {
    // Stored, 5 bytes, the CRC-32 of "first"; 5 GiB of nothing in front.
    const std::uint64_t far = 5ULL << 30U;
    const std::string what = le(45, 2) + le(0, 8) + le(0x9271ee57, 4) + le(5, 4) + le(5, 4) + le(5, 2);
    const std::string local = "PK\x03\x04" + what + le(0, 2) + "a.csv";
    std::string bytes = local + "first";
    const std::uint64_t directory = far + bytes.size();
    const std::string extra = le(1, 2) + le(8, 2) + le(far, 8);
    const std::string record = "PK\x01\x02" + le(45, 2) + what + le(extra.size(), 2) + le(0, 10) +
                               le(0xffffffff, 4) + "a.csv" + extra;
    bytes += record;
    const std::uint64_t end = far + bytes.size();
    bytes += "PK\x06\x06" + le(44, 8) + le(45, 2) + le(45, 2) + le(0, 8) + le(1, 8) + le(1, 8) +
             le(record.size(), 8) + le(directory, 8);
    bytes += "PK\x06\x07" + le(0, 4) + le(end, 8) + le(1, 4);
    bytes +=
        "PK\x05\x06" + le(0, 4) + le(1, 2) + le(1, 2) + le(record.size(), 4) + le(0xffffffff, 4) + le(0, 2);
    const RandomBytes sparse{far + bytes.size(), [&](std::uint64_t offset, std::span<char> out) {
                                 if (offset >= far) return random_bytes(bytes).read_at(offset - far, out);
                                 const std::size_t n = std::min<std::uint64_t>(out.size(), far - offset);
                                 std::fill_n(out.begin(), n, '\0');
                                 return Result<std::size_t>(n);
                             }};
    const auto zip = ZipArchive::open(sparse);
    REQUIRE(zip.ok());
    const auto next = (*zip)->next();
    REQUIRE(next.ok());
    REQUIRE(next->has_value());
    CHECK((*next)->name == "a.csv");
    const auto content = rest(**zip);
    REQUIRE(content.ok());
    CHECK(*content == "first");
}

TEST_CASE("a directory that is damaged is a fault") {
    const std::string whole = test::zip({{"a.csv", "first"}, {"b.csv", "second"}});
    const std::size_t second = whole.rfind("PK\x01\x02");
    const auto what = [](const std::string& bytes) {
        const auto zip = ZipArchive::open(random_bytes(bytes));
        return zip.ok() ? "" : zip.fault().what;
    };
    std::string bytes = whole;
    bytes[second] = 'X';
    CHECK(has(what(bytes), "directory is damaged"));
    bytes = whole;
    bytes[second + 29] = '\xff';  // a name of 64 KiB
    CHECK(has(what(bytes), "directory is damaged"));
}

}  // namespace
}  // namespace sendh
