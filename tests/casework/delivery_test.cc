#include "casework/delivery.h"

#include <sys/stat.h>

#include <string>

#include <doctest/doctest.h>

#include "base/folder.h"
#include "containers.h"

namespace sendh {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// What a delivery gave: "name=content", refused "name: what", notes.
struct Given {
    std::vector<std::string> files, refused, notes, digests;
    std::optional<Fault> stopped;
};

Given given(const std::filesystem::path& path, bool refuse_all = false) {
    Given out;
    DeliverySink sink;
    sink.file = [&](EvidenceFile& file) -> Done {
        if (refuse_all) return Fault{FaultKind::input, "unknown layout", file.name(), ""};
        const ByteSource source = file.source();
        std::string content;
        std::string buffer(1'000, '\0');
        while (true) {
            SENDH_TRY(const std::size_t n, source(buffer));
            if (n == 0) break;
            content.append(buffer, 0, n);
        }
        SENDH_TRY(const std::string sha, file.finish());
        out.digests.push_back(sha);
        out.files.push_back(file.name() + "=" + content);
        for (const std::string& note : file.notes()) out.notes.push_back(note);
        return done();
    };
    sink.refused = [&](const Fault& fault) { out.refused.push_back(fault.where + ": " + fault.what); };
    sink.note = [&](const std::string& note) { out.notes.push_back(note); };
    auto result = deliver(path, sink);
    if (!result.ok()) out.stopped = result.fault();
    return out;
}

using Texts = std::vector<std::string>;

TEST_CASE("a folder gives its files in the order of their names, and what lies in its containers") {
    const test::Folder folder;
    const auto root = folder / "evidence";
    std::filesystem::create_directories(root / "b");
    std::filesystem::create_directories(root / ".git");
    test::write_file(root / "c.csv", "3");
    test::write_file(root / "a.csv.gz", test::gzip("1"));
    test::write_file(root / "b" / "x.csv", "2");
    test::write_file(root / ".hidden", "no");
    test::write_file(root / ".git" / "config", "no");
    test::write_file(root / "~$calls.xlsx", "no");
    test::write_file(root / "d.zip", test::zip({{"m.csv", "4"}, {"n.csv.gz", test::gzip("5")}}));
    std::filesystem::create_directory_symlink(root, root / "loop");
    REQUIRE(::mkfifo((root / "pipe").c_str(), 0600) == 0);
    const Given got = given(root);
    CHECK(got.files == Texts{"evidence/a.csv.gz=1", "evidence/b/x.csv=2", "evidence/c.csv=3",
                             "evidence/d.zip/m.csv=4", "evidence/d.zip/n.csv.gz=5"});
    CHECK(got.refused.empty());
    CHECK(got.notes == Texts{"evidence/loop: no file (a device, a pipe or a link to a folder): not read",
                             "evidence/pipe: no file (a device, a pipe or a link to a folder): not read",
                             "evidence: 3 hidden files not read"});
    CHECK(given(root / "b").files == Texts{"b/x.csv=2"});
    CHECK(given(folder / "evidence/b/").files == Texts{"b/x.csv=2"});
}

TEST_CASE("an empty folder, and a link to nothing, are said") {
    const test::Folder folder;
    std::filesystem::create_directories(folder / "empty/deeper");
    CHECK(has(given(folder / "empty").refused.at(0), "holds no files"));
    std::filesystem::create_symlink("gone.csv", folder / "empty/link.csv");
    CHECK(has(given(folder / "empty").refused.at(0), "cannot open"));
}

TEST_CASE("numbers in names of members and sheets are masked") {
    const test::Folder folder;
    test::write_file(folder / "a.zip", test::zip({{"9876500001/9876500002.csv", "1"}}));
    CHECK_FALSE(has(given(folder / "a.zip").files.at(0), "98765000"));
    test::Book book;
    book.sheets = {{"9876500001", "<row><c><v>1</v></c></row>"}};
    test::write_file(folder / "b.xlsx", book.bytes());
    CHECK_FALSE(has(given(folder / "b.xlsx").files.at(0), "98765000"));
}

TEST_CASE("what cannot be read is refused with its name, and the others are given") {
    const test::Folder folder;
    std::string gz = test::gzip("content content content");
    gz.resize(gz.size() - 10);
    test::write_file(folder / "a.zip", test::zip({{"cut.csv.gz", gz},
                                                  {"good.csv", "1"},
                                                  {"inner.zip", test::zip({{"x", "y"}})},
                                                  {"locked.csv", "z", true},
                                                  {"old.xls", "\xD0\xCF\x11\xE0"},
                                                  {"__MACOSX/._good.csv", "no"},
                                                  {"last.csv", "2"}}));
    const Given got = given(folder / "a.zip");
    CHECK(got.files == Texts{"a.zip/good.csv=1", "a.zip/last.csv=2"});
    REQUIRE(got.refused.size() == 4);
    CHECK(has(got.refused[0], "a.zip/cut.csv.gz: byte "));
    CHECK(has(got.refused[0], "cut off"));
    CHECK(got.refused[1] == "a.zip/inner.zip: a ZIP archive inside a ZIP archive");
    CHECK(got.refused[2] == "a.zip/locked.csv: it asks for a password");
    CHECK(has(got.refused[3], "a.zip/old.xls: the file is an old workbook (.xls)"));
    CHECK(got.notes == Texts{"a.zip: 1 hidden file not read"});
}

TEST_CASE("a link in an archive is said and leads nowhere") {
    const test::Folder folder;
    test::write_file(
        folder / "a.zip",
        test::zip({{"good.csv", "1"}, {"link.csv", "", false, "/etc/hostname"}, {"last.csv", "2"}}));
    const Given got = given(folder / "a.zip");
    CHECK(got.files == Texts{"a.zip/good.csv=1", "a.zip/last.csv=2"});
    CHECK(got.refused.empty());
    CHECK(got.notes == Texts{"a.zip/link.csv: a link or a device, no file: not read"});
}

TEST_CASE("a fault of the case stops the delivery, one of a file does not") {
    const test::Folder folder;
    test::write_file(folder / "a.zip", test::zip({{"a.csv", "1"}, {"b.csv", "2"}}));
    CHECK(given(folder / "a.zip", true).refused.size() == 2);
    DeliverySink sink;
    int files = 0;
    sink.file = [&](EvidenceFile&) -> Done {
        ++files;
        return Fault{FaultKind::io, "the disk is full", "", ""};
    };
    sink.refused = [](const Fault&) {};
    sink.note = [](const std::string&) {};
    const auto result = deliver(folder / "a.zip", sink);
    REQUIRE_FALSE(result.ok());
    CHECK(result.fault().kind == FaultKind::io);
    CHECK(files == 1);
}

TEST_CASE("the sheets of a workbook are files with the workbook's digest") {
    const test::Folder folder;
    test::Book book;
    book.sheets = {{"Calls", "<row><c><v>1</v></c></row>"},
                   {"Empty", "<row r=\"7\"/>"},
                   {"Broken", "<row><c t=\"s\"><v>9</v></c></row>"},
                   {"More", "<row><c><v>2</v></c></row>", "hidden"}};
    const std::string bytes = book.bytes();
    test::write_file(folder / "a.xlsx", bytes);
    test::write_file(folder / "b.zip", test::zip({{"sub/a.xlsx", bytes}}));
    Given got = given(folder / "a.xlsx");
    CHECK(got.files == Texts{"a.xlsx/Calls=1\n", "a.xlsx/More=2\n"});
    CHECK(got.digests == Texts{sha256_hex(bytes), sha256_hex(bytes)});
    REQUIRE(got.refused.size() == 1);
    CHECK(has(got.refused[0], "shared text that is not there"));
    CHECK(got.notes == Texts{"the sheet is hidden in the workbook", "a.xlsx: 1 empty sheet"});
    got = given(folder / "b.zip");
    CHECK(got.files == Texts{"b.zip/sub/a.xlsx/Calls=1\n", "b.zip/sub/a.xlsx/More=2\n"});
}

TEST_CASE("workbooks of other kinds and empty containers are refused with what to do") {
    const test::Folder folder;
    const auto refusal = [&](const std::string& bytes) {
        test::write_file(folder / "file", bytes);
        const Given got = given(folder / "file");
        CHECK(got.files.empty());
        REQUIRE(got.refused.size() == 1);
        return got.refused[0];
    };
    CHECK(has(refusal(test::zip({{"xl/workbook.bin", "x"}})), ".xlsb"));
    CHECK(has(refusal(test::zip({{"mimetype", "x"}, {"content.xml", "x"}})), ".ods"));
    CHECK(has(refusal(test::zip({{"word/document.xml", "x"}})), ".docx"));
    CHECK(has(refusal(test::zip({{"folder/", ""}})), "holds no files"));
    CHECK(has(refusal(std::string("PK\x05\x06", 4) + std::string(18, '\0')), "holds no files"));
    CHECK(has(refusal(std::string("PK\x03\x04", 4) + "then nothing"), "cut off"));
    test::Book book;
    book.sheets = {{"Empty", ""}};
    CHECK(has(refusal(book.bytes()), "no sheet of the workbook holds anything"));
}

TEST_CASE("an archive that changes while it is read keeps nothing of the member that was open") {
    const test::Folder folder;
    test::write_file(folder / "a.zip",
                     test::zip({{"a.csv", std::string(500'000, 'a')}, {"b.csv", "2"}}, true));
    Texts refused;
    int kept = 0;
    DeliverySink sink;
    sink.file = [&](EvidenceFile& file) -> Done {
        std::ofstream(folder / "a.zip", std::ios::app) << "more";
        SENDH_CHECK(file.finish());
        ++kept;
        return done();
    };
    sink.refused = [&](const Fault& fault) { refused.push_back(fault.what); };
    sink.note = [](const std::string&) {};
    REQUIRE(deliver(folder / "a.zip", sink).ok());
    CHECK(kept == 0);
    CHECK(refused == Texts{"the file changed while it was read", "the file changed while it was read"});
}

}  // namespace
}  // namespace sendh
