#include "casework/import_lists.h"

#include <algorithm>
#include <map>

#include "base/progress.h"
#include "base/text.h"
#include "casework/audit_copies.h"
#include "casework/copies.h"
#include "casework/copy_tags.h"
#include "casework/import_shared.h"
#include "casework/registers.h"

namespace sendh {

namespace {

constexpr std::size_t most_lines_told = 9;  // besides the first

// Numbers of a few digits among whole ones: extensions, or what is left of a number that was cut.
std::string note_on_short(const NumberList& list) {
    std::uint64_t rows = 0;
    std::string lines;
    for (const ListRow& row : list.rows) {
        if (row.number.is_e164()) continue;
        if (++rows <= most_lines_told) lines += (rows == 1 ? " " : ", ") + std::to_string(row.line);
    }
    if (rows == 0 || rows * 2 > list.rows.size()) return "";
    if (rows > most_lines_told) lines += " and " + grouped(rows - most_lines_told) + " more";
    return grouped(rows) + (rows == 1 ? " row holds a number" : " rows hold numbers") +
           " of at most 6 digits, in line" + (rows == 1 ? "" : "s") + lines +
           ": an extension, or cut off? Most rows hold whole numbers";
}

}  // namespace

Result<ReadList> read_list(Case& c, const std::filesystem::path& path, const std::string& kind,
                           const ListImport& how) {
    return read_list(c, path, kind, how, nullptr);
}

Result<ReadList> read_list(Case& c, const std::filesystem::path& path, const std::string& kind,
                           const ListImport& how, const FindDates& find_dates) {
    ReadList out;
    DateOrderSigns signs;
    DateColumns columns;  // of the part that is being read
    ListOptions options{kind, how.number_column, c.region()};
    if (find_dates) {
        options.dates = [&](const NumberList& list) -> Result<ListOptions::RowCheck> {
            SENDH_TRY(columns, find_dates(list));
            signs = {};
            return ListOptions::RowCheck([&list, &signs, &columns, zone = c.zone()](const ListRow& row) {
                for (const auto& column : {columns.from, columns.to}) {
                    if (column) signs.see(row.cells[*column]);
                }
                const auto dates = dates_of(row, list, columns, zone);
                return dates.ok() ? "" : dates.fault().what;
            });
        };
    }
    std::optional<DateOrderSigns> doubtful;
    SENDH_TRY(DeliveredList delivered, read_delivered_list(path, [&](EvidenceFile& file) -> Done {
                  SENDH_TRY(NumberList list, read_number_list(file.name(), file.source(), options));
                  if (list.rows_in == 0) {
                      return Fault{FaultKind::input, "the " + kind + " has a header and no rows", file.name(),
                                   "check that the right file was delivered; " + std::string(untouched)};
                  }
                  doubtful = signs.doubtful() ? std::optional(signs) : std::nullopt;
                  out.list = std::move(list);
                  out.dates = columns;
                  return done();
              }));
    out.notes = std::move(delivered.notes);
    if (doubtful)
        out.notes.push_back(
            "no date shows that the day comes first, and some can be with the month first alone: " +
            grouped(doubtful->either()) +
            " dates may have been read the wrong way round; write them as 2024-11-30");
    if (std::string note = note_on_short(out.list); !note.empty()) out.notes.push_back(std::move(note));
    FileRecord& r = out.record = std::move(delivered.record);
    r.kind = kind;
    r.layout = "list";
    r.rows = out.list.rows_in;
    r.rejected = out.list.rejects.size();
    r.duplicates = out.list.duplicates;
    r.accepted = r.rows - r.rejected - r.duplicates;
    return out;
}

Result<RowDates> dates_of(const ListRow& row, const NumberList& list, const DateColumns& columns, Zone zone) {
    const auto date_in = [&](const std::optional<std::size_t>& column) -> Result<std::optional<Micros>> {
        if (!column) return std::optional<Micros>{};
        auto date = parse_date_cell(row.cells[*column], zone, list.place_of(row));
        if (date.ok()) return date;
        return Fault{FaultKind::input, "no date in '" + without_numbers(list.columns[*column]) + "'",
                     list.place_of(row), "write it as 2024-11-30 or 30/11/2024"};
    };
    RowDates out;
    SENDH_TRY(out.from, date_in(columns.from));
    SENDH_TRY(out.to, date_in(columns.to));
    const auto name = [&](const std::optional<std::size_t>& column) {
        return "'" + without_numbers(list.columns[*column]) + "'";
    };
    if (columns.from_is_needed && !out.from)
        return Fault{FaultKind::input, "nothing stands in " + name(columns.from), list.place_of(row),
                     "write a date"};
    if (out.to && columns.to_is_a_whole_day && row.cells[*columns.to].find(':') == std::string::npos)
        out.to->value += micros_per_day;
    if (out.from && out.to && (columns.may_be_empty ? *out.to < *out.from : *out.to <= *out.from))
        return Fault{FaultKind::input,
                     name(columns.to) + (columns.may_be_empty ? " lies before " : " is not after ") +
                         name(columns.from),
                     list.place_of(row), "correct the dates"};
    return out;
}

std::vector<RejectCount> count_rejects(const NumberList& list) {
    std::map<std::string, RejectCount> counts;
    for (const ListReject& reject : list.rejects) {
        RejectCount& count = counts[reject.reason];
        if (count.rows++ == 0) {
            count.first_line = reject.line;
        } else if (count.next_lines.size() < most_lines_told) {
            count.next_lines.push_back(reject.line);
        }
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
    SENDH_TRY(const std::string recipient, recipient_name(how.recipient, "who was the copy given to?"));
    SENDH_TRY(ReadList read, read_list(c, path, "copy", how));
    SENDH_TRY(const auto copies, c.catalogue().copies());
    CopyRecord copy;
    copy.register_id = reg.id;
    copy.register_name = reg.name;
    copy.recipient = recipient;
    if (!how.date.empty()) {
        SENDH_TRY(const Day day, day_of(c, how.date));
        SENDH_CHECK(refuse_future(day));
        copy.date = day.date;
    }
    const std::string remark = remark_on_recipient(copies, reg.id, copy.recipient);
    SENDH_TRY(const CopyAudit audit, audit_copies(c, RecordedRows::left_out));
    copy.purpose = without_numbers(trim(how.purpose));
    copy.legal_basis = without_numbers(trim(how.legal_basis));
    SENDH_TRY(copy.delete_by, day_of_deletion(c, how.delete_by, copy.date));
    for (const std::string& column : read.list.columns) copy.columns.push_back(without_numbers(column));
    copy.name = "K" + std::to_string(copies.empty() ? 1 : copies.back().id + 1);
    copy.recorded_at = now();
    ImportedList out;
    out.notes = read.notes;
    const std::vector<Token> tokens = tokens_of(c, read.list);
    SENDH_TRY(const std::string canaries, remark_on_canaries(c, copies, reg, copy.recipient, tokens));
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    SENDH_TRY(out.reject_counts, store_list_file(c, read.record, read.list));
    SENDH_TRY(copy.id, c.catalogue().add_copy(copy, tokens));
    SENDH_TRY(const std::string tag, CopyTags(c).of_rows(c, copy, tokens));
    SENDH_CHECK(check_interrupt(untouched));
    SENDH_CHECK(log_file(c, "copy_recorded", read.record,
                         {{"copy", copy.name},
                          {"register", reg.name},
                          {"recipient", copy.recipient},
                          {"date", copy.date},
                          {"purpose", copy.purpose},
                          {"rows_tag", tag}}));
    SENDH_CHECK(c.commit(transaction));
    out.record = read.record;
    out.id = copy.name;
    if (!remark.empty()) out.notes.push_back(remark);
    if (!canaries.empty()) out.notes.push_back(canaries);
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
    for (const Token& token : tokens) strangers += !std::binary_search(known.begin(), known.end(), token);
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
    out.notes = read.notes;
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
    out.notes = read.notes;
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
    SENDH_TRY(
        ReadList read, read_list(c, path, "roaming", how, [](const NumberList& list) -> Result<DateColumns> {
            DateColumns columns;
            columns.from = list.column({"from", "start", "fromtime", "begin", "abroadfrom", "since"});
            columns.to = list.column({"to", "end", "totime", "until", "abroadto", "till"});
            columns.from_is_needed = true;
            columns.to_is_a_whole_day = true;
            columns.may_be_empty = false;
            if (columns.from && columns.to) return columns;
            return Fault{
                FaultKind::input,
                std::string("the roaming table has no column '") + (!columns.from ? "from" : "to") + "'",
                list.file_name + ":1", "it needs number, from, to"};
        }));
    SENDH_CHECK(refuse_again(c, read.record));
    const std::vector<Token> tokens = tokens_of(c, read.list);
    std::vector<RoamingRecord> rows;
    Catalogue::RoamingSpan span{!how.partial, {}, {}};
    for (std::size_t i = 0; i < read.list.rows.size(); ++i) {
        // No `to` means still abroad.
        SENDH_TRY(const RowDates dates, dates_of(read.list.rows[i], read.list, read.dates, c.zone()));
        const Micros from = *dates.from;
        const std::optional<Micros>& to = dates.to;
        const Micros end = to.value_or(Micros{from.value + 400 * micros_per_day});
        rows.push_back({tokens[i], from, end});
        // Who is still abroad does not make the table complete for a future that it cannot know.
        const Micros known_to = to.value_or(Micros{from.value + 1});
        if (i == 0) span.from = from, span.to = known_to;
        span.from = std::min(span.from, from);
        span.to = std::max(span.to, known_to);
    }
    // What the table covers: whole days of the case's zone.
    const std::int64_t shift = c.zone().offset_seconds * micros_per_second;
    span.from.value = (span.from.value + shift) / micros_per_day * micros_per_day - shift;
    span.to.value = ((span.to.value + shift - 1) / micros_per_day + 1) * micros_per_day - shift;
    ImportedList out;
    out.notes = read.notes;
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
