// A case: one investigation in a directory.
//
//   case.toml          name, time zone, region, key id and fingerprint, [settings]; written last by `init`,
//                      so a folder is a case when it is there and whole
//   catalogue.sqlite   everything but calls (store/catalogue.h)
//   calls/             Parquet segments (store/call_store.h); what the catalogue does not list is left over
//                      from an interrupted step and is removed by the next step that writes
//   .lock              held while a step writes
//
// Faults: missing (no case here), corrupt (newer version, damaged), key, io (locked, read-only).
// Thread rule: one Case, one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/file.h"
#include "base/settings.h"
#include "base/time.h"
#include "crypto/key_ring.h"
#include "crypto/token.h"
#include "numbering/plan.h"
#include "store/call_store.h"
#include "store/catalogue.h"

namespace sendh {

struct NewCase {
    std::string name;
    std::string region = "IN";
    Zone zone;
    std::filesystem::path key_folder;  // "" the default one outside the case
};

class Case {
public:
    // Makes the directory (or takes an empty one). Nothing is left behind when it fails.
    [[nodiscard]] static Result<Case> create(const std::filesystem::path& directory, const NewCase& settings);

    enum class Access : std::uint8_t { read, write };
    // write: takes the lock and clears what an interrupted step left.
    [[nodiscard]] static Result<Case> open(const std::filesystem::path& directory, Access access);

    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] Zone zone() const { return zone_; }
    [[nodiscard]] Region region() const { return region_; }
    // [settings] of case.toml: defaults for the flags of commands.
    [[nodiscard]] const Settings& settings() const { return settings_; }

    [[nodiscard]] const KeyRing& keys() const { return *keys_; }
    [[nodiscard]] Catalogue& catalogue() { return *catalogue_; }
    [[nodiscard]] Tokeniser& tokeniser() { return *tokeniser_; }
    // The call store, opened at first use, with what the catalogue lists now.
    [[nodiscard]] Result<CallStore*> calls();
    [[nodiscard]] std::filesystem::path calls_folder() const { return directory_ / "calls"; }
    // Seals and opens with the case's key; `about` says what it is.
    [[nodiscard]] std::string seal_text(std::string_view plain, std::string_view about) const;
    [[nodiscard]] Result<std::string> open_text(std::string_view sealed, std::string_view about) const;

private:
    Case() = default;
    [[nodiscard]] Done clear_leftovers();

    std::filesystem::path directory_;
    std::string name_;
    Zone zone_;
    Region region_ = Region::india;
    Settings settings_;
    File lock_;
    std::unique_ptr<KeyRing> keys_;
    std::unique_ptr<Catalogue> catalogue_;
    std::unique_ptr<Tokeniser> tokeniser_;
    std::unique_ptr<CallStore> calls_;
};

// Is there a case in this directory?
[[nodiscard]] bool is_case(const std::filesystem::path& directory);

}  // namespace sendh
