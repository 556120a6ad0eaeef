// pack: packed files for behaviour tests.
//
//   pack gz|zst < IN > OUT
//   pack zip NAME=FILE... > OUT          NAME=FILE: a member; NAME!FILE: one that asks for a password
//   pack xlsx SHEET=FILE.csv... > OUT    cells that are digits become numbers, dd/mm/yyyy and hh:mm:ss dates
//   and
//                                        times; FILE without quotes
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "containers.h"

namespace {

using namespace sendh::test;

std::string read_all(std::istream& in) { return {std::istreambuf_iterator<char>(in), {}}; }

std::string read_file(const std::string& name) {
    std::ifstream in(name, std::ios::binary);
    must(in.good(), name.c_str());
    return read_all(in);
}

// Days from 30 December 1899, as Excel counts (H. Hinnant, days_from_civil).
long serial_day(int year, unsigned month, unsigned day) {
    year -= month <= 2;
    const int era = year / 400;
    const auto of_era = static_cast<unsigned>(year - era * 400);
    const unsigned of_year = (153 * (month + (month > 2 ? -3U : 9U)) + 2) / 5 + day - 1;
    return era * 146'097L + static_cast<long>(of_era * 365 + of_era / 4 - of_era / 100 + of_year) - 719'468 +
           25'569;
}

std::string cell(const std::string& text) {
    int a = 0;
    int b = 0;
    int c = 0;
    char end = 0;
    if (text.empty()) return "<c/>";
    if (text.find_first_not_of("0123456789") == std::string::npos) return "<c><v>" + text + "</v></c>";
    if (std::sscanf(text.c_str(), "%d/%d/%d%c", &a, &b, &c, &end) == 3) {
        return "<c s=\"1\"><v>" +
               std::to_string(serial_day(c, static_cast<unsigned>(b), static_cast<unsigned>(a))) + "</v></c>";
    }
    if (std::sscanf(text.c_str(), "%d:%d:%d%c", &a, &b, &c, &end) == 3) {
        std::ostringstream part;
        part.precision(17);
        part << (a * 3600 + b * 60 + c) / 86'400.0;
        return "<c s=\"2\"><v>" + part.str() + "</v></c>";
    }
    return "<c t=\"inlineStr\"><is><t>" + xml_text(text) + "</t></is></c>";
}

std::string rows(const std::string& csv) {
    std::string out;
    std::istringstream lines(csv);
    std::string line;
    for (int n = 1; std::getline(lines, line); ++n) {
        if (line.empty()) continue;
        out += "<row r=\"" + std::to_string(n) + "\">";
        std::istringstream cells(line);
        std::string text;
        while (std::getline(cells, text, ',')) out += cell(text);
        out += "</row>";
    }
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.empty()) return 2;
    try {
        if (arguments[0] == "gz") std::cout << gzip(read_all(std::cin));
        if (arguments[0] == "zst") std::cout << zstd(read_all(std::cin));
        std::vector<Member> members;
        Book book;
        book.formats = {"0", "14", "21"};
        for (std::size_t i = 1; i < arguments.size(); ++i) {
            const std::size_t mark = arguments[i].find_first_of("=!");
            must(mark != std::string::npos, "NAME=FILE");
            const std::string name = arguments[i].substr(0, mark);
            const std::string bytes = read_file(arguments[i].substr(mark + 1));
            if (arguments[0] == "xlsx") {
                book.sheets.push_back({name, rows(bytes)});
            } else {
                members.push_back({name, bytes, arguments[i][mark] == '!'});
            }
        }
        if (arguments[0] == "zip") std::cout << zip(members);
        if (arguments[0] == "xlsx") std::cout << book.bytes();
    } catch (const std::exception& fault) {
        std::cerr << "pack: " << fault.what() << "\n";
        return 2;
    }
    return std::cout.flush() ? 0 : 2;
}
