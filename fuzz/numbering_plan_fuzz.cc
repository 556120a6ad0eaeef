// Arbitrary bytes as a phone number from several regions: the fields agree with each other, a column of one
// value gives the same, and arbitrary bytes as tables are refused or safe to use.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "numbering/numbering_plan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sendh;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const NumberingPlan& plan = NumberingPlan::builtin();
    for (const char* home : {"IN", "US", "BR", "AR", "JP", "ZZ"}) {
        const PlannedNumber number = plan.parse(text, plan.territory(home));
        char e164[24];
        const std::size_t written = unveil_e164(number, e164);
        if ((written != 0) != number.parsed()) std::abort();
        if (number.valid() && !number.parsed()) std::abort();
        if (number.parsed() == number.number().is_none()) std::abort();
        PlannedNumber column;
        const std::uint32_t offsets[] = {0, static_cast<std::uint32_t>(size)};
        plan.parse(text, offsets, plan.territory(home), {&column, 1});
        if (!(column == number)) std::abort();
    }
    std::vector<std::uint64_t> aligned(size / 8 + 1);
    for (std::size_t i = 0; i < size; ++i) reinterpret_cast<std::uint8_t*>(aligned.data())[i] = data[i];
    const auto strange = NumberingPlan::over({reinterpret_cast<const char*>(aligned.data()), size});
    if (strange) (void)strange->parse("+919876500001", strange->territory("IN"));
    return 0;
}
