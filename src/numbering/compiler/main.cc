// plan_compiler METADATA.json PACKAGE.json OUT: run by the build; writes the tables that numbering_plan.cc
// embeds.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "numbering/plan_compiler.h"
#include "numbering/plan_source_json.h"

namespace {

std::string whole_file(const char* path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// "version": "1.2.3" of a package.json.
std::string version_in(const std::string& package) {
    const std::size_t key = package.find("\"version\"");
    if (key == std::string::npos) return "";
    const std::size_t open = package.find('"', package.find(':', key));
    return package.substr(open + 1, package.find('"', open + 1) - open - 1);
}

int fail(const sendh::Fault& fault) {
    std::fprintf(stderr, "plan_compiler: %s\n", fault.message().c_str());
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fputs("usage: plan_compiler METADATA.json PACKAGE.json OUT\n", stderr);
        return 2;
    }
    const auto source = sendh::plan_source_from_json(whole_file(argv[1]),
                                                     "libphonenumber-js " + version_in(whole_file(argv[2])));
    if (!source) return fail(source.fault());
    const auto tables = sendh::compile_plan(*source);
    if (!tables) return fail(tables.fault());
    std::ofstream out(argv[3], std::ios::binary);
    out << *tables;
    out.close();
    return out ? 0 : 2;
}
