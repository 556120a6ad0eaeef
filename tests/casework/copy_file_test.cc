#include "casework/copy_file.h"

#include <sys/stat.h>

#include <doctest/doctest.h>

#include "base/delimited.h"
#include "base/folder.h"
#include "casework/delivered_list.h"
#include "casework/zip_archive.h"

namespace sendh {
namespace {

namespace fs = std::filesystem;
using test::Folder;

template <class T>
T must(Result<T> result) {
    if (!result.ok()) FAIL(result.fault().message());
    return std::move(result).value();
}

std::string text_of(const fs::path& path) {
    std::string out;
    must(read_delivered_list(path, [&](EvidenceFile& file) -> Done {
        const ByteSource source = file.source();
        std::string piece(1'000, '\0');
        while (true) {
            SENDH_TRY(const std::size_t n, source(piece));
            if (n == 0) return done();
            out.append(piece, 0, n);
        }
    }));
    return out;
}

std::string member(const fs::path& path, const std::string& name) {
    const auto file = must(EvidenceFile::open(path));
    const auto zip = must(ZipArchive::open(must(file->random_bytes(0))));
    while (const auto next = must(zip->next())) {
        if (next->name != name) continue;
        std::string out;
        std::string piece(1'000, '\0');
        while (const std::size_t n = must(zip->read(piece))) out.append(piece, 0, n);
        return out;
    }
    FAIL("no such member");
    return "";
}

std::string row(const std::vector<std::string>& cells) {
    std::string out;
    for (const std::string& cell : cells) out += (out.empty() ? "" : ",") + csv_field(cell);
    return out + "\r\n";
}

TEST_CASE("a workbook holds every cell as the text that it was") {
    const Folder folder;
    const fs::path path = folder / "copy.XLSX";
    CopyFile file = must(CopyFile::create(path, "2025-08-01", 3));
    must(file.add(row({"number", "name"}) + row({"+919876500001", "=1+1"})));
    must(file.add(row({"+919876500002", "00123"}) +
                  row({"+919876500003", "a, \"b\" <&> _x0041_ \xE0\xA4\x85"})));
    const std::string sha256 = must(file.finish());
    CHECK(text_of(path) ==
          "number,name\n+919876500001,=1+1\n+919876500002,00123\n"
          "+919876500003,\"a, \"\"b\"\" <&> _x0041_ \xE0\xA4\x85\"\n");
    CHECK(must(must(EvidenceFile::open(path))->finish()) == sha256);
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777U) == 0600);
    const std::string sheet = member(path, "xl/worksheets/sheet1.xml");
    CHECK(sheet.find("<v>") == std::string::npos);
    CHECK(sheet.find("<f>") == std::string::npos);
}

TEST_CASE("a workbook names nobody, and no time but the date of the copy") {
    const Folder folder;
    CopyFile file = must(CopyFile::create(folder / "copy.xlsx", "2025-08-01", 1));
    must(file.add(row({"number"}) + row({"+919876500001"})));
    must(file.finish());
    const std::string core = member(folder / "copy.xlsx", "docProps/core.xml");
    CHECK(core.find("<dc:creator></dc:creator><cp:lastModifiedBy></cp:lastModifiedBy>") != std::string::npos);
    std::string times;
    for (std::size_t at = core.find("T"); (at = core.find("2025-", at)) != std::string::npos; ++at)
        times += core.substr(at, 20) + "\n";
    CHECK(times == "2025-08-01T00:00:00Z\n2025-08-01T00:00:00Z\n");
    const std::string app = member(folder / "copy.xlsx", "docProps/app.xml");
    CHECK(app.find("<Company></Company>") != std::string::npos);
    CHECK(app.find("sendh") == std::string::npos);
}

TEST_CASE("line breaks and control characters of a cell become spaces, as when workbooks are read") {
    const Folder folder;
    CopyFile file = must(CopyFile::create(folder / "copy.xlsx", "2025-08-01", 1));
    must(file.add(row({"number", "name"}) + row({"+919876500001", "two\nlines\tand\x01more"})));
    must(file.finish());
    CHECK(text_of(folder / "copy.xlsx") == "number,name\n+919876500001,two lines and more\n");
}

TEST_CASE("what a sheet cannot hold is refused, and nothing is left") {
    const Folder folder;
    const auto many = CopyFile::create(folder / "copy.xlsx", "2025-08-01", 1'048'576);
    REQUIRE_FALSE(many.ok());
    CHECK(many.fault().message().find(
              "a sheet holds 1,048,575 rows below its header, and the copy has 1,048,576") !=
          std::string::npos);
    CHECK(CopyFile::create(folder / "copy.csv", "2025-08-01", 1'048'576).ok());
    {
        CopyFile file = must(CopyFile::create(folder / "copy.xlsx", "2025-08-01", 1'048'575));
        const Done long_cell = file.add(row({"number", "name"}) + row({"1", std::string(40'000, 'x')}));
        REQUIRE_FALSE(long_cell.ok());
        CHECK(long_cell.fault().message().find("a workbook cannot hold this") == 0);
        CHECK(long_cell.fault().message().find("copy.xlsx, row 2") != std::string::npos);
    }
    CHECK_FALSE(CopyFile::create(folder / "copy.xls", "2025-08-01", 1).ok());
    CHECK(fs::is_empty(folder / ""));
}

}  // namespace
}  // namespace sendh
