#include "cli/confirm.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "base/file.h"
#include "base/text.h"

namespace sendh::cli {

Done confirm(const Invocation& call, const std::string& what, const std::string& to_do) {
    if (call.on("--yes")) return done();
    if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1)
        return Fault{FaultKind::usage, "nothing was changed, because nobody could be asked: " + what, "",
                     to_do};
    std::fprintf(stderr, "%s%s Go on? [y/N] ", what.c_str(), what.ends_with('?') ? "" : ".");
    const File terminal(::dup(STDIN_FILENO));
    std::string answer;
    for (char c = 0; answer.size() < 16; answer += c) {
        SENDH_TRY(const std::size_t n, read_some(terminal, std::span(&c, 1), "the terminal"));
        if (n == 0 || c == '\n') break;
    }
    const std::string word = lower_ascii(trim(answer));
    if (word == "y" || word == "yes") return done();
    return Fault{FaultKind::interrupted, "not confirmed", "", "nothing was changed"};
}

}  // namespace sendh::cli
