// How many numbers a second: NumberingPlan on clean and on dirty columns, and libphonenumber C++ doing the
// same work (parse, possible, validity, type, region, E.164) on the same inputs in this process, on its own
// metadata.
//
//   numbers/s, one core; ratio = ours / libphonenumber's
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "numbering/numbering_plan.h"
#include "numbering/plan.h"
#ifdef SENDH_HAS_LIBPHONENUMBER
#include "numbering/plan_compiler.h"
#include "oracle/libphonenumber.h"
#endif

namespace {

using namespace sendh;
using Clock = std::chrono::steady_clock;

std::mt19937_64 source(1);
std::size_t pick(std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(source);
}

std::string digits(std::size_t n) {
    std::string out;
    while (out.size() < n) out += static_cast<char>('0' + pick(10));
    return out;
}

// Ten digits as Indian records have them, or international form of ten countries. Made up.
std::string clean() {
    static const std::vector<std::pair<const char*, std::size_t>> fronts = {
        {"+91", 0},    {"+9715", 8},  {"+1202", 7},  {"+4479", 8}, {"+6591", 6},
        {"+97798", 8}, {"+88017", 8}, {"+92300", 7}, {"+9665", 8}, {"+4915", 9}};
    std::string home = static_cast<char>('6' + pick(4)) + digits(9);
    if (pick(2) == 0) return home;
    const auto& [front, tail] = fronts[pick(fronts.size())];
    return front + (tail == 0 ? home : digits(tail));
}

// As exports and complaint forms have them: a third clean, the rest with spaces, dashes, brackets, 0 and 00,
// Devanagari or full-width digits, extensions, letters, nonsense.
std::string dirty() {
    const std::string home = static_cast<char>('6' + pick(4)) + digits(9);
    switch (pick(12)) {
        case 0:
        case 1:
        case 2:
        case 3: return clean();
        case 4: return "+91 " + home.substr(0, 5) + " " + home.substr(5);
        case 5: return "(+91) " + home.substr(0, 5) + "-" + home.substr(5);
        case 6: return "0" + home;
        case 7: return "00971 50 " + digits(3) + " " + digits(4);
        case 8: {
            std::string out;
            for (const char d : home) (out += "\xE0\xA5") += static_cast<char>(0xA6 - 256 + (d - '0'));
            return out;
        }
        case 9: {
            std::string out = "\xEF\xBC\x8B\xEF\xBC\x99\xEF\xBC\x91";
            for (const char d : home) (out += "\xEF\xBC") += static_cast<char>(0x90 - 256 + (d - '0'));
            return out;
        }
        case 10: return pick(2) == 0 ? home + " ext. " + digits(3) : "tel:" + home;
        default: return pick(3) == 0 ? "anonymous" : pick(2) == 0 ? "AD-AIRTEL" : digits(1 + pick(18));
    }
}

struct Column {
    std::string bytes;
    std::vector<std::uint32_t> offsets{0};
    std::vector<std::string> texts;
    explicit Column(std::size_t n, std::string (*make)()) {
        for (std::size_t i = 0; i < n; ++i) {
            texts.push_back(make());
            bytes += texts.back();
            offsets.push_back(static_cast<std::uint32_t>(bytes.size()));
        }
    }
};

// The best of several rounds: what the machine can do when nobody else wants it.
template <class Work>
double rate(std::size_t numbers, int rounds, const Work& work) {
    double best = 0;
    for (int i = 0; i < rounds; ++i) {
        const auto begin = Clock::now();
        work();
        best = std::max(
            best, static_cast<double>(numbers) / std::chrono::duration<double>(Clock::now() - begin).count());
    }
    return best;
}

void measure(const char* name, const Column& column, const NumberingPlan& plan) {
    const std::size_t n = column.texts.size();
    std::vector<PlannedNumber> out(n);
    const TerritoryId home = plan.territory("IN");
    const double bulk = rate(n, 7, [&] { plan.parse(column.bytes, column.offsets, home, out); });
    std::size_t valid = 0;
    for (const PlannedNumber& number : out) valid += number.valid() ? 1U : 0U;
    std::uint64_t sum = 0;
    const double cells = rate(n, 7, [&] {
        for (const std::string& text : column.texts)
            sum += static_cast<std::uint64_t>(parse_number(text, Region::india).number_class);
    });
    std::printf("%-6s %6.2f million/s   (%.0f %% valid; parse_number of a cell %.2f million/s)\n", name,
                bulk / 1e6, 100.0 * static_cast<double>(valid) / static_cast<double>(n), cells / 1e6);
#ifdef SENDH_HAS_LIBPHONENUMBER
    const std::size_t few = std::min<std::size_t>(n, 20000);
    const double theirs = rate(few, 3, [&] {
        for (std::size_t i = 0; i < few; ++i) sum += oracle::work_of_libphonenumber(column.texts[i], "IN");
    });
    std::printf("%-6s %6.0f /s libphonenumber C++; ratio %.0f\n", name, theirs, bulk / theirs);
#endif
    if (sum == 1) std::puts("");
}

}  // namespace

int main() {
    const auto begin = Clock::now();
    const NumberingPlan& builtin = NumberingPlan::builtin();
    std::printf("built-in plan (%s): ready after %.2f ms\n", std::string(builtin.version()).c_str(),
                std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
    const Column clean_column(1'000'000, clean);
    const Column dirty_column(1'000'000, dirty);
    const NumberingPlan* plan = &builtin;
#ifdef SENDH_HAS_LIBPHONENUMBER
    const auto tables = compile_plan(oracle::libphonenumber_source());
    if (!tables) return 2;
    std::vector<std::uint64_t> aligned((tables->size() + 7) / 8);
    std::copy(tables->begin(), tables->end(), static_cast<char*>(static_cast<void*>(aligned.data())));
    const auto same = NumberingPlan::over(
        {static_cast<const char*>(static_cast<const void*>(aligned.data())), tables->size()});
    if (!same) return 2;
    std::printf("tables of libphonenumber's metadata: %zu bytes\n", tables->size());
    plan = &*same;
#endif
    measure("clean", clean_column, *plan);
    measure("dirty", dirty_column, *plan);
    return 0;
}
