#include "numbering/first_operator.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "numbering/operator_tables.h"
#include "numbering/series_table.h"

// The tables the build has compiled, as they are, in the program's read-only data.
__asm__(
    ".section .rodata\n"
    ".balign 64\n"
    "sendh_operators_begin:\n"
    ".incbin \"" SENDH_OPERATOR_TABLES
    "\"\n"
    ".byte 0\n"
    ".text\n");
extern "C" {
extern const char sendh_operators_begin[] __attribute__((visibility("hidden")));
}

namespace sendh {

namespace {

using operator_tables::Header;

struct Tables {
    const Header* header;
    std::span<const std::uint64_t> first;
    std::span<const std::uint16_t> name;
    const std::uint32_t* begins;
    const char* text;
};

const Tables& tables() {
    static const Tables all = [] {
        const void* at = sendh_operators_begin;
        Tables t{};
        t.header = static_cast<const Header*>(at);
        if (t.header->magic != operator_tables::operators_magic) {  // the build has gone wrong
            std::fputs("sendh: the compiled list of operators is damaged\n", stderr);
            std::abort();
        }
        const char* next = sendh_operators_begin + sizeof(Header);
        t.first = {static_cast<const std::uint64_t*>(static_cast<const void*>(next)), t.header->pieces};
        next += t.first.size_bytes();
        t.name = {static_cast<const std::uint16_t*>(static_cast<const void*>(next)), t.header->pieces};
        next += t.name.size_bytes();
        t.begins = static_cast<const std::uint32_t*>(static_cast<const void*>(next));
        t.text = next + sizeof(std::uint32_t) * (t.header->names + 1ULL);
        return t;
    }();
    return all;
}

}  // namespace

std::string_view first_operator(PhoneNumber number) {
    if (!number.is_e164()) return {};
    const Tables& t = tables();
    const auto next = std::upper_bound(t.first.begin(), t.first.end(), left_aligned(number));
    if (next == t.first.begin()) return {};
    const std::uint16_t name = t.name[static_cast<std::size_t>(next - t.first.begin()) - 1];
    if (name == 0) return {};
    return {t.text + t.begins[name - 1U], t.begins[name] - t.begins[name - 1U]};
}

std::string_view first_operator_source() { return tables().header->version; }

}  // namespace sendh
