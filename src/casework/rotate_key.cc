#include "casework/rotate_key.h"

#include <fcntl.h>
#include <unistd.h>

#include <set>

#include "base/progress.h"
#include "base/text.h"
#include "casework/investigate.h"
#include "crypto/seal.h"

namespace sendh {

namespace {

constexpr const char* untouched = "nothing was changed";
constexpr int seconds_for_readers = 60;

// "calls-3-0.parquet" -> "calls-3-0.k2.parquet" -> "calls-3-0.k3.parquet": the order of names stays.
std::string next_name(const std::string& name) {
    constexpr std::string_view ending = ".parquet";
    std::string stem = name.substr(0, name.size() - (name.ends_with(ending) ? ending.size() : 0));
    std::int64_t change = 1;
    if (const std::size_t at = stem.rfind(".k"); at != std::string::npos) {
        if (const auto number = parse_integer(std::string_view(stem).substr(at + 2))) {
            change = *number;
            stem.resize(at);
        }
    }
    return stem + ".k" + std::to_string(change + 1) + std::string(ending);
}

class Resealer {
public:
    Resealer(const KeyRing& from, const KeyRing& to)
        : from_(from.token_key()),
          to_(to.token_key()),
          from_seal_(from.seal_key()),
          to_seal_(to.seal_key()) {}

    Result<Token> token(const Token& token) {
        SENDH_TRY(const PhoneNumber number, from_.open(token));
        return to_.seal(number);
    }
    // `Token{}` is none and stays.
    Done tokens(std::vector<Token>& tokens) {
        std::vector<Token> there;
        for (const Token& token : tokens) {
            if (token != Token{}) there.push_back(token);
        }
        numbers_.resize(there.size());
        SENDH_CHECK(from_.open(there, numbers_));
        to_.seal(numbers_, there);
        auto next = there.begin();
        for (Token& token : tokens) {
            if (token != Token{}) token = *next++;
        }
        return done();
    }
    Result<std::string> text(const std::string& sealed, const std::string& about) const {
        SENDH_TRY(const std::string plain, unseal(from_seal_, sealed, about));
        return seal(to_seal_, plain, about);
    }

private:
    Tokeniser from_, to_;
    Key256 from_seal_, to_seal_;
    std::vector<PhoneNumber> numbers_;
};

Result<std::uint64_t> rewrite_segments(Case& c, Resealer& resealer, bool quiet) {
    SENDH_TRY(const auto segments, c.catalogue().segments());
    SENDH_TRY(auto names, c.catalogue().duplicate_files());
    for (const SegmentRecord& segment : segments) names.push_back(segment.name);
    SENDH_TRY(const auto detection, c.catalogue().detection());
    if (detection)
        std::copy_if(detection->campaigns.begin(), detection->campaigns.end(), std::back_inserter(names),
                     holds_calls_of_campaigns);
    SENDH_TRY(CallStore * store, c.calls());
    Progress progress("changing the key of calls", names.size(), quiet);
    std::uint64_t written = 0;
    for (const std::string& name : names) {
        SENDH_CHECK(check_interrupt(untouched));
        SENDH_CHECK(store->rewrite_segment(name, next_name(name), [&](SegmentRows& rows) -> Done {
            for (std::vector<Token>* column : {&rows.cli, &rows.callee, &rows.redirect}) {
                Done changed = resealer.tokens(*column);
                if (changed.ok()) continue;
                Fault fault = changed.fault();
                fault.where = name + ", " + fault.where;
                return fault;
            }
            return done();
        }));
        progress.at(++written, 0);
    }
    return written;
}

// A key file's bytes overwritten, then its name removed. What lies under them on the disk is the disk's
// affair.
void destroy(const std::filesystem::path& path) {
    const File file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
    if (file.is_open()) {
        const std::string zeros(KeyFile::most_bytes, '0');
        std::error_code error;
        const auto size = std::min<std::uintmax_t>(std::filesystem::file_size(path, error), zeros.size());
        if (!error && ::pwrite(file.descriptor(), zeros.data(), size, 0) > 0)
            (void)::fsync(file.descriptor());
    }
    ::unlink(path.c_str());
}

// case.toml with the key that the case is under now; the rest of the file stays as its owner wrote it.
std::string with_key(const std::string& toml, const KeyRing& keys) {
    std::string out;
    bool inside = false;
    for (std::size_t at = 0; at < toml.size();) {
        const std::size_t end = std::min(toml.find('\n', at), toml.size() - 1) + 1;
        const std::string line = toml.substr(at, end - at);
        at = end;
        const std::string_view text = trim(line);
        if (text.starts_with('[')) inside = text.starts_with("[key]");
        const std::string_view name = trim(text.substr(0, text.find('=')));
        if (inside && name == "id") {
            out += "id = " + toml_quoted(keys.id()) + "\n";
        } else if (inside && name == "fingerprint") {
            out += "fingerprint = " + toml_quoted(keys.fingerprint()) + "\n";
        } else {
            out += line;
        }
    }
    return out;
}

Done clear_meta(Catalogue& catalogue, const std::string& key) {
    SENDH_TRY(SqlStatement s, catalogue.database().prepare("DELETE FROM meta WHERE key=?1"));
    return s.bind(1, key).run();
}

// What a crash leaves of a file that was being written in place of `path` (base/file.h).
void remove_unfinished(const std::filesystem::path& path) {
    const std::string start = path.filename().string() + ".tmp";
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(path.parent_path(), error)) {
        if (entry.path().filename().string().starts_with(start)) ::unlink(entry.path().c_str());
    }
}

// An id of a key as it may stand in a file name.
bool is_plain(const std::string& id) {
    return !id.empty() && id.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos;
}

// Of all keys that the log knows the case to have had, but the one that was changed now.
Result<std::vector<std::filesystem::path>> earlier_key_files(Case& c, const std::string& but) {
    std::set<std::string> ids;
    SENDH_TRY(const LogState state, c.catalogue().log_state());
    SENDH_CHECK(c.evidence_log().read(state, [&](const LogEntry& entry) {
        if (entry.kind == "key_changed" && is_plain(entry.text("from"))) ids.insert(entry.text("from"));
        return done();
    }));
    ids.erase(but);
    ids.erase(c.keys().id());
    std::vector<std::filesystem::path> out;
    std::error_code error;
    for (const std::string& id : ids) {
        for (const char* ending : {".key.old", ".key"}) {
            std::filesystem::path path = c.keys().path().parent_path() / (id + ending);
            if (std::filesystem::exists(path, error)) out.push_back(std::move(path));
        }
    }
    return out;
}

}  // namespace

Done write_key_meta(Catalogue& catalogue, const KeyRing& keys) {
    SENDH_CHECK(catalogue.set_meta("key_id", keys.id()));
    SENDH_CHECK(catalogue.set_meta("key_fingerprint", keys.fingerprint()));
    return catalogue.set_meta("key_history", hex_of(keys.sealed_history()));
}

Done take_key_history(KeyRing& keys, const std::string& noted) {
    const auto sealed = bytes_of_hex(noted);
    if (!sealed)
        return Fault{FaultKind::corrupt, "the history of the key in this case is damaged", "",
                     "restore the case from a backup"};
    return keys.take_history(*sealed);
}

Result<KeyChange> pending_key_change(Catalogue& catalogue) {
    KeyChange out;
    SENDH_TRY(out.next, catalogue.meta("key_next"));
    SENDH_TRY(const std::string from, catalogue.meta("key_change"));
    out.from = from.substr(0, from.find(' '));
    out.destroy = from.ends_with(" destroy");
    return out;
}

Done Case::settle_key() {
    SENDH_TRY(const KeyChange change, pending_key_change(catalogue()));
    const std::filesystem::path folder = keys().path().parent_path();
    remove_unfinished(directory_ / "case.toml");
    remove_unfinished(keys().path());  // also of `key passphrase`
    if (is_plain(change.next) && change.next != keys().id()) {
        remove_unfinished(folder / (change.next + ".key"));
        ::unlink((folder / (change.next + ".key")).c_str());
    }
    if (!change.next.empty()) SENDH_CHECK(clear_meta(catalogue(), "key_next"));
    if (change.from.empty()) return done();
    const std::filesystem::path toml_path = directory_ / "case.toml";
    SENDH_TRY(const std::string toml, read_whole(toml_path, 1 << 20));
    const std::string wanted = with_key(toml, keys());
    if (wanted != toml) SENDH_CHECK(write_durably(toml_path, wanted));
    if (is_plain(change.from) && change.from != keys().id()) {
        const std::filesystem::path old = folder / (change.from + ".key");
        if (change.destroy) {
            destroy(old);
        } else {
            ::rename(old.c_str(), (old.string() + ".old").c_str());
        }
        SENDH_CHECK(flush_to_disk(folder));
    }
    // Not worth stopping anybody's work for: the next step that writes tries again.
    if (!catalogue().compact().ok()) return done();
    return clear_meta(catalogue(), "key_change");
}

Result<RotatedKey> rotate_key(Case& c, const std::string& reason, bool destroy_old, bool quiet) {
    const std::string why = without_numbers(trim(reason));
    if (why.empty())
        return Fault{FaultKind::usage, "why is the key changed?", "--reason", "say it; it is recorded"};
    Catalogue& catalogue = c.catalogue();
    KeyRing fresh = c.keys().successor();
    RotatedKey out;
    out.old_id = c.keys().id();
    out.id = fresh.id();
    out.fingerprint = fresh.fingerprint();
    out.path = fresh.path();
    const auto take_back = [&](const Fault& fault) -> Fault {
        ::unlink(fresh.path().c_str());
        (void)clear_meta(catalogue, "key_next").ok();  // else the next step that writes does it
        return fault;
    };
    SENDH_CHECK(catalogue.set_meta("key_next", fresh.id()));
    Done kept = fresh.write();
    if (!kept.ok()) return take_back(kept.fault());
    Resealer resealer(c.keys(), fresh);
    const auto segments = rewrite_segments(c, resealer, quiet);
    if (!segments.ok()) return take_back(segments.fault());
    out.segments = *segments;
    const std::filesystem::path old_path = c.keys().path();
    bool committing = false;
    const auto change = [&]() -> Done {
        SENDH_CHECK(c.hold_alone(seconds_for_readers));
        SENDH_TRY(Transaction transaction, Transaction::begin(catalogue.database()));
        SENDH_CHECK(catalogue.reseal({[&](const Token& token) { return resealer.token(token); },
                                      [&](const std::string& sealed, const std::string& about) {
                                          return resealer.text(sealed, about);
                                      },
                                      next_name}));
        SENDH_CHECK(write_key_meta(catalogue, fresh));
        catalogue.keep_log_under(fresh.log_key());
        SENDH_CHECK(clear_meta(catalogue, "key_next"));
        SENDH_CHECK(catalogue.set_meta("key_change", out.old_id + (destroy_old ? " destroy" : " keep")));
        SENDH_CHECK(c.log(
            "key_changed",
            {{"from", out.old_id}, {"to", out.id}, {"key_fingerprint", out.fingerprint}, {"reason", why}}));
        SENDH_CHECK(check_interrupt(untouched));
        committing = true;
        return transaction.commit();
    };
    Done changed = change();
    if (!changed.ok()) catalogue.keep_log_under(c.keys().log_key());
    // A commit that the disk refused may turn out to be there after all: then the new key is needed.
    if (!changed.ok()) return committing ? changed.fault() : take_back(changed.fault());
    SENDH_CHECK(c.adopt_key(std::move(fresh)));
    SENDH_TRY(out.still_there, earlier_key_files(c, out.old_id));
    if (!destroy_old) out.old_path = old_path.string() + ".old";
    return out;
}

}  // namespace sendh
