// numbering_answers: REGION<tab>NUMBER a line in; what the built-in plan says a line out:
// reason<tab>valid<tab>type<tab>region<tab>E.164. For comparisons with libraries in other languages.
#include <iostream>
#include <string>

#include "numbering/numbering_plan.h"

int main() {
    using namespace sendh;
    std::ios::sync_with_stdio(false);
    const NumberingPlan& plan = NumberingPlan::builtin();
    for (std::string line; std::getline(std::cin, line);) {
        const std::size_t tab = line.find('\t');
        if (tab == std::string::npos) return 2;
        const PlannedNumber number =
            plan.parse(std::string_view(line).substr(tab + 1), plan.territory(line.substr(0, tab)));
        char e164[24];
        const std::size_t size = unveil_e164(number, e164);
        std::cout << name_of(number.reason) << '\t' << (number.valid() ? "valid" : "invalid") << '\t'
                  << name_of(number.type) << '\t' << plan.id_of(number.territory) << '\t'
                  << std::string_view(e164, size) << '\n';
    }
    return 0;
}
