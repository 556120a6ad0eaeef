#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

struct Result {
    int status = -1;
    std::string output;
};

// Runs a case with /bin/echo in the place of sendh.
Result run(const std::string& text) {
    std::ofstream("self.test", std::ios::binary) << text;
    Result result;
    FILE* pipe = popen("SENDH_BINARY=/bin/echo '" CASE_RUNNER "' self.test 2>&1", "r");
    REQUIRE(pipe != nullptr);
    std::array<char, 4096> buffer{};
    while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
        result.output.append(buffer.data(), n);
    }
    result.status = WEXITSTATUS(pclose(pipe));
    const std::string left = "what it left: ";
    if (const std::size_t at = result.output.find(left); at != std::string::npos) {
        const std::size_t from = at + left.size();
        std::filesystem::remove_all(result.output.substr(from, result.output.find("/work\n", from) - from));
    }
    return result;
}

void holds(const std::string& steps) {
    const Result result = run("A promise.\n" + steps);
    CHECK_MESSAGE(result.status == 0, result.output);
}

// Fails at line `line` of the steps, and the output contains `said`.
void fails(const std::string& steps, int line, const std::string& said) {
    const Result result = run("A promise.\n" + steps);
    CHECK_MESSAGE(result.status == 1, result.output);
    CHECK_MESSAGE(
        result.output.find("self.test:" + std::to_string(line + 1) + ": FAILED") != std::string::npos,
        result.output);
    CHECK_MESSAGE(result.output.find(said) != std::string::npos, result.output);
}

void not_understood(const std::string& text) {
    const Result result = run(text);
    CHECK_MESSAGE(result.status == 2, result.output);
    CHECK_MESSAGE(result.output.find("not understood") != std::string::npos, result.output);
}

}  // namespace

TEST_CASE("a case that holds passes, and says its promise") {
    const Result result = run("# comment\nA promise.\n\nrun sendh hello\nstdout has hello\n");
    CHECK(result.status == 0);
    CHECK(result.output.starts_with("A promise.\n"));
}

TEST_CASE("a wrong status fails, also when no line asks for one") {
    holds(
        "run exit 3\nstatus 3\nrun exit 3\nstatus not 0\nrun exit 3\nstatus any\nrun kill -9 $$\nstatus "
        "137\n");
    fails("run echo oh >&2; exit 3\nstatus 0\n", 2, "got 3, stderr:\n    oh");
    fails("run true\nstatus not 0\n", 2, "got 0");
    fails("run exit 3\nstdout is empty\n", 1, "expected status 0");
    fails("run exit 3\nrun exit 0\n", 1, "expected status 0");
}

TEST_CASE("has, lacks, matches, lines and is fail when they do not hold") {
    holds(
        "run printf 'a\\nb\\n'; echo e >&2\nstdout has a\nstdout lacks c\nstdout matches ^b$\nstdout lines "
        "2\n"
        "stdout is\n| a\n| b\nstderr has e\n");
    fails("run echo a\nstdout has b\n", 2, "expected to find: b\n  got:\n    a");
    fails("run echo a\nstdout lacks a\n", 2, "expected not to find: a");
    fails("run echo a\nstdout matches ^.b\n", 2, "expected a match of: ^.b");
    fails("run echo a\nstdout lines 2\n", 2, "expected 2 lines\n  got 1:");
    fails("run echo a\nstdout is\n| b\n", 2, "expected:\n    b\n  got:\n    a");
    fails("run echo a\nstdout is empty\n", 2, "got:\n    a");
    fails("run echo a >&2\nstderr lacks a\n", 2, "not to find: a");
}

TEST_CASE("a text in quotes keeps its spaces and may name any byte") {
    holds("run printf ' a\\001\"b\": \"c\"'\nstdout has \" a\\x01\"\nstdout has \"b\": \"c\"\n");
    fails("run printf ab\nstdout has \" ab\"\n", 2, "to find");
}

TEST_CASE("json checks fail when they do not hold") {
    const std::string make =
        "file x\n| "
        "{\"a\":{\"b\":7.5,\"t\":\"7\",\"n\":null},\"l\":[{\"id\":\"x\",\"v\":1},{\"id\":\"y\",\"v\":true}]}"
        "\n"
        "run cat x\n";
    holds(make +
          "json .a.b == 7.5\njson .a.b >= 7\njson .a.b < 8\njson .a.t == \"7\"\njson .a.t != 7\njson .a.n == "
          "null\n"
          "json .l[0].v == 1\njson .l[-1].id == y\njson .l[id=y].v == true\njson count .l == 2\n"
          "json .a.b between 7 8\njson .q absent\njson .l[2] absent\njson .l[id=z] absent\njson .a exists\n"
          "json file x .a.t has 7\njson line 1 .a.t lacks 8\njson .a has t\n");
    fails(make + "json .a.b == 7\n", 4, "expected .a.b == 7\n  got:\n    7.5");
    fails(make + "json .a.t == 7\n", 4, "got:\n    \"7\"");
    fails(make + "json .a.t > 6\n", 4, "expected .a.t > 6");
    fails(make + "json .a.b between 1 2\n", 4, "between 1 2");
    fails(make + "json .a.q != 1\n", 4, "got no such thing");
    fails(make + "json .a.b absent\n", 4, "to be absent");
    fails(make + "json .a.q exists\n", 4, "to be there");
    fails(make + "json count .l == 3\n", 4, "got:\n    2");
    fails("run echo '{'\njson .a == 1\n", 2, "expected JSON");
}

TEST_CASE("files hold exactly the bytes that are asked for") {
    holds("file x crlf bom\n| a\n| b\nrun od -An -tx1 x\nstdout is\n|  ef bb bf 61 0d 0a 62 0d 0a\n");
    holds("file x latin1 open\n| é\nrun od -An -tx1 x\nstdout is\n|  e9\n");
    holds("file x utf16 bom\n| ₹\nrun od -An -tx1 x\nstdout is\n|  ff fe b9 20 0a 00\n");
    holds("file x\n\\| a\\t\\xff\\0\n|\nrun od -An -tx1 x\nstdout is\n|  61 09 ff 00 0a 0a\n");
    holds(
        "file x\n| h\n|8..10| {i},{i*7+3:5},{(i-8)*3700:clock},{i%2?odd:even}\nrun cat x\nstdout is\n"
        "| h\n| 8,00059,00:00:00,even\n| 9,00066,01:01:40,odd\n| 10,00073,02:03:20,even\n");
    holds(
        "file \"d/a b\"\n| x\nrun cat 'd/a b'\nstdout has x\nfile \"d/a b\" has x\nfile d exists\nfile e "
        "absent\n");
    fails("run echo a > x\nfile x lacks a\n", 2, "not to find: a");
    fails("run echo a > x\nfile x absent\n", 2, "expected no x");
    fails("run true\nfile x has a\n", 2, "expected a file x");
}

TEST_CASE("a number is found in a folder in whatever guise") {
    const std::string check = "folder d lacks number 919876500001\n";
    holds("run mkdir d; echo 919876500002 > d/x\n" + check);
    holds("run mkdir d; echo abc > d/x\nfolder d has abc\nfolder d lacks abd\n");
    fails("run mkdir d; echo 9876500001 > d/x\n" + check, 2, "d/x: byte 0: 9876500001");
    fails("run mkdir -p d/e; touch d/e/+919876500001.txt\n" + check, 2, "in its name");
    fails("run mkdir d; printf '\\041\\172\\351\\054\\326\\000\\000\\000' > d/x\n" + check, 2,
          "64-bit integer");
    fails("run mkdir d; printf '\\000\\000\\000\\326\\054\\351\\172\\041' > d/x\n" + check, 2,
          "high byte first");
    fails("file d/x utf16\n| 9876500001\n" + check, 3, "in UTF-16");
    fails("run true\nfolder d lacks abc\n", 2, "expected a folder d");
    fails("run mkdir d; echo abd > d/x\nfolder d has abc\n", 2, "got 1 files without it");
}

TEST_CASE("the commands run in an empty folder, with an empty home, in UTC, without a terminal") {
    holds("run ls -A; ls -A ~; date +%Z; tty; cat\nstatus 0\nstdout is\n| UTC\n| not a tty\n");
    holds("stdin\n| x\nrun\n| read a\n| echo \"<$a>\"\nstdout has <x>\n");
}

TEST_CASE("a run that takes too long fails, and nothing is left running") {
    fails("limit 1\nrun sleep 30\n", 2, "expected an end within 1 s");
    const Result result = run("P.\nrun sleep 30 & echo \"<$!>\"\nstdout has what is not there\n");
    const std::size_t from = result.output.find("got:\n    <") + 10;
    const std::string process = result.output.substr(from, result.output.find('>', from) - from);
    REQUIRE_MESSAGE(std::stoi(process) > 1, result.output);
    bool gone = false;
    for (int i = 0; i < 200 && !gone; ++i) {
        // A process that has ended stays in the table as Z until its parent asks for it.
        std::ifstream stat("/proc/" + process + "/stat");
        std::string ignored;
        char state = 'Z';
        stat >> ignored >> ignored >> state;
        gone = state == 'Z';
        if (!gone) usleep(10000);
    }
    CHECK(gone);
}

TEST_CASE("a check that failed stops the case at the next run, not before") {
    const Result result = run("P.\nrun echo a\nstdout has b\nstdout has c\nrun echo later\n");
    CHECK(result.status == 1);
    CHECK(result.output.find("to find: c") != std::string::npos);
    CHECK(result.output.find("run echo later") == std::string::npos);
}

TEST_CASE("a file that is not understood is an error, never a pass") {
    not_understood("");
    not_understood("| a\n");
    not_understood("P.\nrum true\n");
    not_understood("P.\nstdout has a\n");
    not_understood("P.\nrun true\nstdout has\n");
    not_understood("P.\nrun true\nstdout hat a\n");
    not_understood("P.\nrun true\nstatus zero\n");
    not_understood("P.\nrun echo 1\njson .a = 1\njson a == 1\n");
    not_understood("P.\nfile x windows\n| a\n");
    not_understood("P.\nfile x\n\\| \\q\n");
    not_understood("P.\nfile x\n|1..3| {j}\n");
}
