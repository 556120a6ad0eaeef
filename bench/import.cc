// Import of call records against the limit of the machine and against a database's own CSV import.
//
//   scripts/bench import [ROWS [ROUNDS]]      (10000000 3)
//
// Makes an ILD gateway file of made-up numbers (100 bytes a row) in a temporary folder and runs, in turn,
// each in a process of its own:
//   wc -l                       what reading costs at least
//   DuckDB: COPY (SELECT * FROM read_csv(file)) TO parquet, zstd, two threads: parses no number and seals
//   none sendh calls import          into a new case sendh calls import --dry-run --quiet
// Prints seconds, rows a second and the peak resident memory that the operating system counted for each, and
// the ratio of the import to DuckDB, round by round.
#include <duckdb.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "ild_file.h"

namespace {

struct Run {
    double seconds = 0, processor = 0;
    long peak_mb = 0;
};

// Runs what `child` does in a process of its own. What was written before goes to the disk first: it is not
// on this one's bill.
Run run(const std::function<int()>& child) {
    ::sync();
    const auto start = std::chrono::steady_clock::now();
    const pid_t pid = ::fork();
    if (pid == 0) std::_Exit(child());
    int status = 0;
    struct rusage usage {};
    ::wait4(pid, &status, 0, &usage);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    if (status != 0) {
        std::fprintf(stderr, "bench: a step failed with status %d\n", status);
        std::exit(2);
    }
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return {took.count(), seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss / 1024};
}

int execute(const std::vector<std::string>& words) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const int nothing = ::open("/dev/null", O_WRONLY);
    ::dup2(nothing, STDOUT_FILENO);
    ::execvp(arguments.front(), arguments.data());
    return 127;
}

int copy_by_duckdb(const std::string& from, const std::string& to) {
    duckdb_database database = nullptr;
    duckdb_connection connection = nullptr;
    if (duckdb_open(nullptr, &database) != DuckDBSuccess ||
        duckdb_connect(database, &connection) != DuckDBSuccess)
        return 1;
    for (const std::string& sql : {std::string("SET threads=2"), std::string("SET enable_progress_bar=false"),
                                   "COPY (SELECT * FROM read_csv('" + from + "')) TO '" + to +
                                       "' (FORMAT parquet, COMPRESSION zstd)"}) {
        duckdb_result result;
        if (duckdb_query(connection, sql.c_str(), &result) != DuckDBSuccess) {
            std::fprintf(stderr, "bench: %s\n", duckdb_result_error(&result));
            return 1;
        }
        duckdb_destroy_result(&result);
    }
    duckdb_disconnect(&connection);
    duckdb_close(&database);
    return 0;
}

void print(const char* what, const Run& run, std::uint64_t rows) {
    std::printf("%-34s %9.2f %9.2f %14.0f %9ld\n", what, run.seconds, run.processor,
                static_cast<double>(rows) / run.seconds, run.peak_mb);
    std::fflush(stdout);
}

}  // namespace

int main(int count, char** values) {
    const std::uint64_t rows = count > 1 ? std::strtoull(values[1], nullptr, 10) : 10'000'000;
    const int rounds = count > 2 ? std::atoi(values[2]) : 3;
    const char* given = std::getenv("SENDH_BINARY");
    const std::string sendh = given != nullptr ? given : "build/release/sendh";
    std::string scratch = (std::filesystem::temp_directory_path() / "sendh-bench-XXXXXX").string();
    if (rows == 0 || rounds < 1 || ::mkdtemp(scratch.data()) == nullptr) return 2;
    const std::filesystem::path folder = scratch;
    const std::string file = (folder / "calls.csv").string();
    const std::string parquet = (folder / "peer.parquet").string();
    const std::string book = (folder / "case").string();
    ::setenv("HOME", folder.c_str(), 1);

    sendh::bench::make_ild_file(file, rows);
    std::printf("%llu rows, %.0f MB\n\n%-34s %9s %9s %14s %9s\n", static_cast<unsigned long long>(rows),
                static_cast<double>(std::filesystem::file_size(file)) / 1e6, "", "seconds", "processor",
                "rows/s", "peak MB");
    std::vector<double> ratios;
    for (int round = 0; round < rounds; ++round) {
        print("wc -l", run([&] { return execute({"wc", "-l", file}); }), rows);
        const Run peer = run([&] { return copy_by_duckdb(file, parquet); });
        print("DuckDB: CSV to Parquet", peer, rows);
        std::printf("%36s%.0f MB\n", "", static_cast<double>(std::filesystem::file_size(parquet)) / 1e6);
        std::filesystem::remove(parquet);
        (void)run([&] { return execute({sendh, "init", book, "--quiet"}); });
        const Run ours = run([&] {
            return execute({sendh, "calls", "import", file, "--case", book, "--quiet"});
        });
        print("sendh calls import", ours, rows);
        double stored = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "case"))
            if (entry.is_regular_file()) stored += static_cast<double>(entry.file_size());
        std::printf("%36s%.0f MB\n", "", stored / 1e6);
        print("sendh calls import --dry-run --quiet", run([&] {
                  return execute({sendh, "calls", "import", file, "--case", book, "--dry-run", "--quiet"});
              }),
              rows);
        std::filesystem::remove_all(folder / "case");
        ratios.push_back(ours.seconds / peer.seconds);
    }
    std::sort(ratios.begin(), ratios.end());
    std::printf("\nimport / DuckDB: median %.2f, from %.2f to %.2f\n", ratios[ratios.size() / 2],
                ratios.front(), ratios.back());
    std::filesystem::remove_all(folder);
    return 0;
}
