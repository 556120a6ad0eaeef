#include <sys/stat.h>

#include <cstdio>

#include "base/text.h"
#include "casework/investigate.h"
#include "casework/recovery.h"
#include "casework/rotate_key.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/passphrase.h"
#include "registers/marks.h"

namespace sendh::cli {

namespace {

void remark(const Invocation& call, const std::string& text) {
    if (!call.quiet()) std::fprintf(stderr, "sendh: %s\n", text.c_str());
}

// The passphrase to come: from the file that the flag names, else from the terminal.
Result<Passphrase> new_passphrase(const std::string& file) {
    if (!file.empty()) return read_passphrase(file);
    if (has_terminal()) return ask_new_passphrase("new passphrase");
    return Fault{FaultKind::usage, "no new passphrase was given", "",
                 "give --new-passphrase-file FILE, or run this on a terminal"};
}

Result<int> sheet_count(const Invocation& call, const std::string& flag) {
    SENDH_TRY(const std::uint64_t value, call.whole(flag, 0));
    return static_cast<int>(std::min<std::uint64_t>(value, most_sheets + 1));
}

}  // namespace

Result<int> key_show(Invocation& call) {
    SENDH_TRY(const KeyPlace place, Case::key_place(call.case_directory()));
    SENDH_TRY(const KeyFile file, KeyRing::read_file(place.folder, place.id));
    std::string protection = "none";
    if (file.is_protected())
        protection = "passphrase (Argon2id, " + std::to_string(file.cost()->operations) + " passes, " +
                     std::to_string(file.cost()->memory >> 20) + " MB)";
    const std::string path = (place.folder / (place.id + ".key")).string();
    // What must be opened to be seen is shown if that needs no question.
    std::vector<std::string> marks;
    const bool opened = !file.is_protected() || !call.get("--passphrase-file").empty();
    Cell sheets;
    if (opened) {
        SENDH_TRY(Case * c, call.open_case(Case::Access::read));
        for (const Key256& key : c->keys().mark_keys()) marks.push_back(mark_key_commitment(key));
        SENDH_TRY(const auto made, sheets_made(c->catalogue()));
        if (made)
            sheets = std::to_string(made->needed) + " of " + std::to_string(made->sheets) + ", " +
                     made->date +
                     (made->fingerprint == place.fingerprint ? "" : ", of an older key: of no use");
    }
    if (call.format() == Format::table) {
        std::string text = "key          " + place.id + "\nfingerprint  " + place.fingerprint +
                           "\nprotection   " + protection + "\nfile         " + path + "\n";
        if (const auto* made = std::get_if<std::string>(&sheets)) text += "sheets       " + *made + "\n";
        for (std::size_t i = 0; i < marks.size(); ++i)
            text += (i == 0 ? "mark key     " : "older        ") + marks[i] + "\n";
        print(text);
    } else {
        ListOutput out(call.format(), "keys", {"id", "fingerprint", "protection", "file", "marks", "sheets"});
        out.row({place.id, place.fingerprint, protection, path,
                 opened ? Cell{Raw{json_strings(marks), joined(marks, " ")}} : Cell{}, sheets});
        SENDH_CHECK(out.finish());
    }
    if (!opened) remark(call, "mark keys and sheets are shown with the passphrase (--passphrase-file)");
    return 0;
}

Result<int> key_passphrase(Invocation& call) {
    const bool remove = call.on("--remove");
    const std::string file = call.get("--new-passphrase-file");
    if (remove && !file.empty())
        return Fault{FaultKind::usage, "--remove and --new-passphrase-file exclude each other", "",
                     "give one of them"};
    SENDH_TRY(Case * c, call.open_case(Case::Access::write));
    if (remove && !c->keys().is_protected())
        return Fault{FaultKind::usage, "no passphrase protects this key", "", "nothing was changed"};
    const std::string what = remove                     ? "the passphrase of the key was removed"
                             : c->keys().is_protected() ? "the passphrase of the key was changed"
                                                        : "the key was protected by a passphrase";
    std::optional<Passphrase> passphrase;
    if (!remove) {
        SENDH_TRY(passphrase, new_passphrase(file));
    }
    SENDH_CHECK(c->log_alone("key_protected", {{"what", what}, {"reason", call.get("--reason")}}));
    Done written = c->protect_key(passphrase ? &*passphrase : nullptr);
    if (!written.ok()) {
        SENDH_CHECK(c->log_alone("key_protected", {{"what", "not done: the key file was not written"}}));
        return written.fault();
    }
    if (call.format() == Format::table) {
        print(what + ".\n");
    } else {
        ListOutput out(call.format(), "keys", {"id", "protected"});
        out.row({c->keys().id(), c->keys().is_protected()});
        SENDH_CHECK(out.finish());
    }
    remark(call, "copies of the key file that were made before stay as they are");
    return 0;
}

Result<int> key_rotate(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::write));
    SENDH_TRY(const RotatedKey key,
              rotate_key(*c, call.get("--reason"), call.on("--destroy-old"), call.quiet()));
    std::vector<std::string> still_there;
    for (const std::filesystem::path& path : key.still_there) still_there.push_back(path.string());
    if (call.format() == Format::table) {
        print("The case is under key " + key.id + " now.\nIts key: " + key.path.string() +
              "\nBack it up, as you did with the old one.\n");
    } else {
        ListOutput out(call.format(), "keys",
                       {"id", "fingerprint", "file", "old_id", "old_file", "earlier_files"});
        out.row({key.id, key.fingerprint, key.path.string(), key.old_id,
                 key.old_path.empty() ? Cell{} : Cell{key.old_path.string()},
                 Raw{json_strings(still_there), joined(still_there, " ")}});
        SENDH_CHECK(out.finish());
    }
    remark(call,
           key.old_path.empty()
               ? "the old key's file was overwritten and removed; backups of it, and of the case under it, "
                 "are as readable as before"
               : "the old key is kept as " + key.old_path.string() +
                     " for backups of the case; --destroy-old would have removed it");
    if (!key.still_there.empty())
        remark(call,
               "files of keys from before earlier changes are there still: " + joined(still_there, ", ") +
                   "; backups of that time are opened with them, also by a thief: remove what is not needed");
    SENDH_TRY(const auto made, sheets_made(c->catalogue()));
    if (made) remark(call, "the recovery sheets were of the old key: make new ones (sendh key split)");
    return 0;
}

Result<int> key_split(Invocation& call) {
    SENDH_TRY(const int sheets, sheet_count(call, "--shares"));
    SENDH_TRY(const int needed, sheet_count(call, "--needed"));
    SENDH_TRY(const std::string folder, call.output("", false));
    SENDH_TRY(Case * c, call.open_case(Case::Access::write));
    SENDH_TRY(const auto files, write_recovery_sheets(*c, sheets, needed, folder));
    if (call.format() == Format::table) {
        print(std::to_string(files.size()) + " sheets in " + shown_path(folder) + ", any " +
              std::to_string(needed) +
              " of which make the key again.\nPrint them, give each to another person, and delete the "
              "files.\n");
    } else {
        ListOutput out(call.format(), "sheets", {"number", "file"});
        for (std::size_t i = 0; i < files.size(); ++i)
            out.row({static_cast<std::int64_t>(i + 1), shown_path(files[i])});
        SENDH_CHECK(out.finish());
    }
    if (c->keys().is_protected()) remark(call, "the sheets make the key without its passphrase");
    return 0;
}

Result<int> key_restore(Invocation& call) {
    std::vector<RecoverySheet> sheets;
    for (const std::string& path : call.arguments()) {
        SENDH_TRY(std::string text, read_whole(path, 1 << 20));
        auto found = sheets_in(text, path == "-" ? "standard input" : shown_path(path));
        wipe(text);
        if (!found.ok()) return found.fault();
        sheets.insert(sheets.end(), found->begin(), found->end());
    }
    std::optional<Passphrase> passphrase;
    if (const std::string file = call.get("--passphrase-file"); !file.empty()) {
        SENDH_TRY(passphrase, read_passphrase(file));
    }
    SENDH_TRY(const RestoredKey key,
              restore_key(call.case_directory(), sheets, passphrase ? &*passphrase : nullptr));
    // That a key came back is for the record, and proves that it opens the case.
    SENDH_TRY(Case * c, call.open_case(Case::Access::write));
    SENDH_CHECK(c->log_alone("key_restored", {{"sheets", std::uint64_t{sheets.size()}}}));
    if (call.format() == Format::table) {
        print("The key is there again: " + key.path.string() + "\n");
    } else {
        ListOutput out(call.format(), "keys", {"id", "fingerprint", "file", "set_aside"});
        out.row({key.place.id, key.place.fingerprint, key.path.string(),
                 key.set_aside.empty() ? Cell{} : Cell{key.set_aside.string()}});
        SENDH_CHECK(out.finish());
    }
    for (const int sheet : key.damaged)
        remark(call, "sheet " + std::to_string(sheet) + " does not fit the others: it is damaged");
    if (!passphrase) remark(call, "no passphrase protects it (sendh key passphrase)");
    return 0;
}

}  // namespace sendh::cli
