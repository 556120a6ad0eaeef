// How fast is "which copy leaked"? The evidence of `sendh investigate` about all copies, in a case of its
// own.
//
//     attribution [copies, default 10000] [hits, default 5000] [register, default 1000000]
//                 [hits more, default 100]
//
// Makes a case (in the folder for temporary files) with a register, 200 canaries and so many issued copies of
// the whole register, whose files are not written. Copy 1 was dialled in its order, every fiftieth hit is one
// of its canaries while there are any. Measured: everything from the hits to the lines of the finding (the
// register is read, the marks of all copies are computed again); then one more hit at a time, laid out and
// held against all copies, as a further look of --watch does. Then several sources, on copies of a third of
// the register each.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "attribution/sources.h"
#include "casework/attribute_copies.h"
#include "casework/copy_evidence.h"
#include "casework/import_shared.h"
#include "registers/marks.h"
#include "verdict_worlds.h"

namespace {

using namespace sendh;
using attribution::Random;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double cpu_seconds() {
    rusage u{};
    getrusage(RUSAGE_SELF, &u);
    const auto all = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return all(u.ru_utime) + all(u.ru_stime);
}

template <class T>
T must(Result<T> result) {
    if (!result.ok()) {
        std::fprintf(stderr, "attribution: %s\n", result.fault().message().c_str());
        std::exit(3);
    }
    return std::move(result).value();
}
void must(const Done& done) {
    if (done.ok()) return;
    std::fprintf(stderr, "attribution: %s\n", done.fault().message().c_str());
    std::exit(3);
}

struct TemporaryFolder {
    std::filesystem::path path;
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "sendh-bench-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) std::exit(3);
        path = name;
    }
    ~TemporaryFolder() {
        std::error_code error;
        std::filesystem::remove_all(path, error);
    }
};

constexpr std::uint64_t canaries = 200;

// Made up, one after the other: people first, then canaries.
PhoneNumber number_of(std::uint64_t i) {
    return parse_number("+91" + std::to_string(9'000'000'000 + i), Region::india).number;
}

struct World {
    RegisterRecord reg;
    std::vector<CanaryRecord> pool;
    CopyMarks dialled;  // the copy that was
};

World make(Case& c, std::uint64_t people, std::size_t copies) {
    Transaction transaction = must(Transaction::begin(c.catalogue().database()));
    RegisterRecord reg;
    reg.name = "officials";
    std::vector<EntryRecord> entries(people);
    const std::string sealed = c.seal_text("", "attributes");
    IssueRecord issue;
    for (std::uint64_t i = 0; i < people; ++i) {
        entries[i].row = static_cast<std::int64_t>(i + 1);
        entries[i].token = c.tokeniser().seal(number_of(i));
        entries[i].sealed_attributes = sealed;
        issue.members.add(entries[i].row);
    }
    reg.entries = people;
    reg.id = must(c.catalogue().add_register(reg, entries));
    std::vector<CanaryRecord> added(canaries);
    for (std::uint64_t k = 0; k < canaries; ++k) {
        added[k].register_id = reg.id;
        added[k].token = c.tokeniser().seal(number_of(people + k));
        added[k].sealed_attributes = sealed;
        added[k].state = "active";
    }
    must(c.catalogue().add_canaries(added));
    const auto pool = must(canary_pool(c));
    for (const CanaryRecord& canary : pool) issue.pool.add(canary.id);
    issue.offered = issue.pool;
    issue.canary_share = usual_canary_share;
    issue.sealed_how = c.seal_text(joined_cells({"", ""}), "copy");
    issue.mark_commitment = mark_key_commitment(c.keys().mark_key());
    for (std::size_t j = 0; j < copies; ++j) {
        issue.serial = random_id();
        issue.recipient = random_id();
        const RecipientMarks marks(c.keys().mark_key(), issue.recipient);
        CopyRecord copy;
        copy.name = "K" + std::to_string(j + 1);
        copy.register_id = reg.id;
        copy.recipient = "Office " + std::to_string(j + 1);
        copy.date = "2026-01-05";
        copy.issued = true;
        copy.canaries = static_cast<std::uint64_t>(std::count_if(
            pool.begin(), pool.end(),
            [&](const CanaryRecord& canary) { return marks.holds(canary.marked, usual_canary_share); }));
        copy.rows = issue.rows = people + copy.canaries;
        must(c.catalogue().add_issued_copy(copy, issue));
    }
    must(transaction.commit());
    const auto records = must(c.catalogue().copies());
    return {reg, pool, must(marks_of(c, records.front().id, pool))};
}

std::vector<CampaignHit> dial(const World& w, std::uint64_t people, std::size_t hits) {
    std::vector<CampaignHit> out;
    std::uint64_t at = 0;
    std::size_t canary = 0;
    while (out.size() < hits) {
        const Micros time{1'767'000'000'000'000 + static_cast<std::int64_t>(out.size()) * 61'000'000};
        if (out.size() % 50 == 7 && canary < w.dialled.canaries.size()) {
            const auto id = w.dialled.canaries[canary++];
            out.push_back({number_of(people + static_cast<std::uint64_t>(id - w.pool.front().id)), time, 1});
            continue;
        }
        at = (at + 37) % w.dialled.order.rows();
        const std::uint64_t row = w.dialled.order.row(at);
        if (row < people) out.push_back({number_of(row), time, 1});
    }
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    const auto argument = [&](int i, long standard) {
        return static_cast<std::size_t>(std::max(1L, argc > i ? std::atol(argv[i]) : standard));
    };
    const std::size_t copies = argument(1, 10'000);
    const std::size_t hits = argument(2, 5'000);
    const std::size_t people = argument(3, 1'000'000);
    const std::size_t more_hits = argument(4, 100);
    const TemporaryFolder folder;
    NewCase settings;
    settings.name = "bench";
    settings.key_folder = folder.path / "keys";
    Case c = must(Case::create(folder.path / "case", settings));
    const World w = make(c, people, copies);
    const std::vector<CampaignHit> all = dial(w, people, hits + more_hits);
    const std::vector<CampaignHit> asked(all.begin(), all.end() - static_cast<std::ptrdiff_t>(more_hits));

    const double cpu_before = cpu_seconds();
    const auto start = Clock::now();
    Finding f;
    double whole = 0;
    {
        CopyAttribution attribution = must(CopyAttribution::of(c, w.reg, asked));
        attribution.tell(0.01, f);
        whole = seconds_since(start);
    }
    const double cpu = cpu_seconds() - cpu_before;
    rusage u{};
    getrusage(RUSAGE_SELF, &u);

    const auto reading = Clock::now();
    CopyEvidence evidence = must(CopyEvidence::of(c, w.reg, {}));
    const double marks = seconds_since(reading);
    evidence = must(CopyEvidence::of(c, w.reg, asked));
    const CopyEvidence more = must(CopyEvidence::of(c, w.reg, all));  // only for its hits
    std::vector<double> one;
    for (std::size_t i = hits; i < more.hits.size(); ++i) {
        evidence.hits.push_back(more.hits[i]);
        const auto before = Clock::now();
        evidence.add(i);
        one.push_back(1e3 * seconds_since(before));
    }
    std::sort(one.begin(), one.end());
    std::printf(
        "| copies | hits | register | seconds | of these to read the register and compute marks | processor "
        "seconds | ns a "
        "hit and copy | one more hit: ms, median (most) | peak MB "
        "|\n|---|---|---|---|---|---|---|---|---|\n");
    std::printf("| %zu | %zu | %zu | %.2f | %.2f | %.2f | %.0f | %.2f (%.2f) | %ld |\n", copies, hits, people,
                whole, marks, cpu, 1e9 * (whole - marks) / static_cast<double>(copies * hits),
                one[one.size() / 2], one.back(), u.ru_maxrss / 1024);
    std::printf("\nnamed: ");
    for (const CopyLine& line : f.copies) {
        if (line.named) std::printf("%s (log10 E %.1f) ", line.id.c_str(), line.log10_e);
    }
    std::printf("\n");

    Random r(1);
    const std::vector<std::uint64_t> sizes(copies, people / 3);
    std::vector<attribution::BitRow> held;
    for (std::size_t t = 0; t < hits / 10; ++t) {
        held.emplace_back(copies);
        for (std::size_t j = 0; j < copies; ++j) {
            if (r.unit() < (j < 2 ? .6 : 1.0 / 3)) held.back().set(j);
        }
    }
    const std::vector<attribution::Bits> held_bits(held.begin(), held.end());
    const auto asking = Clock::now();
    const attribution::Sources sources = attribution::find_sources(people, sizes, held_bits);
    std::printf("several sources, %zu hits: %.2f s, the best set has %zu copies\n", held.size(),
                seconds_since(asking), sources.sets.empty() ? 0 : sources.sets[0].copies.size());
    return 0;
}
