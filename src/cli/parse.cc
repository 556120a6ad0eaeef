#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <unordered_map>

#include "base/progress.h"
#include "base/text.h"
#include "base/version.h"
#include "casework/case.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/passphrase.h"
#include "crypto/key_ring.h"
#include "numbering/numbering_plan.h"

namespace sendh::cli {

namespace {

constexpr int exit_error = 2;

const std::vector<Flag> common_flags = {
    {"--case", "DIR", "the case; else $SENDH_CASE, else the current folder"},
    {"--format", "table|json|ndjson|csv", "how to print; table on a terminal, json elsewhere"},
    {"--passphrase-file", "FILE", "the passphrase of the case's key; else it is asked for on the terminal"},
    {"--quiet", nullptr, "no progress and no remarks"},
};

std::string environment_name(const std::string& flag) {
    std::string out = "SENDH_";
    for (const char c : flag.substr(2))
        out += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

int complain(const Fault& fault) {
    const std::string message = "sendh: " + without_numbers(fault.message()) + "\n";
    std::fputs(message.c_str(), stderr);
    return exit_error;
}

struct Bound {
    CLI::App* app = nullptr;
    const Command* command = nullptr;
    std::map<std::string, std::string> texts;
    std::map<std::string, bool> switches;
    std::vector<std::vector<std::string>> arguments;
};

std::vector<std::string> words_of(const std::string& path) {
    const std::size_t space = path.find(' ');
    return space == std::string::npos
               ? std::vector<std::string>{path}
               : std::vector<std::string>{path.substr(0, space), path.substr(space + 1)};
}

// "-o,--output" -> "--output"
std::string long_name(const Flag& flag) {
    const std::string names = flag.name;
    return names.substr(names.find("--"));
}

void bind_flags(Bound& bound) {
    const auto bind = [&](const Flag& flag, const char* group) {
        const std::string names = flag.name;
        const std::string name = long_name(flag);
        CLI::Option* option =
            flag.value == nullptr
                ? static_cast<CLI::Option*>(bound.app->add_flag(names, bound.switches[name], flag.help))
                : bound.app->add_option(names, bound.texts[name], flag.help)->type_name(flag.value);
        option->group(group);
        if (name != "--case") option->envname(environment_name(name));
    };
    for (const Flag& flag : bound.command->flags) bind(flag, "Options");
    for (const Flag& flag : common_flags) bind(flag, "Common options");
    bound.app->set_help_flag("-h,--help", "this text")->group("Common options");
    bound.arguments.resize(bound.command->arguments.size());
    for (std::size_t i = 0; i < bound.command->arguments.size(); ++i) {
        const Argument& argument = bound.command->arguments[i];
        CLI::Option* option =
            bound.app->add_option(argument.name, bound.arguments[i], argument.help)->type_name("");
        if (argument.required) option->required();
        if (!argument.many)
            option->expected(argument.required ? 1 : -1)->expected(argument.required ? 1 : 0, 1);
    }
}

// "sendh regster add": the nearest words that are commands.
Fault unknown_command(const std::vector<std::string>& words) {
    std::vector<std::string> first;
    std::vector<std::string> second;
    for (const Command& command : commands()) {
        const auto path = words_of(command.path);
        first.push_back(path[0]);
        if (path.size() > 1 && !words.empty() && path[0] == words[0]) second.push_back(path[1]);
    }
    if (words.empty()) return {FaultKind::usage, "no command was given", "", "sendh --help lists them"};
    if (!second.empty()) {
        std::sort(second.begin(), second.end());
        const std::string list = words[0] + " " + joined(second, ", " + words[0] + " ");
        if (words.size() < 2) return {FaultKind::usage, "'" + words[0] + "' needs a second word", "", list};
        const std::string near = nearest(words[1], second);
        return {FaultKind::usage, "there is no command '" + words[0] + " " + without_numbers(words[1]) + "'",
                "", near.empty() ? "there is: " + list : "did you mean '" + words[0] + " " + near + "'?"};
    }
    const std::string near = nearest(words[0], first);
    return {FaultKind::usage, "there is no command '" + without_numbers(words[0]) + "'", "",
            near.empty() ? "sendh --help lists them" : "did you mean '" + near + "'?"};
}

// The command that the first words name; null: none.
const Command* named_command(const std::vector<std::string>& words) {
    for (const Command& command : commands()) {
        const auto path = words_of(command.path);
        if (path.size() <= words.size() && std::equal(path.begin(), path.end(), words.begin()))
            return &command;
    }
    return nullptr;
}

// A flag among the words that the command does not have: the nearest one that it has. The parser would take
// the word behind it for an argument, and complain about that.
std::optional<Fault> unknown_flag(const Command& command, const std::vector<std::string>& words) {
    std::vector<std::string> known = {"--help"};
    std::vector<std::string> with_value;
    std::vector<std::string> brief = {"-h"};
    const auto learn = [&](const Flag& flag) {
        known.push_back(long_name(flag));
        const std::string names = flag.name;
        if (!names.starts_with("--")) brief.push_back(names.substr(0, 2));
        if (flag.value == nullptr) return;
        with_value.push_back(known.back());
        if (!names.starts_with("--")) with_value.push_back(brief.back());
    };
    for (const Flag& flag : command.flags) learn(flag);
    for (const Flag& flag : common_flags) learn(flag);
    const auto has = [](const std::vector<std::string>& list, const std::string& word) {
        return std::find(list.begin(), list.end(), word) != list.end();
    };
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--") break;
        if (!word.starts_with("-") || word == "-") continue;
        const bool is_long = word.starts_with("--");
        const std::string name = is_long ? word.substr(0, word.find('=')) : word.substr(0, 2);
        if (!has(known, name) && !has(brief, name)) {
            const std::string near = nearest(name, known);
            return Fault{FaultKind::usage,
                         "'" + std::string(command.path) + "' has no flag '" + without_numbers(name) + "'",
                         "",
                         near.empty() ? "see sendh " + std::string(command.path) + " --help"
                                      : "did you mean '" + near + "'?"};
        }
        if (has(with_value, name) && word == name) ++i;
    }
    return std::nullopt;
}

Result<Format> parse_format(const std::string& text) {
    if (text.empty()) return ::isatty(1) == 1 ? Format::table : Format::json;
    if (text == "table") return Format::table;
    if (text == "json") return Format::json;
    if (text == "ndjson") return Format::ndjson;
    if (text == "csv") return Format::csv;
    return Fault{FaultKind::usage, "unknown format '" + without_numbers(text) + "'", "",
                 "use table, json, ndjson or csv"};
}

}  // namespace

std::string Invocation::get(const std::string& flag, std::string otherwise) const {
    const auto it = values_.find(flag);
    if (it != values_.end() && !it->second.empty()) return it->second.front();
    if (case_) {
        std::string setting = case_->settings().get("settings." + flag.substr(2));
        if (!setting.empty()) return setting;
    }
    return otherwise;
}

bool Invocation::on(const std::string& flag) const { return get(flag) == "true"; }

constexpr const char* standard_output = "/dev/stdout";

bool is_stdout(const std::string& output) { return output == standard_output; }

Result<std::string> Invocation::output(const std::string& otherwise, bool may_be_stdout) const {
    std::string file = get("--output", otherwise);
    if (file != "-") return file;
    if (may_be_stdout) return std::string(standard_output);
    return Fault{FaultKind::usage, "this cannot go to standard output", "--output -",
                 "give a name: it becomes a file that only you can read"};
}

Done Invocation::check_places() const {
    const auto check = [](const std::string& place, const std::string& what) -> Done {
        if (place.empty() || place == "-" || !lies_in_a_case(place)) return done();
        return Fault{FaultKind::usage, what + " lies in the folder of a case", shown_path(place),
                     "choose another place: what stands there goes wherever the case is copied to"};
    };
    for (const Flag& flag : command_->flags) {
        const std::string name = long_name(flag);
        if (flag.writes != nullptr) SENDH_CHECK(check(get(name, flag.writes), name));
    }
    for (std::size_t i = 0; i < command_->arguments.size(); ++i) {
        const Argument& wanted = command_->arguments[i];
        if (wanted.writes != nullptr)
            SENDH_CHECK(check(argument(i).empty() ? wanted.writes : argument(i), wanted.name));
    }
    return done();
}

Result<double> Invocation::number(const std::string& flag, double otherwise) const {
    const std::string text = get(flag);
    if (text.empty()) return otherwise;
    const auto value = parse_double(text);
    if (!value || !std::isfinite(*value))
        return Fault{FaultKind::usage, flag + " needs a number", without_numbers(text),
                     "write for example " + flag + " 0.01"};
    return *value;
}

Result<std::uint64_t> Invocation::whole(const std::string& flag, std::uint64_t otherwise) const {
    const std::string text = get(flag);
    if (text.empty()) return otherwise;
    const auto value = parse_integer(text);
    if (!value || *value < 0)
        return Fault{FaultKind::usage, flag + " needs a whole number, 0 or more", without_numbers(text),
                     "write for example " + flag + " 20"};
    return static_cast<std::uint64_t>(*value);
}

Result<std::optional<Micros>> Invocation::time(const std::string& flag, Zone zone) const {
    const std::string text = get(flag);
    if (text.empty()) return std::optional<Micros>{};
    const auto value = parse_iso(text, zone);
    if (!value)
        return Fault{FaultKind::usage, flag + " needs a date or time", without_numbers(text),
                     "write it as 2024-11-30 or 2024-11-30T10:15"};
    return value;
}

Result<Case*> Invocation::open_case_if_any(Case::Access access) {
    const char* set = std::getenv("SENDH_CASE");
    const bool named = !get("--case").empty() || (set != nullptr && *set != '\0');
    if (!named && !is_case(".")) return nullptr;
    return open_case(access);
}

std::string Invocation::case_directory() const {
    std::string directory = get("--case");
    if (!directory.empty()) return directory;
    const char* set = std::getenv("SENDH_CASE");
    return set != nullptr && *set != '\0' ? set : ".";
}

Result<Case*> Invocation::open_case(Case::Access access) {
    SENDH_TRY(Case opened, Case::open(case_directory(), access, passphrase_source(get("--passphrase-file"))));
    case_ = std::make_unique<Case>(std::move(opened));
    SENDH_CHECK(check_places());  // its settings may name one
    // The case may say what these two are where the command line and the environment do not.
    if (!values_.contains("--format")) {
        SENDH_TRY(format_, parse_format(get("--format")));
    }
    quiet_ = on("--quiet");
    return case_.get();
}

int run(int argc, char** argv) {
    watch_for_interrupt();
    start_crypto();
    CLI::App app{
        "Fake calls hit people of a protected phone register: did it leak, which copy, since when, who is "
        "next?",
        "sendh"};
    app.set_version_flag("--version", "sendh " + std::string(kVersion) + "\nnumbering plans: " +
                                          std::string(NumberingPlan::builtin().version()));
    app.set_help_flag("-h,--help", "this text");
    app.require_subcommand(0);
    app.footer(
        "Start with: sendh demo\nHelp on a command: sendh COMMAND --help\nExit status: 0 done, nothing "
        "found; 1 done, and there is a finding; 2 error");

    std::vector<std::unique_ptr<Bound>> bounds;
    std::map<std::string, CLI::App*> groups;
    for (const Command& command : commands()) {
        const auto words = words_of(command.path);
        CLI::App* parent = &app;
        if (words.size() > 1) {
            CLI::App*& group = groups[words[0]];
            if (group == nullptr) {
                group = app.add_subcommand(words[0], "");
                group->require_subcommand(0);
                group->set_help_flag("-h,--help", "this text");
            }
            parent = group;
        }
        auto bound = std::make_unique<Bound>();
        bound->command = &command;
        bound->app = parent->add_subcommand(words.back(), command.summary);
        bound->app->footer(command.more);
        bind_flags(*bound);
        bounds.push_back(std::move(bound));
    }
    for (auto& [name, group] : groups) {
        std::vector<std::string> members;
        for (const auto& bound : bounds) {
            if (bound->app->get_parent() == group)
                members.push_back(bound->app->get_name() + ": " + bound->command->summary);
        }
        group->description(joined(members, "\n"));
    }

    // Common options may stand before the command: they are moved behind it.
    std::vector<std::string> front;
    std::vector<std::string> rest;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const bool takes_value = word == "--case" || word == "--format" || word == "--passphrase-file";
        const bool common = takes_value || word == "--quiet" || word.starts_with("--case=") ||
                            word.starts_with("--format=") || word.starts_with("--passphrase-file=");
        if (!rest.empty() || !common) {
            rest.push_back(word);
            continue;
        }
        front.push_back(word);
        if (takes_value && i + 1 < argc) front.emplace_back(argv[++i]);
    }
    if (!rest.empty()) rest.insert(rest.end(), front.begin(), front.end());
    std::vector<std::string> words;
    for (const std::string& word : rest) {
        if (words.size() < 2 && !word.starts_with("-")) words.push_back(word);
    }
    const Command* const named = named_command(words);
    if (named != nullptr) {
        if (const auto fault = unknown_flag(*named, rest)) return complain(*fault);
    }
    std::reverse(rest.begin(), rest.end());  // as the parser wants it
    try {
        app.parse(rest);
    } catch (const CLI::CallForHelp& e) {
        return app.exit(e);
    } catch (const CLI::CallForAllHelp& e) {
        return app.exit(e);
    } catch (const CLI::CallForVersion& e) {
        return app.exit(e);
    } catch (const CLI::ParseError& e) {
        bool known = false;
        std::string path;
        for (const auto& bound : bounds) {
            if (!bound->app->parsed()) continue;
            known = true;
            path = bound->command->path;
        }
        if (!known && !words.empty()) return complain(unknown_command(words));
        std::string what = e.what();
        if (what.find("At Most") != std::string::npos && known) {
            return complain({FaultKind::usage, "'" + path + "' takes fewer words", "",
                             "put quotes around what holds spaces; see sendh " + path + " --help"});
        }
        for (char& c : what) c = c == '\n' ? ' ' : c;
        return complain({FaultKind::usage, what, "",
                         path.empty() ? "see sendh --help" : "see sendh " + path + " --help"});
    }

    for (const auto& bound : bounds) {
        if (!bound->app->parsed()) continue;
        Invocation call;
        for (const auto& [name, text] : bound->texts) {
            if (!text.empty()) {
                call.values_[name] = {text};
            } else if (bound->app->get_option(name)->count() > 0) {
                return complain(Fault{FaultKind::usage, name + " is given, but empty", "",
                                      "give it a value, or leave it out"});
            }
        }
        for (const auto& [name, set] : bound->switches) {
            if (set) call.values_[name] = {"true"};
        }
        for (const auto& list : bound->arguments)
            call.arguments_.insert(call.arguments_.end(), list.begin(), list.end());
        call.command_ = bound->command;
        if (const Done clear = call.check_places(); !clear.ok()) return complain(clear.fault());
        auto format = parse_format(call.get("--format"));
        if (!format.ok()) return complain(format.fault());
        call.format_ = *format;
        call.quiet_ = call.on("--quiet");
        Result<int> status = bound->command->run(call);
        if (call.case_ && !call.quiet_) {
            for (const std::string& remark : call.case_->take_remarks())
                std::fprintf(stderr, "sendh: %s\n", without_numbers(remark).c_str());
        }
        if (status.ok()) {
            auto flushed = flush();
            if (!flushed.ok()) status = flushed.fault();
        }
        return status.ok() ? *status : complain(status.fault());
    }
    return complain(unknown_command(words));
}

}  // namespace sendh::cli
