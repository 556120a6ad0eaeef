#include <algorithm>
#include <functional>
#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "casework/audit_copies.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "evidence/habits.h"
#include "evidence/kinds.h"

namespace sendh::cli {

namespace {

std::int64_t whole(std::uint64_t value) { return static_cast<std::int64_t>(value); }

struct Filter {
    std::string kind, who;
    std::optional<Micros> from, to;

    [[nodiscard]] bool takes(const LogEntry& entry) const {
        return (kind.empty() || entry.kind == kind) && (who.empty() || entry.who == who) &&
               (!from || entry.time >= *from) && (!to || entry.time < *to);
    }
};

Result<Filter> filter_of(Invocation& call, Zone zone) {
    Filter out;
    out.kind = call.get("--kind");
    out.who = call.get("--who");
    SENDH_TRY(out.from, call.time("--from", zone));
    SENDH_TRY(out.to, call.time("--to", zone));
    return out;
}

Cell details_cell(const LogEntry& entry) {
    JsonWriter w;
    std::string plain;
    w.begin_object();
    for (const LogDetail& d : entry.details) {
        if (!plain.empty()) plain += "; ";
        if (std::holds_alternative<std::string>(d.value)) {
            const auto& text = std::get<std::string>(d.value);
            w.field(d.name, text);
            plain += d.name + ": " + text;
        } else {
            const std::uint64_t count = std::get<std::uint64_t>(d.value);
            w.field(d.name, count);
            plain += d.name + ": " + grouped(count);
        }
    }
    for (char& ch : plain) ch = static_cast<unsigned char>(ch) < 0x20 ? ' ' : ch;
    return Raw{w.end_object().take(), plain};
}

Done each_entry(Case& c, const std::function<Done(const LogEntry&)>& take) {
    SENDH_TRY(const LogState state, c.catalogue().log_state());
    return c.evidence_log().read(state, take);
}

}  // namespace

Result<int> log_list(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    SENDH_TRY(const Filter filter, filter_of(call, c->zone()));
    ListOutput out(call.format(), "entries", {"position", "time", "who", "kind", "details"});
    std::vector<std::string> kinds(log_kinds.begin(), log_kinds.end());
    bool any = false;
    SENDH_CHECK(each_entry(*c, [&](const LogEntry& entry) {
        if (std::find(kinds.begin(), kinds.end(), entry.kind) == kinds.end()) kinds.push_back(entry.kind);
        if (!filter.takes(entry)) return done();
        any = true;
        out.row({whole(entry.position), iso_time(entry.time, c->zone()), entry.who, entry.kind,
                 details_cell(entry)});
        return done();
    }));
    if (!any && !filter.kind.empty() && std::find(kinds.begin(), kinds.end(), filter.kind) == kinds.end()) {
        std::sort(kinds.begin(), kinds.end());
        const std::string near = nearest(filter.kind, kinds);
        return Fault{FaultKind::usage, "there is no kind of entry '" + without_numbers(filter.kind) + "'",
                     "--kind",
                     near.empty() ? "the kinds are: " + joined(kinds, ", ") : "did you mean '" + near + "'?"};
    }
    SENDH_CHECK(out.finish());
    return 0;
}

Result<int> log_verify(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    LogCheck check;
    // Another sendh may write meanwhile: what is then found does not count.
    constexpr int tries = 5;
    for (int i = 0; i < tries; ++i) {
        SENDH_TRY(const LogState before, c->catalogue().log_state());
        SENDH_TRY(check, c->evidence_log().verify(before));
        SENDH_TRY(const LogState after, c->catalogue().log_state());
        if (check.faults.empty() || before == after) break;
    }
    if (Done head = c->check_log_head(); !head.ok()) {
        if (head.fault().kind != FaultKind::corrupt) return head.fault();
        check.faults.push_back({head.fault().what, head.fault().where});
    }
    const bool log_holds = check.faults.empty();
    if (log_holds) {
        SENDH_TRY(CopyAudit audit, audit_copies(*c, RecordedRows::compared));
        check.faults = std::move(audit.faults);
    }
    const bool ok = check.faults.empty();
    if (call.format() == Format::json || call.format() == Format::ndjson) {
        JsonWriter w;
        w.begin_object().field("ok", ok).field("entries", check.entries).field("head", check.head);
        w.field("torn_bytes", check.torn).key("faults").begin_array();
        for (const LogFault& fault : check.faults)
            w.begin_object().field("what", fault.what).field("where", fault.where).end_object();
        print(w.end_array().end_object().text() + "\n");
        return ok ? 0 : 1;
    }
    if (call.format() == Format::table) {
        print(ok ? "The log holds together: " + grouped(check.entries) + " entries, head " + check.head + "\n"
              : log_holds ? "The log holds together, and the catalogue does not agree with it.\n\n"
                          : "The log was changed. " + grouped(check.entries) +
                                " entries hold together before that.\n\n");
        if (check.torn > 0)
            print(grouped(check.torn) +
                  " bytes behind the last entry are left of a write that was cut off; nothing is lost\n");
        if (ok) return 0;
    }
    ListOutput out(call.format(), "faults", {"what", "where"});
    for (const LogFault& fault : check.faults) out.row({fault.what, fault.where});
    SENDH_CHECK(out.finish());
    return ok ? 0 : 1;
}

Result<int> log_unusual(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    SENDH_TRY(const Filter filter, filter_of(call, c->zone()));
    ListOutput out(call.format(), "unusual",
                   {"position", "time", "who", "kind", "what", "rows", "rules", "reasons", "why"});
    ReadingHabits habits(c->zone());
    bool any = false;
    SENDH_CHECK(each_entry(*c, [&](const LogEntry& entry) {
        const auto reasons = habits.see(entry);
        if (reasons.empty() || !filter.takes(entry)) return done();
        any = true;
        std::vector<std::string> codes;
        std::vector<std::string> texts;
        for (const UnusualReason& reason : reasons) {
            codes.push_back(reason.code);
            texts.push_back(reason.text);
        }
        const std::string why = entry.text("reason").empty() ? entry.text("purpose") : entry.text("reason");
        out.row({whole(entry.position), iso_time(entry.time, c->zone()), entry.who, entry.kind,
                 entry.kind == "copy_issued" ? "copy issue" : entry.text("what"), whole(entry.count("rows")),
                 Raw{json_strings(codes), joined(codes, ", ")}, Raw{json_strings(texts), joined(texts, "; ")},
                 why.empty() ? Cell{} : Cell{why}});
        return done();
    }));
    if (!any && call.format() == Format::table) {
        print("Nothing unusual.\n");
        return 0;
    }
    SENDH_CHECK(out.finish());
    return any ? 1 : 0;
}

}  // namespace sendh::cli
