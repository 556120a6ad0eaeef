// How long `sendh calls show` takes for one number or one campaign in a large case.
//
//   scripts/bench calls_show [MILLIONS OF ROWS]      (100)
//
// Makes ten ILD gateway files of made-up numbers, one after the other, imports each into one case, puts
// 20,000 of the calls into a campaign, and runs the program: for numbers that called or were called once, for
// a number that does not occur, for the first calls of the campaign, and for a day. Each query five times;
// the median counts. The files of the case are in the machine's memory as far as that is large enough.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "casework/case.h"
#include "ild_file.h"

using namespace sendh;

namespace {

double run(const std::string& command) {
    const auto start = std::chrono::steady_clock::now();
    const int status = std::system((command + " > /dev/null").c_str());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    if (status != 0) {
        std::fprintf(stderr, "bench: a step failed: %s\n", command.c_str());
        std::exit(2);
    }
    return took.count();
}

template <class T>
T must(Result<T> result) {
    if (!result.ok()) {
        std::fprintf(stderr, "bench: %s\n", result.fault().message().c_str());
        std::exit(2);
    }
    return std::move(result).value();
}

// The callee of a row in the middle of a file.
std::string number_of(const std::filesystem::path& file) {
    std::ifstream in(file);
    in.seekg(static_cast<std::streamoff>(std::filesystem::file_size(file) / 2));
    std::string line;
    std::getline(in, line);
    std::getline(in, line);
    for (int i = 0; i < 3; ++i) line = line.substr(line.find(',') + 1);
    return "+91" + line.substr(0, 10);
}

}  // namespace

int main(int count, char** values) {
    const std::uint64_t rows = 1'000'000 * (count > 1 ? std::strtoull(values[1], nullptr, 10) : 100);
    const char* given = std::getenv("SENDH_BINARY");
    const std::string sendh = given != nullptr ? given : "build/release/sendh";
    std::string scratch = (std::filesystem::temp_directory_path() / "sendh-bench-XXXXXX").string();
    if (rows == 0 || ::mkdtemp(scratch.data()) == nullptr) return 2;
    const std::filesystem::path folder = scratch;
    ::setenv("HOME", folder.c_str(), 1);
    ::setenv("SENDH_CASE", (folder / "case").c_str(), 1);
    run(sendh + " init " + (folder / "case").string() + " --quiet");
    std::vector<std::string> numbers;
    double importing = 0;
    for (unsigned month = 1; month <= 10; ++month) {
        const auto file = folder / "calls.csv";
        bench::make_ild_file(file, rows / 10, month);
        numbers.push_back(number_of(file));
        const double took = run(sendh + " calls import --quiet " + file.string());
        std::printf("file %u: %.1f s, %.2f million rows a second\n", month, took,
                    static_cast<double>(rows) / 1e7 / took);
        std::fflush(stdout);
        importing += took;
        std::filesystem::remove(file);
    }
    {
        Case c = must(Case::open(folder / "case", Case::Access::write));
        CallStore* store = must(c.calls());
        bench::Random random(7);
        std::vector<StoredVerdict> verdicts;
        for (int i = 0; i < 20'000; ++i) {
            const auto file = static_cast<std::int64_t>(1 + random.below(10));
            const std::int64_t id =
                file << file_id_shift | static_cast<std::int64_t>(random.below(rows / 10));
            verdicts.push_back({id, 1, "malformed", "", "[]"});
        }
        std::sort(verdicts.begin(), verdicts.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
        must(store->write_verdicts("verdicts-1.parquet", verdicts));
        store->set_detection({"verdicts-1.parquet"}, {});
        DetectionRecord detection;
        detection.verdicts = {"verdicts-1.parquet"};
        detection.campaigns = must(store->write_campaigns("1", [](const auto&) { return 1U; }, {}));
        CampaignRecord campaign;
        campaign.id = "C1";
        campaign.calls = campaign.numbers = verdicts.size();
        Transaction transaction = must(Transaction::begin(c.catalogue().database()));
        must(c.catalogue().set_detection(detection, {campaign}));
        must(transaction.commit());
    }
    std::printf("%.0f million rows imported in %.0f s\n\n", static_cast<double>(rows) / 1e6, importing);
    const auto query = [&](const std::string& what, const std::vector<std::string>& options) {
        std::vector<double> seconds;
        for (int i = 0; i < 5; ++i)
            seconds.push_back(
                run(sendh + " calls show --quiet " + options[static_cast<std::size_t>(i) % options.size()]));
        std::sort(seconds.begin(), seconds.end());
        std::printf("%-44s %.2f s (%.2f to %.2f)\n", what.c_str(), seconds[2], seconds.front(),
                    seconds.back());
        std::fflush(stdout);
    };
    std::vector<std::string> known;
    for (const std::string& number : numbers) known.push_back("--number " + number);
    query("one number, all its calls",
          {known[1] + " --limit 0", known[4] + " --limit 0", known[8] + " --limit 0"});
    query("one number, the first 100", known);
    query("a number that does not occur", {"--number +912212345678"});
    query("a campaign of 20,000 calls, the first 100", {"--campaign C1"});
    query("a campaign, all 20,000", {"--campaign C1 --limit 0"});
    query("fake calls, the first 100", {"--verdict fake"});
    query("a day, the first 100", {"--from 2025-07-12 --to 2025-07-13"});
    std::filesystem::remove_all(folder);
    return 0;
}
