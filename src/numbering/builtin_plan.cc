// The tables the build has compiled (SENDH_PLAN_TABLES), as they are, in the program's read-only data.
#include <cstdio>
#include <cstdlib>

#include "numbering/numbering_plan.h"

__asm__(
    ".section .rodata\n"
    ".balign 64\n"
    "sendh_plan_begin:\n"
    ".incbin \"" SENDH_PLAN_TABLES
    "\"\n"
    "sendh_plan_end:\n"
    ".byte 0\n"
    ".text\n");
extern "C" {
extern const char sendh_plan_begin[] __attribute__((visibility("hidden")));
extern const char sendh_plan_end[] __attribute__((visibility("hidden")));
}

namespace sendh {

const NumberingPlan& NumberingPlan::builtin() {
    static const NumberingPlan plan = [] {
        auto loaded = over({sendh_plan_begin, static_cast<std::size_t>(sendh_plan_end - sendh_plan_begin)});
        if (!loaded) {  // the build has gone wrong
            std::fprintf(stderr, "sendh: %s\n", loaded.fault().message().c_str());
            std::abort();
        }
        return *std::move(loaded);
    }();
    return plan;
}

}  // namespace sendh
