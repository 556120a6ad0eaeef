#include "casework/evidence_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "base/folder.h"
#include "containers.h"

namespace sendh {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string rest(EvidenceFile& file) {
    const ByteSource source = file.source();
    std::string out;
    std::string buffer(10'000, '\0');
    while (true) {
        const auto n = source(buffer);
        REQUIRE(n.ok());
        if (*n == 0) return out;
        out.append(buffer, 0, *n);
    }
}

TEST_CASE("digest and size are those of the bytes as delivered, the content comes out plain") {
    const test::Folder folder;
    std::string content;
    for (int i = 0; i < 100'000; ++i) content += std::to_string(i) + ",call\n";
    for (const std::string& bytes : {content, test::gzip(content), test::zstd(content)}) {
        test::write_file(folder / "calls", bytes);
        const auto file = EvidenceFile::open(folder / "calls");
        REQUIRE(file.ok());
        CHECK((*file)->name() == "calls");
        CHECK((*file)->size() == bytes.size());
        CHECK((*file)->head().bytes == std::string_view(content).substr(0, 256 * 1024));
        CHECK_FALSE((*file)->head().whole);
        CHECK(rest(**file) == content);
        const auto sha = (*file)->finish();
        REQUIRE(sha.ok());
        CHECK(*sha == sha256_hex(bytes));
        CHECK((*file)->bytes_read() == bytes.size());
        CHECK(*(*file)->finish() == *sha);
        // For the digest alone nothing is unpacked.
        const auto again = EvidenceFile::open(folder / "calls");
        CHECK(*(*again)->finish() == *sha);
    }
}

TEST_CASE("an empty file and an empty packed file have an empty, whole head") {
    const test::Folder folder;
    for (const std::string& bytes : {std::string(), test::gzip(""), test::zstd("")}) {
        test::write_file(folder / "empty", bytes);
        const auto file = EvidenceFile::open(folder / "empty");
        REQUIRE(file.ok());
        CHECK((*file)->head().bytes.empty());
        CHECK((*file)->head().whole);
        CHECK(*(*file)->finish() == sha256_hex(bytes));
    }
}

TEST_CASE("damage at the end of packed data counts, even where the reader had stopped before it") {
    const test::Folder folder;
    std::string content;
    for (int i = 0; i < 200'000; ++i) content += std::to_string(i * 7919) + "\n";
    std::string bytes = test::gzip(content);
    bytes[bytes.size() - 8] = static_cast<char>(bytes[bytes.size() - 8] ^ 1);
    test::write_file(folder / "calls.gz", bytes);
    const auto file = EvidenceFile::open(folder / "calls.gz");
    REQUIRE(file.ok());
    const ByteSource source = (*file)->source();
    char byte = 0;
    REQUIRE(source(std::span(&byte, 1)).ok());
    const auto end = (*file)->finish();
    REQUIRE_FALSE(end.ok());
    CHECK(has(end.fault().what, "damaged"));
    CHECK(has(end.fault().where, "calls.gz: byte "));
}

TEST_CASE("kinds of file that are not read are named, by their first bytes") {
    const test::Folder folder;
    const std::string tar = std::string(257, 'a') + "ustar" + std::string(250, '\0');
    const std::vector<std::pair<std::string, std::string>> kinds = {
        {std::string("7z\xBC\xAF\x27\x1C\0\4", 8), "7-Zip"},
        {std::string("Rar!\x1A\x07\x01\0", 8), "RAR"},
        {std::string("\xFD"
                     "7zXZ\0\0\4",
                     8),
         "xz"},
        {"BZh91AY&SYxxxx", "bzip2"},
        {tar, "tar archive"},
        {test::gzip(tar), "tar archive"},
        {"PK\x07\x08PK\x03\x04", "split ZIP"},
        {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", ".xls"},
        {test::gzip(test::gzip("x")), "packed again"},
        {test::zstd(test::zip({{"a", "x"}})), "packed again"},
    };
    for (const auto& kind : kinds) {
        test::write_file(folder / "file", kind.first);
        const auto file = EvidenceFile::open(folder / "file");
        REQUIRE_FALSE(file.ok());
        CHECK(file.fault().kind == FaultKind::input);
        CHECK(has(file.fault().what, kind.second));
        CHECK(file.fault().where == "file");
        CHECK_FALSE(file.fault().to_do.empty());
    }
    // A word alone is none of them.
    test::write_file(folder / "file", "BZh,Rar,7z\n");
    CHECK(EvidenceFile::open(folder / "file").ok());
}

TEST_CASE("a file that grows, is cut or is written to while it is read is a fault") {
    const test::Folder folder;
    const std::string content(1'000'000, 'x');
    const auto after = [&](auto&& change, const std::string& bytes) {
        test::write_file(folder / "calls.csv", bytes);
        const auto file = EvidenceFile::open(folder / "calls.csv");
        REQUIRE(file.ok());
        const ByteSource source = (*file)->source();
        change();
        std::string buffer(100'000, '\0');
        auto n = source(buffer);
        while (n.ok() && *n > 0) n = source(buffer);
        const auto sha = (*file)->finish();
        REQUIRE_FALSE(sha.ok());
        return n.ok() ? sha.fault() : n.fault();
    };
    for (const std::string& bytes : {content, test::gzip(content, 0)}) {
        const auto grow = [&] { std::ofstream(folder / "calls.csv", std::ios::app) << "more"; };
        const auto cut = [&] { std::filesystem::resize_file(folder / "calls.csv", 600'000); };
        const auto rewrite = [&] {
            std::fstream(folder / "calls.csv", std::ios::in | std::ios::out) << "y";
            // Within one tick of the file system's clock nobody could tell.
            const timespec later[2] = {{0, UTIME_OMIT}, {4'000'000'000, 0}};
            REQUIRE(::utimensat(AT_FDCWD, (folder / "calls.csv").c_str(), later, 0) == 0);
        };
        for (const Fault& fault : {after(grow, bytes), after(cut, bytes), after(rewrite, bytes)}) {
            CHECK(fault.kind == FaultKind::input);
            CHECK(has(fault.what, "changed while it was read"));
            CHECK(has(fault.to_do, "nothing of this file was kept"));
            CHECK(fault.where == "calls.csv");
        }
    }
}

TEST_CASE("a file that was replaced by another of the same name is read as it was opened") {
    const test::Folder folder;
    test::write_file(folder / "calls.csv", "old");
    const auto file = EvidenceFile::open(folder / "calls.csv");
    REQUIRE(file.ok());
    std::filesystem::remove(folder / "calls.csv");
    test::write_file(folder / "calls.csv", "new");
    CHECK(rest(**file) == "old");
    CHECK(*(*file)->finish() == sha256_hex("old"));
}

TEST_CASE("what the machine cannot read is an io fault") {
    // Reading address 0 of one's own memory is an error of the device, as a lost disk is.
    const auto file = EvidenceFile::open("/proc/self/mem");
    REQUIRE_FALSE(file.ok());
    CHECK(file.fault().kind == FaultKind::io);
    CHECK(has(file.fault().what, "cannot read"));
}

TEST_CASE("bytes at any place come from a file, or from memory up to a limit") {
    const test::Folder folder;
    std::string content = test::zip({{"a.csv", std::string(300'000, 'a')}}, true);
    test::write_file(folder / "a.zip", content);
    const auto file = EvidenceFile::open(folder / "a.zip");
    REQUIRE(file.ok());
    CHECK((*file)->is_zip());
    EvidenceFile::Part part;
    part.name = "b.zip/a.zip";
    part.size = content.size();
    part.bytes = memory_source(content);
    const auto member = EvidenceFile::of(std::move(part));
    REQUIRE(member.ok());
    for (EvidenceFile* one : {file->get(), member->get()}) {
        const auto bytes = one->random_bytes(content.size());
        REQUIRE(bytes.ok());
        CHECK(bytes->size == content.size());
        std::string piece(100, '\0');
        REQUIRE(bytes->read_at(299'000, piece).ok());
        CHECK(piece == content.substr(299'000, 100));
        CHECK(*one->finish() == sha256_hex(content));
    }
    EvidenceFile::Part large;
    large.name = "b.zip/a.zip";
    large.bytes = memory_source(content);
    const auto too_large = (*EvidenceFile::of(std::move(large)))->random_bytes(content.size() - 1);
    REQUIRE_FALSE(too_large.ok());
    CHECK(has(too_large.fault().to_do, "save it as a file"));
}

}  // namespace
}  // namespace sendh
