// case_runner FILE.test: runs one behaviour test (README.md in this folder says what such a file looks like).
// Status 0: the promise holds; 1: it does not; 2: the file is not understood.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>

#include "cases/case_file.h"
#include "cases/checks.h"
#include "cases/shell.h"

namespace fs = std::filesystem;

namespace {

using cases::Malformed;
using cases::Step;

class Run {
public:
    Run(std::string name, cases::Shell& shell) : name_(std::move(name)), shell_(shell) {}

    // True if every step held.
    bool all(const cases::CaseFile& file) {
        for (const Step& step : file.steps) {
            const std::string& word = step.words[0];
            if (word == "file" && !is_file_check(step)) {
                make_file(step);
            } else if (word == "stdin") {
                input_ = cases::encoded(step, {step.words.begin() + 1, step.words.end()});
            } else if (word == "limit") {
                limit_ = std::chrono::seconds(std::stol(step.rest));
            } else if (word == "run") {
                // What failed before may be the reason of all that follows.
                if (!status_holds() || failed_) return false;
                run(step);
            } else {
                check(step);
            }
        }
        return status_holds() && !failed_;
    }

private:
    static bool is_file_check(const Step& step) {
        if (step.words.size() < 3) return false;
        for (const char* verb : {"has", "lacks", "matches", "lines", "is", "exists", "absent"}) {
            if (step.words[2] == verb) return true;
        }
        return false;
    }

    void make_file(const Step& step) {
        if (step.words.size() < 2) throw Malformed(step.line, "the name of the file is missing");
        const fs::path path = shell_.work() / step.words[1];
        fs::create_directories(path.parent_path());
        cases::write_file(path, cases::encoded(step, {step.words.begin() + 2, step.words.end()}));
    }

    void run(const Step& step) {
        const std::string script = step.rest + "\n" + step.block;
        std::cout << name_ << ":" << step.line << ": run " << step.rest << "\n" << std::flush;
        last_ = shell_.run(script, input_, limit_);
        last_line_ = step.line;
        status_checked_ = false;
        input_.clear();
        if (last_->timed_out) {
            fail(step.line,
                 "  expected an end within " + std::to_string(limit_.count()) + " s\n  got none\n");
            status_checked_ = true;
        }
        limit_ = kLimit;
    }

    void check(const Step& step) {
        const std::string& word = step.words[0];
        const bool about_run = word == "status" || word == "stdout" || word == "stderr" || word == "json";
        if (about_run && !last_) throw Malformed(step.line, "nothing has been run yet");
        if (step.has_block && word == "status") throw Malformed(step.line, "| lines have no meaning here");
        std::string fault;
        if (word == "status") {
            fault = check_status(step);
        } else if (word == "stdout" || word == "stderr") {
            fault = cases::check_text(step, 1, word == "stdout" ? last_->out : last_->err);
        } else if (word == "json") {
            fault = cases::check_json(step, last_->out, shell_.work());
        } else if (word == "file") {
            fault = check_file(step);
        } else if (word == "folder") {
            fault = cases::check_folder(step, shell_.work());
        } else {
            throw Malformed(step.line, "unknown word: " + word);
        }
        if (!fault.empty()) fail(step.line, fault);
    }

    std::string check_status(const Step& step) {
        status_checked_ = true;
        if (step.rest == "any") return "";
        const bool negated = step.rest.starts_with("not ");
        const std::string digits = negated ? step.rest.substr(4) : step.rest;
        if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos ||
            digits.size() > 3) {
            throw Malformed(step.line, "status NUMBER, status not NUMBER or status any");
        }
        if ((std::stoi(digits) == last_->status) != negated) return "";
        return "  expected status " + step.rest + "\n  got " + std::to_string(last_->status) + ", stderr:\n" +
               cases::shown(last_->err);
    }

    std::string check_file(const Step& step) const {
        const fs::path path = shell_.work() / step.words[1];
        const bool there = fs::exists(path);
        if (step.words[2] == "absent") return there ? "  expected no " + step.words[1] + "\n  got one\n" : "";
        if (!there) return "  expected a file " + step.words[1] + "\n  got none\n";
        return step.words[2] == "exists" ? "" : cases::check_text(step, 2, cases::read_file(path));
    }

    // A run about whose status nothing is said must have ended with 0.
    bool status_holds() {
        if (status_checked_ || !last_ || last_->status == 0) return true;
        status_checked_ = true;
        fail(last_line_, "  expected status 0 (no `status` line says otherwise)\n  got " +
                             std::to_string(last_->status) + ", stderr:\n" + cases::shown(last_->err));
        return false;
    }

    void fail(std::size_t line, const std::string& what) {
        std::cout << name_ << ":" << line << ": FAILED\n" << what << std::flush;
        failed_ = true;
    }

    static constexpr std::chrono::seconds kLimit{60};

    std::string name_;
    cases::Shell& shell_;
    std::optional<cases::Outcome> last_;
    std::size_t last_line_ = 0;
    bool status_checked_ = true;
    bool failed_ = false;
    std::string input_;
    std::chrono::seconds limit_ = kLimit;
};

}  // namespace

int main(int argc, char** argv) {
    const char* program = std::getenv("SENDH_BINARY");
    if (argc != 2 || program == nullptr) {
        std::cerr << "usage: SENDH_BINARY=path/to/sendh case_runner FILE.test\n";
        return 2;
    }
    const std::string name = argv[1];
    std::string scratch = (fs::temp_directory_path() / "sendh-case-XXXXXX").string();
    try {
        if (mkdtemp(scratch.data()) == nullptr) throw std::runtime_error("cannot make " + scratch);
        const cases::CaseFile file = cases::parse(cases::read_file(name));
        std::cout << file.promise << "\n";
        bool holds = false;
        {
            cases::Shell shell(scratch, fs::absolute(program));
            holds = Run(name, shell).all(file);
        }
        if (!holds) {
            std::cout << "what it left: " << scratch << "/work\n";
            return 1;
        }
    } catch (const Malformed& fault) {
        std::cout << name << ":" << fault.line << ": not understood: " << fault.what() << "\n";
        fs::remove_all(scratch);
        return 2;
    } catch (const std::exception& fault) {
        std::cout << name << ": " << fault.what() << "\n";
        fs::remove_all(scratch);
        return 2;
    }
    fs::remove_all(scratch);
    return 0;
}
