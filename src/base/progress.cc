#include "base/progress.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>

#include "base/text.h"

namespace sendh {

namespace {
std::atomic<bool> stop_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_signal(int signal_number) {
    // A second Ctrl-C ends the process at once; the case stays as it was (nothing counts before its commit).
    if (stop_asked.exchange(true)) ::_exit(128 + signal_number);
}
}  // namespace

Progress::Progress(std::string what, std::uint64_t total_bytes, bool quiet)
    : what_(std::move(what)),
      total_(total_bytes),
      quiet_(quiet),
      terminal_(::isatty(2) == 1),
      started_(now()),
      last_(started_) {}

Progress::~Progress() {
    if (drawn_ && terminal_) std::fputs("\r\033[K", stderr);
}

void Progress::at(std::uint64_t bytes, std::uint64_t rows) {
    if (quiet_) return;
    const Micros t = now();
    const std::int64_t running = t.value - started_.value;
    const std::int64_t pause = terminal_ ? micros_per_second / 5 : 10 * micros_per_second;
    if (running < (terminal_ ? 2 : 10) * micros_per_second || t.value - last_.value < pause) return;
    last_ = t;
    const double seconds = static_cast<double>(running) / 1e6;
    std::string line = what_ + ": " + grouped(rows) + " rows, " +
                       grouped(static_cast<std::uint64_t>(static_cast<double>(rows) / seconds)) + " a second";
    if (total_ > 0 && bytes > 0) {
        const double share = static_cast<double>(bytes) / static_cast<double>(total_);
        const auto left = static_cast<std::uint64_t>(share < 1 ? seconds * (1 - share) / share : 0);
        line += ", " + std::to_string(static_cast<int>(share * 100)) + " %, " + grouped(left) + " s left";
    }
    std::fputs((terminal_ ? "\r\033[K" + line : line + "\n").c_str(), stderr);
    std::fflush(stderr);
    drawn_ = true;
}

void watch_for_interrupt() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    ::signal(SIGXFSZ, SIG_IGN);
    ::signal(SIGPIPE, SIG_IGN);
}

bool interrupted() { return stop_asked.load(); }

Done check_interrupt(const char* left) {
    if (!interrupted()) return done();
    return Fault{FaultKind::interrupted, "stopped on request", "", left};
}

}  // namespace sendh
