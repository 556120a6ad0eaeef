#include "simulate/investigated.h"

#include "casework/detect_case.h"
#include "casework/import_calls.h"
#include "casework/import_lists.h"
#include "casework/investigate.h"

namespace sendh::simulate {

Result<Investigated> investigate_world(const WorldSettings& settings, const std::filesystem::path& folder,
                                       const std::string& case_name) {
    Investigated out;
    const std::filesystem::path files = folder / "files";
    SENDH_TRY(out.truth, write_world(settings, files));
    out.case_folder = folder / "case";
    NewCase wanted;
    wanted.name = case_name;
    wanted.key_folder = folder / "key";  // made-up numbers: it goes with the case
    SENDH_TRY(Case c, Case::create(out.case_folder, wanted));
    ListImport how;
    how.name = "officials";
    SENDH_CHECK(add_register(c, files / "register.csv", how));
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
