#include "cases/shell.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace fs = std::filesystem;

namespace cases {
namespace {

void redirect(const fs::path& path, int flags, int to) {
    const int fd = open(path.c_str(), flags | O_CLOEXEC, 0600);
    if (fd < 0 || dup2(fd, to) < 0) _exit(126);
}

}  // namespace

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path.filename().string());
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const fs::path& path, const std::string& bytes) {
    std::ofstream out(path, std::ios::binary);
    out << bytes;
    out.close();
    if (!out) throw std::runtime_error("cannot write " + path.string());
}

Shell::Shell(fs::path scratch, const fs::path& program)
    : scratch_(std::move(scratch)), work_(scratch_ / "work") {
    for (const char* dir : {"home", "bin", "work", "tmp"}) fs::create_directories(scratch_ / dir);
    fs::create_symlink(program, scratch_ / "bin/sendh");
    environment_ = {"PATH=" + (scratch_ / "bin").string() + ":/usr/local/bin:/usr/bin:/bin",
                    "HOME=" + (scratch_ / "home").string(), "TMPDIR=" + (scratch_ / "tmp").string(),
                    "LC_ALL=C.UTF-8", "TZ=UTC"};
    for (const char* kept :
         {"SENDH_SOURCE_DIR", "SENDH_PACK", "SENDH_SQL", "ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
        if (const char* value = std::getenv(kept)) environment_.push_back(std::string(kept) + "=" + value);
    }
}

Shell::~Shell() {
    for (const pid_t group : groups_) kill(-group, SIGKILL);
}

Outcome Shell::run(const std::string& script, const std::string& input, std::chrono::seconds limit) {
    const fs::path in = scratch_ / "stdin";
    const fs::path out = scratch_ / "stdout";
    const fs::path err = scratch_ / "stderr";
    write_file(in, input);

    std::vector<char*> environment;
    for (std::string& entry : environment_) environment.push_back(entry.data());
    environment.push_back(nullptr);

    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("cannot fork");
    if (child == 0) {
        setpgid(0, 0);  // a group of its own, so that all of it can be ended
        redirect(in, O_RDONLY, 0);
        redirect(out, O_WRONLY | O_CREAT | O_TRUNC, 1);
        redirect(err, O_WRONLY | O_CREAT | O_TRUNC, 2);
        if (chdir(work_.c_str()) != 0) _exit(126);
        execle("/bin/sh", "sh", "-c", script.c_str(), static_cast<char*>(nullptr), environment.data());
        _exit(126);
    }
    setpgid(child, child);
    groups_.push_back(child);

    Outcome outcome;
    int raw = 0;
    const auto end = std::chrono::steady_clock::now() + limit;
    for (auto pause = std::chrono::microseconds(500); waitpid(child, &raw, WNOHANG) == 0;) {
        if (std::chrono::steady_clock::now() >= end) {
            outcome.timed_out = true;
            kill(-child, SIGKILL);
            waitpid(child, &raw, 0);
            break;
        }
        std::this_thread::sleep_for(pause);
        if (pause < std::chrono::milliseconds(10)) pause *= 2;
    }
    outcome.status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    outcome.out = read_file(out);
    outcome.err = read_file(err);
    return outcome;
}

}  // namespace cases
