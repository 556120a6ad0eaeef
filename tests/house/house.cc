#include "house/house.h"

#include <charconv>
#include <functional>
#include <stdexcept>

namespace house {
namespace {

struct Include {
    std::size_t line = 0;
    std::string path;
    bool quoted = false;
};

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == at) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

// Rows of a table, without comments and empty lines.
std::vector<std::vector<std::string>> rows(std::string_view tsv, std::size_t columns) {
    std::vector<std::vector<std::string>> result;
    for (const std::string& line : split(tsv, '\n')) {
        if (line.empty() || line.front() == '#') continue;
        result.push_back(split(line, '\t'));
        if (result.back().size() != columns) throw std::runtime_error("wrong number of columns: " + line);
    }
    return result;
}

int number(const std::string& text) {
    int value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size())
        throw std::runtime_error("not a number: " + text);
    return value;
}

std::vector<Include> includes(std::string_view text) {
    std::vector<Include> result;
    std::size_t at = 0;
    for (const std::string& line : split(text, '\n')) {
        ++at;
        std::size_t i = line.find_first_not_of(" \t");
        if (i == std::string::npos || line[i] != '#') continue;
        i = line.find_first_not_of(" \t", i + 1);
        if (i == std::string::npos || line.compare(i, 7, "include") != 0) continue;
        i = line.find_first_of("\"<", i + 7);
        if (i == std::string::npos) continue;
        const bool quoted = line[i] == '"';
        const std::size_t end = line.find(quoted ? '"' : '>', i + 1);
        if (end != std::string::npos) result.push_back({at, line.substr(i + 1, end - i - 1), quoted});
    }
    return result;
}

// "src/room/thing.cc" -> "room"; "" for anything else.
std::string room_of(const std::string& path) {
    const auto parts = split(path, '/');
    return parts.size() >= 3 && parts[0] == "src" ? parts[1] : "";
}

std::string at(const std::string& path, std::size_t line) { return path + ":" + std::to_string(line) + ": "; }

}  // namespace

Floors read_floors(std::string_view tsv) {
    Floors floors;
    for (const auto& row : rows(tsv, 3)) {
        Room& room = floors[row[0]];
        room.floor = number(row[1]);
        if (row[2] == "-") continue;
        for (const std::string& other : split(row[2], ',')) room.never_reaches.insert(other);
    }
    for (const auto& [name, room] : floors) {
        for (const std::string& other : room.never_reaches) {
            if (!floors.contains(other))
                throw std::runtime_error(name + " never reaches an unknown room: " + other);
        }
    }
    return floors;
}

std::vector<HeaderRule> read_headers(std::string_view tsv) {
    std::vector<HeaderRule> rules;
    for (const auto& row : rows(tsv, 4)) {
        HeaderRule& rule = rules.emplace_back();
        rule.prefix = row[0];
        rule.where = row[1];
        if (row[2] != "-") rule.most = static_cast<std::size_t>(number(row[2]));
        if (row[3] != "no" && row[3] != "private")
            throw std::runtime_error("neither no nor private: " + row[3]);
        rule.private_headers = row[3] == "private";
    }
    return rules;
}

Faults check_floors(const Floors& floors, const Tree& tree) {
    Faults faults;
    std::map<std::string, std::set<std::string>> edges;
    for (const auto& [path, text] : tree) {
        const std::string room = room_of(path);
        if (room.empty()) continue;
        const auto here = floors.find(room);
        if (here == floors.end()) {
            faults.push_back(path + ": room '" + room + "' is not in the table of floors");
            continue;
        }
        for (const Include& include : includes(text)) {
            const std::string other = include.path.substr(0, include.path.find('/'));
            const auto there = floors.find(other);
            if (!include.quoted) {
                if (there != floors.end() && other.size() < include.path.size()) {
                    faults.push_back(at(path, include.line) + "<" + include.path + "> is ours: quote it");
                }
                continue;
            }
            if (other.size() == include.path.size() || other == "." || other == "..") {
                faults.push_back(at(path, include.line) + "\"" + include.path + "\" names no room");
            } else if (there == floors.end()) {
                faults.push_back(at(path, include.line) + "unknown room '" + other + "'");
            } else if (other != room) {
                edges[room].insert(other);
                if (there->second.floor >= here->second.floor) {
                    faults.push_back(at(path, include.line) + room + " (floor " +
                                     std::to_string(here->second.floor) + ") includes " + other + " (floor " +
                                     std::to_string(there->second.floor) + ")");
                }
            }
        }
    }

    for (const auto& entry : floors) {
        std::set<std::string> seen;
        const std::function<void(const std::string&, const std::string&)> walk = [&](const std::string& from,
                                                                                     const std::string& way) {
            for (const std::string& to : edges[from]) {
                if (!seen.insert(to).second) continue;
                const std::string further = way + " -> " + to;
                if (entry.second.never_reaches.contains(to))
                    faults.push_back(further + ": must never reach it");
                walk(to, further);
            }
        };
        walk(entry.first, entry.first);
    }
    return faults;
}

Faults check_headers(const std::vector<HeaderRule>& rules, const Tree& tree) {
    Faults faults;
    std::map<std::string, std::string> private_headers;  // path below src -> third-party header in it
    for (const HeaderRule& rule : rules) {
        std::set<std::string> users;
        for (const auto& [path, text] : tree) {
            if (!path.starts_with("src/")) continue;
            for (const Include& include : includes(text)) {
                if (!include.path.starts_with(rule.prefix)) continue;
                users.insert(path);
                if (!path.starts_with(rule.where)) {
                    faults.push_back(at(path, include.line) + include.path + " belongs in " + rule.where +
                                     " only");
                }
                if (path.ends_with(".h")) {
                    if (!rule.private_headers) {
                        faults.push_back(at(path, include.line) + include.path + " belongs in a .cc");
                    }
                    private_headers[path.substr(4)] = include.path;
                }
            }
        }
        if (rule.most && users.size() > *rule.most) {
            std::string list;
            for (const std::string& user : users) list += " " + user;
            faults.push_back(rule.prefix + ": " + std::to_string(users.size()) +
                             " files include it, at most " + std::to_string(*rule.most) + " may:" + list);
        }
    }
    for (const auto& [path, text] : tree) {
        for (const Include& include : includes(text)) {
            const auto found = private_headers.find(include.path);
            if (found != private_headers.end() && room_of(path) != room_of("src/" + include.path)) {
                faults.push_back(at(path, include.line) + include.path + " brings in " + found->second +
                                 " and is private to its room");
            }
        }
    }
    return faults;
}

Faults check_traces(const Tree& tree) {
    // Written in two halves, so that this file does not hold what it looks for.
    static const std::vector<std::string> kTraces = {
        std::string("/wo") + "rk/",          std::string("/ro") + "ot/",
        std::string("/tmp/") + "bash_",      std::string("https://") + "registry",
        std::string("http://") + "registry", std::string("registry.") + "npmjs",
    };
    Faults faults;
    for (const auto& [path, text] : tree) {
        for (const std::string& trace : kTraces) {
            const std::size_t found = text.find(trace);
            if (found == std::string::npos) continue;
            std::size_t line = 1;
            for (std::size_t i = 0; i < found; ++i) line += text[i] == '\n' ? 1U : 0U;
            faults.push_back(at(path, line) + "contains " + trace);
        }
    }
    return faults;
}

}  // namespace house
