#include <cstdio>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/passphrase.h"

namespace sendh::cli {

Result<int> init(Invocation& call) {
    const std::filesystem::path directory = call.argument(0);
    NewCase wanted;
    wanted.name = call.get(
        "--name", (directory.filename().empty() ? directory.parent_path() : directory).filename().string());
    wanted.region = call.get("--region", "IN");
    const Region region = parse_region(wanted.region);
    if (region == Region::unknown) {
        return Fault{FaultKind::usage, "unknown region '" + without_numbers(wanted.region) + "'", "--region",
                     "use the two letters of a country (IN, AE, GB)"};
    }
    wanted.region = region.id();
    SENDH_TRY(wanted.zone, parse_zone(call.get("--time-zone", "Asia/Kolkata")));
    wanted.key_folder = call.get("--keys");
    if (const std::string file = call.get("--passphrase-file"); !file.empty()) {
        SENDH_TRY(Passphrase passphrase, read_passphrase(file));
        wanted.passphrase = std::make_shared<const Passphrase>(std::move(passphrase));
    }
    SENDH_TRY(const Case made, Case::create(directory, wanted));
    if (call.format() == Format::table) {
        print("Case '" + made.name() + "' made in " + shown_path(directory) +
              "\nIts key: " + made.keys().path().string() +
              (made.keys().is_protected() ? ", protected by the passphrase" : "") +
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
