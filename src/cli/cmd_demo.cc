#include "base/text.h"
#include "casework/detect_case.h"
#include "casework/import_calls.h"
#include "casework/import_lists.h"
#include "casework/investigate.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "report/html.h"
#include "simulate/world.h"

namespace sendh::cli {

namespace {

struct Told {
    simulate::WorldTruth truth;
    Finding finding;
    std::filesystem::path case_folder, report_en, report_hi;
};

// A case from the files of a made-up world, by the same steps an officer takes.
Result<Told> live_through(const std::filesystem::path& folder, const std::string& name, simulate::Habit habit, std::uint64_t seed) {
    Told told;
    simulate::WorldSettings world;
    world.seed = seed;
    world.habit = habit;
    world.start = to_micros({2025, 9, 1, 0, 0, 0, 0}, Zone{}).value_or(Micros{});
    const std::filesystem::path files = folder / "files";
    SENDH_TRY(told.truth, simulate::write_world(world, files));
    told.case_folder = folder / "case";
    NewCase wanted;
    wanted.name = name;
    SENDH_TRY(Case c, Case::create(told.case_folder, wanted));
    ListImport how;
    how.name = "officials";
    SENDH_CHECK(add_register(c, files / "register.csv", how));
    how.name = "public directory";
    SENDH_CHECK(add_rival_list(c, files / "directory.csv", how));
    how.kind = "operator";
    SENDH_CHECK(add_population(c, files / "population.csv", how));
    SENDH_CHECK(add_trunks(c, files / "trunks.csv"));
    SENDH_CHECK(add_roaming(c, files / "roaming.csv", how));
    SENDH_CHECK(import_calls(c, files / "calls.csv", {}));
    SENDH_CHECK(import_reports(c, files / "reports.csv", "", {}));
    SENDH_CHECK(detect_case(c, true));
    InvestigateOptions options;
    options.register_name = "officials";
    SENDH_TRY(told.finding, investigate_case(c, options));
    told.report_en = folder / "report.html";
    told.report_hi = folder / "report-hi.html";
    SENDH_CHECK(write_durably(told.report_en, html_report(told.finding, Language::english)));
    SENDH_CHECK(write_durably(told.report_hi, html_report(told.finding, Language::hindi)));
    return told;
}

}  // namespace

Result<int> demo(Invocation& call) {
    const std::filesystem::path directory = call.arguments().empty() || call.argument(0).empty() ? "sendh-demo" : call.argument(0);
    std::error_code error;
    if (std::filesystem::exists(directory, error) && (!std::filesystem::is_directory(directory, error) || !std::filesystem::is_empty(directory, error))) {
        return Fault{FaultKind::usage, "the folder for the demo is not empty", shown_path(directory), "name another one: sendh demo DIR"};
    }
    SENDH_TRY(const std::uint64_t seed, call.whole("--seed", 1));
    const Language language = call.get("--language", "en") == "hi" ? Language::hindi : Language::english;
    SENDH_TRY(const Told leak, live_through(directory / "leak", "Demo: a leaked register", simulate::Habit::leaked_list, seed));
    SENDH_TRY(const Told alarm, live_through(directory / "false-alarm", "Demo: a suspicion that is wrong", simulate::Habit::range_sweep, seed));
    if (call.format() != Format::table && !call.get("--format").empty()) {
        ListOutput out(call.format(), "cases", {"case", "truth_leaked", "level", "log10_e", "report"});
        for (const Told* told : {&leak, &alarm}) {
            out.row({shown_path(told->case_folder), told->truth.leaked, told->finding.leak.level, told->finding.leak.log10_e, shown_path(told->report_en)});
        }
        SENDH_CHECK(out.finish());
    } else {
        int n = 0;
        for (const Told* told : {&leak, &alarm}) {
            print("== Case " + std::to_string(++n) + ". " + told->truth.description + "\n\n" + text_answer(told->finding, language));
            print("Report: " + shown_path(told->report_en) + "  (हिन्दी: " + shown_path(told->report_hi) + ")\n\n");
        }
        const std::string with_case = " --case " + shown_path(leak.case_folder);
        print("Try next:\n  sendh calls show --verdict fake --limit 5" + with_case + "\n  sendh campaign list" + with_case + "\n  sendh at-risk --limit 5" + with_case +
              "\n  sendh investigate --register officials --format json" + with_case + "\nAll numbers in these cases are made up. Your own case: sendh init DIR\n");
    }
    return is_leak_indicated(leak.finding) || is_leak_indicated(alarm.finding) ? 1 : 0;
}

}  // namespace sendh::cli
