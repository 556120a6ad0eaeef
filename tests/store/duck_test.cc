#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <thread>

#include "base/folder.h"
#include "store/duck.h"

using namespace sendh;
using namespace sendh::test;
namespace fs = std::filesystem;

namespace {

Duck opened(const fs::path& folder, int memory_mb = 100) {
    auto duck = Duck::open(folder, memory_mb, 2);
    if (!duck.ok()) FAIL(duck.fault().message());
    return std::move(*duck);
}

std::int64_t number(Duck& duck, const std::string& sql) {
    std::int64_t value = -1;
    const auto asked = duck.query(sql, [&](const DuckChunk& c) {
        value = c.data<std::int64_t>(0)[0];
        return done();
    });
    if (!asked.ok()) FAIL(asked.fault().message());
    return value;
}

Token token(std::uint64_t n) {
    Token t;
    for (std::size_t i = 0; i < 8; ++i)
        t.bytes[i] = t.bytes[15 - i] = static_cast<unsigned char>(n >> (8 * i));
    return t;
}

const std::vector<DuckColumn> id_only = {{"id", DuckType::i64}};
void fill_ids(DuckWriter& out, std::size_t first, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        out.data<std::int64_t>(0)[i] = static_cast<std::int64_t>(first + i);
}

}  // namespace

TEST_CASE("a stream goes on to its end while others query and write") {
    const Folder folder;
    Duck duck = opened(folder.path());
    std::int64_t rows = 0;
    int written = 0;
    const auto streamed = duck.query("SELECT range FROM range(300000)", [&](const DuckChunk& c) -> Done {
        rows += static_cast<std::int64_t>(c.rows());
        if (rows / 50000 == written) return done();
        ++written;
        CHECK(number(duck, "SELECT 7::BIGINT") == 7);
        return duck.write_parquet(folder / ("w" + std::to_string(written) + ".parquet"), id_only, 10,
                                  fill_ids);
    });
    CHECK(streamed.ok());
    CHECK(rows == 300000);
    CHECK(written == 6);
}

TEST_CASE("a query reads nothing outside the folder") {
    const Folder folder;
    fs::create_directory(folder / "in");
    fs::create_directory(folder / "inside-out");
    write_file(folder / "outside.csv", "a,b\n1,2\n");
    write_file(folder / "inside-out/x.csv", "a,b\n1,2\n");
    write_file(folder / "in/inside.csv", "a,b\n1,2\n");
    Duck duck = opened(folder / "in");
    CHECK(duck.run("SELECT * FROM read_csv('" + (folder / "in/inside.csv").string() + "')").ok());
    for (const std::string& path :
         {std::string("/etc/passwd"), (folder / "outside.csv").string(),
          (folder / "in/../outside.csv").string(), (folder / "inside-out/x.csv").string(),
          (folder / "*.csv").string(), std::string("/proc/self/environ"),
          std::string("https://example.com/x.csv"), std::string("s3://bucket/x.csv")}) {
        CHECK_MESSAGE(!duck.run("SELECT * FROM read_csv('" + path + "')").ok(), path);
        CHECK_MESSAGE(!duck.run("SELECT * FROM read_text('" + path + "')").ok(), path);
        CHECK_MESSAGE(!duck.run("SELECT * FROM '" + path + "'").ok(), path);
    }
    CHECK_FALSE(duck.run("SELECT * FROM glob('/etc/*')").ok());
}

TEST_CASE("a query writes nothing outside the folder") {
    const Folder folder;
    fs::create_directory(folder / "in");
    Duck duck = opened(folder / "in");
    CHECK_FALSE(duck.run("COPY (SELECT 1) TO '" + (folder / "out.csv").string() + "'").ok());
    CHECK_FALSE(duck.run("ATTACH '" + (folder / "out.db").string() + "' AS x").ok());
    CHECK_FALSE(duck.run("EXPORT DATABASE '" + (folder / "out").string() + "'").ok());
    CHECK_FALSE(fs::exists(folder / "out.csv"));
    CHECK_FALSE(fs::exists(folder / "out.db"));
    CHECK_FALSE(fs::exists(folder / "out"));
}

TEST_CASE("no extension is installed or loaded") {
    const Folder folder;
    Duck duck = opened(folder.path());
    for (const char* sql : {"INSTALL httpfs", "LOAD httpfs", "LOAD '/tmp/evil.duckdb_extension'",
                            "INSTALL httpfs FROM community", "FORCE INSTALL httpfs"}) {
        CHECK_MESSAGE(!duck.run(sql).ok(), sql);
    }
}

TEST_CASE("settings are frozen") {
    const Folder folder;
    Duck duck = opened(folder.path());
    for (const char* sql :
         {"SET enable_external_access=true", "SET lock_configuration=false", "SET memory_limit='10GB'",
          "SET allowed_directories=['/']", "SET threads=64", "SET temp_directory='/tmp'",
          "PRAGMA memory_limit='10GB'", "SET autoload_known_extensions=true", "RESET memory_limit",
          "SET GLOBAL enable_external_access=true"}) {
        CHECK_MESSAGE(!duck.run(sql).ok(), sql);
    }
}

TEST_CASE("a refused query leaves the connection fit for the next") {
    const Folder folder;
    Duck duck = opened(folder.path());
    CHECK_FALSE(duck.run("SELECT nonsense FROM nowhere").ok());
    CHECK_FALSE(duck.run("SELECT").ok());
    CHECK(number(duck, "SELECT 42::BIGINT") == 42);
}

TEST_CASE("every type comes back from Parquet as it went in, NULL too") {
    const Folder folder;
    Duck duck = opened(folder.path());
    const std::vector<DuckColumn> columns = {
        {"a", DuckType::i64}, {"b", DuckType::u64},   {"c", DuckType::i32}, {"d", DuckType::u32},
        {"e", DuckType::u8},  {"f", DuckType::token}, {"g", DuckType::text}};
    const std::vector<std::string> texts = {"", "short", "a text longer than what is kept inline",
                                            "it's \"क\"", std::string("\0x", 2)};
    const std::size_t rows = 5000;
    const auto written = duck.write_parquet(
        "all.parquet", columns, rows, [&](DuckWriter& out, std::size_t first, std::size_t count) {
            for (std::size_t i = 0; i < count; ++i) {
                const std::size_t r = first + i;
                out.data<std::int64_t>(0)[i] = r == 0 ? INT64_MIN : -static_cast<std::int64_t>(r);
                out.data<std::uint64_t>(1)[i] = r == 0 ? UINT64_MAX : r;
                out.data<std::int32_t>(2)[i] = r == 0 ? INT32_MIN : static_cast<std::int32_t>(r);
                out.data<std::uint32_t>(3)[i] = r == 0 ? UINT32_MAX : static_cast<std::uint32_t>(r);
                out.data<std::uint8_t>(4)[i] = static_cast<std::uint8_t>(r);
                if (r % 3 == 0) {
                    out.set_null(5, i);
                } else {
                    out.set_token(5, i, token(r * 0x9E3779B97F4A7C15ULL));
                }
                out.set_text(6, i, texts[r % texts.size()]);
            }
        });
    REQUIRE(written.ok());
    CHECK(fs::exists(folder / "all.parquet"));
    CHECK_FALSE(fs::exists(folder / "all.parquet.tmp"));
    std::size_t r = 0;
    bool good = true;
    const auto read = duck.query(
        "SELECT * FROM read_parquet('" + (folder / "all.parquet").string() + "')", [&](const DuckChunk& c) {
            for (std::size_t i = 0; i < c.rows(); ++i, ++r) {
                good &= c.data<std::int64_t>(0)[i] == (r == 0 ? INT64_MIN : -static_cast<std::int64_t>(r));
                good &= c.data<std::uint64_t>(1)[i] == (r == 0 ? UINT64_MAX : r);
                good &= c.data<std::int32_t>(2)[i] == (r == 0 ? INT32_MIN : static_cast<std::int32_t>(r));
                good &= c.data<std::uint32_t>(3)[i] == (r == 0 ? UINT32_MAX : static_cast<std::uint32_t>(r));
                good &= c.data<std::uint8_t>(4)[i] == static_cast<std::uint8_t>(r);
                good &= c.is_null(5, i) == (r % 3 == 0);
                if (r % 3 != 0) good &= c.token(5, i) == token(r * 0x9E3779B97F4A7C15ULL);
                good &= c.text(6, i) == texts[r % texts.size()];
            }
            return done();
        });
    CHECK(read.ok());
    CHECK(good);
    CHECK(r == rows);
}

TEST_CASE("a token sorts and compares in SQL as its bytes do") {
    const Folder folder;
    Duck duck = opened(folder.path());
    std::vector<Token> tokens;
    for (std::uint64_t i = 0; i < 200; ++i) tokens.push_back(token(i * 0x9E3779B97F4A7C15ULL));
    REQUIRE(duck.make_table("t", {{"token", DuckType::token}}, tokens.size(),
                            [&](DuckWriter& out, std::size_t first, std::size_t count) {
                                for (std::size_t i = 0; i < count; ++i)
                                    out.set_token(0, i, tokens[first + i]);
                            })
                .ok());
    std::vector<Token> sorted;
    REQUIRE(duck.query("SELECT token FROM t ORDER BY token",
                       [&](const DuckChunk& c) {
                           for (std::size_t i = 0; i < c.rows(); ++i) sorted.push_back(c.token(0, i));
                           return done();
                       })
                .ok());
    for (const Token& t : tokens)
        CHECK(number(duck, "SELECT count(*) FROM t WHERE token = " + sql_token(t)) == 1);
    std::sort(tokens.begin(), tokens.end());
    CHECK(sorted == tokens);
}

TEST_CASE("a table is replaced by one of its name") {
    const Folder folder;
    Duck duck = opened(folder.path());
    REQUIRE(duck.make_table("t", id_only, 10, fill_ids).ok());
    REQUIRE(duck.make_table("t", id_only, 3, fill_ids).ok());
    CHECK(number(duck, "SELECT count(*) FROM t") == 3);
    REQUIRE(duck.make_table("none", id_only, 0, fill_ids).ok());
    CHECK(number(duck, "SELECT count(*) FROM none") == 0);
}

TEST_CASE("a file with no rows is a file") {
    const Folder folder;
    Duck duck = opened(folder.path());
    REQUIRE(duck.write_parquet("none.parquet", id_only, 0, fill_ids).ok());
    CHECK(number(duck, "SELECT count(*) FROM read_parquet('" + (folder / "none.parquet").string() + "')") ==
          0);
}

TEST_CASE("the caller's fault stops a query and is what comes back") {
    const Folder folder;
    Duck duck = opened(folder.path());
    int chunks = 0;
    const auto stopped = duck.query("SELECT * FROM range(1000000)", [&](const DuckChunk&) -> Done {
        ++chunks;
        return Fault{FaultKind::interrupted, "enough", "", ""};
    });
    REQUIRE_FALSE(stopped.ok());
    CHECK(stopped.fault().what == "enough");
    CHECK(chunks == 1);
    CHECK(number(duck, "SELECT 1::BIGINT") == 1);
}

TEST_CASE("a failed write leaves no file, and the old one as it was") {
    const Folder folder;
    Duck duck = opened(folder.path());
    REQUIRE(duck.write_parquet("a.parquet", id_only, 3, fill_ids).ok());
    const std::string before = read_file(folder / "a.parquet");
    CHECK_FALSE(duck.write_query("SELECT * FROM nowhere", "a.parquet").ok());
    CHECK_FALSE(duck.write_query("SELECT error('stop') FROM range(100)", "a.parquet").ok());
    CHECK(read_file(folder / "a.parquet") == before);
    CHECK_FALSE(fs::exists(folder / "a.parquet.tmp"));
}

TEST_CASE("folders are taken as they are named: spaces, quotes, signs of patterns, dots") {
    const Folder folder;
    for (const char* name : {"a case", "it's", "case [1]", "wh?t", "st*r", "back\\slash", "सेंध"}) {
        fs::create_directory(folder / name);
        Duck duck = opened(folder / name);
        const auto written = duck.write_parquet("a.parquet", id_only, 3, fill_ids);
        REQUIRE_MESSAGE(written.ok(), name);
        CHECK(number(duck, "SELECT count(*) FROM read_parquet([" +
                               sql_quoted((folder / name / "a.parquet").string()) + "])") == 3);
    }
    fs::create_directory(folder / "plain");
    for (const std::string& path :
         {(folder / "plain").string() + "/", (folder / "plain").string() + "/../plain",
          (folder / "plain").string() + "/."}) {
        Duck duck = opened(path);
        REQUIRE_MESSAGE(duck.write_parquet("a.parquet", id_only, 3, fill_ids).ok(), path);
        CHECK(number(duck, "SELECT count(*) FROM read_parquet([" + sql_quoted(path + "/a.parquet") + "])") ==
              3);
    }
}

TEST_CASE("a sort larger than the memory limit goes to the disk, inside the folder, and is right") {
    const Folder folder;
    Duck duck = opened(folder.path(), 60);
    // 3 million rows of 40 bytes and more: twice the limit.
    std::int64_t rows = 0, out_of_order = 0, before = INT64_MIN, most_on_disk = 0;
    const auto sorted = duck.query(
        "SELECT (hash(range) >> 1)::BIGINT AS h, hash(range, 1), hash(range, 2), range FROM range(3000000) "
        "ORDER BY h",
        [&](const DuckChunk& c) {
            if (rows == 0) {
                for (const auto& entry : fs::recursive_directory_iterator(folder.path()))
                    most_on_disk +=
                        entry.is_regular_file() ? static_cast<std::int64_t>(entry.file_size()) : 0;
            }
            for (std::size_t i = 0; i < c.rows(); ++i, ++rows) {
                out_of_order += c.data<std::int64_t>(0)[i] < before;
                before = c.data<std::int64_t>(0)[i];
            }
            return done();
        });
    if (!sorted.ok()) FAIL(sorted.fault().message());
    CHECK(rows == 3'000'000);
    CHECK(out_of_order == 0);
    CHECK(most_on_disk > 10'000'000);
}

TEST_CASE("two that sort in one folder at a time do not read each other's temporary files") {
    const Folder folder;
    std::array<std::int64_t, 2> wrong{};
    std::array<std::int64_t, 2> rows{};
    const auto sort = [&](std::size_t which) {
        Duck duck = opened(folder.path(), 60);
        std::uint64_t before = 0;
        const auto sorted =
            duck.query("SELECT hash(range, " + std::to_string(which) +
                           ") AS h, hash(range, 3), hash(range, 4) FROM range(2000000) ORDER BY h",
                       [&](const DuckChunk& c) {
                           for (std::size_t i = 0; i < c.rows(); ++i, ++rows[which]) {
                               wrong[which] += c.data<std::uint64_t>(0)[i] < before;
                               before = c.data<std::uint64_t>(0)[i];
                           }
                           return done();
                       });
        if (!sorted.ok()) wrong[which] = -1;
    };
    std::thread other([&] { sort(1); });
    sort(0);
    other.join();
    CHECK(wrong == std::array<std::int64_t, 2>{});
    CHECK(rows == std::array<std::int64_t, 2>{2'000'000, 2'000'000});
    CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("what cannot be done within the memory limit is refused, not done beyond it") {
    const Folder folder;
    const fs::path gone = folder / "gone";
    fs::create_directory(gone);
    Duck duck = opened(gone, 60);
    fs::remove(gone);
    write_file(gone, "a file where the folder for what does not fit would be");
    const auto sorted = duck.query(
        "SELECT hash(range) AS h, hash(range, 1), hash(range, 2), range FROM range(5000000) ORDER BY h",
        [](const DuckChunk&) { return done(); });
    REQUIRE_FALSE(sorted.ok());
    CHECK(sorted.fault().kind == FaultKind::io);
}

TEST_CASE("texts are quoted for SQL") {
    CHECK(sql_quoted("it's") == "'it''s'");
    CHECK(sql_quoted("") == "''");
    CHECK(sql_quoted("a\\b\"c") == "'a\\b\"c'");
    const Folder folder;
    Duck duck = opened(folder.path());
    CHECK(number(duck, "SELECT count(*) FROM (SELECT 1) WHERE " + sql_quoted("'; DROP TABLE x; --") +
                           " = chr(39) || '; DROP TABLE x; --'") == 1);
    CHECK(sql_token(Token{}) == "'00000000-0000-0000-0000-000000000000'::UUID");
}
