#include "calls/complaint.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "calls/mapping.h"
#include "calls/tabular.h"

namespace sendh {

namespace {

using namespace tabular;

enum class Told : std::uint8_t {
    number,
    time,
    cli,
    text,
    link,
    threat,
    asked_to_press_key,
    knew_name,
    knew_designation,
    knew_department,
    district,
    language,
    money_lost,
};

struct ReportField {
    std::string_view name;
    std::array<std::string_view, 12> also;  // names that files use instead, as column keys
};

constexpr std::array<ReportField, 13> fields = {{
    {"number",
     {"mobile", "msisdn", "phone", "phonenumber", "mobilenumber", "mobileno", "phoneno", "callednumber",
      "calledparty", "callednumbermobile", "victimnumber", "complainantnumber"}},
    {"time",
     {"datetime", "calltime", "timestamp", "date", "calldate", "receivedat", "timeofcall", "dateandtime"}},
    {"cli",
     {"caller", "callingnumber", "callernumber", "callerid", "clishown", "numbershown", "from",
      "suspectnumber"}},
    {"text", {"message", "description", "whatwassaid", "transcript", "narration"}},
    {"link", {"url", "website"}},
    {"threat", {"threatened"}},
    {"asked_to_press_key", {"presskey", "askedtopress", "pressedkey"}},
    {"knew_name", {}},
    {"knew_designation", {}},
    {"knew_department", {}},
    {"district", {}},
    {"language", {}},
    {"money_lost", {"amountlost", "loss"}},
}};
static_assert(fields.size() == static_cast<std::size_t>(Told::money_lost) + 1);

using Columns = std::array<int, fields.size()>;

int column_of(const Header& header, const ReportField& field) {
    if (const int column = header.find(field.name); column >= 0) return column;
    for (const std::string_view name : field.also) {
        if (const int column = header.find(name); column >= 0) return column;
    }
    return -1;
}

Result<Columns> find_columns(const Header& header, const Mapping* mapping) {
    Columns at;
    at.fill(-1);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::string name(fields[i].name);
        if (mapping != nullptr && mapping->report_columns.contains(name)) {
            SENDH_TRY(at[i], resolve(*mapping, mapping->report_columns.at(name), header));
            continue;
        }
        at[i] = column_of(header, fields[i]);
        if (at[i] < 0) continue;
        const std::string& key = header.keys[static_cast<std::size_t>(at[i])];
        if (std::count(header.keys.begin(), header.keys.end(), key) > 1) {
            return Fault{FaultKind::input, "the column " + header.name(at[i]) + " stands in the header twice",
                         "line " + std::to_string(header.line),
                         "say by number which one counts: --mapping MAPPING.toml"};
        }
    }
    if (at[static_cast<std::size_t>(Told::number)] < 0) {
        return Fault{FaultKind::input, "reports need a column with the number that was called",
                     "line " + std::to_string(header.line),
                     "found: " + shown(header.names) +
                         "; call it number, or name it in a mapping file: --mapping MAPPING.toml"};
    }
    return at;
}

class Reports {
public:
    Reports(const ReadOptions& options, const Mapping* mapping, const Columns& at, Zone zone,
            DateDecision decision)
        : home_(options.home),
          mapping_(mapping),
          at_(at),
          stamps_(mapping != nullptr ? mapping->time_form : TimeForm::any,
                  mapping != nullptr && mapping->time_format ? &*mapping->time_format : nullptr, zone,
                  decision) {
        for (const int column : at_) widest_ = std::max(widest_, column);
    }

    std::optional<Refusal> take(const DelimitedRow& row, Complaint& out) {
        if (static_cast<std::size_t>(widest_) >= row.fields.size()) return Refusal{RejectCode::column_count};
        out.line = row.line;
        out.offset = row.offset;
        const ParsedNumber number = parse_number(cell(row, Told::number), home_);
        if (const auto fault = callee_fault(number.number_class)) return refuse(*fault, Told::number);
        out.number = number.number;
        if (const std::string_view time = cell(row, Told::time); !time.empty()) {
            Micros instant;
            const Days::Outcome outcome = stamps_.read(time, row.line, instant, &out.time_is_date_only);
            if (outcome == Days::Outcome::stop) return Refusal{RejectCode::bad_time, -1, true};
            if (outcome == Days::Outcome::bad) return refuse(RejectCode::bad_time, Told::time);
            out.time = instant;
        }
        const ParsedNumber cli = parse_number(cell(row, Told::cli), home_);
        if (cli.number_class == NumberClass::scientific) {
            if (destroyed_clis_++ == 0) first_destroyed_ = row.line;
        } else {
            out.cli = cli;
        }
        out.text = cell(row, Told::text);
        out.link = cell(row, Told::link);
        out.district = cell(row, Told::district);
        out.language = cell(row, Told::language);
        out.money_lost = cell(row, Told::money_lost);
        out.threat = yes_no(row, Told::threat);
        out.asked_to_press_key = yes_no(row, Told::asked_to_press_key);
        out.knew_name = yes_no(row, Told::knew_name);
        out.knew_designation = yes_no(row, Told::knew_designation);
        out.knew_department = yes_no(row, Told::knew_department);
        return std::nullopt;
    }

    [[nodiscard]] Fault fault() const { return stamps_.decision().fault(); }

    void finish(ReadSummary& summary) const {
        stamps_.decision().report_to(summary);
        if (destroyed_clis_ > 0) {
            summary.notes.push_back("the shown number was destroyed by a spreadsheet in " +
                                    grouped(destroyed_clis_) +
                                    (destroyed_clis_ == 1 ? " report" : " reports") + " (first at line " +
                                    std::to_string(first_destroyed_) + "): taken as not told");
        }
        for (std::size_t i = 0; i < fields.size(); ++i)
            strange_[i].note(fields[i].name, "taken as not told", summary);
    }

private:
    [[nodiscard]] std::string_view cell(const DelimitedRow& row, Told told) const {
        const int column = at_[static_cast<std::size_t>(told)];
        if (column < 0) return {};
        const bool free_text = told == Told::text || told == Told::money_lost;
        const std::string_view field = row.fields[static_cast<std::size_t>(column)];
        const std::string_view text = free_text ? trim(field) : bare(field);
        if (is_blank(text)) return {};
        if (mapping_ != nullptr) {
            const auto& nothing = mapping_->nothing;
            if (std::find(nothing.begin(), nothing.end(), text) != nothing.end()) return {};
        }
        return text;
    }

    [[nodiscard]] Refusal refuse(RejectCode code, Told told) const {
        return {code, at_[static_cast<std::size_t>(told)]};
    }

    std::optional<bool> yes_no(const DelimitedRow& row, Told told) {
        const std::string_view word = cell(row, told);
        if (word.empty() ||
            is_one_of(word, {"unknown", "not known", "don't know", "dont know", "na", "n/a", "?"}))
            return std::nullopt;
        const auto answer = parse_yes_no(word);
        if (!answer) strange_[static_cast<std::size_t>(told)].count(row.line);
        return answer;
    }

    Region home_;
    const Mapping* mapping_;
    Columns at_;
    Stamps stamps_;
    int widest_ = 0;
    std::uint64_t destroyed_clis_ = 0;
    std::uint64_t first_destroyed_ = 0;
    std::array<StrangeWords, fields.size()> strange_;
};

}  // namespace

const std::vector<std::string>& report_fields() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> out;
        for (const ReportField& field : fields) out.emplace_back(field.name);
        return out;
    }();
    return names;
}

Result<ReadSummary> read_complaints(const FileHead& head, const ByteSource& source,
                                    const ReadOptions& options, const Mapping* mapping,
                                    const ComplaintSink& sink) {
    if (mapping != nullptr && (mapping->json_lines || !mapping->template_columns.empty())) {
        return Fault{FaultKind::input,
                     "reports are read from delimited files with a header or column numbers",
                     mapping->file_name, "leave out format and template; save the reports as CSV"};
    }
    SENDH_CHECK(check_bytes(head));
    const bool has_delimiter = mapping != nullptr && mapping->delimiter;
    const char delimiter = has_delimiter ? *mapping->delimiter : guess_delimiter(head.bytes);
    const std::uint64_t preamble = mapping != nullptr ? mapping->preamble : 0;
    Header header = header_after(head, delimiter, preamble);
    if (mapping != nullptr && !mapping->header) header = Header{delimiter, preamble, 0, {}, {}};
    SENDH_TRY(const Columns at, find_columns(header, mapping));

    const int time = at[static_cast<std::size_t>(Told::time)];
    const bool open = time >= 0 && (mapping == nullptr || mapping->time_form == TimeForm::any);
    DateOrder stated = options.date_order;
    if (stated == DateOrder::undecided && mapping != nullptr) stated = mapping->date_order;
    DateDecision decision(stated, DateOrder::undecided, options.now);
    if (open) {
        SENDH_TRY(decision, decide_dates(head, header, time, decision, Stamps::date_part));
    }
    const Zone zone =
        mapping != nullptr && !options.zone_stated ? mapping->zone.value_or(options.zone) : options.zone;
    Reports reports(options, mapping, at, zone, decision);

    DataRows rows(DelimitedReader(source, header.form()), header);
    DelimitedRow row;
    ReadSummary summary;
    const auto refuse = [&](RejectCode code, int column) {
        ++summary.rows;
        ++summary.rejected;
        return sink.reject(Reject{row.line, row.offset, code, header.name(column), row.raw});
    };
    while (true) {
        SENDH_TRY(const bool more, rows.next(row));
        if (!more) break;
        if (row.broken) {
            SENDH_CHECK(refuse(RejectCode::broken_row, -1));
            continue;
        }
        if (!rows.fit(row)) {
            if (!rows.is_no_row(row)) SENDH_CHECK(refuse(RejectCode::column_count, -1));
            continue;
        }
        Complaint complaint;
        if (const auto refusal = reports.take(row, complaint)) {
            if (refusal->stop) return reports.fault();
            if (rows.is_no_row(row)) continue;
            SENDH_CHECK(refuse(rows.was_recoded(refusal->column) ? RejectCode::bad_encoding : refusal->code,
                               refusal->column));
            continue;
        }
        ++summary.rows;
        ++summary.accepted;
        SENDH_CHECK(sink.accept(std::move(complaint)));
    }
    rows.notes.add_to(summary, header);
    reports.finish(summary);
    return summary;
}

}  // namespace sendh
