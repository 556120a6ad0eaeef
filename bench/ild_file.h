// Files in the layout of an ILD gateway, about 100 bytes a row, with made-up numbers: for benchmarks of
// imports.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace sendh::bench {

class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t below(std::uint64_t n) {
        state_ += 0x9e3779b97f4a7c15ULL;
        std::uint64_t x = state_;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
        return (x ^ (x >> 31)) % n;
    }

private:
    std::uint64_t state_;
};

struct Origin {
    const char* country;
    const char* carrier;
    const char* prefix;
    int digits;
};
inline constexpr std::array<Origin, 8> origins = {{{"United Arab Emirates", "Gulf Transit", "97150", 7},
                                                   {"United States", "Atlantic Voice", "1212", 7},
                                                   {"United Kingdom", "Albion Wholesale", "447911", 6},
                                                   {"Saudi Arabia", "Gulf Transit", "96650", 7},
                                                   {"Singapore", "Straits Carrier", "659", 7},
                                                   {"Nepal", "Himal Link", "97798", 8},
                                                   {"India", "Gulf Transit", "9198", 8},
                                                   {"Germany", "Rhein Netz", "49151", 8}}};

// `month`: of 2025, from 1; the calls of a file lie in its first 28 days, in order.
inline void make_ild_file(const std::filesystem::path& path, std::uint64_t rows, unsigned month = 6) {
    std::FILE* out = std::fopen(path.c_str(), "w");
    if (out == nullptr) std::exit(2);
    std::fputs(
        "CALL_TIME,CALL_DATE,CALLING_PARTY_NUMBER,CALLED_PARTY_NUMBER,CALL_DURATION_SEC,ORIG_SWITCH_ID,ORG_"
        "TRUNC_GROUP,"
        "TERM_TRUNC_GROUP,CALL_DIRECTION,CALL_TYPE,ORIG_CARR_NAME,TERM_CARR_NAME,Country\n",
        out);
    Random random(month);
    for (std::uint64_t i = 0; i < rows; ++i) {
        const std::uint64_t second = i * 2'419'200 / rows;
        const std::uint64_t rest = second % 86'400;
        const Origin& from = origins.at(random.below(origins.size()));
        std::uint64_t space = 1;
        for (int k = 0; k < from.digits; ++k) space *= 10;
        std::fprintf(
            out,
            "%02u:%02u:%02u,%02u/%02u/2025,%s%0*llu,98%08llu,%u,SW%u,TG%03u,TG9%02u,IN,VOICE,%s,Home,%s\n",
            static_cast<unsigned>(rest / 3600), static_cast<unsigned>(rest / 60 % 60),
            static_cast<unsigned>(rest % 60), static_cast<unsigned>(second / 86'400 + 1), month, from.prefix,
            from.digits, static_cast<unsigned long long>(random.below(space)),
            static_cast<unsigned long long>(random.below(100'000'000)),
            static_cast<unsigned>(random.below(4) == 0 ? random.below(600) : 0),
            static_cast<unsigned>(random.below(4)), static_cast<unsigned>(random.below(40)),
            static_cast<unsigned>(random.below(10)), from.carrier, from.country);
    }
    std::fclose(out);
}

}  // namespace sendh::bench
