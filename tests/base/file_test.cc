#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <thread>

#include "base/file.h"
#include "base/progress.h"
#include "folder.h"

using namespace sendh;
using namespace sendh::test;
namespace fs = std::filesystem;

namespace {

unsigned mode_of(const fs::path& path) {
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 0777;
}

std::size_t files_in(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

}  // namespace

TEST_CASE("what was written durably is there, whole, under its name alone") {
    const Folder folder;
    REQUIRE(write_durably(folder / "a.txt", "first").ok());
    CHECK(read_file(folder / "a.txt") == "first");
    REQUIRE(write_durably(folder / "a.txt", "second, longer").ok());
    CHECK(read_file(folder / "a.txt") == "second, longer");
    REQUIRE(write_durably(folder / "a.txt", "").ok());
    CHECK(read_file(folder / "a.txt").empty());
    CHECK(files_in(folder.path()) == 1);
    const std::string large(5'000'000, 'x');
    REQUIRE(write_durably(folder / "large", large).ok());
    CHECK(read_file(folder / "large") == large);
}

TEST_CASE("a reader of the old file keeps the old file: it is replaced, not overwritten") {
    const Folder folder;
    REQUIRE(write_durably(folder / "a", "old").ok());
    auto open = open_to_read(folder / "a");
    REQUIRE(open.ok());
    REQUIRE(write_durably(folder / "a", "new").ok());
    char buffer[8] = {};
    CHECK(*read_some(*open, buffer, "a") == 3);
    CHECK(std::string(buffer) == "old");
}

TEST_CASE("the permissions asked for are those of the file, also when a crash has left its temporary file") {
    const Folder folder;
    REQUIRE(write_durably(folder / "secret", "x", 0600).ok());
    CHECK(mode_of(folder / "secret") == 0600);
    const fs::path left = folder / ("key.tmp" + std::to_string(::getpid()));
    write_file(left, "left by a crash, and readable by all");
    fs::permissions(left, fs::perms(0644));
    REQUIRE(write_durably(folder / "key", "x", 0600).ok());
    CHECK(mode_of(folder / "key") == 0600);
    CHECK(read_file(folder / "key") == "x");
}

TEST_CASE("a link planted where the temporary file goes is not followed") {
    const Folder folder;
    write_file(folder / "victim", "untouched");
    fs::create_symlink(folder / "victim", folder / ("a.tmp" + std::to_string(::getpid())));
    REQUIRE(write_durably(folder / "a", "mine").ok());
    CHECK(read_file(folder / "victim") == "untouched");
    CHECK(read_file(folder / "a") == "mine");
    CHECK_FALSE(fs::is_symlink(folder / "a"));
}

TEST_CASE("a link stays a link: the file that it names is replaced") {
    const Folder folder;
    fs::create_directory(folder / "elsewhere");
    write_file(folder / "elsewhere/real", "old");
    fs::create_symlink("elsewhere/real", folder / "link");
    REQUIRE(write_durably(folder / "link", "new").ok());
    CHECK(fs::is_symlink(folder / "link"));
    CHECK(read_file(folder / "elsewhere/real") == "new");
}

TEST_CASE("a failed write leaves the old file and no other") {
    const Folder folder;
    REQUIRE(write_durably(folder / "a", "old").ok());
    rlimit no_limit{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &no_limit) == 0);
    const rlimit small{1000, no_limit.rlim_max};
    const auto before = ::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto written = write_durably(folder / "a", std::string(100'000, 'x'));
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &no_limit) == 0);
    ::signal(SIGXFSZ, before);
    REQUIRE_FALSE(written.ok());
    CHECK(written.fault().kind == FaultKind::io);
    CHECK(written.fault().to_do.find("size limit") != std::string::npos);
    CHECK(read_file(folder / "a") == "old");
    CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("special files are written to, never replaced") {
    CHECK(write_durably("/dev/null", "gone").ok());
    CHECK(fs::is_character_file("/dev/null"));
    const auto full = write_durably("/dev/full", "x");
    REQUIRE_FALSE(full.ok());
    CHECK(full.fault().to_do.find("disk is full") != std::string::npos);

    const Folder folder;
    const fs::path pipe = folder / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    std::string read;
    std::thread reader([&] { read = read_file(pipe); });
    CHECK(write_durably(pipe, "through the pipe").ok());
    reader.join();
    CHECK(read == "through the pipe");
    CHECK(fs::is_fifo(pipe));
}

TEST_CASE("standard output by name is written where it stands, also when the shell made it a file") {
    const Folder folder;
    const int kept = ::dup(1);
    const int file = ::open((folder / "out").c_str(), O_WRONLY | O_CREAT, 0600);
    REQUIRE(file >= 0);
    std::fflush(stdout);
    REQUIRE(::dup2(file, 1) == 1);
    const bool first = ::write(1, "before,", 7) == 7;
    const auto written = write_durably("/dev/stdout", "document,");
    const bool last = ::write(1, "after", 5) == 5;
    ::dup2(kept, 1);
    ::close(kept);
    ::close(file);
    CHECK(first);
    CHECK(last);
    CHECK(written.ok());
    CHECK(read_file(folder / "out") == "before,document,after");
    CHECK(fs::is_symlink("/dev/stdout"));
}

TEST_CASE("a folder is not a file, to read or to write") {
    const Folder folder;
    const auto read = open_to_read(folder.path());
    REQUIRE_FALSE(read.ok());
    CHECK(read.fault().kind == FaultKind::input);
    const auto written = write_durably(folder.path(), "x");
    REQUIRE_FALSE(written.ok());
    CHECK(written.fault().kind == FaultKind::usage);
    CHECK(files_in(folder.path()) == 0);
}

TEST_CASE("a file that is not there is missing, with its path") {
    const Folder folder;
    for (const auto& fault :
         {open_to_read(folder / "no.csv").fault(), read_whole(folder / "no.csv", 10).fault(),
          flush_to_disk(folder / "no.csv").fault()}) {
        CHECK(fault.kind == FaultKind::missing);
        CHECK(fault.where.find("no.csv") != std::string::npos);
    }
    CHECK_FALSE(write_durably(folder / "no/such/folder/a", "x").ok());
    CHECK(files_in(folder.path()) == 0);
}

TEST_CASE("a file is read whole, or not at all when it is longer than it should be") {
    const Folder folder;
    const std::string bytes(200'000, 'b');
    write_file(folder / "b", bytes);
    CHECK(*read_whole(folder / "b", 200'000) == bytes);
    const auto too_long = read_whole(folder / "b", 199'999);
    REQUIRE_FALSE(too_long.ok());
    CHECK(too_long.fault().kind == FaultKind::input);
    CHECK(too_long.fault().to_do.find("199,999") != std::string::npos);
    write_file(folder / "empty", "");
    CHECK(read_whole(folder / "empty", 0)->empty());
    CHECK_FALSE(read_whole("/dev/zero", 1 << 20).ok());
}

TEST_CASE("a dash is standard input and is not closed by us") {
    {
        const auto file = open_to_read("-");
        REQUIRE(file.ok());
        CHECK(file->descriptor() == 0);
    }
    CHECK(::fcntl(0, F_GETFD) != -1);
}

TEST_CASE("an open file is closed once, by its last holder") {
    const Folder folder;
    write_file(folder / "a", "x");
    int descriptor = -1;
    {
        auto first = open_to_read(folder / "a");
        REQUIRE(first.ok());
        descriptor = first->descriptor();
        File second = std::move(*first);
        CHECK_FALSE(first->is_open());
        File third;
        third = std::move(second);
        CHECK(third.descriptor() == descriptor);
        CHECK(::fcntl(descriptor, F_GETFD) != -1);
    }
    CHECK(::fcntl(descriptor, F_GETFD) == -1);
}

TEST_CASE("a finished temporary file is moved to its place") {
    const Folder folder;
    write_file(folder / "a.tmp", "done");
    write_file(folder / "a", "old");
    CHECK(put_in_place(folder / "a.tmp", folder / "a").ok());
    CHECK(read_file(folder / "a") == "done");
    CHECK(files_in(folder.path()) == 1);
    CHECK_FALSE(put_in_place(folder / "none.tmp", folder / "a").ok());
    CHECK(read_file(folder / "a") == "done");
}

TEST_CASE("the machine's refusals are told in words to act on") {
    CHECK(io_fault("cannot write", "a", ENOSPC).to_do.find("full") != std::string::npos);
    CHECK(io_fault("cannot write", "a", EROFS).to_do.find("read-only") != std::string::npos);
    CHECK(io_fault("cannot write", "a", EACCES).to_do.find("permission") != std::string::npos);
    CHECK(io_fault("cannot read", "a", ENOENT).kind == FaultKind::missing);
    CHECK(io_fault("cannot read", "a", EIO).kind == FaultKind::io);
    CHECK_FALSE(io_fault("cannot read", "a", EIO).to_do.empty());
}

TEST_CASE("names and paths are shown without numbers") {
    CHECK(shown_name("/data/9876500012/calls 9876500013.csv") == "calls 98••••••13.csv");
    CHECK(shown_path("/data/9876500012/x") == "/data/98••••••12/x");
    CHECK(io_fault("cannot open", "/data/9876500012.csv", ENOENT).message().find("9876500012") ==
          std::string::npos);
}

TEST_CASE("nobody has asked to stop") {
    CHECK_FALSE(interrupted());
    CHECK(check_interrupt("nothing was changed").ok());
    Progress quiet("reading", 100, true);
    quiet.at(50, 10);
}

TEST_CASE("a file written piece by piece appears whole at its end, readable by nobody else") {
    const Folder folder;
    {
        auto file = DurableFile::create_new(folder / "out.csv", 0600);
        REQUIRE(file.ok());
        CHECK(file->add("one,").ok());
        CHECK_FALSE(fs::exists(folder / "out.csv"));
        CHECK(mode_of(folder / "out.csv.part") == 0600);
        CHECK(file->add("two").ok());
        CHECK(file->finish().ok());
    }
    CHECK(read_file(folder / "out.csv") == "one,two");
    CHECK(mode_of(folder / "out.csv") == 0600);
    CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a file that is given up leaves nothing, and what a crash left is not in the way") {
    const Folder folder;
    write_file(folder / "out.csv.part", "left");
    {
        auto file = DurableFile::create_new(folder / "out.csv", 0600);
        REQUIRE(file.ok());
        CHECK(file->add("one").ok());
    }
    CHECK(files_in(folder.path()) == 0);
}

TEST_CASE("a new file replaces nothing, not even a link that leads nowhere") {
    const Folder folder;
    write_file(folder / "there", "x");
    fs::create_symlink(folder / "nowhere", folder / "link");
    for (const char* name : {"there", "link"}) {
        const auto file = DurableFile::create_new(folder / name, 0600);
        REQUIRE_FALSE(file.ok());
        CHECK(file.fault().kind == FaultKind::usage);
    }
    CHECK(read_file(folder / "there") == "x");
    CHECK_FALSE(DurableFile::create_new(folder / "no folder" / "x", 0600).ok());
}
