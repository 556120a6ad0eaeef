#include "casework/import_calls.h"

#include <algorithm>
#include <map>

#include "base/progress.h"
#include "base/text.h"
#include "calls/complaint.h"
#include "casework/evidence_file.h"

namespace sendh {

namespace {

constexpr std::size_t segment_rows = 393'216;  // three row groups; bounds the memory of an import
constexpr std::size_t most_names = 100'000;    // of trunks, carriers, senders; then a segment is written
constexpr std::size_t sample_rows = 5;
constexpr const char* untouched = "nothing of this file was kept; the case is as it was";

struct Reader {
    const Layout* layout = nullptr;
    std::shared_ptr<const Mapping> mapping;
    std::string name;
};

Fault about_file(Fault fault, const EvidenceFile& file) {
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
        if (entry.rows++ == 0) entry.first_line = reject.line;
    }
    [[nodiscard]] std::vector<RejectCount> counts() const {
        std::vector<RejectCount> out;
        for (const auto& [key, entry] : counts_)
            out.push_back({key.first, key.second, entry.rows, entry.first_line});
        std::stable_sort(out.begin(), out.end(),
                         [](const auto& a, const auto& b) { return a.rows > b.rows; });
        return out;
    }

private:
    struct Entry {
        std::uint64_t rows = 0, first_line = 0;
    };
    std::map<std::pair<std::string, std::string>, Entry> counts_;
};

std::string detail_of(const ReadSummary& summary, const std::vector<RejectCount>& rejects) {
    std::string out;
    if (summary.date_order != DateOrder::undecided) {
        out += "dates: " + std::string(name_of(summary.date_order)) +
               (summary.date_evidence.empty() ? "" : " (" + summary.date_evidence + ")") + "\n";
    }
    for (const RejectCount& r : rejects) {
        out += "rejected: " + grouped(r.rows) + " rows, " + r.code +
               (r.column.empty() ? "" : " in " + without_numbers(r.column)) + ", first at line " +
               std::to_string(r.first_line) + "\n";
    }
    for (const std::string& note : summary.notes) out += without_numbers(note) + "\n";
    return out;
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

ReadOptions read_options(const Case& c, const ImportOptions& options) {
    ReadOptions out;
    out.home = c.region();
    out.zone = options.zone.value_or(c.zone());
    out.date_order = options.date_order;
    return out;
}

Result<std::int64_t> next_file_id(Catalogue& catalogue) {
    SENDH_TRY(const auto files, catalogue.files());
    return files.empty() ? 1 : files.back().id + 1;
}

// A file of the same bytes that is in the case. Only hashes ahead when a file of that size is there.
Result<std::optional<FileRecord>> same_file(Case& c, const std::string& kind,
                                            const std::filesystem::path& path, std::uint64_t size) {
    if (path == "-" || size == 0) return std::optional<FileRecord>{};
    SENDH_TRY(const auto files, c.catalogue().files(kind));
    if (std::none_of(files.begin(), files.end(), [&](const FileRecord& f) { return f.bytes == size; }))
        return std::optional<FileRecord>{};
    SENDH_TRY(const auto again, EvidenceFile::open(path));
    SENDH_TRY(const std::string sha, again->finish());
    return c.catalogue().file_by_sha(kind, sha);
}

ImportedFile already_there(const FileRecord& known, const EvidenceFile& file) {
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

SampleCall sample_of(const CallBatch& b, std::size_t i, const NameTable& names, Zone zone) {
    SampleCall s;
    s.time = readable_time(b.time[i], zone);
    s.cli = b.cli_text[i] != 0 ? names.name(b.cli_text[i]) : b.cli[i].masked();
    s.callee = b.callee[i].masked();
    s.direction = name_of(b.direction[i]);
    s.trunk = names.name(b.trunk_in[i]);
    s.duration = b.duration[i] < 0 ? "" : std::to_string(b.duration[i]);
    s.line = b.line[i];
    return s;
}

void move_rows(CallBatch& from, CallBatch& to) {
    const auto append_column = [](auto& target, const auto& source) {
        target.insert(target.end(), source.begin(), source.end());
    };
    append_column(to.id, from.id);
    append_column(to.time, from.time);
    append_column(to.cli, from.cli);
    append_column(to.callee, from.callee);
    append_column(to.redirect, from.redirect);
    append_column(to.cli_class, from.cli_class);
    append_column(to.callee_class, from.callee_class);
    append_column(to.duration, from.duration);
    append_column(to.direction, from.direction);
    append_column(to.disposition, from.disposition);
    append_column(to.service, from.service);
    append_column(to.trunk_in, from.trunk_in);
    append_column(to.trunk_out, from.trunk_out);
    append_column(to.carrier, from.carrier);
    append_column(to.cli_text, from.cli_text);
    append_column(to.line, from.line);
    append_column(to.offset, from.offset);
}

// Rows of listed segments that may hold the same calls.
Result<std::uint64_t> rows_in_the_time_of(Case& c, const std::vector<CallStore::FreshSegment>& fresh) {
    SENDH_TRY(const auto listed, c.catalogue().segments());
    std::uint64_t rows = 0;
    for (const SegmentRecord& old : listed) {
        const bool overlaps = std::any_of(fresh.begin(), fresh.end(), [&](const auto& f) {
            return old.first <= f.last && f.first <= old.last;
        });
        if (overlaps) rows += old.rows;
    }
    return rows;
}

// Nothing could be read: the wrong layout or column, not data.
Fault nothing_readable(const ReadSummary& summary, const std::vector<RejectCount>& counts,
                       const EvidenceFile& file, const std::string& layout) {
    const RejectCount& top = counts.front();
    return {FaultKind::input,
            "none of the " + grouped(summary.rows) + " rows can be read as layout '" + layout + "' (most: " +
                top.code + (top.column.empty() ? "" : " in column " + without_numbers(top.column)) + ")",
            file.name() + ":" + std::to_string(top.first_line),
            "is it the right layout? see --layout; " + std::string(untouched)};
}

}  // namespace

Result<ImportedFile> import_calls(Case& c, const std::filesystem::path& path, const ImportOptions& options) {
    SENDH_TRY(const auto file, EvidenceFile::open(path));
    if (!options.layout.empty() && options.layout != "auto")
        SENDH_CHECK(choose_reader(*file, options.layout));
    if (!options.dry_run) {
        SENDH_TRY(const auto known, same_file(c, "calls", path, file->size()));
        if (known) return already_there(*known, *file);
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
    LooseFiles loose(c.calls_folder());
    std::vector<CallStore::FreshSegment> segments;
    CallBatch pending;
    std::int64_t position = 0;
    std::uint64_t rows = 0;

    const auto write_pending = [&]() -> Done {
        if (pending.size() == 0) return done();
        CallStore::FreshSegment segment;
        segment.first_id = pending.id.front();
        segment.name =
            "calls-" + std::to_string(file_id) + "-" + std::to_string(segments.size()) + ".parquet";
        segment.rows = pending.size();
        const auto [first, last] = std::minmax_element(pending.time.begin(), pending.time.end());
        segment.first = *first;
        segment.last = *last;
        loose.add(segment.name);
        SENDH_CHECK(store->write_segment(segment.name, pending, names));
        segments.push_back(segment);
        pending.clear();
        return done();
    };

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
            out.sample.push_back(sample_of(batch, i, names, c.zone()));
        rows += batch.size();
        progress.at(file->bytes_read(), rows);
        SENDH_CHECK(check_interrupt(untouched));
        if (options.dry_run) {
            if (names.size() >= most_names) names.keep_first(1);
            return done();
        }
        for (std::size_t i = 0; i < batch.size(); ++i) batch.id[i] = file_id << 40 | position++;
        move_rows(batch, pending);
        if (pending.size() < segment_rows && names.size() < most_names) return done();
        SENDH_CHECK(write_pending());
        if (names.size() >= most_names) names.keep_first(1);
        return done();
    };
    sink.reject = [&](const Reject& reject) -> Done {
        counter.add(reject);
        if ((++rows & 0xfff) == 0) SENDH_CHECK(check_interrupt(untouched));
        if (options.dry_run) return done();
        return c.catalogue().add_rejects(
            {{record.id, reject.line, reject.offset, std::string(name_of(reject.code)), reject.column,
              c.seal_text(reject.raw, "reject")}});
    };
    auto read = reader.layout != nullptr
                    ? reader.layout->read(file->head(), file->source(), read_options(c, options), names, sink)
                    : read_mapped(*reader.mapping, file->head(), file->source(), read_options(c, options),
                                  names, sink);
    if (!read.ok()) return about_file(read.fault(), *file);
    const ReadSummary& summary = *read;
    out.reject_counts = counter.counts();
    out.notes = summary.notes;
    if (summary.accepted == 0 && summary.rows > 0)
        return nothing_readable(summary, out.reject_counts, *file, reader.name);
    SENDH_TRY(record.sha256, file->finish());
    record.bytes = file->bytes_read();
    record.rows = summary.rows;
    record.accepted = summary.accepted;
    record.rejected = summary.rejected;
    record.detail = detail_of(summary, out.reject_counts);
    if (options.dry_run) return out;

    SENDH_TRY(const auto known, c.catalogue().file_by_sha("calls", record.sha256));
    if (known) return already_there(*known, *file);
    SENDH_CHECK(write_pending());
    SENDH_TRY(const std::uint64_t listed, rows_in_the_time_of(c, segments));
    SENDH_CHECK(
        store->take_out_duplicates(segments, listed, [&](const std::string& name) { loose.add(name); }));
    for (const CallStore::FreshSegment& s : segments) {
        record.duplicates += s.duplicate_rows;
        if (s.rows > 0) SENDH_CHECK(c.catalogue().add_segment({record.id, s.name, s.rows, s.first, s.last}));
        if (!s.duplicates.empty()) SENDH_CHECK(c.catalogue().add_duplicates(record.id, s.duplicates));
    }
    record.accepted -= record.duplicates;
    SENDH_CHECK(c.catalogue().update_counts(record));
    SENDH_CHECK(check_interrupt(untouched));
    SENDH_CHECK(transaction->commit());
    std::vector<std::string> listed_now;
    for (const CallStore::FreshSegment& s : segments) {
        if (s.rows > 0) listed_now.push_back(s.name);
        if (!s.duplicates.empty()) listed_now.push_back(s.duplicates);
    }
    loose.keep(listed_now);
    return out;
}

Result<ImportedFile> import_reports(Case& c, const std::filesystem::path& path,
                                    const std::string& mapping_file, const ImportOptions& options) {
    SENDH_TRY(const auto file, EvidenceFile::open(path));
    SENDH_TRY(const auto known, same_file(c, "reports", path, file->size()));
    if (known) return already_there(*known, *file);
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
    SENDH_TRY(record.sha256, file->finish());
    record.bytes = file->bytes_read();
    record.rows = read->rows;
    record.accepted = read->accepted;
    record.rejected = read->rejected;
    record.detail = detail_of(*read, out.reject_counts);
    SENDH_CHECK(c.catalogue().update_counts(record));
    SENDH_CHECK(check_interrupt(untouched));
    SENDH_CHECK(transaction.commit());
    return out;
}

}  // namespace sendh
