#include "casework/import_calls.h"

#include <algorithm>
#include <map>

#include "base/progress.h"
#include "base/text.h"
#include "calls/complaint.h"
#include "casework/delivery.h"
#include "casework/evidence_file.h"
#include "casework/import_shared.h"
#include "crypto/label.h"
#include "detect/hard_rules.h"
#include "store/call_import.h"

namespace sendh {

namespace {

constexpr std::size_t rejects_at_once = 1'000;
constexpr std::size_t sample_rows = 5;
constexpr const char* nothing_kept = "nothing of this file was kept; the case is as it was";

struct Reader {
    const Layout* layout = nullptr;
    std::shared_ptr<const Mapping> mapping;
    std::string name;
};

Fault about_file(Fault fault, const EvidenceFile& file) {
    // Of a file that changed while it was read, that is what has to be said.
    if (fault.kind == FaultKind::input) {
        if (auto same = file.unchanged(); !same.ok()) return std::move(same).fault();
    }
    if (fault.where.empty()) {
        fault.where = file.name();
    } else if (fault.where.find(file.name()) == std::string::npos &&
               (fault.where.starts_with("line ") || fault.where.starts_with("byte ") ||
                fault.where.starts_with("the first "))) {
        fault.where = file.name() +
                      (fault.where.starts_with("line ") ? ":" + fault.where.substr(5) : ": " + fault.where);
    }
    return fault;
}

Result<Reader> choose_reader(const EvidenceFile& file, const std::string& wanted) {
    Reader reader;
    if (wanted.empty() || wanted == "auto") {
        auto found = recognise(file.head());
        if (!found.ok()) return about_file(found.fault(), file);
        reader.layout = *found;
        reader.name = reader.layout->name;
        return reader;
    }
    if (wanted.ends_with(".toml")) {
        SENDH_TRY(const std::string toml, read_whole(wanted, 1 << 20));
        SENDH_TRY(reader.mapping, parse_mapping(toml, shown_path(wanted)));
        reader.name = "mapping " + shown_name(wanted);
        return reader;
    }
    reader.layout = find_layout(wanted);
    if (reader.layout == nullptr) {
        std::vector<std::string> names{"auto"};
        std::string list = "auto";
        for (const Layout& layout : layouts()) {
            names.emplace_back(layout.name);
            list += ", " + std::string(layout.name);
        }
        const std::string near = nearest(wanted, names);
        return Fault{FaultKind::usage, "no layout is called '" + without_numbers(wanted) + "'", "",
                     (near.empty() ? "" : "did you mean '" + near + "'? ") + "the layouts are " + list +
                         ", or a mapping file ending in .toml"};
    }
    reader.name = reader.layout->name;
    return reader;
}

// Counts of rejects by reason and column, for the screen and the books.
class RejectCounter {
public:
    void add(const Reject& reject) {
        auto& entry = counts_[{std::string(name_of(reject.code)), reject.column}];
        if (entry.rows++ > 0) return;
        entry.first_line = reject.line;
        entry.first_offset = reject.offset;
    }
    [[nodiscard]] std::vector<RejectCount> counts() const {
        std::vector<RejectCount> out;
        for (const auto& [key, entry] : counts_)
            out.push_back({key.first, key.second, entry.rows, entry.first_line, entry.first_offset});
        std::stable_sort(out.begin(), out.end(),
                         [](const auto& a, const auto& b) { return a.rows > b.rows; });
        return out;
    }

private:
    struct Entry {
        std::uint64_t rows = 0, first_line = 0, first_offset = 0;
    };
    std::map<std::pair<std::string, std::string>, Entry> counts_;
};

std::string detail_of(const ReadSummary& summary, const std::vector<RejectCount>& rejects,
                      const std::vector<HardRuleCount>& hard_rules = {}) {
    std::string out;
    if (summary.date_order != DateOrder::undecided) {
        out += "dates: " + std::string(name_of(summary.date_order)) +
               (summary.date_evidence.empty() ? "" : " (" + summary.date_evidence + ")") + "\n";
    }
    for (const RejectCount& r : rejects) {
        out += "rejected: " + grouped(r.rows) + " rows, " + r.code +
               (r.column.empty() ? "" : " in " + without_numbers(r.column)) + ", first at " +
               (r.first_line > 0 ? "line " + std::to_string(r.first_line)
                                 : "byte " + std::to_string(r.first_offset)) +
               "\n";
    }
    for (const HardRuleCount& rule : hard_rules)
        out += "hard rule: " + grouped(rule.calls) + " calls, " + rule.code + "\n";
    for (const std::string& note : summary.notes) out += without_numbers(note) + "\n";
    return out;
}

// Digest, size, and what the file itself has to say, into the books.
Done finish_file(EvidenceFile& file, ImportedFile& out) {
    SENDH_TRY(out.record.sha256, file.finish());
    out.record.bytes = file.bytes_read();
    for (const std::string& line : file.detail()) out.record.detail += line + "\n";
    for (const std::string& note : file.notes()) {
        out.notes.push_back(note);
        out.record.detail += without_numbers(note) + "\n";
    }
    return done();
}

// Files that an import has written and the catalogue does not list yet.
class LooseFiles {
public:
    explicit LooseFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}
    ~LooseFiles() {
        std::error_code ignored;
        for (const std::string& name : names_) std::filesystem::remove(folder_ / name, ignored);
    }
    LooseFiles(const LooseFiles&) = delete;
    LooseFiles& operator=(const LooseFiles&) = delete;
    void add(const std::string& name) { names_.push_back(name); }
    // All but these go.
    void keep(const std::vector<std::string>& wanted) {
        std::erase_if(names_, [&](const std::string& name) {
            return std::find(wanted.begin(), wanted.end(), name) != wanted.end();
        });
    }

private:
    std::filesystem::path folder_;
    std::vector<std::string> names_;
};

ReadOptions read_options(const Case& c, const ImportOptions& options, Crew* crew = nullptr) {
    ReadOptions out;
    out.crew = crew;
    out.home = c.region();
    out.zone = options.zone.value_or(c.zone());
    out.zone_stated = options.zone.has_value();
    out.date_order = options.date_order;
    out.now = now();
    return out;
}

Result<std::int64_t> next_file_id(Catalogue& catalogue) {
    SENDH_TRY(const auto files, catalogue.files());
    return files.empty() ? 1 : files.back().id + 1;
}

// How a file was read, where the user can say otherwise.
std::string options_said(const ReadOptions& options) {
    std::string out = "read with: time zone ";
    out += options.zone_stated ? to_text(options.zone) : "of the case or the mapping";
    out += ", order of dates ";
    out += options.date_order == DateOrder::undecided ? "as found" : std::string(name_of(options.date_order));
    return out + "\n";
}

Result<ImportedFile> already_there(const Case& c, const FileRecord& known, const EvidenceFile& file,
                                   const ImportOptions& options, const std::string& layout) {
    const bool otherwise = (!options.layout.empty() && options.layout != "auto" && layout != known.layout) ||
                           ((options.zone || options.date_order != DateOrder::undecided) &&
                            known.detail.find(options_said(read_options(c, options))) == std::string::npos);
    if (otherwise) {
        return Fault{FaultKind::input,
                     "this file is in the case already, as " + known.name + ", read as layout '" +
                         known.layout + "' and with other options",
                     file.name(),
                     "what is in stays as it was read; to read it otherwise, make a new case (sendh init)"};
    }
    ImportedFile out;
    out.already_in = true;
    out.record = known;
    out.record.name = file.name();
    out.record.accepted = 0;
    out.record.rejected = 0;
    out.record.duplicates = known.rows;
    out.notes.push_back("this file is in the case already, imported as " + known.name);
    return out;
}

SampleCall sample_of(const CallBatch& b, std::size_t i, const NameTable& names, const Case& c) {
    SampleCall s;
    s.time = readable_time(b.time[i], c.zone());
    s.cli = b.cli_text[i] != 0 ? names.name(b.cli_text[i]) : b.cli[i].masked();
    s.callee = b.callee[i].masked();
    s.direction = name_of(b.direction[i]);
    s.trunk = label_of(c.keys().row_key(), names.name(b.trunk_in[i]));
    s.duration = b.duration[i] < 0 ? "" : std::to_string(b.duration[i]);
    s.line = b.line[i];
    s.offset = b.offset[i];
    return s;
}

// Records of other things were understood: the layout is the right one, even if no call is among them.
bool other_things(const std::vector<RejectCount>& counts) {
    return std::any_of(counts.begin(), counts.end(),
                       [](const auto& r) { return r.code == name_of(RejectCode::not_a_call); });
}

// Nothing could be read: the wrong layout or column, not data.
Fault nothing_readable(const ReadSummary& summary, const std::vector<RejectCount>& counts,
                       const EvidenceFile& file, const std::string& layout) {
    const RejectCount& top = counts.front();
    return {FaultKind::input,
            "none of the " + grouped(summary.rows) + " rows can be read as layout '" + layout + "' (most: " +
                top.code + (top.column.empty() ? "" : " in column " + without_numbers(top.column)) + ")",
            first_place(file.name(), top),
            "is it the right layout? see --layout; " + std::string(nothing_kept)};
}

}  // namespace

std::string first_place(const std::string& file, const RejectCount& rejects) {
    return rejects.first_line > 0 ? file + ":" + std::to_string(rejects.first_line)
                                  : file + ": byte " + std::to_string(rejects.first_offset);
}

Result<ImportedFile> import_calls(Case& c, EvidenceFile& delivered, const ImportOptions& options) {
    EvidenceFile* const file = &delivered;
    if (!options.layout.empty() && options.layout != "auto")
        SENDH_CHECK(choose_reader(*file, options.layout));
    if (!options.dry_run) {
        SENDH_TRY(const auto known, delivered_before(c, "calls", *file));
        if (known) {
            SENDH_TRY(const Reader reader, choose_reader(*file, options.layout));
            return already_there(c, *known, *file, options, reader.name);
        }
    }
    SENDH_TRY(const Reader reader, choose_reader(*file, options.layout));

    ImportedFile out;
    NameTable names;
    RejectCounter counter;
    Progress progress("reading " + file->name(), file->size(), options.quiet);
    CallStore* store = nullptr;
    std::int64_t file_id = 0;
    if (!options.dry_run) {
        SENDH_TRY(store, c.calls());
        SENDH_TRY(file_id, next_file_id(c.catalogue()));
    }
    SENDH_TRY(const TrunkMap trunks, c.trunk_map());
    detect::HardRules hard_rules(trunks,
                                 [&](const std::string& name) { return label_of(c.keys().row_key(), name); });
    LooseFiles loose(c.calls_folder());
    // This thread reads, too, while it waits. Only when segments are written has it enough to do without.
    Crew crew(options.dry_run ? std::max(Crew::cores(), 2U) - 1 : Crew::cores());
    std::optional<CallImport> intake;
    if (!options.dry_run)
        intake.emplace(*store, crew, file_id, [&](const std::string& name) { loose.add(name); });
    std::uint64_t rows = 0;
    std::uint64_t cut_names = 0;

    std::optional<Transaction> transaction;
    FileRecord& record = out.record;
    record.kind = "calls";
    record.name = file->name();
    record.layout = reader.name;
    record.imported_at = now();
    if (!options.dry_run) {
        auto begun = Transaction::begin(c.catalogue().database());
        if (!begun.ok()) return begun.fault();
        transaction.emplace(std::move(begun).value());
        SENDH_TRY(record.id, c.catalogue().add_file(record));
    }

    CallSink sink;
    sink.accept = [&](CallBatch& batch) -> Done {
        for (std::size_t i = 0; i < batch.size() && out.sample.size() < sample_rows; ++i)
            out.sample.push_back(sample_of(batch, i, names, c));
        rows += batch.size();
        cut_names += batch.cut_names;
        hard_rules.count(batch, names);
        progress.at(file->bytes_read(), rows);
        SENDH_CHECK(check_interrupt(nothing_kept));
        if (intake) SENDH_CHECK(intake->add(batch, names));
        if (!names.full()) return done();
        if (intake) SENDH_CHECK(intake->flush(names));
        names.keep_first(1);
        return done();
    };
    std::vector<RejectRecord> rejects;  // not yet in the catalogue
    const auto add_rejects = [&] {
        Done added = c.catalogue().add_rejects(rejects);
        rejects.clear();
        return added;
    };
    sink.reject = [&](const Reject& reject) -> Done {
        counter.add(reject);
        if ((++rows & 0xfff) == 0) SENDH_CHECK(check_interrupt(nothing_kept));
        if (options.dry_run) return done();
        rejects.push_back({record.id, reject.line, reject.offset, std::string(name_of(reject.code)),
                           reject.column, c.seal_text(reject.raw, "reject")});
        return rejects.size() < rejects_at_once ? done() : add_rejects();
    };
    auto read = reader.layout != nullptr ? reader.layout->read(file->head(), file->source(),
                                                               read_options(c, options, &crew), names, sink)
                                         : read_mapped(*reader.mapping, file->head(), file->source(),
                                                       read_options(c, options, &crew), names, sink);
    if (!read.ok()) return about_file(read.fault(), *file);
    SENDH_CHECK(add_rejects());
    ReadSummary& summary = *read;
    if (cut_names > 0) {
        summary.notes.push_back(grouped(cut_names) +
                                (cut_names == 1 ? " name of a trunk, carrier or sender is"
                                                : " names of trunks, carriers or senders are") +
                                " longer than " + std::to_string(longest_name) +
                                " bytes: the beginning is kept, with a hash of the whole");
    }
    out.reject_counts = counter.counts();
    out.notes = summary.notes;
    if (summary.accepted == 0 && summary.rows > 0 && !other_things(out.reject_counts))
        return about_file(nothing_readable(summary, out.reject_counts, *file, reader.name), *file);
    for (const auto& broken : hard_rules.broken())
        out.hard_rules.push_back({std::string(broken.code), broken.calls});
    record.detail =
        options_said(read_options(c, options)) + detail_of(summary, out.reject_counts, out.hard_rules);
    SENDH_CHECK(finish_file(*file, out));
    record.rows = summary.rows;
    record.accepted = summary.accepted;
    record.rejected = summary.rejected;
    if (options.dry_run) {
        out.notes.emplace_back(
            "read, but not compared with what is in the case: duplicates were not looked for");
        return out;
    }
    SENDH_TRY(const auto known, find_delivered(c, "calls", record.sha256, *file));
    if (known) return already_there(c, *known, *file, options, record.layout);
    SENDH_CHECK(intake->flush(names));
    SENDH_TRY(const auto listed, c.catalogue().segments());
    SENDH_TRY(const auto segments, intake->finish(listed));
    for (const CallImport::Segment& s : segments) {
        record.duplicates += s.duplicate_rows;
        if (s.rows > 0) SENDH_CHECK(c.catalogue().add_segment({record.id, s.name, s.rows, s.first, s.last}));
        if (!s.duplicates.empty()) SENDH_CHECK(c.catalogue().add_duplicates(record.id, s.duplicates));
    }
    record.accepted -= record.duplicates;
    SENDH_CHECK(c.catalogue().update_counts(record));
    SENDH_CHECK(check_interrupt(nothing_kept));
    SENDH_CHECK(log_file(c, "import", record));
    SENDH_CHECK(c.commit(*transaction));
    std::vector<std::string> listed_now;
    for (const CallImport::Segment& s : segments) {
        if (s.rows > 0) listed_now.push_back(s.name);
        if (!s.duplicates.empty()) listed_now.push_back(s.duplicates);
    }
    loose.keep(listed_now);
    return out;
}

Result<ImportedFile> import_reports(Case& c, EvidenceFile& delivered, const std::string& mapping_file,
                                    const ImportOptions& options) {
    EvidenceFile* const file = &delivered;
    SENDH_TRY(const auto known, delivered_before(c, "reports", *file));
    if (known) return already_there(c, *known, *file, options, known->layout);
    std::shared_ptr<const Mapping> mapping;
    if (!mapping_file.empty()) {
        SENDH_TRY(const std::string toml, read_whole(mapping_file, 1 << 20));
        SENDH_TRY(mapping, parse_mapping(toml, shown_path(mapping_file)));
    }
    ImportedFile out;
    FileRecord& record = out.record;
    record.kind = "reports";
    record.name = file->name();
    record.layout = mapping ? "mapping " + shown_name(mapping_file) : "reports";
    record.imported_at = now();
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    SENDH_TRY(record.id, c.catalogue().add_file(record));
    RejectCounter counter;
    ComplaintSink sink;
    sink.accept = [&](Complaint&& complaint) -> Done {
        ReportRecord r;
        r.file = record.id;
        r.line = complaint.line;
        r.number = c.tokeniser().seal(complaint.number);
        r.cli = c.tokeniser().seal(complaint.cli.number);
        r.cli_class = static_cast<int>(complaint.cli.number_class);
        r.time = complaint.time;
        r.date_only = complaint.time_is_date_only;
        r.threat = complaint.threat;
        r.key_press = complaint.asked_to_press_key;
        r.knew_name = complaint.knew_name;
        r.knew_designation = complaint.knew_designation;
        r.knew_department = complaint.knew_department;
        std::string personal;
        for (const std::string* part : {&complaint.text, &complaint.link, &complaint.district,
                                        &complaint.language, &complaint.money_lost}) {
            for (const char ch : *part) personal += ch == '\x1f' ? ' ' : ch;
            personal += '\x1f';
        }
        r.sealed = c.seal_text(personal, "report");
        return c.catalogue().add_report(r);
    };
    sink.reject = [&](const Reject& reject) -> Done {
        counter.add(reject);
        return c.catalogue().add_rejects(
            {{record.id, reject.line, reject.offset, std::string(name_of(reject.code)), reject.column,
              c.seal_text(reject.raw, "reject")}});
    };
    auto read = read_complaints(file->head(), file->source(), read_options(c, options), mapping.get(), sink);
    if (!read.ok()) return about_file(read.fault(), *file);
    out.reject_counts = counter.counts();
    out.notes = read->notes;
    if (read->accepted == 0 && read->rows > 0)
        return nothing_readable(*read, out.reject_counts, *file, record.layout);
    record.detail = detail_of(*read, out.reject_counts);
    SENDH_CHECK(finish_file(*file, out));
    record.rows = read->rows;
    record.accepted = read->accepted;
    record.rejected = read->rejected;
    SENDH_CHECK(c.catalogue().update_counts(record));
    SENDH_CHECK(check_interrupt(nothing_kept));
    SENDH_CHECK(log_file(c, "import", record));
    SENDH_CHECK(c.commit(transaction));
    return out;
}

Result<ImportedFile> import_calls(Case& c, const std::filesystem::path& file, const ImportOptions& options) {
    SENDH_TRY(const auto delivered, EvidenceFile::open(file));
    return import_calls(c, *delivered, options);
}

Result<ImportedFile> import_reports(Case& c, const std::filesystem::path& file, const std::string& mapping,
                                    const ImportOptions& options) {
    SENDH_TRY(const auto delivered, EvidenceFile::open(file));
    return import_reports(c, *delivered, mapping, options);
}

}  // namespace sendh
