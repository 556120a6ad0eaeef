#include "cli/passphrase.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"
#include "base/progress.h"

namespace sendh::cli {

namespace {

// Echo is off while this lives.
class Hidden {
public:
    explicit Hidden(int terminal) : terminal_(terminal) {
        set_ = ::tcgetattr(terminal, &before_) == 0;
        termios hidden = before_;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        if (set_) ::tcsetattr(terminal, TCSAFLUSH, &hidden);
    }
    ~Hidden() {
        if (set_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    }
    Hidden(const Hidden&) = delete;
    Hidden& operator=(const Hidden&) = delete;

private:
    int terminal_;
    termios before_{};
    bool set_ = false;
};

void say(const File& terminal, const std::string& text) {
    if (::write(terminal.descriptor(), text.data(), text.size()) < 0) return;  // the question is a courtesy
}

}  // namespace

Result<Passphrase> read_passphrase(const std::filesystem::path& path) {
    SENDH_TRY(const File file, open_to_read(path));
    struct stat info {};
    if (::fstat(file.descriptor(), &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & 077) != 0)
        return Fault{FaultKind::key, "the file with the passphrase can be read by others", shown_path(path),
                     "run: chmod 600 on it, and choose another passphrase"};
    std::string text(Passphrase::most_bytes + 3, '\0');
    std::size_t have = 0;
    while (have < text.size()) {
        SENDH_TRY(const std::size_t n, read_some(file, std::span(text).subspan(have), path));
        if (n == 0) break;
        have += n;
    }
    text.resize(have);
    return Passphrase::of(std::move(text), shown_path(path));
}

bool has_terminal() {
    const File terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
    return terminal.is_open();
}

Result<Passphrase> ask_passphrase(const std::string& question) {
    const File terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
    if (!terminal.is_open())
        return io_fault("there is no terminal to ask for the passphrase", "/dev/tty", errno);
    say(terminal, question + ": ");
    std::string line(Passphrase::most_bytes + 3, '\0');
    std::size_t have = 0;
    {
        const Hidden hidden(terminal.descriptor());
        while (have < line.size()) {
            SENDH_TRY(const std::size_t n,
                      read_some(terminal, std::span(line).subspan(have, 1), "the terminal"));
            if (n == 0 || line[have] == '\n') break;
            ++have;
        }
    }
    say(terminal, "\n");
    line.resize(have);
    return Passphrase::of(std::move(line), "the terminal");
}

Result<Passphrase> ask_new_passphrase(const std::string& question) {
    SENDH_TRY(Passphrase first, ask_passphrase(question));
    SENDH_TRY(const Passphrase second, ask_passphrase("the same again"));
    if (first.text() != second.text())
        return Fault{FaultKind::usage, "the two passphrases differ", "the terminal",
                     "try again; nothing was changed"};
    return first;
}

PassphraseSource passphrase_source(const std::string& file) {
    if (!file.empty()) return [file] { return read_passphrase(file); };
    if (has_terminal()) return [] { return ask_passphrase("passphrase of the case's key"); };
    return {};
}

}  // namespace sendh::cli
