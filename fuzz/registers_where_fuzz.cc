// Conditions of arbitrary text: a fault of the right kind, or conditions over columns that there are.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "registers/where.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sendh;
    const std::vector<std::string> columns = {"a", "b c", "district"};
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto where = Where::parse(text, columns);
    if (!where.ok()) {
        if (where.fault().kind != FaultKind::usage) std::abort();
        return 0;
    }
    for (const Where::Condition& condition : where->conditions()) {
        if (condition.column >= columns.size() || condition.texts.empty()) std::abort();
    }
    if (where->empty() && !where->holds({})) std::abort();
    (void)where->holds({"x", "", text});
    return 0;
}
