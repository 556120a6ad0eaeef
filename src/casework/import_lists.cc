#include "casework/import_lists.h"

#include <algorithm>
#include <map>

#include "base/progress.h"
#include "base/text.h"
#include "casework/audit_copies.h"
#include "casework/copies.h"
#include "casework/evidence_file.h"
#include "casework/import_shared.h"
#include "casework/registers.h"

namespace sendh {

Result<ReadList> read_list(Case& c, const std::filesystem::path& path, const std::string& kind,
                           const ListImport& how) {
    SENDH_TRY(const auto file, EvidenceFile::open(path));
    ReadList out;
    auto list = read_number_list(path, file->source(), {kind, how.number_column, c.region()});
    if (!list.ok()) {
        Fault fault = list.fault();
        if (fault.where.starts_with("byte ")) fault.where = file->name() + ": " + fault.where;
        return fault;
    }
    out.list = std::move(list).value();
    SENDH_TRY(out.record.sha256, file->finish());
    if (out.list.rows_in == 0) {
        return Fault{FaultKind::input, "the " + kind + " has a header and no rows", file->name(),
                     "check that the right file was delivered; " + std::string(untouched)};
    }
    FileRecord& r = out.record;
    r.kind = kind;
    r.name = file->name();
    r.layout = "list";
    r.bytes = file->bytes_read();
    r.rows = out.list.rows_in;
    r.rejected = out.list.rejects.size();
    r.duplicates = out.list.duplicates;
    r.accepted = r.rows - r.rejected - r.duplicates;
    r.imported_at = now();
    return out;
}

std::vector<RejectCount> count_rejects(const NumberList& list) {
    std::map<std::string, RejectCount> counts;
    for (const ListReject& reject : list.rejects) {
        RejectCount& count = counts[reject.reason];
        if (count.rows++ == 0) count.first_line = reject.line;
        count.code = reject.reason;
    }
    std::vector<RejectCount> out;
    for (const auto& [reason, count] : counts) out.push_back(count);
    return out;
}

Result<std::vector<RejectCount>> store_list_file(Case& c, FileRecord& record, const NumberList& list) {
    SENDH_TRY(record.id, c.catalogue().add_file(record));
    std::vector<RejectRecord> rejects;
    for (const ListReject& reject : list.rejects)
        rejects.push_back({record.id, reject.line, 0, reject.reason, "", c.seal_text(reject.raw, "reject")});
    SENDH_CHECK(c.catalogue().add_rejects(rejects));
    return count_rejects(list);
}

std::vector<Token> tokens_of(Case& c, const NumberList& list) {
    std::vector<PhoneNumber> numbers;
    for (const ListRow& row : list.rows) numbers.push_back(row.number);
    std::vector<Token> tokens(numbers.size());
    c.tokeniser().seal(numbers, tokens);
    return tokens;
}

Result<ImportedList> record_copy(Case& c, const std::filesystem::path& path, const ListImport& how) {
    SENDH_TRY(const RegisterRecord reg, register_or_only(c, how.name));
    if (trim(how.recipient).empty())
        return Fault{FaultKind::usage, "who was the copy given to?", "", "say it with --to RECIPIENT"};
    SENDH_TRY(ReadList read, read_list(c, path, "copy", how));
    SENDH_TRY(const auto copies, c.catalogue().copies());
    CopyRecord copy;
    copy.register_id = reg.id;
    copy.register_name = reg.name;
    copy.recipient = without_numbers(trim(how.recipient));
    if (!how.date.empty()) {
        SENDH_TRY(const auto date, parse_date_cell(how.date, c.zone(), "--date"));
        copy.date = date ? iso_date(*date, c.zone()) : "";
    }
    const std::string remark = remark_on_recipient(copies, reg.id, copy.recipient);
    SENDH_TRY(const CopyAudit audit, audit_copies(c));
    copy.purpose = without_numbers(trim(how.purpose));
    copy.legal_basis = without_numbers(trim(how.legal_basis));
    SENDH_TRY(const auto delete_by, parse_date_cell(how.delete_by, c.zone(), "--delete-by"));
    if (delete_by) copy.delete_by = iso_date(*delete_by, c.zone());
    for (const std::string& column : read.list.columns) copy.columns.push_back(without_numbers(column));
    copy.name = "K" + std::to_string(copies.empty() ? 1 : copies.back().id + 1);
    copy.recorded_at = now();
    ImportedList out;
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    SENDH_TRY(out.reject_counts, store_list_file(c, read.record, read.list));
    SENDH_CHECK(c.catalogue().add_copy(copy, tokens_of(c, read.list)));
    SENDH_CHECK(check_interrupt(untouched));
    SENDH_CHECK(log_file(c, "copy_recorded", read.record,
                         {{"copy", copy.name},
                          {"register", reg.name},
                          {"recipient", copy.recipient},
                          {"date", copy.date},
                          {"purpose", copy.purpose}}));
    SENDH_CHECK(c.commit(transaction));
    out.record = read.record;
    out.id = copy.name;
    if (!remark.empty()) out.notes.push_back(remark);
    for (const CopyRecord& other : copies) {
        const auto file = audit.digests.find(other.name);
        if (file == audit.digests.end() || file->second != read.record.sha256) continue;
        const std::string ground = same_recipient(other.recipient, copy.recipient)
                                       ? "this recipient has it"
                                       : "'" + without_numbers(other.recipient) + "' has it";
        out.notes.push_back("this very file is copy " + other.name + " already: " + ground +
                            ", so such a list cannot be told to be the one or the other");
    }
    SENDH_TRY(const auto entries, c.catalogue().entries(reg.id));
    std::vector<Token> known;
    for (const EntryRecord& entry : entries) known.push_back(entry.token);
    std::sort(known.begin(), known.end());
    std::uint64_t strangers = 0;
    for (const Token& token : tokens_of(c, read.list))
        strangers += !std::binary_search(known.begin(), known.end(), token);
    if (strangers > 0)
        out.notes.push_back(grouped(strangers) + " of its numbers are not in the register '" + reg.name +
                            "'");
    return out;
}

Result<ImportedList> add_rival_list(Case& c, const std::filesystem::path& path, const ListImport& how) {
    SENDH_TRY(const std::string name, clean_name(how.name, "list"));
    SENDH_TRY(const auto lists, c.catalogue().lists());
    if (std::any_of(lists.begin(), lists.end(), [&](const auto& l) { return l.name == name; })) {
        return Fault{FaultKind::usage, "there is a list called '" + name + "' already", "",
                     "choose another name; " + std::string(untouched)};
    }
    SENDH_TRY(ReadList read, read_list(c, path, "list", how));
    ImportedList out;
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    SENDH_TRY(out.reject_counts, store_list_file(c, read.record, read.list));
    SENDH_CHECK(c.catalogue().add_list(name, tokens_of(c, read.list)));
    SENDH_CHECK(log_file(c, "import", read.record, {{"list", name}}));
    SENDH_CHECK(c.commit(transaction));
    out.record = read.record;
    return out;
}

Result<ImportedList> add_population(Case& c, const std::filesystem::path& path, const ListImport& how) {
    if (how.kind != "operator" && how.kind != "switchboard" && how.kind != "survey") {
        return Fault{
            FaultKind::usage, "what kind of population is it?", "",
            "--kind operator (subscribers), switchboard (extensions) or survey (people who were asked)"};
    }
    SENDH_TRY(ReadList read, read_list(c, path, "population", how));
    SENDH_CHECK(refuse_again(c, read.record));
    const auto type_at = read.list.column({"linetype", "type"});
    const auto operator_at = read.list.column({"operator", "tsp", "provider"});
    const auto called_at = read.list.column({"called", "wascalled", "gotcall", "received"});
    if (how.kind == "survey" && !called_at) {
        return Fault{FaultKind::input, "a survey needs a column 'called' with yes or no",
                     read.record.name + ":1",
                     "add it; without the answers of those who were not called nothing can be compared"};
    }
    const std::vector<Token> tokens = tokens_of(c, read.list);
    std::vector<PopulationRow> rows;
    for (std::size_t i = 0; i < read.list.rows.size(); ++i) {
        const ListRow& row = read.list.rows[i];
        PopulationRow p;
        p.token = tokens[i];
        if (type_at) p.line_type = without_numbers(lower_ascii(row.cells[*type_at]));
        if (operator_at) p.operator_name = without_numbers(lower_ascii(row.cells[*operator_at]));
        if (called_at && !row.cells[*called_at].empty()) {
            p.called = parse_yes_no(row.cells[*called_at]);
            if (!p.called) {
                return Fault{
                    FaultKind::input,
                    "'called' is neither yes nor no: '" + without_numbers(row.cells[*called_at]) + "'",
                    read.list.place_of(row),
                    "write yes or no, or leave it empty when the person was not asked"};
            }
        }
        rows.push_back(std::move(p));
    }
    ImportedList out;
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    SENDH_TRY(out.reject_counts, store_list_file(c, read.record, read.list));
    SENDH_CHECK(c.catalogue().add_population(how.kind, rows));
    SENDH_CHECK(check_interrupt(untouched));
    SENDH_CHECK(log_file(c, "import", read.record, {{"population", how.kind}}));
    SENDH_CHECK(c.commit(transaction));
    out.record = read.record;
    return out;
}

Result<ImportedList> add_roaming(Case& c, const std::filesystem::path& path, const ListImport& how) {
    SENDH_TRY(ReadList read, read_list(c, path, "roaming", how));
    SENDH_CHECK(refuse_again(c, read.record));
    const auto from_at = read.list.column({"from", "start", "fromtime", "begin", "abroadfrom", "since"});
    const auto to_at = read.list.column({"to", "end", "totime", "until", "abroadto", "till"});
    if (!from_at || !to_at)
        return Fault{FaultKind::input,
                     std::string("the roaming table has no column '") + (!from_at ? "from" : "to") + "'",
                     read.record.name + ":1", "it needs number, from, to"};
    const std::vector<Token> tokens = tokens_of(c, read.list);
    std::vector<RoamingRecord> rows;
    Catalogue::RoamingSpan span{!how.partial, {}, {}};
    for (std::size_t i = 0; i < read.list.rows.size(); ++i) {
        const ListRow& row = read.list.rows[i];
        SENDH_TRY(const auto from, parse_date_cell(row.cells[*from_at], c.zone(), read.list.place_of(row)));
        SENDH_TRY(auto to, parse_date_cell(row.cells[*to_at], c.zone(), read.list.place_of(row)));
        // A `to` that is a date alone means that day's end; no `to` means still abroad.
        if (to && row.cells[*to_at].find(':') == std::string::npos) to->value += micros_per_day;
        if (!from || (to && *to <= *from)) {
            return Fault{FaultKind::input,
                         !from ? "the time of leaving is missing" : "'to' is not after 'from'",
                         read.list.place_of(row), "correct it; " + std::string(untouched)};
        }
        const Micros end = to.value_or(Micros{from->value + 400 * micros_per_day});
        rows.push_back({tokens[i], *from, end});
        // Who is still abroad does not make the table complete for a future that it cannot know.
        const Micros known_to = to.value_or(Micros{from->value + 1});
        if (i == 0) span.from = *from, span.to = known_to;
        span.from = std::min(span.from, *from);
        span.to = std::max(span.to, known_to);
    }
    // What the table covers: whole days of the case's zone.
    const std::int64_t shift = c.zone().offset_seconds * micros_per_second;
    span.from.value = (span.from.value + shift) / micros_per_day * micros_per_day - shift;
    span.to.value = ((span.to.value + shift - 1) / micros_per_day + 1) * micros_per_day - shift;
    ImportedList out;
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    SENDH_TRY(out.reject_counts, store_list_file(c, read.record, read.list));
    SENDH_CHECK(c.catalogue().add_roaming(span, rows));
    SENDH_CHECK(log_file(c, "import", read.record));
    SENDH_CHECK(c.commit(transaction));
    out.record = read.record;
    if (!how.partial) {
        out.notes.push_back(
            "taken as complete from " + iso_date(span.from, c.zone()) + " to " +
            iso_date(Micros{span.to.value - 1}, c.zone()) +
            ": numbers it does not list count as not abroad then (say --partial if it is not complete)");
    }
    return out;
}

}  // namespace sendh
