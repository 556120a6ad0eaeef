// Runs one command of a behaviour test in the shell.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace cases {

struct Outcome {
    int status = 0;  // 128 + signal if one ended it
    bool timed_out = false;
    std::string out;
    std::string err;
};

// A shell with a folder and a home of its own. Its destructor ends what the commands left running.
class Shell {
public:
    // Makes scratch/{home,bin,work,tmp}, with `program` as bin/sendh.
    Shell(std::filesystem::path scratch, const std::filesystem::path& program);
    Shell(const Shell&) = delete;
    Shell& operator=(const Shell&) = delete;
    ~Shell();

    [[nodiscard]] Outcome run(const std::string& script, const std::string& input,
                              std::chrono::seconds limit);
    [[nodiscard]] const std::filesystem::path& work() const { return work_; }

private:
    std::filesystem::path scratch_;
    std::filesystem::path work_;
    std::vector<std::string> environment_;
    std::vector<pid_t> groups_;
};

[[nodiscard]] std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& bytes);

}  // namespace cases
