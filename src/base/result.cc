#include "base/result.h"

#include <array>

namespace sendh {

namespace {
constexpr std::array<std::string_view, fault_kinds> names = {"usage",   "input", "missing",    "io",
                                                             "corrupt", "key",   "interrupted"};
static_assert(names.size() == static_cast<std::size_t>(FaultKind::interrupted) + 1);
}  // namespace

std::string_view name_of(FaultKind kind) { return names.at(static_cast<std::size_t>(kind)); }

std::string Fault::message() const {
    std::string out = what;
    for (const std::string* part : {&where, &to_do}) {
        if (part->empty()) continue;
        if (!out.empty()) out += ": ";
        out += *part;
    }
    return out;
}

}  // namespace sendh
