// A case: one investigation in a directory.
//
//   case.toml          name, time zone, region, key id and fingerprint, [settings]; written last by `init`,
//                      so a folder is a case when it is there and whole
//                      Which key counts is said in the catalogue: it changes with what is sealed under it, in
//                      one commit (casework/rotate_key.h); case.toml follows with the next step that writes
//   catalogue.sqlite   everything but calls (store/catalogue.h)
//   calls/             Parquet segments (store/call_store.h); what the catalogue does not list is left over
//                      from an interrupted step and is removed by the next step that writes
//   log/entries.jsonl  what was done, by whom, when, why (evidence/log.h)
//   .lock              held while a step writes
//
// Whoever has a case open holds a shared lock on its folder (flock), so that its key is not changed and
// nothing that it may still read is removed meanwhile.
//
// Faults: missing (no case here), corrupt (newer version, damaged), key, io (locked, read-only).
// Thread rule: one Case, one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/settings.h"
#include "base/time.h"
#include "crypto/key_ring.h"
#include "crypto/token.h"
#include "evidence/log.h"
#include "numbering/plan.h"
#include "numbering/trunk_map.h"
#include "store/call_store.h"
#include "store/catalogue.h"
#include "store/place.h"

namespace sendh {

struct NewCase {
    std::string name;
    std::string region = "IN";
    Zone zone;
    std::filesystem::path key_folder;              // "" the default one outside the case
    std::shared_ptr<const Passphrase> passphrase;  // protects the key file; null: nothing does
};

// Which key a case is under, and where its file should lie; told without opening anything.
struct KeyPlace {
    std::string case_name, id, fingerprint;
    std::filesystem::path folder;
};

class Case {
public:
    // Makes the directory (or takes an empty one). Nothing is left behind when it fails.
    [[nodiscard]] static Result<Case> create(const std::filesystem::path& directory, const NewCase& settings);

    enum class Access : std::uint8_t { read, write };
    // write: takes the lock, brings the log up to what was committed, and clears what an interrupted step
    // left.
    // passphrase: asked if the key file is protected.
    [[nodiscard]] static Result<Case> open(const std::filesystem::path& directory, Access access,
                                           const PassphraseSource& passphrase = {});
    [[nodiscard]] static Result<KeyPlace> key_place(const std::filesystem::path& directory);

    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] Zone zone() const { return zone_; }
    [[nodiscard]] Region region() const { return region_; }
    // [settings] of case.toml: defaults for the flags of commands.
    [[nodiscard]] const Settings& settings() const { return settings_; }

    [[nodiscard]] const KeyRing& keys() const { return *keys_; }
    // The catalogue is under this key from now on: what was under the old one is cleared away.
    [[nodiscard]] Done adopt_key(KeyRing keys);
    // Writes the key file again, protected by this passphrase; nullptr: by none.
    [[nodiscard]] Done protect_key(const Passphrase* passphrase);
    // Where the token of this index lies.
    using PlaceOf = std::function<Place(std::size_t)>;
    // The number as marks are computed over it: another token, the same before and after a change of the key.
    [[nodiscard]] Result<Token> mark_token(const Token& token, const Place& place);
    // The same of many, in their places.
    [[nodiscard]] Done mark_tokens(std::span<Token> tokens, const PlaceOf& place_of);
    // Waits, some seconds at most, until nobody else has the case open. REQUIRES: opened to write.
    // Fault (io): somebody still has.
    [[nodiscard]] Done hold_alone(int seconds);
    // What the catalogue's file may still hold of erased rows is overwritten; ends hold_alone().
    [[nodiscard]] Done settle_erasure();
    [[nodiscard]] Catalogue& catalogue() { return *catalogue_; }
    [[nodiscard]] Tokeniser& tokeniser() { return *tokeniser_; }
    // Numbers of the catalogue. Fault (corrupt): damaged; says where it lies and which file to restore.
    [[nodiscard]] Result<PhoneNumber> open_number(const Token& token, const Place& place);
    [[nodiscard]] Done open_numbers(std::span<const Token> tokens, std::span<PhoneNumber> out,
                                    const PlaceOf& place_of);
    // The call store, opened at first use, with what the catalogue lists now.
    [[nodiscard]] Result<CallStore*> calls();
    // The trunk map, by the labels under which trunks are stored.
    [[nodiscard]] Result<TrunkMap> trunk_map();
    [[nodiscard]] std::filesystem::path calls_folder() const { return directory_ / "calls"; }
    // Seals and opens with the case's key; `about` says what it is. Fault (corrupt): as of a number.
    [[nodiscard]] std::string seal_text(std::string_view plain, std::string_view about) const;
    [[nodiscard]] Result<std::string> open_text(std::string_view sealed, std::string_view about,
                                                const Place& place) const;

    // The log (casework/record.cc). A change is logged in its own transaction, and commit() ends both:
    //   SENDH_CHECK(c.log("canary_state", {{"canary", "N1"}})); SENDH_CHECK(c.commit(transaction));
    // Texts are masked: whoever typed a number into a reason is not kept from working, and none is kept. A
    // fault of commit() behind the commit says that the change is in.
    [[nodiscard]] Done log(const std::string& kind, std::vector<LogDetail> details);
    [[nodiscard]] Done commit(Transaction& transaction);
    // What changes nothing in the catalogue.
    [[nodiscard]] Done log_alone(const std::string& kind, std::vector<LogDetail> details);
    // A reading is on record, durably, when this returns; what was read may be shown then and not before. A
    // case opened for reading is locked for that moment: it waits up to 10 s for another sendh, 2 s when
    // numbers are masked. A masked reading that cannot be put on record (read-only disk, an import that goes
    // on) leaves a remark and goes on; one in clear is a fault.
    struct Reading {
        std::string kind;  // reading (masked), reveal, rejects_exported
        std::string what;  // "register show"
        std::uint64_t rows = 0;
        std::vector<LogDetail> details;
    };
    [[nodiscard]] Done record_reading(const Reading& reading);
    // Whether the head of the log is the one that was last written with the case's key. Fault (corrupt): it
    // is not, or it is under no key any more. A case of before format 6 gets it under the key with the next
    // step that writes.
    [[nodiscard]] Done check_log_head();
    [[nodiscard]] EvidenceLog evidence_log() const {
        return EvidenceLog(directory_ / "log" / "entries.jsonl");
    }
    // What is to be said about readings so far: unusual, not on record. They are given once.
    [[nodiscard]] std::vector<std::string> take_remarks() { return std::exchange(remarks_, {}); }

private:
    Case() = default;
    [[nodiscard]] Done clear_leftovers();
    [[nodiscard]] Done write_log();
    // Brings an older case to this format. REQUIRES: the lock.
    [[nodiscard]] Done upgrade();
    [[nodiscard]] Done remark_unusual();
    // waits: set when the entry is committed and not in the file.
    [[nodiscard]] Done record(const Reading& reading, bool& waits);
    // (rotate_key.cc) Ends what a change of the key has left to do, when the catalogue says that there is
    // something.
    [[nodiscard]] Done settle_key();
    // case.toml, the locks and the catalogue, without the key.
    [[nodiscard]] static Result<Case> open_locked(const std::filesystem::path& directory, Access access);
    [[nodiscard]] Result<KeyPlace> find_key();

    std::filesystem::path directory_;
    std::string name_;
    Zone zone_;
    Region region_ = Region::india;
    Settings settings_;
    File lock_, hold_;
    std::unique_ptr<KeyRing> keys_;
    std::unique_ptr<Catalogue> catalogue_;
    [[nodiscard]] Tokeniser& mark_tokeniser();
    [[nodiscard]] Fault damaged(Fault fault, const std::string& place) const;
    std::unique_ptr<Tokeniser> tokeniser_, mark_tokeniser_;
    std::unique_ptr<CallStore> calls_;
    std::vector<std::uint64_t> new_readings_;  // positions, since remark_unusual
    std::vector<std::string> remarks_;
};

// The operating-system user of this process: the name of the real user id ("user 1003" where it has none),
// never what the environment says. Root by sudo is "root (SUDO_USER=asha)": what sudo left in the
// environment, as such.
[[nodiscard]] std::string user_name();

// A text as Case::log() puts it into the log: masked, UTF-8, not too long.
[[nodiscard]] std::string as_logged(const std::string& text);

// The lock of a case in a directory, for a write. Waits as long as said for another sendh.
[[nodiscard]] Result<File> lock_case(const std::filesystem::path& directory, int wait_ms);

// Whether the path lies in the directory of a case, at any depth. Nothing is written there but by the case
// itself: what is, goes wherever the case is copied to.
[[nodiscard]] bool lies_in_a_case(const std::filesystem::path& path);

// Is there a case in this directory?
[[nodiscard]] bool is_case(const std::filesystem::path& directory);

}  // namespace sendh
