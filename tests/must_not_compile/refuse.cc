// refuse FILE.cc COMPILER [FLAGS...]: shows that the compiler refuses what it must.
//
// FILE holds lawful code and blocks of unlawful code:
//
//     #ifdef SENDH_MUST_NOT_COMPILE
//     // expect: part of the compiler's message
//     unlawful code
//     #endif
//
// The file must compile without the blocks (else a refusal would prove nothing); with any one of them it must
// not, and the message must contain the text after `expect:`.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

constexpr const char* kBlock = "#ifdef SENDH_MUST_NOT_COMPILE";

struct Outcome {
    bool compiled = false;
    std::string message;
};

std::string quoted(const std::string& word) {
    std::string result = "'";
    for (const char c : word) {
        if (c == '\'') {
            result += "'\\''";
        } else {
            result += c;
        }
    }
    return result + "'";
}

Outcome compile(const std::string& command, const std::string& text) {
    const std::string file = "must_not_compile.tmp.cc";
    std::ofstream(file, std::ios::binary) << text;
    Outcome outcome;
    FILE* pipe = popen((command + " " + file + " 2>&1").c_str(), "r");
    if (pipe == nullptr) return {false, "cannot start the compiler"};
    std::array<char, 4096> buffer{};
    while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe))
        outcome.message.append(buffer.data(), n);
    outcome.compiled = pclose(pipe) == 0;
    return outcome;
}

std::size_t line_at(const std::string& text, std::size_t at) {
    std::size_t line = 1;
    for (std::size_t i = 0; i < at; ++i) line += text[i] == '\n' ? 1U : 0U;
    return line;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() < 2) {
        std::cerr << "usage: refuse FILE.cc COMPILER [FLAGS...]\n";
        return 2;
    }
    const std::string& name = arguments[0];
    std::ifstream in(name, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};

    std::string command = "LC_ALL=C";
    for (std::size_t i = 1; i < arguments.size(); ++i) command += " " + quoted(arguments[i]);
    command += " -fsyntax-only";

    std::vector<std::size_t> blocks;
    for (std::size_t at = text.find(kBlock); at != std::string::npos; at = text.find(kBlock, at + 1))
        blocks.push_back(at);
    if (blocks.empty()) {
        std::cerr << name << ": cannot be read, or has no block `" << kBlock << "`\n";
        return 2;
    }
    if (const Outcome lawful = compile(command, text); !lawful.compiled) {
        std::cerr << name << ": does not compile even without the unlawful blocks:\n" << lawful.message;
        return 1;
    }

    int faults = 0;
    for (const std::size_t block : blocks) {
        const std::string where = name + ":" + std::to_string(line_at(text, block)) + ": ";
        const std::string mark = "// expect: ";
        const std::size_t from = text.find(mark, block);
        if (from == std::string::npos || from > text.find("#endif", block)) {
            std::cerr << where << "the block has no line `// expect: TEXT`\n";
            return 2;
        }
        const std::string expected =
            text.substr(from + mark.size(), text.find('\n', from) - from - mark.size());
        std::string variant = text;
        variant.replace(block, std::string(kBlock).size(), "#if 1");
        const Outcome outcome = compile(command, variant);
        if (outcome.compiled) {
            ++faults;
            std::cerr << where << "compiles, and must not\n";
        } else if (outcome.message.find(expected) == std::string::npos) {
            ++faults;
            std::cerr << where << "is refused, but not because of\n  expected: " << expected << "\n  got:\n"
                      << outcome.message;
        }
    }
    std::cout << name << ": " << blocks.size() - static_cast<std::size_t>(faults) << " of " << blocks.size()
              << " blocks refused as they must be\n";
    return faults == 0 ? 0 : 1;
}
