// Commands of the program: one table entry each, from which parser, help and environment variables are made;
// one file cmd_<name>.cc for the work of each group. To add a command: write its file and put it into the
// table in commands.cc.
//
// Exit status: 0 done, nothing found; 1 done, and there is a finding; 2 error.
// Thread rule: the main thread.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "casework/case.h"

namespace sendh::cli {

enum class Format : std::uint8_t { table, json, ndjson, csv };

struct Flag {
    const char* name;             // "--layout"
    const char* value = nullptr;  // "NAME"; nullptr: a switch
    const char* help = "";
    // Set: the command writes there; what it is when it is not given, "" for nothing.
    const char* writes = nullptr;
};

struct Argument {
    const char* name;
    const char* help;
    bool required = true;
    bool many = false;
    const char* writes = nullptr;  // as of a flag
};

class Invocation;

struct Command {
    const char* path;     // "register add"
    const char* summary;  // a line
    const char* more;     // what follows the options in --help: examples, rules
    std::vector<Argument> arguments;
    std::vector<Flag> flags;
    Result<int> (*run)(Invocation& call);
};

[[nodiscard]] std::span<const Command> commands();

// One call of a command: its arguments, its flags (command line, else SENDH_… in the environment, else
// [settings] of case.toml), and the case it works on.
class Invocation {
public:
    [[nodiscard]] std::string get(const std::string& flag, std::string otherwise = "") const;
    [[nodiscard]] bool on(const std::string& flag) const;
    // The file that --output names; of "-", where standard output is. Fault (usage): it is "-", and
    // the command cannot write there.
    [[nodiscard]] Result<std::string> output(const std::string& otherwise, bool may_be_stdout) const;
    [[nodiscard]] const std::vector<std::string>& arguments() const { return arguments_; }
    [[nodiscard]] std::string argument(std::size_t i) const {
        return i < arguments_.size() ? arguments_[i] : "";
    }
    // Faults (usage) that name the flag.
    [[nodiscard]] Result<double> number(const std::string& flag, double otherwise) const;
    [[nodiscard]] Result<std::uint64_t> whole(const std::string& flag, std::uint64_t otherwise) const;
    [[nodiscard]] Result<std::optional<Micros>> time(const std::string& flag, Zone zone) const;

    [[nodiscard]] Format format() const { return format_; }
    [[nodiscard]] bool quiet() const { return quiet_; }

    [[nodiscard]] std::string case_directory() const;
    // The case: --case DIR, else $SENDH_CASE, else the current folder.
    [[nodiscard]] Result<Case*> open_case(Case::Access access);
    void close_case() { case_.reset(); }
    // The same for commands that work without one: null when none is named and the current folder is none.
    [[nodiscard]] Result<Case*> open_case_if_any(Case::Access access);

private:
    friend int run(int argc, char** argv);
    // The one guard of what commands write: fault (usage) where that would lie in a case.
    [[nodiscard]] Done check_places() const;
    const Command* command_ = nullptr;
    std::map<std::string, std::vector<std::string>> values_;
    std::vector<std::string> arguments_;
    Format format_ = Format::table;
    bool quiet_ = false;
    std::unique_ptr<Case> case_;
};

// Is this what output() gives for "-"?
[[nodiscard]] bool is_stdout(const std::string& output);

// Parses, runs, prints the fault if there is one. The whole program.
int run(int argc, char** argv);

}  // namespace sendh::cli
