#include "casework/case.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <unordered_set>

#include "base/text.h"
#include "crypto/seal.h"

namespace sendh {

namespace {

constexpr const char* case_file = "case.toml";
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
    SENDH_TRY(KeyRing keys, KeyRing::create(key_folder));
    undo.add(keys.path());
    {
        undo.add(directory / "catalogue.sqlite");
        SENDH_TRY(Catalogue catalogue, Catalogue::create(directory / "catalogue.sqlite"));
        SENDH_CHECK(catalogue.set_meta("key_fingerprint", keys.fingerprint()));
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
    return Case::open(directory, Access::write);
}

Result<Case> Case::open(const std::filesystem::path& directory, Access access) {
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

    const std::string key_id = settings.get("key.id");
    if (key_id.empty() || key_id.find('/') != std::string::npos) {
        return Fault{FaultKind::corrupt, "case.toml names no key", shown_path(directory / case_file),
                     "restore it from a backup"};
    }
    std::filesystem::path key_folder = settings.get("key.folder");
    std::error_code error;
    if (key_folder.empty() || !std::filesystem::exists(key_folder / (key_id + ".key"), error)) {
        SENDH_TRY(key_folder, default_key_folder());
    }
    SENDH_TRY(KeyRing keys, KeyRing::open(key_folder, key_id, settings.get("key.fingerprint")));
    c.keys_ = std::make_unique<KeyRing>(std::move(keys));
    c.tokeniser_ = std::make_unique<Tokeniser>(c.keys_->token_key());

    if (access == Access::write) {
        const std::filesystem::path lock = directory / ".lock";
        c.lock_ = File(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
        if (!c.lock_.is_open()) return io_fault("the case cannot be written to", directory, errno);
        if (::flock(c.lock_.descriptor(), LOCK_EX | LOCK_NB) != 0) {
            return Fault{FaultKind::io, "another sendh is working on this case", shown_path(directory),
                         "wait until it has finished, then run the command again"};
        }
    }
    SENDH_TRY(Catalogue catalogue, Catalogue::open(directory / "catalogue.sqlite"));
    c.catalogue_ = std::make_unique<Catalogue>(std::move(catalogue));
    SENDH_TRY(const std::string fingerprint, c.catalogue_->meta("key_fingerprint"));
    if (fingerprint != c.keys_->fingerprint()) {
        return Fault{FaultKind::key, "the catalogue was made with another key", shown_path(directory),
                     "case.toml and catalogue.sqlite do not belong together; restore both"};
    }
    if (access == Access::write) {
        SENDH_CHECK(c.catalogue().upgrade());
        SENDH_CHECK(c.clear_leftovers());
    }
    return c;
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
    std::vector<std::string> names;
    SENDH_TRY(const auto segments, catalogue_->segments());
    for (const SegmentRecord& segment : segments) names.push_back(segment.name);
    calls_->set_segments(std::move(names));
    SENDH_TRY(const auto detection, catalogue_->detection());
    if (detection) {
        calls_->set_detection(detection->verdicts, detection->campaigns);
    } else {
        calls_->set_detection({}, {});
    }
    return calls_.get();
}

std::string Case::seal_text(std::string_view plain, std::string_view about) const {
    return seal(keys_->seal_key(), plain, about);
}

Result<std::string> Case::open_text(std::string_view sealed, std::string_view about) const {
    return unseal(keys_->seal_key(), sealed, about);
}

}  // namespace sendh
