#include "simulate/investigated.h"

#include <array>
#include <set>

#include "base/delimited.h"
#include "base/file.h"
#include "casework/canaries.h"
#include "casework/detect_case.h"
#include "casework/import_calls.h"
#include "casework/import_lists.h"
#include "casework/investigate.h"
#include "casework/issue_copy.h"
#include "casework/registers.h"
#include "numbering/plan.h"
#include "simulate/random.h"

namespace sendh::simulate {

namespace {

constexpr std::array<const char*, 8> offices = {
    "State data centre",    "Telecom cell",        "Pension office", "Election office",
    "Printing directorate", "Transport authority", "Health mission", "Training institute"};

// The numbers of a copy in its order.
Result<std::vector<std::uint64_t>> numbers_of(const std::filesystem::path& copy) {
    SENDH_TRY(const std::string text, read_whole(copy, std::uint64_t{1} << 30));
    DelimitedReader reader(std::string_view(text), ',');
    DelimitedRow row;
    std::vector<std::uint64_t> numbers;
    constexpr std::uint64_t national = 10'000'000'000;
    while (true) {
        SENDH_TRY(const bool more, reader.next(row));
        if (!more) return numbers;
        const ParsedNumber number = parse_number(row.fields.front(), Region::india);
        if (number.number_class == NumberClass::mobile) numbers.push_back(unveil(number.number) % national);
    }
}

// Issues the copies, and gives those that leak.
Result<DialLists> issue_copies(Case& c, const WorldSettings& settings, const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return io_fault("cannot make the folder", folder, error.value());
    Random random(settings.seed);
    std::set<std::uint32_t> leaked;
    const std::uint32_t wanted = settings.habit == Habit::leaked_list ? settings.leaked_copies : 0;
    while (leaked.size() < std::min(wanted, settings.copies)) leaked.insert(random.below(settings.copies));
    DialLists out;
    for (std::uint32_t k = 0; k < settings.copies; ++k) {
        IssueOptions options;
        options.register_name = "officials";
        options.recipient = offices.at(k % offices.size());
        if (k >= offices.size()) options.recipient += " " + std::to_string(k / offices.size() + 1);
        options.date = iso_date(Micros{settings.start.value - 30 * micros_per_day}, Zone{});
        options.purpose = "demonstration";
        const auto output = folder / ("copy-" + std::to_string(k + 1) + ".csv");
        SENDH_TRY(const IssuedCopy copy, issue_copy(c, options, output));
        if (!leaked.contains(k)) continue;
        SENDH_TRY(auto numbers, numbers_of(output));
        out.lists.push_back(std::move(numbers));
        out.names.push_back(copy.record.name);
    }
    return out;
}

}  // namespace

Result<Investigated> investigate_world(const WorldSettings& settings, const std::filesystem::path& folder,
                                       const std::string& case_name) {
    Investigated out;
    const std::filesystem::path files = folder / "files";
    out.case_folder = folder / "case";
    NewCase wanted;
    wanted.name = case_name;
    wanted.key_folder = folder / "key";  // made-up numbers: it goes with the case
    SENDH_TRY(Case c, Case::create(out.case_folder, wanted));
    ListImport how;
    how.name = "officials";
    DialList list;
    if (settings.copies > 0) {
        list = [&]() -> Result<DialLists> {
            SENDH_CHECK(add_register(c, files / "register.csv", how));
            if (settings.canaries > 0) SENDH_CHECK(add_canaries(c, files / "canaries.csv", how));
            return issue_copies(c, settings, folder / "copies");
        };
    }
    SENDH_TRY(out.truth, write_world(settings, files, list));
    if (settings.copies == 0) SENDH_CHECK(add_register(c, files / "register.csv", how));
    how.name = "public directory";
    SENDH_CHECK(add_rival_list(c, files / "directory.csv", how));
    how.kind = "operator";
    SENDH_CHECK(add_population(c, files / "population.csv", how));
    SENDH_CHECK(add_trunks(c, files / "trunks.csv"));
    SENDH_CHECK(add_roaming(c, files / "roaming.csv", how));
    ImportOptions quietly;
    quietly.quiet = true;
    SENDH_CHECK(import_calls(c, files / "calls.csv", quietly));
    SENDH_CHECK(import_reports(c, files / "reports.csv", "", quietly));
    SENDH_CHECK(detect_case(c, true));
    InvestigateOptions options;
    options.register_name = "officials";
    SENDH_TRY(out.finding, investigate_case(c, options));
    return out;
}

}  // namespace sendh::simulate
