// Equality with libphonenumber on its own metadata, in one process.
//
//   numbering_equality [STRINGS [SEED [DEPTH]]]
//
// Asks both for: every example number in several forms and from several regions; every edge of the automaton
// (all ranges' boundaries), in all lengths; all prefixes of DEPTH digits of every calling code; and STRINGS
// made up or mutated texts over all regions. Prints every difference (made-up numbers), exits 1 if there is
// one.
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "numbering/plan_compiler.h"
#include "numbering/plan_tables.h"
#include "oracle/libphonenumber.h"

namespace {

using namespace sendh;
using oracle::Answer;

class Equality {
public:
    Equality(const NumberingPlan& plan, PlanSource source, std::uint64_t seed)
        : plan_(plan), source_(std::move(source)), random_(seed) {
        for (const auto& t : source_.territories) {
            if (t.id.size() == 2 && t.id != "ZZ") regions_.push_back(t.id);
        }
    }

    void ask(const std::string& text, const std::string& home) {
        ++asked_;
        const Answer theirs = oracle::ask_libphonenumber(text, home);
        const Answer ours = oracle::ask_plan(plan_, text, plan_.territory(home));
        ++answers_[theirs.valid ? "valid" : theirs.reason];
        if (ours == theirs) return;
        if (++different_ > 200) return;
        std::printf("%s from %s\n  libphonenumber: %s\n  sendh:          %s\n", text.c_str(), home.c_str(),
                    show(theirs).c_str(), show(ours).c_str());
    }

    void examples() {
        for (const auto& t : source_.territories) {
            for (int type = 0; type <= 10; ++type) {
                const std::string e164 = t.id == "001" ? oracle::example_number_of_code(t.code)
                                                       : oracle::example_number(t.id, type);
                if (e164.empty()) continue;
                examples_.push_back(e164);
                const std::string national = e164.substr(1 + std::to_string(t.code).size());
                const std::string home = t.id == "001" ? "ZZ" : t.id;
                for (const std::string& text :
                     {e164, "00" + e164.substr(1), "011" + e164.substr(1), e164.substr(1), national,
                      "0" + national, "1" + national, "8" + national, e164 + " ext. 12", e164 + "x9",
                      e164.substr(0, 5) + " " + e164.substr(5)}) {
                    ask(text, home);
                    ask(text, "IN");
                    ask(text, "US");
                    ask(text, "ZZ");
                }
            }
        }
    }

    // For every node of a code's automaton one way to it, every digit behind it, and every length.
    void edges(std::string_view tables) {
        using namespace plan_tables;
        const auto* header = static_cast<const Header*>(static_cast<const void*>(tables.data()));
        const auto* nodes =
            static_cast<const Node*>(static_cast<const void*>(tables.data() + sizeof(Header)));
        const auto* territories =
            static_cast<const plan_tables::Territory*>(static_cast<const void*>(nodes + header->nodes));
        const auto* codes =
            static_cast<const CallingCode*>(static_cast<const void*>(territories + header->territories));
        const auto walk = [&](std::uint16_t root, const std::string& front, const std::string& home,
                              bool all_lengths) {
            std::map<std::pair<std::uint16_t, std::size_t>, bool> seen;
            std::deque<std::pair<std::uint16_t, std::string>> open = {{root, ""}};
            while (!open.empty()) {
                const auto [at, way] = open.front();
                open.pop_front();
                for (unsigned d = 0; d < 10; ++d) {
                    const std::string digits = way + static_cast<char>('0' + d);
                    const std::uint16_t next = nodes[at].next[d];
                    if (all_lengths && way.size() <= 3) {
                        for (std::size_t length = digits.size(); length <= 15; ++length)
                            ask(front + filled(digits, length), home);
                    } else {
                        ask(front + filled(digits, digits.size() + pick(10)), home);
                        ask(front + filled(digits, digits.size() < 10 ? 10 : digits.size()), home);
                    }
                    if (next != 0 && !seen[{next, digits.size()}]) {
                        seen[{next, digits.size()}] = true;
                        open.emplace_back(next, digits);
                    }
                }
            }
        };
        for (std::size_t i = 0; i < header->codes; ++i)
            walk(codes[i].type_root, "+" + std::to_string(codes[i].code), "ZZ", true);
        for (std::size_t i = 0; i < header->territories; ++i) {
            const std::string id = territories[i].id;
            if (id == "001") continue;
            if (territories[i].national_prefix_root != 0)
                walk(territories[i].national_prefix_root, "", id, false);
            if (territories[i].international_prefix_root != 0)
                walk(territories[i].international_prefix_root, "", id, false);
            walk(territories[i].general_root, "", id, false);
        }
    }

    void prefixes(std::size_t depth) {
        std::vector<int> codes;
        for (const auto& t : source_.territories) codes.push_back(t.code);
        std::sort(codes.begin(), codes.end());
        codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
        std::size_t count = 1;
        for (std::size_t i = 0; i < depth; ++i) count *= 10;
        for (const int code : codes) {
            for (std::size_t i = 0; i < count; ++i) {
                std::string digits = std::to_string(i);
                digits.insert(0, depth - digits.size(), '0');
                ask("+" + std::to_string(code) + filled(digits, depth + 2 + pick(8)), "ZZ");
            }
        }
    }

    void texts(std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i)
            ask(text(), pick(20) == 0 ? "ZZ" : regions_[pick(regions_.size())]);
    }

    // How the questions were spread over the answers.
    void show_spread() const {
        for (const auto& [answer, count] : answers_)
            std::printf("  %s %llu", answer.c_str(), static_cast<unsigned long long>(count));
        std::printf("\n");
    }
    [[nodiscard]] std::uint64_t asked() const { return asked_; }
    [[nodiscard]] std::uint64_t different() const { return different_; }

private:
    std::size_t pick(std::size_t below) {
        return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
    }

    std::string filled(std::string digits, std::size_t length) {
        while (digits.size() < length) digits += static_cast<char>('0' + pick(10));
        return digits;
    }

    std::string text() {
        static const std::vector<std::string> pieces = {"0",
                                                        "1",
                                                        "2",
                                                        "3",
                                                        "4",
                                                        "5",
                                                        "6",
                                                        "7",
                                                        "8",
                                                        "9",
                                                        "0",
                                                        "00",
                                                        "011",
                                                        "+",
                                                        "+",
                                                        " ",
                                                        " ",
                                                        "-",
                                                        "-",
                                                        ".",
                                                        "(",
                                                        ")",
                                                        "/",
                                                        "x",
                                                        "X",
                                                        "*",
                                                        "#",
                                                        ",",
                                                        ";",
                                                        ":",
                                                        "~",
                                                        "ext",
                                                        "ext.",
                                                        " ext ",
                                                        "extn",
                                                        "EXTENSION",
                                                        "extensi\xC3\xB3n",
                                                        "extensio\xCC\x81n",
                                                        "int",
                                                        "anexo",
                                                        "\xD0\xB4\xD0\xBE\xD0\xB1",
                                                        "\xD0\x94\xD0\x9E\xD0\x91",
                                                        "e",
                                                        "xt",
                                                        "a",
                                                        "b",
                                                        "c",
                                                        "FLOWERS",
                                                        "k",
                                                        "\xE2\x84\xAA",
                                                        "\xC5\xBF",
                                                        ";ext=",
                                                        ";isub=",
                                                        "tel:",
                                                        ";phone-context=",
                                                        ";phone-context=+",
                                                        "\xEF\xBC\x8B",
                                                        "\xEF\xBC\x91",
                                                        "\xEF\xBC\x99",
                                                        "\xEF\xBC\x90",
                                                        "\xE0\xA5\xA6",
                                                        "\xE0\xA5\xA7",
                                                        "\xE0\xA5\xAF",
                                                        "\xD9\xA3",
                                                        "\xC2\xA0",
                                                        "\xC2\xAD",
                                                        "\xE2\x80\x8B",
                                                        "\xE2\x80\x91",
                                                        "\xE2\x80\x93",
                                                        "\xEF\xBC\x88",
                                                        "\xEF\xBC\x89",
                                                        "\xEF\xBC\x8E",
                                                        "\xEF\xBC\x83",
                                                        "\xEF\xBD\x98",
                                                        "\xEF\xBD\x85\xEF\xBD\x98\xEF\xBD\x94\xEF\xBD\x8E",
                                                        "\xEF\xBD\x89\xEF\xBD\x8E\xEF\xBD\x94",
                                                        "\xEF\xBD\x9E",
                                                        "\xE3\x80\x80",
                                                        "\xC3\xA9",
                                                        "\xE2\x82\xAC",
                                                        "\xF0\x9F\x93\x9E",
                                                        "\xF0\x9D\x9F\x97",
                                                        "\xFF",
                                                        "\n",
                                                        "\t",
                                                        "[",
                                                        "]",
                                                        "\\",
                                                        "/ x",
                                                        "\\ x",
                                                        ",,",
                                                        ", ",
                                                        "- 12#",
                                                        " 503#",
                                                        "@",
                                                        "=",
                                                        "\"",
                                                        "'",
                                                        "\x01",
                                                        "\xE2\x80\xA8",
                                                        "\xC2\xBD",
                                                        "\xE0\xA4\x95"};
        std::string out;
        const std::size_t way = pick(10);
        if (way < 6) {  // something near a number that exists
            out = examples_[pick(examples_.size())];
            if (pick(2) == 0) {  // another number of the range
                const std::size_t from = 3 + pick(out.size() - 3);
                for (std::size_t i = from; i < out.size(); ++i) out[i] = static_cast<char>('0' + pick(10));
            }
            if (pick(3) == 0)
                out.erase(0, 1);
            else if (pick(3) == 0)
                out.erase(0, 1 + pick(4));
            if (pick(4) == 0)
                out.insert(0, pick(2) == 0 ? "0" : pick(2) == 0 ? "00" : pick(2) == 0 ? "1" : "8");
            if (pick(4) == 0) out += static_cast<char>('0' + pick(10));
            if (pick(4) == 0) out.pop_back();
        } else if (way < 8) {
            if (pick(2) == 0) out = "+";
            out += filled("", 1 + pick(20));
        } else if (way == 8) {
            const std::size_t n = 1 + pick(14);
            for (std::size_t i = 0; i < n; ++i) out += pieces[pick(pick(2) == 0 ? 14 : pieces.size())];
        } else {
            out = examples_[pick(examples_.size())];
        }
        const std::size_t changes = pick(2) == 0 ? 0 : pick(5);
        for (std::size_t i = 0; i < changes; ++i) {
            const std::string& piece = pieces[pick(pieces.size())];
            const std::size_t at = pick(3) == 0 ? out.size() : pick(out.size() + 1);
            out.insert(at, piece);
            if (pick(3) == 0) out += filled("", 1 + pick(6));
        }
        return out;
    }

    const NumberingPlan& plan_;
    PlanSource source_;
    std::mt19937_64 random_;
    std::vector<std::string> regions_, examples_;
    std::map<std::string, std::uint64_t> answers_;
    std::uint64_t asked_ = 0, different_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t strings = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20000;
    const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
    const std::size_t depth = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
    const bool edges = argc > 3;
    PlanSource source = oracle::libphonenumber_source();
    const auto tables = compile_plan(source);
    if (!tables) return std::fprintf(stderr, "%s\n", tables.fault().message().c_str()), 2;
    std::vector<std::uint64_t> aligned((tables->size() + 7) / 8);
    std::copy(tables->begin(), tables->end(), static_cast<char*>(static_cast<void*>(aligned.data())));
    const std::string_view bytes(static_cast<const char*>(static_cast<const void*>(aligned.data())),
                                 tables->size());
    const auto plan = NumberingPlan::over(bytes);
    if (!plan) return std::fprintf(stderr, "%s\n", plan.fault().message().c_str()), 2;
    Equality equality(*plan, std::move(source), seed);
    const auto say = [&](const char* what) {
        std::printf("%s: %llu asked, %llu different\n", what,
                    static_cast<unsigned long long>(equality.asked()),
                    static_cast<unsigned long long>(equality.different()));
        std::fflush(stdout);
    };
    equality.examples();
    say("example numbers");
    if (edges) {
        equality.edges(bytes);
        say("edges of the automaton");
    }
    equality.prefixes(depth);
    say("prefixes");
    equality.texts(strings);
    say("texts");
    equality.show_spread();
    return equality.different() == 0 ? 0 : 1;
}
