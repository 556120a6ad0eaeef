#include "casework/copies.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/folded.h"
#include "base/text.h"
#include "casework/import_shared.h"

namespace sendh {

namespace {

// What an issue was asked for, as it is sealed. Issues of earlier versions have no output.
struct How {
    std::string where, variants, output;
};

Result<How> open_how(Case& c, const IssueRecord& issue, std::int64_t copy) {
    SENDH_TRY(const std::string text, c.open_text(issue.sealed_how, "copy", Place::of_copy(copy)));
    auto parts = split_cells(text);
    parts.resize(3);
    return How{parts[0], parts[1], parts[2]};
}

// The mark key with this commitment.
Result<Key256> mark_key_of(Case& c, const std::string& commitment) {
    for (const Key256& key : c.keys().mark_keys()) {
        if (mark_key_commitment(key) == commitment) return key;
    }
    return Fault{FaultKind::key, "the marks of this copy were made with another key", "",
                 "open the case with the key that it had when the copy was issued"};
}

}  // namespace

std::optional<std::uint64_t> CopyMarks::index_of_canary(std::int64_t id) const {
    const auto at = std::lower_bound(canaries.begin(), canaries.end(), id);
    if (at == canaries.end() || *at != id) return std::nullopt;
    return issue.members.size() + static_cast<std::uint64_t>(at - canaries.begin());
}

std::optional<std::uint64_t> CopyMarks::position_of_row(std::int64_t row) const {
    const auto index = index_of_row(row);
    return index ? std::optional(order.position(*index)) : std::nullopt;
}

std::optional<std::uint64_t> CopyMarks::position_of_canary(std::int64_t id) const {
    const auto index = index_of_canary(id);
    return index ? std::optional(order.position(*index)) : std::nullopt;
}

Result<std::string> recipient_name(const std::string& text, const std::string& question) {
    const std::string clean(trim(text));
    if (clean.empty()) return Fault{FaultKind::usage, question, "", "say it with --to RECIPIENT"};
    if (without_numbers(clean) != clean)
        return Fault{FaultKind::usage, "this holds what looks like a phone number", "--to",
                     "it lies in the case in clear; name the recipient in other words"};
    return clean;
}

bool same_recipient(std::string_view a, std::string_view b) { return folded_name(a) == folded_name(b); }

std::string remark_on_recipient(const std::vector<CopyRecord>& copies, std::int64_t register_id,
                                const std::string& recipient) {
    std::vector<std::string> others;
    for (const CopyRecord& copy : copies) {
        if (copy.register_id != register_id) continue;
        if (same_recipient(copy.recipient, recipient)) return "";
        others.push_back(copy.recipient);
    }
    const std::string near = likely_same(recipient, others);
    if (near.empty()) return "";
    return "first copy of this recipient; there is one called '" + near +
           "': is it the same? Copies of one recipient must go to one name, or they can be compared for "
           "canaries";
}

Result<std::vector<CanaryRecord>> canary_pool(Case& c) {
    SENDH_TRY(auto pool, c.catalogue().canaries());
    std::unordered_map<std::int64_t, Token> first;  // of the numbers of a persona
    for (CanaryRecord& canary : pool) {
        if (canary.persona == canary.id) {
            SENDH_TRY(canary.marked, c.mark_token(canary.token, Place::of_canary(canary.id)));
            first.emplace(canary.id, canary.marked);
            continue;
        }
        const auto at = first.find(canary.persona);
        if (at == first.end())
            return Fault{FaultKind::corrupt, "canary N" + std::to_string(canary.id) + " belongs to no person",
                         "", "the catalogue is damaged; restore the case from a backup"};
        canary.marked = at->second;
    }
    return pool;
}

Result<CopyMarks> compute_marks(Case& c, const IssueRecord& issue, const std::vector<CanaryRecord>& pool) {
    SENDH_TRY(const Key256 order_key, mark_key_of(c, issue.mark_commitment));
    Key256 recipient_key = order_key;
    std::string first;
    if (c.keys().mark_keys().size() > 1) {
        SENDH_TRY(first, c.catalogue().first_commitment(issue.recipient));
    }
    if (!first.empty() && first != issue.mark_commitment) {
        SENDH_TRY(recipient_key, mark_key_of(c, first));
    }
    RecipientMarks recipient(recipient_key, issue.recipient);
    std::vector<std::int64_t> held;
    for (const CanaryRecord& canary : pool) {
        if (issue.offered.has(canary.id) && recipient.holds(canary.marked, issue.canary_share))
            held.push_back(canary.id);
    }
    const std::uint64_t rows = issue.members.size() + held.size();
    return CopyMarks{issue, recipient, std::move(held), RowOrder(order_key, issue.serial, rows), "", ""};
}

Result<CopyMarks> marks_of(Case& c, std::int64_t copy, const std::vector<CanaryRecord>& pool) {
    SENDH_TRY(const IssueRecord issue, c.catalogue().issue_of(copy));
    SENDH_TRY(CopyMarks out, compute_marks(c, issue, pool));
    // Each canary that was taken out of the case, and each mark that is another's, shows here.
    if (out.order.rows() != issue.rows)
        return Fault{FaultKind::corrupt,
                     "the marks of copy K" + std::to_string(copy) + " are not those of its file: it had " +
                         grouped(issue.rows) + " rows, they give " + grouped(out.order.rows()),
                     "",
                     "canaries or the copy were changed in the catalogue; restore the case from a backup"};
    SENDH_TRY(const auto how, open_how(c, issue, copy));
    out.where = how.where;
    out.variants = how.variants;
    return out;
}

Result<IssueTerms> issue_terms(Case& c, std::int64_t copy) {
    IssueTerms out;
    SENDH_TRY(out.issue, c.catalogue().issue_of(copy));
    SENDH_TRY(How how, open_how(c, out.issue, copy));
    out.where = std::move(how.where);
    out.variants = std::move(how.variants);
    out.output = std::move(how.output);
    return out;
}

Result<Lacking> lacking(Case& c, const RegisterRecord& reg, const CopyMarks& copy,
                        const std::vector<CanaryRecord>& pool, const TokenSet& held) {
    Lacking out;
    for (const CanaryRecord& canary : pool)
        out.canaries += copy.index_of_canary(canary.id) && !held.contains(canary.token) ? 1U : 0U;
    if (out.canaries == 0) return out;
    TokenSet people;
    SENDH_CHECK(c.catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) {
        if (copy.issue.members.has(entry.row) && !held.contains(entry.token)) people.insert(entry.token);
        return done();
    }));
    out.people = people.size();
    return out;
}

Result<std::string> remark_on_canaries(Case& c, const std::vector<CopyRecord>& copies,
                                       const RegisterRecord& reg, const std::string& recipient,
                                       const std::vector<Token>& rows) {
    const TokenSet held(rows.begin(), rows.end());
    const CopyRecord* worst = nullptr;
    Lacking most;
    SENDH_TRY(const auto pool, canary_pool(c));
    for (const CopyRecord& copy : copies) {
        if (!copy.issued || copy.register_id != reg.id || copy.canaries == 0 ||
            !same_recipient(copy.recipient, recipient))
            continue;
        SENDH_TRY(const CopyMarks marks, marks_of(c, copy.id, pool));
        SENDH_TRY(const Lacking found, lacking(c, reg, marks, pool, held));
        if (found.canaries <= most.canaries) continue;
        worst = &copy;
        most = found;
    }
    if (worst == nullptr) return std::string();
    return grouped(most.canaries) + " canaries of " + worst->name +
           ", which this recipient has, too, are not in this copy: who compares the two finds them among "
           "the " +
           grouped(most.canaries + most.people) + " numbers that " + worst->name + " alone has";
}

}  // namespace sendh
