#include "casework/recovery.h"

#include <sys/stat.h>

#include <sstream>

#include "base/text.h"
#include "casework/investigate.h"

namespace sendh {

namespace {

std::string in_groups(const std::string& text, std::size_t group) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i > 0 && i % group == 0) out += ' ';
        out += text[i];
    }
    return out;
}

std::string sheet_text(const RecoverySheet& sheet, const Case& c, const std::string& date) {
    const std::string k = std::to_string(sheet.needed);
    const std::string n = std::to_string(sheet.sheets);
    std::string out = "sendh: recovery sheet " + std::to_string(sheet.number) + " of " + n + "\n\n";
    out += "case         " + c.name() + "\n";
    out += "key          " + c.keys().id() + "\n";
    out += "fingerprint  " + in_groups(c.keys().fingerprint(), 4) + "\n";
    out += "made         " + date + "\n\n";
    out += "Any " + k + " of the " + n +
           " sheets make the key of this case again; fewer tell nothing. Let different people keep them.\n";
    out += "इन " + n + " पन्नों में से कोई भी " + k +
           " मिलकर इस प्रकरण की कुंजी फिर बना देते हैं; उससे कम से कुछ पता नहीं चलता। इन्हें अलग-अलग लोग रखें।\n\n";
    out += letters_of(sheet);
    out += "\nTo use it: sendh key restore SHEET...   (letters: 0-9 A-Z without I L O U)\n";
    return out;
}

}  // namespace

Result<std::optional<SheetsMade>> sheets_made(Catalogue& catalogue) {
    SENDH_TRY(const std::string text, catalogue.meta("key_sheets"));
    std::istringstream in(text);
    SheetsMade out;
    if (!(in >> out.needed >> out.sheets >> out.fingerprint >> out.date)) return std::optional<SheetsMade>{};
    return std::optional(out);
}

Result<std::vector<std::filesystem::path>> write_recovery_sheets(Case& c, int sheets, int needed,
                                                                 const std::filesystem::path& folder) {
    if (needed < 2 || needed > sheets || sheets > most_sheets)
        return Fault{FaultKind::usage,
                     "a key is split into 2 to " + std::to_string(most_sheets) +
                         " sheets, of which 2 or more are needed, and not more than there are",
                     "--shares, --needed", "--shares 5 --needed 3 is usual"};
    if (folder.empty())
        return Fault{FaultKind::usage, "no folder was named to write the sheets to", "", "give --output DIR"};
    std::error_code error;
    if (std::filesystem::exists(folder, error) && !std::filesystem::is_empty(folder, error))
        return Fault{FaultKind::usage, "the folder is not empty", shown_path(folder),
                     "choose a new folder for the sheets; nothing was changed"};
    const bool made = std::filesystem::create_directories(folder, error);
    if (error) return io_fault("cannot make the folder for sheets", folder, error.value());
    if (made && ::chmod(folder.c_str(), 0700) != 0)
        return io_fault("cannot protect the folder for sheets", folder, errno);
    const std::string date = iso_date(now(), c.zone());
    {
        SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
        SENDH_CHECK(c.catalogue().set_meta("key_sheets", std::to_string(needed) + " " +
                                                             std::to_string(sheets) + " " +
                                                             c.keys().fingerprint() + " " + date));
        SENDH_CHECK(c.log("key_split", {{"sheets", static_cast<std::uint64_t>(sheets)},
                                        {"needed", static_cast<std::uint64_t>(needed)}}));
        SENDH_CHECK(c.commit(transaction));
    }
    std::vector<std::filesystem::path> out;
    for (const RecoverySheet& sheet : split_key(c.keys().master(), sheets, needed)) {
        std::string text = sheet_text(sheet, c, date);
        out.push_back(folder / ("sheet-" + std::to_string(sheet.number) + ".txt"));
        Done written = write_durably(out.back(), text, 0600);
        wipe(text);
        if (written.ok()) continue;
        for (const auto& path : out) std::filesystem::remove(path, error);
        return written.fault();
    }
    return out;
}

Result<RestoredKey> restore_key(const std::filesystem::path& case_directory,
                                const std::vector<RecoverySheet>& sheets, const Passphrase* passphrase) {
    RestoredKey out;
    SENDH_TRY(out.place, Case::key_place(case_directory));
    out.path = out.place.folder / (out.place.id + ".key");
    struct stat info {};
    const bool there = ::lstat(out.path.c_str(), &info) == 0;
    if (there) {
        const auto file = KeyRing::read_file(out.place.folder, out.place.id);
        // In format 1 only the secret itself can be held against the fingerprint.
        const bool good =
            file.ok() &&
            (file->is_protected() || KeyRing::fingerprint_of(file->master()) == out.place.fingerprint) &&
            (file->format() == 1 || file->fingerprint() == out.place.fingerprint);
        if (good)
            return Fault{FaultKind::key,
                         file->is_protected() ? "a good key file is there, protected by a passphrase"
                                              : "a good key file is there",
                         shown_path(out.path),
                         file->is_protected() ? "if nobody knows the passphrase, move the file away first"
                                              : "nothing needs to be restored"};
        const bool readable_by_others = (info.st_mode & 077) != 0;
        if (!file.ok() && (file.fault().kind != FaultKind::key || readable_by_others)) return file.fault();
    }
    SENDH_TRY(RecoveredKey key, recover_key(sheets, out.place.fingerprint));
    out.damaged = key.damaged;
    auto ring = KeyRing::restored(out.place.folder, out.place.id, out.place.fingerprint, key.master);
    key.master = {};
    if (!ring.ok()) return ring.fault();
    ring->protect(passphrase);
    std::error_code error;
    if (std::filesystem::create_directories(out.place.folder, error)) ::chmod(out.place.folder.c_str(), 0700);
    if (error) return io_fault("cannot make the folder for keys", out.place.folder, error.value());
    if (there) {
        out.set_aside = out.path.string() + ".damaged";
        if (::rename(out.path.c_str(), out.set_aside.c_str()) != 0)
            return io_fault("cannot set the damaged key file aside", out.path, errno);
    }
    SENDH_CHECK(ring->write());
    return out;
}

}  // namespace sendh
