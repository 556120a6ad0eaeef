#include "base/text.h"
#include "casework/investigate.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "report/html.h"
#include "simulate/investigated.h"

namespace sendh::cli {

namespace {

struct Told {
    simulate::Investigated world;
    std::filesystem::path report_en, report_hi;
};

Result<Told> tell(const std::filesystem::path& folder, const std::string& name, simulate::Habit habit,
                  std::uint64_t seed) {
    simulate::WorldSettings settings;
    settings.seed = seed;
    settings.habit = habit;
    if (habit == simulate::Habit::leaked_list) {
        settings.copies = 6;
        settings.canaries = 60;
    }
    settings.start = to_micros({2025, 9, 1, 0, 0, 0, 0}, Zone{}).value_or(Micros{});
    Told told;
    SENDH_TRY(told.world, simulate::investigate_world(settings, folder, name));
    told.report_en = folder / "report.html";
    told.report_hi = folder / "report-hi.html";
    SENDH_CHECK(write_durably(told.report_en, html_report(told.world.finding, Language::english)));
    SENDH_CHECK(write_durably(told.report_hi, html_report(told.world.finding, Language::hindi)));
    return told;
}

}  // namespace

Result<int> demo(Invocation& call) {
    const std::filesystem::path directory =
        call.arguments().empty() || call.argument(0).empty() ? "sendh-demo" : call.argument(0);
    std::error_code error;
    if (std::filesystem::exists(directory, error) &&
        (!std::filesystem::is_directory(directory, error) || !std::filesystem::is_empty(directory, error))) {
        return Fault{FaultKind::usage, "the folder for the demo is not empty", shown_path(directory),
                     "name another one: sendh demo DIR"};
    }
    SENDH_TRY(const std::uint64_t seed, call.whole("--seed", 1));
    const Language language = call.get("--language", "en") == "hi" ? Language::hindi : Language::english;
    SENDH_TRY(const Told leak,
              tell(directory / "leak", "Demo: a leaked register", simulate::Habit::leaked_list, seed));
    SENDH_TRY(const Told alarm, tell(directory / "false-alarm", "Demo: a suspicion that is wrong",
                                     simulate::Habit::range_sweep, seed));
    if (call.format() != Format::table && !call.get("--format").empty()) {
        ListOutput out(call.format(), "cases", {"case", "truth_leaked", "level", "log10_e", "report"});
        for (const Told* told : {&leak, &alarm}) {
            out.row({shown_path(told->world.case_folder), told->world.truth.leaked,
                     told->world.finding.leak.level, told->world.finding.leak.log10_e,
                     shown_path(told->report_en)});
        }
        SENDH_CHECK(out.finish());
    } else {
        int n = 0;
        for (const Told* told : {&leak, &alarm}) {
            print("== Case " + std::to_string(++n) + ". " + told->world.truth.description + "\n\n" +
                  text_answer(told->world.finding, language));
            if (!told->world.truth.leaked_copies.empty())
                print("(Made up: the copy that they dial is " +
                      joined(told->world.truth.leaked_copies, ", ") + ".)\n");
            print("Report: " + shown_path(told->report_en) + "  (हिन्दी: " + shown_path(told->report_hi) +
                  ")\n\n");
        }
        const std::string with_case = " --case " + shown_path(leak.world.case_folder);
        print("Try next:\n  sendh calls show --verdict fake --limit 5" + with_case +
              "\n  sendh campaign list" + with_case + "\n  sendh at-risk --limit 5" + with_case +
              "\n  sendh investigate --register officials --format json" + with_case +
              "\nAll numbers in these cases are made up. Your own case: sendh init DIR\n");
    }
    return is_leak_indicated(leak.world.finding) || is_leak_indicated(alarm.world.finding) ? 1 : 0;
}

}  // namespace sendh::cli
