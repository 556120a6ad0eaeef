#include <cstdio>

#include "cli/commands.h"
#include "cli/output.h"

namespace sendh::cli {

Result<int> init(Invocation& call) {
    const std::filesystem::path directory = call.argument(0);
    NewCase wanted;
    wanted.name = call.get(
        "--name", (directory.filename().empty() ? directory.parent_path() : directory).filename().string());
    wanted.region = call.get("--region", "IN");
    if (wanted.region.size() != 2)
        return Fault{FaultKind::usage, "a region has two letters", wanted.region,
                     "write for example --region IN"};
    if (parse_region(wanted.region) == Region::unknown && !call.quiet()) {
        const std::string remark = "sendh: only India's national forms are known; in region " +
                                   wanted.region + " numbers need their country code\n";
        std::fputs(remark.c_str(), stderr);
    }
    SENDH_TRY(wanted.zone, parse_zone(call.get("--time-zone", "Asia/Kolkata")));
    wanted.key_folder = call.get("--keys");
    SENDH_TRY(const Case made, Case::create(directory, wanted));
    if (call.format() == Format::table) {
        print("Case '" + made.name() + "' made in " + shown_path(directory) +
              "\nIts key: " + made.keys().path().string() +
              "\nBack the key up in another place. Without it the numbers in the case cannot be read, by "
              "nobody.\n");
    } else {
        ListOutput out(call.format(), "cases", {"name", "directory", "key", "fingerprint"});
        out.row({made.name(), shown_path(directory), made.keys().path().string(), made.keys().fingerprint()});
        SENDH_CHECK(out.finish());
    }
    return 0;
}

}  // namespace sendh::cli
