#include "house/house.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace fs = std::filesystem;

namespace {

fs::path source_dir() {
    const char* dir = std::getenv("SENDH_SOURCE_DIR");
    REQUIRE_MESSAGE(dir != nullptr, "SENDH_SOURCE_DIR is not set; run through ctest");
    return dir;
}

std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

house::Tree sources(const fs::path& root) {
    house::Tree tree;
    for (const auto& entry : fs::recursive_directory_iterator(root / "src")) {
        const fs::path& path = entry.path();
        if (path.extension() != ".h" && path.extension() != ".cc") continue;
        tree[fs::relative(path, root).generic_string()] = read(path);
    }
    return tree;
}

// What git keeps or would keep; without git, everything but the build.
house::Tree kept_files(const fs::path& root) {
    std::vector<std::string> names;
    const std::string command =
        "git -C '" + root.string() + "' ls-files -z -co --exclude-standard 2>/dev/null";
    if (FILE* pipe = popen(command.c_str(), "r")) {
        std::array<char, 4096> buffer{};
        std::string all;
        while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe))
            all.append(buffer.data(), n);
        pclose(pipe);
        for (std::size_t from = 0, to = 0; (to = all.find('\0', from)) != std::string::npos; from = to + 1) {
            names.push_back(all.substr(from, to - from));
        }
    }
    if (names.empty()) {
        for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator();
             ++it) {
            const std::string name = it->path().filename().string();
            if (name == "build" || name == "node_modules" || name == ".git") {
                it.disable_recursion_pending();
            } else if (it->is_regular_file()) {
                names.push_back(fs::relative(it->path(), root).generic_string());
            }
        }
    }
    house::Tree tree;
    for (const std::string& name : names) {
        if (fs::is_regular_file(root / name)) tree[name] = read(root / name);
    }
    return tree;
}

std::string joined(const house::Faults& faults) {
    std::string all;
    for (const std::string& fault : faults) all += "\n  " + fault;
    return all;
}

void check_none(const house::Faults& faults) { CHECK_MESSAGE(faults.empty(), joined(faults)); }

void check_one(const house::Faults& faults, const std::string& text) {
    CHECK_MESSAGE(faults.size() == 1, joined(faults));
    CHECK_MESSAGE(joined(faults).find(text) != std::string::npos, joined(faults));
}

const house::Floors kFloors = house::read_floors(
    "base\t1\t-\nregisters\t2\t-\ncalls\t2\t-\nstore\t3\t-\n"
    "detect\t4\tregisters\n");
const auto kHeaders = house::read_headers("heavy/\tsrc/calls/\t1\tno\ndb.h\tsrc/store/\t-\tprivate\n");

}  // namespace

TEST_CASE("rooms include lower floors only, and detection is blind to registers and attribution") {
    const fs::path root = source_dir();
    const auto floors = house::read_floors(read(root / "tests/house/floors.tsv"));
    CHECK(floors.at("detect").never_reaches.contains("registers"));
    CHECK(floors.at("detect").never_reaches.contains("attribution"));
    const house::Tree tree = sources(root);
    CHECK(tree.size() > 5);
    check_none(house::check_floors(floors, tree));
}

TEST_CASE("every folder of src is a room in the table of floors") {
    const fs::path root = source_dir();
    const auto floors = house::read_floors(read(root / "tests/house/floors.tsv"));
    for (const auto& entry : fs::directory_iterator(root / "src")) {
        if (entry.is_directory())
            CHECK_MESSAGE(floors.contains(entry.path().filename().string()), entry.path());
    }
}

TEST_CASE("third-party headers stay behind their doors") {
    const fs::path root = source_dir();
    const auto rules = house::read_headers(read(root / "tests/house/headers.tsv"));
    check_none(house::check_headers(rules, sources(root)));
}

TEST_CASE("no file names a machine's own paths or a package registry's host") {
    check_none(house::check_traces(kept_files(source_dir())));
}

TEST_CASE("the checker finds nothing wrong with a lawful tree") {
    const house::Tree tree = {{"src/base/a.h", "#include <string>\n"},
                              {"src/calls/a.cc", "#include \"base/a.h\"\n#include \"calls/a.h\"\n"},
                              {"src/detect/a.cc", "#include \"calls/a.h\"\n"},
                              {"src/store/a.cc", "#include \"registers/a.h\"\n"}};
    check_none(house::check_floors(kFloors, tree));
}

TEST_CASE("the checker catches an include of a higher floor") {
    check_one(house::check_floors(kFloors, {{"src/base/a.cc", "\n # include  \"store/a.h\"\n"}}),
              "src/base/a.cc:2: base (floor 1) includes store (floor 3)");
}

TEST_CASE("the checker catches an include of the same floor") {
    check_one(house::check_floors(kFloors, {{"src/calls/a.cc", "#include \"registers/a.h\"\n"}}),
              "includes registers");
}

TEST_CASE("the checker catches a room that is not in the table, on either side") {
    check_one(house::check_floors(kFloors, {{"src/cellar/a.cc", ""}}), "'cellar' is not in the table");
    check_one(house::check_floors(kFloors, {{"src/base/a.cc", "#include \"cellar/a.h\"\n"}}),
              "unknown room 'cellar'");
}

TEST_CASE("the checker catches includes that hide the room") {
    check_one(house::check_floors(kFloors, {{"src/detect/a.cc", "#include \"a.h\"\n"}}), "names no room");
    check_one(house::check_floors(kFloors, {{"src/detect/a.cc", "#include \"../store/a.h\"\n"}}),
              "names no room");
    check_one(house::check_floors(kFloors, {{"src/detect/a.cc", "#include <store/a.h>\n"}}), "quote it");
}

TEST_CASE("the checker catches detection reaching a register, directly and through another room") {
    check_one(house::check_floors(kFloors, {{"src/detect/a.cc", "#include \"registers/a.h\"\n"}}),
              "detect -> registers: must never reach it");
    check_one(house::check_floors(kFloors, {{"src/detect/a.cc", "#include \"store/a.h\"\n"},
                                            {"src/store/b.cc", "#include \"registers/a.h\"\n"}}),
              "detect -> store -> registers: must never reach it");
}

TEST_CASE("the checker catches third-party headers outside their door") {
    check_none(
        house::check_headers(kHeaders, {{"src/calls/a.cc", "#include <heavy/x.h>\n#include <heavy/y.h>\n"}}));
    check_one(house::check_headers(kHeaders, {{"src/base/a.cc", "#include <heavy/x.h>\n"}}),
              "belongs in src/calls/");
    check_one(house::check_headers(kHeaders, {{"src/calls/a.h", "#include <heavy/x.h>\n"}}),
              "belongs in a .cc");
    check_one(house::check_headers(kHeaders, {{"src/calls/a.cc", "#include <heavy/x.h>\n"},
                                              {"src/calls/b.cc", "#include <heavy/x.h>\n"}}),
              "2 files include it, at most 1 may");
}

TEST_CASE("the checker catches a private header that another room includes") {
    const house::Tree tree = {{"src/store/own.h", "#include <db.h>\n"},
                              {"src/store/a.cc", "#include \"store/own.h\"\n"},
                              {"src/detect/a.cc", "#include \"store/own.h\"\n"}};
    check_one(house::check_headers(kHeaders, tree), "src/detect/a.cc:1: store/own.h brings in db.h");
}

TEST_CASE("the checker catches traces of a machine") {
    check_none(house::check_traces({{"a.md", "the network/ and casework/ are fine\n"}}));
    check_one(house::check_traces({{"a.md", std::string("x\nsee /ro") + "ot/x\n"}}), "a.md:2: contains ");
    check_one(house::check_traces({{"a.json", std::string("https://") + "registry.example/x"}}),
              "a.json:1: contains ");
}
