#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <limits>
#include <string>
#include <vector>

#include "base/folder.h"
#include "store/duck.h"
#include "store/parquet.h"

using namespace sendh;
using namespace sendh::test;

namespace {

Token token_of(std::uint64_t n) {
    Token token;
    for (std::size_t i = 0; i < 16; ++i)
        token.bytes[i] = static_cast<unsigned char>((n * 0x9e3779b97f4a7c15ULL) >> (i % 8 * 8));
    token.bytes[15] = 1;  // never all zero
    return token;
}

struct Columns {
    std::vector<std::int64_t> a;
    std::vector<std::uint64_t> b;
    std::vector<std::int32_t> c;
    std::vector<std::uint8_t> d;
    std::vector<Token> e, f;
    std::vector<std::uint32_t> g;
    friend bool operator==(const Columns&, const Columns&) = default;
};

const std::vector<std::string> names = {"", "TG1", "a longer name, with \"quotes\"", "\xE0\xA4\xB8", "x"};

std::string encode(const Columns& columns, std::size_t group) {
    using enum ParquetType;
    ParquetFile file({{"a", i64},
                      {"b", u64},
                      {"c", i32},
                      {"d", u8},
                      {"e", token, true},
                      {"f", optional_token},
                      {"g", name}},
                     columns.a.size());
    for (std::size_t from = 0; from < columns.a.size(); from += group) {
        const std::size_t n = std::min(group, columns.a.size() - from);
        file.add(std::span(columns.a).subspan(from, n));
        file.add(std::span(columns.b).subspan(from, n));
        file.add(std::span(columns.c).subspan(from, n));
        file.add(std::span(columns.d).subspan(from, n));
        file.add(std::span(columns.e).subspan(from, n));
        file.add(std::span(columns.f).subspan(from, n));
        file.add(std::span(columns.g).subspan(from, n), names);
    }
    return file.finish();
}

// What DuckDB reads.
Columns decode(const std::filesystem::path& folder, const std::string& name) {
    auto duck = Duck::open(folder, 200, 1);
    REQUIRE(duck.ok());
    Columns out;
    const auto read =
        duck->query("SELECT a,b,c,d,e,f,g FROM read_parquet(" + sql_quoted((folder / name).string()) + ")",
                    [&](const DuckChunk& c) {
                        for (std::size_t i = 0; i < c.rows(); ++i) {
                            out.a.push_back(c.data<std::int64_t>(0)[i]);
                            out.b.push_back(c.data<std::uint64_t>(1)[i]);
                            out.c.push_back(c.data<std::int32_t>(2)[i]);
                            out.d.push_back(c.data<std::uint8_t>(3)[i]);
                            out.e.push_back(c.token(4, i));
                            out.f.push_back(c.is_null(5, i) ? Token{} : c.token(5, i));
                            std::uint32_t k = 0;
                            while (k < names.size() && names[k] != c.text(6, i)) ++k;
                            out.g.push_back(k);
                        }
                        return done();
                    });
    if (!read.ok()) FAIL(read.fault().message());
    return out;
}

template <class Number>
std::vector<Number> numbers(std::size_t n) {
    // Steady, near each other, and anything.
    const int habit = *rc::gen::inRange(0, 4);
    std::vector<Number> out(n);
    const auto start = *rc::gen::arbitrary<Number>();
    const auto any = *rc::gen::container<std::vector<Number>>(n, rc::gen::arbitrary<Number>());
    using Unsigned = std::make_unsigned_t<Number>;
    for (std::size_t i = 0; i < n; ++i) {
        const auto step =
            static_cast<Unsigned>(habit == 0   ? i
                                  : habit == 1 ? i * 1'000'000 + static_cast<Unsigned>(any[i]) % 7
                                               : 0);
        out[i] = habit < 2    ? static_cast<Number>(static_cast<Unsigned>(start) + step)
                 : habit == 2 ? start
                              : any[i];
    }
    if (habit == 3 && n > 2)
        out[0] = std::numeric_limits<Number>::max(), out[1] = std::numeric_limits<Number>::min();
    return out;
}

std::vector<std::uint32_t> small(std::size_t n, std::uint32_t below) {
    const bool runs = *rc::gen::arbitrary<bool>();
    auto out = *rc::gen::container<std::vector<std::uint32_t>>(n, rc::gen::inRange<std::uint32_t>(0, below));
    for (std::size_t i = 1; runs && i < n; ++i) {
        if (i % 50 != 0) out[i] = out[i - 1];
    }
    return out;
}

}  // namespace

TEST_CASE("DuckDB reads back every value of every type, whatever the values and row groups") {
    const Folder folder;
    CHECK(rc::check([&] {
        const auto n = static_cast<std::size_t>(*rc::gen::inRange(1, 700));
        Columns in;
        in.a = numbers<std::int64_t>(n);
        in.b = numbers<std::uint64_t>(n);
        in.c = numbers<std::int32_t>(n);
        for (const std::uint32_t v : small(n, 15)) in.d.push_back(static_cast<std::uint8_t>(v));
        for (std::size_t i = 0; i < n; ++i) in.e.push_back(token_of(i));
        for (const std::uint32_t v : small(n, 3)) in.f.push_back(v == 0 ? Token{} : token_of(v));
        in.g = small(n, static_cast<std::uint32_t>(names.size()));
        const auto group = static_cast<std::size_t>(*rc::gen::inRange(1, 800));
        RC_ASSERT(write_durably(folder.path() / "t.parquet", encode(in, group)).ok());
        RC_ASSERT(decode(folder.path(), "t.parquet") == in);
    }));
}

TEST_CASE("a file without rows can be read") {
    const Folder folder;
    REQUIRE(write_durably(folder.path() / "t.parquet", encode({}, 10)).ok());
    CHECK(decode(folder.path(), "t.parquet") == Columns{});
}

TEST_CASE("the filter never denies a token that is there, and hardly ever admits one that is not") {
    const Folder folder;
    Columns in;
    constexpr std::uint64_t rows = 20'000;
    in.a.resize(rows), in.b.resize(rows), in.c.resize(rows), in.d.resize(rows), in.f.resize(rows),
        in.g.resize(rows);
    for (std::uint64_t i = 0; i < rows; ++i) in.e.push_back(token_of(i));
    REQUIRE(write_durably(folder.path() / "t.parquet", encode(in, 7'000)).ok());
    auto filter = TokenFilter::open(folder.path() / "t.parquet");
    REQUIRE(filter.ok());
    REQUIRE(filter->has_value());
    int wrong = 0;
    for (std::uint64_t i = 0; i < rows; ++i) {
        const auto there = (*filter)->may_hold(token_of(i));
        REQUIRE(there.ok());
        REQUIRE(*there);
        wrong += *(*filter)->may_hold(token_of(rows + i)) ? 1 : 0;
    }
    CHECK(wrong < static_cast<int>(rows) / 50);
}

TEST_CASE("a file that DuckDB wrote has no filter; one that is cut off says so") {
    const Folder folder;
    {
        auto duck = Duck::open(folder.path(), 200, 1);
        REQUIRE(duck.ok());
        REQUIRE(duck->write_query("SELECT 1 AS a", folder.path() / "d.parquet").ok());
    }
    const auto none = TokenFilter::open(folder.path() / "d.parquet");
    REQUIRE(none.ok());
    CHECK_FALSE(none->has_value());
    Columns in;
    in.a.resize(5'000), in.b.resize(5'000), in.c.resize(5'000), in.d.resize(5'000), in.f.resize(5'000),
        in.g.resize(5'000);
    for (std::uint64_t i = 0; i < 5'000; ++i) in.e.push_back(token_of(i));
    REQUIRE(write_durably(folder.path() / "t.parquet", encode(in, 5'000).substr(0, 100)).ok());
    const auto cut = TokenFilter::open(folder.path() / "t.parquet");
    REQUIRE(cut.ok());
    REQUIRE(cut->has_value());
    bool fault = false;
    for (std::uint64_t i = 0; i < 100; ++i) fault = fault || !(*cut)->may_hold(token_of(i)).ok();
    CHECK(fault);
}
