#include <algorithm>
#include <map>

#include "base/progress.h"
#include "base/text.h"
#include "casework/import_lists.h"
#include "casework/import_shared.h"
#include "crypto/label.h"
#include "numbering/series_table.h"
#include "numbering/trunk_map.h"

namespace sendh {

namespace {

struct ReadTable {
    PlainTable table;
    DeliveredList delivered;
};

Result<ReadTable> read_table(const std::filesystem::path& path, const std::string& what) {
    ReadTable out;
    SENDH_TRY(out.delivered, read_delivered_list(path, [&](EvidenceFile& file) -> Done {
                  SENDH_TRY(out.table, read_plain_table(file.name(), file.source(), what));
                  return done();
              }));
    return out;
}

}  // namespace

Result<ImportedList> add_trunks(Case& c, const std::filesystem::path& path) {
    SENDH_TRY(const ReadTable read, read_table(path, "trunk map"));
    const PlainTable& table = read.table;
    const auto name_at = table.column({"trunk", "trunkgroup", "trunkgroupname", "tg", "intg", "name",
                                       "orgtruncgroup", "orgtrunkgroup", "tgname", "trunkname", "trunkid",
                                       "trunkgroupid", "tgid", "route", "circuitgroup"});
    const auto carrier_at = table.column({"carrier", "carriername", "operator", "origcarrname", "partner"});
    const auto ingress_at =
        table.column({"ingress", "type", "kind", "direction", "class", "scope", "trunktype", "tgtype",
                      "ingresstype", "trunkkind", "traffic", "internationaldomesticown", "category"});
    if (!name_at || !ingress_at) {
        return Fault{FaultKind::input,
                     std::string("the trunk map has no column ") + (!name_at ? "'trunk'" : "'ingress'"),
                     table.file_name + ":1",
                     "it needs trunk, carrier, ingress; ingress is international, domestic or own"};
    }
    std::vector<TrunkRecord> trunks;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const auto& cells = table.rows[i];
        const auto ingress = parse_ingress(cells[*ingress_at]);
        const std::string where = table.file_name + ":" + std::to_string(table.lines[i]);
        if (!ingress)
            return Fault{FaultKind::input, "unknown ingress '" + without_numbers(cells[*ingress_at]) + "'",
                         where, "write international, domestic or own; " + std::string(untouched)};
        if (cells[*name_at].empty())
            return Fault{FaultKind::input, "the trunk has no name", where,
                         "give it; " + std::string(untouched)};
        trunks.push_back({label_of(c.keys().row_key(), lower_ascii(cells[*name_at])),
                          carrier_at ? without_numbers(cells[*carrier_at]) : "",
                          std::string(name_of(*ingress))});
    }
    if (trunks.empty())
        return Fault{FaultKind::input, "the trunk map has a header and no rows", table.file_name,
                     "check the file"};
    ImportedList out;
    out.notes = read.delivered.notes;
    FileRecord& r = out.record = read.delivered.record;
    r.kind = r.layout = "trunks";
    r.rows = r.accepted = trunks.size();
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    SENDH_TRY(r.id, c.catalogue().add_file(r));
    SENDH_CHECK(c.catalogue().add_trunks(trunks));
    SENDH_CHECK(log_file(c, "import", r));
    SENDH_CHECK(c.commit(transaction));
    return out;
}

namespace {

std::string at(const PlainTable& table, std::size_t i) {
    return table.file_name + ":" + std::to_string(table.lines[i]);
}

std::string raw_row(const std::vector<std::string>& cells) {
    std::string out;
    for (const std::string& cell : cells) out += (out.empty() ? "" : ",") + cell;
    return out;
}

}  // namespace

Result<ImportedList> add_series(Case& c, const std::filesystem::path& path, const ListImport& how) {
    SENDH_TRY(const ReadTable read, read_table(path, "series table"));
    const PlainTable& table = read.table;
    const auto series_at =
        table.column({"series", "prefix", "numberseries", "level", "block", "range", "msc", "mscode", "nms"});
    const auto from_at = table.column({"from", "start", "first", "rangefrom", "rangestart", "startrange"});
    const auto to_at = table.column({"to", "end", "last", "rangeto", "rangeend", "endrange"});
    const auto operator_at =
        table.column({"operator", "operatorname", "tsp", "provider", "licensee", "carrier"});
    const auto area_at = table.column({"area", "circle", "lsa", "servicearea", "region", "sdca", "city"});
    const auto status_at = table.column({"status", "allocated", "allocation", "state"});
    const auto as_of_at = table.column({"asof", "asofdate", "date", "validfrom", "updated"});
    if (!series_at && !(from_at && to_at)) {
        return Fault{FaultKind::input, "the series table has no column 'series', nor 'from' and 'to'",
                     table.file_name + ":1", "it needs series (or from, to), operator, area, status, as_of"};
    }
    if (!operator_at && !status_at) {
        return Fault{FaultKind::input, "the series table has neither a column 'operator' nor 'status'",
                     table.file_name + ":1", "without one of them it does not say what was allocated"};
    }
    std::optional<Micros> as_of;
    if (!how.date.empty()) {
        SENDH_TRY(as_of, parse_date_cell(how.date, c.zone(), "--as-of"));
    }
    if (!as_of && !as_of_at) {
        return Fault{
            FaultKind::usage, "when was the series table true?", table.file_name,
            "say it with --as-of DATE, or in a column as_of; an allocation without a date proves nothing"};
    }
    ImportedList out;
    out.notes = read.delivered.notes;
    FileRecord& r = out.record = read.delivered.record;
    r.kind = r.layout = "series";
    r.rows = table.rows.size();
    SENDH_CHECK(refuse_again(c, r));
    if (table.rows.empty()) {
        return Fault{FaultKind::input, "the series table has a header and no rows", table.file_name,
                     "check that the right file was delivered; " + std::string(untouched)};
    }

    std::vector<SeriesRecord> rows;
    std::vector<RejectRecord> rejects;
    std::map<std::pair<std::string, std::string>, RejectCount> counts;
    std::uint64_t silent = 0;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const auto& cells = table.rows[i];
        const auto cell = [&](const std::optional<std::size_t>& column) {
            return column ? std::string_view(cells[*column]) : std::string_view{};
        };
        const auto refuse = [&](const char* code, const char* column) {
            RejectCount& count = counts[{code, column}];
            count.code = code;
            count.column = column;
            if (count.rows++ == 0) count.first_line = table.lines[i];
            rejects.push_back({0, table.lines[i], 0, code, column, c.seal_text(raw_row(cells), "reject")});
        };
        const auto span = series_at ? parse_series(cell(series_at), c.region())
                                    : parse_series(cell(from_at), cell(to_at), c.region());
        const auto status = parse_allocation(cell(status_at));
        auto dated = parse_date_cell(cell(as_of_at), c.zone(), at(table, i));
        if (!span) {
            refuse("not_a_series", series_at ? "series" : "from, to");
        } else if (!status) {
            refuse("unknown_status", "status");
        } else if (!dated.ok() || (!*dated && !as_of)) {
            refuse("no_date", "as_of");
        } else {
            SeriesRecord row;
            row.first = static_cast<std::int64_t>(span->first);
            row.last = static_cast<std::int64_t>(span->last);
            row.operator_name = without_numbers(cell(operator_at));
            row.area = without_numbers(cell(area_at));
            // Without a status, an operator's name says that it was given to one; a blank says nothing.
            const Allocation allocation =
                *status == Allocation::unknown && !status_at && !row.operator_name.empty()
                    ? Allocation::allocated
                    : *status;
            silent += allocation == Allocation::unknown ? 1 : 0;
            row.allocation = static_cast<int>(allocation);
            row.as_of = *dated ? **dated : *as_of;
            rows.push_back(std::move(row));
        }
    }
    r.rejected = rejects.size();
    r.accepted = rows.size();
    for (auto& entry : counts) out.reject_counts.push_back(std::move(entry.second));
    if (rows.empty()) {
        return Fault{
            FaultKind::input, "none of the " + grouped(r.rows) + " rows names a series", at(table, 0),
            "a series is a prefix (9826), a range (98260-98269) or +97150; " + std::string(untouched)};
    }
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    SENDH_TRY(r.id, c.catalogue().add_file(r));
    for (RejectRecord& reject : rejects) reject.file = r.id;
    SENDH_CHECK(c.catalogue().add_rejects(rejects));
    SENDH_CHECK(c.catalogue().add_series(r.id, rows));
    SENDH_CHECK(check_interrupt(untouched));
    SENDH_CHECK(log_file(c, "import", r));
    SENDH_CHECK(c.commit(transaction));
    if (silent > 0) {
        out.notes.push_back(
            grouped(silent) +
            " series name neither operator nor status: they stay unknown, which is no evidence");
    }
    return out;
}

Result<SeriesTable> series_table(Case& c) {
    SENDH_TRY(const auto records, c.catalogue().series());
    std::vector<SeriesRow> rows;
    rows.reserve(records.size());
    for (const SeriesRecord& r : records) {
        const bool sound =
            r.first >= 0 && r.first <= r.last && r.allocation >= 0 && r.allocation < allocations;
        if (!sound) {
            return Fault{FaultKind::corrupt, "a number series in the catalogue is damaged",
                         shown_path(c.directory()), "restore the case from a backup"};
        }
        rows.push_back({{static_cast<std::uint64_t>(r.first), static_cast<std::uint64_t>(r.last)},
                        static_cast<Allocation>(r.allocation),
                        r.operator_name,
                        r.area,
                        r.as_of});
    }
    return SeriesTable(std::move(rows));
}

}  // namespace sendh
