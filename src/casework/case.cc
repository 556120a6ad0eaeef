#include "casework/case.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <thread>
#include <unordered_set>

#include "base/progress.h"
#include "base/text.h"
#include "casework/rotate_key.h"
#include "crypto/seal.h"

namespace sendh {

namespace {

constexpr const char* case_file = "case.toml";
constexpr const char* catalogue_file = "catalogue.sqlite";
constexpr std::int64_t case_format = 1;

// Removes what a failed `init` has made.
class Undo {
public:
    void add(std::filesystem::path path) { paths_.push_back(std::move(path)); }
    void keep() { paths_.clear(); }
    ~Undo() {
        std::error_code ignored;
        for (auto it = paths_.rbegin(); it != paths_.rend(); ++it) std::filesystem::remove_all(*it, ignored);
    }
    Undo() = default;
    Undo(const Undo&) = delete;
    Undo& operator=(const Undo&) = delete;

private:
    std::vector<std::filesystem::path> paths_;
};

Fault no_case(const std::filesystem::path& directory) {
    return {FaultKind::missing, "there is no case here", shown_path(directory),
            "make one with `sendh init DIR`, or name one with --case DIR or SENDH_CASE"};
}

}  // namespace

bool lies_in_a_case(const std::filesystem::path& path) {
    std::error_code error;
    std::filesystem::path inner = std::filesystem::weakly_canonical(path, error);
    if (!error && !inner.is_absolute()) inner = std::filesystem::current_path(error) / inner;
    if (error) return false;
    for (; inner.has_relative_path(); inner = inner.parent_path()) {
        if (is_case(inner.parent_path())) return true;
    }
    return false;
}

bool is_case(const std::filesystem::path& directory) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(directory / case_file, ignored);
}

Result<Case> Case::create(const std::filesystem::path& directory, const NewCase& wanted) {
    if (is_case(directory)) {
        return Fault{FaultKind::usage, "there is a case here already", shown_path(directory),
                     "choose another folder; nothing was changed"};
    }
    std::error_code error;
    const bool exists = std::filesystem::exists(directory, error);
    if (exists &&
        (!std::filesystem::is_directory(directory, error) || !std::filesystem::is_empty(directory, error))) {
        return Fault{FaultKind::usage, "the folder is not empty", shown_path(directory),
                     "choose a new folder for the case; nothing was changed"};
    }
    Undo undo;
    std::filesystem::create_directories(directory / "calls", error);
    if (error) return io_fault("cannot make the case", directory, error.value());
    if (exists) {
        undo.add(directory / "calls");
    } else {
        undo.add(directory);
    }
    if (::chmod(directory.c_str(), 0700) != 0 && !exists)
        return io_fault("cannot protect the case", directory, errno);

    std::filesystem::path key_folder = wanted.key_folder;
    if (key_folder.empty()) {
        SENDH_TRY(key_folder, default_key_folder());
    }
    SENDH_TRY(KeyRing keys, KeyRing::create(key_folder, wanted.passphrase.get()));
    undo.add(keys.path());
    {
        undo.add(directory / catalogue_file);
        SENDH_TRY(Catalogue catalogue, Catalogue::create(directory / catalogue_file));
        SENDH_TRY(Transaction transaction, Transaction::begin(catalogue.database()));
        SENDH_CHECK(write_key_meta(catalogue, keys));
        catalogue.keep_log_under(keys.log_key());
        LogEntry made;
        made.time = now();
        made.who = user_name();
        made.kind = "case_made";
        made.details = {{"key_fingerprint", keys.fingerprint()}};
        SENDH_CHECK(catalogue.add_to_log(std::move(made)));
        SENDH_CHECK(transaction.commit());
    }
    std::string toml = "# A case of sendh. Phone numbers in it are sealed; the key lies elsewhere.\n";
    toml += "format = " + std::to_string(case_format) + "\n";
    toml += "name = " + toml_quoted(without_numbers(wanted.name)) + "\n";
    toml += "time_zone = " + toml_quoted(to_text(wanted.zone)) + "\n";
    toml += "region = " + toml_quoted(wanted.region) + "\n\n[key]\n";
    toml += "id = " + toml_quoted(keys.id()) + "\nfingerprint = " + toml_quoted(keys.fingerprint()) + "\n";
    const bool inside = !wanted.key_folder.empty();
    if (inside)
        toml += "folder = " +
                toml_quoted(std::filesystem::absolute(key_folder, error).lexically_normal().string()) + "\n";
    toml += "\n# Defaults for the flags of commands, e.g. alpha = 0.01\n[settings]\n";
    SENDH_CHECK(write_durably(directory / case_file, toml));
    undo.keep();
    return Case::open(directory, Access::write, [&]() -> Result<Passphrase> {
        return wanted.passphrase->copy();  // the file is protected only if there is one
    });
}

Result<Case> Case::open_locked(const std::filesystem::path& directory, Access access) {
    if (!is_case(directory)) return no_case(directory);
    SENDH_TRY(const std::string toml, read_whole(directory / case_file, 1 << 20));
    SENDH_TRY(const Settings settings, Settings::parse(toml, shown_path(directory / case_file)));
    const auto format = parse_integer(settings.get("format", "0"));
    if (!format || *format < 1) {
        return Fault{FaultKind::corrupt, "case.toml names no format", shown_path(directory / case_file),
                     "restore it from a backup"};
    }
    if (*format > case_format) {
        return Fault{FaultKind::corrupt,
                     "this case was made by a newer version of sendh (format " + std::to_string(*format) +
                         ", this one reads " + std::to_string(case_format) + ")",
                     shown_path(directory), "use the newer version; nothing was changed"};
    }
    Case c;
    c.directory_ = directory;
    c.settings_ = settings;
    c.name_ = settings.get("name", "case");
    SENDH_TRY(c.zone_, parse_zone(settings.get("time_zone", "Asia/Kolkata")));
    c.region_ = parse_region(settings.get("region", "IN"));

    if (access == Access::write) {
        SENDH_TRY(c.lock_, lock_case(directory, 0));
    }
    // Blocks while a change of the key is being committed. Disks that cannot lock go without.
    c.hold_ = File(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    while (c.hold_.is_open() && ::flock(c.hold_.descriptor(), LOCK_SH) != 0 && errno == EINTR)
        SENDH_CHECK(check_interrupt("nothing was changed"));
    SENDH_TRY(Catalogue catalogue, Catalogue::open(directory / catalogue_file));
    c.catalogue_ = std::make_unique<Catalogue>(std::move(catalogue));
    return c;
}

Result<KeyPlace> Case::find_key() {
    const std::string toml_id = settings_.get("key.id");
    if (toml_id.empty() || toml_id.find('/') != std::string::npos) {
        return Fault{FaultKind::corrupt, "case.toml names no key", shown_path(directory_ / case_file),
                     "restore it from a backup"};
    }
    KeyPlace out;
    out.case_name = name_;
    SENDH_TRY(out.fingerprint, catalogue_->meta("key_fingerprint"));
    SENDH_TRY(out.id, catalogue_->meta("key_id"));
    SENDH_TRY(const KeyChange change, pending_key_change(*catalogue_));
    const bool older = out.id.empty();  // a case that is older than this entry
    if (older) out.id = toml_id;
    const bool same = older ? out.fingerprint == settings_.get("key.fingerprint")
                            : toml_id == out.id || (!change.from.empty() && toml_id == change.from);
    if (!same || out.id.find('/') != std::string::npos) {
        return Fault{FaultKind::key, "the catalogue was made with another key", shown_path(directory_),
                     "case.toml and catalogue.sqlite do not belong together; restore both"};
    }
    out.folder = settings_.get("key.folder");
    std::error_code error;
    if (out.folder.empty() || !std::filesystem::exists(out.folder / (out.id + ".key"), error)) {
        SENDH_TRY(const auto usual, default_key_folder());
        // A folder that the case names is where the key belongs, but one that is set now goes before it.
        if (out.folder.empty() || std::filesystem::exists(usual / (out.id + ".key"), error))
            out.folder = usual;
    }
    return out;
}

Result<KeyPlace> Case::key_place(const std::filesystem::path& directory) {
    SENDH_TRY(Case c, open_locked(directory, Access::read));
    return c.find_key();
}

Result<Case> Case::open(const std::filesystem::path& directory, Access access,
                        const PassphraseSource& passphrase) {
    SENDH_TRY(Case c, open_locked(directory, access));
    SENDH_TRY(const KeyPlace place, c.find_key());
    SENDH_TRY(KeyRing keys, KeyRing::open(place.folder, place.id, place.fingerprint, passphrase));
    SENDH_TRY(const std::string history, c.catalogue().meta("key_history"));
    SENDH_CHECK(take_key_history(keys, history));
    c.keys_ = std::make_unique<KeyRing>(std::move(keys));
    c.tokeniser_ = std::make_unique<Tokeniser>(c.keys_->token_key());
    c.catalogue().keep_log_under(c.keys_->log_key());
    if (access == Access::write) {
        SENDH_CHECK(c.upgrade());
        SENDH_CHECK(c.settle_key());
        // Not worth stopping anybody's work for: the next step that writes tries again.
        (void)c.settle_erasure().ok();
        SENDH_CHECK(c.write_log());
        // While others read, leftovers stay for the next step that writes.
        const bool alone = c.hold_.is_open() && ::flock(c.hold_.descriptor(), LOCK_EX | LOCK_NB) == 0;
        if (alone) SENDH_CHECK(c.clear_leftovers());
    }
    if (c.hold_.is_open() && ::flock(c.hold_.descriptor(), LOCK_SH) != 0)
        return io_fault("the case cannot be locked", directory, errno);
    return c;
}

Done Case::adopt_key(KeyRing keys) {
    keys_ = std::make_unique<KeyRing>(std::move(keys));
    tokeniser_ = std::make_unique<Tokeniser>(keys_->token_key());
    catalogue_->keep_log_under(keys_->log_key());
    mark_tokeniser_.reset();
    calls_.reset();
    Done cleared = settle_key();
    if (cleared.ok()) cleared = write_log();
    if (cleared.ok()) cleared = clear_leftovers();
    if (hold_.is_open()) (void)::flock(hold_.descriptor(), LOCK_SH);
    return cleared;
}

Done Case::protect_key(const Passphrase* passphrase) {
    keys_->protect(passphrase);
    return keys_->write();
}

Done Case::hold_alone(int seconds) {
    for (int tenths = 0; hold_.is_open(); ++tenths) {
        if (::flock(hold_.descriptor(), LOCK_EX | LOCK_NB) == 0) break;
        if (errno != EWOULDBLOCK && errno != EINTR) break;  // a disk that cannot lock
        SENDH_CHECK(check_interrupt("nothing was changed"));
        if (tenths >= 10 * seconds)
            return Fault{FaultKind::io, "another sendh is reading this case", shown_path(directory_),
                         "wait until it has finished, then run the command again; nothing was changed"};
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return done();
}

Done Case::settle_erasure() {
    SENDH_TRY(const bool wanted, catalogue_->holds_erased());
    if (wanted) SENDH_CHECK(catalogue_->compact());
    if (hold_.is_open()) (void)::flock(hold_.descriptor(), LOCK_SH);
    return done();
}

Tokeniser& Case::mark_tokeniser() {
    if (!mark_tokeniser_) mark_tokeniser_ = std::make_unique<Tokeniser>(keys_->mark_token_key());
    return *mark_tokeniser_;
}

Fault Case::damaged(Fault fault, const std::string& place) const {
    fault.where = place + " in " + shown_path(directory_ / catalogue_file);
    fault.to_do = "restore that file, or the whole case, from a backup";
    return fault;
}

Result<PhoneNumber> Case::open_number(const Token& token, const Place& place) {
    auto number = tokeniser_->open(token);
    if (!number.ok()) return damaged(number.fault(), place.text());
    return number;
}

Done Case::open_numbers(std::span<const Token> tokens, std::span<PhoneNumber> out, const PlaceOf& place_of) {
    Done opened = tokeniser_->open(tokens, out, [&](std::size_t i) { return place_of(i).text(); });
    if (opened.ok()) return done();
    return damaged(opened.fault(), opened.fault().where);
}

Result<Token> Case::mark_token(const Token& token, const Place& place) {
    SENDH_TRY(const PhoneNumber number, open_number(token, place));
    return mark_tokeniser().seal(number);
}

Done Case::mark_tokens(std::span<Token> tokens, const PlaceOf& place_of) {
    std::vector<PhoneNumber> numbers(tokens.size());
    SENDH_CHECK(open_numbers(tokens, numbers, place_of));
    mark_tokeniser().seal(numbers, tokens);
    return done();
}

Done Case::clear_leftovers() {
    std::unordered_set<std::string> listed;
    SENDH_TRY(const auto segments, catalogue_->segments());
    for (const SegmentRecord& segment : segments) listed.insert(segment.name);
    SENDH_TRY(const auto duplicates, catalogue_->duplicate_files());
    listed.insert(duplicates.begin(), duplicates.end());
    SENDH_TRY(const auto detection, catalogue_->detection());
    if (detection) {
        listed.insert(detection->verdicts.begin(), detection->verdicts.end());
        listed.insert(detection->campaigns.begin(), detection->campaigns.end());
    }
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(calls_folder(), error)) {
        if (!listed.contains(entry.path().filename().string()))
            std::filesystem::remove_all(entry.path(), error);
    }
    return done();
}

Result<CallStore*> Case::calls() {
    if (!calls_) {
        SENDH_TRY(CallStore store,
                  CallStore::open(calls_folder(), keys_->token_key(), keys_->row_key(), StoreLimits{}));
        calls_ = std::make_unique<CallStore>(std::move(store));
    }
    SENDH_TRY(auto segments, catalogue_->segments());
    calls_->set_segments(std::move(segments));
    SENDH_TRY(const auto detection, catalogue_->detection());
    if (detection) {
        calls_->set_detection(detection->verdicts, detection->campaigns);
    } else {
        calls_->set_detection({}, {});
    }
    return calls_.get();
}

Result<TrunkMap> Case::trunk_map() {
    SENDH_TRY(const auto trunks, catalogue_->trunks());
    TrunkMap map;
    for (const TrunkRecord& t : trunks)
        map.add({t.name, t.carrier, parse_ingress(t.ingress).value_or(Ingress::unknown)});
    return map;
}

std::string Case::seal_text(std::string_view plain, std::string_view about) const {
    return seal(keys_->seal_key(), plain, about);
}

Result<std::string> Case::open_text(std::string_view sealed, std::string_view about,
                                    const Place& place) const {
    auto text = unseal(keys_->seal_key(), sealed, about);
    if (!text.ok()) return damaged(text.fault(), place.text());
    return text;
}

}  // namespace sendh
