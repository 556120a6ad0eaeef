#include "casework/audit_copies.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "casework/copies.h"
#include "casework/copy_tags.h"

namespace sendh {

namespace {

constexpr int tries = 5;  // another sendh may write meanwhile

struct LoggedCopy {
    LogEntry entry;      // copy_issued or copy_recorded
    std::string sha256;  // "" while it is not written
    std::string tag;     // "" of one that was logged without
    [[nodiscard]] bool issued() const { return entry.kind == "copy_issued"; }
};

// What the log says of copies and canaries.
struct Logged {
    std::map<std::string, LoggedCopy> copies;
    std::map<std::string, std::uint64_t> canaries;  // by register
    std::map<std::string, std::string> states;      // of canaries, the last, by "N1"
    std::optional<Micros> begun;                    // when an older case got its log

    void see(const LogEntry& entry) {
        const std::string copy = entry.text("copy");
        if (entry.kind == "copy_issued") {
            copies[copy] = {entry, "", entry.text("marks_tag")};
        } else if (entry.kind == "copy_recorded") {
            copies[copy] = {entry, entry.text("sha256"), entry.text("rows_tag")};
        } else if (entry.kind == "copy_rows_erased") {
            if (const auto at = copies.find(copy); at != copies.end())
                at->second.tag = entry.text("rows_tag");
        } else if (entry.kind == "copy_written") {
            if (const auto at = copies.find(copy); at != copies.end())
                at->second.sha256 = entry.text("sha256");
        } else if (entry.kind == "copy_taken_back") {
            copies.erase(copy);
        } else if (entry.kind == "canaries_added") {
            canaries[entry.text("register")] += entry.count("accepted");
        } else if (entry.kind == "canary_state") {
            states[entry.text("canary")] = entry.text("state");
        } else if (entry.kind == "case_upgraded" && entry.count("from_format") < 4) {
            begun = entry.time;
        }
    }
    [[nodiscard]] bool before_log(Micros time) const { return begun && time <= *begun; }
};

std::string place(const LogEntry& entry) { return "entry " + std::to_string(entry.position) + " of the log"; }

std::string quoted(const std::string& text) { return text.empty() ? "nothing" : "'" + text + "'"; }

class Comparison {
public:
    Comparison(const Logged& logged, CopyAudit& out) : logged_(logged), out_(out) {}

    // Whether the log has a tag to compare with.
    [[nodiscard]] bool has_tag(const CopyRecord& c, RecordedRows rows) const {
        const auto at = logged_.copies.find(c.name);
        return at != logged_.copies.end() && c.issued == at->second.issued() && !at->second.tag.empty() &&
               (c.issued || rows == RecordedRows::compared);
    }

    // tag: of what the catalogue holds; nothing if it is not compared.
    void copy(const CopyRecord& c, const std::string& sha256, const std::optional<std::string>& tag) {
        const auto at = logged_.copies.find(c.name);
        if (at == logged_.copies.end()) {
            if (!logged_.before_log(c.recorded_at))
                fault("copy " + c.name + " (" + quoted(as_logged(c.recipient)) +
                          ") is in the catalogue and not in the log",
                      "copy " + c.name);
            return;
        }
        const LogEntry& entry = at->second.entry;
        about_ = "copy " + c.name;
        where_ = place(entry);
        if (c.issued != at->second.issued()) {
            differ("", c.issued ? "issued" : "recorded", at->second.issued() ? "issued" : "recorded");
            return;
        }
        text("recipient ", c.recipient, entry, "recipient");
        text("register ", c.register_name, entry, "register");
        text("purpose ", c.purpose, entry, "purpose");
        const std::uint64_t rows = entry.count(c.issued ? "rows" : "accepted");
        if (c.rows != rows) differ("rows ", grouped(c.rows), grouped(rows));
        if (c.issued) {
            text("columns ", logged_columns(c.columns), entry, "columns");
            text("legal basis ", c.legal_basis, entry, "legal_basis");
            text("date of deletion ", c.delete_by, entry, "delete_by");
        } else {
            text("date ", c.date, entry, "date");
        }
        const bool written = !at->second.sha256.empty();
        if (c.issued && c.delivered != written)
            differ("", c.delivered ? "delivered" : "not delivered", written ? "delivered" : "not delivered");
        if (sha256 != at->second.sha256)
            differ("a file with SHA-256 ", quoted(sha256), quoted(at->second.sha256));
        if (tag && *tag != at->second.tag)
            fault(about_ + (c.issued
                                ? ": what its marks are computed from is not what it was when it was issued"
                                : ": its rows are not those that were recorded"),
                  where_);
    }

    void missing(const std::vector<CopyRecord>& copies) {
        for (const auto& [name, copy] : logged_.copies) {
            const auto same = [&id = name](const CopyRecord& c) { return c.name == id; };
            if (std::none_of(copies.begin(), copies.end(), same))
                fault("copy " + name + " (" + quoted(copy.entry.text("recipient")) +
                          ") is in the log and not in the catalogue",
                      place(copy.entry));
        }
    }

    void canaries(const std::vector<RegisterRecord>& registers, const std::vector<CanaryRecord>& pool) {
        std::map<std::string, std::uint64_t> there;
        for (const CanaryRecord& canary : pool) {
            const std::string name = "N" + std::to_string(canary.id);
            for (const RegisterRecord& reg : registers) {
                if (reg.id == canary.register_id && !logged_.before_log(canary.added_at))
                    ++there[as_logged(reg.name)];
            }
            const auto at = logged_.states.find(name);
            const std::string state = at == logged_.states.end() ? "active" : at->second;
            if (canary.state == state || logged_.before_log(canary.since)) continue;
            about_ = "canary " + name;
            where_ = about_;
            differ("it is ", canary.state, state);
        }
        for (const auto& [reg, count] : logged_.canaries) {
            if (there[reg] == count) continue;
            about_ = "canaries of register '" + reg + "'";
            where_ = "register " + reg;
            differ("there are ", grouped(there[reg]), grouped(count));
        }
        for (const auto& [reg, count] : there) {
            if (count > 0 && !logged_.canaries.contains(reg))
                fault("canaries of register '" + reg + "' are in the catalogue and not in the log",
                      "register " + reg);
        }
    }

private:
    void fault(const std::string& what, const std::string& where) { out_.faults.push_back({what, where}); }
    void differ(const std::string& of, const std::string& catalogue, const std::string& log) {
        fault(about_ + ": the catalogue says " + of + catalogue + ", the log says " + of + log, where_);
    }
    void text(const std::string& of, const std::string& value, const LogEntry& entry,
              const std::string& detail) {
        const std::string own = as_logged(value);
        if (own != entry.text(detail)) differ(of, quoted(own), quoted(entry.text(detail)));
    }

    const Logged& logged_;
    CopyAudit& out_;
    std::string about_, where_;
};

// The file that a recorded copy came in with: read last before the copy was made of it.
std::string recorded_digest(const std::vector<FileRecord>& files, const CopyRecord& copy) {
    std::string out;
    Micros last{0};
    for (const FileRecord& file : files) {
        if (file.imported_at > copy.recorded_at || file.imported_at < last) continue;
        last = file.imported_at;
        out = file.sha256;
    }
    return out;
}

// What the catalogue holds of a copy: its file's SHA-256, and its tag if it is wanted.
struct Held {
    std::string sha256;
    std::optional<std::string> tag;
};

// tags: nullptr when none is wanted.
Result<Held> held_of(Case& c, const CopyRecord& copy, const std::vector<FileRecord>& files,
                     const std::vector<CanaryRecord>& pool, const CopyTags* tags) {
    Held out;
    if (copy.issued) {
        SENDH_TRY(const IssueTerms terms, issue_terms(c, copy.id));
        out.sha256 = terms.issue.sha256;
        if (tags != nullptr) out.tag = tags->of_issue(copy, terms.issue, terms.where, terms.variants, pool);
        return out;
    }
    out.sha256 = recorded_digest(files, copy);
    if (tags == nullptr) return out;
    SENDH_TRY(const auto rows, c.catalogue().copy_rows(copy.id));
    SENDH_TRY(out.tag, tags->of_rows(c, copy, rows));
    return out;
}

// Damage is a fault of the audit; anything else ends it.
Done take_damage(const Fault& fault, const std::string& about, CopyAudit& out) {
    if (fault.kind != FaultKind::corrupt) return fault;
    out.faults.push_back({about + ": " + fault.what, fault.where.empty() ? about : fault.where});
    return done();
}

Result<CopyAudit> compare(Case& c, const LogState& state, RecordedRows rows) {
    CopyAudit out;
    if (c.catalogue().has_log() && state.head.count == 0) {
        out.faults.push_back({"the catalogue does not know the log any more", "log_head"});
        return out;
    }
    if (Done head = c.check_log_head(); !head.ok()) {
        if (head.fault().kind != FaultKind::corrupt) return head.fault();
        out.faults.push_back({head.fault().what, head.fault().where});
        return out;
    }
    SENDH_TRY(LogCheck check, c.evidence_log().verify(state));
    if (!check.faults.empty()) {
        out.faults = std::move(check.faults);
        return out;
    }
    Logged logged;
    SENDH_CHECK(c.evidence_log().read(state, [&](const LogEntry& entry) {
        logged.see(entry);
        return done();
    }));
    SENDH_TRY(const auto copies, c.catalogue().copies());
    SENDH_TRY(const auto files, c.catalogue().files("copy"));
    SENDH_TRY(const auto registers, c.catalogue().registers());
    const auto pool = canary_pool(c);
    if (!pool.ok()) {
        SENDH_CHECK(take_damage(pool.fault(), "canaries", out));
        return out;
    }
    Comparison comparison(logged, out);
    if (c.catalogue().has_log()) comparison.canaries(registers, *pool);
    const CopyTags tags(c);
    for (const CopyRecord& copy : copies) {
        const auto held = held_of(c, copy, files, *pool, comparison.has_tag(copy, rows) ? &tags : nullptr);
        if (!held.ok()) {
            SENDH_CHECK(take_damage(held.fault(), "copy " + copy.name, out));
            continue;
        }
        if (c.catalogue().has_log()) comparison.copy(copy, held->sha256, held->tag);
        if (!held->sha256.empty()) out.digests[copy.name] = held->sha256;
    }
    if (c.catalogue().has_log()) comparison.missing(copies);
    return out;
}

}  // namespace

Result<CopyAudit> audit_copies(Case& c, RecordedRows rows) {
    SENDH_TRY(LogState state, c.catalogue().log_state());
    for (int i = 1;; ++i) {
        auto audit = compare(c, state, rows);
        SENDH_TRY(LogState after, c.catalogue().log_state());
        const bool good = audit.ok() && audit->faults.empty();
        if (good || state == after || i == tries) return audit;
        state = std::move(after);
    }
}

Result<CopyAudit> audited_copies(Case& c) {
    SENDH_TRY(CopyAudit audit, audit_copies(c, RecordedRows::compared));
    if (audit.faults.empty()) return audit;
    const LogFault& first = audit.faults.front();
    std::string what = first.what;
    if (audit.faults.size() > 1) what += " (and " + grouped(audit.faults.size() - 1) + " more)";
    return Fault{FaultKind::corrupt, what, first.where,
                 "the case was changed without sendh, so no copy is named by it: keep it as it is for "
                 "whoever looks into that, see `sendh log verify`, and use a backup"};
}

Result<std::map<std::string, std::string>> logged_rows_tags(Case& c) {
    Logged logged;
    SENDH_TRY(const LogState state, c.catalogue().log_state());
    SENDH_CHECK(c.evidence_log().read(state, [&](const LogEntry& entry) {
        logged.see(entry);
        return done();
    }));
    std::map<std::string, std::string> out;
    for (const auto& [name, copy] : logged.copies) {
        if (!copy.issued() && !copy.tag.empty()) out[name] = copy.tag;
    }
    return out;
}

std::string logged_columns(const std::vector<std::string>& columns) {
    std::string out;
    for (const std::string& name : columns) out += (out.empty() ? "" : ", ") + name;
    return out;
}

}  // namespace sendh
